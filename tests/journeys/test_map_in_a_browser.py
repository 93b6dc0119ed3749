"""A reader's way through the map, in a real browser against the real server.

Every request of every journey is written down: none may leave this machine.
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from villages import VILLAGE_BEATS, beat, boundary_file, make_village, square
from visits import CHROMIUM, NO_BROWSER, Visit

HOSTILE_NAME = '<img src=x onerror="window.top.hurt=1">{{ 7*7 }}'

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(),
        reason=NO_BROWSER,
    ),
]


@pytest.fixture(scope="module")
def hostile_town(tmp_path_factory) -> Path:
    """A published village where one beat is called what an attacker would call it."""
    village = make_village(tmp_path_factory.mktemp("hostile") / "village")
    beats = [
        beat(place_id, parent, square(easting, northing), name=HOSTILE_NAME if place_id == "B02" else place_id)
        for place_id, (parent, easting, northing) in VILLAGE_BEATS.items()
    ]
    file = village.data_dir / "boundaries" / "beats.geojson"
    file.write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    village.incidents("hostile-0001,2024-01-10,robbery,401500,300500")
    village.build()
    village.publish()
    return village.data_dir


def names_of(visit: Visit) -> list[str]:
    labels = visit.places.evaluate_all("shapes => shapes.map(shape => shape.getAttribute('aria-label'))")
    return [label.split(",")[0] for label in labels]


def test_a_reader_clicks_a_place_and_sees_its_story(visit):
    visit.open()
    before = visit.map_picture()
    name = names_of(visit)[0]
    visit.click_place(name)
    visit.page.locator(".sp-place h2", has_text=name).wait_for()
    assert visit.page.locator(".sp-figure").inner_text()
    visit.page.locator(".js-plotly-plot").wait_for()
    visit.map.locator('path[aria-pressed="true"]').wait_for()
    assert changed_share(before, visit.map_picture()) > 0.001


def test_the_place_is_in_no_address_the_browser_keeps(visit):
    visit.open()
    name = names_of(visit)[0]
    visit.click_place(name)
    visit.page.locator(".sp-place h2", has_text=name).wait_for()
    assert set(query_keys(visit.page.url)) <= {"measure", "level", "groups", "months", "show"}
    assert not [url for url in visit.requests if name.split()[0].lower() in url.lower()]


def test_another_month_changes_the_figures_and_the_colours(visit):
    visit.open()
    table = visit.page.locator(".st-key-figures table")
    before, words = visit.map_picture(), table.inner_text()
    visit.choose("From", "January 2025")
    visit.page.wait_for_url("**months=**", timeout=60_000)
    visit.page.wait_for_function("text => document.querySelector('.st-key-figures table').innerText !== text", arg=words)
    visit.page.wait_for_timeout(500)
    assert changed_share(before, visit.map_picture()) > 0.05


def test_the_map_keeps_its_place_when_figures_change(visit):
    visit.open()
    visit.map.locator(".leaflet-control-zoom-in").click()
    visit.page.wait_for_timeout(600)
    view = "document.querySelector('.leaflet-map-pane').style.transform"
    frame = next(frame for frame in visit.page.frames if "streamlit_folium" in frame.url)
    zoom, pane = frame.evaluate("window.map.getZoom()"), frame.evaluate(view)
    visit.places.nth(0).dispatch_event("click")
    visit.page.locator(".sp-place").wait_for()
    assert (frame.evaluate("window.map.getZoom()"), frame.evaluate(view)) == (zoom, pane)


def test_a_keyboard_reaches_every_place_and_chooses_one(visit):
    visit.open()
    start = visit.map.locator('path[tabindex="0"]')
    assert start.count() == 1
    start.focus()
    first = start.get_attribute("aria-label")
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"):
        visit.page.keyboard.press(key)
    visit.page.keyboard.press("ArrowRight")
    chosen = visit.map.locator("path:focus").get_attribute("aria-label")
    assert visit.map.locator('path[tabindex="0"]').count() == 1
    visit.page.keyboard.press("Enter")
    visit.page.locator(".sp-place h2", has_text=chosen.split(",")[0]).wait_for()
    visit.map.locator('path[aria-pressed="true"]:focus').wait_for()
    assert chosen != first


def test_the_list_of_places_is_another_way_to_choose(visit):
    visit.open()
    names = sorted(names_of(visit))
    for name in (names[0], names[-1], names[0]):
        visit.choose("Choose a place", name)
        visit.page.locator(".sp-place h2", has_text=name).wait_for()
    assert visit.map.locator('path[aria-pressed="true"]').count() == 1


def test_a_place_clicked_chosen_away_and_clicked_again_is_chosen_again(visit):
    visit.open()
    clicked, other = names_of(visit)[:2]
    visit.click_place(clicked)
    visit.page.locator(".sp-place h2", has_text=clicked).wait_for()
    visit.choose("Choose a place", other)
    visit.page.locator(".sp-place h2", has_text=other).wait_for()
    visit.click_place(clicked)
    visit.page.locator(".sp-place h2", has_text=clicked).wait_for()


def test_nothing_scrolls_sideways_on_a_projector(visit):
    visit.open()
    for width, height in ((1366, 768), (1920, 1080)):
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.wait_for_timeout(500)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        whole = visit.page.locator("iframe[title^=streamlit_folium]").bounding_box()
        assert whole["y"] + whole["height"] <= height


def test_the_browser_refuses_to_ask_anybody_outside(browser, address):
    page = browser.new_page()
    visit = Visit(page, address)
    visit.open()
    ask = "fetch('https://example.org/').then(() => 'answered', () => 'refused')"
    refused = (
        "new Promise(done => { setTimeout(done, 5000, 'no rule was broken'); document.addEventListener("
        "'securitypolicyviolation', broken => done(broken.violatedDirective)) })"
    )
    for frame in (page.main_frame, next(one for one in page.frames if "streamlit_folium" in one.url)):
        said = frame.evaluate(f"(() => {{ const seen = {refused}; return Promise.all([{ask}, seen]) }})()")
        assert said == ["refused", "connect-src"]
    page.close()


def test_two_readers_do_not_see_each_others_choice(browser, address, visit):
    visit.open()
    name = names_of(visit)[0]
    visit.click_place(name)
    visit.page.locator(".sp-place h2", has_text=name).wait_for()
    other = Visit(browser.new_page(), address)
    other.open()
    assert other.map.locator('path[aria-pressed="true"]').count() == 0
    assert other.page.locator(".sp-place").count() == 0
    other.page.close()


def test_a_place_with_a_hostile_name_is_shown_as_text_and_does_not_run(browser, serve, hostile_town):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    visit = Visit(page, serve(hostile_town))
    visit.open()
    shape = visit.map.locator('path[aria-label^="<img"]')
    visit.click_place(HOSTILE_NAME)
    visit.map.locator(".place-tip strong", has_text=HOSTILE_NAME).wait_for()
    shape.wait_for()
    page.locator(".sp-place h2", has_text=HOSTILE_NAME).wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hurt") is None
    assert page.locator("img[src=x]").count() == visit.map.locator("img[src=x]").count() == 0
    assert visit.left_the_machine() == []
    assert visit.complaints == []
    page.close()


def query_keys(url: str) -> list[str]:
    return [part.partition("=")[0] for part in urlsplit(url).query.split("&") if part]


def changed_share(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ clearly between two pictures of one size."""
    assert one.size == other.size
    apart = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).sum(axis=2)
    return float((apart > 60).mean())
