"""Boundary files are read as they are published, and refused with a reason."""

import datetime as dt
import re
import zipfile

import geopandas as gpd
import pytest
import shapely

from geo.boundaries import COLUMNS, check_boundaries, read_boundaries
from geo.errors import CRSMismatch, CRSMissing, UnreadableBoundary

METRES = "EPSG:27700"
# The layout of one neighbourhood as data.police.uk publishes it; the ground is open sea.
KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name><Polygon><outerBoundaryIs>
<LinearRing><coordinates>-6.2,51.4,0 -6.1,51.4,0 -6.1,51.5,0
-6.2,51.5,0 -6.2,51.4,0</coordinates></LinearRing>
</outerBoundaryIs></Polygon></Placemark>{more}</Document></kml>"""
ISLET = """<Placemark><name>{name}</name><Polygon><outerBoundaryIs><LinearRing><coordinates>-6.3,51.4
-6.29,51.4 -6.29,51.41 -6.3,51.4</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"""


def squares(**columns):
    rows = len(next(iter(columns.values())))
    shapes = [shapely.box(100_000 + 100 * i, 180_000, 100_100 + 100 * i, 180_100) for i in range(rows)]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=METRES)


def geojson(folder, frame, name="beats.geojson", note=None):
    path = folder / name
    frame.to_file(path, driver="GeoJSON")
    if note is not None:
        (folder / f"{name}.toml").write_text(note)
    return path


def read(path, **more):
    return read_boundaries(path, crs=METRES, **more)


def test_parents_in_another_encoding_are_a_clear_error(tmp_path):
    path = geojson(tmp_path, squares(place_id=["N01"], name=["Quay"]))
    path.with_name(path.name + ".toml").write_text('parents = "parents.csv"\n')
    path.with_name("parents.csv").write_bytes("place_id,parent\nN01,Caf\u00e9\n".encode("cp1252"))
    with pytest.raises(UnreadableBoundary, match="not UTF-8"):
        read(path)


def test_our_own_property_names_need_no_note(tmp_path):
    beats = squares(
        place_id=["N01", "N02"],
        place_level=["beat", "place_of_concern"],
        name=["Quay", "Park"],
        parent=["north", None],
        valid_from=["2024-01-01", None],
        valid_to=[None, "2024-06-30"],
        place_category=[None, "park_or_open_space"],
    )
    editions = read(geojson(tmp_path, beats))
    assert list(editions.columns) == [*COLUMNS, "geometry"]
    assert editions.drop(columns="geometry").to_numpy().tolist() == [
        ["N01", "beat", "Quay", "north", dt.date(2024, 1, 1), None, None],
        ["N02", "place_of_concern", "Park", None, None, dt.date(2024, 6, 30), "park_or_open_space"],
    ]
    assert editions.crs == METRES


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "count", "first"),
    [
        ("ward_E06000023.geojson", 34, ("E05010885", "Ashley")),
        ("ward2013_bristol.geojson", 35, ("E05001972", "Ashley")),
        ("lsoa_E06000023.geojson", 268, ("E01014485", "Bristol 058A")),
        ("lsoa11_E06000023.geojson", 263, ("E01014485", "Bristol 023A")),
        ("boundary_bristol.geojson", 1, ("E06000023", "City of Bristol (B)")),
    ],
)
def test_published_boundaries_are_read_unaided(bristol, file, count, first):
    editions = read(bristol / file)
    assert len(editions) == count
    assert tuple(editions.loc[0, ["place_id", "name"]]) == first
    assert not [fault for fault in check_boundaries(editions, on=None) if not fault.warning]


@pytest.mark.real_data
def test_real_wards_take_their_locality_from_the_table_beside_them(bristol, tmp_path):
    for file in ("ward_E06000023.geojson", "wards_to_localities.csv"):
        (tmp_path / file).write_bytes((bristol / file).read_bytes())
    note = 'place_id = "WD25CD"\nname = "WD25NM"\nvalid_from = 2018-01-01\nparents = "wards_to_localities.csv"\n'
    (tmp_path / "ward_E06000023.geojson.toml").write_text(note)
    editions = read(tmp_path / "ward_E06000023.geojson")
    assert editions["parent"].value_counts().to_dict() == {"North": 13, "East Central": 10, "South": 11}
    assert set(editions["valid_from"]) == {dt.date(2018, 1, 1)}
    assert check_boundaries(editions, on=None) == []


def test_the_caller_may_say_what_the_note_would(tmp_path):
    path = geojson(tmp_path, squares(REF=[7.0, 8.0], TITLE=["Quay", " "]), note='place_id = "TITLE"')
    editions = read(path, columns={"place_id": "REF", "name": "TITLE", "place_level": "locality"})
    assert editions["place_id"].tolist() == ["7", "8"]
    assert editions["name"].tolist() == ["Quay", "8"]
    assert set(editions["place_level"]) == {"locality"}


@pytest.mark.parametrize("name", ["beats.gpkg", "beats.shp", "beats.json"])
def test_every_format_says_the_same(tmp_path, name):
    beats = squares(
        place_id=["N01", "N02"],
        place_level=["beat", "locality"],
        valid_from=gpd.pd.to_datetime(["2024-01-01", "2024-02-01"]).date,
    )
    kinds = {"beats.gpkg": "GPKG", "beats.shp": "ESRI Shapefile", "beats.json": "GeoJSON"}
    with pytest.MonkeyPatch.context() as quiet:
        # The Shapefile writer warns that it shortens place_level; shortening is what is tested.
        quiet.setattr("warnings.warn", lambda *args, **kwargs: None)
        beats.rename(columns={"place_level": "place_leve"}).to_file(tmp_path / name, driver=kinds[name])
    editions = read(tmp_path / name)
    assert editions["place_id"].tolist() == ["N01", "N02"]
    assert editions["valid_from"].tolist() == [dt.date(2024, 1, 1), dt.date(2024, 2, 1)]
    assert editions.area.round(3).tolist() == [10_000, 10_000]


def zipped(folder, *, inside="beats", copies=1):
    squares(place_id=["N01"]).to_file(folder / "beats.shp")
    with zipfile.ZipFile(folder / "beats.zip", "w") as archive:
        for copy in range(copies):
            for part in folder.glob("beats.[sdpc]*"):
                archive.write(part, f"{inside}{copy or ''}/{part.name}")
    return folder / "beats.zip"


def test_a_zipped_shapefile_is_read_wherever_it_lies_in_the_zip(tmp_path):
    assert read(zipped(tmp_path, inside="export/2024"))["place_id"].tolist() == ["N01"]


def test_a_zip_of_two_shapefiles_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match="a zip must hold one Shapefile; this holds 2"):
        read(zipped(tmp_path, copies=2))


def test_a_zip_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "beats.zip").write_bytes(b"not a zip")
    with pytest.raises(UnreadableBoundary, match="this holds 0"):
        read(tmp_path / "beats.zip")


def test_a_neighbourhood_in_kml_is_named_by_its_placemark(tmp_path):
    (tmp_path / "LH1.kml").write_text(KML.format(name="AN001", more=""))
    editions = read(tmp_path / "LH1.kml")
    assert editions[["place_id", "name", "place_level"]].to_numpy().tolist() == [["AN001", "AN001", "beat"]]
    assert not editions.has_z.any()


def test_a_neighbourhood_drawn_in_two_parts_is_one_place(tmp_path):
    (tmp_path / "LH1.kml").write_text(KML.format(name="AN001", more=ISLET.format(name="AN001")))
    editions = read(tmp_path / "LH1.kml")
    assert editions["place_id"].tolist() == ["AN001"]
    assert editions.geom_type.tolist() == ["MultiPolygon"]


def test_a_kml_with_no_name_is_named_by_its_file(tmp_path):
    (tmp_path / "LH1.kml").write_text(KML.format(name="", more=""))
    assert read(tmp_path / "LH1.kml")["place_id"].tolist() == ["LH1"]


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"gone\.geojson: there is no such file"):
        read(tmp_path / "gone.geojson")


def test_a_kind_of_file_we_do_not_read_is_refused(tmp_path):
    (tmp_path / "beats.xlsx").write_bytes(b"x")
    with pytest.raises(UnreadableBoundary, match=r"not a kind of file we read\. Send one of \.geojson"):
        read(tmp_path / "beats.xlsx")


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "beats.geojson").touch()
    with pytest.raises(UnreadableBoundary, match="the file is empty"):
        read(tmp_path / "beats.geojson")


@pytest.mark.parametrize("features", ['{"type": "FeatureCollection", "features": []}', KML.split("<Placemark>")[0]])
def test_a_file_with_no_shapes_is_refused(tmp_path, features):
    kind = "geojson" if features.startswith("{") else "kml"
    (tmp_path / f"beats.{kind}").write_text(features + ("</Document></kml>" if kind == "kml" else ""))
    with pytest.raises(UnreadableBoundary, match="it holds no shapes"):
        read(tmp_path / f"beats.{kind}")


def test_a_file_of_names_without_shapes_is_refused(tmp_path):
    squares(place_id=["N01"]).drop(columns="geometry").to_csv(tmp_path / "beats.csv")
    gpd.io.file.pyogrio.write_dataframe(squares(place_id=["N01"]).drop(columns="geometry"), tmp_path / "beats.gpkg")
    with pytest.raises(UnreadableBoundary, match="it holds no shapes"):
        read(tmp_path / "beats.gpkg")


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path):
    (tmp_path / "beats.geojson").write_text("N01, N02")
    with pytest.raises(UnreadableBoundary, match="cannot be read as a geojson of polygons"):
        read(tmp_path / "beats.geojson")


def test_one_of_several_layers_must_be_named(tmp_path):
    for layer in ("beats", "parks"):
        squares(place_id=[layer]).to_file(tmp_path / "town.gpkg", layer=layer)
    with pytest.raises(UnreadableBoundary, match=r"several layers \(beats, parks\)"):
        read(tmp_path / "town.gpkg")
    assert read(tmp_path / "town.gpkg", columns={"layer": "parks"})["place_id"].tolist() == ["parks"]


def test_a_shapefile_without_a_crs_is_refused_until_told(tmp_path):
    squares(place_id=["N01"]).to_file(tmp_path / "beats.shp")
    (tmp_path / "beats.prj").unlink()
    with pytest.raises(CRSMissing, match=r"beats\.shp: no CRS is declared"):
        read(tmp_path / "beats.shp")
    (tmp_path / "beats.shp.toml").write_text('crs = "EPSG:27700"')
    assert read(tmp_path / "beats.shp").crs == METRES


def test_a_crs_nobody_knows_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match="the crs told for it is not one PROJ knows"):
        read(geojson(tmp_path, squares(place_id=["N01"])), columns={"crs": "the grid"})


def test_metres_that_claim_to_be_degrees_are_refused(tmp_path):
    path = geojson(tmp_path, squares(place_id=["N01"]).set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(CRSMismatch, match=r"beats\.geojson: it declares degrees") as caught:
        read(path)
    assert not re.search(r"\d{6}", str(caught.value).replace("EPSG:4326", ""))


def test_degrees_that_claim_to_be_metres_are_refused(tmp_path):
    (tmp_path / "LH1.kml").write_text(KML.format(name="AN001", more=""))
    with pytest.raises(CRSMismatch, match=r"LH1\.kml: it declares metres"):
        read(tmp_path / "LH1.kml", columns={"crs": METRES})


def test_a_file_with_no_id_says_which_properties_it_has(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"no property holds the id.*it has: colour, size"):
        read(geojson(tmp_path, squares(colour=["red"], size=[3])))


def test_a_note_that_names_an_absent_id_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match="no property holds the id"):
        read(geojson(tmp_path, squares(place_id=["N01"]), note='place_id = "BEAT"'))


def test_shapes_without_an_id_are_counted_by_row(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"2 shapes have no id in place_id \(rows 2, 3\)"):
        read(geojson(tmp_path, squares(place_id=["N01", None, " "])))


def test_a_note_that_names_an_absent_name_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match='the note says name = "TITLE", but the file has no such property'):
        read(geojson(tmp_path, squares(place_id=["N01"]), note='name = "TITLE"'))


def test_a_note_that_is_not_toml_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"beats\.geojson\.toml: it is not TOML"):
        read(geojson(tmp_path, squares(place_id=["N01"]), note="place_id: BEAT"))


def test_a_note_with_an_unknown_key_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"keys we do not know: beat_id\. Known: crs, layer"):
        read(geojson(tmp_path, squares(place_id=["N01"]), note='beat_id = "place_id"'))


def test_a_level_that_is_none_of_ours_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match="place_level must be one of beat, locality, place_of_concern"):
        read(geojson(tmp_path, squares(place_id=["N01"], place_level=["ward"])))


def test_a_table_of_parents_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match=r"the note names parents\.csv for the parents, and it is not there"):
        read(geojson(tmp_path, squares(place_id=["N01"]), note='parents = "parents.csv"'))


def test_a_table_of_parents_with_other_columns_is_refused(tmp_path):
    (tmp_path / "parents.csv").write_text("beat,area\nN01,north\n")
    with pytest.raises(UnreadableBoundary, match=r"parents\.csv: it needs a column place_id"):
        read(geojson(tmp_path, squares(place_id=["N01"]), note='parents = "parents.csv"'))


def test_a_date_that_is_not_one_is_refused(tmp_path):
    with pytest.raises(UnreadableBoundary, match="valid_from and valid_to must be dates"):
        read(geojson(tmp_path, squares(place_id=["N01"], valid_to=["next spring"])))


@pytest.mark.filterwarnings("ignore:Non closed ring:RuntimeWarning")
def test_a_ring_of_too_few_points_is_refused_in_words(tmp_path):
    (tmp_path / "thin.kml").write_text(re.sub(r"-6\.1,51\.4,0[^<]*", "-6.1,51.4,0", KML.format(name="AV001", more="")))
    with pytest.raises(UnreadableBoundary, match=r"thin\.kml: it cannot be read: holds a shape that is no polygon"):
        read(tmp_path / "thin.kml")


def test_whatever_a_file_does_to_the_library_that_reads_it_is_a_refusal(tmp_path, monkeypatch):
    path = geojson(tmp_path, squares(place_id=["B01"]))

    def trips(*given, **more):
        raise UnboundLocalError("geometry")

    monkeypatch.setattr("geo.boundaries.pyogrio.read_dataframe", trips)
    with pytest.raises(UnreadableBoundary, match=r"beats\.geojson: it cannot be read as a geojson of polygons"):
        read(path)


def test_a_property_that_holds_lists_is_refused_by_its_name(tmp_path):
    path = geojson(tmp_path, squares(place_id=["B01", "B02"]))
    path.write_text(path.read_text().replace('"place_id": "B01"', '"place_id": "B01", "parent": [1, 2]'))
    with pytest.raises(UnreadableBoundary, match="the property parent holds lists, where each shape has one value"):
        read(path)
