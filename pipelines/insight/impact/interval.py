"""The ratio of a count after to what was expected of it: its interval, and the smallest fall that would be told."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from pipelines.insight.signals.compare import beta_binomial_mid_p

Table = NDArray[np.float64]
# Variance over mean of the count after, from the total of before and after and the share expected after.
Spread = Callable[[Table, Table], Table]

TAIL = 0.025  # a 95% interval
Z = float(ndtri(TAIL))
_FARTHEST, _STEPS, _CLOSE, _LEAST_P = 25.0, 40, 1e-5, 1e-12


def bounds(before: Table, after: Table, expected_odds: Table, spread: Spread, *, step: int) -> tuple[Table, Table]:
    """The 95% interval of the rate ratio, by inverting the beta-binomial mid-p.

    At the true ratio RR the count after is BetaBinomial(N, s) of the total N, s / (1 - s) = RR C1 / C0; a ratio belongs
    to the interval unless the count after is too high or too low for it, each with 2.5%. The dispersion is that of the
    count the ratio itself leads to expect. Nothing after has no lower end (0), nothing before no upper one (inf).

    before, after  counts of each area; expected_odds, C1 / C0; step, what rounded counts are multiples of
    """
    count, total = len(before), before + after
    centre = np.log((after + 0.5) / (before + 0.5) / expected_odds)
    width = np.sqrt(1 / (after + 0.5) + 1 / (before + 0.5))

    no_end = np.stack([after == 0, before == 0])

    def beyond(ratio: Table) -> Table:
        """By how much, on the normal scale, the count is further out than the interval allows; rises with the ratio."""
        odds = expected_odds * np.exp(ratio)
        share = odds / (1 + odds)
        phi = np.array([spread(total, one) for one in share])
        up, down = beta_binomial_mid_p(after, total, share, phi, step=step)
        above, below = (ndtri(np.clip(one, _LEAST_P, 1 - _LEAST_P)) for one in (up[0], down[1]))
        return np.where(no_end, 0.0, np.stack([above - Z, Z - below]))

    low, high = np.exp(_root(beyond, centre + np.array([[-2.5], [2.5]]) * width, np.tile(width, (2, 1))).reshape(2, count))
    return np.where(after > 0, low, 0.0), np.where(before > 0, high, np.inf)


def _root(rising: Callable[[Table], Table], guess: Table, scale: Table) -> Table:
    """Where rising functions cross 0: by secants, and by halving what is left where a secant would leave it."""
    least, most = guess - _FARTHEST, guess + _FARTHEST
    last, at = rising(guess), guess
    tried = guess - 0.3 * np.sign(last) * scale
    for _ in range(_STEPS):
        least, most = np.where(last < 0, np.maximum(least, at), least), np.where(last < 0, most, np.minimum(most, at))
        inside = (tried > least) & (tried < most)
        tried = np.where(inside, tried, (least + most) / 2)
        now = rising(tried)
        if (np.abs(now) < _CLOSE).all():
            return tried
        slope = (now - last) / np.where(tried == at, 1.0, tried - at)
        ahead = tried - np.divide(now, slope, out=np.full_like(now, np.inf), where=slope > 0)
        last, at, tried = now, tried, np.where(np.abs(now) < _CLOSE, tried, ahead)
    return at


def most_told(before: Table, expected: Table, expected_odds: Table, spread: Spread, *, step: int) -> Table:
    """The highest count after that would still be told as a reduction; -1 where not even nothing would be."""
    share = expected_odds / (1 + expected_odds)
    # In steps of the rounded counts; `told` always is (or is -1), `not_told` never.
    told, not_told = np.full(len(before), -1.0), np.floor(np.maximum(expected, 0) / step) + 1
    while (not_told - told > 1).any():
        middle = np.floor((told + not_told) / 2)
        tried = np.maximum(middle, 0) * step
        down = beta_binomial_mid_p(tried, before + tried, share, spread(before + tried, share), step=step)[1]
        falls = (down < TAIL) & (middle >= 0)
        told, not_told = np.where(falls, middle, told), np.where(falls | (middle < 0), not_told, middle)
    return np.where(told < 0, -1.0, told * step)
