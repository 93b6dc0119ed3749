"""The meeting page: what has changed, and where do we need a plan? One locality, an hour, together on one screen."""

from __future__ import annotations

import streamlit as st

from dashboard import access, panels, reads
from dashboard.meeting import agenda, card, recorded, rows, state, tools
from dashboard.meeting.state import CARD, Shown
from dashboard.meeting.view import ordered, section_places
from dashboard.reads import Audience
from dashboard.recording import panel
from dashboard.signin import terms
from dashboard.wording import meeting as words
from pipelines.insight.meeting import SECTIONS


def page() -> None:
    """Draw the meeting of one locality, live or frozen; an audience that has no places is told so."""
    audience = access.audience()
    if audience.name == "board":
        st.html(panels.message(words.NOT_HERE_TITLE, words.NOT_HERE))
        return
    shown = _shown(audience)
    if shown is None:
        return
    if not shown.view["places"]:
        st.html(panels.message(words.NO_PLACES_TITLE, words.NO_PLACES))
        return
    _meeting(shown)


def _shown(audience: Audience) -> Shown | None:
    """The meeting that was chosen, with the head of the page drawn; None when it cannot be shown, which is then said."""
    left, right = st.columns([7, 3], gap="small")
    with right, st.container(key="meeting_choices"):
        one, other = st.columns(2, gap="small")
        with one:
            locality = tools.locality(audience, reads.ask(reads.current_snapshot(audience), "localities"))
        with other:
            try:
                shown, why_not = tools.which(audience, locality), None
            except tools.NoMeeting as wrong:
                shown, why_not = None, wrong
    if why_not is not None:
        st.html(panels.message(why_not.title, why_not.lines))
    if shown is not None:
        place, day = shown.view["locality"], (shown.frozen or shown.view["clock"])
        if not terms.confirmed(place["id"], place["name"], day.get("met_on") or day.get("meets_on")):
            return None
        with left:
            st.html(agenda.top(shown.view, shown.frozen))
    return shown


@st.fragment
def _meeting(shown: Shown) -> None:
    """Agenda, map and list or card: what the keys redraw."""
    state.start(shown)
    shown, sitting, unread = recorded.with_recorded(shown)
    st.html(agenda.agenda(shown.view, state.item()))
    left, right = st.columns([8, 12], gap="small")
    order = ordered(shown.view, st.session_state.get(state.SORT, "urgent"))
    here = next((number for number, place in enumerate(order) if place["area_id"] == state.place()), None)
    with right:
        tools.keys(shown, order, here, may_record=sitting is not None)
        if unread:
            st.html(panels.notes([unread]))
        if sitting is not None and here is not None and panel.is_open():
            panel.draw(sitting, panel.subject(order[here]), {**shown.view["words"], "localities": shown.view["localities"]})
        with st.container(key="meeting_side", border=False):
            if here is not None and st.session_state.get(CARD):
                st.html(card.card(shown.view, order[here]))
            else:
                _sections(shown, [place["area_id"] for place in order])
    with left:
        tools.town(shown, order)
        tools.any_place(order)
        st.html(agenda.legend(shown.view))
        with st.expander(words.MAP_TABLE):
            st.html(agenda.table(shown.view, state.place()))
        st.html(agenda.missing())
        st.html(panels.notes([words.KEYS, *([words.KEY_RECORD] if sitting is not None else [])]))
    tools.script()


def _sections(shown: Shown, order: list[str]) -> None:
    """Every section, one under the other; each place has the number the keys know it by."""
    view, now = shown.view, shown.view["agenda"][state.item()]["section"]
    by_id = {place["area_id"]: place for place in view["places"]}
    for section in SECTIONS:
        mine = section_places(view, section, st.session_state.get(state.SORT, "urgent"))
        if section == "needs_plan" and len(mine) > 1:
            left, right = st.columns([7, 4], gap="small", vertical_alignment="bottom")
            with right:
                tools.sort_choice()
            left.html(rows.heading(view, section, len(mine), now=section == now))
        else:
            st.html(rows.heading(view, section, len(mine), now=section == now))
        if note := rows.note(view, section, len(mine)):
            st.html(note)
        for area_id in mine:
            number = order.index(area_id)
            button, said = st.columns([1, 10], gap="small")
            button.button(str(number + 1), key=f"open_{section}_{number}", on_click=state.open_card, args=(by_id[area_id],))
            said.html(rows.row(view, section, by_id[area_id], here=area_id == state.place()))
