"""The map of assessments by status, and the choice of one place that goes with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from dashboard import layers, map_values, maps, reads, registers
from dashboard.reads import Snapshot
from dashboard.shading import PlaceFigure
from dashboard.wording import assessments as words

MAP_KEY, CHOICE_KEY = "assessments:map", "assessments:place"
PLACE_KEY, LEVEL_KEY, TURN_KEY = "place", "place_level", "turn"
MAP_HEIGHT_PX = 520
LEVELS = ("beat", "place_of_concern")  # the larger first, so that the smaller lie on top


def draw(snapshot: Snapshot, places: Sequence[Any], labels: Mapping[str, str], chosen: Any) -> None:
    """Draw the map and its legend; a click chooses a place."""
    figures = registers.status_figures(places, labels)
    if town := layers.large(snapshot):
        _large(town, figures, chosen)
    else:
        _usual(snapshot, figures, chosen)
    seen = {registers.status_of(place) for place in places}
    signs = [registers.status_sign(code, labels) for code in registers.STATUSES if code in seen]
    st.html(registers.signs_legend(signs, words.LEGEND) + registers.paragraph(words.MAP_NOTE))


def _large(town: map_values.Town, figures: Sequence[PlaceFigure], chosen: Any) -> None:
    here = next((one for one in figures if chosen and one.area_id == chosen.area_id), None)
    map_values.show(
        town, [level for level in LEVELS if level in town.shapes], map_values.values(figures, tiled=False), key=MAP_KEY,
        chosen=here, tiled=False, label="", on_choice=_clicked,
    )  # fmt: skip


def _usual(snapshot: Snapshot, figures: Sequence[PlaceFigure], chosen: Any) -> None:
    shapes = [reads.outlines(snapshot, level)["features"] for level in LEVELS if level in snapshot.area_levels]
    outlines = {"type": "FeatureCollection", "features": [shape for level in shapes for shape in level]}
    st_folium(
        maps.base_map(reads.outlines(snapshot, reads.backdrop_level(snapshot)), reads.context(snapshot)),
        key=MAP_KEY,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
        feature_group_to_add=maps.places_group(
            outlines,
            figures,
            chosen=chosen.area_id if chosen else None,
            tiled=False,
            turn=st.session_state.get(TURN_KEY, 0),
        ),
        returned_objects=["last_active_drawing"],
        on_change=_clicked,
    )


def chosen(places: Sequence[Any]) -> Any:
    """The place chosen here or on another page, if this page shows it. It is kept in the session, never in the URL."""
    found = next((place for place in places if place.area_id == st.session_state.get(PLACE_KEY)), None)
    st.session_state[CHOICE_KEY] = found.area_id if found else None
    if found:
        st.session_state[LEVEL_KEY] = found.area_level
    return found


def choose(places: Sequence[Any]) -> None:
    """The other way to choose, for keyboards."""
    names = {place.area_id: place.name for place in sorted(places, key=lambda place: place.name)}
    st.selectbox(
        words.CHOOSE, tuple(names), key=CHOICE_KEY, index=None, placeholder=words.PROMPT, format_func=names.__getitem__,
        on_change=_take,
    )  # fmt: skip


def _take() -> None:
    st.session_state[PLACE_KEY] = st.session_state.get(CHOICE_KEY)
    st.session_state[TURN_KEY] = st.session_state.get(TURN_KEY, 0) + 1


def _clicked() -> None:
    if area_id := maps.clicked_place(st.session_state.get(MAP_KEY)):
        st.session_state[PLACE_KEY] = area_id
        st.session_state[TURN_KEY] = st.session_state.get(TURN_KEY, 0) + 1
