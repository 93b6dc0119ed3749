"""What the next meeting has to be reminded of: agenda items, report-backs and actions falling due, places without a plan.

Pure functions of registers and stories, so that minutes, an agenda and a screen say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from pipelines.insight.agenda import FEED, ITEM, standing
from pipelines.insight.plans import DUE_WITHIN_DAYS, OVERDUE, current_assessments, intervention_state, lacking, why_listed
from pipelines.insight.queries import Snapshot
from pipelines.insight.since import OVER
from pipelines.insight.stories import Story

REPORT_BACK, ACTION, WAITING, AGENDA = "report_back", "action", "waiting", ITEM
DUE = "due"


@dataclass(frozen=True)
class Reminder:
    """One line of the list.

    kind    agenda_item, report_back, action or waiting (listed for a plan, and has no sufficient one)
    due     overdue on the day of the meeting, or due by the next; null of what waits and of an agenda item
    on      the day it is or was due; of an agenda item, of its meeting, null where no day is known; null of what waits
    why     of what waits: codes of `plans.why_listed`; `lacks`, of `plans.lacking`
    entry   of an action or an agenda item: its row
    """

    kind: str
    place_id: str
    due: str | None = None
    on: date | None = None
    lead_agency: str | None = None
    lead_role: str | None = None
    entry: Mapping[Any, Any] | None = None
    why: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def reminders(
    registers: Mapping[str, pd.DataFrame], stories: Sequence[Story], *, met_on: date, next_on: date | None,
    review_within_weeks: int,
) -> list[Reminder]:  # fmt: skip
    """What was put on the agenda first, then report-backs and actions, each the longest overdue first, then what waits.

    registers  by feed, with whatever was recorded since laid over them (`minuted.laid_over`)
    stories    the places of the locality, with their directions
    next_on    the next meeting; null = not known, and two weeks are looked ahead
    """
    last = next_on or met_on + timedelta(days=DUE_WITHIN_DAYS)
    places = {one.area_id for one in stories}
    backs = [
        Reminder(REPORT_BACK, one.place_id, _state(one.report_back_on, met_on), one.report_back_on, one.lead_agency,
                 one.lead_role)
        for one in current_assessments(registers["neighbourhood_assessments"], met_on).values()
        if one.place_id in places and one.live and one.report_back_on is not None and one.report_back_on <= last
    ]  # fmt: skip
    actions = [
        Reminder(ACTION, one["place_id"], _state(one["due_on"], met_on), one["due_on"], one["lead_agency"], entry=one)
        for one in registers["actions"].to_dict("records")
        if one["place_id"] in places and is_open(one) and one["due_on"] is not None and one["due_on"] <= last
    ]  # fmt: skip
    waits = _waiting(registers, stories, met_on, review_within_weeks)
    asked = [one for one in _asked_for(registers, places, met_on, next_on) if one.on is None or one.on <= last]
    return [*asked, *sorted(backs, key=_day), *sorted(actions, key=_day), *waits]


def _asked_for(
    registers: Mapping[str, pd.DataFrame], places: set[str], met_on: date, next_on: date | None
) -> list[Reminder]:  # fmt: skip
    """What a meeting put on a later agenda by the end of its day, and what was there before and is still to come."""
    mine = [one for one in registers[FEED].to_dict("records")
            if one["place_id"] in places and not (one["raised_on"] and one["raised_on"] > met_on)]  # fmt: skip
    days = [met_on] if next_on is None else [met_on, next_on]
    return [Reminder(AGENDA, one["place_id"], on=one["meeting_on"], lead_role=one["presenter_role"], entry=one)
            for one in standing(mine, days, met_on + timedelta(days=1))]  # fmt: skip


def review_within_weeks(snapshot: Snapshot) -> int:
    """Within how many weeks a place must have been looked at, by the policy a snapshot was made with."""
    return int(snapshot._manifest["meetings"]["review_within_weeks"])


def overdue_by_agency(found: Sequence[Reminder]) -> dict[str, list[Reminder]]:
    """Actions that are overdue, by the agency that leads them, in the order of their names; "" where none is said."""
    late = [one for one in found if one.kind == ACTION and one.due == OVERDUE]
    return {name: [one for one in late if (one.lead_agency or "") == name]
            for name in sorted({one.lead_agency or "" for one in late})}  # fmt: skip


def is_open(action: Mapping[Any, Any]) -> bool:
    """Whether an action is still to be done, and may be shown."""
    return not action["led_elsewhere"] and action["status"] not in OVER


def _day(one: Reminder) -> date:
    return one.on or date.max


def _state(day: date | None, met_on: date) -> str:
    return OVERDUE if day is not None and day < met_on else DUE


def _waiting(
    registers: Mapping[str, pd.DataFrame], stories: Sequence[Story], met_on: date, weeks: int
) -> list[Reminder]:  # fmt: skip
    """Places in the queue of the meeting, judged again by what was recorded: the rule is `plans.lacking`."""
    assessments = current_assessments(registers["neighbourhood_assessments"], met_on)
    found = []
    for story in stories:
        mine = {feed: rows[rows["place_id"] == story.area_id] for feed, rows in registers.items() if "place_id" in rows}
        live = sum(intervention_state(one["started_on"], one["ended_on"], met_on) == "live"
                   for one in mine["interventions"].to_dict("records"))  # fmt: skip
        looked = [*mine["neighbourhood_assessments"]["moved_on"], *mine["rag_judgements"]["judged_on"]]
        raised = [day for day in mine["emerging_concerns"]["fortnight_starting"] if day is not None]
        why = why_listed([harm.direction for harm in story.harm], raised, met_on)
        lacks = lacking(assessments.get(story.area_id), live, max((day for day in looked if day), default=None),
                        as_at=met_on, within_weeks=weeks)  # fmt: skip
        if why and lacks:
            found.append(Reminder(WAITING, story.area_id, why=why, lacks=lacks))
    return found
