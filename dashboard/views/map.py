"""The map page: where harm is reported, where it is rising or falling, and where each assessment is, place by place."""

from __future__ import annotations

import streamlit as st
from streamlit_folium import st_folium

from dashboard import access, cards, controls, layers, map_search, map_values, maps, panels, reads, wording
from dashboard.choices import STATUS
from dashboard.controls import Selection
from dashboard.layers import directions, parts, status
from dashboard.layers.parts import Layer, Shown
from dashboard.wording import map as words

MAP_KEYS = ("map", "map_beside")
MAP_HEIGHT_PX = 560  # the style sheet stretches it to the window
TABLE_HEIGHT_PX = 480  # and this


def page() -> None:
    """Draw the page. The map, its table and the chosen place redraw on their own when a place is chosen."""
    snapshot = reads.current_snapshot(access.audience())
    if not reads.measures(snapshot):
        st.info(wording.NOTHING_WHOLE_YET)
        return
    _map_and_table(controls.choose(snapshot))


@st.fragment
def _map_and_table(selection: Selection) -> None:
    if map_search.level_has_changed(selection):
        st.rerun()  # the controls are outside of this fragment
    drawn = layers.shown(selection)
    st.html(panels.title(drawn.title, drawn.span, drawn.warnings))
    if not drawn.layers[0].places:
        st.info(wording.NO_PLACES)
        return
    if len(drawn.layers) > 1:
        _side_by_side(selection, drawn)
    else:
        _one_map(selection, drawn)


def _one_map(selection: Selection, drawn: Shown) -> None:
    left, right = st.columns([11, 9], gap="medium")
    with left:  # first, so that the map answers a click before the chart is made
        _map(selection, drawn.layers[0], MAP_KEYS[0], drawn.title)
        _legend(selection, drawn)
    with right:
        _place_and_table(selection, drawn)


def _side_by_side(selection: Selection, drawn: Shown) -> None:
    for column, key, layer in zip(st.columns(2, gap="medium"), MAP_KEYS, drawn.layers, strict=True):
        with column:
            st.html(parts.part_title(layer.title))
            _map(selection, layer, key, f"{drawn.title}, {layer.title}")
    _legend(selection, drawn)
    _place_and_table(selection, drawn)


def _place_and_table(selection: Selection, drawn: Shown) -> None:
    here = map_search.chosen(selection, drawn.layers[0].places)
    above = st.container()
    if here and selection.choice.layer == STATUS:
        st.html(status.history_of(selection, here.area_id))
    elif here:
        cards.place_card(selection, here)
    with above:  # a long list takes a browser longer to draw than the map: it comes after
        map_search.search(selection, here)
    with st.container(key="figures", height=TABLE_HEIGHT_PX, border=False):
        places = len(drawn.layers[0].places)
        whole = places <= parts.MOST_ROWS or st.checkbox(words.every_row(parts.MOST_ROWS, places), key="map_whole")
        table = parts.table_of(drawn, selection.choice.level, here.area_id if here else None, whole=whole)
        st.html(parts.scrolled(table + drawn.beneath))


def _map(selection: Selection, layer: Layer, key: str, what: str) -> None:
    level = selection.choice.level
    here = map_search.chosen(selection, layer.places)
    label, on_choice = words.map_label(level, what), map_search.on_click(key, level)
    if town := layers.large(selection.snapshot):
        map_values.show(
            town, [level], layer.values, key=key, chosen=here, tiled=layer.tiled, label=label, on_choice=on_choice
        )  # fmt: skip
        return
    st_folium(
        maps.map_on(layers.ground(selection.snapshot)),
        key=key,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
        feature_group_to_add=maps.places_group(
            level,
            layer.places,
            chosen=here.area_id if here else None,
            tiled=layer.tiled,
            turn=map_search.turn(),
            label=label,
        ),
        returned_objects=["last_active_drawing"],
        on_change=on_choice,
    )


def _legend(selection: Selection, drawn: Shown) -> None:
    long = " sp-map-told" if drawn.meanings else ""  # the style sheet leaves more room beneath the map for these
    notes = [*drawn.notes, words.sources(maps.attribution(reads.data_dir()))]
    st.html(f'<div class="sp-map-legend{long}">{drawn.legend}{panels.notes(notes)}</div>')
    if drawn.meanings:
        with st.expander(words.WHAT_WORDS_MEAN):
            st.html(directions.meanings())
