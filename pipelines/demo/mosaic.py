"""A mosaic of natural cells that tile exactly: every shared edge is made once.

Cells are kept as lists of edges, so two neighbours hold the very same vertices, in metres and in
degrees, before and after rounding.
"""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from scipy.spatial.distance import cdist
from shapely.geometry import LineString, Polygon

from pipelines.demo.lines import Points, along, displacement, length_m, to_metres, to_web, wander

CENTRE = np.array([108_000.0, 188_000.0])
RADIUS_M = 5_600.0
FEWEST_VERTICES, MOST_VERTICES = 100, 300


class Unnatural(Exception):
    """This draw cannot be made into a town; the next draw is tried."""


@dataclass(frozen=True)
class Mosaic:
    """Cells and the edges between them.

    edges   one array of lon, lat (7 decimals) an edge
    cells   for each cell the numbers of its edges
    outer   for each edge whether it is part of the town's outline
    middles  about the middle of each cell, metres
    """

    edges: tuple[Points, ...]
    cells: tuple[tuple[int, ...], ...]
    outer: tuple[bool, ...]
    middles: Points

    def polygon_web(self, cell: int) -> Polygon:
        """One cell in lon, lat, counter-clockwise (RFC 7946)."""
        faces = shapely.polygonize([LineString(self.edges[number]) for number in self.cells[cell]])
        if len(faces.geoms) != 1:
            raise Unnatural
        return shapely.orient_polygons(faces.geoms[0])

    def polygon(self, cell: int) -> Polygon:
        """One cell in metres: its own rounded degrees, projected."""
        return Polygon(to_metres(np.asarray(self.polygon_web(cell).exterior.coords)))

    def sides(self, edge: int) -> tuple[int, ...]:
        """The one or two cells an edge belongs to."""
        return tuple(number for number, edges in enumerate(self.cells) if edge in edges)

    def neighbours(self) -> dict[tuple[int, int], list[int]]:
        """Pairs of cells that touch along an edge, and the edges they share."""
        pairs: dict[tuple[int, int], list[int]] = {}
        for edge in range(len(self.edges)):
            sides = self.sides(edge)
            if len(sides) == 2:
                pairs.setdefault((sides[0], sides[1]), []).append(edge)
        return pairs

    def with_edge(self, edge: int, line_web: Points) -> "Mosaic":
        return replace(self, edges=(*self.edges[:edge], line_web, *self.edges[edge + 1 :]))


def rough_outline(rng: np.random.Generator, coast_angle: float) -> Polygon:
    """The town before its edges wander: lumpy, with headlands and a river mouth towards `coast_angle`."""
    angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
    away = np.abs((angle - coast_angle + np.pi) % (2 * np.pi) - np.pi)
    radius = np.ones_like(angle)
    for k in range(2, 6):
        radius += 0.11 / k**0.6 * rng.normal() * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    seaward = np.exp(-((away / 1.3) ** 4))
    for k in range(7, 13):
        radius += seaward * 0.05 * rng.normal() * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    radius = radius.clip(0.72, 1.3) * (1 - 0.10 * seaward) - 0.17 * np.exp(-((away / 0.16) ** 2))
    ring = CENTRE + RADIUS_M * np.column_stack([radius * np.cos(angle), 1.08 * radius * np.sin(angle)])
    return Polygon(ring)


def relaxed_points(rng: np.random.Generator, outline: Polygon, count: int) -> Points:
    """Cell middles: weighted k-means over random points, closer together towards the town centre."""
    west, south, east, north = outline.bounds
    tries = rng.uniform([west, south], [east, north], (14_000, 2))
    tries = tries[shapely.contains_xy(outline, tries[:, 0], tries[:, 1])]
    weight = 0.22 + np.exp(-((np.hypot(*(tries - CENTRE).T) / 3_300) ** 2))
    middles = tries[rng.choice(len(tries), count, replace=False, p=weight / weight.sum())]
    for _ in range(5):
        nearest = cdist(tries, middles, "sqeuclidean").argmin(axis=1)
        share = np.bincount(nearest, weight, minlength=count)
        sums = [np.bincount(nearest, weight * tries[:, k], minlength=count) for k in (0, 1)]
        middles = np.column_stack(sums) / np.maximum(share, 1e-9)[:, None]
    return middles


