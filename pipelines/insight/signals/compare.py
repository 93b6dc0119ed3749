"""A recent count against a baseline count: mid-p values, ratio and interval, expected range, and how they combine."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize.elementwise import find_root
from scipy.special import ndtri
from scipy.stats import betabinom, false_discovery_control, nbinom

Table = NDArray[np.float64]

INTERVAL_TAIL = 0.05  # a 90% interval
_NOTHING_BEYOND, _NEAR_A_BELL = 8.0, 50.0
# Of the logarithm of a ratio: how far from it a bound is looked for, in standard errors, and how exactly.
_FURTHEST, _EXACT_TO = 10.0, 5e-5
_LEAST_P = 1e-15


def beta_binomial_mid_p(
    recent: ArrayLike, total: ArrayLike, share: ArrayLike, dispersion: ArrayLike, *, step: int = 1
) -> tuple[Table, Table]:
    """One-sided mid-p values: that a recent count is so high, and that it is so low, by chance.

    Given the total N of recent and baseline, recent ~ BetaBinomial(N, nu share, nu (1 - share)), nu = N / (phi - 1): exact
    where both are negative binomial with variance phi times the mean. Mid-p (Lancaster, 1961) counts half of the
    observed value; where counts come in multiples of `step`, half of all the values that would be told as this one.
    Weighted sums are taken to the nearest whole count.

    recent, total, share, dispersion  one for each comparison; returns up, down
    """
    given = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in (recent, total, share, dispersion)))
    counted, counted_all, part, phi = (one.ravel() for one in given)
    seen, all_seen = np.floor(counted + 0.5), np.floor(counted_all + 0.5)
    all_seen = np.maximum(all_seen, seen)
    nu = all_seen / np.maximum(phi - 1.0, 1e-5)
    below, at = _tail(seen, all_seen, nu * part, nu * (1.0 - part), (step - 1) // 2)
    down = np.clip(below + 0.5 * at, 0.0, 1.0).reshape(given[0].shape)
    return np.asarray(1.0 - down), np.asarray(down)


def _tail(seen: Table, total: Table, a: Table, b: Table, reach: int) -> tuple[Table, Table]:
    """P(X < seen - reach) and P(seen - reach <= X <= seen + reach) of beta-binomials, adding the terms of all at once.

    A term is C(n, k) B(k + a, n - k + b) / B(a, b). Only the first of each is asked of scipy; every other follows from the
    one before it, which is (n - k + 1) (k - 1 + a) / (k (n - k + b)) times as likely. Where the distribution is near a bell
    (a and b not small) terms further than `_NOTHING_BEYOND` standard deviations from its mean are left out: all of them
    together are less than one in a billion.
    """
    a, b = np.maximum(a, 1e-12), np.maximum(b, 1e-12)
    mean = np.nan_to_num(total * a / (a + b))  # where no share is known there is no number to find either
    deviation = np.sqrt(total * a * b * (a + b + total) / ((a + b) ** 2 * (a + b + 1)))
    furthest = np.where(np.minimum(a, b) >= _NEAR_A_BELL, _NOTHING_BEYOND * deviation, total) + 1
    first = np.floor(np.maximum(mean - furthest, 0))
    last = np.minimum(np.minimum(seen + reach, total), np.ceil(mean + furthest))
    terms = np.maximum(last - first + 1, 0).astype(np.int64)
    begins = np.cumsum(terms) - terms
    which = np.repeat(np.arange(len(seen)), terms)
    k = np.arange(len(which)) - (begins - first)[which]
    rest = total[which] - k
    with np.errstate(divide="ignore", invalid="ignore"):  # of the first, which is put right below
        logs = np.log((rest + 1.0) * (k - 1.0 + a[which]) / (k * (rest + b[which])))
    some = terms > 0
    begins = begins[some]
    logs[begins] = betabinom.logpmf(first[some], total[some], a[some], b[some])
    summed = np.cumsum(logs)
    p = np.exp(summed - np.repeat(summed[begins] - logs[begins], terms[some]))
    upto: Table = np.bincount(which, weights=p, minlength=len(seen)).astype(np.float64)
    at: Table = np.bincount(which, weights=p * (k >= (seen - reach)[which]), minlength=len(seen)).astype(np.float64)
    return np.maximum(upto - at, 0.0), at


def cauchy_combination(p_values: ArrayLike, axis: int = 0) -> Table:
    """Combine p values that depend on one another: T = mean tan((1/2 - p) pi), p = 1/2 - atan(T) / pi (Liu and Xie, 2020).

    NaN (a window that was not collected) is left out; all NaN gives NaN.
    """
    p = np.clip(np.asarray(p_values, dtype=float), 1e-15, 1 - 1e-3)
    angle = np.tan((0.5 - p) * np.pi)
    known = np.isfinite(angle)
    count = known.sum(axis=axis)
    mean = np.where(known, angle, 0.0).sum(axis=axis) / np.maximum(count, 1)
    return np.where(count > 0, 0.5 - np.arctan(mean) / np.pi, np.nan)


def benjamini_hochberg(p_values: ArrayLike) -> Table:
    """q values of one family (Benjamini and Hochberg, 1995); NaN was not tested and belongs to no family."""
    p = np.asarray(p_values, dtype=float)
    tested = np.isfinite(p)
    q = np.full(p.shape, np.nan)
    if tested.any():
        q[tested] = false_discovery_control(p[tested])
    return q


def rate_ratio(
    recent: Table, baseline: Table, recent_share: Table, baseline_share: Table, dispersion: Table, *, step: int = 1
) -> tuple[Table, Table, Table]:
    """Recent rate over baseline rate with its 90% interval, by inverting the beta-binomial mid-p.

    NaN ratio where the baseline counted nothing; its lower bound still stands, and there is no upper one (inf).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = baseline_share / recent_share
        ratio = np.where(baseline > 0, recent / baseline * odds, np.nan)
    total = recent + baseline
    low, high = _bounds(recent, total, odds, dispersion, step)
    return ratio, np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=np.inf)


