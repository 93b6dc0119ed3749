"""Directions as they are published: of every place, from released counts alone, and true to what was planted."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from villages import make_village

from pipelines.gate.verify import describe_tables
from pipelines.insight.directions import derive, significant
from pipelines.insight.queries import Audience, Snapshot, current_snapshot_id, open_snapshot
from pipelines.insight.signals import assess

INCIDENTS = ("incidents", "incidents")
GROUPS = ["exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other"]
UP, DOWN = ("rising", "possible_rise"), ("falling", "possible_fall")
KEY = ["feed", "measure", "area_level", "area_id", "harm_group", "mode"]
MANAGER = Audience("manager")


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, MANAGER)


@pytest.fixture(scope="module")
def planted(larkhaven: Path) -> dict[str, Any]:
    return dict(json.loads((larkhaven / "truth" / "planted.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def manifest(larkhaven: Path) -> dict[str, Any]:
    file = larkhaven / "snapshots" / f"{current_snapshot_id(larkhaven)}.json"
    return dict(json.loads(file.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def stored(larkhaven: Path) -> pd.DataFrame:
    """The table as it was published."""
    return table_of(larkhaven / "snapshots" / f"{current_snapshot_id(larkhaven)}.duckdb", "directions")


Again = Callable[..., duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module")
def again(larkhaven: Path, manifest: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Again:
    """Work directions out anew, after these statements, in a copy of the snapshot's file that lies all alone."""

    def work_out(*statements: str) -> duckdb.DuckDBPyConnection:
        file = tmp_path_factory.mktemp("alone") / "copy.duckdb"
        shutil.copyfile(larkhaven / "snapshots" / f"{manifest['id']}.duckdb", file)
        connection = duckdb.connect(str(file))
        for statement in ("DROP TABLE directions", *statements):
            connection.execute(statement)
        derive(connection, manifest["measures"], date.fromisoformat(manifest["as_at"]))
        return connection

    return work_out


# A beat that grows slowly from twelve a month to forty-two, and a beat whose recording changed two years ago.
SLOW, CHANGED = "N07", "N04"


@pytest.fixture(scope="module")
def altered(again: Again) -> duckdb.DuckDBPyConnection:
    """The town with two of its beats changed, and its directions worked out anew."""
    grown = "3 * CAST(round(4 * pow(3.5, date_diff('month', DATE '2022-10-01', period_start) / 47.0)) AS INTEGER)"
    return again(
        f"UPDATE counts SET value = {grown} WHERE area_id = '{SLOW}' AND harm_group = 'exploitation'",
        f"INSERT INTO recording_events VALUES ('x', 'incidents', 'beat', '{CHANGED}', DATE '2024-10-10', 'new_system')",
    )


def table_of(file: Path, table: str) -> pd.DataFrame:
    with duckdb.connect(str(file), read_only=True) as snapshot:
        return snapshot.execute(f"SELECT * FROM {table} ORDER BY ALL").df()


def told(town: Snapshot, change: dict[str, Any], **asked: Any) -> pd.Series:
    """What the list of its level says of a planted place and harm group."""
    listed = town.directions(*INCIDENTS, area_level=change["place_level"], **asked)
    mine = listed[(listed["area_id"] == change["place_id"]) & (listed["harm_group"] == change["harm_group"])]
    assert len(mine) == 1
    return mine.iloc[0]


# --- which rows there are ----------------------------------------------------------------------------------------


def test_every_place_group_and_mode_of_every_measure_stands_once_and_nothing_else_does(
    stored: pd.DataFrame, manifest: dict[str, Any], town: Snapshot
) -> None:
    wanted = []
    for one in manifest["measures"]:
        levels = {"base": ("beat", "place_of_concern", "locality", "city"), "locality": ("locality", "city")}
        groups = [group["code"] for group in one["harm_groups"]]
        groups = [*(groups if one["grain"] == "month" else []), "all"]
        for level, group in product(levels[one["area_level"]], dict.fromkeys(groups)):
            modes = ["own_history", "rest_of_city"] if level != "city" else ["own_history"]
            for area, mode in product(town.areas(level)["area_id"], modes):
                wanted.append((one["feed"], one["measure"], level, area, group, mode))
    found = list(stored[KEY].itertuples(index=False, name=None))
    assert len(found) == len(set(found))
    assert set(found) == set(wanted)


