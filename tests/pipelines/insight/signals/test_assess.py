"""Directions: which word each drawn place is given, and what never changes it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels_of_text import drawn, row, unchanged

from pipelines.insight.signals import assess, assess_last_year, benjamini_hochberg, directions
from pipelines.insight.signals.city import City, Panel
from pipelines.insight.signals.windows import frames

DOWN = ("falling", "possible_fall")
RISE = ("rising", "possible_rise")
QUIET_YEARS = "565746554675 564756455674 565746554675"
BUSY_YEARS = "tsrutvtsrqtu tsrutvtsrqtu trsutvtsruqt"

# Three years of past, three months of guard, the last three months.
TOWN = drawn("""
    harbour    565746554675 564756455674 565746554675 654 bcd -> rising
    market     565746554675 564756455674 565746554675 657 89a -> possible_rise
    common     a9cb8a9bca9b a9cb8a9bca9b a9cb8a9bca9b 654 334 -> falling
    station    a9cb8a9bca9b a9cb8a9bca9b a9cb8a9bca9b 999 665 -> possible_fall
    estate     565746554675 564756455674 565746554675 657 465 -> no_clear_change
    centre     tsrutvtsrqtu tsrutvtsrqtu trsutvtsruqt uts rtu -> steady
    lane       000001000000 000010000100 000000010000 000 010 -> too_few_to_say
    quay       000000000000 000000000000 000000000000 001 343 -> new_activity
    new_build  ???????????? ???????????? ???????????? 465 354 -> not_enough_history
