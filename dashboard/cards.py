"""One place as a card: its name, its figure, how far to trust it, and its story period by period."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import charts, panels, reads, wording
from dashboard.controls import Selection
from dashboard.shading import PlaceFigure, figure_words


def place_card(selection: Selection, place: PlaceFigure) -> None:
    """Draw the card of a chosen place."""
    series = reads.series(selection.snapshot, selection.choice, place.area_id)
    measure, labels = selection.measure, selection.labels
    oldest, newest = series.iloc[0], series.iloc[-1]
    sentences = [
        wording.latest_state(labels[newest["period"]], newest["state"]),
        wording.chart_summary(
            measure.unit_label, labels[oldest["period"]], labels[newest["period"]], exact=measure.exact, under=measure.under
        ),
    ]
    st.html(panels.place_words(place.name, place.words, selection.span, sentences))
    drawn = charts.series_chart(series, unit=measure.unit_label, exact=measure.exact, shown=selection.periods)
    st.plotly_chart(charts.Ready(drawn), key="series", theme=None, config=charts.CONFIG, width="stretch")
    with st.expander(wording.SERIES_TABLE):
        st.html(panels.series_table(series_rows(series, selection)))


def series_rows(series: pd.DataFrame, selection: Selection) -> list[tuple[str, str, str]]:
    """Say each period, newest first: its label, its figure or the reason there is none, its state."""
    rows = []
    for row in series.iloc[::-1].to_dict("records"):
        words = figure_words(row, base=selection.measure.base, band_words=reads.band_words)
        state = wording.STATES.get(row["state"], row["state"])
        rows.append((selection.labels[row["period"]], words, state))
    return rows
