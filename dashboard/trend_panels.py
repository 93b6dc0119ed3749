"""Pieces of the trends page that carry data: the grid of small pictures, and the tables beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from dashboard import place_panels, sparks
from dashboard import trend_parts as parts
from dashboard.place_panels import direction_tag, rich_table
from dashboard.trend_parts import Trend
from dashboard.wording import directions as told
from dashboard.wording import place as place_words
from dashboard.wording import trends as words


def grid(caption: str, trends: Sequence[Trend]) -> str:
    """Small multiples: a row a locality, a column a harm group; each picture beneath its word, over its figure.

    Where there is one group alone the localities stand side by side.
    """
    columns = list(dict.fromkeys((one.group, one.label) for one in trends))
    areas = list(dict.fromkeys(one.area for one in trends))
    tops: dict[tuple[str, str], float] = {}
    for one in trends:
        reach = max(sparks.highest(one.series), one.usual.high if one.usual else 0.0)
        tops[one.area.level, one.group] = max(tops.get((one.area.level, one.group), 0.0), reach)
    cells = {(one.area, one.group): _cell(one, tops[one.area.level, one.group]) for one in trends}
    if len(columns) == 1:
        heads = (words.COUNTED, *(_name(area) for area in areas))
        rows = [(f"<strong>{escape(columns[0][1])}</strong>", *(cells[area, columns[0][0]] for area in areas))]
    else:
        heads = (words.LOCALITY, *(label for _, label in columns))
        rows = [
            (f"<strong>{escape(_name(area))}</strong>", *(cells.get((area, group), "") for group, _ in columns))
            for area in areas
        ]
    return f'<div class="sp-story-grid">{rich_table(caption, heads, rows)}</div>'


def _name(area: parts.Area) -> str:
    return words.whole_city(area.name) if area.level == "city" else area.name


def _cell(one: Trend, top: float) -> str:
    """Word, picture, figure. States of a report have no direction of their own: they move from one to the next."""
    code = one.told.get("direction")
    labels = list(one.series["label"])
    word = told.WORDS.get(code, code) if code else words.NO_WORD
    alt = words.spark_alt(one.area.name, one.label, word, labels[0], labels[-1]) if labels else word
    picture = sparks.spark(one.series, top=top, alt=alt, usual=one.usual) if labels else ""
    usual = place_words.usual(one.told.get("expected_low"), one.told.get("expected_high"))
    said = f'<span class="sp-story-small">{escape(words.figure(one.figure, usual))}</span>'
    return f"{direction_tag(code) if code else ''}{picture}{said}"


def figures_table(caption: str, trends: Sequence[Trend], *, ranges: bool) -> str:
    """The same in figures."""
    rows = []
    for one in trends:
        relative = direction_tag(one.relative) if one.relative else escape(words.SAME)
        cells = [escape(_name(one.area)), escape(one.label), direction_tag(one.told.get("direction", "not_enough_history")),
                 escape(one.figure)]  # fmt: skip
        usual = place_words.usual(one.told.get("expected_low"), one.told.get("expected_high"))
        cells += [escape(usual)] if ranges else []
        rows.append((*cells, relative, escape(_year(one.told))))
    return rich_table(caption, words.FIGURES_HEADS if ranges else words.FIGURES_HEADS_WORDS, rows)


def _year(row: Mapping[Any, Any]) -> str:
    word = told.WORDS.get(row.get("year_direction", ""), "")
    numbers: list[Any] = [row.get(name) for name in ("year_ratio", "year_ratio_low", "year_ratio_high")]
    known = all(one is not None and pd.notna(one) for one in numbers)
    return place_words.last_year(word, place_words.times(*numbers) if known else "") if word else ""


Key = tuple[str, str, str]  # level, place, harm group


def flagged_table(
    caption: str, rows: pd.DataFrame, labels: Mapping[str, str], figures: Mapping[Key, str], verdicts: Mapping[Key, str]
) -> str:
    """Places of a list of directions, each with its figure and, where there is one, the verdict on it."""
    cells = [
        (
            escape(f"{row['name']} ({place_words.LEVEL_SINGULAR[row['area_level']].lower()})"),
            escape(labels.get(row["harm_group"], row["harm_group"])),
            direction_tag(row["direction"]),
            escape(figures.get(_key(row), "")),
            escape(place_words.usual(row["expected_low"], row["expected_high"])),
            escape(parts.ratio_words(row) or place_words.SMALL),
            escape(verdicts.get(_key(row), "")),
        )
        for row in rows.to_dict("records")
    ]
    return rich_table(caption, words.FLAGGED_HEADS, cells)


def _key(row: Mapping[Any, Any]) -> Key:
    return str(row["area_level"]), str(row["area_id"]), str(row["harm_group"])


def found_table(rows: Sequence[parts.Found]) -> str:
    """Where missing children were found."""
    cells = []
    top = max((sparks.highest(one.series) for one in rows), default=1.0)
    for one in rows:
        labels = list(one.series["label"])
        alt = words.spark_alt(one.name, words.FOUND_LABEL, told.WORDS.get(one.direction, ""), labels[0], labels[-1])
        cells.append((
            escape(one.name), escape(place_words.LEVEL_SINGULAR[one.level]), escape(one.figure),
            sparks.spark(one.series, top=top, alt=alt), direction_tag(one.direction) if one.direction else "",
        ))  # fmt: skip
    return rich_table(words.FOUND, words.FOUND_HEADS, cells)


def summary_table(caption: str, found: pd.DataFrame, names: Mapping[str, str], period: str, base: int) -> str:
    """One quarter of a summary: a row a locality and the city, a column a category, with shares where they may be said."""
    mine = found[found["period"] == period]
    categories = list(dict.fromkeys(mine["category"]))
    rows = []
    for area_id, there in mine.groupby("area_id", sort=False):
        said = {row["category"]: _said(row, base) for row in there.to_dict("records")}
        rows.append((escape(names.get(str(area_id), str(area_id))), *(escape(said.get(one, "")) for one in categories)))
    label = str(mine["label"].iloc[0])
    return rich_table(f"{caption}: {label}", (words.LOCALITY, *(words.CATEGORIES[one] for one in categories)), rows)


def _said(row: dict[Any, Any], base: int) -> str:
    share = row.get("share")
    return parts.figure_words(row, base) + words.share(None if share is None or pd.isna(share) else float(share))


def summary_grid(caption: str, found: pd.DataFrame, names: Mapping[str, str], category: str, base: int) -> str:
    """One category over time, the localities side by side: a small picture over the figure of the newest quarter."""
    mine = found[found["category"] == category]
    tops = {level: sparks.highest(there) for level, there in mine.groupby("area_level")}
    cells, heads = [], []
    for area_id, there in mine.groupby("area_id", sort=False):
        series = there.assign(state=["collected" if text is None else "not_collected" for text in _reasons(there)])
        labels, name = list(there["label"]), names.get(str(area_id), str(area_id))
        alt = words.spark_alt(name, words.CATEGORIES[category], words.NO_WORD, labels[0], labels[-1])
        picture = sparks.spark(series.reset_index(drop=True), top=tops[there["area_level"].iloc[0]], alt=alt)
        newest = words.last_counted(_said(there.iloc[-1].to_dict(), base), labels[-1])
        cells.append(f'{picture}<span class="sp-story-small">{escape(newest)}</span>')
        heads.append(name)
    first = f"<strong>{escape(words.CATEGORIES[category])}</strong>"
    return f'<div class="sp-story-grid">{rich_table(caption, (words.COUNTED, *heads), [(first, *cells)])}</div>'


def _reasons(rows: pd.DataFrame) -> list[str | None]:
    return [one if isinstance(one, str) and one else None for one in rows["withheld_because"]]


def pathway_table(name: str, terms: Sequence[tuple[str, Sequence[str]]], heads: Sequence[str]) -> str:
    """One place's terms, newest first."""
    rows = [(escape(label), *map(escape, figures)) for label, figures in terms]
    return rich_table(f"{words.PATHWAY}: {name}", (words.TERM, words.PATHWAY_ALL, *heads), rows)


def years_table(found: pd.DataFrame, labels: Mapping[str, str], base: int) -> str:
    """The city's school years, newest first, with shares."""
    rows = []
    for year in sorted(set(found["period"]), reverse=True):
        said = {row["category"]: _said(row, base) for row in found[found["period"] == year].to_dict("records")}
        rows.append((escape(year), *(escape(said.get(code, "")) for code in labels)))
    return rich_table(words.PATHWAY_YEARS, (words.YEAR, *labels.values()), rows)


def phases_table(found: pd.DataFrame, base: int) -> str:
    """Kinds of school, the newest school year only, most first."""
    newest = found[found["period"] == found["period"].max()].sort_values("about", ascending=False, na_position="last")
    rows = [
        (escape(words.PHASE_NAMES.get(row["category"], row["category"])), escape(row["period"]), escape(_said(row, base)))
        for row in newest.to_dict("records")
    ]
    return rich_table(words.PHASES, words.PHASES_HEADS, rows)


heading = place_panels.heading
