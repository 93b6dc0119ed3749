"""A whole locality meeting run by keyboard alone, in a real browser: no mouse is touched from the first item to the last."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from readers import NORTH, Reader, address_of
from visits import CHROMIUM, NO_BROWSER

from dashboard.wording import directions
from dashboard.wording import meeting as words

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]

UNDER_WAY = {"agreed", "scoping", "in_progress", "goals_set", "plan_active", "review_due", "stepped_up"}
CURRENT_ITEM = ".sp-meet-agenda li[aria-current=step] strong"


@pytest.fixture(scope="module")
def chair(browser: Any, larkhaven: Path) -> Iterator[Reader]:
    """The chair of the North meeting, who stays for all of these tests."""
    one = Reader(browser, address_of(larkhaven, NORTH))
    yield one
    one.close()


@pytest.fixture(autouse=True)
def _the_meeting_begins(chair: Reader) -> None:
    chair.start()


def press(chair: Reader, *keys: str) -> None:
    for key in keys:
        chair.page.keyboard.press(key)
        chair.settle()


def position(chair: Reader) -> str:
    return chair.page.locator(".sp-meet-position").inner_text()


def queue(chair: Reader) -> dict[str, str]:
    """The first list as it stands on the screen: name -> everything its row says."""
    rows = chair.page.locator(".sp-meet-row").evaluate_all(
        """rows => rows.filter(row => row.compareDocumentPosition(document.getElementById('sp-concerns')) & 4)
          .map(row => [row.querySelector('strong').innerText, row.innerText.replace(/\\s+/g, ' ')])"""
    )
    return dict(rows)


def test_a_meeting_goes_from_its_first_item_to_its_last_by_keyboard_alone(chair):
    agenda = chair.page.locator(".sp-meet-agenda li strong").all_inner_texts()
    seen = []
    for _ in agenda:
        seen.append(chair.page.locator(CURRENT_ITEM).inner_text())
        for name in list(queue(chair)) if len(seen) == 2 else []:
            press(chair, "n", "Enter")
            card = chair.page.locator(".sp-meet-card")
            assert card.locator("h2").inner_text().startswith(name)
            sentence = card.locator(".sp-meet-aloud").inner_text()
            assert sentence.startswith(f"{words.READ_ALOUD}\n{name}: ") or f"{name}: " in sentence
            assert re.search(r"recorded; [\d,]+ to [\d,]+ is usual|recorded\.", sentence)
            press(chair, "Escape")
            assert card.count() == 0
        press(chair, "a")
    assert seen == agenda
    assert len(agenda) == len(words.ITEMS)
    assert chair.page.locator(CURRENT_ITEM).inner_text() == agenda[0], "after the last comes the first"


def test_an_agenda_item_brings_its_own_list_into_view_and_marks_it(chair):
    press(chair, "a", "a", "a")
    heading = chair.page.locator("#sp-rising")
    assert words.ON_AGENDA in heading.inner_text()
    chair.page.wait_for_timeout(400)
    top = heading.bounding_box()["y"]
    side = chair.page.locator(".st-key-meeting_side").bounding_box()
    assert side["y"] - 1 <= top < side["y"] + side["height"]


def test_next_and_previous_go_round_every_place_and_the_card_follows(chair):
    press(chair, "n")
    first = position(chair)
    of = int(re.search(r"of (\d+)", first)[1])
    assert first.startswith("Place 1 of ")
    press(chair, "p")
    assert position(chair).startswith(f"Place {of} of {of}")
    press(chair, "ArrowRight")
    assert position(chair) == first
    press(chair, "Enter", "n")
    assert position(chair).startswith("Place 2 of ")
    name = position(chair).split(": ", 1)[1].rsplit(",", 1)[0]
    assert chair.page.locator(".sp-meet-card h2").inner_text().startswith(name)


def test_a_screen_reader_is_told_which_place_the_keys_are_on(chair):
    press(chair, "n")
    chair.page.wait_for_function("() => document.querySelector('#sp-meet-voice')?.textContent.startsWith('Place 1 of')")
    assert chair.page.locator("#sp-meet-voice").get_attribute("role") == "status"


def test_the_timer_runs_and_stops_by_its_key_and_starts_anew_with_the_next_item(chair):
    timer = chair.page.locator("[role=timer]")
    before = timer.inner_text()
    press(chair, "t")
    chair.page.wait_for_function("was => document.querySelector('[role=timer]').innerText !== was", arg=before)
    press(chair, "t")
    stopped = timer.inner_text()
    chair.page.wait_for_timeout(1200)
    assert timer.inner_text() == stopped
    press(chair, "a")
    chair.page.wait_for_function("() => document.querySelector('[role=timer]').innerText === '15:00'")


def test_the_map_is_reached_by_tab_and_gives_the_keys_back(chair):
    chair.page.locator(".sp-meet-position").wait_for()
    for _ in range(40):
        chair.page.keyboard.press("Tab")
        if chair.page.evaluate("document.activeElement.title.startsWith('streamlit_folium')"):
            break
    name = chair.map.locator("path:focus").get_attribute("aria-label").split(",")[0]
    chair.page.keyboard.press("Enter")
    chair.page.locator(".sp-meet-card h2", has_text=name).wait_for()
    before = position(chair)
    press(chair, "n")
    assert position(chair) != before


def test_meeting_mode_leaves_the_meeting_alone_on_the_screen_in_larger_words(chair):
    size = "parseFloat(getComputedStyle(document.querySelector('.sp-meet-row p')).fontSize)"
    plain = chair.page.evaluate(size)
    press(chair, "m")
    assert chair.page.evaluate(size) > plain
    assert not chair.page.get_by_test_id("stTopNavLink").first.is_visible()
    press(chair, "m")
    assert chair.page.get_by_test_id("stTopNavLink").first.is_visible()


def test_the_queue_lists_exactly_the_places_that_belong_there_and_says_why(chair, larkhaven):
    """Held to what was planted and to what the registers were delivered with, not to the program's own answer."""
    planted = json.loads((larkhaven / "truth" / "planted.json").read_text(encoding="utf-8"))
    registers = Registers(larkhaven, date.fromisoformat(planted["as_at"]))
    names = registers.names("north")
    risen = {one["place_id"] for kind in ("rising", "new_activity") for one in planted[kind]} & set(names)
    raised = registers.raised() & set(names)
    assert risen
    said = queue(chair)
    for place in names:
        lacks, row = registers.lacking(place), said.get(names[place], "")
        if not lacks:
            assert not row, f"{place} has a plan"
        elif place in risen | raised:
            assert all(part in row for part in lacks), f"{place}: {row}"
            because = row.split("Here because:")[1]
            assert (words.WHY["rising"] in because or words.WHY["new_activity"] in because) >= (place in risen)
            assert (words.WHY["concern"] in row) == (place in raised)
        elif row:  # the false alarms that every page speaks of: they at least look like a rise on the screen
            assert directions.WORDS["rising"] in row or directions.WORDS["new_activity"] in row
    assert not {names[one["place_id"]] for one in planted["falling"] if one["place_id"] in names} & set(said)


