"""A step of the whole city at a known moment: seen when it stands out, and nothing else taken for it."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.signals import step_at, steps_at

MONTHS = 48
AT = 36
ALIKE = np.ones(MONTHS)
WAVE = 1 + 0.4 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)


def expected(mean: float, factor: float, *, since: int = AT, shape: np.ndarray = ALIKE) -> np.ndarray:
    """Counts just as expected, to the nearest whole one, with a step."""
    return np.round(mean * shape * np.where(np.arange(MONTHS) >= since, factor, 1.0))


@pytest.mark.parametrize("factor", [0.25, 0.5, 0.8, 1.5, 2.0, 5.0])
def test_a_step_that_stands_out_is_seen_at_its_size(factor: float) -> None:
    assert step_at(expected(400, factor, shape=WAVE), ALIKE, AT, 12) == pytest.approx(factor, rel=0.03)


def test_a_step_in_months_that_scatter_is_seen_smaller_than_it_looks_and_never_turned_round() -> None:
    rng = np.random.default_rng(3)
    scatter = rng.negative_binomial(10, 10 / 110, MONTHS)  # mean 100, variance eleven times as large
    raised = np.where(np.arange(MONTHS) >= AT, 1.6 * scatter, scatter)
    assert 1.0 <= step_at(raised, ALIKE, AT, 12) < 1.6
    assert step_at(np.round(np.where(np.arange(MONTHS) >= AT, 3.0, 1.0) * scatter), ALIKE, AT, 12) > 1.8


def test_ordinary_scatter_is_hardly_ever_a_step() -> None:
    rng = np.random.default_rng(11)
    steps = np.array([step_at(rng.poisson(80 * WAVE), ALIKE, AT, 12) for _ in range(150)])
    assert np.mean(steps != 1.0) < 0.12
    assert np.abs(np.log(steps)).max() < 0.2


def test_the_time_of_year_is_no_step() -> None:
    winter = 1 + 0.6 * np.cos(2 * np.pi * np.arange(MONTHS) / 12)
    assert step_at(expected(300, 1.0, shape=winter), ALIKE, MONTHS - 4, 12) == pytest.approx(1.0, abs=0.02)


def test_a_slow_rise_is_no_step() -> None:
    slow = np.exp(np.arange(MONTHS) * np.log(2) / MONTHS)
    assert step_at(expected(300, 1.0, shape=slow), ALIKE, AT, 12) == pytest.approx(1.0, abs=0.02)


def test_fewer_records_of_months_less_complete_are_no_step() -> None:
    complete = np.where(np.arange(MONTHS) >= AT, 0.8, 1.0)
    assert step_at(expected(300, 0.8, shape=WAVE), complete, AT, 12) == pytest.approx(1.0, abs=0.01)
    assert step_at(expected(300, 0.8, shape=WAVE), ALIKE, AT, 12) == pytest.approx(0.8, rel=0.03)


def test_the_unit_of_exposure_does_not_matter() -> None:
    counts = expected(300, 1.5, shape=WAVE)
    assert step_at(counts, ALIKE, AT, 12) == pytest.approx(step_at(counts, 20.0 * ALIKE, AT, 12))


def test_months_that_were_not_collected_are_no_fall() -> None:
    counts = expected(300, 2.0)
    counts[[5, 20, 40]] = np.nan
    unknown = ALIKE.copy()
    unknown[[8, 41]] = np.nan
    unknown[42] = 0.0
    counts[[8, 41, 42]] = 0.0
    assert step_at(counts, unknown, AT, 12) == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize(
    ("since", "seen"), [(MONTHS, False), (MONTHS - 2, False), (MONTHS - 3, True), (12, True), (11, False), (0, False)]
)
def test_three_periods_since_and_a_year_before_are_the_least_that_tell(since: int, seen: bool) -> None:
    assert (step_at(expected(400, 3.0, since=since), ALIKE, since, 12) != 1.0) is seen


def test_periods_that_were_not_collected_do_not_make_up_the_three_or_the_year() -> None:
    counts = expected(400, 3.0, since=MONTHS - 3)
    counts[-2] = np.nan
    assert step_at(counts, ALIKE, MONTHS - 3, 12) == 1.0


def test_steps_at_several_moments_are_told_together_each_at_its_own_size_and_in_the_order_asked_for() -> None:
    counts = expected(400, 2.0, since=20) * np.where(np.arange(MONTHS) >= 34, 0.5, 1.0)
    assert steps_at(counts, ALIKE, [34, 20], 12) == pytest.approx([0.5, 2.0], rel=0.05)
    assert steps_at(counts, ALIKE, [20, 47, 34, 3], 12) == pytest.approx([2.0, 1.0, 0.5, 1.0], rel=0.05)
    assert steps_at(counts, ALIKE, [], 12) == []


def test_terms_have_steps_too() -> None:
    counts = np.round(np.tile([60.0, 80.0, 40.0], 4) * np.where(np.arange(12) >= 8, 2.0, 1.0))
    assert step_at(counts, np.ones(12), 8, 3) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("level", [0.0, 5.0, 12.0])
@pytest.mark.parametrize(("periods", "periods_per_year"), [(MONTHS, 12), (12, 3)])
def test_a_city_that_counts_the_same_every_time_has_no_step(level: float, periods: int, periods_per_year: int) -> None:
    assert step_at(np.full(periods, level), np.ones(periods), periods - 4, periods_per_year) == pytest.approx(1.0)


@settings(max_examples=80, deadline=None)
@given(
    counts=st.lists(st.one_of(st.just(float("nan")), st.sampled_from([0.0, 0.0, 3.0, 6.0, 30.0, 3000.0])), max_size=60),
    since=st.integers(0, 60),
    share=st.sampled_from([0.5, 1.0, 70.0]),
    periods_per_year=st.sampled_from([3, 12]),
)
def test_a_step_is_always_a_finite_factor_whatever_was_counted(
    counts: list[float], since: int, share: float, periods_per_year: int
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = step_at(counts, np.full(len(counts), share), since, periods_per_year)
    assert np.isfinite(found)
    assert found > 0
