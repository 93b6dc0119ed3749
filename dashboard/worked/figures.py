"""Pictures of impact. Plotly, drawn by Streamlit's own copy in the browser: nobody outside is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard import palette
from dashboard.wording import worked as words

GREY, GRID = "#4a4f54", "#e3e6e9"
FONT = {"color": palette.INK, "size": 15, "family": "Source Sans, Source Sans Pro, sans-serif"}
HALF_A_MONTH = pd.Timedelta(days=15)
HEIGHT_PX, ROW_PX = 330, 38
TICKS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0)
SMALLEST, LARGEST = 0.05, 20.0  # a ratio beyond is drawn at the edge; its table says it in full


@dataclass(frozen=True)
class Bar:
    """One line of the forest plot. pooled = all places of a kind together."""

    name: str
    ratio: float
    low: float
    high: float
    pooled: bool


def over_time(rows: pd.DataFrame, guard: int) -> go.Figure:
    """Reported against expected, month by month; months left out of this sum or the other are shaded, the start is a line.

    rows   as the read API's `impact` gives its series
    guard  months before the start that one of the two sums leaves out
    """
    figure = go.Figure(layout={"template": None})
    for run in _runs(rows["expected"].notna()):
        one = rows.iloc[run]
        figure.add_trace(_band(one["period_start"], one["expected_low"], one["expected_high"]))
    figure.add_trace(_line(rows, "expected", words.EXPECTED, {"color": GREY, "width": 2, "dash": "dash"}, "lines"))
    figure.add_trace(_line(rows, "actual", words.REPORTED, {"color": palette.LINE, "width": 2}, "lines+markers"))
    _shade(figure, rows, guard)
    _start(figure, rows)
    _lay_out(figure)
    return figure


def added_up(rows: pd.DataFrame) -> go.Figure:
    """How many fewer than expected since the start, added up, with its 95% interval."""
    after = rows[rows["phase"] == "after"]
    figure = go.Figure(layout={"template": None})
    finite = after[np.isfinite(after["prevented_low"].astype(float)) & np.isfinite(after["prevented_high"].astype(float))]
    if len(finite):
        figure.add_trace(_band(finite["period_start"], finite["prevented_low"], finite["prevented_high"]))
    line = {"color": palette.LINE, "width": 2}
    figure.add_trace(_line(after, "prevented", words.FEWER_SO_FAR, line, "lines+markers", legend=False))
    figure.add_hline(y=0, line={"color": palette.INK, "width": 1.5}, annotation_text=words.NO_CHANGE,
                     annotation_position="bottom left", annotation_font=FONT)  # fmt: skip
    _lay_out(figure, zero=False)
    return figure


def placebos(ratios: Sequence[float], own: float) -> go.Figure:
    """Each place where nothing was done as a dot, piled up where they are alike; this place as a diamond."""
    known = np.sort(np.clip(np.array([one for one in ratios if np.isfinite(one)]), SMALLEST, LARGEST))
    figure = go.Figure(layout={"template": None})
    figure.add_trace(go.Scatter(
        x=known, y=_piled(known), mode="markers", name=words.ANOTHER, hoverinfo="skip",
        marker={"size": 11, "color": palette.PAPER, "line": {"color": GREY, "width": 2}},
    ))  # fmt: skip
    figure.add_trace(go.Scatter(
        x=[min(max(own, SMALLEST), LARGEST)], y=[0], mode="markers", name=words.THIS_PLACE, hoverinfo="skip",
        marker={"symbol": "diamond", "size": 19, "color": palette.LINE, "line": {"color": palette.INK, "width": 1.5}},
    ))  # fmt: skip
    _ratios(figure, [*known, own])
    figure.update_layout(height=240)
    figure.update_yaxes(visible=False, range=[-0.9, max(3.0, float(max(_piled(known), default=0)) + 1.2)])
    return figure


def _piled(known: Any) -> list[int]:
    """How high each dot lies: above those drawn at nearly the same ratio."""
    levels: list[tuple[float, int]] = []
    for one in np.log(known):
        near = {level for at, level in levels if abs(at - one) < 0.045}
        levels.append((float(one), next(level for level in range(len(levels) + 1) if level not in near)))
    return [level for _, level in levels]


def forest(bars: Sequence[Bar]) -> go.Figure:
    """Each place with its 95% range, and each kind in all its places together, top to bottom as given."""
    figure = go.Figure(layout={"template": None})
    looks = ((False, "square", palette.ACCENT, words.FOREST_SITE), (True, "diamond", palette.LINE, words.FOREST_KIND))
    for pooled, symbol, colour, name in looks:
        mine = [(row, bar) for row, bar in enumerate(bars) if bar.pooled == pooled]
        if not mine:
            continue
        ends = [(max(bar.low, SMALLEST), min(bar.ratio, LARGEST), min(bar.high, LARGEST)) for _, bar in mine]
        figure.add_trace(go.Scatter(
            x=[max(ratio, SMALLEST) for _, ratio, _ in ends], y=[row for row, _ in mine], mode="markers", name=name,
            hoverinfo="skip", marker={"symbol": symbol, "size": 16 if pooled else 12, "color": colour},
            error_x={"type": "data", "symmetric": False, "array": [high - max(at, SMALLEST) for _, at, high in ends],
                     "arrayminus": [max(at, SMALLEST) - low for low, at, _ in ends], "color": colour, "thickness": 2.5},
        ))  # fmt: skip
    _ratios(figure, [one for bar in bars for one in (bar.low, bar.high)])
    figure.update_layout(height=120 + ROW_PX * len(bars))
    figure.update_yaxes(
        tickvals=list(range(len(bars))), ticktext=[escape(bar.name) for bar in bars], range=[len(bars) - 0.4, -0.6],
        showgrid=False, zeroline=False, automargin=True,
    )  # fmt: skip
    return figure


def _runs(present: pd.Series) -> list[slice]:
    """Stretches with a figure: a band never crosses a blank."""
    cut = np.flatnonzero(np.diff(np.r_[0, present.to_numpy().astype(int), 0]))
    return [slice(int(one), int(two)) for one, two in zip(cut[::2], cut[1::2], strict=True)]


def _band(days: pd.Series, low: pd.Series, high: pd.Series) -> go.Scatter:
    there = list(days)
    return go.Scatter(
        x=there + there[::-1], y=list(high) + list(low)[::-1], fill="toself", fillcolor=palette.RANGE_FILL,
        line={"width": 0}, marker={"opacity": 0}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _line(rows: pd.DataFrame, column: str, name: str, line: dict[str, Any], mode: str, *, legend: bool = True) -> go.Scatter:
    return go.Scatter(
        x=rows["period_start"], y=rows[column], mode=mode, line=line, marker={"size": 6}, name=name, connectgaps=False,
        text=rows["label"], hovertemplate="%{text}: about %{y:.0f}<extra></extra>", showlegend=legend,
    )  # fmt: skip


def _shade(figure: go.Figure, rows: pd.DataFrame, guard: int) -> None:
    started = int((rows["phase"] != "after").sum())
    of_other = pd.Series(False, index=rows.index)
    if not rows["phase"].eq("guard").any():
        of_other.iloc[max(started - guard, 0) : started] = True
    left_out = rows["phase"].eq("guard") | (rows["phase"].isin(("before", "after")) & ~rows["used"].astype(bool))
    for run, text in [(one, words.LEFT_OUT) for one in _runs(left_out)] + [(one, words.ONE_SUM) for one in _runs(of_other)]:
        days = rows["period_start"].iloc[run]
        first, last = pd.Timestamp(days.iloc[0]) - HALF_A_MONTH, pd.Timestamp(days.iloc[-1]) + HALF_A_MONTH
        figure.add_vrect(x0=first, x1=last, fillcolor=palette.GAP_FILL, line_width=0, layer="below")
        figure.add_annotation(x=first, y=1, yref="paper", text=text, textangle=-90, showarrow=False, yanchor="top",
                              xanchor="left", font={"size": 13, "color": palette.QUIET_INK})  # fmt: skip


def _start(figure: go.Figure, rows: pd.DataFrame) -> None:
    after = rows.loc[rows["phase"] == "after", "period_start"]
    if len(after):
        at = pd.Timestamp(after.iloc[0]) - HALF_A_MONTH
        figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", line={"color": palette.INK, "width": 2})
        figure.add_annotation(x=at, y=1, yref="paper", text=words.STARTED, showarrow=False, xanchor="left", yanchor="bottom",
                              font={"size": 14, "color": palette.INK})  # fmt: skip


def _ratios(figure: go.Figure, drawn: Sequence[float]) -> None:
    """A log axis of ratios with a line at no change, wide enough for what is drawn."""
    _lay_out(figure, zero=False)
    known = [min(max(one, SMALLEST), LARGEST) for one in drawn if np.isfinite(one)]
    low, high = min([*known, 0.5]) / 1.15, max([*known, 2.0]) * 1.15
    ticks = [one for one in TICKS if low <= one <= high]
    figure.update_xaxes(type="log", range=[float(np.log10(low)), float(np.log10(high))], tickvals=ticks,
                        ticktext=[f"{one:g}" for one in ticks], title=words.RATIO_AXIS, showgrid=True,
                        gridcolor=GRID)  # fmt: skip
    figure.add_shape(type="line", x0=1, x1=1, y0=0, y1=1, yref="paper", layer="below",
                     line={"color": palette.INK, "width": 1.5, "dash": "dot"})  # fmt: skip


def _lay_out(figure: go.Figure, *, zero: bool = True) -> None:
    figure.update_layout(
        height=HEIGHT_PX, margin={"l": 8, "r": 12, "t": 30, "b": 8}, paper_bgcolor=palette.PAPER, plot_bgcolor=palette.PAPER,
        font=FONT, hovermode="closest", dragmode=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
    )  # fmt: skip
    figure.update_yaxes(gridcolor=GRID, zerolinecolor="#8b9096", automargin=True, rangemode="tozero" if zero else "normal")
    figure.update_xaxes(showgrid=False, automargin=True, linecolor="#8b9096")
