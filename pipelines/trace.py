"""What is held on one record: for a request for access or erasure. Private side; never another record.

Every delivery is read again into a warehouse of its own, with what became of each row, which is destroyed at once; so
what is told is true of the files as they stand, and not only of the last build.
"""

from __future__ import annotations

import mmap
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import HarmError, SettingsError
from pipelines.gate.quarantine import screen_texts
from pipelines.gate.snapshot import keys_of, list_snapshots
from pipelines.intake.contract import Contract
from pipelines.intake.ingest import in_words
from pipelines.intake.purged import certificates, ledger_file, read_ledger
from pipelines.intake.warehouse import rebuild, received, sole_writer
from pipelines.record import entry_id
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,64}")

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class _Aside(Settings):
    """The same data directory, with its warehouse elsewhere."""

    folder: Path = field(default=Path())

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"


@dataclass(frozen=True)
class HeldRow:
    """One row of one delivery that carries the reference.

    fate    in words; counted is where and when it was counted, a line for each measure; empty where it was not
    values  the row's own, by column, without blanks
    """

    feed: str
    delivery: str
    sha256: str
    delivered_on: str
    fate: str
    counted: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True)
class Traced:
    """What is held under one reference.

    texts      by feed and column, what became of each free text of it
    mentions   files that hold the reference in a line that was not read as a row of it
    destroyed  spans of days by feed whose rows are gone: whether it was among them nobody can say any more
    """

    reference: str
    rows: tuple[HeldRow, ...]
    texts: tuple[str, ...]
    mentions: tuple[str, ...]
    destroyed: tuple[str, ...]


def trace(settings: Settings, reference: str, *, report: Report = lambda stage, share: None) -> Traced:
    """Look for one reference in every delivery, register and text, and say what became of it.

    Raises SettingsError for what is no reference, and what a build raises where the deliveries cannot be read.
    """
    if not _REFERENCE.fullmatch(reference):
        raise SettingsError("a record's reference is 1 to 64 letters, digits, dashes or underscores")
    with sole_writer(settings) as working:
        aside = _Aside(settings.data_dir, working / "aside")
        aside.folder.mkdir()
        if certificates(settings).is_dir():
            shutil.copytree(certificates(settings), certificates(aside))
        if ledger_file(settings).exists():
            shutil.copyfile(ledger_file(settings), ledger_file(aside))
        rebuild(aside, working, as_at=None, keep_fates=True, report=report)
        contracts = [one for one in received(settings).values() if _key(one)]
        with duckdb.connect(str(aside.warehouse), read_only=True) as warehouse:
            rows = [held for one in contracts for held in _rows(warehouse, one, reference)]
            texts = _texts(warehouse, settings, [one for one in contracts if one.kind == "register"], reference)
    read = {one.delivery for one in rows}
    return Traced(reference, tuple(rows), tuple(texts), tuple(_mentions(settings, reference, read)), tuple(_gone(settings)))


def _key(contract: Contract) -> str | None:
    """The column that names a record of a feed; null for a feed whose rows are known by their place or day."""
    if len(contract.key) != 1 or contract.kind not in ("records", "register") or contract.key[0] == "place_id":
        return None
    return contract.key[0] if contract.column(contract.key[0]).type == "ref" else None


