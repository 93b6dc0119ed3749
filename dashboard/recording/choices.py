"""What can be recorded of a place, and what each kind asks for: the choice first, a short text second."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from dashboard.recording.sitting import Sitting
from dashboard.report.roles import read_labels
from dashboard.wording import recording as words
from pipelines.record.columns import read_choices
from pipelines.settings import Settings

Ask = Literal["choice", "words", "day", "several"]
STEPPED_UP = "stepped_up"
WEEKS_AHEAD = (1, 2, 3, 4, 6, 8, 12, 26)
DROPPED = "dropped"


@dataclass(frozen=True)
class Asked:
    """One thing a form asks for. source: a vocabulary, or a list `options` makes itself; must: it cannot be left out."""

    column: str
    ask: Ask
    source: str = ""
    must: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of entry: the key it is chosen by, its register, the day it says of itself, and what it asks for."""

    code: str
    key: str
    feed: str
    dated_by: str
    asks: tuple[Asked, ...]

    def asked(self, column: str) -> Asked | None:
        """What asks for a column; null where nothing does."""
        return next((one for one in self.asks if one.column == column), None)


def _words(column: str, must: bool = False) -> Asked:
    return Asked(column, "words", must=must)


def _choice(column: str, source: str, must: bool = False) -> Asked:
    return Asked(column, "choice", source, must)


_AGENCY, _LEAD_ROLE = _choice("lead_agency", "agency"), _choice("lead_role", "role")
KINDS = (
    Kind("status", "1", "neighbourhood_assessments", "moved_on", (
        _choice("status", "assessment_status", must=True), _AGENCY, _LEAD_ROLE, Asked("report_back_on", "day"),
        _choice("threshold", "threshold"), _words("reason"))),
    Kind("rag", "2", "rag_judgements", "judged_on", (
        _choice("value", "rag", must=True), _choice("role", "role", must=True), _words("reason"))),
    Kind("action", "3", "actions", "updated_on", (
        _choice("lead_agency", "agency", must=True), Asked("due_on", "day"), _choice("status", "action_status", must=True),
        _words("action", must=True), _words("aim"), _words("success"))),
    Kind("action_update", "4", "actions", "updated_on", (
        _choice("entry", "open_actions", must=True), _choice("status", "action_status", must=True), Asked("due_on", "day"),
        _words("dropped_because"))),
    Kind("goal", "5", "safety_goals", "", (
        Asked("developed_with", "several", "developed_with"), Asked("review_on", "day"), _words("goal", must=True),
        _words("what_safer_looks_like"))),
    Kind("strength", "6", "place_strengths", "noted_on", (
        _choice("kind", "strength_kind", must=True), _choice("role", "role", must=True), _words("note", must=True))),
    Kind("concern", "7", "emerging_concerns", "fortnight_starting", (
        _choice("harm_group", "harm_group", must=True), _choice("role", "role", must=True), _words("reason", must=True))),
    Kind("edge", "8", "edge_leads", "agreed_on", (
        _choice("lead_locality", "localities", must=True), _choice("shared_with", "localities", must=True))),
    Kind("step_up", "9", "neighbourhood_assessments", "moved_on", (
        Asked("visible_from", "day"), _AGENCY, _LEAD_ROLE, _words("reason"))),
    Kind("agenda", "0", "agenda_items", "raised_on", (
        Asked("for_meeting_on", "day"), _choice("presenter_role", "role"), _words("item", must=True))),
)  # fmt: skip
BY_CODE: Mapping[str, Kind] = {one.code: one for one in KINDS}
FEEDS = tuple(dict.fromkeys(one.feed for one in KINDS))


def asks(kind: Kind, *, corrects: bool) -> list[Asked]:
    """What a form asks for. A correction is of the very entry it corrects, whichever action that was."""
    return [one for one in kind.asks if not (corrects and one.column == "entry")]


def kind_of(feed: str, fields: Mapping[str, str]) -> Kind | None:
    """Which kind an entry is of, by what it says; null for a register that is recorded elsewhere."""
    if feed == "neighbourhood_assessments":
        return BY_CODE["step_up" if fields.get("status") == STEPPED_UP else "status"]
    if feed == "actions":
        return BY_CODE["action" if "action_ref" in fields else "action_update"]
    return next((one for one in KINDS if one.feed == feed), None)


def fixed(kind: Kind, sitting: Sitting, place_id: str) -> dict[str, Any]:
    """What a new entry says without being asked: its place, its day, and what its kind means."""
    said: dict[str, Any] = {} if kind.code == "action_update" else {"place_id": place_id}
    if kind.code == "step_up":
        said["status"] = STEPPED_UP
    if kind.code == "concern":  # the fortnight that this week ends: one known event cannot be told from it
        said[kind.dated_by] = sitting.said_on - timedelta(days=sitting.said_on.weekday() + 7)
    elif kind.dated_by:
        said[kind.dated_by] = sitting.said_on
    return said


def usual(kind: Kind, settings: Settings, lead: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in a form before anybody touches it. lead: who leads the place now (`lead_agency`, `lead_role`)."""
    chair = settings.partnership.roles.chair
    known = chair if chair in read_labels(settings, "role") else None
    if kind.feed == "neighbourhood_assessments":
        return {name: lead[name] for name in ("lead_agency", "lead_role") if lead.get(name)}
    if kind.code == "action":
        return {"status": "agreed"}
    return {"role": known} if kind.asked("role") and known else {}


def options(
    asked: Asked, settings: Settings, sitting: Sitting, actions: Mapping[str, str], now: Any = None
) -> dict[str, str]:
    """What may be chosen: value -> what it is called, in the vocabulary's order. now: a value that is to be among them.

    actions  the open actions of the place by their entry, for the kind that changes one
    """
    if asked.ask == "day":
        known = {text: text for text in days_ahead(sitting.meeting_on)}
    elif asked.source == "open_actions":
        known = dict(actions)
    elif asked.source == "localities":
        known = dict(sitting.localities)
    elif asked.source == "developed_with":
        known = {one: one for one in words.DEVELOPED_WITH}
    elif asked.source in ("agency", "role"):  # said in words, as a file says them
        known = {label: label for label in read_labels(settings, asked.source)}
    else:
        known = {one.code: one.label for one in read_choices(settings, asked.source)}
        if asked.source == "assessment_status":
            known.pop(STEPPED_UP, None)  # a kind of its own, since it may not be shown to everybody
    missing = [one for one in (now if isinstance(now, list) else [now]) if one and one not in known]
    return {**known, **{one: str(one) for one in missing}}


def days_ahead(meeting_on: date) -> Iterable[str]:
    """The days that are mostly agreed on: those of meetings to come."""
    return [words.weekday(meeting_on + timedelta(weeks=weeks)) for weeks in WEEKS_AHEAD]


_DAY = re.compile(r"(?:[A-Za-z]+day,? )?(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})")


def as_day(said: Any) -> date | None:
    """A day as it may be written: Tuesday 3 November 2026, 3 Nov 2026, 3/11/2026, 2026-11-03; null for what is none."""
    text = " ".join(str(said or "").split())
    if found := _DAY.fullmatch(text):
        text = f"{found[1]} {found[2][:3].title()} {found[3]}"
    for form in ("%d %b %Y", "%d/%m/%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()
    return None
