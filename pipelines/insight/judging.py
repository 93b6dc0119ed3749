"""One intervention judged: what its register says, its estimate with and without a guard, and why it may have none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from pipelines.insight.comparing import Area, Compared, Town, begun_within, compare, first_month, judged_until, spans
from pipelines.insight.impact import Estimate, estimate, weaker

# Why an intervention is not judged, beside the refusals of `impact`.
LED_ELSEWHERE, NOT_OF_A_PLACE, NO_PLACE, PLANNED, NO_MONTHS = (
    "led_elsewhere", "not_of_a_place", "no_place", "planned", "ongoing_too_early",
)  # fmt: skip
GUARD = 3
COUNTS = ("expected", "actual", "prevented_low", "prevented_high", "before")


@dataclass(frozen=True)
class Impact:
    """What became of one intervention. Grain: one entry of the register.

    area         (area_level, area_id) of its place; null where it has none on the list
    harm_groups  the groups it was meant for: all where it names none
    headline     the weaker claim of the two below; null where nothing is judged at all
    reason       why it is not judged, or null: then the verdict is the headline's
    overlapping  entries whose effect cannot be told apart from this one's
    chosen_beats beats the partnership chose to compare with; empty where all beats outside the ring are
    through      the last month it is judged by
    event_here   a change in recording in its own place, or null
    """

    entry_id: str
    intervention_type: str | None
    area: Area | None
    started_on: date | None
    ended_on: date | None
    harm_groups: tuple[str, ...]
    headline: Estimate | None = None
    with_guard: Estimate | None = None
    without_guard: Estimate | None = None
    reason: str | None = None
    overlapping: tuple[str, ...] = ()
    chosen_beats: tuple[str, ...] = ()
    through: str | None = None
    event_here: str | None = None

    @property
    def verdict(self) -> str:
        """One of the verdicts of `impact`, or the code of why there is none."""
        return self.reason or (self.headline.verdict if self.headline else NO_PLACE)


@dataclass(frozen=True)
class Question:
    """One intervention made ready to be judged: its comparison, and when it began and stopped being judged."""

    compared: Compared
    start: int
    until: int
    others: tuple[dict[str, Any], ...]
    options: dict[str, Any]


def unjudged(entry: Mapping[str, Any], measured: Sequence[str], as_at: date) -> str | None:
    """Why an entry of the register cannot be judged whatever was counted; null where it may be."""
    if entry["led_elsewhere"]:
        return LED_ELSEWHERE
    if entry["intervention_type"] not in measured:
        return NOT_OF_A_PLACE
    if not entry["areas"] or entry["started_on"] is None:
        return NO_PLACE
    return PLANNED if entry["started_on"] > as_at else None


def ask_of(
    town: Town, entry: Mapping[str, Any], others: Sequence[dict[str, Any]], groups: tuple[str, ...]
) -> Question | None:
    """The comparison of one entry for some harm groups; null where its place is no longer in force.

    others  the other entries that act on a place
    """
    compared = compare(town, entry["areas"], groups)
    if compared is None:
        return None
    within = begun_within(town.cube, entry["started_on"])
    if within is not None:
        compared.counts[:, within] = np.nan
    start = first_month(town.cube, entry["started_on"])
    until = judged_until(town.cube, entry["started_on"], entry["ended_on"])
    options = {**compared.rows, "others": spans(town, compared, others), "until": until,
               "periods_per_year": town.cube.periods_per_year}  # fmt: skip
    chosen = compared.numbers_of(entry["compared_with"])
    if chosen:
        options["controls"] = chosen
    return Question(compared, start, until, tuple(others), options)


def entry_as(entry: Mapping[str, Any], groups: tuple[str, ...], reason: str | None = None) -> Impact:
    """What the register says of an entry, not judged."""
    area = entry["areas"][0] if entry["areas"] else None
    kind, started_on, ended_on = entry["intervention_type"], entry["started_on"], entry["ended_on"]
    return Impact(entry["entry_id"], kind, area, started_on, ended_on, groups, reason=reason)


def judge(town: Town, entry: Mapping[str, Any], others: Sequence[dict[str, Any]], groups: tuple[str, ...]) -> Impact:
    """The effect of one entry on some harm groups. Its reason says why there is none."""
    told = entry_as(entry, groups)
    question = ask_of(town, entry, others, groups)
    if question is None:
        return replace(told, reason=NO_PLACE)
    if question.start >= question.until:
        return replace(told, reason=NO_MONTHS)
    with_guard, without = (estimate_of(town, question, guard) for guard in (GUARD, 0))
    headline = weaker(with_guard, without)
    return replace(
        told, headline=headline, with_guard=with_guard, without_guard=without, reason=headline.reason,
        overlapping=tuple(dict.fromkeys(question.others[one]["entry_id"] for one in headline.overlaps)),
        chosen_beats=question.compared.beats_at(question.options.get("controls", ())),
        through=town.cube.periods[question.until - 1], event_here=question.compared.event_here,
    )  # fmt: skip


def estimate_of(town: Town, question: Question, guard: int) -> Estimate:
    """The estimate with one guard. Its `controls` are numbers of the town's beats, alike in every comparison."""
    found = estimate(question.compared.counts, start=question.start, guard=guard, **question.options)
    beats = question.compared.beats_at(found.controls)
    return replace(found, controls=tuple(town.beats.areas.index(one) for one in beats))


def words_only(effect: Any) -> Any:
    """An effect without its counts: for an audience whose own sums are said to the nearest."""
    nothing: dict[str, Any] = dict.fromkeys(COUNTS, float("nan"))
    return replace(effect, **nothing)
