"""The Record panel: what is recorded of one place, by keyboard. A decision is four steps: open, kind, value, save."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.recording import choices, drafts, entries, forms, kept, saving, who
from dashboard.recording.choices import Kind
from dashboard.recording.drafts import Draft
from dashboard.recording.sitting import Sitting
from dashboard.wording import recording as words
from pipelines.insight.reminders import is_open as is_open_action

STATIC = Path(__file__).parents[1] / "static"
LISTED = "recording_listed"


@dataclass(frozen=True)
class Subject:
    """The place that is spoken of. lead: who leads it now; actions: those that are not over, by their entry."""

    place_id: str
    lead: Mapping[str, Any]
    actions: Mapping[str, str]


def subject(place: Mapping[str, Any]) -> Subject:
    """A place of a meeting's plain data as the panel needs it."""
    about = place["assessment"] or {}
    lead = {name: about.get(name) for name in ("lead_agency", "lead_role")} if not about.get("led_elsewhere") else {}
    actions = {
        str(one["entry_id"]): f"{one['lead_agency'] or ''}: {one['action'] or ''}"
        for one in place["actions"] if one.get("entry_id") and is_open_action(one)
    }  # fmt: skip
    return Subject(str(place["area_id"]), lead, actions)


def style() -> None:
    """How the panel looks, and the marks of what was recorded, for everybody who sees them."""
    st.html(STATIC / "recording.css")


def is_open() -> bool:
    """Whether the panel is open, for somebody who may record."""
    return bool(st.session_state.get(drafts.OPEN)) and who.recorder() is not None


def open_it() -> None:
    """Open the panel, at the list of kinds."""
    st.session_state[drafts.OPEN], st.session_state[drafts.KIND] = True, None
    drafts.hush()


def close() -> None:
    """Close the panel; what was not saved is kept."""
    st.session_state[drafts.OPEN] = False


def draw(sitting: Sitting, of: Subject, vocabularies: Mapping[str, Mapping[str, str]]) -> None:
    """The panel for one place, or of a correction for the place it is of."""
    with st.container(key="record_panel"):
        one = _current(sitting, of)
        place = sitting.names[one.key[1] if one else of.place_id]
        about = words.correcting(one.corrects) if one and one.corrects else words.of_meeting(
            sitting.locality_name, sitting.meeting_on)  # fmt: skip
        st.html(f'<h2 class="sp-rec-head">{escape(words.heading(place))}<span>{escape(about)}</span></h2>{_said()}')
        if one is not None:
            _form(sitting, choices.BY_CODE[one.key[2]], one, of)
        else:
            _kinds(sitting, of, vocabularies)
    script()


def _current(sitting: Sitting, of: Subject) -> Draft | None:
    """The form that is open; null where a kind is yet to be chosen, or the keys have gone on to another place."""
    key = st.session_state.get(drafts.KIND)
    if not key or key[0] != sitting.locality or key[1] not in sitting.names:
        return None
    if key[3]:
        return drafts.all_drafts().get(key)
    if key[1] != of.place_id:
        return None
    one = drafts.all_drafts().get(key)
    if one is not None and one.corrects:  # what was sent before stands: it goes on as a correction
        return one
    return forms.begin(sitting, of.place_id, choices.BY_CODE[key[2]], of.lead, kept.newest())


def _kinds(sitting: Sitting, of: Subject, vocabularies: Mapping[str, Mapping[str, str]]) -> None:
    """What can be recorded, each by its number; drafts that wait; what this meeting recorded so far."""
    with st.container(horizontal=True, gap="small", key="record_kinds"):
        for kind in choices.KINDS:
            st.button(
                words.KINDS[kind.code], key=f"record_kind_{kind.code}", shortcut=kind.key, on_click=_choose,
                args=(sitting, of.place_id, kind),
            )  # fmt: skip
        listed = "primary" if st.session_state.get(LISTED) else "secondary"
        st.button(words.ENTRIES, key="record_entries", shortcut="E", type=listed, on_click=_turn_list)  # type: ignore[arg-type]
        st.button(words.CLOSE, key="record_close", shortcut="Esc", on_click=close)
    _waiting(sitting)
    st.html(f'<p class="sp-note">{escape(words.KEYS)}</p>')
    if st.session_state.get(LISTED):
        try:
            entries.listed(sitting, vocabularies)
        except kept.NotReadable:
            st.html(f'<p class="sp-rec-held">{escape(words.CANNOT_READ)}</p>')


def _waiting(sitting: Sitting) -> None:
    """Drafts that were begun and not saved, to go back to."""
    found = [one for one in drafts.written(sitting.locality) if one.key[1] in sitting.names]
    if not found:
        return
    names = {one.key: words.draft_of(words.KINDS[one.key[2]], sitting.names[one.key[1]]) for one in found}
    st.html(f'<p class="sp-rec-held">{escape(words.kept_drafts(list(names.values())))}</p>')
    with st.container(horizontal=True, gap="small", key="record_drafts_kept"):
        for number, one in enumerate(found):
            place, label = one.key[1], names[one.key]
            st.button(label, key=f"record_back_{number}", on_click=_go_back, args=(one, place))


def _form(sitting: Sitting, kind: Kind, one: Draft, of: Subject) -> None:
    place_id = one.key[1]
    st.html(f'<h3 class="sp-rec-form" data-form="{one.token[:10]}">{escape(words.KINDS[kind.code])}</h3>')
    if kind.code in words.NOTES:
        st.html(f'<p class="sp-note">{escape(words.NOTES[kind.code])}</p>')
    if kind.code == "action_update" and not one.corrects and not of.actions:
        st.html(f'<p class="sp-rec-held">{escape(words.NO_ACTIONS)}</p>')
    forms.fields(sitting, kind, one, of.actions)
    with st.container(horizontal=True, gap="small", key="record_keys"):
        args = (sitting, place_id, kind, one)
        st.button(words.SAVE, key="record_save", type="primary", on_click=saving.save, args=args)
        st.button(words.BACK, key="record_leave", shortcut="Esc", on_click=_leave, args=(sitting, kind, one))
        st.button(words.DISCARD, key="record_discard", on_click=_discard, args=(one,))


def _said() -> str:
    """What came of the last thing that was pressed."""
    how, lines = st.session_state.get(drafts.SAID, ("", ()))
    inside = "".join(f"<p>{escape(one)}</p>" for one in lines)
    return f'<div class="sp-rec-said sp-rec-{how}">{inside}</div>' if inside else ""


def _choose(sitting: Sitting, place_id: str, kind: Kind) -> None:
    drafts.hush()
    st.session_state[drafts.KIND] = (sitting.locality, place_id, kind.code, 0)


def _leave(sitting: Sitting, kind: Kind, one: Draft) -> None:
    drafts.hush()
    drafts.gather(one, [asked.column for asked in kind.asks])
    if not one.touched:
        drafts.drop(one)
    st.session_state[drafts.KIND] = None


def _discard(one: Draft) -> None:
    drafts.hush()
    drafts.drop(one)
    st.session_state[drafts.KIND] = None


def _go_back(one: Draft, place_id: str) -> None:
    drafts.hush()
    # The form is of its own place, wherever the keys are.
    st.session_state["place"], st.session_state[drafts.KIND] = place_id, one.key


def _turn_list() -> None:
    st.session_state[LISTED] = not st.session_state.get(LISTED, False)


def script() -> None:
    """Our own script: the first control of a new form has the focus, Ctrl and Enter saves, and what was said is told."""
    text = (STATIC / "recording.js").read_text(encoding="utf-8")
    st.html(f"<script>{text}</script>", unsafe_allow_javascript=True)
