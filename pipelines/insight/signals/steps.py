"""A step of the whole city at a known moment: what a change in recording did to every place at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.signals.season import fit_counts, harmonics

LEAST_AFTER = 3


def step_at(totals: ArrayLike, exposure: ArrayLike, since: int, periods_per_year: int) -> float:
    """By what factor the city's counts changed from period number `since` on: `steps_at` for one moment."""
    return steps_at(totals, exposure, [since], periods_per_year)[0]


def steps_at(totals: ArrayLike, exposure: ArrayLike, moments: Sequence[int], periods_per_year: int) -> list[float]:
    """By what factor the city's counts changed from each of some periods on, as far as that clearly stands out.

    Quasi-Poisson log-linear model with a slow trend, two harmonics and a step c from each moment, all at once; a factor is
    exp(k c), k = max(0, 1 - 4 variance / c^2), so that a step lost in ordinary scatter is none (James and Stein, 1961). 1
    where under three periods lie after a moment, or under a year before.

    totals, exposure  [periods]; NaN or no exposure where not collected
    moments           period numbers; returns one factor for each, in the same order
    """
    counted, given = np.asarray(totals, dtype=float), np.asarray(exposure, dtype=float)
    used = np.isfinite(counted) & (np.nan_to_num(given) > 0)
    when = np.arange(len(counted))
    told = sorted({one for one in moments if _enough(used, when >= one, periods_per_year)})
    if not told or not counted[used].sum():
        return [1.0] * len(moments)
    steps = np.column_stack([when >= one for one in told])
    season = harmonics(periods_per_year)[when % periods_per_year]
    design = np.column_stack([np.ones(len(counted)), when / periods_per_year, season, steps])[used]
    fitted = fit_counts(counted[used], design, given[used])
    if fitted is None:
        return [1.0] * len(moments)
    first = design.shape[1] - len(told)
    factors = {one: _factor(fitted[0][first + at], fitted[1][first + at, first + at]) for at, one in enumerate(told)}
    return [factors.get(one, 1.0) for one in moments]


def _enough(used: NDArray[np.bool_], after: NDArray[np.bool_], periods_per_year: int) -> bool:
    return bool((used & after).sum() >= LEAST_AFTER and (used & ~after).sum() >= periods_per_year)


def _factor(step: float, variance: float) -> float:
    return float(np.exp(max(0.0, 1.0 - 4 * variance / step**2) * step)) if step else 1.0
