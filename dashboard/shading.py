"""From the counts of a selection to what each place on the map says and how it is shaded."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard import palette, wording
from dashboard.palette import Shade

# A figure exists but was held back: hatched. Every other reason means there is no figure: dashed.
HELD_BACK = frozenset({"to_protect_people", "boundary_changed"})


@dataclass(frozen=True)
class PlaceFigure:
    """One place of the selection.

    value      the number that shades it: a count or a rate; nan when there is none
    words      the number with its likely range, or the reason there is none
    withheld   True when a figure exists but was held back
    """

    area_id: str
    name: str
    value: float
    words: str
    shade: Shade | None
    withheld: bool


def place_figures(
    counts: pd.DataFrame, *, per_1000: bool, base: int, band_words: Callable[..., str]
) -> tuple[list[PlaceFigure], list[Shade]]:
    """Say and shade every place.

    counts     one row per area in force, as the read API returns them: with ranges, or rounded to the nearest
    base       no shade is narrower: the rounding base of the measure (1 means exact), or the least that is said
    returns    the places, highest first and those without a figure last; and the legend's shades
    """
    column, step = ("per_1000", 0.1) if per_1000 else ("about", 1)
    values = pd.to_numeric(counts[column], errors="coerce").astype(float)
    if not per_1000 and "under" in counts:
        values = values.where(counts["under"].isna(), 0.0)  # the lowest shade is at least that wide
    scale = palette.shades(values, step=step, narrowest=1 if per_1000 else base)
    places = []
    for row, value in zip(counts.to_dict("records"), values, strict=True):
        words = _rate_words(row) if per_1000 else figure_words(row, base=base, band_words=band_words)
        places.append(_figure(row, value, scale, words))
    places.sort(key=lambda place: (math.isnan(place.value), -place.value if place.shade else 0, place.name))
    return places, scale


def figure_words(row: dict, *, base: int, band_words: Callable[..., str]) -> str:
    """Say one count with its likely range, or the reason there is none."""
    because = text_or_none(row["withheld_because"])
    if "under" in row and not because:
        words = wording.nearest(row["about"], None if pd.isna(row["under"]) else row["under"])
        return f"{words}, {wording.estimated()}" if row["estimated"] else words
    if because or pd.isna(row["about"]):
        return wording.reason(because)
    words = band_words(row["about"], row["low"], row["high"], single_cell=bool(row["single_cell"]), base=base)
    return f"{words}, {wording.estimated()}" if row["estimated"] else words


def _rate_words(row: dict) -> str:
    because = text_or_none(row["withheld_because"])
    if not because and "under" in row and not pd.isna(row["under"]):
        return wording.reason("too_small")
    if because or pd.isna(row["per_1000"]):
        return wording.reason(because or "no_residents")
    if "under" in row:
        words = wording.nearest_rate(row["per_1000"])
    else:
        words = wording.rate(row["per_1000"], row["per_1000_low"], row["per_1000_high"])
    return f"{words}, {wording.estimated()}" if row["estimated"] else words


def _figure(row: dict, value: float, scale: list[Shade], words: str) -> PlaceFigure:
    because = text_or_none(row["withheld_because"])
    return PlaceFigure(
        area_id=str(row["area_id"]),
        name=str(row["name"]),
        value=math.nan if because else value,
        words=words,
        shade=None if because else palette.shade_of(value, scale),
        withheld=because in HELD_BACK,
    )


def text_or_none(value: object) -> str | None:
    """A cell's text; None for every kind of missing value."""
    return value if isinstance(value, str) and value else None
