"""What others do to say that a count went up or down, written from their published descriptions.

Each takes counts [places, months] ending with the newest complete month and says of each place whether it would be
flagged now: `(up, down)`, two arrays of bool, one entry per place. Places are never looked at together. Nothing may be
missing, and there must be at least 24 months.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Counts = NDArray[np.float64]
Flags = NDArray[np.bool_]
Peer = Callable[[Counts], tuple[Flags, Flags]]

SMALLEST_CHANGE = 0.20
BASELINE_MONTHS = 36
EACH_SIDE = 0.025
XMR = 2.66
SHIFT_MONTHS, TREND_MONTHS = 7, 6
EARS_BASELINE, EARS_GUARD, EARS_SD = 7, 2, 3.0
FARRINGTON_GUARD, FARRINGTON_YEARS, FARRINGTON_HALF_WINDOW = 6, 5, 1
FARRINGTON_LEVELS = 10
OUTLYING_RESIDUAL = 2.58
FEWEST_CASES = 5


def month_on_month(counts: Counts) -> tuple[Flags, Flags]:
    """The newest month against the one before: more than 20% apart. What most dashboards show beside a figure."""
    return _apart(counts[:, -1], counts[:, -2])


def same_quarter(counts: Counts) -> tuple[Flags, Flags]:
    """The last 3 months against the same 3 a year before: more than 20% apart. The comparison of board reports."""
    return _apart(counts[:, -3:].sum(axis=1), counts[:, -15:-12].sum(axis=1))


def _apart(now: Counts, before: Counts) -> tuple[Flags, Flags]:
    """More than a fifth above or below; anything at all above nothing is more."""
    return now > (1 + SMALLEST_CHANGE) * before, now < (1 - SMALLEST_CHANGE) * before


def poisson(counts: Counts) -> tuple[Flags, Flags]:
    """The last 3 months against the 36 before as two Poisson counts, 5% on both sides together.

    Przyborowski & Wilenski (1940): given both together, the recent count is binomial with the share of the time.
    """
    recent, before = counts[:, -3:], counts[:, -3 - BASELINE_MONTHS : -3]
    share = 3 / (3 + before.shape[1])
    found, both = recent.sum(axis=1), recent.sum(axis=1) + before.sum(axis=1)
    return stats.binom.sf(found - 1, both, share) <= EACH_SIDE, stats.binom.cdf(found, both, share) <= EACH_SIDE


def _limits(counts: Counts) -> tuple[Counts, Counts]:
    """Centre and distance to the limits of an XmR chart over all earlier months up to 36."""
    before = counts[:, -1 - BASELINE_MONTHS : -1]
    return before.mean(axis=1), XMR * np.abs(np.diff(before, axis=1)).mean(axis=1)


def xmr(counts: Counts) -> tuple[Flags, Flags]:
    """An XmR chart with its first rule alone: the newest month outside mean +- 2.66 mean moving ranges.

    Wheeler & Chambers (1992), Understanding Statistical Process Control. Limits from earlier months only.
    """
    centre, reach = _limits(counts)
    return counts[:, -1] > centre + reach, counts[:, -1] < centre - reach


def nhs_four_rules(counts: Counts) -> tuple[Flags, Flags]:
    """The four rules of NHS England's Making Data Count ("Strengthening your decisions", 2019) at the newest month.

    A month outside the XmR limits; 7 months in a row on one side of the mean; 6 months in a row each above (below) the
    one before it; 2 of the last 3 months in the outer third towards the same limit. The guides say "6 or 7" for the two
    runs, by edition; these are the lengths of their present tool and packages for a shift, and of the guide for a trend.
    """
    centre, reach = _limits(counts)
    found = []
    for side in (1, -1):
        above = side * (counts - centre[:, None])
        outside = above[:, -1] > reach
        shift = (above[:, -SHIFT_MONTHS:] > 0).all(axis=1)
        trend = (np.diff(above[:, -TREND_MONTHS:], axis=1) > 0).all(axis=1)
        near = (above[:, -3:] > 2 / 3 * reach[:, None]).sum(axis=1) >= 2
        found.append(outside | shift | trend | near)
    return found[0], found[1]


def ears_c2(counts: Counts) -> tuple[Flags, Flags]:
    """EARS C2, with months for days: outside mean +- 3 sd of 7 months that end 2 months before the newest.

    Hutwagner et al. (2003), Journal of Urban Health 80; C2 looks upwards only, here both ways.
    """
    before = counts[:, -1 - EARS_GUARD - EARS_BASELINE : -1 - EARS_GUARD]
    centre, reach = before.mean(axis=1), EARS_SD * before.std(axis=1, ddof=1)
    return counts[:, -1] > centre + reach, counts[:, -1] < centre - reach


def farrington_flexible(counts: Counts) -> tuple[Flags, Flags]:
    """The improved Farrington algorithm of Noufaily et al. (2013), Statistics in Medicine 32, for months.

    Quasi-Poisson log-linear regression on up to 5 years that end 6 months (26 weeks) before the newest month: a trend
    and a factor of 10 levels for the time of year, of which one is this month with its neighbours (their window of 3
    weeks each side, which at the top of a strong season is a little low) and each other month its own. Past outbreaks
    count less: months whose scaled Anscombe residual s is above 2.58 weigh s^-2. The trend is always fitted given 3
    years, unless it reaches above anything seen before. Flagged beyond the negative binomial quantile (variance
    phi * mean) of 2.5% on each side; upwards only with 5 or more in the month (their 4 weeks). Theirs looks upwards
    only, week by week.
    """
    ago = np.arange(counts.shape[1] - 1, 0, -1)
    used = (ago > FARRINGTON_GUARD) & (ago <= 12 * FARRINGTON_YEARS + FARRINGTON_HALF_WINDOW)
    past, time = counts[:, :-1][:, used], -ago[used] / 12
    away = ago[used] % 12
    level = np.where((away <= FARRINGTON_HALF_WINDOW) | (away >= 12 - FARRINGTON_HALF_WINDOW), 0, away - 1)
    member = (level[:, None] == np.arange(FARRINGTON_LEVELS)).astype(float)
    enough = used.sum() + FARRINGTON_GUARD >= 36
    mean, phi = _farrington(past, member, time, trend=bool(enough))
    again = np.flatnonzero(mean > past.max(axis=1)) if enough else np.array([], dtype=int)
    if len(again):
        mean[again], phi[again] = _farrington(past[again], member, time, trend=False)
    newest = counts[:, -1]
    size, chance = mean / (np.maximum(phi, 1.0001) - 1), 1 / np.maximum(phi, 1.0001)
    up = stats.nbinom.sf(newest - 1, size, chance) <= EACH_SIDE
    return up & (newest >= FEWEST_CASES), stats.nbinom.cdf(newest, size, chance) <= EACH_SIDE


def _farrington(past: Counts, member: Counts, time: Counts, *, trend: bool) -> tuple[Counts, Counts]:
    """The mean expected now and the dispersion, after past outbreaks were weighed down."""
    fitted, leverage, _ = _regress(past, np.ones_like(past), member, time, trend=trend)
    phi = _dispersion(past, fitted, np.ones_like(past), 10 + trend)
    residual = 1.5 * (past ** (2 / 3) * fitted ** (-1 / 6) - np.sqrt(fitted))
    residual /= np.sqrt(phi[:, None] * np.maximum(1 - leverage, 1e-6))
    weights = np.where(residual > OUTLYING_RESIDUAL, np.maximum(residual, 1) ** -2.0, 1.0)
    weights *= past.shape[1] / weights.sum(axis=1, keepdims=True)
    fitted, _, now = _regress(past, weights, member, time, trend=trend)
    return now, _dispersion(past, fitted, weights, 10 + trend)


def _dispersion(past: Counts, fitted: Counts, weights: Counts, fitted_parameters: int) -> Counts:
    """Pearson's: the weighted squared residuals over what is left to vary; 1 at least."""
    squares = (weights * (past - fitted) ** 2 / fitted).sum(axis=1)
    return np.maximum(1.0, squares / (past.shape[1] - fitted_parameters))


