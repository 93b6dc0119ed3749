"""What a snapshot tells of directions: words of the rows shown, live for any union, to each audience its own."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from villages import Village

from pipelines.errors import NotForThisAudience
from pipelines.insight.concentration import concentrate
from pipelines.insight.directions import SLOW
from pipelines.insight.queries import Audience, Snapshot, current_snapshot_id, open_snapshot
from pipelines.insight.recording import break_at
from pipelines.insight.signals import benjamini_hochberg
from pipelines.insight.told import false_alarms, with_words

MANAGER, BOARD, NORTH = Audience("manager"), Audience("board"), Audience("meeting", "north")
INCIDENTS, FOUND = ("incidents", "incidents"), ("missing_episodes", "found_at")
GROUPS = ["exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other"]
NUMBERS = [
    "p", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "recent_count", "recent_periods", "expected_count",
    "expected_low", "expected_high", "smallest_visible_ratio", "strongest_periods", "strongest_count", "strongest_low",
    "strongest_high",
]  # fmt: skip
QUIET = "N07"  # a beat of which recording never changed


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, MANAGER)


@pytest.fixture(scope="module")
def opened(larkhaven: Path, town: Snapshot) -> Callable[[Audience], Snapshot]:
    return {MANAGER: town, **{one: open_snapshot(larkhaven, one) for one in (BOARD, NORTH)}}.__getitem__


Changed = Callable[..., Snapshot]


@pytest.fixture
def changed(larkhaven: Path, tmp_path: Path) -> Iterator[Changed]:
    """Open a copy of Larkhaven's snapshot after these statements, for the manager unless said otherwise."""
    name = current_snapshot_id(larkhaven)
    manifest = json.loads((larkhaven / "snapshots" / f"{name}.json").read_text(encoding="utf-8"))
    connections = []

    def change(*statements: str, audience: Audience = MANAGER) -> Snapshot:
        file = tmp_path / f"copy{len(connections)}.duckdb"
        shutil.copyfile(larkhaven / "snapshots" / f"{name}.duckdb", file)
        connections.append(duckdb.connect(str(file)))
        for statement in statements:
            connections[-1].execute(statement)
        return Snapshot(manifest, connections[-1], audience)

    yield change
    for connection in connections:
        connection.close()


def stored(town: Snapshot, level: str, mode: str) -> pd.DataFrame:
    """The table as it was published, by area and harm group."""
    with town._connection.cursor() as cursor:
        rows = cursor.execute(
            "SELECT * FROM directions WHERE measure = 'incidents' AND area_level = ? AND mode = ?", [level, mode]
        ).df()
    return rows.set_index(["area_id", "harm_group"])


def rows(*p_values: float, up: bool = True, ratio: float = 2.0) -> pd.DataFrame:
    """Rows as they are stored, with these p values."""
    one = {"up": up, "rate_ratio": ratio, "rate_ratio_low": ratio / 1.5, "rate_ratio_high": ratio * 1.5,
           "recent_count": 30.0, "smallest_visible_ratio": 1.8, "baseline_count": 180.0}  # fmt: skip
    short = pd.DataFrame([{"p": p, **one} for p in p_values])
    year = pd.DataFrame({SLOW[name]: short[name] for name in SLOW})
    return pd.concat([short, year], axis=1)


# --- words of the rows shown -------------------------------------------------------------------------------------


def test_the_same_area_is_a_possible_rise_in_a_long_list_and_rising_in_a_short_one() -> None:
    among_three, among_fifty = with_words(rows(0.02, 0.4, 0.9)), with_words(rows(0.02, *np.linspace(0.1, 1, 49)))
    assert among_three["direction"].iloc[0] == "rising"
    assert among_fifty["direction"].iloc[0] == "possible_rise"
    assert among_three["q"].iloc[0] < among_fifty["q"].iloc[0]
    assert among_three["year_direction"].iloc[0] == "rising"
    assert among_fifty["year_direction"].iloc[0] == "possible_rise"


def test_a_row_with_no_past_belongs_to_no_family() -> None:
    alone, beside = with_words(rows(0.02)), with_words(rows(0.02, *[np.nan] * 60))
    assert beside["q"].iloc[0] == alone["q"].iloc[0] == 0.02
    assert set(beside["direction"].iloc[1:]) == {"not_enough_history"}
    assert beside["q"].iloc[1:].isna().all()


