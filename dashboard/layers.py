"""What one map shows: its places with their shades and words, and everything that must be read with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import maps, palette, panels, reads, registers, shading, wording
from dashboard.choices import DIRECTIONS, MAP_LEVELS, STATUS, Choice, default_span
from dashboard.controls import Selection
from dashboard.palette import Shade
from dashboard.shading import PlaceFigure
from dashboard.wording import assessments as status_words
from dashboard.wording import directions as told
from dashboard.wording import map as words
from pipelines.insight.plans import OVERDUE
from pipelines.insight.told import false_alarms

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


def shown(selection: Selection) -> Shown:
    """Everything the page draws for a selection."""
    if selection.choice.layer == STATUS:
        return _status(selection)
    if selection.choice.layer in DIRECTIONS:
        return _directions(selection)
    return _figures(selection)


def _figures(selection: Selection) -> Shown:
    measure, choices = selection.measure, selection.choices
    per_1000 = selection.choice.per_1000
    counts = [reads.map_counts(selection.snapshot, one, one.periods(selection.offer)) for one in choices]
    scale = shading.shared_scale(counts, per_1000=per_1000, base=measure.least)
    layers = []
    for choice, rows in zip(choices, counts, strict=True):
        places, _ = shading.place_figures(
            rows, per_1000=per_1000, base=measure.least, band_words=reads.band_words, scale=scale
        )
        places = shading.with_directions(places, _words_now(selection, choice))
        table = [(place.name, place.words, _shade_words(place.shade)) for place in places]
        layers.append(Layer(choice, _title_of(selection, choice), places, table))
    every = [place for layer in layers for place in layer.places]
    legend = panels.legend(
        scale, exact=measure.exact, per_1000=per_1000, withheld=any(place.withheld for place in every),
        missing=any(not place.shade and not place.withheld for place in every),
    )  # fmt: skip
    notes = [words.SAME_SHADES] if len(layers) > 1 else []
    return Shown(
        measure.label, selection.span if len(layers) == 1 else "", selection.incomplete, layers, legend,
        [*_how_sure(selection), *notes], wording.TABLE_TITLE, ("Figure", "Shade"),
    )  # fmt: skip


def _directions(selection: Selection) -> Shown:
    """Directions of the whole list that is on the screen: two harm groups side by side are one list."""
    choices, offer = selection.choices, selection.offer
    groups = tuple(dict.fromkeys(_group(selection, one.groups) for one in choices))
    rows = directions(selection, groups)
    layers = []
    for choice in choices:
        mine = _every_area(selection, rows[rows["harm_group"] == _group(selection, choice.groups)])
        figures = _recent(selection, choice, mine)
        places = shading.direction_figures(mine, figures)
        by_id = {row["area_id"]: row for row in mine.to_dict("records")}
        table = [_direction_row(place, by_id[place.area_id], figures.get(place.area_id, "")) for place in places]
        layers.append(Layer(choice, _title_of(selection, choice), places, table))
    relative = selection.choice.layer == "relative"
    flag = reads.ask(selection.snapshot, "city_flag", offer.feed, offer.measure)
    one_sentence = words.RELATIVE_MEANS if relative else told.RISING_MEANS
    flags = [told.flags(*false_alarms(rows))] if len(rows) else [words.NO_DIRECTIONS]
    window = [words.one_or_all(dict(selection.measure.harm_groups), selection.choice.groups)] if len(layers) == 1 else []
    window += [_through(selection, rows)] if len(rows) else []
    heads = words.DIRECTION_HEADS if "expected_low" in rows else words.DIRECTION_HEADS[:1]
    return Shown(
        words.DIRECTION_TITLE[selection.choice.layer].format(measure=selection.measure.label),
        ", ".join(window), [told.city_banner(flag)] if flag and not relative else [], layers, _looks_legend(layers),
        [*flags, one_sentence, told.NOT_SAFE, *_how_sure(selection)], words.DIRECTION_TABLE, heads, meanings=True,
    )  # fmt: skip


def _status(selection: Selection) -> Shown:
    snapshot = selection.snapshot
    labels = reads.ask(snapshot, "vocabulary", "assessment_status")
    level = selection.choice.level
    mine = [story for story in reads.ask(snapshot, "stories", snapshot.audience.locality) if story.area_level == level]
    drawn = {figure.area_id: figure for figure in registers.status_figures(mine, labels)}
    mine.sort(key=_urgency)
    places = [
        drawn.get(one.area_id) or shading.look_figure(one.area_id, one.name, words.NO_ASSESSMENT, None, "") for one in mine
    ]
    table = [_status_row(story, labels) for story in mine]
    empty = reads.ask(snapshot, "register", "neighbourhood_assessments").empty
    seen = {registers.status_of(story) for story in mine if story.area_id in drawn}
    signs = [registers.status_sign(code, labels) for code in registers.STATUSES if code in seen]
    return Shown(
        words.STATUS_TITLE, wording.day(snapshot.as_at), [words.NO_MOVES] if empty else [],
        [Layer(selection.choice, "", places, table)], registers.signs_legend(signs, wording.LEGEND_TITLE),
        [words.STATUS_NOTE], words.STATUS_TABLE, words.STATUS_HEADS, beneath=overdue_by_agency(mine),
    )  # fmt: skip


def overdue_by_agency(stories: Iterable[Any]) -> str:
    """A small table of report-backs that are overdue, by the agency that leads; whoever has most comes first."""
    late: dict[str, list[str]] = {}
    for story in stories:
        if registers.report_back_state(story) == OVERDUE:
            late.setdefault(story.assessment.lead_agency or words.NOBODY_SAID, []).append(story.name)
    if not late:
        return panels.notes([words.NONE_OVERDUE])
    rows = [(agency, str(len(names)), ", ".join(sorted(names))) for agency, names in late.items()]
    rows.sort(key=lambda row: (-int(row[1]), row[0]))
    return panels.table(words.OVERDUE, words.OVERDUE_HEADS, rows)


def directions(selection: Selection, groups: Sequence[str]) -> pd.DataFrame:
    """The directions of a level for some harm groups (`all` = together) as one list; empty where there are none."""
    choice = selection.choice
    return reads.ask(
        selection.snapshot, "directions", choice.feed, choice.measure, area_level=choice.level, harm_groups=tuple(groups),
        relative=choice.layer == "relative",
    )  # fmt: skip


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


def ground(snapshot: reads.Snapshot) -> maps.Ground:
    """The base map of this snapshot and audience, with the shapes of every level the map may show."""
    return _ground((snapshot.id, snapshot.audience.name, snapshot.audience.locality), snapshot)


@st.cache_data(max_entries=24, show_spinner=False)
def _ground(key: tuple[str, str, str | None], _snapshot: reads.Snapshot) -> maps.Ground:
    known = [level for level in MAP_LEVELS if level in _snapshot.area_levels]
    levels: dict[str, Any] = {level: reads.outlines(_snapshot, level) for level in known}
    return maps.ground(reads.outlines(_snapshot, reads.backdrop_level(_snapshot)), reads.context(_snapshot), levels)


def part_title(title: str) -> str:
    """The heading of one of two maps."""
    return f'<h2 class="sp-map-part">{escape(title)}</h2>'


def history_of(selection: Selection, area_id: str) -> str:
    """One place's assessment, step by step, and what was tried there."""
    snapshot = selection.snapshot
    stories = reads.ask(snapshot, "stories", snapshot.audience.locality)
    story = next(one for one in stories if (one.area_level, one.area_id) == (selection.choice.level, area_id))
    labels, types = (reads.ask(snapshot, "vocabulary", name) for name in ("assessment_status", "intervention_type"))
    return registers.history(story, labels, types)


