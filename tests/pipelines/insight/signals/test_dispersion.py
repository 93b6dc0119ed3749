"""Dispersion: how much more than chance the past scatters, told back where it was put in."""

import numpy as np
import pytest

from pipelines.insight.signals.dispersion import (
    PRIOR_BLOCKS,
    PRIOR_DISPERSION,
    Blocks,
    Line,
    block_sums,
    blocks_of,
    fit_line,
)


def panel(mean: np.ndarray, phi: np.ndarray | float, *, months: int = 36, seed: int = 1) -> np.ndarray:
    """Independent negative binomial counts, one row per place: variance phi times the mean."""
    size = mean / (np.broadcast_to(phi, mean.shape) - 1.0)
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(size[:, None], (mean / size)[:, None], (len(mean), months))).astype(float)


def blocks(counts: np.ndarray, length: int, *, rounding: float = 0.0) -> Blocks:
    every = np.ones_like(counts)
    return blocks_of(counts, every, every * rounding, length, counts.mean(axis=1).sum() * np.ones(counts.shape[1]), 0)


def usual(line: Line, mean: float) -> float:
    return float(line.at(np.array(mean)))


def test_blocks_do_not_overlap_and_the_newest_is_whole() -> None:
    assert block_sums(np.arange(8.0)[None], 3).tolist() == [[2 + 3 + 4, 5 + 6 + 7]]
    assert block_sums(np.arange(2.0)[None], 3).shape == (1, 0)


def test_x_is_the_squared_residual_over_the_expectation_put_right_for_the_fitted_mean() -> None:
    """Known answer by hand: 2, 4, 6, 4 have mean 4, and (2 - 4)^2 / 4 = 1 over 1 - 1/4; so the mean of x is s^2 / mean."""
    counts = np.array([[2.0, 4.0, 6.0, 4.0]])
    found = blocks(counts, 1)
    assert found.mean.tolist() == [[4.0] * 4]
    assert found.x[0] == pytest.approx([4 / 3, 0, 4 / 3, 0])
    assert found.x.mean() == pytest.approx(counts.var(ddof=1) / counts.mean())


def test_the_rounding_variance_is_taken_off_before_anything_is_divided() -> None:
    """Known answer by hand: (4 / 0.75 - 2) / 4 and (0 - 2) / 4."""
    assert blocks(np.array([[2.0, 4.0, 6.0, 4.0]]), 1, rounding=2.0).x[0] == pytest.approx([10 / 12, -0.5] * 2)


def test_a_month_not_collected_is_no_block_and_no_part_of_the_expectation() -> None:
    counts, share = np.array([[0.0, 4.0, 6.0, 2.0]]), np.array([[0.0, 1.0, 1.0, 1.0]])
    found = blocks_of(counts, share, np.zeros((1, 4)), 1, np.full(4, 40.0), 0)
    assert found.usable.tolist() == [[False, True, True, True]]
    assert found.mean.tolist() == [[0.0, 4.0, 4.0, 4.0]]
    assert found.x[0, 0] == 0.0


def test_a_place_that_counted_nothing_tells_no_scatter() -> None:
    found = blocks(np.zeros((2, 36)), 3)
    assert not found.usable.any()
    assert fit_line(found) == Line(PRIOR_DISPERSION, 0.0)


def test_a_season_taken_from_the_places_own_counts_is_put_right() -> None:
    """Two places of chance alone with a season of eleven effects fitted to their own sum: put right, they scatter by 1.

    Without it the scatter reads about 24 / 35. 400 cities of 72 squares: the standard error of the mean is about 0.009.
    """
    rng = np.random.default_rng(5)
    with_season, without = [], []
    for _ in range(400):
        counts = rng.poisson(20.0, (2, 36)).astype(float)
        months = counts.sum(axis=0).reshape(3, 12).mean(axis=0)
        share = np.tile(months / months.mean(), (2, 3))
        city = counts.sum() / 36 * share[0]
        for found, parameters in ((with_season, 11), (without, 0)):
            one = blocks_of(counts, share, np.zeros_like(share), 1, city, parameters)
            found.append(one.x[one.usable].mean())
    assert np.mean(with_season) == pytest.approx(1.0, abs=0.06)
    assert np.mean(without) < 0.88


