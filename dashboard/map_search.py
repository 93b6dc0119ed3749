"""Choosing a place: by its name among all there are, or on the map. It is kept in the session, never in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import maps, reads, wording
from dashboard.controls import PLACE_KEY, PLACE_LEVEL_KEY, SEEN_KEY, Selection
from dashboard.shading import PlaceFigure
from dashboard.wording import map as words

# By area_id: the level of a place, and how it is said in the list.
Known = dict[str, tuple[str, str]]

SEARCH_KEY = "map_place"
TURN_KEY = "turn"


def chosen(selection: Selection, places: Sequence[PlaceFigure]) -> PlaceFigure | None:
    """The chosen place, if it is on this map; one of another level stays chosen for the pages that show it."""
    level = st.session_state.get(PLACE_LEVEL_KEY)
    if level is not None and level != selection.choice.level:
        return None
    return next((place for place in places if place.area_id == st.session_state.get(PLACE_KEY)), None)


def search(selection: Selection, here: PlaceFigure | None) -> None:
    """A list of every place of this measure to search by name. Choosing one of another level changes the level."""
    known = _known(reads._key(selection.snapshot), selection.snapshot, selection.offer.levels, selection.choice.level)
    st.session_state[SEARCH_KEY] = here.area_id if here else None
    st.selectbox(
        wording.CHOOSE_PLACE,
        list(known),
        key=SEARCH_KEY,
        index=None,
        placeholder=wording.PLACE_PROMPT,
        format_func=lambda area_id: known[area_id][1],
        help=wording.CHOOSE_PLACE_HELP,
        on_change=_searched,
        args=(known,),
    )


def on_click(map_key: str, level: str) -> partial[None]:
    """What to do when a place is chosen on a map."""
    return partial(_clicked, map_key, level)


def level_has_changed(selection: Selection) -> bool:
    """Whether the place just searched for is of another level than the one this map shows."""
    return bool(st.session_state.get("level") != selection.choice.level)


def turn() -> int:
    """How many choices were made so far."""
    return int(st.session_state.get(TURN_KEY, 0))


@st.cache_resource(max_entries=64, show_spinner=False)
def _known(key: reads.Key, _snapshot: reads.Snapshot, levels: tuple[str, ...], shown: str) -> Known:
    """Every place of these levels, those of the level shown first, by name."""
    found = {
        area_id: (level, name)
        for level in (*(one for one in levels if one != shown), shown)  # the level shown wins an id
        for area_id, name in reads.ask(_snapshot, "areas", level)[["area_id", "name"]].itertuples(index=False)
    }
    order = sorted(found, key=lambda area_id: (found[area_id][0] != shown, found[area_id][1]))
    return {one: (found[one][0], words.place_option(found[one][1], found[one][0], shown)) for one in order}


def _searched(known: Known) -> None:
    area_id = st.session_state.get(SEARCH_KEY)
    level, _ = known.get(area_id or "", (None, ""))
    if level:
        st.session_state["level"] = level
    _take(area_id, level)


def _clicked(map_key: str, level: str) -> None:
    if area_id := maps.clicked_place(st.session_state.get(map_key)):
        _take(area_id, level)


def _take(area_id: str | None, level: str | None) -> None:
    st.session_state[PLACE_KEY], st.session_state[PLACE_LEVEL_KEY] = st.session_state[SEEN_KEY] = area_id, level
    st.session_state[TURN_KEY] = turn() + 1
