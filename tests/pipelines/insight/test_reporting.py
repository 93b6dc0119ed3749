"""More harm, or more reporting? Which verdict what is known of a place's records adds up to."""

from datetime import date
from itertools import combinations
from typing import Any

import pandas as pd
import pytest

from pipelines.insight.reporting import POLICE, PROACTIVE, VERDICTS, Reading, read_reporting

HOW, WHO = "how_it_came_to_light", "who_told"
QUARTERS = [one.to_timestamp() for one in pd.period_range("2024Q1", "2025Q4", freq="Q")]
NEWEST = QUARTERS[-1]


def words(**by_pattern: list[str | None]) -> pd.DataFrame:
    """Words of a pattern by quarter, the last of them of the newest; none = too few records stood behind it."""
    rows = [
        (pattern, start, word)
        for pattern, told in by_pattern.items()
        for start, word in zip(QUARTERS[-len(told) :], told, strict=True)
        if word
    ]
    return pd.DataFrame(rows, columns=["pattern", "period_start", "word"])


def steps(names: tuple[str, ...], *numbers: int | None) -> list[str | None]:
    return [None if one is None else names[one] for one in numbers]


def changes(*everywhere: bool) -> pd.DataFrame:
    rows = [("new_reporting_route", date(2025, 6, 1), one) for one in everywhere]
    return pd.DataFrame(rows, columns=["kind", "starts_on", "everywhere"])


def located(*shares: float, still_arriving: tuple[float, ...] = ()) -> pd.DataFrame:
    state = ["collected"] * len(shares) + ["still_arriving"] * len(still_arriving)
    return pd.DataFrame({"state": state, "located_share": [*shares, *still_arriving]})


STEADY = located(*[0.95] * 24)
QUIET = words(how_it_came_to_light=steps(PROACTIVE, 1, 1, 1, 1, 1), who_told=steps(POLICE, 3, 3, 3, 3, 3))


def read(patterns: pd.DataFrame = QUIET, events: Any = None, completeness: pd.DataFrame = STEADY) -> Reading:
    return read_reporting(patterns, changes() if events is None else events, completeness)


def test_a_place_of_which_nothing_stands_out_shows_no_sign_of_a_change() -> None:
    found = read()
    assert found.verdict == "no_sign_of_a_recording_change"
    assert (found.proactive, found.proactive_before) == ("some_proactive", "some_proactive")
    assert (found.police, found.police_before) == ("mostly_police", "mostly_police")
    assert found.located == pytest.approx((0.95, 0.95))
    assert found.events == []
    assert found.burst is None


def test_a_place_of_which_no_words_left_is_not_known() -> None:
    found = read(words())
    assert found.verdict == "not_known"
    assert (found.proactive, found.proactive_before, found.police, found.police_before) == (None, None, None, None)


@pytest.mark.parametrize("names", [PROACTIVE, POLICE])
@pytest.mark.parametrize(("before", "now"), list(combinations(range(5), 2)))
@pytest.mark.parametrize("up", [True, False])
def test_a_move_by_two_steps_either_way_could_be_reporting_and_one_by_one_step_could_not(
    names: tuple[str, ...], before: int, now: int, up: bool
) -> None:
    first, last = (before, now) if up else (now, before)
    told = {HOW: steps(PROACTIVE, 1, 1, 1), WHO: steps(POLICE, 3, 3, 3)}
    told[HOW if names is PROACTIVE else WHO] = steps(names, first, first, last)
    found = read(words(**told))
    assert (found.verdict == "could_be_reporting") == (now - before >= 2)


@pytest.mark.parametrize(("step", "verdict"), [(2, VERDICTS[2]), (3, "mostly_proactive"), (4, "mostly_proactive")])
def test_where_most_came_from_looking_all_along_that_is_said(step: int, verdict: str) -> None:
    assert read(words(how_it_came_to_light=steps(PROACTIVE, *[step] * 5))).verdict == verdict


def test_a_change_here_comes_before_where_records_come_from() -> None:
    looked_for = words(how_it_came_to_light=steps(PROACTIVE, 4, 4, 4))
    assert read(looked_for, changes(False)).verdict == "could_be_reporting"


def test_a_change_of_this_place_could_be_reporting_and_one_of_the_whole_city_says_nothing_of_it() -> None:
    here, everywhere, both = (read(events=changes(*one)) for one in ([False], [True], [True, False]))
    assert here.verdict == both.verdict == "could_be_reporting"
    assert everywhere.verdict == "no_sign_of_a_recording_change"
    assert everywhere.events == [("new_reporting_route", date(2025, 6, 1), True)]
    assert len(both.events) == 2


