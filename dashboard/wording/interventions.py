"""Words of the Interventions page: what is being done, where, by whom and why, and what came of it in short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboard.wording import day
from dashboard.wording.directions import list_of

PAGE = "Interventions"
TITLE = "What is being done, and did it work?"
NOT_FOR_YOU = "This audience may not see interventions."
EMPTY = "No intervention has been recorded yet. When one is, it will be here after the next build and publish."
NOTHING_LEFT = "Nothing matches this choice. Clear a filter to see more."
HOW_TO_READ = (
    "The last column is what the figures say, never a judgement of people's work. Open one under Did it work? to see how "
    "sure that is."
)
TABS = ("All work", "Did it work?", "Before it starts", "Kinds together")
ALL_TAB, ONE_TAB, BEFORE_TAB, KINDS_TAB = TABS
LOADING = "Setting each place against the others"
LED_NOTE = "Some work may not be shown yet. It stands here as: led elsewhere, ask the chair."
BOARD_NOTE = (
    "These are counts of decisions, not of harm. They are by locality, never by place. Work that may not be shown yet is "
    "not counted."
)
TWO_LOCALITIES = (
    "A place in two localities counts where its agreed lead is. The whole city counts each piece of work once, and also "
    "work in an area with no place on the list."
)
STATE, ALL_STATES = "Status", "Any status"
FAMILY, ALL_FAMILIES = "Kind of work", "Any kind"
LOCALITY, ALL_LOCALITIES = "Locality", "All localities"
LED_ELSEWHERE = "led elsewhere: ask the chair"
DRAWN_AREA = "An area drawn for it"
OLD_PLACE = "A place no longer in use"
NOT_SAID = "not said"
NOT_SET = "no end date"
NOTHING_BEFORE = "nothing recorded"
WHOLE_CITY = "Whole city"
NOBODY_LOCALITY = "not on the list of places"

LIST = "Each piece of work"
LIST_HEADS = ("What", "Where", "Status", "From and to", "Who leads, and for whom", "Why it was chosen", "What came of it")
COUNTS = "How many of each type"
COUNTS_CAPTION = "Work of each type, without what is led elsewhere"
COUNTS_HEAD = "Type"
BOARD_COUNTS = "How many of each kind, by locality"
BOARD_CAPTION = "The whole city first, then each locality"
BOARD_COUNTS_HEADS = ("Locality", "Kind of work")
TOTAL = "All together"
MORE_HARM = "Harm it was meant to reduce"

STATES = {"planned": "Planned", "live": "Live", "ended": "Ended", "led_elsewhere": "Led elsewhere"}
FAMILIES = {
    "community": "With the community",
    "contextual": "With young people and schools",
    "inclusion_and_health": "Education and health",
    "disruption": "To stop those causing harm",
    "information": "Information",
}
SHOWN_AT_ONCE = 3


def summary(counts: Mapping[str, int]) -> str:
    """Say how many are in each state."""
    total = sum(counts.values())
    words = {"planned": ("is planned", "are planned"), "live": ("is live", "are live"), "ended": ("has ended", "have ended"),
             "led_elsewhere": ("is led elsewhere", "are led elsewhere")}  # fmt: skip
    parts = [
        f"{counts[state]} {one if counts[state] == 1 else many}"
        for state, (one, many) in words.items() if counts.get(state)
    ]  # fmt: skip
    return f"Of {total} {'piece' if total == 1 else 'pieces'} of work, {list_of(parts)}." if parts else NOTHING_LEFT


def dates(started_on: date | None, ended_on: date | None) -> str:
    """Say from when to when."""
    if started_on is None:
        return NOT_SAID
    return f"{day(started_on)} to {day(ended_on)}" if ended_on else f"From {day(started_on)}, {NOT_SET}"


def kinds_of_harm(number: int) -> str:
    """Say how many kinds of harm it was meant to reduce."""
    return f"Meant to reduce {number} kinds of harm"


def meant_to_reduce(labels: str) -> str:
    """Say which harm it was meant to reduce."""
    return f"Meant to reduce: {labels}"


def before(label: str, started_on: date | None, ended_on: date | None) -> str:
    """Say one thing that was tried in the same place before."""
    if ended_on is not None:
        return f"{label} (ended {day(ended_on)})"
    return f"{label} (since {day(started_on)})" if started_on else label


def family(code: str | None) -> str:
    """Say a family of interventions."""
    return FAMILIES.get(code or "", (code or NOT_SAID).replace("_", " "))
