"""Snapshots: the same in gives the same out, nothing is overwritten, the past is rounded once."""

import hashlib
import json
import os
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from villages import Village, make_village

from pipelines.errors import GateError, KeyFault, NoSnapshot, SnapshotFault, WarehouseError
from pipelines.gate.release import RELEASED
from pipelines.gate.snapshot import current_id, list_snapshots, make_current, read_manifest
from pipelines.gate.verify import verify
from pipelines.policy import SNAPSHOT_FORMAT
from pipelines.settings import SHIPPED

B01 = "400500,300500"


def month(village: Village, number: int, rows: int, *, delivered_on: str, name: str | None = None) -> None:
    """Deliver one whole month of 2024 with some incidents in B01."""
    last = pd.Period(f"2024-{number:02}").days_in_month
    batch = (name or "first").removesuffix(".csv")
    text = [f"m{number}-{row}-{batch},2024-{number:02}-{1 + row % 28:02},knife_crime,{B01}" for row in range(rows)]
    covers = (f"2024-{number:02}-01", f"2024-{number:02}-{last}")
    village.incidents(*text, name=name or f"month-{number}.csv", covers=covers, delivered_on=delivered_on)


def released(village: Village, snapshot_id: str) -> pd.DataFrame:
    with duckdb.connect(str(village.settings.snapshots / f"{snapshot_id}.duckdb"), read_only=True) as snapshot:
        return snapshot.execute("SELECT * FROM counts ORDER BY ALL").df()


def publish_as_at(village: Village, *day: int) -> str:
    village.build(as_at=date(*day))
    return village.publish().id


