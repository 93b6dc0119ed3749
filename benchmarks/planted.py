"""Count towns of many seeds and compare every cell and every tally with what was planted.

python -m benchmarks.planted --seeds 10
"""

import argparse
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.figures import write_figures
from pipelines.demo import write_demo
from pipelines.intake.warehouse import build
from pipelines.settings import Settings

CELL = ["area_id", "harm_group", "period"]


@dataclass
class Compared:
    """How many cells and tallies were compared, and where the two differ."""

    cells_compared: int = 0
    tallies_compared: int = 0
    differences: list[str] = field(default_factory=list)


def compare(data_dir: Path) -> Compared:
    """Compare a built demo town with its planted truth: every cell of incidents, and every delivery's tallies."""
    planted = json.loads((data_dir / "truth" / "planted.json").read_text())
    truth = pd.read_parquet(data_dir / "truth" / "counts.parquet")
    with duckdb.connect(str(data_dir / "warehouse" / "warehouse.duckdb"), read_only=True) as warehouse:
        found = Compared()
        _compare_cells(warehouse, truth, found)
        _compare_tallies(warehouse, planted, found)
    return found


def _compare_cells(warehouse: duckdb.DuckDBPyConnection, truth: pd.DataFrame, found: Compared) -> None:
    """Beat by harm group by month, records (before the cap), for records whose dates lie inside one month."""
    counted = warehouse.execute(
        "SELECT base_areas.beat_id, measure_groups.harm_group, periods.period AS month, count(*) AS counted "
        "FROM kept_fates AS fates "
        "JOIN measures ON measures.position = fates.measure_no "
        "JOIN measure_groups ON measure_groups.feed = measures.feed AND measure_groups.measure = measures.measure "
        "AND measure_groups.group_no = fates.group_no "
        "JOIN periods USING (period_no) JOIN base_areas USING (area_no) JOIN incidents ON incidents.rowid = fates.row_no "
        "WHERE measures.feed = 'incidents' AND fate = 'counted/' "
        "AND date_trunc('month', occurred_from) = date_trunc('month', coalesce(occurred_to, occurred_from)) GROUP BY ALL"
    ).df()
    planted = truth[truth["single_month"]].groupby(["beat_id", "harm_group", "month"], as_index=False)["records"].sum()
    both = counted.merge(planted, how="outer", on=["beat_id", "harm_group", "month"]).fillna({"counted": 0, "records": 0})
    found.cells_compared = len(both)
    wrong = both[both["counted"] != both["records"]]
    found.differences += [
        f"{one.beat_id} {one.harm_group} {one.month}: {one.counted} not {one.records}" for one in wrong.itertuples()
    ]
    total, expected = counted_in_all(warehouse), int(truth["records"].sum())
    if total != expected:
        found.differences.append(f"{total} incidents counted in all, {expected} planted")


def counted_in_all(warehouse: duckdb.DuckDBPyConnection) -> int:
    """Incidents counted, exact."""
    row = warehouse.execute("SELECT sum(row_count) FROM tallies WHERE feed = 'incidents' AND fate = 'counted'").fetchone()
    return int(row[0]) if row else 0


def _compare_tallies(warehouse: duckdb.DuckDBPyConnection, planted: dict, found: Compared) -> None:
    tallies = warehouse.execute(
        "SELECT deliveries.name, fate, reason, located_by, sum(row_count) AS row_count FROM tallies "
        "JOIN deliveries USING (delivery_no) "
        "LEFT JOIN measures ON measures.feed = tallies.feed AND measures.measure = tallies.measure "
        "WHERE coalesce(is_first, true) GROUP BY ALL"
    ).df()
    for sent in planted["deliveries"]:
        mine = tallies[tallies["name"] == f"{sent['feed']}/{sent['file']}"]
        for fate, expected in _expected(sent, planted).items():
            counted = sum(int(row.row_count) for row in mine.itertuples() if _is(fate, row))
            found.tallies_compared += 1
            if counted != expected:
                found.differences.append(f"{sent['file']}: {fate}: {counted} not {expected}")


def _expected(sent: dict, planted: dict) -> dict[str, int]:
    """What the truth says of one delivery, in the words of the tallies."""
    expected = {"rejected": sum(sent.get("rejected", {}).values())}
    names = {
        "counted": "counted", "superseded": "superseded", "unplaced": "unplaced", "outside": "outside/not_in_any_area",
        "out_of_scope": "outside/harm_out_of_scope", "radicalisation": "outside/harm_not_mapped",
    }  # fmt: skip
    return expected | {words: sent[name] for name, words in names.items() if name in sent}


def _is(fate: str, row) -> bool:  # type: ignore[no-untyped-def]
    kind, _, reason = fate.partition("/")
    # History begins inside a school term, which is then not covered whole: planted as counted, and rightly refused.
    if row.reason.startswith("month_not_covered"):
        return kind == "counted"
    return row.fate == kind and (not reason or row.reason == reason)


def main() -> None:
    """Run as many seeds as asked and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--months", type=int, default=48)
    chosen = parser.parse_args()
    cells = tallies = 0
    differences: list[str] = []
    for seed in range(1, chosen.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), seed=seed, months=chosen.months)
            build(Settings(Path(folder)), keep_fates=True)
            found = compare(Path(folder))
        cells, tallies = cells + found.cells_compared, tallies + found.tallies_compared
        differences += [f"seed {seed}: {one}" for one in found.differences]
    write_figures("planted", {"seeds": chosen.seeds, "cells": cells, "tallies": tallies, "differences": len(differences)})
    if differences:
        raise SystemExit("\n".join(differences[:20]))


if __name__ == "__main__":
    main()
