"""Where files and meetings say different things, for the page about the data: by register and reason, never settled here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import panels, reads
from dashboard.wording import about as words
from pipelines.insight.minuted import disputes, recorded_by
from pipelines.insight.recorded import STORY_REGISTERS
from pipelines.record import open_existing, store_exists
from pipelines.settings import Settings


def there_is(snapshot: reads.Snapshot) -> bool:
    """Whether anything was ever recorded here that this audience may hear of."""
    return snapshot.audience.name != "board" and store_exists(Settings(reads.data_dir()))


def draw(snapshot: reads.Snapshot) -> None:
    """Draw the part: of this audience's own places. The store moves, so nothing of it is kept."""
    registers = {feed: reads.ask(snapshot, "register", feed) for feed in STORY_REGISTERS.values()}
    areas = reads.ask(snapshot, "areas_of", snapshot.audience.locality)
    names = dict(zip(areas["area_id"], areas["name"], strict=True))
    known = recorded_by(open_existing(Settings(reads.data_dir())), date.max, on=snapshot.as_at)
    mine = replace(known, rows=tuple(one for one in known.rows if one["place_id"] in names))
    rows = [
        (words.register(one.feed), words.DISPUTES[one.reason], str(one.entries),
         ", ".join(sorted(names[place] for place in one.places)))
        for one in disputes(registers, mine, snapshot.as_at)
    ]  # fmt: skip
    st.html(panels.table(words.DISPUTED_CAPTION, words.DISPUTED_HEADS, rows) if rows else panels.notes([words.NO_DISPUTES]))
    st.html(panels.notes(words.DISPUTED_NOTES))
