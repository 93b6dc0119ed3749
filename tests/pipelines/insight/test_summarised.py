"""Summaries and surroundings as each audience may have them, read from a published town."""

from pathlib import Path

import pandas as pd
import pytest

from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, Snapshot, open_snapshot


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


@pytest.fixture(scope="module")
def north(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("meeting", "north"))


@pytest.fixture(scope="module")
def board(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("board"))


def test_every_quarter_says_what_became_of_interviews_and_the_one_with_a_missing_month_says_why(town: Snapshot) -> None:
    found = town.return_home_interviews()
    assert not found.duplicated(["area_level", "area_id", "category", "period"]).any()
    assert set(found.loc[found["about"].isna(), "period"]) == {"2024-Q2"}
    newest = found[found["period"] == found["period"].max()]
    assert newest.groupby("area_id")["share"].sum().round(6).eq(1).all()


def test_the_board_has_summaries_to_the_nearest_five_and_shares_made_from_those(board: Snapshot) -> None:
    interviews, repeats = board.return_home_interviews(), board.repeat_episodes()
    assert "low" not in interviews
    assert (interviews["about"].dropna() % 5 == 0).all()
    newest = repeats[(repeats["period"] == repeats["period"].max()) & (repeats["area_level"] == "locality")]
    small = newest[newest["category"] == "three_or_more"]
    assert small["under"].eq(10).all()
    assert newest["share"].isna().all()  # a share would tell the figure that is held back
    one = interviews[(interviews["period"] == interviews["period"].max()) & (interviews["area_level"] == "city")]
    assert one["share"].tolist() == (one["about"] / one["about"].sum()).tolist()


def test_a_school_year_of_reports_is_the_sum_of_its_terms(town: Snapshot) -> None:
    years = town.pathway_by_year()
    assert years.groupby("period")["share"].sum().round(6).eq(1).all()
    newest = years[years["period"] == years["period"].max()]
    start = int(newest["period"].iloc[0][:4])
    terms = [f"{start}-autumn", f"{start + 1}-spring", f"{start + 1}-summer"]
    states = [code for code, _ in town.measure("weapon_in_school_reports", "reports").harm_groups]
    counted = town.map_counts(
        "weapon_in_school_reports", "reports", area_level="city", harm_groups=states, periods=terms
    )  # fmt: skip
    assert newest["about"].sum() == counted["about"].iloc[0]


def test_phases_are_of_the_city_and_a_closed_year_alone(town: Snapshot) -> None:
    found = town.school_phases()
    assert set(found["area_level"]) == {"city"}
    assert not found.duplicated(["category", "period"]).any()


def test_a_meeting_learns_nothing_of_a_place_in_another_locality(north: Snapshot) -> None:
    for question in (north.patterns, north.sharing_ground):
        with pytest.raises(NotForThisAudience):
            question(area_level="beat", area_id="S07")
    with pytest.raises(NotForThisAudience):
        north.recording_changes("incidents", "incidents", area_level="beat", area_id="S07")
    theirs = set(north.areas("beat")["area_id"]) | set(north.areas("place_of_concern")["area_id"])
    for place in north.areas("place_of_concern")["area_id"]:
        found = north.sharing_ground(area_level="place_of_concern", area_id=place)
        fine = found[found["area_level"].isin(["beat", "place_of_concern"])]
        assert set(fine["area_id"]) <= theirs


def test_the_board_learns_nothing_of_single_places(board: Snapshot) -> None:
    for question in (board.patterns, board.sharing_ground):
        with pytest.raises(NotForThisAudience):
            question(area_level="beat", area_id="N03")


def test_a_place_shares_ground_with_the_beats_it_lies_in_and_they_with_it(town: Snapshot) -> None:
    beats = town.sharing_ground(area_level="place_of_concern", area_id="P06")
    beats = beats[beats["area_level"] == "beat"]
    assert len(beats) >= 1
    for beat in beats["area_id"]:
        assert "P06" in set(town.sharing_ground(area_level="beat", area_id=beat)["area_id"])


def test_a_change_in_recording_reaches_its_own_place_and_one_of_the_city_reaches_all(town: Snapshot) -> None:
    asked = {
        area: town.recording_changes("incidents", "incidents", area_level="beat", area_id=area) for area in ("S07", "N01")
    }  # fmt: skip
    assert asked["S07"]["everywhere"].tolist() == [True, False]
    assert asked["N01"]["everywhere"].tolist() == [True]
    assert asked["S07"]["starts_on"].is_monotonic_increasing


def test_words_about_records_name_their_quarter(town: Snapshot) -> None:
    found = town.patterns(area_level="beat", area_id="E01")
    assert not found.duplicated(["pattern", "harm_group"]).any()
    assert found["label"].str.contains(" to ").all()
    assert isinstance(found, pd.DataFrame)