""")


def of(counts: np.ndarray, **asked: object) -> pd.Series:
    """What is said of one place among thirty unchanged ones."""
    others = unchanged(30, counts.shape[-1])
    return assess(np.vstack([counts, others]), **asked).iloc[0]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def town() -> pd.DataFrame:
    found = assess(np.vstack([TOWN.counts, unchanged(30, 42)]))
    return found.head(len(TOWN.names)).set_index(pd.Index(TOWN.names))


@pytest.mark.parametrize(("name", "word"), list(zip(TOWN.names, TOWN.words, strict=True)))
def test_each_place_of_the_town_is_given_its_word(town: pd.DataFrame, name: str, word: str) -> None:
    assert town.loc[name, "direction"] == word


def test_the_town_shows_all_nine_words() -> None:
    assert len(set(TOWN.words)) == 9


def test_one_row_is_one_place_and_every_number_stands_beside_its_word(town: pd.DataFrame) -> None:
    assert list(town.columns) == [
        "direction", "up", "p", "q", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "recent_count", "expected_count",
        "expected_low", "expected_high", "smallest_visible_ratio", "baseline_count", "recent_periods",
        "strongest_periods", "strongest_count", "strongest_low", "strongest_high",
    ]  # fmt: skip
    harbour = town.loc["harbour"]
    assert harbour["up"]
    assert (harbour["recent_count"], harbour["recent_periods"]) == (11 + 12 + 13, 3)
    assert harbour["baseline_count"] == TOWN.counts[0, :36].sum()
    assert harbour["recent_count"] > harbour["expected_high"] > harbour["expected_count"] > harbour["expected_low"]
    assert 1 < harbour["rate_ratio_low"] < harbour["rate_ratio"] < harbour["rate_ratio_high"]
    assert harbour["smallest_visible_ratio"] < harbour["rate_ratio"]
    assert not town.loc["common", "up"]


@pytest.mark.parametrize(
    ("lately", "periods", "count"),
    [("hhh 656", 6, 3 * 17 + 6 + 5 + 6), ("565 fgf", 3, 15 + 16 + 15), ("565 56n", 1, 23), ("111 565", 6, 1 + 1 + 1 + 16)],
)
def test_the_figures_of_the_window_that_stands_out_most_stand_beside_the_word(lately: str, periods: int, count: int) -> None:
    found = of(row(f"{QUIET_YEARS} {lately}"))
    assert (found["strongest_periods"], found["strongest_count"]) == (periods, count)
    outside = count > found["strongest_high"] if found["up"] else count < found["strongest_low"]
    assert outside
    assert found["up"] == (lately != "111 565")


def test_a_place_with_no_past_to_speak_of_says_nothing_in_numbers_either(town: pd.DataFrame) -> None:
    assert town.loc["new_build"].drop(["direction", "up"]).isna().all()


def test_new_activity_has_no_percentage(town: pd.DataFrame) -> None:
    quay = town.loc["quay"]
    assert np.isnan(quay["rate_ratio"])
    assert (quay["baseline_count"], quay["expected_count"]) == (0, 0)


def test_without_a_city_to_tell_a_season_the_expected_count_is_the_places_own_mean() -> None:
    """Known answer by hand: one place, 26 months; the newest against the 25 before it."""
    counts = row("565746554675 564756455674 57")
    found = assess(counts).iloc[0]
    assert (found["recent_count"], found["baseline_count"]) == (7, counts[:25].sum())
    assert found["expected_count"] == pytest.approx(counts[:25].mean())
    assert found["rate_ratio"] == pytest.approx(7 / counts[:25].mean())


def test_nothing_at_all_is_too_few_to_say() -> None:
    found = assess(np.zeros((3, 42)))
    assert found["direction"].tolist() == ["too_few_to_say"] * 3
    assert found["p"].tolist() == [1.0] * 3


def test_no_places_are_no_rows_and_too_few_months_no_words() -> None:
    assert assess(np.zeros((0, 42))).empty
    assert assess(np.ones((2, 0)))["direction"].tolist() == ["not_enough_history"] * 2
    assert assess(np.ones((2, 5)))["direction"].tolist() == ["not_enough_history"] * 2


def test_under_a_year_of_past_is_not_enough_history() -> None:
    counts = row(QUIET_YEARS)
    assert assess(counts[:12]).loc[0, "direction"] == "not_enough_history"
    assert assess(counts[:13]).loc[0, "direction"] != "not_enough_history"


def test_with_less_past_the_longest_window_goes() -> None:
    """A burst four to six months ago stands in the window of six months only, which 29 months are too few for."""
    counts = row("565746554675 564756455674 hhh 656")
    assert of(counts)["direction"] == "rising"
    short = of(counts[1:])
    assert short["recent_count"] == 6 + 5 + 6
    assert short["direction"] not in RISE


def test_with_the_least_past_only_the_newest_month_is_judged() -> None:
    assert of(row("565746554675 564756455674 57"))["recent_count"] == 7
    assert of(row("565746554675 564756455674 576"))["recent_count"] == 5 + 7 + 6


def test_a_change_does_not_contaminate_its_own_past() -> None:
    calm, burst = row(QUIET_YEARS + "654 546"), row(QUIET_YEARS + "uuu 546")
    assert of(calm)["baseline_count"] == of(burst)["baseline_count"] == calm[:36].sum()


def test_missing_months_are_not_zeros() -> None:
    missing, zero, whole = (row(f"{BUSY_YEARS} uts rt{newest}") for newest in "?0u")
    assert of(zero)["direction"] in DOWN
    told = of(missing)
    assert told["direction"] not in DOWN
    assert told["recent_count"] == 27 + 29
    assert told["expected_count"] == pytest.approx(of(whole)["expected_count"] * 2 / 3, rel=0.1)


def test_missing_months_of_the_past_are_not_zeros_either() -> None:
    """A year of the past not collected leaves the rate as it was; a year of zeros would make the rest a rise."""
    missing, zero = (row(f"565746554675 {gap * 12} 565746554675 566 576") for gap in "?0")
    assert of(missing)["direction"] not in RISE
    assert of(missing)["rate_ratio"] == pytest.approx(18 / 3 / (of(missing)["baseline_count"] / 24), rel=0.05)
    assert of(zero)["rate_ratio"] > 1.4 * of(missing)["rate_ratio"]


def test_a_window_under_two_thirds_collected_is_dropped() -> None:
    """Of the last three months one is known: the last six stand in, of which four are."""
    of_six, of_three = of(row(QUIET_YEARS + "654 5??")), of(row(QUIET_YEARS + "654 54?"))
    assert (of_six["recent_count"], of_six["recent_periods"]) == (6 + 5 + 4 + 5, 4)
    assert (of_three["recent_count"], of_three["recent_periods"]) == (5 + 4, 2)
    none = of(row(QUIET_YEARS + "65? 5??"))
    assert none["direction"] == "not_enough_history"
    assert none.drop(["direction", "up"]).isna().all()


def test_a_burst_in_a_dropped_window_is_not_judged_by_it() -> None:
    """Of six months three are known, two of them of 35: only the newest month, which is as usual, can be judged."""
    told = of(row(QUIET_YEARS + "zz? ??5"))
    assert (told["strongest_periods"], told["recent_count"]) == (1, 5)
    assert told["direction"] not in RISE
    assert of(row(QUIET_YEARS + "zz6 ?55"))["direction"] == "rising"


def test_where_every_place_is_blank_nothing_is_said_and_nothing_warns() -> None:
    blank = np.full((4, 42), np.nan)
    for relative in (False, True):
        assert assess(blank, relative=relative)["direction"].tolist() == ["not_enough_history"] * 4
    assert assess_last_year(blank)["direction"].tolist() == ["not_enough_history"] * 4
    assert assess(unchanged(4, 42), exposure=np.zeros(42))["direction"].tolist() == ["not_enough_history"] * 4
    assert len(assess(unchanged(2, 42), reference=blank)) == 2
    assert assess(blank, reference=unchanged(4, 42))["direction"].tolist() == ["not_enough_history"] * 4


def test_a_newest_month_half_arrived_is_no_fall() -> None:
    counts, exposure = unchanged(40, 42, mean=16), np.ones(42)
    counts[:, -1], exposure[-1] = np.floor(counts[:, -1] / 2), 0.5
    assert assess(counts, exposure=exposure)["direction"].isin(DOWN).mean() <= 0.05
    assert assess(counts)["direction"].isin(DOWN).mean() >= 0.15


def test_each_place_may_have_an_exposure_of_its_own_and_none_is_not_collected() -> None:
    counts, exposure = unchanged(20, 42, mean=16), np.ones((20, 42))
    counts[0, -3:], exposure[0, -3:] = np.floor(counts[0, -3:] / 2), 0.5
    counts[1, -1], exposure[1, -1] = 35, 0.0
    found = assess(counts, exposure=exposure)
    assert found.loc[0, "direction"] not in DOWN
    assert assess(counts).loc[0, "direction"] in DOWN
    assert found.loc[1, "recent_count"] == counts[1, -3:-1].sum()
    assert found.loc[1, "direction"] not in RISE


def test_a_doubling_of_a_busy_place_is_rising_and_a_halving_falling() -> None:
    counts = unchanged(30, 42, mean=20)
    counts[0, -3:] *= 2
    counts[1, -3:] = np.floor(counts[1, -3:] / 2)
    found = assess(counts)
    assert found["direction"].tolist()[:2] == ["rising", "falling"]
    assert found.loc[0, "rate_ratio_low"] < 2 < found.loc[0, "rate_ratio_high"]
    assert found.loc[1, "rate_ratio_low"] < 0.5 < found.loc[1, "rate_ratio_high"]


def test_a_rise_of_the_whole_city_is_no_rise_against_the_rest_of_it() -> None:
    counts = unchanged(30, 42, mean=20)
    counts[:, -3:] = np.floor(counts[:, -3:] * 1.8)
    counts[0, -3:] *= 2
    alone, against_the_rest = assess(counts), assess(counts, relative=True)
    assert alone["direction"].isin(RISE).mean() > 0.9
    assert against_the_rest.loc[0, "direction"] == "rising"
    assert against_the_rest["direction"][1:].isin(RISE).mean() <= 0.05
    assert against_the_rest.loc[0, "expected_count"] > 1.5 * alone.loc[0, "expected_count"]


def test_a_place_that_stayed_while_the_rest_doubled_is_falling_against_it() -> None:
    counts = unchanged(30, 42, mean=20)
    counts[1:, -6:] *= 2
    assert assess(counts).loc[0, "direction"] not in DOWN
    assert assess(counts, relative=True).loc[0, "direction"] == "falling"


def test_against_the_rest_a_place_is_expected_to_go_as_the_rest_went_and_is_no_part_of_it() -> None:
    """Known answer by hand, of two places: the one's past, times what the other counted lately over its own past."""
    one, other = row(f"{QUIET_YEARS} 565 9bd"), row(f"{BUSY_YEARS} uts kmi")
    found = assess(np.vstack([one, other]), relative=True)
    assert found.loc[0, "expected_count"] == pytest.approx(one[:36].sum() * other[-3:].sum() / other[:36].sum())
    assert found.loc[1, "expected_count"] == pytest.approx(other[:36].sum() * one[-3:].sum() / one[:36].sum())


