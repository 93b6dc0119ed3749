"""What is not recorded yet: in the session of whoever writes it and nowhere else, until it is recorded or thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.recording.choices import Kind
from pipelines.record import Found, new_token

DRAFTS, OPEN, KIND, SAID = "recording_drafts", "recording_open", "recording_kind", "recording_said"
Key = tuple[str, str, str, int]


@dataclass
class Draft:
    """One form being filled in.

    token      what its entry is known by from now on, however often it is sent
    corrects   the number of the event it is to stand in the place of; 0 for a new entry
    before     of a correction: what the event says now
    seen       the newest event its author had before their eyes; null where the store did not answer
    noted      the trail has it already: the same entry sent again is not noted twice
    found      words that would hold it back, by column, for its author alone
    faults     what is wrong, by column
    warned     the event that it would stand in the place of, once its author was told so
    told       the words its author was told may identify somebody: saved again with no others, they go to the data steward
    waits      of a correction: columns whose words wait for the data steward, and need not be written again
    """

    key: Key
    token: str = field(default_factory=new_token)
    values: dict[str, Any] = field(default_factory=dict)
    corrects: int = 0
    before: dict[str, str] = field(default_factory=dict)
    seen: int | None = None
    noted: str = ""
    found: dict[str, tuple[Found, ...]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    warned: int = 0
    told: tuple[Found, ...] = ()
    waits: tuple[str, ...] = ()
    touched: bool = False

    def widget(self, column: str) -> str:
        """The name of the control of one column: of this form alone, so that nothing is left over for the next one."""
        return f"record_{self.token[:10]}_{column}"


def all_drafts() -> dict[Key, Draft]:
    """Every draft of this session."""
    kept: dict[Key, Draft] = st.session_state.setdefault(DRAFTS, {})
    return kept


def draft(locality: str, place_id: str, kind: Kind, corrects: int = 0) -> Draft:
    """The draft of one kind of entry of one place, begun where there is none."""
    key = (locality, place_id, kind.code, corrects)
    return all_drafts().setdefault(key, Draft(key, corrects=corrects))


def drop(one: Draft) -> None:
    """Forget a draft: it was recorded, or its author wants it no more."""
    all_drafts().pop(one.key, None)


def written(locality: str) -> list[Draft]:
    """Drafts somebody wrote something into, for the meeting of a locality."""
    return [one for one in all_drafts().values() if one.touched and one.key[0] == locality]


def gather(one: Draft, columns: list[str]) -> None:
    """Take over what the controls say now."""
    for column in columns:
        name = one.widget(column)
        if name in st.session_state:
            now = st.session_state[name]
            if now != one.values.get(column) and (now or one.values.get(column)):
                one.touched = True
                one.found.pop(column, None)
                one.faults.pop(column, None)
            one.values[column] = now


def tell(how: str, lines: list[str]) -> None:
    """What the panel says next. how: done, held or failed."""
    st.session_state[SAID] = (how, lines)


def hush() -> None:
    """What was said before is said no more."""
    st.session_state.pop(SAID, None)