def test_directions_are_told_through_the_newest_period_that_is_whole(stored: pd.DataFrame) -> None:
    through = stored.groupby(["feed", "measure"])["through"].agg(["nunique", "first"])
    assert set(through["nunique"]) == {1}
    assert through["first"].to_dict() == {
        ("incidents", "incidents"): "2026-09", ("missing_episodes", "found_at"): "2026-09",
        ("missing_episodes", "missing_from"): "2026-09", ("weapon_in_school_reports", "reports"): "2026-summer",
    }  # fmt: skip


def test_a_row_holds_all_of_its_numbers_or_none(stored: pd.DataFrame) -> None:
    known = stored["p"].notna()
    shown = ["rate_ratio_low", "rate_ratio_high", "recent_count", "recent_periods", "expected_count", "baseline_count",
             "expected_low", "expected_high", "smallest_visible_ratio", "strongest_periods", "strongest_count",
             "strongest_low", "strongest_high"]  # fmt: skip
    assert stored.loc[known, shown].notna().all(axis=None)
    assert stored.loc[~known, shown].isna().all(axis=None)
    assert 0 < known.mean() < 1
    assert stored.loc[known, "p"].between(0, 1).all()
    # A ratio to nothing is no number: new activity has none.
    assert (stored["rate_ratio"].isna() & known).equals((stored["baseline_count"] == 0) & known)


# --- of released counts alone ------------------------------------------------------------------------------------


def test_directions_are_worked_out_of_the_snapshot_alone_and_come_out_the_same_to_the_last_byte(
    again: Again, manifest: dict[str, Any]
) -> None:
    """The copy lies where no warehouse is; the manifest's hash is of the table the publish wrote."""
    assert describe_tables(again())["directions"] == manifest["tables"]["directions"]


@pytest.mark.parametrize("level", ["beat", "place_of_concern", "locality", "city"])
def test_recent_and_strongest_counts_are_sums_of_what_was_released(stored: pd.DataFrame, town: Snapshot, level: str) -> None:
    own = stored[(stored["measure"] == "incidents") & (stored["area_level"] == level) & (stored["mode"] == "own_history")]
    months = list(town.periods(*INCIDENTS).query("state == 'collected'")["period"])
    rows = own[own["recent_count"].notna()]
    assert len(rows) >= 5
    for window in ("recent", "strongest"):
        for (group, length), mine in rows.groupby(["harm_group", f"{window}_periods"]):
            groups = GROUPS if group == "all" else [str(group)]
            said = town.map_counts(*INCIDENTS, area_level=level, harm_groups=groups, periods=months[-int(length) :])
            released = said.set_index("area_id")["about"][mine["area_id"]].to_numpy()
            assert mine[f"{window}_count"].to_numpy() == pytest.approx(significant(released))


def test_what_was_truly_counted_stands_in_no_row(stored: pd.DataFrame, larkhaven: Path) -> None:
    """Recent counts of beats are sums of multiples of three, and so now and then of the truth, but no oftener."""
    with duckdb.connect(str(larkhaven / "warehouse" / "warehouse.duckdb"), read_only=True) as warehouse:
        truth = warehouse.execute(
            "SELECT area_members.area_id, harm_group, sum(x) AS truth FROM cells JOIN area_members "
            "ON base_area_id = cells.area_id AND area_members.area_level = 'beat' WHERE feed = 'incidents' "
            "AND period IN ('2026-07', '2026-08', '2026-09') GROUP BY ALL"
        ).df()
    rows = stored[(stored["measure"] == "incidents") & (stored["mode"] == "own_history") & (stored["recent_periods"] == 3)]
    both = rows[rows["area_level"] == "beat"].merge(truth, on=["area_id", "harm_group"])
    assert len(both) > 100
    assert (both["recent_count"] % 3 == 0).all()
    assert not (both["truth"] % 3 == 0).all()
    assert 0.1 < (both["recent_count"] == both["truth"]).mean() < 0.6