class Registers:
    """What was delivered to the registers of a town, read with no code of ours."""

    def __init__(self, data_dir: Path, as_at: date) -> None:
        self.as_at = as_at
        self.data_dir = data_dir

    def rows(self, feed: str) -> list[dict[str, str]]:
        with (self.data_dir / "deliveries" / feed / f"{feed}.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def names(self, locality: str) -> dict[str, str]:
        """The beats and places of concern of a locality, and those at its edge that it shares."""
        [file] = (self.data_dir / "boundaries").glob("*.geojson")
        places = [one["properties"] for one in json.loads(file.read_text(encoding="utf-8"))["features"]]
        shared = {one["place_id"] for one in self.rows("edge_leads") if locality in one["shared_with"].split(";")}
        mine = [one for one in places if one["parent"] == locality or one["place_id"] in shared]
        return {one["place_id"]: one["name"] for one in mine if not one["valid_to"] or one["valid_to"] > str(self.as_at)}

    def raised(self) -> set[str]:
        """Places a concern was raised about in the last six weeks."""
        since = self.as_at - timedelta(weeks=6)
        rows = self.rows("emerging_concerns")
        return {one["place_id"] for one in rows if date.fromisoformat(one["fortnight_starting"]) >= since}

    def lacking(self, place: str) -> list[str]:
        """What a sufficient plan would still need, in the words of the page; nothing where somebody else leads."""
        moves = [one for one in self.rows("neighbourhood_assessments") if one["place_id"] == place]
        status = moves[-1]["status"] if moves else None
        if status == "stepped_up" or any(one["visible_from"] > str(self.as_at) for one in moves):
            return []
        work = [one for one in self.rows("interventions") if one["place_id"] == place]
        now = str(self.as_at)
        live = [one for one in work if one["started_on"] <= now and not (one["ended_on"] or "9") <= now]
        judged = [one["judged_on"] for one in self.rows("rag_judgements") if one["place_id"] == place]
        newest = max([*judged, *(one["moved_on"] for one in moves)], default="")
        return [
            said for said, so in (
                ("no assessment under way", status not in UNDER_WAY), ("nothing being done there now", not live),
                ("no review in 8 weeks", newest < str(self.as_at - timedelta(weeks=8))),
            ) if so
        ]  # fmt: skip


def test_enter_opens_the_card_when_the_page_was_reached_by_its_link_as_well(chair):
    chair.go("Trends")
    chair.go("Meeting")
    press(chair, "n", "Enter")
    chair.page.locator(".sp-meet-card").wait_for()
