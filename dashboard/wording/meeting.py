"""Words for the Meeting page: its agenda, its sections, and one place told so that it can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard import wording
from dashboard.wording import directions

# Changes with every sentence here, or in meeting_card, that says something else than before: a frozen meeting keeps its own.
VERSION = "3"

PAGE = "Meeting"
LOCALITY = "Locality"
WHICH = "Which meeting"
LIVE = "Now: the newest figures"
MODE, CONTRAST = "Meeting mode", "High contrast"
MODE_HELP = "Larger words for a projector, and nothing on the screen but the meeting."
NEXT_ITEM, PREVIOUS, NEXT, CLOSE, OPEN = "Next item", "Previous", "Next", "Close card", "Open card"
NO_PLACE_YET = "No place is chosen yet: Next goes to the first."
KEYS = (
    "Keys: N or right arrow, next place. P or left arrow, previous place. Enter opens the card, Esc closes it. "
    "A, next agenda item. T, the timer. M, meeting mode. H, high contrast."
)
KEY_RECORD = "D, record what is decided of this place."
FREEZE, FREEZE_BUTTON, FREEZE_DAY = "Freeze this meeting", "Freeze it", "Day of the meeting"
FREEZE_HELP = "Keeps this page for good, as it is now. It can be done once for each meeting, and not undone."
FREEZE_NO_DAYS = "The register of meetings has no day for this locality: the command safer-places freeze-meeting takes any."
CANNOT_WRITE = "It cannot be written: ask whoever looks after the data directory to make room in its folder meetings."
FROZEN_DONE = "Frozen. Open it again under 'Which meeting'."
NOT_HERE_TITLE = "This page is for locality meetings"
NOT_HERE = ("It shows places one by one, which this audience does not have.", "Use the pages named at the top instead.")
NO_PLACES_TITLE = "There are no places to show for this locality"
NO_PLACES = ("No beat or place of concern of this locality is in force in this snapshot.",)
NO_INCIDENTS_TITLE = "There is nothing to bring to a meeting yet"
NO_INCIDENTS = (
    "This snapshot has no incidents of the partnership's own, so no place can be said to rise or fall.",
    "Figures that are published for everybody are on the map.",
)
REGISTER_EMPTY = (
    "The registers are empty: no assessment and no meeting has been recorded yet. So every rising place is listed as one "
    "with no plan, and no date is known."
)
LOADING = "Putting the meeting together"
AGENDA_LABEL = "Agenda"
TIMER_START = "Timer (T)"
ITEMS = {
    "welcome": "Welcome", "needs_plan": "Rising, no sufficient plan", "concerns": "New concerns",
    "rising": "Other rising", "falling": "Falling", "report_backs": "Report-backs and actions", "since": "What changed",
    "close": "Who leads, by when",
}  # fmt: skip
ROLES = {"chair": "Chair", "investigator": "Investigator", "leads": "Leads"}
SECTIONS = {
    "needs_plan": "Rising with no sufficient plan", "concerns": "New and emerging concerns", "rising": "Other rising places",
    "falling": "Falling places", "report_backs": "Report-backs, actions due and agenda items",
    "since": "Changed since the last meeting",
}  # fmt: skip
NOTHING = {
    "needs_plan": "No place here is rising, or was raised, without a sufficient plan.",
    "concerns": "No concern was raised in the last few weeks.",
    "rising": "No other place is rising.", "falling": "No place is falling.",
    "report_backs": "No report-back or action is due, and nothing else was put on this agenda.", "since": "Nothing changed.",
}  # fmt: skip
ON_AGENDA = "on the agenda now"
SORT = "Sort the first list by"
SORTS = {"urgent": "What is most urgent", "name": "Name", "waiting": "Longest in its status", "lacking": "Most lacking"}
ANY_PLACE, ANY_PLACE_PROMPT = "Open any place", "Open any place of this locality by its name"
WHY = {"rising": "rising", "concern": "a concern was raised", "new_activity": "newly active"}
PLANNED_NOW = "What it lacked was decided since these figures were published."
NEWLY_ACTIVE = "new_activity"
WHO_IS_MISSING = "Who are we missing?"
WHO_IS_MISSING_SAID = (
    "Which young people, families, traders or services here have we not heard from? Who could ask them, before we meet "
    "again?"
)
MAP_LABEL, MAP_TABLE = "How to read the map", "The map as a table"
MAP_HEADS = ("Place", "Kind", "Direction", "RAG")
NO_RAG = "none recorded"
HELD, ELSEWHERE, NOT_SAID = "waits for the data steward", "led elsewhere: ask the chair", "not recorded"
WORTH_DISCUSSING = "Worth discussing: the judgement and the statistic point apart."
READ_ALOUD = "To read aloud"
GOALS, HARM, STRENGTHS, GAPS = "Safety goals", "Harm", "Strengths and guardians", "Gaps in knowledge"
PLAN, DONE, TRIED, RAG, ACTIONS, CONCERNS = (
    "Where the plan is", "What is being done", "What was tried before", "RAG: the recorded judgement", "Actions",
    "Concerns raised",
)  # fmt: skip
NONE = {
    GOALS: "No safety goals are recorded. What would safer look like here?",
    STRENGTHS: "None recorded yet. What is good here?",
    GAPS: "None recorded. What do we not know?", DONE: "Nothing is under way.", TRIED: "Nothing is recorded.",
    RAG: "No judgement is recorded.", ACTIONS: "No actions are recorded.", CONCERNS: "None recorded.",
}  # fmt: skip
HARM_HEADS = ("Kind of harm", "Direction", "Recorded", "Usual range", "Over a year")
ALL_HARM = "All kinds of harm together"


def day(text: str | None) -> str:
    """Say a day written as 2026-10-06."""
    return NOT_SAID if text is None else wording.day(date.fromisoformat(text))


def weekday(text: str) -> str:
    """Say a day with its weekday: Tuesday 6 October 2026."""
    return f"{date.fromisoformat(text):%A} {day(text)}"


def sorted_by(what: str) -> str:
    """Say in what order a list stands."""
    return f"Sorted by: {what[:1].lower()}{what[1:]}"


def title(locality: str) -> str:
    """Say whose meeting it is."""
    return f"{locality} locality meeting"


def frozen_title(met_on: str) -> str:
    """Say that this is a meeting of the past."""
    return f"Frozen: as the meeting of {weekday(met_on)} saw it"


def frozen_note(version: str) -> str:
    """Say what a frozen meeting is; and that sentences have been reworded since, where they have."""
    reworded = "" if version == VERSION else " Some sentences around the figures have been reworded since; no figure has."
    return f"This is drawn from a file that never changes, not from the newest figures.{reworded}"


def clock(meets_on: str | None, pack_due_on: str | None, last_met_on: str | None) -> list[str]:
    """Say when the locality meets and when its pack is due."""
    said = [f"Next meeting: {weekday(meets_on)}" if meets_on else "Next meeting: no day in the register"]
    if pack_due_on:
        said.append(f"Pack due: {weekday(pack_due_on)}")
    said.append(f"Last met: {weekday(last_met_on)}" if last_met_on else "Last met: no day in the register")
    return said


def figures(as_at: str, through: str | None, arriving: Sequence[str]) -> str:
    """Say which months the figures are of."""
    late = f"; {directions.list_of(arriving)} still arriving" if arriving else ""
    return f"Figures as at {day(as_at)}: months to {through or 'none yet'} complete{late}"


def stale(source: str, covers_to: str) -> str:
    """Say that a source has gone quiet."""
    return f"{source}: nothing newer than {day(covers_to)}. A quiet source is not a fall."


def minutes(number: int) -> str:
    """Say how long an item is."""
    return f"{number} min"


def rule(weeks: int, concern_days: int) -> str:
    """Say when a place stands in the queue."""
    return (
        f"Listed: a place that is rising or newly active, or was raised as a concern in the last {concern_days // 7} weeks; "
        "and that lacks an assessment under way, or something being done there now, or a review in the last "
        f"{weeks} weeks. A place stepped up or led elsewhere is with somebody already."
    )


def due_rule(days: int) -> str:
    """Say what counts as due."""
    return f"First what was put on this agenda. Then what is overdue, or due within {days} days."


def lacking(codes: Sequence[str], weeks: int) -> str:
    """Say what a place lacks."""
    said = {"no_assessment": "no assessment under way", "no_intervention": "nothing being done there now",
            "not_reviewed": f"no review in {weeks} weeks"}  # fmt: skip
    return directions.list_of([said.get(code, code.replace("_", " ")) for code in codes])


def why(codes: Sequence[str], lacks: Sequence[str], weeks: int, direction: str = "") -> str:
    """Say why a place stands in the queue, and what it lacks.

    direction  the word that heads the place: one with no past at all is newly active, not rising
    """
    heads = [NEWLY_ACTIVE if one == "rising" and direction == NEWLY_ACTIVE else one for one in codes]
    lacks_now = f"There is {lacking(lacks, weeks)}." if lacks else PLANNED_NOW
    return f"Here because: {directions.list_of([WHY.get(one, one) for one in heads])}. {lacks_now}"


def perhaps_reporting(verdict: str) -> str:
    """Say that a rise may not be harm; nothing where there is no sign of that."""
    if verdict not in ("could_be_reporting", "mostly_proactive"):
        return ""
    return f"{directions.HARM_OR_REPORTING} {directions.VERDICTS[verdict]}: look at its card."


def flags(flagged: int, expected_false: float) -> str:
    """Say how many flags of a meeting may be false: each place has one for every kind of harm that moved."""
    if not flagged:
        return "No place of this meeting is flagged."
    false = min(flagged, max(1, round(expected_false)))
    flag = "flag" if flagged == 1 else "flags"
    return f"These places have {flagged} {flag}, counting each kind of harm: about {false} may be false."


def too_few(places: int, of: int) -> str:
    """Say where to look when figures are too small for a word; nothing where every place has one."""
    if not places:
        return ""
    have = "place has" if of == 1 else "places has" if places == 1 else "places have"
    return (
        f"{places} of {of} {have} too few records to say: look at its last year on its card, at all kinds of harm together, "
        "or at the whole locality under Trends."
    )


def position(number: int, of: int, name: str, word: str) -> str:
    """Say which place the keys are on."""
    return f"Place {number} of {of}: {name}, {word}"


def recorded(about: float | None, low: float | None, high: float | None) -> str:
    """Say a count with its likely range."""
    if about is None:
        return wording.reason(None)
    exact = low is None or high is None or low == high
    if about == 0 and not exact:
        return f"{low:,.0f} to {high:,.0f}"
    return f"{about:,.0f}" if exact else f"about {about:,.0f} ({low:,.0f} to {high:,.0f})"


def usual(low: float | None, high: float | None) -> str:
    """Say the usual range, as a cell of a table."""
    return "not known" if low is None or high is None else f"{low:,.0f} to {high:,.0f}"


def leading(place: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The harm group that heads a place; all together where none does."""
    wanted = place["led_by"] or "all"
    return next((one for one in place["harm"] if one["harm_group"] == wanted), None)