def _rows(warehouse: duckdb.DuckDBPyConnection, contract: Contract, reference: str) -> list[HeldRow]:
    named = duckdb.ColumnExpression(_key(contract) or "") == duckdb.ConstantExpression(reference)
    found = warehouse.table(contract.feed).project("rowid AS row_no, *").filter(named).order("row_no")
    columns, rows = found.columns, found.fetchall()
    if not rows:
        return []
    deliveries = {one[0]: one[1:] for one in run_sql(warehouse, "intake/traced_deliveries", feed=contract.feed).fetchall()}
    row_nos = [row[0] for row in rows]
    fates: dict[int, list[tuple[Any, ...]]] = {}
    for row_no, *about in run_sql(warehouse, "intake/traced_fates", feed=contract.feed, row_nos=row_nos).fetchall():
        fates.setdefault(row_no, []).append(tuple(about))
    sound = [row[0] for row in rows if row[-1] is None and deliveries[row[1]][3] is None]
    held = []
    for row in rows:
        name, sha256, delivered_on, superseded_by = deliveries[row[1]]
        values = {column: str(value) for column, value in zip(columns[2:-1], row[2:-1], strict=True) if value is not None}
        told = fates.get(row[0], [])
        fate = (
            _fate(told[0][1]) if told else _of_register(row[-1], superseded_by, is_newest=row[0] == max(sound, default=None))
        )
        held.append(HeldRow(contract.feed, name, sha256, str(delivered_on), fate, tuple(_counted(told)), values))
    return held


def _fate(fate: str) -> str:
    """A fate as a sentence: `rejected/not_a_date:occurred_from`, `superseded/corrected`, `counted/`."""
    what, _, why = fate.partition("/")
    if what == "rejected":
        return f"rejected: {in_words(why)}"
    return f"{what.replace('_', ' ')}{': ' + why.replace('_', ' ') if why else ''}"


def _of_register(fault: str | None, superseded_by: str | None, *, is_newest: bool) -> str:
    if fault is not None:
        return f"rejected: {in_words(fault)}"
    if superseded_by is not None:
        return "superseded: sent again"
    return "stands" if is_newest else "superseded: corrected"


def _counted(fates: list[tuple[Any, ...]]) -> list[str]:
    said = []
    for measure, fate, located_by, period, group, area_id, beat_id, locality_id in fates:
        if fate == "counted/":
            within = f" (beat {beat_id}, locality {locality_id})" if beat_id else ""
            said.append(
                f"{measure}: {group or 'all'}, {period}, {area_id}{within}, placed by {located_by or 'its locality'}"
            )
    return said


def _texts(warehouse: duckdb.DuckDBPyConnection, settings: Settings, registers: list[Contract], reference: str) -> list[str]:
    """What became of each text of the record: a register's entry is known in the warehouse by a hash of its key."""
    if not registers or not settings.key_file.exists():
        return []
    keyring = keys_of(settings) if list_snapshots(settings) else None
    if keyring is None:
        return []
    entries = {entry_id(one.feed, [reference]): one.feed for one in registers}
    screened = screen_texts(warehouse, settings, keyring)
    told = []
    columns = (screened[name] for name in ("feed", "entry_id", "column_name", "kind", "outcome", "id"))
    for feed, entry, column, kind, outcome, known_by in zip(*columns, strict=True):
        if kind == "words" and entries.get(entry) == feed:
            told.append(f"{feed}.{column}: {outcome} (text {known_by})")
    return told


def _mentions(settings: Settings, reference: str, read: set[str]) -> list[str]:
    """Text files that hold the reference in a line no row of it was read from: a broken line, or another column."""
    found = []
    token = re.escape(reference)
    patterns = [re.compile(rb"(?<![A-Za-z0-9_-])" + token.encode() + rb"(?![A-Za-z0-9_-])"),
                re.compile(re.escape(reference.encode("utf-16-le")))]  # fmt: skip
    for file in sorted(settings.deliveries.glob("*/*.csv")):
        name = f"{file.parent.name}/{file.name}"
        if name in read or not file.stat().st_size:
            continue
        with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if any(pattern.search(content) for pattern in patterns):
                found.append(name)
    return found


def _gone(settings: Settings) -> list[str]:
    try:
        feeds = read_ledger(settings).of_feeds()
    except HarmError:
        return ["the ledger of what was destroyed cannot be read: put it back from a backup"]
    return [f"{feed}: rows of {first} to {last}" for feed, one in feeds.items() for first, last in one.spans]