def test_a_localitys_words_are_of_all_that_is_counted_in_it(stored: pd.DataFrame, larkhaven: Path) -> None:
    """Also of what has a beat and no place, and of beats that are no more."""
    file = larkhaven / "snapshots" / f"{current_snapshot_id(larkhaven)}.duckdb"
    with duckdb.connect(str(file), read_only=True) as snapshot:
        counted = snapshot.execute(
            "SELECT area_members.area_id, sum(value * weight) FILTER (period >= '2026-07') AS recent, "
            "sum(value * weight) FILTER (period BETWEEN '2023-04' AND '2026-03') AS past FROM counts JOIN area_members "
            "ON base_area_id = counts.area_id AND area_members.area_level = 'locality' WHERE measure = 'incidents' "
            "AND period <= '2026-09' GROUP BY ALL ORDER BY 1"
        ).df()
    rows = stored[
        (stored["measure"] == "incidents") & (stored["area_level"] == "locality") & (stored["harm_group"] == "all")
    ]
    mine = rows[rows["mode"] == "own_history"].set_index("area_id").loc[counted["area_id"]]
    assert mine["recent_count"].to_numpy() == pytest.approx(counted["recent"].to_numpy(), rel=1e-4)
    assert mine["baseline_count"].to_numpy() == pytest.approx(counted["past"].to_numpy(), rel=1e-4)


# --- what was planted --------------------------------------------------------------------------------------------


def test_rises_to_three_times_the_usual_are_rising_three_months_on(town: Snapshot, planted: dict[str, Any]) -> None:
    sharp = [one for one in planted["rising"] if one["multiplier"] == 3.0]
    assert len(sharp) == 2
    for one in sharp:
        found = told(town, one)
        assert found["direction"] in UP
        assert found["rate_ratio_low"] > 1.2
        assert found["recent_count"] > found["expected_high"]


def test_milder_rises_are_flagged_and_no_planted_fall_is_told_as_a_rise(town: Snapshot, planted: dict[str, Any]) -> None:
    for one in planted["rising"]:
        assert told(town, one)["direction"] in UP
    falls = [told(town, one) for one in planted["falling"]]
    assert not any(one["direction"] in UP for one in falls)
    assert np.mean([np.log(one["rate_ratio"]) for one in falls]) < np.log(0.8)


def test_harm_where_there_was_none_is_new_activity_without_a_ratio(town: Snapshot, planted: dict[str, Any]) -> None:
    found = told(town, planted["new_activity"][0])
    assert found["direction"] == "new_activity"
    assert np.isnan(found["rate_ratio"])
    assert found["recent_count"] >= 3
    assert found["expected_count"] == 0


def test_planted_rises_are_rises_against_the_rest_of_the_city_too(town: Snapshot, planted: dict[str, Any]) -> None:
    for one in planted["rising"]:
        assert told(town, one, relative=True)["direction"] in UP


def test_a_rise_that_is_only_reporting_is_read_as_such(town: Snapshot, planted: dict[str, Any]) -> None:
    louder = planted["reporting_only"][0]
    found = told(town, louder)
    assert found["recording_event"] == "proactive_operation"
    assert found["recording_since"] == date.fromisoformat(f"{louder['from_month']}-01")
    where = {"area_level": louder["place_level"], "area_id": louder["place_id"], "harm_group": louder["harm_group"]}
    reading = town.reporting(*INCIDENTS, **where)
    assert reading.verdict == "could_be_reporting"
    assert ("proactive_operation", found["recording_since"], False) in reading.events


def test_the_citys_web_form_is_told_of_every_place_and_blanks_out_none(town: Snapshot, planted: dict[str, Any]) -> None:
    listed = town.directions(*INCIDENTS, area_level="beat")
    here = listed["area_id"] == planted["reporting_only"][0]["place_id"]
    assert set(listed.loc[~here, "recording_event"]) == {"new_reporting_route"}
    assert set(listed.loc[~here, "recording_since"]) == {date(2025, 12, 1)}
    assert (listed["direction"] != "not_enough_history").all()
    verdicts = [town.reporting(*INCIDENTS, area_level="beat", area_id=one).verdict for one in listed["area_id"].unique()]
    assert verdicts.count("could_be_reporting") <= 4
    assert verdicts.count("no_sign_of_a_recording_change") >= 10


