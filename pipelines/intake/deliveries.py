"""Find the files that were delivered, what each covers, and which is a re-send of another."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.errors import ContractError, SettingsError
from pipelines.intake import police_uk
from pipelines.intake.contract import Contract
from pipelines.intake.months import month_end
from pipelines.policy import read_toml
from pipelines.settings import Settings

# What stands in the list of deliveries for what meetings recorded; no file is called so.
RECORDED = "(recorded)"
SUFFIXES = (".csv", ".parquet", ".xlsx", ".zip")
# What computers leave in folders by themselves.
_LITTER = {"thumbs.db", "desktop.ini"}
_DAY = r"(\d{4}-\d{2}(?:-\d{2})?)"
_COVERS = re.compile(rf"_{_DAY}_{_DAY}(?:_delivered-(\d{{4}}-\d{{2}}-\d{{2}}))?$")
_SIDECAR_KEYS = {"feed", "covers_from", "covers_to", "delivered_on", "cut_on"}


@dataclass(frozen=True)
class Delivery:
    """One file received, or one month's file inside an archive (`member`).

    `covers_from` to `covers_to` (both inclusive) are null for a register. `superseded_by` names the
    delivery that stands in this one's place: the same bytes sent before, or a later edition of the month.
    `cut_on` is the day of the purge that destroyed some of its rows, null for a file as it was received.
    `recorded`: no file anybody sent, but what meetings recorded in the register store.
    """

    feed: str
    path: Path
    covers_from: date | None
    covers_to: date | None
    delivered_on: date
    member: str | None = None
    superseded_by: str | None = None
    cut_on: date | None = None
    recorded: bool = False

    @property
    def sha256(self) -> str:
        """What its bytes are known by. Large files take their time, so it is worked out when first asked for."""
        whole = file_sha256(self.path)
        return hashlib.sha256(f"{whole}/{self.member}".encode()).hexdigest() if self.member else whole

    @property
    def name(self) -> str:
        if self.recorded:
            return f"{self.feed}/{RECORDED}"
        inside = f" > {self.member}" if self.member else ""
        return f"{self.feed}/{self.path.name}{inside}"


def find_deliveries(settings: Settings, contracts: dict[str, Contract]) -> list[Delivery]:
    """Every delivery there is, feed by feed in the order delivered (day, coverage, then name).

    A file with the same bytes as an earlier one of its feed is a re-send: the first stands, and it is named.
    Raises ContractError naming every file that does not say what it covers, is of no kind that is read, or lies
    in an unknown folder or in none.
    """
    loose = [path.name for path in sorted(settings.deliveries.glob("*")) if path.is_file() and not _litter(path)]
    faults = [f"deliveries/{name}: lies in no feed's folder: put it under deliveries/<feed>/" for name in loose]
    found: list[Delivery] = []
    folders = sorted(path for path in settings.deliveries.glob("*") if path.is_dir())
    for folder in folders:
        if folder.name not in contracts:
            known = ", ".join(sorted(contracts))
            faults.append(f"{folder.name}/: is no feed this partnership has a contract for; it has {known}")
            continue
        contract = contracts[folder.name]
        for path in sorted(_files(folder)):
            try:
                _require_readable(path, contract)
                found += _published(path) if contract.kind == "public_context" else [describe_delivery(path, contract)]
            except ContractError as wrong:
                faults += wrong.faults
    if faults:
        raise ContractError(faults)
    return _in_order(_with_later_editions(found))


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.iterdir() if not _litter(path) and path.suffix.lower() != ".toml")


def _litter(path: Path) -> bool:
    return path.name[0] in ".~" or path.name.lower() in _LITTER


def _require_readable(path: Path, contract: Contract) -> None:
    """A file passed over in silence would leave a hole that nobody was told of."""
    if path.is_dir():
        raise ContractError([f"{contract.feed}/{path.name}/: is a folder: put its files straight into {contract.feed}/"])
    if path.suffix.lower() not in SUFFIXES:
        raise ContractError([
            f"{contract.feed}/{path.name}: is not CSV, Parquet or XLSX: ask for one of those, or take it away"
        ])  # fmt: skip


def _published(path: Path) -> list[Delivery]:
    """The months inside one published archive, each a delivery of its own."""
    return [
        Delivery(
            police_uk.FEED, path, one.covers_from if one.covers else None,
            month_end(one.covers_from) if one.covers else None, one.published_on, member=one.member,
        )
        for one in police_uk.list_months(path)
    ]  # fmt: skip


def _with_later_editions(found: list[Delivery]) -> list[Delivery]:
    archives = sorted({one.path for one in found if one.feed == police_uk.FEED})
    months = [month for path in archives for month in police_uk.list_months(path)]
    again = police_uk.later_editions(months)
    stands = {(old.path, old.member): new for old, new in again.items()}
    named = {(one.path, one.member): one.name for one in found}
    return [
        replace(one, superseded_by=named[new.path, new.member]) if (new := stands.get((one.path, one.member))) else one
        for one in found
    ]


def _in_order(found: list[Delivery]) -> list[Delivery]:
    def when(one: Delivery) -> tuple[Any, ...]:
        return one.feed, one.delivered_on, one.covers_to or date.min, one.name

    ordered: list[Delivery] = []
    earlier: dict[tuple[str, int], list[Delivery]] = {}
    for one in sorted(found, key=when):
        # The months of published archives supersede one another by month, whatever their bytes.
        alike = [] if one.feed == police_uk.FEED else earlier.setdefault((one.feed, one.path.stat().st_size), [])
        original = next((other.name for other in alike if other.sha256 == one.sha256), None)
        ordered.append(replace(one, superseded_by=original) if original else one)
        alike.append(one)
    return ordered


def describe_delivery(path: Path, contract: Contract) -> Delivery:
    """What a file says of itself, by its sidecar (`<file>.toml`) or its name; its rows are not read.

    Raises ContractError when it does not say what it covers and its feed needs that.
    """
    said = _sidecar(path, contract.feed) or _from_name(path)
    if contract.needs_coverage and "covers_from" not in said:
        raise ContractError([
            f"{contract.feed}/{path.name}: does not say which months it covers. Add {path.name}.toml with "
            "covers_from, covers_to and delivered_on, or end its name in _2024-01_2024-01_delivered-2024-02-05"
        ])  # fmt: skip
    first, last = said.get("covers_from"), said.get("covers_to")
    if first and last and first > last:
        raise ContractError([f"{contract.feed}/{path.name}: covers_from is after covers_to; correct its sidecar or name"])
    fallback = last + timedelta(days=1) if last else date.min
    delivered = said.get("delivered_on", fallback)
    if first and last and delivered < last:
        raise ContractError([
            f"{contract.feed}/{path.name}: says it covers days after the day it was delivered, which would count as "
            "zeros; correct covers_to or delivered_on"
        ])  # fmt: skip
    return Delivery(contract.feed, path, first, last, delivered, cut_on=said.get("cut_on"))


def _sidecar(path: Path, feed: str) -> dict[str, date]:
    beside = path.with_name(path.name + ".toml")
    if not beside.exists():
        return {}
    try:
        content = read_toml(beside)
    except SettingsError as unreadable:
        raise ContractError([f"{feed}/{unreadable}"]) from None
    wrong = sorted(set(content) - _SIDECAR_KEYS)
    days = {key: value for key, value in content.items() if key != "feed"}
    wrong += sorted(key for key, value in days.items() if type(value) is not date)
    if content.get("feed", feed) != feed:
        wrong.append("feed")
    if ("covers_from" in days) != ("covers_to" in days):
        wrong.append("covers_from without covers_to, or the reverse")
    if wrong:
        raise ContractError([
            f"{feed}/{beside.name}: {', '.join(wrong)}: a sidecar says covers_from, covers_to and delivered_on as dates "
            "(2024-01-31, no quotes), and may name its feed"
        ])  # fmt: skip
    return days


def _from_name(path: Path) -> dict[str, date]:
    match = _COVERS.search(path.stem)
    if not match:
        return {}
    try:
        first, last = _first_day(match[1]), _last_day(match[2])
        said = {"covers_from": first, "covers_to": last}
        if match[3]:
            said["delivered_on"] = date.fromisoformat(match[3])
    except ValueError:
        return {}
    return said


def _first_day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _last_day(text: str) -> date:
    return date.fromisoformat(text) if len(text) == 10 else month_end(date.fromisoformat(f"{text}-01"))


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes; a file that has not changed since is not read again."""
    stands = path.stat()
    return _file_sha256(path, stands.st_mtime_ns, stands.st_size)


@lru_cache(maxsize=4096)
def _file_sha256(path: Path, mtime_ns: int, size: int) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
