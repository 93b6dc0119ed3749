"""What is planted: changes with a known size, a known place and a known first month, drawn from the seed.

`truth/planted.json` holds these as they stand here. Months are 'YYYY-MM'; `to_month` is the last
complete one.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from pipelines.demo.lines import stream
from pipelines.demo.span import AS_AT, Span
from pipelines.demo.town import Town

KINDS_OF_CHANGE = (
    "rising", "falling", "new_activity", "slow_trend", "reporting_only", "recording_change",
)  # fmt: skip
GROUPS = ("exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other")
FEWEST_MONTHS_FOR_CHANGES = 6
FEWEST_MONTHS_FOR_INTERVENTIONS = 12


@dataclass(frozen=True)
class Change:
    """One place x harm group whose expected number of records is multiplied from `from_month` on.

    multiplier       on the place's usual level; None for new activity
    usual_per_month  expected records a month before the change (season left out); 0 for new activity
    then_per_month   expected records a month after it
    gradual          true where the multiplier grows month by month (evenly on the log scale) instead of at
                     once
    """

    place_id: str
    place_level: str
    harm_group: str
    from_month: str
    to_month: str
    multiplier: float | None
    usual_per_month: float
    then_per_month: float
    gradual: bool = False


@dataclass(frozen=True)
class Effect:
    """One intervention and what it truly did: worked, displaced or nothing.

    multiplier        on the place's expected records of `harm_groups` from `from_month` on
    ring              zones that took over what the place lost, and the share of it each took (displaced only)
    spike_months      months just before, in which the place ran at `spike_multiplier` by chance (nothing
                      only)
    """

    intervention_id: str
    place_id: str
    place_level: str
    effect: str
    started_on: str
    from_month: str
    harm_groups: tuple[str, ...]
    multiplier: float
    ring: dict[str, float] = field(default_factory=dict)
    spike_months: tuple[str, ...] = ()
    spike_multiplier: float = 1.0


@dataclass(frozen=True)
class Planted:
    """Every planted truth of a town, and the exact tallies of its deliveries."""

    town: str
    seed: int
    months: int
    first_month: str
    last_month: str
    as_at: str
    rising: list[Change]
    falling: list[Change]
    new_activity: list[Change]
    slow_trend: list[Change]
    effects: list[Effect]
    reporting_only: list[Change]
    recording_change: list[Change]
    recut: dict[str, Any]
    not_collected: dict[str, str]
    bad_row_kinds: dict[str, list[str]] = field(default_factory=dict)
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    totals: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Draw:
    """Places and beats dealt out so that no unit carries two planted truths."""

    rng: np.random.Generator
    span: Span
    places: list[str]
    beats: list[str]

    def take(self, level: str) -> str:
        return (self.places if level == "place_of_concern" else self.beats).pop()

    def first_month(self, last_months: int) -> int:
        """Index of the first month of the last so many, never more than half of the history."""
        return self.span.months - min(last_months, max(1, self.span.months // 2))

    def change(self, level: str, groups: tuple[str, ...], last_months: int, low: float, high: float) -> Change:
        return self.change_at(self.take(level), level, groups, self.first_month(last_months), low, high)

    def change_at(self, place_id: str, level: str, groups: tuple[str, ...], start: int, low: float, high: float) -> Change:
        usual = round(float(self.rng.uniform(6.0, 12.0)), 1)
        multiplier = round(float(self.rng.uniform(low, high)), 2)
        labels = self.span.labels
        group = str(self.rng.choice(groups))
        then = round(usual * multiplier, 2)
        return Change(place_id, level, group, labels[start], labels[self.span.months - 1], multiplier, usual, then)


def plant(seed: int, town: Town, span: Span) -> Planted:
    """Draw the truths of a town.

    A history under 6 months holds no planted change and one under 12 no intervention: there would be
    no past to see a change against.
    """
    rng = stream(seed, "planted")
    hosts = {town.beat_ids[host] for one in town.concerns.values() for host in one.hosts}
    moved = {town.beat_ids[k] for k in (town.recut.gains, town.recut.loses)} if town.recut else set()
    newest = max(town.concerns)
    draw = Draw(
        rng,
        span,
        [str(one) for one in rng.permutation([one for one in town.concerns if one != newest])],
        [str(one) for one in rng.permutation([one for one in town.beat_ids if one not in hosts | moved])],
    )
    effects = _effects(draw, town) if span.months >= FEWEST_MONTHS_FOR_INTERVENTIONS else []
    changes = _changes(draw) if span.months >= FEWEST_MONTHS_FOR_CHANGES else {}
    recut = {}
    if town.recut:
        ids = {"gains": town.beat_ids[town.recut.gains], "loses": town.beat_ids[town.recut.loses]}
        recut = {**ids, "on": town.recut.on.isoformat(), "strip_km2": round(town.recut.strip.area / 1e6, 4)}
    gap = {"missing_episodes": span.labels[span.months * 2 // 5]} if span.months >= 3 else {}
    return Planted(
        town="Larkhaven", seed=seed, months=span.months, first_month=span.labels[0],
        last_month=span.labels[span.months - 1], as_at=AS_AT.isoformat(), effects=effects, recut=recut,
        not_collected=gap, **{name: changes.get(name, []) for name in KINDS_OF_CHANGE},  # type: ignore[arg-type]
    )  # fmt: skip


def _changes(draw: Draw) -> dict[str, list[Change]]:
    place, beat = "place_of_concern", "beat"
    rng, labels, span = draw.rng, draw.span.labels, draw.span
    rising = [draw.change(level, GROUPS, int(rng.integers(3, 7)), 1.8, 2.5) for level in (place, beat)]
    rising += [draw.change(beat, GROUPS, 3, 3.0, 3.0) for _ in range(2)]
    falling = [draw.change(level, GROUPS, int(rng.integers(5, 7)), 0.4, 0.6) for level in (place, beat, beat)]
    start = draw.first_month(3)
    fresh = round(float(rng.uniform(4, 7)), 1)
    quiet = str(rng.choice(("exploitation", "knives_and_weapons")))
    new = Change(draw.take(place), place, quiet, labels[start], labels[span.months - 1], None, 0.0, fresh)
    trend_start = max(0, span.months - 36)
    slow = replace(draw.change_at(draw.take(beat), beat, GROUPS, trend_start, 1.8, 2.2), gradual=True)
    louder = draw.change(beat, ("exploitation",), 5, 1.7, 1.9)
    wider = Change("", "city", "asb_and_other", labels[draw.first_month(10)], labels[span.months - 1], 1.05, 0.0, 0.0)
    return {
        "rising": rising, "falling": falling, "new_activity": [new], "slow_trend": [slow],
        "reporting_only": [louder], "recording_change": [wider],
    }  # fmt: skip


def _effects(draw: Draw, town: Town) -> list[Effect]:
    astride = [one for one in draw.places if len(town.concerns[one].hosts) == 2]
    moved = astride[0] if astride else draw.places[0]
    draw.places.remove(moved)
    units = [
        (draw.take("place_of_concern"), "place_of_concern", "worked"),
        (draw.take("beat"), "beat", "worked"),
        (moved, "place_of_concern", "displaced"),
        (draw.take("place_of_concern"), "place_of_concern", "nothing"),
    ]
    found = []
    for number, (place_id, level, effect) in enumerate(units, start=1):
        after = int(draw.rng.integers(9, 14))
        start = draw.span.months - min(after, draw.span.months // 2)
        multiplier = round(float(draw.rng.uniform(0.4, 0.55)), 2)
        spikes = tuple(draw.span.labels[start - 2 : start]) if effect == "nothing" else ()
        found.append(
            Effect(
                intervention_id=f"INT-{number:03d}", place_id=place_id, place_level=level, effect=effect,
                started_on=draw.span.starts[start].isoformat(), from_month=draw.span.labels[start],
                harm_groups=("violence_and_fear", "asb_and_other"),
                multiplier=1.0 if effect == "nothing" else multiplier,
                spike_months=spikes, spike_multiplier=2.2 if spikes else 1.0,
            )
        )  # fmt: skip
    return found
