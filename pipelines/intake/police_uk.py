"""The data.police.uk street-level archive, read as it is published: zips of month folders, or loose CSVs.

Public context only. A file is one police force and one month; a later archive's file for the same force and
month stands in place of an earlier one. Rows are never de-duplicated: two events at one map point are equal
to the last character, anti-social behaviour has no Crime ID, and other IDs repeat.
"""

import re
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import ContractError
from pipelines.intake.months import next_month

FEED = "police_uk"
# What a damaged archive does to the library that reads it: a name that is no text is a ValueError.
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)
FORCES_OF_NO_PLACE = frozenset({"btp"})
_STREET = re.compile(r"(?:^|/)([12]\d{3}-(?:0[1-9]|1[0-2]))-([a-z-]+?)-street\.csv$")


@dataclass(frozen=True)
class Month:
    """One force's month: where it lies, and the day its archive could first have been published."""

    path: Path
    member: str | None
    force: str
    covers_from: date
    published_on: date

    @property
    def covers(self) -> bool:
        """Whether a place's zeros may rest on this file: a railway force's says nothing of the streets."""
        return self.force not in FORCES_OF_NO_PLACE


def list_months(path: Path) -> list[Month]:
    """The street-level months in one file, oldest first.

    Raises ContractError for a zip that is cut short or holds none, or a CSV whose name is not the published one.
    """
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
        except UNREADABLE:
            raise _refused(path, "is not a whole zip archive: download it again") from None
        found = [(name, _STREET.search(name)) for name in sorted(set(names))]
        if not any(match for _, match in found):
            raise _refused(path, "holds no street-level month (files named 2024-01-<force>-street.csv)")
    elif path.suffix.lower() == ".csv" and (match := _STREET.search(path.name)):
        found = [("", match)]
    else:
        raise _refused(path, "is not a street-level month: keep the published name, 2024-01-<force>-street.csv")
    starts = [date.fromisoformat(f"{match[1]}-01") for _, match in found if match]
    published = next_month(max(starts))
    return [
        Month(path, name or None, match[2], date.fromisoformat(f"{match[1]}-01"), published)
        for name, match in found
        if match
    ]


def later_editions(months: list[Month]) -> dict[Month, Month]:
    """Each month that a later archive published again, and the one that stands in its place.

    Where two archives were published the same month, the later file name stands.
    """
    stands: dict[tuple[str, date], Month] = {}
    ordered = sorted(months, key=lambda one: (one.published_on, one.path.name, one.member or ""))
    for one in ordered:
        stands[one.force, one.covers_from] = one
    return {one: stands[one.force, one.covers_from] for one in ordered if stands[one.force, one.covers_from] != one}


def extract(path: Path, member: str, working: Path) -> Path:
    """Copy one member out of an archive, checking it whole. Raises ContractError when the archive is damaged."""
    working.mkdir(parents=True, exist_ok=True)
    copy = working / Path(member).name
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as given, copy.open("wb") as text:
            shutil.copyfileobj(given, text, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError):
        copy.unlink(missing_ok=True)
        raise _refused(path, "is damaged inside: download it again") from None
    except (RuntimeError, NotImplementedError):
        copy.unlink(missing_ok=True)
        raise _refused(path, "is locked with a password or packed in an unknown way: download it again") from None
    return copy


def _refused(path: Path, why: str) -> ContractError:
    return ContractError([f"{FEED}/{path.name}: {why}"])
