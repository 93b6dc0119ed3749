"""A step of the whole city at a known moment: what a change in recording did to every place at once."""

import numpy as np
from numpy.typing import ArrayLike

from pipelines.insight.signals.season import fit_counts, harmonics

LEAST_AFTER = 3


def step_at(totals: ArrayLike, exposure: ArrayLike, since: int, periods_per_year: int) -> float:
    """By what factor the city's counts changed from period number `since` on, as far as that clearly stands out.

    Quasi-Poisson log-linear model with a slow trend, two harmonics and a step c from `since`; the factor is exp(k c), k =
    max(0, 1 - 4 variance / c^2), so that a step lost in ordinary scatter is none (James and Stein, 1961). 1 where under
    three periods lie after it, or under a year before.

    totals, exposure  [periods]; NaN or no exposure where not collected
    """
    counted, given = np.asarray(totals, dtype=float), np.asarray(exposure, dtype=float)
    used = np.isfinite(counted) & (np.nan_to_num(given) > 0)
    after = np.arange(len(counted)) >= since
    if (used & after).sum() < LEAST_AFTER or (used & ~after).sum() < periods_per_year or not counted[used].sum():
        return 1.0
    when = np.arange(len(counted))
    design = np.column_stack([
        np.ones(len(counted)), when / periods_per_year, after, harmonics(periods_per_year)[when % periods_per_year]
    ])[used]  # fmt: skip
    fitted = fit_counts(counted[used], design, given[used])
    if fitted is None or fitted[0][2] == 0:
        return 1.0
    step, variance = float(fitted[0][2]), float(fitted[1][2, 2])
    return float(np.exp(max(0.0, 1.0 - 4 * variance / step**2) * step))
