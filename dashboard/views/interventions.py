"""The interventions page: what is being done, did it work, what could be seen before it starts, and kinds together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import access, reads, registers, tried
from dashboard.reads import Snapshot
from dashboard.tried import Work
from dashboard.wording import interventions as words
from dashboard.worked import before, known, one, portfolio, verdicts
from dashboard.worked.known import Known

TAB_KEY, STATE_KEY, FAMILY_KEY, PLACE_KEY = "interventions:tab", "interventions:state", "interventions:family", "place"
# Streamlit forgets the controls of a tab that is not drawn.
KEPT = (
    STATE_KEY, FAMILY_KEY, one.CHOICE_KEY, before.FROM_KEY, before.PLACES_KEY, before.GROUPS_KEY, before.MONTHS_KEY,
    before.BEATS_KEY, before.REASON_KEY,
)  # fmt: skip


def page() -> None:
    """Draw the page: each intervention for those who plan them; for the board, counts and kinds together alone."""
    snapshot = reads.current_snapshot(access.audience())
    st.html(registers.heading(words.TITLE))
    try:
        names = known.read(snapshot)
    except reads.NotForThisAudience:
        _by_locality(snapshot)
        return
    for key in KEPT:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]
    draw: dict[str, Callable[[Snapshot, Known], None]] = {
        words.ALL_TAB: _list, words.ONE_TAB: _one, words.BEFORE_TAB: _before, words.KINDS_TAB: _kinds,
    }  # fmt: skip
    if snapshot.audience.locality is not None:
        draw.pop(words.KINDS_TAB)  # a meeting is about its own places
    for tab, (_, part) in zip(st.tabs(list(draw), key=TAB_KEY, on_change="rerun"), draw.items(), strict=True):
        if tab.open:  # what nobody looks at is not read
            with tab, st.spinner(words.LOADING):
                part(snapshot, names)


def _list(snapshot: Snapshot, names: Known) -> None:
    every = list(names.work.values())
    if not every:
        st.html(registers.paragraph(words.EMPTY))
        return
    shown = _filtered(snapshot, every)
    st.html(registers.paragraph(words.summary(Counter(work.state for work in shown))))
    st.html("".join(f'<p class="sp-note">{sentence}</p>' for sentence in (words.HOW_TO_READ, words.LED_NOTE)))
    if shown:
        came = {told.entry_id: verdicts.cell(told, names.called) for told in reads.ask(snapshot, "impacts")}
        localities, chosen = reads.ask(snapshot, "localities"), st.session_state.get(PLACE_KEY)
        with st.container(key="interventions-list"):
            st.html(tried.work_table(shown, names.codes, localities, chosen, came))
        st.html(registers.section(words.COUNTS, tried.counts_table(shown, names.codes)))


def _one(snapshot: Snapshot, names: Known) -> None:
    def to_before(entry_id: str) -> None:
        entry = names.work[entry_id].entry
        before.prefill(entry, before.groups_of(entry, names), names)
        st.session_state[TAB_KEY] = words.BEFORE_TAB

    one.draw(snapshot, reads.ask(snapshot, "impacts") if names.work else (), names, to_before)


def _before(snapshot: Snapshot, names: Known) -> None:
    before.draw(snapshot, names)


def _kinds(snapshot: Snapshot, names: Known) -> None:
    impacts = reads.ask(snapshot, "impacts")
    portfolio.draw(reads.ask(snapshot, "portfolio"), names.codes.types, impacts, names.called)


def _by_locality(snapshot: Snapshot) -> None:
    """The board's: kinds of work together, and how many of each kind by locality. No place, and no count of harm."""
    try:
        counts, kinds = (reads.ask(snapshot, question) for question in ("interventions_by_locality", "portfolio"))
    except reads.NotForThisAudience:
        st.html(registers.paragraph(words.NOT_FOR_YOU))
        return
    if counts.empty:
        st.html(registers.paragraph(words.EMPTY))
        return
    portfolio.draw(kinds, reads.ask(snapshot, "vocabulary", "intervention_type"))
    names = reads.ask(snapshot, "localities")
    st.html(registers.section(words.BOARD_COUNTS, tried.board_table(counts, names), words.BOARD_NOTE, words.TWO_LOCALITIES))


def _filtered(snapshot: Snapshot, every: list[Work]) -> list[Work]:
    """What the reader asked for. What is led elsewhere has no kind that may be said, so a kind leaves it out."""
    left, middle, right = st.columns(3)
    with left:
        state = _choice(words.STATE, STATE_KEY, words.STATES, words.ALL_STATES)
    with middle:
        family = _choice(words.FAMILY, FAMILY_KEY, words.FAMILIES, words.ALL_FAMILIES)
    with right:
        own, names = snapshot.audience.locality, reads.ask(snapshot, "localities")
        locality = registers.choose_locality(names, own=own, label=words.LOCALITY, every=words.ALL_LOCALITIES)
    return [
        work for work in every
        if (not state or work.state == state) and (not family or work.family == family)
        and (locality is None or own or locality in work.localities)
    ]  # fmt: skip


def _choice(label: str, key: str, codes: dict[str, str], every: str) -> Any:
    return st.selectbox(label, ("", *codes), key=key, format_func=lambda code: codes.get(code, every))
