"""A grid over the areas that settles most points at once.

Most cells lie wholly inside one area, so a point there needs no geometry. Only cells touched by a boundary
do.
"""

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from scipy import ndimage

from geo.crs import require_metres
from geo.errors import PartitionError

EXACT, OUTSIDE = -1, -2

# About a million cells: small enough to be read fast, fine enough that few points need the exact
# test.
_CELLS = 1_000_000
_SMALLEST_CELL_M = 0.5
# Cells this near a line count as touched, far more than rounding can move a point, far less than anyone can
# measure.
_NEAR_M = 1e-4


@dataclass(frozen=True)
class GridLookup:
    """What each cell of a grid says about the points in it.

    origin_easting_m, origin_northing_m   south-west corner, metres
    cell_m            side of a cell
    columns, rows     size of the grid; its outermost ring of cells is outside all areas
    codes             rows x columns: position in area_ids when the whole cell is inside that area; -1 = only
                      an exact test can tell; -2 = outside all areas and further than the snap tolerance from
                      any
    area_ids          sorted
    snap_tolerance_m  the tolerance the -2 cells were found for
    touched_cells, touched_areas   one entry per cell (row * columns + column) and area whose boundary touches
                      it, sorted by cell, then area
    """

    origin_easting_m: float
    origin_northing_m: float
    cell_m: float
    columns: int
    rows: int
    codes: np.ndarray
    area_ids: np.ndarray
    snap_tolerance_m: float
    touched_cells: np.ndarray = field(repr=False)
    touched_areas: np.ndarray = field(repr=False)


def grid_lookup(areas: gpd.GeoDataFrame, *, snap_tolerance_m: float, cell_m: float | None = None) -> GridLookup:
    """Lay a grid over the areas and say what each cell means for a point in it.

    areas     metres; one row per base area, indexed by area_id
    cell_m    side of a cell; chosen from the extent when not given

    Raises CRSMissing, CRSMismatch; PartitionError if there is no ground to lay it over, or an area_id
    repeats.
    """
    require_metres(areas, "the areas")
    area_ids, shapes = in_order(areas)
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else [np.nan] * 4
    if not np.isfinite([west, south, east, north]).all():
        raise PartitionError("There are no areas to locate points in. Read the boundaries first.")
    cell_m = cell_m or max(_SMALLEST_CELL_M, float(np.sqrt((east - west) * (north - south) / _CELLS)))
    margin = int(np.ceil(snap_tolerance_m / cell_m)) + 3
    west, south = west - margin * cell_m, south - margin * cell_m
    columns = int((east - west) / cell_m) + margin + 1
    rows = int((north - south) / cell_m) + margin + 1
    cells, owners = _touched(shapes, west, south, cell_m, columns)
    codes = _codes(shapes, cells, (west, south, cell_m, columns, rows))
    _reopen_near_outside(codes, cells, snap_tolerance_m, cell_m)
    return GridLookup(float(west), float(south), cell_m, columns, rows, codes, area_ids, snap_tolerance_m, cells, owners)


