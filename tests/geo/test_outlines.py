"""Small shapes for maps whose edges still meet."""

import numpy as np
import pytest
import shapely

from geo.errors import CRSMismatch, PartitionError
from geo.outlines import dissolve, outlines
from geo.partition import base_areas

PLACE = {"place_level": "place_of_concern"}


def wavy(areas):
    """The same areas with many small bends on every edge."""
    bent = shapely.segmentize(areas.geometry.to_numpy(), 5)
    return areas.set_geometry(shapely.transform(bent, lambda xy: xy + np.sin(xy[:, ::-1])), crs=areas.crs)


def test_outlines_are_web_points_of_five_decimals(tiled, areas_of):
    web = outlines(areas_of(tiled(2, east=100_000, north=180_000)), tolerance_m=5)
    assert web.crs == "EPSG:4326"
    numbers = shapely.get_coordinates(web.geometry.to_numpy())
    assert np.allclose(numbers, np.round(numbers, 5), atol=1e-12)


def test_simplifying_keeps_shared_edges_shared(tiled, areas_of):
    areas = wavy(areas_of(tiled(4, side=1000, jitter=300, east=100_000, north=180_000)))
    web = outlines(areas, tolerance_m=20)
    before, after = (shapely.get_num_coordinates(frame.geometry.to_numpy()).sum() for frame in (areas, web))
    assert after < before / 10
    assert web.is_valid.all()
    assert shapely.coverage_is_valid(web.geometry.to_numpy())
    assert list(web.index) == list(areas.index)


def test_pieces_cut_beside_an_untouched_beat_still_meet_it(tiled, editions_of):
    tiles = tiled(8, side=1000, jitter=300, east=100_000, north=180_000)
    cutter = shapely.buffer(shapely.centroid(tiles["T11"]), 600).difference(tiles["T12"])
    areas = base_areas(editions_of(*tiles.items()), editions_of(("P1", cutter, PLACE)))
    assert not shapely.coverage_is_valid(areas.geometry.to_numpy())
    web = outlines(areas, tolerance_m=10)
    assert shapely.coverage_is_valid(web.geometry.to_numpy())
    assert list(web["beat_id"]) == list(areas["beat_id"])


def test_a_shape_too_small_for_the_rounding_keeps_its_own(areas_of, box):
    web = outlines(areas_of({"kiosk": box(100_000, 180_000, 100_000.3, 180_000.3)}), tolerance_m=20)
    assert (shapely.area(web.geometry.to_numpy()) > 0).all()


def test_a_neck_pinched_by_the_rounding_is_mended(areas_of):
    # Two wide ends joined by a neck of 20 cm, which five decimals cannot hold open.
    east, north = 100_000, 180_000
    half = [(0, 0), (100, 0), (100, 49.9), (200, 49.9), (200, 0), (300, 0)]
    ring = half + [(x, 100 - y) for x, y in reversed(half)]
    web = outlines(areas_of({"bone": shapely.Polygon([(east + x, north + y) for x, y in ring])}), tolerance_m=0)
    assert web.is_valid.all()
    assert (shapely.area(web.geometry.to_numpy()) > 0).all()


def test_areas_in_degrees_are_refused(areas_of, box):
    areas = areas_of({"a": box(0, 0, 1, 1)}, crs="EPSG:4326")
    with pytest.raises(CRSMismatch, match="the areas"):
        outlines(areas, tolerance_m=1)


def test_pieces_join_into_the_beats_they_came_from(tiled, editions_of):
    tiles = tiled(8)
    cutter = shapely.buffer(shapely.centroid(tiles["T11"]), 60)
    areas = base_areas(editions_of(*tiles.items()), editions_of(("P1", cutter, PLACE)))
    beats = dissolve(areas, "beat_id")
    assert beats.index.tolist() == sorted(tiles)
    assert beats.index.name == "beat_id"
    for beat, tile in tiles.items():
        assert shapely.area(shapely.symmetric_difference(beats.geometry[beat], tile)) < 1e-6


def test_a_piece_in_two_places_joins_both_and_a_piece_in_none_joins_none(editions_of, box):
    places = editions_of(("P1", box(10, 10, 60, 60), PLACE), ("P2", box(40, 40, 80, 80), PLACE))
    joined = dissolve(base_areas(editions_of(("N01", box(0, 0, 100, 100))), places), "place_ids")
    assert joined.area.to_dict() == {"P1": 2500, "P2": 1600}


def test_a_column_that_is_not_there_is_refused(areas_of, box):
    with pytest.raises(PartitionError, match="no column locality_id to join"):
        dissolve(areas_of({"a": box(0, 0, 1, 1)}), "locality_id")
