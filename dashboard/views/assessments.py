"""The assessments page: where each neighbourhood assessment is, what is late, and which places have none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard import access, assessed, reads, registers, status_map
from dashboard.reads import Snapshot
from dashboard.wording import assessments as words
from pipelines.insight.plans import DUE_SOON, OVERDUE

LATE_KEY = "assessments:late"


def page() -> None:
    """Draw the page: what is late, the status board, the same as map and table, the queue, and how it all ends."""
    snapshot = reads.current_snapshot(access.audience())
    st.html(registers.heading(words.TITLE))
    if not reads.has_incidents(snapshot):
        st.html(registers.paragraph(words.NO_INCIDENTS))
        return
    try:
        moves = reads.ask(snapshot, "register", "neighbourhood_assessments")
        locality, late = _filters(snapshot)
        stories = reads.ask(snapshot, "stories", locality)
    except reads.NotForThisAudience:
        st.html(registers.paragraph(words.NOT_FOR_YOU))
        return
    if moves.empty:
        st.html(registers.paragraph(words.EMPTY))
    every = assessed.assessed(stories)
    states = [registers.report_back_state(story) for story in every]
    if every:
        st.html(registers.paragraph(words.summary(len(every), states.count(OVERDUE), states.count(DUE_SOON))))
    _register(snapshot, stories, every, late=late)
    actions = reads.ask(snapshot, "register", "actions")
    names = {story.area_id: story.name for story in stories}
    labels = reads.ask(snapshot, "vocabulary", "assessment_status")
    groups = dict(reads.ask(snapshot, "measure", "incidents", "incidents").harm_groups)
    st.html(assessed.queue(stories, groups))
    left, right = st.columns(2, gap="large")
    with left:
        st.html(assessed.overdue_actions(actions, names, snapshot.as_at, whole=locality is None))
    with right:
        st.html(assessed.days_table(every, labels) + assessed.outcomes(every, labels))


def _filters(snapshot: Snapshot) -> tuple[str | None, bool]:
    own, names = snapshot.audience.locality, reads.ask(snapshot, "localities")
    left, right, _ = st.columns([2, 2, 3], vertical_alignment="bottom")
    with left:
        locality = registers.choose_locality(names, own=own, label=words.LOCALITY, every=words.ALL_LOCALITIES)
    with left if own else right:  # a meeting has no choice of locality to stand beside
        return locality, st.checkbox(words.ONLY_OVERDUE, key=LATE_KEY)


@st.fragment
def _register(snapshot: Snapshot, stories: Sequence[Any], every: Sequence[Any], *, late: bool) -> None:
    """What is late, the board, and the map beside the chosen place: they redraw on their own when a place is chosen."""
    labels = reads.ask(snapshot, "vocabulary", "assessment_status")
    shown = [story for story in every if not late or registers.report_back_state(story) == OVERDUE]
    on_map = shown if late else [story for story in stories if story.assessment or story.needs_plan]
    chosen = status_map.chosen(on_map)
    if every and not shown:
        st.html(registers.paragraph(words.NOTHING_LEFT))
    if shown:
        st.html(assessed.overdue_table(shown, labels, snapshot.as_at))
        board = registers.status_board(shown, labels, chosen.area_id if chosen else None)
        st.html(registers.section(words.BOARD, board, words.BOARD_HELP))
    if not on_map:
        return
    st.html(registers.section(words.MAP, ""))
    left, right = st.columns([11, 9], gap="medium")
    with left:
        status_map.draw(snapshot, on_map, labels, chosen)
    with right:
        status_map.choose(on_map)
        if chosen:
            st.html(registers.history(chosen, labels, reads.ask(snapshot, "vocabulary", "intervention_type")))
        st.html(assessed.all_table(shown, labels, chosen.area_id if chosen else None))
