"""Colours and shades: one sequential scale for level, safe for colour-blind readers, never colour alone.

Each shade has a number, a word, a colour and an ink that is readable on it, and
neighbouring labels never share an edge ("0 to 9", then "10 to 19").
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, pairwise
from statistics import median

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


@dataclass(frozen=True)
class Look:
    """How one direction is drawn: a mark and a word beside every colour, never colour alone.

    hatched  drawn with stripes: it is no finding
    """

    mark: str
    colour: str
    ink: str
    hatched: bool = False


# Brown for up, teal for down: apart in every common kind of colour-blindness and in grey by mark. Neither is red or
# green: up is not always worse, and no clear change is never safe.
DIRECTIONS = {
    "rising": Look("▲", "#8c510a", PAPER),
    "possible_rise": Look("△", "#e8cfa0", INK),
    "new_activity": Look("✱", "#f6e27a", INK),
    "no_clear_change": Look("–", "#dfe2e5", INK),
    "steady": Look("=", "#c6cbd0", INK),
    "possible_fall": Look("▽", "#66b5aa", INK),
    "falling": Look("▼", "#01665e", PAPER),
    "too_few_to_say": Look("·", "#ffffff", INK, hatched=True),
    "not_enough_history": Look("…", "#ffffff", INK, hatched=True),
}
RAG = {"red": Look("R", "#b3261e", PAPER), "amber": Look("A", "#f0b429", INK), "green": Look("G", "#2e7d32", PAPER),
       "not_rated": Look("?", "#ffffff", INK)}  # fmt: skip

MOST_SHADES = 5
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


def shades(values: Iterable[float], *, step: float, narrowest: int = 1) -> list[Shade]:
    """Cut 0 to the largest value into at most five shades that are easily read.

    Shades have equal widths. Where one place stands so far above the rest that most would share a shade, they
    widen upwards instead (0 to 99, 100 to 199, 200 to 499 ...); a map that is mostly zeros is left as it is.

    values     figures on the map, without the withheld ones
    step       the smallest difference shown: 1 for counts, 0.1 for rates
    narrowest  the fewest steps a shade may hold: no narrower than the rounding, or noise looks like difference
    returns    lowest first; empty when there is no value
    """
    known = [round(value / step) for value in values if not math.isnan(value)]
    if not known:
        return []
    starts, widening = _equal_starts(max(known), narrowest), _widening_starts(max(known), narrowest)
    crowded = _most_in_one(known, starts)
    if median(known) > 0 and crowded > len(known) / 2 and _most_in_one(known, widening) < crowded:
        starts = widening
    ends = [start - 1 for start in starts[1:]] + [_end(starts)]
    return [_shade(number, starts, ends, step) for number in range(len(starts))]


def shade_of(value: float, scale: list[Shade]) -> Shade | None:
    """Find the shade a figure belongs to; None when the figure is missing."""
    if math.isnan(value) or not scale:
        return None
    reached = [shade for shade in scale if shade.lowest <= value + 1e-9]
    return reached[-1] if reached else scale[0]


def edge_of(shade: Shade | None) -> str:
    """An edge that shows between two places of one shade: dark between light ones, white between dark ones."""
    return PAPER if shade and shade.ink == PAPER else QUIET_INK


# Below, figures are whole numbers of steps, so that no edge falls between two shown figures.


def _equal_starts(largest: int, narrowest: int) -> list[int]:
    needed = max((largest + 1) / MOST_SHADES, narrowest)
    width = next(width for width in _round_numbers((1, 2, 3, 5)) if width >= needed)
    return list(range(0, largest + 1, width))


def _widening_starts(largest: int, narrowest: int) -> list[int]:
    edges: list[int] = []
    for edge in _round_numbers((1, 2, 5)):
        if edge > largest:
            return [0, *edges[-(MOST_SHADES - 1) :]]
        if edge >= narrowest:
            edges.append(edge)
    return [0]


def _end(starts: list[int]) -> int:
    """Where the last shade ends: it is as wide as the one before, or goes on to the next round number."""
    if len(starts) > 1 and len({b - a for a, b in pairwise(starts)}) == 1:
        return starts[-1] + (starts[1] - starts[0]) - 1
    return next(number for number in _round_numbers((1, 2, 5)) if number > starts[-1]) - 1


def _most_in_one(known: list[int], starts: list[int]) -> int:
    return max(Counter(bisect_right(starts, value) for value in known).values())


def _round_numbers(leading: tuple[int, ...]) -> Iterator[int]:
    for power in count():
        yield from (digit * 10**power for digit in leading)


def _shade(number: int, starts: list[int], ends: list[int], step: float) -> Shade:
    decimals = 0 if step >= 1 else 1
    lowest, highest = starts[number] * step, ends[number] * step
    label = f"{lowest:,.{decimals}f}"
    if starts[number] < ends[number]:
        label += f" to {highest:,.{decimals}f}"
    tone = SPREAD[len(starts)][number]
    return Shade(
        mark=str(number + 1),
        word=WORDS_BY_COUNT[len(starts)][number],
        lowest=lowest,
        highest=highest,
        label=label,
        colour=LEVELS[tone],
        ink=LEVEL_INKS[tone],
    )
