"""The map of a large town: a number for each place, what stays once, and nothing but public outlines as files."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, assets, map_values, palette
from dashboard.maps import look_of
from dashboard.shading import PlaceFigure

PAGE = "from dashboard.views import map as town_map\ntown_map.page()"
ASSESSMENTS = "from dashboard.views import assessments\nassessments.page()"
MOST_BYTES = 60_000
SQUARE = {"type": "Polygon", "coordinates": [[[0, 51], [0.1, 51], [0.1, 51.1], [0, 51.1], [0, 51]]]}
HOSTILE = '<img src=x onerror="window.hurt=1">{{ 7*7 }}</script>'


def outlines(*area_ids: str) -> dict:
    features = [{"properties": {"area_id": area_id}, "geometry": SQUARE} for area_id in area_ids]
    return {"type": "FeatureCollection", "features": features}


def figure(area_id: str, value: float, words: str, *, withheld: bool = False) -> PlaceFigure:
    shade = None if withheld else palette.shade_of(value, palette.shades([99], step=1))
    return PlaceFigure(area_id, f"Beat {area_id}", value, words, shade, withheld)


@pytest.fixture
def static_folder(tmp_path, monkeypatch):
    """Static serving is on, and public outlines are written here."""
    monkeypatch.setattr(assets, "OUTLINES", tmp_path / "outlines")
    before = st.get_option("server.enableStaticServing")
    config.set_option("server.enableStaticServing", True)
    yield tmp_path / "outlines"
    config.set_option("server.enableStaticServing", before)


@pytest.fixture
def large(larkhaven, monkeypatch, static_folder) -> AppTest:
    """A reader's page of a town that counts as large; nothing is remembered of it afterwards."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    monkeypatch.setattr(map_values, "MOST_WITH_FOLIUM", 10)
    st.cache_resource.clear()
    yield AppTest.from_string(PAGE, default_timeout=60)
    st.cache_resource.clear()


def told(page: AppTest, number: int = 0) -> dict:
    """What a map was told."""
    assert not page.exception
    return json.loads(page.get("bidi_component")[number].proto.json)


def chosen(page: AppTest) -> list | None:
    """Which place stands beside the map as the chosen one, and its style."""
    (said,) = (one.proto.body for one in page.get("html") if "sp-map-chosen" in one.proto.body)
    return json.loads(unescape(re.search('data-chosen="([^"]*)"', said)[1]))


def read(folder: Path) -> list[dict]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.iterdir())]


def test_each_place_is_one_number_of_what_it_looks_like_and_says():
    figures = [figure("B2", 5, "about 5"), figure("B1", 99, "about 99"), figure("B3", 6, "about 5")]
    said = map_values.values(figures, tiled=True)
    drawing = json.loads(said.drawing)
    assert [area_id for area_id, _ in json.loads(said.who.text)] == ["B1", "B2", "B3"]
    assert drawing["each"] == [0, 1, 1]
    assert [words for _, words in drawing["looks"]] == ["about 99", "about 5"]
    assert drawing["styles"][drawing["looks"][1][0]] == look_of(figure("B2", 5, ""), chosen=False, tiled=True)


def test_withheld_and_no_figure_look_here_as_they_do_on_the_other_map():
    blank = PlaceFigure("B2", "Beat B2", float("nan"), "not collected", None, False)
    drawing = json.loads(map_values.values([figure("B1", 5, "hidden", withheld=True), blank], tiled=True).drawing)
    assert [style["hatched"] for style in drawing["styles"]] == [True, False]
    assert drawing["styles"][1]["style"]["dashArray"]


def test_a_change_of_three_thousand_places_is_light():
    words = ("rising", "falling", "steady")
    many = [figure(f"E0{one:07d}", one % 120, f"about {one % 120} ({one % 120 - 9}-{one % 120 + 11}), {words[one % 7 % 3]}")
            for one in range(3000)]  # fmt: skip
    assert len(map_values.values(many, tiled=True).drawing.encode()) < MOST_BYTES


def test_a_town_is_large_by_its_largest_level():
    most = map_values.MOST_WITH_FOLIUM
    assert map_values.is_large([3, most + 1])
    assert not map_values.is_large([3, most])
    assert not map_values.is_large([])


