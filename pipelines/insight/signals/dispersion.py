"""How much more than chance counts of the past scatter, at the length of the window that is tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]

PRIOR_BLOCKS = 24.0  # a place's own scatter counts against this many blocks of the others'
PRIOR_DISPERSION = 1.6  # what is taken for granted where there are few blocks to tell
PRIOR_PANEL = 24.0
MOST = 9.0  # one wild block is no more evidence than this
ALLOWANCE = 1.1


def block_sums(table: Table, length: int) -> Table:
    """Sums over non-overlapping blocks of `length` periods, the newest block whole: [places, blocks]."""
    blocks = table.shape[1] // length
    kept = table[:, table.shape[1] - blocks * length :]
    return kept.reshape(len(table), blocks, length).sum(axis=2)


@dataclass(frozen=True)
class Blocks:
    """Baseline counts summed over blocks as long as a window, beside what was expected of each.

    x, mean  squared residual over expectation, and the expectation: [places, blocks]; usable, where there is one
    """

    x: Table
    mean: Table
    usable: NDArray[np.bool_]


def blocks_of(counts: Table, shares: Table, rounding: Table, length: int, city: Table, season_parameters: int) -> Blocks:
    """x = ((Y - E)^2 / (1 - h) - rounding variance) / E of every block; h puts right for what fitting took away.

    counts, shares, rounding  [places, baseline periods]; shares is exposure times season, 0 where not collected
    city                      [baseline periods]: what was expected of the whole city, whose season the place is part of
    """
    observed, share, rounded = (block_sums(one, length) for one in (counts, shares, rounding))
    total, counted = shares.sum(axis=1, keepdims=True), counts.sum(axis=1, keepdims=True)
    own = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    expected = counted * own
    all_expected = block_sums(city[None], length)
    seasonal = np.divide(expected, all_expected, out=np.zeros_like(share), where=all_expected > 0)
    took = own + (1.0 - own) * np.minimum(seasonal, 1.0) * season_parameters * length / max(counts.shape[1], 1)
    usable = expected > 0
    x = np.zeros_like(share)
    squared = (observed - expected) ** 2 / np.maximum(1.0 - took, 0.2) - rounded
    x[usable] = squared[usable] / expected[usable]
    return Blocks(x, expected, usable)


@dataclass(frozen=True)
class Line:
    """The usual dispersion of a window's count: a + b times its expectation."""

    a: float
    b: float

    def at(self, mean: Table) -> Table:
        """The usual dispersion at an expected count."""
        return np.asarray(self.a + self.b * mean)

    def own_ratio(self, blocks: Blocks) -> Table:
        """Each place's own scatter over the usual one, shrunk towards 1."""
        ratio = np.clip(blocks.x / self.at(blocks.mean), -MOST, MOST) * blocks.usable
        return np.asarray((PRIOR_BLOCKS + np.maximum(ratio.sum(axis=1), 0)) / (PRIOR_BLOCKS + blocks.usable.sum(axis=1)))


def fit_line(blocks: Blocks) -> Line:
    """a and b over the blocks of all places: weights (a + b E)^-2, winsorised, three passes; a >= 1, b >= 0.

    Generalised Pearson estimation (McCullagh and Nelder, 1989, ch. 9). A prior worth some blocks at the usual
    dispersion stands in where there are few.
    """
    a, b = PRIOR_DISPERSION, 0.0
    x, mean = blocks.x[blocks.usable], blocks.mean[blocks.usable]
    if not len(x):
        return Line(a, b)
    middle = float(mean.mean())
    for _ in range(3):
        line = a + b * mean
        weight, prior = line**-2, PRIOR_PANEL * (a + b * middle) ** -2
        y = np.clip(x, -MOST * line, MOST * line)
        total = weight.sum() + prior
        centre_x, centre_y = (weight @ mean + prior * middle) / total, (weight @ y + prior * PRIOR_DISPERSION) / total
        spread = float(weight @ (mean - centre_x) ** 2) + prior * (middle / 4) ** 2
        b = max(0.0, float(weight @ ((mean - centre_x) * (y - centre_y))) / spread) if spread > 0 else 0.0
        a = float(centre_y - b * centre_x)
        if a < 1.0:
            a, b = 1.0, max(0.0, float(weight @ (mean * (y - 1.0))) / float(weight @ mean**2))
    return Line(a, b)
