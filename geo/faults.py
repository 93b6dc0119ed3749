"""Check boundary editions, and collect every fault before saying so, so that a supplier mends a file once.

A message names ids, never coordinates.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metres
from geo.errors import InvalidBoundary

OVERLAP_TOLERANCE_M2 = 1.0
GAP_TOLERANCE_M2 = 1_000.0
# Below this an overlap or a gap is rounding, not worth a word.
ROUNDING_M2 = 1e-3


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the boundaries.

    kind       invalid_ring, overlap, gap, empty, duplicate_id, dates_cross or no_parent
    place_ids  the places concerned, sorted
    detail     a sentence: what is wrong and what to do
    warning    True when it is worth knowing but not worth refusing the file for
    """

    kind: str
    place_ids: tuple[str, ...]
    detail: str
    warning: bool = False

    def __str__(self) -> str:
        return (
            f"{self.kind}: {', '.join(self.place_ids)}: {self.detail}" if self.place_ids else f"{self.kind}: {self.detail}"
        )


def in_force(editions: gpd.GeoDataFrame, on: dt.date) -> gpd.GeoDataFrame:
    """Rows of the edition table in force on a day: valid_to is the last such day, blank dates are open."""
    starts, ends = date_range(editions)
    return editions[(starts <= on.toordinal()) & (on.toordinal() <= ends)]