def status(assessment: Mapping[str, Any] | None, words: Mapping[str, str]) -> str:
    """Say where the assessment of a place is."""
    if assessment is None:
        return "There is no assessment"
    if assessment["led_elsewhere"]:
        return ELSEWHERE.capitalize()
    said = f"Assessment: {words.get(assessment['status'], assessment['status']).lower()}"
    if assessment["days"] is not None:
        said += f" for {assessment['days']} days"
    if assessment["lead_agency"]:
        said += f", led by {assessment['lead_agency']}"
    return said


def due(kind: str, on: str | None, state: str | None) -> str:
    """Say what is due, a report-back or an action; or that it was put on this agenda."""
    if kind == "agenda_item":
        return "On this agenda"
    what = "Report-back" if kind == "report_back" else "Action"
    return f"{what} {'overdue since' if state == 'overdue' else 'due'} {day(on)}"


def since(met_on: str, compared_with: str | None) -> str:
    """Say what the changes are measured from."""
    if compared_with is None:
        return (
            f"Since {weekday(met_on)}, from the dates in the registers. There are no figures from before that day, so "
            "changed directions are not shown."
        )
    return f"Since {weekday(met_on)}, when the figures were as at {day(compared_with)}."


def changed_word(group: str, before: str | None, now: str) -> str:
    """Say that the word of a place changed."""
    was = directions.WORDS.get(before, before).lower() if before else "not told"
    return f"{group}: was {was}, now {directions.WORDS.get(now, now).lower()}"


def changed_status(before: str | None, now: str | None, on: str | None, words: Mapping[str, str]) -> str:
    """Say that an assessment moved."""
    said = {"led_elsewhere": ELSEWHERE, **{code: label.lower() for code, label in words.items()}}
    when = f", on {day(on)}" if on else ""
    was, is_now = (said.get(one, one) if one else "none" for one in (before, now))
    return f"Assessment: was {was}, now {is_now}{when}"


def fell_due(on: str, action: str) -> str:
    """Say that an action fell due and is not done."""
    return f"Action fell due {day(on)}: {action}"


def raised(group: str) -> str:
    """Say that a concern was raised."""
    return f"Concern raised: {group}"


def closed(source: str, before: str | None, now: str) -> str:
    """Say that a period closed."""
    return f"{source}: {now} is complete" + (f" (was {before})" if before else "")
