"""What the places given say together: blanks, rounding, exposure and a past of their own never mislead one of them."""

import numpy as np
import pytest
from panels_of_text import unchanged

from pipelines.insight.signals import assess, assess_last_year
from pipelines.insight.signals.city import City
from pipelines.insight.signals.held import panel_of
from pipelines.insight.signals.windows import frames


def test_a_month_that_never_counts_anything_is_no_fall_of_every_place() -> None:
    """Every August is empty, as it is where schools report; the newest month is an August."""
    usual = np.tile([20] * 7 + [0] + [20] * 4, 4)[:44]
    counts = np.random.default_rng(1).poisson(np.tile(usual, (5, 1)))
    assert not assess(counts)["direction"].isin(["falling", "possible_fall"]).any()


def test_the_same_count_every_month_is_steady_and_nothing_warns() -> None:
    assert assess(np.full((3, 42), 30.0))["direction"].tolist() == ["steady"] * 3


def test_one_quiet_newest_month_does_not_silence_new_activity() -> None:
    """Nothing for three years, then 2 and 2 and a quiet month: the newest month says nothing, for or against."""
    counts = np.zeros(42)
    counts[-3:] = [2, 2, 0]
    later = np.zeros(42)
    later[-3:] = [0, 2, 2]
    quiet, loud = assess(counts), assess(later)
    assert quiet.loc[0, "direction"] == loud.loc[0, "direction"] == "new_activity"
    assert quiet.loc[0, "p"] < 0.01


def test_the_rest_of_a_city_that_is_blank_or_empty_leaves_a_place_its_own_past() -> None:
    place = unchanged(1, 42)
    for rest in (np.full((1, 42), np.nan), np.zeros((1, 42))):
        for history in (42, 20):
            both = np.vstack([place, rest])[:, -history:]
            alone, beside = assess(place[:, -history:], relative=True), assess(both, relative=True)
            assert beside.loc[0, "p"] == pytest.approx(alone.loc[0, "p"])
            assert assess(both).loc[0, "direction"] == assess(place[:, -history:]).loc[0, "direction"]


def test_a_rounded_place_judged_against_the_city_has_the_numbers_it_has_within_it() -> None:
    """Every month of this place is a multiple of 12 by chance; counts are still told in threes."""
    city = 3 * unchanged(25, 42, mean=1)
    city[0] = 0
    city[0, [5, 20, -1]] = [12, 12, 24]
    within = assess(city, rounding_variance=4 / 3).iloc[0]
    alone = assess(city[0], rounding_variance=4 / 3, reference=city, reference_rounding=4 / 3).iloc[0]
    assert alone["p"] == pytest.approx(within["p"])
    assert alone["rate_ratio_low"] == pytest.approx(within["rate_ratio_low"])


def test_what_rounding_added_to_the_reference_is_no_usual_scatter() -> None:
    rng = np.random.default_rng(2)
    true = rng.poisson(1.0, (60, 42))
    rounded = 3.0 * (true // 3 + (rng.random(true.shape) < true % 3 / 3))
    frame = frames(12)[0]
    usual = City(panel_of(rounded, None, 4 / 3), frame, 12, detrend=True).usual[1]
    plain = assess(rounded[:3], rounding_variance=4 / 3, reference=rounded, reference_rounding=4 / 3)
    assert float(usual.at(np.array(1.0))) < 1.25
    assert plain["p"].to_numpy() == pytest.approx(assess(rounded, rounding_variance=4 / 3)["p"].to_numpy()[:3])


def test_a_place_whose_exposure_is_not_known_never_changes_the_others() -> None:
    counts, exposure = unchanged(2, 42), np.ones((2, 42))
    exposure[1] = np.nan
    assert assess(counts, exposure=exposure, reference=unchanged(9, 42)).loc[0, "direction"] != "not_enough_history"


def test_slow_change_too_is_refused_for_another_number_of_periods_a_year() -> None:
    with pytest.raises(ValueError, match="one of 12, 52, 3"):
        assess_last_year(unchanged(2, 42), periods_per_year=7)


def test_what_is_not_known_of_the_trend_is_of_the_past_there_is() -> None:
    """Two years of past lie nearer to the window than three: frame.baseline is what there may be at most."""
    counts = np.random.default_rng(3).poisson(20 * np.exp(0.03 * np.arange(30)), (20, 30)).astype(float)
    frame = frames(12)[0]
    city = City(panel_of(counts, None, 0.0), frame, 12, detrend=True)
    assert city.season.trend_variance > 0
    unsure = city.expects(city.places, relative=False)[1][3][0]
    assert unsure == pytest.approx(city.season.uncertainty(3, guard=6, baseline=24))


@pytest.mark.parametrize("months", [42, 20])
@pytest.mark.parametrize("missing", [[-1], [-6, -4, -1], list(range(-42, -14)), [-15, -12, -9]])
def test_a_month_in_which_the_rest_was_not_collected_is_neither_rise_nor_fall_against_it(
    months: int, missing: list[int]
) -> None:
    """Twenty months are held against the rest of the city without being asked to."""
    counts = unchanged(10, 42, mean=20)
    counts[1:, missing] = np.nan
    found = assess(counts[:, -months:], relative=True).iloc[0]
    assert found["direction"] in ("steady", "no_clear_change", "not_enough_history")
    assert found["direction"] == "not_enough_history" or 0.75 < found["rate_ratio"] < 1.4