def date_range(editions: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First and last day in force of each row, as proleptic ordinals; blank = open."""
    return _ordinals(editions["valid_from"], 1), _ordinals(editions["valid_to"], dt.date.max.toordinal())


def check_boundaries(
    editions: gpd.GeoDataFrame,
    *,
    on: dt.date | None,
    overlap_tolerance_m2: float = OVERLAP_TOLERANCE_M2,
    gap_tolerance_m2: float = GAP_TOLERANCE_M2,
) -> list[Fault]:
    """Find everything wrong with the boundaries.

    Beats drawn by different hands never meet perfectly: an overlap or a gap up to its tolerance is a warning,
    a larger one a fault. A gap is a hole inside the union of the beats. Places of concern may overlap one
    another.

    editions  metres; one row per polygon version (see geo.boundaries)
    on        the day whose overlaps and gaps are looked for; None = every day on which something changes
    returns   faults and warnings, sorted by kind and ids; empty when all is well

    Raises CRSMissing or CRSMismatch.
    """
    require_metres(editions, "the boundary editions")
    faults = _empty(editions) + _invalid_rings(editions) + _dates(editions) + _no_parent(editions)
    usable = editions[_polygonal(editions) & editions.geometry.is_valid.to_numpy()]
    for day in [on] if on is not None else _days_of_change(editions):
        now = in_force(usable, day)
        for level in ("beat", "locality"):
            faults += _overlaps(now[now["place_level"] == level], level, overlap_tolerance_m2)
        faults += _gaps(now[now["place_level"] == "beat"], gap_tolerance_m2)
    return sorted(set(faults), key=lambda fault: (fault.kind, fault.place_ids, fault.detail))


def require_valid(editions: gpd.GeoDataFrame, *, on: dt.date | None = None) -> None:
    """Refuse boundaries with any fault; warnings pass. Raises InvalidBoundary holding every fault found."""
    faults = [str(fault) for fault in check_boundaries(editions, on=on) if not fault.warning]
    if faults:
        raise InvalidBoundary(faults)


def _polygonal(editions: gpd.GeoDataFrame) -> np.ndarray:
    shapes = editions.geometry.to_numpy()
    return np.isin(shapely.get_type_id(shapes), (3, 6)) & (shapely.area(shapes) > 0)


def _empty(editions: gpd.GeoDataFrame) -> list[Fault]:
    # A bow-tie of equal wings also has no area; it is named as a bow-tie.
    hollow = editions[~_polygonal(editions) & ~_bow_tied(editions)]
    detail = "it has no ground, or is not a polygon. Draw it, or leave it out."
    return [Fault("empty", (place,), detail) for place in _ids(hollow)]


def _bow_tied(editions: gpd.GeoDataFrame) -> np.ndarray:
    shapes = editions.geometry.to_numpy()
    drawn = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    return drawn & ~shapely.is_valid(shapes)


def _invalid_rings(editions: gpd.GeoDataFrame) -> list[Fault]:
    broken = editions[_bow_tied(editions)]
    faults = []
    for place, reason in zip(broken["place_id"], shapely.is_valid_reason(broken.geometry.to_numpy()), strict=True):
        kind = re.sub(r"\s*\[.*", "", str(reason)).lower()
        faults.append(
            Fault(
                "invalid_ring",
                (str(place),),
                f"its outline is broken ({kind}). Redraw it so no line crosses itself.",
            )
        )
    return faults


def _dates(editions: gpd.GeoDataFrame) -> list[Fault]:
    starts, ends = date_range(editions)
    faults = [
        Fault("dates_cross", (place,), "its valid_to is before its valid_from. Correct one.")
        for place in _ids(editions[ends < starts])
    ]
    for (level, place), rows in editions.assign(start=starts, end=ends).groupby(["place_level", "place_id"]):
        ordered = rows.sort_values(["start", "end"])
        begun, ended = ordered["start"].to_numpy(), ordered["end"].to_numpy()
        clash = begun[1:] <= np.maximum.accumulate(ended)[:-1]
        if (clash & (begun[1:] == begun[:-1])).any():
            detail = f"two of one {_words(level)} have the same dates. Give each its own id, or remove one."
            faults.append(Fault("duplicate_id", (str(place),), detail))
        if (clash & (begun[1:] != begun[:-1])).any():
            detail = "two of its editions are in force at once. End the earlier the day before the later."
            faults.append(Fault("dates_cross", (str(place),), detail))
    return faults


def _no_parent(editions: gpd.GeoDataFrame) -> list[Fault]:
    beats = editions[editions["place_level"] == "beat"]
    told = beats["parent"].notna()
    localities = set(_ids(editions[editions["place_level"] == "locality"]))
    if len(beats) and not told.any() and not localities:
        return [
            Fault(
                "no_parent",
                (),
                "no beat names its locality. Counts by locality will be missing.",
                warning=True,
            )
        ]
    faults = [
        Fault("no_parent", (place,), "the beat names no locality. Fill in its parent.") for place in _ids(beats[~told])
    ]
    strays = beats[told & ~beats["parent"].astype(str).isin(localities)] if localities else beats.iloc[:0]
    detail = "the beat's parent is not a locality in these boundaries. Correct it, or add the locality."
    return faults + [Fault("no_parent", (place,), detail) for place in _ids(strays)]


def _overlaps(areas: gpd.GeoDataFrame, level: str, tolerance_m2: float) -> list[Fault]:
    shapes, ids = areas.geometry.to_numpy(), areas["place_id"].astype(str).to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Two rows of one id in force together are a fault of dates, told as such.
    pairs = (one < other) & (ids[one] != ids[other])
    one, other = one[pairs], other[pairs]
    shared_m2 = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    faults = []
    for a, b, m2 in zip(ids[one], ids[other], shared_m2, strict=True):
        if m2 > ROUNDING_M2:
            detail = f"the two {_words(level)}s overlap by {_m2(m2)}. Redraw the edge between them."
            faults.append(Fault("overlap", tuple(sorted((a, b))), detail, warning=m2 <= tolerance_m2))
    return faults


def _gaps(beats: gpd.GeoDataFrame, tolerance_m2: float) -> list[Fault]:
    shapes = beats.geometry.to_numpy()
    if not len(shapes):
        return []
    ids = beats["place_id"].astype(str).to_numpy()
    parts = shapely.get_parts(shapely.union_all(shapes))
    rings, owner = shapely.get_rings(parts, return_index=True)
    # The first ring of each part is its outside; the others are holes.
    inner = np.concatenate([[False], owner[1:] == owner[:-1]]) if len(owner) else np.zeros(0, dtype=bool)
    faults = []
    for hole in shapely.polygons(rings[inner]):
        m2 = shapely.area(hole)
        if m2 > ROUNDING_M2:
            around = tuple(sorted(set(ids[shapely.intersects(shapes, hole)])))
            detail = f"a gap of {_m2(m2)} lies between these beats. Give that ground to one of them."
            faults.append(Fault("gap", around, detail, warning=bool(m2 <= tolerance_m2)))
    return faults


def _days_of_change(editions: gpd.GeoDataFrame) -> list[dt.date]:
    starts, ends = date_range(editions)
    last = dt.date.max.toordinal()
    days = set(starts.tolist()) | {end + 1 for end in ends.tolist() if end < last}
    return [dt.date.fromordinal(day) for day in sorted(days)]


def _ids(rows: gpd.GeoDataFrame) -> list[str]:
    return sorted({str(place) for place in rows["place_id"]})


def _words(level: Any) -> str:
    return str(level).replace("_", " ")


def _m2(area_m2: float) -> str:
    return f"{area_m2:,.0f} m2" if area_m2 >= 10 else f"{area_m2:.2g} m2"


def _ordinals(days: pd.Series, blank: int) -> np.ndarray:
    return np.array([blank if pd.isna(day) else pd.Timestamp(day).toordinal() for day in days], dtype=np.int64)
