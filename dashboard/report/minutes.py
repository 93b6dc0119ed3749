"""The minutes of a meeting and its action log, from what was recorded at it: places, agencies and roles, and no counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard.report.model import Bullets, Document, Face, Facts, Heading, Paragraph, Part, Table, Together
from dashboard.report.readiness import Check
from dashboard.wording import meeting as said_of
from dashboard.wording import minutes as words
from dashboard.wording import reports
from pipelines.insight.agenda import FEED, standing
from pipelines.insight.calendar import meeting_days
from pipelines.insight.minuted import Minuted, laid_over, recorded_at, recorded_by, typed
from pipelines.insight.plans import LIVE_STATUSES, OVERDUE
from pipelines.insight.queries import Snapshot
from pipelines.insight.recorded import STORY_REGISTERS
from pipelines.insight.reminders import (
    ACTION,
    AGENDA,
    REPORT_BACK,
    WAITING,
    Reminder,
    overdue_by_agency,
    reminders,
    review_within_weeks,
)
from pipelines.record import open_existing
from pipelines.settings import Settings

Row = Mapping[Any, Any]
# What is said of a place under its name, in this order; actions have the log.
MOVES = "neighbourhood_assessments"
# What is put on a later agenda is told there.
TOLD = (MOVES, "rag_judgements", "emerging_concerns", "safety_goals", "place_strengths", "interventions", "edge_leads")
VOCABULARIES = ("assessment_status", "threshold", "rag", "intervention_type", "action_status")


@dataclass(frozen=True)
class Held:
    """A meeting as it is written up.

    at_it      what was recorded at it
    registers  every register by feed, with all that was recorded up to it laid over the snapshot's
    reminders  of the next agenda; `next_on` is the day of it, null where the register has none
    newest     the number of the newest event all of this rests on
    """

    snapshot: Snapshot
    locality: str
    met_on: date
    at_it: Minuted
    registers: Mapping[str, pd.DataFrame]
    reminders: Sequence[Reminder]
    next_on: date | None
    newest: int


def held(snapshot: Snapshot, settings: Settings, met_on: date, on: date) -> Held:
    """Read what is written up of a meeting.

    snapshot  opened for that meeting; `on`: what may not be shown on that day stays hidden

    Raises RecordError where the register store cannot be read.
    """
    locality = str(snapshot.audience.locality)
    store = open_existing(settings)
    at_it, known = recorded_at(store, locality, met_on, on=on), recorded_by(store, met_on, on=on)
    registers = laid(snapshot, known, locality)
    _, next_on = meeting_days(registers["meetings"], locality, met_on + timedelta(days=1))
    found = reminders(registers, snapshot.stories(locality), met_on=met_on, next_on=next_on,
                      review_within_weeks=review_within_weeks(snapshot))  # fmt: skip
    return Held(snapshot, locality, met_on, at_it, registers, found, next_on, max(at_it.newest, known.newest))


def laid(snapshot: Snapshot, known: Minuted, locality: str) -> dict[str, pd.DataFrame]:
    """Every register of a snapshot's own places, by feed, with what was recorded laid over it."""
    mine = set(snapshot.areas_of(locality)["area_id"])
    rows = tuple(one for one in known.rows if one["place_id"] in mine or one["feed"] == "meetings")
    own = Minuted(rows, known.gone, known.newest)
    return {feed: laid_over(snapshot.register(feed), feed, own, snapshot.as_at)
            for feed in (*STORY_REGISTERS.values(), "meetings")}  # fmt: skip


def make(of: Held, face: Face) -> Document:
    """The minutes of one meeting."""
    snapshot = of.snapshot
    log, late = _log(of), overdue_by_agency(of.reminders)
    decided = _decided(of)
    glance = words.at_a_glance(len(decided), len(log.rows), sum(map(len, late.values())))
    parts: list[Part] = [
        Paragraph(glance, "lead"), Heading(words.DECIDED), *(decided or [Paragraph(words.NOTHING_DECIDED)]), *_also(of),
        Heading(words.ACTIONS), log, Heading(words.OVERDUE), _overdue(of, late), *_next(of), Paragraph(words.NOTE, "note"),
    ]  # fmt: skip
    title, under = words.title(snapshot.localities()[of.locality]), words.subtitle(snapshot.partnership, of.met_on)
    return Document(title, under, replace(face, holds=words.HOLDS), parts)


