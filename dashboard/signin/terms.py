"""What whoever enters a meeting confirms first: once for each sign-in, meeting and locality, and it is written down."""

from __future__ import annotations

import hashlib
from datetime import date

import streamlit as st

from dashboard import panels, trail
from dashboard.signin import guard
from dashboard.signin.guard import Admitted, TurnedAway
from dashboard.signin.sessions import Ticket
from dashboard.wording import signin as words
from pipelines.trail import TrailFault

FAILED_KEY = "terms_not_written"


def confirmed(locality: str, name: str, met_on: str | None) -> bool:
    """Whether the reader may go on into a meeting. Draws the terms where they have not confirmed them yet.

    met_on  the day of the meeting (YYYY-MM-DD); null where the register has none

    Where nobody signs in there is nobody to confirm anything. Raises NotLetIn.
    """
    found, running = guard.admission(), guard.current()
    if running is None or found is None:
        return True
    if isinstance(found, TurnedAway):
        raise guard.NotLetIn
    meeting = met_on or "live"
    if f"terms {locality} {meeting}" in running.sessions.noted(found.ticket):
        return True
    terms, of = running.policy.confidentiality.terms, words.terms_of(name, date.fromisoformat(met_on) if met_on else None)
    st.html(panels.message(words.TERMS_TITLE, [of, *terms]))
    if st.session_state.get(FAILED_KEY):
        st.error(words.why("untold")[1][0])
    version = f"v{hashlib.sha256(chr(10).join(terms).encode()).hexdigest()[:8]}"
    st.button(
        words.TERMS_CONFIRM, key="confirm_terms", type="primary", shortcut="Enter", on_click=_confirm,
        args=(found.ticket, locality, meeting, version),
    )  # fmt: skip
    return False


def _confirm(ticket: Ticket, locality: str, meeting: str, version: str) -> None:
    running = guard.current()
    if running is None or not isinstance(guard.admission(), Admitted):
        return
    try:
        trail.note("terms", selection={"locality": locality, "meeting": meeting, "terms": version})
    except TrailFault:
        st.session_state[FAILED_KEY] = True
        return
    st.session_state[FAILED_KEY] = False
    running.sessions.noted(ticket).add(f"terms {locality} {meeting}")
