"""How fast points become counts by area, type and month, against two peers on the same points.

    python benchmarks/locate_points.py --rows 5000000

Ours is timed twice: from arrays, as geopandas is, and from a DuckDB table, as the DuckDB spatial extension
is. Every timing goes from points to counts and includes building the grid, the index or the point objects;
none includes making the town or loading the table. All answers must be the same, count for count.

The spatial extension comes from PyPI for an older DuckDB than ours, so it runs in an environment of its own,
made once in the temporary folder. Where that cannot be made the result says so and the target counts as not
met.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.environments import peer_environment
from geo.grid import GridLookup
from geo.locate import grid_lookup, locate_arrays

TYPES, MONTHS = 4, 48
TARGET_TIMES_FASTER = 6
REPEATS = 3
PEER_PACKAGES = ("duckdb==1.5.5", "duckdb-extensions", "duckdb-extension-spatial==1.5.5")

# Runs in the peer's own environment, which has DuckDB and nothing else.
PEER = """
import glob, json, sys, time, duckdb
folder, repeats, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
packages = sys.prefix + "/lib*/python*/site-packages/"
here = packages + "duckdb_extension_spatial/extensions/*/spatial.duckdb_extension"
con = duckdb.connect()
con.execute(f"LOAD '{glob.glob(here)[0]}'")
con.execute(f"SET threads = {threads}")
con.execute("SET enable_progress_bar = false")
con.execute(f"CREATE TABLE points AS SELECT * FROM '{folder}/points.parquet'")
load = "CREATE TABLE areas AS SELECT area, ST_GeomFromWKB(shape) AS shape"
con.execute(f"{load} FROM '{folder}/areas.parquet'")
count = '''SELECT area, type, month, count(*) AS n
           FROM points JOIN areas ON ST_Intersects(shape, ST_Point(easting_m, northing_m)) GROUP BY ALL'''
seconds = []
for _ in range(repeats):
    started = time.perf_counter()
    rows = con.execute(count).fetchall()
    seconds.append(time.perf_counter() - started)
print(json.dumps({"seconds": seconds, "rows": rows}))
"""


def wiggly_town(areas: int, vertices: int, *, seed: int = 7, side_m: float = 1200.0) -> gpd.GeoDataFrame:
    """A made-up town, in open sea: beats with wavering edges that tile exactly, one row each, EPSG:27700.

    areas     how many; a number with a divisor near its square root
    vertices  corners of each beat, about
    """
    down = max(d for d in range(1, int(areas**0.5) + 1) if areas % d == 0)
    across = areas // down
    random = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(across + 1), np.arange(down + 1), indexing="ij"), axis=-1)
    corners = (grid + random.uniform(-0.08, 0.08, grid.shape)) * side_m + (100_000.0, 180_000.0)
    steps = max(2, vertices // 4)
    flat = {
        (i, j): _wavering(corners[i, j], corners[i + 1, j], steps, random) for i in range(across) for j in range(down + 1)
    }
    upright = {
        (i, j): _wavering(corners[i, j], corners[i, j + 1], steps, random) for i in range(across + 1) for j in range(down)
    }
    shapes = {}
    for i in range(across):
        for j in range(down):
            back, downwards = flat[i, j + 1][::-1], upright[i, j][::-1]
            ring = np.vstack([flat[i, j][:-1], upright[i + 1, j][:-1], back[:-1], downwards])
            shapes[f"B{i:02d}{j:02d}"] = shapely.Polygon(ring)
    town = gpd.GeoDataFrame(geometry=list(shapes.values()), index=list(shapes), crs="EPSG:27700")
    if not (town.is_valid.all() and shapely.coverage_is_valid(town.geometry.to_numpy())):
        raise ValueError("the made-up beats do not tile; choose another seed")
    return town


def _wavering(start: np.ndarray, end: np.ndarray, steps: int, random: np.random.Generator) -> np.ndarray:
    """A line from start to end that leans left and right but never turns back, least at its ends."""
    along = np.linspace(0, 1, steps + 1)[:, None]
    waves = np.arange(1, 12)
    lean = (np.sin(np.pi * along * waves) * random.normal(size=11) / waves).sum(axis=1, keepdims=True)
    length = np.hypot(*(end - start))
    lean = lean / max(1.0, np.abs(lean).max()) * 0.12 * length + random.normal(0, length / 600, lean.shape)
    leftwards = np.array([start[1] - end[1], end[0] - start[0]]) / length
    line = start + along * (end - start) + lean * np.sin(np.pi * along) * leftwards
    line[0], line[-1] = start, end
    return line


def random_points(town: gpd.GeoDataFrame, rows: int, *, seed: int = 11) -> dict[str, np.ndarray]:
    """Points all over the town's extent, so a few lie outside it, each with a type and a month."""
    random = np.random.default_rng(seed)
    west, south, east, north = town.total_bounds
    return {
        "easting_m": random.uniform(west, east, rows),
        "northing_m": random.uniform(south, north, rows),
        "type": random.integers(0, TYPES, rows, dtype=np.uint8),
        "month": random.integers(0, MONTHS, rows, dtype=np.uint8),
    }


