"""A reader of the board: the pages of places are not there for it, and no name of a place comes over the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest
from readers import BOARD, BOARD_PAGES, MANAGER, Reader, address_of
from visits import CHROMIUM, NO_BROWSER

from dashboard import wording
from dashboard.wording import assessments, place

NO_SUCH_PAGE = "The page that you have requested does not seem to exist"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]


@pytest.fixture
def reader(browser: Any, larkhaven: Path) -> Iterator[Reader]:
    one = Reader(browser, address_of(larkhaven, BOARD)).start()
    yield one
    one.close()


@pytest.fixture(scope="module")
def names(larkhaven: Path) -> list[bytes]:
    """What every beat and every place of concern of the town is called."""
    [file] = (larkhaven / "boundaries").glob("*.geojson")
    places = [one["properties"] for one in json.loads(file.read_text(encoding="utf-8"))["features"]]
    return sorted({one["name"].encode() for one in places})


def everything_opened(reader: Reader) -> bytes:
    """Every page with each of its tabs, folds and layers of the map opened; what came over the wire."""
    for title in reader.titles():
        reader.go(title)
        for part in ("[role=tab]", "[data-testid=stExpander] summary", "[data-testid=stRadio] label"):
            for one in reader.page.locator(part).all():
                if one.is_visible():
                    one.click()
                    reader.settle()
    return reader.received()


# What the head of each of these pages says.
HEADS = (b"locality meeting</h1>", escape(place.HEADING).encode(), escape(assessments.TITLE).encode())


def test_the_board_cannot_open_the_pages_of_places(reader):
    assert tuple(reader.titles()) == BOARD_PAGES
    for path in ("meeting", "place", "assessments", "place?place=N03", "?place=N03&place_level=beat"):
        reader.start(path)
        assert reader.page.locator("[data-testid=stTopNavLink][aria-current=page]").inner_text() == "Map"
        assert "N03" not in reader.words() + reader.page.url
    content = b"".join(reader.frames)
    assert wording.SHOWN_TO["board"].encode() in content, "the bytes were read"
    assert [head for head in HEADS if head in content] == []
    assert {fault for fault in reader.faults if NO_SUCH_PAGE not in fault} == set()
    reader.faults.clear()


def test_no_name_of_a_beat_or_a_place_reaches_the_board(reader, names):
    content = everything_opened(reader)
    assert len(content) > 100_000
    assert b"East Central" in content, "the localities are there: the bytes were read"
    assert [name for name in names if name in content] == []


def test_the_same_search_finds_names_and_pages_in_what_a_manager_is_sent(browser, larkhaven, names):
    manager = Reader(browser, address_of(larkhaven, MANAGER)).start("place")
    for title in ("Meeting", "Map", "Assessments"):
        manager.go(title)
    content = manager.received()
    manager.close()
    assert [head for head in HEADS if head not in content] == []
    assert len([name for name in names if name in content]) > len(names) / 2
