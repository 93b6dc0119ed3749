"""What a form or a command gives for a column, read as text and held to the column's type, as the intake reads a file."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pipelines.record.columns import Field, Register
from pipelines.record.errors import NotRecorded

LONGEST_TEXT = 2000
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_FIRST_DAY, _LAST_DAY = date(1000, 1, 1), date(9999, 1, 1)


def read_values(register: Register, given: Mapping[str, Any]) -> dict[str, str]:
    """Values as text, in the contract's order; "" for what is blank. Raises NotRecorded with every one that cannot be."""
    faults = [(str(name), "is no column of this register") for name in given if register.field(name) is None]
    said = {}
    for one in register.fields:
        if one.name not in given:
            continue
        value, fault = _value(one, given[one.name])
        if fault:
            faults.append((one.name, fault))
        said[one.name] = value
    if faults:
        raise NotRecorded(register.feed, faults)
    return said


def _value(column: Field, given: Any) -> tuple[str, str]:
    """(the value as text, what is wrong with it or nothing)."""
    text = _plain(given)
    if not text:
        return "", ""
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn") for letter in text):
        return "", "holds a character that is no letter"
    if column.words:
        return text, f"is longer than {LONGEST_TEXT} characters" if len(text) > LONGEST_TEXT else ""
    if column.choices:
        code = text.lower()
        known = code in {one.code.lower() for one in column.choices}
        return code, "" if known else "is not a code of its vocabulary"
    if column.type == "ref":
        known = bool(_REFERENCE.fullmatch(text))
        return text, "" if known else "is not a reference of 1 to 64 letters, digits, dashes or underscores"
    if column.type == "date":
        return _day(text)
    if column.type in ("integer", "number"):
        return _number(column, text)
    return "", "cannot be recorded here: it comes with a file"


def _plain(given: Any) -> str:
    """One line of text, spaces and line ends as one space each; dates as 2026-01-31, true and false as yes and no."""
    if given is None:
        return ""
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, datetime):
        given = given.date()
    if isinstance(given, date):
        return given.isoformat()
    return " ".join(str(given).split())


def _day(text: str) -> tuple[str, str]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "", "is not a date that exists (write 2024-03-31)"
    return day.isoformat(), "" if _FIRST_DAY <= day <= _LAST_DAY else "is not a date anybody means"


def _number(column: Field, text: str) -> tuple[str, str]:
    if column.type == "integer" and not _WHOLE.fullmatch(text):
        return "", "is not a whole number"
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return "", "is not a number"
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return "", "is outside the values that are possible"
    if column.multiple_of is not None and value % column.multiple_of:
        return "", "is not rounded as the contract asks"
    return text, ""
