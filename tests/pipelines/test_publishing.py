"""Publish: rounded by the gate, directions worked out of what was rounded, verified and made current, or nothing at all."""

import inspect
import os
from collections.abc import Callable
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from villages import Village, make_village

from pipelines import publishing
from pipelines.gate import snapshot as gate
from pipelines.gate.snapshot import Published, check_unchanged, read_manifest
from pipelines.insight.directions import derive
from pipelines.insight.queries import current_snapshot_id

MONTHS = [f"{one:%Y-%m}" for one in pd.period_range("2022-07", "2024-12", freq="M")]


def lived_in(data_dir: Path) -> Village:
    """A village of thirty months: six robberies a month in each of two beats, and eighteen in the last three in one."""
    village = make_village(data_dir)
    rows = []
    for month, (beat, east) in product(MONTHS, (("B01", 400_500), ("B02", 401_500))):
        count = 18 if beat == "B01" and month >= "2024-10" else 6
        rows += [f"{beat}{month}{n},{month}-{1 + n:02},robbery,{east},300500" for n in range(count)]
    village.incidents(*rows, covers=("2022-07-01", "2024-12-31"), delivered_on="2025-01-05")
    village.build()
    return village


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Village:
    return lived_in(tmp_path_factory.mktemp("publishing") / "village")


@pytest.fixture(scope="module")
def said() -> list[tuple[str, float]]:
    """What the first publish reported, in order."""
    return []


@pytest.fixture(scope="module")
def first(built: Village, said: list[tuple[str, float]]) -> Published:
    """The village's first snapshot."""
    return publishing.publish(built.settings, report=lambda stage, share: said.append((stage, share)))


def directions(village: Village) -> pd.DataFrame:
    name = current_snapshot_id(village.data_dir)
    with duckdb.connect(str(village.settings.snapshots / f"{name}.duckdb"), read_only=True) as file:
        return file.execute("SELECT * FROM directions ORDER BY ALL").df()


def test_a_published_snapshot_tells_directions_of_what_the_gate_rounded(built: Village, first: Published) -> None:
    assert first.was_new
    found = directions(built)
    assert set(found["area_level"]) == {"beat", "locality", "city"}
    listed = built.snapshot().directions("incidents", "incidents", area_level="beat", harm_groups=["violence_and_fear"])
    assert listed.set_index("area_id")["direction"].to_dict() == {
        "B01": "rising", "B02": "no_clear_change", "B03": "too_few_to_say",
    }  # fmt: skip


def test_publishing_again_changes_nothing(built: Village, first: Published) -> None:
    before, file = directions(built), built.settings.snapshots / f"{first.id}.duckdb"
    written = file.stat().st_mtime_ns
    second = built.publish()
    assert (second.id, second.was_new) == (first.id, False)
    assert file.stat().st_mtime_ns == written
    pd.testing.assert_frame_equal(directions(built), before)
    assert len(list(built.settings.snapshots.glob("*.duckdb"))) == 1


def test_the_same_deliveries_and_key_give_the_same_directions_anywhere(first: Published, tmp_path: Path) -> None:
    here, there = first, lived_in(tmp_path / "elsewhere").publish()
    assert there.was_new
    assert there.id == here.id
    assert there.manifest["tables"]["directions"] == here.manifest["tables"]["directions"]
    assert here.manifest["tables"]["directions"]["rows"] > 0


def test_directions_are_part_of_what_a_snapshot_is_held_to(built: Village, first: Published, tmp_path: Path) -> None:
    name, copy = first.id, make_village(tmp_path / "copy")
    copy.settings.snapshots.mkdir(parents=True)
    for end in ("duckdb", "json"):
        (copy.settings.snapshots / f"{name}.{end}").write_bytes((built.settings.snapshots / f"{name}.{end}").read_bytes())
    check_unchanged(copy.settings, read_manifest(copy.settings, name))
    with duckdb.connect(str(copy.settings.snapshots / f"{name}.duckdb")) as file:
        file.execute("UPDATE directions SET p = 0.5 WHERE area_id = 'B01' AND mode = 'own_history' AND p IS NOT NULL")
    with pytest.raises(gate.SnapshotFault, match="not what was released"):
        check_unchanged(copy.settings, read_manifest(copy.settings, name))


def test_directions_are_worked_out_where_no_warehouse_is_open(built: Village) -> None:
    seen: list[Any] = []

    def look(connection: duckdb.DuckDBPyConnection, measures: list[dict[str, Any]], as_at: date) -> None:
        seen.extend(connection.execute("SELECT path FROM duckdb_databases() WHERE path IS NOT NULL").fetchall())
        seen.append(as_at)
        derive(connection, measures, as_at)

    gate.publish(built.settings, derive=look)
    assert len(seen) == 2
    assert Path(seen[0][0]).parent == built.settings.snapshots
    assert seen[1] == date(2025, 1, 5)
    assert list(inspect.signature(derive).parameters) == ["connection", "measures", "as_at"]


Fail = Callable[[duckdb.DuckDBPyConnection, list[dict[str, Any]], date], None]


def stopped(connection: duckdb.DuckDBPyConnection, measures: list[dict[str, Any]], as_at: date) -> None:
    derive(connection, measures, as_at)
    raise RuntimeError("stopped in the midst")


def without_any(connection: duckdb.DuckDBPyConnection, measures: list[dict[str, Any]], as_at: date) -> None:
    """Writes no directions at all."""


def with_more(connection: duckdb.DuckDBPyConnection, measures: list[dict[str, Any]], as_at: date) -> None:
    derive(connection, measures, as_at)
    connection.execute("ALTER TABLE directions ADD COLUMN true_count INTEGER")


@pytest.mark.parametrize(
    ("fail", "error"), [(stopped, RuntimeError), (without_any, gate.GateError), (with_more, gate.GateError)]
)
def test_a_publish_that_fails_at_directions_leaves_the_snapshot_of_before(
    built: Village, first: Published, fail: Fail, error: type[Exception]
) -> None:
    with pytest.raises(error):
        gate.publish(built.settings, derive=fail)
    assert current_snapshot_id(built.data_dir) == first.id
    assert sorted(os.listdir(built.settings.snapshots)) == sorted([f"{first.id}.duckdb", f"{first.id}.json", "current"])


@pytest.mark.usefixtures("first")
def test_a_publish_says_how_far_it_is(said: list[tuple[str, float]]) -> None:
    assert [stage for stage, _ in said] == ["Rounding and writing", "Working out directions", "Verifying", "Verifying"]
    assert [share for _, share in said] == sorted(share for _, share in said)
    assert said[-1][1] == 1