def ours_from_arrays(points: dict[str, np.ndarray], town: gpd.GeoDataFrame) -> np.ndarray:
    lookup = grid_lookup(town, snap_tolerance_m=0)
    return _counts(points, town, lookup)


def ours_from_duckdb(con: duckdb.DuckDBPyConnection, town: gpd.GeoDataFrame) -> np.ndarray:
    """Join the grid in DuckDB, so that only points no cell settles leave it.

    Taking every point out and locating it in numpy, as from arrays, was half as slow again.
    """
    lookup = grid_lookup(town, snap_tolerance_m=0)
    cells = pa.table({"cell": np.arange(lookup.codes.size, dtype=np.int32), "code": lookup.codes.ravel()})
    con.register("cells", cells)
    column = f"(easting_m - {lookup.origin_easting_m!r}) / {lookup.cell_m!r}"
    row = f"(northing_m - {lookup.origin_northing_m!r}) / {lookup.cell_m!r}"
    # What is off the grid falls in its outermost ring, which is outside all areas.
    column = f"floor(least(greatest({column}, 0), {lookup.columns - 1}))"
    row = f"floor(least(greatest({row}, 0), {lookup.rows - 1}))"
    numbered = f"(SELECT *, ({row} * {lookup.columns} + {column})::INTEGER AS cell FROM points)"
    placed = f"{numbered} JOIN cells USING (cell)"
    settled = con.sql(f"SELECT code, type, month, count(*) AS n FROM {placed} WHERE code >= 0 GROUP BY ALL").fetchall()
    rest = con.sql(f"SELECT easting_m, northing_m, type, month FROM {placed} WHERE code = -1").fetchnumpy()
    con.unregister("cells")
    return _filled(settled, len(town)) + _counts(rest, town, lookup)


def geopandas_sjoin(points: dict[str, np.ndarray], town: gpd.GeoDataFrame) -> np.ndarray:
    places = gpd.points_from_xy(points["easting_m"], points["northing_m"])
    frame = gpd.GeoDataFrame({"type": points["type"], "month": points["month"]}, geometry=places, crs=town.crs)
    beats = gpd.GeoDataFrame({"area": np.arange(len(town))}, geometry=town.geometry.to_numpy(), crs=town.crs)
    joined = gpd.sjoin(frame, beats, predicate="intersects")
    sizes = joined.groupby(["area", "type", "month"]).size()
    return _filled([(*key, n) for key, n in sizes.items()], len(town))


def _counts(points: dict[str, np.ndarray], town: gpd.GeoDataFrame, lookup: GridLookup) -> np.ndarray:
    codes, _ = locate_arrays(points["easting_m"], points["northing_m"], town, lookup, snap_tolerance_m=0)
    # The row before the first beat holds what is nowhere.
    cell = (codes + 1) * (TYPES * MONTHS) + points["type"].astype(np.int32) * MONTHS + points["month"]
    counts = np.bincount(cell, minlength=(len(town) + 1) * TYPES * MONTHS)
    return counts.reshape(len(town) + 1, TYPES, MONTHS)[1:]


def _filled(rows: list[Any], areas: int) -> np.ndarray:
    counts = np.zeros((areas, TYPES, MONTHS), dtype=np.int64)
    if rows:
        area, kind, month, n = np.array(rows, dtype=np.int64).T
        counts[area, kind, month] = n
    return counts