def checks(of: Held) -> list[Check]:
    """What to look at before minutes are issued."""
    rows, names = of.at_it.rows, _names(of.snapshot, of.locality)
    twice = sorted({names.get(one["place_id"], words.NO_PLACE) for one in rows if one["unseen"]})
    live = [one for one in rows if one["feed"] == MOVES and one["fields"].get("status") in LIVE_STATUSES]
    bare = [one for one in live if not (one["fields"].get("lead_agency") and one["fields"].get("report_back_on"))]
    unled = sorted({names.get(one["place_id"], words.NO_PLACE) for one in bare})
    waits = sum(sum(map(bool, register["held_back"])) for register in of.registers.values())
    found = [
        ("recorded", bool(rows), words.recorded(len(rows)) if rows else words.NOTHING_RECORDED),
        ("at_once", not twice, words.at_once(twice) if twice else words.NOT_AT_ONCE),
        ("led", not unled, words.not_led(unled) if unled else words.ALL_LED),
        ("next", of.next_on is not None, words.next_meeting(of.next_on)),
        ("held", not waits, reports.held_back(waits)),
    ]
    return [Check(code, words.READY[code], well, said) for code, well, said in found]


def _names(snapshot: Snapshot, locality: str) -> dict[str, str]:
    return dict(snapshot.areas_of(locality)[["area_id", "name"]].itertuples(index=False, name=None))


def whole(of: Held, one: Row) -> Row:
    """One recorded row with everything its entry says: what it changed, over what stood."""
    register = of.registers.get(one["feed"])
    stood = register[register["entry_id"] == one["entry_id"]].to_dict("records") if register is not None else []
    said = {name: typed(name, text) for name, text in one["fields"].items()} | dict.fromkeys(one["held_back"], said_of.HELD)
    return {**(stood[0] if stood else {}), **said, "led_elsewhere": one["led_elsewhere"]}


def _decided(of: Held) -> list[Part]:
    """Each place that anything but an action was recorded of, in the order the meeting took them."""
    names, told = _names(of.snapshot, of.locality), [one for one in of.at_it.rows if one["feed"] in TOLD]
    labels = {name: of.snapshot.vocabulary(name) for name in VOCABULARIES}
    labels |= {"harm_group": {"all": said_of.ALL_HARM, **_groups(of.snapshot)}, "locality": of.snapshot.localities()}
    found: list[Part] = []
    for place in dict.fromkeys(one["place_id"] for one in told):
        mine = sorted((one for one in told if one["place_id"] == place), key=lambda one: TOLD.index(one["feed"]))
        pairs = [pair for one in mine for pair in _pairs(one["feed"], whole(of, one), labels)]
        twice: list[Part] = [Paragraph(words.AT_ONCE, "note")] if any(one["unseen"] for one in mine) else []
        found.append(Together([Heading(names.get(place, words.NO_PLACE), 2), Facts(list(dict.fromkeys(pairs))), *twice]))
    return found


def _groups(snapshot: Snapshot) -> dict[str, str]:
    return {code: label for kind in snapshot.measures() for code, label in kind.harm_groups}


def _pairs(feed: str, one: Row, labels: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str]]:
    """What one entry says, each as its name and what it is; of what is led elsewhere, that alone."""
    if one["led_elsewhere"]:
        return [(words.MOVED if feed == MOVES else words.WORK, words.ELSEWHERE)]

    def label(vocabulary: str, column: str) -> str:
        code = one.get(column) or ""
        return labels[vocabulary].get(code, code or words.NOT_SAID)

    def said(column: str) -> str:
        return str(one.get(column) or words.NOT_SAID)

    match feed:
        case "neighbourhood_assessments":
            pairs = [(words.MOVED, label("assessment_status", "status")),
                     (words.LED, words.who(one.get("lead_agency"), one.get("lead_role"))),
                     (words.BACK, words.when(one.get("report_back_on")))]  # fmt: skip
            pairs += [(words.THRESHOLD, label("threshold", "threshold"))] if one.get("threshold") else []
            pairs += [(words.WHY[words.MOVED], said("reason"))] if one.get("reason") else []
        case "rag_judgements":
            pairs = [(words.RAG, words.rag(label("rag", "value"), one.get("role")))]
            pairs += [(words.WHY[words.RAG], said("reason"))] if one.get("reason") else []
        case "emerging_concerns":
            pairs = [(words.CONCERN, words.raised(label("harm_group", "harm_group"), said("reason")))]
        case "safety_goals":
            pairs = [(words.GOAL, said("goal"))]
            pairs += [(words.SAFER, said("what_safer_looks_like"))] if one.get("what_safer_looks_like") else []
        case "place_strengths":
            pairs = [(words.KINDS.get(said("kind"), words.KINDS["strength"]), said("note"))]
        case "interventions":
            kind = label("intervention_type", "intervention_type")
            pairs = [(words.WORK, words.work(kind, one.get("lead_agency"), one.get("started_on"), one.get("ended_on")))]
            pairs += [(words.WHY[words.WORK], said("chosen_because"))] if one.get("chosen_because") else []
        case _:
            shared = labels["locality"].get(one.get("shared_with") or "")
            pairs = [(words.EDGE, words.edge(label("locality", "lead_locality"), shared))]
    return pairs


