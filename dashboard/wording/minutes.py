"""Words of the minutes of a meeting, and of the place brief that a member takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.wording import day
from dashboard.wording import meeting as said_of
from dashboard.wording.reports import count

DECIDED, ACTIONS, OVERDUE, NEXT = (
    "What was decided, place by place", "Action log", "Actions overdue, by agency", "For the next agenda",
)  # fmt: skip
NOTHING_DECIDED = "No place was decided on."
ACTIONS_CAPTION = "Recorded at this meeting"
ACTIONS_HEADS = ("Place", "Who leads", "Action", "Aim", "Success", "By when")
NO_ACTIONS = "No action was recorded."
OVERDUE_CAPTION = "On the day of this meeting, the longest overdue first"
OVERDUE_HEADS = ("Agency", "Action", "Place", "Was due")
NO_OVERDUE = "No action is overdue."
AGENDA_CAPTION, AGENDA_HEADS = "Put on the agenda", ("Place", "What is to be talked about", "Who presents", "For")
NO_AGENDA, NEXT_TIME = "Nothing was put on the agenda.", "the next meeting"
BACKS_CAPTION, BACKS_HEADS = "Report-backs", ("Place", "Who reports back", "Due")
NO_BACKS = "No report-back falls due by then."
DUE_CAPTION, DUE_HEADS = "Actions that fall due", ("Place", "Who leads", "Action", "Due")
NO_DUE = "No action falls due by then."
WAITING_CAPTION, WAITING_HEADS = "Places that wait for a plan", ("Place", "Why")
NO_WAITING = "No place waits for a plan."
NO_NEXT = "No later meeting is in the register: what falls due within two weeks is listed."
AT_ONCE = "Two people recorded this at once. See that it says what was meant."
ALSO, ALSO_SAID = "Also recorded", "{registers}: see the register."
NOTE = (
    "Written from what was recorded at the meeting, with any correction since. Places, agencies and roles only: no person "
    "is named, and no figure says what happened."
)
ELSEWHERE = said_of.ELSEWHERE.capitalize()
NO_PLACE = "A place that is not on the map yet"
NOT_SAID, NO_AGENCY = said_of.NOT_SAID, "No agency named"
NO_DAY = "no day agreed"
MOVED, LED, BACK, THRESHOLD, RAG, GOAL, SAFER, CONCERN, WORK, EDGE = (
    "Moved to", "Led by", "Reports back", "Threshold", "RAG", "Safety goal", "Safer looks like", "Concern raised", "Work",
    "Led between localities",
)  # fmt: skip
WHY = {MOVED: "Why it moved", RAG: "Why this RAG", WORK: "Why this work"}
KINDS = {"strength": "Strength", "guardian": "Guardian", "gap_in_knowledge": "Gap in knowledge"}

READY = {
    "recorded": "Something was recorded at it", "at_once": "No two people recorded one thing at once",
    "led": "Every place that moved has a lead and a report-back", "next": "The next meeting is in the register",
    "held": "No words wait for the data steward",
}  # fmt: skip
READY_BRIEF = {
    "goal": "A safety goal is recorded", "actions": "The agency has an action here", "back": "A report-back is agreed",
    "figures": "No figure stands in its words",
}  # fmt: skip
NOTHING_RECORDED = "Nothing was recorded at this meeting, so there are no minutes to make."
NOT_AT_ONCE, ALL_LED = "None did.", "Each has both, or is led elsewhere."
NO_FIGURES = "Nothing but dates."
SOME_FIGURES = "There is one in the words of its goal or of an action. See that it counts no child and no event."
GOAL_THERE, NO_GOAL = "It is in the brief.", "None is recorded: the brief says so."
ACTION_THERE = "It is in the brief."
BACK_THERE, NO_BACK = "It is in the brief.", "No day is agreed, or it is led elsewhere: the brief says so."

BRIEF_GOAL, BRIEF_ACTIONS, BRIEF_BACK = "What is wanted here", "What you agreed to do here", "When it is reported back"
HOLDS = "Registers"
BRIEF_NO_GOAL = "No safety goal is recorded yet. What would safer look like here?"
BRIEF_NO_ACTIONS = "No open action of your agency is recorded here."
BRIEF_ACTION_HEADS = ("Action", "Aim", "Success", "By when")
BRIEF_CAPTION = "Open actions"
BRIEF_MORE = "There is more than this page holds: the action log of the meeting has it all."
BRIEF_CUT = " … (the action log has the rest)"
BRIEF_NOTE = "To take back to your agency. It holds no figure of what happened here. No person is named; name none in reply."


def title(locality: str) -> str:
    """Say whose minutes they are."""
    return f"{locality}: minutes and action log"


def subtitle(partnership: str, met_on: date) -> str:
    """Say of which meeting."""
    return f"{partnership}: locality meeting of {met_on:%A} {day(met_on)}"


def at_a_glance(places: int, actions: int, overdue: int) -> str:
    """Say what is in the minutes, in one sentence to read first."""
    decided = count(places, "place was decided on", "places were decided on")
    agreed = count(actions, "action was recorded", "actions were recorded")
    late = count(overdue, "action is overdue", "actions are overdue")
    return f"{decided}. {agreed}. {late}."


def next_meeting(next_on: date | None) -> str:
    """Say when the next meeting is, up to which reminders look ahead."""
    return f"Next meeting: {next_on:%A} {day(next_on)}." if next_on else NO_NEXT


def who(agency: str | None, role: str | None) -> str:
    """Say who leads: agency and role, never a person."""
    return ", ".join(one for one in (agency, role) if one) or NOT_SAID


def when(due_on: date | None) -> str:
    """Say by when."""
    return day(due_on) if due_on else NO_DAY


def by_when(due_on: date | None, status: str) -> str:
    """Say by when an action is to be done, and where it is."""
    return f"{when(due_on)} ({status.lower()})"


def for_meeting(on: date | None) -> str:
    """Say which meeting an agenda item is for."""
    return day(on) if on else NEXT_TIME


def overdue(due_on: date | None, *, late: bool) -> str:
    """Say a day, and that it is past."""
    return f"{when(due_on)}{' (overdue)' if late else ''}"


def rag(label: str, role: str | None) -> str:
    """Say a judgement and whose it is."""
    return f"{label} ({role or 'role ' + NOT_SAID})"


def edge(leads: str, shared: str | None) -> str:
    """Say which locality leads a place of two."""
    return f"{leads} leads{f', shared with {shared}' if shared else ''}"


def raised(group: str, reason: str) -> str:
    """Say a concern."""
    return f"{group}: {reason}"


def work(kind: str, agency: str | None, started_on: date | None, ended_on: date | None) -> str:
    """Say a piece of work with its lead and its days."""
    began = f"from {day(started_on)}" if started_on else ""
    ends = f"to {day(ended_on)}" if ended_on else ""
    said = " ".join(one for one in (began, ends) if one)
    return ": ".join(one for one in (", ".join((kind, agency or NOT_SAID)), said) if one)


def recorded(entries: int) -> str:
    """Say that something was recorded."""
    return f"{count(entries, 'entry', 'entries')} stand."


def at_once(names: Sequence[str]) -> str:
    """Say where two people recorded at once."""
    return f"Look at: {', '.join(names)}."


def not_led(names: Sequence[str]) -> str:
    """Say which places lack a lead or a report-back."""
    return f"One of the two is missing: {', '.join(names)}."


def brief_title(place: str) -> str:
    """Say of which place the brief is."""
    return f"Place brief: {place}"


def brief_subtitle(agency: str, locality: str, partnership: str) -> str:
    """Say for which agency."""
    return f"For {agency}. {locality} locality, {partnership}"


def brief_review(review_on: date | None) -> str:
    """Say when a goal is looked at again."""
    return f"Looked at again on {day(review_on)}" if review_on else "No day to look at it again is agreed"


def no_actions(agency: str) -> str:
    """Say that an agency has no open action in a place."""
    return f"{agency} has none here: the brief says so."
