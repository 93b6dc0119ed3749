"""What stands of a register: every event nobody corrected, laid over one another in the order they were first recorded."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.record.columns import Register
from pipelines.record.events import Entry, Event


def entries_of(register: Register, in_force: Iterable[Event]) -> list[Entry]:
    """One entry for each key, in the order first recorded. A correction stands where what it corrects stood.

    in_force  events that no other corrects, in the order of the events their lines of corrections began with
    """
    found: dict[str, list[Event]] = {}
    for event in in_force:
        if not event.withdraws:
            found.setdefault(event.entry_key, []).append(event)
    return [_entry(register, events) for events in found.values()]


def standing(register: Register, events: Iterable[Event]) -> list[Entry]:
    """What stands of one register by all these events and no other: `in_force`, as the store's own view has it."""
    mine = {one.number: one for one in events if one.feed == register.feed}
    corrected = {one.corrects for one in mine.values()}

    def begins_with(event: Event) -> int:
        while event.corrects is not None:
            event = mine[event.corrects]
        return event.number

    kept = [one for one in mine.values() if one.number not in corrected]
    return entries_of(register, sorted(kept, key=lambda one: (begins_with(one), one.number)))


def _entry(register: Register, events: list[Event]) -> Entry:
    own, newest = register.own_reference, max(events, key=lambda one: one.number)
    # An entry with a reference of its own is changed column by column; any other is said again as a whole.
    fields = {name: value for one in (events if own else events[-1:]) for name, value in one.fields.items()}
    is_update = own is not None and own not in fields
    if not is_update:
        fields = {name: value for name, value in fields.items() if value}
    place = fields.get("place_id") or next((one.place_id for one in reversed(events) if one.place_id), None)
    ordered = {one.name: fields[one.name] for one in register.fields if one.name in fields}
    last = {name: one for one in (events if own else events[-1:]) for name in one.fields}
    # What a contract of today no longer has was still said.
    ordered |= {name: value for name, value in fields.items() if name not in ordered}
    return Entry(
        register.feed, events[0].entry_key, place, newest.locality, ordered, newest, is_update,
        any(one.unseen for one in events), tuple(name for name in ordered if name in last[name].waits),
    )  # fmt: skip
