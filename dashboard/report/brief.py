"""The place brief a member takes back: one page, no counts. The goal, the own agency's actions, and the report-back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Any

import pandas as pd

from dashboard.report import minutes
from dashboard.report.model import Document, Face, Facts, Heading, Paragraph, Part, Table
from dashboard.report.readiness import Check
from dashboard.wording import meeting as said_of
from dashboard.wording import minutes as words
from pipelines.insight.minuted import recorded_by
from pipelines.insight.plans import Assessment, current_assessments
from pipelines.insight.queries import Snapshot
from pipelines.insight.reminders import is_open
from pipelines.record import open_existing
from pipelines.settings import Settings

Row = Mapping[Any, Any]
# One page, in Word too, by the longest permission there may be: so many letters of a goal and of a cell of an action, and so
# many lines of all actions together, of as many letters as the narrowest column holds.
LONGEST_GOAL, LONGEST_CELL, MOST_LINES, LINE = 360, 200, 16, 25
CELLS = ("action", "aim", "success")


@dataclass(frozen=True)
class Told:
    """What the brief of one place says to one agency; `more` where the agency has more actions than a page holds."""

    snapshot: Snapshot
    place: str
    agency: str
    goals: Sequence[Row]
    actions: Sequence[Row]
    assessment: Assessment | None
    newest: int
    more: bool = False


def told(snapshot: Snapshot, settings: Settings, place_id: str, agency: str, on: date) -> Told:
    """Read what a brief says, as at a day; opened for the meeting of the place's locality.

    Raises RecordError where the register store cannot be read.
    """
    known, locality = recorded_by(open_existing(settings), on), str(snapshot.audience.locality)
    registers = minutes.laid(snapshot, known, locality)
    names = dict(snapshot.areas_of(locality)[["area_id", "name"]].itertuples(index=False, name=None))
    mine = [one for one in _of(registers["actions"], place_id) if is_open(one) and same(one["lead_agency"], agency)]
    mine.sort(key=lambda one: one["due_on"] or date.max)
    shown = _fitting(mine)
    goals = [one for one in _of(registers["safety_goals"], place_id) if not one["led_elsewhere"]][-1:]
    about = current_assessments(registers["neighbourhood_assessments"], on).get(place_id)
    return Told(snapshot, names[place_id], agency, goals, shown, about, known.newest, len(shown) < len(mine))


def _of(register: pd.DataFrame, place_id: str) -> list[Row]:
    return [dict(one) for one in register[register["place_id"] == place_id].to_dict("records")]


def same(one: str | None, other: str) -> bool:
    """Whether two names of an agency are one."""
    return " ".join((one or "").split()).casefold() == " ".join(other.split()).casefold()


def _fitting(actions: Sequence[Row]) -> list[Row]:
    """The actions a page has room for, those due first."""
    room, found = MOST_LINES, []
    for one in actions:
        room -= max(ceil(len(_cell(one, name)) / LINE) for name in CELLS)
        if room < 0:
            break
        found.append(one)
    return found


def _cell(one: Row, column: str, most: int = LONGEST_CELL) -> str:
    """A text in its cell, cut where a page would not hold it, and said so."""
    if column in (one.get("held_back") or ()):
        return said_of.HELD
    text = str(one.get(column) or words.NOT_SAID)
    return text if len(text) <= most else text[: most - len(words.BRIEF_CUT)].rsplit(" ", 1)[0] + words.BRIEF_CUT


def make(of: Told, face: Face) -> Document:
    """The brief, on one page."""
    goals: list[Part] = [Paragraph(words.BRIEF_NO_GOAL)]
    if of.goals:
        one = of.goals[0]
        pairs = [
            (name, _cell(one, column, LONGEST_GOAL))
            for name, column in ((words.GOAL, "goal"), (words.SAFER, "what_safer_looks_like"))
            if one.get(column) or column == "goal"
        ]
        goals = [Facts(pairs),
                 Paragraph(words.brief_review(one.get("review_on")) + ".", "note")]  # fmt: skip
    rows = [(*(_cell(one, name) for name in CELLS), words.when(one["due_on"])) for one in of.actions]
    table = Table(words.BRIEF_CAPTION, words.BRIEF_ACTION_HEADS, rows, words.BRIEF_NO_ACTIONS, widths=(2.6, 2, 2, 1.3))
    more: list[Part] = [Paragraph(words.BRIEF_MORE, "note")] if of.more else []
    parts: list[Part] = [
        Heading(words.BRIEF_GOAL), *goals, Heading(words.BRIEF_ACTIONS), table, *more, Heading(words.BRIEF_BACK),
        Facts(_back(of.assessment)), Paragraph(words.BRIEF_NOTE, "note"),
    ]  # fmt: skip
    under = words.brief_subtitle(of.agency, str(of.snapshot.locality_name), of.snapshot.partnership)
    return Document(words.brief_title(of.place), under, replace(face, holds=words.HOLDS), parts)


def _back(about: Assessment | None) -> list[tuple[str, str]]:
    if about is not None and about.led_elsewhere:
        return [(words.BACK, words.ELSEWHERE)]
    lead = words.who(about.lead_agency, about.lead_role) if about else words.NOT_SAID
    return [(words.BACK, words.when(about.report_back_on if about else None)), (words.LED, lead)]


def checks(of: Told) -> list[Check]:
    """What to look at before a brief is issued."""
    about = of.assessment
    agreed = about is not None and not about.led_elsewhere and about.report_back_on is not None
    said = [*(str(one.get(name) or "") for one in of.goals for name in ("goal", "what_safer_looks_like")),
            *(_cell(one, name) for one in of.actions for name in CELLS)]  # fmt: skip
    plain = not any(re.search(r"\d", one) for one in said)
    found = [
        ("goal", bool(of.goals), words.GOAL_THERE if of.goals else words.NO_GOAL),
        ("actions", bool(of.actions), words.ACTION_THERE if of.actions else words.no_actions(of.agency)),
        ("back", agreed, words.BACK_THERE if agreed else words.NO_BACK),
        ("figures", plain, words.NO_FIGURES if plain else words.SOME_FIGURES),
    ]
    return [Check(code, words.READY_BRIEF[code], well, text) for code, well, text in found]
