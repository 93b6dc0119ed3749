"""The backdrop of the maps, from an extract somebody already has: roads, rail, water and parks within the town.

Nothing is fetched. An OpenStreetMap extract (.osm.pbf, .osm) is known by its tags; a GeoPackage or another file of layers
by the tags it has, else by the names of its layers. What is kept is shapes alone: no names, no points.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from pipelines.errors import PlacesError
from pipelines.intake.places import read_versions
from pipelines.settings import Settings

KINDS = ("parks", "railway", "river", "roads")
ATTRIBUTION_FILE = "attribution.txt"
OSM = "© OpenStreetMap contributors, Open Database Licence"
LONGEST_ATTRIBUTION = 300
MARGIN_M = 500.0
# All four files together. The map sends them to every reader; larger towns would want tiles, which are not made yet.
MOST_BYTES = 2_000_000
TOLERANCES_M = (5.0, 10.0, 20.0, 40.0)
SMALLEST_PARK_M2 = 5_000.0
STEP_DEGREES = 1e-5

# (kind, column, values): the tags of OpenStreetMap, and of extracts made from it.
ROADS = frozenset({"motorway", "trunk", "primary", "secondary", "tertiary"})
TAGS = (
    ("roads", "highway", ROADS),
    ("roads", "fclass", ROADS),
    ("railway", "railway", frozenset({"rail", "light_rail", "tram"})),
    ("railway", "fclass", frozenset({"rail", "light_rail", "tram"})),
    ("river", "waterway", frozenset({"river", "canal", "riverbank"})),
    ("river", "natural", frozenset({"water"})),
    ("river", "fclass", frozenset({"river", "canal", "riverbank", "water", "dock"})),
    ("parks", "leisure", frozenset({"park", "nature_reserve", "common"})),
    ("parks", "landuse", frozenset({"recreation_ground", "village_green"})),
    ("parks", "fclass", frozenset({"park", "nature_reserve", "recreation_ground"})),
)
NAMED = {"road": "roads", "rail": "railway", "water": "river", "river": "river", "park": "parks", "greenspace": "parks"}
LINES, AREAS = frozenset({1, 2, 5}), frozenset({3, 6})  # shapely's numbers of geometry types
TYPES = {"roads": LINES, "railway": LINES, "river": LINES | AREAS, "parks": AREAS}


@dataclass(frozen=True)
class Basemap:
    """What was kept: how many shapes of each kind, how many bytes, and how coarse the lines are, in metres."""

    shapes: dict[str, int]
    size_bytes: int
    tolerance_m: float
    attribution: str


def make_basemap(file: Path, settings: Settings, *, attribution: str | None = None) -> Basemap:
    """Clip an extract to the town and write `context/<kind>.geojson` and the attribution that the map shows.

    attribution  whose data it is, in the words its licence asks for; may be left out for OpenStreetMap's own formats

    The files are used from the next build on. Raises PlacesError when the file cannot be read, holds nothing of the four
    kinds within the town, is too large however coarse, or nobody said whose it is. Nothing is written then.
    """
    said = _attribution(file, attribution)
    crs = settings.partnership.city.crs
    beats = read_versions(settings, settings.partnership)
    around = shapely.box(*beats.to_crs(crs).total_bounds).buffer(MARGIN_M, join_style="mitre")
    kinds = {kind: found for kind, found in _kept(file, gpd.GeoSeries([around], crs=crs)).items() if len(found)}
    if not kinds:
        raise PlacesError(f"{file.name}: holds no roads, railway, water or parks within the town: is it of another place?")
    texts, tolerance_m = _small_enough(file, kinds)
    folder = settings.data_dir / "context"
    folder.mkdir(parents=True, exist_ok=True)
    texts_by_file = {f"{kind}.geojson": text for kind, text in texts.items()} | {ATTRIBUTION_FILE: said + "\n"}
    for name, text in texts_by_file.items():
        (folder / f"{name}.unfinished").write_text(text, encoding="utf-8")
    for name in texts_by_file:
        os.replace(folder / f"{name}.unfinished", folder / name)
    for kind in KINDS:  # a kind that is not in this extract would be another's
        if kind not in texts:
            (folder / f"{kind}.geojson").unlink(missing_ok=True)
    size = sum(len(text.encode()) for text in texts.values())
    return Basemap({kind: len(found) for kind, found in kinds.items()}, size, tolerance_m, said)


def _attribution(file: Path, said: str | None) -> str:
    words = " ".join((said or "").split())
    if not words and file.name.endswith((".osm.pbf", ".osm")):
        return OSM
    if not words:
        raise PlacesError(f"{file.name}: say whose data it is, in the words of its licence, with --attribution")
    if len(words) > LONGEST_ATTRIBUTION:
        raise PlacesError(f"--attribution: is longer than {LONGEST_ATTRIBUTION} characters; the map has no room for it")
    return words


def _kept(file: Path, around: gpd.GeoSeries) -> dict[str, gpd.GeoSeries]:
    """The shapes of each kind within the town, in its own metres."""
    found: dict[str, list[gpd.GeoSeries]] = {kind: [] for kind in KINDS}
    for layer in _layers(file):
        shapes = _read(file, layer, around)
        for kind, mine in _sorted_out(layer, shapes):
            found[kind].append(_clipped(mine.geometry, around, kind))
    return {
        kind: gpd.GeoSeries(pd.concat(parts, ignore_index=True), crs=around.crs)
        for kind, parts in found.items() if parts
    }  # fmt: skip


def _layers(file: Path) -> list[str]:
    try:
        return [str(name) for name, geometry in pyogrio.list_layers(file) if geometry not in (None, "Point", "MultiPoint")]
    except (DataSourceError, OSError):
        raise PlacesError(
            f"{file.name}: is no map extract that can be read: give .osm.pbf, .osm, .gpkg or another file of layers"
        ) from None


def _read(file: Path, layer: str, around: gpd.GeoSeries) -> gpd.GeoDataFrame:
    try:
        crs = pyogrio.read_info(file, layer=layer)["crs"]
        if crs is None:
            raise PlacesError(f"{file.name}: layer {layer} does not say its coordinates (CRS): export it again with them")
        return pyogrio.read_dataframe(file, layer=layer, bbox=tuple(around.to_crs(crs).total_bounds))
    except (DataSourceError, DataLayerError, ValueError, RuntimeError, OSError):
        raise PlacesError(f"{file.name}: layer {layer} cannot be read: export it again") from None


def _sorted_out(layer: str, shapes: gpd.GeoDataFrame) -> Iterable[tuple[str, gpd.GeoDataFrame]]:
    """The rows of a layer that are of one of the four kinds, by their tags, or all of them by the layer's name."""
    tags = [tag for tag in TAGS if tag[1] in shapes]
    for kind, column, values in tags:
        yield kind, shapes[shapes[column].isin(values)]
    if not any(column == "railway" for _, column, _ in tags) and "other_tags" in shapes:
        yield "railway", shapes[shapes["other_tags"].fillna("").str.contains('"railway"=>"(?:rail|light_rail|tram)"')]
    if not tags:
        yield from ((kind, shapes) for word, kind in NAMED.items() if word in layer.lower())


