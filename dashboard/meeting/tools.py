"""What can be pressed and chosen on the Meeting page, and the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from dashboard import maps, reads
from dashboard.meeting import state, view
from dashboard.meeting.state import CARD, Shown
from dashboard.reads import Audience, NotForThisAudience
from dashboard.recording import panel
from dashboard.wording import directions
from dashboard.wording import meeting as words
from dashboard.wording import recording as recording_words
from pipelines.trail import TrailFault

STATIC = Path(__file__).parents[1] / "static"
MAP_HEIGHT_PX = 460  # the style sheet stretches it to the window


def locality(audience: Audience, localities: Mapping[str, str]) -> str:
    """Whose meeting: a meeting's own; for the manager a choice, which the URL may carry since a locality is no place."""
    if audience.locality is not None:
        st.query_params.clear()
        return audience.locality
    key = "meeting_locality"
    if st.session_state.get(key) not in localities:
        asked = st.query_params.get("locality")
        st.session_state[key] = asked if asked in localities else next(iter(localities))
    chosen = st.selectbox(
        words.LOCALITY, tuple(localities), key=key, format_func=localities.__getitem__, label_visibility="collapsed"
    )
    if st.query_params.to_dict() != {"locality": chosen}:
        st.query_params.from_dict({"locality": chosen})
    return str(chosen)


class NoMeeting(Exception):
    """There is no meeting to show: `title` and `lines` say why, in words for the page."""

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__(title)
        self.title, self.lines = title, lines


def which(audience: Audience, chosen: str) -> Shown:
    """The live meeting, or a frozen one that was chosen. Raises NoMeeting where that one cannot be shown."""
    kept = view.kept(audience, chosen)
    may_freeze = audience.name == "manager" and _has_incidents(audience)
    if not kept and not may_freeze:
        return _live(audience, chosen)  # nothing to choose between and nothing to press: no empty box
    picked = None
    with st.popover(words.WHICH, width="stretch"):
        if kept:
            picked = st.selectbox(
                words.WHICH, (None, *kept), key=f"meeting_which_{chosen}",
                format_func=lambda one: words.frozen_title(one.met_on.isoformat()) if one else words.LIVE,
            )  # fmt: skip
        if picked is None:
            shown = _live(audience, chosen)
            if may_freeze:
                _freeze(shown.view)
            return shown
    try:
        content = view.reopen(audience, picked)
    except view.Refused as wrong:
        raise NoMeeting(words.WHICH, [str(wrong)]) from wrong
    return Shown(content["view"], {"met_on": content["met_on"], "wording": content["wording"]})


def _has_incidents(audience: Audience) -> bool:
    return reads.has_incidents(reads.current_snapshot(audience))


def _live(audience: Audience, chosen: str) -> Shown:
    if not _has_incidents(audience):
        raise NoMeeting(words.NO_INCIDENTS_TITLE, words.NO_INCIDENTS)
    try:
        return Shown(view.live(chosen), None)
    except NotForThisAudience as wrong:  # the policy may give meetings less than a place each
        raise NoMeeting(words.NOT_HERE_TITLE, [str(wrong)]) from wrong


def _freeze(live: dict[str, Any]) -> None:
    """The manager's button that keeps this meeting for good."""
    days = [day for day in (live["clock"]["meets_on"], live["clock"]["last_met_on"]) if day]
    st.caption(words.FREEZE_HELP if days else words.FREEZE_NO_DAYS)
    if not days:
        return
    day = st.selectbox(words.FREEZE_DAY, days, key="meeting_freeze_day", format_func=words.weekday)
    # As a callback, so that the list of frozen meetings above knows it already when it is drawn.
    st.button(words.FREEZE_BUTTON, key="meeting_freeze", on_click=_keep, args=(live, day))
    well, said = st.session_state.pop("meeting_kept", (True, ""))
    if said:
        (st.success if well else st.error)(said)


