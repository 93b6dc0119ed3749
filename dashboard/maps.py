"""The map: a base that never changes between runs, and one group of places that does.

The base map's script must be byte-identical from run to run, or the browser throws the whole map away and
draws it again. Everything that depends on the reader's choice is in the group. Nobody outside is asked for
anything: Leaflet and our own script come from the dashboard's static folder.

Maps are made anew for each run and never cached: a cached folium map carries one reader's layer to another.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import folium
from branca.element import MacroElement
from folium.template import Template

from dashboard import palette
from dashboard.shading import PlaceFigure

# Relative to the component's own page (component/<name>/index.html): it works under a base URL path too.
STATIC = "../../app/static"

GeoJson = dict[str, Any]


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

    def __init__(self, payload: GeoJson) -> None:
        super().__init__()
        self.payload = script_json(payload)

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


def base_map(beats: GeoJson, context: dict[str, GeoJson]) -> OfflineMap:
    """Make the constant map of the town.

    beats     outlines of the beats, EPSG:4326: they set the view and are drawn as thin lines
    context   river, roads, railway, parks, EPSG:4326; any may be missing
    """
    bounds = _bounds(beats)
    centre = [(bounds[0][0] + bounds[1][0]) / 2, (bounds[0][1] + bounds[1][1]) / 2]
    town = OfflineMap(location=centre, zoom_start=12, tiles=None, zoom_snap=0.25, keyboard=False, attribution_control=False)
    layers = [
        {"pane": "lines", "style": style, "shapes": _shapes_only(context[kind])}
        for kind, style in palette.BACKDROP.items()
        if kind in context
    ]
    ground = [(palette.PARK_FILL, context.get("parks", {})), (palette.BEAT_OUTLINE, beats)]
    layers += [{"pane": "ground", "style": style, "shapes": _shapes_only(shapes)} for style, shapes in ground]
    town.add_child(Town({"layers": layers, "bounds": bounds}))
    return town


def places_group(
    outlines: GeoJson, figures: Iterable[PlaceFigure], *, chosen: str | None, tiled: bool, turn: int, label: str = ""
) -> folium.FeatureGroup:
    """Make the layer of shaded places.

    outlines   one feature per place, EPSG:4326, with an `area_id`
    figures    one per place; a place without a figure is not drawn
    chosen     the place the reader has chosen, drawn with a heavy outline
    tiled      True when the places fill the town side by side; False when they lie apart, on bare ground
    turn       how many choices were made before this one: it comes back with a click, so that choosing the
               same place twice is still news to the page
    label      what the map shows and how keys move on it, for readers who cannot see it
    """
    looks = {figure.area_id: _look(figure, chosen=figure.area_id == chosen, tiled=tiled) for figure in figures}
    shapes = [
        {
            "type": "Feature",
            "properties": {"area_id": feature["properties"]["area_id"], "turn": turn},
            "geometry": feature["geometry"],
        }
        for feature in outlines["features"]
        if feature["properties"]["area_id"] in looks
    ]
    group = folium.FeatureGroup(name="places")
    drawing = {"shapes": {"type": "FeatureCollection", "features": shapes}, "looks": looks, "label": label}
    group.add_child(Places(drawing))
    return group


def clicked_place(returned: object) -> str | None:
    """Read the area_id of a click from what the map component returned."""
    drawing = returned.get("last_active_drawing") if isinstance(returned, dict) else None
    area_id = drawing.get("properties", {}).get("area_id") if isinstance(drawing, dict) else None
    return area_id if isinstance(area_id, str) else None


def script_json(value: object) -> str:
    """Write JSON that is safe inside a script, inside HTML, and inside a template."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return re.sub(r"\{(?=[{%#])", r"\\u007b", text)


def _look(figure: PlaceFigure, *, chosen: bool, tiled: bool) -> dict[str, object]:
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
        "name": figure.name,
        "words": figure.words,
        "style": style,
        "mark": shade.mark if shade else "",
        "ink": shade.ink if shade else palette.INK,
        "hatched": figure.withheld,
        "chosen": chosen,
    }


def _shapes_only(collection: GeoJson) -> list[GeoJson]:
    return [
        {"type": "Feature", "properties": {}, "geometry": feature["geometry"]}
        for feature in collection.get("features", [])
        if feature.get("geometry")
    ]


def _bounds(collection: GeoJson) -> list[list[float]]:
    points = [point for feature in collection["features"] for point in _points(feature["geometry"]["coordinates"])]
    if not points:
        return [[-60.0, -180.0], [70.0, 180.0]]
    lons, lats = zip(*points, strict=True)
    return [[min(lats), min(lons)], [max(lats), max(lons)]]


def _points(coordinates: list[Any]) -> list[tuple[float, float]]:
    if coordinates and isinstance(coordinates[0], int | float):
        return [(coordinates[0], coordinates[1])]
    return [point for part in coordinates for point in _points(part)]
