"""What this meeting recorded, entry by entry: each can be corrected, or taken back where it was recorded by mistake."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard.recording import choices, drafts, kept, saving, shown
from dashboard.recording.sitting import Sitting, today
from dashboard.wording import recording as words
from dashboard.wording import signin
from pipelines.record import Event, new_token

SURE = "recording_sure"


def listed(sitting: Sitting, vocabularies: Mapping[str, Mapping[str, str]]) -> None:
    """The list, newest first. Raises NotReadable where the store does not answer."""
    events = [one for one in kept.of_sitting(sitting) if one.place_id in sitting.names]
    if not events:
        st.html(f'<p class="sp-note">{escape(words.NONE_YET)}</p>')
    for event in reversed(events):
        _entry(sitting, event, vocabularies)


def _entry(sitting: Sitting, event: Event, vocabularies: Mapping[str, Mapping[str, str]]) -> None:
    number, place = event.number, str(event.place_id)
    row = {"feed": event.feed, "fields": event.shown, "held_back": event.waits}
    at = f"{event.at.astimezone():%H:%M}"
    role = signin.ROLES.get(event.role, event.role.replace("_", " "))
    text = words.line(number, sitting.names[place], shown.said(row, vocabularies, today()), role, at)
    said, *keys = st.columns([10, 3, 4], gap="small", vertical_alignment="center")
    said.html(f'<p class="sp-rec-entry">{escape(text)}</p>')
    if st.session_state.get(SURE) == number:
        token = st.session_state.setdefault(f"{SURE}_{number}", new_token())
        keys[0].button(
            words.SURE, key=f"record_sure_{number}", type="primary", on_click=_take_back, args=(sitting, event, token)
        )  # fmt: skip
        keys[1].button(words.KEEP_IT, key=f"record_keep_{number}", on_click=_unsure)
        return
    if choices.kind_of(event.feed, event.fields) is not None:
        keys[0].button(words.CORRECT, key=f"record_correct_{number}", on_click=correct, args=(sitting, event))
    keys[1].button(words.MISTAKE, key=f"record_mistake_{number}", on_click=_sure, args=(number,))


def correct(sitting: Sitting, event: Event) -> None:
    """Open the form of an entry as it stands, to be corrected."""
    kind = choices.kind_of(event.feed, event.fields)
    if kind is None or saving.allowed(sitting, str(event.place_id)) is None:
        return
    one = drafts.draft(sitting.locality, str(event.place_id), kind, event.number)
    if not one.touched:
        one.before, one.seen, one.waits = event.shown, event.number, event.waits
        one.values = {asked.column: _as_written(asked, event.shown.get(asked.column, "")) for asked in kind.asks}
    st.session_state[drafts.KIND] = one.key


def _as_written(asked: choices.Asked, text: str) -> object:
    """A column as its control holds it."""
    if asked.ask == "day":
        day = choices.as_day(text)
        return words.weekday(day) if day else None
    if asked.ask == "several":
        return [part for part in text.split(", ") if part]
    return text or None


def _sure(number: int) -> None:
    st.session_state[SURE] = number


def _unsure() -> None:
    st.session_state.pop(SURE, None)


def _take_back(sitting: Sitting, event: Event, token: str) -> None:
    _unsure()
    saving.withdraw(sitting, event, token)
