"""Where events are, and how their place is written down: metres, degrees, a beat code, or nothing."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from pipelines.demo.lines import Points, stream, to_metres, to_web
from pipelines.demo.town import Town
from pipelines.demo.zones import Scatter, Zone

TOWN, SNAPPED, BEAT_ONLY, NOWHERE, OUTSIDE = range(5)
Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Drawn:
    """One event a row: its zone, harm group and month, and what sets it apart.

    group   index into GROUPS; -1 out of scope, -2 radicalisation
    extra   only a change in recording made this record
    """

    zone: Ints
    group: Ints
    month: Ints
    extra: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    nowhere: NDArray[np.bool_]


def place_points(seed: int, town: Town, zones: list[Zone], drawn: Drawn) -> tuple[Points, Ints]:
    """Where each event is, in metres, and how its place is known (TOWN, SNAPPED, ...)."""
    rng = stream(seed, "points")
    points = Scatter(zones).draw(rng, drawn.zone)
    how = np.where(rng.uniform(size=len(points)) < 0.062, BEAT_ONLY, TOWN)
    how = np.where(drawn.nowhere, NOWHERE, np.where(drawn.outside, OUTSIDE, how))
    how[(drawn.group < 0) & (how == BEAT_ONLY)] = TOWN
    points[how == OUTSIDE] = _outside_points(rng, town, int((how == OUTSIDE).sum()))
    plain = np.array([not zone.place_id and zone.before == zone.after for zone in zones])[drawn.zone]
    long_enough = [edge for edge in town.coast if len(town.mosaic.edges[edge]) > 16]
    for edge in long_enough:
        cell = town.mosaic.sides(edge)[0]
        near = np.array([zone.before == cell for zone in zones])[drawn.zone] & plain & (how == TOWN) & (drawn.group >= 0)
        rows = np.flatnonzero(near & (rng.uniform(size=len(points)) < 0.02))
        shore, good = _off_shore(rng, town, edge, len(rows))
        points[rows[good]], how[rows[good]] = shore[good], SNAPPED
    return points, how


def _off_shore(rng: np.random.Generator, town: Town, edge: int, count: int) -> tuple[Points, NDArray[np.bool_]]:
    """Points a metre or two outside a stretch of coast, to the decimetre, and whether each came out so."""
    line = to_metres(town.mosaic.edges[edge])
    along = rng.integers(4, len(line) - 5, count)
    here, there = line[along], line[along + 1]
    step = there - here
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    middle = (here + there) / 2
    inside = shapely.contains_xy(town.outline, *(middle + normal).T)
    points = np.round(middle + np.where(inside, -1.0, 1.0)[:, None] * rng.uniform(0.6, 1.9, count)[:, None] * normal, 1)
    away = shapely.distance(town.outline, shapely.points(points))
    return points, (away > 0.2) & (away < 2.5)


def _outside_points(rng: np.random.Generator, town: Town, count: int) -> Points:
    """Points 300 m to 2.5 km beyond the outline: too far to be snapped, near enough to be believed."""
    west, south, east, north = town.outline.bounds
    far, near = town.outline.buffer(2_500), town.outline.buffer(300)
    tries = rng.uniform([west - 2_500, south - 2_500], [east + 2_500, north + 2_500], (count * 12 + 200, 2))
    beyond = shapely.contains_xy(far, *tries.T) & ~shapely.contains_xy(near, *tries.T)
    return tries[beyond][:count]


def write_points(rng: np.random.Generator, points: Points, how: Ints, degrees: NDArray[np.bool_]) -> dict[str, list[str]]:
    """The four location columns as text: whole metres mostly, some decimals, degrees from one supplier."""
    pointed = (how != BEAT_ONLY) & (how != NOWHERE)
    fine = (rng.uniform(size=len(points)) < 0.3) | (how == SNAPPED)
    in_degrees = degrees & pointed & (how != SNAPPED)
    in_metres = pointed & ~in_degrees
    web = to_web(points, 6)
    text: dict[str, list[str]] = {}
    for k, name in enumerate(("easting_m", "northing_m")):
        whole, tenth = np.round(points[:, k]).astype(int), np.round(points[:, k], 1)
        text[name] = [
            (f"{b:.1f}" if f else str(a)) if use else ""
            for a, b, f, use in zip(whole.tolist(), tenth.tolist(), fine.tolist(), in_metres.tolist(), strict=True)
        ]
    for k, name in enumerate(("lon", "lat")):
        text[name] = [f"{a:.6f}" if use else "" for a, use in zip(web[:, k].tolist(), in_degrees.tolist(), strict=True)]
    return text
