"""Say which base area a point is in, exactly, and how we know."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metres, require_same
from geo.errors import PartitionError
from geo.grid import EXACT, GridLookup, grid_lookup, in_order, segments

__all__ = ["EDGE", "INSIDE", "NOWHERE", "SNAPPED", "GridLookup", "grid_lookup", "locate", "locate_arrays"]

INSIDE, EDGE, SNAPPED = "INSIDE", "EDGE", "SNAPPED"
NOWHERE = -1

# Points handled at once: few enough that their coordinates stay in the cache.
_CHUNK = 131_072


def locate(points: Any, areas: gpd.GeoDataFrame, *, snap_tolerance_m: float) -> pd.DataFrame:
    """Say which base area each point is in, and how we know.

    Recorded points are often blurred to a street, so a point in no area but within
    `snap_tolerance_m` of one is SNAPPED to it. On a shared edge the lower area_id wins, so two
    runs agree. Points that fit nowhere stay unplaced: counted, never dropped.

    points   metres (a projected CRS); may hold empty geometries
    areas    same CRS; one row per base area, indexed by area_id, no overlaps
    returns  one row per point, same index: area_id (null = unplaced), located_by, distance_m (0 = inside)

    Raises CRSMismatch if the two differ or either is in degrees.
    """
    require_same(points, areas, "the points and the areas")
    area_ids, shapes = in_order(areas)
    geometry = np.asarray(points.geometry.values, dtype=object)
    codes = np.full(len(geometry), NOWHERE, dtype=np.int32)
    how = np.zeros(len(geometry), dtype=np.uint8)
    point, area = shapely.STRtree(shapes).query(geometry, predicate="intersects")
    _lowest(codes, point, area)
    found = codes != NOWHERE
    how[found] = np.where(shapely.contains(shapes[codes[found]], geometry[found]), 1, 2)
    distance_m = np.where(found, 0.0, np.nan)
    lost = np.flatnonzero(~found)
    codes[lost], distance_m[lost] = _snap(geometry[lost], shapes, snap_tolerance_m)
    how[lost[codes[lost] != NOWHERE]] = 3
    # The last place of each list, which -1 also means, is for points that are nowhere.
    named = np.array([*area_ids, None], dtype=object)[codes]
    reasons = np.array([None, INSIDE, EDGE, SNAPPED], dtype=object)[how]
    return pd.DataFrame(
        {
            "area_id": pd.Series(named, points.index, dtype=object),
            "located_by": pd.Series(reasons, points.index, dtype=object),
            "distance_m": distance_m,
        },
        index=points.index,
    )


def locate_arrays(
    easting_m: np.ndarray,
    northing_m: np.ndarray,
    areas: gpd.GeoDataFrame,
    lookup: GridLookup,
    *,
    snap_tolerance_m: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Do what locate does, for millions of points: the grid settles most, the exact test the rest.

    easting_m, northing_m   metres, one number per point; nan = no location
    areas     the areas the lookup was made from
    lookup    from grid_lookup, made for at least this snap tolerance
    returns   codes (int32: position in lookup.area_ids, -1 = nowhere) and how (uint8: 0 nowhere, 1 inside, 2
              on an edge, 3 snapped); the same answer as locate for every point

    Raises CRSMismatch; PartitionError if the lookup was made from other areas or a smaller tolerance.
    """
    require_metres(areas, "the areas")
    area_ids, shapes = in_order(areas)
    if not np.array_equal(area_ids, lookup.area_ids):
        raise PartitionError("The lookup was made from other areas. Make it again with grid_lookup.")
    if snap_tolerance_m > lookup.snap_tolerance_m:
        raise PartitionError("The lookup was made for a smaller snap tolerance. Make it again with grid_lookup.")
    easting_m, northing_m = np.asarray(easting_m, dtype=float), np.asarray(northing_m, dtype=float)
    codes, rest, cells = _by_grid(easting_m, northing_m, lookup)
    how = np.empty(len(codes), dtype=np.uint8)
    np.greater_equal(codes, 0, out=how.view(bool))
    if len(rest):
        x, y = easting_m[rest], northing_m[rest]
        codes[rest], how[rest] = _settle(x, y, cells, shapes, lookup, snap_tolerance_m)
    return codes, how


