"""A workbook to fill in where nobody types into an app: the columns of a register, with its words to choose from.

The first sheet is what the ordinary door reads, and nothing but: the header and what is filled in under it. Notes and the
lists to choose from stand on sheets of their own, which the door does not look at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from pipelines.errors import SettingsError
from pipelines.record.columns import AREAS, Field, Register
from pipelines.record.values import LONGEST_TEXT

ROWS = 500
_EARLIEST = date(2000, 1, 1)
# The workbook says when it was made as every other does: the same contract gives the same bytes.
_MADE = datetime(2000, 1, 1)


def write_template(
    file: Path, register: Register, *, places: Mapping[str, str] | None = None, localities: Mapping[str, str] | None = None
) -> None:
    """Write the workbook of one register.

    places, localities  id -> name of what may be chosen where a column names one; null = anything may be written

    Raises SettingsError where the file cannot be written.
    """
    areas = {**dict.fromkeys(AREAS, localities), "place_id": places}
    lists = {one.name: found for one in register.fields if (found := _choices(one, areas.get(one.name)))}
    try:
        with xlsxwriter.Workbook(file) as book:
            book.set_properties({"title": register.title, "created": _MADE})
            sheet = book.add_worksheet(register.feed[:31])
            _write_notes(book, register, lists)
            where = _write_lists(book, lists)
            _write_columns(book, sheet, register, where)
    except (OSError, xlsxwriter.exceptions.FileCreateError):
        raise SettingsError(f"{file}: cannot be written there; name a file in a folder that exists") from None


def _choices(field: Field, area: Mapping[str, str] | None) -> dict[str, str]:
    """What may be chosen in a column: code -> what it means."""
    if field.choices:
        return {one.code: one.label for one in field.choices}
    return dict(area or {}) if field.name in AREAS else {}


def _write_columns(book: Any, sheet: Any, register: Register, where: Mapping[str, str]) -> None:
    looks = {needed: book.add_format({"bold": needed, "bottom": 1, "text_wrap": True}) for needed in (True, False)}
    day, text = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "@", "text_wrap": True})
    for at, field in enumerate(register.fields):
        sheet.write_string(0, at, field.name, looks[field.required])
        width = 40 if field.type == "text" else 18
        sheet.set_column(at, at, width, day if field.type == "date" else text)
        rule = _rule(field, where.get(field.name))
        prompt = f"{'Needed. ' if field.required else ''}{field.meaning}"
        sheet.data_validation(1, at, ROWS, at, rule | {"input_title": field.name[:32], "input_message": prompt[:255]})
    sheet.freeze_panes(1, 0)


def _rule(field: Field, where: str | None) -> dict[str, Any]:
    if where:
        return {"validate": "list", "source": where, "error_message": "Choose one from the list."}
    if field.type == "date":
        return {"validate": "date", "criteria": ">=", "value": _EARLIEST, "error_message": "Write a date, as 2026-01-31."}
    if field.words:
        return {"validate": "length", "criteria": "<=", "value": LONGEST_TEXT, "error_message": "Shorter, please."}
    return {"validate": "any"}


def _write_notes(book: Any, register: Register, lists: Mapping[str, Mapping[str, str]]) -> None:
    sheet, bold, wrap = book.add_worksheet("Notes"), book.add_format({"bold": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 10)
    sheet.set_column(2, 2, 90, wrap)
    about = (f"{register.grain}.", "Fill in the first sheet and send this workbook as it is: this sheet is not read.",
             "Never name a person: roles and groups only.")  # fmt: skip
    sheet.write_string(0, 0, register.title, bold)
    for at, said in enumerate(about, start=1):
        sheet.write_string(at, 0, said)
    row = len(about) + 2
    sheet.write_row(row, 0, ("column", "needed", "what it means"), bold)
    for field in register.fields:
        row += 1
        sheet.write_string(row, 0, field.name)
        sheet.write_string(row, 1, "yes" if field.required else "")
        sheet.write_string(row, 2, field.meaning)
    for name, choices in lists.items():
        row += 2
        sheet.write_string(row, 0, name, bold)
        for code, label in choices.items():
            row += 1
            sheet.write_string(row, 0, code)
            sheet.write_string(row, 2, label)


def _write_lists(book: Any, lists: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Write each list into a column of a sheet of its own: a drop-down takes more words from cells than from a rule."""
    if not lists:
        return {}
    sheet = book.add_worksheet("Lists")
    sheet.hide()
    where = {}
    for at, (name, choices) in enumerate(lists.items()):
        sheet.write_column(0, at, choices)
        letter = xl_col_to_name(at)
        where[name] = f"=Lists!${letter}$1:${letter}${len(choices)}"
    return where
