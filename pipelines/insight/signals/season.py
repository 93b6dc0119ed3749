"""The time of year, as the whole city shows it: each period's usual share, and how sure that is."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.tools.sm_exceptions import ModelWarning

Series = NDArray[np.float64]

LEAST_SEEN = 0.5  # added to what each time of year counted: the logarithm of nothing is no effect


@dataclass(frozen=True)
class Season:
    """Season of every period, mean 1 over a year.

    index           one for each time of the year, that of the last baseline period last
    covariance      of the log effects, before shrinking
    shrunk          how much of the effects was kept: 0 (no season could be told) to 1
    trend           log change a period of the city as a whole, shrunk in the same way
    trend_variance  what is not known of it
    """

    index: Series
    covariance: NDArray[np.float64]
    shrunk: float
    trend: float = 0.0
    trend_variance: float = 0.0

    def of(self, periods: int, *, guard: int) -> Series:
        """What the city leads to expect of each of the last `periods` periods, oldest first; the last lies `guard`
        periods after the baseline."""
        when = np.arange(periods) - periods + guard
        return self.index[when % len(self.index)] * np.exp(self.trend * when)

    def uncertainty(self, window: int, *, guard: int, baseline: int) -> float:
        """Variance of the log of what is expected of the last `window` periods, against the baseline."""
        year = len(self.index)
        weight = np.bincount((np.arange(window) - window + guard) % year, minlength=year) / window
        apart = guard - window / 2 + baseline / 2
        return float(self.shrunk**2 * weight @ self.covariance @ weight + self.trend_variance * apart**2)


def fit_season(totals: Series, exposure: Series, periods_per_year: int, *, detrend: bool = True) -> Season:
    """Season and slow trend of the city from its baseline totals, oldest first.

    Quasi-Poisson log-linear model (McCullagh and Nelder, 1989, ch. 9): log E[total] = log exposure + a + b t + season,
    season one effect for each time of year summing to zero with three years of totals, two harmonics with two. Effects
    l are shrunk by k = max(0, 1 - mean variance / mean l^2) (James and Stein, 1961); index = exp(k l) / its mean. The
    slope b is kept where it clearly stands out (k = max(0, 1 - 4 variance / b^2)): a slow rise of the whole city is no
    news of one place.

    totals, exposure  [periods]: periods with no exposure are left out
    detrend           whether the city's slow trend is taken out
    """
    used = exposure > 0
    flat = Season(np.ones(periods_per_year), np.zeros((periods_per_year, periods_per_year)), 0.0)
    if used.sum() < 2 * periods_per_year or totals[used].sum() < 2 * periods_per_year:
        return flat
    when = (np.arange(len(totals)) - len(totals)) % periods_per_year
    whole = used.sum() >= 3 * periods_per_year and periods_per_year <= 12
    shape = _effects(periods_per_year) if whole else harmonics(periods_per_year)
    time = (np.arange(len(totals)) - len(totals) / 2) / periods_per_year  # in years, so that the fit is well scaled
    design = np.column_stack([np.ones(len(totals)), time, shape[when]])[used]
    counted = totals + LEAST_SEEN * periods_per_year * exposure / exposure.sum()
    fitted = fit_counts(counted[used], design, exposure[used])
    if fitted is None:
        return flat
    params, known = fitted
    effects, covariance = shape @ params[2:], shape @ known[2:, 2:] @ shape.T
    shrunk = _kept(float(np.mean(np.diag(covariance))), float(np.mean(effects**2)))
    index = np.exp(shrunk * effects)
    slope, slope_variance = float(params[1]), float(known[1, 1])
    kept = _kept(4 * slope_variance, slope**2) if detrend else 0.0
    year = periods_per_year
    return Season(index / index.mean(), covariance, shrunk, kept * slope / year, kept * slope_variance / year**2)


def fit_counts(counts: Series, design: NDArray[np.float64], exposure: Series) -> tuple[Series, NDArray[np.float64]] | None:
    """Parameters of a quasi-Poisson log-linear model and their covariance; null where none can be fitted.

    Scatter below chance is an accident of few totals, not knowledge: the dispersion is taken as 1 or more.
    """
    with warnings.catch_warnings():
        # A series that never varies is fitted without a rest, which is no fault.
        warnings.simplefilter("ignore", ModelWarning)
        fit = GLM(counts, design, family=Poisson(), offset=np.log(exposure)).fit(scale=1.0)
    spare = len(counts) - design.shape[1]
    params, known = np.asarray(fit.params), np.asarray(fit.normalized_cov_params)
    if spare < 1 or not (np.isfinite(params).all() and np.isfinite(known).all()):
        return None
    return params, known * max(1.0, float(fit.pearson_chi2) / spare)


def _kept(variance: float, square: float) -> float:
    return max(0.0, 1.0 - variance / square) if square > 0 else 0.0


def _effects(periods_per_year: int) -> NDArray[np.float64]:
    """Times of year by parameters: effects that sum to zero."""
    return np.vstack([np.eye(periods_per_year - 1), -np.ones(periods_per_year - 1)])


def harmonics(periods_per_year: int) -> NDArray[np.float64]:
    """Times of year by parameters: two sine waves a year (one where a year has three periods)."""
    angle = 2 * np.pi * np.arange(periods_per_year) / periods_per_year
    waves = range(1, 3 if periods_per_year > 4 else 2)
    return np.column_stack([wave(number * angle) for number in waves for wave in (np.cos, np.sin)])
