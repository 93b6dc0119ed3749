"""Old counts move to new boundaries by shares that sum to one."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.boundaries import read_boundaries
from geo.crosswalk import crosswalk
from geo.errors import CRSMismatch, PartitionError

METRES = "EPSG:27700"


def rows(walk):
    return [[*row[:2], round(row[2], 9)] for row in walk.to_numpy().tolist()]


@pytest.fixture
def split(areas_of, box):
    """One old area cut into a quarter and three quarters; its neighbour unchanged."""
    old = areas_of({"A": box(0, 0, 100, 100), "B": box(100, 0, 200, 100)})
    new = areas_of({"A1": box(0, 0, 25, 100), "A2": box(25, 0, 100, 100), "B": box(100, 0, 200, 100)})
    return old, new


def test_without_weights_ground_decides(split):
    assert rows(crosswalk(*split)) == [["A", "A1", 0.25], ["A", "A2", 0.75], ["B", "B", 1.0]]


def test_with_residents_people_decide(split):
    homes = gpd.GeoDataFrame({"residents": [90, 10]}, geometry=shapely.points([[10, 50], [60, 50]]), crs=METRES)
    assert rows(crosswalk(*split, homes)) == [["A", "A1", 0.9], ["A", "A2", 0.1], ["B", "B", 1.0]]


def test_residents_of_a_small_area_are_spread_over_its_ground(split, box):
    areas = gpd.GeoDataFrame({"residents": [100, 100]}, geometry=[box(0, 0, 50, 100), box(50, 0, 100, 100)], crs=METRES)
    assert rows(crosswalk(*split, areas))[:2] == [["A", "A1", 0.25], ["A", "A2", 0.75]]


def test_a_home_on_the_new_edge_is_shared(split):
    homes = gpd.GeoDataFrame({"residents": [10]}, geometry=shapely.points([[25, 50]]), crs=METRES)
    assert rows(crosswalk(*split, homes))[:2] == [["A", "A1", 0.5], ["A", "A2", 0.5]]


def test_a_share_under_half_a_percent_is_a_drawing_difference(areas_of, box):
    old = areas_of({"A": box(0, 0, 100, 100)})
    new = areas_of({"A": box(0, 0, 99.6, 100), "B": box(99.6, 0, 200, 100)})
    assert rows(crosswalk(old, new)) == [["A", "A", 1.0]]


def test_an_old_area_that_overlaps_nothing_is_refused(areas_of, box):
    old = areas_of({"A": box(0, 0, 100, 100), "Z": box(100, 0, 200, 100)})
    with pytest.raises(PartitionError, match="Old areas that overlap no new area: Z"):
        crosswalk(old, areas_of({"A": box(0, 0, 100, 100)}))


def test_editions_in_two_crs_are_refused(split, areas_of, box):
    with pytest.raises(CRSMismatch, match="the old and the new areas"):
        crosswalk(split[0], areas_of({"A": box(0, 0, 1, 1)}, crs="EPSG:3857"))


def test_weights_in_another_crs_are_refused(split):
    homes = gpd.GeoDataFrame({"residents": [1]}, geometry=shapely.points([[1, 1]]), crs="EPSG:3857")
    with pytest.raises(CRSMismatch, match="the areas and the weights"):
        crosswalk(*split, homes)


@settings(max_examples=40, deadline=None)
@given(before=st.integers(0, 9999), after=st.integers(0, 9999), peopled=st.booleans())
def test_shares_of_an_old_area_always_sum_to_one(tiled, areas_of, before, after, peopled):
    old, new = areas_of(tiled(before)), areas_of(tiled(after, across=2, down=2, side=160))
    random = np.random.default_rng(before)
    places = shapely.points(random.integers(1000, 1300, (30, 2)))
    homes = gpd.GeoDataFrame({"residents": random.integers(0, 50, 30)}, geometry=places, crs=METRES)
    walk = crosswalk(old, new, homes if peopled else None)
    assert walk.groupby("from_area_id")["weight"].sum().to_numpy() == pytest.approx(1, abs=1e-12)
    assert set(walk["from_area_id"]) == set(old.index)
    assert walk["weight"].between(0.0049, 1 + 1e-12).all()
    assert not walk.duplicated(["from_area_id", "to_area_id"]).any()


@pytest.mark.real_data
def test_real_wards_of_two_editions_keep_the_town_whole(bristol):
    old, new = (
        read_boundaries(bristol / file, crs=METRES).set_index("place_id")
        for file in ("ward2013_bristol.geojson", "ward_E06000023.geojson")
    )
    walk = crosswalk(old, new)
    ground_m2 = old.area.loc[walk["from_area_id"]].to_numpy() * walk["weight"]
    received = ground_m2.groupby(walk["to_area_id"]).sum()
    assert received.sum() == pytest.approx(old.area.sum())
    assert (received / new.area).between(0.95, 1.05).all()
