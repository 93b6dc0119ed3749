"""The private warehouse: one writer, all or nothing, and the same every time."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from filelock import FileLock
from villages import Village

from pipelines.errors import ContractError, HarmError, PlacesError, WarehouseError
from pipelines.intake.warehouse import Report, build, require_whole, sole_writer
from pipelines.settings import Settings

ROWS = tuple(f"r{n},2024-01-{1 + n % 28:02},knife_crime,{400_000 + 37 * n % 3000},300500" for n in range(60))


def tables(village: Village) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(village.settings.warehouse), read_only=True) as warehouse:
        names = [row[0] for row in warehouse.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        return {name: warehouse.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in names}


def test_only_one_build_or_publish_may_write_at_a_time(village: Village) -> None:
    village.incidents(*ROWS)
    with sole_writer(village.settings), pytest.raises(WarehouseError, match="is running; wait for it to end") as wrong:
        village.build()
    assert wrong.value.exit_code == 6
    village.build()


def test_a_lock_held_by_another_program_is_respected_and_a_left_over_one_is_not_in_the_way(village: Village) -> None:
    village.incidents(*ROWS)
    lock = village.settings.warehouse.parent / ".lock"
    lock.parent.mkdir()
    with FileLock(lock), pytest.raises(WarehouseError):
        village.build()
    lock.touch()
    village.build()


def test_building_again_gives_equal_tables(village: Village) -> None:
    village.incidents(*ROWS)
    village.deliver("meetings", "locality,met_on\nwest,2024-01-10\n", delivered_on="2024-01-11")
    village.build()
    first = tables(village)
    village.build()
    assert tables(village) == first
    assert {"cells", "tallies", "lattice", "known_meetings"} <= set(first)


def test_nothing_is_left_beside_the_warehouse(village: Village) -> None:
    village.incidents(*ROWS[:5], name="windows.csv")
    village.deliver("incidents", "record_ref,occurred_from,harm_type,beat_code\nq1,2024-01-10,robbery,B1\n".encode("utf-16"),
                    name="wide.csv", covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-05")  # fmt: skip
    village.build()
    assert {path.name for path in village.settings.warehouse.parent.iterdir()} == {"warehouse.duckdb", ".lock"}


def test_a_refused_delivery_leaves_the_warehouse_byte_for_byte(village: Village) -> None:
    village.incidents(*ROWS)
    village.build()
    before = village.settings.warehouse.read_bytes()
    village.incidents("r1,2024-02-10,Canary", header="record_ref,occurred_from,surname", name="bad.csv")
    with pytest.raises(ContractError):
        village.build()
    assert village.settings.warehouse.read_bytes() == before
    assert {path.name for path in village.settings.warehouse.parent.iterdir()} == {"warehouse.duckdb", ".lock"}


class Stopped(Exception):
    """As if the power went."""


@pytest.mark.parametrize("stage", ["Reading deliveries", "Placing records", "Counting"])
def test_a_build_stopped_at_any_stage_leaves_the_warehouse_as_it_was(village: Village, stage: str) -> None:
    village.incidents(*ROWS)
    village.build()
    before = village.settings.warehouse.read_bytes()

    def stop(name: str, share: float) -> None:
        if name == stage:
            raise Stopped

    stopper: Report = stop
    with pytest.raises(Stopped):
        build(village.settings, report=stopper)
    assert village.settings.warehouse.read_bytes() == before
    assert not (village.settings.warehouse.parent / ".building").exists()


def test_what_a_killed_build_left_is_cleared_away(village: Village) -> None:
    left = village.settings.warehouse.parent / ".building"
    left.mkdir(parents=True)
    (left / "warehouse.duckdb").write_bytes(b"half")
    village.incidents(*ROWS)
    village.build()
    assert not left.exists()


def test_rows_that_do_not_add_up_are_a_fault_of_the_program(village: Village) -> None:
    village.incidents(*ROWS)
    village.build()
    with duckdb.connect(str(village.settings.warehouse)) as warehouse:
        require_whole(warehouse)
        warehouse.execute("UPDATE tallies SET row_count = row_count - 1")
        with pytest.raises(
            WarehouseError, match=r"incidents \(incidents\): 60 read, 5\d accounted for. Nothing was changed"
        ):
            require_whole(warehouse)


def test_the_log_of_a_build_has_one_row_for_each_kind_of_fate(village: Village) -> None:
    village.incidents(*ROWS, "bad,2024-01-10,nothing,1,1")
    village.build()
    log = village.ask("SELECT feed, measure, delivery_no, source, period, located_by, fate, reason FROM tallies")
    assert not log.duplicated().any()
    deliveries = village.ask("SELECT name, rows_read, broken_rows FROM deliveries")
    assert deliveries.values.tolist() == [["incidents/delivery.csv", 61, 0]]


def test_no_row_of_a_refused_file_is_in_any_message(village: Village) -> None:
    village.incidents(*(f"Canary{n},2024-01-10,Canary,400500,300500" for n in range(30)))
    with pytest.raises(HarmError) as wrong:
        village.build()
    assert "Canary" not in str(wrong.value)


def test_cells_stand_once_for_each_area_group_and_month(village: Village, tmp_path: Path) -> None:
    village.incidents(*ROWS)
    village.build()
    cells: pd.DataFrame = village.ask("SELECT feed, measure, area_level, area_id, harm_group, period FROM cells")
    assert not cells.duplicated().any()
    either = village.ask("SELECT count(*) AS n FROM cells WHERE (x IS NULL) = (withheld_because IS NULL)")
    assert either["n"].item() == 0


def test_a_memory_limit_that_is_none_is_a_clear_error(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.intake.warehouse.MEMORY_LIMIT", "plenty")
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    with pytest.raises(WarehouseError, match="SAFER_PLACES_MEMORY_LIMIT"):
        village.build()


def test_a_data_directory_that_is_a_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WarehouseError, match="check --data-dir"):
        build(Settings(tmp_path / "file"))


def test_a_backdrop_never_marks_a_single_spot(village: Village) -> None:
    context = village.data_dir / "context"
    context.mkdir()
    point = '{"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [-1.99, 52.6]}}'
    (context / "homes.geojson").write_text(f'{{"type": "FeatureCollection", "features": [{point}]}}')
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    with pytest.raises(PlacesError, match="no single spot"):
        village.build()


def test_a_delivery_dated_long_after_every_other_is_taken_for_a_slip_unless_the_day_is_given(village: Village) -> None:
    village.incidents("r0,2024-01-05,robbery,400500,300500", name="nought.csv", delivered_on="2024-02-02")
    village.incidents("r1,2024-01-05,robbery,400500,300500", name="one.csv")
    village.incidents("r2,2024-02-05,robbery,400500,300500", name="two.csv", covers=("2024-02-01", "2024-02-29"),
                      delivered_on="2025-03-05")  # fmt: skip
    with pytest.raises(ContractError, match=r"2025-03-05, long after every other \(the next on 2024-02-05\)"):
        village.build()
    assert village.build(as_at=date(2025, 3, 5)).as_at == date(2025, 3, 5)
