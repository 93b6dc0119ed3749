"""Is there a plan for a place: where its assessment is, what is being done, and whether that is enough."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

# A proposed assessment is no plan yet; the others are under way until they are closed, stepped up or moved.
LIVE_STATUSES = ("agreed", "scoping", "in_progress", "goals_set", "plan_active", "review_due")
DUE_WITHIN_DAYS = 14
RISING = ("rising", "new_activity")
CONCERN_IS_NEW_DAYS = 42

OVERDUE, DUE_SOON, LATER = "overdue", "due_soon", "later"
NO_ASSESSMENT, NO_INTERVENTION, NOT_REVIEWED = "no_assessment", "no_intervention", "not_reviewed"


@dataclass(frozen=True)
class Assessment:
    """Where the neighbourhood assessment of one place is.

    status          a code of assessment_status; null where it is led elsewhere and may not be shown yet
    report_back     overdue, due_soon (within two weeks) or later; null where none is agreed
    """

    place_id: str
    status: str | None
    since: date | None
    days: int | None
    lead_agency: str | None
    lead_role: str | None
    threshold: str | None
    report_back_on: date | None
    report_back: str | None
    reason: str | None
    led_elsewhere: bool

    @property
    def live(self) -> bool:
        """Whether somebody is working on it: a place stepped up or led elsewhere is."""
        return self.led_elsewhere or self.status in (*LIVE_STATUSES, "stepped_up")


def current_assessments(moves: pd.DataFrame, as_at: date) -> dict[str, Assessment]:
    """The newest move of each place by `as_at`; a place with none has no assessment.

    moves  the register neighbourhood_assessments. Of two moves of one day the later entered in the ladder stands
    """
    found: dict[str, dict[Any, Any]] = {}
    for move in moves.to_dict("records"):
        if move["place_id"] is not None and (move["moved_on"] is None or move["moved_on"] <= as_at):
            before = found.get(move["place_id"])
            if before is None or before["moved_on"] is None or _later(move, before):
                found[move["place_id"]] = move
    hidden = set(moves.loc[moves["led_elsewhere"], "place_id"])
    return {place: _assessment(move, as_at, led_elsewhere=place in hidden) for place, move in found.items()}


LADDER = ("proposed", *LIVE_STATUSES, "closed_improved", "closed_no_change", "stepped_up", "transferred_locality")


def _later(move: dict[Any, Any], before: dict[Any, Any]) -> bool:
    if move["moved_on"] is None:
        return False
    step = {status: number for number, status in enumerate(LADDER)}
    return (move["moved_on"], step.get(move["status"], -1)) >= (before["moved_on"], step.get(before["status"], -1))


def _assessment(move: dict[Any, Any], as_at: date, *, led_elsewhere: bool) -> Assessment:
    said = {name: None if led_elsewhere else move[name] for name in
            ("status", "lead_agency", "lead_role", "threshold", "report_back_on", "reason", "moved_on")}  # fmt: skip
    since, back = said.pop("moved_on"), said["report_back_on"]
    over = said["status"] in ("closed_improved", "closed_no_change", "transferred_locality")
    return Assessment(
        place_id=move["place_id"], since=since, days=(as_at - since).days if since else None,
        report_back=None if over else due(back, as_at), led_elsewhere=led_elsewhere, **said,
    )  # fmt: skip


def due(day: date | None, as_at: date) -> str | None:
    """Whether something due on a day is overdue, due within two weeks, or later; null where no day was agreed."""
    if day is None:
        return None
    return OVERDUE if day < as_at else DUE_SOON if day <= as_at + timedelta(days=DUE_WITHIN_DAYS) else LATER


def intervention_state(started_on: date | None, ended_on: date | None, as_at: date) -> str:
    """planned, live or ended, on a day; one that may not be shown yet has no dates, and is live."""
    if started_on is not None and started_on > as_at:
        return "planned"
    return "ended" if ended_on is not None and ended_on <= as_at else "live"


def count_interventions(
    entries: pd.DataFrame, localities: Mapping[str, Sequence[str]], families: Mapping[str, str], as_at: date
) -> pd.DataFrame:
    """How many interventions of each family are planned, live and ended; what is led elsewhere is not counted.

    entries     the register interventions
    localities  the localities each place counts in
    grain       one row per locality (null = the whole city, each once), family and state, where there is any
    """
    counts: Counter[tuple[str | None, str, str]] = Counter()
    for entry in entries[~entries["led_elsewhere"]].to_dict("records"):
        family = families.get(entry["intervention_type"], "other")
        state = intervention_state(entry["started_on"], entry["ended_on"], as_at)
        for locality in (None, *localities.get(entry["place_id"], ())):
            counts[locality, family, state] += 1
    rows = [(*key, number) for key, number in sorted(counts.items(), key=lambda one: (one[0][0] or "", *one[0][1:]))]
    found = pd.DataFrame(rows, columns=["locality", "family", "state", "interventions"]).astype({"locality": object})
    return found.assign(locality=found["locality"].where(found["locality"].notna(), None))


def count_assessments(assessments: Mapping[str, Assessment], localities: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """How many places are in each status of the ladder; what is led elsewhere is not counted.

    localities  the localities each place counts in
    grain       one row per locality (null = the whole city, each once) and status, where there is any: places
    """
    counts: Counter[tuple[str | None, str]] = Counter()
    for place, one in assessments.items():
        if one.status is not None and not one.led_elsewhere:
            for locality in (None, *localities.get(place, ())):
                counts[locality, one.status] += 1
    rows = [(*key, number) for key, number in sorted(counts.items(), key=lambda one: (one[0][0] or "", one[0][1]))]
    found = pd.DataFrame(rows, columns=["locality", "status", "places"]).astype({"locality": object})
    return found.assign(locality=found["locality"].where(found["locality"].notna(), None))


def count_actions(
    entries: pd.DataFrame, localities: Mapping[str, Sequence[str]], first: date, last: date, as_at: date
) -> pd.DataFrame:
    """How many actions that fell due between two days were kept, are late, or were dropped; none that is led elsewhere.

    entries     the register actions
    grain       one row per locality (null = the whole city, each once) and outcome, where there is any: actions
    """
    counts: Counter[tuple[str | None, str]] = Counter()
    for entry in entries[~entries["led_elsewhere"]].to_dict("records"):
        due_on = entry["due_on"]
        if due_on is None or not first <= due_on <= min(last, as_at):
            continue
        outcome = {"done": "kept", "dropped": "dropped"}.get(entry["status"], "late")
        for locality in (None, *localities.get(entry["place_id"], ())):
            counts[locality, outcome] += 1
    rows = [(*key, number) for key, number in sorted(counts.items(), key=lambda one: (one[0][0] or "", one[0][1]))]
    found = pd.DataFrame(rows, columns=["locality", "outcome", "actions"]).astype({"locality": object})
    return found.assign(locality=found["locality"].where(found["locality"].notna(), None))


def lacking(
    assessment: Assessment | None, live_interventions: int, last_reviewed_on: date | None, *, as_at: date, within_weeks: int
) -> tuple[str, ...]:
    """Why a place that is rising, or that a concern was raised about, has no sufficient plan; empty when it has one.

    The rule, in words: there is no assessment in a live state; or no live intervention; or nobody reviewed the place
    within so many weeks. Whoever is stepped up or led elsewhere is with somebody already.
    """
    if assessment is not None and (assessment.led_elsewhere or assessment.status == "stepped_up"):
        return ()
    reviewed = last_reviewed_on is not None and last_reviewed_on >= as_at - timedelta(weeks=within_weeks)
    return tuple(
        reason for reason, so in (
            (NO_ASSESSMENT, assessment is None or not assessment.live), (NO_INTERVENTION, not live_interventions),
            (NOT_REVIEWED, not reviewed),
        ) if so
    )  # fmt: skip


def why_listed(words: Sequence[str], concerns: Sequence[date], as_at: date) -> tuple[str, ...]:
    """Why a place is up for a plan at all: `rising`, `concern`, both, or neither.

    words     the direction words of its harm groups as shown; concerns, the days concerns were raised
    """
    newest = as_at - timedelta(days=CONCERN_IS_NEW_DAYS)
    rising, raised = any(word in RISING for word in words), any(day >= newest for day in concerns)
    return tuple(name for name, so in (("rising", rising), ("concern", raised)) if so)
