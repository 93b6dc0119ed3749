"""Bands: what a released count may stand for, and how it is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gate.rounding import round_cells
from pipelines.insight.bands import band_words, cell_bounds, likely_range, rounding_error

KEY = bytes(range(32))


def summed(values: list[int], base: int = 3) -> tuple[float, float, float]:
    cells = np.array(values, dtype=float)
    one_group = np.zeros(len(values), dtype=np.int64)
    about, low, high = likely_range(cells, np.ones(len(values)), one_group, 1, base)
    return about[0], low[0], high[0]


@given(st.integers(0, 300), st.integers(3, 10))
def test_the_bounds_of_one_cell_always_hold_the_truth(count: int, base: int) -> None:
    released = round_cells([count], ["one"], key=KEY, base=base)[0]
    low, high = cell_bounds(float(released), base)
    assert low <= count <= high
    assert summed([int(released)], base)[1:] == (low, high)


@pytest.mark.parametrize("mean", [0.3, 1.0, 4.0, 20.0])
@pytest.mark.parametrize("cells", [12, 60])
def test_the_likely_range_of_a_sum_holds_the_truth_at_least_four_times_in_five(mean: float, cells: int) -> None:
    """1,500 sums: the standard error of a share of 0.8 is 0.0103, three are 0.031."""
    rng = np.random.default_rng(20261121)
    sums = 1500
    truth = rng.poisson(mean, (sums, cells))
    names = [f"{row}/{cell}" for row in range(sums) for cell in range(cells)]
    released = round_cells(truth.ravel(), names, key=KEY, base=3).astype(float)
    groups = np.repeat(np.arange(sums), cells)
    about, low, high = likely_range(released, np.ones(sums * cells), groups, sums, 3)
    held = ((low <= truth.sum(axis=1)) & (truth.sum(axis=1) <= high)).mean()
    assert held >= 0.80 - 0.031
    assert abs((about - truth.sum(axis=1)).mean()) < 4 * np.sqrt(2 * cells / sums)


def test_the_likely_range_is_narrower_than_the_worst_case() -> None:
    about, low, high = summed([3, 6, 3, 0, 9, 3, 0, 6, 3, 3, 6, 0])
    assert about == 42
    assert about - 24 < low < about < high < about + 24


def test_a_full_cell_is_off_by_a_square_of_about_four_thirds_and_an_empty_rare_one_almost_none() -> None:
    """4/3 is the mean square of the weights 1/3, 2/3, 1, 2/3, 1/3 over -2..2, the flat-prior limit at base 3."""
    busy = rounding_error(np.array([300.0]), 3, mean=300.0)[0]
    rare = rounding_error(np.array([0.0]), 3, mean=0.01)[0]
    assert busy == pytest.approx(4 / 3, rel=0.02)
    assert rare < 0.03


def test_a_share_of_a_cell_counts_as_that_share() -> None:
    values, weights = np.array([9.0, 9.0]), np.array([0.25, 1.0])
    about, low, high = likely_range(values, weights, np.array([0, 0]), 1, 3)
    assert about[0] == pytest.approx(11.25)
    assert low[0] >= 7 * 1.25
    assert high[0] <= 11 * 1.25


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((0, 0, 2, True, 3), "fewer than 3"),
        ((0, 0, 4, True, 5), "fewer than 5"),
        ((3, 1, 5, True, 3), "about 3 (1-5)"),
        ((6, 4, 8, True, 3), "about 6 (4-8)"),
        ((1242, 1214.3, 1269.7, False, 3), "about 1,242 (1,214-1,270)"),
        ((0, 0, 0.4, False, 3), "about 0 (0-1)"),
        ((17, 17, 17, False, 1), "17"),
    ],
)
def test_a_band_reads_as_people_say_it(numbers: tuple[float, float, float, bool, int], words: str) -> None:
    about, low, high, single, base = numbers
    assert band_words(about, low, high, single_cell=single, base=base) == words
