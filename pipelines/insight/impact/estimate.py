"""Did it work, and did harm only move? A place against all places outside its ring, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.impact.given import Compared, Given, compare, given_of
from pipelines.insight.impact.interval import bounds, most_told
from pipelines.insight.impact.scatter import Scatter, Side, share_after
from pipelines.insight.impact.windows import Span
from pipelines.insight.signals.compare import beta_binomial_mid_p
from pipelines.insight.signals.dispersion import blocks_of, fit_line

Table = NDArray[np.float64]

REDUCTION, INCREASE, CANNOT_TELL = "evidence of a reduction", "evidence of an increase", "cannot tell"
SPIKE_P = 0.05
NONE = float("nan")
NUMBERS = (
    "rate_ratio", "rate_ratio_low", "rate_ratio_high", "expected", "actual", "prevented_low", "prevented_high",
    "placebo_rank", "smallest_visible_reduction",
)  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What is known of one area: the treated places, the ring, or both together. Every number NaN in a refusal.

    verdict     one of the three above, or the code of a refusal, which is then the reason too
    rate_ratio  observed over expected after; with its 95% interval
    expected    incidents after, had it gone as in the places compared with; actual, those counted
    prevented   expected (1 - ratio) at both ends of the interval; below 0, more than expected. Of both areas together
                it is prevented less moved
    placebo_rank                1 = fell most of all, among the placebos
    smallest_visible_reduction  share by which the count after had to be lower than expected to be told as a reduction:
                                a reduction as large is seen half of the time; NaN where not even none at all would be
    before, dispersion          the count before; variance over mean of the count after
    """

    verdict: str
    rate_ratio: float = NONE
    rate_ratio_low: float = NONE
    rate_ratio_high: float = NONE
    expected: float = NONE
    actual: float = NONE
    prevented_low: float = NONE
    prevented_high: float = NONE
    placebo_rank: float = NONE
    smallest_visible_reduction: float = NONE
    reason: str | None = None
    before: float = NONE
    dispersion: float = NONE


@dataclass(frozen=True)
class Estimate(Effect):
    """The effect on the treated places, with those on the ring and on both together (null without a ring).

    placebos        rate ratio of each place compared with against all the others; NaN where nothing was counted before
    controls        rows compared with; one of each placebo, in the same order
    before_periods, after_periods  numbers of the periods used
    chosen_by_spike the quarter before the start stands out above the time before it (p <= .05): such a place falls by
                    itself
    overlaps        of the other interventions, the numbers of those whose effect cannot be told apart
    """

    ring: Effect | None = None
    net: Effect | None = None
    placebos: tuple[float, ...] = ()
    controls: tuple[int, ...] = ()
    before_periods: tuple[int, ...] = ()
    after_periods: tuple[int, ...] = ()
    guard: int = 0
    chosen_by_spike: bool = False
    overlaps: tuple[int, ...] = ()


def estimate(
    counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, start: int, guard: int = 3,
    rounding_variance: ArrayLike = 0.0, controls: ArrayLike | None = None, until: int | None = None,
    others: Sequence[Span] = (), periods_per_year: int = 12,
) -> Estimate:  # fmt: skip
    """Say whether fewer were counted after an intervention than the places compared with lead to expect.

    Ratio of ratios, RR = (T1 / T0) / (C1 / C0): counts T of the treated places and C of the places compared with, in up
    to three years before (0) and after (1). The interval inverts a beta-binomial whose dispersion is that of places
    against one another over windows as long as the time after, inflated until placebos spread as it claims. The ring is
    left out of the comparison and estimated the same way, and so are both together.

    counts             [places, periods]; NaN = not collected, which is no zero. Such a period is left out for every place
    treated, ring      row numbers; the ring, places touching the treated ones, may be empty
    start              number of the first period after it began
    guard              periods before the start that belong neither before nor after: a place chosen for a bad quarter
                       would otherwise seem to improve
    rounding_variance  a number, or [places, periods]: what rounding added to the variance of each count
    controls           rows to compare with; null = all but the treated and the ring
    until              number of the first period it is no longer judged by; null = all there are
    others             other interventions: where they fall together with this one it cannot be judged, and places they
                       changed are not compared with

    Raises ValueError for rows or periods that are not there, for no treated place, and for one that is in its own ring.
    """
    given = given_of(
        counts, treated=treated, ring=ring, start=start, guard=guard, rounding_variance=rounding_variance,
        controls=controls, until=until, others=others, periods_per_year=periods_per_year,
    )  # fmt: skip
    layout = given.layout
    if layout.reason:
        return Estimate(layout.reason, reason=layout.reason, guard=guard, overlaps=layout.overlaps)
    compared, whose = compare(given), [given.treated]
    if len(layout.ring):
        whose += [layout.ring, np.concatenate([given.treated, layout.ring])]
    areas, side, scatter = given.parts(*whose), compared.controls, compared.scatter
    ratio, every = scatter.own_ratio(areas, compared.past), np.ones(len(whose))
    placebo = standing(side, scatter, scatter.own_ratio(side, compared.rest), compared.rest.sum(axis=1), compared.rest_after)
    place = standing(areas, scatter, ratio, compared.past.sum() * every, compared.after * every)
    found = effects(areas, compared, ratio, 1 + (placebo[None] < place[:, None]).sum(axis=1), given.step)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = side.after / side.before * compared.rest.sum(axis=1) / compared.rest_after
    return Estimate(
        **vars(found[0]), ring=found[1] if len(found) > 1 else None, net=found[2] if len(found) > 1 else None,
        placebos=tuple(np.where(np.isfinite(ratios), ratios, NONE).tolist()), controls=tuple(layout.controls.tolist()),
        before_periods=tuple(layout.before.tolist()), after_periods=tuple(layout.after.tolist()), guard=guard,
        chosen_by_spike=stands_out(given, compared),
    )  # fmt: skip


