"""Colours and shades: one sequential scale for level, safe for colour-blind readers, never colour alone.

Each shade has a number, a word, a colour and an ink that is readable on it. Shades have equal widths, and
neighbouring labels never share an edge ("0 to 9", then "10 to 19").
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

INK = "#0b0c0c"
QUIET_INK = "#4a4f54"
PAPER = "#ffffff"
PANEL = "#f3f5f7"
ACCENT = "#1d5c96"
LINE = "#54319f"
RANGE_FILL = "rgba(84, 49, 159, 0.16)"
SPAN_FILL = "rgba(29, 92, 150, 0.08)"
GAP_FILL = "rgba(74, 79, 84, 0.12)"
NO_FIGURE = "#ffffff"

# Light to dark in even steps of lightness, blue-green to purple: distinct in grey and in every common
# kind of colour-blindness, and unlike the river and the parks behind it. It is not red: more is not worse.
LEVELS = ("#f1eef6", "#cfc6e3", "#a594ca", "#7653ab", "#430a75")
LEVEL_INKS = (INK, INK, INK, PAPER, PAPER)

# Parks are filled under the places (seen where no place covers them) and outlined over them, so that the
# fill of a place is exactly the colour its legend shows.
PARK_FILL: dict[str, object] = {"stroke": False, "fill": True, "fillColor": "#b9d8a8", "fillOpacity": 1}
BEAT_OUTLINE: dict[str, object] = {"color": "#8b9096", "weight": 1, "opacity": 0.9, "fill": False}
BACKDROP: dict[str, dict[str, object]] = {
    "parks": {"color": "#3f7d46", "weight": 1.5, "opacity": 0.9, "fill": False},
    "river": {"color": "#5d9fc4", "weight": 2.5, "opacity": 0.9, "fillColor": "#9cc8e0", "fillOpacity": 1},
    "roads": {"color": "#7a7f85", "weight": 1.6, "opacity": 0.75, "fill": False},
    "railway": {"color": "#2f3338", "weight": 2, "opacity": 0.8, "dashArray": "6 4", "fill": False},
}

WORDS_BY_COUNT = {
    1: ("lowest",),
    2: ("lowest", "highest"),
    3: ("lowest", "middle", "highest"),
    4: ("lowest", "low", "high", "highest"),
    5: ("lowest", "low", "middle", "high", "highest"),
}
SPREAD = {1: (1,), 2: (1, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}


@dataclass(frozen=True)
class Shade:
    """One class of the legend: figures from `lowest` to `highest`, both included."""

    mark: str
    word: str
    lowest: float
    highest: float
    label: str
    colour: str
    ink: str


def shades(values: Iterable[float], *, step: float) -> list[Shade]:
    """Cut 0 to the largest value into at most five shades of equal, easily read width.

    values   figures on the map, without the withheld ones
    step     the smallest difference shown: 1 for counts, 0.1 for rates
    returns  lowest first; empty when there is no value
    """
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return []
    width = _width(max(known), step)
    count = min(5, math.floor(_in_steps(max(known), step) / width) + 1)
    return [_shade(number, count, width, step) for number in range(count)]


def shade_of(value: float, scale: list[Shade]) -> Shade | None:
    """Find the shade a figure belongs to; None when the figure is missing."""
    if math.isnan(value) or not scale:
        return None
    reached = [shade for shade in scale if shade.lowest <= value + 1e-9]
    return reached[-1] if reached else scale[0]


def _in_steps(value: float, step: float) -> int:
    return round(value / step)


def _width(largest: float, step: float) -> int:
    # In steps, so that rates are cut with whole numbers too and no edge falls between two shown figures.
    needed = (_in_steps(largest, step) + 1) / 5
    magnitude = 1
    while True:
        for nice in (1, 2, 3, 5):
            if nice * magnitude >= needed:
                return nice * magnitude
        magnitude *= 10


def _shade(number: int, count: int, width: int, step: float) -> Shade:
    decimals = 0 if step >= 1 else 1
    lowest, highest = number * width * step, ((number + 1) * width - 1) * step
    label = f"{lowest:,.{decimals}f}"
    if width > 1:
        label += f" to {highest:,.{decimals}f}"
    tone = SPREAD[count][number]
    return Shade(
        mark=str(number + 1),
        word=WORDS_BY_COUNT[count][number],
        lowest=lowest,
        highest=highest,
        label=label,
        colour=LEVELS[tone],
        ink=LEVEL_INKS[tone],
    )
