"""A weapon-in-school report counts with the schools around it, never with one school alone."""

import json
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from villages import Village, beat, boundary_file, square

from pipelines.insight.queries import Audience, open_snapshot

SETTINGS = "setting_urn,phase,easting_m,northing_m,open_from\n"
REPORTS = "report_ref,incident_on,setting_urn,locality,setting_phase,weapon_type,eim_assessed_on,school_outcome\n"


@pytest.fixture
def district(village: Village) -> Village:
    """Six beats of one locality side by side, A to F, with 2, 1, 0, 3, 1 and 2 schools; another locality with two."""
    beats = [beat(name, "west", square(400_000 + 1000 * at, 300_000)) for at, name in enumerate("ABCDEF")]
    beats.append(beat("G", "east", square(406_000, 300_000)))
    (village.settings.boundaries / "beats.geojson").write_text(json.dumps(boundary_file(beats)))
    rows = []
    for at, count in enumerate((2, 1, 0, 3, 1, 2, 2)):
        rows += [f"{100 * at + n},secondary,{400_100 + 1000 * at + 50 * n},300500,2001-09-01" for n in range(count)]
    village.deliver("settings", SETTINGS + "\n".join(rows) + "\n", delivered_on="2024-01-02")
    return village


def report(village: Village, *rows: str, delivered_on: str = "2025-01-05", name: str = "delivery.csv") -> None:
    village.deliver("weapon_in_school_reports", REPORTS + "\n".join(rows) + "\n", name=name,
                    covers=("2024-01-01", "2024-12-31"), delivered_on=delivered_on)  # fmt: skip


def released(village: Village) -> pd.DataFrame:
    with duckdb.connect(str(village.settings.snapshots / f"{village.publish().id}.duckdb"), read_only=True) as snapshot:
        return snapshot.execute(
            "SELECT counts.*, members.area_level AS towards, members.area_id AS towards_id FROM counts "
            "JOIN area_members AS members ON members.base_area_id = counts.area_id"
        ).df()


def test_every_cluster_holds_three_schools_and_the_number_of_no_school_is_a_cell(district: Village) -> None:
    report(district, *[f"w{n},2024-02-05,{urn},,secondary,kitchen_knife,," for n, urn in enumerate((0, 100, 300, 400, 501))])
    district.build()
    clusters = district.ask("SELECT area_id, name FROM areas WHERE area_level = 'cluster' ORDER BY name")
    assert list(clusters["name"]) == [
        "Schools of Beat A, Beat B, Beat C", "Schools of Beat D", "Schools of Beat E, Beat F", "Schools of Beat G",
    ]  # fmt: skip
    found = {area: x for (area, group, period), x in district.cells("weapon_in_school_reports").items()}
    assert sorted(found.values()) == [1, 2, 2]
    assert set(found) == set(clusters["area_id"]) - {"east"}


def test_a_locality_with_schools_for_one_cluster_only_is_that_cluster(district: Village) -> None:
    report(district, "w1,2024-02-05,600,,secondary,kitchen_knife,,")
    district.build()
    assert district.cells("weapon_in_school_reports") == {("east", "not_assessed", "2024-spring"): 1}


def test_a_report_that_names_no_school_we_know_counts_in_its_locality_apart(district: Village) -> None:
    report(district, "w1,2024-02-05,,west,secondary,kitchen_knife,,", "w2,2024-02-05,999999,west,secondary,kitchen_knife,,")
    district.build()
    assert district.cells("weapon_in_school_reports") == {("west", "not_assessed", "2024-spring"): 2}


def test_clusters_and_localities_are_told_apart_and_add_up_to_the_city(district: Village) -> None:
    rows = [
        f"w{n},2024-02-0{1 + n % 9},{urn},west,secondary,kitchen_knife,,"
        for n, urn in enumerate([0, 100, 300, 301, 999] * 8)
    ]
    report(district, *rows)
    district.build()
    found = released(district).query("feed == 'weapon_in_school_reports' and value > 0")
    assert (found["value"] % 5 == 0).all()
    of_level = found.groupby("towards")["value"].sum()
    assert of_level["city"] == of_level["locality"]
    assert 0 < of_level["cluster"] < of_level["city"]
    assert abs(of_level["city"] - 40) < 15


def test_clusters_are_a_level_of_the_map_with_each_lone_locality_whole(district: Village) -> None:
    rows = [f"w{n},2024-02-0{1 + n % 9},{urn},,secondary,kitchen_knife,," for n, urn in enumerate([0, 300, 600] * 20)]
    report(district, *rows)
    district.build()
    district.publish()
    snapshot = district.snapshot()
    measure = snapshot.measure("weapon_in_school_reports", "reports")
    assert measure.levels == ("cluster", "locality", "city")
    found = snapshot.map_counts(
        measure.feed, measure.measure, area_level="cluster", harm_groups=[code for code, _ in measure.harm_groups],
        periods=["2024-spring"],
    ).set_index("name")["about"]  # fmt: skip
    assert list(found.index) == [
        "Schools of Beat A, Beat B, Beat C", "Schools of Beat D", "Schools of Beat E, Beat F", "Schools of Beat G",
    ]  # fmt: skip
    assert abs(found - [20, 20, 0, 20]).max() < 5
    assert {one["id"] for one in snapshot.outlines("cluster")["features"]} == set(snapshot.areas("cluster")["area_id"])
    own = district.snapshot(Audience("meeting", "east"))
    assert list(own.areas("cluster")["name"]) == ["Schools of Beat G"]


def test_a_town_without_clusters_has_no_such_level(larkhaven: Path) -> None:
    snapshot = open_snapshot(larkhaven, Audience("manager"))
    assert snapshot.measure("weapon_in_school_reports", "reports").levels == ("locality", "city")


def test_how_far_a_report_has_come_is_one_state_apart_from_the_others(district: Village) -> None:
    report(
        district,
        "w1,2024-02-05,0,,secondary,kitchen_knife,,awaiting",
        "w2,2024-02-05,0,,secondary,kitchen_knife,2024-02-09,kept_place",
        "w3,2024-02-05,0,,secondary,kitchen_knife,2024-02-09,suspension",
        "w4,2024-02-05,0,,secondary,kitchen_knife,2024-02-09,",
    )
    district.build()
    found = {group: x for (_, group, _), x in district.cells("weapon_in_school_reports").items()}
    assert found == {"not_assessed": 1, "assessed_place_kept": 1, "assessed_other_or_awaiting": 2}


def test_a_school_that_opened_later_is_of_no_earlier_cluster(district: Village) -> None:
    opened = SETTINGS + "\n".join(f"90{n},secondary,4022{n}0,300500,2024-09-01" for n in range(3)) + "\n"
    district.deliver("settings", opened, name="new.csv", delivered_on="2024-01-03")
    report(district, "w1,2024-02-05,0,,secondary,kitchen_knife,,")
    district.build(as_at=date(2025, 1, 5))
    assert "Schools of Beat C" not in set(district.ask("SELECT name FROM areas")["name"])
