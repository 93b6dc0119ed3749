"""Season: what the whole city says of the time of year, and how much of it is believed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.signals.season import Season, fit_season

MONTHLY = np.array([0.70, 0.75, 0.90, 1.00, 1.10, 1.25, 1.35, 1.30, 1.10, 0.95, 0.85, 0.75])
MONTHLY = MONTHLY / MONTHLY.mean()
WAVE = np.exp(0.35 * np.cos(2 * np.pi * (np.arange(12) - 6) / 12))


def city(years: int, factors: np.ndarray, *, mean: float, trend: float = 0.0, seed: int | None = 1) -> np.ndarray:
    """City totals with a known season, and a known log change each year; without a seed, as expected."""
    months = np.arange(years * len(factors))
    expected = mean * np.tile(factors, years) * np.exp(trend * months / len(factors))
    return expected if seed is None else np.random.default_rng(seed).poisson(expected).astype(float)


def flat_exposure(totals: np.ndarray) -> np.ndarray:
    return np.ones(len(totals))


def test_the_season_put_in_is_the_season_found() -> None:
    totals = city(3, MONTHLY, mean=4000)
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.index == pytest.approx(MONTHLY, rel=0.03)
    assert season.shrunk > 0.99


def test_a_season_without_noise_is_found_to_the_letter() -> None:
    """Known answer: with no trend the month effects of a balanced Poisson model are the logs of the months' means."""
    totals = city(3, MONTHLY, mean=1e6, seed=None) * np.repeat([1.001, 0.998, 1.001], 12)
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.index == pytest.approx(MONTHLY, rel=1e-4)


def test_the_index_is_one_over_a_year_and_ends_with_the_last_baseline_month() -> None:
    """Totals that end in September: the last index is September's, the first October's."""
    totals = city(4, MONTHLY, mean=4000)[9:45]
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.index.mean() == pytest.approx(1.0)
    assert season.index == pytest.approx(np.roll(MONTHLY, -9), rel=0.03)


def test_two_years_are_fitted_by_two_waves() -> None:
    totals = city(2, WAVE, mean=4000)
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.index == pytest.approx(WAVE / WAVE.mean(), rel=0.03)
    spectrum = np.abs(np.fft.rfft(np.log(season.index)))
    assert spectrum[3:].max() < 1e-6 * spectrum[1]


def test_three_years_tell_a_month_of_its_own_and_two_do_not() -> None:
    """A single quiet August is one effect of twelve; two waves cannot follow it."""
    august = np.ones(12)
    august[7] = 0.4
    three, two = (fit_season(totals, flat_exposure(totals), 12) for totals in (city(y, august, mean=4000) for y in (3, 2)))
    assert three.index[7] / np.delete(three.index, 7).mean() == pytest.approx(0.4, rel=0.05)
    assert two.index[7] / np.delete(two.index, 7).mean() > 0.5


def test_chance_alone_is_shrunk_to_hardly_any_season() -> None:
    """60 cities without a season: the effects kept are small, and those of a real season are not."""
    shrunk, swing = [], []
    for seed in range(60):
        totals = city(3, np.ones(12), mean=40, seed=seed)
        season = fit_season(totals, flat_exposure(totals), 12)
        shrunk.append(season.shrunk)
        swing.append(np.log(season.index).std())
    unshrunk = 1 / np.sqrt(3 * 40)
    assert np.mean(shrunk) < 0.25
    assert np.mean(swing) < 0.5 * unshrunk
    real = city(3, MONTHLY, mean=40)
    assert fit_season(real, flat_exposure(real), 12).shrunk > 0.6


@pytest.mark.parametrize("months", [0, 12, 23])
def test_under_two_years_tell_no_season(months: int) -> None:
    totals = city(3, MONTHLY, mean=4000)[:months]
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.index.tolist() == [1.0] * 12
    assert (season.shrunk, season.trend, season.uncertainty(3, guard=6, baseline=36)) == (0.0, 0.0, 0.0)


def test_a_city_that_counted_next_to_nothing_tells_no_season() -> None:
    totals = np.zeros(36)
    assert fit_season(totals, flat_exposure(totals), 12).shrunk == 0
    totals[::2] = 1.0
    assert fit_season(totals, flat_exposure(totals), 12).index.tolist() == [1.0] * 12


def test_months_not_collected_are_left_out_of_the_season() -> None:
    totals, exposure = city(3, WAVE, mean=4000), np.ones(36)
    totals[[6, 30]], exposure[[6, 30]] = 0.0, 0.0
    season = fit_season(totals, exposure, 12)
    assert season.index == pytest.approx(WAVE / WAVE.mean(), rel=0.04)


def test_fewer_days_open_are_no_season() -> None:
    """Half as much in every August of half the days: the time of year has no effect of its own."""
    exposure = np.tile(np.where(np.arange(12) == 7, 0.5, 1.0), 3)
    totals = np.random.default_rng(3).poisson(4000 * exposure).astype(float)
    season = fit_season(totals, exposure, 12)
    assert season.index == pytest.approx(np.ones(12), abs=0.03)


