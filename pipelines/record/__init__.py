"""The register store: what a meeting records, as events that are never changed. Apart from snapshots and the warehouse.

For whoever builds a screen or a command on it:

    store = open_store(settings)                 # cheap after the first time; makes or brings up the tables
    token = new_token()                          # when the form is drawn, and kept with its draft until it is recorded
    event = store.record(Wanted("rag_judgements", {"place_id": "BS-01", "judged_on": day, "value": "red", ...},
                                role="business_support", token=token, locality="north", meeting_on=day,
                                seen=store.newest()), screen=screen, at=now)

    store.check(wanted, screen=screen, at=now)   # the same, without writing: raises what record would raise
    store.held(feed, fields, screen)             # at the keyboard: which words would hold a text back, and why
    store.correct(event.number, {"value": "amber"}, role=..., token=..., screen=screen, at=now)   # what changes, "" clears
    store.withdraw(event.number, role=..., token=..., at=now)    # recorded by mistake: nothing stands in its place
    store.since(locality, meeting_on)            # events of that meeting and later ones of the locality, oldest first
    store.of_meeting(locality, meeting_on)       # events of one meeting: for its minutes
    store.current(feed, place_id=..., locality=...)   # what stands: one Entry each, corrections and updates applied
    store.history(entry_key)                     # every event of one entry, corrected and withdrawn ones too
    store.newest()                               # the highest number so far: what a form drawn now has seen

- `screen` is the gate's: `lambda text: pipelines.gate.screening.screen(text, places=..., agencies=...)`. Only columns with
  `Field.words` are screened. `at` is the caller's clock, with its zone: its day is the day nothing past may be after.
- What a form may ask for: `store.register(feed)`, its `fields` with `choices` (vocabularies), `required`, `meaning`.
- A new action, goal, concern or intervention gets its reference from the store: leave that column out. To change one that
  is there, pass `entry=` the snapshot's `entry_id` (or the store's `entry_key`: they are the same name) and only what
  changes. Entries known by place and day (moves, RAG, strengths, edge leads, meetings) are recorded whole.
- The same token with the same content gives back the event that stands: send again freely after a dropped connection.
- `RecordError` (and only it) is raised: NotRecorded (`faults`, by column), TextHeld (`outcome` refused or waits, `found`:
  words and why), AlreadyRecorded: after each, nothing was written. Else the store itself could not be reached, and where
  the answer alone was lost the event stands: keep the draft with its token and send it again, whichever it was.
  `waits` is what the gate calls quarantined: a steward may let it through, `refused` nobody may, and it is never stored.
  Words that would wait are stored where their author, who was told of them, sends them to the steward all the same
  (`Wanted.may_wait`): `Event.waits` and `Entry.waits` name their columns, `.shown` is the rest, and only the next build
  has them whole, which holds them back for the steward as it does a file's (`safer-places quarantine`).
- Two at once: both are kept; `Event.unseen` marks the one made without having seen the other.
- Nothing here is purged: registers keep their history, as delivered ones do (`pipelines.intake.retention`), and an event
  is never taken away, which the database itself refuses. Words that should never have been recorded are corrected, and
  so leave every later snapshot; `erase(store, numbers, ...)` destroys their bytes in the store as well, for the data
  steward and by approval: number, day, codes and corrections stay, and an event of feed `erasure` says who approved it
  and why. An entry that lost what its register requires is refused by the next build until it is corrected.
- `led_elsewhere(settings, feed, fields, on)`: a stepped-up place or a disruption that may not be shown to everybody yet.
"""

from pipelines.record.columns import Choice, Field, Register, read_register, read_registers
from pipelines.record.erasure import Erased, erase
from pipelines.record.errors import AlreadyRecorded, Found, NotRecorded, RecordError, TextHeld
from pipelines.record.events import Entry, Event, Screen, Wanted, entry_id
from pipelines.record.showing import led_elsewhere, open_existing
from pipelines.record.store import Store, new_token, open_store, store_exists

__all__ = [
    "AlreadyRecorded", "Choice", "Entry", "Erased", "Event", "Field", "Found", "NotRecorded", "RecordError", "Register",
    "Screen", "Store", "TextHeld", "Wanted", "entry_id", "erase", "led_elsewhere", "new_token", "open_existing",
    "open_store", "read_register", "read_registers", "store_exists",
]  # fmt: skip