def test_a_rest_that_was_counted_only_in_part_is_held_to_what_it_usually_counts_then() -> None:
    """By hand: what the two others counted over what they usually count, which is less while one of them is missing."""
    counts = unchanged(3, 42, mean=20)
    counts[2, :15] = np.nan
    usual = np.nanmean(counts[:, :36], axis=1)
    index = np.nansum(counts[1:], axis=0) / (usual[1] + usual[2] * np.isfinite(counts[2]))
    expected = counts[0, :36].sum() * index[-3:].sum() / index[:36].sum()
    assert assess(counts, relative=True).loc[0, "expected_count"] == pytest.approx(expected)


def test_a_small_rest_of_the_city_leaves_more_room_than_a_large_one_that_went_alike() -> None:
    place, other = row(f"{BUSY_YEARS} uts rtu"), row(f"{QUIET_YEARS} 654 546")
    small, large = (assess(np.vstack([place, other * by]), relative=True).iloc[0] for by in (0.2, 5.0))
    assert small["expected_count"] == pytest.approx(large["expected_count"])
    assert small["expected_high"] - small["expected_low"] > 1.5 * (large["expected_high"] - large["expected_low"])


def test_places_that_began_to_be_counted_later_are_no_rise_of_the_city() -> None:
    """Half of the places have a year and a half less of past: the city's total grows, and nothing did."""
    counts = unchanged(30, 42, mean=16)
    counts[15:, :15] = np.nan
    found = assess(counts)
    assert found["expected_count"].mean() == pytest.approx(48, rel=0.05)
    assert found["direction"].isin(DOWN).mean() <= 0.07


