"""The layers of directions: each place by its word, against its own past or the rest of the city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import palette, reads, registers, shading, wording
from dashboard.choices import Choice
from dashboard.controls import Selection
from dashboard.layers.parts import Layer, Shown, how_sure, title_of
from dashboard.shading import PlaceFigure
from dashboard.wording import directions as told
from dashboard.wording import map as words
from pipelines.insight.told import false_alarms


def shown(selection: Selection) -> Shown:
    """Directions of the whole list that is on the screen: two harm groups side by side are one list."""
    choices, offer = selection.choices, selection.offer
    groups = tuple(dict.fromkeys(group_of(selection, one.groups) for one in choices))
    rows = asked(selection, groups)
    layers = []
    for choice in choices:
        mine = _every_area(selection, rows[rows["harm_group"] == group_of(selection, choice.groups)])
        figures = _recent(selection, choice, mine)
        places = shading.direction_figures(mine, figures)
        by_id = {row["area_id"]: row for row in mine.to_dict("records")}
        table = [_direction_row(place, by_id[place.area_id], figures.get(place.area_id, "")) for place in places]
        layers.append(Layer(choice, title_of(selection, choice), places, table))
    relative = selection.choice.layer == "relative"
    flag = reads.ask(selection.snapshot, "city_flag", offer.feed, offer.measure)
    one_sentence = words.RELATIVE_MEANS if relative else told.RISING_MEANS
    flags = [told.flags(*false_alarms(rows))] if len(rows) else [words.NO_DIRECTIONS]
    window = [words.one_or_all(dict(selection.measure.harm_groups), selection.choice.groups)] if len(layers) == 1 else []
    window += [said] if len(rows) and (said := _through(selection, rows)) else []
    heads = words.DIRECTION_HEADS if "expected_low" in rows else words.DIRECTION_HEADS[:1]
    return Shown(
        words.DIRECTION_TITLE[selection.choice.layer].format(measure=selection.measure.label),
        ", ".join(window), [told.city_banner(flag)] if flag and not relative else [], layers, _looks_legend(layers),
        [*flags, one_sentence, told.NOT_SAFE, *how_sure(selection)], words.DIRECTION_TABLE, heads, meanings=True,
    )  # fmt: skip


def asked(selection: Selection, groups: Sequence[str]) -> pd.DataFrame:
    """The directions of a level for some harm groups (`all` = together) as one list; empty where there are none."""
    choice = selection.choice
    return reads.ask(
        selection.snapshot, "directions", choice.feed, choice.measure, area_level=choice.level, harm_groups=tuple(groups),
        relative=choice.layer == "relative",
    )  # fmt: skip


def meanings() -> str:
    """Every word a direction can be, with its mark and what it means."""
    rows = [(registers.direction_sign(code), told.MEANINGS[code]) for code in palette.DIRECTIONS]
    return registers.rich_table(words.WHAT_WORDS_MEAN, words.WORD_HEADS, rows)


def group_of(selection: Selection, groups: Sequence[str]) -> str:
    """The name that directions have for these harm groups: one of them, or all together."""
    known = selection.measure.harm_groups
    return groups[0] if len(groups) == 1 and len(known) > 1 else words.ALL


def _every_area(selection: Selection, rows: pd.DataFrame) -> pd.DataFrame:
    areas = reads.ask(selection.snapshot, "areas", selection.choice.level)[["area_id", "name"]]
    return areas.merge(rows.drop(columns="name"), on="area_id", how="left")


def _recent(selection: Selection, choice: Choice, rows: pd.DataFrame) -> dict[str, str]:
    """What was counted over the very periods the directions are about; nothing for who may not have those periods."""
    known = [period for period, _, _ in selection.offer.periods]
    told_rows = rows.dropna(subset="direction")
    if "recent_periods" not in rows or not len(told_rows) or told_rows["through"].iloc[0] not in known:
        return {}
    last = known.index(told_rows["through"].iloc[0])
    first = max(0, last + 1 - int(told_rows["recent_periods"].max()))
    span = tuple(known[first : last + 1])
    counts = reads.map_counts(selection.snapshot, replace(choice, first=span[0], last=span[-1]), span)
    base = selection.measure.least
    rows_now = counts.to_dict("records")
    return {row["area_id"]: shading.figure_words(row, base=base, band_words=reads.band_words) for row in rows_now}


def _through(selection: Selection, rows: pd.DataFrame) -> str:
    """The periods the directions are about, in words."""
    through = rows["through"].iloc[0]
    known = [period for period, _, _ in selection.offer.periods]
    if through not in known or "recent_periods" not in rows:
        return ""
    last = known.index(through)
    first = known[max(0, last + 1 - int(rows["recent_periods"].max()))]
    return wording.span(selection.labels[first], selection.labels[through])


def _direction_row(place: PlaceFigure, row: dict[Any, Any], figure: str) -> tuple[registers.Cell, ...]:
    code = shading.text_or_none(row["direction"])
    sign: registers.Cell = registers.direction_sign(code) if code else words.NO_DIRECTION
    if "expected_low" not in row:
        return place.name, sign
    low, high, least = (None if pd.isna(row[one]) else float(row[one]) for one in
                        ("expected_low", "expected_high", "smallest_visible_ratio"))  # fmt: skip
    return place.name, sign, figure, words.usual_range(low, high), words.smallest_rise(least) if code else ""


def _looks_legend(layers: Sequence[Layer]) -> str:
    seen = {place.shade.word for layer in layers for place in layer.places if place.shade}
    signs = [registers.direction_sign(code) for code in palette.DIRECTIONS if told.WORDS[code] in seen]
    return registers.signs_legend(signs, wording.LEGEND_TITLE)
