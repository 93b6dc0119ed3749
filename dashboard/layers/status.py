"""The layer of assessments: each place by the status of its assessment, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard import panels, reads, registers, shading, wording
from dashboard.controls import Selection
from dashboard.layers.parts import Layer, Shown
from dashboard.wording import assessments as status_words
from dashboard.wording import map as words
from pipelines.insight.plans import OVERDUE


def shown(selection: Selection) -> Shown:
    """Everything the page draws for assessments."""
    snapshot = selection.snapshot
    labels = reads.ask(snapshot, "vocabulary", "assessment_status")
    level = selection.choice.level
    mine = [story for story in reads.ask(snapshot, "stories", snapshot.audience.locality) if story.area_level == level]
    drawn = {figure.area_id: figure for figure in registers.status_figures(mine, labels)}
    mine.sort(key=_urgency)
    places = [
        drawn.get(one.area_id) or shading.look_figure(one.area_id, one.name, words.NO_ASSESSMENT, None, "") for one in mine
    ]
    table = [_status_row(story, labels) for story in mine]
    empty = reads.ask(snapshot, "register", "neighbourhood_assessments").empty
    seen = {registers.status_of(story) for story in mine if story.area_id in drawn}
    signs = [registers.status_sign(code, labels) for code in registers.STATUSES if code in seen]
    return Shown(
        words.STATUS_TITLE, wording.day(snapshot.as_at), [words.NO_MOVES] if empty else [],
        [Layer(selection.choice, "", places, table)], registers.signs_legend(signs, wording.LEGEND_TITLE),
        [words.STATUS_NOTE], words.STATUS_TABLE, words.STATUS_HEADS, beneath=overdue_by_agency(mine),
    )  # fmt: skip


def overdue_by_agency(stories: Iterable[Any]) -> str:
    """A small table of report-backs that are overdue, by the agency that leads; whoever has most comes first."""
    late: dict[str, list[str]] = {}
    for story in stories:
        if registers.report_back_state(story) == OVERDUE:
            late.setdefault(story.assessment.lead_agency or words.NOBODY_SAID, []).append(story.name)
    if not late:
        return panels.notes([words.NONE_OVERDUE])
    rows = [(agency, str(len(names)), ", ".join(sorted(names))) for agency, names in late.items()]
    rows.sort(key=lambda row: (-int(row[1]), row[0]))
    return panels.table(words.OVERDUE, words.OVERDUE_HEADS, rows)


def history_of(selection: Selection, area_id: str) -> str:
    """One place's assessment, step by step, and what was tried there."""
    snapshot = selection.snapshot
    stories = reads.ask(snapshot, "stories", snapshot.audience.locality)
    story = next(one for one in stories if (one.area_level, one.area_id) == (selection.choice.level, area_id))
    labels, types = (reads.ask(snapshot, "vocabulary", name) for name in ("assessment_status", "intervention_type"))
    return registers.history(story, labels, types)


def _status_row(story: Any, labels: dict[str, str]) -> tuple[registers.Cell, ...]:
    at, code = story.assessment, registers.status_of(story)
    if at is None:
        return story.name, words.NEEDS_PLAN if story.needs_plan else words.NO_ASSESSMENT, "", ""
    sign = registers.status_sign(code, labels)
    if code == registers.LED_ELSEWHERE:
        return story.name, sign, "", ""
    back = status_words.report_back(at.report_back_on, at.report_back)
    return story.name, sign, back, status_words.who_leads(at.lead_agency, at.lead_role)


def _urgency(story: Any) -> tuple[int, str]:
    """Overdue first, then due soon, then the rest that have an assessment, then who needs one, then nobody."""
    state = registers.report_back_state(story)
    if story.assessment is None:
        return (3 if story.needs_plan else 4), story.name
    return {OVERDUE: 0, "due_soon": 1}.get(state or "", 2), story.name
