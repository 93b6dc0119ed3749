"""A village where every word somebody else wrote holds markup: no page may run it or draw it, all of them show it as text.

Its incidents stopped coming half a year ago, so it is also where an investigator sees a stale source.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from readers import BOARD, MANAGER, PAGES, Reader, address_of
from villages import PARTNERSHIP, VILLAGE_BEATS, Village, beat, boundary_file, make_village, square
from visits import CHROMIUM, NO_BROWSER

from dashboard.wording import meeting as words
from pipelines.gate.quarantine import decide, held_texts
from pipelines.gate.snapshot import keys_of

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]

RUNS = '<img src=x onerror="window.top.hurt=1"><script>window.top.hurt=1</script>'
LINK = "[a](javascript:window.top.hurt=1) {{7*7}} ${7*7} **bold**"
HOSTILE = f"{RUNS} {LINK}"
REGISTERS = {
    "neighbourhood_assessments": (
        "place_id,status,moved_on,lead_agency,lead_role,reason,report_back_on,threshold",
        [["B02", "agreed", "2024-01-20", HOSTILE, HOSTILE, HOSTILE, "2024-02-20", "in_need"]],
    ),
    "interventions": (
        "intervention_id,place_id,intervention_type,started_on,lead_agency,chosen_because",
        [["INT-1", "B02", "detached_outreach", "2024-01-01", HOSTILE, HOSTILE]],
    ),
    "rag_judgements": ("place_id,judged_on,value,role,reason", [["B02", "2024-01-22", "green", HOSTILE, HOSTILE]]),
    "place_strengths": ("place_id,noted_on,kind,note,role", [["B02", "2024-01-05", "strength", HOSTILE, HOSTILE]]),
    "emerging_concerns": (
        "concern_ref,place_id,harm_group,fortnight_starting,role,reason",
        [["CON-1", "B02", "exploitation", "2024-07-08", HOSTILE, HOSTILE]],
    ),
    "safety_goals": (
        "goal_ref,place_id,goal,what_safer_looks_like,developed_with,review_on",
        [["GOAL-1", "B02", HOSTILE, HOSTILE, HOSTILE, "2024-06-01"]],
    ),
    "actions": (
        "action_ref,place_id,lead_agency,action,aim,success,due_on,status,updated_on",
        [["ACT-1", "B02", HOSTILE, HOSTILE, HOSTILE, HOSTILE, "2024-07-01", "in_progress", "2024-02-01"]],
    ),
    "agenda_items": (
        "item_ref,place_id,raised_on,for_meeting_on,item,presenter_role",
        [["AGD-1", "B02", "2024-07-12", "", HOSTILE, HOSTILE]],
    ),
    "recording_events": (
        "event_ref,starts_on,feed,place_id,kind,note",
        [["REC-1", "2024-01-02", "incidents", "B02", "proactive_operation", HOSTILE]],
    ),
    "meetings": ("locality,met_on", [["west", "2024-07-12"]]),
}


@pytest.fixture(scope="module")
def hostile_village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    village = make_village(tmp_path_factory.mktemp("markup") / "village")
    named = PARTNERSHIP.replace('"West"', f"'West {RUNS}'").replace('name = "Two Ends"\n', f"name = 'Two Ends {RUNS}'\n")
    (village.data_dir / "partnership.toml").write_text(named, encoding="utf-8")
    beats = [
        beat(place_id, parent, square(easting, northing), name=f"{place_id} {HOSTILE}")
        for place_id, (parent, easting, northing) in VILLAGE_BEATS.items()
    ]
    beats[0]["properties"]["place_category"] = None
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    village.incidents(*(f"r{n},2024-01-{1 + n % 28:02},robbery,401500,300500" for n in range(60)))
    for feed, (header, rows) in REGISTERS.items():
        out = io.StringIO()
        csv.writer(out).writerows([header.split(","), *rows])
        village.deliver(feed, out.getvalue(), delivered_on="2024-07-15")
    village.build()
    release_every_text(village)
    village.publish()
    return village.data_dir


def release_every_text(village: Village) -> None:
    """A steward who lets everything through: what the screen holds back cannot be what keeps a page safe."""
    keys = keys_of(village.settings)
    for one in held_texts(village.settings, keys):
        decide(village.settings, keys, one.id, "release", role="Data Steward", decided_at=datetime.now(UTC))


@pytest.fixture(scope="module", params=[MANAGER, BOARD])
def reader(request: pytest.FixtureRequest, browser: Any, hostile_village: Path) -> Iterator[Reader]:
    one = Reader(browser, address_of(hostile_village, request.param)).start()
    one.audience = request.param
    yield one
    one.close()


def harm_done(reader: Reader) -> list[str]:
    """What any frame of the page ran or drew of the words."""
    look = """() => [
      ...(window.hurt || window.top.hurt ? ['ran'] : []),
      ...[...document.querySelectorAll('img[src=x], [onerror], a[href^="javascript:"]')].map(one => one.outerHTML),
      ...[...document.querySelectorAll('strong')].filter(one => one.innerText === 'bold').map(() => 'Markdown'),
    ]"""
    done = [one for frame in reader.page.frames for one in frame.evaluate(look)]
    return done + [word for word in ("{{49}}", " 49 ", "$49") if word in reader.words()]


def test_no_page_runs_or_draws_what_a_name_or_a_word_says(reader):
    said = ""
    for title in PAGES["manager" if ":" in reader.audience else reader.audience]:
        reader.go(title)
        if title == "Meeting":
            reader.start("?locality=west")
            reader.page.get_by_label("Open any place", exact=True).click()
            reader.page.get_by_role("option", name=f"B02 {HOSTILE}", exact=True).click()
            reader.page.locator(".sp-meet-card h2", has_text="B02 <img").wait_for()
            assert reader.page.locator(".sp-meet-card").inner_text().count(HOSTILE) > 9, "the registers' words, as text"
        for part in ("[role=tab]", "[data-testid=stExpander] summary", "[data-testid=stRadio] label"):
            for one in reader.page.locator(part).all():
                if one.is_visible():
                    one.click()
                    reader.settle()
                    said += reader.words()
        assert harm_done(reader) == [], title
        said += reader.words()
    assert RUNS in said, "the words are there, as text"
    if reader.audience != BOARD:
        assert LINK in said


def test_a_page_of_a_chosen_place_and_its_lists_of_choices_are_text_too(reader):
    if reader.audience == BOARD:
        assert "Place" not in reader.titles()
        return
    reader.go("Place")
    box = reader.page.get_by_role("combobox").first
    box.click()
    reader.page.get_by_role("option").first.wait_for()
    assert harm_done(reader) == []
    reader.page.keyboard.type("B02")
    reader.page.keyboard.press("Enter")
    reader.page.locator("h1", has_text="B02 <img").wait_for()
    reader.settle()
    assert harm_done(reader) == []
    assert HOSTILE in reader.words()


def test_an_investigator_sees_that_a_source_went_quiet(reader):
    if reader.audience == BOARD:
        assert "Meeting" not in reader.titles()
        return
    reader.go("Meeting")
    quiet = reader.page.locator(".sp-missing-note", has_text="Incidents")
    assert quiet.inner_text() == words.stale("Incidents", "2024-01-31")


def test_the_check_sees_what_it_looks_for(reader):
    """The test of the test: the same words set as HTML are found, and so is a script that ran."""
    reader.page.evaluate("words => { document.querySelector('h1').innerHTML = words; }", RUNS)
    reader.page.wait_for_function("() => window.hurt === 1")
    found = harm_done(reader)
    reader.page.evaluate("() => { delete window.hurt; document.querySelector('h1').innerHTML = ''; }")
    reader.faults.clear()  # the broken picture
    assert "ran" in found
    assert any("onerror" in one for one in found)
