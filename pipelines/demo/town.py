"""The fictional town of Larkhaven: beats, localities, places of concern, a boundary re-cut and a backdrop.

It lies in open sea in EPSG:27700 (E 100-116 km, N 180-196 km), where there is no real place for a
fictional beat to fall on: nobody can mistake a planted number for a real neighbourhood's.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from shapely.geometry import Polygon

from pipelines.demo.concern import Concern, Ground, lay_out
from pipelines.demo.context import Backdrop, more_parks, railway, river_line, river_shape, roads
from pipelines.demo.lines import stream, to_metres
from pipelines.demo.mosaic import Mosaic, Unnatural, bulge, make_mosaic, tiles
from pipelines.demo.names import BEATS, LOCALITIES
from pipelines.demo.span import Span

BEAT_COUNT = 36


@dataclass(frozen=True)
class Recut:
    """Two neighbouring beats whose shared edge moved: `gains` took a strip from `loses` on `on`."""

    edge: int
    gains: int
    loses: int
    on: date
    after: Mosaic
    strip: Polygon


@dataclass(frozen=True)
class Town:
    """Everything about places. Cells are numbered as in `mosaic`.

    `beat_ids`, `names` and `parents` go with them.
    """

    mosaic: Mosaic
    beat_ids: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str, ...]
    cells: list[Polygon]
    outline: Polygon
    coast: list[int]
    concerns: dict[str, Concern]
    opened: dict[str, date]
    recut: Recut | None
    backdrop: Backdrop
    parks: list[Polygon]

    def cells_on(self, day: date) -> list[Polygon]:
        """The beats in force on a day, metres, in the order of `beat_ids`."""
        if self.recut is None or day < self.recut.on:
            return self.cells
        after = self.recut.after
        moved = {number: after.polygon(number) for number in (self.recut.gains, self.recut.loses)}
        return [moved.get(number, cell) for number, cell in enumerate(self.cells)]


def split_localities(mosaic: Mosaic) -> tuple[str, ...]:
    """Three localities of equal numbers of beats, each in one piece: north, east and centre, south."""
    pairs = list(mosaic.neighbours())
    offset = mosaic.middles - mosaic.middles.mean(axis=0)
    for tilt in (0.25, 0.1, 0.4, 0.0, -0.15, 0.55, -0.3):
        rank = np.argsort(np.argsort(-(offset[:, 1] + tilt * offset[:, 0]), kind="stable"))
        third = rank * 3 // len(rank)
        if all(_in_one_piece(np.flatnonzero(third == k), pairs) for k in range(3)):
            return tuple(LOCALITIES[int(k)][0] for k in third)
    raise RuntimeError("the localities of this town would fall apart")


def _in_one_piece(cells: np.ndarray, pairs: list[tuple[int, int]]) -> bool:
    left = set(cells.tolist())
    reached = {min(left)}
    while True:
        further = {b for a, b in pairs if a in reached and b in left} | {a for a, b in pairs if b in reached and a in left}
        if further <= reached:
            return reached == left
        reached |= further


def name_beats(seed: int, mosaic: Mosaic, parents: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ids, names): N01.. E01.. S01.. in reading order, west to east within bands of two kilometres."""
    names = stream(seed, "names").permutation(BEATS)[: len(parents)]
    order = sorted(range(len(parents)), key=lambda k: (-(mosaic.middles[k, 1] // 2_000), mosaic.middles[k, 0]))
    ids = [""] * len(parents)
    for locality, _, letter in LOCALITIES:
        inside = [k for k in order if parents[k] == locality]
        for number, cell in enumerate(inside, start=1):
            ids[cell] = f"{letter}{number:02d}"
    return tuple(ids), tuple(str(one) for one in names)


def find_recut(seed: int, mosaic: Mosaic, cells: list[Polygon], parents: tuple[str, ...], free: set[int], on: date) -> Recut:
    """Move one edge between two beats of one locality that hold no place of concern."""
    rng = stream(seed, "recut")
    pairs = [
        (pair, edges[0])
        for pair, edges in mosaic.neighbours().items()
        if set(pair) <= free and parents[pair[0]] == parents[pair[1]] and len(edges) == 1
    ]
    for number in rng.permutation(len(pairs)):
        pair, edge = pairs[number]
        for side in (1.0, -1.0):
            after = mosaic.with_edge(edge, bulge(rng, mosaic.edges[edge], side, float(rng.uniform(190, 270))))
            try:
                now = [after.polygon(k) if k in pair else cell for k, cell in enumerate(cells)]
            except Unnatural:  # an edge that crosses itself encloses no single face: try the next
                continue
            change = [now[k].area - cells[k].area for k in pair]
            if tiles(now) and abs(change[0] + change[1]) < 1 and abs(change[0]) > 60_000:
                gains, loses = pair if change[0] > 0 else pair[::-1]
                strip = cells[loses].difference(now[loses])
                if strip.geom_type == "Polygon" and abs(strip.area - abs(change[0])) < 1:
                    return Recut(edge, gains, loses, on, after, strip)
    raise RuntimeError("no edge of this town can be re-cut")


def make_town(seed: int, span: Span) -> Town:
    """Draw the town of a seed. A draw with no room for a place or a re-cut is drawn again.

    The same way each time.
    """
    for again in range(60):
        try:
            return _draw(seed, again, span)
        except (RuntimeError, ValueError):
            continue
    raise RuntimeError("no town of this seed holds together")


def _draw(seed: int, again: int, span: Span) -> Town:
    rng = stream(seed, f"mosaic {again}")
    coast_angle = float(rng.uniform(2.7, 3.7))
    mosaic = make_mosaic(rng, BEAT_COUNT, coast_angle)
    parents = split_localities(mosaic)
    ids, names = name_beats(seed, mosaic, parents)
    cells = [mosaic.polygon(cell) for cell in range(BEAT_COUNT)]
    outline = shapely.union_all(cells)
    coast = _coast_edges(mosaic, coast_angle)
    river = river_shape(river_line(mosaic, coast_angle))
    town_roads = roads(seed, mosaic, outline, coast_angle)
    rails = railway(seed, outline, coast_angle)
    mains = [line for kind, line in town_roads if kind == "main"]
    found = lay_out(seed, Ground(mosaic, cells, outline, parents, river, mains, rails, coast))
    concerns = {f"P{number:02d}": one for number, one in enumerate(found, start=1)}
    free = set(range(BEAT_COUNT)) - {host for one in found for host in one.hosts}
    recut = find_recut(seed, mosaic, cells, parents, free, span.recut_on) if span.recut_on else None
    parks = more_parks(seed, outline, [river, *(one.metres for one in found)])
    opened = dict.fromkeys(concerns, span.first_day)
    town = Town(
        mosaic,
        ids,
        names,
        parents,
        cells,
        outline,
        coast,
        concerns,
        opened,
        recut,
        Backdrop(river, town_roads, rails),
        parks,
    )
    return replace(town, opened={**opened, max(concerns): span.last_place_on or span.first_day})


def _coast_edges(mosaic: Mosaic, coast_angle: float) -> list[int]:
    """Outer edges on the seaward side."""
    towards = np.array([np.cos(coast_angle), np.sin(coast_angle)])
    found = []
    for edge, is_outer in enumerate(mosaic.outer):
        middle = to_metres(mosaic.edges[edge]).mean(axis=0) - mosaic.middles.mean(axis=0)
        if is_outer and middle @ towards > 0.35 * np.hypot(*middle):
            found.append(edge)
    return found
