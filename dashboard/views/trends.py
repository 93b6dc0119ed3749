"""The trends page: what is moving across the city, by locality and harm group; missing children; weapons in schools."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard import access, panels, reads, trend_tabs, wording
from dashboard import trend_panels as drawn
from dashboard import trend_parts as parts
from dashboard.reads import Snapshot
from dashboard.wording import directions as told
from dashboard.wording import trends as words
from pipelines.insight.told import false_alarms

TITLE = words.TITLE
GRAIN_KEY, TAB_KEY = "trends_grain", "trends_part"


def page() -> None:
    """Draw the page. A part that this snapshot or audience does not have says so and leaves the others standing."""
    snapshot = reads.current_snapshot(access.audience())
    st.html(panels.title(words.HEADING, "", []))
    if not reads.measures(snapshot):
        st.info(words.NO_MEASURES)
        return
    draw: tuple[Callable[[Snapshot], None], ...] = (_harm, _flagged, trend_tabs.missing, trend_tabs.schools)
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
    window = parts.window(snapshot, measure, trends) if ranges else ""
    st.html(panels.notes([window, *(words.GRID_NOTES if ranges else words.GRID_NOTES_NEAREST), *sure, told.NOT_SAFE]))
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
