"""Base areas: beats cut by places of concern into one layer without overlaps.

Every record is counted in exactly one base area, and beats, localities, places and the city are unions of
base areas, so their counts add up whichever way they are asked.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metres, require_same
from geo.errors import PartitionError
from geo.faults import date_range

SLIVER_M2 = 1.0
SAME_SHAPE_M2 = 1e-6
SAME_POINT_M = 1e-8

Label = tuple[str, ...]


def base_areas(beats: gpd.GeoDataFrame, places_of_concern: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut beats by the places of concern that cross them.

    A beat crossed by no place keeps its geometry untouched. Where places overlap, the piece belongs to all of
    them. A piece under 1 m2 is an accident of drawing, and joins the neighbour in its own beat with which it
    shares most edge. Ground of a place outside every beat is not in the partition.

    beats              metres; one row per beat, column place_id; no overlaps
    places_of_concern  same CRS; one row per place, column place_id; may overlap one another; may be empty
    returns            one row per base area, indexed by area_id and sorted by it: beat_id, place_ids (sorted
                       tuple, empty where no place reaches), geometry. area_id is `beat` when uncut,
                       `beat/place` (several joined by +) for a cut piece, `beat/rest` for what remains

    Raises CRSMismatch; PartitionError if an id repeats, a shape is broken, or a place has no piece of any
    beat.
    """
    require_metres(beats, "the beats")
    if len(places_of_concern):
        require_same(beats, places_of_concern, "the beats and the places of concern")
    for frame, what in ((beats, "beat"), (places_of_concern, "place of concern")):
        _refuse_repeats(frame, what)
        _refuse_broken(frame, what)
    places = places_of_concern.sort_values("place_id")
    place_ids = np.array([str(place) for place in places["place_id"]], dtype=object)
    outlines = np.asarray(places.geometry.values, dtype=object)
    rows = []
    for beat_id, shape in zip(beats["place_id"], beats.geometry.values, strict=True):
        for label, piece in _cut(shape, place_ids, outlines):
            rows.append((_area_id(str(beat_id), label, piece is shape), str(beat_id), label, piece))
    _refuse_lost_places(place_ids, rows)
    return _frame(rows, beats.crs)


@dataclass
class _Shape:
    """One base area shape while its history is being followed."""

    area_id: str
    beat_id: str
    place_ids: Label
    locality_id: str | None
    first: str
    last: str | None
    geometry: Any


def partition_history(editions: gpd.GeoDataFrame, periods: Iterable[str]) -> gpd.GeoDataFrame:
    """Follow every base area through the boundary editions, so that an area_id is one shape for ever.

    An edition is in force for a month when it is in force on the month's first day. When the shape or the
    locality of an area changes, or the area comes back after a break, the later one is a new area: its id
    gets `@YYYY-MM`, its first month. Only areas whose own ground changed get new ids.

    editions  metres; one row per polygon version (see geo.boundaries); localities are not needed
    periods   months, 'YYYY-MM'
    returns   one row per base area shape, indexed by area_id and sorted by it: beat_id, place_ids,
              locality_id (null = the beat names no parent), valid_from_period, valid_to_period (last month in
              force; None = the last period asked for), geometry

    Raises what base_areas raises; PartitionError if a period is not a month, or has no beat in force.
    """
    require_metres(editions, "the boundary editions")
    months = sorted({_month(period) for period in periods})
    starts, ends = date_range(editions)
    closed: list[_Shape] = []
    current: dict[str, _Shape] = {}
    used: set[str] = set()
    before: bytes | None = None
    for position, month in enumerate(months):
        day = dt.date.fromisoformat(f"{month}-01").toordinal()
        in_force = (starts <= day) & (day <= ends)
        if in_force.tobytes() != before:
            before = in_force.tobytes()
            current, ended = _succeed(current, _shapes(editions[in_force], month), month, used)
            for shape in ended:
                shape.last = months[position - 1]
            closed += ended
    return _history_frame([*closed, *current.values()], editions.crs)


