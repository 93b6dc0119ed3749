"""Who the screen is shown to. The one place that decides it; nothing a browser sends is asked."""

from __future__ import annotations

from dashboard.reads import Audience

# Until people sign in there is nobody to tell apart, and the dashboard is served to the machine of the manager
# who started it, the widest audience there is. Whoever starts it may say a narrower one (`serve --shown-to`).
SHOWN_TO = Audience("manager")

# The board has no page that shows places one by one.
BOARD_PAGES = ("map", "trends", "interventions", "about")


def audience() -> Audience:
    """The audience of this run."""
    return SHOWN_TO


def show_to(said: str) -> None:
    """Set the audience of this server: `manager`, `board`, or `meeting:` and its locality. Raises NotForThisAudience."""
    global SHOWN_TO
    name, _, locality = said.partition(":")
    SHOWN_TO = Audience(name, locality or None)


def may_open(page: str) -> bool:
    """Whether this audience has a page."""
    return audience().name != "board" or page in BOARD_PAGES