def meanings() -> str:
    """Every word a direction can be, with its mark and what it means."""
    rows = [(registers.direction_sign(code), told.MEANINGS[code]) for code in palette.DIRECTIONS]
    return registers.rich_table(words.WHAT_WORDS_MEAN, words.WORD_HEADS, rows)


def _group(selection: Selection, groups: Sequence[str]) -> str:
    """The name that directions have for these harm groups: one of them, or all together."""
    known = selection.measure.harm_groups
    return groups[0] if len(groups) == 1 and len(known) > 1 else words.ALL


def _words_now(selection: Selection, choice: Choice) -> dict[str, str]:
    """Each place's direction, where the figures shown are the very ones it is about; nothing elsewhere."""
    known = selection.measure.harm_groups
    latest = (choice.first, choice.last) == default_span(selection.offer.periods)
    if selection.measure.public or not latest or len(choice.groups) not in (1, len(known)):
        return {}
    rows = directions(selection, [_group(selection, choice.groups)])
    return dict(zip(rows["area_id"], rows["direction"], strict=True))


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


def _status_row(story: Any, labels: dict[str, str]) -> tuple[registers.Cell, ...]:
    at, code = story.assessment, registers.status_of(story)
    if at is None:
        return story.name, words.NEEDS_PLAN if story.needs_plan else words.NO_ASSESSMENT, "", ""
    sign = registers.status_sign(code, labels)
    if code == registers.LED_ELSEWHERE:
        return story.name, sign, "", ""
    back = status_words.report_back(at.report_back_on, at.report_back)
    return story.name, sign, back, status_words.who_leads(at.lead_agency, at.lead_role)


def _urgency(story: Any) -> tuple[int, str]:
    """Overdue first, then due soon, then the rest that have an assessment, then who needs one, then nobody."""
    state = registers.report_back_state(story)
    if story.assessment is None:
        return (3 if story.needs_plan else 4), story.name
    return {OVERDUE: 0, "due_soon": 1}.get(state or "", 2), story.name


def _title_of(selection: Selection, choice: Choice) -> str:
    """What sets one of two maps apart from the other; empty when there is one."""
    if selection.beside is None:
        return ""
    if choice.groups != selection.beside.groups or selection.choice.groups != selection.beside.groups:
        return words.one_or_all(dict(selection.measure.harm_groups), choice.groups)
    return wording.span(selection.labels[choice.first], selection.labels[choice.last])


def _looks_legend(layers: Sequence[Layer]) -> str:
    seen = {place.shade.word for layer in layers for place in layer.places if place.shade}
    signs = [registers.direction_sign(code) for code in palette.DIRECTIONS if told.WORDS[code] in seen]
    return registers.signs_legend(signs, wording.LEGEND_TITLE)


def _how_sure(selection: Selection) -> list[str]:
    measure = selection.measure
    said = wording.how_sure(public=measure.public, round_to=measure.round_to, under=measure.under)
    return [*said, wording.CLUSTERS] if selection.choice.level == "cluster" else said


def _shade_words(shade: Shade | None) -> str:
    return f"{shade.mark} {shade.word}" if shade else "none"
