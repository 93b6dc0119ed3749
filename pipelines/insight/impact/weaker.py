"""Of two estimates of one intervention, which is the weaker claim: what a headline says."""

from dataclasses import replace

import numpy as np

from pipelines.insight.impact.estimate import CANNOT_TELL, Effect, Estimate


def weaker(first: Estimate, second: Estimate) -> Estimate:
    """The weaker claim of two estimates, with a guard and without.

    The one with the rate ratio nearer to 1, of the treated places, the ring and both together alike. Where their verdicts
    differ neither is claimed: the interval then spans both, and the verdict is *cannot tell*. A refusal is weaker still.
    """
    for one in (first, second):
        if one.reason:
            return one
    whole = _weaker_part(first, second)
    ring, net = _weaker_part(first.ring, second.ring), _weaker_part(first.net, second.net)
    assert isinstance(whole, Estimate)
    return replace(whole, ring=ring, net=net, chosen_by_spike=first.chosen_by_spike or second.chosen_by_spike)


def _nearer(first: Effect, second: Effect) -> bool:
    """Whether the first ratio is as near to 1 as the second, or the second is none."""
    with np.errstate(divide="ignore"):
        one, two = (abs(np.log(effect.rate_ratio)) for effect in (first, second))
    return bool(not np.isfinite(two) or one <= two)


def _weaker_part(first: Effect | None, second: Effect | None) -> Effect | None:
    if first is None or second is None:
        return None
    chosen = first if _nearer(first, second) else second
    if first.verdict == second.verdict:
        return chosen
    ends = (one for effect in (first, second) for one in (effect.rate_ratio_low, effect.rate_ratio_high))
    low, *_, high = sorted(ends)
    return replace(
        chosen, verdict=CANNOT_TELL, rate_ratio_low=low, rate_ratio_high=high,
        prevented_low=chosen.expected * (1 - high), prevented_high=chosen.expected * (1 - low),
    )  # fmt: skip
