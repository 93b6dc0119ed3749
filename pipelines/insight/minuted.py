"""What meetings recorded, as plain rows, and laid over the registers of a snapshot that does not have it yet.

A row is what stands of one entry: corrected and withdrawn ones are not there. What may not be shown yet (a step-up, a
disruption) is a row that says of which place it is and that it is led elsewhere, and nothing more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from pipelines.insight.registers import COLUMNS, DATED_BY, LED_ELSEWHERE
from pipelines.record import Entry, Event, Store, led_elsewhere
from pipelines.record.standing import standing

STEPPED_UP = "stepped_up"


@dataclass(frozen=True)
class Minuted:
    """What was recorded, as it stands.

    rows    grain: one row per entry, in the order they were first recorded: feed, entry_id, place_id, fields (columns as
            text, dates as 2026-01-31; where is_update, only what changed of an entry that a file delivered), is_update,
            number, at, role, locality, recorded_on, meeting_on, unseen (made at once with another of the same entry: look
            at both), held_back (columns whose words wait for the data steward: not among fields), led_elsewhere
    newest  the number of the newest event it rests on, taken back or not; 0 for none
    gone    entries that were recorded and corrected away or taken back, with the day that was
    """

    rows: tuple[dict[str, Any], ...] = ()
    gone: Mapping[str, date] = field(default_factory=dict)
    newest: int = 0


def recorded_at(store: Store | None, locality: str, met_on: date, *, on: date | None = None) -> Minuted:
    """What one meeting recorded, with the corrections made to it since; hidden as on a day, that of the meeting by default.

    Raises RecordError where the store cannot be read.
    """
    events = store.of_meeting(locality, met_on) if store else []
    return _minuted(store, events, on or met_on)


def recorded_by(store: Store | None, met_on: date, *, on: date | None = None) -> Minuted:
    """What was recorded everywhere up to the meetings of one day, and beside any meeting; hidden as above.

    Raises RecordError where the store cannot be read.
    """
    events = store.events() if store else []
    known = [one for one in events if one.meeting_on is None or one.meeting_on <= met_on]
    return _minuted(store, known, on or met_on)


def days_recorded(store: Store | None, locality: str) -> list[date]:
    """The days of the meetings of a locality at which anything was recorded, newest first."""
    events = store.since(locality, date.min) if store else []
    return sorted({one.meeting_on for one in events if one.meeting_on is not None}, reverse=True)


def newest_recorded(store: Store | None) -> int:
    """The number of the newest event there is, by which what was made of the store is kept; 0 before the first."""
    return store.newest() if store else 0


def _minuted(store: Store | None, events: list[Event], on: date) -> Minuted:
    if store is None or not events:
        return Minuted()
    registers = store.registers()
    newest = max(one.number for one in events)
    # What is of no register says nothing of a place: that words were erased, or a contract that is no more.
    events = [one for one in events if one.feed in registers]
    entries = [entry for feed in dict.fromkeys(one.feed for one in events) for entry in standing(registers[feed], events)]
    first = {one.entry_key: one.number for one in reversed(events)}
    rows = sorted((_row(store, one, on) for one in entries), key=lambda row: first.get(row["entry_id"], row["number"]))
    stands = {(one.feed, one.entry_key) for one in entries}
    gone = {one.entry_key: one.recorded_on for one in events if (one.feed, one.entry_key) not in stands}
    for one in events:
        # What was taken back or put elsewhere is gone since the event that did it.
        if one.corrects is not None and (corrected := _key_of(events, one.corrects)) in gone:
            gone[corrected] = max(gone[corrected], one.recorded_on)
    return Minuted(tuple(rows), gone, newest)


def _key_of(events: Iterable[Event], number: int) -> str:
    return next((one.entry_key for one in events if one.number == number), "")


def _row(store: Store, entry: Entry, on: date) -> dict[str, Any]:
    hidden = led_elsewhere(store.settings, entry.feed, entry.fields, on)
    # Of a move, that it is the one status that is ever led elsewhere says no more than that it is.
    kept = {name: value for name, value in entry.shown.items() if not hidden or (name, value) == ("status", STEPPED_UP)}
    newest = entry.newest
    return {
        "feed": entry.feed, "entry_id": entry.entry_key, "place_id": entry.place_id, "fields": kept,
        "is_update": entry.is_update, "number": newest.number, "at": newest.at.isoformat(timespec="seconds"),
        "role": newest.role, "locality": newest.locality, "recorded_on": newest.recorded_on.isoformat(),
        "meeting_on": newest.meeting_on.isoformat() if newest.meeting_on else None, "unseen": entry.unseen,
        "held_back": () if hidden else entry.waits, LED_ELSEWHERE: hidden,
    }  # fmt: skip


def laid_over(register: pd.DataFrame, feed: str, minuted: Minuted, as_at: date) -> pd.DataFrame:
    """A register of a snapshot with what was recorded since laid over it, until the next publish says it itself.

    register  as `Snapshot.register` gives it; `as_at` is the snapshot's day: of an entry it has, what was recorded before
              that day is in it already, or lost to a file by the rules of the build
    grain     one row per entry, oldest first, as `read_register`
    """
    gone = {entry for entry, day in minuted.gone.items() if day >= as_at}
    rows = {row["entry_id"]: dict(row) for row in register.to_dict("records") if row["entry_id"] not in gone}
    for one in minuted.rows:
        if one["feed"] != feed:
            continue
        before = rows.get(one["entry_id"])
        if before is None or one["recorded_on"] >= as_at.isoformat():
            rows[one["entry_id"]] = _over(before, one, COLUMNS[feed])
    found = pd.DataFrame(list(rows.values()), columns=list(register.columns)).astype(object)
    found = found.where(found.notna(), None)
    found[LED_ELSEWHERE] = found[LED_ELSEWHERE].astype(bool)
    order = found[DATED_BY[feed]].map(lambda day: day or date.min)
    return found.iloc[order.argsort(kind="stable")].reset_index(drop=True) if len(found) else found


def _over(before: dict[Any, Any] | None, row: Mapping[str, Any], columns: Iterable[str]) -> dict[Any, Any]:
    blank = {"entry_id": row["entry_id"], "place_id": row["place_id"], LED_ELSEWHERE: False, "held_back": ()}
    now = {**dict.fromkeys(columns), **blank} if before is None else dict(before)
    if row[LED_ELSEWHERE] or now[LED_ELSEWHERE]:
        return {**dict.fromkeys(columns), **blank, "place_id": now["place_id"], LED_ELSEWHERE: True}
    said = {name: typed(name, text) for name, text in row["fields"].items() if name in now}
    waits = tuple(one for one in row.get("held_back", ()) if one in now)
    held = (*(one for one in now["held_back"] if one not in said and one not in waits), *waits)
    return {**now, **said, **dict.fromkeys(waits), "held_back": held}


def typed(column: str, text: str) -> Any:
    """A recorded value as the registers of a snapshot have it: a day, words or a code; null for what is blank."""
    if not text:
        return None
    return date.fromisoformat(text) if column.endswith("_on") or column == "fortnight_starting" else text


FILE_STANDS, NOT_IN_IT, AT_ONCE = "file_stands", "not_in_it", "at_once"


@dataclass(frozen=True)
class Dispute:
    """Entries of one register that were recorded, and are otherwise in a snapshot.

    reason   file_stands (the snapshot has the entry and says something else: a file's later word), not_in_it (recorded
             before the snapshot's day and not in it: its contract refused it, or it waits), at_once (two people recorded
             it without having seen one another)
    places   the places they are of, where they are of any
    """

    feed: str
    reason: str
    entries: int
    places: tuple[str, ...]


def disputes(registers: Mapping[str, pd.DataFrame], minuted: Minuted, as_at: date) -> list[Dispute]:
    """Where the registers of a snapshot and what was recorded before its day say different things. Nothing is settled here.

    registers  by feed, as `Snapshot.register` gives them: an entry of another's places is not looked at where `places` of
               a meeting's own are all that is there
    returns    one row per register and reason, where there is any. Words that wait or are led elsewhere are not compared;
               where a meeting's word stands over a file's, only the private side knows (`safer-places conflicts`)
    """
    found: dict[tuple[str, str], list[str | None]] = {}
    for one in minuted.rows:
        if one["feed"] not in registers:
            continue
        if one["unseen"]:
            found.setdefault((one["feed"], AT_ONCE), []).append(one["place_id"])
        if one["recorded_on"] < as_at.isoformat() and (reason := _differs(registers[one["feed"]], one)):
            found.setdefault((one["feed"], reason), []).append(one["place_id"])
    return [Dispute(feed, reason, len(mine), tuple(sorted({place for place in mine if place})))
            for (feed, reason), mine in sorted(found.items())]  # fmt: skip


def _differs(register: pd.DataFrame, row: Mapping[str, Any]) -> str:
    known = register[register["entry_id"] == row["entry_id"]].to_dict("records")
    if not known:
        return NOT_IN_IT
    stands = known[0]
    if stands[LED_ELSEWHERE] or row[LED_ELSEWHERE]:
        return ""
    said = {name: typed(name, text) for name, text in row["fields"].items() if name in stands}
    differ = [name for name, value in said.items() if name not in stands["held_back"] and stands[name] != value]
    return FILE_STANDS if differ else ""
