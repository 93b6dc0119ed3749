"""Who the screen is shown to. The one place that decides it; nothing a browser sends is asked.

Where people sign in, the access table says who they are (`pipelines.access`), the partnership what their role is shown, and
of several localities they look at one at a time. Where nobody signs in, whoever started the server said it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from dashboard.signin import guard
from pipelines.access import OWN
from pipelines.insight.queries import Audience

# Where nobody signs in there is nobody to tell apart, and the dashboard is served to the machine of the manager
# who started it, the widest audience there is. Whoever starts it may say a narrower one (`serve --shown-to`).
SHOWN_TO = Audience("manager")

# The board has no page that shows places one by one.
BOARD_PAGES = ("map", "trends", "interventions", "about")
# What a role of people who sign in does not have of the pages its audience has: documents are made by those who prepare
# and hold the meetings. A role that is not named here has every page of its audience.
NOT_FOR_ROLE = {"practitioner": ("reports",), "families_in_focus_manager": ("reports",)}

NOBODY = "nobody"
LOCALITY_KEY = "signed_in_locality"
Made = TypeVar("Made")
_locality: ContextVar[str | None] = ContextVar("chosen_locality", default=None)


@dataclass(frozen=True)
class Who:
    """Whoever is looking. role is empty and subject NOBODY where nobody signs in."""

    subject: str
    role: str
    localities: tuple[str, ...]
    audience: Audience


def who() -> Who:
    """Whoever is looking in this run. Raises NotLetIn where they may not."""
    person = guard.require()
    if person is None:
        return Who(NOBODY, "", (), SHOWN_TO)
    if person.shown != OWN:
        return Who(person.subject, person.role, person.localities, Audience(person.shown))
    return Who(person.subject, person.role, person.localities, Audience("meeting", _chosen(person.localities)))


def _chosen(localities: tuple[str, ...]) -> str:
    """The locality that is looked at: one of the grant's own, whatever was asked for."""
    asked = _locality.get() or st.session_state.get(LOCALITY_KEY)
    return asked if asked in localities else localities[0]


def audience() -> Audience:
    """The audience of this run. Raises NotLetIn."""
    return who().audience


def nobody_signs_in() -> bool:
    """Whether this server knows nobody: it then shows the demo or public feeds, to this machine."""
    return guard.current() is None


def require(asked: Audience) -> None:
    """Raise NotLetIn unless this run's reader may be given what is made for an audience.

    A manager may be given anybody's, a document for a meeting or the board being made by them; everybody else their own.
    """
    if nobody_signs_in():
        return
    mine = audience()
    if mine != asked and mine.name != "manager":
        raise guard.NotLetIn


def for_later(fetch: Callable[[], Made]) -> Callable[[], Made]:
    """What is fetched when somebody asks for it, as this run's reader and while they may look; it raises NotLetIn after."""
    if nobody_signs_in():
        return fetch
    chosen, held = audience().locality, guard.held_to_reader(fetch)

    def fetched() -> Made:
        token = _locality.set(chosen)
        try:
            return held()
        finally:
            _locality.reset(token)

    return fetched


def show_to(said: str) -> None:
    """Set the audience of this server: `manager`, `board`, or `meeting:` and its locality. Raises NotForThisAudience."""
    global SHOWN_TO
    name, _, locality = said.partition(":")
    SHOWN_TO = Audience(name, locality or None)


def may_open(page: str) -> bool:
    """Whether whoever is looking has a page. Raises NotLetIn."""
    reader = who()
    if reader.audience.name == "board" and page not in BOARD_PAGES:
        return False
    return page not in NOT_FOR_ROLE.get(reader.role, ())
