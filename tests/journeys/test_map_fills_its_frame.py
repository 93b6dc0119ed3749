"""The map is as large as its frame allows, and no place's mark hides another's."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from readers import MANAGER, Reader, address_of
from visits import CHROMIUM, NO_BROWSER

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER),
]

LEAST_SHARE = 0.75  # the zoom goes in quarters of a step, and a step is twice as large: at the worst 84%, less the margin
BOXES = """marks => marks.filter(one => one.style.display !== 'none' && one.textContent).map(one => {
  const box = one.getBoundingClientRect();
  return [one.textContent, box.x + box.width / 2, box.y + box.height / 2];
})"""
EDGES = """shapes => shapes.map(one => {
  const box = one.getBoundingClientRect();
  return [box.x, box.y, box.right, box.bottom];
})"""
APART_PX = 12


@pytest.fixture(params=[(1366, 768), (1920, 1080)], ids=str)
def reader(request, browser, larkhaven):
    width, height = request.param
    opened = Reader(browser, address_of(larkhaven, MANAGER), {"width": width, "height": height}).start()
    yield opened
    opened.close()


def test_the_town_fills_its_frame_on_every_projector(reader):
    reader.go("Map")
    frame = reader.page.locator("iframe[title^=streamlit_folium]").content_frame
    boxes = frame.locator("path.leaflet-interactive").evaluate_all(EDGES)
    held = frame.locator(".leaflet-container").evaluate("one => [one.clientWidth, one.clientHeight]")
    west, north = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, south = max(box[2] for box in boxes), max(box[3] for box in boxes)
    assert max((east - west) / held[0], (south - north) / held[1]) > LEAST_SHARE
    assert west >= 0
    assert north >= 0
    assert east <= held[0]
    assert south <= held[1]


def test_no_mark_on_the_map_of_a_meeting_hides_another(reader):
    frame = reader.page.locator("iframe[title^=streamlit_folium]").content_frame
    marks = frame.locator(".place-mark span").evaluate_all(BOXES)
    assert len(marks) > 10
    near = [
        (one, other) for one, other in combinations(marks, 2)
        if abs(one[1] - other[1]) < APART_PX and abs(one[2] - other[2]) < APART_PX
    ]  # fmt: skip
    assert near == []
