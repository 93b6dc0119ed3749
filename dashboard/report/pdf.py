"""A document as PDF: tagged and archivable (PDF/UA-1 and PDF/A-2a), and the same bytes for the same document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.report import fonts
from dashboard.report.figures import chart_svg
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Document,
    Facts,
    Fill,
    Heading,
    NewPage,
    Paragraph,
    Part,
    Picture,
    Signs,
    Table,
    Together,
)
from dashboard.report.typesetting import typeset, typeset_pages
from dashboard.wording import reports as words

STANDARDS = ("a-2a", "ua-1")
PREVIEW_PIXELS_PER_INCH = 84.0
TEXT_WIDTH_MM, GUTTER_MM = 172.0, 6.0
CHART_SHAPE, LEAST_CHART_MM = 0.34, 40.0
LONGEST_LINE = 34  # letters: what is longer goes on in a second line
DEEPEST = 4  # the title is the first level


def write(document: Document) -> bytes:
    """The document as PDF. All of its text is data to the template: a name that looks like markup prints as itself."""
    day = date.fromisoformat(document.face.as_at)
    made_at = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
    return typeset(_files(document), kind="pdf", fonts=[fonts.folder()], standards=STANDARDS, timestamp=made_at)


def preview(document: Document, *, across: str) -> list[bytes]:
    """The same pages as pictures (PNG), each with words right across it that say what they are not."""
    return typeset_pages(_files(document, {"across": fonts.printable(across)}), fonts=[fonts.folder()],
                         pixels_per_inch=PREVIEW_PIXELS_PER_INCH)  # fmt: skip


def _files(document: Document, more: Mapping[str, str] | None = None) -> dict[str, bytes]:
    """What the template reads: itself, the document as data, and the drawings."""
    made = _Made()
    content = {**made.content(document), **(more or {})}
    return {"main": _template(), "document.json": json.dumps(content, sort_keys=True).encode(), **made.files}


@cache
def _template() -> bytes:
    return Path(__file__).with_name("template.typ").read_bytes()


class _Made:
    """A document as the template reads it, and the files of its drawings."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._level = 1

    def content(self, document: Document) -> dict[str, Any]:
        face, say = document.face, fonts.printable
        language, _, region = document.language.partition("-")
        return {
            "title": say(document.title), "subtitle": say(document.subtitle), "lang": language, "region": region,
            "fonts": [fonts.FAMILY, fonts.SECOND], "day": [int(one) for one in face.as_at.split("-")],
            "face": {"handling": say(face.handling), "late": say(face.late)},
            "foot": [say(words.foot(face.snapshot_id, face.issue)), say(words.by_leave(face.permission))],
            "page": list(words.PAGE_OF), "about": [[say(one) for one in pair] for pair in words.about(face)],
            "parts": self._parts(document.parts, TEXT_WIDTH_MM),
        }  # fmt: skip

    def _parts(self, parts: Sequence[Part], width_mm: float) -> list[dict[str, Any]]:
        return [self._part(one, width_mm) for one in parts]

    def _part(self, part: Part, width_mm: float) -> dict[str, Any]:
        say = fonts.printable
        match part:
            case Heading():
                # A level left out would lose a reader who goes from heading to heading, and the standard refuses it.
                self._level = min(part.level + 1, self._level + 1, DEEPEST)
                return {"kind": "heading", "text": say(part.text), "level": self._level}
            case Paragraph():
                return {"kind": part.style, "text": say(part.text)}
            case Bullets():
                return {"kind": "bullets", "items": [say(one) for one in part.items]}
            case Facts():
                return {"kind": "facts", "pairs": [[say(name), say(said)] for name, said in part.pairs]}
            case Signs():
                return {"kind": "signs", "items": [{**vars(one), "mark": say(one.mark), "word": say(one.word)}
                                                   for one in part.items]}  # fmt: skip
            case Fill():
                return {"kind": "fill", "label": say(part.label), "lines": part.lines}
            case NewPage():
                return {"kind": "new-page"}
            case Together():
                return {"kind": "together", "parts": self._parts(part.parts, width_mm)}
            case Beside():
                wide = widths_of(part, width_mm)
                left, right = self._parts(part.left, wide[0]), self._parts(part.right, wide[1])
                return {"kind": "beside", "left": left, "right": right, "share": part.left_share}
            case Table():
                return self._table(part)
            case Chart():
                file = self._file(chart_of_width(part, width_mm))
                return {"kind": "chart", "file": file, "alt": fonts.words_of(part.alt), "caption": say(part.title)}
            case Picture():
                return {"kind": "picture", "file": self._file(part.svg), "alt": fonts.words_of(part.alt),
                        "caption": say(part.caption), "width": part.width_share}  # fmt: skip

    def _table(self, table: Table) -> dict[str, Any]:
        if not table.rows:
            return {"kind": "note", "text": fonts.printable(table.if_empty or words.NOTHING_TO_LIST)}
        columns, say = list(zip(*table.rows, strict=True)), fonts.printable
        return {
            "kind": "table", "caption": say(table.caption), "heads": [say(one) for one in table.heads],
            "rows": [[cell_text(one) for one in row] for row in table.rows],
            "fill": table.to_fill, "widths": shares(table),
            "numeric": [number > 0 and all(not isinstance(one, str) for one in column)
                        for number, column in enumerate(columns)],
        }  # fmt: skip

    def _file(self, svg: bytes) -> str:
        name = f"drawing-{len(self.files)}.svg"
        self.files[name] = svg
        return name


def widths_of(beside: Beside, width_mm: float) -> tuple[float, float]:
    """How wide what stands side by side is, left and right."""
    wide = width_mm - GUTTER_MM
    return wide * beside.left_share, wide * (1 - beside.left_share)


def chart_of_width(chart: Chart, width_mm: float) -> bytes:
    """A chart as every format draws it at that width, as SVG."""
    return chart_svg(chart, width_mm=width_mm, height_mm=max(width_mm * CHART_SHAPE, LEAST_CHART_MM))


def shares(table: Table) -> list[float]:
    """How a table's width is shared: as it says, or by the longest that stands in each column, and its longest word."""
    if table.widths:
        return list(table.widths)
    found = []
    for head, column in zip(table.heads, zip(*table.rows, strict=True), strict=True):
        said = [head, *(cell_text(one) for one in column)]
        word = max((len(part) for one in said for part in one.split()), default=1)
        longest = max(len(head) / 2, *(len(one) for one in said[1:]))
        found.append(float(max(word + 2, min(longest, LONGEST_LINE))))
    return found


def cell_text(value: str | int | float) -> str:
    """A cell as it is read: whole numbers without a point, thousands apart."""
    if isinstance(value, str):
        return fonts.printable(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
