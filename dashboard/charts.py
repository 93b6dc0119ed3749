"""Charts of one place. Plotly, drawn by Streamlit's own copy in the browser: nobody outside is asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.basedatatypes import BaseFigure

from dashboard import palette, wording

FEW_PERIODS = 6
AROUND_LABELS_PX, DIGIT_PX = 46, 9
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}


Described = dict[str, Any]


class Ready(BaseFigure):
    """A chart handed on as it is described. Plotly would look at every property of it, at each drawing, for longer than
    all else on the card takes; the tests have plotly look instead.
    """

    def __init__(self, described: Described) -> None:
        # Not the one above: that is what looks at everything.
        self._described = described

    def to_dict(self) -> Described:
        """The description itself."""
        return self._described


def series_figure(series: pd.DataFrame, *, unit: str, exact: bool, shown: tuple[str, ...]) -> go.Figure:
    """The chart of `series_chart`, to be added to: looked at by plotly, property by property."""
    return go.Figure(series_chart(series, unit=unit, exact=exact, shown=shown))


def series_chart(series: pd.DataFrame, *, unit: str, exact: bool, shown: tuple[str, ...]) -> Described:
    """Describe, in plotly's words, a place's figures period by period with their likely range.

    series   one row per period, oldest first (period_start, label, about, state; low and high, or under)
    unit     what is counted, for the axis
    exact    True for public figures, which have no range
    shown    the periods of the selection, shaded lightly behind the line

    A figure only said to be under a number is a bar up to that number. Periods not collected are gaps marked
    in words, and the line never crosses them. Periods still arriving are hollow.
    """
    settled = series["about"].where(series["state"] == "collected")
    # A band that ran on to a month still arriving would look like a fall.
    ranged = [] if exact or "low" not in series else _runs(settled.notna())
    traces = [_range(series.iloc[run]) for run in ranged]
    if "under" in series and series["under"].notna().any():
        traces.append(_under(series[series["under"].notna()]))
    traces.append(_line(series, settled))
    late = series[(series["state"] == "still_arriving") & series["about"].notna()]
    if len(late):
        traces.append(_hollow(late, exact=exact))
    gaps = [series.iloc[run] for run in _runs(series["state"] == "not_collected")]
    return {
        "data": traces,
        "layout": {
            **_layout(series, unit),
            "shapes": [*(_gap(part) for part in gaps), *_span(series, shown)],
            "annotations": [_gap_words(part) for part in gaps],
        },
    }


def _runs(present: pd.Series) -> Iterator[slice]:
    start = None
    for position, there in enumerate([*present, False]):
        if there and start is None:
            start = position
        elif not there and start is not None:
            yield slice(start, position)
            start = None


def _range(part: pd.DataFrame) -> Described:
    days = list(part["period_start"])
    return {
        "type": "scatter",
        "x": days + days[::-1],
        "y": _numbers(part["high"]) + _numbers(part["low"])[::-1],
        "fill": "toself",
        "fillcolor": palette.RANGE_FILL,
        "line": {"width": 0},
        "marker": {"opacity": 0},
        "name": wording.CHART_RANGE,
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _under(part: pd.DataFrame) -> Described:
    """Bars for figures too small to say; nothing marks where in its bar a figure is."""
    feet = [(day, float(under)) for day, under in zip(part["period_start"], part["under"], strict=True)]
    return {
        "type": "scatter",
        "x": [place for day, _ in feet for place in (day, day, None)],
        "y": [height for _, under in feet for height in (0.0, under, None)],
        "mode": "lines",
        "line": {"color": palette.RANGE_FILL, "width": 10},
        "name": wording.nearest(None, feet[0][1]),
        "hoverinfo": "name",
    }


def _line(series: pd.DataFrame, settled: pd.Series) -> Described:
    return {
        "type": "scatter",
        "x": list(series["period_start"]),
        "y": _numbers(settled),
        "mode": "lines+markers",
        "connectgaps": False,
        "line": {"color": palette.LINE, "width": 2},
        "marker": {"size": 5},
        "name": wording.CHART_COUNT,
        "text": list(series["label"]),
        "hovertemplate": "%{text}: about %{y:.0f}<extra></extra>",
        "showlegend": False,
    }


def _hollow(late: pd.DataFrame, *, exact: bool) -> Described:
    ranges: Described = {}
    if not exact and "low" in late:
        ranges = {"error_y": {
            "type": "data", "symmetric": False, "array": _numbers(late["high"] - late["about"]),
            "arrayminus": _numbers(late["about"] - late["low"]), "color": palette.RANGE_FILL, "thickness": 6, "width": 0,
        }}  # fmt: skip
    return ranges | {
        "type": "scatter",
        "x": list(late["period_start"]),
        "y": _numbers(late["about"]),
        "mode": "markers",
        "marker": {"size": 9, "color": palette.PAPER, "line": {"color": palette.LINE, "width": 2}},
        "cliponaxis": False,  # a hollow point at zero is whole
        "name": wording.CHART_ARRIVING,
        "text": list(late["label"]),
        "hovertemplate": "%{text}: about %{y:.0f} so far<extra></extra>",
    }


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def _gap(part: pd.DataFrame) -> Described:
    first, last = part["period_start"].iloc[[0, -1]]
    return _upright(first - pd.Timedelta(days=10), last + pd.Timedelta(days=10), palette.GAP_FILL)


def _gap_words(part: pd.DataFrame) -> Described:
    # Placed by hand: plotly cannot find the middle of two dates.
    return {
        "x": part["period_start"].iloc[len(part) // 2],
        "y": 1,
        "yref": "paper",
        "text": wording.CHART_GAP,
        "textangle": -90,
        "showarrow": False,
        "yanchor": "top",
        "font": {"size": 12, "color": palette.QUIET_INK},
    }


def _span(series: pd.DataFrame, shown: tuple[str, ...]) -> list[Described]:
    days = series.loc[series["period"].isin(shown), "period_start"]
    if not len(days):
        return []
    first, last = days.iloc[0] - pd.Timedelta(days=15), days.iloc[-1] + pd.Timedelta(days=15)
    return [_upright(first, last, palette.SPAN_FILL) | {"layer": "below"}]


def _upright(first: date, last: date, colour: str) -> Described:
    """A strip over the whole height of the chart."""
    return {
        "type": "rect", "xref": "x", "yref": "y domain", "x0": first, "x1": last, "y0": 0, "y1": 1,
        "fillcolor": colour, "line": {"width": 0},
    }  # fmt: skip


def _layout(series: pd.DataFrame, unit: str) -> Described:
    few = {"dtick": "M1", "tickformat": "%b %Y"} if len(series) <= FEW_PERIODS else {}
    # Plotly could find the room its labels need by drawing all twice; the map waits for that with every choice of a place.
    drawn_once = {"automargin": False, "ticklabeloverflow": "allow", "tickangle": 0}
    return {
        "height": 250,
        "margin": {"l": AROUND_LABELS_PX + DIGIT_PX * _digits(series), "r": 32, "t": 24, "b": 46},
        "paper_bgcolor": palette.PAPER,
        "plot_bgcolor": palette.PAPER,
        "font": {"color": palette.INK, "size": 15, "family": "Source Sans, Source Sans Pro, sans-serif"},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        "hovermode": "closest",
        "dragmode": False,
        "template": {},  # nothing of plotly's own look
        "autotypenumbers": "strict",
        "yaxis": {
            "title": {"text": unit, "standoff": 15},
            "rangemode": "tozero",
            "autorangeoptions": {"include": [0, 5]},  # a place with nothing is a flat line, not a magnified one
            "gridcolor": "#e3e6e9",
            "zerolinecolor": "#8b9096",
            **drawn_once,
        },
        "xaxis": {"showgrid": False, "linecolor": "#8b9096", **drawn_once, **few},
    }


def _digits(series: pd.DataFrame) -> int:
    """How long the longest number beside the chart is."""
    known = [series[name].max() for name in ("about", "high", "under") if name in series]
    return max(len(str(int(one * 1.1))) for one in [10.0, *known] if not pd.isna(one))