def test_the_year_and_the_last_months_are_families_of_their_own() -> None:
    told = with_words(rows(0.02, 0.4).assign(year_p=[0.9, 0.001], year_up=[False, False]))
    assert list(told["direction"]) == ["rising", "no_clear_change"]
    assert list(told["year_direction"]) == ["no_clear_change", "falling"]


def test_a_list_tells_q_over_its_own_rows(town: Snapshot, opened: Any) -> None:
    everything, one_group, meeting = (
        town.directions(*INCIDENTS, area_level="beat"),
        town.directions(*INCIDENTS, area_level="beat", harm_groups=["exploitation"]),
        opened(NORTH).directions(*INCIDENTS, area_level="beat"),
    )
    for listed in (everything, one_group, meeting):
        assert listed["q"].to_numpy() == pytest.approx(benjamini_hochberg(listed["p"].to_numpy()), nan_ok=True)
    key = ["area_id", "harm_group"]
    both = everything.merge(one_group, on=key, suffixes=("", "_alone"))
    assert len(both) == len(one_group) == len(everything) / 5
    assert both["p"].equals(both["p_alone"])
    assert not both["q"].equals(both["q_alone"])


def test_a_list_has_one_row_for_each_area_and_group_with_what_was_published_of_it(town: Snapshot) -> None:
    for level, relative in product(("beat", "place_of_concern", "locality", "city"), (False, True)):
        listed = town.directions(*INCIDENTS, area_level=level, relative=relative)
        areas = town.areas(level)
        pairs = list(listed[["area_id", "harm_group"]].itertuples(index=False, name=None))
        assert sorted(pairs) == sorted(product(areas["area_id"], [*GROUPS, "all"]))
        assert listed["name"].tolist() == areas.set_index("area_id")["name"][listed["area_id"]].tolist()
        mode = "rest_of_city" if relative and level != "city" else "own_history"
        found = stored(town, level, mode).loc[pairs]
        pd.testing.assert_frame_equal(listed[NUMBERS], found[NUMBERS].reset_index(drop=True))


def test_about_one_in_ten_strong_words_and_one_in_twenty_of_the_other_rows_may_be_false() -> None:
    words = ["rising"] * 3 + ["falling"] + ["possible_rise"] * 2 + ["new_activity"] + ["no_clear_change"] * 20
    listed = pd.DataFrame({"direction": words + ["steady"] * 10 + ["too_few_to_say"] * 4 + ["not_enough_history"] * 50})
    flagged, false = false_alarms(listed)
    assert flagged == 7
    assert false == pytest.approx(0.10 * 4 + 0.05 * (41 - 4))


@pytest.mark.parametrize(
    ("words", "alarms"),
    [
        (["steady"] * 100, (0, 0.0)),
        (["possible_rise"] + ["steady"] * 99, (1, 1.0)),
        (["rising"], (1, 0.1)),
        (["not_enough_history"] * 9, (0, 0.0)),
        ([], (0, 0.0)),
    ],
)
def test_no_more_can_be_false_than_was_flagged(words: list[str], alarms: tuple[int, float]) -> None:
    assert false_alarms(pd.DataFrame({"direction": words})) == pytest.approx(alarms)


# --- any union, live ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("relative", [False, True])
@pytest.mark.parametrize(
    ("level", "areas"),
    [
        ("beat", ["E02", "E06", "E12", "S07"]),
        ("place_of_concern", ["P01", "P03", "P11"]),
        ("locality", ["north", "south"]),
        ("city", ["larkhaven"]),
    ],
)
def test_one_area_asked_for_live_is_told_what_was_published_of_it(
    town: Snapshot, level: str, areas: list[str], relative: bool
) -> None:
    published = stored(town, level, "rest_of_city" if relative and level != "city" else "own_history")
    for area, groups in product(areas, (["exploitation"], ["violence_and_fear"], GROUPS)):
        live = town.together(*INCIDENTS, area_level=level, area_ids=[area], harm_groups=groups, relative=relative)
        assert len(live) == 1
        row = published.loc[(area, groups[0] if len(groups) == 1 else "all")]
        assert live[NUMBERS].iloc[0].to_numpy(float) == pytest.approx(row[NUMBERS].to_numpy(float), rel=2e-4, nan_ok=True)
        assert (live["up"].iloc[0], live["through"].iloc[0]) == (row["up"], row["through"])


