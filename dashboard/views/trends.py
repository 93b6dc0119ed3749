"""The trends page: what is moving across the city, by locality and harm group; missing children; weapons in schools."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard import access, panels, reads, wording
from dashboard import trend_panels as drawn
from dashboard import trend_parts as parts
from dashboard.reads import Snapshot
from dashboard.wording import directions as told
from dashboard.wording import trends as words
from pipelines.insight.told import false_alarms

TITLE = words.TITLE
GRAIN_KEY, PATHWAY_KEY, TAB_KEY = "trends_grain", "trends_schools_of", "trends_part"

log = logging.getLogger(__name__)


def page() -> None:
    """Draw the page. A part that this snapshot or audience does not have says so and leaves the others standing."""
    snapshot = reads.current_snapshot(access.audience())
    st.html(panels.title(words.HEADING, "", []))
    if not reads.measures(snapshot):
        st.info(words.NO_MEASURES)
        return
    draw: tuple[Callable[[Snapshot], None], ...] = (_harm, _flagged, _missing, _schools)
    for tab, part in zip(st.tabs(list(words.TABS), key=TAB_KEY, on_change="rerun"), draw, strict=True):
        if not tab.open:
            continue  # what nobody looks at is not read
        with tab, st.spinner(words.LOADING):
            try:
                part(snapshot)
            except reads.NotForThisAudience:
                st.info(words.NOT_FOR_YOU)


def _harm(snapshot: Snapshot) -> None:
    measure = parts.measure_of(snapshot, parts.INCIDENTS)
    if measure is None:
        st.info(words.NOT_HERE)
        return
    flag = reads.ask(snapshot, "city_flag", *parts.INCIDENTS)
    if flag:
        st.html(panels.notes([told.city_banner(flag)]))
    grain = _grain(measure)
    trends = parts.trends(snapshot, measure, grain)
    ranges = measure.round_to is None
    st.html(drawn.grid(words.GRID, trends))
    sure = wording.how_sure(public=measure.public, round_to=measure.round_to, under=measure.under)
    st.html(panels.notes([*(words.GRID_NOTES if ranges else words.GRID_NOTES_NEAREST), *sure, told.NOT_SAFE]))
    with st.expander(words.FIGURES):
        st.html(drawn.figures_table(words.FIGURES, trends, ranges=ranges))
    if "beat" in measure.levels and snapshot.audience.locality is None:
        st.html(drawn.heading(words.CONCENTRATION))
        st.html(panels.notes([words.CONCENTRATION_SPAN, *parts.concentrations(snapshot, measure)]))


def _grain(measure: reads.Measure) -> str:
    """Months or quarters, where there is a choice; it starts from the URL and is written back to it."""
    offered = tuple(one for one in measure.grains if one in ("month", "quarter"))
    if len(offered) < 2:
        return measure.grain
    if st.session_state.get(GRAIN_KEY) not in offered:
        asked = st.query_params.get("grain")
        st.session_state[GRAIN_KEY] = asked if asked in offered else offered[0]
    grain = st.radio(words.GRAIN, offered, key=GRAIN_KEY, format_func=words.GRAINS.__getitem__, horizontal=True)
    if st.query_params.to_dict() != {"grain": grain}:
        st.query_params.from_dict({"grain": grain})  # whatever else somebody put there goes, a place above all
    return str(grain)


def _flagged(snapshot: Snapshot) -> None:
    measure = parts.measure_of(snapshot, parts.INCIDENTS)
    if measure is None or "beat" not in measure.levels:
        st.info(words.NOT_HERE if measure is None else words.NOT_FOR_YOU)
        return
    rows = parts.flagged(snapshot)
    clear, light = _in_order(rows, parts.STRONG), _in_order(rows, parts.LIGHT)
    st.html(drawn.heading(words.BUDGET))
    budget = words.budget(*false_alarms(clear), *false_alarms(rows), len(rows))
    st.html(panels.notes([budget, told.RISING_MEANS, told.NOT_SAFE]))
    labels = {parts.ALL: words.ALL_GROUPS, **dict(measure.harm_groups)}
    if len(clear):
        figures, verdicts = parts.figures_of(snapshot, measure, clear), parts.verdicts_of(snapshot, clear)
        st.html(drawn.flagged_table(words.FLAGGED, clear, labels, figures, verdicts))
    else:
        st.info(words.NO_FLAGS)
    if len(light):
        with st.expander(words.POSSIBLE):
            st.html(drawn.flagged_table(words.POSSIBLE, light, labels, parts.figures_of(snapshot, measure, light), {}))


def _in_order(rows: pd.DataFrame, wanted: tuple[str, ...]) -> pd.DataFrame:
    mine = rows[rows["direction"].isin(wanted)]
    if not len(mine):
        return mine
    return mine.assign(order=mine["direction"].map(wanted.index)).sort_values(["order", "q", "name"], kind="stable")


def _missing(snapshot: Snapshot) -> None:
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


def _schools(snapshot: Snapshot) -> None:
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