def in_order(areas: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The area ids, sorted, and the shapes in that order: position decides who wins a shared edge."""
    ids = np.array([str(area_id) for area_id in areas.index], dtype=object)
    if len(set(ids)) < len(ids):
        raise PartitionError("Two areas have one area_id. Index the areas by area_id, one row each.")
    order = np.argsort(ids)
    return ids[order], np.asarray(areas.geometry.values, dtype=object)[order]


def _touched(shapes: np.ndarray, west: float, south: float, cell_m: float, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Every cell a boundary touches, with the area it bounds: sorted, once each."""
    start, end, area = segments(shapes)
    start, end = (start - (west, south)) / cell_m, (end - (west, south)) / cell_m
    # Each segment column by column: the stretch of it inside the column gives the rows it touches there.
    near = _NEAR_M / cell_m
    first, last = _span(start[:, 0], end[:, 0], near)
    segment, column = _spread(first, last)
    low, high = _stretch(start[segment], end[segment], column, near)
    stretch, row = _spread(np.floor(low - near).astype(np.int64), np.floor(high + near).astype(np.int64))
    cells = row * columns + column[stretch]
    keys = np.unique(cells * len(shapes) + area[segment[stretch]])
    return keys // len(shapes), (keys % len(shapes)).astype(np.int32)


def segments(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both ends of every straight stretch of boundary, and the position of the shape it bounds."""
    parts, shape = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    along = ring[1:] == ring[:-1]
    return corners[:-1][along], corners[1:][along], shape[part[ring[:-1][along]]]


def _span(one: np.ndarray, other: np.ndarray, near: float) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.minimum(one, other) - near, np.maximum(one, other) + near
    return np.floor(low).astype(np.int64), np.floor(high).astype(np.int64)


def _spread(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each item, one row per whole number from first to last: which item, which number."""
    lengths = last - first + 1
    item = np.repeat(np.arange(len(first)), lengths)
    offset = np.arange(len(item)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return item, first[item] + offset


def _stretch(start: np.ndarray, end: np.ndarray, column: np.ndarray, near: float) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest row coordinate of each segment within its column (a little widened)."""
    run = end[:, 0] - start[:, 0]
    steep = np.abs(run) < near
    with np.errstate(divide="ignore", invalid="ignore"):
        entering = np.clip((column - near - start[:, 0]) / run, 0.0, 1.0)
        leaving = np.clip((column + 1 + near - start[:, 0]) / run, 0.0, 1.0)
    entering, leaving = np.where(steep, 0.0, entering), np.where(steep, 1.0, leaving)
    climb = end[:, 1] - start[:, 1]
    one, other = start[:, 1] + entering * climb, start[:, 1] + leaving * climb
    return np.minimum(one, other), np.maximum(one, other)


def _codes(shapes: np.ndarray, cells: np.ndarray, frame: tuple[float, float, float, int, int]) -> np.ndarray:
    """Code every cell: touched ones need the exact test; each region between them is in one area."""
    west, south, cell_m, columns, rows = frame
    free = np.ones(rows * columns, dtype=bool)
    free[cells] = False
    regions, count = ndimage.label(free.reshape(rows, columns))
    # Any one cell of a region speaks for all: no boundary comes between them.
    flat = regions.ravel()
    speaker = np.zeros(count + 1, dtype=np.int64)
    edges = np.flatnonzero(np.diff(flat, prepend=-1))
    speaker[flat[edges]] = edges
    row, column = np.divmod(speaker[1:], columns)
    centres = shapely.points(west + (column + 0.5) * cell_m, south + (row + 0.5) * cell_m)
    kind: Any = np.int16 if len(shapes) < np.iinfo(np.int16).max else np.int32
    meaning = np.full(count + 1, OUTSIDE, dtype=kind)
    meaning[0] = EXACT
    region, area = shapely.STRtree(shapes).query(centres, predicate="intersects")
    # Highest first, so that the lowest is written last and wins.
    order = np.argsort(-area, kind="stable")
    meaning[region[order] + 1] = area[order]
    return meaning[regions]


def _reopen_near_outside(codes: np.ndarray, cells: np.ndarray, snap_tolerance_m: float, cell_m: float) -> None:
    """A point outside but within the snap tolerance still needs the exact test: mark such cells, in place."""
    reach = int(np.ceil(snap_tolerance_m / cell_m)) + 1 if snap_tolerance_m > 0 else 0
    if not reach:
        return
    touched = np.zeros(codes.shape, dtype=bool)
    touched.ravel()[cells] = True
    # A square of cells, one axis at a time: a little more than the circle, and much faster.
    for axis in (0, 1):
        touched = ndimage.maximum_filter1d(touched.view(np.uint8), 2 * reach + 1, axis=axis, mode="constant").view(bool)
    codes[touched & (codes == OUTSIDE)] = EXACT
