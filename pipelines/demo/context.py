"""The backdrop of the town, in metres: river, roads, railway and parks, drawn from the same mosaic."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from pipelines.demo.lines import Points, blob, length_m, smooth, stream, to_metres, wiggle
from pipelines.demo.mosaic import CENTRE, RADIUS_M, Mosaic


@dataclass(frozen=True)
class Backdrop:
    """`roads` pairs a class (main or minor) with its line."""

    river: BaseGeometry
    roads: list[tuple[str, LineString]]
    railway: LineString


def _path(weights: dict[tuple[int, int], float], nodes: int, start: int, stop: int) -> list[int]:
    """The lightest way from one node to another, as nodes. Raises ValueError where there is none."""
    ends = np.array(list(weights))
    graph = csr_array((np.array(list(weights.values())), (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    _, before = dijkstra(graph, directed=False, indices=start, return_predecessors=True)
    way = [stop]
    while way[-1] != start:
        if before[way[-1]] < 0:
            raise ValueError("no way through")
        way.append(int(before[way[-1]]))
    return way[::-1]


def junctions(mosaic: Mosaic) -> tuple[Points, list[tuple[int, int]]]:
    """Where edges meet (metres), and for each edge the numbers of its two junctions."""
    ends = np.array([[line[0], line[-1]] for line in mosaic.edges]).reshape(-1, 2)
    unique, numbers = np.unique(ends, axis=0, return_inverse=True)
    numbers = numbers.reshape(-1, 2)
    return to_metres(unique), [(int(a), int(b)) for a, b in numbers]


def river_line(mosaic: Mosaic, coast_angle: float) -> Points:
    """From the landward edge to the mouth, along the edges of beats: rivers are where beats end."""
    places, ends = junctions(mosaic)
    offset = places - CENTRE
    on_outline = {end for edge, pair in enumerate(ends) if mosaic.outer[edge] for end in pair}
    towards = offset @ np.array([np.cos(coast_angle), np.sin(coast_angle)])
    aside = np.abs(offset @ np.array([-np.sin(coast_angle), np.cos(coast_angle)]))
    mouth = max(on_outline, key=lambda one: towards[one] - 1.5 * aside[one])
    source = max(on_outline, key=lambda one: -towards[one] - 0.9 * aside[one])
    weights = {
        (min(pair), max(pair)): length_m(to_metres(mosaic.edges[edge]))
        for edge, pair in enumerate(ends)
        if not mosaic.outer[edge]
    }
    way = _path(weights, len(places), source, mouth)
    line: list[Points] = []
    for here, there in pairwise(way):
        edge = next(k for k, pair in enumerate(ends) if set(pair) == {here, there} and not mosaic.outer[k])
        points = to_metres(mosaic.edges[edge])
        line.append(points if ends[edge][0] == here else points[::-1])
    return np.concatenate(line)


def river_shape(line: Points, mouth_width_m: float = 150.0) -> BaseGeometry:
    """A river that widens towards its mouth and runs a little way out to sea."""
    out = line[-1] + (line[-1] - line[-8]) / np.hypot(*(line[-1] - line[-8])) * 260
    course = smooth(np.concatenate([line, out[None, :]]), 1)
    share = np.linspace(0, 1, len(course))
    widths = 22 + (mouth_width_m - 22) * share**2.2
    pieces = [LineString(course[k : k + 2]).buffer(widths[k] / 2, quad_segs=3) for k in range(len(course) - 1)]
    return shapely.union_all(pieces).simplify(2.0)


def roads(seed: int, mosaic: Mosaic, town: Polygon, coast_angle: float) -> list[tuple[str, LineString]]:
    """Main roads from the centre to the edge of town, minor ones between neighbouring beats."""
    rng = stream(seed, "roads")
    middles, pairs = mosaic.middles, list(mosaic.neighbours())
    bends = {pair: wiggle(rng, middles[list(pair)], 0.05, 60) for pair in pairs}
    weights = {pair: float(np.hypot(*(middles[pair[0]] - middles[pair[1]]))) for pair in pairs}
    centre = int(np.hypot(*(middles - CENTRE).T).argmin())
    angle = np.arctan2(*(middles - CENTRE).T[::-1])
    main: set[tuple[int, int]] = set()
    found: list[tuple[str, LineString]] = []
    for turn in coast_angle + np.pi * np.array([0.25, 0.6, 0.9, 1.2, 1.5, 1.85]):
        outward = np.cos(angle - turn) * np.hypot(*(middles - CENTRE).T)
        way = _path(weights, len(middles), centre, int(outward.argmax()))
        away = middles[way[-1]] - CENTRE
        end = middles[way[-1]] + away / np.hypot(*away) * 0.6 * RADIUS_M
        line = np.concatenate([middles[way], end[None, :]])
        natural = wiggle(rng, smooth(line, 2), 0.02, 60)
        found.append(("main", LineString(natural)))
        main |= {(min(pair), max(pair)) for pair in pairwise(way)}
    kept = [pair for pair in pairs if pair not in main and rng.uniform() < 0.8]
    found += [("minor", LineString(bends[pair])) for pair in kept]
    clipped = [(kind, line.intersection(town)) for kind, line in found]
    return [
        (kind, part)
        for kind, shape in clipped
        for part in getattr(shape, "geoms", [shape])
        if part.geom_type == "LineString" and part.length > 50
    ]


def railway(seed: int, town: Polygon, coast_angle: float) -> LineString:
    """One line past the centre, from the landward side to along the coast."""
    rng = stream(seed, "railway")
    first, last = coast_angle + rng.uniform(1.5, 1.9), coast_angle - rng.uniform(1.9, 2.4)
    ends = [CENTRE + 2.1 * RADIUS_M * np.array([np.cos(one), np.sin(one)]) for one in (first, last)]
    by = CENTRE + rng.uniform(400, 700) * np.array([np.cos(coast_angle), np.sin(coast_angle)])
    share = np.linspace(0, 1, 80)[:, None]
    control = 2 * by - (ends[0] + ends[1]) / 2
    curve = (1 - share) ** 2 * ends[0] + 2 * share * (1 - share) * control + share**2 * ends[1]
    inside = LineString(wiggle(rng, curve, 0.012, 70)).intersection(town)
    return max(getattr(inside, "geoms", [inside]), key=lambda part: part.length)


def more_parks(seed: int, town: Polygon, keep_clear: list[BaseGeometry], count: int = 9) -> list[Polygon]:
    """Green spaces that are not places of concern, clear of the river and of one another."""
    rng = stream(seed, "parks")
    found: list[Polygon] = []
    west, south, east, north = town.bounds
    inland = town.buffer(-60)
    for _ in range(4_000):
        if len(found) == count:
            break
        centre = rng.uniform([west, south], [east, north])
        far = np.hypot(*(centre - CENTRE)) / RADIUS_M
        shape = Polygon(blob(rng, centre, float(rng.uniform(120, 260) * (0.8 + 1.2 * far)), stretch=1.6))
        clear = all(shape.distance(other) > 80 for other in [*keep_clear, *found])
        if shape.is_valid and clear and shape.within(inland):
            found.append(shape)
    return found