@pytest.fixture(scope="module")
def one_month(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> tuple[Village, str]:
    """A village with January published as at 5 February 2024, and the snapshot's id. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("one") / "village")
    month(village, 1, 5, delivered_on="2024-02-05")
    return village, publish_as_at(village, 2024, 2, 5)


@pytest.fixture(scope="module")
def two_months(one_month: tuple[Village, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Village, str, str]:
    """The same village when February is published after January, and the ids of both snapshots. Not to be changed."""
    village = one_month[0].copied(tmp_path_factory.mktemp("two") / "village")
    month(village, 2, 9, delivered_on="2024-03-05")
    return village, one_month[1], publish_as_at(village, 2024, 3, 5)


@pytest.fixture
def january(one_month: tuple[Village, str], tmp_path: Path) -> tuple[Village, str]:
    """A copy of the village with January published, to change, and the snapshot's id."""
    village, first = one_month
    return village.copied(tmp_path / "january"), first


@pytest.fixture
def february(two_months: tuple[Village, str, str], tmp_path: Path) -> tuple[Village, str, str]:
    """A copy of the village with January and then February published, to change, and the snapshots' ids."""
    village, first, second = two_months
    return village.copied(tmp_path / "february"), first, second


def test_publishing_twice_changes_nothing(village: Village) -> None:
    month(village, 1, 5, delivered_on="2024-02-05")
    village.build()
    first = village.publish()
    village.build()
    second = village.publish()
    assert second.id == first.id
    assert (first.was_new, second.was_new) == (True, False)
    assert first.manifest["tables"] == second.manifest["tables"]


def test_the_same_deliveries_and_key_give_the_same_tables_anywhere(one_month: tuple[Village, str], village: Village) -> None:
    elsewhere, name = one_month
    month(village, 1, 5, delivered_on="2024-02-05")
    village.build()
    assert village.publish().manifest == read_manifest(elsewhere.settings, name)


def test_only_the_listed_tables_and_columns_leave(january: tuple[Village, str]) -> None:
    village, name = january
    with duckdb.connect(str(village.settings.snapshots / f"{name}.duckdb"), read_only=True) as snapshot:
        found = snapshot.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    assert {table: {c for t, c in found if t == table} for table, _ in found} == {t: set(c) for t, c in RELEASED.items()}


def test_every_partnership_count_is_a_multiple_of_the_base_and_no_more_than_a_base_from_the_truth(larkhaven: Path) -> None:
    name = (larkhaven / "snapshots" / "current").read_text().strip()
    with duckdb.connect(str(larkhaven / "warehouse" / "warehouse.duckdb"), read_only=True) as database:
        database.execute(f"ATTACH '{larkhaven / 'snapshots' / name}.duckdb' AS released (READ_ONLY)")
        wrong = database.execute(
            "SELECT count(*) FROM cells JOIN measures USING (feed, measure) "
            "JOIN released.counts AS counts USING (feed, measure, area_id, harm_group, period) "
            "WHERE counts.value % base <> 0 OR abs(counts.value - cells.x) >= base "
            "OR (cells.x IS NULL) <> (counts.value IS NULL)"
        ).fetchone()
        rows = database.execute("SELECT (SELECT count(*) FROM cells), (SELECT count(*) FROM released.counts)").fetchone()
    assert wrong == (0,)
    assert rows is not None
    assert rows[0] == rows[1] > 10_000


def test_a_frozen_month_keeps_its_released_counts_whatever_arrives_later(village: Village) -> None:
    month(village, 1, 40, delivered_on="2024-02-05")
    for number in (2, 3, 4):
        month(village, number, 10, delivered_on=f"2024-{number + 1:02}-05")
    before = released(village, publish_as_at(village, 2024, 5, 5))
    month(village, 1, 25, delivered_on="2024-05-20", name="late.csv")
    after = released(village, publish_as_at(village, 2024, 5, 20))
    january = [rows[rows["period"] == "2024-01"]["value"].tolist() for rows in (before, after)]
    assert january[0] == january[1]


def test_a_month_not_yet_frozen_follows_late_records(january: tuple[Village, str]) -> None:
    village, first = january
    before = released(village, first)
    month(village, 1, 25, delivered_on="2024-02-12", name="late.csv")
    after = released(village, publish_as_at(village, 2024, 2, 12))
    assert after["value"].sum() > before["value"].sum()


def test_a_frozen_month_survives_a_rollback_and_another_publish(january: tuple[Village, str]) -> None:
    village, first = january
    month(village, 4, 10, delivered_on="2024-05-05")
    second = publish_as_at(village, 2024, 5, 5)
    make_current(village.settings, first)
    month(village, 1, 25, delivered_on="2024-05-20", name="late.csv")
    third = publish_as_at(village, 2024, 5, 20)
    told = [
        rows[rows["period"] == "2024-01"]["value"].tolist() for rows in map(lambda s: released(village, s), (second, third))
    ]
    assert told[0] == told[1]


def test_rolling_back_shows_the_earlier_snapshot_again(february: tuple[Village, str, str]) -> None:
    village, first, second = february
    assert village.snapshot().id == second
    make_current(village.settings, first)
    assert village.snapshot().id == first
    assert list_snapshots(village.settings) == sorted([first, second])


def test_using_a_snapshot_that_was_changed_is_refused(february: tuple[Village, str, str]) -> None:
    village, first, second = february
    with duckdb.connect(str(village.settings.snapshots / f"{first}.duckdb")) as snapshot:
        snapshot.execute("UPDATE counts SET value = value + 3 WHERE value IS NOT NULL")
    with pytest.raises(SnapshotFault, match="not what was released"):
        make_current(village.settings, first)
    assert current_id(village.settings) == second


def test_a_damaged_snapshot_file_is_refused(january: tuple[Village, str]) -> None:
    village, name = january
    (village.settings.snapshots / f"{name}.duckdb").write_bytes(b"not a database")
    with pytest.raises(SnapshotFault, match="cannot be opened"):
        make_current(village.settings, name)
    with pytest.raises(SnapshotFault, match="cannot be read"):
        village.snapshot()


def test_a_damaged_manifest_is_refused(january: tuple[Village, str]) -> None:
    village, name = january
    (village.settings.snapshots / f"{name}.json").write_text("{")
    with pytest.raises(SnapshotFault, match="damaged"):
        read_manifest(village.settings, name)


def test_there_is_no_snapshot_by_another_name(village: Village) -> None:
    for name in ("2024-01_2024-02-05_00000000", "../warehouse/warehouse"):
        with pytest.raises(NoSnapshot):
            make_current(village.settings, name)
    with pytest.raises(NoSnapshot, match="nothing has been published"):
        village.snapshot()


def test_publishing_before_building_says_so(village: Village) -> None:
    with pytest.raises(WarehouseError, match="build"):
        village.publish()


def test_a_changed_key_stops_a_publish_and_leaves_the_current_snapshot(
    january: tuple[Village, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, first = january
    (tmp_path / "other.key").write_text("cd" * 32)
    monkeypatch.setitem(os.environ, "SAFER_PLACES_KEY_FILE", str(tmp_path / "other.key"))
    with pytest.raises(KeyFault):
        village.publish()
    assert current_id(village.settings) == first


BREAKS = {
    "UPDATE counts SET value = value + 1 WHERE value IS NOT NULL": "multiple of their base",
    "INSERT INTO counts SELECT * FROM counts WHERE period = '2024-01'": "stand twice",
    "DELETE FROM area_members WHERE base_area_id = 'B01'": "count towards no area",
    "UPDATE area_members SET weight = 0.5 WHERE base_area_id = 'B01'": "do not sum to 1",
    "UPDATE counts SET value = NULL, withheld_because = 'not_collected' WHERE area_id = 'B01'": "some areas have a count",
    "ALTER TABLE counts ADD COLUMN child_ref VARCHAR": "columns of counts",
    "CREATE TABLE incidents (record_ref VARCHAR)": "columns of incidents",
    "UPDATE counts SET public = true": "multiple of their base",
}


@pytest.mark.parametrize(("harm", "says"), BREAKS.items())
def test_verification_catches_every_broken_promise(january: tuple[Village, str], harm: str, says: str) -> None:
    village, name = january
    file = village.settings.snapshots / f"{name}.duckdb"
    measures = json.loads(file.with_suffix(".json").read_text())["measures"]
    verify(file, measures)
    with duckdb.connect(str(file)) as snapshot:
        snapshot.execute(harm)
    with pytest.raises(GateError, match=says):
        verify(file, measures)


def test_a_blank_always_has_a_reason_and_a_count_never_does(january: tuple[Village, str]) -> None:
    village, name = january
    with duckdb.connect(str(village.settings.snapshots / f"{name}.duckdb")) as snapshot:
        for harm in ("SET value = NULL", "SET withheld_because = 'not_collected'", "SET value = -3"):
            with pytest.raises(duckdb.ConstraintException):
                snapshot.execute(f"UPDATE counts {harm} WHERE value IS NOT NULL")


def test_a_month_only_partly_delivered_is_never_frozen(village: Village) -> None:
    village.incidents(f"r1,2024-03-02,knife_crime,{B01}", covers=("2024-02-01", "2024-03-15"), delivered_on="2024-03-16")
    first = publish_as_at(village, 2024, 6, 20)
    late = [f"late-{n},2024-03-20,knife_crime,{B01}" for n in range(60)]
    village.incidents(*late, name="late.csv", covers=("2024-03-16", "2024-03-31"), delivered_on="2024-06-21")
    second = publish_as_at(village, 2024, 6, 21)
    march = [
        rows[rows["period"] == "2024-03"]["value"].sum() for rows in (released(village, first), released(village, second))
    ]
    assert march[0] <= 3
    assert 59 <= march[1] <= 63


def test_a_month_awaited_when_others_froze_is_filled_when_it_comes(village: Village) -> None:
    month(village, 5, 9, delivered_on="2024-06-05")
    publish_as_at(village, 2024, 8, 31)
    month(village, 6, 12, delivered_on="2024-09-05")
    second = publish_as_at(village, 2024, 9, 5)
    june = released(village, second).query("period == '2024-06'")
    assert june["withheld_because"].isna().all()
    assert 10 <= june["value"].sum() <= 14


def test_the_first_release_of_a_frozen_month_stands_through_three_publishes_of_one_day(village: Village) -> None:
    month(village, 1, 9, delivered_on="2024-02-05")
    publish_as_at(village, 2024, 6, 30)
    month(village, 2, 30, delivered_on="2024-03-05")
    second = released(village, publish_as_at(village, 2024, 6, 30))
    month(village, 2, 60, delivered_on="2024-03-06", name="late.csv")
    third = released(village, publish_as_at(village, 2024, 6, 30))
    february = [rows[rows["period"] == "2024-02"]["value"].tolist() for rows in (second, third)]
    assert february[0] == february[1]


def own_policy(village: Village, old: str, new: str) -> None:
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
    assert old in text
    (village.data_dir / "policy.toml").write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('code = "knives_and_weapons"', 'code = "knives"', "harm groups"),
        ("base = 3 ", "base = 5 ", "rounding base"),
    ],
)
def test_released_months_are_never_drawn_again_by_other_rules(
    january: tuple[Village, str], old: str, new: str, says: str
) -> None:
    village, first = january
    own_policy(village, old, new)
    with pytest.raises(GateError, match="build` again"):
        village.publish()
    village.build()
    with pytest.raises(GateError, match=says):
        village.publish()
    assert current_id(village.settings) == first


def test_the_past_is_not_carried_from_a_file_that_was_changed(village: Village) -> None:
    month(village, 1, 5, delivered_on="2024-02-05")
    first = publish_as_at(village, 2024, 6, 5)
    with duckdb.connect(str(village.settings.snapshots / f"{first}.duckdb")) as snapshot:
        snapshot.execute("UPDATE counts SET value = 300 WHERE value > 0")
    month(village, 2, 9, delivered_on="2024-06-06")
    village.build()
    with pytest.raises(SnapshotFault, match="not what was released"):
        village.publish()


@pytest.mark.parametrize("said", ["{}", "[1]", "null", '{"id": "x", "sequence": "first"}'])
def test_a_manifest_that_says_too_little_stops_a_publish_with_one_message(january: tuple[Village, str], said: str) -> None:
    village, first = january
    (village.settings.snapshots / f"{first}.json").write_text(said)
    with pytest.raises(SnapshotFault, match="is damaged"):
        village.publish()


def test_a_snapshot_taken_away_beside_its_manifest_is_said(january: tuple[Village, str]) -> None:
    village, first = january
    (village.settings.snapshots / f"{first}.duckdb").unlink()
    with pytest.raises(SnapshotFault, match="cannot be opened"):
        village.publish()


def test_a_current_file_that_is_no_text_names_no_snapshot(january: tuple[Village, str]) -> None:
    village, _ = january
    (village.settings.snapshots / "current").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NoSnapshot):
        village.snapshot()


