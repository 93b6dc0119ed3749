"""A document as a workbook: a sheet a section, real tables, native charts; text stays text, whatever it begins with.

The same document gives the same bytes on any day.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from math import ceil
from typing import Any

import xlsxwriter

from dashboard.report.model import Document
from dashboard.report.parts import sections
from dashboard.report.sheets import LINE_POINTS, Looks, Sheet, make_looks
from dashboard.wording import issued as words

ABOUT_WIDTH = 110  # letters
LONGEST_NAME, LONGEST_FOOT = 31, 250


def write(document: Document) -> bytes:
    """The workbook: what it is and by whose leave, then each sheet of the document (each section, where it has none)."""
    out = io.BytesIO()
    # In memory and by the document's own day: nothing of this machine or this moment is in the file.
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False})  # fmt: skip
    face = document.face
    book.set_properties({
        "title": document.title, "subject": document.subtitle, "author": "Safer Places", "comments": face.handling,
        "keywords": f"{face.snapshot_id} {face.issue}", "created": datetime.fromisoformat(face.as_at),
    })  # fmt: skip
    looks = make_looks(book)
    names: set[str] = set()
    _about(_sheet(book, words.ABOUT_SHEET, names, document), document, looks)
    for title, parts in document.sheets or sections(document.parts, words.FIRST_SHEET):
        Sheet(book, _sheet(book, title, names, document), looks).put(title, parts)
    book.close()
    return out.getvalue()


def _sheet(book: xlsxwriter.Workbook, title: str, names: set[str], document: Document) -> Any:
    """A sheet that prints on whole pages, with the face on each of them."""
    sheet = book.add_worksheet(_name(title, names))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    face = document.face
    sheet.set_header(f"&C{_foot(face.handling)}")
    leave = _foot(words.foot(face.permission, face.snapshot_id, face.issue))
    sheet.set_footer(f"&L&8{leave[: LONGEST_FOOT - 16]}&R&8&P / &N")
    return sheet


def _foot(text: str) -> str:
    return text.replace("&", "&&")


def _name(title: str, names: set[str]) -> str:
    """A name a sheet may have: no more than 31 letters, and none that another has."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title).strip() or words.ABOUT_SHEET
    short = plain if len(plain) <= LONGEST_NAME else f"{plain[: LONGEST_NAME - 1].rsplit(' ', 1)[0]}…"
    found, number = short, 2
    while found.casefold() in names:
        found, number = f"{short[: LONGEST_NAME - 4]} ({number})", number + 1
    names.add(found.casefold())
    return found


def _about(sheet: Any, document: Document, looks: Looks) -> None:
    """The first sheet: what the document is, of which snapshot, for whom and by whose leave."""
    face = document.face
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, ABOUT_WIDTH - 24)
    sheet.set_row(0, 26)
    sheet.write_string(0, 0, document.title, looks.title)
    sheet.write_string(1, 0, document.subtitle, looks.heading)
    rows = [*words.about(face), *([(words.NOTE, face.late)] if face.late else [])]
    for number, (name, said) in enumerate(rows, start=3):
        sheet.write_string(number, 0, name, looks.head)
        sheet.write_string(number, 1, said, looks.cell)
        sheet.set_row(number, LINE_POINTS * ceil(max(len(said), 1) / (ABOUT_WIDTH - 30)) + 2)
