"""Read boundary editions as they are published, one row per polygon version.

The supplier's file is never edited. What its properties mean is either recognised (ours, the Office for
National Statistics', KML's) or told by the note beside it: `beats.geojson.toml` for `beats.geojson`.
"""

import csv
import datetime as dt
import re
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj.exceptions import CRSError

from geo.crs import to_metres
from geo.errors import UnreadableBoundary
from geo.faults import Fault, check_boundaries, in_force, require_valid

__all__ = ["COLUMNS", "LEVELS", "Fault", "check_boundaries", "in_force", "read_boundaries", "require_valid"]

LEVELS = ("beat", "locality", "place_of_concern")
COLUMNS = ("place_id", "place_level", "name", "parent", "valid_from", "valid_to", "place_category")
SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".zip", ".kml")

# The smallest area first: a ward file also names the district each ward is in.
_ONS = ("OA", "LSOA", "MSOA", "WD", "CED", "PAR", "LAD", "CTYUA", "CSP", "PFA")
_NOTE_KEYS = {*COLUMNS, "parents", "crs", "layer"}


def read_boundaries(path: str | Path, *, crs: Any, columns: Mapping[str, Any] | None = None) -> gpd.GeoDataFrame:
    """Read one boundary file, in any declared CRS, as editions in metres.

    Shapes are read as drawn, faults and all: check_boundaries says what is wrong with them. Polygons of one
    id and the same dates in a KML file are one place.

    path     GeoJSON, GeoPackage, Shapefile (zipped or not) or KML. A note `<file>.toml` beside it is read too
    crs      the projected CRS wanted, such as "EPSG:27700"
    columns  as the note, and before it: our column -> the file's property name, or the one value that all
             rows have. `parents` names a CSV beside the file; `crs` and `layer` say what the file itself
             leaves out
    returns  one row per polygon version: place_id, place_level (beat unless told), name (place_id where
             blank), parent (None = not told), valid_from (date, None = always was), valid_to (last day, None
             = in force), place_category (None = not told), geometry

    Raises UnreadableBoundary; CRSMissing; CRSMismatch.
    """
    path = Path(path)
    told = _note(path) | dict(columns or {})
    _refuse_unknown_keys(told, path)
    raw = _read(path, told.get("layer"))
    if raw.empty:
        raise UnreadableBoundary(f"{path.name}: it holds no shapes. Ask the supplier to send it again.")
    if "crs" in told:
        raw = _declared(raw, told["crs"], path)
    moved = to_metres(raw, crs, path.name)
    table = _table(moved, told, path)
    return _parts_as_one(table) if path.suffix.lower() == ".kml" else table


