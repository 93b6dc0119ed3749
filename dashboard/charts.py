"""Charts of one place. Plotly, drawn by Streamlit's own copy in the browser: nobody outside is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from dashboard import palette, wording

FEW_PERIODS = 6
CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": False, "scrollZoom": False}


def series_figure(series: pd.DataFrame, *, unit: str, exact: bool, shown: tuple[str, ...]) -> go.Figure:
    """Draw a place's figures period by period with their likely range.

    series   one row per period, oldest first (period_start, label, about, state; low and high, or under)
    unit     what is counted, for the axis
    exact    True for public figures, which have no range
    shown    the periods of the selection, shaded lightly behind the line

    A figure only said to be under a number is a bar up to that number. Periods not collected are gaps marked
    in words, and the line never crosses them. Periods still arriving are hollow.
    """
    figure = go.Figure(layout={"template": None})
    settled = series["about"].where(series["state"] == "collected")
    for run in _runs(settled.notna()):  # a band that ran on to a month still arriving would look like a fall
        part = series.iloc[run]
        if not exact and "low" in part:
            figure.add_trace(_range(part))
    if "under" in series and series["under"].notna().any():
        figure.add_trace(_under(series[series["under"].notna()]))
    figure.add_trace(_line(series, settled))
    late = series[(series["state"] == "still_arriving") & series["about"].notna()]
    if len(late):
        figure.add_trace(_hollow(late, exact=exact))
    _mark_gaps(figure, series)
    _mark_span(figure, series, shown)
    _lay_out(figure, series, unit)
    return figure


def _runs(present: pd.Series) -> Iterator[slice]:
    start = None
    for position, there in enumerate([*present, False]):
        if there and start is None:
            start = position
        elif not there and start is not None:
            yield slice(start, position)
            start = None


def _range(part: pd.DataFrame) -> go.Scatter:
    days = list(part["period_start"])
    return go.Scatter(
        x=days + days[::-1],
        y=list(part["high"]) + list(part["low"])[::-1],
        fill="toself",
        fillcolor=palette.RANGE_FILL,
        line={"width": 0},
        marker={"opacity": 0},
        name=wording.CHART_RANGE,
        hoverinfo="skip",
        showlegend=False,
    )


def _under(part: pd.DataFrame) -> go.Scatter:
    """Bars for figures too small to say; nothing marks where in its bar a figure is."""
    feet = [(day, float(under)) for day, under in zip(part["period_start"], part["under"], strict=True)]
    return go.Scatter(
        x=[place for day, _ in feet for place in (day, day, None)],
        y=[height for _, under in feet for height in (0.0, under, None)],
        mode="lines",
        line={"color": palette.RANGE_FILL, "width": 10},
        name=wording.nearest(None, feet[0][1]),
        hoverinfo="name",
    )


def _line(series: pd.DataFrame, settled: pd.Series) -> go.Scatter:
    return go.Scatter(
        x=series["period_start"],
        y=settled,
        mode="lines+markers",
        connectgaps=False,
        line={"color": palette.LINE, "width": 2},
        marker={"size": 5},
        name=wording.CHART_COUNT,
        text=series["label"],
        hovertemplate="%{text}: about %{y:.0f}<extra></extra>",
        showlegend=False,
    )


def _hollow(late: pd.DataFrame, *, exact: bool) -> go.Scatter:
    ranges = None
    if not exact and "low" in late:
        ranges = {
            "type": "data", "symmetric": False, "array": late["high"] - late["about"],
            "arrayminus": late["about"] - late["low"], "color": palette.RANGE_FILL, "thickness": 6, "width": 0,
        }  # fmt: skip
    return go.Scatter(
        x=late["period_start"],
        y=late["about"],
        mode="markers",
        marker={"size": 9, "color": palette.PAPER, "line": {"color": palette.LINE, "width": 2}},
        error_y=ranges,
        cliponaxis=False,  # a hollow point at zero is whole
        name=wording.CHART_ARRIVING,
        text=late["label"],
        hovertemplate="%{text}: about %{y:.0f} so far<extra></extra>",
    )


def _mark_gaps(figure: go.Figure, series: pd.DataFrame) -> None:
    for run in _runs(series["state"] == "not_collected"):
        part = series.iloc[run]
        figure.add_vrect(
            x0=part["period_start"].iloc[0] - pd.Timedelta(days=10),
            x1=part["period_start"].iloc[-1] + pd.Timedelta(days=10),
            fillcolor=palette.GAP_FILL,
            line_width=0,
        )
        # Placed by hand: plotly cannot find the middle of two dates.
        figure.add_annotation(
            x=part["period_start"].iloc[len(part) // 2],
            y=1,
            yref="paper",
            text=wording.CHART_GAP,
            textangle=-90,
            showarrow=False,
            yanchor="top",
            font={"size": 12, "color": palette.QUIET_INK},
        )


def _mark_span(figure: go.Figure, series: pd.DataFrame, shown: tuple[str, ...]) -> None:
    days = series.loc[series["period"].isin(shown), "period_start"]
    if len(days):
        figure.add_vrect(
            x0=days.iloc[0] - pd.Timedelta(days=15),
            x1=days.iloc[-1] + pd.Timedelta(days=15),
            fillcolor=palette.SPAN_FILL,
            line_width=0,
            layer="below",
        )


def _lay_out(figure: go.Figure, series: pd.DataFrame, unit: str) -> None:
    figure.update_layout(
        height=250,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        paper_bgcolor=palette.PAPER,
        plot_bgcolor=palette.PAPER,
        font={"color": palette.INK, "size": 15, "family": "Source Sans, Source Sans Pro, sans-serif"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        hovermode="closest",
        dragmode=False,
    )
    figure.update_yaxes(
        title=unit,
        rangemode="tozero",
        autorangeoptions={"include": [0, 5]},  # a place with nothing is a flat line, not a magnified one
        gridcolor="#e3e6e9",
        zerolinecolor="#8b9096",
        automargin=True,
    )
    if len(series) <= FEW_PERIODS:
        figure.update_xaxes(dtick="M1", tickformat="%b %Y")
    figure.update_xaxes(showgrid=False, automargin=True, linecolor="#8b9096")