def test_a_union_counts_what_its_areas_count(town: Snapshot) -> None:
    listed = town.directions(*INCIDENTS, area_level="beat", harm_groups=GROUPS[:1]).set_index("area_id")
    some = ["N01", "N07", "S07"]
    live = town.together(*INCIDENTS, area_level="beat", area_ids=some, harm_groups=GROUPS[:1]).iloc[0]
    assert live["recent_count"] == listed.loc[some, "recent_count"].sum()
    twice = town.together(*INCIDENTS, area_level="beat", area_ids=[*some, *some], harm_groups=GROUPS[:1]).iloc[0]
    assert twice["recent_count"] == live["recent_count"]
    assert live["q"] == live["p"], "a union is a family of one"


def test_all_beats_together_count_what_the_city_counts(town: Snapshot) -> None:
    every = list(town.areas("beat")["area_id"])
    union = town.together(*INCIDENTS, area_level="beat", area_ids=every, harm_groups=GROUPS).iloc[0]
    city = town.together(*INCIDENTS, area_level="city", area_ids=["larkhaven"], harm_groups=GROUPS).iloc[0]
    for column in ("recent_count", "expected_count", "rate_ratio"):
        assert union[column] == pytest.approx(city[column], rel=0.01)


def test_the_rest_of_the_city_is_without_the_union_itself(changed: Changed) -> None:
    """Three localities, one of which doubles: against a rest that it is part of, it would have grown by half only."""
    doubled = "SELECT base_area_id FROM area_members WHERE area_level = 'locality' AND area_id = 'north'"
    town = changed(f"UPDATE counts SET value = 2 * value WHERE area_id IN ({doubled}) AND period >= '2026-07'")
    beats = [one for one in town.areas("beat")["area_id"] if one.startswith("N")]
    asked = {"harm_groups": GROUPS, "relative": True}
    north = town.together(*INCIDENTS, area_level="locality", area_ids=["north"], **asked).iloc[0]
    union = town.together(*INCIDENTS, area_level="beat", area_ids=beats, **asked).iloc[0]
    assert north["rate_ratio"] > 1.75
    assert union["rate_ratio"] == pytest.approx(north["rate_ratio"], rel=0.02)


def test_the_rest_of_the_city_is_without_the_place_of_concern_itself(changed: Changed) -> None:
    """A place that counts twenty times as much as ever makes half of the city: against that, it would have grown tenfold."""
    place = "SELECT base_area_id FROM area_members WHERE area_level = 'place_of_concern' AND area_id = 'P11'"
    town = changed(f"UPDATE counts SET value = 20 * value WHERE area_id IN ({place}) AND period >= '2026-07'")
    asked = {"area_level": "place_of_concern", "area_ids": ["P11"], "harm_groups": GROUPS}
    own, relative = (town.together(*INCIDENTS, **asked, relative=one).iloc[0] for one in (False, True))
    assert relative["rate_ratio"] > 0.75 * own["rate_ratio"]


def test_the_two_halves_of_a_cut_have_a_past_together(town: Snapshot, larkhaven: Path) -> None:
    """The re-cut of October 2024 moved a strip from one beat to another: together they are as they were."""
    cut = json.loads((larkhaven / "truth" / "planted.json").read_text(encoding="utf-8"))["recut"]
    asked = {"area_level": "beat", "harm_groups": GROUPS}
    lost = town.together(*INCIDENTS, area_ids=[cut["loses"]], **asked).iloc[0]
    both = town.together(*INCIDENTS, area_ids=[cut["loses"], cut["gains"]], **asked).iloc[0]
    assert (lost["recent_periods"], both["recent_periods"]) == (1, 3)
    assert both["expected_count"] > 20


@pytest.mark.parametrize(("areas", "groups"), [([], GROUPS), (["N07"], []), (["N07"], ["no_such_group"])])
def test_nothing_asked_for_is_nothing_told(town: Snapshot, areas: list[str], groups: list[str]) -> None:
    found = town.together(*INCIDENTS, area_level="beat", area_ids=areas, harm_groups=groups)
    assert found.empty
    assert list(found.columns) == ["direction", "through", "up", "p", "q", *NUMBERS[1:]]


