"""Words for one place of a meeting: told so that it can be read aloud, and the facts of its card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.wording import directions, meeting

SHARES = {
    "hardly_any": "hardly any", "some": "some", "about_half": "about half", "mostly": "most", "nearly_all": "nearly all",
}  # fmt: skip


AGENDA = "For the agenda of a meeting to come"


def for_agenda(on: str | None) -> str:
    """Say on which agenda something stands: on a day as it is said, or on the next."""
    return f"For the agenda of {on}" if on else "For the next agenda"


def presents(role: str) -> str:
    """Say who is to present an agenda item: a role, never a person."""
    return f"Presented by {role}"


def aloud(place: Mapping[str, Any], group: str, through: str | None, status: str, live: int, weeks: int) -> str:
    """Tell one place in sentences a chair can read out."""
    word = directions.WORDS.get(place["direction"], place["direction"]).lower()
    head = f"{place['name']}: {word}"
    harm = meeting.leading(place)
    if harm is not None:
        span = directions.last_months(harm["periods"]) if harm["periods"] else "the last months"
        head += f" for {group.lower()}, over {span}" + (f" to {through}" if through else "")
        if harm["about"] is not None:
            head += f". {meeting.recorded(harm['about'], harm['low'], harm['high']).capitalize()} recorded"
            if harm["expected_low"] is not None:
                head += f"; {meeting.usual(harm['expected_low'], harm['expected_high'])} is usual"
    doing = {0: "Nothing is being done there now", 1: "One thing is being done there now"}.get(
        live, f"{live} things are being done there now"
    )
    # What the sentences before have said already is not said again.
    said = {"no_intervention", *(("no_assessment",) if place["assessment"] is None else ())}
    lacks = [code for code in place["lacking"] if code not in said] if place["why_listed"] else []
    ends = f" There is {meeting.lacking(lacks, weeks)}." if lacks else ""
    return f"{head}. {status}. {doing}.{ends}"


def report_back(on: str | None, state: str | None) -> str:
    """Say when somebody reports back."""
    if on is None:
        return "no day agreed"
    return f"{meeting.day(on)}{' (overdue)' if state == 'overdue' else ''}"


def edge(names: Sequence[str]) -> str:
    """Say who leads a place that lies in two localities."""
    return f"This place lies in {directions.list_of(list(names))}. Agreed lead: {names[0]}."


def judged(judgement: Mapping[str, Any]) -> str:
    """Say whose judgement it is and of when."""
    return f"{judgement['role'] or 'role ' + meeting.NOT_SAID}, {meeting.day(judgement['judged_on'])}"


def share(word: str) -> str:
    """Say a share that came as a code: hardly_any_proactive."""
    return SHARES.get(word.rsplit("_", 1)[0], word.replace("_", " "))


def reporting(reading: Mapping[str, Any], kinds: Mapping[str, str]) -> list[str]:
    """Say what is known of how the records came about, one sentence a fact."""
    said = []
    for key, what in (("proactive", "came from police or workers who went looking"), ("police", "came from the police")):
        if reading[key]:
            before = reading[f"{key}_before"]
            usually = f" (before: {share(before)})" if before else ""
            said.append(f"{share(reading[key]).capitalize()} of the records {what}{usually}.")
    if reading["burst"]:
        said.append("One day made much of the newest quarter.")
    for kind, starts_on, everywhere in reading["events"]:
        where = " across the city" if everywhere else ""
        said.append(f"{kinds.get(kind, kind.replace('_', ' '))}{where}, from {meeting.day(starts_on)}.")
    return said
