"""What was recorded and no snapshot holds yet, read back from the store: plain rows, for the pages and for nothing else.

A row is `feed`, `entry_id` (what a snapshot calls it), `place_id`, `fields`, `held_back` (columns whose words wait for the
data steward, and are not among `fields`), `number`, `at`, `role`, `locality` and `meeting_on` (days as text): what a frozen
meeting keeps of it as well.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import access, clock, reads
from dashboard.recording.choices import FEEDS
from dashboard.recording.sitting import Sitting
from pipelines.errors import HarmError, NotForThisAudience
from pipelines.insight.registers import COLUMNS
from pipelines.record import Entry, Event, Store, open_existing
from pipelines.settings import Settings

Row = dict[str, Any]
# A store that does not answer is left alone for a while: every page would wait for it.
PATIENCE_SECONDS = 10.0
_silent_since: dict[str, float] = {}
_lock = threading.Lock()


class NotReadable(Exception):
    """The register store does not answer: what this meeting recorded is not shown, and the page says so."""


def not_yet_published(snapshot: reads.Snapshot) -> list[Row]:
    """What stands in the store and is otherwise in this snapshot, or not in it at all; oldest first.

    Only of places this snapshot's audience has. Raises NotReadable, NotLetIn.
    """
    store = _store()
    if store is None:
        return []
    audience = snapshot.audience
    key = (str(reads.data_dir().resolve()), _asked(store.newest), snapshot.id, audience.name, audience.locality)
    access.require(audience)  # what is cached was asked for somebody
    return _unpublished(key, store, snapshot)


def of_sitting(sitting: Sitting) -> list[Event]:
    """What a meeting recorded that nobody corrected or took back since, oldest first. Raises NotReadable."""
    store = _store()
    if store is None:
        return []
    every = _asked(lambda: store.of_meeting(sitting.locality, sitting.meeting_on))
    corrected = {one.corrects for one in every}
    return [one for one in every if one.number not in corrected and not one.withdraws]


def newest() -> int | None:
    """The number of the newest event there is, for a form that is drawn now; null where the store does not answer."""
    try:
        store = _store()
        return store.newest() if store is not None else 0
    except (HarmError, NotReadable):
        return None


def _store() -> Store | None:
    settings = Settings(reads.data_dir())
    return _asked(lambda: open_existing(settings))


def _asked(question: Any) -> Any:
    folder = str(reads.data_dir().resolve())
    with _lock:
        since = _silent_since.get(folder)
    if since is not None and 0 <= clock.elapsed() - since < PATIENCE_SECONDS:
        raise NotReadable
    try:
        found = question()
    except HarmError as fault:
        with _lock:
            _silent_since[folder] = clock.elapsed()
        raise NotReadable from fault
    with _lock:
        _silent_since.pop(folder, None)
    return found


def answers_again() -> None:
    """The store took an entry: what was thought of it before is forgotten."""
    with _lock:
        _silent_since.pop(str(reads.data_dir().resolve()), None)


@st.cache_data(max_entries=64, show_spinner=False)
def _unpublished(key: tuple[str, int, str, str, str | None], _store: Store, _snapshot: reads.Snapshot) -> list[Row]:
    """As of the newest event there was."""
    rows = [row for feed in FEEDS for row in _of_feed(_store, feed, _snapshot)]
    return sorted(rows, key=lambda row: int(row["number"]))


def _of_feed(store: Store, feed: str, snapshot: reads.Snapshot) -> list[Row]:
    standing = _asked(lambda: store.current(feed))
    try:
        published: list[dict[Any, Any]] = snapshot.register(feed).to_dict("records") if standing else []
    except NotForThisAudience:
        return []
    by_entry, places = {row["entry_id"]: row for row in published}, _places(snapshot)
    free = [] if _may_read_words(snapshot) else [one.name for one in store.register(feed).fields if one.words]
    mine = [one for one in standing if one.place_id in places]
    return [_row(feed, one, free) for one in mine if not _holds(by_entry.get(one.entry_key), one.fields, COLUMNS[feed])]


def _row(feed: str, one: Entry, without: Sequence[str]) -> Row:
    newest = one.newest
    return {
        "feed": feed, "entry_id": one.entry_key, "place_id": one.place_id, "number": newest.number,
        "fields": {name: text for name, text in one.shown.items() if name not in without}, "held_back": list(one.waits),
        "at": newest.at.isoformat(), "role": newest.role, "locality": newest.locality, "is_update": one.is_update,
        "meeting_on": newest.meeting_on.isoformat() if newest.meeting_on else None,
    }  # fmt: skip


def _places(snapshot: reads.Snapshot) -> set[str]:
    return {str(one) for one in snapshot.areas_of(snapshot.audience.locality)["area_id"]}


def _may_read_words(snapshot: reads.Snapshot) -> bool:
    """Whether this audience reads the words of registers: as the policy says of what is published."""
    rules = getattr(Settings(reads.data_dir()).policy.audiences, snapshot.audience.name)
    return bool(rules.register_text)


def _holds(published: Mapping[Any, Any] | None, fields: Mapping[str, str], columns: Sequence[str]) -> bool:
    """Whether a snapshot's entry says what was recorded; words that wait for a steward, and what may not be shown, do."""
    if published is None:
        return False
    if published["led_elsewhere"]:
        return True
    return all(_same(published, name, fields[name]) for name in columns if name in fields)


def _same(published: Mapping[Any, Any], name: str, said: str) -> bool:
    value = published[name]
    return name in published["held_back"] or ("" if value is None else str(value)) == said
