"""A step of the whole city at a known moment: what a change in recording did to every place at once."""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from pipelines.insight.signals.season import harmonics

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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = GLM(counted[used], design, family=Poisson(), offset=np.log(given[used])).fit(scale="X2")
    step, variance = float(fit.params[2]), float(fit.cov_params()[2, 2]) * max(1.0, 1.0 / fit.scale)
    if not np.isfinite(step) or step == 0:
        return 1.0
    return float(np.exp(max(0.0, 1.0 - 4 * variance / step**2) * step))
