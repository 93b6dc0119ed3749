"""Where the meeting is: the place the keys are on, its card open or not, the agenda item. In the session, never the URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import maps
from dashboard.recording import panel

PLACE, LEVEL = "place", "place_level"  # shared with the other pages
CARD, ITEM, SORT, MODE, CONTRAST = "meeting_card", "meeting_item", "meeting_sort", "meeting_mode", "meeting_contrast"
MAP, TURN, ANY = "meeting_map", "meeting_turn", "meeting_any"
OF = "meeting_of"

Place = Mapping[str, Any]


@dataclass(frozen=True)
class Shown:
    """The meeting on the screen. frozen: met_on and wording of a frozen one; None for the live one."""

    view: dict[str, Any]
    frozen: dict[str, Any] | None


def start(shown: Shown) -> None:
    """Another meeting starts with its first agenda item and no place of the one before."""
    of = (shown.view["locality"]["id"], shown.view["snapshot"], shown.frozen["met_on"] if shown.frozen else None)
    if st.session_state.get(OF) != of:
        st.session_state[OF] = of
        st.session_state[ITEM] = 0
        st.session_state[CARD] = False
    # Set anew by hand: a page that uses the same name for a control would otherwise take it away with it.
    known = {place["area_id"] for place in shown.view["places"]}
    st.session_state[PLACE] = st.session_state.get(PLACE) if st.session_state.get(PLACE) in known else None


def place() -> str | None:
    """The place the keys are on."""
    chosen = st.session_state.get(PLACE)
    return chosen if isinstance(chosen, str) else None


def item() -> int:
    """The number of the agenda item that is on."""
    return int(st.session_state.get(ITEM, 0))


def go_to(chosen: Place) -> None:
    """Put the keys on a place."""
    st.session_state[PLACE], st.session_state[LEVEL] = chosen["area_id"], chosen["area_level"]
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def open_card(chosen: Place) -> None:
    """Open the card of a place."""
    go_to(chosen)
    st.session_state[CARD] = True


def record(chosen: Place) -> None:
    """Open the panel that records, beside the card of its place; or close it."""
    if panel.is_open():
        panel.close()
    else:
        open_card(chosen)
        panel.open_it()


def close_card() -> None:
    """Close the card; the keys stay on its place."""
    st.session_state[CARD] = False


def step(order: Sequence[Place], here: int | None, by: int) -> None:
    """Go to the next or the previous place; from the last it goes on with the first."""
    first = 0 if by > 0 else len(order) - 1
    go_to(order[first if here is None else (here + by) % len(order)])


def next_item(items: int) -> None:
    """Go on to the next agenda item; after the last comes the first. An open card is closed: its item is over."""
    st.session_state[ITEM] = (item() + 1) % items
    st.session_state[CARD] = False
    panel.close()


def clicked(order: Sequence[Place]) -> None:
    """Open the card of the place that was clicked on the map."""
    area_id = maps.clicked_place(st.session_state.get(MAP))
    for one in order:
        if one["area_id"] == area_id:
            open_card(one)


def chosen_by_name(order: Sequence[Place]) -> None:
    """Open the card of the place that was chosen from the list of all, and clear the list for the next."""
    area_id = st.session_state.get(ANY)
    st.session_state[ANY] = None
    for one in order:
        if one["area_id"] == area_id:
            open_card(one)


def turn_over(name: str) -> None:
    """Switch something on or off."""
    st.session_state[name] = not st.session_state.get(name, False)