def standing(areas: Side, scatter: Scatter, ratio: Table, reference: Table, reference_after: Table) -> Table:
    """By how many standard deviations each area's count after lies above what was expected: what ranks go by."""
    share, total = share_after(reference, reference_after), areas.before + areas.after
    variance = total * share * (1 - share) * scatter.of(areas, ratio, total, share)
    gap = areas.after - total * share
    return np.divide(gap, np.sqrt(variance), out=np.zeros_like(gap), where=variance > 0)


def effects(areas: Side, compared: Compared, ratio: Table, ranks: Table, step: int) -> list[Effect]:
    """Every number of each area. Where the places compared with counted nothing before or after, nothing can be told."""
    if compared.odds <= 0:
        counted = zip(areas.after, areas.before, strict=True)
        return [Effect(CANNOT_TELL, actual=float(one), before=float(earlier)) for one, earlier in counted]
    odds = np.full(len(areas.before), compared.odds)
    spread = partial(compared.scatter.of, areas, ratio)
    expected = areas.before * odds
    low, high = bounds(areas.before, areas.after, odds, spread, step=step)
    told = most_told(areas.before, expected, odds, spread, step=step)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate_ratio = np.where(areas.before > 0, areas.after / expected, NONE)
        visible = np.where((told >= 0) & (expected > 0), 1 - told / expected, NONE)
        prevented = [np.where(np.isfinite(one), expected * (1 - one), -np.inf) for one in (high, low)]
    phi = spread(areas.before + areas.after, odds / (1 + odds))
    columns = (rate_ratio, low, high, expected, areas.after, *prevented, ranks, visible, areas.before, phi)
    names = (*NUMBERS, "before", "dispersion")
    rows = ({name: float(part[one]) for name, part in zip(names, columns, strict=True)} for one in range(len(odds)))
    return [Effect(verdict_of(row["rate_ratio_low"], row["rate_ratio_high"]), **row) for row in rows]  # type: ignore[arg-type]


def verdict_of(low: float, high: float) -> str:
    """What a 95% interval of a rate ratio says."""
    return REDUCTION if high < 1 else INCREASE if low > 1 else CANNOT_TELL


def stands_out(given: Given, compared: Compared) -> bool:
    """Whether the quarter before the start was higher than the time before it explains, one-sided, at 5%."""
    panel, layout, quarter = given.panel, given.layout, given.quarter
    earlier = layout.before < given.start - quarter
    recent = np.arange(max(given.start - quarter, 0), given.start)
    rows = np.concatenate([given.treated, layout.controls])
    recent = recent[panel.collected[np.ix_(rows, recent)].all(axis=0)]
    if len(recent) * 2 < quarter or not earlier.any():
        return False
    counts, rounding = (one[given.treated].sum(axis=0) for one in (panel.counts, panel.rounding))
    before, past = layout.before[earlier], compared.controls.past[:, earlier]
    rounded = compared.controls.rounding_past[:, earlier]
    blocks = blocks_of(past, compared.rest[:, earlier], rounded, quarter, np.ones(len(before)), 0)
    odds = panel.counts[np.ix_(layout.controls, recent)].sum() / max(compared.past[earlier].sum(), 1)
    seen, zero = counts[recent].sum(), counts[before].sum()
    part = odds / (1 + odds)
    mean = np.array([(seen + zero) * part])
    scatter = fit_line(blocks).at(mean) + rounding[recent].sum() / np.maximum(mean, 1e-9)
    return bool(beta_binomial_mid_p(seen, seen + zero, part, scatter, step=given.step)[0][0] <= SPIKE_P)
