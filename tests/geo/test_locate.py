"""A point is in the area exact geometry says, whichever way it is asked."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.boundaries import read_boundaries
from geo.errors import CRSMismatch, PartitionError
from geo.locate import EDGE, INSIDE, SNAPPED, grid_lookup, locate, locate_arrays

METRES = "EPSG:27700"
HOW = [None, INSIDE, EDGE, SNAPPED]


def points_at(*pairs, crs=METRES):
    return gpd.GeoSeries([Point(pair) if pair else Point() for pair in pairs], crs=crs)


def told(located):
    return located[["area_id", "located_by"]].to_numpy().tolist()


def by_hand(points, shapes, snap_tolerance_m):
    """One shapely question at a time, lowest id first."""
    answers = []
    for point in points:
        covering = [area for area in sorted(shapes) if shapes[area].intersects(point)]
        near = sorted((shapes[area].distance(point), area) for area in shapes)
        if covering:
            answers.append([covering[0], INSIDE if shapes[covering[0]].contains(point) else EDGE])
        elif near and snap_tolerance_m > 0 and near[0][0] <= snap_tolerance_m:
            answers.append([near[0][1], SNAPPED])
        else:
            answers.append([None, None])
    return answers


def by_grid(points, areas, snap_tolerance_m, cell_m=None):
    lookup = grid_lookup(areas, snap_tolerance_m=snap_tolerance_m, cell_m=cell_m)
    x, y = shapely.get_x(points.values), shapely.get_y(points.values)
    codes, how = locate_arrays(x, y, areas, lookup, snap_tolerance_m=snap_tolerance_m)
    assert codes.dtype == np.int32
    assert how.dtype == np.uint8
    names = np.array([*lookup.area_ids, None], dtype=object)
    return [[names[code], HOW[reason]] for code, reason in zip(codes, how, strict=True)]


@pytest.fixture
def pair(areas_of, box):
    """b west of a, so that order of drawing and order of id differ."""
    return areas_of({"b": box(0, 0, 100, 100), "a": box(100, 0, 200, 100)})


def test_a_point_inside_is_inside(pair):
    located = locate(points_at((50, 50), (150, 50)), pair, snap_tolerance_m=10)
    assert told(located) == [["b", INSIDE], ["a", INSIDE]]
    assert located["distance_m"].tolist() == [0, 0]


def test_on_a_shared_edge_the_lower_id_wins(pair):
    assert told(locate(points_at((100, 50), (100, 0)), pair, snap_tolerance_m=10)) == [
        ["a", EDGE],
        ["a", EDGE],
    ]


def test_a_point_just_outside_is_snapped_and_says_how_far(pair):
    located = locate(points_at((-5, 50), (-10, 50), (-10.5, 50)), pair, snap_tolerance_m=10)
    assert told(located) == [["b", SNAPPED], ["b", SNAPPED], [None, None]]
    assert located["distance_m"].tolist()[:2] == [5, 10]
    assert np.isnan(located["distance_m"].iloc[2])


def test_a_point_as_near_to_two_areas_snaps_to_the_lower(pair):
    assert told(locate(points_at((100, -5)), pair, snap_tolerance_m=10)) == [["a", SNAPPED]]


def test_with_no_tolerance_nothing_is_snapped(pair):
    assert told(locate(points_at((-0.001, 50)), pair, snap_tolerance_m=0)) == [[None, None]]


def test_an_empty_point_is_unplaced_and_keeps_its_row(pair):
    points = points_at(None, (50, 50)).set_axis(["r1", "r2"])
    located = locate(points, pair, snap_tolerance_m=10)
    assert located.index.tolist() == ["r1", "r2"]
    assert told(located) == [[None, None], ["b", INSIDE]]


def test_a_table_of_points_will_do(pair):
    assert told(locate(gpd.GeoDataFrame(geometry=points_at((50, 50))), pair, snap_tolerance_m=0)) == [["b", INSIDE]]


def test_no_points_are_located_nowhere(pair):
    assert len(locate(points_at(), pair, snap_tolerance_m=10)) == 0
    assert by_grid(points_at(), pair, 10) == []


def test_points_in_another_crs_are_refused(pair):
    with pytest.raises(CRSMismatch, match="the points and the areas: EPSG:3857 and EPSG:27700 differ"):
        locate(points_at((1, 1), crs="EPSG:3857"), pair, snap_tolerance_m=10)


def test_points_in_degrees_are_refused(pair):
    with pytest.raises(CRSMismatch, match="EPSG:4326 is not in metres"):
        locate(points_at((1, 1), crs="EPSG:4326"), pair, snap_tolerance_m=10)


def test_an_area_inside_another_is_found(areas_of, box):
    outer, inner = box(0, 0, 100, 100), box(40, 40, 60, 60)
    areas = areas_of({"outer": outer - inner, "inner": inner})
    points = points_at((50, 50), (40, 50), (10, 10))
    expected = [["inner", INSIDE], ["inner", EDGE], ["outer", INSIDE]]
    assert told(locate(points, areas, snap_tolerance_m=0)) == expected
    assert by_grid(points, areas, 0) == expected


def test_points_off_the_grid_or_blank_are_nowhere(pair):
    x, y = np.array([np.nan, np.inf, -np.inf, 1e12, 50, 50]), np.array([50, 50, 50, -1e12, np.nan, 50])
    lookup = grid_lookup(pair, snap_tolerance_m=10)
    codes, how = locate_arrays(x, y, pair, lookup, snap_tolerance_m=10)
    assert codes.tolist() == [-1] * 5 + [1]
    assert how.tolist() == [0] * 5 + [1]


def test_a_whole_cell_of_one_code_is_wholly_in_that_area(tiled, areas_of):
    areas = areas_of(tiled(5))
    lookup = grid_lookup(areas, snap_tolerance_m=20, cell_m=7)
    assert lookup.codes.shape == (lookup.rows, lookup.columns)
    assert (np.concatenate([lookup.codes[[0, -1]].ravel(), lookup.codes[:, [0, -1]].ravel()]) == -2).all()
    shapes = areas.geometry.loc[list(lookup.area_ids)].to_numpy()
    everything, lines = shapely.union_all(shapes), shapely.union_all(shapely.boundary(shapes))
    for row, column in np.ndindex(lookup.codes.shape):
        west = lookup.origin_easting_m + column * lookup.cell_m
        south = lookup.origin_northing_m + row * lookup.cell_m
        cell, code = (
            shapely.box(west, south, west + lookup.cell_m, south + lookup.cell_m),
            lookup.codes[row, column],
        )
        if code >= 0:
            assert shapely.contains_properly(shapes[code], cell)
        elif code == -2:
            assert shapely.distance(everything, cell) > 20
        if shapely.intersects(lines, cell):
            assert code == -1


def test_a_lookup_of_many_areas_has_room_for_their_numbers(areas_of, box):
    shapes = {f"{i:06d}": box(i % 200, i // 200, i % 200 + 1, i // 200 + 1) for i in range(33_000)}
    assert grid_lookup(areas_of(shapes), snap_tolerance_m=0).codes.dtype == np.int32


def test_no_areas_are_refused(areas_of):
    with pytest.raises(PartitionError, match="no areas to locate points in"):
        grid_lookup(areas_of({}), snap_tolerance_m=0)


def test_one_area_id_twice_is_refused(pair):
    with pytest.raises(PartitionError, match="Two areas have one area_id"):
        locate(points_at((1, 1)), pd.concat([pair, pair]), snap_tolerance_m=0)


def test_a_lookup_of_other_areas_is_refused(pair, areas_of, box):
    lookup = grid_lookup(areas_of({"c": box(0, 0, 1, 1)}), snap_tolerance_m=0)
    with pytest.raises(PartitionError, match="made from other areas"):
        locate_arrays(np.zeros(1), np.zeros(1), pair, lookup, snap_tolerance_m=0)


def test_a_lookup_for_a_smaller_tolerance_is_refused(pair):
    lookup = grid_lookup(pair, snap_tolerance_m=5)
    with pytest.raises(PartitionError, match="smaller snap tolerance"):
        locate_arrays(np.zeros(1), np.zeros(1), pair, lookup, snap_tolerance_m=6)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 100_000),
    missing=st.sets(st.sampled_from(["T00", "T11", "T12", "T21"])),
    snap_tolerance_m=st.sampled_from([0, 0.5, 12, 60]),
    cell_m=st.sampled_from([None, 3, 25, 1000]),
)
def test_both_ways_always_answer_as_shapely_does(tiled, areas_of, seed, missing, snap_tolerance_m, cell_m):
    shapes = {area: shape for area, shape in tiled(seed).items() if area not in missing}
    # One area in two parts, as real islands are.
    shapes["T02"] = shapely.multipolygons([shapes.pop("T02"), shapely.box(1340, 1340, 1390, 1390)])
    random = np.random.default_rng(seed)
    corners = shapely.get_coordinates(list(shapes.values()))
    middles = (corners[1:] + corners[:-1]) / 2
    anywhere = random.uniform(900, 1400, (80, 2))
    whole = random.integers(950, 1350, (40, 2)).astype(float)
    beside = corners + random.choice([-1e-9, 1e-9, -12, 12], corners.shape)
    points = gpd.GeoSeries(shapely.points(np.concatenate([corners, middles, anywhere, whole, beside])), crs=METRES)
    areas = areas_of(shapes).sample(frac=1, random_state=seed)

    expected = by_hand(points, shapes, snap_tolerance_m)
    assert told(locate(points, areas, snap_tolerance_m=snap_tolerance_m)) == expected
    assert by_grid(points, areas, snap_tolerance_m, cell_m) == expected


@pytest.mark.real_data
def test_a_million_points_in_real_wards_agree_whichever_way(bristol):
    wards = read_boundaries(bristol / "ward_E06000023.geojson", crs=METRES).set_index("place_id")
    random = np.random.default_rng(11)
    west, south, east, north = wards.total_bounds
    x, y = (
        random.uniform(west - 100, east + 100, 1_000_000),
        random.uniform(south - 100, north + 100, 1_000_000),
    )
    codes, how = locate_arrays(x, y, wards, grid_lookup(wards, snap_tolerance_m=50), snap_tolerance_m=50)
    few = slice(None, 30_000)
    located = locate(gpd.GeoSeries(shapely.points(x[few], y[few]), crs=METRES), wards, snap_tolerance_m=50)
    names = np.array([*sorted(wards.index), None], dtype=object)
    assert located["area_id"].tolist() == names[codes[few]].tolist()
    assert located["located_by"].tolist() == [HOW[reason] for reason in how[few]]
    assert set(np.unique(how)) == {0, 1, 3}
