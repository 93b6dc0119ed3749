"""The columns of a register, as its contract says: what a form may ask for, and what may be recorded.

Read from the very files the intake reads deliveries by (`contracts/<feed>.toml`, `reference/<vocabulary>.csv`), without
the intake: the dashboard may not import it. A test holds the two readings to one another.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import SettingsError
from pipelines.policy import read_toml
from pipelines.record.errors import RecordError
from pipelines.settings import SHIPPED, Settings

# A register whose key is one reference names its entries itself; a place or a locality is no such reference.
AREAS = ("place_id", "locality", "lead_locality", "shared_with")
_YES_NO = {"yes_no": ("yes", "no"), "yes_no_unknown": ("yes", "no", "unknown")}


@dataclass(frozen=True)
class Choice:
    """One word of a vocabulary. `family` is empty where the vocabulary has no families."""

    code: str
    label: str
    family: str = ""


@dataclass(frozen=True)
class Field:
    """One column: `choices` is empty where anything of its type may be said. `words`: whether it is free text to screen."""

    name: str
    type: str
    meaning: str
    required: bool = False
    past: bool = False
    not_before: tuple[str, ...] = ()
    vocabulary: str = ""
    choices: tuple[Choice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: int | None = None

    @property
    def words(self) -> bool:
        return self.type in ("text", "name")


@dataclass(frozen=True)
class Register:
    """One register: its columns in the contract's order, and what an entry is known by."""

    feed: str
    title: str
    grain: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    location: tuple[tuple[str, ...], ...] = ()

    def field(self, name: str) -> Field | None:
        """A column by its name; null where the register has none."""
        return next((one for one in self.fields if one.name == name), None)

    @property
    def own_reference(self) -> str | None:
        """The column that names an entry for ever (`action_ref`); null where an entry is known by its place and day."""
        if len(self.key) != 1 or self.key[0] in AREAS:
            return None
        found = self.field(self.key[0])
        return found.name if found and found.type == "ref" else None


def read_registers(settings: Settings) -> dict[str, Register]:
    """Every register there is a contract for, by feed. Raises SettingsError for a contract that cannot be read."""
    folders = (SHIPPED / "contracts", settings.data_dir / "contracts")
    feeds = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    found = {feed: _read_contract(*_as_it_is(settings.own_or_shipped("contracts", f"{feed}.toml"))) for feed in feeds}
    return {feed: _register(said, settings) for feed, said in found.items() if said.get("kind") == "register"}


def read_register(settings: Settings, feed: str) -> Register:
    """One register. Raises RecordError where there is none of that name."""
    registers = read_registers(settings)
    if feed not in registers:
        raise RecordError(f"there is no register of that name; the registers are {', '.join(registers)}")
    return registers[feed]


def _as_it_is(path: Path) -> tuple[Path, int, int]:
    """A file with what tells it from what stood there before, so that one that has not changed is read once."""
    try:
        found = path.stat()
    except OSError:
        return path, 0, 0
    return path, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _read_contract(path: Path, mtime_ns: int, size: int) -> dict[str, Any]:
    return read_toml(path)


def _register(said: dict[str, Any], settings: Settings) -> Register:
    try:
        fields = tuple(_field(one, settings) for one in said["columns"] if one.get("read", True))
        location = tuple(tuple(group) for group in said.get("location", ()))
        return Register(said["feed"], said["title"], said["grain"], tuple(said["key"]), fields, location)
    except (KeyError, TypeError):
        raise SettingsError(f"{said.get('feed', 'a contract')}.toml: lacks what a contract must say") from None


def _field(said: dict[str, Any], settings: Settings) -> Field:
    kind, vocabulary = said["type"], said.get("vocabulary", "")
    choices = tuple(Choice(code, code.capitalize()) for code in _YES_NO.get(kind, ()))
    if vocabulary:
        choices = read_choices(settings, vocabulary)
    return Field(
        said["name"], kind, said["meaning"], said.get("required", False), said.get("past", False),
        tuple(said.get("not_before", ())), vocabulary, choices, said.get("minimum"), said.get("maximum"),
        said.get("multiple_of"),
    )  # fmt: skip


def read_choices(settings: Settings, vocabulary: str) -> tuple[Choice, ...]:
    """The words of one vocabulary, in the file's order. Raises SettingsError for a file that is none."""
    return _read_choices(*_as_it_is(settings.own_or_shipped("reference", f"{vocabulary}.csv")))


@lru_cache(maxsize=256)
def _read_choices(path: Path, mtime_ns: int, size: int) -> tuple[Choice, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(Choice(row["code"], row["label"], row.get("family") or "") for row in csv.DictReader(lines))
    except (OSError, KeyError, UnicodeDecodeError):
        raise SettingsError(f"reference/{path.name}: must be a UTF-8 CSV with the columns code and label") from None