def straight_edges(outline: Polygon, middles: Points) -> tuple[list[Points], list[tuple[int, ...]], list[bool]]:
    """Voronoi cells clipped by the outline, as unique edges from junction to junction."""
    frame = shapely.voronoi_polygons(shapely.multipoints(middles), extend_to=outline.buffer(2_000), only_edges=True)
    inside = shapely.intersection(frame, outline)
    noded = shapely.union_all([inside, outline.exterior], grid_size=0.01)
    merged = shapely.line_merge(noded)
    lines = list(merged.geoms)
    faces = list(shapely.polygonize(lines).geoms)
    if len(faces) != len(middles) or any(line.is_ring for line in lines):
        raise Unnatural
    owners = cdist(np.array([[*shapely.centroid(face).coords[0]] for face in faces]), middles).argmin(axis=1)
    if len(set(owners)) != len(middles):
        raise Unnatural
    halfway = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    cells: list[tuple[int, ...]] = [()] * len(middles)
    for face, owner in zip(faces, owners, strict=True):
        cells[owner] = tuple(int(k) for k in np.flatnonzero(shapely.distance(halfway, face.exterior) < 0.05))
    sides = np.bincount(np.concatenate([np.array(edges) for edges in cells]), minlength=len(lines))
    if sides.min() < 1 or sides.max() > 2:
        raise Unnatural
    return [np.asarray(line.coords) for line in lines], cells, [bool(one == 1) for one in sides]


def _crossing(lines: list[LineString]) -> set[int]:
    """Numbers of lines that cross or touch anything but another line's end, or themselves."""
    faulty = {number for number, line in enumerate(lines) if not line.is_simple}
    tree = shapely.STRtree(lines)
    first, second = tree.query(lines, predicate="intersects")
    keep = first < second
    first, second = first[keep], second[keep]
    shapes = np.array(lines, dtype=object)
    tidy = shapely.relate_pattern(shapes[first], shapes[second], "FF*F*****")
    return faulty | set(first[~tidy].tolist()) | set(second[~tidy].tolist())


def natural_edges(
    rng: np.random.Generator, straight: list[Points], outer: list[bool], cells: list[tuple[int, ...]]
) -> list[Points]:
    """Every edge displaced once; edges that would cross are calmed until none does. Returns lon, lat."""
    noises = [np.stack([displacement(rng), displacement(rng)]) for _ in straight]
    calm = np.array([0.065 if one else 0.15 for one in outer])
    for _ in range(14):
        moved = [
            wander(line, noise, share * length_m(line)) for line, noise, share in zip(straight, noises, calm, strict=True)
        ]
        step_m = _spacing([length_m(line) for line in moved], cells)
        web = [to_web(along(line, max(3, round(length_m(line) / step_m)))) for line in moved]
        faulty = _crossing([LineString(line) for line in web])
        if not faulty:
            return web
        calm[list(faulty)] *= 0.7
    raise Unnatural


def _spacing(lengths: list[float], cells: list[tuple[int, ...]]) -> float:
    """Metres between vertices that give every cell 100 to 300 of them."""
    perimeters = [sum(lengths[edge] for edge in edges) for edges in cells]
    longest, shortest = max(perimeters), min(perimeters)
    if longest / shortest > 0.9 * MOST_VERTICES / (1.1 * FEWEST_VERTICES):
        raise Unnatural
    return longest / (0.95 * MOST_VERTICES)


def make_mosaic(rng: np.random.Generator, count: int, coast_angle: float) -> Mosaic:
    """Draw towns until one holds together: it tiles, nothing crosses, every cell has 100-300 vertices."""
    for _ in range(200):
        try:
            outline = rough_outline(rng, coast_angle)
            middles = relaxed_points(rng, outline, count)
            straight, cells, outer = straight_edges(outline, middles)
            mosaic = Mosaic(tuple(natural_edges(rng, straight, outer, cells)), tuple(cells), tuple(outer), middles)
            if tiles([mosaic.polygon(cell) for cell in range(count)]):
                return mosaic
        except Unnatural:
            continue
    raise RuntimeError("no natural town in 200 draws: the shape settings contradict each other")


def tiles(polygons: list[Polygon], tolerance_m2: float = 0.01) -> bool:
    """Whether polygons in metres cover one hole-free area without overlapping, vertex for vertex."""
    if not all(one.is_valid and FEWEST_VERTICES <= len(one.exterior.coords) - 1 <= MOST_VERTICES for one in polygons):
        return False
    whole = shapely.union_all(polygons)
    if whole.geom_type != "Polygon" or len(whole.interiors) > 0:
        return False
    if abs(sum(one.area for one in polygons) - whole.area) > tolerance_m2:
        return False
    return bool(shapely.coverage_is_valid(polygons))


def bulge(rng: np.random.Generator, line_web: Points, side: float, depth_m: float) -> Points:
    """Move the middle of an edge sideways: what one of its two cells loses, the other gains.

    Both ends of the edge, and its first and last eighth, keep their vertices.
    """
    line = to_metres(line_web)
    start = max(1, len(line) // 8)
    stop = len(line) - 1 - start
    middle = line[start : stop + 1]
    rise = np.sin(np.linspace(0, np.pi, len(middle))) ** 0.5
    chord = middle[-1] - middle[0]
    left = np.array([-chord[1], chord[0]]) / np.hypot(*chord)
    pushed = middle + side * depth_m * rise[:, None] * left
    noise = np.stack([displacement(rng), displacement(rng)])
    natural = wander(pushed, noise, 0.025 * length_m(pushed))
    natural = along(natural, max(6, len(middle)))
    return np.concatenate([line_web[: start + 1], to_web(natural[1:-1]), line_web[stop:]])