def test_a_feed_of_which_nothing_is_whole_yet_has_no_directions(village: Village) -> None:
    village.incidents("1,2024-01-05,robbery,400500,300500", covers=("2024-01-01", "2024-01-20"), delivered_on="2024-01-21")
    village.build()
    village.publish()
    snapshot = village.snapshot()
    listed = snapshot.directions(*INCIDENTS, area_level="beat")
    assert listed.empty
    assert {"direction", "year_direction", "recording_event"} <= set(listed.columns)
    assert snapshot.together(*INCIDENTS, area_level="beat", area_ids=["B01"], harm_groups=GROUPS).empty
    assert snapshot.city_flag(*INCIDENTS) is None
    assert false_alarms(listed) == (0, 0.0)
    assert snapshot.reporting(*INCIDENTS, area_level="beat", area_id="B01").verdict == "not_known"
    assert snapshot.reporting_delay("incidents").empty


# --- to each audience its own ------------------------------------------------------------------------------------

WORDS = ("direction", "year_direction", "through")
EVENTS = ("recording_event", "recording_since")


def test_the_board_is_told_words_alone(opened: Any) -> None:
    board = opened(BOARD)
    assert list(board.directions(*INCIDENTS, area_level="locality").columns) == [
        "area_id", "name", "harm_group", *WORDS, *EVENTS,
    ]  # fmt: skip
    live = board.together(*INCIDENTS, area_level="locality", area_ids=["north", "south"], harm_groups=GROUPS)
    assert list(live.columns) == ["direction", "through"]
    for refused in ("beat", "place_of_concern"):
        with pytest.raises(NotForThisAudience):
            board.directions(*INCIDENTS, area_level=refused)


def test_the_board_is_told_the_managers_words(opened: Any) -> None:
    manager, board = (opened(one).directions(*INCIDENTS, area_level="locality") for one in (MANAGER, BOARD))
    assert board["direction"].tolist() == manager["direction"].tolist()
    asked = {"area_level": "locality", "area_ids": ["north", "south"], "harm_groups": GROUPS[:2]}
    assert opened(BOARD).together(*INCIDENTS, **asked)["direction"].tolist() == (
        opened(MANAGER).together(*INCIDENTS, **asked)["direction"].tolist()
    )


def test_a_meeting_and_a_manager_are_told_how_sure(opened: Any) -> None:
    for one in (MANAGER, NORTH):
        assert list(opened(one).directions(*INCIDENTS, area_level="beat").columns) == [
            "area_id", "name", "harm_group", *WORDS, "up", "p", "q", *NUMBERS[1:],
            "year_ratio", "year_ratio_low", "year_ratio_high", *EVENTS,
        ]  # fmt: skip


def test_a_meeting_is_told_of_its_own_beats_and_places_alone(opened: Any, town: Snapshot) -> None:
    north = opened(NORTH)
    for level in ("beat", "place_of_concern"):
        listed = north.directions(*INCIDENTS, area_level=level)
        assert set(listed["area_id"]) == set(north.areas(level)["area_id"]) < set(town.areas(level)["area_id"])
    assert set(north.directions(*INCIDENTS, area_level="locality")["area_id"]) == {"north", "south", "east_central"}


ANOTHERS: dict[str, Callable[[Snapshot], object]] = {
    "the direction of another's beat": lambda s: s.together(
        *INCIDENTS, area_level="beat", area_ids=["S07"], harm_groups=GROUPS
    ),
    "another's beat in a union with its own": lambda s: s.together(
        *INCIDENTS, area_level="beat", area_ids=["N07", "S07"], harm_groups=GROUPS
    ),
    "how another's beat is recorded": lambda s: s.reporting(*INCIDENTS, area_level="beat", area_id="S07"),
    "an area there is not": lambda s: s.reporting(*INCIDENTS, area_level="beat", area_id="no_such_beat"),
}


