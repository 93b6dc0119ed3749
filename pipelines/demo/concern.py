"""Places of concern: natural polygons a few hundred metres wide, each inside one beat or astride two."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from pipelines.demo.lines import Points, blob, stream, to_metres, to_web
from pipelines.demo.mosaic import Mosaic
from pipelines.demo.names import PLACES

# category, how it must lie, radius in metres. "across": two beats of two localities; "astride": two of one
# locality.
WANTED = (
    ("park_or_open_space", "across", (240, 330)),
    ("transport_hub", "any", (130, 170)),
    ("waterfront", "any", (300, 380)),
    ("shopping_street", "any", (190, 240)),
    ("estate", "astride", (190, 260)),
    ("school_surroundings", "across", (180, 230)),
    ("estate", "astride", (180, 240)),
    ("shopping_street", "inside", (170, 220)),
    ("night_time_area", "inside", (140, 190)),
    ("estate", "inside", (180, 250)),
    ("park_or_open_space", "inside", (210, 280)),
    ("shops_and_food", "inside", (130, 170)),
)


@dataclass(frozen=True)
class Concern:
    """One place of concern; `hosts` are the one or two cells it lies in, the larger share first."""

    name: str
    place_category: str
    web: Polygon
    metres: Polygon
    hosts: tuple[int, ...]


@dataclass(frozen=True)
class Ground:
    """What places are laid out on. All in metres."""

    mosaic: Mosaic
    cells: list[Polygon]
    town: Polygon
    locality_of: tuple[str, ...]
    river: BaseGeometry
    main_roads: list[LineString]
    railway: LineString
    coast: list[int]


def rounded(shape: Polygon) -> tuple[Polygon, Polygon]:
    """(degrees rounded once, the same vertices projected back to metres)."""
    web = to_web(np.asarray(shapely.orient_polygons(shape).exterior.coords)[:-1])
    return shapely.orient_polygons(Polygon(web)), Polygon(to_metres(web))


def _centres(rng: np.random.Generator, ground: Ground, category: str, lie: str, taken: set[int]) -> Iterator[Points]:
    """Points a place of this kind could be laid round, in a seeded order."""
    if category == "transport_hub":
        shares = rng.permutation(np.linspace(0.3, 0.7, 60))
        middle = shapely.Point(shapely.centroid(ground.town))
        points = [ground.railway.interpolate(one, normalized=True) for one in shares]
        yield from (np.array(one.coords[0]) for one in sorted(points, key=lambda one: one.distance(middle)))
    elif category == "waterfront":
        for edge in rng.permutation(ground.coast):
            line = to_metres(ground.mosaic.edges[edge])
            yield from (line[round(share * (len(line) - 1))] for share in (0.5, 0.3, 0.7))
    elif lie in ("astride", "across"):
        pairs = [edge for edges in ground.mosaic.neighbours().values() for edge in edges]
        for edge in rng.permutation(pairs):
            line = to_metres(ground.mosaic.edges[edge])
            yield line[len(line) // 2] + rng.normal(0, 25, 2)
    else:
        for cell in rng.permutation([number for number in range(len(ground.cells)) if number not in taken]):
            heart = np.array(shapely.maximum_inscribed_circle(ground.cells[cell], tolerance=20).coords[0])
            yield from (heart + rng.normal(0, spread, 2) for spread in (150, 80, 20))


def _street(rng: np.random.Generator, ground: Ground, radius_m: float) -> Iterator[Polygon]:
    """Lengths of main road with their frontages."""
    for number in rng.permutation(len(ground.main_roads)):
        road = ground.main_roads[number]
        for start in rng.permutation(np.arange(200, max(road.length - 3 * radius_m, 201), 120)):
            piece = substring(road, float(start), float(start) + 2 * radius_m)
            yield piece.buffer(float(rng.uniform(42, 60)), quad_segs=4).simplify(1.5)


def _shapes(
    rng: np.random.Generator,
    ground: Ground,
    category: str,
    lie: str,
    radius: tuple[int, int],
    taken: set[int],
) -> Iterator[Polygon]:
    if category == "shopping_street":
        yield from _street(rng, ground, float(rng.uniform(*radius)))
        return
    band = ground.town.buffer(-18).difference(ground.town.buffer(-190)) if category == "waterfront" else None
    for centre in _centres(rng, ground, category, lie, taken):
        shape = Polygon(blob(rng, centre, float(rng.uniform(*radius))))
        yield shape if band is None else shape.buffer(40).intersection(band).simplify(2.0)


def _lies_well(
    ground: Ground, shape: Polygon, lie: str, taken: set[int], placed: list[Concern], category: str
) -> tuple[int, ...]:
    """The cells the place lies in if it is laid out as wanted, else none."""
    shares = np.array([shape.intersection(cell).area / shape.area for cell in ground.cells])
    hosts = tuple(int(one) for one in np.argsort(-shares, kind="stable") if shares[one] > 0)
    if not 1 <= len(hosts) <= 2 or shares[list(hosts)].min() < 0.16 or abs(shares.sum() - 1) > 1e-9:
        return ()
    if taken & set(hosts) or any(shape.distance(one.metres) < 120 for one in placed):
        return ()
    if category != "waterfront" and shape.intersects(ground.river):
        return ()
    localities = {ground.locality_of[host] for host in hosts}
    fits = {
        "any": len(localities) == 1,
        "inside": len(hosts) == 1,
        "astride": len(hosts) == 2 and len(localities) == 1,
        "across": len(hosts) == 2 and len(localities) == 2,
    }
    return hosts if fits[lie] else ()


def lay_out(seed: int, ground: Ground) -> list[Concern]:
    """Place every wanted place of concern; no beat hosts two, so each planted truth stands alone.

    Raises RuntimeError where a town has no room for one.
    """
    rng = stream(seed, "places of concern")
    names = {category: list(rng.permutation(some)) for category, some in PLACES.items()}
    placed: list[Concern] = []
    taken: set[int] = set()
    for category, lie, radius in WANTED:
        for shape in _shapes(rng, ground, category, lie, radius, taken):
            if shape.geom_type != "Polygon" or not shape.is_valid or not 20_000 < shape.area < 400_000:
                continue
            web, metres = rounded(shape)
            hosts = _lies_well(ground, metres, lie, taken, placed, category) if metres.is_valid else ()
            if hosts:
                placed.append(Concern(str(names[category].pop()), category, web, metres, hosts))
                taken |= set(hosts)
                break
        else:
            raise RuntimeError(f"no room for a place of kind {category}, {lie}")
    return placed