def duckdb_spatial(points: dict[str, np.ndarray], town: gpd.GeoDataFrame, repeats: int) -> tuple[float, np.ndarray] | str:
    """Median seconds and counts of the spatial extension's own join; or why it could not be asked."""
    python = peer_environment("duckdb-1.5.5", PEER_PACKAGES)
    if isinstance(python, str):
        return python
    with tempfile.TemporaryDirectory() as folder:
        shapes = shapely.to_wkb(town.geometry.to_numpy())
        pq.write_table(pa.table(points), f"{folder}/points.parquet")
        pq.write_table(pa.table({"area": np.arange(len(town)), "shape": shapes}), f"{folder}/areas.parquet")
        command = [str(python), "-c", PEER, folder, str(repeats), str(os.cpu_count())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"the spatial extension failed: {done.stderr.strip().splitlines()[-1]}"
    told = json.loads(done.stdout.splitlines()[-1])
    return statistics.median(told["seconds"]), _filled(told["rows"], len(town))


def _timed(count: Callable[[], np.ndarray], repeats: int) -> tuple[float, np.ndarray]:
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        counts = count()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), counts


def run(rows: int = 5_000_000, areas: int = 60, vertices: int = 300, *, repeats: int = REPEATS) -> dict[str, Any]:
    """Time ours and the peers on the same points; every count must be the same.

    returns  rows, areas, vertices, placed (points inside some beat), seconds (median of `repeats`, by
             contestant), times_faster (by peer, over ours from the same kind of start), not_measured (why, by
             peer), identical, met

    Raises AssertionError if any two contestants differ in any count.
    """
    town = wiggly_town(areas, vertices)
    points = random_points(town, rows)
    con = duckdb.connect()
    con.execute(f"SET threads = {os.cpu_count()}")
    table = pa.table(points)
    con.register("given", table)
    con.execute("CREATE TABLE points AS SELECT * FROM given")
    found = {
        "ours, from arrays": _timed(lambda: ours_from_arrays(points, town), repeats),
        "ours, from a DuckDB table": _timed(lambda: ours_from_duckdb(con, town), repeats),
        "geopandas sjoin": _timed(lambda: geopandas_sjoin(points, town), repeats),
    }
    con.close()
    spatial = duckdb_spatial(points, town, repeats)
    not_measured = {"duckdb spatial": spatial} if isinstance(spatial, str) else {}
    if not isinstance(spatial, str):
        found["duckdb spatial"] = spatial
    return _result(found, not_measured) | {"rows": rows, "areas": areas, "vertices": vertices}


def _result(found: dict[str, tuple[float, np.ndarray]], not_measured: dict[str, str]) -> dict[str, Any]:
    first = found["ours, from arrays"][1]
    differing = [name for name, (_, counts) in found.items() if not np.array_equal(counts, first)]
    assert not differing, f"counts differ from ours: {', '.join(differing)}"
    seconds = {name: taken for name, (taken, _) in found.items()}
    same_start = {"geopandas sjoin": "ours, from arrays", "duckdb spatial": "ours, from a DuckDB table"}
    faster = {peer: seconds[peer] / seconds[ours] for peer, ours in same_start.items() if peer in seconds}
    return {
        "placed": int(first.sum()),
        "seconds": {name: round(taken, 4) for name, taken in seconds.items()},
        "times_faster": {peer: round(times, 1) for peer, times in faster.items()},
        "target_times_faster": TARGET_TIMES_FASTER,
        "not_measured": not_measured,
        "identical": True,
        "met": not not_measured and all(times >= TARGET_TIMES_FASTER for times in faster.values()),
    }


def main() -> int:
    asked = argparse.ArgumentParser(description="Time points to counts by area, type and month.")
    asked.add_argument("--rows", type=int, default=5_000_000)
    asked.add_argument("--areas", type=int, default=60)
    asked.add_argument("--vertices", type=int, default=300)
    asked.add_argument("--json", type=Path, help="also write the result here")
    told = asked.parse_args()
    result = run(told.rows, told.areas, told.vertices)
    print(f"{result['rows']:,} points, {result['areas']} areas of about {result['vertices']} corners")
    for name, taken in result["seconds"].items():
        times = result["times_faster"].get(name)
        print(f"  {name:<28}{taken:>9.3f} s{f'   ours is {times:.1f} times faster' if times else ''}")
    for name, why in result["not_measured"].items():
        print(f"  {name:<28}not measured: {why}")
    verdict = "met" if result["met"] else "NOT met"
    print(f"  same counts everywhere; target of {TARGET_TIMES_FASTER} times faster than each peer {verdict}")
    if told.json:
        told.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if result["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
