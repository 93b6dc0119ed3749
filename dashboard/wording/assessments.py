"""Words of the Assessments page: where each neighbourhood assessment is, who leads it, and what is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.wording import day
from dashboard.wording.directions import list_of

PAGE = "Assessments"
TITLE = "Where is each neighbourhood assessment?"
NOT_FOR_YOU = "This page is about places one by one, so it is not for this audience. See Interventions for counts."
EMPTY = "No assessment has been recorded yet. When one is, it will be here after the next build and publish."
NO_INCIDENTS = (
    "This snapshot has no incidents of the partnership's own, so no place can be said to rise or fall, and no list is drawn."
)
NOTHING_LEFT = "No place here has a report-back that is overdue. Clear the filter to see the others."

LOCALITY, ALL_LOCALITIES = "Locality", "All localities"
ONLY_OVERDUE = "Only overdue report-backs"
CHOOSE = "Choose a place to see its history"
PROMPT = "Click a place on the map, or choose it here"

LED_ELSEWHERE = "led elsewhere: ask the chair"
HELD_BACK = "waits for the data steward"
NOT_SAID = "not said"
NONE = "none"
NO_STATUS = "No assessment"
LED_SHORT = "Led elsewhere"
NO_PLACE = "No one place"

OVERDUE = "Report-backs that are overdue"
OVERDUE_CAPTION = "The one due longest ago comes first"
NONE_OVERDUE = "No report-back is overdue."
BOARD = "Status board"
LEFT_THE_LADDER = "Closed, moved or led elsewhere"
BOARD_HELP = "A column is a status, from the first to the last. In each, whoever is overdue comes first."
MAP = "The same on a map"
LEGEND = "How to read the map"
MAP_NOTE = "A place with no mark has no assessment and is not in the queue below."
TABLE = "Every assessment as a table"
QUEUE = "Rising, or raised as a concern, with no sufficient plan"
QUEUE_RULE = (
    "A place is here when its figures rise, or someone raised a new concern, and its plan lacks something. It may have no "
    "assessment under way, nothing live being tried, or no review lately. Those with no assessment come first."
)
QUEUE_EMPTY = "No place is rising or newly raised without a plan."
QUEUE_CAPTION = "Places that need a plan"
JUDGED = (
    "A direction is a statistic. A red, amber or green is what people judged on a day. Where they differ, it is worth "
    "discussing."
)
ACTIONS = "Overdue actions, by agency"
ACTIONS_CAPTION = "The agency with the most comes first"
MARKED_OVERDUE, WAS_DUE = "marked as overdue", "was due"
NO_ACTIONS = "No action is overdue."
DAYS = "How long places have been where they are"
DAYS_CAPTION = "Days in each status"
NONE_UNDER_WAY = "No assessment is under way."
DAYS_HELP = "The middle is the place in the middle of the list: as many have waited longer as have waited less."
OUTCOMES = "How the ones that are closed ended"
OUTCOMES_CAPTION = "Newest first"
NO_OUTCOMES = "No assessment has been closed yet."
OUTCOMES_HELP = "An outcome is what people judged when they closed it. Beside it is what the figures say now."
HISTORY = "History of its assessment"
TRIED = "What was tried here"
NOTHING_TRIED = "Nothing has been recorded as tried here."
NO_MOVES = "No step of an assessment has been recorded here."
ALL_HARM = "all harm together"
WORTH_DISCUSSING = "worth discussing"

HEADS = {
    "overdue": ("Place", "Was due", "Status", "Who leads"),
    "table": ("Place", "Status, and who leads", "In it for", "Report-back"),
    "queue": ("Place", "Why it is here", "What is lacking", "Direction", "Judged"),
    "actions": ("Agency", "Overdue", "Which"),
    "days": ("Status", "Places", "Middle", "Longest"),
    "outcomes": ("Place", "How it ended", "Closed on", "Direction now"),
}
WHY_LISTED = {"rising": "rising", "concern": "a new concern was raised"}
LACKING = {
    "no_assessment": "no assessment under way",
    "no_intervention": "nothing live is being tried",
    "not_reviewed": "not reviewed lately",
}
RAG = {"red": "Red", "amber": "Amber", "green": "Green", "not_rated": "Not rated"}


def summary(places: int, overdue: int, soon: int) -> str:
    """Say how many assessments there are, and how many report-backs are late or near."""
    late = "none is overdue" if not overdue else f"{overdue} {'is' if overdue == 1 else 'are'} overdue"
    near = f"{soon or 'none'} {'is' if soon < 2 else 'are'} due within two weeks"
    return f"{count(places, 'place has', 'places have')} had an assessment. Of the report-backs, {late} and {near}."


def count(number: int, one: str, many: str) -> str:
    """Say how many: '1 place', '3 places'."""
    return f"{number} {one if number == 1 else many}"


def days(number: float | None) -> str:
    """Say how long: 'since today', '1 day', '41 days'."""
    if number is None:
        return NOT_SAID
    whole = int(number + 0.5)
    return "since today" if whole == 0 else count(whole, "day", "days")


def report_back(due_on: date | None, state: str | None) -> str:
    """Say when a place reports back, and whether that day has gone by."""
    if due_on is None or state is None:
        return ""
    said = {"overdue": "Overdue: was due", "due_soon": "Due soon:", "later": "Reports back"}
    return f"{said.get(state, 'Reports back')} {day(due_on)}"


def was_due(due_on: date, as_at: date) -> str:
    """Say how long ago something was due: '28 September 2026, 9 days ago'."""
    return f"{day(due_on)}, {count((as_at - due_on).days, 'day', 'days')} ago"


def who_leads(agency: str | None, role: str | None) -> str:
    """Say who leads: an agency and a role, never a person."""
    return ", ".join(part for part in (agency, role) if part) or NOT_SAID


def why_listed(codes: Sequence[str]) -> str:
    """Say why a place is in the queue."""
    return _sentence([WHY_LISTED.get(code, code.replace("_", " ")) for code in codes])


def lacking(codes: Sequence[str]) -> str:
    """Say what its plan lacks."""
    return _sentence([LACKING.get(code, code.replace("_", " ")) for code in codes])


def judged(value: str | None, role: str | None, on: date | None) -> str:
    """Say a recorded judgement with who made it and when."""
    if value is None:
        return "Not rated"
    made = ", ".join(part for part in (role, day(on) if on else None) if part)
    return f"{RAG.get(value, value)} ({made})" if made else RAG.get(value, value)


def step(label: str, on: date | None) -> str:
    """Say one step of an assessment."""
    return f"{label}, {day(on)}" if on else label


def _sentence(parts: Sequence[str]) -> str:
    said = list_of(parts)
    return said[:1].upper() + said[1:]
