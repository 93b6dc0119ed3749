"""Everything a meeting says of one place, put together: harm with its range and direction, plans, strengths, history.

Plain data, so that a page, a document and a frozen meeting are drawn from the same thing.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from pipelines.insight.plans import (
    Assessment,
    current_assessments,
    intervention_state,
    lacking,
    why_listed,
)
from pipelines.insight.told import FLAGS

# Which word of its harm groups heads a place: what asks for action first.
FIRST = (
    "rising", "new_activity", "possible_rise", "falling", "possible_fall", "no_clear_change", "steady", "too_few_to_say",
    "not_enough_history",
)  # fmt: skip
UPWARD = ("rising", "new_activity", "possible_rise")
JUDGED = ("red", "amber", "green")


FIGURES = {
    "about": "about", "low": "low", "high": "high", "expected_low": "expected_low", "expected_high": "expected_high",
    "expected_count": "expected_count", "ratio": "rate_ratio", "ratio_low": "rate_ratio_low",
    "ratio_high": "rate_ratio_high", "smallest_visible_ratio": "smallest_visible_ratio",
    "strongest_count": "strongest_count", "strongest_low": "strongest_low", "strongest_high": "strongest_high",
}  # fmt: skip


@dataclass(frozen=True)
class Harm:
    """One harm group of a place (`all` = together): its word and its figures of the last `periods` periods.

    strongest  the window its word stands out most in, where that is another: over six months, say
    """

    harm_group: str
    direction: str
    year_direction: str
    about: float | None
    low: float | None
    high: float | None
    expected_count: float | None
    expected_low: float | None
    expected_high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    smallest_visible_ratio: float | None
    periods: int | None
    strongest_count: float | None
    strongest_low: float | None
    strongest_high: float | None
    strongest_periods: int | None
    recording_event: str | None
    recording_since: date | None


@dataclass(frozen=True)
class Story:
    """One place, as a meeting or a pack tells it."""

    area_level: str
    area_id: str
    name: str
    place_category: str | None
    harm: tuple[Harm, ...]
    direction: str
    led_by: str | None
    why_listed: tuple[str, ...]
    lacking: tuple[str, ...]
    assessment: Assessment | None
    moves: tuple[dict[str, Any], ...]
    interventions: tuple[dict[str, Any], ...]
    rag: dict[str, Any] | None
    worth_discussing: bool
    strengths: tuple[dict[str, Any], ...]
    goals: tuple[dict[str, Any], ...]
    actions: tuple[dict[str, Any], ...]
    concerns: tuple[dict[str, Any], ...]
    agenda_items: tuple[dict[str, Any], ...] = field(default=())
    shared_with: tuple[str, ...] = field(default=())

    @property
    def needs_plan(self) -> bool:
        """Whether it stands in the queue: rising or raised, with no sufficient plan."""
        return bool(self.why_listed and self.lacking)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Registers:
    """The registers of a snapshot, each read once."""

    moves: pd.DataFrame
    interventions: pd.DataFrame
    rag: pd.DataFrame
    strengths: pd.DataFrame
    concerns: pd.DataFrame
    actions: pd.DataFrame
    goals: pd.DataFrame
    edges: pd.DataFrame
    agenda_items: pd.DataFrame


def tell(areas: pd.DataFrame, told: pd.DataFrame, counts: pd.DataFrame, registers: Registers, *, as_at: date,
         review_within_weeks: int) -> list[Story]:  # fmt: skip
    """The story of every area, in the order given.

    areas   one row per area: area_level, area_id, name, place_category
    told    directions: one row per area_level, area_id and harm group
    counts  what was counted over the last periods, with its range: area_level, area_id, harm_group, about, low, high
    """
    assessments = current_assessments(registers.moves, as_at)
    key = ["area_level", "area_id", "harm_group"]
    rows = told.merge(counts, on=key, how="left") if len(counts) else told.assign(about=None, low=None, high=None)
    harms = {where: [_harm(row) for row in mine.to_dict("records")] for where, mine in rows.groupby(key[:2], sort=False)}
    return [
        _story(area, harms.get((area["area_level"], area["area_id"]), []), assessments.get(area["area_id"]), registers,
               as_at, review_within_weeks)
        for area in areas.to_dict("records")
    ]  # fmt: skip


def _harm(row: dict[Any, Any]) -> Harm:
    def number(name: str) -> float | None:
        value = row.get(name)
        return None if value is None or pd.isna(value) else float(value)

    since, event = row.get("recording_since"), row.get("recording_event")
    periods, strongest = number("recent_periods"), number("strongest_periods")
    figures = {name: number(column) for name, column in FIGURES.items()}
    return Harm(
        harm_group=row["harm_group"], direction=row["direction"], year_direction=row["year_direction"],
        periods=None if periods is None else int(periods),
        strongest_periods=None if strongest is None else int(strongest),
        recording_event=event if isinstance(event, str) else None,
        recording_since=since if isinstance(since, date) else None, **figures,
    )  # fmt: skip


def _story(
    area: dict[Any, Any], harms: list[Harm], assessment: Assessment | None, registers: Registers, as_at: date, weeks: int
) -> Story:
    place = area["area_id"]
    words = [one.direction for one in harms]
    first = min(harms, key=lambda one: FIRST.index(one.direction), default=None)
    interventions = [{**one, "state": intervention_state(one["started_on"], one["ended_on"], as_at)}
                     for one in _of(registers.interventions, place)]  # fmt: skip
    moves, concerns, rags = (_of(one, place) for one in (registers.moves, registers.concerns, registers.rag))
    rag = rags[-1] if rags else None
    raised = [one["fortnight_starting"] for one in concerns if one["fortnight_starting"]]
    reviewed = [one for one in (*(move["moved_on"] for move in moves), *(one["judged_on"] for one in rags)) if one]
    live = sum(one["state"] == "live" for one in interventions)
    direction = first.direction if first else FIRST[-1]
    return Story(
        area_level=area["area_level"], area_id=place, name=area["name"], place_category=area["place_category"] or None,
        harm=tuple(harms), direction=direction, led_by=first.harm_group if first and direction in FLAGS else None,
        why_listed=why_listed(words, raised, as_at),
        lacking=lacking(assessment, live, max(reviewed, default=None), as_at=as_at, within_weeks=weeks),
        assessment=assessment, moves=tuple(moves), interventions=tuple(interventions), rag=rag,
        worth_discussing=_differ(rag, words), strengths=tuple(_of(registers.strengths, place)),
        goals=tuple(_of(registers.goals, place)), actions=tuple(_of(registers.actions, place)), concerns=tuple(concerns),
        agenda_items=tuple(_of(registers.agenda_items, place)), shared_with=_shared(registers.edges, place),
    )  # fmt: skip


def _of(register: pd.DataFrame, place: str) -> list[dict[str, Any]]:
    return [
        {str(name): value for name, value in row.items()}
        for row in register[register["place_id"] == place].to_dict("records")
    ]


def _shared(edges: pd.DataFrame, place: str) -> tuple[str, ...]:
    """The localities of an edge place, the one that leads first; empty for a place of one locality."""
    mine = _of(edges, place)
    return tuple(one for one in (mine[-1]["lead_locality"], mine[-1]["shared_with"]) if one) if mine else ()


def _differ(rag: dict[str, Any] | None, words: Iterable[str]) -> bool:
    """Whether the recorded judgement and the statistic point apart: red where all falls, green where something rises."""
    if rag is None or rag["value"] not in JUDGED:
        return False
    flagged = [word for word in words if word in FLAGS]
    if rag["value"] == "green":
        return any(word in UPWARD for word in flagged)
    return bool(flagged) and not any(word in UPWARD for word in flagged)
