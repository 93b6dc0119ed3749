"""A user's own extract becomes the backdrop: clipped, small, without names or points, and with its attribution."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box
from villages import Village

from pipelines import basemap
from pipelines.basemap import OSM, make_basemap
from pipelines.errors import PlacesError

# The village lies on eastings 400,000 to 403,000 and northings 300,000 to 301,000.
ACROSS = LineString([(380_000, 300_500), (420_000, 300_500)])
GREEN = box(400_200, 300_200, 400_600, 300_600)
OSM_TEXT = """<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="52.597" lon="-2.010" version="1"/><node id="2" lat="52.598" lon="-1.960" version="1"/>
<node id="3" lat="52.599" lon="-2.010" version="1"/><node id="4" lat="52.600" lon="-1.960" version="1"/>
<way id="1" version="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="Somewhere Road"/></way>
<way id="2" version="1"><nd ref="3"/><nd ref="4"/><tag k="highway" v="footway"/></way>
<way id="3" version="1"><nd ref="1"/><nd ref="4"/><tag k="railway" v="rail"/></way></osm>"""


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """A GeoPackage with a layer of each kind, one of points, and one nobody asked for."""
    file = tmp_path / "town.gpkg"
    layers = {
        "roads_national": [ACROSS],
        "rail": [LineString([(401_000, 290_000), (401_000, 310_000)])],
        "surfacewater": [box(402_000, 300_000, 402_300, 301_000)],
        "greenspace": [GREEN, box(400_000, 300_000, 400_010, 300_010), box(10_000, 10_000, 20_000, 20_000)],
        "park_gates": [Point(400_500, 300_500)],
        "buildings": [box(400_100, 300_100, 400_110, 300_110)],
    }
    for name, shapes in layers.items():
        gpd.GeoDataFrame({"name": ["Somewhere"] * len(shapes)}, geometry=shapes, crs=27700).to_file(file, layer=name)
    return file


def written(village: Village) -> dict[str, gpd.GeoDataFrame]:
    return {file.stem: gpd.read_file(file) for file in (village.data_dir / "context").glob("*.geojson")}


def test_roads_rail_water_and_parks_are_kept_clipped_to_the_town(village: Village, extract: Path) -> None:
    made = make_basemap(extract, village.settings, attribution="Contains  open data\nof a county")
    found = written(village)
    assert made.shapes == {"parks": 1, "railway": 1, "river": 1, "roads": 1}
    assert found.keys() == made.shapes.keys()
    (road,) = found["roads"].to_crs(27700).geometry
    assert road.length == pytest.approx(3000 + 2 * basemap.MARGIN_M, abs=20)
    assert found["parks"].to_crs(27700).geometry[0].symmetric_difference(GREEN).area < 5_000
    assert (village.data_dir / "context" / "attribution.txt").read_text("utf-8") == "Contains open data of a county\n"


def test_no_name_and_no_point_is_kept(village: Village, extract: Path) -> None:
    make_basemap(extract, village.settings, attribution="A county")
    for file in (village.data_dir / "context").glob("*.geojson"):
        text = file.read_text("utf-8")
        assert "Somewhere" not in text
        assert '"Point"' not in text


def test_what_was_written_is_drawn_by_the_next_snapshot(village: Village, extract: Path) -> None:
    make_basemap(extract, village.settings, attribution="A county")
    village.incidents("r1,2024-01-10,robbery,400500,300500")
    village.build()
    village.publish()
    assert set(village.snapshot().context()) == {"parks", "railway", "river", "roads"}


def test_openstreetmap_is_known_by_its_tags_and_says_whose_it_is(village: Village, tmp_path: Path) -> None:
    file = tmp_path / "town.osm"
    file.write_text(OSM_TEXT, encoding="utf-8")
    made = make_basemap(file, village.settings)
    assert made.shapes == {"railway": 1, "roads": 1}
    assert made.attribution == OSM


def test_a_kind_the_new_extract_lacks_does_not_stay_from_the_old(village: Village, extract: Path, tmp_path: Path) -> None:
    make_basemap(extract, village.settings, attribution="A county")
    file = tmp_path / "town.osm"
    file.write_text(OSM_TEXT, encoding="utf-8")
    make_basemap(file, village.settings)
    assert written(village).keys() == {"railway", "roads"}


def test_lines_become_coarser_until_they_are_small_enough(village: Village, tmp_path: Path, monkeypatch) -> None:
    wavy = LineString([(400_000 + east, 300_500 + 15 * (east // 10 % 2)) for east in range(0, 3000, 10)])
    file = tmp_path / "roads.gpkg"
    gpd.GeoDataFrame(geometry=[wavy], crs=27700).to_file(file, layer="roads")
    fine = make_basemap(file, village.settings, attribution="A county")
    monkeypatch.setattr(basemap, "MOST_BYTES", fine.size_bytes // 4)
    coarse = make_basemap(file, village.settings, attribution="A county")
    assert coarse.tolerance_m > fine.tolerance_m
    assert coarse.size_bytes <= fine.size_bytes // 4
    monkeypatch.setattr(basemap, "MOST_BYTES", 50)
    before = (village.data_dir / "context" / "roads.geojson").read_bytes()
    with pytest.raises(PlacesError, match="leave out the smaller roads"):
        make_basemap(file, village.settings, attribution="A county")
    assert (village.data_dir / "context" / "roads.geojson").read_bytes() == before


def test_each_fault_says_what_to_do_and_writes_nothing(village: Village, extract: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"not a map")
    elsewhere = tmp_path / "elsewhere.gpkg"
    gpd.GeoDataFrame(geometry=[box(10_000, 10_000, 20_000, 20_000)], crs=27700).to_file(elsewhere, layer="parks")
    nowhere = tmp_path / "nowhere.json"
    shape = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}}
    nowhere.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}), encoding="utf-8")
    for file, said, words in (
        (broken, "A county", "no map extract"), (elsewhere, "A county", "another place"), (extract, None, "--attribution"),
        (extract, "x" * 400, "longer than 300"), (nowhere, "A county", "another place"),
    ):  # fmt: skip
        with pytest.raises(PlacesError, match=words):
            make_basemap(file, village.settings, attribution=said)
    assert not (village.data_dir / "context").exists()
