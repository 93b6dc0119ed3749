"""The time line of the place page: its chart, and the same as tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import charts, chronology, panels, place_panels, place_story, reads, shading, wording
from dashboard.place_story import FEED, Place
from dashboard.wording import place as words

GROUP_KEY, SPAN_KEY = "place_group", "place_span"
TWO_YEARS_IN_DAYS = 731


@st.fragment
def draw(snapshot: reads.Snapshot, place: Place, story: Any) -> None:
    """Draw the time line with its two tables; a change of harm group or span redraws it alone."""
    st.html(place_panels.heading(words.CHRONOLOGY))
    labels = place_story.group_labels(snapshot)
    one, two = st.columns(2)
    group = one.selectbox(words.HARM_GROUP, tuple(labels), key=GROUP_KEY, format_func=labels.__getitem__)
    span = two.radio(words.SPAN, (words.TWO_YEARS, words.WHOLE), key=SPAN_KEY, horizontal=True)
    measure = snapshot.measure(*FEED)
    series = place_story.series(snapshot, place, group)
    if not len(series):
        st.info(wording.NOTHING_WHOLE_YET)
        return
    events = place_story.events(snapshot, place, story)
    first = pd.to_datetime(series["period_start"]).min().date()
    since = first if span == words.WHOLE else max(first, _two_years_before(snapshot.as_at))
    usual = next((harm for harm in story.harm if harm.harm_group == group), None)
    drawn = chronology.figure(
        series, events, unit=measure.unit_label, shown=place_story.recent_periods(series, usual), usual=usual,
        base_exact=measure.exact, since=since, until=snapshot.as_at,
    )  # fmt: skip
    st.plotly_chart(drawn, key="chronology", theme=None, config=charts.CONFIG, width="stretch")
    told_of = words.chart_summary(measure.unit_label, series["label"].iloc[0], series["label"].iloc[-1])
    st.html(panels.notes([words.steps(chronology.steps(events)), told_of]))
    said = chronology.rows(events)
    hidden = any(entry["led_elsewhere"] for entry in (*story.moves, *story.interventions))
    empty = not hidden and all(event.kind == "recording" for event in events)
    with st.expander(words.CHRONOLOGY_TABLE):
        table = place_panels.plain_table(words.CHRONOLOGY, words.CHRONOLOGY_HEADS, said)
        st.html(table if said else panels.notes([words.LED_ELSEWHERE if hidden else words.EMPTY_REGISTER]))
    with st.expander(words.MONTHS_TABLE):
        st.html(panels.table(words.MONTHS_TABLE, words.MONTHS_HEADS, _months(series, measure.base)))
    st.html(panels.notes([wording.BLURRED, words.LED_ELSEWHERE if hidden else "", words.EMPTY_REGISTER if empty else ""]))


def _two_years_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - TWO_YEARS_IN_DAYS).replace(day=1)


def _months(series: pd.DataFrame, base: int) -> list[tuple[str, str, str]]:
    return [
        (row["label"], shading.figure_words(row, base=base, band_words=reads.band_words), wording.STATES[row["state"]])
        for row in series.iloc[::-1].to_dict("records")
    ]
