"""What a manager comes for, found in a real browser; and an afternoon of it, which may not fill the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from readers import MANAGER, Reader, address_of
from visits import CHROMIUM, NO_BROWSER

from dashboard.wording import trends as words

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]

CHANGES = 40
MOST_HEAP_BYTES = 40_000_000


@pytest.fixture
def manager(browser: Any, larkhaven: Path) -> Iterator[Reader]:
    one = Reader(browser, address_of(larkhaven, MANAGER)).start()
    yield one
    one.close()


def test_the_weapons_in_schools_pathway_of_last_term_in_south(manager):
    manager.go("Trends")
    manager.page.get_by_role("tab", name="Weapons in schools").click()
    manager.settle()
    manager.choose(words.PATHWAY_OF, "South (locality)")
    manager.settle()
    table = manager.page.locator("table", has_text="Summer term 2026").filter(has_text="South")
    row = table.locator("tr", has_text="Summer term 2026").first.inner_text().split("\t")
    figures = [one for one in row[1:] if any(letter.isdigit() for letter in one)]
    assert len(figures) >= 3, "the three states of a report, each a figure"


def test_why_a_place_was_flagged(manager, larkhaven):
    """The planted rise of South: what it was, what is usual, over which months, and whether it could be reporting."""
    planted = json.loads((larkhaven / "truth" / "planted.json").read_text(encoding="utf-8"))
    [rise] = [one for one in planted["rising"] if one["place_id"] == "P11"]
    manager.go("Trends")
    manager.page.get_by_role("tab", name="Flagged places").click()
    manager.settle()
    row = manager.page.locator("tr", has_text="Lantern Meadow").filter(has_text="Violence and fear").first.inner_text()
    assert "Rising" in row
    manager.go("Place")
    manager.page.get_by_role("combobox").first.click()
    manager.page.keyboard.type("Lantern Meadow")
    manager.page.keyboard.press("Enter")
    manager.page.locator("h1", has_text="Lantern Meadow").wait_for()
    manager.settle()
    told = manager.page.locator("tr", has_text="Violence and fear").filter(visible=True).first.inner_text()
    assert "Rising" in told
    numbers = [int(word.replace(",", "")) for word in told.replace("(", " ").replace(")", " ").split() if word.isdigit()]
    assert rise["then_per_month"] * 3 * 0.7 < max(numbers) < rise["then_per_month"] * 5 * 1.3
    assert "More harm or more reporting?" in manager.words()


def test_an_afternoon_of_choices_does_not_fill_the_browser(manager):
    manager.go("Map")
    browser = manager.page.context.new_cdp_session(manager.page)
    browser.send("HeapProfiler.enable")

    def heap() -> float:
        browser.send("HeapProfiler.collectGarbage")
        return float(browser.send("Runtime.getHeapUsage")["usedSize"])

    ways = manager.page.locator("[data-testid=stRadio] label").filter(visible=True)
    before = None
    for change in range(CHANGES):
        ways.nth(change % 2).click()
        manager.settle()
        before = before or heap()
    after = heap()
    assert after < MOST_HEAP_BYTES
    assert after - before < 10_000_000, "and it does not grow with every choice"
