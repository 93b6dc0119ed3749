"""The tables of the assessments page, each made of the stories of its places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

import pandas as pd

from dashboard import registers
from dashboard.registers import CLOSED, LED_ELSEWHERE, LIVE, STATUSES, Cell, Drawn, rich_table, section
from dashboard.wording import assessments as words
from dashboard.wording import day
from dashboard.wording.directions import list_of
from pipelines.insight.plans import NO_ASSESSMENT, OVERDUE, due

FINISHED_ACTIONS = ("done", "dropped")
LAST = date.max

Labels = Mapping[str, str]


def assessed(stories: Iterable[Any]) -> list[Any]:
    """The places that have, or had, an assessment, by the day they report back: those overdue come first."""

    def order(story: Any) -> tuple[date, str]:
        return story.assessment.report_back_on if registers.report_back_state(story) else LAST, story.name

    return sorted((story for story in stories if story.assessment is not None), key=order)


def overdue_table(stories: Sequence[Any], labels: Labels, as_at: date) -> str:
    """The report-backs that are late, the latest first."""
    rows: list[Sequence[Cell]] = []
    for story in stories:
        if registers.report_back_state(story) == OVERDUE:
            at = story.assessment
            lead = words.who_leads(at.lead_agency, at.lead_role)
            rows.append((story.name, words.was_due(at.report_back_on, as_at), _status(story, labels), lead))
    if not rows:
        return section(words.OVERDUE, registers.paragraph(words.NONE_OVERDUE))
    return section(words.OVERDUE, rich_table(words.OVERDUE_CAPTION, words.HEADS["overdue"], rows))


def all_table(stories: Sequence[Any], labels: Labels, chosen: str | None) -> str:
    """Every assessment: the board and the map as a table. What is said of who leads stands under the status."""
    rows: list[Sequence[Cell]] = []
    for story in stories:
        at, led = story.assessment, registers.status_of(story) == LED_ELSEWHERE
        back = words.report_back(at.report_back_on, at.report_back)
        lead = "" if led else registers.small(words.who_leads(at.lead_agency, at.lead_role))
        status = registers.lines(_status(story, labels), lead)
        rows.append((story.name, status, *(("", "") if led else (words.days(at.days), back))))
    marked = next((number for number, story in enumerate(stories) if story.area_id == chosen), None)
    return rich_table(words.TABLE, words.HEADS["table"], rows, marked)


def queue(stories: Iterable[Any], groups: Labels) -> str:
    """Rising or raised, with no sufficient plan: those with no assessment first.

    groups  the harm groups' labels by code: a direction says of which harm it is
    """
    waiting = [story for story in stories if story.needs_plan]
    waiting.sort(key=lambda story: NO_ASSESSMENT not in story.lacking)
    rows: list[Sequence[Cell]] = []
    for story in waiting:
        differ = Drawn(f"<strong>{words.WORTH_DISCUSSING}</strong>") if story.worth_discussing else ""
        judged = registers.lines(registers.rag_sign(story.rag), differ)
        why, lacks = words.why_listed(story.why_listed), words.lacking(story.lacking)
        rows.append((story.name, why, lacks, registers.direction_sign(story.direction, _of_harm(story, groups)), judged))
    if not rows:
        return section(words.QUEUE, registers.paragraph(words.QUEUE_EMPTY), words.QUEUE_RULE)
    table = rich_table(words.QUEUE_CAPTION, words.HEADS["queue"], rows)
    return section(words.QUEUE, table, words.QUEUE_RULE, words.JUDGED)


def _of_harm(story: Any, groups: Labels) -> str | None:
    """Of which harm its direction is; null where nothing stands out."""
    if story.led_by is None:
        return None
    named = [groups[one.harm_group] for one in story.harm if one.direction == story.direction and one.harm_group in groups]
    return list_of(named) or words.ALL_HARM


def overdue_actions(actions: pd.DataFrame, names: Labels, as_at: date, *, whole: bool) -> str:
    """Actions whose day has gone by, or that were marked overdue, by the agency that leads them.

    names  the places shown, by id; an action of no one place is shown only with the whole city
    """
    by_agency: dict[str, list[dict[Any, Any]]] = {}
    for entry in actions.to_dict("records"):
        here = entry["place_id"] in names or (whole and entry["place_id"] is None)
        if here and not entry["led_elsewhere"] and _is_overdue(entry, as_at):
            by_agency.setdefault(registers.said(entry, "lead_agency") or words.NOT_SAID, []).append(entry)
    if not by_agency:
        return section(words.ACTIONS, registers.paragraph(words.NO_ACTIONS))
    rows: list[Sequence[Cell]] = []
    for agency, mine in sorted(by_agency.items(), key=lambda item: (-len(item[1]), item[0])):
        each = [_action(entry, names, as_at) for entry in sorted(mine, key=lambda one: one["due_on"] or LAST)]
        rows.append((agency, str(len(mine)), registers.listed(each, words.NONE)))
    return section(words.ACTIONS, rich_table(words.ACTIONS_CAPTION, words.HEADS["actions"], rows))


def _is_overdue(entry: Mapping[Any, Any], as_at: date) -> bool:
    if entry["status"] in FINISHED_ACTIONS:
        return False
    return entry["status"] == "overdue" or due(entry["due_on"], as_at) == OVERDUE


def _action(entry: Mapping[Any, Any], names: Labels, as_at: date) -> Cell:
    place = names.get(entry["place_id"], words.NO_PLACE)
    by_day = due(entry["due_on"], as_at) == OVERDUE
    late = f"{words.WAS_DUE} {words.was_due(entry['due_on'], as_at)}" if by_day else words.MARKED_OVERDUE
    return registers.lines(f"{place}: {registers.said(entry, 'action') or words.NOT_SAID}", registers.small(late))


def days_table(stories: Iterable[Any], labels: Labels) -> str:
    """How long places have been in each status they may still leave: how many, the middle one, the longest."""
    waits: dict[str, list[int]] = {}
    for story in stories:
        if registers.status_of(story) in LIVE and story.assessment.days is not None:
            waits.setdefault(story.assessment.status, []).append(story.assessment.days)
    rows = [
        (registers.sign(STATUSES[code], labels.get(code, code)), str(len(waits[code])), words.days(median(waits[code])),
         words.days(max(waits[code])))
        for code in LIVE if code in waits
    ]  # fmt: skip
    if not rows:
        return section(words.DAYS, registers.paragraph(words.NONE_UNDER_WAY))
    return section(words.DAYS, rich_table(words.DAYS_CAPTION, words.HEADS["days"], rows), words.DAYS_HELP)


def outcomes(stories: Iterable[Any], labels: Labels) -> str:
    """How closed assessments ended, newest first, with what the figures say now; reopened ones too."""
    ended = [
        (move["moved_on"], story, move["status"])
        for story in stories if registers.status_of(story) != LED_ELSEWHERE
        for move in story.moves if not move["led_elsewhere"] and move["status"] in CLOSED
    ]  # fmt: skip
    ended.sort(key=lambda one: (one[0] or date.min, one[1].name), reverse=True)
    rows = [
        (story.name, registers.status_sign(code, labels), day(on) if on else words.NOT_SAID,
         registers.direction_sign(story.direction))
        for on, story, code in ended
    ]  # fmt: skip
    if not rows:
        return section(words.OUTCOMES, registers.paragraph(words.NO_OUTCOMES))
    table = rich_table(words.OUTCOMES_CAPTION, words.HEADS["outcomes"], rows)
    return section(words.OUTCOMES, table, words.OUTCOMES_HELP)


def _status(story: Any, labels: Labels) -> Drawn:
    return registers.status_sign(registers.status_of(story), labels)
