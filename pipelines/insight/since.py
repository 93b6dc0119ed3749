"""What changed since a locality last met: words, statuses, actions, concerns, and months that closed.

The snapshot everybody saw at the last meeting is held against the one of now. Where there is none from that day, or
its registers had not begun, the dated entries of today's registers still say what moved.
"""

import json
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.insight.plans import Assessment, current_assessments
from pipelines.insight.queries import Snapshot
from pipelines.insight.stories import Story
from pipelines.insight.told import FLAGS

_ID = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}-\d{2}_[0-9a-f]{8}")
OVER = ("done", "dropped")


def snapshot_at(data_dir: Path | str, day: date) -> str | None:
    """The id of the snapshot that was the newest on a day: of those made as at that day or before, the last published.

    Null where none is so old. A manifest that cannot be read is passed over: opening it would say what is wrong.
    """
    found: list[tuple[str, int, str]] = []
    for file in (Path(data_dir) / "snapshots").glob("*.json"):
        if not _ID.fullmatch(file.stem):
            continue
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
            as_at, sequence = str(manifest["as_at"]), int(manifest.get("sequence", 0))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
        if date.fromisoformat(as_at) <= day:
            found.append((as_at, sequence, file.stem))
    return max(found)[2] if found else None


def since_last_meeting(
    now: Snapshot, then: Snapshot | None, stories: list[Story], locality: str, met_on: date
) -> dict[str, Any]:
    """What is otherwise than at the last meeting, place by place.

    now       the current snapshot, and `stories`, its places of the locality
    then      the newest snapshot of the last meeting's day or before; null where there is none
    returns   met_on; compared_with (the day `then` is as at, null = none); words, statuses, actions_due, concerns
              (each a list, one entry a place or more) and closed (periods collected whole since, by source)
    """
    return {
        "met_on": met_on,
        "compared_with": then.as_at if then else None,
        "words": _words(then, stories, locality) if then and then.id != now.id else [],
        "statuses": _statuses(now, then, stories, met_on),
        "actions_due": _actions(stories, met_on, now.as_at),
        "concerns": _concerns(then, stories, met_on),
        "closed": _closed(now, then) if then else [],
    }


def _words(then: Snapshot, stories: list[Story], locality: str) -> list[dict[str, Any]]:
    """Places whose word changed, where it is or was a flag: between two quiet words nothing happened worth a minute."""
    areas = then.areas_of(locality)
    if not len(areas):
        return []
    told = then.told_of(areas)
    before = told.set_index(["area_level", "area_id", "harm_group"])["direction"].to_dict()
    changed = []
    for story in stories:
        for harm in story.harm:
            was = before.get((story.area_level, story.area_id, harm.harm_group))
            if was != harm.direction and (was in FLAGS or harm.direction in FLAGS):
                changed.append({"area_id": story.area_id, "name": story.name, "harm_group": harm.harm_group,
                                "before": was, "now": harm.direction})  # fmt: skip
    return changed


def _statuses(now: Snapshot, then: Snapshot | None, stories: list[Story], met_on: date) -> list[dict[str, Any]]:
    earlier, day = now.register("neighbourhood_assessments"), met_on
    if then is not None and len(known := then.register("neighbourhood_assessments")):
        earlier, day = known, then.as_at
    before = current_assessments(earlier, day)
    moved = []
    for story in stories:
        was, is_now = _status(before.get(story.area_id)), _status(story.assessment)
        if was != is_now and story.assessment is not None:
            moved.append({"area_id": story.area_id, "name": story.name, "before": was, "now": is_now,
                          "on": story.assessment.since})  # fmt: skip
    return moved


def _status(assessment: Assessment | None) -> str | None:
    if assessment is None:
        return None
    return "led_elsewhere" if assessment.led_elsewhere else assessment.status


def _actions(stories: list[Story], met_on: date, as_at: date) -> list[dict[str, Any]]:
    """Actions that fell due after the last meeting and are not over."""
    return [
        {"area_id": story.area_id, "name": story.name, **{key: action[key] for key in
         ("action", "lead_agency", "due_on", "status", "held_back", "led_elsewhere")}}
        for story in stories for action in story.actions
        if action["due_on"] is not None and met_on <= action["due_on"] < as_at and action["status"] not in OVER
    ]  # fmt: skip


def _concerns(then: Snapshot | None, stories: list[Story], met_on: date) -> list[dict[str, Any]]:
    """Concerns the last meeting did not have: not in its snapshot; or, where that has none, of a fortnight begun since."""
    known = set(then.register("emerging_concerns")["entry_id"]) if then is not None else set()
    return [
        {"area_id": story.area_id, "name": story.name, "harm_group": one["harm_group"],
         "fortnight_starting": one["fortnight_starting"]}
        for story in stories for one in story.concerns
        if (one["entry_id"] not in known if known else _after(one["fortnight_starting"], met_on))
    ]  # fmt: skip


def _after(day: date | None, met_on: date) -> bool:
    return day is not None and day > met_on


def _closed(now: Snapshot, then: Snapshot) -> list[dict[str, Any]]:
    """Sources whose last complete period is another than it was."""
    before = _last_whole(then.freshness())
    return [
        {"source": label, "before": before.get(label), "now": last}
        for label, last in _last_whole(now.freshness()).items() if last and last != before.get(label)
    ]  # fmt: skip


def _last_whole(freshness: pd.DataFrame) -> dict[str, str | None]:
    said: Iterable[tuple[Any, Any]] = zip(freshness["label"], freshness["last_collected_label"], strict=True)
    return {str(label): last if isinstance(last, str) else None for label, last in said}
