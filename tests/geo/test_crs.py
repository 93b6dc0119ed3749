"""Metres for measuring, degrees for the web; refuse to mix them."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import WEB, project_points, require_metres, require_same, to_metres
from geo.errors import CRSMismatch, CRSMissing, GeoError, InvalidBoundary

METRES = "EPSG:27700"


def layer(*shapes, crs):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def test_every_error_has_its_own_exit_code():
    kinds = [GeoError, *GeoError.__subclasses__()]
    assert len({kind.exit_code for kind in kinds}) == len(kinds) == 6


def test_one_fault_and_several_are_counted_in_words():
    assert "1 fault in" in str(InvalidBoundary(["a"]))
    assert "2 faults in" in str(InvalidBoundary(["a", "b"]))


def test_a_layer_in_metres_passes():
    require_metres(layer(shapely.box(0, 0, 1000, 1000), crs=METRES), "the beats")


def test_a_layer_without_a_crs_is_refused():
    with pytest.raises(CRSMissing, match="the beats: no CRS is declared"):
        require_metres(layer(shapely.Point(1, 1), crs=None), "the beats")


@pytest.mark.parametrize("crs", [WEB, "EPSG:2263"])
def test_degrees_and_feet_are_refused(crs):
    with pytest.raises(CRSMismatch, match=rf"the beats: {crs} is not in metres"):
        require_metres(layer(shapely.Point(1, 1), crs=crs), "the beats")


def test_two_layers_in_different_metres_are_refused():
    one, other = layer(shapely.Point(1, 1), crs=METRES), layer(shapely.Point(1, 1), crs="EPSG:3857")
    with pytest.raises(CRSMismatch, match="the points and the areas: EPSG:27700 and EPSG:3857 differ"):
        require_same(one, other, "the points and the areas")


def test_degrees_become_metres_longitude_first():
    # Ordnance Survey's own false origin: 2 W, 49 N is at 400 km E and -100 km N of the grid.
    moved = to_metres(layer(shapely.Point(-2, 49), crs=WEB), METRES).geometry.iloc[0]
    assert abs(moved.x - 400_000) < 200
    assert abs(moved.y + 100_000) < 200


def test_points_and_boundaries_move_alike():
    lon, lat = np.array([-2.6, -2.5]), np.array([51.45, 51.5])
    easting_m, northing_m = project_points(lon, lat, METRES)
    moved = to_metres(layer(*shapely.points(lon, lat), crs=WEB), METRES)
    assert np.allclose(moved.geometry.x, easting_m, atol=1e-6)
    assert np.allclose(moved.geometry.y, northing_m, atol=1e-6)


def test_a_layer_already_in_metres_is_left_as_it_is():
    beats = layer(shapely.box(1000, 1000, 2000, 2000), crs=METRES)
    assert to_metres(beats, METRES) is beats


def test_a_blank_or_impossible_point_is_unplaced_not_an_error():
    easting_m, northing_m = project_points([-2.6, np.nan, -2.6, 400], [51.45, 51.45, 95, 51.45], METRES)
    assert np.isfinite(easting_m).tolist() == [True, False, False, False]
    assert np.isfinite(northing_m).tolist() == [True, False, False, False]


def test_no_points_at_all_is_no_error():
    assert [len(part) for part in project_points([], [], METRES)] == [0, 0]


def test_columns_that_hold_metres_are_not_taken_for_degrees():
    with pytest.raises(CRSMismatch, match="no point is in degrees"):
        project_points([358_000.0, 359_000.0], [173_000.0, 174_000.0], METRES)


def test_a_layer_without_a_crs_cannot_be_converted():
    with pytest.raises(CRSMissing, match=r"beats\.shp: no CRS is declared.*in the note"):
        to_metres(layer(shapely.Point(1, 1), crs=None), METRES, "beats.shp")


def test_metres_declared_as_degrees_are_refused():
    with pytest.raises(CRSMismatch, match=r"declares degrees .EPSG:4326. but its coordinates look like metres"):
        to_metres(layer(shapely.box(358_000, 173_000, 359_000, 174_000), crs=WEB), METRES)


def test_degrees_declared_as_metres_are_refused():
    with pytest.raises(CRSMismatch, match=r"declares metres .EPSG:27700. but its coordinates look like degrees"):
        to_metres(layer(shapely.box(-2.6, 51.4, -2.5, 51.5), crs=METRES), METRES)


def test_a_layer_of_empty_shapes_has_no_units_to_doubt():
    assert len(to_metres(layer(shapely.Polygon(), crs=WEB), METRES)) == 1


def test_a_layer_out_of_reach_is_refused():
    with pytest.raises(CRSMismatch, match="lies where EPSG:27700 does not reach"):
        to_metres(layer(shapely.Point(-2.6, 51.4), shapely.Point(88, 0), crs=WEB), METRES)


def test_a_crs_nobody_knows_is_refused():
    with pytest.raises(CRSMismatch, match="not one PROJ knows"):
        project_points([-2.6], [51.4], "EPSG:99999999")


def test_degrees_are_not_a_place_to_measure():
    with pytest.raises(CRSMismatch, match=r"EPSG:4326 is not in metres\. Choose a projected CRS"):
        project_points([-2.6], [51.4], WEB)


def test_a_crs_no_way_leads_from_is_refused():
    site = 'LOCAL_CS["the corner of a building site",UNIT["metre",1]]'
    with pytest.raises(CRSMismatch, match="the layer: no way is known from the CRS it declares to"):
        to_metres(layer(shapely.Point(400_000, 300_000), crs=site), METRES)
