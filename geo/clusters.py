"""Clusters: areas that touch, put together until each holds enough of something to be spoken of."""

import geopandas as gpd
import pandas as pd

from geo.errors import PartitionError
from geo.neighbours import neighbours


def clusters(areas: gpd.GeoDataFrame, held: pd.Series, *, fewest: int) -> pd.Series:
    """Put neighbouring areas of one parent together until every cluster holds at least `fewest`.

    The cluster that holds least joins the one beside it that holds least, the lower name first where they are
    even, until none is short. Only a parent that holds too few altogether ends as one short cluster. Areas of a
    parent that touch no other of it join its smallest cluster all the same, so that no area is left out.

    areas    metres; one row per area, indexed by area_id, with a `parent`; no overlaps
    held     how many each area holds (areas not named hold none)
    returns  area_id -> the lowest area_id of its cluster, sorted by area_id

    Raises CRSMissing or CRSMismatch; PartitionError for an area held by none of `areas`.
    """
    unknown = sorted(set(held.index) - set(areas.index))
    if unknown:
        raise PartitionError(f"No area is called {', '.join(unknown)}. Use ids from the index of the areas.")
    pairs = neighbours(areas)
    touching: dict[str, set[str]] = {area_id: set() for area_id in areas.index}
    for one, other in zip(pairs["area_id"], pairs["neighbour_id"], strict=True):
        touching[one].add(other)
    members = {area_id: {area_id} for area_id in areas.index}
    holds = {area_id: int(held.get(area_id, 0)) for area_id in areas.index}
    parent = areas["parent"].to_dict()
    while short := sorted((holds[one], one) for one in members if holds[one] < fewest):
        joined = next((pair for _, one in short if (pair := _partner(one, members, holds, touching, parent))), None)
        if joined is None:
            break
        one, other = sorted(joined)
        members[one] |= members.pop(other)
        holds[one] += holds.pop(other)
    found = {area_id: name for name, mine in members.items() for area_id in mine}
    return pd.Series(found, dtype=object).sort_index()


def _partner(
    one: str, members: dict[str, set[str]], holds: dict[str, int], touching: dict[str, set[str]], parent: dict[str, str]
) -> tuple[str, str] | None:  # fmt: skip
    """The cluster a short one joins: beside it if there is one, else any of its parent."""
    siblings = [other for other in members if other != one and parent[other] == parent[one]]
    edge = set().union(*(touching[area_id] for area_id in members[one]))
    beside = [other for other in siblings if members[other] & edge]
    choice = min(beside or siblings, key=lambda other: (holds[other], other), default=None)
    return (one, choice) if choice else None
