"""The controls of one form: choices first, a short text second. Each keeps what it holds in its draft as it is left."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard import access, reads
from dashboard.recording import choices, drafts, saving, screening
from dashboard.recording.choices import Asked, Kind
from dashboard.recording.drafts import Draft
from dashboard.recording.sitting import Sitting
from dashboard.wording import recording as words
from pipelines.settings import Settings

COLUMNS = 3
LONGEST = 600  # characters: a sentence or two; the register takes more
TEXT_HEIGHT_PX = 80


@st.fragment
def fields(sitting: Sitting, kind: Kind, one: Draft, actions: Mapping[str, str]) -> None:
    """Everything the form asks for. Only this is drawn again as its author goes from one control to the next.

    actions  the open actions of the place by their entry, as they are called
    """
    settings = Settings(reads.data_dir())
    asks = choices.asks(kind, corrects=bool(one.corrects))
    short = [asked for asked in asks if asked.ask != "words"]
    for first in range(0, len(short), COLUMNS):
        for column, asked in zip(st.columns(COLUMNS, gap="small"), short[first : first + COLUMNS], strict=False):
            with column:
                _choose(asked, settings, sitting, one, actions)
                _say(asked, one)
    for asked in asks:
        if asked.ask == "words":
            _write(kind, asked, one)
            _say(asked, one)


def _choose(asked: Asked, settings: Settings, sitting: Sitting, one: Draft, actions: Mapping[str, str]) -> None:
    name, now = one.widget(asked.column), one.values.get(asked.column)
    known = choices.options(asked, settings, sitting, actions, now)
    on_change = partial(drafts.gather, one, [asked.column])
    label = words.LABELS[asked.column]
    if asked.ask == "several":
        st.session_state.setdefault(name, now or [])
        st.multiselect(label, list(known), key=name, on_change=on_change, placeholder=words.CHOOSE)
        return
    st.session_state.setdefault(name, now or None)
    st.selectbox(
        label, list(known), key=name, index=None, on_change=on_change, format_func=lambda code: known.get(code, code),
        placeholder=words.DAY_PROMPT if asked.ask == "day" else words.CHOOSE, accept_new_options=asked.ask == "day",
        required=asked.must,
    )  # fmt: skip


def _write(kind: Kind, asked: Asked, one: Draft) -> None:
    name = one.widget(asked.column)
    st.session_state.setdefault(name, one.values.get(asked.column) or "")
    st.text_area(
        words.LABELS[asked.column], key=name, height=TEXT_HEIGHT_PX, max_chars=LONGEST, required=asked.must,
        on_change=partial(_look, kind, one, asked.column),
    )  # fmt: skip


def _look(kind: Kind, one: Draft, column: str) -> None:
    saving.look(kind, one, column, screening.screen_for(reads.current_snapshot(access.audience())))


def _say(asked: Asked, one: Draft) -> None:
    """What is wrong with this control, right under it: words that hold it back are for its author's eyes alone."""
    label = words.LABELS[asked.column]
    said = [words.held(found.word, found.kind) for found in one.found.get(asked.column, ())]
    if asked.column in one.faults:
        said.append(words.fault(label, one.faults[asked.column]))
    if said:
        items = "".join(f"<li>{escape(text)}</li>" for text in dict.fromkeys(said))
        st.html(f'<ul class="sp-rec-wrong">{items}</ul>')


def begin(sitting: Sitting, place_id: str, kind: Kind, lead: Mapping[str, Any], seen: int | None) -> Draft:
    """The draft of a new entry, with what usually stands there until its author touches it."""
    one = drafts.draft(sitting.locality, place_id, kind)
    if not one.touched:
        one.values, one.seen = choices.usual(kind, Settings(reads.data_dir()), lead), seen
    return one