def _cut(shape: Any, place_ids: np.ndarray, outlines: np.ndarray) -> list[tuple[Label, Any]]:
    """Pieces of one beat, each with the places it is part of; the beat itself when nothing cuts it."""
    near = [i for i in range(len(outlines)) if shapely.intersects(shape, outlines[i])]
    if not near:
        return [((), shape)]
    # Noding all the lines at once makes neighbouring pieces share their edges exactly, which
    # intersection and difference, each rounded on its own, would not. A place drawn along the edge has
    # corners on it only to the last bit, so the edge first takes those corners.
    crossing = outlines[near]
    corners = shapely.multipoints(shapely.get_coordinates(crossing))
    edge = shapely.snap(shapely.boundary(shape), corners, SAME_POINT_M)
    lines = shapely.union_all([edge, *shapely.boundary(crossing)])
    faces = shapely.get_parts(shapely.polygonize([lines]))
    inner = shapely.point_on_surface(faces)
    kept = shapely.intersects(shape, inner)
    faces, inner = faces[kept], inner[kept]
    held = np.array([shapely.intersects(outlines[i], inner) for i in near])
    labels = [tuple(place_ids[near][held[:, f]]) for f in range(len(faces))]
    pieces = _without_slivers(_joined(labels, faces))
    if len({label for label, _ in pieces}) == 1:
        return [(pieces[0][0], shape)]
    return [(label, shapely.multipolygons(parts) if len(parts) > 1 else parts[0]) for label, parts in _grouped(pieces)]


def _joined(labels: Sequence[Label], polygons: Iterable[Any]) -> list[tuple[Label, Any]]:
    """Melt polygons of one label that touch into one; one entry per connected part."""
    parts = []
    for label, group in _grouped(list(zip(labels, polygons, strict=True))):
        parts += [(label, part) for part in shapely.get_parts(shapely.coverage_union_all(group))]
    return parts


def _grouped(pieces: list[tuple[Label, Any]]) -> list[tuple[Label, list[Any]]]:
    groups: dict[Label, list[Any]] = {}
    for label, piece in pieces:
        groups.setdefault(label, []).append(piece)
    return sorted(groups.items())


def _without_slivers(parts: list[tuple[Label, Any]]) -> list[tuple[Label, Any]]:
    """Give each part under SLIVER_M2 to the neighbour it shares most edge with, if it has one."""
    alone: list[Any] = []
    while True:
        areas = [(shapely.area(part), i) for i, (_, part) in enumerate(parts)]
        small = [(area, i) for area, i in areas if area < SLIVER_M2 and not _among(parts[i][1], alone)]
        if not small:
            return parts
        label, sliver = parts[min(small)[1]]
        others = [(other, part) for other, part in parts if other != label]
        edges = [shapely.length(shapely.intersection(sliver.boundary, part.boundary)) for _, part in others]
        if not edges or max(edges) == 0:
            alone.append(sliver)
            continue
        taker, whole = others[int(np.argmax(edges))]
        rest = [(other, part) for other, part in parts if part is not sliver and part is not whole]
        parts = rest + _joined([taker, taker], [whole, sliver])


def _among(shape: Any, shapes: list[Any]) -> bool:
    return any(shape is other for other in shapes)


def _area_id(beat_id: str, label: Label, whole: bool) -> str:
    if label:
        return f"{beat_id}/{'+'.join(label)}"
    return beat_id if whole else f"{beat_id}/rest"


def _refuse_repeats(frame: gpd.GeoDataFrame, what: str) -> None:
    repeated = sorted({str(place) for place in frame["place_id"][frame["place_id"].duplicated()]})
    if repeated:
        raise PartitionError(f"More than one {what} in force is called {', '.join(repeated)}. Give each its own id.")


def _refuse_broken(frame: gpd.GeoDataFrame, what: str) -> None:
    broken = frame["place_id"][~(frame.geometry.is_valid & ~frame.geometry.is_empty & frame.geometry.notna())]
    if len(broken):
        names = ", ".join(sorted(map(str, broken)))
        raise PartitionError(f"The shape of {what} {names} is broken or empty. See geo.boundaries.check_boundaries.")