def test_the_season_of_a_lone_place_counts_as_fitted_to_its_own_counts() -> None:
    summer = np.where(np.isin(np.arange(42) % 12, [3, 4, 5]), 2, 1)
    counts = np.random.default_rng(9).poisson(40.0 * summer, (1, 42)).astype(float)
    panel = Panel(counts, np.ones_like(counts), np.zeros_like(counts), np.ones_like(counts, dtype=bool))
    city = City(panel, frames(12)[0], 12, detrend=True)
    assert city.parameters == round(11 * city.season.shrunk) >= 9


def test_the_rest_of_the_city_stands_in_for_a_season_while_the_past_is_short() -> None:
    """20 months, and every place doubled in the last: too short to know whether it always does."""
    counts = unchanged(30, 20, mean=20)
    counts[:, -1] *= 2
    assert assess(counts)["direction"].isin(RISE).mean() <= 0.05


def test_the_time_of_year_is_no_rise() -> None:
    """Every year the summer months double; three years and a half end with a June that did too."""
    summer = np.where(np.isin(np.arange(42) % 12, [3, 4, 5]), 2, 1)
    counts = np.random.default_rng(4).poisson(10.0 * summer, (30, 42)).astype(float)
    found = assess(counts)
    assert found["direction"].isin(RISE).mean() <= 0.07
    assert found["expected_count"].mean() == pytest.approx(60, rel=0.1)


