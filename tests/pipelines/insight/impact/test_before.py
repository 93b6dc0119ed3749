"""Before it starts: what could be seen, what would help, and with which places to compare."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.impact import REDUCTION, comparison_places, detectable, estimate, suggest

MONTHS = 48
few = settings(max_examples=20, deadline=None)


@cache
def panel(seed: int = 1, level: float = 6.0, phi: float = 1.5, months: int = MONTHS) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mean = level * np.exp(np.linspace(-1, 1, 30))[:, None]
    return rng.poisson(rng.gamma(mean / (phi - 1), phi - 1, (30, months))).astype(float)


def told(row: int, months: int = 12) -> float:
    return detectable(panel(), treated=[row], ring=[], months=months).reduction


def test_busier_places_and_longer_runs_see_smaller_reductions() -> None:
    assert told(29) < told(15) < told(5)
    assert told(15, 24) < told(15, 12) < told(15, 6)
    assert detectable(panel(), treated=[20, 21, 22], ring=[], months=12).reduction < told(21)


def test_rounded_counts_see_less() -> None:
    rng, counts = np.random.default_rng(8), panel()
    rounded = 3 * (counts // 3 + (rng.random(counts.shape) < (counts % 3) / 3))
    quiet = range(3, 12)
    exact = [told(row) for row in quiet]
    less = [detectable(rounded, treated=[row], ring=[], months=12, rounding_variance=4 / 3).reduction for row in quiet]
    assert np.mean(less) > np.mean(exact) + 0.02


def test_the_expected_count_is_the_past_at_the_same_rate() -> None:
    found = detectable(panel(), treated=[15], ring=[], months=12)
    assert found.expected == pytest.approx(panel()[15, 12:].sum() / 3)
    assert 0 <= found.told_at < found.expected
    # Seen half of the time at the limit; four times in five only somewhat beyond it.
    assert found.reduction > 1 - found.told_at / found.expected


def test_a_reduction_of_that_size_is_seen_about_four_times_in_five() -> None:
    """150 interventions as large as promised; the standard error is 3.3%."""
    seen = []
    for seed in range(150):
        rng = np.random.default_rng([seed, 9])
        counts = panel(seed, months=MONTHS + 12)
        row = int(rng.integers(12, 30))
        promised = detectable(counts[:, :MONTHS], treated=[row], ring=[], months=12).reduction
        after = counts.copy()
        after[row, MONTHS:] = rng.binomial(after[row, MONTHS:].astype(int), 1 - promised)
        seen.append(estimate(after, treated=[row], ring=[], start=MONTHS, guard=0).verdict == REDUCTION)
    assert 0.70 <= np.mean(seen) <= 0.90


@few
@given(st.integers(0, 29), st.integers(1, 24))
def test_a_reduction_is_always_a_share_or_none(row: int, months: int) -> None:
    found = detectable(panel(2, level=1.0), treated=[row], ring=[], months=months)
    assert np.isnan(found.reduction) or 0 < found.reduction < 1


def test_a_place_too_quiet_sees_nothing_at_all() -> None:
    counts = panel().copy()
    counts[0] = 0.0
    counts[0, 40] = 2.0
    found = detectable(counts, treated=[0], ring=[], months=12)
    assert np.isnan(found.reduction)
    assert found.reason is None


def test_too_short_a_history_and_too_few_places_are_said() -> None:
    assert detectable(panel()[:, :23], treated=[0], ring=[], months=12).reason == "too_short_a_history"
    assert detectable(panel()[:9], treated=[0], ring=[1], months=12).reason == "too_few_comparison_places"
    assert detectable(panel(), treated=[0], ring=[], months=12, controls=range(7)).reason == "too_few_comparison_places"


@pytest.mark.parametrize(("treated", "months"), [([], 12), ([0], 0)])
def test_what_makes_no_sense_is_an_error(treated: list[int], months: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        detectable(panel(), treated=treated, ring=[], months=months)


def test_running_longer_or_in_more_places_is_suggested_where_it_helps() -> None:
    ways = suggest(panel(), treated=[18], ring=[13], months=6, candidates=[18, 14, 29, 28], hoped=0.45)
    assert [one.months for one in ways] == [12, 6]
    longer, more = ways
    assert longer.add == ()
    assert more.add == (29,)  # the busiest first, and no more than it takes
    assert all(one.reduction <= 0.45 for one in ways)


def test_nothing_is_suggested_where_it_is_visible_as_planned_or_nothing_helps() -> None:
    assert suggest(panel(), treated=[29], ring=[], months=24, candidates=[1]) == []
    quiet = np.zeros((20, MONTHS))
    quiet[:, ::6] = 1.0
    assert suggest(quiet, treated=[0], ring=[], months=6, candidates=[1]) == []


def test_places_of_similar_level_and_trend_that_do_not_touch_are_suggested() -> None:
    counts = panel(3, level=20.0).copy()
    counts[14] = np.round(counts[14] * np.exp(0.5 * (np.arange(MONTHS) - 32) / 12))
    found = comparison_places(counts, treated=[15], ring=[16], touching=[17])
    assert not {15, 16, 17} & set(found["row"])
    assert len(found) == 27
    chosen = found.loc[found["suggested"], "row"].tolist()
    assert 14 not in chosen
    assert 8 <= len(chosen) <= 20
    assert {13, 18} & set(chosen[:3])
    assert found["suggested"].is_monotonic_decreasing
    odd = found.set_index("row").loc[14]
    assert odd["trend"] == pytest.approx(np.exp(0.5), rel=0.25)
    assert abs(odd["z"]) > 2
    assert odd["level"] == pytest.approx(1.0, abs=0.25)  # near in level: only its trend speaks against it


def test_an_unusual_place_is_compared_with_the_nearest_there_are() -> None:
    counts = panel(4).copy()
    counts[0] *= 60
    found = comparison_places(counts, treated=[0], ring=[], touching=[])
    assert found["suggested"].sum() == 8
    assert found["row"].iloc[0] == 29
    assert found["level"].iloc[0] < 0.25


def test_places_that_count_nothing_are_never_suggested() -> None:
    counts = panel(5).copy()
    counts[5] = 0.0
    found = comparison_places(counts, treated=[6], ring=[], touching=[]).set_index("row")
    assert not found.loc[5, "suggested"]
    nobody = comparison_places(np.zeros((12, MONTHS)), treated=[0], ring=[], touching=[])
    assert not nobody["suggested"].any()
