"""Zones: the finest pieces in which harm happens.

Places of concern and a re-cut strip are zones of their own.

What happens on the ground does not know where a boundary runs: when a strip moves from one beat to
another, its events go on happening in the strip and only the beat they belong to changes.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from pipelines.demo.lines import Points
from pipelines.demo.town import Town


@dataclass(frozen=True)
class Zone:
    """One piece of ground: its cell before and after the re-cut, and its place of concern ('' for none)."""

    zone_id: str
    before: int
    after: int
    place_id: str
    metres: BaseGeometry


def make_zones(town: Town) -> list[Zone]:
    """Every zone of the town, beat by beat; together they tile it."""
    found = []
    for cell, shape in enumerate(town.cells):
        beat, rest = town.beat_ids[cell], shape
        for place_id, concern in town.concerns.items():
            if cell in concern.hosts:
                found.append(Zone(f"{beat}/{place_id}", cell, cell, place_id, shape.intersection(concern.metres)))
                rest = rest.difference(concern.metres)
        if town.recut and cell == town.recut.loses:
            gaining = town.recut.gains
            found.append(Zone(f"{beat}/strip", cell, gaining, "", town.recut.strip))
            rest = rest.difference(town.recut.strip)
        cut = any(cell in concern.hosts for concern in town.concerns.values())
        found.append(Zone(f"{beat}/rest" if cut else beat, cell, cell, "", rest))
    return found


def ring_of(zones: list[Zone], place_id: str) -> list[int]:
    """Zones that share an edge with a place of concern and are not part of it."""
    own = shapely.union_all([zone.metres for zone in zones if zone.place_id == place_id])
    return [
        number
        for number, zone in enumerate(zones)
        if zone.place_id != place_id and zone.metres.intersection(own.buffer(0.5)).area > 20
    ]


class Scatter:
    """Draws points evenly over any zone: each zone is cut into triangles once."""

    def __init__(self, zones: list[Zone]) -> None:
        triangles, owners = [], []
        for number, zone in enumerate(zones):
            for part in shapely.constrained_delaunay_triangles(zone.metres).geoms:
                triangles.append(np.asarray(part.exterior.coords)[:3])
                owners.append(number)
        self._corners = np.array(triangles)
        area = shapely.area(shapely.polygons(self._corners))
        self._upto = np.concatenate([[0.0], np.cumsum(area)])
        first = np.searchsorted(owners, np.arange(len(zones) + 1))
        self._start, self._stop = self._upto[first[:-1]], self._upto[first[1:]]

    def draw(self, rng: np.random.Generator, zone: NDArray[np.int64]) -> Points:
        """One point in metres for each zone number given."""
        at = self._start[zone] + rng.uniform(size=len(zone)) * (self._stop[zone] - self._start[zone])
        which = (np.searchsorted(self._upto, at, side="right") - 1).clip(0, len(self._corners) - 1)
        u, v = rng.uniform(size=(2, len(zone)))
        over = u + v > 1
        u, v = np.where(over, 1 - u, u)[:, None], np.where(over, 1 - v, v)[:, None]
        a, b, c = (self._corners[which, k] for k in range(3))
        return a + u * (b - a) + v * (c - a)