def test_a_slow_rise_of_the_whole_city_is_no_news_of_one_place_but_is_of_the_year() -> None:
    trend = np.exp(0.4 * np.arange(48) / 12)
    counts = np.random.default_rng(5).poisson(15.0 * trend, (30, 48)).astype(float)
    assert assess(counts)["direction"].isin(RISE).mean() <= 0.07
    assert assess_last_year(counts)["direction"].isin(RISE).mean() > 0.6


def test_slow_change_is_the_last_year_against_three_before() -> None:
    counts = np.vstack([unchanged(1, 48, mean=8), unchanged(30, 48)])
    counts[0, -12:] = np.floor(counts[0, -12:] * 1.8)
    found = assess_last_year(counts)
    assert found.loc[0, "direction"] == "rising"
    assert found.loc[0, "recent_count"] == counts[0, -12:].sum()
    assert found.loc[0, "baseline_count"] == counts[0, :36].sum()
    assert assess_last_year(counts[:, -36:]).loc[0, "direction"] != "not_enough_history"
    assert assess_last_year(counts[:, -35:])["direction"].tolist() == ["not_enough_history"] * 31


def test_a_place_that_scatters_needs_more_to_be_called_rising() -> None:
    calm = of(row("5657465546755647564556745657465546 75 654 9a9"))
    wild = of(row("00k0100t0a0b00u0000z10a0c00h00200d 00 0k0 9a9"))
    assert calm["direction"] in RISE
    assert wild["direction"] not in RISE
    assert wild["smallest_visible_ratio"] > 1.2 * calm["smallest_visible_ratio"]


def test_what_rounding_added_is_taken_off_the_scatter_of_the_past_and_put_back_on_the_count_that_is_tested() -> None:
    counts = 3 * unchanged(30, 42, mean=1.5)
    past, recent = np.zeros((30, 42)), np.zeros((30, 42))
    past[:, :36], recent[:, 36:] = 4 / 3, 4 / 3
    exact, off, back = (assess(counts, rounding_variance=one) for one in (0.0, past, recent))
    width = [one["expected_high"] - one["expected_low"] for one in (off, exact, back)]
    assert (width[0] <= width[1]).all()
    assert (width[1] <= width[2]).all()
    assert width[0].mean() < width[1].mean() < width[2].mean()
    visible = [one["smallest_visible_ratio"].mean() for one in (off, exact, back)]
    assert visible == sorted(visible)


def test_counts_told_in_threes_are_compared_as_all_the_counts_they_may_have_been() -> None:
    """However little the rounding added, half of what is told as this count is counted, not half of this count alone."""
    counts = 3 * unchanged(10, 42, mean=2)
    exact, rounded = (assess(counts, rounding_variance=one)["p"] for one in (0.0, 1e-12))
    assert (exact - rounded).abs().max() > 0.001
    assert (assess(counts + 0.5, rounding_variance=1e-12)["p"] - assess(counts + 0.5)["p"]).abs().max() < 1e-9