def test_the_newest_place_has_no_past_to_be_held_against_and_its_beat_has(town: Snapshot, larkhaven: Path) -> None:
    members = table_of(larkhaven / "snapshots" / f"{current_snapshot_id(larkhaven)}.duckdb", "area_members")
    cut = members[members["estimated"] & (members["area_level"] == "place_of_concern")].iloc[0]
    beat = members[(members["base_area_id"] == cut["base_area_id"]) & (members["area_level"] == "beat")].iloc[0]
    places, beats = (town.directions(*INCIDENTS, area_level=level) for level in ("place_of_concern", "beat"))
    newest = places[places["area_id"] == cut["area_id"]]
    assert len(newest) == 5
    assert set(newest["direction"]) == set(newest["year_direction"]) == {"not_enough_history"}
    assert (places.loc[places["area_id"] != cut["area_id"], "direction"] != "not_enough_history").all()
    assert (beats.loc[beats["area_id"] == beat["area_id"], "direction"] != "not_enough_history").all()


def test_a_slow_trend_is_told_by_the_year(altered: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> None:
    town = Snapshot(manifest, altered, MANAGER)
    found = told(town, {"place_level": "beat", "place_id": SLOW, "harm_group": "exploitation"})
    assert found["year_direction"] in UP
    assert 1.5 < found["year_ratio"] < 2.6
    assert found["year_ratio_low"] > 1.0


def test_the_planted_slow_trend_leans_up_over_the_year(town: Snapshot, planted: dict[str, Any]) -> None:
    """Two of the three years it is held against rise too, so a doubling over three years is told by half of itself."""
    found = told(town, planted["slow_trend"][0])
    assert 1.05 < found["year_ratio"] < 2
    assert found["year_direction"] not in DOWN


def test_a_place_whose_recording_changed_long_ago_is_held_to_its_past_since(
    altered: duckdb.DuckDBPyConnection, stored: pd.DataFrame
) -> None:
    """In October 2024: two years on its past begins there; that is enough past for the newest month alone."""
    found = altered.execute("SELECT * FROM directions ORDER BY ALL").df()
    wanted = {"measure": "incidents", "area_level": "beat", "mode": "own_history", "harm_group": "asb_and_other"}
    now, before = (one[(one[list(wanted)] == list(wanted.values())).all(axis=1)] for one in (found, stored))
    now, before = now.set_index("area_id"), before.set_index("area_id")
    since = altered.execute(
        "SELECT sum(value * weight) FROM counts JOIN area_members ON base_area_id = counts.area_id "
        "AND area_members.area_level = 'beat' WHERE area_members.area_id = ? AND measure = 'incidents' "
        "AND harm_group = 'asb_and_other' AND period BETWEEN '2024-10' AND '2026-08'", [CHANGED],
    ).fetchone()  # fmt: skip
    assert since is not None
    assert now.loc[CHANGED, "baseline_count"] == since[0] < before.loc[CHANGED, "baseline_count"]
    assert (now.loc[CHANGED, "recent_periods"], before.loc[CHANGED, "recent_periods"]) == (1, 3)
    others = now.index != CHANGED
    assert now[others]["baseline_count"].equals(before[others]["baseline_count"])


# --- school terms ------------------------------------------------------------------------------------------------


TERMS = [f"{year}-{name}" for year, name in product(range(2021, 2025), ("1spring", "2summer", "3autumn"))]
OPEN_DAYS = [60] * (len(TERMS) - 2) + [30, 30]


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Twelve terms of one weapon-in-school report a day in each of two localities; the last two were half as long."""
    village = make_village(tmp_path_factory.mktemp("terms") / "village")
    begins = {"1spring": "01-08", "2summer": "04-15", "3autumn": "09-02"}
    ends = {"1spring": "03-30", "2summer": "07-20", "3autumn": "12-15"}
    terms = ["term_id,name,starts_on,ends_on,school_days"]
    reports = ["report_ref,incident_on,locality,setting_phase,weapon_type"]
    for term, days in zip(TERMS, OPEN_DAYS, strict=True):
        year, name = term.split("-")
        terms.append(f"{term},{term},{year}-{begins[name]},{year}-{ends[name]},{days}")
        for day, locality in product(range(days), ("west", "east")):
            on = (pd.Timestamp(f"{year}-{begins[name]}") + pd.Timedelta(days=day)).date()
            reports.append(f"{term}{day}{locality},{on},{locality},secondary,kitchen_knife")
    village.deliver("terms", "\n".join(terms) + "\n", delivered_on="2025-01-05")
    village.deliver("weapon_in_school_reports", "\n".join(reports) + "\n", covers=("2021-01-01", "2024-12-31"),
                    delivered_on="2025-01-05")  # fmt: skip
    village.incidents("1,2024-12-05,robbery,400500,300500", covers=("2024-12-01", "2024-12-31"), delivered_on="2025-01-05")
    village.build()
    village.publish()
    return village.snapshot()


def test_fewer_open_days_are_no_fall(schools: Snapshot) -> None:
    reports = ("weapon_in_school_reports", "reports")
    listed = schools.directions(*reports, area_level="locality")
    assert list(listed["harm_group"]) == ["all", "all"]
    assert set(listed["through"]) == {TERMS[-1]}
    assert not listed["direction"].isin(DOWN).any()
    assert listed["rate_ratio"].between(0.75, 1.3).all()
    counts = np.vstack([
        schools.series(*reports, area_level="locality", area_id=one,
                       harm_groups=[code for code, _ in schools.measure(*reports).harm_groups])["about"]
        for one in listed["area_id"]
    ])[:, -12:]  # fmt: skip
    assert assess(counts, periods_per_year=3)["rate_ratio"].max() < 0.7, "it would have been, term against term"


def test_the_states_of_a_report_have_no_directions_of_their_own(schools: Snapshot) -> None:
    reports = ("weapon_in_school_reports", "reports")
    assert schools.directions(*reports, area_level="city", harm_groups=["not_assessed"]).empty
    assert schools.city_flag(*reports) is None


def test_a_measure_of_one_month_has_rows_and_no_past(schools: Snapshot) -> None:
    listed = schools.directions(*INCIDENTS, area_level="beat")
    assert len(listed) == 3 * 5
    assert set(listed["direction"]) == {"not_enough_history"}
    assert listed[["p", "q", "rate_ratio", "recent_count"]].isna().all(axis=None)


# --- five significant digits -------------------------------------------------------------------------------------


def test_numbers_keep_five_digits_and_no_numbers_stay_none() -> None:
    given_ = np.array([123456.0, 1.2345678, 0.000123456789, -98765.4, 1e-12, 0.0, 3.0, np.nan, np.inf, -np.inf])
    kept = [123460.0, 1.2346, 0.00012346, -98765.0, 1e-12, 0.0, 3.0]
    found = significant(given_)
    assert found[:7].tolist() == kept
    assert np.isnan(found[7])
    assert found[8:].tolist() == [np.inf, -np.inf]


@settings(max_examples=200, deadline=None)
@given(st.floats(-1e12, 1e12, allow_subnormal=False), st.floats(-1e-10, 1e-10))
def test_a_number_is_never_moved_by_more_than_half_of_its_fifth_digit_and_dust_never_shows(
    value: float, dust: float
) -> None:
    found = significant(np.array([value]))[0]
    if value != 0 and abs(value) > 1e-200:
        assert abs(found - value) <= 0.51 * 10.0 ** (np.floor(np.log10(abs(value))) - 4)
        assert len(f"{found:.12e}".split("e")[0].replace("-", "").replace(".", "").rstrip("0")) <= 5
    again = significant(np.array([found * (1 + dust * 1e-3)]))[0]
    assert again == found
