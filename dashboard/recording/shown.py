"""What was recorded, laid over what a meeting sees: marked, in the card and in the lists, until a snapshot holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from dashboard import reads
from dashboard.recording import choices
from dashboard.wording import meeting
from dashboard.wording import recording as words
from pipelines.insight import agenda
from pipelines.insight.meeting import agenda_row
from pipelines.insight.minuted import typed
from pipelines.insight.plans import LIVE_STATUSES, NO_ASSESSMENT, NOT_REVIEWED, due
from pipelines.insight.registers import COLUMNS
from pipelines.record import led_elsewhere
from pipelines.settings import Settings

MARK, LINES = "recorded_mark", "recorded_lines"
View = dict[str, Any]
Row = Mapping[str, Any]
Vocabularies = Mapping[str, Mapping[str, str]]
# Under which name a card has the entries of a register, and the words a column's code stands for.
PART_OF = {"actions": "actions", "safety_goals": "goals", "place_strengths": "strengths", "emerging_concerns": "concerns",
           "agenda_items": "agenda_items"}  # fmt: skip
CODES = {
    "neighbourhood_assessments": {"status": "assessment_status", "threshold": "threshold"},
    "rag_judgements": {"value": "rag"}, "actions": {"status": "action_status"},
    "place_strengths": {"kind": "strength_kind"}, "emerging_concerns": {"harm_group": "harm_group"},
    "edge_leads": {"lead_locality": "localities", "shared_with": "localities"},
}  # fmt: skip
AGENDA_DAYS = ("raised_on", "for_meeting_on")
UNDER_WAY = (*LIVE_STATUSES, choices.STEPPED_UP)
DAYS = ("report_back_on", "due_on", "review_on", "visible_from", "for_meeting_on")


def over(view: View, rows: Sequence[Row], *, on: date, now: str | None = None) -> View:
    """The view of a meeting with what was recorded in its place; the view itself where there is nothing.

    rows  as `kept` reads them, or as a frozen meeting keeps them
    on    the day it is looked at: what may not be shown by then is said to be led elsewhere
    now   the day of the meeting that is being held (2026-10-13), whose entries are marked as its own
    """
    mine: dict[str, list[Row]] = {}
    for row in rows:
        mine.setdefault(str(row["place_id"]), []).append(row)
    if not any(place["area_id"] in mine for place in view["places"]):
        return view
    own, vocabularies = view["locality"]["id"], {**view["words"], "localities": view["localities"]}
    marked = partial(_marked, own=own, now=now)
    places = [
        _on_agenda(_place(place, mine.get(place["area_id"], ()), vocabularies, view["as_at"], on, marked), view)
        for place in view["places"]
    ]
    listed = [place["area_id"] for place in places if place.get(LINES)]
    sections = {**view["sections"], "since": list(dict.fromkeys([*listed, *view["sections"]["since"]]))}
    fresh = [
        {"area_id": place["area_id"], **one} for place in places for one in reversed(place["concerns"]) if MARK in one
    ]  # fmt: skip
    known = {one["entry_id"] for one in fresh}
    rest = [one for one in sections["concerns"] if one.get("entry_id") not in known]
    asked = _asked_for(view, places, {row["entry_id"] for row in rows if row["feed"] == agenda.FEED})
    return {**view, "places": places, "sections": {**sections, "concerns": [*fresh, *rest], "report_backs": asked}}


def lines(rows: Iterable[Row], vocabularies: Vocabularies, on: date, marked: Any) -> list[str]:
    """What was recorded of one place, one sentence an entry: (mark) and what it says, or that it is led elsewhere."""
    return [words.marked(marked(row), said(row, vocabularies, on)) for row in rows]


def said(row: Row, vocabularies: Vocabularies, on: date) -> str:
    """One entry in a line."""
    if hidden(row, on):
        return f"{meeting.ELSEWHERE[:1].upper()}{meeting.ELSEWHERE[1:]}."
    kind = choices.kind_of(row["feed"], row["fields"])
    return words.summary(kind.code, _in_words(row, vocabularies)) if kind else ""


def hidden(row: Row, on: date) -> bool:
    """Whether an entry may not be shown on this day: the same rule as that of what is published.

    What a frozen meeting keeps of such an entry says so itself, and nothing more.
    """
    return bool(row.get("led_elsewhere")) or led_elsewhere(Settings(reads.data_dir()), row["feed"], row["fields"], on)


def _in_words(row: Row, vocabularies: Vocabularies) -> dict[str, str]:
    codes = CODES.get(row["feed"], {})
    found: dict[str, str] = dict.fromkeys(_waits(row), meeting.HELD)
    for name, value in row["fields"].items():
        label = vocabularies.get(codes.get(name, ""), {}).get(value, value)
        found[name] = meeting.day(value) if name in DAYS and value else label
    return found


def _marked(row: Row, *, own: str, now: str | None) -> str:
    day = row.get("meeting_on") or str(row["at"])[:10]
    here = row.get("locality") in (None, own) and (now is None or row.get("meeting_on") in (None, now))
    return words.mark(here, day)


def _place(place: Mapping[str, Any], rows: Sequence[Row], vocabularies: Vocabularies, as_at: str, on: date,
           marked: Any) -> View:  # fmt: skip
    """One place with what was recorded of it, in the order it was recorded."""
    found: View = dict(place)
    if not rows:
        return found
    for row in rows:
        entry = {**_blank(row), **row["fields"], "entry_id": row.get("entry_id"), "held_back": _waits(row),
                 "led_elsewhere": hidden(row, on), MARK: marked(row)}  # fmt: skip
        feed = row["feed"]
        if feed == "neighbourhood_assessments":
            found |= _move(found, entry, as_at)
        elif feed == "rag_judgements":
            found |= _judgement(found, entry)
        elif feed == "edge_leads":
            found["shared_with"] = [entry["lead_locality"], entry["shared_with"]]
        elif feed in PART_OF:
            found[PART_OF[feed]] = _with(found.get(PART_OF[feed], ()), entry, row)
    found[LINES] = lines(rows, vocabularies, on, marked)
    found["lacking"] = [one for one in place["lacking"] if one not in _settled(rows)]
    return found


def _settled(rows: Sequence[Row]) -> set[str]:
    """What a sufficient plan lacks no longer once this was recorded, by the rule of what is published."""
    moves = [row for row in rows if row["feed"] == "neighbourhood_assessments"]
    is_led = any(row.get("led_elsewhere") or row["fields"].get("status") in UNDER_WAY for row in moves[-1:])
    is_reviewed = moves or any(row["feed"] == "rag_judgements" for row in rows)
    return {*((NO_ASSESSMENT,) if is_led else ()), *((NOT_REVIEWED,) if is_reviewed else ())}


def _waits(row: Row) -> list[str]:
    """The columns of an entry whose words wait for the data steward."""
    return list(row.get("held_back") or ())


def _blank(row: Row) -> dict[str, None]:
    return {name: None for name in COLUMNS[row["feed"]]}


def _with(entries: Sequence[Mapping[str, Any]], entry: View, row: Row) -> list[Mapping[str, Any]]:
    """The entries of a part with this one: in the place of what it changes, else behind the others."""
    before = next((one for one in entries if one.get("entry_id") and one["entry_id"] == entry["entry_id"]), None)
    if before is None:
        # What it changes came by a file and is not in this view: there is nothing to show it on.
        return list(entries) if row.get("is_update") else [*entries, entry]
    changed = {**before, **{name: value or None for name, value in row["fields"].items()}, MARK: entry[MARK]}
    changed |= {**dict.fromkeys(_waits(row)), "held_back": [*before.get("held_back", ()), *_waits(row)]}
    return [changed if one is before else one for one in entries]


def _on_agenda(place: View, view: View) -> View:
    """A place whose new agenda items say of which meeting they are, by the same rule as published ones."""
    items = place.get("agenda_items", ())
    fresh = [{**one, **{name: typed(name, one[name]) for name in AGENDA_DAYS}} for one in items if MARK in one]
    if not fresh:
        return place
    days = [date.fromisoformat(day) for name in ("last_met_on", "meets_on") if (day := view["clock"][name])]
    stands = agenda.standing(fresh, days, date.fromisoformat(view["as_at"]))
    names = (*AGENDA_DAYS, "meeting_on")
    said = [{**one, **{name: one[name] and one[name].isoformat() for name in names}} for one in stands]
    return {**place, "agenda_items": [*(one for one in items if MARK not in one), *said]}


def _asked_for(view: View, places: Sequence[View], recorded: set[str]) -> list[Row]:
    """The section of report-backs and agenda items, with what was put on this very agenda since, or moved from it."""
    fresh = [
        {**agenda_row(place["area_id"], one), MARK: one[MARK]} for place in places for one in place.get("agenda_items", ())
        if MARK in one and one["meeting_on"] == view["clock"]["meets_on"]
    ]  # fmt: skip
    rest = [one for one in view["sections"]["report_backs"] if one.get("entry_id") not in recorded]
    return [*fresh, *rest]


def _move(place: View, entry: View, as_at: str) -> View:
    """A move, and the assessment as it then is, unless a later move is known."""
    moves = [one for one in place["moves"] if one.get("entry_id") != entry["entry_id"]]
    now = place["assessment"]
    # As with what is published: a place that is led elsewhere stays so, whatever else is said of it.
    later = now is not None and (now["led_elsewhere"] or (now.get("since") or "") > (entry["moved_on"] or ""))
    if later and not entry["led_elsewhere"]:
        return {"moves": [*moves, entry]}
    if entry["led_elsewhere"]:
        elsewhere = {name: None for name in ("status", "since", "days", "lead_agency", "lead_role", "threshold",
                                             "report_back_on", "report_back", "reason")}  # fmt: skip
        return {"moves": [*moves, entry], "assessment": {**elsewhere, "led_elsewhere": True, MARK: entry[MARK]}}
    back = entry["report_back_on"]
    state = due(date.fromisoformat(back), date.fromisoformat(as_at)) if back else None
    said = {name: entry[name] for name in ("status", "lead_agency", "lead_role", "threshold", "report_back_on", "reason")}
    return {
        "moves": [*moves, entry],
        "assessment": {**said, "since": entry["moved_on"], "days": None, "report_back": state, "led_elsewhere": False,
                       MARK: entry[MARK]},
    }  # fmt: skip


def _judgement(place: View, entry: View) -> View:
    now = place["rag"]
    return {} if now and (now.get("judged_on") or "") > (entry["judged_on"] or "") else {"rag": entry}