def test_fewer_days_open_are_no_fall() -> None:
    """Twelve terms: in the last a school was open 30 of the usual 65 days, with as many reports a day."""
    days = np.array([70.0, 60.0, 65.0] * 4)
    days[-1] = 30.0
    counts = np.random.default_rng(6).poisson(days * 0.4, (15, 12)).astype(float)
    with_days = assess(counts, periods_per_year=3, exposure=days)
    assert with_days["direction"].isin(DOWN).sum() <= 1
    assert with_days["recent_count"].tolist() == counts[:, -2:].sum(axis=1).tolist()
    assert assess(counts, periods_per_year=3)["direction"].isin(DOWN).mean() > 0.5
    beside = assess(counts[:5], periods_per_year=3, exposure=days, reference=counts)
    assert beside["expected_count"].tolist() == pytest.approx(with_days["expected_count"].tolist()[:5])
    each = assess(counts[:5], periods_per_year=3, exposure=np.tile(days, (5, 1)), reference=counts)
    assert each["p"].tolist() == pytest.approx(beside["p"].tolist())


def test_weeks_are_judged_by_four_thirteen_and_twenty_six() -> None:
    counts = unchanged(20, 190, mean=4)
    counts[0, -13:] *= 2
    found = assess(counts, periods_per_year=52)
    assert found.loc[0, "direction"] == "rising"
    assert found["recent_count"].tolist() == counts[:, -13:].sum(axis=1).tolist()
    assert found.loc[0, "baseline_count"] == counts[0, -182:-26].sum()
    assert found["direction"][1:].isin(RISE).sum() <= 2


def test_another_number_of_periods_a_year_is_refused() -> None:
    with pytest.raises(ValueError, match="one of 12, 52, 3"):
        assess(unchanged(2, 42), periods_per_year=7)


@pytest.mark.parametrize(
    "odd",
    [{"exposure": np.ones(5)}, {"exposure": np.ones((3, 42))}, {"rounding_variance": np.ones((2, 5))}],
)
def test_arrays_that_do_not_fit_together_are_refused(odd: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="shape"):
        assess(unchanged(2, 42), **odd)  # type: ignore[arg-type]


def test_one_place_judged_against_the_city_has_the_season_and_numbers_it_has_within_it() -> None:
    summer = np.where(np.isin(np.arange(42) % 12, [3, 4, 5]), 2, 1)
    city = np.random.default_rng(7).poisson(6.0 * summer, (25, 42)).astype(float)
    within = assess(city)
    for place in (0, 11, 24):
        alone = assess(city[place], reference=city)
        pd.testing.assert_frame_equal(
            alone.drop(columns=["q", "direction"]),
            within.iloc[[place]].drop(columns=["q", "direction"]).reset_index(drop=True),
        )
    assert assess(city[0]).loc[0, "expected_count"] != pytest.approx(within.loc[0, "expected_count"], rel=1e-3)


def test_unchanged_places_are_flagged_about_one_time_in_twenty_and_their_ratio_lies_in_its_interval() -> None:
    """600 place-months without a change, scatter 1.6: three standard errors of 0.05 are 0.027, of 0.90 are 0.037."""
    rng = np.random.default_rng(8)
    light, inside = [], []
    for _ in range(10):
        mean = np.exp(rng.uniform(0, np.log(30), (60, 1)))
        counts = rng.negative_binomial(mean / 0.6, 1 / 1.6, (60, 42))
        found = assess(counts)
        light.append((found["p"] <= 0.05).mean())
        inside.append(((found["rate_ratio_low"] <= 1) & (found["rate_ratio_high"] >= 1)).mean())
    assert 0.01 < np.mean(light) < 0.05 + 0.027
    assert 0.90 - 0.037 < np.mean(inside) < 0.96


def test_the_interval_holds_a_true_tripling_although_more_counts_scatter_more() -> None:
    """600 places tripled, phi = 1 + 0.1 mean: the interval's scatter is that of what was counted."""
    rng = np.random.default_rng(9)
    held = []
    for _ in range(10):
        mean = np.exp(rng.uniform(np.log(3), np.log(30), (60, 1))) * np.ones((60, 42))
        mean[:, -3:] *= 3
        found = assess(rng.negative_binomial(mean / (0.1 * mean), 1 / (1 + 0.1 * mean)))
        held.append(((found["rate_ratio_low"] <= 3) & (found["rate_ratio_high"] >= 3)).mean())
    assert 0.83 < np.mean(held) < 0.94


