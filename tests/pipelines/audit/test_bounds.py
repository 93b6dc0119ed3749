"""Sums that are known, and what they leave of the counts in them: worked by hand, and by trying every number."""

from itertools import product

import numpy as np
import pytest

from pipelines.audit.bounds import Rows, reach
from pipelines.audit.programme import Tied, extremes


def rows(*relations: tuple[list[int], float, float]) -> Rows:
    return Rows.of([(np.array(one), np.ones(len(one)), low, high) for one, low, high in relations])


def boxes(size: int, low: int, high: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full(size, low, np.int64), np.full(size, high, np.int64)


def test_a_two_by_two_table_with_its_totals_is_solved() -> None:
    #        3 | a b
    #        5 | c d        every cell is 1 to 4, the columns are 2 and 6: only 1 2 / 1 4 will do
    found = reach(*boxes(4, 1, 4), rows(([0, 1], 3, 3), ([2, 3], 5, 5), ([0, 2], 2, 2), ([1, 3], 6, 6)))
    assert found.low.tolist() == found.high.tolist() == [1, 2, 1, 4]


def test_a_circle_of_sums_needs_the_programme() -> None:
    circle = rows(([0, 1], 2, 2), ([1, 2], 2, 2), ([2, 0], 2, 2))
    found = reach(*boxes(3, 0, 2), circle)
    assert found.high.tolist() == [2, 2, 2]
    assert not found.trees
    places = [((0, 1.0), (2, 1.0)), ((0, 1.0), (1, 1.0)), ((1, 1.0), (2, 1.0))]
    tied = Tied(((0,), (1,), (2,)), tuple(((((0, 2),),), (place,)) for place in places))
    assert extremes(tied, circle) == {0: (1, 1), 1: (1, 1), 2: (1, 1)}


def test_a_sum_nothing_can_meet_is_dropped_and_said() -> None:
    found = reach(*boxes(3, 0, 2), rows(([0, 1], 9, 9), ([2], 1, 1)))
    assert found.broken.tolist() == [True, False]
    assert list(zip(found.low, found.high, strict=True)) == [(0, 2), (0, 2), (1, 1)]


def test_sums_one_draw_ties_together_are_no_tree() -> None:
    # A circle, and a tree beside it: as many edges as a tree of both would have.
    known = rows(([0, 1], 1, 3), ([0, 1], 2, 3), ([2, 3], 1, 3))
    assert len(reach(*boxes(4, 0, 2), known).trees) == 1
    assert not reach(*boxes(4, 0, 2), known, np.array([[0, 2]])).trees


def test_counts_in_no_sum_are_left_alone() -> None:
    found = reach(*boxes(3, 0, 5), rows(([0, 1], 1, 1)))
    assert found.component[2] == -1
    assert (found.low[2], found.high[2]) == (0, 5)


@pytest.mark.parametrize("seed", range(12))
def test_bounds_on_a_tree_of_sums_are_always_reached_and_never_passed(seed: int) -> None:
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 5, 6)
    low, high = np.maximum(0, truth - draw.integers(0, 3, 6)), truth + draw.integers(0, 3, 6)
    relations = [([0, 1, 2], -1.0, 1.0), ([2, 3], 0.0, 0.0), ([3, 4, 5], -2.0, 0.0)]
    known = rows(*((one, truth[one].sum() + least, truth[one].sum() + most) for one, least, most in relations))
    found = reach(low, high, known)
    assert found.trees
    tried = [
        point
        for point in product(*(range(a, b + 1) for a, b in zip(low, high, strict=True)))
        if all(known.low[at] <= sum(point[v] for v in one) <= known.high[at] for at, (one, _, _) in enumerate(relations))
    ]
    assert found.low.tolist() == np.min(tried, axis=0).tolist()
    assert found.high.tolist() == np.max(tried, axis=0).tolist()
