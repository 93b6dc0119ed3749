"""What was tried, and what came of it: every intervention judged, one in detail, kinds together, and one still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from pipelines.insight import judging
from pipelines.insight.comparing import LEVELS, Area, Compared, Town, compare, read_town
from pipelines.insight.impact import (
    INCREASE,
    REDUCTION,
    Detectable,
    Difference,
    Pooled,
    Trend,
    comparison_places,
    detectable,
    pooled,
    pre_trend,
    series,
    suggest,
    wdd,
)
from pipelines.insight.judging import Impact, judge, unjudged
from pipelines.insight.periods import period_label
from pipelines.insight.plans import Assessment, current_assessments
from pipelines.insight.registers import read_register
from pipelines.insight.summarised import Summarised

FEED = MEASURE = "incidents"
PAST_MONTHS = 36
MEASURED = "measured_intervention_type"
CLOSED = {"closed_improved": "improved", "closed_no_change": "no_change"}


@dataclass(frozen=True)
class Detail:
    """Everything one intervention's page shows beside its headline.

    by_group       the same judged for each harm group by itself
    series         expected and actual by month, with period and label: as `impact.series`
    placebos       rate ratios of the beats compared with, each against the others, lowest first
    trend          whether it went the way of those compared with before anything was done
    secondary      the weighted displacement difference, optimistic; null where it cannot be made
    treated, ring, controls  beats and places to draw: where it was, beats that hold a part of its ring, beats compared with
    earlier        entries of the register of what was tried in this place before
    assessment     where the assessment of the place is; outcome, improved, no_change or null while it is not closed
    worth_discussing  what was recorded and the statistic differ
    """

    impact: Impact
    by_group: dict[str, Impact]
    series: pd.DataFrame
    placebos: tuple[float, ...]
    trend: Trend | None
    secondary: Difference | None
    treated: Area
    ring: tuple[str, ...]
    controls: tuple[str, ...]
    earlier: tuple[dict[str, Any], ...]
    assessment: Assessment | None
    outcome: str | None
    worth_discussing: bool


@dataclass(frozen=True)
class Before:
    """What could be seen of something that has not started.

    pool, longer  ways to see more: (further beats, what could then be seen), and (months, what could then be seen)
    suggested     one row per beat not touching it: beat, level (its count over the places'), trend, z, suggested
    """

    detectable: Detectable
    longer: tuple[int, float] | None
    pool: tuple[tuple[str, ...], float] | None
    suggested: pd.DataFrame


class Tried(Summarised):
    """An opened snapshot with what came of interventions."""

    def impacts(self) -> list[Impact]:
        """Every intervention of this audience's places with its verdict, the newest first: see `judging.Impact`.

        One aimed at a meeting's own places only. Of one led elsewhere nothing is said. An audience whose counts are said
        to the nearest gets ratios, no counts. Raises NotForThisAudience for one that may have no place at all.
        """
        self._rights.require_level(LEVELS[0])
        mine = set(self.register("interventions")["entry_id"])
        return [self._as_shown(one) for one in self._judged() if one.entry_id in mine]

    def impact(self, entry_id: str) -> Detail:
        """One intervention in detail. Raises KeyError where it is not this audience's, or is not judged at all."""
        known = {one.entry_id: one for one in self.impacts()}
        told, town = known[entry_id], self._town()
        entry = next(one for one in self._entries() if one["entry_id"] == entry_id)
        question = judging.ask_of(town, entry, self._others(entry), told.harm_groups) if town and told.headline else None
        if question is None or town is None or told.area is None or told.headline is None:
            raise KeyError(entry_id)
        given = {**question.options, "start": question.start, "guard": told.headline.guard}
        has_counts = self._rights.rules.number == "range"  # months and differences are counts
        rows = series(question.compared.counts, **given)
        rows = rows if has_counts else rows.iloc[:0]
        starts = [town.cube.starts[int(one)] for one in rows["period"]]
        names = [town.cube.periods[int(one)] for one in rows["period"]]
        labels = [period_label(name, start, "month") for name, start in zip(names, starts, strict=True)]
        kinds = {code: (code,) for code, _ in self.measure(FEED, MEASURE).harm_groups} | {"all": town.cube.groups}
        placebos = [one for one in told.headline.placebos if np.isfinite(one)]
        of_place = self._assessment(told.area)
        secondary = _secondary(question, told) if has_counts else None
        outcome = CLOSED.get(of_place.status or "") if of_place and _after(of_place, told) else None
        return Detail(
            told, {name: self._as_shown(judge(town, entry, self._others(entry), groups)) for name, groups in kinds.items()},
            rows.assign(period=names, period_start=starts, label=labels), tuple(sorted(placebos)),
            pre_trend(question.compared.counts, **given), secondary, told.area,
            self._shown_beats(_beats_with(town, question.compared.ring)), self._shown_beats(question.compared.controls),
            tuple(self._earlier(entry)), of_place, outcome, _differs(outcome, told),
        )  # fmt: skip

    def portfolio(self) -> dict[str, Pooled]:
        """What each kind of intervention did in all its places together, by its code: for every audience.

        Counts are left out for an audience whose counts are said to the nearest. Kinds nobody tried are not there.
        """
        found: dict[str, Pooled] = {}
        by_kind: dict[str, list[Any]] = {}
        for one in self._judged():
            if one.intervention_type and one.headline is not None:
                by_kind.setdefault(one.intervention_type, []).append(one.headline)
        for kind, estimates in by_kind.items():
            found[kind] = self._worded(pooled(estimates))
        return found

    def before_it_starts(self, areas: Sequence[Area], harm_groups: Sequence[str], months: int) -> Before | None:
        """What could be seen if something ran in some places for some months: null before a month is whole.

        areas  (area_level, area_id) of beats and places of concern, of this audience's own
        Raises NotForThisAudience for others, KeyError for harm groups this town has none of.
        """
        for level, area_id in areas:
            self._require(level, area_id)
        town = self._town()
        groups = tuple(code for code, _ in self.measure(FEED, MEASURE).harm_groups if code in harm_groups)
        if not groups:
            raise KeyError("harm_groups")
        compared = compare(town, areas, groups) if town else None
        if town is None or compared is None:
            return None
        compared = compared.whole(max(0, len(town.cube.periods) - PAST_MONTHS))
        given = {**compared.rows, "months": months}
        beats = [one for one in compared.controls if self._has("beat", one)]
        ways = suggest(compared.counts, **given, candidates=compared.numbers_of(beats))
        longer = next(((one.months, one.reduction) for one in ways if not one.add), None)
        pool = next(((compared.beats_at(one.add), one.reduction) for one in ways if one.add), None)
        return Before(detectable(compared.counts, **given), longer, pool, self._comparable(town, compared))

    def _comparable(self, town: Town, compared: Compared) -> pd.DataFrame:
        """Beats to compare with, of this audience's own; those that touch the ring are left out."""
        rows = compared.rows
        near = {two for one in compared.ring for two in town.touching.get(one, frozenset())}
        touching = [beat for beat in compared.controls if town.inside[("beat", beat)] & near]
        found = comparison_places(
            compared.counts, treated=rows["treated"], ring=rows["ring"], touching=compared.numbers_of(touching)
        )
        beats = compared.beats_at(found["row"])
        shown = found.assign(beat=beats).drop(columns="row")
        return shown[np.array([self._has("beat", one) for one in beats], dtype=bool)].reset_index(drop=True)

    def _town(self) -> Town | None:
        """What everything is compared in; null before a month is whole, or where incidents are not counted."""
        if not any((one.feed, one.measure) == (FEED, MEASURE) for one in self.measures()):
            return None
        cube = self._cube(self.measure(FEED, MEASURE))
        return self._kept("town", make=lambda: read_town(self._ask, cube) if cube else None)

    def _entries(self) -> list[dict[str, Any]]:
        """The whole register, whoever asks: what happens in one place bears on the comparison of another."""
        return self._kept("entries", make=self._read_entries)

    def _read_entries(self) -> list[dict[str, Any]]:
        level_of = {area: level for level in LEVELS for area in self._once("areas", area_level=level)["area_id"]}
        entries = read_register(self._once("register_entries", feed="interventions"), "interventions")
        said: list[dict[str, Any]] = [
            {str(name): value for name, value in one.items()} for one in entries.to_dict("records")
        ]
        for one in said:
            one["areas"] = [(level_of[one["place_id"]], one["place_id"])] if one["place_id"] in level_of else []
            one["compared_with"] = _codes(one["compared_with"])
        return said

    def _judged(self) -> list[Impact]:
        """Every entry, judged once for a snapshot."""
        return self._kept("judged", make=lambda: [self._judge(one) for one in reversed(self._entries())])

    def _judge(self, entry: dict[str, Any]) -> Impact:
        groups = self._groups_of(entry)
        reason = unjudged(entry, list(self.vocabulary(MEASURED)), self.as_at)
        town = self._town()
        if reason or town is None:
            return judging.entry_as(entry, groups, reason or judging.NO_MONTHS)
        return judge(town, entry, self._others(entry), groups)

    def _others(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        measured = set(self.vocabulary(MEASURED))
        return [
            one for one in self._entries()
            if one["entry_id"] != entry["entry_id"] and one["areas"] and one["started_on"] is not None
            and one["intervention_type"] in measured
        ]  # fmt: skip

    def _groups_of(self, entry: dict[str, Any]) -> tuple[str, ...]:
        known = [group["code"] for one in self._manifest["measures"] if one["feed"] == FEED for group in one["harm_groups"]]
        group_of = self.families("harm_type")
        meant = {group_of.get(code) for code in _codes(entry["harm_types"])}
        return tuple(one for one in known if one in meant) or tuple(known)

    def _earlier(self, entry: dict[str, Any]) -> list[dict[str, Any]]:
        here = self.register("interventions")
        same = here[(here["place_id"] == entry["place_id"]) & ~here["led_elsewhere"]]
        before = [bool(day and day < entry["started_on"]) for day in same["started_on"]]
        return [dict(one) for one in same[before].to_dict("records")]

    def _assessment(self, area: Area) -> Assessment | None:
        return current_assessments(self.register("neighbourhood_assessments"), self.as_at).get(area[1])

    def _shown_beats(self, beats: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in beats if self._has("beat", one))

    def _as_shown(self, told: Impact) -> Impact:
        parts = ("headline", "with_guard", "without_guard")
        return replace(told, **{name: self._worded(getattr(told, name)) for name in parts})

    def _worded(self, found: Any) -> Any:
        """An estimate as this audience may have it."""
        if found is None or self._rights.rules.number == "range":
            return found
        rings: dict[str, Any] = {
            name: judging.words_only(part) for name in ("ring", "net") if (part := getattr(found, name, None))
        }
        return replace(judging.words_only(found), **rings)


def _codes(said: str | None) -> tuple[str, ...]:
    return tuple(code for one in (said or "").split(";") if (code := one.strip()))


def _beats_with(town: Town, base_areas: Sequence[str]) -> tuple[str, ...]:
    """The beats that hold a part of some base areas."""
    wanted = set(base_areas)
    return tuple(area_id for (level, area_id), inside in town.inside.items() if level == "beat" and inside & wanted)


def _after(assessment: Assessment, told: Impact) -> bool:
    return bool(told.started_on and assessment.since and assessment.since > told.started_on)


def _differs(outcome: str | None, told: Impact) -> bool:
    """What was recorded says better and the statistic more, or no change and the statistic less or more."""
    verdict = told.verdict
    if outcome == "improved":
        return verdict == INCREASE
    return outcome == "no_change" and verdict in (INCREASE, REDUCTION)


def _secondary(question: judging.Question, told: Impact) -> Difference | None:
    """WDD over as many months before as after, with the beat that is most alike as control, and one for the ring."""
    found = told.headline
    if found is None or found.reason:
        return None
    after = list(found.after_periods)
    compared = question.compared.whole(max(0, question.start - PAST_MONTHS))
    counts = compared.counts
    before = [one for one in range(question.start) if np.isfinite(counts[:, one]).all()][-len(after) :]
    ring = list(range(1, 1 + len(compared.ring)))
    past = counts[:, : question.start]
    control = [int(one) for one in comparison_places(past, treated=[0], ring=ring, touching=[])["row"][:1]]
    if len(before) < len(after) or not control:
        return None

    def pair(rows: list[int]) -> tuple[float, float]:
        return float(counts[np.ix_(rows, before)].sum()), float(counts[np.ix_(rows, after)].sum())

    if not ring:
        return wdd(pair([0]), pair(control))
    like_ring = comparison_places(past, treated=ring, ring=[0], touching=control)["row"][: len(ring)]
    return wdd(pair([0]), pair(control), pair(ring), pair([int(one) for one in like_ring])) if len(like_ring) else None