def _refuse_lost_places(place_ids: np.ndarray, rows: list[tuple[str, str, Label, Any]]) -> None:
    lost = sorted(set(place_ids) - {place for _, _, label, _ in rows for place in label})
    if lost:
        raise PartitionError(
            f"Places of concern with no piece of any beat in force: {', '.join(lost)}. Each must cover at "
            f"least {SLIVER_M2:g} m2 of a beat: check the CRS and the dates, or remove it."
        )


def _frame(rows: list[tuple[str, str, Label, Any]], crs: Any) -> gpd.GeoDataFrame:
    rows = sorted(rows, key=lambda row: row[0])
    ids = [row[0] for row in rows]
    if len(set(ids)) < len(ids):
        repeated = sorted({area_id for area_id in ids if ids.count(area_id) > 1})
        raise PartitionError(f"Two base areas would be called {', '.join(repeated)}. Rename the beat or the place.")
    columns = {"beat_id": [row[1] for row in rows], "place_ids": [row[2] for row in rows]}
    index = pd.Index(ids, name="area_id", dtype=object)
    return gpd.GeoDataFrame(columns, index=index, geometry=[row[3] for row in rows], crs=crs)


def _month(period: str) -> str:
    try:
        return dt.date.fromisoformat(f"{period}-01").strftime("%Y-%m")
    except ValueError:
        raise PartitionError("A period is not a month. Write each as YYYY-MM.") from None


def _shapes(in_force: gpd.GeoDataFrame, month: str) -> dict[str, _Shape]:
    """Base areas of one month, by id."""
    beats = in_force[in_force["place_level"] == "beat"]
    if beats.empty:
        raise PartitionError(f"No beat is in force in {month}. Give the first edition an earlier valid_from.")
    areas = base_areas(beats, in_force[in_force["place_level"] == "place_of_concern"])
    parents = {
        str(beat): None if pd.isna(parent) else str(parent)
        for beat, parent in zip(beats["place_id"], beats["parent"], strict=True)
    }
    columns = zip(areas.index, areas["beat_id"], areas["place_ids"], areas.geometry.values, strict=True)
    return {
        area_id: _Shape(area_id, beat_id, place_ids, parents[beat_id], month, None, piece)
        for area_id, beat_id, place_ids, piece in columns
    }


def _succeed(
    current: dict[str, _Shape], found: dict[str, _Shape], month: str, used: set[str]
) -> tuple[dict[str, _Shape], list[_Shape]]:
    """Carry unchanged shapes on, name the changed ones anew, list those that ended. Keys: ids without @."""
    following: dict[str, _Shape] = {}
    for key, shape in found.items():
        earlier = current.get(key)
        if earlier is not None and earlier.locality_id == shape.locality_id and _same(earlier.geometry, shape.geometry):
            following[key] = earlier
            continue
        shape.area_id = f"{key}@{month}" if key in used else key
        used.add(key)
        following[key] = shape
    ended = [shape for key, shape in current.items() if following.get(key) is not shape]
    return following, ended


def _same(one: Any, other: Any) -> bool:
    if shapely.equals_exact(one, other, tolerance=0.0):
        return True
    if abs(shapely.area(one) - shapely.area(other)) > SAME_SHAPE_M2:
        return False
    return bool(shapely.area(shapely.symmetric_difference(one, other)) <= SAME_SHAPE_M2)


def _history_frame(shapes: list[_Shape], crs: Any) -> gpd.GeoDataFrame:
    shapes = sorted(shapes, key=lambda shape: shape.area_id)
    index = pd.Index([shape.area_id for shape in shapes], name="area_id", dtype=object)
    columns = {
        "beat_id": [shape.beat_id for shape in shapes],
        "place_ids": [shape.place_ids for shape in shapes],
        "locality_id": pd.Series([shape.locality_id for shape in shapes], index, dtype=object),
        "valid_from_period": [shape.first for shape in shapes],
        "valid_to_period": pd.Series([shape.last for shape in shapes], index, dtype=object),
    }
    return gpd.GeoDataFrame(columns, index=index, geometry=[shape.geometry for shape in shapes], crs=crs)
