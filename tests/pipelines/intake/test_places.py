"""Boundaries in, base areas out: what is refused, what is counted where, and what a re-cut does to the past."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from villages import VILLAGE_BEATS, Village, beat, boundary_file, square

from pipelines.errors import PlacesError

Feature = dict[str, object]


def draw(village: Village, *features: Feature, name: str = "beats.geojson", crs: str = "EPSG::27700") -> Path:
    file = village.data_dir / "boundaries" / name
    file.write_text(json.dumps(boundary_file(list(features), crs)), encoding="utf-8")
    return file


def village_beats(**more: object) -> list[Feature]:
    return [beat(place, parent, square(e, n), **more) for place, (parent, e, n) in VILLAGE_BEATS.items()]


def place(place_id: str, ring: list[list[list[float]]], **more: object) -> Feature:
    return beat(place_id, "", ring, place_level="place_of_concern", **more)


def refused(village: Village) -> str:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    with pytest.raises(PlacesError) as wrong:
        village.build()
    assert wrong.value.exit_code == 5
    assert not village.settings.warehouse.exists()
    return str(wrong.value)


def test_no_boundaries_at_all_is_said_with_what_to_do(village: Village) -> None:
    (village.data_dir / "boundaries" / "beats.geojson").unlink()
    assert refused(village).startswith("boundaries/ holds no boundary file: put the beats there")


def test_a_beat_without_a_locality_of_the_partnership_is_named(village: Village) -> None:
    draw(
        village,
        *village_beats(),
        beat("B04", "Nowhere", square(403_000, 300_000)),
        beat("B05", "", square(404_000, 300_000)),
    )
    assert refused(village) == (
        "boundaries/: beats B04, B05 name no locality of partnership.toml as their parent; it has west, east"
    )


def test_a_beat_may_name_its_locality_as_people_say_it(village: Village) -> None:
    draw(village, *(beat(one, parent.title(), square(e, n)) for one, (parent, e, n) in VILLAGE_BEATS.items()))
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    localities = village.ask("SELECT DISTINCT locality_id FROM base_areas ORDER BY 1")["locality_id"].tolist()
    assert localities == ["east", "west"]


def test_beats_that_overlap_are_both_named(village: Village) -> None:
    draw(village, *village_beats(), beat("B04", "east", square(402_900, 300_000)))
    message = refused(village)
    assert "overlap: B03, B04: the two beats overlap by 100,000 m2. Redraw the edge between them." in message


def test_a_polygon_that_crosses_itself_is_named_and_its_corners_are_not(village: Village) -> None:
    bow_tie = [[[403_000, 300_000], [404_000, 301_000], [404_000, 300_000], [403_000, 301_000], [403_000, 300_000]]]
    draw(village, *village_beats(), beat("B04", "east", bow_tie))
    message = refused(village)
    assert "invalid_ring: B04: its outline is broken" in message
    assert "403" not in message


def test_every_boundary_file_that_cannot_be_read_is_named_at_once(village: Village) -> None:
    draw(village, name="empty.geojson")
    (village.data_dir / "boundaries" / "torn.gpkg").write_bytes(b"SQLite format 3\0 and no more")
    message = refused(village)
    assert [line.partition(":")[0] for line in message.splitlines()] == ["boundaries/empty.geojson", "boundaries/torn.gpkg"]


def test_a_file_that_declares_degrees_but_holds_metres_is_refused(village: Village) -> None:
    draw(village, *village_beats(), crs="OGC:1.3:CRS84")
    assert "boundaries/beats.geojson: it declares degrees (EPSG:4326) but its coordinates look like metres" in refused(
        village
    )


def test_a_shapefile_that_lost_its_prj_is_refused_until_a_note_says_its_crs(village: Village) -> None:
    folder = village.data_dir / "boundaries"
    beats = gpd.read_file(folder / "beats.geojson").rename(columns={"place_level": "place_leve"})
    beats.to_file(folder / "beats.shp")
    (folder / "beats.geojson").unlink()
    (folder / "beats.prj").unlink()
    assert refused(village).startswith("boundaries/beats.shp: no CRS is declared")
    (folder / "beats.shp.toml").write_text('crs = "EPSG:27700"\n', encoding="utf-8")
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1}


def test_files_in_two_crss_meet_in_metres(village: Village) -> None:
    beats = gpd.GeoDataFrame.from_features(village_beats(), crs="EPSG:27700")
    draw(village, *village_beats()[:2])
    east = beats[beats["place_id"] == "B03"].to_crs("EPSG:4326")
    east.to_file(village.data_dir / "boundaries" / "east.geojson", driver="GeoJSON")
    village.incidents("r1,2024-01-10,knife_crime,400500,300500", "r2,2024-01-10,knife_crime,402500,300500")
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1, ("B03", "knives_and_weapons", "2024-01"): 1}


def test_a_month_before_the_first_edition_is_refused(village: Village) -> None:
    draw(village, *village_beats(valid_from="2024-06-01"))
    assert "boundaries/: No beat is in force in 2024-01. Give the first edition an earlier valid_from." in refused(village)


def test_a_place_on_no_beat_is_refused(village: Village) -> None:
    draw(village, *village_beats(), place("far_park", square(450_000, 350_000)))
    assert "Places of concern with no piece of any beat in force: far_park" in refused(village)


def test_a_place_of_concern_astride_two_beats_gets_base_areas_of_its_own(village: Village) -> None:
    draw(village, *village_beats(), place("park", square(400_900, 300_400, 200)))
    village.incidents(
        "r1,2024-01-10,knife_crime,400950,300500", "r2,2024-01-10,knife_crime,401050,300500",
        "r3,2024-01-10,knife_crime,400100,300500",
    )  # fmt: skip
    village.build()
    assert village.cells() == {
        ("B01/park", "knives_and_weapons", "2024-01"): 1,
        ("B01/rest", "knives_and_weapons", "2024-01"): 1,
        ("B02/park", "knives_and_weapons", "2024-01"): 1,
    }
    members = village.ask("SELECT base_area_id, weight FROM area_members WHERE area_id = 'park' ORDER BY 1")
    assert members.values.tolist() == [["B01/park", 1.0], ["B02/park", 1.0]]
    beats = village.ask("SELECT base_area_id FROM area_members WHERE area_level = 'beat' AND area_id = 'B01' ORDER BY 1")
    assert beats["base_area_id"].tolist() == ["B01/park", "B01/place_not_known", "B01/rest"]


def recut(village: Village) -> None:
    """From March the edge between B01 and B02 lies 250 m further west."""
    old = {"valid_to": "2024-02-29"}
    new = {"valid_from": "2024-03-01"}
    strip = [[[400_000, 300_000], [400_750, 300_000], [400_750, 301_000], [400_000, 301_000], [400_000, 300_000]]]
    wider = [[[400_750, 300_000], [402_000, 300_000], [402_000, 301_000], [400_750, 301_000], [400_750, 300_000]]]
    draw(
        village, beat("B01", "west", square(400_000, 300_000), **old), beat("B02", "west", square(401_000, 300_000), **old),
        beat("B01", "west", strip, **new), beat("B02", "west", wider, **new), beat("B03", "east", square(402_000, 300_000)),
    )  # fmt: skip
    months = [("2024-01", "2024-01-31"), ("2024-02", "2024-02-29"), ("2024-03", "2024-03-31")]
    for month, last in months:
        village.incidents(
            f"{month}-x,{month}-15,knife_crime,400900,300500", name=f"{month}.csv", covers=(f"{month}-01", last),
            delivered_on="2024-04-05",
        )  # fmt: skip


def test_a_record_counts_on_the_edition_in_force_in_its_month(village: Village) -> None:
    recut(village)
    village.build()
    assert village.cells() == {
        ("B01", "knives_and_weapons", "2024-01"): 1,
        ("B01", "knives_and_weapons", "2024-02"): 1,
        ("B02@2024-03", "knives_and_weapons", "2024-03"): 1,
    }
    lattice = village.ask(
        "SELECT period, list(DISTINCT area_id ORDER BY area_id) AS ids FROM cells WHERE feed = 'incidents' "
        "AND area_id NOT LIKE '%not_known%' AND period IN ('2024-02', '2024-03') GROUP BY period ORDER BY period"
    )
    assert [list(ids) for ids in lattice["ids"]] == [["B01", "B02", "B03"], ["B01@2024-03", "B02@2024-03", "B03"]]


def test_old_counts_reach_the_areas_of_now_by_share_of_ground_and_are_marked_estimated(village: Village) -> None:
    recut(village)
    village.build()
    members = village.ask(
        "SELECT base_area_id, area_id, weight, estimated FROM area_members WHERE area_level = 'beat' "
        "AND base_area_id IN ('B01', 'B02', 'B03', 'B02@2024-03') ORDER BY ALL"
    )
    assert members.values.tolist() == [
        ["B01", "B01", 0.75, True], ["B01", "B02", 0.25, True], ["B02", "B02", 1.0, True],
        ["B02@2024-03", "B02", 1.0, False], ["B03", "B03", 1.0, False],
    ]  # fmt: skip
    sums = village.ask(
        "SELECT base_area_id, area_level, sum(weight) AS w FROM area_members "
        "WHERE area_level IN ('beat', 'city', 'locality') "
        "GROUP BY ALL HAVING abs(w - 1) > 1e-6"
    )
    assert sums.empty


def test_a_beat_that_ends_with_no_ground_left_to_any_other_is_refused(village: Village) -> None:
    draw(village, *village_beats(), beat("B09", "east", square(450_000, 350_000), valid_to="2024-01-31"))
    village.incidents(
        "r1,2024-01-10,knife_crime,400500,300500", covers=("2024-01-01", "2024-02-29"), delivered_on="2024-03-05"
    )
    with pytest.raises(PlacesError, match=r"boundaries/: .*B09"):
        village.build()


def test_a_beat_that_changes_locality_keeps_its_past_where_it_was(village: Village) -> None:
    moved = beat("B02", "east", square(401_000, 300_000), valid_from="2024-02-01")
    stayed = beat("B02", "west", square(401_000, 300_000), valid_to="2024-01-31")
    draw(village, village_beats()[0], stayed, moved, village_beats()[2])
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m,beat_code"
    rows = ["r1,2024-01-10,knife_crime,,,B02", "r2,2024-02-10,knife_crime,,,B02", "r3,2024-02-11,knife_crime,401500,300500,"]
    village.incidents(*rows, header=header, covers=("2024-01-01", "2024-02-29"), delivered_on="2024-03-05")
    village.build()
    assert village.cells() == {
        ("B02/place_not_known", "knives_and_weapons", "2024-01"): 1,
        ("B02/place_not_known@2024-02", "knives_and_weapons", "2024-02"): 1,
        ("B02@2024-02", "knives_and_weapons", "2024-02"): 1,
    }


@pytest.mark.parametrize(
    "spoil", [lambda file: file.write_text("{", encoding="utf-8"), lambda file: file.write_bytes(b""),
              lambda file: file.write_text('{"type": "FeatureCollection", "features": "none"}', encoding="utf-8")],
)  # fmt: skip
def test_context_that_cannot_be_drawn_is_refused(village: Village, spoil: Callable[[Path], object]) -> None:
    (village.data_dir / "context").mkdir()
    spoil(village.data_dir / "context" / "rivers.geojson")
    assert refused(village) == "context/rivers.geojson: is not readable GeoJSON: mend it or take it away"


def test_a_school_stands_in_the_locality_of_its_point_or_of_its_beat(village: Village) -> None:
    village.deliver("settings", "setting_urn,phase,easting_m,northing_m,beat_code\n1,secondary,402500,300500,\n"
                    "2,secondary,,,B01\n3,secondary,900,900,\n", delivered_on="2024-01-01")  # fmt: skip
    village.deliver(
        "weapon_in_school_reports", "report_ref,incident_on,setting_urn,setting_phase,weapon_type\n"
        "w1,2024-01-10,1,secondary,kitchen_knife\nw2,2024-01-10,2,secondary,kitchen_knife\n"
        "w3,2024-01-10,9,secondary,kitchen_knife\n", covers=("2024-01-01", "2024-04-30"), delivered_on="2024-05-02",
    )  # fmt: skip
    built = village.build(as_at=date(2024, 5, 2))
    assert built.tallies["weapon_in_school_reports"] == {"read": 3, "counted": 2, "unplaced": 1}
    assert {area for area, _, _ in village.cells("weapon_in_school_reports")} == {"east", "west"}
