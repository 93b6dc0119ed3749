"""From the figures of a selection to what each place on the map says and how it is shaded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from dashboard import palette, wording
from dashboard.palette import Look, Shade
from dashboard.wording import directions as told
from dashboard.wording import map as words_of_map
from pipelines.insight.stories import FIRST

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


def shared_scale(counts: Sequence[pd.DataFrame], *, per_1000: bool, base: int) -> list[Shade]:
    """One scale for the counts of several maps, so that a shade means the same on each."""
    values = pd.concat([_values(one, per_1000=per_1000) for one in counts])
    return palette.shades(values, step=0.1 if per_1000 else 1, narrowest=1 if per_1000 else base)


def place_figures(
    counts: pd.DataFrame, *, per_1000: bool, base: int, band_words: Callable[..., str], scale: list[Shade] | None = None
) -> tuple[list[PlaceFigure], list[Shade]]:
    """Say and shade every place.

    counts     one row per area in force, as the read API returns them: with ranges, or rounded to the nearest
    base       no shade is narrower: the rounding base of the measure (1 means exact), or the least that is said
    scale      the shades to use, where several maps share them; null makes them from these counts
    returns    the places, highest first and those without a figure last; and the legend's shades
    """
    scale = shared_scale([counts], per_1000=per_1000, base=base) if scale is None else scale
    values = _values(counts, per_1000=per_1000)
    places = []
    for row, value in zip(counts.to_dict("records"), values, strict=True):
        words = _rate_words(row) if per_1000 else figure_words(row, base=base, band_words=band_words)
        places.append(_figure(row, value, scale, words))
    places.sort(key=lambda place: (math.isnan(place.value), -place.value if place.shade else 0, place.name))
    return places, scale


def _values(counts: pd.DataFrame, *, per_1000: bool) -> pd.Series:
    values = pd.to_numeric(counts["per_1000" if per_1000 else "about"], errors="coerce").astype(float)
    if not per_1000 and "under" in counts:
        values = values.where(counts["under"].isna(), 0.0)  # the lowest shade is at least that wide
    return values


def direction_figures(rows: pd.DataFrame, figures: Mapping[str, str] | None = None) -> list[PlaceFigure]:
    """Say and shade every place by its direction: mark, colour and word together, what asks for action first.

    rows      one row per area: area_id, name, direction (missing = none yet: the place is drawn without a shade)
    figures   what was counted there lately, in words, by area_id
    """
    order = {word: number for number, word in enumerate(FIRST)}
    places = []
    for row in rows.to_dict("records"):
        word = text_or_none(row["direction"])
        said = told.WORDS.get(word, word) if word else words_of_map.NO_DIRECTION
        words = words_of_map.figure_and_word((figures or {}).get(row["area_id"], ""), said)
        look = palette.DIRECTIONS.get(word) if word else None
        places.append((order.get(word or "", len(order)), look_figure(row["area_id"], row["name"], words, look, said)))
    return [place for _, place in sorted(places, key=lambda one: (one[0], one[1].name))]


def look_figure(area_id: str, name: str, words: str, look: Look | None, label: str) -> PlaceFigure:
    """One place drawn by a look (a direction, a status); without one it is drawn dashed, as a place without a figure."""
    shade = Shade(look.mark, label, 0, 0, label, look.colour, look.ink) if look else None
    return PlaceFigure(str(area_id), str(name), math.nan, words, shade, bool(look and look.hatched))


def with_directions(places: Iterable[PlaceFigure], words: Mapping[str, str]) -> list[PlaceFigure]:
    """The same places, each also saying where its figures are going: 'about 93 (84-102), rising'."""
    return [
        replace(place, words=words_of_map.figure_and_word(place.words, told.WORDS.get(words[place.area_id], "")))
        if place.area_id in words and place.shade else place
        for place in places
    ]  # fmt: skip


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