def test_only_outlines_of_public_levels_become_files(static_folder):
    areas = {"beat": "B1", "locality": "west", "place_of_concern": "P1", "cluster": "C1"}
    levels = {level: outlines(area_id) for level, area_id in areas.items()}
    town = map_values.town(levels, {"roads": outlines("r")}, "beat")
    assert {key for content in read(static_folder) for key in content} == {"B1", "west"}
    assert [level for level, one in town.shapes.items() if one.url] == ["beat", "locality"]
    assert all(Path(one.url).stem == one.name for one in town.shapes.values() if one.url)
    assert not town.ground.url


def test_where_no_file_can_be_written_or_served_outlines_travel_over_the_session(static_folder):
    static_folder.write_text("in the way", encoding="utf-8")
    assert map_values.parcel({"B1": 1}, public=True).url == ""
    static_folder.unlink()
    config.set_option("server.enableStaticServing", False)
    assert map_values.parcel({"B1": 1}, public=True).url == ""
    assert not static_folder.exists()


def test_a_large_town_is_told_values_and_its_public_outlines_lie_under_an_address(large, static_folder):
    page = large.run()
    data = told(page)
    assert not page.get("component_instance")
    (address,) = data["urls"].values()
    assert re.fullmatch(r"vendor/outlines/[0-9a-f]{32}\.json", address)
    assert data["levels"] == list(data["urls"])
    assert set(data["first"]) == {data["ground"], data["who"]}
    names = json.loads(data["first"][data["who"]])
    assert len(names) == len(json.loads(data["drawing"])["each"]) == 36


def test_what_stays_is_given_once_and_another_month_sends_numbers_alone(large):
    first = told(large.run())
    second = told(large.selectbox(key="from:incidents").set_value("2024-01").run())
    assert second["first"] == {}
    assert second["parcels"] == first["parcels"]
    assert second["drawing"] != first["drawing"]


def test_a_chosen_place_is_told_beside_the_map_and_the_map_is_told_nothing_new(large):
    first = told(large.run())
    assert chosen(large) is None
    for number, (area_id, _) in enumerate(json.loads(first["first"][first["who"]])[:2]):
        large.session_state["place"], large.session_state["place_level"] = area_id, "beat"
        now = told(large.run())
        assert chosen(large)[0] == area_id
        assert chosen(large)[1]["style"]["weight"] == 5
        assert now == {**first, "first": {}}, f"choice {number}"


def test_a_chosen_place_with_a_hostile_id_is_one_attribute_of_one_element():
    here = PlaceFigure('"><script>1</script>', HOSTILE, 1, HOSTILE, None, False)
    text = map_values._chosen("map", here, tiled=True)
    assert text.count("<") == 2, "one element, opened and closed"
    assert json.loads(unescape(re.search('data-chosen="([^"]*)"', text)[1]))[0] == here.area_id


def test_places_of_concern_never_become_files(large, static_folder):
    large.run()
    data = told(large.selectbox(key="level").set_value("place_of_concern").run())
    (level,) = data["levels"]
    shapes = json.loads(data["first"][level])
    assert level not in data["urls"]
    assert shapes
    assert not {key for content in read(static_folder) for key in content} & set(shapes)


def test_two_maps_side_by_side_are_told_what_stays_once(large):
    large.run()
    large.selectbox(key="beside").set_value("time").run()
    first, second = told(large), told(large, 1)
    assert first["parcels"] == second["parcels"]
    assert not second["first"]


def test_the_map_of_assessments_is_drawn_the_same_way(large, static_folder):
    page = AppTest.from_string(ASSESSMENTS, default_timeout=60).run()
    data = told(page)
    assert len(data["levels"]) == 2
    assert len(data["urls"]) == 1, "beats by their address, places of concern over the session"
    assert set(data["levels"]) - set(data["urls"]) <= set(data["first"])


def test_a_name_is_text_wherever_it_goes():
    said = map_values.values([PlaceFigure("B1", HOSTILE, 1, HOSTILE, None, False)], tiled=True)
    assert json.loads(said.who.text) == [["B1", HOSTILE]]
    assert json.loads(said.drawing)["looks"][0][1] == HOSTILE


def test_our_component_is_a_file_of_this_server_and_names_no_address(large):
    (component,) = large.run().get("bidi_component")
    assert component.proto.js_source_path == "values.js"
    assert component.proto.js_content + component.proto.html_content + component.proto.css_content == ""
    assert not re.search(r"(https?:)?//[a-z]", component.proto.json)
