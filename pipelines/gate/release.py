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

from pipelines.errors import GateError, WarehouseError
from pipelines.gate.carry import carry, keep_released
from pipelines.gate.keys import Keyring
from pipelines.gate.quarantine import accepted_categories, released_texts, screen_texts
from pipelines.gate.rounding import round_cells
from pipelines.gate.vocabularies import read_vocabularies
from pipelines.gate.wholes import released_wholes, whole_of
from pipelines.policy import Policy
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

# Every released table and exactly the columns it may have. Anything else is refused at the gate.
RELEASED = {
    "areas": ["area_id", "area_level", "name", "place_category", "valid_from", "valid_to", "shapeless"],
    "area_members": ["base_area_id", "area_level", "area_id", "weight", "estimated"],
    "touching": ["area_id", "neighbour_id"],
    "counts": ["feed", "measure", "area_level", "area_id", "harm_group", "period", "period_start", "value",
               "withheld_because", "public"],
    "residents": ["area_level", "area_id", "year", "residents", "residents_10_17", "estimated"],
    "outlines": ["area_level", "area_id", "geojson"],
    "deliveries": ["feed", "measure", "grain", "period", "period_start", "open_days", "state", "frozen",
                   "delivered_on", "covers_to", "read_about", "counted_about", "outside_about", "rejected_about",
                   "superseded_about", "unplaced_about"],
    "unplaced": ["feed", "measure", "harm_group", "period", "period_start", "value", "elsewhere"],
    "summaries": ["summary", "feed", "area_level", "area_id", "category", "period", "period_start", "value",
                  "withheld_because"],
    "register_texts": ["feed", "entry_id", "place_id", "column_name", "kind", "text", "withheld_because"],
    "vocabularies": ["vocabulary", "code", "label", "family", "position"],
    "recording_events": ["entry_id", "feed", "area_level", "area_id", "starts_on", "kind"],
    "patterns": ["pattern", "feed", "area_level", "area_id", "harm_group", "period", "period_start", "word"],
    # Worked out from the tables above once they are rounded.
    "directions": ["feed", "measure", "area_level", "area_id", "harm_group", "mode", "through", "up", "p", "rate_ratio",
                   "rate_ratio_low", "rate_ratio_high", "recent_count", "recent_periods", "expected_count", "expected_low",
                   "expected_high", "smallest_visible_ratio", "baseline_count", "strongest_periods", "strongest_count",
                   "strongest_low", "strongest_high", "year_p", "year_up", "year_ratio",
                   "year_ratio_low", "year_ratio_high", "year_smallest_visible_ratio", "year_count", "year_baseline_count"],
}  # fmt: skip
CELL = ["feed", "measure", "area_level", "area_id", "harm_group", "period"]
# Rows that were not counted fall in classes apart from one another, so each is a cell of its own. A faulty or
# corrected row is so whichever measure it is looked at by: it is drawn once for its feed.
NOT_COUNTED = {
    "outside": ["feed", "measure", "period"],
    "rejected": ["feed", "period"], "superseded": ["feed", "period"],
}  # fmt: skip


@dataclass(frozen=True)
class Rounder:
    """The keys counts are rounded with, each period with its own."""

    keyring: Keyring

    def round(self, rows: pd.DataFrame, counts: str, identity: list[str], *, kind: str) -> pd.Series:
        """Round one column of counts by each row's own identity, base by base; a base of 1 releases it exact."""
        rounded = rows[counts].astype("Int64").copy()
        known = rows[rows[counts].notna() & (rows["base"] != 1)]
        keys = {start: self.keyring.for_day(pd.Timestamp(start).date()) for start in known["period_start"].unique()}
        epochs = known["period_start"].map({start: key.epoch for start, key in keys.items()})
        for (base, epoch), mine in known.groupby(["base", epochs]):
            key = self.keyring.keys[int(str(epoch)) - 1]
            parts = zip(*(mine[column].tolist() for column in identity), strict=True)
            names = ["|".join((str(key.epoch), kind, *one)) for one in parts]
            rounded.loc[mine.index] = round_cells(mine[counts].to_numpy(), names, key=key.secret, base=int(str(base)))
        return rounded


def frozen_through(as_at: date, policy: Policy) -> date:
    """Periods that end on or before this day are frozen in a snapshot made on `as_at`."""
    return (pd.Timestamp(as_at) - pd.DateOffset(months=policy.rounding.frozen_after_months)).date()