def test_a_damaged_warehouse_stops_a_publish_with_one_message(village: Village) -> None:
    month(village, 1, 5, delivered_on="2024-02-05")
    village.build()
    village.settings.warehouse.write_bytes(b"not a database" * 1000)
    with pytest.raises(WarehouseError, match="is damaged"):
        village.publish()


def of_another_version(village: Village, newest: str) -> None:
    """Give the newest snapshot the manifest an earlier version would have written."""
    manifest = read_manifest(village.settings, newest)
    folder = village.settings.snapshots
    content = {key: value for key, value in manifest.items() if key not in ("id", "sequence", "format")}
    name = manifest["id"][:-8] + hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    for kind in ("duckdb", "json"):
        os.replace(folder / f"{manifest['id']}.{kind}", folder / f"{name}.{kind}")
    (folder / f"{name}.json").write_text(json.dumps({**content, "id": name, "sequence": 1}), encoding="utf-8")
    (folder / "current").write_text(name, encoding="utf-8")


def test_a_snapshot_of_another_version_is_neither_shown_nor_carried_on(january: tuple[Village, str]) -> None:
    village, newest = january
    of_another_version(village, newest)
    with pytest.raises(SnapshotFault, match="another version of this program: build and publish again"):
        village.snapshot()
    with pytest.raises(GateError, match="cannot be carried on by this one"):
        village.publish()
    assert len(list_snapshots(village.settings)) == 1


def test_the_format_is_raised_whenever_a_released_table_changes_its_columns() -> None:
    columns = json.dumps({table: sorted(names) for table, names in RELEASED.items()}, sort_keys=True)
    assert (SNAPSHOT_FORMAT, hashlib.sha256(columns.encode()).hexdigest()[:12]) == (3, "4c43eaf1a054")
