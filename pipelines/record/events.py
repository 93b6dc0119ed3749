"""The event: one thing a meeting recorded, a row of a register's contract. Held to that contract before it is written."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, Protocol

from pipelines.record.columns import Register
from pipelines.record.errors import Found, NotRecorded, TextHeld

OWN_PREFIX = "rec_"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
_ENTRY = re.compile(r"[0-9a-f]{16}")
_ROLE = re.compile(r"[A-Za-z][A-Za-z_ ()-]{0,79}")


class SpanLike(Protocol):
    """Where in a text something was found, and of which kind: as the gate's screen says it."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def outcome(self) -> Any: ...


class VerdictLike(Protocol):
    """What the gate's screen says of one text: accepted, quarantined or refused, and the spans it rests on."""

    @property
    def outcome(self) -> Any: ...
    @property
    def spans(self) -> Sequence[SpanLike]: ...


Screen = Callable[[str], VerdictLike]


@dataclass(frozen=True)
class Wanted:
    """What somebody wants recorded.

    feed        which register
    fields      column -> value: text, a date, yes or no; of an update (`entry` given) only what changes, "" to clear it
    role        who records, by role, never a person
    token       made by the form when it is drawn (`new_token()`): the same form sent twice is recorded once
    locality    of which meeting, if of any
    meeting_on  the day of that meeting
    entry       the id of an entry that is there already, as a snapshot's `entry_id` or the store's `entry_key` says it;
                only for registers that name their entries (`own_reference`), null for a new entry
    place_id    of an update: the place its entry is of, to find it by; of anything else `fields` says it
    seen        the number of the newest event the recorder had before their eyes; null for none
    may_wait    its author was told which words may identify somebody, and sends them to the data steward all the same:
                they are recorded and shown to nobody until the steward released them. Refused words never are
    """

    feed: str
    fields: Mapping[str, Any]
    role: str
    token: str
    locality: str | None = None
    meeting_on: date | None = None
    entry: str | None = None
    place_id: str | None = None
    seen: int | None = None
    may_wait: bool = False


