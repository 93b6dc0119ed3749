"""The Meeting page, run without a browser on the fictional town: live, frozen, by key, and for every audience."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, reads, wording
from dashboard.meeting import agenda, card, rows, view
from dashboard.wording import assessments, directions
from dashboard.wording import meeting as words
from dashboard.wording import meeting_card as told
from pipelines import meetings
from pipelines.insight import frozen
from pipelines.insight.queries import open_snapshot
from pipelines.intake.retention import purge

# The hash of every sentence of the Meeting page, by their version.
SENTENCES = {"3": "4ca349e1b818bb6e"}


@pytest.fixture(autouse=True)
def _as_the_manager(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("manager"))
    st.cache_data.clear()
    st.cache_resource.clear()
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def north(larkhaven) -> dict[str, Any]:
    """What the North meeting sees, as plain data. Not to be changed."""
    return frozen.view_now(larkhaven, "north")


@pytest.fixture
def open_page(larkhaven, monkeypatch, north):
    """Open the page on a data directory; the plain data of North is made once for all of these tests."""
    monkeypatch.setattr(view, "live", {"north": north}.__getitem__)

    def start(data_dir: Path = larkhaven, **query: str) -> AppTest:
        monkeypatch.setenv(DATA_DIR_VARIABLE, str(data_dir))
        page = AppTest.from_function(_page, default_timeout=60)
        for name, said in {"locality": "north", **query}.items():
            page.query_params[name] = said
        return page.run()

    return start


def sentences(module: Any) -> list[str]:
    """Every text a module of words says, in the order it stands there; what explains the code is no sentence."""
    tree = ast.parse(inspect.getsource(module))
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained
    ]  # fmt: skip


def _page() -> None:
    from dashboard.views import meeting

    meeting.page()


def text_of(page: AppTest) -> str:
    return unescape("\n".join(element.proto.body for element in page.get("html")))


def boxes(page: AppTest) -> list[str]:
    """The labels of the boxes that open when they are pressed."""
    return [one.proto.popover.label for one in page.get("popover")]


def queue_of(page: AppTest) -> list[str]:
    """The names in the first section, from the rows between its heading and the next."""
    html = text_of(page)
    first = html[html.index('id="sp-needs_plan"') : html.index('id="sp-concerns"')]
    return re.findall(r'sp-meet-row-head"><strong>(.*?)</strong>', first)


def press(page: AppTest, key: str) -> AppTest:
    return page.button(key=key).click().run()


def test_the_queue_stands_before_every_other_section_with_its_rule_in_words(open_page, north):
    html = text_of(page := open_page())
    assert not page.exception
    found = [html.index(f'id="sp-{section}"') for section in words.SECTIONS]
    assert found == sorted(found)
    assert words.rule(8, 42) in html
    assert len(queue_of(page)) == len(north["sections"]["needs_plan"]) > 0


def test_each_row_of_the_queue_says_why_it_is_there_and_what_is_lacking(open_page, north):
    html = text_of(open_page())
    for place in (one for one in north["places"] if one["area_id"] in north["sections"]["needs_plan"]):
        assert words.why(place["why_listed"], place["lacking"], 8, place["direction"]) in html


def test_a_place_with_no_past_is_here_because_it_is_newly_active(north):
    new = {**north["places"][0], "direction": "new_activity", "why_listed": ["rising"], "lacking": ["no_assessment"]}
    assert "Here because: newly active. There is no assessment under way" in rows.row(north, "needs_plan", new, here=False)


def test_a_rise_that_could_be_reporting_is_said_so_in_the_list_itself(north):
    rising = next(one for one in north["places"] if one["direction"] == "rising")
    perhaps = {**rising, "reporting": {**rising["reporting"], "verdict": "could_be_reporting"}}
    surely = {**rising, "reporting": {**rising["reporting"], "verdict": "no_sign_of_a_recording_change"}}
    for section in ("needs_plan", "rising"):
        assert "More harm or more reporting? Could be reporting" in rows.row(north, section, perhaps, here=False)
        assert "reporting" not in rows.row(north, section, surely, here=False)


def test_what_an_earlier_meeting_put_on_this_agenda_stands_before_what_is_due(open_page, north):
    mine = [one for one in north["sections"]["report_backs"] if one["kind"] == "agenda_item"]
    assert [one["on"] for one in mine] == [north["clock"]["meets_on"]]
    assert north["sections"]["report_backs"][: len(mine)] == mine
    html = text_of(open_page())
    backs = html[html.index('id="sp-report_backs"') : html.index('id="sp-since"')]
    assert f"On this agenda</span>: {mine[0]['item']}" in backs
    assert backs.index(mine[0]["item"]) < backs.index("overdue since")


def test_what_was_put_on_the_agenda_of_a_meeting_that_is_over_is_on_no_card(larkhaven, north):
    delivered = open_snapshot(larkhaven, reads.Audience("meeting", "north")).register("agenda_items")
    over = delivered[delivered["for_meeting_on"].isna()]
    assert len(over), "the last meeting has talked about it"
    standing = {one["item"] for place in north["places"] for one in place["agenda_items"]}
    assert standing
    assert not standing & set(over["item"])


def test_places_with_too_few_records_are_counted_and_the_reader_is_told_where_to_look(north):
    few = {**north, "places": [{**one, "direction": "too_few_to_say"} for one in north["places"]]}
    assert f"{len(few['places'])} of {len(few['places'])} places have too few records to say" in agenda.legend(few)
    assert words.too_few(1, 12).startswith("1 of 12 places has too few records")
    assert words.too_few(0, 12) == ""


def test_the_flags_of_a_meeting_are_said_to_count_each_kind_of_harm(north):
    html = agenda.legend(north)
    assert words.flags(**north["flags"]) in html
    assert "each kind of harm" in html
    assert words.flags(1, 0.05) == "These places have 1 flag, counting each kind of harm: about 1 may be false."
    assert words.flags(0, 0.0) == "No place of this meeting is flagged."


def test_the_queue_can_be_sorted_by_name(open_page):
    page = open_page()
    page.selectbox(key="meeting_sort").set_value("name").run()
    assert queue_of(page) == sorted(queue_of(page), key=str.casefold)
    assert len(queue_of(page)) > 1


def test_the_planted_rise_is_in_the_queue_and_the_planted_fall_is_not(open_page, larkhaven, north):
    planted = json.loads((larkhaven / "truth" / "planted.json").read_text())
    by_id = {place["area_id"]: place for place in north["places"]}
    rising = [one["place_id"] for one in planted["rising"] if one["place_id"] in by_id]
    assert rising
    for place_id in rising:
        assert by_id[place_id]["direction"] == "rising"
        assert by_id[place_id]["name"] in queue_of(open_page())
    assert not {one["place_id"] for one in planted["falling"]} & set(north["sections"]["needs_plan"])


def test_next_goes_from_place_to_place_and_after_the_last_begins_again(open_page, north):
    page = open_page()
    seen = []
    for _ in range(len(north["places"]) + 1):
        seen.append(press(page, "meeting_next").session_state["place"])
    assert sorted(seen[:-1]) == sorted(one["area_id"] for one in north["places"])
    assert seen[-1] == seen[0]
    assert press(page, "meeting_previous").session_state["place"] == seen[-2]


def test_a_card_opens_in_place_of_the_lists_and_closes_again(open_page):
    page = press(open_page(), "meeting_open")
    assert "sp-meet-card" in text_of(page)
    assert 'id="sp-needs_plan"' not in text_of(page)
    assert page.session_state["place"]
    page = press(page, "meeting_close")
    assert "sp-meet-card" not in text_of(page)
    assert page.session_state["place"], "the keys stay on the place"


def test_a_place_opened_from_the_list_of_all_is_shared_with_the_other_pages_and_never_in_the_url(open_page, north):
    page = open_page(place="N01")
    page.selectbox(key="meeting_any").set_value("N01").run()
    assert (page.session_state["place"], page.session_state["place_level"]) == ("N01", "beat")
    assert dict(page.query_params) == {"locality": "north"}
    assert "sp-meet-card" in text_of(page)


def test_the_next_agenda_item_closes_the_card_and_marks_its_section(open_page):
    page = press(press(open_page(), "meeting_open"), "meeting_next_item")
    html = text_of(page)
    assert "sp-meet-card" not in html
    assert words.ON_AGENDA in html[html.index('id="sp-needs_plan"') : html.index('id="sp-concerns"')]


def test_every_card_and_every_row_draws_for_every_locality(larkhaven, north):
    for shown in (north, frozen.view_now(larkhaven, "south")):
        for place in shown["places"]:
            assert words.READ_ALOUD in card.card(shown, place)
            for section in words.SECTIONS:
                assert rows.row(shown, section, place, here=False)


def test_a_card_says_goals_before_harm_and_strengths_beside_it(north):
    html = card.card(north, next(one for one in north["places"] if one["goals"] and one["strengths"]))
    order = [html.index(f">{part}<") for part in (words.GOALS, words.HARM, words.STRENGTHS, words.PLAN, words.ACTIONS)]
    assert order == sorted(order)
    assert "Safer looks like:" in html


def test_what_is_led_elsewhere_says_only_that(north):
    place = next(one for one in north["places"] if one["assessment"] and one["assessment"]["led_elsewhere"])
    html = unescape(card.card(north, place))
    assert words.ELSEWHERE.capitalize() in html
    assert words.HELD not in html


def test_a_judgement_and_a_statistic_that_point_apart_are_worth_discussing(open_page, north):
    apart = [one for one in north["places"] if one["worth_discussing"]]
    assert apart
    html = card.card(north, apart[0])
    assert unescape(html).count(words.WORTH_DISCUSSING) == 1
    assert apart[0]["rag"]["role"] in unescape(html)


def test_words_held_back_are_said_to_wait(north):
    place = json.loads(json.dumps(next(one for one in north["places"] if one["goals"])))
    place["goals"][0].update(goal=None, held_back=["goal"])
    assert words.HELD in card.card(north, place)


def test_a_name_that_is_markup_is_shown_as_it_is_written(north):
    name = "<img src=x onerror=alert(1)>"
    shown = json.loads(json.dumps(north).replace("Bulrush Fold", name))
    place = next(one for one in shown["places"] if one["name"] == name)
    drawn = [card.card(shown, place), agenda.table(shown, None)]
    drawn += [rows.row(shown, section, place, here=True) for section in words.SECTIONS]
    assert not any("<img" in one for one in drawn)


def test_the_map_has_a_mark_for_every_direction_and_a_table_beside_it(open_page, north):
    figures = view.direction_figures(north["places"])
    assert {one.shade.mark for one in figures if one.shade} >= {"▲", "▼"}
    assert words.MAP_TABLE in text_of(open_page())
    assert {one["properties"]["area_id"] for one in north["map"]["places"]["features"]} == {one.area_id for one in figures}


def test_a_frozen_meeting_is_drawn_exactly_as_it_was_without_any_snapshot(open_page, north, tmp_path):
    live = text_of(open_page())
    frozen.freeze(tmp_path, north, date(2026, 10, 6), wording=words.VERSION, store=None)
    (tmp_path / "snapshots").mkdir()
    content = frozen.read_frozen(tmp_path, "north", date(2026, 10, 6), reads.Audience("manager"))
    assert content["view"] == {**north, "recorded": []}
    for place in north["places"]:
        again = next(one for one in content["view"]["places"] if one["area_id"] == place["area_id"])
        assert card.card(content["view"], again) == card.card(north, place)
    assert agenda.top(content["view"], None) in live


def test_a_frozen_meeting_looks_the_same_after_another_publish_and_a_purge(village, monkeypatch):
    for month, days in ((1, 31), (2, 29), (3, 31), (4, 30), (5, 31)):
        covers = (f"2024-{month:02d}-01", f"2024-{month:02d}-{days}")
        rows = [f"m{month}-{number},2024-{month:02d}-1{number},robbery,400500,300500" for number in range(9)]
        village.incidents(*rows, name=f"{month}.csv", covers=covers, delivered_on=f"2024-{month + 1:02d}-05")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("meeting", "west"))
    frozen.freeze(
        village.data_dir, frozen.view_now(village.data_dir, "west"), date(2024, 6, 4), wording=words.VERSION, store=None
    )

    def reopened() -> str:
        (kept,) = frozen.frozen_meetings(village.data_dir, reads.Audience("meeting", "west"))
        page = AppTest.from_function(_page, default_timeout=60).run()
        page.selectbox(key="meeting_which_west").set_value(kept).run()
        return text_of(page) + text_of(press(page, "meeting_open"))

    before = reopened()
    assert words.frozen_title("2024-06-04") in before
    purge(village.settings)
    assert not (village.data_dir / "deliveries" / "incidents" / "1.csv").exists()
    rows = [f"m6-{number},2024-06-10,knife_crime,401500,300500" for number in range(60)]
    village.incidents(*rows, name="6.csv", covers=("2024-06-01", "2024-06-30"), delivered_on="2024-07-05")
    village.build()
    village.publish()
    assert frozen.view_now(village.data_dir, "west")["as_at"] == "2024-07-05"
    assert reopened() == before


def test_the_manager_freezes_a_meeting_once_and_opens_it_again(open_page, larkhaven, tmp_path, monkeypatch):
    for name in ("snapshots",):
        (tmp_path / name).symlink_to(larkhaven / name)
    page = press(open_page(tmp_path), "meeting_freeze")
    assert page.success[0].value == words.FROZEN_DONE
    (kept,) = frozen.frozen_meetings(tmp_path, reads.Audience("manager"))
    page = press(page, "meeting_freeze")
    assert "frozen already" in page.error[0].value
    page = open_page(tmp_path)
    page.selectbox(key="meeting_which_north").set_value(kept).run()
    assert not page.exception
    assert words.frozen_title(kept.met_on.isoformat()) in text_of(page)
    assert not [one for one in page.button if one.key == "meeting_freeze"]


def test_a_frozen_meeting_changed_by_hand_is_refused_in_words(open_page, larkhaven, north, tmp_path):
    (tmp_path / "snapshots").symlink_to(larkhaven / "snapshots")
    file = frozen.freeze(tmp_path, north, date(2026, 10, 6), wording=words.VERSION, store=None)
    file.write_text(file.read_text().replace("Bulrush Fold", "Bulrush Folk"))
    page = open_page(tmp_path)
    (kept,) = frozen.frozen_meetings(tmp_path, reads.Audience("manager"))
    page.selectbox(key="meeting_which_north").set_value(kept).run()
    assert not page.exception
    assert "was changed after it was frozen" in text_of(page)
    assert "sp-meet-agenda" not in text_of(page)


def test_a_meeting_has_its_own_locality_alone_and_may_not_freeze(open_page, larkhaven, monkeypatch, north):
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("meeting", "north"))
    page = open_page(locality="south")
    assert not page.exception
    assert words.title("North") in text_of(page)
    assert "locality" not in page.query_params
    assert not [one for one in page.selectbox if one.key == "meeting_locality"]
    assert not [one for one in page.button if one.key == "meeting_freeze"]
    assert words.WHICH not in boxes(page), "there is nothing in the box to choose or press"


def test_a_meeting_may_open_what_was_frozen_for_it(open_page, larkhaven, monkeypatch, north, tmp_path):
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("meeting", "north"))
    (tmp_path / "snapshots").symlink_to(larkhaven / "snapshots")
    frozen.freeze(tmp_path, north, date(2026, 10, 6), wording=words.VERSION, store=None)
    page = open_page(tmp_path)
    assert words.WHICH in boxes(page)
    (kept,) = frozen.frozen_meetings(tmp_path, reads.Audience("meeting", "north"))
    page.selectbox(key="meeting_which_north").set_value(kept).run()
    assert words.frozen_title("2026-10-06") in text_of(page)


def test_without_incidents_there_is_no_meeting_and_the_page_says_why(village, monkeypatch):
    """A city that has delivered the police's published figures and nothing of its own."""
    columns = ("Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
               "Last outcome category,Context")  # fmt: skip
    crime = "a1,2024-01,Invented,Invented,-1.992681,52.602237,On or near,E01,Invented 1,Robbery,,"
    village.deliver("police_uk", f"{columns}\n{crime}\n", name="2024-01-force-street.csv")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception
    assert words.NO_INCIDENTS_TITLE in text_of(page)
    assert words.WHICH not in boxes(page)
    others = {name: _open(name) for name in ("assessments", "interventions", "place", "map", "trends", "about")}
    assert not [name for name, other in others.items() if other.exception or other.error]
    assert assessments.NO_INCIDENTS in text_of(others["assessments"])
    assert wording.RATES not in others["map"].radio(key="show").options, "nobody counted residents"


