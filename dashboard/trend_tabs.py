"""Two parts of the trends page: missing children, and weapons in schools."""

from __future__ import annotations

import streamlit as st

from dashboard import panels, reads, wording
from dashboard import trend_panels as drawn
from dashboard import trend_parts as parts
from dashboard.reads import Snapshot
from dashboard.wording import trends as words

PATHWAY_KEY = "trends_schools_of"


def missing(snapshot: Snapshot) -> None:
    """Missing children: where from, return home interviews, repeats, where found."""
    found, origin = (parts.measure_of(snapshot, names) for names in (parts.FOUND_AT, parts.MISSING_FROM))
    if origin is None and found is None:
        st.info(words.NOT_HERE)
        return
    st.html(panels.notes([words.MORE_TRUST, words.FOUND_NOTE, wording.BLURRED]))
    if origin is not None:
        grain = "month" if "month" in origin.grains else origin.grain
        st.html(drawn.grid(words.FROM, parts.trends(snapshot, origin, grain)))
        _summaries(snapshot, origin.base)
    if found is not None and "beat" in found.levels:
        st.html(drawn.found_table(parts.found_at(snapshot, found)))
        st.html(panels.notes([words.FOUND_SPACES]))
    st.html(panels.notes([words.NO_TIMES]))


def _summaries(snapshot: Snapshot, base: int) -> None:
    names = parts.area_names(snapshot)
    for question, title, note in (
        ("return_home_interviews", words.INTERVIEWS, words.INTERVIEWS_NOTE),
        ("repeat_episodes", words.REPEATS, words.REPEATS_NOTE),
    ):
        found = parts.summary(snapshot, question)
        newest = parts.newest_quarter(found) if len(found) else None
        if newest is None:
            st.html(drawn.heading(title) + panels.notes([words.NO_SUMMARIES]))
            continue
        st.html(drawn.summary_table(title, found, names, newest, base) + panels.notes([note]))
        if question == "return_home_interviews":
            st.html(drawn.summary_grid(words.INTERVIEWS_OVER_TIME, found, names, "completed_in_72_hours", base))


def schools(snapshot: Snapshot) -> None:
    """Weapon-in-school reports: how far each has come."""
    measure = parts.measure_of(snapshot, parts.SCHOOLS)
    if measure is None:
        st.info(words.NOT_HERE)
        return
    labels = dict(measure.harm_groups)
    st.html(panels.notes([words.MORE_TRUST, *words.PATHWAY_NOTES, wording.BLURRED]))
    years = reads.ask(snapshot, "pathway_by_year")
    st.html(drawn.years_table(years, labels, measure.base) if len(years) else panels.notes([words.NO_YEAR]))
    st.html(drawn.grid(words.PATHWAY_ALL, parts.trends(snapshot, measure, measure.grain)))
    _pathway(snapshot, measure)
    phases = reads.ask(snapshot, "school_phases")
    if len(phases):
        st.html(drawn.phases_table(phases, measure.base))


def _pathway(snapshot: Snapshot, measure: reads.Measure) -> None:
    """The terms of one locality, one cluster of schools or the city."""
    known = {(one.level, one.area_id): one.name for one in parts.areas(snapshot, measure, finer="cluster")}
    chosen = st.selectbox(
        words.PATHWAY_OF, tuple(known), key=PATHWAY_KEY,
        format_func=lambda area: words.area_option(known[area], area[0]),
    )  # fmt: skip
    heads = [label for _, label in measure.harm_groups]
    st.html(drawn.pathway_table(known[chosen], parts.pathway(snapshot, measure, *chosen), heads))
    if chosen[0] == "cluster":
        st.html(panels.notes([wording.CLUSTERS]))
