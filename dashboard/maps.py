"""The map: a base that never changes between runs, and one group of places that does.

The base map's script must be byte-identical from run to run, or the browser throws the whole map away and
draws it again. Everything that depends on the reader's choice is in the group, and that is words and styles alone where
the base holds the shapes already. Nobody outside is asked for anything: Leaflet and our own script come from the
dashboard's static folder.

Maps are made anew for each run and never cached: a cached folium map carries one reader's layer to another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from dashboard import palette
from dashboard.shading import PlaceFigure

# Relative to the component's own page (component/<name>/index.html): it works under a base URL path too.
STATIC = "../../app/static"

# Shapes travel as whole steps of 0.00001 degrees (about a metre) from one corner to the next: a third of the size.
STEPS_A_DEGREE = 100_000
LONGEST_ATTRIBUTION = 300

GeoJson = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """All of a base map that is worth keeping between runs: plain text, so that no reader gets another's map.

    payload   what our own script draws it from, as JSON
    centre    lat, lon
    levels    the levels whose shapes it holds
    """

    payload: str
    centre: tuple[float, float]
    levels: tuple[str, ...]


class OfflineMap(folium.Map):
    """A folium map whose every script and style is served by the dashboard itself."""

    default_js = [  # noqa: RUF012 (folium's own class attribute)
        ("leaflet", f"{STATIC}/vendor/leaflet/leaflet.js"),
        ("places", f"{STATIC}/places.js"),
    ]
    default_css = [  # noqa: RUF012
        ("leaflet_css", f"{STATIC}/vendor/leaflet/leaflet.css"),
        ("map_css", f"{STATIC}/map.css"),
    ]


class _Drawing(MacroElement):
    """A call of our own script with one JSON argument.

    `render` does nothing on purpose: branca would compile the finished script as a template a second time,
    and a place named like a template expression would then be run on the server.
    """

    def __init__(self, payload: str) -> None:
        super().__init__()
        self.payload = payload

    def render(self, **kwargs: Any) -> str:
        return ""


class Town(_Drawing):
    """What stays: river, parks, roads, railway and the thin outlines of the beats."""

    _name = "Town"
    _template = Template(
        "{% macro script(this, kwargs) %}saferPlaces.start({{ this._parent.get_name() }}, {{ this.payload }});{% endmacro %}"
    )


class Places(_Drawing):
    """What changes: the shaded places. The first line lets go of the layers already taken off the map."""

    _name = "Places"
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "window.feature_group = [];\n"
        "saferPlaces.draw({{ this._parent.get_name() }}, {{ this.payload }});"
        "{% endmacro %}"
    )


def ground(beats: GeoJson, context: dict[str, GeoJson], levels: Mapping[str, GeoJson] | None = None) -> Ground:
    """What the constant map of the town is made of.

    beats     outlines of the beats, EPSG:4326: they set the view and are drawn as thin lines
    context   river, roads, railway, parks, EPSG:4326; any may be missing
    levels    shapes by level that `places_group` may then draw without sending them again
    """
    (south, west), (north, east) = bounds = bounds_of(beats)
    known = {level: by_id(outlines) for level, outlines in (levels or {}).items()}
    payload = script_json({"layers": backdrop(context, _shapes_only(beats)), "bounds": bounds, "levels": known})
    return Ground(payload, ((south + north) / 2, (west + east) / 2), tuple(known))


def backdrop(context: dict[str, GeoJson], beats: object) -> list[dict[str, object]]:
    """The layers that stay: river, roads, railway, parks and the thin outlines of the beats."""
    layers: list[dict[str, object]] = [
        {"pane": "lines", "style": style, "shapes": _shapes_only(context[kind])}
        for kind, style in palette.BACKDROP.items()
        if kind in context
    ]
    under = [(palette.PARK_FILL, _shapes_only(context.get("parks", {}))), (palette.BEAT_OUTLINE, beats)]
    return [*layers, *({"pane": "ground", "style": style, "shapes": shapes} for style, shapes in under)]


def base_map(beats: GeoJson, context: dict[str, GeoJson]) -> OfflineMap:
    """Make the constant map of the town from its beats and its context, as `ground` says."""
    return map_on(ground(beats, context))


def map_on(held: Ground) -> OfflineMap:
    """Make the constant map of the town."""
    town = OfflineMap(
        location=list(held.centre), zoom_start=12, tiles=None, zoom_snap=0.25, keyboard=False, attribution_control=False
    )
    town.add_child(Town(held.payload))
    return town


def places_group(
    outlines: GeoJson | str, figures: Iterable[PlaceFigure], *, chosen: str | None, tiled: bool, turn: int, label: str = ""
) -> folium.FeatureGroup:
    """Make the layer of shaded places.

    outlines   one feature per place, EPSG:4326, with an `area_id`; or the name of a level whose shapes the base map holds
    figures    one per place; a place without a figure is not drawn
    chosen     the place the reader has chosen, drawn with a heavy outline
    tiled      True when the places fill the town side by side; False when they lie apart, on bare ground
    turn       how many choices were made before this one: it comes back with a click, so that choosing the
               same place twice is still news to the page
    label      what the map shows and how keys move on it, for readers who cannot see it
    """
    styles: dict[str, int] = {}
    looks = {}
    for figure in figures:
        style = script_json(look_of(figure, chosen=figure.area_id == chosen, tiled=tiled))
        looks[figure.area_id] = (figure.name, figure.words, styles.setdefault(style, len(styles)))
    shapes = outlines if isinstance(outlines, str) else by_id(outlines, looks)
    drawing = script_json({"shapes": shapes, "looks": looks, "chosen": chosen, "turn": turn, "label": label})
    group = folium.FeatureGroup(name="places")
    group.add_child(Places(f'{drawing[:-1]},"styles":[{",".join(styles)}]}}'))
    return group


def attribution(data_dir: Path) -> str:
    """Whose the backdrop is, where it was made from somebody's map (`safer-places basemap`); empty where nobody is named."""
    try:
        return " ".join((data_dir / "context" / "attribution.txt").read_text(encoding="utf-8")[:LONGEST_ATTRIBUTION].split())
    except (OSError, UnicodeDecodeError):
        return ""


