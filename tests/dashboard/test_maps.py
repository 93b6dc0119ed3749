"""The map asks nobody outside, keeps its base constant, and runs nothing a place is called."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit_folium import _get_feature_group_string, generate_leaflet_string

from dashboard import maps, palette
from dashboard.maps import OfflineMap, base_map, clicked_place, places_group, script_json
from dashboard.shading import PlaceFigure
from dashboard.wording.map import map_label, sources

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-6.6, 51.4], [-6.5, 51.4], [-6.5, 51.5], [-6.6, 51.5], [-6.6, 51.4]]],
}
BEATS = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {"area_id": "N01", "name": "Mill Green"}, "geometry": SQUARE}],
}
HOSTILE = [
    "<img src=x onerror=window.hurt=1>",
    "</script><script>window.hurt=1</script>",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "{# not a comment",
    'O\'Brien & "Sons" \\ Park\u2028',
]


def figure(name: str, value: float = 6, withheld: bool = False) -> PlaceFigure:
    scale = palette.shades([10], step=1)
    shade = None if withheld else palette.shade_of(value, scale)
    return PlaceFigure("N01", name, value, "about 6 (4-8)", shade, withheld)


def group_script(place: PlaceFigure, chosen: str | None = None, turn: int = 0) -> str:
    town = base_map(BEATS, {})
    town.get_root().render()
    return _get_feature_group_string(places_group(BEATS, [place], chosen=chosen, tiled=True, turn=turn), town)


def argument(script: str) -> dict:
    """The JSON our own script is called with."""
    return json.loads(re.search(r"saferPlaces\.draw\(\w+, (.*)\);", script).group(1))


def look(script: str, area_id: str = "N01") -> dict:
    """What one place looks like and says."""
    drawing = argument(script)
    name, words, number = drawing["looks"][area_id]
    return {"name": name, "words": words, **drawing["styles"][number]}


def test_every_script_and_style_of_the_map_is_served_from_here():
    links = [link for _, link in OfflineMap.default_js + OfflineMap.default_css]
    assert links
    assert all(link.startswith("../../app/static/") for link in links)


def test_our_own_map_files_are_there_and_name_no_address():
    for name in ("places.js", "values.js", "map.css", "page.css"):
        text = (Path(maps.__file__).parent / "static" / name).read_text(encoding="utf-8")
        addresses = [url for url in re.findall(r"https?://[^\"' ]+", text) if url != "http://www.w3.org/2000/svg"]
        assert addresses == []


def test_the_base_map_is_the_same_to_the_byte_each_time_it_is_made():
    made = {generate_leaflet_string(base_map(BEATS, {"river": BEATS})) for _ in range(3)}
    assert len(made) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_place_may_be_called_anything(name):
    script = group_script(figure(name))
    assert "<" not in script
    assert "{{" not in script
    assert "{%" not in script
    assert look(script)["name"] == name


def test_a_name_that_is_a_template_is_not_run_on_the_server():
    town = base_map(BEATS, {})
    town.add_child(places_group(BEATS, [figure("{{ 7 * 7 }}")], chosen=None, tiled=True, turn=0))
    assert "49" not in re.sub(r"[0-9a-f]{32}", "", town.get_root().render())


def test_a_click_carries_the_place_and_nothing_about_it():
    drawing = argument(group_script(figure("Mill Green"), turn=4))
    assert (list(drawing["shapes"]), drawing["turn"]) == (["N01"], 4)
    assert set(drawing["shapes"]["N01"]) == {"type", "coordinates"}


def test_shapes_the_base_map_holds_are_not_sent_again():
    held = maps.ground(BEATS, {}, {"beat": BEATS})
    assert json.loads(held.payload)["levels"]["beat"].keys() == {"N01"}
    town = maps.map_on(held)
    town.get_root().render()
    group = places_group("beat", [figure("Mill Green")], chosen=None, tiled=True, turn=0)
    assert argument(_get_feature_group_string(group, town))["shapes"] == "beat"


@given(st.lists(st.tuples(st.integers(-18_000_000, 18_000_000), st.integers(-9_000_000, 9_000_000)), min_size=1, max_size=9))
def test_steps_always_lead_back_to_the_very_corners(corners):
    line = [[east / 100_000, north / 100_000] for east, north in corners]
    held = {"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": line}}]}
    (layer, *_) = json.loads(maps.ground(BEATS, {"roads": held}).payload)["layers"]
    steps = layer["shapes"][0]["coordinates"]
    found = zip(itertools.accumulate(steps[::2]), itertools.accumulate(steps[1::2]), strict=True)
    assert [[east / 100_000, north / 100_000] for east, north in found] == line


def test_a_map_says_what_it_shows_and_how_keys_move_on_it():
    town = base_map(BEATS, {})
    town.get_root().render()
    label = map_label("beat", "Incidents")
    group = places_group(BEATS, [figure("Mill Green")], chosen=None, tiled=True, turn=0, label=label)
    said = argument(_get_feature_group_string(group, town))["label"]
    assert said.startswith("Map of beats: Incidents.")
    for key in ("Arrow", "Enter", "Escape"):
        assert key in said


def test_choosing_again_is_news_even_for_the_same_place():
    assert group_script(figure("Mill Green"), turn=1) != group_script(figure("Mill Green"), turn=2)


def test_each_new_layer_lets_go_of_the_old_one():
    assert "window.feature_group = [];" in group_script(figure("Mill Green"))


def test_withheld_is_hatched_and_no_figure_is_blank():
    held = look(group_script(figure("Mill Green", withheld=True)))
    blank = look(group_script(PlaceFigure("N01", "Mill Green", math.nan, "not collected", None, False)))
    assert held["hatched"]
    assert not blank["hatched"]
    assert blank["style"]["dashArray"]
    assert held["mark"] == blank["mark"] == ""


def test_the_chosen_place_has_a_heavy_outline():
    script = group_script(figure("Mill Green"), chosen="N01")
    assert argument(script)["chosen"] == "N01"
    assert look(script)["style"]["color"] == palette.INK
    assert look(script)["style"]["weight"] > look(group_script(figure("Mill Green")))["style"]["weight"]


def test_only_a_click_on_a_place_is_a_choice():
    click = {"last_active_drawing": {"properties": {"area_id": "N01", "turn": 0}}}
    assert clicked_place(click) == clicked_place({"picked": "N01"}) == "N01"
    for other in (None, {}, {"last_active_drawing": None}, {"last_active_drawing": {"properties": {}}}, {"picked": 7}):
        assert clicked_place(other) is None


def test_a_missing_number_never_reaches_the_browser_as_broken_json():
    with pytest.raises(ValueError, match="not JSON compliant"):
        script_json({"value": math.nan})


def test_whose_the_backdrop_is_stands_under_the_map_as_one_line_and_is_nothing_where_nobody_is_named(tmp_path):
    assert maps.attribution(tmp_path) == ""
    (tmp_path / "context").mkdir()
    (tmp_path / "context" / "attribution.txt").write_text("© A county\n", encoding="utf-8")
    assert sources(maps.attribution(tmp_path)) == "Background: © A county"
    (tmp_path / "context" / "attribution.txt").write_text("x" * 10_000, encoding="utf-8")
    assert len(maps.attribution(tmp_path)) == 300