def _note(path: Path) -> dict[str, Any]:
    note = path.with_name(path.name + ".toml")
    if not note.exists():
        return {}
    try:
        return tomllib.loads(note.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UnreadableBoundary(f'{note.name}: it is not TOML. Each line must read key = "value".') from None


def _refuse_unknown_keys(told: Mapping[str, Any], path: Path) -> None:
    unknown = sorted(set(told) - _NOTE_KEYS)
    if unknown:
        raise UnreadableBoundary(
            f"{path.name}: the note beside it has keys we do not know: {', '.join(unknown)}. "
            f"Known: {', '.join(sorted(_NOTE_KEYS))}."
        )


def _read(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not path.exists():
        raise UnreadableBoundary(f"{path.name}: there is no such file.")
    if path.suffix.lower() not in SUFFIXES:
        raise UnreadableBoundary(f"{path.name}: not a kind of file we read. Send one of {', '.join(SUFFIXES)}.")
    if path.stat().st_size == 0:
        raise UnreadableBoundary(f"{path.name}: the file is empty. Ask the supplier to send it again.")
    source = _inside_zip(path) if path.suffix.lower() == ".zip" else str(path)
    try:
        return pyogrio.read_dataframe(source, layer=layer or _only_layer(source, path), force_2d=True)
    except UnreadableBoundary:
        raise
    except shapely.errors.GEOSException:
        raise UnreadableBoundary(
            f"{path.name}: it cannot be read: holds a shape that is no polygon (a ring not closed, or of too few points). "
            "Ask the supplier to export it again."
        ) from None
    except Exception:  # whatever a damaged file does to the libraries that read it, it is refused in words
        raise UnreadableBoundary(
            f"{path.name}: it cannot be read as a {path.suffix.lower().lstrip('.')} of polygons. Open it "
            "in a map program, or ask the supplier to export it again."
        ) from None


def _inside_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [name for name in archive.namelist() if name.lower().endswith(".shp")]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        members = []
    if len(members) != 1:
        raise UnreadableBoundary(f"{path.name}: a zip must hold one Shapefile; this holds {len(members)}.")
    return f"/vsizip/{path.resolve()}/{members[0]}"


def _only_layer(source: str, path: Path) -> str:
    layers = [name for name, kind in pyogrio.list_layers(source) if kind is not None]
    if len(layers) > 1:
        raise UnreadableBoundary(
            f'{path.name}: it holds several layers ({", ".join(layers)}). Name one with layer = "..." in '
            "the note beside the file."
        )
    if not layers:
        raise UnreadableBoundary(f"{path.name}: it holds no shapes. Ask the supplier to send it again.")
    return layers[0]


def _declared(frame: gpd.GeoDataFrame, crs: Any, path: Path) -> gpd.GeoDataFrame:
    try:
        return frame.set_crs(crs, allow_override=True)
    except CRSError:
        raise UnreadableBoundary(
            f"{path.name}: the crs told for it is not one PROJ knows. Use a code such as EPSG:27700."
        ) from None


def _table(frame: gpd.GeoDataFrame, told: Mapping[str, Any], path: Path) -> gpd.GeoDataFrame:
    source = _id_column(frame, told, path)
    ids = _texts(frame[source], path)
    blank = [row for row, place in enumerate(ids, start=1) if place is None]
    if blank and path.suffix.lower() == ".kml" and len(frame) == 1:
        ids, blank = [path.stem], []
    if blank:
        rows = ", ".join(map(str, blank[:10]))
        raise UnreadableBoundary(f"{path.name}: {len(blank)} shapes have no id in {source} (rows {rows}). Fill it in.")
    names = _values(frame, told, "name", path, _guess(frame, "NM", ("name",)))
    columns = {
        "place_id": ids,
        "place_level": _levels(frame, told, path),
        "name": [name or place for name, place in zip(names, ids, strict=True)],
        "parent": _parents(frame, told, source, ids, path),
        "valid_from": [_date(day, path) for day in _values(frame, told, "valid_from", path, "valid_from")],
        "valid_to": [_date(day, path) for day in _values(frame, told, "valid_to", path, "valid_to")],
        "place_category": _values(frame, told, "place_category", path, "place_category"),
    }
    tidy = {column: pd.Series(values, dtype=object) for column, values in columns.items()}
    return gpd.GeoDataFrame(tidy, geometry=frame.geometry.to_numpy(), crs=frame.crs)


def _id_column(frame: gpd.GeoDataFrame, told: Mapping[str, Any], path: Path) -> str:
    wanted = told.get("place_id")
    found = wanted if wanted in frame.columns else _guess(frame, "CD", ("place_id", "code", "name"))
    if (wanted is not None and wanted not in frame.columns) or found is None:
        properties = ", ".join(column for column in frame.columns if column != frame.geometry.name)
        raise UnreadableBoundary(
            f'{path.name}: no property holds the id of each shape. Name it with place_id = "..." in the '
            f"note beside the file; it has: {properties or 'none'}."
        )
    return str(found)


def _guess(frame: gpd.GeoDataFrame, ending: str, others: tuple[str, ...]) -> str | None:
    by_lower = {column.lower(): column for column in frame.columns}
    if others[0] in by_lower:
        return by_lower[others[0]]
    for area in _ONS:
        matches = [column for column in frame.columns if re.fullmatch(rf"{area}\d\d{ending}", column, re.IGNORECASE)]
        if matches:
            return matches[0]
    return next((by_lower[other] for other in others if other in by_lower), None)


def _values(frame: gpd.GeoDataFrame, told: Mapping[str, Any], key: str, path: Path, guess: str | None) -> list[Any]:
    """One value per row: of the property the note names, or the note's own, or the property recognised."""
    value = told.get(key)
    if value is None:
        return _texts(frame[guess], path) if guess in frame.columns else [None] * len(frame)
    if isinstance(value, str) and value in frame.columns:
        return _texts(frame[value], path)
    if key == "name":
        raise UnreadableBoundary(f'{path.name}: the note says {key} = "{value}", but the file has no such property.')
    return [value] * len(frame)


def _texts(values: pd.Series, path: Path) -> list[Any]:
    """Blank strings are blank; whole numbers read as floats lose their .0; dates stay dates."""
    plain: list[Any] = []
    for value in values.tolist():
        if not pd.api.types.is_scalar(value):
            raise UnreadableBoundary(f"{path.name}: the property {values.name} holds lists, where each shape has one value.")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int):
            value = str(value)
        blank = value is None or (isinstance(value, str) and not value.strip()) or pd.isna(value)
        plain.append(None if blank else value.strip() if isinstance(value, str) else value)
    return plain


def _levels(frame: gpd.GeoDataFrame, told: Mapping[str, Any], path: Path) -> list[str]:
    # A Shapefile's property names stop at ten letters.
    guess = next((name for name in ("place_level", "place_leve") if name in frame.columns), None)
    levels = [level or "beat" for level in _values(frame, told, "place_level", path, guess)]
    if not set(levels) <= set(LEVELS):
        raise UnreadableBoundary(f"{path.name}: place_level must be one of {', '.join(LEVELS)}.")
    return levels


def _parents(frame: gpd.GeoDataFrame, told: Mapping[str, Any], source: str, ids: list[str], path: Path) -> list[str | None]:
    if "parents" not in told:
        return _values(frame, told, "parent", path, "parent")
    beside = path.with_name(str(told["parents"]))
    if not beside.exists():
        raise UnreadableBoundary(f"{path.name}: the note names {beside.name} for the parents, and it is not there.")
    try:
        with beside.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except UnicodeDecodeError:
        raise UnreadableBoundary(f"{beside.name}: it is not UTF-8 text. Save it again as CSV UTF-8.") from None
    header = set(rows[0]) if rows else set()
    key = next((column for column in (source, "place_id") if column in header), None)
    parent = next((column for column in ("parent", "locality") if column in header), None)
    if key is None or parent is None:
        raise UnreadableBoundary(
            f"{beside.name}: it needs a column {source} or place_id, and one called parent or locality."
        )
    known = {row[key].strip(): (row[parent] or "").strip() or None for row in rows}
    return [known.get(place) for place in ids]


def _date(value: Any, path: Path) -> dt.date | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)[:10].replace("/", "-"))
    except ValueError:
        raise UnreadableBoundary(f"{path.name}: valid_from and valid_to must be dates, YYYY-MM-DD.") from None


def _parts_as_one(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    # A KML of one neighbourhood may draw it as several Placemarks of one name.
    firsts = ~table.duplicated("place_id")
    parts = table.geometry.groupby(table["place_id"]).agg(lambda shapes: _collected(shapes.to_numpy()))
    merged = table[firsts].reset_index(drop=True)
    return merged.set_geometry(gpd.GeoSeries(merged["place_id"].map(parts).to_numpy(), crs=table.crs))


def _collected(shapes: np.ndarray) -> Any:
    parts = [part for part in shapely.get_parts(shapes) if shapely.get_type_id(part) == 3]
    return shapes[0] if len(shapes) == 1 else shapely.multipolygons(parts)
