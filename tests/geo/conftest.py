"""Small towns drawn for the tests, in EPSG:27700 unless told."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import Polygon

METRES = "EPSG:27700"
BRISTOL = Path(__file__).parents[2] / ".." / "shared" / "data" / "bristol"
COLUMNS = {"place_level": "beat", "parent": "north", "valid_from": None, "valid_to": None}


@pytest.fixture(scope="session")
def areas_of():
    """Areas indexed by area_id, from a dict of shapes."""

    def areas(shapes, crs=METRES):
        index = pd.Index(list(shapes), name="area_id", dtype=object)
        return gpd.GeoDataFrame(index=index, geometry=list(shapes.values()), crs=crs)

    return areas


@pytest.fixture(scope="session")
def editions_of():
    """An edition table from rows of (place_id, shape, {column: value})."""

    def editions(*rows, crs=METRES):
        told = [COLUMNS | {"place_id": place, "name": place} | dict(*more) for place, _, *more in rows]
        table = gpd.GeoDataFrame(told, geometry=[shape for _, shape, *_ in rows], crs=crs)
        return table.astype(dict.fromkeys(["parent", "valid_from", "valid_to"], object)) if rows else table

    return editions


@pytest.fixture(scope="session")
def tiled():
    """Tiles of random four-sided shapes that meet exactly, as a dict: T00, T01... on a whole-metre grid."""

    def tiles(seed, across=3, down=3, side=100, jitter=30, east=1000, north=1000):
        random = np.random.default_rng(seed)
        moved = random.integers(-jitter, jitter + 1, (across + 1, down + 1, 2))
        stood = np.stack(np.meshgrid(np.arange(across + 1), np.arange(down + 1), indexing="ij"), axis=-1)
        corners = stood * side + moved + (east, north)
        return {
            f"T{i}{j}": Polygon([corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]])
            for i in range(across)
            for j in range(down)
        }

    return tiles


@pytest.fixture(scope="session")
def bristol():
    """The folder of real published boundaries; the test is skipped where it is absent."""
    if not BRISTOL.exists():
        pytest.skip("the published Bristol boundaries are not at ../shared/data/bristol")
    return BRISTOL


@pytest.fixture(scope="session")
def box():
    """A rectangle from west, south, east, north."""
    return shapely.box
