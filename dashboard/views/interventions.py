"""The interventions page: what is being done, where, by whom and why; for the board, how much of it by locality."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from dashboard import access, reads, registers, tried
from dashboard.reads import Snapshot
from dashboard.tried import Vocabularies, Work
from dashboard.wording import interventions as words

STATE_KEY, FAMILY_KEY, PLACE_KEY = "interventions:state", "interventions:family", "place"


def page() -> None:
    """Draw the page: each intervention for those who plan them, counts alone for the board."""
    snapshot = reads.current_snapshot(access.audience())
    try:
        every = _all_work(snapshot)
    except reads.NotForThisAudience:
        _by_locality(snapshot)
        return
    st.html(registers.heading(words.TITLE))
    if not every:
        st.html(registers.paragraph(words.EMPTY))
        return
    shown = _filtered(snapshot, every)
    st.html(registers.paragraph(words.summary(Counter(one.state for one in shown))))
    st.html("".join(f'<p class="sp-note">{sentence}</p>' for sentence in (words.WHETHER_IT_WORKED, words.LED_NOTE)))
    if shown:
        names, codes = reads.ask(snapshot, "localities"), _vocabularies(snapshot)
        with st.container(key="interventions-list"):
            st.html(tried.work_table(shown, every, codes, names, st.session_state.get(PLACE_KEY)))
        st.html(registers.section(words.COUNTS, tried.counts_table(shown, codes)))


def _by_locality(snapshot: Snapshot) -> None:
    st.html(registers.heading(words.BOARD_TITLE))
    try:
        counts = reads.ask(snapshot, "interventions_by_locality")
    except reads.NotForThisAudience:
        st.html(registers.paragraph(words.NOT_FOR_YOU))
        return
    if counts.empty:
        st.html(registers.paragraph(words.EMPTY))
        return
    names = reads.ask(snapshot, "localities")
    st.html(registers.section(words.BOARD_COUNTS, tried.board_table(counts, names), words.BOARD_NOTE, words.TWO_LOCALITIES))
    st.html(f'<p class="sp-note">{words.WHETHER_IT_WORKED}</p>')


def _all_work(snapshot: Snapshot) -> list[Work]:
    register = reads.ask(snapshot, "register", "interventions")
    places = reads.ask(snapshot, "areas_of", None)
    localities: dict[str, list[str]] = {}
    for locality in reads.ask(snapshot, "localities"):
        for area_id in reads.ask(snapshot, "areas_of", locality)["area_id"]:
            localities.setdefault(area_id, []).append(locality)
    families = reads.ask(snapshot, "families", "intervention_type")
    return tried.all_work(
        register, dict(zip(places["area_id"], places["name"], strict=True)), localities, families, snapshot.as_at
    )


def _vocabularies(snapshot: Snapshot) -> Vocabularies:
    types, levels, harms = (
        reads.ask(snapshot, "vocabulary", name) for name in ("intervention_type", "prevention_level", "harm_type")
    )
    return Vocabularies(types, reads.ask(snapshot, "families", "intervention_type"), levels, harms)


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
        one for one in every
        if (not state or one.state == state) and (not family or one.family == family)
        and (locality is None or own or locality in one.localities)
    ]  # fmt: skip


def _choice(label: str, key: str, codes: dict[str, str], every: str) -> str:
    return st.selectbox(label, ("", *codes), key=key, format_func=lambda code: codes.get(code, every))