def _keep(live: dict[str, Any], day: str) -> None:
    try:
        view.freeze(live, day)
    except view.AlreadyFrozen as wrong:
        st.session_state["meeting_kept"] = (False, str(wrong))
    except (OSError, TrailFault):
        st.session_state["meeting_kept"] = (False, words.CANNOT_WRITE)
    except view.Refused as wrong:  # what the meeting recorded cannot be read: it is not kept without it
        st.session_state["meeting_kept"] = (False, str(wrong))
    else:
        st.session_state["meeting_kept"] = (True, words.FROZEN_DONE)


def keys(shown: Shown, order: Sequence[state.Place], here: int | None, *, may_record: bool = False) -> None:
    """The keys as buttons, and in words which place they are on."""
    recording = may_record and panel.is_open()
    is_open = here is not None and st.session_state.get(CARD)
    place = None if here is None else order[here]
    with st.container(horizontal=True, gap="small", key="meeting_keys"):
        st.button(words.PREVIOUS, key="meeting_previous", shortcut="P", on_click=state.step, args=(order, here, -1))
        st.button(words.NEXT, key="meeting_next", shortcut="N", on_click=state.step, args=(order, here, 1))
        if is_open:
            # One Escape at a time: while something is recorded it is the panel's.
            escape_key = None if recording else "Esc"
            st.button(words.CLOSE, key="meeting_close", shortcut=escape_key, on_click=state.close_card)
        else:
            first = place or order[0]
            st.button(words.OPEN, key="meeting_open", on_click=state.open_card, args=(first,))
        if may_record:
            st.button(
                recording_words.OPEN, key="record_open", shortcut="D", type="primary" if recording else "secondary",
                on_click=state.record, args=(place or order[0],),
            )  # fmt: skip
        items = len(shown.view["agenda"])
        st.button(words.NEXT_ITEM, key="meeting_next_item", shortcut="A", on_click=state.next_item, args=(items,))
        for name, label, key in ((state.MODE, words.MODE, "M"), (state.CONTRAST, words.CONTRAST, "H")):
            kind = "primary" if st.session_state.get(name) else "secondary"
            st.button(label, key=f"{name}_key", shortcut=key, type=kind, on_click=state.turn_over, args=(name,))  # type: ignore[arg-type]
    said = words.NO_PLACE_YET
    if place is not None and here is not None:
        said = words.position(here + 1, len(order), place["name"], directions.WORDS[place["direction"]].lower())
    st.html(f'<p class="sp-meet-position">{escape(said)}</p>')


def sort_choice() -> str:
    """In what order the first list stands."""
    return str(
        st.selectbox(
            words.SORT, tuple(words.SORTS), key=state.SORT, label_visibility="collapsed",
            format_func=lambda one: words.sorted_by(words.SORTS[one]),
        )
    )  # fmt: skip


def any_place(order: Sequence[state.Place]) -> None:
    """Any place of the locality by its name, for those that stand in no list."""
    names = {place["area_id"]: place["name"] for place in sorted(order, key=lambda place: str(place["name"]))}
    st.selectbox(
        words.ANY_PLACE, tuple(names), key=state.ANY, index=None, placeholder=words.ANY_PLACE_PROMPT,
        format_func=names.__getitem__, on_change=state.chosen_by_name, args=(order,), label_visibility="collapsed",
    )  # fmt: skip


def town(shown: Shown, order: Sequence[state.Place]) -> None:
    """The map of this locality: each place in the colour and with the mark of its direction."""
    drawn = shown.view["map"]
    st_folium(
        maps.base_map(drawn["backdrop"], drawn["context"]),
        key=state.MAP,
        height=MAP_HEIGHT_PX,
        use_container_width=True,
        feature_group_to_add=maps.places_group(
            drawn["places"], view.direction_figures(list(order)), chosen=state.place(), tiled=False,
            turn=st.session_state.get(state.TURN, 0),
        ),
        returned_objects=["last_active_drawing"],
        on_change=partial(state.clicked, order),
    )  # fmt: skip


def script() -> None:
    """The timer, and the keys that a button cannot have: our own script, in the page itself."""
    st.html(f"<script>{(STATIC / 'meeting.js').read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