def clicked_place(returned: object) -> str | None:
    """Read the area_id of a click from what the map component returned: of either map, this one or that of `map_values`."""
    if isinstance(returned, dict) and isinstance(picked := returned.get("picked"), str):
        return picked
    drawing = returned.get("last_active_drawing") if isinstance(returned, dict) else None
    area_id = drawing.get("properties", {}).get("area_id") if isinstance(drawing, dict) else None
    return area_id if isinstance(area_id, str) else None


def script_json(value: object) -> str:
    """Write JSON that is safe inside a script, inside HTML, and inside a template."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def look_of(figure: PlaceFigure, *, chosen: bool, tiled: bool) -> dict[str, object]:
    """How our own script draws one place: the style of its outline and fill, its mark, hatched or not."""
    shade = figure.shade
    style: dict[str, object] = {
        "color": palette.INK if chosen or (shade and not tiled) else palette.edge_of(shade),
        "weight": 5 if chosen else 1.2,
        "opacity": 1,
        "fillColor": shade.colour if shade else palette.NO_FIGURE,
        "fillOpacity": 1 if shade or figure.withheld else 0.4,
    }
    if not shade and not figure.withheld:
        style["dashArray"] = "4 4"
    return {
        "style": style,
        "mark": shade.mark if shade else "",
        "ink": shade.ink if shade else palette.INK,
        "hatched": figure.withheld,
    }


def _shapes_only(collection: GeoJson) -> list[GeoJson]:
    return [_packed(feature["geometry"]) for feature in collection.get("features", []) if feature.get("geometry")]


def by_id(outlines: GeoJson, wanted: Mapping[str, object] | None = None) -> dict[str, GeoJson]:
    """The shape of each place by its id, of those that are wanted."""
    shapes = ((feature["properties"]["area_id"], feature["geometry"]) for feature in outlines["features"])
    return {area_id: _packed(shape) for area_id, shape in shapes if wanted is None or area_id in wanted}


def _packed(geometry: GeoJson) -> GeoJson:
    if "geometries" in geometry:
        return {"type": geometry["type"], "geometries": [_packed(one) for one in geometry["geometries"]]}
    return {"type": geometry["type"], "coordinates": _steps(geometry["coordinates"])}


def _steps(coordinates: list[Any]) -> list[Any]:
    """Each line of positions as flat whole steps: the first corner, then from each corner to the next."""
    if not isinstance(coordinates[0][0], int | float):
        return [_steps(part) for part in coordinates]
    flat: list[int] = []
    lon = lat = 0
    for position in coordinates:
        east, north = round(position[0] * STEPS_A_DEGREE), round(position[1] * STEPS_A_DEGREE)
        flat += (east - lon, north - lat)
        lon, lat = east, north
    return flat


def bounds_of(collection: GeoJson) -> list[list[float]]:
    """The south-west and the north-east corner of everything in it, as lat, lon."""
    points = [point for feature in collection["features"] for point in _points(feature["geometry"]["coordinates"])]
    if not points:
        return [[-60.0, -180.0], [70.0, 180.0]]
    lons, lats = zip(*points, strict=True)
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


def _points(coordinates: list[Any]) -> list[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [point for part in coordinates for point in _points(part)]
