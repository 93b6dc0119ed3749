"""The trends page, run without a browser on the fictional town's published snapshot."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, sparks, trend_panels
from dashboard import trend_parts as parts
from dashboard.wording import directions as told
from dashboard.wording import trends as words
from pipelines.insight.queries import Audience

PAGE = "from dashboard.views import trends\ntrends.page()"
HARM, FLAGGED, MISSING, SCHOOLS = words.TABS
NASTY = '<img src=x onerror="alert(1)">'


@pytest.fixture(autouse=True)
def _larkhaven(monkeypatch, larkhaven):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(larkhaven))


def opened(tab: str = HARM) -> AppTest:
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.session_state["trends_part"] = tab
    page.run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def shown_to(monkeypatch, name: str, locality: str | None = None) -> None:
    monkeypatch.setattr(access, "SHOWN_TO", Audience(name, locality))


def test_every_locality_and_the_city_have_a_picture_and_a_word_for_each_harm_group():
    html = text_of(opened())
    assert html.count('class="sp-story-spark"') == 4 * 5
    assert "Larkhaven (whole city)" in html
    (word,) = re.findall(r'alt="Knives and weapons in North, [^"]* 2026\. ([^."]+)\.', html)
    assert word in told.WORDS.values()


def test_concentration_is_said_in_words_with_what_chance_would_make_it():
    html = text_of(opened())
    said = re.search(r"Exploitation: half of it is in (\d+) of 36 beats\. Spread by chance alone, .* in about (\d+)", html)
    assert said
    assert int(said.group(1)) < int(said.group(2))


def test_months_or_quarters_may_be_chosen_and_a_place_in_the_url_goes():
    page = AppTest.from_string(PAGE, default_timeout=60)
    page.query_params["grain"] = "quarter"
    page.query_params["place"] = "N03"
    page.run()
    assert page.radio(key="trends_grain").value == "quarter"
    assert "place" not in page.query_params


def test_the_list_of_flags_says_its_false_alarms_and_whether_it_could_be_reporting():
    html = text_of(opened(FLAGGED))
    clear = html[html.index(f"<caption>{words.FLAGGED}") : html.index(f"<caption>{words.POSSIBLE}")]
    planted = ("Bulrush Fold", "Lanternquay", "Sorrelhythe", "Lantern Meadow", "Limpetgarth")
    assert sum(place in clear for place in planted) >= 3
    assert re.search(r"Of the \d+ with a clear word, about \d+ may be false", html)
    rows = re.findall(r"<tr><th scope=.row.>.*?</tr>", clear)
    assert rows
    assert all(any(verdict in row for verdict in told.VERDICTS.values()) for row in rows)
    assert told.NOT_SAFE in html


def test_missing_children_have_their_interviews_their_repeats_and_the_note_on_trust():
    html = text_of(opened(MISSING))
    for part in (words.INTERVIEWS, words.REPEATS, words.FOUND, words.MORE_TRUST, words.NO_TIMES):
        assert part in html
    assert re.search(r"Completed within 72 hours.*about \d+ \(\d+-\d+\), \d+%", html, re.DOTALL)


def test_percentages_of_weapon_reports_are_of_the_whole_city_and_a_school_year_alone():
    page = opened(SCHOOLS)
    html = text_of(page)
    by_term = html[html.index(f"{words.PATHWAY}: ") :]
    assert "%" not in by_term[: by_term.index("</table>")]
    years = html[html.index(words.PATHWAY_YEARS) :]
    assert "%" in years[: years.index("</table>")]
    page.selectbox(key=parts_key()).set_value(("locality", "south")).run()
    assert not page.exception
    assert f"{words.PATHWAY}: South" in text_of(page)


def parts_key() -> str:
    from dashboard.trend_tabs import PATHWAY_KEY

    return PATHWAY_KEY


def test_a_meeting_sees_its_own_locality_and_the_city(monkeypatch):
    shown_to(monkeypatch, "meeting", "north")
    for tab in words.TABS:
        html = text_of(opened(tab))
        assert "South" not in html
        assert "East Central" not in html
        assert "Limpetgarth" not in html


def test_the_board_sees_quarters_to_the_nearest_five_and_no_place(monkeypatch, larkhaven):
    shown_to(monkeypatch, "board")
    page = opened()
    assert not page.radio
    for tab in words.TABS:
        html = text_of(opened(tab))
        figures = [int(one.replace(",", "")) for one in re.findall(r"about (\d[\d,]*)(?= \(|<|, \d)", html)]
        assert figures or tab == FLAGGED
        assert not [one for one in figures if one % 5], tab
        assert "usual range" not in html.replace(words.GRID_NOTES[1], "")
        assert "Bulrush Fold" not in html
    assert words.NOT_FOR_YOU in [one.value for one in opened(FLAGGED).info]


def test_a_part_this_snapshot_does_not_have_says_so(village, monkeypatch):
    village.incidents("one,2024-01-05,robbery,400500,300500")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    opened(HARM)
    assert [one.value for one in opened(MISSING).info] == [words.NOT_HERE]
    assert [one.value for one in opened(SCHOOLS).info] == [words.NOT_HERE]
    assert not opened(FLAGGED).exception


def series(*about: float | None, state: str = "collected") -> pd.DataFrame:
    known = pd.Series(about, dtype=float)
    return pd.DataFrame({"about": known, "low": known - 1, "high": known + 1, "state": state})


def drawing(picture: str) -> str:
    return base64.b64decode(re.search(r"base64,([^\"]+)", picture).group(1)).decode()


def test_a_line_never_crosses_a_month_that_was_not_collected():
    broken = drawing(sparks.spark(series(5, 6, None, 7, 8), top=10, alt=""))
    assert broken.count('stroke-width="1.8"') == 2
    assert drawing(sparks.spark(series(5, 6, 7, 8), top=10, alt="")).count('stroke-width="1.8"') == 1


def test_a_month_still_arriving_is_hollow_and_off_the_line():
    late = series(5, 6)
    late.loc[1, "state"] = "still_arriving"
    assert drawing(sparks.spark(late, top=10, alt="")).count("<circle") == 1


def test_a_picture_of_nothing_is_still_a_picture():
    assert "<img" in sparks.spark(series(None, None), top=0, alt="nothing")
    assert sparks.highest(series(None)) == 0


def test_names_are_escaped_in_every_piece():
    area = parts.Area("locality", "n", NASTY)
    trend = parts.Trend(area, "all", NASTY, {"direction": "rising"}, None, series(1, 2).assign(label=NASTY), None, NASTY)
    other = parts.Trend(area, "x", NASTY, {}, None, series(1, 2).assign(label=NASTY), None, NASTY)
    found = parts.Found("beat", "N01", NASTY, 3.0, NASTY, "rising", series(1, 2).assign(label=NASTY))
    for html in (
        trend_panels.grid(NASTY, [trend]), trend_panels.grid(NASTY, [trend, other]), trend_panels.found_table([found]),
        trend_panels.figures_table(NASTY, [trend], ranges=True),
        trend_panels.pathway_table(NASTY, [(NASTY, [NASTY])], [NASTY]),
    ):  # fmt: skip
        assert "<img src=x" not in html
        assert "&lt;img" in html


def test_the_budget_never_says_more_may_be_false_than_there_are():
    assert "about 1 may be false" in words.budget(1, 3.0, 2, 9.0, 100)
    assert "None of the 100" in words.budget(0, 0.0, 0, 0.0, 100)