@dataclass(frozen=True, repr=False)
class Event:
    """One thing recorded, for good.

    number       goes up; nothing is ever recorded behind a number somebody has read
    at           when, in universal time; `recorded_on` is the day of it on the recorder's own calendar
    entry_key    what the entry is known by: the very `entry_id` a snapshot calls it, once it is published
    fields       columns and values as text (dates as 2026-01-31); of an update only what it changed ("" cleared it)
    corrects     the number of the event it stands in place of; null for none
    seen         what the recorder had seen, as they said
    unseen       made without having seen an event of the same entry (or correction) that came before it: show both
    waits        columns whose words wait for the data steward: `shown` leaves them out
    """

    number: int
    token: str
    at: datetime
    recorded_on: date
    role: str
    locality: str | None
    meeting_on: date | None
    feed: str
    entry_key: str
    place_id: str | None
    fields: Mapping[str, str]
    corrects: int | None
    seen: int | None
    unseen: bool = False
    waits: tuple[str, ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """What of it may be shown before the gate has had it."""
        return {name: text for name, text in self.fields.items() if name not in self.waits}

    @property
    def withdraws(self) -> bool:
        """Whether it says that what it corrects was never to be recorded."""
        return self.corrects is not None and not self.fields


@dataclass(frozen=True, repr=False)
class Entry:
    """What stands of one entry, with corrections and updates applied.

    fields     what was recorded here; where `is_update` it overlays what a file delivered, and says nothing of the rest
    newest     the event that last changed it
    waits      columns whose words wait for the data steward: `shown` leaves them out
    """

    feed: str
    entry_key: str
    place_id: str | None
    locality: str | None
    fields: Mapping[str, str]
    newest: Event
    is_update: bool
    unseen: bool
    waits: tuple[str, ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """What of it may be shown before the gate has had it."""
        return {name: text for name, text in self.fields.items() if name not in self.waits}


@dataclass(frozen=True)
class Ready:
    """Values of one entry that were found sound: what goes into the store."""

    feed: str
    fields: Mapping[str, str]
    entry_key: str
    place_id: str | None = None
    corrects: int | None = None
    waits: tuple[str, ...] = ()


def entry_id(feed: str, key: Sequence[str]) -> str:
    """What a snapshot calls the entry of this key: made from it, so that a supplier's own references stay behind."""
    return hashlib.sha256("|".join((feed, *key)).encode()).hexdigest()[:16]


def own_reference(token: str) -> str:
    """The reference of a new entry: no file's reference is like it, and the same form makes the same one."""
    return OWN_PREFIX + hashlib.sha256(f"reference|{token}".encode()).hexdigest()[:20]


def require_form(role: str, token: str, at: datetime) -> None:
    """Raise NotRecorded for what the form itself must bring: a role, a token and a time with its zone."""
    faults = []
    if not _TOKEN.fullmatch(token):
        faults.append(("", "has no token: the form makes one with new_token()"))
    if not _ROLE.fullmatch(role):
        faults.append(("", "says no role: name the role that records, never a person"))
    if at.tzinfo is None:
        faults.append(("", "has a time without its zone"))
    if faults:
        raise NotRecorded("record", faults)


def make_ready(
    register: Register, said: Mapping[str, str], *, token: str, entry: str | None, before: Mapping[str, str] | None, on: date
) -> Ready:  # fmt: skip
    """Check one row of a register, as `read_values` read it, against its contract. Raises NotRecorded with every fault.

    before  what stands of the entry that `entry` names, as far as this store knows it whole; null where it does not
    on      the recorder's own day: nothing that must be past may be after it
    """
    own, said = register.own_reference, dict(said)
    if entry is not None and (own is None or not _ENTRY.fullmatch(entry)):
        raise NotRecorded(register.feed, [("", "cannot be updated: what is known by place and day is recorded anew")])
    if own and own in said:
        raise NotRecorded(register.feed, [(own, "is given by the store and cannot be chosen")])
    if own and entry is None:
        said[own] = own_reference(token)
    whole = {**before, **said} if before is not None else said
    is_part = entry is not None and before is None
    faults = check_row(register, whole, on=on, is_part=is_part)
    if entry is not None and not said:
        faults.append(("", "changes nothing"))
    if faults:
        raise NotRecorded(register.feed, faults)
    if entry is not None:
        return Ready(register.feed, said, entry, whole.get("place_id") or None)
    return _whole_row(register, said)


def make_correction(register: Register, corrected: Event, said: Mapping[str, str], *, on: date) -> Ready:
    """Check what an event says once it is corrected. Raises NotRecorded with every fault."""
    own = register.own_reference
    if own and own in said:
        raise NotRecorded(register.feed, [(own, "is given by the store and cannot be chosen")])
    now = {**corrected.fields, **said}
    is_part = own is not None and own not in now
    faults = check_row(register, now, on=on, is_part=is_part)
    if now == corrected.fields:
        faults.append(("", "changes nothing"))
    if faults:
        raise NotRecorded(register.feed, faults)
    if is_part:
        place = now.get("place_id") or corrected.place_id
        return Ready(register.feed, now, corrected.entry_key, place, corrected.number)
    return replace(_whole_row(register, now), corrects=corrected.number)


def _whole_row(register: Register, row: Mapping[str, str]) -> Ready:
    kept = {one.name: row[one.name] for one in register.fields if row.get(one.name)}
    key = entry_id(register.feed, [kept.get(name, "") for name in register.key])
    return Ready(register.feed, kept, key, kept.get("place_id"))


def check_row(register: Register, row: Mapping[str, str], *, on: date, is_part: bool = False) -> list[tuple[str, str]]:
    """What is wrong with values that are each of their type: what must be said, and what must come after what.

    is_part  only what changes of an entry is here: nothing is missing, but what is required may not be cleared
    """
    faults = []
    for one in register.fields:
        value = row.get(one.name, "")
        if one.required and not value and not (is_part and one.name not in row):
            faults.append((one.name, "is required and is blank"))
        if one.past and one.type == "date" and value and date.fromisoformat(value) > on:
            faults.append((one.name, "is in the future"))
        faults += [
            (one.name, f"is earlier than {other}")
            for other in one.not_before
            if value and row.get(other) and value < row[other]
        ]
    located = any(all(row.get(name) for name in group) for group in register.location)
    if register.location and not located and not is_part:
        faults.append(("", f"says nowhere where: it needs {' or '.join(' + '.join(one) for one in register.location)}"))
    if row.get("status") == "dropped" and register.field("dropped_because") and not row.get("dropped_because"):
        faults.append(("dropped_because", "is asked for whenever something is dropped"))
    return faults


def as_wanted(corrected: Event, role: str, token: str, seen: int | None) -> Wanted:
    """What a correction takes over from what it corrects, which its author has seen."""
    return Wanted(
        corrected.feed, {}, role, token, corrected.locality, corrected.meeting_on, place_id=corrected.place_id,
        seen=max(seen or 0, corrected.number),
    )  # fmt: skip


def screen_words(
    register: Register, fields: Mapping[str, str], screen: Screen, *, may_wait: bool = False
) -> tuple[str, ...]:  # fmt: skip
    """Screen every text that is to be recorded; returns the columns whose words wait for the data steward.

    Raises TextHeld naming the words: those that are refused, and where not `may_wait` those that would wait.
    """
    found = find_held(register, fields, screen)
    if found and not (may_wait and outcome_of(found) == "waits"):
        raise TextHeld(register.feed, outcome_of(found), found)
    return tuple(dict.fromkeys(one.column for one in found))


def outcome_of(found: Sequence[Found]) -> Literal["refused", "waits"]:
    """What becomes of texts with these words in them: one that nobody may release refuses them all."""
    return "refused" if any(one.outcome == "refused" for one in found) else "waits"


def find_held(register: Register, fields: Mapping[str, Any], screen: Screen) -> tuple[Found, ...]:
    """Which words of these texts may not be recorded, and why: for a form while it is being written."""
    found: list[Found] = []
    for one in register.fields:
        text = fields.get(one.name)
        if not one.words or not isinstance(text, str) or not text:
            continue
        verdict = screen(text)
        if verdict.outcome == "accepted":
            continue
        found += [
            Found(one.name, span.start, span.end, span.kind, str(span.outcome), text[span.start : span.end])
            for span in verdict.spans
        ] or [Found(one.name, 0, len(text), "held", str(verdict.outcome), text)]
    return tuple(found)
