"""Metres for measuring, degrees for the web; refuse to mix them.

Degrees become metres by the transformation PROJ finds best on this machine. For EPSG:27700 without the
Ordnance Survey grid file that is good to a few metres, and it moves boundaries and points published in
degrees alike.
"""

from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from geo.errors import CRSMismatch, CRSMissing

WEB = "EPSG:4326"

Frame = Any  # a GeoDataFrame or a GeoSeries


def require_metres(frame: Frame, what: str) -> None:
    """Refuse a layer whose lengths are not metres.

    frame    any geometry layer
    what     what to call it in the message, such as "the areas"

    Raises CRSMissing if it declares no CRS, CRSMismatch if that CRS is in degrees or in feet.
    """
    if frame.crs is None:
        raise CRSMissing(f"{what}: no CRS is declared. Set the CRS it was made in before measuring.")
    if not _in_metres(CRS(frame.crs)):
        raise CRSMismatch(f"{what}: {name_of(frame.crs)} is not in metres. Convert with geo.crs.to_metres first.")


def require_same(one: Frame, other: Frame, what: str) -> None:
    """Refuse two layers that are not in one CRS in metres; `what` names both, as "points and areas"."""
    require_metres(one, what)
    require_metres(other, what)
    if CRS(one.crs) != CRS(other.crs):
        raise CRSMismatch(
            f"{what}: {name_of(one.crs)} and {name_of(other.crs)} differ. Convert one with geo.crs.to_metres first."
        )


def to_metres(frame: gpd.GeoDataFrame, crs: Any, what: str = "the layer") -> gpd.GeoDataFrame:
    """Convert a layer to a CRS in metres, refusing one whose coordinates belie the CRS it declares.

    frame    any CRS, declared
    crs      the projected CRS wanted, such as "EPSG:27700"
    returns  the same rows in `crs`

    Raises CRSMissing if the layer declares none; CRSMismatch if `crs` is not in metres, or the layer declares
    degrees but holds metres (or the reverse), or lies where `crs` does not reach.
    """
    target = _wanted(crs)
    if frame.crs is None:
        raise CRSMissing(
            f'{what}: no CRS is declared. Ask the supplier which it is in, and write it as crs = "EPSG:..." '
            "in the note beside the file."
        )
    _refuse_false_units(frame, what)
    if CRS(frame.crs) == target:
        return frame
    try:
        moved = frame.to_crs(target)
    except ProjError:
        raise CRSMismatch(f"{what}: no way is known from the CRS it declares to {name_of(target)}. Check it.") from None
    if not np.isfinite(moved.total_bounds).all() and np.isfinite(frame.total_bounds).all():
        raise CRSMismatch(f"{what}: some of it lies where {name_of(target)} does not reach. Check the declared CRS.")
    return moved


def project_points(lon: Any, lat: Any, crs: Any) -> tuple[np.ndarray, np.ndarray]:
    """Turn web points into metres.

    A point that is blank, outside the range of degrees, or out of reach of `crs` comes back as nan, nan:
    unplaced, for the caller to count. When no point at all is in degrees the columns themselves are wrong,
    and that is an error.

    lon, lat   degrees (EPSG:4326), one number per point
    crs        a projected CRS in metres
    returns    easting_m, northing_m: arrays of floats of the same length

    Raises CRSMismatch if `crs` is not in metres, or every point is out of the range of degrees.
    """
    target = _wanted(crs)
    lon, lat = np.array(lon, dtype=float), np.array(lat, dtype=float)
    given = np.isfinite(lon) & np.isfinite(lat)
    usable = given & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if given.any() and not usable.any():
        raise CRSMismatch("lon, lat: no point is in degrees. If they are metres, name them easting_m, northing_m.")
    lon[~usable] = lat[~usable] = np.nan
    easting_m, northing_m = _transformer(target.to_wkt()).transform(lon, lat)
    lost = ~(usable & np.isfinite(easting_m) & np.isfinite(northing_m))
    easting_m[lost] = northing_m[lost] = np.nan
    return easting_m, northing_m


def name_of(crs: Any) -> str:
    """Say a CRS shortly: its authority code where it has one, else its name."""
    known = CRS(crs)
    authority = known.to_authority()
    return ":".join(authority) if authority else known.name


def _in_metres(crs: CRS) -> bool:
    return bool(crs.is_projected) and all(axis.unit_name in ("metre", "meter") for axis in crs.axis_info[:2])


def _wanted(crs: Any) -> CRS:
    try:
        target = CRS(crs)
    except CRSError:
        raise CRSMismatch("the CRS asked for is not one PROJ knows. Use a code such as EPSG:27700.") from None
    if not _in_metres(target):
        raise CRSMismatch(f"{name_of(target)} is not in metres. Choose a projected CRS, such as EPSG:27700.")
    return target


def _refuse_false_units(frame: gpd.GeoDataFrame, what: str) -> None:
    west, south, east, north = frame.total_bounds
    if not np.isfinite([west, south, east, north]).all():
        return
    declared = CRS(frame.crs)
    fits_degrees = max(abs(west), abs(east)) <= 360 and max(abs(south), abs(north)) <= 90
    if declared.is_geographic and not fits_degrees:
        raise CRSMismatch(
            f"{what}: it declares degrees ({name_of(declared)}) but its coordinates look like metres. Ask "
            'the supplier which CRS it is in, and write it as crs = "EPSG:..." in the note beside the file.'
        )
    if declared.is_projected and fits_degrees:
        raise CRSMismatch(
            f"{what}: it declares metres ({name_of(declared)}) but its coordinates look like degrees. If "
            'they are, write crs = "EPSG:4326" in the note beside the file.'
        )


@lru_cache(maxsize=8)
def _transformer(target_wkt: str) -> Transformer:
    # always_xy: EPSG:4326 itself says latitude first, and our points are lon, lat.
    return Transformer.from_crs(WEB, CRS(target_wkt), always_xy=True)
