"""What every layer is made of: one or two maps, what must be read with them, and the same as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any

from dashboard import map_values, registers, wording
from dashboard.choices import Choice
from dashboard.controls import Selection
from dashboard.shading import PlaceFigure
from dashboard.wording import map as words

# A longer table takes a browser longer to draw than the map does: the rest is shown when it is asked for.
MOST_ROWS = 100


@dataclass(frozen=True)
class Layer:
    """One map.

    title    what this map shows, where there are two; else empty
    table    its rows, the places in the order of `places`: (name, cell, ...)
    """

    choice: Choice
    title: str
    places: list[PlaceFigure]
    table: Sequence[tuple[registers.Cell, ...]]

    @property
    def tiled(self) -> bool:
        """Whether its places fill the town side by side."""
        return self.choice.level != "place_of_concern"

    @cached_property
    def values(self) -> map_values.Values:
        """What the map of a large town says of its places."""
        return map_values.values(self.places, tiled=self.tiled)


@dataclass(frozen=True)
class Shown:
    """One map or two side by side, with one legend, one list of sentences and one table.

    warnings   said before any figure
    beneath    HTML that belongs below the map: a second table
    """

    title: str
    span: str
    warnings: list[str]
    layers: list[Layer]
    legend: str
    notes: list[str]
    caption: str
    heads: tuple[str, ...]
    beneath: str = ""
    meanings: bool = False


def table_of(drawn: Shown, level: str, chosen: str | None, *, whole: bool) -> str:
    """The same as the maps, as one table: the second map's columns stand beside the first's.

    whole  every row; else the first of them and the chosen place
    """
    first, *others = drawn.layers
    beside = [{place.area_id: row for place, row in zip(one.places, one.table, strict=True)} for one in others]
    rows: list[tuple[Any, ...]] = []
    marked = None
    for number, (place, row) in enumerate(zip(first.places, first.table, strict=True)):
        if whole or number < MOST_ROWS or place.area_id == chosen:
            marked = len(rows) if place.area_id == chosen else marked
            rows.append((*row, *(cell for one in beside for cell in one[place.area_id][1:])))
    heads = [f"{head}, {layer.title}" if layer.title else head for layer in drawn.layers for head in drawn.heads]
    return registers.rich_table(drawn.caption, (wording.LEVEL_SINGULAR.get(level, "Place"), *heads), rows, marked)


def scrolled(inside: str) -> str:
    """The table with a place for the keyboard's focus: it stands in a box that scrolls."""
    return f'<div role="region" tabindex="0" aria-label="{escape(wording.TABLE_TITLE)}">{inside}</div>'


def part_title(title: str) -> str:
    """The heading of one of two maps."""
    return f'<h2 class="sp-map-part">{escape(title)}</h2>'


def title_of(selection: Selection, choice: Choice) -> str:
    """What sets one of two maps apart from the other; empty when there is one."""
    if selection.beside is None:
        return ""
    if choice.groups != selection.beside.groups or selection.choice.groups != selection.beside.groups:
        return words.one_or_all(dict(selection.measure.harm_groups), choice.groups)
    return wording.span(selection.labels[choice.first], selection.labels[choice.last])


def how_sure(selection: Selection) -> list[str]:
    """The sentences that say how far the figures can be trusted."""
    measure = selection.measure
    said = wording.how_sure(public=measure.public, round_to=measure.round_to, under=measure.under)
    return [*said, wording.CLUSTERS] if selection.choice.level == "cluster" else said