def _by_grid(easting_m: np.ndarray, northing_m: np.ndarray, lookup: GridLookup) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the grid settles: a code for each point; then which points it leaves open, and their cells."""
    codes = np.empty(len(easting_m), dtype=np.int32)
    table = lookup.codes.ravel()
    unsettled, cells = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
    for start in range(0, len(codes), _CHUNK):
        part = slice(start, start + _CHUNK)
        cell = _cells(easting_m[part], northing_m[part], lookup)
        code = table[cell]
        codes[part] = code
        open_ = np.flatnonzero(code == EXACT)
        unsettled.append(open_ + start)
        cells.append(cell[open_])
    np.maximum(codes, NOWHERE, out=codes)
    return codes, np.concatenate(unsettled), np.concatenate(cells)


def _cells(easting_m: np.ndarray, northing_m: np.ndarray, lookup: GridLookup) -> np.ndarray:
    """Cell of each point; what is off the grid, or nan, falls in its outermost ring, outside all areas."""
    column = (easting_m - lookup.origin_easting_m) / lookup.cell_m
    row = (northing_m - lookup.origin_northing_m) / lookup.cell_m
    np.fmin(np.fmax(column, 0.0, out=column), lookup.columns - 1, out=column)
    np.fmin(np.fmax(row, 0.0, out=row), lookup.rows - 1, out=row)
    return row.astype(np.int32) * np.int32(lookup.columns) + column.astype(np.int32)


def _settle(
    x: np.ndarray,
    y: np.ndarray,
    cells: np.ndarray,
    shapes: np.ndarray,
    lookup: GridLookup,
    snap_tolerance_m: float,
) -> tuple[np.ndarray, np.ndarray]:
    """The exact test, against only the areas whose boundary touches the point's cell."""
    codes = np.full(len(x), NOWHERE, dtype=np.int32)
    how = np.zeros(len(x), dtype=np.uint8)
    shapely.prepare(shapes)
    first = np.searchsorted(lookup.touched_cells, cells, side="left")
    after = np.searchsorted(lookup.touched_cells, cells, side="right")
    for area, points in _by_area(first, after, lookup.touched_areas):
        open_ = points[codes[points] == NOWHERE]
        hit = open_[shapely.intersects_xy(shapes[area], x[open_], y[open_])]
        codes[hit] = area
        how[hit] = np.where(shapely.contains_xy(shapes[area], x[hit], y[hit]), 1, 2)
    lost = np.flatnonzero(codes == NOWHERE)
    codes[lost], _ = _snap(shapely.points(x[lost], y[lost]), shapes, snap_tolerance_m)
    how[lost[codes[lost] != NOWHERE]] = 3
    return codes, how


def _by_area(first: np.ndarray, after: np.ndarray, touched_areas: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Which points to try in which area, lowest area first."""
    lengths = after - first
    point = np.repeat(np.arange(len(first)), lengths)
    offset = np.arange(len(point)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    area = touched_areas[first[point] + offset]
    order = np.argsort(area, kind="stable")
    areas, starts = np.unique(area[order], return_index=True)
    ends = np.append(starts[1:], len(order))
    return [(int(areas[i]), point[order[starts[i] : ends[i]]]) for i in range(len(areas))]


def _snap(points: np.ndarray, shapes: np.ndarray, snap_tolerance_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Nearest area within the tolerance, the lower on a tie, and how far; -1 and nan where there is none."""
    codes = np.full(len(points), NOWHERE, dtype=np.int32)
    distance_m = np.full(len(points), np.nan)
    if snap_tolerance_m <= 0 or not len(points):
        return codes, distance_m
    # A point outside an area is as far from it as from its nearest segment, and a tree of
    # segments finds that without measuring every area whole.
    start, end, owner = segments(shapes)
    tree = shapely.STRtree(shapely.linestrings(np.stack([start, end], axis=1)))
    (point, segment), away_m = tree.query_nearest(
        points, max_distance=snap_tolerance_m * (1 + 1e-9), return_distance=True, all_matches=True
    )
    point, area, away_m = (part[away_m <= snap_tolerance_m] for part in (point, owner[segment], away_m))
    order = np.lexsort((area, point))
    nearest, chosen = np.unique(point[order], return_index=True)
    codes[nearest], distance_m[nearest] = area[order][chosen], away_m[order][chosen]
    return codes, distance_m


def _lowest(codes: np.ndarray, point: np.ndarray, area: np.ndarray) -> None:
    # Highest first, so that the lowest is written last and wins.
    order = np.argsort(-area, kind="stable")
    codes[point[order]] = area[order]
