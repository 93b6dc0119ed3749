"""Which areas touch, and the ring around some of them."""

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_metres
from geo.errors import PartitionError

SHORTEST_EDGE_M = 1.0
# Edges this near are one edge: pieces cut at different times can differ by the last bit of a coordinate.
_SAME_EDGE_M = 0.01


def neighbours(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pair the areas that share more than 1 m of edge; meeting at a corner is not enough.

    areas    metres; one row per area, indexed by area_id, no overlaps
    returns  one row per ordered pair, both ways round, sorted: area_id, neighbour_id, shared_m (metres of
             shared edge)

    Raises CRSMissing or CRSMismatch.
    """
    require_metres(areas, "the areas")
    shapes, ids = areas.geometry.to_numpy(), areas.index.to_numpy()
    edges = shapely.boundary(shapes)
    one, other = shapely.STRtree(edges).query(edges, predicate="dwithin", distance=_SAME_EDGE_M)
    one, other = one[one < other], other[one < other]
    shared_m = shapely.length(shapely.intersection(edges[one], edges[other], grid_size=_SAME_EDGE_M))
    long = shared_m > SHORTEST_EDGE_M
    one, other, shared_m = one[long], other[long], shared_m[long]
    columns = {
        "area_id": np.concatenate([ids[one], ids[other]]),
        "neighbour_id": np.concatenate([ids[other], ids[one]]),
        "shared_m": np.concatenate([shared_m, shared_m]),
    }
    return pd.DataFrame(columns).sort_values(["area_id", "neighbour_id"], ignore_index=True)


def ring(areas: gpd.GeoDataFrame, area_ids: Iterable[str]) -> list[str]:
    """Sorted ids of the areas that touch any of `area_ids` and are not among them: the first place harm could
    move to.

    Raises PartitionError if an id is not in `areas`.
    """
    middle = set(area_ids)
    unknown = sorted(middle - set(areas.index))
    if unknown:
        raise PartitionError(f"No area is called {', '.join(unknown)}. Use ids from the index of the areas.")
    touching = neighbours(areas)
    return sorted(set(touching["neighbour_id"][touching["area_id"].isin(middle)]) - middle)