@pytest.mark.parametrize("asked", ANOTHERS)
def test_a_meeting_is_refused(opened: Any, asked: str) -> None:
    with pytest.raises(NotForThisAudience, match="this area is not for the meeting audience"):
        ANOTHERS[asked](opened(NORTH))


def test_what_the_board_is_told_of_concentration_is_of_the_figures_it_sees(opened: Any) -> None:
    """One locality's exact part of an exact sum would tell what was rounded for the board."""
    board, asked = opened(BOARD), {"harm_groups": ["exploitation"], "periods": ["2026-Q3"]}
    seen = board.map_counts(*INCIDENTS, area_level="locality", **asked)
    found = board.concentration(*INCIDENTS, **asked)
    assert found == concentrate(seen)
    assert found.tenth_share == pytest.approx(seen["about"].max() / seen["about"].sum())


def test_the_board_that_has_no_months_is_told_of_completeness_by_its_own_periods(opened: Any) -> None:
    board = opened(BOARD)
    found = board.completeness(*INCIDENTS)
    assert list(found["period"]) == list(board.periods(*INCIDENTS)["period"])
    assert set(found["state"]) == {"collected"}
    assert found["located_share"].between(0.9, 1).all()
    reading = board.reporting(*INCIDENTS, area_level="locality", area_id="north")
    assert reading.verdict == "no_sign_of_a_recording_change"


# --- the city, and changes of word -------------------------------------------------------------------------------


def test_a_city_that_is_steady_has_no_flag_and_one_that_rises_or_falls_has(town: Snapshot, changed: Changed) -> None:
    assert town.city_flag(*INCIDENTS) is None
    city = "measure = 'incidents' AND area_level = 'city' AND harm_group = 'all'"
    for up, word in ((True, "rising"), (False, "falling")):
        assert changed(f"UPDATE directions SET p = 0.001, up = {up} WHERE {city}").city_flag(*INCIDENTS) == word


def test_the_citys_flag_is_of_all_groups_together_unless_one_is_asked_for(changed: Changed) -> None:
    town = changed("UPDATE directions SET p = 0.001, up = true WHERE area_level = 'city' AND harm_group = 'exploitation'")
    assert town.city_flag(*INCIDENTS) is None
    assert town.city_flag(*INCIDENTS, harm_group="all") is None
    assert town.city_flag(*INCIDENTS, harm_group="exploitation") == "rising"


def test_a_feed_of_one_group_has_a_city_flag_of_that(changed: Changed) -> None:
    rise = "UPDATE directions SET p = 0.001, up = true WHERE area_level = 'city' AND feed = 'missing_episodes'"
    assert changed(rise).city_flag(*FOUND) == "rising"


def test_areas_whose_word_is_another_than_before_are_told_with_both(town: Snapshot, changed: Changed) -> None:
    beat = "measure = 'incidents' AND area_level = 'beat' AND mode = 'own_history'"
    earlier = changed(f"UPDATE directions SET p = 0.0001, up = false WHERE {beat} AND area_id = 'N07'")
    found = town.changes_of_word(earlier, *INCIDENTS, area_level="beat")
    assert list(found.columns) == ["area_id", "name", "harm_group", "before", "now"]
    assert (found["before"] != found["now"]).all()
    mine = found[found["area_id"] == "N07"].set_index("harm_group")
    assert set(mine.index) == {*GROUPS, "all"}
    assert set(mine["before"]) == {"falling"}
    now = town.directions(*INCIDENTS, area_level="beat").set_index(["area_id", "harm_group"])["direction"]
    assert mine["now"].to_dict() == now["N07"].to_dict()
    before = earlier.directions(*INCIDENTS, area_level="beat").set_index(["area_id", "harm_group"])["direction"]
    assert len(found) == (now != before[now.index]).sum()
    assert town.changes_of_word(town, *INCIDENTS, area_level="beat").empty


def test_an_area_that_was_not_told_of_before_is_told_with_no_word_before(town: Snapshot, changed: Changed) -> None:
    earlier = changed("DELETE FROM directions WHERE area_id = 'N07'")
    found = town.changes_of_word(earlier, *INCIDENTS, area_level="beat")
    mine = found[found["area_id"] == "N07"]
    assert len(mine) == 5
    assert mine["before"].isna().all()
    assert mine["now"].notna().all()


# --- changes in recording ----------------------------------------------------------------------------------------


