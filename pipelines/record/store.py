"""The store itself: record, correct, and read what stands. See the package for how it is used."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from pipelines.record import engine as database
from pipelines.record.columns import Register, read_registers
from pipelines.record.errors import AlreadyRecorded, Found, RecordError
from pipelines.record.events import (
    Entry,
    Event,
    Ready,
    Screen,
    Wanted,
    as_wanted,
    find_held,
    make_correction,
    make_ready,
    require_form,
    screen_words,
)
from pipelines.record.standing import entries_of
from pipelines.record.values import read_values
from pipelines.settings import Settings

_COLUMNS = ("number", "token", "at", "recorded_on", "role", "locality", "meeting_on", "feed", "entry_key", "place_id",
            "fields", "corrects", "seen", "waits")  # fmt: skip


def _table(name: str, *more: str) -> sa.TableClause:
    days = {one: sa.column(one, sa.Date()) for one in ("recorded_on", "meeting_on")}
    return sa.table(name, *(days.get(one, sa.column(one)) for one in (*_COLUMNS, *more)))


EVENTS, IN_FORCE = _table("events"), _table("in_force", "stands_at")
_engines: dict[sa.URL, tuple[sa.Engine, tuple[int, int] | None]] = {}
_making = threading.Lock()


def new_token() -> str:
    """What a form is known by from when it is drawn until it is recorded."""
    return secrets.token_hex(16)


def store_exists(settings: Settings) -> bool:
    """Whether there is a store to read, without making one: a data directory nobody recorded in has none."""
    url = database.url_of(settings)
    return url.get_backend_name() != "sqlite" or database.file_of(url) is not None


def open_store(settings: Settings) -> Store:
    """The store of a data directory, its tables made or brought to this version first.

    Raises RecordError where it cannot be reached or made, SettingsError for a contract that cannot be read.
    """
    url = database.url_of(settings)
    with _making:
        engine, file = _engines.get(url, (None, None))
        # A file put in the place of another is another store: what is written to the old one is lost.
        if engine is None or file != database.file_of(url):
            engine = database.make_engine(url)
            try:
                database.bring_up(engine)
            except BaseException:
                engine.dispose()
                raise
            _engines[url] = engine, database.file_of(url)
    return Store(settings, engine)


class Store:
    """The events of one data directory. May be used by several threads at once."""

    def __init__(self, settings: Settings, engine: sa.Engine) -> None:
        self.settings = settings
        self._engine = engine
        self._registers: dict[str, Register] = {}

    def registers(self) -> dict[str, Register]:
        """Every register there is a contract for."""
        if not self._registers:
            self._registers = read_registers(self.settings)
        return self._registers

    def register(self, feed: str) -> Register:
        """One register, with its columns. Raises RecordError where there is none of that name."""
        found = self.registers().get(feed)
        if found is None:
            raise RecordError(f"there is no register of that name; the registers are {', '.join(self.registers())}")
        return found

    def held(self, feed: str, fields: Mapping[str, Any], screen: Screen) -> tuple[Found, ...]:
        """Which words of these texts may not be recorded, and why; empty where all may. Nothing is read or written."""
        return find_held(self.register(feed), fields, screen)

    def check(self, wanted: Wanted, *, screen: Screen, at: datetime) -> None:
        """Everything `record` looks at, without writing: raises what it would raise."""
        register, said, _ = self._read(
            wanted.feed, wanted.fields, wanted.role, wanted.token, screen, at, may_wait=wanted.may_wait
        )  # fmt: skip
        with database.reading(self._engine) as connection:
            before = _before(connection, register, wanted.entry)
        make_ready(register, said, token=wanted.token, entry=wanted.entry, before=before, on=at.date())

    def record(self, wanted: Wanted, *, screen: Screen, at: datetime) -> Event:
        """Record one thing, for good: it is on the disk when this returns.

        screen  the gate's free-text screen; what it refuses never reaches the database, and what would wait only where
                its author may have it wait
        at      now, by the recorder's clock and zone

        Raises NotRecorded, TextHeld, AlreadyRecorded, or RecordError where the store cannot be reached; see the package.
        """
        register, said, waits = self._read(
            wanted.feed, wanted.fields, wanted.role, wanted.token, screen, at, may_wait=wanted.may_wait
        )  # fmt: skip
        with database.one_writer(self._engine) as connection:
            before = _before(connection, register, wanted.entry)
            ready = make_ready(register, said, token=wanted.token, entry=wanted.entry, before=before, on=at.date())
            return _write(connection, replace(ready, waits=waits), wanted, at)

    def correct(
        self, number: int, fields: Mapping[str, Any], *, role: str, token: str, screen: Screen, at: datetime,
        seen: int | None = None, may_wait: bool = False,
    ) -> Event:  # fmt: skip
        """Record an event in the place of another: `fields` says what changes ("" clears), the rest stands as it was.

        The one corrected stays in the history. Raises as `record` does, and RecordError where there is no such event, or
        one that was seen stands in its place already.
        """
        with database.reading(self._engine) as connection:
            corrected = event_of(connection, number)
        register, said, waits = self._read(corrected.feed, fields, role, token, screen, at, may_wait=may_wait)
        if corrected.withdraws:
            raise RecordError(f"number {number} took another back and says nothing to correct: record the entry anew")
        # What is taken over as it was waits as it did.
        waits = (*waits, *(one for one in corrected.waits if one not in said))
        ready = replace(make_correction(register, corrected, said, on=at.date()), waits=waits)
        with database.one_writer(self._engine) as connection:
            return _write(connection, ready, as_wanted(corrected, role, token, seen), at)

    def withdraw(self, number: int, *, role: str, token: str, at: datetime, seen: int | None = None) -> Event:
        """Record that an event was never to be: nothing stands in its place, and the history shows both."""
        require_form(role, token, at)
        with database.one_writer(self._engine) as connection:
            corrected = event_of(connection, number)
            if corrected.withdraws:
                raise RecordError(f"number {number} takes another back and cannot itself be: record the entry anew")
            own = self.register(corrected.feed).own_reference
            stand = _in_force(connection, corrected.feed, corrected.entry_key)
            later = [one.number for one in stand if one.number > number and not one.withdraws]
            if own and own in corrected.fields and later:
                said = ", ".join(map(str, later))
                raise RecordError(f"number {number} began an entry that others changed since: take back {said} first")
            ready = Ready(corrected.feed, {}, corrected.entry_key, corrected.place_id, number)
            return _write(connection, ready, as_wanted(corrected, role, token, seen), at)

    def _read(
        self, feed: str, fields: Mapping[str, Any], role: str, token: str, screen: Screen, at: datetime, *, may_wait: bool
    ) -> tuple[Register, dict[str, str], tuple[str, ...]]:  # fmt: skip
        """Values as text, screened, and which of them wait.

        Before a connection is asked for, so that what is refused is in no query and no log.
        """
        require_form(role, token, at)
        register = self.register(feed)
        said = read_values(register, fields)
        return register, said, screen_words(register, said, screen, may_wait=may_wait)

    def newest(self) -> int:
        """The number of the newest event there is; 0 before the first."""
        with database.reading(self._engine) as connection:
            return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(EVENTS.c.number), 0))).scalar_one())

    def events(self, *, through: date | None = None) -> list[Event]:
        """Every event recorded by the end of a day (null = all), oldest first, corrected ones too."""
        return self._ask(EVENTS.c.recorded_on <= through if through else sa.true())

    def since(self, locality: str, meeting_on: date) -> list[Event]:
        """What the meetings of a locality recorded from that one on, oldest first, corrected ones too."""
        return self._ask(EVENTS.c.locality == locality, EVENTS.c.meeting_on >= meeting_on)

    def of_meeting(self, locality: str, meeting_on: date) -> list[Event]:
        """What one meeting of a locality recorded, oldest first, corrected ones too."""
        return self._ask(EVENTS.c.locality == locality, EVENTS.c.meeting_on == meeting_on)

    def history(self, entry_key: str) -> list[Event]:
        """Every event of one entry, oldest first: also those that put another entry in its place, or took it back."""
        found = self._ask(EVENTS.c.entry_key == entry_key)
        seen: set[int] = set()
        while fresh := {one.number for one in found} - seen:
            seen |= fresh
            found = self._ask(sa.or_(EVENTS.c.number.in_(seen), EVENTS.c.corrects.in_(fresh)))
        return found

    def current(self, feed: str, place_id: str | None = None, locality: str | None = None) -> list[Entry]:
        """What stands of a register, as recorded here: one row per entry, in the order they were first recorded.

        place_id, locality  only entries of that place; only what was last changed in a meeting of that locality
        """
        register = self.register(feed)
        with database.reading(self._engine) as connection:
            found = entries_of(register, _in_force(connection, feed))
        return [
            one for one in found
            if (place_id is None or one.place_id == place_id) and (locality is None or one.locality == locality)
        ]  # fmt: skip

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _ask(self, *which: sa.ColumnElement[bool]) -> list[Event]:
        with database.reading(self._engine) as connection:
            return _select(connection, EVENTS, EVENTS.c.number, *which)


def _before(connection: sa.Connection, register: Register, entry: str | None) -> Mapping[str, str] | None:
    """What stands of an entry that was begun in this store; null where it came by a file, or is new."""
    if entry is None:
        return None
    found = entries_of(register, _in_force(connection, register.feed, entry))
    return found[0].fields if found and not found[0].is_update else None


def _in_force(connection: sa.Connection, feed: str, entry_key: str | None = None) -> list[Event]:
    which = [IN_FORCE.c.feed == feed, *([IN_FORCE.c.entry_key == entry_key] if entry_key else [])]
    return _select(connection, IN_FORCE, IN_FORCE.c.stands_at, *which)


def event_of(connection: sa.Connection, number: int) -> Event:
    """One event by its number. Raises RecordError where there is none."""
    found = _select(connection, EVENTS, EVENTS.c.number, EVENTS.c.number == number)
    if not found:
        raise RecordError(f"nothing was recorded under number {number}")
    return found[0]


def _select(
    connection: sa.Connection, table: sa.TableClause, order: sa.ColumnElement[Any], *which: sa.ColumnElement[bool]
) -> list[Event]:
    rows = connection.execute(_with_unseen(table).where(*which).order_by(order, table.c.number)).mappings()
    return [_event(dict(row)) for row in rows]


@cache
def _with_unseen(table: sa.TableClause) -> sa.Select[Any]:
    """Events, each with whether it was made without having seen another of its entry."""
    other = EVENTS.alias("other")
    # Two that correct the same event are of one mind or of two, even where they make two entries of it.
    same = sa.or_(
        sa.and_(other.c.feed == table.c.feed, other.c.entry_key == table.c.entry_key), other.c.corrects == table.c.corrects
    )
    missed = sa.and_(other.c.number < table.c.number, other.c.number > sa.func.coalesce(table.c.seen, 0), same)
    unseen = sa.exists(sa.select(sa.literal(1)).select_from(other).where(missed)).label("unseen")
    return sa.select(*(table.c[name] for name in _COLUMNS), unseen)


def _event(said: dict[Any, Any]) -> Event:
    at, fields = datetime.fromisoformat(said.pop("at")), json.loads(said.pop("fields"))
    waits = tuple((said.pop("waits") or "").split())
    return Event(**{**said, "at": at, "fields": fields, "unseen": bool(said["unseen"]), "waits": waits})


def _write(connection: sa.Connection, ready: Ready, wanted: Wanted, at: datetime) -> Event:
    """Write one event, or give back the one this form wrote before."""
    again = _select(connection, EVENTS, EVENTS.c.number, EVENTS.c.token == wanted.token)
    if again:
        one = again[0]
        if (one.feed, one.entry_key, one.corrects) == (ready.feed, ready.entry_key, ready.corrects) and (
            one.fields == ready.fields
        ):
            return one
        raise AlreadyRecorded(one.number)
    if ready.corrects is not None:
        before = _select(connection, EVENTS, EVENTS.c.number, EVENTS.c.corrects == ready.corrects)
        if before and before[-1].number <= (wanted.seen or 0):
            raise RecordError(f"number {ready.corrects} was corrected already: correct number {before[-1].number}")
    values = {
        "token": wanted.token, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "recorded_on": at.date(),
        "role": wanted.role, "locality": wanted.locality, "meeting_on": wanted.meeting_on, "feed": ready.feed,
        "entry_key": ready.entry_key, "place_id": ready.place_id or wanted.place_id,
        "fields": json.dumps(dict(ready.fields), ensure_ascii=False), "corrects": ready.corrects, "seen": wanted.seen,
        "waits": " ".join(ready.waits) or None,
    }  # fmt: skip
    number = connection.execute(sa.insert(EVENTS).values(values).returning(EVENTS.c.number)).scalar_one()
    return event_of(connection, int(number))
