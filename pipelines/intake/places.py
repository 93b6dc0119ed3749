"""Boundaries in, base areas out: which areas counted in which month, and how a point finds its own."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.boundaries import SUFFIXES, read_boundaries, require_valid
from geo.errors import GeoError
from geo.locate import GridLookup, grid_lookup, locate_arrays
from geo.partition import partition_history
from pipelines.errors import PlacesError
from pipelines.policy import Partnership
from pipelines.settings import Settings

NOT_KNOWN = "place_not_known"
FEWEST_CELLS, MOST_CELLS = 10_000, 500_000


@dataclass(frozen=True)
class Edition:
    """The base areas in force from one month to another (both inclusive, `2024-01`), ready to be looked up."""

    first_period: str
    last_period: str
    areas: gpd.GeoDataFrame
    area_nos: np.ndarray
    lookup: GridLookup


@dataclass(frozen=True)
class Places:
    """Every boundary version, every base area there ever was, and the editions months are counted on.

    base_areas  one row per base area shape, shapeless ones included (their geometry is null), in area_no order:
                area_no, area_id, beat_id, locality_id, place_ids, valid_from_period, valid_to_period (null = in force)
    """

    versions: gpd.GeoDataFrame
    base_areas: gpd.GeoDataFrame
    editions: tuple[Edition, ...]
    snap_tolerance_m: float

    def locate(self, easting_m: np.ndarray, northing_m: np.ndarray, edition: Edition) -> tuple[np.ndarray, np.ndarray]:
        """The area_no of each point on one edition (-1 nowhere), and how it is known (geo.locate's codes)."""
        codes, how = locate_arrays(
            easting_m, northing_m, edition.areas, edition.lookup, snap_tolerance_m=self.snap_tolerance_m
        )
        numbers = np.append(edition.area_nos, -1)
        return numbers[codes], how


def read_versions(settings: Settings, partnership: Partnership) -> gpd.GeoDataFrame:
    """Every polygon version in the data directory's `boundaries/`, checked, in metres.

    Raises PlacesError when there are none, a beat belongs to no locality, or a file cannot be read or used.
    """
    files = sorted(path for path in settings.boundaries.glob("*") if path.suffix.lower() in SUFFIXES)
    if not files:
        raise PlacesError("boundaries/ holds no boundary file: put the beats there (GeoJSON, GeoPackage, Shapefile or KML)")
    faults, found = [], []
    for path in files:
        try:
            found.append(read_boundaries(path, crs=partnership.city.crs))
        except GeoError as wrong:
            faults.append(f"boundaries/{wrong}")
    if faults:
        raise PlacesError("\n".join(faults))
    versions = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=found[0].crs)
    _require_localities(versions, partnership)
    try:
        require_valid(versions)
    except GeoError as wrong:
        raise PlacesError(f"boundaries/: {wrong}") from None
    return versions.sort_values(["place_level", "place_id", "valid_from"], ignore_index=True)


def _require_localities(versions: gpd.GeoDataFrame, partnership: Partnership) -> None:
    """Beats name their locality by its id or its name; make it the id everywhere."""
    known = {one.name: one.id for one in partnership.localities} | {one.id: one.id for one in partnership.localities}
    beats = versions["place_level"] == "beat"
    named = versions.loc[beats, "parent"].map(known)
    lost = sorted(versions.loc[beats, "place_id"][named.isna()])
    if lost:
        raise PlacesError(
            f"boundaries/: beats {', '.join(lost[:10])} name no locality of partnership.toml as their parent; "
            f"it has {', '.join(one.id for one in partnership.localities)}"
        )
    versions.loc[beats, "parent"] = named


def make_places(versions: gpd.GeoDataFrame, periods: list[str], *, snap_tolerance_m: float, point_count: int) -> Places:
    """Base areas for every month of `periods`, and the look-ups of each edition, as fine as `point_count` points are worth.

    Raises PlacesError when a month has no beats in force.
    """
    try:
        history = partition_history(versions[versions["place_level"] != "locality"], periods).reset_index()
    except GeoError as wrong:
        raise PlacesError(f"boundaries/: {wrong}") from None
    base_areas = _with_shapeless(history)
    cells = min(max(point_count, FEWEST_CELLS), MOST_CELLS)
    editions = tuple(_editions(base_areas, periods, snap_tolerance_m, cells))
    return Places(versions, base_areas, editions, snap_tolerance_m)


def _with_shapeless(history: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add to each beat its *place not known* area, for records that carry only a beat code."""
    shaped = history.assign(shapeless=False)
    runs = []
    for (beat_id, locality_id), mine in history.groupby(["beat_id", "locality_id"], sort=True):
        last = None if mine["valid_to_period"].isna().any() else mine["valid_to_period"].max()
        runs.append({
            "area_id": f"{beat_id}/{NOT_KNOWN}", "beat_id": beat_id, "locality_id": locality_id, "place_ids": (),
            "valid_from_period": mine["valid_from_period"].min(), "valid_to_period": last,
            "geometry": None, "shapeless": True,
        })  # fmt: skip
    shapeless = _one_id_one_row(pd.DataFrame(runs))
    together = pd.concat([shaped, gpd.GeoDataFrame(shapeless, geometry="geometry", crs=history.crs)], ignore_index=True)
    together = together.sort_values("area_id", ignore_index=True)
    together["area_no"] = np.arange(len(together))
    return gpd.GeoDataFrame(together, crs=history.crs)


def _one_id_one_row(shapeless: pd.DataFrame) -> pd.DataFrame:
    """A beat that changed locality has one shapeless area for each: the later one's id says from when."""
    again = shapeless.sort_values("valid_from_period").duplicated("area_id")
    later = shapeless["area_id"] + "@" + shapeless["valid_from_period"]
    shapeless["area_id"] = shapeless["area_id"].where(~again, later)
    return shapeless


def _editions(base_areas: gpd.GeoDataFrame, periods: list[str], snap_tolerance_m: float, cells: int) -> Iterable[Edition]:
    shaped = base_areas[~base_areas["shapeless"]]
    runs: list[tuple[tuple[int, ...], str, str]] = []
    for period in periods:
        numbers = tuple(shaped.loc[in_force(shaped, period), "area_no"])
        if runs and runs[-1][0] == numbers:
            runs[-1] = (numbers, runs[-1][1], period)
        else:
            runs.append((numbers, period, period))
    for numbers, first, last in runs:
        areas = shaped[shaped["area_no"].isin(numbers)].set_index("area_id").sort_index()
        west, south, east, north = areas.total_bounds
        cell_m = float(np.sqrt((east - west) * (north - south) / cells))
        lookup = grid_lookup(areas, snap_tolerance_m=snap_tolerance_m, cell_m=cell_m)
        yield Edition(first, last, areas, areas["area_no"].to_numpy(), lookup)


def in_force(base_areas: pd.DataFrame, period: str) -> pd.Series:
    """Which rows count in a month."""
    ends = base_areas["valid_to_period"]
    return (base_areas["valid_from_period"] <= period) & (ends.isna() | (ends >= period))
