"""Comparing two counts: the published distributions, corrections and combinations, by their own known answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom, binom
from statsmodels.stats.multitest import multipletests

from pipelines.insight.signals.compare import (
    benjamini_hochberg,
    beta_binomial_mid_p,
    cauchy_combination,
    expected_range,
    rate_ratio,
)

few = settings(max_examples=40, deadline=None)
p_values = st.floats(1e-6, 0.99)


def many(seed: int = 1, count: int = 400) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """recent, total, share and dispersion of many comparisons, small and large."""
    rng = np.random.default_rng(seed)
    total = rng.integers(1, 600, count)
    recent = rng.binomial(total, rng.beta(0.6, 3, count))
    return recent, total, rng.uniform(0.01, 0.6, count), rng.uniform(1.05, 6, count)


def test_mid_p_is_that_of_the_beta_binomial() -> None:
    """Against scipy, nu = N / (phi - 1): P(X > r) + P(X = r) / 2 and P(X < r) + P(X = r) / 2."""
    recent, total, share, phi = many()
    nu = total / (phi - 1)
    known = betabinom(total, nu * share, nu * (1 - share))
    up, down = beta_binomial_mid_p(recent, total, share, phi)
    assert up == pytest.approx(known.sf(recent) + known.pmf(recent) / 2, abs=1e-9)
    assert down == pytest.approx(known.cdf(recent) - known.pmf(recent) / 2, abs=1e-9)


@pytest.mark.parametrize("phi", [1.0, 0.5])
def test_without_overdispersion_it_is_the_binomial(phi: float) -> None:
    recent, total, share, _ = many(2)
    up, down = beta_binomial_mid_p(recent, total, share, phi)
    assert up == pytest.approx(binom.sf(recent, total, share) + binom.pmf(recent, total, share) / 2, abs=1e-4)
    assert down == pytest.approx(binom.cdf(recent, total, share) - binom.pmf(recent, total, share) / 2, abs=1e-4)


def test_a_worked_example_by_hand() -> None:
    """3 of 4 at a share of one half without overdispersion: P(4) + P(3) / 2 = 1/16 + 2/16."""
    up, down = beta_binomial_mid_p(3, 4, 0.5, 1.0)
    assert (float(up), float(down)) == pytest.approx((3 / 16, 13 / 16), abs=1e-4)


def test_half_of_all_counts_that_would_be_told_as_this_one_are_counted() -> None:
    """Rounded to threes, a 6 may have been 5, 6 or 7: P(X > 7) + P(5 <= X <= 7) / 2."""
    nu = 60 / (1.5 - 1)
    known = betabinom(60, nu * 0.1, nu * 0.9)
    up, down = beta_binomial_mid_p(6, 60, 0.1, 1.5, step=3)
    told_alike = known.pmf([5, 6, 7]).sum()
    assert float(up) == pytest.approx(known.sf(7) + told_alike / 2)
    assert float(down) == pytest.approx(known.cdf(4) + told_alike / 2)


def test_weighted_sums_are_taken_to_the_nearest_whole_count() -> None:
    assert beta_binomial_mid_p(2.6, 40.4, 0.1, 1.5) == beta_binomial_mid_p(3, 40, 0.1, 1.5)


def test_nothing_counted_at_all_is_evidence_of_nothing() -> None:
    up, down = beta_binomial_mid_p(0, 0, 0.3, 1.5)
    assert up == down
    assert up >= 0.5


def test_arrays_of_any_shape_are_compared_one_by_one() -> None:
    recent = np.array([[1, 5], [9, 0]])
    up, down = beta_binomial_mid_p(recent, 20, 0.2, 1.5)
    assert up.shape == down.shape == (2, 2)
    assert up[1, 0] == pytest.approx(float(beta_binomial_mid_p(9, 20, 0.2, 1.5)[0]), rel=1e-12)


@few
@given(st.integers(0, 300), st.integers(1, 300), st.floats(0, 1), st.floats(0.5, 50), st.sampled_from([1, 3, 5]))
def test_mid_p_is_always_a_probability_and_its_sides_always_add_to_one(
    recent: int, baseline: int, share: float, phi: float, step: int
) -> None:
    up, down = (float(one) for one in beta_binomial_mid_p(recent, recent + baseline, share, phi, step=step))
    assert 0 <= up <= 1
    assert 0 <= down <= 1
    assert up + down == pytest.approx(1.0, abs=1e-6)


@few
@given(st.integers(0, 60), st.integers(1, 200), st.floats(0.02, 0.5), st.floats(1.0, 8))
def test_one_more_recent_count_of_the_same_total_never_looks_less_like_a_rise(
    recent: int, baseline: int, share: float, phi: float
) -> None:
    total = recent + baseline
    fewer, more = (beta_binomial_mid_p(one, total, share, phi) for one in (recent, recent + 1))
    assert more[0] <= fewer[0] + 1e-9
    assert more[1] >= fewer[1] - 1e-9


def test_cauchy_by_the_formula() -> None:
    """T = (tan(0.49 pi) + tan(0.2 pi) + tan(-0.4 pi)) / 3, p = 1/2 - atan(T) / pi (Liu and Xie, 2020)."""
    statistic = (np.tan(0.49 * np.pi) + np.tan(0.2 * np.pi) + np.tan(-0.4 * np.pi)) / 3
    expected = 0.5 - np.arctan(statistic) / np.pi
    assert cauchy_combination([[0.01], [0.3], [0.9]]) == pytest.approx([expected])
    assert expected == pytest.approx(0.0323, abs=1e-4)


def test_the_smallest_p_counts_by_how_many_there_are() -> None:
    """Published property: in the tail it is p times the number of tests, over those that say nothing (p = 1/2)."""
    assert cauchy_combination([1e-8, 0.5, 0.5, 0.5]) == pytest.approx(4e-8, rel=1e-3)


@few
@given(p_values, st.integers(1, 6))
def test_equal_p_values_always_give_p_back(p: float, windows: int) -> None:
    assert float(cauchy_combination([p] * windows)) == pytest.approx(p, rel=1e-6)


@few
@given(st.lists(p_values, min_size=1, max_size=5), st.permutations(range(5)))
def test_the_combination_is_always_between_its_parts_in_any_order_and_never_minds_what_was_not_tested(
    parts: list[float], order: list[int]
) -> None:
    together = float(cauchy_combination(parts))
    assert min(parts) * (1 - 1e-9) <= together <= max(parts) * (1 + 1e-9)
    assert float(cauchy_combination([parts[one] for one in order if one < len(parts)])) == pytest.approx(together)
    assert float(cauchy_combination([*parts, np.nan])) == together


def test_p_of_nothing_and_of_everything_are_numbers_and_no_test_is_none() -> None:
    assert np.isfinite(cauchy_combination([0.0, 0.4]))
    assert 0.99 < float(cauchy_combination([1.0, 1.0])) <= 1
    assert np.isnan(cauchy_combination([np.nan, np.nan]))


def test_a_window_sure_of_the_opposite_does_not_silence_a_very_sure_one() -> None:
    """A p of exactly 1 would otherwise take the mean to minus infinity."""
    assert float(cauchy_combination([1e-6, 1.0, 0.2])) < 1e-5


@few
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_q_is_always_that_of_statsmodels_and_never_below_p(p: list[float]) -> None:
    q = benjamini_hochberg(p)
    assert q == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert (q >= np.array(p) - 1e-12).all()


def test_what_was_not_tested_belongs_to_no_family() -> None:
    assert benjamini_hochberg([0.01, np.nan, 0.04]) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(benjamini_hochberg([np.nan, np.nan])).all()
    assert benjamini_hochberg([]).size == 0


def test_the_interval_ends_where_the_mid_p_is_one_in_twenty() -> None:
    """Known answer by inversion: at the bounds, taken as the true ratio, 5% lies beyond what was counted."""
    rng = np.random.default_rng(4)
    recent, baseline = rng.integers(1, 80, 200).astype(float), rng.integers(5, 500, 200).astype(float)
    shares = rng.uniform(1, 6, 200), rng.uniform(20, 40, 200)
    phi = rng.uniform(1, 4, 200)
    ratio, low, high = rate_ratio(recent, baseline, *shares, phi)
    for bound, side in ((low, 0), (high, 1)):
        share = bound * shares[0] / (bound * shares[0] + shares[1])
        beyond = beta_binomial_mid_p(recent, recent + baseline, share, phi)[side]
        assert beyond == pytest.approx(np.full(200, 0.05), abs=2e-4)
    assert ratio == pytest.approx((recent / shares[0]) / (baseline / shares[1]))


def test_without_overdispersion_the_interval_is_near_the_textbook_one() -> None:
    """Large Poisson counts: log ratio +- 1.645 sqrt(1 / 400 + 1 / 900)."""
    one = [np.array([value]) for value in (400.0, 900.0, 4.0, 9.0, 1.0)]
    ratio, low, high = (float(part[0]) for part in rate_ratio(*one))
    half = 1.645 * np.sqrt(1 / 400 + 1 / 900)
    assert ratio == pytest.approx(1.0)
    assert (low, high) == pytest.approx((np.exp(-half), np.exp(half)), rel=3e-3)


def test_a_past_of_nothing_has_no_ratio_and_no_upper_end_but_a_lower_one() -> None:
    ratio, low, high = rate_ratio(*(np.array([value]) for value in (9.0, 0.0, 3.0, 36.0, 1.2)))
    assert np.isnan(ratio[0])
    assert 1 < low[0] < np.inf
    assert high[0] == np.inf


def test_nothing_recent_has_a_ratio_of_nothing_and_a_lower_end_of_nothing() -> None:
    ratio, low, high = rate_ratio(*(np.array([value]) for value in (0.0, 90.0, 3.0, 36.0, 1.2)))
    assert (ratio[0], low[0]) == (0.0, 0.0)
    assert 0 < high[0] < 1


@few
@given(st.integers(0, 25), st.integers(1, 600), st.floats(1, 6), st.floats(1.0, 5))
def test_the_ratio_always_lies_in_its_interval(recent: int, baseline: int, share: float, phi: float) -> None:
    given_ = [np.array([float(one)]) for one in (recent, baseline, share, 36.0, phi)]
    ratio, low, high = (float(one[0]) for one in rate_ratio(*given_))
    assert low <= ratio <= high


@pytest.mark.parametrize(("rate", "phi"), [(2.0, 1.5), (8.0, 1.2), (8.0, 3.0), (30.0, 2.0)])
def test_nine_in_ten_recent_windows_fall_in_the_expected_range_when_nothing_changed(rate: float, phi: float) -> None:
    """The mean is estimated from 36 months, 3 are recent. 6,000 draws: a standard error of 0.004; counts are lumpy."""
    rng, draws = np.random.default_rng(6), 6000
    past, recent = (rng.negative_binomial(rate * months / (phi - 1), 1 / phi, draws) for months in (36, 3))
    low, high = expected_range(past * 3 / 36, np.full(draws, phi), np.full(draws, 3 / 39))
    inside = ((low <= recent) & (recent <= high)).mean()
    assert 0.885 <= inside <= 0.96
    assert (recent > high).mean() <= 0.065


def test_a_longer_past_gives_a_narrower_expected_range_and_nothing_expected_none() -> None:
    mean, phi = np.array([30.0]), np.array([1.5])
    widths = [np.subtract(*expected_range(mean, phi, np.array([share]))[::-1])[0] for share in (0.1, 0.5)]
    assert widths[0] < widths[1]
    assert expected_range(np.array([0.0]), phi, np.array([0.1])) == (0.0, 0.0)


def test_nothing_counted_at_all_is_an_even_chance_either_way() -> None:
    assert [float(one) for one in beta_binomial_mid_p(0, 0, 0.3, 1.5)] == pytest.approx([0.5, 0.5])


def test_even_a_ratio_of_thousands_lies_in_its_interval() -> None:
    ratio, low, high = (float(one[0]) for one in rate_ratio(*(np.array([v]) for v in (100.0, 1.0, 1.0, 36.0, 1.5))))
    assert low <= ratio <= high
