"""One locality's meeting as plain data: agenda, clock, sections, every place's story, and what changed since the last.

A page and a frozen file are drawn from this alone, so they cannot differ. It holds codes and the words that the codes
had, dates as text and no object of ours: it can be read again when the snapshot is gone and the product is newer.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.insight.agenda import ITEM, standing
from pipelines.insight.plans import CONCERN_IS_NEW_DAYS, DUE_SOON, DUE_WITHIN_DAYS, OVERDUE, due
from pipelines.insight.queries import Snapshot
from pipelines.insight.since import OVER, since_last_meeting
from pipelines.insight.stories import UPWARD, Story
from pipelines.insight.told import false_alarms

FORMAT = 1
# (item, minutes, who presents, the section of the page it is about): an hour, in the order of the page.
AGENDA = (
    ("welcome", 3, "chair", None), ("needs_plan", 15, "chair", "needs_plan"), ("concerns", 10, "investigator", "concerns"),
    ("rising", 7, "investigator", "rising"), ("falling", 5, "investigator", "falling"),
    ("report_backs", 12, "leads", "report_backs"), ("since", 5, "investigator", "since"), ("close", 3, "chair", None),
)  # fmt: skip
SECTIONS = ("needs_plan", "concerns", "rising", "falling", "report_backs", "since")
VOCABULARIES = (
    "action_status", "assessment_status", "intervention_type", "place_category", "prevention_level", "rag",
    "recording_event_kind", "strength_kind", "threshold",
)  # fmt: skip
# The column with the words of a row of report-backs; a report-back itself has none.
SAYS = {"action": "action", ITEM: "item"}
FALLING = ("falling", "possible_fall")
MAPPED = ("beat", "place_of_concern")


def meeting_view(now: Snapshot, locality: str, then: Snapshot | None = None) -> dict[str, Any]:
    """Everything the meeting of one locality looks at, as plain data that JSON can hold.

    now     the current snapshot, opened for that meeting (or for the manager)
    then    the snapshot of the last meeting's day (`since.snapshot_at`); null where there is none
    Raises NotForThisAudience for an audience that may have no place finer than a locality.
    """
    clock = now.clock(locality)
    stories = _on_the_agenda(now, locality)
    since = since_last_meeting(now, then, stories, locality, clock.last_met_on) if clock.last_met_on else None
    flagged, expected_false = _flags(stories)
    view = {
        "format": FORMAT, "town": now.town, "partnership": now.partnership, "snapshot": now.id, "as_at": now.as_at,
        "locality": {"id": locality, "name": now.localities()[locality]}, "localities": now.localities(),
        "agenda": [dict(zip(("item", "minutes", "role", "section"), one, strict=True)) for one in AGENDA],
        "clock": asdict(clock), **_periods(now), "city_flag": now.city_flag("incidents", "incidents"),
        "flags": {"flagged": flagged, "expected_false": expected_false},
        "rules": {"review_within_weeks": int(now._manifest["meetings"]["review_within_weeks"]),
                  "concern_is_new_days": CONCERN_IS_NEW_DAYS, "due_within_days": DUE_WITHIN_DAYS},
        "registers_empty": not len(now.register("neighbourhood_assessments")) and not len(now.register("meetings")),
        "places": [{**one.as_dict(), "reporting": _reporting(now, one)} for one in stories],
        "sections": _sections(stories, since, now.as_at, clock.meets_on), "since": since, "words": _words(now),
        "map": _map(now, stories),
    }  # fmt: skip
    plain: dict[str, Any] = _plain(view)
    return plain


def _on_the_agenda(now: Snapshot, locality: str) -> list[Story]:
    """The stories of a locality, each with the agenda items whose meeting is not over."""
    meetings = now.register("meetings")
    days = list(meetings.loc[meetings["locality"] == locality, "met_on"].dropna())
    return [replace(one, agenda_items=tuple(standing(one.agenda_items, days, now.as_at))) for one in now.stories(locality)]


def _flags(stories: list[Story]) -> tuple[int, float]:
    return false_alarms(pd.DataFrame({"direction": [harm.direction for one in stories for harm in one.harm]}))


def _periods(now: Snapshot) -> dict[str, Any]:
    """The last complete period of the counts, and those still arriving."""
    found = now.periods("incidents", "incidents")
    whole = list(found.loc[found["state"] == "collected", "label"])
    return {"through": whole[-1] if whole else None,
            "still_arriving": list(found.loc[found["state"] == "still_arriving", "label"])}  # fmt: skip


def _reporting(now: Snapshot, story: Story) -> dict[str, Any]:
    """More harm or more reporting, of the harm group that heads the place."""
    group = story.led_by or "all"
    reading = now.reporting("incidents", "incidents", area_level=story.area_level, area_id=story.area_id, harm_group=group)
    return {"harm_group": group, **asdict(reading)}


def _sections(
    stories: list[Story], since: dict[str, Any] | None, as_at: date, meets_on: date | None
) -> dict[str, list[Any]]:
    """Which places stand in each section, in the order the stories are told; concerns newest first."""
    oldest = as_at - timedelta(days=CONCERN_IS_NEW_DAYS)
    fresh = [(one, concern) for one in stories for concern in one.concerns
             if concern["fortnight_starting"] and concern["fortnight_starting"] >= oldest]  # fmt: skip
    fresh.sort(key=lambda pair: pair[1]["fortnight_starting"], reverse=True)
    changed = [] if since is None else [
        one["area_id"] for kind in ("words", "statuses", "actions_due", "concerns") for one in since[kind]
    ]  # fmt: skip
    return {
        "needs_plan": [one.area_id for one in _urgent_first(stories) if one.needs_plan],
        "concerns": [{"area_id": one.area_id, **concern} for one, concern in fresh],
        "rising": [one.area_id for one in _urgent_first(stories) if one.direction in UPWARD and not one.needs_plan],
        "falling": [one.area_id for one in stories if one.direction in FALLING],
        "report_backs": [*_asked_for(stories, meets_on), *_due(stories, as_at)],
        "since": list(dict.fromkeys(changed)),
    }


def _urgent_first(stories: Iterable[Story]) -> list[Story]:
    """Rising before perhaps rising, and where less is in place first."""
    return sorted(stories, key=lambda one: (UPWARD.index(one.direction) if one.direction in UPWARD else len(UPWARD),
                                            -len(one.lacking)))  # fmt: skip


def _asked_for(stories: list[Story], meets_on: date | None) -> list[dict[str, Any]]:
    """What was put on the agenda of this very meeting."""
    return [
        agenda_row(one.area_id, item) for one in stories for item in one.agenda_items if item["meeting_on"] == meets_on
    ]  # fmt: skip


def agenda_row(area_id: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """An agenda item as a row of its section, beside report-backs and actions."""
    return {"area_id": area_id, "kind": ITEM, "due": None, "on": item["meeting_on"], "lead_agency": None,
            "lead_role": item["presenter_role"], "item": item["item"], "entry_id": item["entry_id"],
            "held_back": item["held_back"]}  # fmt: skip


def _due(stories: list[Story], as_at: date) -> list[dict[str, Any]]:
    """Report-backs and actions that are overdue or due soon, the longest overdue first."""
    rows: list[dict[str, Any]] = []
    for one in stories:
        about = one.assessment
        if about is not None and about.report_back in (OVERDUE, DUE_SOON):
            rows.append({"area_id": one.area_id, "kind": "report_back", "due": about.report_back, "on": about.report_back_on,
                         "lead_agency": about.lead_agency, "lead_role": about.lead_role})  # fmt: skip
        for action in one.actions:
            state = due(action["due_on"], as_at)
            if action["status"] not in OVER and state in (OVERDUE, DUE_SOON):
                rows.append({"area_id": one.area_id, "kind": "action", "due": state, "on": action["due_on"],
                             "lead_agency": action["lead_agency"], "action": action["action"],
                             "held_back": action["held_back"]})  # fmt: skip
    return sorted(rows, key=lambda row: row["on"])


def _words(now: Snapshot) -> dict[str, dict[str, str]]:
    """What every code of the view means today, so that it can be read when the vocabulary has changed."""
    said = {name: now.vocabulary(name) for name in VOCABULARIES}
    return {**said, "harm_group": dict(now.measure("incidents", "incidents").harm_groups)}


def _map(now: Snapshot, stories: list[Story]) -> dict[str, Any]:
    """The shapes of the meeting's own places, beats first so that places of concern are drawn over them."""
    mine = {one.area_id for one in stories}
    levels = [level for level in MAPPED if level in now.area_levels]
    drawn = {level: now.outlines(level)["features"] for level in levels}
    shapes = {level: [one for one in drawn[level] if one["properties"]["area_id"] in mine] for level in levels}
    return {
        "backdrop": {"type": "FeatureCollection", "features": shapes.get("beat", [])},
        "places": {"type": "FeatureCollection", "features": [one for level in levels for one in shapes[level]]},
        "context": now.context(),
    }


def _plain(value: Any) -> Any:
    """The same in what JSON knows: days as text, and what is not a finite number as nothing."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return None if pd.isna(value) else str(value)
