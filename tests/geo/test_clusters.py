"""Clusters hold enough, stay within their parent, and leave no area out."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from geo.clusters import clusters
from geo.errors import PartitionError


def row_of_squares(parents: str) -> gpd.GeoDataFrame:
    """Squares side by side, one for each letter, which is its parent: a, b, c ... from the west."""
    ids = [chr(ord("a") + at) for at in range(len(parents))]
    shapes = [box(at * 1000, 0, (at + 1) * 1000, 1000) for at in range(len(parents))]
    return gpd.GeoDataFrame({"parent": list(parents)}, index=ids, geometry=shapes, crs="EPSG:27700")


def test_a_short_area_joins_the_neighbour_that_holds_least() -> None:
    found = clusters(row_of_squares("XXXX"), pd.Series({"a": 5, "b": 1, "c": 2, "d": 4}), fewest=3)
    assert found.to_dict() == {"a": "a", "b": "b", "c": "b", "d": "d"}


def test_a_cluster_never_reaches_over_the_edge_of_its_parent() -> None:
    found = clusters(row_of_squares("XXYY"), pd.Series({"a": 3, "b": 1, "c": 1, "d": 3}), fewest=3)
    assert found.to_dict() == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_a_parent_with_too_few_altogether_is_one_cluster() -> None:
    found = clusters(row_of_squares("XXYY"), pd.Series({"c": 3}), fewest=3)
    assert found.to_dict() == {"a": "a", "b": "a", "c": "c", "d": "c"}


def test_an_area_apart_from_its_parent_is_not_left_out() -> None:
    assert clusters(row_of_squares("XYX"), pd.Series({"a": 3, "b": 3}), fewest=3).to_dict() == {"a": "a", "b": "b", "c": "a"}


def test_something_held_by_an_area_that_is_not_there_is_an_error() -> None:
    with pytest.raises(PartitionError, match="No area is called z"):
        clusters(row_of_squares("XX"), pd.Series({"z": 1}), fewest=3)


@given(st.lists(st.tuples(st.sampled_from("XY"), st.integers(0, 4)), min_size=1, max_size=9), st.integers(1, 5))
def test_clusters_always_hold_enough_and_always_share_a_parent(given: list[tuple[str, int]], fewest: int) -> None:
    areas = row_of_squares("".join(parent for parent, _ in given))
    held = pd.Series([count for _, count in given], index=areas.index)
    found = clusters(areas, held, fewest=fewest)
    assert sorted(found.index) == sorted(areas.index)
    for name, mine in found.groupby(found):
        assert areas["parent"].reindex(mine.index).nunique() == 1
        family = held[areas["parent"] == areas["parent"][name]]
        assert held.reindex(mine.index).sum() >= fewest or (family.sum() < fewest and len(mine) == len(family))
