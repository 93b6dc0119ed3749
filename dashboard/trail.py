"""What people do here goes on the trail before they see it or have it: who, as what, of which snapshot, what was chosen.

Pages are noted where people sign in; what leaves, wherever it leaves from. The codes of a selection are those of the URL:
no figure, no text and no place is among them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

from dashboard import access, clock, reads
from dashboard.signin import guard
from dashboard.signin.guard import Admitted, TurnedAway
from dashboard.signin.sessions import IDLE, RESTARTED, SIGNED_OUT, TOO_LONG
from pipelines import trail
from pipelines.trail import SELECTION, Entry, TrailFault

Made = TypeVar("Made")
LAST_KEY, AWAY_KEY = "last_on_trail", "away_on_trail"
_ENDINGS = (SIGNED_OUT, TOO_LONG, IDLE, RESTARTED)

log = logging.getLogger(__name__)


def note(action: str, *, snapshot: str = "", selection: Mapping[str, str] | None = None, permission: str = "") -> None:
    """Write down that this run's reader does something. Raises TrailFault where it cannot be: it is then not done."""
    reader = access.who()
    entry = Entry(
        action, reader.subject, reader.role, reader.audience.locality or "", reader.audience.name, snapshot,
        _codes(selection or {}), permission,
    )  # fmt: skip
    trail.write(reads.data_dir(), entry, at=clock.now())


def signed_in(found: Admitted) -> None:
    """Write a session down the first time one of its tabs is drawn. Raises TrailFault."""
    running = guard.current()
    noted = running.sessions.noted(found.ticket) if running else {"sign_in"}
    if "sign_in" not in noted:
        note("sign_in")
        noted.add("sign_in")


def turned_away(found: TurnedAway) -> None:
    """Write down that somebody known to the provider was turned away, once for each tab and reason."""
    if found.ticket is None or st.session_state.get(AWAY_KEY) == found.why:
        return
    st.session_state[AWAY_KEY] = found.why
    action = "session_ended" if found.why in _ENDINGS else "refused"
    _about(guard.claims(), action, {"reason": found.why})


def signed_out(claims: Mapping[str, Any]) -> None:
    """Write down that somebody ended their session."""
    _about(claims, "sign_out", {})


def _about(claims: Mapping[str, Any], action: str, selection: Mapping[str, str]) -> None:
    """A line on somebody who is shown nothing: where it cannot be written, they are shown nothing all the same."""
    try:
        entry = Entry(action, str(claims.get("sub", "")), selection=selection)
        trail.write(reads.data_dir(), entry, at=clock.now())
    except TrailFault:
        log.error("the trail cannot be written: %s is not on it", action)


def opened(page: str, snapshot: reads.Snapshot) -> None:
    """Write down which page is looked at and what is chosen there, where either changed. Raises TrailFault."""
    if access.nobody_signs_in():
        return
    now = {**_codes(st.query_params.to_dict()), "page": page}
    of = (snapshot.id, snapshot.audience.locality, tuple(sorted(now.items())))
    if st.session_state.get(LAST_KEY) != of:
        note("page", snapshot=snapshot.id, selection=now)
        st.session_state[LAST_KEY] = of


def leaving(
    fetch: Callable[[], Made], action: str, *, snapshot: str, selection: Mapping[str, str], permission: str = ""
) -> Callable[[], Made]:
    """A file that is fetched when somebody presses its key: as this run's reader, and once it is on the trail.

    The result raises NotLetIn or TrailFault, and then gives no byte.
    """

    def fetched() -> Made:
        note(action, snapshot=snapshot, selection=selection, permission=permission)
        return fetch()

    return access.for_later(fetched)


def _codes(selection: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in selection.items() if key in SELECTION and trail.is_code(value)}
