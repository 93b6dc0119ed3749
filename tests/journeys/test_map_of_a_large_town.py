"""The map of a town of more places than folium draws quickly: the same map to a reader, drawn by our own component."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from villages import beat, boundary_file, make_village, square
from visits import CHROMIUM, NO_BROWSER, Visit

from dashboard.map_values import MOST_WITH_FOLIUM

HOSTILE_NAME = '<img src=x onerror="window.top.hurt=1">{{ 7*7 }}'
WIDE = 20
HIGH = MOST_WITH_FOLIUM // WIDE + 1
SIDE_M = 400

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER),
]


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Path:
    """Squares side by side, one of them called what an attacker would call it; incidents of two months in a few."""
    village = make_village(tmp_path_factory.mktemp("large") / "town")
    beats = [
        beat(f"B{row:02d}{column:02d}", "west" if column < WIDE / 2 else "east",
             square(400_000 + column * SIDE_M, 298_000 + row * SIDE_M, SIDE_M),
             name=HOSTILE_NAME if (row, column) == (3, 3) else f"Beat {row:02d}{column:02d}")
        for row in range(HIGH) for column in range(WIDE)
    ]  # fmt: skip
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    rows = [
        f"r-{month}-{at}-{one},2024-0{month}-1{one},robbery,{400_200 + at % WIDE * SIDE_M},{298_200 + at // WIDE * SIDE_M}"
        for month in (1, 2) for at in range(0, WIDE * HIGH, 3) for one in range(1 + at * month % 9)
    ]  # fmt: skip
    village.incidents(*rows, covers=("2024-01-01", "2024-02-29"), delivered_on="2024-06-05")
    village.build()
    village.publish()
    return village.data_dir


@pytest.fixture(scope="module")
def large(serve, town) -> str:
    return serve(town)


class Large(Visit):
    """A reader of a large town: its map is a part of the page, in no frame."""

    def open(self, query: str = "?level=beat") -> None:
        self.page.goto(f"{self.address}/map{query}")
        self.places.nth(WIDE * HIGH - 1).wait_for(state="attached", timeout=60_000)

    @property
    def map(self) -> Any:
        return self.page.locator(".place-map")

    def click_place(self, name: str) -> None:
        middle = self.map.first.evaluate(
            """(box, name) => {
              const place = box.map.shownPlaces.places.find(one => one.look.name === name);
              return box.map.latLngToContainerPoint(place.middle);
            }""",
            name,
        )
        box = self.map.first.bounding_box()
        self.page.mouse.click(box["x"] + middle["x"], box["y"] + middle["y"])

    def map_picture(self) -> Image.Image:
        return Image.open(io.BytesIO(self.map.first.screenshot())).convert("RGB")

    def outlines_asked_for(self) -> list[str]:
        return [url for url in self.requests if "/outlines/" in url]

    def says(self, name: str) -> str:
        return str(self.map.first.locator(f'path[aria-label^="{name},"]').get_attribute("aria-label"))


@pytest.fixture
def reader(browser, large):
    made = Large(browser.new_page(viewport={"width": 1366, "height": 768}), large)
    yield made
    made.page.close()
    assert made.left_the_machine() == []
    assert made.complaints == []


def changed_share(one: Image.Image, other: Image.Image) -> float:
    """The share of pixels that differ clearly between two pictures of one size."""
    apart = np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).sum(axis=2)
    return float((apart > 60).mean())


def test_a_reader_clicks_uses_keys_and_changes_the_month_of_a_large_town(reader):
    page = reader.page
    reader.open()
    assert page.locator("iframe[title^=streamlit_folium]").count() == 0
    assert len(reader.outlines_asked_for()) == 1
    before = reader.map_picture()

    reader.click_place("Beat 0510")
    page.locator(".sp-place h2", has_text="Beat 0510").wait_for()
    chosen = reader.map.locator('path[aria-pressed="true"][stroke-width="5"]')
    chosen.wait_for()
    assert reader.map.locator(".place-tip").inner_text().split("\n")[0] == "Beat 0510"
    assert changed_share(before, reader.map_picture()) > 0.001

    stop = reader.map.locator('[tabindex="0"], a:not([tabindex="-1"])')
    assert stop.count() == 1
    stop.focus()
    page.keyboard.press("ArrowRight")
    assert reader.map.locator("path:focus").get_attribute("aria-label").startswith("Beat 0511, ")
    page.keyboard.press("+")
    page.wait_for_function("() => document.activeElement.shadowRoot.querySelector('.place-map').map.getZoom() > 12")
    zoom = reader.map.evaluate("box => box.map.getZoom()")
    page.keyboard.press("Enter")
    page.locator(".sp-place h2", has_text="Beat 0511").wait_for()
    reader.map.locator('path[aria-pressed="true"]:focus').wait_for()
    assert reader.map.evaluate("box => box.map.getZoom()") == zoom
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.closest('.stBidiComponent')") is None
    assert page.evaluate("document.activeElement !== document.body")

    words, picture = reader.says("Beat 0509"), reader.map_picture()
    reader.choose("From", "February 2024")
    page.wait_for_url("**months=**", timeout=60_000)
    reader.map.locator(f'path[aria-label^="Beat 0509,"]:not([aria-label="{words}"])').wait_for(state="attached")
    assert changed_share(picture, reader.map_picture()) > 0.01
    assert reader.map.evaluate("box => box.map.getZoom()") == zoom
    assert len(reader.outlines_asked_for()) == 1, "the outlines stayed"


def test_a_hostile_name_in_a_large_town_is_shown_as_text_and_does_not_run(reader):
    reader.open()
    reader.click_place(HOSTILE_NAME)
    reader.map.locator(".place-tip strong", has_text=HOSTILE_NAME).wait_for()
    reader.page.locator(".sp-place h2", has_text=HOSTILE_NAME).wait_for()
    reader.page.wait_for_timeout(300)
    assert reader.page.evaluate("window.hurt") is None
    assert reader.page.locator("img[src=x]").count() == 0


def test_two_maps_of_a_large_town_stand_side_by_side_and_share_what_stays(reader):
    reader.open()
    reader.choose("A second map beside it", "Another time")
    reader.map.nth(1).locator("path.leaflet-interactive").nth(WIDE * HIGH - 1).wait_for(state="attached", timeout=60_000)
    reader.page.wait_for_timeout(500)
    for number in (0, 1):
        frame = reader.map.nth(number).bounding_box()
        shapes = reader.map.nth(number).locator("path.leaflet-interactive")
        boxes = [shapes.nth(one).bounding_box() for one in (0, WIDE * HIGH - 1)]
        assert all(frame["x"] < box["x"] < frame["x"] + frame["width"] and box["width"] > 5 for box in boxes)
    assert len(reader.outlines_asked_for()) == 1
    reader.click_place("Beat 0510")
    for number in (0, 1):
        reader.map.nth(number).locator('path[aria-label^="Beat 0510,"][stroke-width="5"]').wait_for(state="attached")


def test_outlines_that_cannot_be_fetched_come_over_the_session(browser, large):
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.route("**/outlines/**", lambda route: route.fulfill(status=404))
    visit = Large(page, large)
    visit.open()
    assert visit.places.count() == WIDE * HIGH
    page.close()