def _bounds(recent: Table, total: Table, odds: Table, dispersion: Table, step: int) -> tuple[Table, Table]:
    """The ratios at which the observed count is just as unlikely as the interval allows, found on the log scale.

    NaN where there is none: nothing recent has no lower one, nothing before no upper one. A p value is looked at as the
    normal deviate it belongs to, which is nearly straight in the logarithm of the ratio: the root is found in fewer steps.
    """
    sought = ndtri(INTERVAL_TAIL)

    def beyond(
        log_ratio: Table, seen: Table, all_seen: Table, against: Table, phi: Table, is_upper: NDArray[np.bool_]
    ) -> Table:
        up, down = beta_binomial_mid_p(seen, all_seen, 1.0 / (1.0 + against / np.exp(log_ratio)), phi, step=step)
        return np.asarray(ndtri(np.clip(np.where(is_upper, down, up), _LEAST_P, 1 - _LEAST_P)) - sought)

    baseline = total - recent
    centre = np.log((recent + 0.5) / (baseline + 0.5) * odds)
    reach = _FURTHEST * np.sqrt(dispersion * (1 / (recent + 0.5) + 1 / (baseline + 0.5)))
    limits = (np.stack([centre - reach, centre]), np.stack([centre, centre + reach]))
    upper = np.broadcast_to([[False], [True]], limits[0].shape)
    given = (*(np.broadcast_to(one, upper.shape) for one in (recent, total, odds, dispersion)), upper)
    with np.errstate(invalid="ignore", divide="ignore"):  # where there is no bound, its steps lead nowhere
        found = find_root(beyond, limits, args=given, tolerances={"xatol": _EXACT_TO})
    low, high = np.exp(found.x)
    return low, high


def expected_range(mean: Table, dispersion: Table, share: Table, tail: float = INTERVAL_TAIL) -> tuple[Table, Table]:
    """The counts nine in ten recent windows fall in when nothing changed: negative binomial, its mean itself estimated.

    share  of the exposure that is recent; the baseline's own scatter widens the range by 1 / (1 - share)
    """
    phi = np.maximum(dispersion / np.maximum(1.0 - share, 1e-9), 1.0 + 1e-6)
    size, chance = np.maximum(mean, 1e-9) / (phi - 1.0), 1.0 / phi
    return nbinom.ppf(tail, size, chance), nbinom.ppf(1 - tail, size, chance)
