"""The interventions page: what is being done, where and why, and what came of it; for the board, counts and kinds alone."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, tried
from dashboard.tried import Vocabularies
from dashboard.wording import interventions as words
from pipelines.insight.queries import Audience, open_snapshot

AS_AT = date(2026, 10, 7)
PAGE = "from dashboard.views import interventions\ninterventions.page()\n"
CODES = Vocabularies(
    types={"detached_outreach": "Youth workers out in the place", "closure_order": "Order closing premises for a time"},
    families={"detached_outreach": "contextual", "closure_order": "disruption"},
    levels={"universal": "For everyone"},
    harms={"robbery": "Robbery", "bullying": "Bullying"},
)


@pytest.fixture(autouse=True)
def _shown_to_the_manager(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", Audience("manager"))


def opened(data_dir: Path, monkeypatch, shown_to: str = "manager", **query: str) -> AppTest:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(data_dir))
    access.show_to(shown_to)
    page = AppTest.from_string(PAGE, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def text_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def entry(place: str | None = "B01", started: date | None = date(2026, 1, 1), ended: date | None = None, **more) -> dict:
    plain = {
        "entry_id": "e", "place_id": place, "intervention_type": "detached_outreach", "started_on": started,
        "ended_on": ended, "lead_agency": "Youth Service", "prevention_level": "universal",
        "harm_types": "robbery;bullying", "chosen_because": "Residents asked.", "led_elsewhere": False, "held_back": (),
    }  # fmt: skip
    return plain | more


def hidden(place: str = "B01") -> dict:
    nothing = dict.fromkeys(entry(), None)
    return nothing | {"entry_id": "h", "place_id": place, "led_elsewhere": True, "held_back": ()}


def table_of(*entries: dict, names: dict[str, str] | None = None) -> str:
    every = tried.all_work(
        pd.DataFrame(entries).astype(object), names or {"B01": "Mill Park"}, {"B01": ["west"]}, CODES.families, AS_AT
    )
    return tried.work_table(every, CODES, {"west": "West"}, None, {})


def test_the_page_lists_every_intervention_and_counts_them_by_state(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch)
    assert not page.exception
    register = open_snapshot(larkhaven, Audience("manager")).register("interventions")
    said = Counter("led_elsewhere" if led else "said" for led in register["led_elsewhere"])
    assert f"Of {len(register)} pieces of work" in text_of(page)
    assert text_of(page).count(f">{words.LED_ELSEWHERE}<") == said["led_elsewhere"] > 0
    assert words.HOW_TO_READ in text_of(page)


@pytest.mark.parametrize(
    ("started", "ended", "word"),
    [(date(2026, 11, 1), None, "Planned"), (date(2026, 1, 1), None, "Live"), (date(2026, 1, 1), date(2026, 3, 1), "Ended")],
)
def test_a_piece_of_work_is_planned_live_or_ended_on_the_day_of_the_snapshot(started, ended, word):
    assert f"</span>{word}</span>" in table_of(entry(started=started, ended=ended))


def test_a_row_says_what_where_who_for_whom_which_harm_and_why():
    table = table_of(entry())
    for said in (
        "Youth workers out in the place", "With young people and schools", "Mill Park", "West", "Youth Service",
        "For everyone", "Meant to reduce: Robbery; Bullying", "Residents asked.", "From 1 January 2026, no end date",
    ):  # fmt: skip
        assert said in table


def test_what_may_not_be_shown_yet_has_its_place_and_no_type_dates_or_agency():
    table = table_of(hidden())
    assert words.LED_ELSEWHERE in table
    assert "Mill Park" in table
    assert "Live" not in table
    assert words.NOT_SAID not in table


def test_words_that_wait_for_the_steward_are_said_to_wait():
    assert "waits for the data steward" in table_of(entry(chosen_because=None, held_back=("chosen_because",)))


def test_a_filter_narrows_the_list_and_the_counts_and_only_the_locality_enters_the_url(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch, place="P04")
    whole = text_of(page).count("<tr")
    page.selectbox(key="interventions:state").set_value("ended").run()
    page.selectbox(key="locality").set_value("north").run()
    assert not page.exception
    assert 0 < text_of(page).count("<tr") < whole
    assert ">Live<" not in text_of(page).split(words.COUNTS)[0]
    assert dict(page.query_params) == {"locality": "north"}
    page.selectbox(key="interventions:family").set_value("disruption").run()
    assert words.NOTHING_LEFT in text_of(page)


def test_a_meeting_has_the_work_of_its_own_places(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch, "meeting:north")
    own = open_snapshot(larkhaven, Audience("meeting", "north")).register("interventions")
    assert not page.exception
    assert f"Of {len(own)} pieces of work" in text_of(page)


def test_names_and_reasons_are_written_out_and_never_run():
    table = table_of(entry(chosen_because="<script>x</script>"), names={"B01": "<img src=x onerror=alert(1)>"})
    assert "<script" not in table
    assert "<img" not in table


def test_the_board_has_counts_by_locality_and_no_place(larkhaven, monkeypatch):
    board = opened(larkhaven, monkeypatch, "board")
    assert not board.exception
    text = text_of(board)
    assert words.BOARD_NOTE in text
    manager = open_snapshot(larkhaven, Audience("manager"))
    for name in manager.localities().values():
        assert name in text
    for name in manager.areas_of(None)["name"]:
        assert name not in text
