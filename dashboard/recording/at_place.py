"""The Record panel on the Place page, and what was recorded of the place since these figures were published."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, reads
from dashboard.place_story import Place, group_labels
from dashboard.recording import kept, panel, shown, who
from dashboard.recording.sitting import Sitting, sitting, today
from dashboard.wording import recording as words
from pipelines.insight.meeting import VOCABULARIES


@st.fragment
def draw(snapshot: reads.Snapshot, place: Place, story: Any) -> None:
    """What was recorded of this place, marked; and the panel, for whoever may record. Drawn again by itself as they do."""
    access.require(snapshot.audience)
    panel.style()
    unread, rows = "", []
    try:
        rows = [row for row in kept.not_yet_published(snapshot) if row["place_id"] == place.area_id]
    except kept.NotReadable:
        unread = words.CANNOT_READ
    meant = _sitting(snapshot, place, story)
    vocabularies = {name: reads.ask(snapshot, "vocabulary", name) for name in VOCABULARIES}
    vocabularies |= {"harm_group": group_labels(snapshot), "localities": reads.ask(snapshot, "localities")}
    if meant is not None:
        opened = panel.is_open()
        st.button(words.OPEN, key="record_open", shortcut="D", type="primary" if opened else "secondary", on_click=_turn)
        if opened:
            panel.draw(meant, _subject(place, story, rows), vocabularies)
    said = f'<p class="sp-rec-held">{escape(unread)}</p>' if unread else ""
    marked = partial(_mark, meant)
    said += "".join(
        f'<p class="sp-rec-line">{escape(one)}</p>' for one in shown.lines(rows, vocabularies, today(), marked)
    )  # fmt: skip
    if said:
        st.html(said)


def _sitting(snapshot: reads.Snapshot, place: Place, story: Any) -> Sitting | None:
    """The meeting this place is recorded for: its reader's own, else the one that leads it; null for who may not record."""
    recorder = who.recorder()
    if recorder is None:
        return None
    own = snapshot.audience.locality
    known = (own,) if own else (*story.shared_with[:1], *place.localities)
    localities = reads.ask(snapshot, "localities")
    mine = [one for one in known if one in localities and recorder.may_record_for(one)]
    if not mine:
        return None
    clock = asdict(reads.ask(snapshot, "clock", mine[0]))
    return sitting(mine[0], localities, clock, {place.area_id: place.name})


def _subject(place: Place, story: Any, rows: list[kept.Row]) -> panel.Subject:
    about = asdict(story.assessment) if story.assessment is not None else None
    fresh = [
        {**row["fields"], "entry_id": row["entry_id"], "led_elsewhere": False}
        for row in rows if row["feed"] == "actions" and not row["is_update"] and "action" in row["fields"]
    ]  # fmt: skip
    return panel.subject({"area_id": place.area_id, "assessment": about, "actions": [*story.actions, *fresh]})


def _mark(meant: Sitting | None, row: kept.Row) -> str:
    return words.mark(meant is not None and meant.is_of(row), row["meeting_on"] or row["at"][:10])


def _turn() -> None:
    if panel.is_open():
        panel.close()
    else:
        panel.open_it()
