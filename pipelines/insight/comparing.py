"""Who is compared with whom: a place where something was done, the ring around it, and the beats it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.insight.cubes import Array, Ask, Cube, Members, read_members
from pipelines.insight.directions import place_of
from pipelines.insight.impact import Span
from pipelines.insight.recording import since_of, touched

LEVELS = ("beat", "place_of_concern")
LEAST_YEAR, MOST_MONTHS = 12, 24

Area = tuple[str, str]  # (area_level, area_id)


@dataclass(frozen=True)
class Town:
    """What every comparison is drawn from.

    inside    the base areas in force that each beat and place of concern is made of
    touching  the base areas that share an edge with each
    events    changes in recording, one row each
    """

    cube: Cube
    base: Members
    beats: Members
    inside: dict[Area, frozenset[str]]
    touching: dict[str, frozenset[str]]
    events: pd.DataFrame
    shares_of_events: tuple[Array, ...]


@dataclass(frozen=True)
class Compared:
    """Counts of one comparison: row 0 is where something was done, then the ring, base area by base area, then beats.

    counts, rounding  [rows, periods]; NaN in a month that is not complete enough
    ring, controls    ids of the base areas of the ring, and of the beats compared with
    """

    counts: Array
    rounding: Array
    treated: frozenset[str]
    ring: tuple[str, ...]
    controls: tuple[str, ...]
    event_here: str | None

    @property
    def rows(self) -> dict[str, Any]:
        """The row numbers as `impact.estimate` is given them."""
        return {"treated": [0], "ring": list(range(1, 1 + len(self.ring))), "rounding_variance": self.rounding}

    def numbers_of(self, beats: Iterable[str]) -> list[int]:
        """The rows of some of the beats compared with."""
        wanted = set(beats)
        return [1 + len(self.ring) + at for at, beat in enumerate(self.controls) if beat in wanted]

    def whole(self, since: int) -> Compared:
        """The same without the parts of the ring and the beats that have a blank, from some month on, where it has none."""
        known = np.isfinite(self.counts[:, since:])
        keep = (known | ~known[0]).all(axis=1)
        at = 1 + len(self.ring)
        return replace(
            self, counts=self.counts[keep], rounding=self.rounding[keep],
            ring=tuple(one for one, is_whole in zip(self.ring, keep[1:at], strict=True) if is_whole),
            controls=tuple(one for one, is_whole in zip(self.controls, keep[at:], strict=True) if is_whole),
        )  # fmt: skip

    def beats_at(self, rows: Iterable[int]) -> tuple[str, ...]:
        """The beats of some rows."""
        return tuple(self.controls[row - 1 - len(self.ring)] for row in rows)


def read_town(ask: Ask, cube: Cube) -> Town:
    """Everything comparisons of one measure need."""
    base = read_members(ask, cube, "base")
    here = set(base.areas)
    inside: dict[Area, frozenset[str]] = {}
    for level in LEVELS:
        rows = ask("members_of_level", area_level=level)
        rows = rows[rows["base_area_id"].isin(here) & ~rows["estimated"]]
        inside |= {(level, str(area)): frozenset(mine["base_area_id"]) for area, mine in rows.groupby("area_id")}
    pairs = ask("touching")
    touching = {str(area): frozenset(mine["neighbour_id"]) for area, mine in pairs.groupby("area_id")}
    events = ask("recording_events_of_feed", feed=cube.feed)
    local = events[events["area_level"] != "city"].reset_index(drop=True)
    shares = tuple(place_of(ask, cube, one["area_level"], one["area_id"]) for one in local.to_dict("records"))
    return Town(cube, base, read_members(ask, cube, "beat"), inside, touching, local, shares)


def compare(town: Town, areas: Sequence[Area], groups: tuple[str, ...]) -> Compared | None:
    """Set some areas, as one, against the beats that neither hold a part of them nor of what touches them.

    Null where the areas are not of this town, or no longer in force.
    """
    treated = frozenset().union(*(town.inside.get(area, frozenset()) for area in areas))
    if not treated:
        return None
    around = frozenset().union(*(town.touching.get(one, frozenset()) for one in treated)) - treated
    ring = tuple(one for one in town.base.areas if one in around)
    apart = [beat for beat in town.beats.areas if not town.inside.get(("beat", beat), frozenset()) & (treated | around)]
    members = _stacked(
        town.base.together([one for one in town.base.areas if one in treated]).chosen(["together", *ring]),
        town.beats.chosen(apart),
    )
    cube = town.cube
    counts, rounding = cube.of_areas(members, groups)
    counts[:, ~np.isfinite(cube.exposure_of(groups))] = np.nan
    return _without_changed_recording(town, members, counts, rounding, treated, ring, tuple(apart))


def _stacked(first: Members, second: Members) -> Members:
    both = np.vstack([first.weights, second.weights]), np.vstack([first.guessed, second.guessed])
    return Members([*first.areas, *second.areas], *both)


def _without_changed_recording(
    town: Town, members: Members, counts: Array, rounding: Array, treated: frozenset[str], ring: tuple[str, ...],
    controls: tuple[str, ...],
) -> Compared:  # fmt: skip
    """A place whose recording changed is no comparison; where something was done it is said beside the figures."""
    said = None
    for event, share in zip(town.events.to_dict("records"), town.shares_of_events, strict=True):
        rows = touched(town.cube, members, share)
        if rows[0]:
            said = str(event["kind"])
        rows[0] = False
        counts[rows, : since_of(town.cube, pd.Timestamp(event["starts_on"]).date())] = np.nan
    return Compared(counts, rounding, treated, ring, controls, said)


def first_month(cube: Cube, started_on: date) -> int:
    """The number of the first whole month after something started; as many as there are months when it is still to come."""
    return next((number for number, start in enumerate(cube.starts) if start >= started_on), len(cube.starts))


def begun_within(cube: Cube, started_on: date) -> int | None:
    """The month something started within, which is neither before nor after; null when it started with a month."""
    number = first_month(cube, started_on) - 1
    return number if started_on.day > 1 and number >= 0 and cube.starts[number] == started_on.replace(day=1) else None


def judged_until(cube: Cube, started_on: date, ended_on: date | None) -> int:
    """The month an intervention is no longer judged by: while it runs, a year at least, two years at most."""
    start = first_month(cube, started_on)
    last = len(cube.starts) if ended_on is None else max(first_month(cube, ended_on), start + LEAST_YEAR)
    return min(last, start + MOST_MONTHS, len(cube.starts))


def spans(town: Town, compared: Compared, others: Iterable[dict[str, Any]]) -> list[Span]:
    """Where and when the other interventions were, in rows of this comparison.

    others  entries of the register, each with `areas`: (area_level, area_id)
    """
    at = len(compared.ring) + 1
    found = []
    for one in others:
        ground = frozenset().union(*(town.inside.get(area, frozenset()) for area in one["areas"]))
        rows = [0] if ground & compared.treated else []
        rows += [number for number, area in enumerate(compared.ring, start=1) if area in ground]
        beats = (town.inside.get(("beat", beat), frozenset()) for beat in compared.controls)
        rows += [at + number for number, beat in enumerate(beats) if beat & ground]
        end = None if one["ended_on"] is None else first_month(town.cube, one["ended_on"])
        found.append(Span(tuple(rows), first_month(town.cube, one["started_on"]), end))
    return found
