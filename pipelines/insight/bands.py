"""How far a released count may be from the true one, and how to say it.

A rounded cell y came from a true count x by keyed random rounding (pipelines.gate.rounding): given x, the
chance of y is 1 - |y - x| / base for |y - x| < base. Seen from y:

one cell     its bounds, y - (base - 1) to y + (base - 1), floored at 0: nothing narrower is certain
many cells   the 80% likely range of the sum. Each cell's true count is taken as Poisson around the mean of
             the cells summed (an empirical Bayes prior, as in Gelman and others, Bayesian Data Analysis, ch. 5);
             E[(x - y)^2 | y] follows by Bayes' rule for each y; these add, and the sum of the y, which is unbiased,
             plus or minus 1.2816 of their square root is kept within the bounds no sum can pass.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

LIKELY_SHARE = 0.80
_Z = 1.2816  # 90th centile of the standard normal


def cell_bounds(values: ArrayLike, base: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and most each released cell can stand for. A base of 1 is exact."""
    released = np.asarray(values, dtype=float)
    return np.maximum(0.0, released - (base - 1)), released + (base - 1)


def rounding_error(values: NDArray[np.float64], base: int, mean: float) -> NDArray[np.float64]:
    """E[(true count - released value)^2] for each released value, when true counts average `mean` a cell.

    At base 3 a non-empty cell's is about 4/3; an empty cell's is near 0 where counts are rare.
    """
    steps = np.arange(-(base - 1), base)
    possible = values[:, None] + steps
    chance = 1 - np.abs(steps) / base
    mean = max(mean, 1e-6)
    with np.errstate(divide="ignore"):
        prior = np.where(possible >= 0, possible * np.log(mean) - gammaln(np.maximum(possible, 0) + 1), -np.inf)
    weight = np.exp(prior - prior.max(axis=1, keepdims=True)) * chance
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray((weight * steps**2).sum(axis=1))


def likely_range(
    values: NDArray[np.float64], weights: NDArray[np.float64], groups: NDArray[np.int64], group_count: int, base: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Sum released cells by group, with the range the true sum is likely in.

    values   released counts, one per cell; weights the share of each that belongs to its group
    groups   the group each cell is in, 0 to group_count - 1
    returns  about, low, high: one per group. One whole cell gets its certain bounds, several the 80% likely range
    """
    about = np.bincount(groups, weights=values * weights, minlength=group_count).astype(float)
    cells = np.bincount(groups, minlength=group_count)
    if base == 1:
        return about, about.copy(), about.copy()
    share = np.bincount(groups, weights=weights, minlength=group_count)
    # Half a base more, so that a handful of empty cells is not taken as proof that nothing ever happens there.
    mean = (about + base / 2) / np.where(share > 0, share, 1)
    squared = _squared_errors(values, mean[groups], base)
    spread = _Z * np.sqrt(np.bincount(groups, weights=squared * weights**2, minlength=group_count))
    least, most = (np.bincount(groups, weights=one * weights, minlength=group_count) for one in cell_bounds(values, base))
    # Outward to whole numbers: a true count is one, and a range said too narrow would be wrong more than 1 time in 5.
    low = np.where(cells > 1, np.maximum(np.floor(about - spread), least), least)
    high = np.where(cells > 1, np.minimum(np.ceil(about + spread), most), most)
    return about, low, high


def _squared_errors(values: NDArray[np.float64], means: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    """rounding_error for cells whose groups differ in mean: once for each pair that occurs."""
    pairs, place = np.unique(np.stack([values, np.round(means, 3)]), axis=1, return_inverse=True)
    found = np.empty(pairs.shape[1])
    for mean in np.unique(pairs[1]):
        mine = pairs[1] == mean
        found[mine] = rounding_error(pairs[0][mine], base, float(mean))
    return found[place.ravel()]


def band_words(about: float, low: float, high: float, *, single_cell: bool, base: int) -> str:
    """A count with its band, in words: "fewer than 3", "about 6 (4-8)", "about 41 (35-47)"; public counts exact."""
    if base == 1:
        return f"{about:,.0f}" if float(about).is_integer() else f"about {about:,.0f}"
    if single_cell and about == 0:
        return f"fewer than {base}"
    floor, ceiling = int(np.floor(low + 0.5)), int(np.floor(high + 0.5))
    if about < 0.5:
        return f"about 0 ({floor}-{max(ceiling, 1)})"
    return f"about {about:,.0f} ({floor:,}-{ceiling:,})"
