"""The map by keyboard alone, two maps side by side, and the search over every level, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from visits import CHROMIUM, NO_BROWSER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER),
]

STOPS = "document.activeElement.closest('iframe') ? 'map' : document.activeElement.tagName"


@pytest.fixture(autouse=True)
def _map_page(visit):
    """By the navigation: the map is not the page a manager starts on."""
    visit.page.goto(visit.address)
    visit.page.get_by_role("link", name="Map", exact=True).click()
    visit.page.get_by_text("What the map shows").wait_for(timeout=60_000)
    visit.places.nth(35).wait_for(timeout=60_000)


def test_the_map_is_one_tab_stop_and_says_its_keys(visit):
    label = visit.map.locator("#map_div").get_attribute("aria-label")
    assert "Arrow keys" in label
    assert "Escape" in label
    assert visit.map.locator("#map_div").get_attribute("role") == "application"
    assert visit.map.locator('[tabindex="0"], a:not([tabindex="-1"])').count() == 1


def test_arrows_move_and_say_the_place_enter_chooses_and_escape_leaves(visit):
    visit.map.locator('path[tabindex="0"]').focus()
    first = visit.map.locator("path:focus").get_attribute("aria-label")
    visit.page.keyboard.press("ArrowDown")
    label = visit.map.locator("path:focus").get_attribute("aria-label")
    assert label != first
    name, words = label.split(", ", 1)
    assert visit.map.locator(".place-tip").inner_text().split("\n") == [name, words]
    visit.page.keyboard.press("Enter")
    visit.page.locator(".sp-place h2", has_text=name).wait_for()
    visit.map.locator('path[aria-pressed="true"]:focus').wait_for()
    visit.page.keyboard.press("Escape")
    assert visit.page.evaluate(STOPS) not in ("map", "IFRAME", "BODY")
    assert visit.map.locator(".place-tip").count() == 0


def test_plus_and_minus_zoom_without_leaving_the_place(visit):
    frame = next(frame for frame in visit.page.frames if "streamlit_folium" in frame.url)
    before = frame.evaluate("window.map.getZoom()")
    visit.map.locator('path[tabindex="0"]').focus()
    visit.page.keyboard.press("+")
    frame.wait_for_function("before => window.map.getZoom() > before", arg=before)
    assert visit.map.locator("path:focus").count() == 1
    visit.page.keyboard.press("-")
    frame.wait_for_function("before => window.map.getZoom() <= before", arg=before)


def test_two_maps_side_by_side_both_show_the_whole_town(visit):
    visit.choose("A second map beside it", "Another time")
    maps = visit.page.locator("iframe[title^=streamlit_folium]")
    maps.nth(1).wait_for()
    for number in (0, 1):
        places = maps.nth(number).content_frame.locator("path.leaflet-interactive")
        places.nth(35).wait_for()
        frame = maps.nth(number).bounding_box()
        visit.page.wait_for_timeout(500)
        boxes = [places.nth(one).bounding_box() for one in (0, 17, 35)]
        assert all(frame["x"] < box["x"] < frame["x"] + frame["width"] and box["width"] > 10 for box in boxes)
