"""The place page, run without a browser on the fictional town's published snapshot."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, chronology, palette, place_panels
from dashboard.wording import directions as told
from dashboard.wording import place as words
from pipelines.insight.queries import Audience

PAGE = "from dashboard.views import place\nplace.page()"
NASTY = "<img src=x onerror=alert(1)>"
DAY = datetime.date(2026, 10, 7)
CODES = chronology.Words(
    statuses={"proposed": "Proposed", "agreed": "Agreed"}, interventions={"pshe": "Lessons"}, rag={"amber": "Amber"},
    recording={"new_system": "New system"}, harm_groups={"exploitation": "Exploitation"},
)  # fmt: skip


@pytest.fixture(autouse=True)
def _larkhaven(monkeypatch, larkhaven):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))


def opened(place: str | None = None) -> AppTest:
    page = AppTest.from_string(PAGE, default_timeout=60)
    if place:
        page.session_state["place"] = place
    return page.run()


def text_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def test_nobody_chosen_asks_for_a_place_and_says_nothing_of_any():
    page = opened()
    assert not page.exception
    assert [one.value for one in page.info] == [words.CHOOSE_FIRST]
    assert not page.get("plotly_chart")


def test_a_place_chosen_on_another_page_is_told_whole():
    page = opened("P04")
    html = text_of(page)
    assert not page.exception
    assert page.get("plotly_chart")
    assert "Sailcloth Parade" in html
    assert page.session_state["place_level"] == "place_of_concern"
    parts = (words.CHRONOLOGY, words.DIRECTIONS, told.HARM_OR_REPORTING, words.GROUND, words.STRENGTHS, words.NEIGHBOURS)
    assert [part for part in parts if part not in html] == []


def test_a_chosen_place_is_kept_in_the_session_and_never_in_the_url():
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["place"] = "E01"
    page.run()
    assert dict(page.query_params) == {}
    assert page.session_state["place"] is None
    page.selectbox(key="place_find").set_value("E01").run()
    assert page.session_state["place"] == "E01"
    assert dict(page.query_params) == {}


def test_no_ratio_is_said_where_fewer_than_ten_were_expected():
    html = text_of(opened("P04"))
    exploitation = html[html.index('<th scope="row">Exploitation</th>') :]
    assert words.SMALL in exploitation[: exploitation.index("</tr>")]
    assert "times the usual" not in exploitation[: exploitation.index("</tr>")]
    everything = html[html.index(f'<th scope="row">{words.ALL_GROUPS}</th>') :]
    assert "times the usual" in everything[: everything.index("</tr>")]


def test_a_rise_that_could_be_reporting_says_so():
    html = text_of(opened("S07"))
    assert told.VERDICTS["could_be_reporting"] in html
    assert "Police operation that went looking, since 1 May 2026, here." in html


def test_an_edge_place_says_who_leads():
    assert words.edge("East Central", "South") in text_of(opened("P06"))


def test_a_place_with_an_empty_register_says_so_instead_of_drawing_nothing():
    html = text_of(opened("E11"))
    assert words.EMPTY_REGISTER in html
    assert words.NO_ASSESSMENT in html
    assert words.NO_STRENGTHS in html


def test_what_is_led_elsewhere_shows_that_and_no_more():
    html = text_of(opened("N09"))
    assert words.LED_ELSEWHERE in html
    assert "strategy meeting" not in html


@pytest.mark.parametrize("place", ["P12", "E12"])
def test_a_place_without_much_history_draws_without_a_fault(place):
    assert not opened(place).exception


def test_a_meeting_is_offered_its_own_places_alone(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", Audience("meeting", "north"))
    page = opened("S07")
    assert not page.exception
    assert "Limpetgarth" not in text_of(page)
    options = page.selectbox(key="place_find").options
    assert options
    assert not any("Limpetgarth" in one for one in options)
    assert not any("(beat, South)" in one for one in options)


def test_the_board_is_told_it_has_no_places_and_the_page_stands(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", Audience("board"))
    page = opened("S07")
    assert not page.exception
    assert [one.value for one in page.info] == [words.NOT_FOR_YOU]
    assert "Limpetgarth" not in text_of(page)


def story(**parts):
    return SimpleNamespace(**{"moves": (), "interventions": (), "concerns": (), **parts})


def move(status: str | None, on: datetime.date | None, **more):
    return {"status": status, "moved_on": on, "lead_agency": "Housing", "reason": "Agreed.", "held_back": (),
            "led_elsewhere": status is None, **more}  # fmt: skip


NO_RAG, NO_CHANGES = pd.DataFrame(columns=["judged_on"]), pd.DataFrame(columns=["starts_on"])


def test_each_step_of_an_assessment_lasts_until_the_next_and_the_last_until_today():
    moves = (move("proposed", datetime.date(2026, 5, 1)), move("agreed", datetime.date(2026, 7, 1)))
    events = chronology.events_of(story(moves=moves), NO_RAG, NO_CHANGES, CODES, DAY)
    assert [(one.starts.month, one.ends) for one in events] == [(5, datetime.date(2026, 7, 1)), (7, DAY)]


def test_a_step_before_one_that_may_not_be_shown_is_not_said_to_last_until_today():
    moves = (move("proposed", datetime.date(2026, 5, 1)), move(None, None))
    (event,) = chronology.events_of(story(moves=moves), NO_RAG, NO_CHANGES, CODES, DAY)
    assert event.ends != DAY


def test_words_that_wait_for_the_steward_say_so():
    moves = (move("proposed", datetime.date(2026, 5, 1), reason=None, held_back=("reason",)),)
    (event,) = chronology.events_of(story(moves=moves), NO_RAG, NO_CHANGES, CODES, DAY)
    assert words.WAITS in event.said


def test_a_name_is_escaped_in_every_piece_and_in_the_chart():
    look = palette.RAG["amber"]
    sharing = pd.DataFrame([{"area_level": "beat", "area_id": "N01", "name": NASTY}])
    patterns = pd.DataFrame([{"pattern": "days", "harm_group": "all", "word": NASTY, "label": NASTY}])
    pieces = [
        place_panels.tag(look, NASTY), place_panels.place_title(NASTY, NASTY), place_panels.ground_table(sharing, {}),
        place_panels.patterns_table(patterns), place_panels.now_panel([NASTY], "", True),
        place_panels.listed(NASTY, [NASTY], ""), place_panels.plain_table(NASTY, (NASTY,), [(NASTY, NASTY)]),
    ]  # fmt: skip
    assert not any("<img" in piece for piece in pieces)
    assert all("&lt;img" in piece for piece in pieces)
    series = pd.DataFrame(
        {"period": ["2026-09"], "period_start": [datetime.date(2026, 9, 1)], "label": ["September 2026"], "about": [6.0],
         "low": [4.0], "high": [8.0], "state": ["collected"]}
    )  # fmt: skip
    events = [
        chronology.Event("interventions", datetime.date(2026, 9, 2), DAY, "", NASTY, NASTY),
        chronology.Event("recording", datetime.date(2026, 9, 2), None, "|", NASTY, NASTY),
    ]
    drawn = chronology.figure(
        series, events, unit="incidents", shown=("2026-09",), usual=None, base_exact=False,
        since=datetime.date(2026, 9, 1), until=DAY,
    )  # fmt: skip
    assert "<img" not in drawn.to_json().replace("\\u003c", "<")


def test_the_table_of_the_time_line_is_newest_first():
    moves = (move("proposed", datetime.date(2026, 5, 1)), move("agreed", datetime.date(2026, 7, 1)))
    rows = chronology.rows(chronology.events_of(story(moves=moves), NO_RAG, NO_CHANGES, CODES, DAY))
    assert [row[0] for row in rows] == ["1 July 2026", "1 May 2026"]
