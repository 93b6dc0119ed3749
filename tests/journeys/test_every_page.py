"""Every page for every audience, in a real browser: nothing goes wrong, nobody outside is asked, anybody can use it.

Accessibility is held to axe-core's rules, in the page and in the map's own frame; what each rule objects to is listed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from readers import BOARD, EVERY_PAGE, MANAGER, NORTH, PAGES, Reader, address_of
from visits import CHROMIUM, NO_BROWSER

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]


@pytest.fixture(scope="module", params=[MANAGER, NORTH, BOARD])
def reader(request: pytest.FixtureRequest, browser: Any, larkhaven: Path) -> Iterator[Reader]:
    """A reader of one audience, who stays for all of these tests; at the end nothing may have left or gone wrong."""
    one = Reader(browser, address_of(larkhaven, request.param)).start()
    one.audience = request.param
    yield one
    one.close()


def looked_over(reader: Reader) -> dict[str, Any]:
    """What is wrong with what is on the screen: empty where nothing is."""
    wrong: dict[str, Any] = {}
    if boxes := reader.boxes():
        wrong["a fault was told"] = boxes
    if (heads := reader.page.locator("h1").all_inner_texts()) and len(heads) != 1:
        wrong["one heading, not more or fewer"] = heads
    if found := reader.objections():
        wrong["axe-core objects"] = found
    if reader.page.evaluate("document.documentElement.scrollWidth") > reader.page.viewport_size["width"]:
        wrong["it scrolls sideways"] = True
    return wrong


def test_the_navigation_offers_the_pages_of_the_audience_and_no_others(reader):
    assert tuple(reader.titles()) == PAGES[reader.audience]


@pytest.mark.parametrize("title", EVERY_PAGE)
def test_every_page_and_each_of_its_tabs_has_one_heading_no_fault_and_nothing_axe_objects_to(reader, title):
    if title not in PAGES[reader.audience]:
        assert title not in reader.titles()
        return
    reader.go(title)
    wrong = {title: looked_over(reader)}
    for tab in reader.page.get_by_role("tab").all()[1:]:
        tab.click()
        reader.settle()
        wrong[tab.inner_text()] = looked_over(reader)
    assert {where: what for where, what in wrong.items() if what} == {}


@pytest.mark.parametrize("title", ["Map", "Place"])
def test_a_page_with_a_place_chosen_has_nothing_axe_objects_to_either(reader, title):
    if reader.audience == BOARD:
        assert "Place" not in reader.titles()
        return
    reader.go("Meeting")
    reader.page.keyboard.press("n")
    reader.page.locator(".sp-meet-row[aria-current=true]").first.wait_for()
    reader.go(title)
    assert looked_over(reader) == {}


@pytest.mark.parametrize("keys", [("n", "Enter"), ("m",), ("h",)], ids=["card open", "meeting mode", "high contrast"])
def test_the_meeting_has_nothing_axe_objects_to_with(reader, keys):
    if reader.audience == BOARD:
        assert "Meeting" not in reader.titles()
        return
    reader.start()
    for key in keys:
        reader.page.keyboard.press(key)
        reader.settle()
    assert reader.page.locator(".sp-meet-card").count() == keys.count("Enter")
    assert looked_over(reader) == {}


def test_what_axe_objects_to_inside_the_map_is_seen_as_well(reader):
    """The test of the test: a nameless button in the map's frame is found, and so is one of the page."""
    reader.go("Map")
    reader.page.evaluate("document.querySelector('h1').after(document.createElement('button'))")
    frame = next(one for one in reader.page.frames if "streamlit_folium" in one.url)
    frame.evaluate("document.body.append(document.createElement('button'))")
    found = [one.where for one in reader.objections() if one.rule == "button-name"]
    assert len(found) == 2
    assert any("iframe" in where for where in found)


def test_each_page_opens_by_its_own_address(reader):
    if reader.audience == NORTH:  # the same addresses as the manager's
        assert PAGES[NORTH] == PAGES[MANAGER]
        return
    for title in PAGES[reader.audience][1:]:
        reader.go(title)
        path = reader.page.url.removeprefix(reader.address).split("?")[0]
        assert path == f"/{title.split()[0].lower()}"
        reader.start(path.removeprefix("/"))
        assert reader.page.locator("[data-testid=stTopNavLink][aria-current=page]").inner_text() == title


def test_the_page_a_reader_starts_on_opens_by_its_name_as_well(reader):
    title = PAGES[reader.audience][0]
    reader.start(title.lower())
    assert reader.page.locator("[data-testid=stTopNavLink][aria-current=page]").inner_text() == title
    assert not reader.page.get_by_text("Page not found").count()
    assert [one.inner_text() for one in reader.page.locator("[data-testid=stTopNavLink]").all()] == [*PAGES[reader.audience]]
