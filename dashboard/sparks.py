"""Small drawings of a series beside its words: a picture in the page itself, with its story as alternative text."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboard import palette

WIDTH, HEIGHT = 230, 74
LEFT, RIGHT, TOP, BOTTOM = 4, 6, 14, 6
BAND = "#d9d2ea"
BOX = "#1d5c96"


@dataclass(frozen=True)
class Usual:
    """The usual range over the newest periods that directions look at: as drawn, for one period.

    first, last  positions in the series
    """

    first: int
    last: int
    low: float
    high: float


def highest(series: pd.DataFrame) -> float:
    """How high a series reaches, its range included; 0 where there is nothing."""
    columns = [one for one in ("high", "under", "about") if one in series]
    reach = [pd.to_numeric(series[one], errors="coerce").max() for one in columns]
    return max((float(one) for one in reach if pd.notna(one)), default=0.0)


def spark(series: pd.DataFrame, *, top: float, alt: str, usual: Usual | None = None) -> str:
    """Draw a series, oldest first, as an image of its own.

    series  one row per period: about, state; low and high, or under. A period with no figure is a gap
    top     the figure at the upper edge: the same for all that are compared
    """
    scale = _Scale(max(len(series), 2), max(top, usual.high if usual else 0.0, 1.0))
    parts = [*_band(series, scale), *_box(usual, scale), *_under(series, scale), *_line(series, scale)]
    foot = HEIGHT - BOTTOM
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{palette.PAPER}"/>{"".join(parts)}'
        f'<path d="M{LEFT} {foot}H{WIDTH - RIGHT}" stroke="#8b9096" fill="none"/>'
        f'<text x="{LEFT}" y="11" font-family="sans-serif" font-size="11" fill="{palette.QUIET_INK}">{scale.top:,.0f}</text>'
        "</svg>"
    )
    data = base64.b64encode(drawn.encode()).decode()
    return (
        f'<img class="sp-story-spark" src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}" '
        f'width="{WIDTH}" height="{HEIGHT}">'
    )


@dataclass(frozen=True)
class _Scale:
    periods: int
    top: float

    def x(self, position: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * position / (self.periods - 1), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value, self.top) / self.top, 1)


def _runs(known: list[bool]) -> Iterator[range]:
    start = None
    for position, there in enumerate([*known, False]):
        if there and start is None:
            start = position
        elif not there and start is not None:
            yield range(start, position)
            start = None


def _points(series: pd.DataFrame, name: str, run: range, scale: _Scale) -> list[str]:
    return [f"{scale.x(place)} {scale.y(float(series[name].iloc[place]))}" for place in run]


def _band(series: pd.DataFrame, scale: _Scale) -> Iterator[str]:
    if "low" not in series:
        return
    settled = series["about"].notna() & (series["state"] == "collected")
    for run in _runs(list(settled)):  # on to a month still arriving it would look like a fall
        if len(run) > 1:
            edge = _points(series, "high", run, scale) + _points(series, "low", run, scale)[::-1]
            yield f'<path d="M{"L".join(edge)}Z" fill="{BAND}"/>'


def _box(usual: Usual | None, scale: _Scale) -> Iterator[str]:
    if usual is None:
        return
    left, right = scale.x(usual.first - 0.5), min(scale.x(usual.last + 0.5), WIDTH - 1)
    high, low = scale.y(usual.high), scale.y(usual.low)
    yield (
        f'<rect x="{left}" y="{high}" width="{round(right - left, 1)}" height="{round(max(low - high, 1), 1)}" '
        f'fill="none" stroke="{BOX}" stroke-width="1.5" stroke-dasharray="3 2"/>'
    )


def _under(series: pd.DataFrame, scale: _Scale) -> Iterator[str]:
    """A figure only said to be under a number is a bar up to it."""
    if "under" not in series:
        return
    for place, under in enumerate(series["under"]):
        if not pd.isna(under):
            yield (
                f'<path d="M{scale.x(place)} {HEIGHT - BOTTOM}V{scale.y(float(under))}" stroke="{BAND}" stroke-width="5" '
                'fill="none"/>'
            )


def _line(series: pd.DataFrame, scale: _Scale) -> Iterator[str]:
    about = pd.to_numeric(series["about"], errors="coerce")
    settled = [not math.isnan(value) and state == "collected" for value, state in zip(about, series["state"], strict=True)]
    for run in _runs(settled):
        said = "L".join(_points(series, "about", run, scale))
        yield f'<path d="M{said}" stroke="{palette.LINE}" stroke-width="1.8" fill="none" stroke-linecap="round"/>'
    for place, (value, state) in enumerate(zip(about, series["state"], strict=True)):
        if state == "still_arriving" and not math.isnan(value):
            yield (
                f'<circle cx="{scale.x(place)}" cy="{scale.y(value)}" r="3" fill="{palette.PAPER}" stroke="{palette.LINE}"/>'
            )