def event(level: str, area: str, starts_on: str, name: str = "x") -> str:
    return (
        f"INSERT INTO recording_events VALUES ('{name}', 'incidents', '{level}', '{area}', DATE '{starts_on}', 'new_system')"
    )


def test_a_change_of_a_place_comes_before_one_of_the_city_and_the_newest_before_an_older(changed: Changed) -> None:
    town = changed(event("beat", QUIET, "2026-03-03"), event("beat", QUIET, "2026-06-06", "y"))
    listed = town.directions(*INCIDENTS, area_level="beat").set_index("area_id")
    assert set(listed.loc[QUIET, "recording_since"]) == {date(2026, 6, 6)}
    assert set(listed.loc[QUIET, "recording_event"]) == {"new_system"}
    assert set(listed.loc["N01", "recording_event"]) == {"new_reporting_route"}
    events = town.reporting(*INCIDENTS, area_level="beat", area_id=QUIET).events
    assert [when for _, when, _ in events] == [date(2025, 12, 1), date(2026, 3, 3), date(2026, 6, 6)]


def test_a_change_of_a_locality_touches_its_beats_and_places_and_no_others(changed: Changed) -> None:
    town = changed(event("locality", "north", "2026-06-06"))
    for level in ("beat", "place_of_concern", "locality"):
        listed = town.directions(*INCIDENTS, area_level=level)
        here = set(listed.loc[listed["recording_event"] == "new_system", "area_id"])
        own = {"beat": {one for one in listed["area_id"] if one.startswith("N")}, "locality": {"north"}}
        assert here == own.get(level, here)
        assert 0 < len(here) < listed["area_id"].nunique()
    assert "new_system" not in set(town.directions(*INCIDENTS, area_level="city")["recording_event"])


@pytest.mark.parametrize("months_ago", [0, 1, 6, 11, 12, 13, 15, 16, 17, 18, 24, 40])
def test_a_change_of_a_place_is_told_until_its_past_begins_with_it(changed: Changed, months_ago: int) -> None:
    """Else a place is held against a past recorded otherwise, and nobody says so."""
    starts_on = (pd.Timestamp(2026, 9, 1) - pd.DateOffset(months=months_ago)).date()
    town = changed("DELETE FROM recording_events", event("beat", QUIET, starts_on.isoformat()))
    listed = town.directions(*INCIDENTS, area_level="beat", harm_groups=["all"]).set_index("area_id")
    told = listed.loc[QUIET, "recording_event"] == "new_system"
    cube = town._cube(town.measure(*INCIDENTS))
    assert cube is not None
    begins_anew = break_at(cube, starts_on) is not None
    assert told or begins_anew
    assert not (told and begins_anew)
    assert listed["recording_event"].drop(QUIET).isna().all()


def test_a_change_of_another_feed_says_nothing_of_this_one(changed: Changed) -> None:
    town = changed("DELETE FROM recording_events", event("beat", QUIET, "2026-06-06"))
    assert town.directions(*FOUND, area_level="beat")["recording_event"].isna().all()


def test_a_step_of_the_whole_city_at_a_change_is_no_rise_of_the_city_or_of_a_place(changed: Changed) -> None:
    doubled = "UPDATE counts SET value = 2 * value WHERE feed = 'incidents' AND period >= '2025-12'"
    asked = {"area_level": "beat", "area_ids": [QUIET, "N01", "S03", "E05"], "harm_groups": GROUPS}
    known, unknown = changed(doubled), changed(doubled, "DELETE FROM recording_events")
    before, after = (one.together(*INCIDENTS, **asked).iloc[0] for one in (unknown, known))
    assert before["rate_ratio"] > 1.6
    assert before["direction"] == "rising"
    assert after["rate_ratio"] < 1.3
    assert after["direction"] not in ("rising", "falling")


# --- completeness, delays, concentration -------------------------------------------------------------------------


def unplaced(times: float, more: str = "") -> str:
    """In the newest three months so many times as many records came without a place as with one."""
    counted = "SELECT sum(value) FROM counts WHERE counts.feed = unplaced.feed AND counts.harm_group = unplaced.harm_group "
    return (
        f"UPDATE unplaced SET value = CAST(({counted} AND counts.period = unplaced.period) * {times} AS BIGINT) "
        f"WHERE feed = 'incidents' AND period >= '2026-07' {more}"
    )