def test_a_slow_rise_of_the_whole_city_is_its_trend_and_no_season() -> None:
    totals = city(3, MONTHLY, mean=4000, trend=0.12)
    season = fit_season(totals, flat_exposure(totals), 12)
    assert season.trend * 12 == pytest.approx(0.12, abs=0.02)
    assert season.index == pytest.approx(MONTHLY, rel=0.03)
    assert fit_season(totals, flat_exposure(totals), 12, detrend=False).trend == 0.0


def test_a_slope_that_does_not_stand_out_is_not_kept() -> None:
    """k = max(0, 1 - 4 variance / b^2): under two standard errors nothing is kept; 60 cities without a trend."""
    trends = []
    for seed in range(60):
        totals = city(3, np.ones(12), mean=40, seed=seed)
        trends.append(fit_season(totals, flat_exposure(totals), 12).trend)
    assert np.mean(np.array(trends) == 0) > 0.85


def test_weeks_and_terms_have_seasons_too() -> None:
    weekly = np.exp(0.3 * np.sin(2 * np.pi * np.arange(52) / 52))
    totals = city(3, weekly, mean=2000)
    assert fit_season(totals, flat_exposure(totals), 52).index == pytest.approx(weekly / weekly.mean(), rel=0.05)
    by_term = np.array([1.2, 1.0, 0.8])
    totals = city(3, by_term, mean=4000)
    assert fit_season(totals, flat_exposure(totals), 3).index == pytest.approx(by_term, rel=0.03)


def test_a_season_is_laid_over_the_months_so_that_the_past_ends_before_the_guard() -> None:
    """Five months of which two are guard: the third is the last of the past, which is the index's last."""
    season = Season(np.array([1.0, 2.0, 3.0]), np.zeros((3, 3)), 1.0)
    assert season.of(5, guard=2).tolist() == [1.0, 2.0, 3.0, 1.0, 2.0]
    assert season.of(5, guard=0).tolist() == [2.0, 3.0, 1.0, 2.0, 3.0]


def test_a_trend_goes_on_through_the_guard() -> None:
    season = Season(np.ones(12), np.zeros((12, 12)), 1.0, trend=0.1)
    wave = season.of(20, guard=6)
    assert np.diff(np.log(wave)) == pytest.approx(np.full(19, 0.1))


def test_what_is_not_known_of_the_season_is_averaged_over_the_window_and_shrunk_with_it() -> None:
    """Known answers: independent effects of variance v average to v / 3 over three months, k squared of which counts."""
    season = Season(np.ones(12), 0.09 * np.eye(12), 0.5)
    assert season.uncertainty(1, guard=6, baseline=36) == pytest.approx(0.25 * 0.09)
    assert season.uncertainty(3, guard=6, baseline=36) == pytest.approx(0.25 * 0.03)
    covered_twice = Season(np.ones(3), 0.09 * np.eye(3), 1.0).uncertainty(6, guard=6, baseline=9)
    assert covered_twice == pytest.approx(0.03)


def test_what_is_not_known_of_the_trend_grows_with_the_square_of_the_distance_between_window_and_past() -> None:
    """Known answer: the middle of the last 2 months lies 6 - 1 + 18 = 23 months after the middle of 36 of past."""
    season = Season(np.ones(12), np.zeros((12, 12)), 0.0, trend_variance=1e-4)
    assert season.uncertainty(2, guard=6, baseline=36) == pytest.approx(1e-4 * 23**2)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 200.0), st.floats(0.01, 100.0))
def test_the_unit_of_exposure_never_matters_and_the_index_is_always_one_over_a_year(
    seed: int, mean: float, unit: float
) -> None:
    totals = city(3, MONTHLY, mean=mean, seed=seed)
    one = fit_season(totals, np.ones(36), 12)
    other = fit_season(totals, np.full(36, unit), 12)
    assert one.index.mean() == pytest.approx(1.0)
    assert (one.index > 0).all()
    assert 0 <= one.shrunk <= 1
    assert other.index == pytest.approx(one.index, rel=1e-5)


def test_a_month_that_never_counts_anything_is_a_season() -> None:
    usual = np.tile([100.0] * 7 + [0] + [100] * 4, 3)
    season = fit_season(np.random.default_rng(1).poisson(usual).astype(float), np.ones(36), 12)
    assert season.index[7] < 0.05
    assert np.delete(season.index, 7) == pytest.approx(np.full(11, 12 / 11), rel=0.15)


@pytest.mark.parametrize(
    "totals",
    [np.full(36, 5.0), np.tile(np.arange(1.0, 13), 3), np.tile([20.0] * 7 + [0] + [20] * 4, 3)],
)
def test_totals_without_any_scatter_are_a_season_like_others(totals: np.ndarray) -> None:
    season = fit_season(totals, np.ones(36), 12)
    assert np.isfinite(season.index).all()
    assert season.index.mean() == pytest.approx(1.0)
