"""Words of the locality pack, and of what stands on every page of a document. Other sentences are those of the screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from dashboard.wording import day, directions, span
from dashboard.wording.directions import list_of

CHART_LIKELY = "likely range"
CHART_EXPECTED = "usual range"
CHART_GAP = "no figure"
NOTHING_TO_LIST = "There is nothing to list."
PAGE_OF = ("Page", "of")
ABOUT_HEADS = ("Who may read it", "Permission", "{holds} as at", "Snapshot", "Issue")

FRESH = "How fresh the figures are"
FRESH_CAPTION = "What each source covers"
FRESH_HEADS = ("Source", "Delivered", "Covers to", "Complete to", "Still arriving")
MAP = "The places of this locality"
MAP_CAPTION = "Each place by its direction: a statistic, not a judgement"
MAP_NOTE = "A place has the same number on the map, in every list, and on its half page."
CONCERNS = "New and emerging concerns"
CONCERNS_CAPTION = "Raised in the last few weeks, newest first"
CONCERNS_HEADS = ("Place", "Kind of harm", "What was said", "Who raised it, and when")
NEEDS_PLAN = "Rising with no sufficient plan"
NEEDS_PLAN_CAPTION = "Where most is lacking first"
NEEDS_PLAN_HEADS = ("Place", "Direction", "Last months, and what is usual", "Why it is here, and what it lacks")
RISING, FALLING = "Rising", "Falling"
RISING_ALSO = "Rising places with no sufficient plan are in the list before this one."
MOVING_CAPTION = "Against each place's own past"
MOVING_HEADS = ("Place", "Direction", "Last months, and what is usual", "Where the plan is")
PLACES = "Place by place"
PLACES_NOTE = "Each place that stands in a list of this pack has its half page before this. The others are here."
OTHERS, OTHERS_CAPTION = "All other places", "Nothing here stands out today, which does not mean safe"
OTHERS_HEADS = ("Place", "Direction", "Last months, and what is usual", "Where the plan is")
NO_OTHERS = "Every place of this locality stands in a list of this pack."
SINCE = "Since the last meeting"
SINCE_HEADS = ("Place", "What happened")
SINCE_CAPTION = "Statuses, concerns and actions"
NO_LAST_MEETING = "The register of meetings has no earlier day for this locality, so there is nothing to compare with."
NOTHING_SINCE = "No status moved, no concern was raised and no action fell due."
ACTIONS = "Agenda items, actions and report-backs due"
ACTIONS_CAPTION = "What was put on this agenda, then the longest overdue first"
ACTIONS_HEADS = ("Place", "What is due", "Who leads or presents", "What")
AGENDA = "Agenda, for the meeting to fill in"
AGENDA_CAPTION, AGENDA_HEADS = "An hour", ("Item", "Minutes", "Who presents", "Notes")
RAG_CAPTION = "RAG: the meeting's judgement of each place, to be written in"
RAG_HEADS = ("Place", "The statistic says", "Last judged", "RAG today", "Who leads, and by when")
RING = "R / A / G"
RAG_NOTE = "Ring one letter. Where what people judge differs from what the figures say, it is worth discussing."
RAG_IS = "RAG is what people judge. A direction is worked out from figures. Both are shown."
ABSENT, DECIDED = "Who could not come, and who should hear of it", "What was decided, who leads, and by when"
FILL_LINES = 5
PEERS = "Peer groups"
PEERS_SAID = "Separate restricted paper."
CHANGED = "What changed since the last pack"
CHANGED_HEADS = ("Place", "Kind of harm, then and now")
CHANGED_CAPTION = "Directions that changed"
NO_CHANGE = "No direction changed that was flagged then or is flagged now."
CLOSED = "Months that are now complete"
SURE = "How sure are we?"
SURE_CAPTION, SURE_HEADS = "What each direction means", ("Direction", "What it means")
SURE_SAID = (
    "Each count here was rounded by a secret draw before it could leave. So it is said with a range: the true count is "
    "likely to lie in it.",
    "The usual range is what this place's own past leads us to expect. Nine in ten such spans lie in it.",
    "A direction is a flag to talk about. It decides nothing.",
    "More reports may mean more trust, not more harm.",
)
WHERE, SERIES = "Where it lies", "Month by month"
LED, THRESHOLD, REPORTS_BACK, SAFER = "Led by", "Threshold", "Reports back", "Safer looks like"
ASSESSMENT, JUDGED, UNRATED = "Assessment", "RAG", "RAG: not rated"
TRIED, NOW = "What was tried before", "What is being done now"
MOST_SHOWN = 3

READY = {
    "fresh": "Every source is fresh", "held": "No words wait for the data steward",
    "reviewed": "Every new concern was reviewed", "meeting": "The meeting is in the register", "due": "The pack is in time",
}  # fmt: skip
READY_FORTNIGHT = {
    "fresh": READY["fresh"], "held": READY["held"], "over": "The fortnight is over",
    "compared": "There are figures from before it",
}  # fmt: skip
READY_BOARD = {
    "fresh": READY["fresh"], "held": READY["held"], "whole": "Its last quarter is complete",
    "others": "Every other source is complete too",
}  # fmt: skip
COMPARED = "Directions are held against those from before the fortnight."
NOT_COMPARED = "No snapshot from before the fortnight is left, so nothing is said of directions that changed."
QUARTER_WHOLE = "Every quarter of the report is complete."
QUARTER_OPEN = "Its last quarter is still open, so the report ends with the newest complete one."
OTHERS_WHOLE = "Each is complete up to the last day of the report."
ALL_REVIEWED = "No concern was raised lately, or each was reviewed since."


def foot(snapshot_id: str, issue: str) -> str:
    """Say where the figures of a page come from, and of which issue it is."""
    return f"Snapshot {snapshot_id}. Issue {issue}"


def by_leave(permission: str) -> str:
    """Say by whose leave it may be read."""
    return f"Permission: {permission}"


def about(face: Any) -> list[tuple[str, str]]:
    """What stands on the first page, as names and what they are."""
    said = (face.handling, face.permission, day(date.fromisoformat(face.as_at)), face.snapshot_id, face.issue)
    return list(zip([one.format(holds=face.holds) for one in ABOUT_HEADS], said, strict=True))


def title(locality: str) -> str:
    """Say whose pack it is."""
    return f"{locality} locality pack"


def subtitle(partnership: str, meeting_on: date) -> str:
    """Say for which meeting."""
    return f"{partnership}: for the meeting of {meeting_on:%A} {day(meeting_on)}"


def at_a_glance(needs_plan: int, concerns: int, rising: int, falling: int, due: int) -> str:
    """Say what is in the pack, in one sentence to read first."""
    places = count(needs_plan, "place is rising or newly raised", "places are rising or newly raised")
    moving = f"{count(rising, 'other place is', 'other places are')} rising and {rising_or_none(falling)} falling"
    raised = count(concerns, "new concern was raised", "new concerns were raised")
    waiting = count(due, "action or report-back is", "actions or report-backs are")
    return f"{places} with no sufficient plan. {moving}. {raised}. {waiting} due or overdue."


def rising_or_none(number: int) -> str:
    """Say how many, with its verb: '1 is', 'none are'."""
    return f"{number or 'none'} {'is' if number == 1 else 'are'}"


def count(number: int, one: str, many: str) -> str:
    """Say how many: 'No places', '1 place', '3 places'."""
    return f"{number or 'No'} {one if number == 1 else many}"


def raised_by(role: str, fortnight: str) -> str:
    """Say who raised a concern, by role, and when."""
    return f"{role}, fortnight of {fortnight}"


def numbered(number: int, name: str) -> str:
    """Name a place with its number."""
    return f"{number}. {name}"


def sign_of(word: str, group: str) -> str:
    """Say a direction and of which harm it is."""
    return f"{word}: {group.lower()}" if group else word


def compared(recorded: str, usual: str) -> str:
    """Say a figure beside its usual range."""
    return f"{recorded}; usual {usual}" if usual else recorded


def rag(label: str) -> str:
    """Say a judgement."""
    return f"RAG {label.lower()}"


def flags(flagged: int, expected_false: float) -> str:
    """Say how many of the flags of a document may be false, as a screen says it of its own."""
    return directions.flags(flagged, expected_false).replace("on this screen", "in this paper")


def map_alt(locality: str, said: Sequence[str]) -> str:
    """Say a map of places in words: which are rising, and which are falling."""
    return f"Map of the places of {locality}. {' '.join(said)} The table of each list has the same."


def on_the_map(word: str, names: Sequence[str]) -> str:
    """Say which places have a direction."""
    return f"{word}: {list_of(list(names))}."


def place_alt(name: str, locality: str) -> str:
    """Say what a small map shows."""
    return f"Small map: where {name} lies in {locality}."


def series_title(group: str) -> str:
    """Name the chart of a place."""
    return f"{group}, month by month"


def series_alt(name: str, group: str, first: str, last: str, highest: str, recent: str) -> str:
    """Say what a chart shows, for readers who cannot see it."""
    told = f" {recent}" if recent else ""
    return f"{group} in {name}, month by month, {span(first, last)}. The highest month is {highest}.{told}"


def month_value(label: str, value: float) -> str:
    """Say one month of a chart."""
    return f"{label}, about {value:,.0f}"


def recent(months: str, recorded: str, usual: str) -> str:
    """Say what the last months show beside what is usual."""
    return f"Over {months}: {recorded}; usual is {usual}."


def unit(label: str) -> str:
    """Say what is counted, on an axis."""
    return f"{label.lower()} a month"


def more(number: int) -> str:
    """Say how many more there are than a page has room for."""
    return f"And {number} more, on the Place page."


def through(label: str | None) -> str:
    """Say to which month the figures of a list run."""
    return f"Figures are of the last complete months, to {label}." if label else "No month is complete yet."


def late(due_on: date, made_on: date) -> str:
    """Say that a pack was made after it was due."""
    return f"Late: this pack was due on {day(due_on)} and was made on {day(made_on)}."


def stale_sources(names: Sequence[str]) -> str:
    """Say which sources are not fresh."""
    return f"Not fresh: {list_of(list(names))}."


def fortnight_over(to_on: date, as_at: date) -> str:
    """Say whether a fortnight has ended by the day the figures are as at."""
    said = f"The figures are as at {day(as_at)}"
    return f"{said}." if to_on <= as_at else f"{said}, and it ends on {day(to_on)}: what comes after is not in it."


def still_open(names: Sequence[str]) -> str:
    """Say which sources are not complete up to the end of a report."""
    return f"Not yet complete: {list_of(list(names))}. Figures of what is still open are not in the report."


def held_back(number: int) -> str:
    """Say how many entries wait for the data steward."""
    return f"{count(number, 'entry waits', 'entries wait')} for the data steward. Such a place says so, and not the words."


def not_reviewed(names: Sequence[str]) -> str:
    """Say where a concern was raised that nobody has reviewed."""
    return f"Raised, and not reviewed since: {list_of(list(names))}."


def due_on(day_due: date) -> str:
    """Say when a pack is due."""
    return f"Due on {day_due:%A} {day(day_due)}."


def in_register(meeting_on: date, *, known: bool) -> str:
    """Say whether a meeting is in the register."""
    return f"The register of meetings {'has' if known else 'does not have'} {day(meeting_on)} for this locality."