def _open(name: str) -> AppTest:
    return AppTest.from_string(f"from dashboard.views import {name}\n{name}.page()", default_timeout=60).run()


def test_the_board_is_told_that_the_page_is_not_for_it(open_page, monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("board"))
    page = open_page()
    assert not page.exception
    assert words.NOT_HERE_TITLE in text_of(page)


def test_with_empty_registers_the_page_says_so_and_still_shows_the_counts(village, monkeypatch):
    village.incidents("row-1,2024-01-05,robbery,400500,300500")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    page = AppTest.from_function(_page, default_timeout=60).run()
    assert not page.exception
    assert words.REGISTER_EMPTY in text_of(page)
    page = press(page, "meeting_open")
    assert not page.exception
    assert words.NONE[words.GOALS] in text_of(page)


def test_the_command_and_the_page_freeze_with_the_same_sentences():
    assert meetings.WORDING == words.VERSION


def test_a_sentence_of_the_meeting_page_cannot_be_reworded_without_its_version():
    """A frozen meeting is drawn with today's sentences, and says so by their version: it has to change with them."""
    said = "\n".join(sentence for module in (words, told, directions) for sentence in sentences(module))
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == SENTENCES.get(words.VERSION), (
        "raise VERSION in dashboard/wording/meeting.py and WORDING in pipelines/meetings.py, and put the new hash here"
    )


def test_every_item_of_the_agenda_and_every_section_has_words(north):
    assert sum(one["minutes"] for one in north["agenda"]) == 60
    assert {one["item"] for one in north["agenda"]} == set(words.ITEMS)
    assert {one["section"] for one in north["agenda"]} - {None} == set(words.SECTIONS) == set(north["sections"])


def test_a_source_that_has_gone_quiet_and_a_flag_of_the_whole_city_are_said_at_the_top(north):
    shown = {**north, "clock": {**north["clock"], "stale": [["Incidents", "2026-07-01"]]}, "city_flag": "rising"}
    html = unescape(agenda.top(shown, None))
    assert "nothing newer than 1 July 2026" in html
    assert "The whole city is higher than its past" in html