def numbers_of(**numbers: float) -> dict[str, float]:
    """One row that says nothing, but for what is given."""
    plain = {
        "p": 0.5, "q": 0.5, "up": True, "rate_ratio_low": 0.5, "rate_ratio_high": 2.0, "recent_count": 10.0,
        "smallest_visible_ratio": 2.0, "baseline_count": 100.0,
    }  # fmt: skip
    return plain | numbers


@pytest.mark.parametrize(
    ("numbers", "word"),
    [
        ({}, "no_clear_change"),
        ({"p": np.nan, "q": np.nan}, "not_enough_history"),
        ({"p": 0.01, "q": 0.10}, "rising"),
        ({"p": 0.01, "q": 0.10, "up": False}, "falling"),
        ({"p": 0.05, "q": 0.101}, "possible_rise"),
        ({"p": 0.05, "q": 0.101, "up": False}, "possible_fall"),
        ({"p": 0.051, "q": 0.101}, "no_clear_change"),
        ({"p": 0.051, "q": 0.051}, "no_clear_change"),
        ({"p": 0.051, "q": 0.051, "up": False}, "no_clear_change"),
        ({"p": 0.01, "q": 0.10, "baseline_count": 0.0}, "new_activity"),
        ({"p": 0.01, "q": 0.30, "baseline_count": 0.0}, "new_activity"),
        ({"rate_ratio_low": 0.67, "rate_ratio_high": 1.5}, "steady"),
        ({"rate_ratio_low": 0.66, "rate_ratio_high": 1.5}, "no_clear_change"),
        ({"rate_ratio_low": 0.67, "rate_ratio_high": 1.51}, "no_clear_change"),
        ({"smallest_visible_ratio": 4.0}, "no_clear_change"),
        ({"smallest_visible_ratio": 4.1}, "too_few_to_say"),
        ({"smallest_visible_ratio": np.inf}, "too_few_to_say"),
        ({"smallest_visible_ratio": 9.0, "p": 0.01, "q": 0.02}, "rising"),
        ({"rate_ratio_low": 0.9, "rate_ratio_high": 1.1, "p": 0.01, "q": 0.02}, "rising"),
    ],
)
def test_the_word_follows_from_the_numbers(numbers: dict[str, float], word: str) -> None:
    assert directions(pd.DataFrame([numbers_of(**numbers)])).tolist() == [word]


def test_the_family_a_page_lists_together_decides_how_strong_a_flag_is(town: pd.DataFrame) -> None:
    """The same p: strong on a page of one place, light among the other places shown with it."""
    market = town.loc[["market"]]
    assert directions(market).tolist() == ["possible_rise"]
    alone = market.assign(q=benjamini_hochberg(market["p"].to_numpy()))
    assert directions(alone).tolist() == ["rising"]


