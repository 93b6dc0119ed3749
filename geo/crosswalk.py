"""Move counts already frozen from an old boundary edition to a new one, by public weights."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same
from geo.errors import PartitionError

# A share this small is two drawings of one edge, not people who moved.
SMALLEST_SHARE = 0.005


def crosswalk(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, weights: gpd.GeoDataFrame | None = None) -> pd.DataFrame:
    """Say what share of each old area lies in each new one.

    Shares are of ground, or of residents where `weights` tells where they live; an old area where `weights`
    finds nobody is shared by ground. Shares under 0.5% are dropped and the rest scaled up, so each old area's
    sum to 1. A count moved this way is an estimate, and must be marked so.

    old, new  metres, one CRS; one row per area, indexed by area_id
    weights   same CRS; one row per point or small polygon, column `residents`; None = by ground
    returns   one row per pair that shares ground: from_area_id, to_area_id, weight (0 to 1, a share)

    Raises CRSMismatch; PartitionError if an old area overlaps no new one.
    """
    require_same(old, new, "the old and the new areas")
    before, after = old.geometry.to_numpy(), new.geometry.to_numpy()
    source, target = shapely.STRtree(after).query(before, predicate="intersects")
    pieces = shapely.intersection(before[source], after[target])
    ground_m2 = shapely.area(pieces)
    _refuse_stranded(old, np.bincount(source, weights=ground_m2, minlength=len(old)))
    shares = _shares(source, ground_m2, len(old))
    if weights is not None:
        require_same(old, weights, "the areas and the weights")
        people = _residents(pieces, weights)
        peopled = np.bincount(source, weights=people, minlength=len(old)) > 0
        shares = np.where(peopled[source], _shares(source, people, len(old)), shares)
    kept = shares >= SMALLEST_SHARE
    source, target = source[kept], target[kept]
    columns = {
        "from_area_id": old.index.to_numpy()[source],
        "to_area_id": new.index.to_numpy()[target],
        "weight": _shares(source, shares[kept], len(old)),
    }
    return pd.DataFrame(columns).sort_values(["from_area_id", "to_area_id"], ignore_index=True)


def _shares(source: np.ndarray, amount: np.ndarray, count: int) -> np.ndarray:
    total = np.bincount(source, weights=amount, minlength=count)[source]
    return np.divide(amount, total, out=np.zeros(len(amount)), where=total > 0)


def _residents(pieces: np.ndarray, weights: gpd.GeoDataFrame) -> np.ndarray:
    """Residents of each piece: a polygon's in proportion to its ground there, a point's whole."""
    homes, residents = weights.geometry.to_numpy(), weights["residents"].to_numpy(dtype=float)
    piece, home = shapely.STRtree(homes).query(pieces, predicate="intersects")
    size_m2 = shapely.area(homes)[home]
    inside_m2 = shapely.area(shapely.intersection(pieces[piece], homes[home]))
    share = np.divide(inside_m2, size_m2, out=np.ones(len(piece)), where=size_m2 > 0)
    # A point on an edge between pieces is shared by them.
    points = size_m2 == 0
    split = np.bincount(home[points], minlength=len(homes))[home[points]]
    share[points] = 1.0 / split
    return np.bincount(piece, weights=share * residents[home], minlength=len(pieces))


def _refuse_stranded(old: gpd.GeoDataFrame, ground_m2: np.ndarray) -> None:
    stranded = sorted(str(area_id) for area_id in old.index[ground_m2 == 0])
    if stranded:
        raise PartitionError(
            f"Old areas that overlap no new area: {', '.join(stranded)}. Check that both editions are "
            "of one town and one CRS."
        )
