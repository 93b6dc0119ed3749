"""Pieces of page that carry data: banner, legend, tables, the words of one place.

They are small pieces of HTML because a heading or a cell may hold a name somebody else typed. Everything that
is not written here is escaped here, and nowhere is a name handed to Markdown (which can ask for a picture).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.palette import Shade
from dashboard.shading import PlaceFigure


def banner(as_at: str, arriving: str, shown_to: str, demo: str = "") -> str:
    """Which snapshot this is, whom it is shown to, that nobody signs in where nobody does, and what is not all in yet."""
    late = f'<span class="sp-late">{escape(arriving)}</span>' if arriving else ""
    open_to_all = f'<span class="sp-demo"><strong>{escape(demo)}</strong></span>' if demo else ""
    return (
        f'<div class="sp-banner"><span class="sp-product">{escape(wording.PRODUCT)}</span>'
        f"<span><strong>{escape(as_at)}</strong></span>"
        f'<span class="sp-audience">{escape(shown_to)}</span>{open_to_all}{late}</div>'
    )


def title(measure: str, span: str, incomplete: Iterable[str]) -> str:
    """The page's heading: what is counted, and when; and before any figure, what is missing from it."""
    missing = "".join(f'<p class="sp-missing-note">{escape(sentence)}</p>' for sentence in incomplete)
    return f'<h1 class="sp-title">{escape(measure)}<span>{escape(span)}</span></h1>{missing}'


def freshness_table(freshness: pd.DataFrame) -> str:
    """One row per feed."""
    rows = [
        (
            str(row["label"]),
            _date(row["delivered_on"]),
            _date(row["covers_to"]),
            row["last_collected_label"] or wording.NONE_YET,
            ", ".join(row["still_arriving_periods"]) or wording.NOTHING,
        )
        for row in freshness.to_dict("records")
    ]
    heads = ("Source", "Delivered", "Covers to", "Complete to", "Still arriving")
    return table(wording.FRESHNESS_TITLE, heads, rows)


def legend(scale: Sequence[Shade], *, exact: bool, per_1000: bool, withheld: bool, missing: bool) -> str:
    """The shades in words, each with the number that is drawn on the map."""
    entries = [
        f'<li><span class="sp-swatch" style="background:{shade.colour};color:{shade.ink}">{shade.mark}</span>'
        f"{escape(wording.legend_entry(shade.label, shade.word, exact=exact, per_1000=per_1000))}</li>"
        for shade in scale
    ]
    if withheld:
        entries.append(f'<li><span class="sp-swatch sp-hatched"></span>{escape(wording.LEGEND_WITHHELD)}</li>')
    if missing:
        entries.append(f'<li><span class="sp-swatch sp-missing"></span>{escape(wording.LEGEND_NONE)}</li>')
    return f'<section class="sp-legend" aria-label="{escape(wording.LEGEND_TITLE)}"><ul>{"".join(entries)}</ul></section>'


def notes(sentences: Iterable[str]) -> str:
    """Small print that must be read: one paragraph a sentence."""
    return "".join(f'<p class="sp-note">{escape(sentence)}</p>' for sentence in sentences if sentence)


def figures_table(places: Sequence[PlaceFigure], *, level: str, chosen: str | None) -> str:
    """The map's figures, highest first."""
    rows = []
    for place in places:
        shade = f"{place.shade.mark} {place.shade.word}" if place.shade else "none"
        rows.append((place.name, place.words, shade))
    marked = next((number for number, place in enumerate(places) if place.area_id == chosen), None)
    return table(wording.TABLE_TITLE, (wording.LEVEL_SINGULAR.get(level, "Place"), "Figure", "Shade"), rows, marked)


def place_words(name: str, words: str, span: str, sentences: Iterable[str]) -> str:
    """The chosen place: its name, its figure, and how far to trust it."""
    return (
        f'<section class="sp-place"><h2>{escape(name)}</h2>'
        f'<p class="sp-figure">{escape(words)}</p><p class="sp-span">{escape(span)}</p>'
        f"{notes(sentences)}</section>"
    )


def series_table(rows: Sequence[tuple[str, str, str]]) -> str:
    """One place's figures, newest first."""
    return table(wording.SERIES_TABLE, ("Period", "Figure", "State"), rows)


def message(title: str, lines: Iterable[str]) -> str:
    """A page with nothing to show: what is the matter, and what to do."""
    said = "".join(
        f"<p><code>{escape(line)}</code></p>" if line.startswith("safer-places") else f"<p>{escape(line)}</p>"
        for line in lines
    )
    return f'<section class="sp-message" role="status"><h1>{escape(title)}</h1>{said}</section>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], marked: int | None = None) -> str:
    """A plain table for screen readers, projectors and printers alike. The first column heads its row."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = []
    for number, (first, *others) in enumerate(rows):
        cells = "".join(f"<td>{escape(text)}</td>" for text in others)
        mark = ' class="sp-marked" aria-current="true"' if number == marked else ""
        body.append(f'<tr{mark}><th scope="row">{escape(first)}</th>{cells}</tr>')
    return (
        f'<table class="sp-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def _date(value: Any) -> str:
    return wording.NONE_YET if pd.isna(value) else wording.day(pd.Timestamp(value).date())
