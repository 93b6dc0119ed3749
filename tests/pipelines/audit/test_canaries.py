"""A canary in every private column: none may be anywhere in a released file, and one that is must be found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from villages import Village, make_village

from pipelines.audit.canaries import look_for_private_values
from pipelines.settings import Settings

GOAL = "Sasha feels unsafe on the path by the old mill after dark"
HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m,child_ref"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Village:
    village = make_village(tmp_path_factory.mktemp("canaries") / "village")
    village.incidents(
        "incident-000417,2024-01-10,knife_crime,400512.25,300518.75,child-00042",
        "incident-000418,2024-01-11,robbery,400500,300500,child-00043", header=HEADER,
    )  # fmt: skip
    school = "setting_urn,phase,beat_code,open_from\n100417,primary,B01,2001-09-01\n"
    village.deliver("settings", school, delivered_on="2024-01-02")
    village.deliver("safety_goals", f"goal_ref,place_id,goal\ngoal-000001,B01,{GOAL}\n", delivered_on="2024-01-02")
    village.build()
    village.publish()
    return village


def child_key(village: Village) -> int:
    return int(village.ask("SELECT max(child_ref) AS key FROM incidents")["key"].iloc[0])


LEAKS: dict[str, tuple[Callable[[int], str], str]] = {
    "a reference in a name": (lambda key: "UPDATE areas SET name = 'Beat (incident-000417)'", "record_ref"),
    "a child's key as a number": (lambda key: f"ALTER TABLE counts ADD COLUMN k UBIGINT DEFAULT {key}", "child_ref"),
    "a child's key as text": (lambda key: f"UPDATE areas SET name = '{key}'", "child_ref"),
    "a point in a map": (lambda key: "UPDATE outlines SET geojson = '[[400512.25,300518.75],[1,2]]'", "easting_m"),
    "a school's number": (lambda key: "UPDATE areas SET name = 'School 100417' WHERE area_id = 'B01'", "setting_urn"),
    "a text nobody screened": (lambda key: f"UPDATE areas SET name = 'Mill: {GOAL}.' WHERE area_id = 'B01'", "goal"),
}


def test_nothing_private_is_in_a_released_file(released: Village) -> None:
    told = look_for_private_values(released.settings, _id(released))
    assert told.searched >= 8
    assert told.found == {}


@pytest.mark.parametrize(("leak", "column"), LEAKS.values(), ids=LEAKS)
def test_every_kind_of_private_value_is_found_where_it_leaks(
    released: Village, tmp_path: Path, leak: Callable[[int], str], column: str
) -> None:
    key = child_key(released)
    copy = tmp_path / "village"
    shutil.copytree(released.data_dir, copy)
    with duckdb.connect(str(copy / "snapshots" / f"{_id(released)}.duckdb")) as snapshot:
        snapshot.execute(leak(key))
    found = look_for_private_values(Settings(copy), _id(released)).found
    assert [name.split(".")[1] for name in found] == [column]


def test_a_screened_text_may_leave(released: Village, tmp_path: Path) -> None:
    copy = tmp_path / "village"
    shutil.copytree(released.data_dir, copy)
    with duckdb.connect(str(copy / "snapshots" / f"{_id(released)}.duckdb")) as snapshot:
        snapshot.execute(LEAKS["a text nobody screened"][0](0))
    assert look_for_private_values(Settings(copy), _id(released), allowed=frozenset({GOAL})).found == {}


def test_a_private_value_in_the_manifest_is_found(released: Village, tmp_path: Path) -> None:
    copy = tmp_path / "village"
    shutil.copytree(released.data_dir, copy)
    manifest = copy / "snapshots" / f"{_id(released)}.json"
    manifest.write_text(manifest.read_text().replace('"town"', '"incident-000418": 1, "town"'))
    assert list(look_for_private_values(Settings(copy), _id(released)).found) == ["incidents.record_ref"]


def _id(village: Village) -> str:
    return (village.data_dir / "snapshots" / "current").read_text().strip()
