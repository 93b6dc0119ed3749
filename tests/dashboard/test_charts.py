"""Charts: a gap is a gap, and what is still arriving looks it."""

from __future__ import annotations

import datetime
import math

import pandas as pd

from dashboard.charts import series_figure

MONTHS = pd.DataFrame(
    [
        ("2026-05", datetime.date(2026, 5, 1), 6.0, 4.0, 8.0, "collected"),
        ("2026-06", datetime.date(2026, 6, 1), math.nan, math.nan, math.nan, "not_collected"),
        ("2026-07", datetime.date(2026, 7, 1), 9.0, 7.0, 11.0, "collected"),
        ("2026-08", datetime.date(2026, 8, 1), 3.0, 1.0, 5.0, "still_arriving"),
    ],
    columns=["period", "period_start", "about", "low", "high", "state"],
)


def drawn(exact: bool = False):
    return series_figure(MONTHS, unit="incidents", exact=exact, shown=("2026-07",))


def test_the_range_is_drawn_in_pieces_that_never_cross_a_gap():
    pieces = [trace for trace in drawn().data if trace.fill == "toself"]
    assert [len(piece.x) for piece in pieces] == [2, 4]


def test_the_line_holds_complete_months_only_and_does_not_join_over_gaps():
    line = next(trace for trace in drawn().data if trace.mode == "lines+markers")
    assert [None if math.isnan(value) else value for value in line.y] == [6, None, 9, None]
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
