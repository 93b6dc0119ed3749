"""Registers of decisions: assessments, goals and actions. A row holds what its contract says."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo import words
from pipelines.demo.lines import stream
from pipelines.demo.names import ACCENTED_AGENCY, AGENCIES, ROLES
from pipelines.demo.planted import Planted
from pipelines.demo.span import AS_AT, Span
from pipelines.demo.town import Town

Rows = list[dict[str, Any]]
LADDER = ("proposed", "agreed", "scoping", "in_progress", "goals_set", "plan_active", "review_due")
STATUSES = ("agreed", "in_progress", "in_progress", "done", "overdue", "proposed")
STILL_TO_DO = ("agreed", "in_progress", "proposed")
THRESHOLDS = ("preventative", "emerging", "in_need", "in_need")


@dataclass(frozen=True)
class Desk:
    """What the registers are written from."""

    town: Town
    span: Span
    planted: Planted
    seed: int

    def rng(self, name: str) -> np.random.Generator:
        return stream(self.seed, f"register {name}")

    def since(self, place_id: str) -> date:
        return self.town.opened.get(place_id, self.span.first_day)

    def back(self, days: int, place_id: str = "") -> date:
        """So many days before as_at, but never before the place was drawn."""
        return max(AS_AT - timedelta(days=days), self.since(place_id))

    @property
    def watched(self) -> list[str]:
        """Places and beats the registers speak of, the rising ones without a plan left out."""
        silent = {one.place_id for one in [*self.planted.rising[:1], *self.planted.new_activity]}
        named = [one.place_id for one in [*self.planted.rising, *self.planted.falling]]
        named += [one.place_id for one in self.planted.effects]
        return [one for one in dict.fromkeys([*named, *self.town.concerns]) if one not in silent]


def paths(desk: Desk) -> dict[str, tuple[str, ...]]:
    """How far each place has come. The first rising place and the new activity have no assessment yet."""
    ends: list[tuple[str, ...]] = [
        LADDER[:6],
        LADDER[:1],
        (*LADDER, "closed_improved"),
        LADDER,
        LADDER[:6],
        (*LADDER[:4], "stepped_up"),
        LADDER[:4],
        (*LADDER, "closed_no_change"),
        LADDER[:3],
        LADDER[:5],
        ("proposed", "agreed", "transferred_locality"),
        LADDER[:2],
    ]
    found = {place_id: ends[number % len(ends)] for number, place_id in enumerate(desk.watched[:14])}
    worked = {one.place_id: LADDER if one.effect != "nothing" else LADDER[:6] for one in desk.planted.effects}
    improved = {one.place_id: (*LADDER, "closed_improved") for one in desk.planted.falling[:1]}
    return found | worked | improved


def assessments(desk: Desk) -> Rows:
    """Status moves of neighbourhood assessments: one row each."""
    rng = desk.rng("assessments")
    rows: Rows = []
    for place_id, path in sorted(paths(desk).items()):
        last = desk.back(int(rng.integers(3, 60)))
        first = max(desk.since(place_id), last - timedelta(days=int(rng.integers(20, 38)) * len(path)))
        days = np.linspace(0, (last - first).days, len(path)).astype(int) if len(path) > 1 else [0]
        agency, role = str(rng.choice(AGENCIES)), str(rng.choice(ROLES))
        level = THRESHOLDS[int(rng.integers(len(THRESHOLDS)))]
        for status, gap in zip(path, days, strict=True):
            on = first + timedelta(days=int(gap))
            closed = status.startswith("closed") or status in ("stepped_up", "transferred_locality")
            rows.append(
                {
                    "place_id": place_id,
                    "status": status,
                    "moved_on": on,
                    "lead_agency": agency,
                    "lead_role": role,
                    "reason": words.MOVES[status],
                    "report_back_on": "" if closed else on + timedelta(days=42),
                    "threshold": "significant_harm" if status == "stepped_up" else level,
                    "visible_from": AS_AT + timedelta(days=60) if status == "stepped_up" else "",
                }
            )
    return rows


def safety_goals(desk: Desk) -> Rows:
    """Safety goals of places: one row each."""
    rng = desk.rng("goals")
    rows: Rows = []
    with_goals = [place_id for place_id, path in sorted(paths(desk).items()) if "goals_set" in path]
    for place_id in with_goals:
        for number in np.sort(rng.choice(len(words.GOALS), int(rng.integers(1, 3)), replace=False)):
            goal, safer, whom = words.GOALS[number]
            rows.append(
                {
                    "goal_ref": f"GOAL-{len(rows) + 1:03d}",
                    "place_id": place_id,
                    "goal": goal,
                    "what_safer_looks_like": safer,
                    "developed_with": whom,
                    "review_on": AS_AT + timedelta(days=int(rng.integers(10, 90))),
                }
            )
    return rows


def actions(desk: Desk) -> Rows:
    """Three for every place with a plan, of every status there is."""
    rng = desk.rng("actions")
    rows: Rows = []
    for place_id, path in sorted(paths(desk).items()):
        if "in_progress" not in path:
            continue
        for number in np.sort(rng.choice(len(words.ACTIONS), 3, replace=False)):
            action, aim, success = words.ACTIONS[number]
            status = "done" if path[-1].startswith("closed") else str(rng.choice(STATUSES))
            status = "dropped" if len(rows) == 7 else status
            ahead = rng.integers(14, 90) if status in STILL_TO_DO else -rng.integers(8, 60)
            agency = ACCENTED_AGENCY if len(rows) % 9 == 4 else str(rng.choice(AGENCIES))
            rows.append(
                {
                    "action_ref": f"ACT-{len(rows) + 1:03d}",
                    "place_id": place_id,
                    "lead_agency": agency,
                    "action": action + ".",
                    "aim": aim + ".",
                    "success": success + ".",
                    "due_on": AS_AT + timedelta(days=int(ahead)),
                    "status": status,
                    "updated_on": desk.back(int(rng.integers(2, 40))),
                    "dropped_because": words.DROPPED if status == "dropped" else "",
                }
            )
    return rows


def earlier_actions(desk: Desk, now: Rows) -> Rows:
    """The first two thirds of the actions as they stood seven weeks before.

    A later delivery supersedes each.
    """
    before = desk.back(50)
    return [
        {
            **row,
            "status": "agreed",
            "updated_on": min(before, row["updated_on"]),
            "dropped_because": "",
            "lead_agency": "Youth Service" if row["lead_agency"] == ACCENTED_AGENCY else row["lead_agency"],
        }
        for row in now[: 2 * len(now) // 3]
    ]


def table(rows: Rows) -> pd.DataFrame:
    """Rows as text; dates as YYYY-MM-DD."""
    return pd.DataFrame([{name: str(value) for name, value in row.items()} for row in rows])
