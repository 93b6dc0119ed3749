"""Give every record with a point the base area it was in, on the boundaries in force in its month."""

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from geo.crs import project_points
from geo.grid import EXACT, OUTSIDE
from pipelines.intake.places import Places
from pipelines.intake.values import type_of_words
from pipelines.sqlfiles import run_sql, sql_text

BATCH_ROWS = 1_000_000
DISAGREE = 4
FURTHEST_APART_M = 100.0
LOCATED_BY = ["code", "disagree", "edge", "inside", "nowhere", "snapped", "unsure"]


def write_grid(connection: duckdb.DuckDBPyConnection, places: Places) -> None:
    """Write `editions` and `grid`: for most points a look-up in SQL is enough (see geo.grid).

    editions  grain: one row per span of months counted on the same base areas
    grid      grain: one row per edition and cell that is not wholly outside; area_no -1 = only an exact test can tell
    """
    rows = []
    run_sql(connection, "intake/create_grid")
    for number, edition in enumerate(places.editions):
        lookup = edition.lookup
        rows.append((number, edition.first_period, edition.last_period, lookup.origin_easting_m,
                     lookup.origin_northing_m, lookup.cell_m))  # fmt: skip
        cell_row, cell_column = np.nonzero(lookup.codes != OUTSIDE)
        codes = lookup.codes[cell_row, cell_column]
        area_no = np.where(codes == EXACT, -1, edition.area_nos[np.maximum(codes, 0)])
        cell_no = number * 10**14 + cell_row * 10**7 + cell_column
        _register(connection, "add_grid", pa.table({"cell_no": cell_no, "area_no": area_no}))
    names = ["edition_no", "first_period", "last_period", "origin_easting_m", "origin_northing_m", "cell_m"]
    _register(connection, "add_editions", pa.Table.from_pandas(pd.DataFrame(rows, columns=names)))


def _register(connection: duckdb.DuckDBPyConnection, question: str, rows: pa.Table) -> None:
    connection.register("batch", rows)
    run_sql(connection, f"intake/{question}")
    connection.unregister("batch")


def make_fate_types(connection: duckdb.DuckDBPyConnection) -> None:
    """Make types of what can become of a row, and of how its place is known.

    A column for millions of rows is written and compared in a fraction of the time when each word is one of a list. No
    vocabulary's type can have these names: all of theirs begin with `code_`.
    """
    fates = [word for (word,) in run_sql(connection, "intake/fate_words").fetchall()]
    connection.execute(type_of_words("row_fate", fates))
    connection.execute(type_of_words("row_located_by", LOCATED_BY))


def unsure_points(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The points whose place the grid alone cannot tell: grain, one row per record near a boundary or given in degrees."""
    return connection.sql(sql_text("intake/points")).to_arrow_table().combine_chunks()


def locate_points(points: pa.Table, places: Places, *, crs: str) -> pa.Table:
    """Where each of the `unsure_points` was, and how that is known. Asks no database, so that one can work meanwhile.

    grain: one row per point (settled_no, its row in `settled`); area_no is null where the point is in no area; how is 0
    nowhere, 1 inside, 2 edge, 3 snapped or 4 disagree (two points in one row further apart than FURTHEST_APART_M).
    """
    batches = [_place_batch(batch, places, crs) for batch in points.to_batches(max_chunksize=BATCH_ROWS)]
    none = pa.schema([("settled_no", pa.int64()), ("area_no", pa.int32()), ("how", pa.uint8())]).empty_table()
    return pa.concat_tables(batches) if batches else none


def write_placed(connection: duckdb.DuckDBPyConnection, located: pa.Table) -> None:
    """Write `placed`, in words, from what `locate_points` found."""
    _register(connection, "placed", located)


def _place_batch(batch: pa.RecordBatch, places: Places, crs: str) -> pa.Table:
    """One batch of points, located edition by edition."""
    easting_m, northing_m, apart = _metres(batch, crs)
    edition_no = _numbers(batch, "edition_no")
    area_no = np.full(len(easting_m), -1, dtype=np.int32)
    how = np.zeros(len(easting_m), dtype=np.uint8)
    for number in np.unique(edition_no):
        mine = edition_no == number
        area_no[mine], how[mine] = places.locate(easting_m[mine], northing_m[mine], places.editions[number])
    how = np.where(apart, DISAGREE, how).astype(np.uint8)
    area = pa.array(area_no, mask=(area_no < 0) | apart)
    return pa.table({"settled_no": batch.column("settled_no"), "area_no": area, "how": how})


def _metres(batch: pa.RecordBatch, crs: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eastings and northings of a batch, degrees projected; and which rows name two places too far apart."""
    easting_m, northing_m = _numbers(batch, "easting_m"), _numbers(batch, "northing_m")
    lon, lat = _numbers(batch, "lon"), _numbers(batch, "lat")
    apart = np.zeros(len(lon), dtype=bool)
    in_degrees = np.flatnonzero(~np.isnan(lon))
    if not len(in_degrees):
        return easting_m, northing_m, apart
    x, y = project_points(lon[in_degrees], lat[in_degrees], crs)
    away_m = np.hypot(easting_m[in_degrees] - x, northing_m[in_degrees] - y)
    apart[in_degrees] = away_m > FURTHEST_APART_M
    unknown = in_degrees[np.isnan(easting_m[in_degrees])]
    easting_m, northing_m = easting_m.copy(), northing_m.copy()
    picked = np.isnan(away_m)
    easting_m[unknown], northing_m[unknown] = x[picked], y[picked]
    return easting_m, northing_m, apart


def _numbers(batch: pa.RecordBatch, column: str) -> np.ndarray:
    return batch.column(column).to_numpy(zero_copy_only=False)
