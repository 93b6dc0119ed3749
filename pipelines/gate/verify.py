"""The last look before release: re-open the snapshot and hold it to every promise of the gate."""

import hashlib
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import GateError
from pipelines.gate.release import RELEASED
from pipelines.sqlfiles import run_sql

PROMISES = {
    "not_multiples": "released counts that are not a multiple of their base",
    "odd_summaries": "summaries that are not a multiple of their base",
    "odd_events": "changes in recording that stand twice, or of a feed nothing is told of",
    "doubled_cells": "cells that stand twice",
    "orphan_cells": "cells that count towards no area (put back the boundaries frozen months were counted on)",
    "unknown_places": "rows that name a place which is no area",
    "uneven_grid": "periods in which some areas have a count and others have none",
    "short_weights": "base areas whose weights do not sum to 1",
}


def verify(file: Path, measures: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """Each released table's rows and content hash, and what was withheld and why.

    Raises GateError naming every promise that does not hold, in counts only.
    """
    with duckdb.connect(str(file), read_only=True) as snapshot:
        broken = _wrong_columns(snapshot)
        if not broken:
            bases = {f"{column}s": [one[column] for one in measures] for column in ("feed", "measure", "base")}
            broken = [f"{count} {what}" for name, what in PROMISES.items() if (count := _count(snapshot, name, bases))]
        if broken:
            raise GateError("nothing was released: " + "; ".join(broken))
        return describe_tables(snapshot), dict(run_sql(snapshot, "gate/withheld").fetchall())


def describe_tables(snapshot: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Rows and SHA-256 of every released table's content, sorted so that the order of writing does not matter."""
    described = {}
    for table, columns in sorted(RELEASED.items()):
        rows = snapshot.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY ALL").fetchall()
        described[table] = {"rows": len(rows), "sha256": hashlib.sha256(repr(rows).encode()).hexdigest()}
    return described


def _wrong_columns(snapshot: duckdb.DuckDBPyConnection) -> list[str]:
    """Tables or columns beyond the ones that may leave."""
    found: dict[str, set[str]] = {}
    for table, column in run_sql(snapshot, "gate/columns").fetchall():
        found.setdefault(table, set()).add(column)
    wanted = {table: set(columns) for table, columns in RELEASED.items()}
    return [f"the columns of {table} are not the listed ones" for table in sorted(found.keys() | wanted.keys())
            if found.get(table) != wanted.get(table)]  # fmt: skip


def _count(snapshot: duckdb.DuckDBPyConnection, promise: str, bases: dict[str, list[Any]]) -> int:
    wanted = {"not_multiples": ("feeds", "measures", "bases"), "odd_summaries": ("feeds", "bases"),
              "odd_events": ("feeds",)}.get(promise, ())  # fmt: skip
    parameters = {name: bases[name] for name in wanted}
    row = run_sql(snapshot, f"gate/{promise}", **parameters).fetchone()
    return int(row[0]) if row else 0
