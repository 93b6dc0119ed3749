"""What leaves: the private counts rounded once, and the public tables beside them.

A period is frozen some months after it ends (policy). A frozen period's released values are carried from the
snapshot that released them, unchanged, into every later one: nothing about the past is ever rounded twice.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.errors import GateError
from pipelines.gate.rounding import round_cells
from pipelines.policy import Policy
from pipelines.sqlfiles import run_sql

# Every released table and exactly the columns it may have. Anything else is refused at the gate.
RELEASED = {
    "areas": ["area_id", "area_level", "name", "place_category", "valid_from", "valid_to", "shapeless"],
    "area_members": ["base_area_id", "area_level", "area_id", "weight", "estimated"],
    "counts": ["feed", "measure", "area_level", "area_id", "harm_group", "period", "period_start", "value",
               "withheld_because", "public"],
    "residents": ["area_level", "area_id", "year", "residents", "residents_10_17", "estimated"],
    "outlines": ["area_level", "area_id", "geojson"],
    "deliveries": ["feed", "measure", "grain", "period", "period_start", "state", "frozen", "delivered_on",
                   "covers_to", "read_about", "counted_about", "outside_about", "rejected_about",
                   "superseded_about", "unplaced_about"],
}  # fmt: skip
TALLIES = ("read", "counted", "outside", "rejected", "superseded", "unplaced")
CELL = ["feed", "measure", "area_level", "area_id", "harm_group", "period"]


@dataclass(frozen=True)
class Rounder:
    """The key and epoch counts are rounded with."""

    key: bytes
    epoch: str

    def round(self, rows: pd.DataFrame, counts: str, identity: list[str], *, kind: str) -> pd.Series:
        """Round one column of counts by each row's own identity, base by base; a base of 1 releases it exact."""
        rounded = rows[counts].astype("Int64").copy()
        for base, mine in rows.groupby("base"):
            if base == 1:
                continue
            known = mine[mine[counts].notna()]
            names = ["|".join([self.epoch, kind, *map(str, one)]) for one in known[identity].itertuples(index=False)]
            rounded.loc[known.index] = round_cells(known[counts].to_numpy(), names, key=self.key, base=int(str(base)))
        return rounded


def frozen_through(as_at: date, policy: Policy) -> date:
    """Periods that end on or before this day are frozen in a snapshot made on `as_at`."""
    return (pd.Timestamp(as_at) - pd.DateOffset(months=policy.rounding.frozen_after_months)).date()


def write_release(
    warehouse: Path, snapshot: duckdb.DuckDBPyConnection, rounder: Rounder, *, frozen_on: date, earlier: Path | None
) -> None:
    """Fill an empty snapshot database with the released tables.

    frozen_on  periods that ended by this day are frozen in this snapshot
    earlier    the snapshot whose frozen periods are carried over, null for the first
    """
    private = duckdb.connect(str(warehouse), read_only=True)
    try:
        counts = run_sql(private, "gate/private_counts").df()
        counts["value"] = rounder.round(counts, "x", CELL, kind="cell")
        deliveries = _deliveries(private, rounder, frozen_on)
        if earlier:
            counts, deliveries = _carry_frozen(counts, deliveries, earlier)
        _create(snapshot, "counts", counts)
        _create(snapshot, "deliveries", deliveries)
        for table in ("areas", "area_members", "outlines", "residents"):
            _create(snapshot, table, run_sql(private, f"gate/{table}").df())
    finally:
        private.close()


def _carry_frozen(counts: pd.DataFrame, deliveries: pd.DataFrame, earlier: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put what an earlier snapshot released for its frozen periods in place of what was counted now."""
    with duckdb.connect(str(earlier), read_only=True) as released:
        kept_counts = run_sql(released, "gate/frozen_counts").df()
        kept_deliveries = run_sql(released, "gate/frozen_deliveries").df()
    return _in_place_of(counts, kept_counts), _in_place_of(deliveries, kept_deliveries)


def _in_place_of(fresh: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    period = ["feed", "measure", "period"]
    frozen = pd.MultiIndex.from_frame(kept[period])
    moving = fresh[~pd.MultiIndex.from_frame(fresh[period]).isin(frozen)]
    return pd.concat([moving[kept.columns], kept], ignore_index=True) if len(kept) else fresh


def _deliveries(private: duckdb.DuckDBPyConnection, rounder: Rounder, frozen_on: date) -> pd.DataFrame:
    """How fresh and complete each feed is: states are exact, tallies rounded like any count."""
    rows = run_sql(private, "gate/delivery_tallies", frozen_on=frozen_on).df()
    for tally in TALLIES:
        rows[f"{tally}_about"] = rounder.round(rows, tally, ["feed", "measure", "period"], kind=f"tally-{tally}")
    return rows


def _create(snapshot: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    """Write one released table: only its listed columns, in a fixed order."""
    lacking = set(RELEASED[table]) - set(rows.columns)
    if lacking:
        raise GateError(f"{table}: lacks {', '.join(sorted(lacking))}; nothing was released")
    snapshot.register("given_rows", rows[RELEASED[table]])
    run_sql(snapshot, f"gate/create_{table}")
    snapshot.unregister("given_rows")


def facts(warehouse: Path) -> dict[str, Any]:
    """What a warehouse was built from: as_at, hashes of policy, partnership and every delivery, measures, groups."""
    with duckdb.connect(str(warehouse), read_only=True) as private:
        build = {str(key): value for key, value in run_sql(private, "gate/build_facts").df().iloc[0].items()}
        measures = json.loads(run_sql(private, "gate/measures").df().to_json(orient="records"))
        inputs = json.loads(run_sql(private, "gate/inputs").df().to_json(orient="records"))
    return {**build, "measures": measures, "inputs": inputs}