@st.composite
def panels(draw: st.DrawFn, *, months: tuple[int, ...] = (14, 28, 42)) -> tuple[np.ndarray, dict[str, object]]:
    """A few places, quiet and busy, with months missing here and there, and how they are asked about."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    means = draw(st.lists(st.sampled_from([0.0, 0.4, 3.0, 25.0]), min_size=2, max_size=6))
    counts = rng.poisson(np.array(means)[:, None], (len(means), draw(st.sampled_from(months)))).astype(float)
    counts[rng.random(counts.shape) < draw(st.sampled_from([0.0, 0.1]))] = np.nan
    asked: dict[str, object] = {"relative": draw(st.booleans())}
    if draw(st.booleans()):
        counts, asked["rounding_variance"] = counts * 3, 4 / 3
    return counts, asked


few = settings(max_examples=20, deadline=None)


def words(found: pd.DataFrame) -> list[str]:
    """The words, leaving out a place whose smallest visible ratio is 4 to the last digit: a rounding error may decide."""
    return found["direction"].where((found["smallest_visible_ratio"] - 4).abs() > 1e-9, "on the edge").tolist()


@few
@given(panels())
def test_p_is_always_a_probability_never_above_q_and_the_ratio_always_in_its_interval(
    case: tuple[np.ndarray, dict[str, object]],
) -> None:
    counts, asked = case
    found = assess(counts, **asked)  # type: ignore[arg-type]
    said = found[found["p"].notna()]
    assert said["p"].between(0, 1).all()
    assert (said["q"] >= said["p"] - 1e-12).all()
    assert said["q"].between(0, 1).all()
    ratio = said[said["rate_ratio"].notna()]
    assert (ratio["rate_ratio_low"] <= ratio["rate_ratio"] + 1e-9).all()
    assert (ratio["rate_ratio"] <= ratio["rate_ratio_high"] + 1e-9).all()
    assert (said["expected_low"] <= said["expected_high"]).all()
    assert found["direction"].isin(TOWN.words).all()
    assert (found["direction"] == "not_enough_history").tolist() == found["p"].isna().tolist()


@few
@given(panels(), st.randoms(use_true_random=False))
def test_the_order_of_places_never_matters(case: tuple[np.ndarray, dict[str, object]], shuffle: object) -> None:
    counts, asked = case
    order = list(range(len(counts)))
    shuffle.shuffle(order)  # type: ignore[attr-defined]
    found, moved = assess(counts, **asked), assess(counts[order], **asked)  # type: ignore[arg-type]
    assert moved["p"].to_numpy() == pytest.approx(found["p"].to_numpy()[order], rel=1e-6, nan_ok=True)
    assert words(moved) == [words(found)[one] for one in order]


@few
@given(panels(), st.floats(0.01, 100))
def test_the_unit_of_exposure_never_changes_a_word(case: tuple[np.ndarray, dict[str, object]], unit: float) -> None:
    counts, asked = case
    exposure = 0.5 + np.random.default_rng(1).random(counts.shape[1])
    one, other = (assess(counts, exposure=exposure * by, **asked) for by in (1.0, unit))  # type: ignore[arg-type]
    assert words(one) == words(other)
    assert one["p"].to_numpy() == pytest.approx(other["p"].to_numpy(), rel=1e-5, nan_ok=True)


@few
@given(panels())
def test_a_place_that_is_blank_throughout_never_changes_the_others(case: tuple[np.ndarray, dict[str, object]]) -> None:
    counts, asked = case
    without = assess(counts, **asked)  # type: ignore[arg-type]
    beside = assess(np.vstack([np.full(counts.shape[1], np.nan), counts]), **asked)  # type: ignore[arg-type]
    assert beside["direction"].tolist() == ["not_enough_history", *without["direction"]]
    assert beside["p"].to_numpy()[1:] == pytest.approx(without["p"].to_numpy(), rel=1e-9, nan_ok=True)
    assert beside["q"].to_numpy()[1:] == pytest.approx(without["q"].to_numpy(), rel=1e-9, nan_ok=True)


def fall(found: pd.DataFrame) -> np.ndarray:
    """How little a place looks like falling: half of p on the way down, the rest of it on the way up."""
    return np.where(found["up"], 1 - found["p"] / 2, found["p"] / 2)


@few
@given(panels(months=(42, 48)))
def test_doubling_the_last_months_never_makes_a_place_look_more_like_falling(
    case: tuple[np.ndarray, dict[str, object]],
) -> None:
    counts, asked = case
    doubled = counts.copy()
    doubled[0, -3:] *= 2
    before, after = assess(counts, **asked), assess(doubled, **asked)  # type: ignore[arg-type]
    if before["p"].notna()[0]:
        assert fall(after)[0] >= fall(before)[0] - 1e-9
        assert not (after.loc[0, "direction"] in DOWN and before.loc[0, "direction"] not in DOWN)
