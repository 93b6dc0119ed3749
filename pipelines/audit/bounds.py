"""How far whole numbers can move inside their boxes when sums of them are known: bounds, row by row.

Each row's bounds are pushed to its variables until nothing moves (interval propagation). What is cut off is
certainly impossible. Where rows and variables form trees and every coefficient is 1 or -1, what is left is also
possible, end to end: each row can be met whatever the one variable it shares with the next, so no programme need be
solved (Beeri, Fagin, Maier and Yannakakis 1983, on acyclic joins). `programme` settles the rest.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
MOST_ROUNDS = 200


@dataclass(frozen=True)
class Rows:
    """Linear rows low <= sum(coefficient * variable) <= high, as one entry per row and variable.

    row, variable, coefficient  one per entry
    low, high                   one per row; infinite where there is no bound on that side
    """

    row: Whole
    variable: Whole
    coefficient: Real
    low: Real
    high: Real

    @classmethod
    def of(cls, relations: "list[tuple[Whole, Real, float, float]]") -> "Rows":
        """Rows from (variables, coefficients, low, high), one each."""
        sizes = [len(one[0]) for one in relations]
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        return cls(
            np.repeat(np.arange(len(relations)), sizes),
            np.concatenate([whole, *(np.asarray(one[0], np.int64) for one in relations)]),
            np.concatenate([real, *(np.asarray(one[1], float) for one in relations)]),
            np.array([one[2] for one in relations], float),
            np.array([one[3] for one in relations], float),
        )

    def without(self, dropped: NDArray[np.bool_]) -> "Rows":
        """The same rows but for those dropped, which become rows of nothing."""
        stays = ~dropped[self.row]
        low, high = np.where(dropped, -np.inf, self.low), np.where(dropped, np.inf, self.high)
        return Rows(self.row[stays], self.variable[stays], self.coefficient[stays], low, high)


@dataclass
class Reach:
    """How far each variable can move.

    low, high   one per variable; nothing outside is possible
    component   which tied group each variable belongs to, -1 where it stands alone
    trees       the components in which low and high are attained and everything between is possible
    broken      rows nothing can satisfy: the attacker's belief was wrong, and was dropped
    """

    low: Whole
    high: Whole
    component: Whole
    trees: set[int] = field(default_factory=set)
    broken: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))


def reach(low: Whole, high: Whole, rows: Rows, links: Whole | None = None) -> Reach:
    """Push every row's bounds to its variables until nothing moves.

    low, high  the box of each variable, both attained
    links      pairs of variables one draw ties (two versions of one cell): their component is no tree
    """
    linked = np.zeros((0, 2), np.int64) if links is None else links
    component, trees = _components(len(low), rows, linked)
    new_low, new_high, crossed = _propagate(low, high, rows)
    broken = np.zeros(len(rows.low), bool)
    while crossed.any():
        wrong = np.isin(component[rows.variable], np.unique(component[crossed]))
        broken[rows.row[wrong]] = True
        new_low, new_high, crossed = _propagate(low, high, rows.without(broken))
    if broken.any():
        component, trees = _components(len(low), rows.without(broken), linked)
    return Reach(new_low, new_high, component, trees, broken)


def _propagate(low: Whole, high: Whole, rows: Rows) -> tuple[Whole, Whole, NDArray[np.bool_]]:
    """The boxes after propagation, and which variables or rows' variables were left with nothing."""
    least, most = low.astype(float), high.astype(float)
    for _ in range(MOST_ROUNDS):
        implied_low, implied_high = implied(least, most, rows)
        new_least, new_most = least.copy(), most.copy()
        np.maximum.at(new_least, rows.variable, implied_low)
        np.minimum.at(new_most, rows.variable, implied_high)
        crossed = new_least > new_most
        if crossed.any() or (np.array_equal(new_least, least) and np.array_equal(new_most, most)):
            return new_least.astype(np.int64), new_most.astype(np.int64), crossed
        least, most = new_least, new_most
    return least.astype(np.int64), most.astype(np.int64), np.zeros(len(low), bool)


def implied(least: Real, most: Real, rows: Rows) -> tuple[Real, Real]:
    """The least and most each entry's row leaves its variable, given the boxes of the row's other variables."""
    a = rows.coefficient
    smallest = np.where(a > 0, a * least[rows.variable], a * most[rows.variable])
    largest = np.where(a > 0, a * most[rows.variable], a * least[rows.variable])
    in_all = len(rows.low)
    others_least = np.bincount(rows.row, smallest, in_all)[rows.row] - smallest
    others_most = np.bincount(rows.row, largest, in_all)[rows.row] - largest
    one, other = (rows.low[rows.row] - others_most) / a, (rows.high[rows.row] - others_least) / a
    # Float dust must not push a whole number past itself.
    return np.ceil(np.minimum(one, other) - 1e-6), np.floor(np.maximum(one, other) + 1e-6)


def _components(variables: int, rows: Rows, links: Whole) -> tuple[Whole, set[int]]:
    """The tied group of each variable, and which groups are trees with coefficients of 1 and -1."""
    in_all = variables + len(rows.low)
    ends = np.concatenate([rows.variable, links[:, 0]]), np.concatenate([variables + rows.row, links[:, 1]])
    graph = coo_matrix((np.ones(len(ends[0])), ends), shape=(in_all, in_all))
    _, label = connected_components(graph, directed=False)
    tied = np.zeros(variables, bool)
    tied[rows.variable] = True
    nodes = np.bincount(label, minlength=in_all)
    edges = np.bincount(label[rows.variable], minlength=in_all)
    unit = np.bincount(label[rows.variable], np.abs(rows.coefficient) != 1, in_all) == 0
    trees = set(np.flatnonzero((edges == nodes - 1) & unit & (edges > 0)).tolist()) - set(label[links.ravel()].tolist())
    return np.where(tied, label[:variables], -1), trees