def _also(of: Held) -> list[Part]:
    """Registers that say nothing of a place's plan, by their names."""
    others = sorted({one["feed"] for one in of.at_it.rows} - {*TOLD, FEED, "actions", "meetings"})
    if not others:
        return []
    said = ", ".join(one.replace("_", " ") for one in others)
    return [Heading(words.ALSO, 2), Bullets([words.ALSO_SAID.format(registers=said.capitalize())])]


def _log(of: Held) -> Table:
    names, statuses = _names(of.snapshot, of.locality), of.snapshot.vocabulary("action_status")
    rows = []
    for one in (whole(of, row) for row in of.at_it.rows if row["feed"] == "actions"):
        status = statuses.get(one.get("status") or "", words.NOT_SAID)
        rows.append((names.get(one.get("place_id") or "", words.NO_PLACE), one.get("lead_agency") or words.NOT_SAID,
                     *(one.get(name) or words.NOT_SAID for name in ("action", "aim", "success")),
                     words.by_when(one.get("due_on"), status)))  # fmt: skip
    return Table(words.ACTIONS_CAPTION, words.ACTIONS_HEADS, rows, words.NO_ACTIONS, widths=(1.5, 1.4, 2.4, 2, 2, 1.5))


def _overdue(of: Held, late: Mapping[str, Sequence[Reminder]]) -> Table:
    names = _names(of.snapshot, of.locality)
    rows = [(agency or words.NO_AGENCY, _action(one), names[one.place_id], words.when(one.on))
            for agency, mine in late.items() for one in mine]  # fmt: skip
    return Table(words.OVERDUE_CAPTION, words.OVERDUE_HEADS, rows, words.NO_OVERDUE, widths=(1.6, 3.6, 1.8, 1.4))


def _action(one: Reminder) -> str:
    return _said(one.entry or {}, "action")


def _said(entry: Row, column: str) -> str:
    return said_of.HELD if column in (entry.get("held_back") or ()) else entry.get(column) or words.NOT_SAID


def _asked_for(of: Held, names: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """What stands on the next agenda, then what this meeting put on a later one."""
    found: list[Row] = [one.entry for one in of.reminders if one.kind == AGENDA and one.entry]
    known = {one["entry_id"] for one in found}
    own = [whole(of, row) for row in of.at_it.rows if row["feed"] == FEED and row["entry_id"] not in known]
    days = [of.met_on, of.next_on] if of.next_on else [of.met_on]
    found += standing(own, days, of.met_on + timedelta(days=1))
    return [(names.get(one["place_id"], words.NO_PLACE), _said(one, "item"), one.get("presenter_role") or words.NOT_SAID,
             words.for_meeting(one["meeting_on"])) for one in found]  # fmt: skip


def _next(of: Held) -> list[Part]:
    """What the next agenda is reminded of, and what was put on a later one; overdue actions stand in the table before."""
    names, weeks = _names(of.snapshot, of.locality), review_within_weeks(of.snapshot)
    backs = [(names[one.place_id], words.who(one.lead_agency, one.lead_role), words.overdue(one.on, late=one.due == OVERDUE))
             for one in of.reminders if one.kind == REPORT_BACK]  # fmt: skip
    due = [(names[one.place_id], one.lead_agency or words.NOT_SAID, _action(one), words.when(one.on))
           for one in of.reminders if one.kind == ACTION and one.due != OVERDUE]  # fmt: skip
    waits = [(names[one.place_id], said_of.why(one.why, one.lacks, weeks)) for one in of.reminders if one.kind == WAITING]
    return [
        Heading(words.NEXT), Paragraph(words.next_meeting(of.next_on)),
        Table(words.AGENDA_CAPTION, words.AGENDA_HEADS, _asked_for(of, names), words.NO_AGENDA, widths=(1.8, 3.6, 1.6, 1.4)),
        Table(words.BACKS_CAPTION, words.BACKS_HEADS, backs, words.NO_BACKS, widths=(2, 3, 1.6)),
        Table(words.DUE_CAPTION, words.DUE_HEADS, due, words.NO_DUE, widths=(1.8, 1.6, 3.6, 1.4)),
        Table(words.WAITING_CAPTION, words.WAITING_HEADS, waits, words.NO_WAITING, widths=(1.6, 4)),
    ]  # fmt: skip