def _clipped(shapes: gpd.GeoSeries, around: gpd.GeoSeries, kind: str) -> gpd.GeoSeries:
    inside = shapes[shapes.notna() & ~shapes.is_empty].to_crs(around.crs).make_valid().intersection(around.iloc[0])
    parts = inside.explode(ignore_index=True)
    parts = parts[~parts.is_empty & pd.Series(shapely.get_type_id(parts.to_numpy())).isin(TYPES[kind]).to_numpy()]
    return parts[parts.area >= SMALLEST_PARK_M2] if kind == "parks" else parts


def _small_enough(file: Path, kinds: dict[str, gpd.GeoSeries]) -> tuple[dict[str, str], float]:
    """The four files as text, as fine as the limit allows."""
    for tolerance_m in TOLERANCES_M:
        texts = {kind: _text(shapes.simplify(tolerance_m)) for kind, shapes in kinds.items()}
        if sum(len(text.encode()) for text in texts.values()) <= MOST_BYTES:
            return texts, tolerance_m
    raise PlacesError(
        f"{file.name}: is more than {MOST_BYTES / 1e6:g} MB within the town, even with lines {TOLERANCES_M[-1]:g} m coarse: "
        "leave out the smaller roads and parks, and try again (tiles for larger towns are not made yet)"
    )


def _text(shapes: gpd.GeoSeries) -> str:
    drawn = shapely.set_precision(shapes.to_crs("EPSG:4326").to_numpy(), STEP_DEGREES)
    features = [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(one)} for one in drawn if not one.is_empty
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
