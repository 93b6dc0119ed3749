"""One place of a meeting as parts of a document: its half page, and its line in a list. From the plain data of the meeting.

The rules are the meeting's (`pipelines.insight.meeting`) and the sentences those of its page; nothing is judged again here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from dashboard import palette, wording
from dashboard.report import maps_drawn
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Facts,
    Heading,
    Line,
    Paragraph,
    Part,
    Picture,
    Sign,
    Signs,
    Together,
)
from dashboard.wording import directions, meeting_card
from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words

View = Mapping[str, Any]
Place = Mapping[str, Any]
Entry = Mapping[str, Any]
MONTHS_SHOWN = 25


def group_name(view: View, code: str | None) -> str:
    """What a harm group is called."""
    return said_of.ALL_HARM if code == "all" else view["words"]["harm_group"].get(code or "", code or said_of.NOT_SAID)


def text_of(entry: Entry, column: str) -> str:
    """What an entry says, or why it does not."""
    if entry.get("led_elsewhere"):
        return said_of.ELSEWHERE
    if column in (entry.get("held_back") or ()):
        return said_of.HELD
    return entry.get(column) or said_of.NOT_SAID


def direction_text(view: View, place: Place) -> str:
    """A direction with its mark and the harm it is of, as text."""
    code = place["direction"]
    group = group_name(view, place["led_by"]) if place["led_by"] else ""
    return f"{palette.DIRECTIONS[code].mark} {words.sign_of(directions.WORDS[code], group)}"


def figures_text(place: Place) -> str:
    """What was recorded over the last months beside what is usual, of the harm that heads a place."""
    head = said_of.leading(place)
    if head is None or head["about"] is None:
        return wording.reason(None)
    usual = "" if head["expected_low"] is None else said_of.usual(head["expected_low"], head["expected_high"])
    return words.compared(said_of.recorded(head["about"], head["low"], head["high"]), usual)


def judged_text(view: View, place: Place) -> str:
    """The newest recorded judgement with its role and day."""
    judged = place["rag"]
    if judged is None:
        return said_of.NO_RAG
    if judged["led_elsewhere"]:
        return said_of.ELSEWHERE
    label = view["words"]["rag"].get(judged["value"] or "", said_of.NOT_SAID)
    return f"{label} ({meeting_card.judged(judged)})"


def status_text(view: View, place: Place) -> str:
    """Where the assessment of a place is."""
    return said_of.status(place["assessment"], view["words"]["assessment_status"])


def half_page(view: View, place: Place, number: int, ground: maps_drawn.Ground, chart: Chart | None) -> Together:
    """One place: where it lies, its figures, where the plan is, its strengths, what was tried, and harm or reporting."""
    look = palette.DIRECTIONS[place["direction"]]
    label = f"{number} {look.mark}"
    drawn = maps_drawn.place_map(ground, maps_drawn.Drawn(place["area_id"], look, label))
    alt = words.place_alt(place["name"], view["locality"]["name"])
    kind = wording.LEVEL_SINGULAR.get(place["area_level"], "Place")
    if place["place_category"]:
        kind += f": {view['words']['place_category'].get(place['place_category'], place['place_category']).lower()}"
    where: list[Part] = [Picture(drawn, alt, ""), Paragraph(kind, "note"), *_notes(view, place)]
    return Together([
        Heading(words.numbered(number, place["name"]), 2), Signs(_signs(view, place)), Paragraph(_aloud(view, place)),
        Beside(where, [chart] if chart else [], 0.3),
        Beside(_plan(view, place), _people(view, place), 0.5),
    ])  # fmt: skip


def _signs(view: View, place: Place) -> list[Sign]:
    look = palette.DIRECTIONS[place["direction"]]
    group = group_name(view, place["led_by"]) if place["led_by"] else ""
    word = words.sign_of(directions.WORDS[place["direction"]], group)
    judged = place["rag"] if place["rag"] and place["rag"]["value"] in palette.RAG else None
    of = palette.RAG[judged["value"] if judged else "not_rated"]
    label = words.rag(view["words"]["rag"].get(judged["value"], "")) if judged else words.UNRATED
    return [Sign(look.mark, word, look.colour, look.ink, look.hatched), Sign(of.mark, label, of.colour, of.ink)]


def _notes(view: View, place: Place) -> list[Part]:
    notes: list[Part] = []
    if len(place["shared_with"]) > 1:
        names = [view["localities"].get(one, one) for one in place["shared_with"]]
        notes.append(Paragraph(meeting_card.edge(names), "note"))
    if place["worth_discussing"]:
        notes.append(Paragraph(said_of.WORTH_DISCUSSING))
    return notes


def _aloud(view: View, place: Place) -> str:
    live = sum(one["state"] == "live" for one in place["interventions"])
    group, weeks = group_name(view, place["led_by"] or "all"), view["rules"]["review_within_weeks"]
    return meeting_card.aloud(place, group, view["through"], status_text(view, place), live, weeks)


def _plan(view: View, place: Place) -> list[Part]:
    """The left of the half page: the plan, and whether it is harm or reporting."""
    about, pairs = place["assessment"], []
    if about is None or about["led_elsewhere"]:
        pairs.append((words.ASSESSMENT, said_of.status(about, {})))
    else:
        status = view["words"]["assessment_status"].get(about["status"], about["status"] or said_of.NOT_SAID)
        lead = ", ".join(one for one in (about["lead_agency"], about["lead_role"]) if one) or said_of.NOT_SAID
        back = meeting_card.report_back(about["report_back_on"], about["report_back"])
        pairs += [(words.ASSESSMENT, status), (words.LED, lead), (words.REPORTS_BACK, back)]
        pairs += [(words.THRESHOLD, view["words"]["threshold"][about["threshold"]])] if about["threshold"] else []
    pairs.append((words.JUDGED, judged_text(view, place)))
    for goal in place["goals"][-1:]:
        pairs.append((words.SAFER, text_of(goal, "what_safer_looks_like")))
    reading = place["reporting"]
    facts = meeting_card.reporting(reading, view["words"]["recording_event_kind"])
    verdict = directions.VERDICTS.get(reading["verdict"], reading["verdict"])
    return [Heading(said_of.PLAN, 3), Facts(pairs), Heading(directions.HARM_OR_REPORTING, 3),
            Paragraph(" ".join([f"{verdict}.", *facts]))]  # fmt: skip


def _people(view: View, place: Place) -> list[Part]:
    """The right of the half page: who looks out for young people here, what is being done, and what was tried."""
    good = [one for one in place["strengths"] if one["kind"] != "gap_in_knowledge"]
    now = [intervention(view, one) for one in place["interventions"] if one["state"] != "ended"]
    over = [intervention(view, one) for one in reversed(place["interventions"]) if one["state"] == "ended"]
    over += [_closed(view, one) for one in reversed(place["moves"]) if (one["status"] or "").startswith("closed")]
    parts: list[Part] = []
    for title, items, empty in (
        (said_of.STRENGTHS, [_strength(one) for one in reversed(good)], said_of.NONE[said_of.STRENGTHS]),
        (words.NOW, now, said_of.NONE[said_of.DONE]), (words.TRIED, over, said_of.NONE[said_of.TRIED]),
    ):  # fmt: skip
        parts += [Heading(title, 3), listed(items) if items else Paragraph(empty, "note")]
    return parts


def listed(items: Sequence[str]) -> Bullets:
    """The first few, and how many more there are."""
    shown = list(items[: words.MOST_SHOWN])
    return Bullets([*shown, words.more(len(items) - len(shown))] if len(items) > len(shown) else shown)


def _strength(one: Entry) -> str:
    return f"{'Guardian: ' if one['kind'] == 'guardian' else ''}{text_of(one, 'note')}"


def intervention(view: View, one: Entry) -> str:
    """One intervention with its lead and its days, or that it is led elsewhere."""
    if one["led_elsewhere"]:
        return said_of.ELSEWHERE.capitalize()
    kind = view["words"]["intervention_type"].get(one["intervention_type"], one["intervention_type"] or said_of.NOT_SAID)
    ends = f" to {said_of.day(one['ended_on'])}" if one["ended_on"] else ""
    planned = " (planned)" if one["state"] == "planned" else ""
    return f"{kind}{planned}, {text_of(one, 'lead_agency')}: from {said_of.day(one['started_on'])}{ends}"


def _closed(view: View, one: Entry) -> str:
    status = view["words"]["assessment_status"].get(one["status"], one["status"])
    return f"Assessment {status.lower()}, {said_of.day(one['moved_on'])}"


def chart_of(view: View, place: Place, series: pd.DataFrame, unit: str) -> Chart | None:
    """The months of a place with their likely range, and the usual range of the last of them, shared out by month.

    series  one row per period, oldest first, of the harm that heads the place
    returns null where there is no month to draw
    """
    mine = series.iloc[-MONTHS_SHOWN:].reset_index(drop=True)
    values, labels = numbers(mine, "about"), [str(one) for one in mine["label"]]
    if not any(one is not None for one in values):
        return None
    head, group = said_of.leading(place), group_name(view, place["led_by"] or "all")
    low, high = _usual(head, list(mine["state"]))
    top = max((one, place) for place, one in enumerate(values) if one is not None)
    recent = ""
    if head is not None and head["about"] is not None and head["expected_low"] is not None and head["periods"]:
        counted = said_of.recorded(head["about"], head["low"], head["high"])
        usual = said_of.usual(head["expected_low"], head["expected_high"])
        recent = words.recent(directions.last_months(head["periods"]), counted, usual)
    alt = words.series_alt(place["name"], group, labels[0], labels[-1], words.month_value(labels[top[1]], top[0]), recent)
    return Chart(
        words.series_title(group), alt, labels, [Line(wording.CHART_COUNT, values)], words.unit(unit), low, high,
        numbers(mine, "low"), numbers(mine, "high"), states(mine),
    )  # fmt: skip


def _usual(head: Entry | None, states: Sequence[str]) -> tuple[list[float | None], list[float | None]]:
    none: list[float | None] = [None] * len(states)
    if head is None or head["expected_low"] is None or not head["periods"]:
        return none, list(none)
    last = [place for place, one in enumerate(states) if one == "collected"][-head["periods"] :]
    low, high = list(none), list(none)
    for place in last:
        low[place], high[place] = head["expected_low"] / head["periods"], head["expected_high"] / head["periods"]
    return low, high


def numbers(series: pd.DataFrame, column: str) -> list[float | None]:
    """A column's figures; null where there is none, or where the audience is told none."""
    if column not in series:
        return []
    return [None if pd.isna(one) or math.isinf(float(one)) else float(one) for one in series[column]]


def states(series: pd.DataFrame) -> list[str]:
    """Why a period has no settled figure, in words; empty where it has one."""
    rows: Iterable[dict[Any, Any]] = series.to_dict("records")
    return [_state(row) for row in rows]


def _state(row: Mapping[Any, Any]) -> str:
    because, under = row["withheld_because"], row.get("under")
    if isinstance(because, str) and because:
        return wording.STATES.get(because, wording.reason(because))
    if under is not None and not pd.isna(under):
        return wording.nearest(None, float(under))
    return "" if row["state"] == "collected" else wording.STATES.get(row["state"], str(row["state"]))
