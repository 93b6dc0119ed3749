"""Words of the fortnightly summary: what was done in a fortnight, a page for the city and one for each locality."""

from __future__ import annotations

from datetime import date

from dashboard.wording import day

TITLE = "Fortnightly summary of activity"
CITY = "The whole city"
ACTIVITY = "What was done, by locality"
ACTIVITY_HEADS = ("Locality", "Assessments moved", "Work started", "Work ended", "Actions closed", "Concerns raised",
                  "Directions changed", "Packs issued")  # fmt: skip
ACTIVITY_NOTE = (
    "These are counts of decisions, not of harm. A place in two localities counts in each, and once in the city. What may "
    "not be shown yet is not counted."
)
NOT_KNOWN = "not known"
HARM = "All kinds of harm together, against each area's own past"
HARM_HEADS = ("Area", "Direction", "Last months, and what is usual", "Over a year")
MISSING = "Return home interviews in the last closed quarter"
SCHOOLS = "Weapon-in-school reports: how far they have come"
SCHOOLS_HEADS = ("Area and term", "All reports")
NO_SCHOOLS = "No term has weapon-in-school reports."
MOVED, MOVED_HEADS = "Assessments that moved", ("Place", "Moved to", "Who leads", "On")
NO_MOVES = "No assessment moved."
WORK, WORK_HEADS = "Work started or ended", ("Place", "What", "Who leads", "Started or ended")
NO_WORK = "No work started or ended."
CLOSED, CLOSED_HEADS = "Actions closed", ("Place", "Action", "Who leads", "How it ended")
NO_CLOSED = "No action was closed."
CHANGED, CHANGED_HEADS = "Directions that changed", ("Place", "Kind of harm, then and now")
NO_CHANGED = "No direction changed that was flagged then or is flagged now."
NOTHING_THEN = "There is no snapshot from before this fortnight, so directions cannot be compared."
RAISED, RAISED_HEADS = "Concerns raised", ("Place", "Kind of harm", "What was said")
NO_RAISED = "No concern was raised."
ISSUED, ISSUED_HEADS = "Packs issued", ("Issued on", "By")
NO_ISSUED = "No pack was issued."
NO_REGISTERS = "The registers are empty: nothing was recorded in this fortnight."
MOST_ROWS = 8
PATHWAYS = "Pathways"
ELSEWHERE_PLACE = "A place no longer in use"


def fortnight(from_on: date, to_on: date) -> str:
    """Say which fortnight."""
    return f"{day(from_on)} to {day(to_on)}"


def subtitle(partnership: str, from_on: date, to_on: date) -> str:
    """Say whose summary it is and of which days."""
    return f"{partnership}: {fortnight(from_on, to_on)}"


def compared(on: date) -> str:
    """Say which figures directions are held against."""
    return f"Directions are held against the figures as at {day(on)}."


def at_a_glance(moved: int, started: int, ended: int, closed: int, raised: int) -> str:
    """Say what was done, in one sentence to read first."""
    return (
        f"{_count(moved, 'assessment', 'assessments')} moved. {_count(started, 'piece of work', 'pieces of work')} started "
        f"and {ended or 'none'} ended. {_count(closed, 'action was', 'actions were')} closed, and "
        f"{raised or 'no'} new {'concern was' if raised == 1 else 'concerns were'} raised."
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number or 'No'} {one if number == 1 else many}"


def started(on: date) -> str:
    """Say that work started."""
    return f"started {day(on)}"


def ended(on: date) -> str:
    """Say that work ended."""
    return f"ended {day(on)}"


def how_closed(status: str, on: date | None) -> str:
    """Say how an action was closed, and when."""
    return f"{status}, {day(on)}" if on else status


def more(number: int) -> str:
    """Say how many more there are than a page has room for."""
    return f"And {number} more, on the pages of the dashboard."


def term(area: str, label: str) -> str:
    """Name an area and a term."""
    return f"{area}, {label}"
