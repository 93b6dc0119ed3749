"""Natural lines: fractal midpoint displacement, even spacing, and degrees rounded once.

Arrays are (n, 2): easting_m, northing_m in EPSG:27700, or lon, lat in EPSG:4326 where it says so.
"""

import zlib
from functools import cache

import numpy as np
import pyproj
from numpy.typing import NDArray

Points = NDArray[np.float64]

METRES = "EPSG:27700"
WEB = "EPSG:4326"
WEB_DECIMALS = 7


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator of its own for each named part: a change to one part leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


@cache
def _transformer(start: str, end: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(start, end, always_xy=True)


def to_web(points: Points, decimals: int = WEB_DECIMALS) -> Points:
    """Metres -> degrees, rounded: the same vertex gives the same degrees, so shared edges stay shared."""
    lon, lat = _transformer(METRES, WEB).transform(points[:, 0], points[:, 1])
    return np.column_stack([np.round(lon, decimals), np.round(lat, decimals)])


def to_metres(points: Points) -> Points:
    """Degrees -> metres, vertex by vertex."""
    easting_m, northing_m = _transformer(WEB, METRES).transform(points[:, 0], points[:, 1])
    return np.column_stack([easting_m, northing_m])


def displacement(rng: np.random.Generator, levels: int = 6, hurst: float = 0.8) -> NDArray[np.float64]:
    """Midpoint displacement of one unit line: 2**levels + 1 offsets, none at the two ends.

    The first midpoint has standard deviation 1; each halving of the step divides it by 2**hurst.
    """
    offsets = np.zeros(2**levels + 1)
    step, spread = 2**levels, 1.0
    while step > 1:
        half = step // 2
        left, right = offsets[0:-1:step], offsets[step::step]
        offsets[half::step] = (left + right) / 2 + rng.normal(0, spread, len(left)).clip(-1.6 * spread, 1.6 * spread)
        step, spread = half, spread / 2**hurst
    return offsets


def along(line: Points, count: int) -> Points:
    """`count` + 1 points at even distances along a line, both ends kept exactly."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    travelled = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0, travelled[-1], count + 1)
    even = np.column_stack([np.interp(wanted, travelled, line[:, k]) for k in (0, 1)])
    even[0], even[-1] = line[0], line[-1]
    return even


def length_m(line: Points) -> float:
    """How long a line is, in metres."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def normals(line: Points) -> Points:
    """Unit vectors to the left of the direction of travel, one a point."""
    ahead = np.gradient(line, axis=0)
    size = np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)
    return np.column_stack([-ahead[:, 1] / size, ahead[:, 0] / size])


def wander(line: Points, noise: NDArray[np.float64], amplitude_m: float) -> Points:
    """Push a line sideways (and a little lengthways) by `noise` (2, n) times `amplitude_m`; its ends stay."""
    even = along(line, noise.shape[1] - 1)
    left = normals(even)
    onward = np.column_stack([left[:, 1], -left[:, 0]])
    moved: Points = even + amplitude_m * (noise[0][:, None] * left + 0.35 * noise[1][:, None] * onward)
    moved[0], moved[-1] = line[0], line[-1]
    return moved


def wiggle(rng: np.random.Generator, line: Points, amplitude_share: float, step_m: float) -> Points:
    """A line made natural: moved by about `amplitude_share` of its length, a point every `step_m`."""
    noise = np.stack([displacement(rng), displacement(rng)])
    moved = wander(line, noise, amplitude_share * length_m(line))
    return along(moved, max(2, round(length_m(moved) / step_m)))


def smooth(line: Points, rounds: int = 2) -> Points:
    """Chaikin corner cutting (1974).

    Each round replaces a corner by the points 1/4 and 3/4 along its sides.
    """
    for _ in range(rounds):
        near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.concatenate([line[:1], np.stack([near, far], axis=1).reshape(-1, 2), line[-1:]])
    return line


def blob(rng: np.random.Generator, centre: Points, radius_m: float, *, stretch: float = 1.3, count: int = 48) -> Points:
    """An open ring of points round a centre: a turned ellipse with a wandering radius."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    radius = np.ones(count)
    for k in range(2, 7):
        radius += 0.16 / k**0.9 * rng.normal() * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    radius = radius.clip(0.6, 1.4) * (1 + 0.012 * rng.normal(size=count))
    turn = rng.uniform(0, np.pi)
    across, up = (
        radius_m * stretch**0.5 * radius * np.cos(angle),
        radius_m / stretch**0.5 * radius * np.sin(angle),
    )
    return centre + np.column_stack([across * np.cos(turn) - up * np.sin(turn), across * np.sin(turn) + up * np.cos(turn)])
