"""A town of as many beats as asked for, for the map: squares with natural edges, delivered and published like any other."""

import itertools
import json
import random
from pathlib import Path

from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

SIDE_M = 600
SIZES = {60: (10, 6), 500: (25, 20), 3000: (60, 50)}  # beats: how many from west to east, and from south to north
WEST_M, SOUTH_M = 400_000, 300_000
BENDS = 24  # a beat of the demo town has about two hundred corners, one of these a hundred
MONTHS, A_MONTH = 15, 4
HARMS = ("cce", "knife_crime", "robbery", "asb_pattern")
PARTNERSHIP = """
name = "Many Beats Partnership"
fictional = true
[city]
id = "city"
name = "Gridhaven"
nation = "england"
crs = "EPSG:27700"
extent = { easting_m = [395000, 440000], northing_m = [295000, 335000] }
[[localities]]
id = "west"
name = "West"
[[localities]]
id = "east"
name = "East"
[roles]
chair = "Chair"
approvers = ["Chair"]
"""


def make_town(data_dir: Path, beats: int = 500) -> Path:
    """Write, build and publish it. The same files every time. beats: one of SIZES."""
    draw, (wide, high) = random.Random(7), SIZES[beats]
    (data_dir / "boundaries").mkdir(parents=True)
    (data_dir / "partnership.toml").write_text(PARTNERSHIP, encoding="utf-8")
    (data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(_boundaries(draw, wide, high)), encoding="utf-8")
    file = data_dir / "deliveries" / "incidents" / "incidents.csv"
    file.parent.mkdir(parents=True)
    file.write_text("\n".join(_incidents(draw, wide, high)) + "\n", encoding="utf-8")
    last = _month(MONTHS - 1)
    covers = f"covers_from = 2024-01-01\ncovers_to = {last}-28\ndelivered_on = {_month(MONTHS)}-20\n"
    file.with_name("incidents.csv.toml").write_text(covers, encoding="utf-8")
    build(Settings(data_dir))
    publish(Settings(data_dir))
    return data_dir


def _month(number: int) -> str:
    return f"{2024 + number // 12}-{number % 12 + 1:02d}"


def _incidents(draw: random.Random, wide: int, high: int) -> list[str]:
    rows = ["record_ref,occurred_from,harm_type,easting_m,northing_m"]
    for month, column, row in itertools.product(range(MONTHS), range(wide), range(high)):
        for one in range(draw.randrange(A_MONTH * (1 + column % 4))):
            east, north = (round(start + SIDE_M * (at + draw.uniform(0.2, 0.8)), 1)
                           for start, at in ((WEST_M, column), (SOUTH_M, row)))  # fmt: skip
            reference, day = f"r-{month:02d}-{column:02d}-{row:02d}-{one:02d}", draw.randrange(1, 29)
            rows.append(f"{reference},{_month(month)}-{day:02d},{draw.choice(HARMS)},{east},{north}")
    return rows


def _boundaries(draw: random.Random, wide: int, high: int) -> dict[str, object]:
    """Every shared edge is bent once, so that neighbours hold the very same corners."""
    across = {at: _bent(draw, *at, 1, 0) for at in itertools.product(range(wide), range(high + 1))}
    up = {at: _bent(draw, *at, 0, 1) for at in itertools.product(range(wide + 1), range(high))}
    features = []
    for column, row in itertools.product(range(wide), range(high)):
        there = [*across[column, row][:-1], *up[column + 1, row][:-1]]
        ring = [*there, *across[column, row + 1][:0:-1], *up[column, row][::-1]]
        name = f"B{column:02d}{row:02d}"
        locality = "west" if column < wide // 2 else "east"
        properties = {"place_id": name, "place_level": "beat", "name": f"Beat {name}", "parent": locality}
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": properties, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


def _bent(draw: random.Random, column: int, row: int, east: int, north: int) -> list[list[float]]:
    corner = WEST_M + column * SIDE_M, SOUTH_M + row * SIDE_M
    points = [[float(corner[0]), float(corner[1])]]
    for number in range(1, BENDS + 1):
        most = min(0.08, 0.4 * min(number, BENDS + 1 - number) / (BENDS + 1))  # two edges never cross near their corner
        along, aside = SIDE_M * number / (BENDS + 1), draw.uniform(-most, most) * SIDE_M
        point = corner[0] + east * along + north * aside, corner[1] + north * along + east * aside
        points.append([round(one, 1) for one in point])
    return [*points, [float(corner[0] + east * SIDE_M), float(corner[1] + north * SIDE_M)]]
