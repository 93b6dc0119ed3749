"""What whoever is not let in is told, and what stands beside the banner for whoever is."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from dashboard import access, panels, trail
from dashboard.signin import guard
from dashboard.signin.guard import Admitted, TurnedAway
from dashboard.signin.sessions import NOT_OURS
from dashboard.wording import signin as words
from pipelines import chain

BEAT_SECONDS = 20
# Who is told what they are called, to hand it on to whoever keeps the access table.
_TELLS_SUBJECT = ("unknown", "expired", "no_role")
_LEAVING = "signing_out"


def turn_away(found: TurnedAway) -> None:
    """Say plainly that there is nothing to see here, and offer to sign in; nothing of the town is on this page."""
    if st.session_state.get(_LEAVING):
        # By the page and not by the button: a run that is overtaken takes its redirect with it, and the next comes by here.
        st.logout()
    else:
        trail.turned_away(found)
    title, lines = words.why(found.why)
    you_are = [f"{words.YOU_ARE} {guard.claims().get('sub', '')}"] if found.why in _TELLS_SUBJECT else []
    st.html(panels.message(title, [*lines, *you_are]))
    if found.why in (*_TELLS_SUBJECT, NOT_OURS):
        st.button(words.SIGN_OUT, key="sign_out", on_click=sign_out)
    else:
        st.button(words.SIGN_IN, key="sign_in", type="primary", on_click=st.login)


def sign_out() -> None:
    """End this session in every tab and every copy of its cookie; the page that turns away then lets the provider know."""
    # First: a run is overtaken, if at all, where it touches this; once the session is over every beat of this tab overtakes.
    st.session_state[_LEAVING] = True
    running, mine = guard.current(), guard.claims()
    if running is not None:
        # Where it cannot be written down it is over all the same, for as long as this server runs.
        with suppress(chain.ChainFault):
            if running.sign_out(mine):
                trail.signed_out(mine)


def beside_banner(found: Admitted, localities: dict[str, str]) -> None:
    """The role, the locality that is looked at where there are several, and the way out."""
    person = found.person
    with st.popover(words.ROLES.get(person.role, words.ACCOUNT), width="stretch"):
        mine = {one: localities.get(one, one) for one in person.localities}
        if access.audience().name == "meeting" and len(mine) > 1:
            st.selectbox(words.LOCALITY, tuple(mine), key=access.LOCALITY_KEY, format_func=mine.__getitem__)
        st.button(words.SIGN_OUT, key="sign_out", on_click=sign_out, help=words.SIGN_OUT_HELP)
    heartbeat()


@st.fragment(run_every=BEAT_SECONDS)
def heartbeat() -> None:
    """Look every few seconds whether this tab may still be looked at; where it may not, the page is drawn anew without it.

    `dashboard.signin.door` turns the beat of a session that ended into a run of the whole page, before this is reached.
    """
    if isinstance(guard.admission(), TurnedAway):
        st.rerun(scope="app")