def write_release(
    settings: Settings, snapshot: duckdb.DuckDBPyConnection, keyring: Keyring, *, frozen_on: date, earlier: Path | None
) -> None:
    """Fill an empty snapshot database with the released tables.

    frozen_on  periods that ended by this day are frozen in this snapshot
    earlier    the snapshot whose past is carried over, null for the first
    """
    rounder, smallest_whole = Rounder(keyring), settings.policy.released.smallest_whole
    private = duckdb.connect(str(settings.warehouse), read_only=True)
    try:
        public = ("areas", "area_members", "touching", "outlines", "residents")
        tables = {name: run_sql(private, f"gate/{name}").df() for name in public}
        tables["vocabularies"] = read_vocabularies(settings)
        tables["recording_events"] = run_sql(private, "gate/private_recording_events").df()
        tables["counts"] = run_sql(private, "gate/private_counts").df()
        tables["counts"]["value"] = rounder.round(tables["counts"], "x", CELL, kind="cell")
        tables["unplaced"] = _unplaced(private, rounder)
        tables["deliveries"] = _deliveries(private, rounder, tables["counts"], tables["unplaced"], frozen_on)
        if earlier:
            tables = carry(tables, earlier)
        wholes = released_wholes(tables["counts"], tables["area_members"])
        summaries = _summaries(private, rounder, wholes, frozen_on, smallest_whole)
        tables["summaries"] = summaries[accepted_categories(private, settings, summaries)]
        patterns = run_sql(private, "gate/private_patterns").df()
        tables["register_texts"] = released_texts(screen_texts(private, settings, keyring))
        tables["patterns"] = patterns[whole_of(patterns, wholes) >= smallest_whole][RELEASED["patterns"]]
    finally:
        private.close()
    for name in ("summaries", "patterns"):
        tables[name] = keep_released(name, tables[name], earlier) if earlier else tables[name]
    tables["patterns"] = _of_known_areas(tables["patterns"], tables["areas"])
    for name, rows in tables.items():
        _create(snapshot, name, rows)


def _of_known_areas(rows: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The rows of areas in force: what was said of a beat nobody draws any more is left out."""
    of_area = ["area_level", "area_id"]
    return rows[pd.MultiIndex.from_frame(rows[of_area]).isin(pd.MultiIndex.from_frame(areas[of_area]))]


def _summaries(
    private: duckdb.DuckDBPyConnection, rounder: Rounder, wholes: pd.DataFrame, frozen_on: date, smallest_whole: int
) -> pd.DataFrame:  # fmt: skip
    """Counts of closed periods, coarser than the lattice; those of too few released records are withheld."""
    rows = run_sql(private, "gate/private_summaries", frozen_on=frozen_on).df()
    rows["value"] = rounder.round(rows, "x", ["summary", "area_id", "category", "period"], kind="summary")
    few = (whole_of(rows, wholes) < smallest_whole) & (rows["summary"] != "demographics")
    rows["value"] = rows["value"].mask(few)
    rows["withheld_because"] = few.map({True: "to_protect_people", False: None})
    return rows[RELEASED["summaries"]]


def _unplaced(private: duckdb.DuckDBPyConnection, rounder: Rounder) -> pd.DataFrame:
    """Rows without a place, and rows beyond the boundaries, by harm group and period, each a cell of its own."""
    rows = run_sql(private, "gate/private_unplaced").df()
    identity = ["feed", "measure", "harm_group", "period"]
    rows["value"] = rounder.round(rows, "x", identity, kind="tally-unplaced")
    rows["elsewhere"] = rounder.round(rows, "elsewhere_x", identity, kind="tally-elsewhere")
    return rows


def _deliveries(
    private: duckdb.DuckDBPyConnection, rounder: Rounder, counts: pd.DataFrame, unplaced: pd.DataFrame, frozen_on: date
) -> pd.DataFrame:  # fmt: skip
    """How fresh and complete each feed is. States are exact; what was counted is the sum of the released counts, what
    was not is rounded like any count, and what was read is the sum of these: no total is a draw of its own."""
    rows = run_sql(private, "gate/delivery_tallies", frozen_on=frozen_on).df()
    of_period = ["feed", "measure", "period"]
    sums_of = ((counts, "value", "counted_about"), (unplaced, "value", "unplaced_about"),
               (unplaced, "elsewhere", "elsewhere_about"), (unplaced, "elsewhere_x", "elsewhere_x"))  # fmt: skip
    for released, column, name in sums_of:
        sums = released.groupby(of_period)[column].sum().rename(name).reset_index()
        rows = rows.merge(sums, on=of_period, how="left").fillna({name: 0})
    # Beyond the boundaries is told by kind; what is left of it is of kinds nobody maps, a cell of its own.
    rows["outside"] = (rows["outside"] - rows["elsewhere_x"]).astype("int64")
    rows["read_about"] = rows["counted_about"] + rows["unplaced_about"]
    for tally, identity in NOT_COUNTED.items():
        # Measure by measure, because two measures of one feed may share a cell: the same draw, made for each.
        kind = f"tally-{tally}"
        drawn = [rounder.round(mine, tally, identity, kind=kind) for _, mine in rows.groupby(["feed", "measure"])]
        rows[f"{tally}_about"] = pd.concat(drawn)
        rows["read_about"] += rows[f"{tally}_about"]
    rows["outside_about"] += rows["elsewhere_about"]
    rows["read_about"] += rows["elsewhere_about"]
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
    """What a warehouse was built from: as_at, hashes of policy, partnership and every delivery, measures, groups.

    Raises WarehouseError when it cannot be opened or is of another version.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as private:
            build = {str(key): value for key, value in run_sql(private, "gate/build_facts").df().iloc[0].items()}
            measures = json.loads(run_sql(private, "gate/measures").df().to_json(orient="records"))
            inputs = json.loads(run_sql(private, "gate/inputs").df().to_json(orient="records"))
    except duckdb.Error:
        raise WarehouseError(f"{warehouse.name}: is damaged or of another version: run `safer-places build` again") from None
    return {**build, "measures": measures, "inputs": inputs}
