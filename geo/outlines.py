"""Small simplified shapes for maps, and unions of areas; edges that meet still meet afterwards."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import WEB, require_metres
from geo.errors import PartitionError

# About a metre: finer would swell the page, coarser would show.
WEB_PRECISION_DEGREES = 1e-5
_SAME_EDGE_M = 0.01


def outlines(areas: gpd.GeoDataFrame, *, tolerance_m: float) -> gpd.GeoDataFrame:
    """Simplify areas for the web, keeping their shared edges shared.

    For looking at, never for locating points. A shape too small to survive the rounding keeps its own.

    areas        metres; one row per area, no overlaps
    tolerance_m  detail smaller than about this goes
    returns      the same rows, index and columns, in EPSG:4326, five decimals

    Raises CRSMissing or CRSMismatch.
    """
    require_metres(areas, "the areas")
    shapes = shapely.coverage_simplify(_matched(areas.geometry.to_numpy()), tolerance_m)
    web = areas.set_geometry(gpd.GeoSeries(shapes, index=areas.index, crs=areas.crs)).to_crs(WEB)
    precise = web.geometry.to_numpy()
    # Rounding each corner where it stands moves both sides of an edge alike.
    rounded = shapely.set_precision(precise, WEB_PRECISION_DEGREES, mode="pointwise")
    broken = ~shapely.is_valid(rounded)
    rounded[broken] = shapely.set_precision(precise[broken], WEB_PRECISION_DEGREES)
    gone = shapely.area(rounded) == 0
    rounded[gone] = precise[gone]
    return web.set_geometry(gpd.GeoSeries(rounded, index=areas.index, crs=WEB))


def dissolve(areas: gpd.GeoDataFrame, by: str) -> gpd.GeoDataFrame:
    """Join areas into larger ones.

    areas    metres; one row per area
    by       the column that names the larger area: one id, null (joins none), or a tuple of ids (joins each)
    returns  one row per larger area, indexed by `by` and sorted: geometry

    Raises CRSMissing, CRSMismatch; PartitionError if there is no such column.
    """
    require_metres(areas, "the areas")
    if by not in areas.columns:
        raise PartitionError(f"The areas have no column {by} to join them by.")
    rows = areas[[by, areas.geometry.name]].explode(by)
    rows = rows[rows[by].notna()]
    groups = {key: np.asarray(group.geometry.values) for key, group in rows.groupby(by, sort=True)}
    shapes = [shapely.union_all(group) for group in groups.values()]
    index = pd.Index(list(groups), name=by, dtype=object)
    return gpd.GeoDataFrame(index=index, geometry=shapes, crs=areas.crs)


def _matched(shapes: np.ndarray) -> np.ndarray:
    """Give both sides of every shared edge the same corners, which simplifying as one layer needs."""
    if shapely.coverage_is_valid(shapes):
        return shapes
    lines = shapely.union_all(shapely.boundary(shapes), grid_size=_SAME_EDGE_M)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    face, area = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    first = np.unique(face, return_index=True)[1]
    face, area = face[first], area[first]
    matched = shapes.copy()
    for position in np.unique(area):
        matched[position] = shapely.coverage_union_all(faces[face[area == position]])
    return matched
