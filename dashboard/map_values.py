"""The map of a large town: shapes and names come once, and a change sends one small number for each place.

folium sends and runs a script for each change, and that takes longer the more places there are. Here our own component
(`static/values.js`, in the page itself) keeps the map, and the same script as everywhere (`static/places.js`) draws it.

What stays goes in parcels, each named by the hash of what is in it, and a browser is given each once. Static files are
served without sign-in: outlines of PUBLIC levels alone go that way. Every other shape, and every name, travels over the
reader's own session; public outlines too, where no file can be written or read.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from dashboard import assets
from dashboard.maps import GeoJson, backdrop, bounds_of, by_id, look_of
from dashboard.shading import PlaceFigure

# A town with a level of more areas than this is drawn here, any other by folium. folium answers a choice in 0.17 s at 36
# places and in 0.36 s at 500 (docs/figures), so that at 300 it takes under 0.3 s; from there on it is felt.
MOST_WITH_FOLIUM = 300

# What comes after the map waits so long: a browser that was given the place's chart at once would draw that first, which
# takes it longer than all else, and the map would stand still meanwhile.
PAINTED_S = 0.04

PUBLIC = frozenset({"beat", "locality"})
PROJECT, PART = "safer-places", "places"
SENT, REFUSED = "map_parcels", "map_parcels_refused"


@dataclass(frozen=True)
class Parcel:
    """JSON that a browser is given once.

    name   the hash of the text
    url    where it lies under the static folder; empty when it only travels over the session
    """

    name: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Town:
    """All that stays of a large town.

    ground   its backdrop and its bounds
    thin     the level whose outlines are part of the backdrop
    shapes   of each level, by area_id
    """

    ground: Parcel
    thin: str
    shapes: Mapping[str, Parcel]


@dataclass(frozen=True)
class Values:
    """What one map says of its places.

    who       area_id and name of each place, in the order of the numbers
    drawing   JSON: styles, looks (a style and words) and for each place the number of its look
    """

    who: Parcel
    drawing: str


def is_large(areas: Iterable[int]) -> bool:
    """Whether a town with so many areas at each level is drawn here."""
    return max(areas, default=0) > MOST_WITH_FOLIUM


def town(levels: Mapping[str, GeoJson], context: dict[str, GeoJson], thin: str) -> Town:
    """What stays of a town.

    levels    outlines of every level a map may show, EPSG:4326
    context   river, roads, railway, parks, EPSG:4326; any may be missing
    thin      the level whose outlines are drawn as thin lines and set the view
    """
    shapes = {level: parcel(by_id(outlines), public=level in PUBLIC) for level, outlines in levels.items()}
    ground = {"layers": backdrop(context, {"of": shapes[thin].name}), "bounds": bounds_of(levels[thin])}
    return Town(parcel(ground), thin, shapes)


def parcel(content: object, *, public: bool = False) -> Parcel:
    """Wrap what stays. A public one is also written under the static folder, if that can be written to and is served."""
    text = _json(content)
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    served = public and st.get_option("server.enableStaticServing")
    return Parcel(name, text, (assets.keep_outlines(name, text) or "") if served else "")


def values(figures: Iterable[PlaceFigure], *, tiled: bool) -> Values:
    """What a map says of its places, but for the chosen one.

    figures   one per place; a place without a figure is not drawn
    tiled     True when the places fill the town side by side; False when they lie apart, on bare ground
    """
    ordered = sorted(figures, key=lambda figure: figure.area_id)
    styles: dict[str, int] = {}
    looks: dict[tuple[int, str], int] = {}
    each = []
    for figure in ordered:
        style = styles.setdefault(_json(look_of(figure, chosen=False, tiled=tiled)), len(styles))
        each.append(looks.setdefault((style, figure.words), len(looks)))
    drawing = _json({"looks": list(looks), "each": each})
    who = parcel([(figure.area_id, figure.name) for figure in ordered])
    return Values(who, f'{drawing[:-1]},"styles":[{",".join(styles)}]}}')


def show(
    drawn: Town, levels: Sequence[str], said: Values, *, key: str, chosen: PlaceFigure | None, tiled: bool,
    label: str, on_choice: Callable[[], None],
) -> None:  # fmt: skip
    """Put a map on the page; the style sheet says how high. A choice made on it is read by `maps.clicked_place`.

    levels   whose shapes are drawn, the larger first
    label    what the map shows and how keys move on it, for readers who cannot see it
    """
    parcels = [drawn.ground, said.who, *(drawn.shapes[level] for level in dict.fromkeys([drawn.thin, *levels]))]
    sent, refused = (st.session_state.setdefault(name, set()) for name in (SENT, REFUSED))
    by_url = {one.name: one.url for one in parcels if one.url and one.name not in refused}
    first = {one.name: one.text for one in parcels if one.name not in by_url and one.name not in sent}
    sent.update(first)
    st.html(_chosen(key, chosen, tiled=tiled))
    data = {
        "name": key,
        "ground": drawn.ground.name,
        "who": said.who.name,
        "levels": [drawn.shapes[level].name for level in levels],
        "parcels": [one.name for one in parcels],
        "urls": by_url,
        "first": first,
        "drawing": said.drawing,
        "label": label,
    }
    lacking = partial(_lacking, key, frozenset(data["parcels"]))
    _component()(key=key, data=data, on_picked_change=on_choice, on_lacking_change=lacking)
    time.sleep(PAINTED_S)


def _chosen(key: str, chosen: PlaceFigure | None, *, tiled: bool) -> str:
    """The chosen place and its style, in an element nobody sees: the map draws it as soon as it changes."""
    said = _json([chosen.area_id, look_of(chosen, chosen=True, tiled=tiled)] if chosen else None)
    return f'<div class="sp-map-chosen" data-map="{escape(key)}" data-chosen="{escape(said)}"></div>'


def _lacking(key: str, asked: frozenset[str]) -> None:
    """The browser has not got some parcels: whatever was sent is sent again, and what lies under a URL is sent as well."""
    returned = st.session_state.get(key)
    named = returned.get("lacking") if isinstance(returned, dict) else None
    lost = asked.intersection(one for one in named if isinstance(one, str)) if isinstance(named, list) else frozenset()
    st.session_state[SENT] = st.session_state.get(SENT, set()) - lost
    st.session_state[REFUSED] = st.session_state.get(REFUSED, set()) | lost


def _component() -> Any:
    """Our component. Its script is a file of this server: one sent as text would need a policy that lets texts be run.

    Streamlit finds such files by the project file of an installed package; ours is told of by hand.
    """
    manager, name = get_bidi_component_manager(), f"{PROJECT}.{PART}"
    if manager.get_component_asset_root(name) is None:
        manifest = ComponentManifest(PROJECT, "1", [ComponentConfig(PART, "static")])
        manager.register_from_manifest(manifest, Path(__file__).parent)
    return st.components.v2.component(name, js="values.js")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