@pytest.mark.parametrize("length", [1, 3, 6])
@pytest.mark.parametrize("phi", [1.0 + 1e-9, 1.6, 3.0])
def test_the_scatter_put_in_is_the_scatter_found_at_every_window(phi: float, length: int) -> None:
    """240 places of 10 a month: sums of independent months scatter by the same phi."""
    line = fit_line(blocks(panel(np.full(240, 10.0), phi), length))
    assert usual(line, 10.0 * length) == pytest.approx(phi, rel=0.1)
    assert line.a >= 1
    assert line.b >= 0


def test_scatter_that_grows_with_the_count_is_found_to_grow() -> None:
    """phi = 1 + 0.1 mean over places of 1 to 40 a month: the line tells both ends apart."""
    mean = np.exp(np.linspace(0, np.log(40), 300))
    line = fit_line(blocks(panel(mean, 1 + 0.1 * mean), 1))
    assert line.b == pytest.approx(0.1, abs=0.03)
    assert usual(line, 1.0) < 1.6
    assert usual(line, 40.0) == pytest.approx(5.0, rel=0.25)


def test_chance_alone_is_no_scatter() -> None:
    line = fit_line(blocks(np.random.default_rng(2).poisson(8.0, (200, 36)).astype(float), 3))
    assert usual(line, 24.0) == pytest.approx(1.0, abs=0.1)


def test_less_scatter_than_chance_is_taken_for_chance() -> None:
    """8 and 9 and 7 in turn are no evidence that the next month cannot be 12; at no expectation is it less than 1."""
    even = np.tile([8.0, 9.0, 7.0], (100, 12))
    assert fit_line(blocks(even, 1)) == Line(1.0, 0.0)
    mixed = np.vstack([even, panel(np.full(100, 40.0), 3.0)])
    assert usual(fit_line(blocks(mixed, 1)), 0.0) >= 1.0


def test_what_rounding_added_is_taken_away_again() -> None:
    """Base 3 adds 4/3 to the variance of each month: 1.5 becomes 1.5 + 4/3/4, and is told as 1.5."""
    counts = panel(np.full(300, 4.0), 1.5)
    up = np.random.default_rng(3).random(counts.shape) < (counts % 3) / 3
    rounded = 3 * (counts // 3 + up)
    assert usual(fit_line(blocks(rounded, 1, rounding=4 / 3)), 4.0) == pytest.approx(1.5, abs=0.1)
    assert usual(fit_line(blocks(rounded, 1)), 4.0) == pytest.approx(1.5 + 1 / 3, abs=0.1)


def test_one_wild_month_is_no_more_evidence_than_nine_times_the_usual() -> None:
    counts = panel(np.full(40, 8.0), 1.5)
    calm = fit_line(blocks(counts, 1))
    counts[0, 10] = 400.0
    assert usual(fit_line(blocks(counts, 1)), 8.0) < usual(calm, 8.0) + 0.25


def test_a_few_blocks_hardly_move_what_is_taken_for_granted() -> None:
    """One place of three blocks of chance alone against a prior of 24 at 1.6: still near it, never below 1."""
    line = fit_line(blocks(np.full((1, 3), 8.0), 1))
    assert 1.3 < usual(line, 8.0) < PRIOR_DISPERSION


def test_a_places_own_scatter_is_shrunk_towards_the_usual() -> None:
    """Known answer: 12 blocks at three times the usual, against 24 at once: (24 + 36) / (24 + 12)."""
    line, mean = Line(2.0, 0.0), np.full((1, 12), 5.0)
    every = np.ones((1, 12), dtype=bool)
    assert PRIOR_BLOCKS == 24
    assert line.own_ratio(Blocks(np.full((1, 12), 6.0), mean, every)) == pytest.approx([60 / 36])
    assert line.own_ratio(Blocks(np.full((1, 12), 2.0), mean, every)) == pytest.approx([1.0])
    assert line.own_ratio(Blocks(np.full((1, 12), 1e6), mean, every)) == pytest.approx([(24 + 9 * 12) / 36])
    assert line.own_ratio(Blocks(np.full((1, 12), -6.0), mean, every)) == pytest.approx([24 / 36])
    assert line.own_ratio(Blocks(np.full((1, 12), 6.0), mean, ~every)) == pytest.approx([1.0])


def test_the_place_that_scatters_more_is_told_from_its_neighbours() -> None:
    counts = panel(np.full(60, 10.0), np.r_[5.0, np.full(59, 1.3)])
    found = blocks(counts, 1)
    ratio = fit_line(found).own_ratio(found)
    assert ratio.argmax() == 0
    assert ratio[0] > 1.4
    assert ratio[0] > 1.1 * ratio[1:].max()