def _regress(past: Counts, weights: Counts, member: Counts, time: Counts, *, trend: bool) -> tuple[Counts, Counts, Counts]:
    """Log-linear Poisson regression of every place at once, by iteratively reweighted least squares.

    With one slope beside the levels the normal equations fall apart: within a level everything is a weighted mean, and
    the slope is one regression on what is left of time.

    returns  fitted means and leverages [places, months], and the mean expected now (time 0, level 0)
    """
    log_mean = np.log(past + 0.5)
    for _ in range(30):
        fitted = np.exp(log_mean)
        work = weights * fitted
        aim = log_mean + (past - fitted) / fitted
        total = work @ member
        middle = (work * time) @ member / total
        off = time - middle @ member.T
        lever = np.maximum((work * off**2).sum(axis=1, keepdims=True), 1e-12)
        slope = trend * (work * off * aim).sum(axis=1, keepdims=True) / lever
        height = (work * aim) @ member / total - slope * middle
        # A level of nothing but zeros has no finite height.
        better = np.clip(height @ member.T + slope * time, -8.0, 15.0)
        moved = np.abs(better - log_mean).max()
        log_mean = better
        if moved < 1e-6:
            break
    leverage = work * (1 / (total @ member.T) + trend * off**2 / lever)
    return np.exp(log_mean), leverage, np.exp(np.clip(height[:, 0], -8.0, 15.0))


PEERS: dict[str, Peer] = {
    "month_on_month": month_on_month,
    "same_quarter": same_quarter,
    "poisson": poisson,
    "xmr": xmr,
    "nhs_four_rules": nhs_four_rules,
    "ears_c2": ears_c2,
    "farrington_flexible": farrington_flexible,
}
NAIVE = ("month_on_month", "same_quarter", "poisson")
