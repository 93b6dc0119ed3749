"""Erasure: words that should never have been recorded are destroyed for ever. Numbers, days, codes and corrections stay.

The one way by which an event is changed. In one transaction the database's own refusal to change an event is lifted, the
words are blanked, an event that says who approved it and why is written, and the refusal is put back. Then the file is
made anew without what was deleted (SQLite: `secure_delete`, VACUUM, and a write-ahead log cut to nothing; PostgreSQL:
VACUUM FULL), and the store's files are searched for the words. What a disk, a database server's own log or a backup keeps
of older bytes is not in its hands. A correction that said nothing but such words counts as taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from pipelines.record import engine as database
from pipelines.record.errors import Found, NotRecorded, RecordError, TextHeld
from pipelines.record.events import Event, Screen, require_form
from pipelines.record.store import EVENTS, Store, event_of

# What the event that says so is filed under: no register, so it is in no snapshot, no screen and no minutes.
FEED = "erasure"
WAIT_MS = 3_000  # for whoever reads the store to be done
_LIFT = {
    "sqlite": ("DROP TRIGGER events_never_update",),
    "postgresql": ("ALTER TABLE events DISABLE TRIGGER events_never_change",),
}
_PUT_BACK = {"postgresql": ("ALTER TABLE events ENABLE TRIGGER events_never_change",)}


@dataclass(frozen=True)
class Erased:
    """What an erasure did.

    events    the numbers whose words are gone; `said_by` is the number of the event that says so, null where they had none
              left and the files alone were made anew
    also_in   numbers of other events that say one of the same texts: erase them too
    searched  files of the store that were searched for the words (none of PostgreSQL's)
    """

    events: tuple[int, ...]
    said_by: int | None
    also_in: tuple[int, ...]
    searched: int


def erase(
    store: Store, numbers: Sequence[int], *, approved_by: str, reason: str, token: str, screen: Screen, at: datetime
) -> Erased:
    """Destroy the words of some events. Safe to run again: what is gone already is not said again, the files are made anew.

    approved_by  the role that approved it; `reason` is screened as any text, since it stays

    Raises NotRecorded and TextHeld for a form that is not sound, RecordError for a number there is not, for a store that
    cannot be reached or is being read, and where the words are still found in its files.
    """
    require_form(approved_by, token, at)
    _require_reason(reason, screen)
    wanted = tuple(sorted(set(numbers)))
    with database.one_writer(store._engine) as connection:
        events = _events(connection, wanted)
        gone = {one.number: dict(words_of(store, one)) for one in events}
        some = {number: words for number, words in gone.items() if words}
        also_in = _also_in(connection, some, wanted)
        said_by = _blank(connection, events, some, approved_by, reason, token, at) if some else None
    _make_anew(store)
    texts = {text for words in some.values() for text in words.values()}
    return Erased(wanted, said_by, also_in, _search(store, texts))


def words_of(store: Store, event: Event) -> Iterator[tuple[str, str]]:
    """The columns of an event that hold words, and what they say: of a column no contract has any more, too."""
    register = store.registers().get(event.feed)
    for name, value in event.fields.items():
        field = register.field(name) if register else None
        if value and (field is None or field.words):
            yield name, value


def _require_reason(reason: str, screen: Screen) -> None:
    if not reason.strip() or len(reason) > 200:
        raise NotRecorded(FEED, [("reason", "is between 1 and 200 letters")])
    verdict = screen(reason)
    if verdict.outcome != "accepted":
        found = tuple(Found("reason", one.start, one.end, one.kind, str(one.outcome), reason[one.start : one.end])
                      for one in verdict.spans)  # fmt: skip
        raise TextHeld(FEED, "refused" if verdict.outcome == "refused" else "waits", found)


def _events(connection: sa.Connection, numbers: Sequence[int]) -> list[Event]:
    found = [event_of(connection, one) for one in numbers]
    if any(one.feed == FEED for one in found):
        raise RecordError("an event that says what was erased is not erased itself: leave its number out")
    return found


def _also_in(connection: sa.Connection, gone: Mapping[int, Mapping[str, str]], wanted: Sequence[int]) -> tuple[int, ...]:
    """Other events that say one of the texts word for word: a correction takes over what it does not change."""
    texts = {text for words in gone.values() for text in words.values() if " " in text}
    rows = connection.execute(sa.select(EVENTS.c.number, EVENTS.c.fields).order_by(EVENTS.c.number))
    return tuple(
        int(number) for number, fields in rows if number not in wanted and texts & set(map(str, json.loads(fields).values()))
    )


def _blank(
    connection: sa.Connection, events: Sequence[Event], gone: Mapping[int, Mapping[str, str]], approved_by: str, reason: str,
    token: str, at: datetime,
) -> int:  # fmt: skip
    dialect = connection.dialect.name
    refusal = None
    if dialect == "sqlite":
        refusal = connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'events_never_update'")
        ).scalar_one()
    for statement in _LIFT[dialect]:
        connection.execute(sa.text(statement))
    for event in events:
        kept = {name: value for name, value in event.fields.items() if name not in gone.get(event.number, {})}
        if event.number in gone:
            text = json.dumps(kept, ensure_ascii=False)
            connection.execute(sa.update(EVENTS).where(EVENTS.c.number == event.number).values(fields=text))
    for statement in (refusal,) if refusal else _PUT_BACK[dialect]:
        connection.execute(sa.text(statement))
    first = next(one for one in events if one.number in gone)
    said = {"erased": ", ".join(map(str, sorted(gone))), "reason": " ".join(reason.split())}
    values = {
        "token": token, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "recorded_on": at.date(),
        "role": approved_by, "locality": None, "meeting_on": None, "feed": FEED, "entry_key": first.entry_key,
        "place_id": None, "fields": json.dumps(said, ensure_ascii=False), "corrects": None, "seen": None,
    }  # fmt: skip
    return int(connection.execute(sa.insert(EVENTS).values(values).returning(EVENTS.c.number)).scalar_one())


def _make_anew(store: Store) -> None:
    """Write the database's file again without what was deleted, and cut its log to nothing."""
    engine = store._engine
    full = "VACUUM FULL events" if engine.dialect.name == "postgresql" else "VACUUM"
    engine.dispose()  # a connection that idles in the pool would keep the log alive
    try:
        raw = engine.raw_connection()
        try:
            raw.driver_connection.rollback()  # type: ignore[union-attr]
            if engine.dialect.name == "postgresql":
                raw.driver_connection.autocommit = True  # type: ignore[union-attr]
            cursor = raw.cursor()
            if engine.dialect.name == "sqlite":
                cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
            cursor.execute(full)
            if engine.dialect.name == "sqlite":
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if (cursor.fetchone() or (1,))[0]:
                    raise RecordError(
                        "the words are erased, but somebody is reading the store, and its log still holds them: close the "
                        "dashboard and run this again"
                    )
            cursor.close()
        finally:
            raw.invalidate()
            raw.close()
    except database._GONE as wrong:
        raise RecordError(
            "the words are erased, but the store's file could not be made anew: run this again when nobody uses it"
        ) from wrong


def _search(store: Store, texts: set[str]) -> int:
    """Search the files of the store for what was erased. Raises RecordError where it is there; returns how many files."""
    url = store._engine.url
    if url.get_backend_name() != "sqlite":
        return 0
    with database.reading(store._engine) as connection:
        rows = connection.execute(sa.text("SELECT * FROM events")).all()
        made = connection.execute(sa.text("SELECT sql FROM sqlite_master")).all()
    left = [str(value) for row in (*rows, *made) for value in row]
    # What another event says too, or the database of itself, is there for that.
    own = [text for text in texts if not any(text in other for other in left)]
    file = Path(str(url.database))
    files = [one for end in ("", "-wal", "-shm", "-journal") if (one := file.with_name(file.name + end)).exists()]
    quoted = [json.dumps(text, ensure_ascii=plain)[1:-1] for text in own for plain in (True, False)]
    forms = {form.encode() for form in (*own, *quoted)}
    for one in files:
        content = one.read_bytes()
        if any(form in content for form in forms):
            raise RecordError(f"{one.name}: still holds words that were erased; close the dashboard and run this again")
    return len(files)