def test_the_usual_word_is_the_middle_one_of_the_year_before_and_older_ones_do_not_count() -> None:
    found = read(words(how_it_came_to_light=steps(PROACTIVE, 4, 4, 4, 0, 1, 1, 0, 2)))
    assert (found.proactive_before, found.proactive) == ("some_proactive", "about_half_proactive")
    assert found.verdict == "no_sign_of_a_recording_change"


def test_one_odd_quarter_in_the_year_before_is_not_its_usual_word() -> None:
    assert read(words(how_it_came_to_light=steps(PROACTIVE, 1, 4, 1, 1, 1))).verdict == "no_sign_of_a_recording_change"


def test_a_first_word_has_nothing_to_have_moved_from() -> None:
    found = read(words(how_it_came_to_light=steps(PROACTIVE, 0)))
    assert (found.proactive, found.proactive_before) == ("hardly_any_proactive", None)
    assert found.verdict == "no_sign_of_a_recording_change"


def test_a_word_of_an_earlier_quarter_is_none_of_the_newest_one() -> None:
    """Too few records stand behind the newest quarter: what was said of 2024 says nothing of now."""
    old = words(
        how_it_came_to_light=steps(PROACTIVE, 1, 4, None, None, None, None, None), who_told=steps(POLICE, 0, 4, None)
    )
    found = read_reporting(old, changes(), STEADY, newest=NEWEST)
    assert found.verdict == "not_known"
    assert (found.proactive, found.police) == (None, None)


def test_what_is_usual_is_of_the_year_before_the_newest_quarter_though_words_are_missing_in_it() -> None:
    gaps = words(how_it_came_to_light=steps(PROACTIVE, 4, 4, None, None, None, 1, 1, 1))
    found = read_reporting(gaps, changes(), STEADY, newest=NEWEST)
    assert (found.proactive_before, found.verdict) == ("some_proactive", "no_sign_of_a_recording_change")
    alone = words(how_it_came_to_light=steps(PROACTIVE, 4, 4, None, None, None, None, None, 1))
    assert read_reporting(alone, changes(), STEADY, newest=NEWEST).proactive_before is None


@pytest.mark.parametrize(("now", "moved"), [(0.95, False), (0.86, False), (0.85, True), (0.60, True), (1.0, False)])
def test_a_share_with_a_place_ten_points_off_could_be_reporting(now: float, moved: bool) -> None:
    found = read(completeness=located(*[0.95] * 21, now, now, now))
    assert (found.verdict == "could_be_reporting") is moved
    assert found.located == pytest.approx((now, 0.95))


def test_what_is_usual_of_the_share_with_a_place_is_of_the_months_before_alone() -> None:
    found = read(completeness=located(0.95, 0.95, 0.85, 0.85, 0.8, 0.8, 0.8))
    assert found.located == pytest.approx((0.8, 0.9))
    assert found.verdict == "could_be_reporting"


def test_a_share_that_rose_by_ten_points_could_be_reporting_too() -> None:
    assert read(completeness=located(*[0.7] * 21, 0.8, 0.8, 0.8)).verdict == "could_be_reporting"


def test_one_odd_month_or_one_still_arriving_moves_nothing() -> None:
    assert read(completeness=located(*[0.95] * 20, 0.7, *[0.95] * 3)).verdict == "no_sign_of_a_recording_change"
    late = located(*[0.95] * 24, still_arriving=(0.1, 0.1))
    assert read(completeness=late).verdict == "no_sign_of_a_recording_change"


@pytest.mark.parametrize(("periods", "known"), [(6, False), (7, True)])
def test_three_periods_need_more_than_three_before_them(periods: int, known: bool) -> None:
    assert (read(completeness=located(*[0.95] * periods)).located is not None) is known


@pytest.mark.parametrize(
    ("told", "burst"), [(["spread_out", "one_day_burst"], True), (["one_day_burst", "spread_out"], False)]
)
def test_a_burst_is_of_the_newest_quarter(told: list[str | None], burst: bool) -> None:
    assert read(words(how_it_came_to_light=steps(PROACTIVE, 1, 1), bursts=told)).burst is burst


def test_a_burst_of_an_earlier_quarter_is_none_of_the_newest_one() -> None:
    old = words(how_it_came_to_light=steps(PROACTIVE, 1, 1), bursts=["one_day_burst", None])
    assert read_reporting(old, changes(), STEADY, newest=NEWEST).burst is None
