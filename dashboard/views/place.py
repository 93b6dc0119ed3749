"""The place page: what one place's story is. The chosen place is kept in the session, never in the URL."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import access, panels, place_panels, place_story, place_timeline, reads
from dashboard.place_story import FEED, Place
from dashboard.recording import at_place
from dashboard.wording import directions as told
from dashboard.wording import place as words

TITLE = words.TITLE
PLACE_KEY, LEVEL_KEY = "place", "place_level"
FIND_KEY = "place_find"


def page() -> None:
    """Draw the page for the place the reader has chosen, here or on another page."""
    if st.query_params.to_dict():
        st.query_params.clear()  # nothing of this page is said in the URL: it would name a place
    snapshot = reads.current_snapshot(access.audience())
    try:
        if not reads.has_incidents(snapshot):
            st.html(panels.title(words.HEADING, "", []))
            st.info(words.NO_MEASURE)
            return
        places = place_story.places(snapshot)
    except reads.NotForThisAudience:
        st.html(panels.title(words.HEADING, "", []))
        st.info(words.NOT_FOR_YOU)
        return
    chosen = _choose(places)
    if chosen is None:
        st.html(panels.title(words.HEADING, "", []))
        st.info(words.CHOOSE_FIRST if places else words.NO_PLACES)
        return
    _draw(snapshot, chosen)


def _choose(places: dict[str, Place]) -> Place | None:
    """Search every place of this audience; a choice made on another page is followed."""
    st.session_state[PLACE_KEY] = known = st.session_state.get(PLACE_KEY)  # kept when its own control is on no page
    if known in places and st.session_state.get(FIND_KEY) != known:
        st.session_state[FIND_KEY] = known
    st.selectbox(
        words.SEARCH, tuple(places), key=FIND_KEY, index=None, placeholder=words.SEARCH_PROMPT, help=words.SEARCH_HELP,
        format_func=lambda area_id: place_story.option(places[area_id]),
        on_change=_chosen,
    )  # fmt: skip
    found = places.get(st.session_state.get(FIND_KEY) or "")
    if found:
        st.session_state[PLACE_KEY] = found.area_id
    st.session_state[LEVEL_KEY] = found.level if found else None
    return found


def _chosen() -> None:
    st.session_state[PLACE_KEY] = st.session_state.get(FIND_KEY)


def _draw(snapshot: reads.Snapshot, place: Place) -> None:
    with st.spinner(words.LOADING):
        story = place_story.story_of(snapshot, place)
    categories = reads.ask(snapshot, "vocabulary", "place_category")
    category = categories.get(story.place_category or "", "")
    st.html(place_panels.place_title(place.name, words.kind_of(place.level, category, place.locality_names)))
    at_place.draw(snapshot, place, story)
    left, right = st.columns([13, 7], gap="medium")
    with left:
        place_timeline.draw(snapshot, place, story)
    with right:
        st.html(place_story.where_things_stand(snapshot, place, story))
    _directions(snapshot, place, story)
    left, right = st.columns(2, gap="medium")
    where = {"area_level": place.level, "area_id": place.area_id}
    with left:
        st.html(place_panels.heading(told.HARM_OR_REPORTING))
        reading = reads.ask(snapshot, "reporting", *FEED, **where)
        st.html(place_panels.reporting_panel(reading, reads.ask(snapshot, "vocabulary", "recording_event_kind")))
    with right:
        st.html(place_panels.heading(words.RECORDS))
        st.html(place_panels.patterns_table(reads.ask(snapshot, "patterns", **where)))
        st.html(panels.notes([words.NO_TIMES]))
        st.html(place_panels.heading(words.GROUND))
        sharing = place_story.sharing(snapshot, place)
        st.html(place_panels.ground_table(sharing, place_story.heads(snapshot, place)) + panels.notes([words.NEIGHBOURS]))


def _directions(snapshot: reads.Snapshot, place: Place, story: Any) -> None:
    st.html(place_panels.heading(words.DIRECTIONS))
    if not story.harm:
        st.html(panels.notes([words.NO_DIRECTIONS]))
        return
    relative, years = place_story.beside(snapshot, place)
    labels = place_story.group_labels(snapshot)
    st.html(place_panels.directions_table(story.harm, labels, relative, years))
    periods = next((one.periods for one in story.harm if one.periods), None)
    st.html(panels.notes([words.window(periods), told.RISING_MEANS, told.NOT_SAFE, words.SAME_LIST]))
