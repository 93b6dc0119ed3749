"""Whole pages, run without a browser on the fictional town's published snapshot."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import streamlit as st
from pyproj import Transformer
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, wording

POLICE_UK_COLUMNS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
APP = Path(wording.__file__).with_name("app.py")


@pytest.fixture(autouse=True)
def _no_cache_from_another_test():
    """Nothing read in one test is seen in another, and no snapshot stays open."""
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def page(larkhaven, monkeypatch):
    """A fresh reader's first view of the map."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    return AppTest.from_file(str(APP), default_timeout=60).run()


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


def test_the_page_says_which_snapshot_it_shows(page):
    assert re.search(r"Larkhaven: figures as at \d+ \w+ \d{4}", text_of(page))


def test_the_same_figures_stand_in_a_table_beside_the_map(page):
    html = text_of(page)
    assert wording.TABLE_TITLE in html
    assert len(re.findall(r"th scope=.{1,3}row", html)) >= len(page.selectbox(key="place").options)


def test_no_argument_of_the_map_names_an_outside_address(page):
    for link in map_arguments(page)["js_links"] + map_arguments(page)["css_links"]:
        assert link.startswith("../../app/static/")
    assert not re.search(r"(https?:)?//[a-z]", json.dumps(map_arguments(page)))


def test_the_base_map_stays_the_same_whatever_is_chosen(page):
    first = map_arguments(page)
    place = page.selectbox(key="place").options[0]
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
    place = page.selectbox(key="place")
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
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params["place"] = "N01"
    page.run()
    assert "place" not in page.query_params
    assert page.session_state["place"] is None


def test_a_selection_in_the_url_is_followed(larkhaven, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params["level"] = "locality"
    page.query_params["show"] = "rate"
    page.run()
    assert page.selectbox(key="level").value == "locality"
    assert "per 1,000" in text_of(page)


def test_rates_are_never_offered_for_places_of_concern(page):
    page.selectbox(key="level").set_value("place_of_concern").run()
    assert not page.radio
    assert wording.NO_RATES in [caption.value for caption in page.caption]


def test_every_measure_draws_at_every_level_it_offers(page):
    for key in option_values(page, "measure"):
        page.selectbox(key="measure").set_value(key).run()
        for level in option_values(page, "level"):
            page.selectbox(key="level").set_value(level).run()
            assert not page.exception, (key, level)


def test_a_month_that_was_not_collected_is_said_before_any_figure(village, monkeypatch):
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m"
    for month, covers in (("2024-01", ("2024-01-01", "2024-01-31")), ("2024-03", ("2024-03-01", "2024-03-31"))):
        row = f"gap-{month},{month}-05,robbery,400500,300500"
        village.incidents(row, header=header, name=f"{month}.csv", covers=covers, delivered_on="2024-04-05")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    html = text_of(AppTest.from_file(str(APP), default_timeout=60).run())
    assert 0 < html.find("Not collected, so not counted: February 2024.") < html.find(wording.TABLE_TITLE)


def test_public_figures_are_exact_labelled_and_never_said_to_be_blurred(village, monkeypatch):
    lon, lat = Transformer.from_crs(27700, 4326, always_xy=True).transform(400_500, 300_500)
    row = f",2024-01,Force,Force,{lon:.6f},{lat:.6f},On or near,,,Robbery,,"
    rows = "\n".join([POLICE_UK_COLUMNS, row, row, row, row]) + "\n"
    village.deliver("police_uk", rows, name="2024-01-force-street.csv")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    html = text_of(page)
    assert not page.exception
    assert wording.PUBLIC_CONTEXT.split(",")[0] in html
    assert wording.BLURRED not in html
    assert "<td>4</td>" in html
    assert "about" not in html


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
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params["measure"] = "weapon_in_school_reports.reports"
    page.run()
    (groups,) = page.multiselect
    assert groups.label == "How far each report has come"
    assert groups.options == [
        "Not yet assessed",
        "Assessed, school place kept",
        "Assessed, other outcome or awaiting",
    ]
