"""Whole pages, run without a browser on the fictional town's published snapshot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from pyproj import Transformer
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, registers, wording
from dashboard.wording import directions
from dashboard.wording import map as wording_of_map
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.insight.told import false_alarms

POLICE_UK_COLUMNS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
MANAGER = Audience("manager")
APP = Path(access.__file__).with_name("app.py")
PAGE = "from dashboard.views import map as town_map\ntown_map.page()"


@pytest.fixture
def page(larkhaven, monkeypatch):
    """A fresh reader's first view of the map."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    return AppTest.from_string(PAGE, default_timeout=60).run()


@pytest.fixture(scope="module")
def beat_stories(larkhaven):
    """What the registers say of every beat, asked directly."""
    return [one for one in open_snapshot(larkhaven, MANAGER).stories() if one.area_level == "beat"]


def text_of(page: AppTest) -> str:
    """All HTML and sentences on the page."""
    return "\n".join(str(element.proto) for element in page.get("html"))


def map_arguments(page: AppTest) -> dict:
    (component,) = page.get("component_instance")
    return json.loads(component.proto.json_args)


def test_the_map_page_draws_without_a_fault(page):
    assert not page.exception
    assert map_arguments(page)["feature_group"]
    assert wording.BLURRED in text_of(page)


def test_the_page_says_which_snapshot_it_shows(larkhaven, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert re.search(r"Larkhaven: figures as at \d+ \w+ \d{4}", text_of(page))


def test_the_same_figures_stand_in_a_table_beside_the_map(page):
    html = text_of(page)
    assert wording.TABLE_TITLE in html
    assert len(re.findall(r"th scope=.{1,3}row", html)) >= 36


def test_no_argument_of_the_map_names_an_outside_address(page):
    for link in map_arguments(page)["js_links"] + map_arguments(page)["css_links"]:
        assert link.startswith("../../app/static/")
    assert not re.search(r"(https?:)?//[a-z]", json.dumps(map_arguments(page)))


def test_the_base_map_stays_the_same_whatever_is_chosen(page):
    first = map_arguments(page)
    place = page.selectbox(key="map_place").options[0]
    second = map_arguments(page.selectbox(key="level").set_value("locality").run())
    third = map_arguments(page.selectbox(key="level").set_value("beat").run())
    assert place
    for other in (second, third):
        assert (other["script"], other["header"], other["html"]) == (
            first["script"],
            first["header"],
            first["html"],
        )
    assert second["feature_group"] != first["feature_group"]


def test_only_a_chosen_shape_comes_back_from_the_map(page):
    assert map_arguments(page)["returned_objects"] == ["last_active_drawing"]


def test_a_chosen_place_shows_its_series_and_never_enters_the_url(page):
    place = page.selectbox(key="map_place")
    area_id = first_value(page)
    place.set_value(area_id).run()
    assert not page.exception
    assert page.session_state["place"] == area_id
    assert page.get("plotly_chart")
    assert "sp-figure" in text_of(page)
    query = page.query_params
    assert set(query) <= {"measure", "level", "groups", "months", "show"}
    assert area_id not in json.dumps(dict(query))


def test_a_place_somebody_put_in_the_url_is_removed_and_not_chosen(larkhaven, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["place"] = "N01"
    page.run()
    assert "place" not in page.query_params
    assert "place" not in page.session_state
    assert page.selectbox(key="map_place").value is None


def test_a_selection_in_the_url_is_followed(larkhaven, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["level"] = "locality"
    page.query_params["show"] = "rate"
    page.run()
    assert page.selectbox(key="level").value == "locality"
    assert "per 1,000" in text_of(page)


def test_rates_are_never_offered_for_places_of_concern(page):
    page.selectbox(key="level").set_value("place_of_concern").run()
    assert wording_of_map.LAYERS["rate"] not in page.radio(key="show").options
    assert wording.NO_RATES in [caption.value for caption in page.caption]


def test_every_measure_draws_at_every_level_it_offers(page):
    for key in option_values(page, "measure"):
        page.selectbox(key="measure").set_value(key).run()
        for level in option_values(page, "level"):
            page.selectbox(key="level").set_value(level).run()
            assert not page.exception, (key, level)


def labels_of(page: AppTest, number: int = 0) -> dict[str, str]:
    """What each place of a map says, by its name: the words a screen reader reads and the tip shows."""
    script = json.loads(page.get("component_instance")[number].proto.json_args)["feature_group"]
    looks = json.loads(re.search(r"saferPlaces\.draw\(\w+, (.*)\);", script).group(1))["looks"]
    return {name: words for name, words, _ in looks.values()}


def test_a_place_is_named_with_its_figure_and_where_it_is_going(page, larkhaven):
    told = open_snapshot(larkhaven, MANAGER).directions("incidents", "incidents", area_level="beat", harm_groups=["all"])
    rising = told[told["direction"] == "rising"]["name"]
    said = labels_of(page)
    assert len(rising)
    for name in rising:
        assert re.fullmatch(r"about \d+ \(\d+-\d+\), rising", said[name])
    page.selectbox(key="from:incidents").set_value("2024-01").run()
    assert not any("rising" in words for words in labels_of(page).values()), "a direction is of the newest months alone"


def test_the_direction_layer_says_each_word_and_how_many_flags_may_be_false(page, larkhaven):
    page.radio(key="show").set_value("direction").run()
    assert not page.exception
    told = open_snapshot(larkhaven, MANAGER).directions("incidents", "incidents", area_level="beat", harm_groups=["all"])
    expected = dict(zip(told["name"], told["direction"].map(directions.WORDS).str.lower(), strict=True))
    assert {name: words.rsplit(", ", 1)[-1] for name, words in labels_of(page).items()} == expected
    html = text_of(page)
    assert directions.RISING_MEANS.split("'")[0] in html
    assert directions.flags(*false_alarms(told)) in html
    assert wording_of_map.DIRECTION_TABLE in html
    assert page.query_params["show"] == "direction"


def test_against_the_rest_of_the_city_is_another_list_with_its_own_sentence(page):
    page.radio(key="show").set_value("direction").run()
    own = labels_of(page)
    page.radio(key="show").set_value("relative").run()
    assert not page.exception
    assert labels_of(page).keys() == own.keys()
    assert wording_of_map.RELATIVE_MEANS in text_of(page)


def test_the_status_layer_shows_every_place_and_who_is_overdue(page, beat_stories):
    page.radio(key="show").set_value("status").run()
    assert not page.exception
    said = labels_of(page)
    assert said.keys() == {one.name for one in beat_stories}
    late = [one for one in beat_stories if registers.report_back_state(one) == "overdue"]
    assert late
    for one in late:
        assert "Overdue" in said[one.name]
        assert one.assessment.lead_agency in text_of(page)
    assert wording_of_map.OVERDUE in text_of(page)


def test_a_place_led_elsewhere_says_no_more_than_that(page, beat_stories):
    page.radio(key="show").set_value("status").run()
    hidden = [one for one in beat_stories if registers.status_of(one) == registers.LED_ELSEWHERE]
    assert hidden
    for one in hidden:
        assert labels_of(page)[one.name] == "led elsewhere: ask the chair"


def test_searching_for_a_place_of_another_level_changes_the_level(page, larkhaven):
    place = open_snapshot(larkhaven, MANAGER).areas("place_of_concern").iloc[0]
    assert f"{place['name']} (place of concern)" in page.selectbox(key="map_place").options
    page.selectbox(key="map_place").set_value(place["area_id"]).run()
    assert not page.exception
    assert page.selectbox(key="level").value == "place_of_concern"
    assert (page.session_state["place"], page.session_state["place_level"]) == (place["area_id"], "place_of_concern")
    assert place["name"] in text_of(page)
    assert place["area_id"] not in json.dumps(dict(page.query_params))


def test_a_place_chosen_on_another_page_is_shown_at_its_own_level(larkhaven, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.session_state["place"], page.session_state["place_level"] = "north", "locality"
    page.run()
    assert page.selectbox(key="level").value == "locality"
    assert page.selectbox(key="map_place").value == "north"


def test_a_place_chosen_elsewhere_is_followed_even_when_the_map_was_left_at_another_level(page):
    assert page.selectbox(key="level").value == "beat"
    page.session_state["place"], page.session_state["place_level"] = "north", "locality"
    page.run()
    assert (page.selectbox(key="level").value, page.selectbox(key="map_place").value) == ("locality", "north")
    page.selectbox(key="level").set_value("beat").run()
    assert page.selectbox(key="level").value == "beat", "the reader may still look at another level"


def test_two_times_stand_side_by_side_by_one_scale_and_in_one_table(page):
    page.selectbox(key="beside").set_value("time").run()
    assert not page.exception
    assert len(page.get("component_instance")) == 2
    first, second = (json.loads(one.proto.json_args) for one in page.get("component_instance"))
    assert first["script"] == second["script"]
    assert labels_of(page, 0) != labels_of(page, 1)
    assert (page.selectbox(key="second_from:incidents").value, page.selectbox(key="second_to:incidents").value) == (
        "2025-07", "2025-09")  # fmt: skip
    html = text_of(page)
    assert len(re.findall("class=.{1,3}sp-legend", html)) == 1
    assert "Figure, July to September 2025" in html
    page.radio(key="show").set_value("direction").run()
    page.selectbox(key="beside").set_value("group").run()
    assert not page.exception
    assert len(page.get("component_instance")) == 2


def test_a_month_that_was_not_collected_is_said_before_any_figure(village, monkeypatch):
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m"
    for month, covers in (("2024-01", ("2024-01-01", "2024-01-31")), ("2024-03", ("2024-03-01", "2024-03-31"))):
        row = f"gap-{month},{month}-05,robbery,400500,300500"
        village.incidents(row, header=header, name=f"{month}.csv", covers=covers, delivered_on="2024-04-05")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    html = text_of(AppTest.from_string(PAGE, default_timeout=60).run())
    assert 0 < html.find("Not collected, so not counted: February 2024.") < html.find(wording.TABLE_TITLE)


def test_public_figures_are_exact_labelled_and_never_said_to_be_blurred(village, monkeypatch):
    lon, lat = Transformer.from_crs(27700, 4326, always_xy=True).transform(400_500, 300_500)
    row = f",2024-01,Force,Force,{lon:.6f},{lat:.6f},On or near,,,Robbery,,"
    rows = "\n".join([POLICE_UK_COLUMNS, row, row, row, row]) + "\n"
    village.deliver("police_uk", rows, name="2024-01-force-street.csv")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    page = AppTest.from_string(PAGE, default_timeout=60).run()
    html = text_of(page)
    assert not page.exception
    assert wording.PUBLIC_CONTEXT.split(",")[0] in html
    assert wording.BLURRED not in html
    assert "<td>4</td>" in html
    assert "about" not in html


@pytest.mark.parametrize("audience", [Audience("meeting", "east_central"), Audience("board")], ids=["meeting", "board"])
def test_each_audience_is_offered_the_layers_it_may_have_and_each_draws(larkhaven, monkeypatch, audience):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    monkeypatch.setattr(access, "SHOWN_TO", audience)
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["level"] = "locality"
    page.query_params["show"] = "status"
    page.run()
    assert page.radio(key="show").value == "count"
    for layer in ("rate", "direction", "relative"):
        page.radio(key="show").set_value(layer).run()
        assert not page.exception, layer
    if audience.name == "board":
        assert not re.search(r"about \d+ \(|usual range", str(labels_of(page)) + text_of(page), re.IGNORECASE)
        assert set(page.selectbox(key="level").options) == {"Localities"}


def test_with_no_snapshot_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert wording.EMPTY_TITLE in text_of(page)
    assert "safer-places publish" in text_of(page)
    assert not page.get("component_instance")


def test_a_snapshot_that_is_named_but_gone_shows_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "snapshots").mkdir()
    (tmp_path / "snapshots" / "current").write_text("2026-09_2026-10-07_0123abcd", encoding="utf-8")
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert "safer-places use" in text_of(page)


def test_a_snapshot_that_cannot_be_read_shows_no_figures_and_says_what_to_do(tmp_path, monkeypatch):
    folder = tmp_path / "snapshots"
    folder.mkdir()
    name = "2026-09_2026-10-07_0123abcd"
    (folder / "current").write_text(name, encoding="utf-8")
    (folder / f"{name}.json").write_text("{}", encoding="utf-8")
    (folder / f"{name}.duckdb").write_bytes(b"broken")
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert wording.BROKEN_TITLE in text_of(page)
    assert not page.get("component_instance")


def option_values(page: AppTest, key: str) -> list[str]:
    """The values behind a selectbox's labels: AppTest lists labels only."""
    from dashboard import access, reads

    snapshot = reads.current_snapshot(access.audience())
    by_key = {f"{one.feed}.{one.measure}": one for one in reads.measures(snapshot)}
    if key == "measure":
        return list(by_key)
    return list(reads.offer(snapshot, by_key[page.session_state["measure"]]).levels)


def first_value(page: AppTest) -> str:
    """The first place on the map."""
    from dashboard import access, reads

    return str(reads.outlines(reads.current_snapshot(access.audience()), "beat")["features"][0]["properties"]["area_id"])


def test_weapon_in_school_reports_are_chosen_by_how_far_each_has_come(page):
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["measure"] = "weapon_in_school_reports.reports"
    page.run()
    (groups,) = page.multiselect
    assert groups.label == "How far each report has come"
    assert groups.options == [
        "Not yet assessed",
        "Assessed, school place kept",
        "Assessed, other outcome or awaiting",
    ]
