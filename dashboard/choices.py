"""The reader's selection, and how it travels in the URL.

A URL sits in browser histories and proxy logs, so it carries what is measured, at which level and when,
and never a place or a person: the chosen place lives in the session alone. Whatever a URL says that the
snapshot does not offer is ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from pipelines.insight.periods import code_of, period_label

MAP_LEVELS = ("beat", "cluster", "locality", "place_of_concern")
RATE_LEVELS = ("beat", "locality")
STATUS_LEVELS = ("beat", "place_of_concern")
# What the map can be shaded by. The first two are figures of the chosen periods, the others are told of places as they
# stand now: where figures are going (against a place's own past, or the rest of the city), and its assessment.
FIGURES, DIRECTIONS = ("count", "rate"), ("direction", "relative")
STATUS = "status"
LAYERS = (*FIGURES, *DIRECTIONS, STATUS)
DEFAULT_PERIODS = 3


@dataclass(frozen=True)
class Offer:
    """What the snapshot offers for one measure.

    periods   (period, label, state), oldest first
    """

    feed: str
    measure: str
    levels: tuple[str, ...]
    groups: tuple[str, ...]
    periods: tuple[tuple[str, str, str], ...]

    @property
    def key(self) -> str:
        """The measure's name in the URL."""
        return f"{self.feed}.{self.measure}"

    def labels(self, state: str, among: tuple[str, ...]) -> list[str]:
        """Labels of the periods in `among` that are in this state."""
        return [label for period, label, is_in in self.periods if is_in == state and period in among]


@dataclass(frozen=True)
class Choice:
    """One selection: enough to ask the read API for every figure on the page.

    told   the layer drawn in place of figures: one of DIRECTIONS, or STATUS; null for counts and rates
    """

    feed: str
    measure: str
    level: str
    groups: tuple[str, ...]
    first: str
    last: str
    per_1000: bool
    told: str | None = None

    @property
    def layer(self) -> str:
        """What the map is shaded by: one of LAYERS."""
        return self.told or ("rate" if self.per_1000 else "count")

    def periods(self, offer: Offer) -> tuple[str, ...]:
        """The periods from first to last, oldest first."""
        known = [period for period, _, _ in offer.periods]
        return tuple(known[known.index(self.first) : known.index(self.last) + 1])


def map_levels(levels: tuple[str, ...]) -> tuple[str, ...]:
    """Levels the map can show, the finest first."""
    return tuple(level for level in MAP_LEVELS if level in levels)


def layers_at(level: str) -> tuple[str, ...]:
    """The layers that a level of area can have: nobody counts residents of a place of concern, a locality has no status."""
    lacking = {"rate": RATE_LEVELS, STATUS: STATUS_LEVELS}
    return tuple(layer for layer in LAYERS if level in lacking.get(layer, MAP_LEVELS))


def default_span(periods: tuple[tuple[str, str, str], ...]) -> tuple[str, str]:
    """The last three complete periods: one small cell of one month says little.

    Falls back to the newest periods there are when none is complete.
    """
    known = [period for period, _, _ in periods]
    complete = [position for position, (_, _, state) in enumerate(periods) if state == "collected"]
    end = complete[-1] if complete else len(known) - 1
    return known[max(0, end - DEFAULT_PERIODS + 1)], known[end]


def left_out(among: Iterable[str]) -> list[str]:
    """Labels of the quarters or years between two of `among` that are not there, since not all of them was collected."""
    return [label for before, after in pairwise(among) for label in _between(before, after)]


def _between(before: str, after: str) -> list[str]:
    """Labels of what lies between two quarters (2026-Q1) or years (2026); months and terms are offered every one."""
    for grain, steps in (("quarter", 4), ("year", 1)):
        ends = [_position(code, steps) for code in (before, after)]
        if None not in ends:
            return [_label(at, grain, steps) for at in range((ends[0] or 0) + 1, ends[1] or 0)]
    return []


def _position(code: str, steps: int) -> int | None:
    year, _, quarter = code.partition("-Q")
    if not year.isdigit() or quarter.isdigit() != (steps == 4):
        return None
    return int(year) * steps + (int(quarter) - 1 if quarter else 0)


def _label(at: int, grain: str, steps: int) -> str:
    start = date(at // steps, at % steps * 3 + 1, 1)
    return period_label(code_of(start, grain), start, grain)


def default_choice(offer: Offer) -> Choice:
    """Every harm group, the finest level, the last three complete periods, counts."""
    first, last = default_span(offer.periods)
    return Choice(offer.feed, offer.measure, offer.levels[0], offer.groups, first, last, per_1000=False)


def from_query(query: Mapping[str, str], offer: Offer) -> Choice:
    """Read a selection from URL parameters, falling back to the default part by part."""
    usual = default_choice(offer)
    level = query.get("level", "")
    level = level if level in offer.levels else usual.level
    asked = query.get("groups", "").split(",")
    groups = tuple(code for code in offer.groups if code in asked) or usual.groups
    first, last = _span(query.get("months", ""), offer) or (usual.first, usual.last)
    show = query.get("show", "")
    layer = show if show in layers_at(level) else usual.layer
    return of_layer(Choice(offer.feed, offer.measure, level, groups, first, last, per_1000=False), layer)


def of_layer(choice: Choice, layer: str) -> Choice:
    """The same selection shaded by another layer."""
    return replace(choice, per_1000=layer == "rate", told=None if layer in FIGURES else layer)


def to_query(choice: Choice, offer: Offer) -> dict[str, str]:
    """Write a selection as URL parameters, leaving out what is as usual. Never a place."""
    usual = default_choice(offer)
    query = {"measure": offer.key, "level": choice.level}
    if choice.groups and choice.groups != usual.groups:
        query["groups"] = ",".join(choice.groups)
    if (choice.first, choice.last) != (usual.first, usual.last):
        query["months"] = f"{choice.first}..{choice.last}"
    if choice.layer != usual.layer:
        query["show"] = choice.layer
    return query


def _span(text: str, offer: Offer) -> tuple[str, str] | None:
    known = [period for period, _, _ in offer.periods]
    first, _, last = text.partition("..")
    last = last or first
    if first not in known or last not in known or known.index(first) > known.index(last):
        return None
    return first, last
