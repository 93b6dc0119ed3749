"""Charts: a gap is a gap, and what is still arriving looks it."""

from __future__ import annotations

import datetime
import json
import math

import pandas as pd
from plotly.io import to_json
from plotly.tools import return_figure_from_figure_or_data

from dashboard.charts import Ready, series_chart, series_figure

MONTHS = pd.DataFrame(
    [
        ("2026-05", datetime.date(2026, 5, 1), "May 2026", 6.0, 4.0, 8.0, "collected"),
        ("2026-06", datetime.date(2026, 6, 1), "June 2026", math.nan, math.nan, math.nan, "not_collected"),
        ("2026-07", datetime.date(2026, 7, 1), "July 2026", 9.0, 7.0, 11.0, "collected"),
        ("2026-08", datetime.date(2026, 8, 1), "August 2026", 3.0, 1.0, 5.0, "still_arriving"),
    ],
    columns=["period", "period_start", "label", "about", "low", "high", "state"],
)


def drawn(exact: bool = False):
    return series_figure(MONTHS, unit="incidents", exact=exact, shown=("2026-07",))


def test_the_range_is_drawn_in_pieces_that_never_cross_a_gap():
    pieces = [trace for trace in drawn().data if trace.fill == "toself"]
    assert [len(piece.x) for piece in pieces] == [2, 2]


def test_the_range_stops_where_months_are_still_arriving_so_that_nothing_seems_to_fall():
    pieces = [trace for trace in drawn().data if trace.fill == "toself"]
    assert datetime.date(2026, 8, 1) not in {day for piece in pieces for day in piece.x}
    late = next(trace for trace in drawn().data if trace.mode == "markers")
    assert (list(late.error_y.array), list(late.error_y.arrayminus)) == ([2], [2])


def test_the_line_holds_complete_months_only_and_does_not_join_over_gaps():
    line = next(trace for trace in drawn().data if trace.mode == "lines+markers")
    assert list(line.y) == [6, None, 9, None]
    assert line.connectgaps is False


def test_a_month_still_arriving_is_hollow_and_named():
    late = next(trace for trace in drawn().data if trace.mode == "markers")
    assert late.name == "still arriving"
    assert list(late.y) == [3]
    assert late.marker.color == "#ffffff"


def test_a_month_not_collected_is_marked_in_words():
    assert [note.text for note in drawn().layout.annotations] == ["not collected"]


def test_exact_figures_have_no_range():
    assert not [trace for trace in drawn(exact=True).data if trace.fill == "toself"]


QUARTERS = pd.DataFrame(
    [
        ("2026-Q1", datetime.date(2026, 1, 1), "January to March 2026", 20.0, pd.NA, "collected"),
        ("2026-Q2", datetime.date(2026, 4, 1), "April to June 2026", math.nan, 10, "collected"),
        ("2026-Q3", datetime.date(2026, 7, 1), "July to September 2026", 25.0, pd.NA, "collected"),
    ],
    columns=["period", "period_start", "label", "about", "under", "state"],
)


def test_a_figure_only_said_to_be_under_ten_is_a_bar_and_no_point():
    figure = series_figure(QUARTERS, unit="incidents", exact=False, shown=("2026-Q3",))
    (bar,) = [trace for trace in figure.data if trace.name == "under 10"]
    assert list(bar.y) == [0, 10, None]
    line = next(trace for trace in figure.data if trace.mode == "lines+markers")
    assert list(line.y) == [20, None, 25]
    assert list(line.text) == list(QUARTERS["label"])


def test_rounded_figures_have_no_range_to_draw():
    figure = series_figure(QUARTERS, unit="incidents", exact=False, shown=("2026-Q3",))
    assert not [trace for trace in figure.data if trace.fill == "toself"]


def test_a_chart_that_plotly_does_not_look_at_is_the_one_it_would_have_drawn():
    told = {"unit": "incidents", "exact": False, "shown": ("2026-07",)}
    handed_on = return_figure_from_figure_or_data(Ready(series_chart(MONTHS, **told)), validate_figure=True)
    assert json.loads(to_json(handed_on)) == json.loads(to_json(series_figure(MONTHS, **told).to_dict()))
