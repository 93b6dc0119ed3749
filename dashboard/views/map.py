"""The map page: where harm is reported, place by place, for the selection in the sidebar."""

from __future__ import annotations

import streamlit as st
from streamlit_folium import st_folium

from dashboard import access, cards, controls, maps, panels, reads, wording
from dashboard.controls import Selection
from dashboard.palette import Shade
from dashboard.shading import PlaceFigure, place_figures

MAP_KEY = "map"
PLACE_KEY = "place"
TURN_KEY = "turn"
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
    measure, choice = selection.measure, selection.choice
    counts = reads.map_counts(selection.snapshot, choice, selection.periods)
    places, scale = place_figures(counts, per_1000=choice.per_1000, base=measure.least, band_words=reads.band_words)
    st.html(panels.title(measure.label, selection.span, _incomplete(selection)))
    if not places:
        st.info(wording.NO_PLACES)
        return
    left, right = st.columns([11, 9], gap="medium")
    chosen = _chosen(places)
    with left:  # first, so that the map answers a click before the chart is made
        _map(selection, places, chosen)
        _legend(selection, places, scale)
    with right:
        _choose_place(places)
        if chosen:
            cards.place_card(selection, chosen)
        with st.container(key="figures", height=TABLE_HEIGHT_PX, border=False):
            st.html(panels.figures_table(places, level=choice.level, chosen=chosen.area_id if chosen else None))


def _map(selection: Selection, places: list[PlaceFigure], chosen: PlaceFigure | None) -> None:
    snapshot = selection.snapshot
    st_folium(
        maps.base_map(reads.outlines(snapshot, reads.backdrop_level(snapshot)), reads.context(snapshot)),
        key=MAP_KEY,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
        feature_group_to_add=maps.places_group(
            reads.outlines(snapshot, selection.choice.level),
            places,
            chosen=chosen.area_id if chosen else None,
            tiled=selection.choice.level != "place_of_concern",
            turn=st.session_state.get(TURN_KEY, 0),
        ),
        returned_objects=["last_active_drawing"],
        on_change=_clicked,
    )


def _legend(selection: Selection, places: list[PlaceFigure], scale: list[Shade]) -> None:
    measure = selection.measure
    st.html(
        panels.legend(
            scale,
            exact=measure.exact,
            per_1000=selection.choice.per_1000,
            withheld=any(place.withheld for place in places),
            missing=any(not place.shade and not place.withheld for place in places),
        )
    )
    notes = wording.how_sure(public=measure.public, round_to=measure.round_to, under=measure.under)
    st.html(panels.notes([*notes, wording.CLUSTERS] if selection.choice.level == "cluster" else notes))


def _incomplete(selection: Selection) -> list[str]:
    offer, periods = selection.offer, selection.periods
    return wording.incomplete(offer.labels("still_arriving", periods), offer.labels("not_collected", periods))


def _chosen(places: list[PlaceFigure]) -> PlaceFigure | None:
    """The chosen place, if it is on this map. It is kept in the session, never in the URL."""
    chosen = next((place for place in places if place.area_id == st.session_state.get(PLACE_KEY)), None)
    if chosen is None:
        st.session_state[PLACE_KEY] = None
    return chosen


def _choose_place(places: list[PlaceFigure]) -> None:
    """The other way to choose, for keyboards."""
    names = {place.area_id: place.name for place in sorted(places, key=lambda place: place.name)}
    st.selectbox(
        wording.CHOOSE_PLACE,
        tuple(names),
        key=PLACE_KEY,
        index=None,
        placeholder=wording.PLACE_PROMPT,
        format_func=names.__getitem__,
        help=wording.CHOOSE_PLACE_HELP,
        on_change=_turned,
    )


def _clicked() -> None:
    if area_id := maps.clicked_place(st.session_state.get(MAP_KEY)):
        st.session_state[PLACE_KEY] = area_id
        _turned()


def _turned() -> None:
    st.session_state[TURN_KEY] = st.session_state.get(TURN_KEY, 0) + 1
