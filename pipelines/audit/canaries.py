"""No private value in a released file: references, children's keys, schools, points and free text, looked for one by one.

What a contract calls private, and every reference and free text of a partnership's feeds, is compared with every text
and number of the snapshot; a sample of the longer ones is looked for in the bytes of the file and its manifest as
well. Text in a database file may be compressed, so the bytes alone would prove little.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.audit.structure import bytes_of
from pipelines.policy import read_toml
from pipelines.settings import SHIPPED, Settings
from pipelines.sqlfiles import run_sql

_WORD = re.compile(r"[A-Za-z0-9_@.-]{5,}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SHORTEST_REFERENCE, SHORTEST_TEXT = 6, 16
SAMPLE = 60
# Points are looked for as pairs, since either half alone stands on many a boundary.
POINTS = (("easting_m", "northing_m"), ("lon", "lat"))


@dataclass
class Canaries:
    """How many private values were looked for, and where some were found: column -> how many. Never a value."""

    searched: int = 0
    found: dict[str, int] = field(default_factory=dict)

    def note(self, column: str, searched: int, found: int) -> None:
        """Add what one column gave."""
        self.searched += searched
        if found:
            self.found[column] = self.found.get(column, 0) + found


@dataclass(frozen=True)
class Haystack:
    """Everything a snapshot says: its words, texts, pairs of numbers that stand side by side, and whole numbers."""

    words: frozenset[str]
    texts: str
    pairs: frozenset[tuple[str, str]]
    numbers: frozenset[int]
    raw: bytes


def look_for_private_values(settings: Settings, snapshot_id: str, *, allowed: frozenset[str] = frozenset()) -> Canaries:
    """Look for every private value of the warehouse in one snapshot.

    allowed  free text that was screened and may be told
    """
    hay = _haystack(settings, snapshot_id)
    told = Canaries()
    with duckdb.connect(str(settings.warehouse), read_only=True) as private:
        tables = {name for (name,) in run_sql(private, "audit/tables").fetchall()}
        for path in sorted(_contracts(settings)):
            contract = read_toml(path)
            if contract["feed"] in tables and not contract.get("public", False):
                _look_in_feed(private.table(contract["feed"]), contract, hay, allowed, told)
    return told


def _contracts(settings: Settings) -> list[Path]:
    """Each feed's contract, the data directory's own before the shipped one."""
    folders = (SHIPPED / "contracts", settings.data_dir / "contracts")
    names = {path.name for folder in folders for path in folder.glob("*.toml")}
    return [settings.own_or_shipped("contracts", name) for name in names]


def _haystack(settings: Settings, snapshot_id: str) -> Haystack:
    file = settings.snapshots / f"{snapshot_id}.duckdb"
    texts: set[str] = set()
    numbers: set[int] = set()
    with duckdb.connect(str(file), read_only=True) as snapshot:
        for (name,) in run_sql(snapshot, "audit/tables").fetchall():
            for column, values in snapshot.table(name).df().items():
                if pd.api.types.is_integer_dtype(values):
                    numbers |= {int(one) for one in values.dropna().unique()}
                elif not pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_datetime64_any_dtype(values):
                    texts |= {str(one) for one in values.dropna().unique()} | {str(column)}
    texts.add(file.with_suffix(".json").read_text(encoding="utf-8"))
    pairs: set[tuple[str, str]] = set()
    for text in texts:
        found = _NUMBER.findall(text)
        pairs |= set(pairwise(found))
    words = {word for text in texts for word in _WORD.findall(text)} | texts
    return Haystack(frozenset(words), "\n".join(texts), frozenset(pairs), frozenset(numbers), bytes_of(file))


def _look_in_feed(
    table: duckdb.DuckDBPyRelation, contract: dict[str, Any], hay: Haystack, allowed: frozenset[str], told: Canaries
) -> None:
    """Every private column of one feed: what its contract says is, the references of its records, and its free text."""
    held, feed, of_records = set(table.columns), str(contract["feed"]), contract.get("kind") == "records"
    for one in contract["columns"]:
        name, kind = one["name"], one["type"]
        secret = bool(one.get("private")) or (of_records and name.endswith("_ref"))
        if name not in held or not (secret or kind == "text") or kind == "number":
            continue
        values = table.project(f'"{name}"').distinct().df()[name].dropna()
        if pd.api.types.is_numeric_dtype(values):
            _look_for_numbers(f"{feed}.{name}", [int(value) for value in values], hay, told)
        elif kind == "text":
            _look_for_texts(f"{feed}.{name}", [str(value) for value in values], hay, allowed, told)
        else:
            _look_for_references(f"{feed}.{name}", [str(value) for value in values], hay, told)
    for east, north in POINTS:
        for before in {name.removesuffix(east) for name in held if name.endswith(east)}:
            if f"{before}{north}" in held:
                rows = table.project(f'"{before}{east}" AS a, "{before}{north}" AS b').distinct().df().dropna()
                _look_for_points(f"{feed}.{before}{east}", rows, hay, told)


def _look_for_references(column: str, values: list[str], hay: Haystack, told: Canaries) -> None:
    long = {value for value in values if len(value) >= SHORTEST_REFERENCE}
    in_bytes = sum(value.encode() in hay.raw for value in _sample(one for one in long if len(one) >= 8))
    told.note(column, len(long), len(long & hay.words) + in_bytes)


def _look_for_numbers(column: str, values: list[int], hay: Haystack, told: Canaries) -> None:
    """Keys made from a child's reference: as a number, as its digits, and as the eight bytes it is stored in."""
    long = {value for value in values if abs(value) >= 10**SHORTEST_REFERENCE}
    in_text = sum(str(value) in hay.words or f"{value:x}" in hay.words for value in long)
    in_bytes = sum((value % 2**64).to_bytes(8, "little") in hay.raw for value in sorted(long)[:SAMPLE])
    told.note(column, len(long), len(long & hay.numbers) + in_text + in_bytes)


def _look_for_texts(column: str, values: list[str], hay: Haystack, allowed: frozenset[str], told: Canaries) -> None:
    long = {value for value in values if len(value) >= SHORTEST_TEXT} - allowed
    in_bytes = sum(value.encode() in hay.raw for value in _sample(long))
    told.note(column, len(long), sum(value in hay.texts for value in long) + in_bytes)


def _look_for_points(column: str, rows: pd.DataFrame, hay: Haystack, told: Canaries) -> None:
    """A point as the two numbers it was stored as, side by side; the coarse ones stand on any map."""
    pairs = {(_written(a), _written(b)) for a, b in rows.itertuples(index=False, name=None)}
    fine = {pair for pair in pairs if all(len(one.replace("-", "").replace(".", "")) >= SHORTEST_REFERENCE for one in pair)}
    told.note(column, len(fine), len(fine & hay.pairs))


def _written(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(float(number))


def _sample(values: Iterable[str]) -> list[str]:
    """The same few of many values each time, whatever they are."""
    return sorted(values, key=lambda value: hashlib.sha256(value.encode()).digest())[:SAMPLE]
