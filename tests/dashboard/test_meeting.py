"""The Meeting page, run without a browser on the fictional town: live, frozen, by key, and for every audience."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, reads
from dashboard.meeting import agenda, card, rows, view
from dashboard.wording import meeting as words
from pipelines import meetings
from pipelines.insight import frozen


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


def _page() -> None:
    from dashboard.views import meeting

    meeting.page()


def text_of(page: AppTest) -> str:
    return unescape("\n".join(element.proto.body for element in page.get("html")))


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
        assert words.why(place["why_listed"], place["lacking"], 8) in html


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
    frozen.freeze(tmp_path, north, date(2026, 10, 6), wording=words.VERSION)
    (tmp_path / "snapshots").mkdir()
    content = frozen.read_frozen(tmp_path, "north", date(2026, 10, 6), reads.Audience("manager"))
    assert content["view"] == north
    for place in north["places"]:
        again = next(one for one in content["view"]["places"] if one["area_id"] == place["area_id"])
        assert card.card(content["view"], again) == card.card(north, place)
    assert agenda.top(content["view"], None) in live


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
    file = frozen.freeze(tmp_path, north, date(2026, 10, 6), wording=words.VERSION)
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


def test_every_item_of_the_agenda_and_every_section_has_words(north):
    assert sum(one["minutes"] for one in north["agenda"]) == 60
    assert {one["item"] for one in north["agenda"]} == set(words.ITEMS)
    assert {one["section"] for one in north["agenda"]} - {None} == set(words.SECTIONS) == set(north["sections"])


def test_a_source_that_has_gone_quiet_and_a_flag_of_the_whole_city_are_said_at_the_top(north):
    shown = {**north, "clock": {**north["clock"], "stale": [["Incidents", "2026-07-01"]]}, "city_flag": "rising"}
    html = unescape(agenda.top(shown, None))
    assert "nothing newer than 1 July 2026" in html
    assert "The whole city is higher than its past" in html
