"""Exact weekly counts of every place and kind of harm, from the warehouse as it was built."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.errors import WarehouseError
from pipelines.intake.assign import locate_points, unsure_points, write_placed
from pipelines.intake.due import built_as_at
from pipelines.intake.places import make_places, read_versions
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

KEY = ["kind", "area_level", "area_id"]
FOUND_AT, ALL_TYPES = "found_at", "all_types"


@dataclass(frozen=True)
class Weeks:
    """Weekly counts, and what the last four weeks of them are made of. Exact: for the private side only.

    rows     one row per kind of harm and place: kind, area_level, area_id, name, and of the last four weeks records,
             dated, days (how many different ones), proactive, known
    counts   [rows, weeks], the newest week last; NaN where a week was not delivered whole, is destroyed, or is from before
             the place was drawn as it is
    shared   one row per two rows that share records of the last four weeks: numbers of both rows, how many
    ends_on  the last day of the newest week, by measure; a measure nothing was delivered of is missing
    groups   the harm group of each harm type
    """

    rows: pd.DataFrame
    counts: NDArray[np.float64]
    shared: pd.DataFrame
    ends_on: dict[str, date]
    groups: dict[str, str]


def read_weeks(warehouse: duckdb.DuckDBPyConnection, settings: Settings, as_at: date | None) -> Weeks:
    """Count every week up to `as_at` (default: the day the warehouse is made for) or the last day delivered before it.

    Raises WarehouseError when the warehouse does not reach that day, or is not what its boundaries and settings make.
    """
    made_for = built_as_at(warehouse)
    if as_at and as_at > made_for:
        raise WarehouseError(f"the warehouse is made for {made_for}, and knows of no later day: run `safer-places build`")
    _count_again(warehouse, settings)
    run_sql(warehouse, "watch/create_weeks", as_at=as_at or made_for)
    run_sql(warehouse, "watch/create_watched", cap_per_child=settings.policy.counting.cap_per_child)
    told = run_sql(warehouse, "watch/weeks_told").df()
    redrawn = run_sql(warehouse, "watch/redrawn_weeks").df()
    counted = run_sql(warehouse, "watch/weekly_places").df()
    groups = dict(run_sql(warehouse, "watch/kinds").fetchall())
    rows = _rows(warehouse, counted, groups)
    return Weeks(
        rows=rows, counts=_counts(rows, counted, told, redrawn), shared=_shared(warehouse, rows), groups=groups,
        ends_on={measure: pd.Timestamp(day).date() for measure, day in zip(told["measure"], told["ends_on"], strict=True)},
    )  # fmt: skip


def _count_again(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Say of every row what became of it, as the build did: a warehouse keeps rows and counts, not what joins them."""
    [(policy, partnership, months, base_areas, counted)] = run_sql(warehouse, "watch/made_with").fetchall()
    changed = "changed since the build: run `safer-places build` first"
    if (policy, partnership) != (settings.policy.sha256, settings.partnership.sha256):
        raise WarehouseError(f"policy.toml or partnership.toml {changed}")
    versions = read_versions(settings, settings.partnership)
    places = make_places(versions, months, snap_tolerance_m=settings.policy.places.snap_tolerance_m, point_count=0)
    if list(places.base_areas["area_id"]) != base_areas:
        raise WarehouseError(f"boundaries/ {changed}")
    run_sql(warehouse, "intake/settled")
    write_placed(warehouse, locate_points(unsure_points(warehouse), places, crs=settings.partnership.city.crs))
    run_sql(warehouse, "intake/near_fates")
    run_sql(warehouse, "intake/fates")
    if run_sql(warehouse, "watch/recounted").fetchall() != [(counted or 0,)]:
        raise WarehouseError(f"boundaries/ {changed}")


def _rows(warehouse: duckdb.DuckDBPyConnection, counted: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    """Every place in force by every kind that was ever counted anywhere: a place without it has zeros."""
    places = run_sql(warehouse, "watch/places").df()
    found = set(counted["kind"])
    kinds = [one for one in (*groups, ALL_TYPES, FOUND_AT) if one in found]
    rows = pd.DataFrame({"kind": kinds}, dtype=object).merge(places, how="cross")
    recent = run_sql(warehouse, "watch/recent_places").df()
    numbers = ["records", "dated", "days", "proactive", "known"]
    rows = rows.merge(recent, on=KEY, how="left")
    return rows.assign(**{name: rows[name].fillna(0).astype(int) for name in numbers})


def _counts(
    rows: pd.DataFrame, counted: pd.DataFrame, told: pd.DataFrame, redrawn: pd.DataFrame
) -> NDArray[np.float64]:  # fmt: skip
    """[rows, weeks]: zero in a week that was told of and counted nothing, NaN in one that was not."""
    length = int(told["week_no"].max()) + 1 if len(told) else 0
    counts = np.full((len(rows), length), np.nan)
    is_found = (rows["kind"] == FOUND_AT).to_numpy()
    for measure, weeks in told.groupby("measure"):
        mine = is_found if measure == FOUND_AT else ~is_found
        counts[np.ix_(mine, length - 1 - weeks["week_no"].to_numpy())] = 0.0
    counts[_numbers(rows, counted[KEY]), length - 1 - counted["week_no"].to_numpy()] = counted["x"].to_numpy()
    measures = np.where(is_found, FOUND_AT, "incidents")
    places = rows[["area_level", "area_id"]].assign(measure=measures, row=np.arange(len(rows)))
    unknown = redrawn.merge(places, on=["measure", "area_level", "area_id"])
    counts[unknown["row"], length - 1 - unknown["week_no"]] = np.nan
    return counts


def _numbers(rows: pd.DataFrame, keys: pd.DataFrame) -> NDArray[np.int64]:
    """Which row each key is of."""
    return pd.MultiIndex.from_frame(rows[KEY]).get_indexer(pd.MultiIndex.from_frame(keys.set_axis(KEY, axis=1)))


def _shared(warehouse: duckdb.DuckDBPyConnection, rows: pd.DataFrame) -> pd.DataFrame:
    found = run_sql(warehouse, "watch/shared_records").df()
    other = found[["other_kind", "other_level", "other_id"]]
    return pd.DataFrame({
        "row": _numbers(rows, found[KEY]), "other": _numbers(rows, other), "shared": found["shared"],
    })  # fmt: skip
