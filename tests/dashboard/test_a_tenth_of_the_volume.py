"""A town with a tenth of the records: most places are too few to say, and every page is of use all the same."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, reads
from dashboard.meeting import agenda, card
from dashboard.wording import directions
from dashboard.wording import meeting as words
from pipelines.demo import write_demo
from pipelines.insight import frozen
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

EVERY_PAGE = ("meeting", "map", "place", "trends", "assessments", "interventions", "about")
LOCALITIES = ("north", "east_central", "south")


@pytest.fixture(scope="module")
def quiet_town(tmp_path_factory) -> Path:
    """Larkhaven with every tenth incident of each month; months that came in another format than CSV never came."""
    data_dir = tmp_path_factory.mktemp("quiet") / "town"
    write_demo(data_dir, seed=7, months=30)
    for file in (data_dir / "deliveries" / "incidents").iterdir():
        if file.suffix == ".csv":
            head, *rows = file.read_text(encoding="utf-8").splitlines(keepends=True)
            file.write_text(head + "".join(rows[::10]), encoding="utf-8")
        elif file.suffix in (".parquet", ".xlsx"):
            file.unlink()
            file.with_name(f"{file.name}.toml").unlink()
    build(Settings(data_dir))
    publish(Settings(data_dir))
    return data_dir


@pytest.fixture(scope="module")
def meetings(quiet_town):
    return [frozen.view_now(quiet_town, locality) for locality in LOCALITIES]


@pytest.fixture(autouse=True)
def _as_the_manager(monkeypatch, quiet_town):
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("manager"))
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(quiet_town))
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def open_page(name: str) -> AppTest:
    return AppTest.from_string(f"from dashboard.views import {name}\n{name}.page()", default_timeout=60).run()


def text_of(page: AppTest) -> str:
    return unescape("\n".join(element.proto.body for element in page.get("html")))


def test_every_page_opens_and_none_stops(quiet_town):
    pages = {name: open_page(name) for name in EVERY_PAGE}
    assert not [name for name, page in pages.items() if page.exception or page.error]


def test_a_place_too_quiet_for_a_word_says_so_and_shows_its_last_year(meetings):
    few = [(view, place) for view in meetings for place in view["places"] if place["direction"] == "too_few_to_say"]
    assert len(few) > 3
    for view, place in few:
        html = card.card(view, place)
        assert directions.WORDS["too_few_to_say"] in html
        assert words.HARM_HEADS[-1] in html, "the column of the year"
        assert "too few records to say" in agenda.legend(view)


def test_all_kinds_of_harm_together_say_more_than_each_kind_alone(meetings):
    """The wider the count, the more of it can be said: what a reader is told to look at is worth looking at."""
    told = [harm for view in meetings for place in view["places"] for harm in place["harm"]]
    together = [one for one in told if one["harm_group"] == "all"]
    alone = [one for one in told if one["harm_group"] != "all"]
    assert _too_few(together, "direction") < _too_few(alone, "direction")
    assert _too_few(alone, "year_direction") < _too_few(alone, "direction")


def _too_few(harm, name: str) -> float:
    return sum(one[name] == "too_few_to_say" for one in harm) / len(harm)


def test_every_locality_has_a_word_where_its_places_have_none():
    html = text_of(open_page("trends"))
    signs = re.findall("|".join(map(re.escape, directions.WORDS.values())), html[: html.index("The figures and the words")])
    assert len(signs) >= 4 * 5, "the city and three localities, each kind of harm and all together"
    assert signs.count(directions.WORDS["too_few_to_say"]) < len(signs) / 4


def test_what_was_written_down_is_on_the_meeting_page_whatever_the_volume(meetings):
    assert [view for view in meetings if view["sections"]["needs_plan"]]
    assert [view for view in meetings if view["sections"]["report_backs"]]
