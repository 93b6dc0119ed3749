"""The one way from a form into the register store: who, words, rules, the trail, and only then the store.

Each step can say no, and then nothing was written and the draft stays in its author's session. What is said to them names
the words that hold it back; neither those words nor any other of the entry go to a log, the trail or an address.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboard import access, clock, reads, trail
from dashboard.recording import choices, drafts, kept, screening, who
from dashboard.recording.choices import Kind
from dashboard.recording.drafts import Draft
from dashboard.recording.sitting import Sitting
from dashboard.signin.guard import NotLetIn
from dashboard.wording import meeting
from dashboard.wording import recording as words
from pipelines.errors import HarmError
from pipelines.record import (
    AlreadyRecorded,
    Event,
    Found,
    NotRecorded,
    RecordError,
    Screen,
    Store,
    TextHeld,
    Wanted,
    entry_id,
    open_store,
    read_register,
)
from pipelines.record.events import find_held, outcome_of
from pipelines.settings import Settings
from pipelines.trail import TrailFault

log = logging.getLogger(__name__)
# Registers of one entry a place, day and kind, where a second one would take the first one's words away.
ONE_A_DAY = {"place_strengths": "note"}


def allowed(sitting: Sitting, place_id: str) -> who.Recorder | None:
    """Whoever presses, if they may record for this meeting and of this place; else they are told, and it is null."""
    try:
        recorder = who.recorder()
    except NotLetIn:
        recorder = None
    if recorder is None or not recorder.may_record_for(sitting.locality) or place_id not in sitting.names:
        drafts.tell("failed", [words.NOT_YOURS])
        return None
    return recorder


def save(sitting: Sitting, place_id: str, kind: Kind, one: Draft) -> None:
    """Record what a form says, or say why not: what pressing Save does."""
    drafts.gather(one, [asked.column for asked in choices.asks(kind, corrects=bool(one.corrects))])
    recorder = allowed(sitting, place_id)
    if recorder is None:
        return
    one.faults, fields = _fields(kind, one)
    if one.faults:
        drafts.tell("held", [words.LOOK_AGAIN])
        return
    if one.corrects:
        fields = {name: text for name, text in fields.items() if text != one.before.get(name, "")}
    else:
        fields = {**{name: text for name, text in fields.items() if text}, **_fixed(kind, sitting, place_id)}
    try:
        event = _record(sitting, place_id, kind, one, fields, recorder.role)
    except HarmError as fault:
        _say(sitting, kind, one, fault)
        return
    except NotLetIn:
        drafts.tell("failed", [words.NOT_YOURS])
        return
    if event is not None:
        drafts.drop(one)
        st.session_state[drafts.KIND] = None


def _record(sitting: Sitting, place_id: str, kind: Kind, one: Draft, fields: dict[str, str], role: str) -> Event | None:
    """Screen, check, note on the trail, record. Null where its author is to look again first. Raises HarmError."""
    settings, at = Settings(reads.data_dir()), clock.now().astimezone()
    screen = screening.screen_for(reads.current_snapshot(access.audience()))
    found = find_held(read_register(settings, kind.feed), fields, screen)
    if found and (outcome_of(found) == "refused" or found != one.told):  # before the store is asked for anything
        one.told = found
        raise TextHeld(kind.feed, outcome_of(found), found)
    store = open_store(settings)
    if not one.corrects and _takes_words_away(store, kind, one, fields):
        return None
    entry = str(one.values["entry"]) if kind.code == "action_update" and not one.corrects else None
    wanted = Wanted(
        kind.feed, fields, role, one.token, sitting.locality, sitting.meeting_on, entry,
        place_id if entry else None, one.seen, may_wait=bool(found),
    )  # fmt: skip
    if not one.corrects:
        store.check(wanted, screen=screen, at=at)
    action = "correct" if one.corrects or entry else "record"
    said = f"{action} {sorted(fields.items())}"
    if one.noted != said:  # no line, no entry; sent again after a lost answer, it has its line
        trail.note(action, selection=of(sitting, kind.feed))
        one.noted = said
    if one.corrects:
        event = store.correct(
            one.corrects, fields, role=role, token=one.token, screen=screen, at=at, seen=one.seen, may_wait=bool(found)
        )  # fmt: skip
    else:
        event = store.record(wanted, screen=screen, at=at)
    kept.answers_again()
    drafts.tell("done", _told(store, sitting, kind, one, event))
    return event


def withdraw(sitting: Sitting, event: Event, token: str) -> None:
    """Take back what was recorded by mistake, or say why that cannot be."""
    recorder = allowed(sitting, event.place_id or "")
    if recorder is None:
        return
    try:
        store = open_store(Settings(reads.data_dir()))
        trail.note("withdraw", selection=of(sitting, event.feed))
        at = clock.now().astimezone()
        store.withdraw(event.number, role=recorder.role, token=token, at=at, seen=event.number)
    except HarmError as fault:
        drafts.tell("failed", [words.failed(str(fault)) if isinstance(fault, RecordError) else words.UNTOLD])
        return
    drafts.tell("done", [words.taken_back(event.number)])


def of(sitting: Sitting, feed: str) -> dict[str, str]:
    """What the trail says of an entry: never its place, nor a word of it."""
    return {"register": feed, "locality": sitting.locality, "meeting": sitting.meeting_on.isoformat()}


def _fields(kind: Kind, one: Draft) -> tuple[dict[str, str], dict[str, str]]:
    """(what is wrong by column, the columns as text): every one the form asks for, "" where nothing was said."""
    faults: dict[str, str] = {}
    fields: dict[str, str] = {}
    for asked in choices.asks(kind, corrects=bool(one.corrects)):
        said = one.values.get(asked.column)
        text = words.joined(said) if isinstance(said, list) else " ".join(str(said or "").split())
        if asked.must and not text and asked.column not in one.waits:
            faults[asked.column] = words.NEEDED
        if asked.ask == "day" and text:
            day = choices.as_day(text)
            faults.update({} if day else {asked.column: words.NO_DAY})
            text = day.isoformat() if day else ""
        if asked.column != "entry":
            fields[asked.column] = text
    if fields.get("status") == choices.DROPPED and "dropped_because" in fields and not fields["dropped_because"]:
        faults["dropped_because"] = words.NEEDED
    return faults, fields


def _fixed(kind: Kind, sitting: Sitting, place_id: str) -> dict[str, str]:
    said = choices.fixed(kind, sitting, place_id)
    return {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in said.items()}


def _takes_words_away(store: Store, kind: Kind, one: Draft, fields: Mapping[str, str]) -> bool:
    """Whether other words stand where these would: their author is told once, and may then go on."""
    column = ONE_A_DAY.get(kind.feed)
    if column is None:
        return False
    key = entry_id(kind.feed, [fields.get(name, "") for name in store.register(kind.feed).key])
    there = next((each for each in store.current(kind.feed, fields["place_id"]) if each.entry_key == key), None)
    if there is None or there.newest.token == one.token or one.warned == there.newest.number:
        return False
    before = there.shown.get(column, meeting.HELD)
    if before in fields.get(column, ""):
        return False
    one.warned = one.seen = there.newest.number
    one.faults[column] = words.stands_already(before)
    drafts.tell("held", [words.ONE_A_DAY])
    return True


def _told(store: Store, sitting: Sitting, kind: Kind, one: Draft, event: Event) -> list[str]:
    """What is said once an entry stands; and what somebody else recorded of the place while it was written."""
    said = [words.recorded(event.number, words.KINDS[kind.code], sitting.names.get(event.place_id or "", ""))]
    said += [words.TO_THE_STEWARD] if event.waits else []
    if one.seen is None:  # the store did not answer when the form was drawn: nobody knows what its author had seen
        return said
    try:
        others = [
            each for each in store.since(sitting.locality, sitting.meeting_on)
            if one.seen < each.number < event.number and each.place_id == event.place_id and not each.withdraws
        ]  # fmt: skip
    except RecordError:
        return said  # it stands: what else does is read when the page is drawn
    if event.unseen:
        said.append(words.BOTH_KEPT)
    kinds = [choices.kind_of(each.feed, each.fields) for each in others]
    named = [words.KINDS[each.code] for each in kinds if each is not None]
    return [*said, words.meanwhile(named)] if named else said


def _say(sitting: Sitting, kind: Kind, one: Draft, fault: HarmError) -> None:
    """Tell its author why nothing was recorded. The draft stays."""
    if isinstance(fault, TextHeld):
        one.found = by_column(fault.found)
        drafts.tell("held", [words.HELD[fault.outcome]])
    elif isinstance(fault, NotRecorded):
        one.faults = {column: words.in_words(said) for column, said in fault.faults if kind.asked(column)}
        rest = [words.in_words(said) for column, said in fault.faults if not kind.asked(column)]
        drafts.tell("held", [words.LOOK_AGAIN, *map(words.of_the_whole, rest)])
    elif isinstance(fault, AlreadyRecorded):
        _go_on_as_correction(sitting, one, fault.number)
        drafts.tell("held", [words.already(fault.number)])
    elif isinstance(fault, TrailFault):
        drafts.tell("failed", [words.UNTOLD])
    else:
        # Which kind of fault, and never what it said: a message might hold a word.
        log.warning("an entry was not recorded: %s", type(fault).__name__)
        drafts.tell("failed", [words.failed(str(fault)) if isinstance(fault, RecordError) else words.NOT_NOW])


def _go_on_as_correction(sitting: Sitting, one: Draft, number: int) -> None:
    """What was sent before stands, though its answer was lost: saved again, the draft is a correction of it."""
    sent = open_store(Settings(reads.data_dir())).since(sitting.locality, sitting.meeting_on)
    before = next((each for each in sent if each.number == number), None)
    if before is not None:
        values = one.values
        drafts.drop(one)
        again = drafts.all_drafts().setdefault(one.key, Draft(one.key, values=values, touched=True))
        again.corrects, again.before, again.seen = number, before.shown, number


def by_column(found: tuple[Found, ...]) -> dict[str, tuple[Found, ...]]:
    """Words that hold an entry back, under the column they stand in."""
    return {column: tuple(one for one in found if one.column == column) for column in {one.column for one in found}}


def look(kind: Kind, one: Draft, column: str, screen: Screen) -> None:
    """Screen one text as its author leaves it: they learn which words would hold it back before they save."""
    drafts.gather(one, [column])
    text = one.values.get(column)
    if isinstance(text, str) and text:
        register = read_register(Settings(reads.data_dir()), kind.feed)
        found = find_held(register, {column: " ".join(text.split())}, screen)
        one.found = {**one.found, column: found} if found else {k: v for k, v in one.found.items() if k != column}