def test_completeness_has_a_row_for_each_period_with_shares_and_no_tally(town: Snapshot) -> None:
    found = town.completeness(*INCIDENTS)
    assert list(found.columns) == ["period", "state", "located_share", "share_in"]
    assert list(found["period"]) == list(town.periods(*INCIDENTS)["period"])
    assert found["located_share"].between(0.9, 1).all()
    whole = found[found["state"] == "collected"]
    assert whole["share_in"].between(0.5, 1).all()
    assert whole["share_in"].iloc[-1] < whole["share_in"].iloc[-2] <= whole["share_in"].iloc[-12] == 1
    assert found["share_in"].iloc[-1:].isna().all(), "October has three weeks to go"


def test_a_month_not_collected_has_no_share_and_terms_are_taken_as_whole(town: Snapshot) -> None:
    found = town.completeness(*FOUND).set_index("period")
    assert np.isnan(found.loc["2024-05", "located_share"])
    assert (town.completeness("weapon_in_school_reports", "reports")["share_in"] == 1).all()


def test_reporting_delay_rises_to_all_by_days(town: Snapshot) -> None:
    found = town.reporting_delay("incidents")
    assert list(found.columns) == ["days", "share_known"]
    assert found["days"].tolist() == [0, 7, 14, 28, 60]
    assert found["share_known"].is_monotonic_increasing
    assert found["share_known"].iloc[-1] == 1
    assert town.reporting_delay("residents").empty


def test_a_drop_of_the_share_with_a_place_could_be_reporting_everywhere(changed: Changed) -> None:
    for times, verdict in ((0.03, "no_sign_of_a_recording_change"), (0.2, "could_be_reporting")):
        town = changed(unplaced(times))
        reading = town.reporting(*INCIDENTS, area_level="locality", area_id="north")
        assert reading.verdict == verdict
        assert reading.located == pytest.approx((1 / (1 + times), 0.97), abs=0.03)


def test_a_drop_of_one_kind_of_harm_says_nothing_of_another(changed: Changed) -> None:
    town = changed(unplaced(0.5, "AND harm_group = 'exploitation'"))
    where = {"area_level": "locality", "area_id": "north"}
    told = {one: town.reporting(*INCIDENTS, **where, harm_group=one) for one in GROUPS}
    assert told["exploitation"].verdict == "could_be_reporting"
    assert {told[one].verdict for one in GROUPS[1:]} == {"no_sign_of_a_recording_change"}
    assert told["exploitation"].located == pytest.approx((0.67, 0.97), abs=0.03)


def test_the_words_of_a_quarter_long_past_are_not_told_as_todays(town: Snapshot) -> None:
    """Where too few records stood behind the newest quarter no word left for it, whatever was said years ago."""
    with town._connection.cursor() as cursor:
        last = cursor.execute(
            "SELECT area_level, area_id, harm_group, max(period) AS newest FROM patterns WHERE feed = 'incidents' "
            "AND pattern = 'how_it_came_to_light' GROUP BY ALL ORDER BY ALL"
        ).df()
    old = last[last["newest"] < "2026-Q3"]
    assert len(old) >= 5
    for one in old.itertuples():
        reading = town.reporting(*INCIDENTS, area_level=one.area_level, area_id=one.area_id, harm_group=one.harm_group)
        assert reading.proactive is None
    fresh = last[(last["newest"] == "2026-Q3") & (last["harm_group"] == "all")].iloc[0]
    where = {"area_level": fresh["area_level"], "area_id": fresh["area_id"]}
    assert town.reporting(*INCIDENTS, **where).proactive is not None


def test_concentration_is_of_what_the_map_shows(town: Snapshot) -> None:
    asked: dict[str, Any] = {"harm_groups": GROUPS, "periods": ["2026-Q2", "2026-Q3"]}
    found = town.concentration(*INCIDENTS, **asked)
    assert found == concentrate(town.map_counts(*INCIDENTS, area_level="beat", **asked))
    assert found.half_in is not None
    assert found.even_half_in is not None
    assert found.areas == 36
    assert found.half_in < found.even_half_in
