"""The page about the data, and the document on method that it shows."""

from __future__ import annotations

import re
from datetime import date
from html import escape
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from recordings import ACTION, DAY, NOW, RAG, screen, wanted
from streamlit.testing.v1 import AppTest
from villages import Village

from benchmarks import method_figures
from dashboard import DATA_DIR_VARIABLE, access, reads
from dashboard.views import about
from dashboard.wording import about as words
from dashboard.wording.directions import WORDS
from pipelines.insight.told import false_alarms
from pipelines.record import erase, new_token, open_store

METHOD = about.METHOD.read_text(encoding="utf-8")
PLAIN, TECHNICAL = METHOD.split("## For those who check the sums")


@pytest.fixture(autouse=True)
def _no_cache_and_no_audience_from_another_test(monkeypatch):
    """Nothing read in one test is seen in another, and each begins as the manager."""
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr(access, "SHOWN_TO", access.SHOWN_TO)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()


def draw_about() -> None:
    """The page alone, as the navigation would draw it."""
    from dashboard.views import about

    about.page()


def opened(data_dir: Path, monkeypatch, *, shown_to: str = "manager") -> AppTest:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(data_dir))
    access.show_to(shown_to)
    return AppTest.from_function(draw_about, default_timeout=60).run()


def html_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def rows_under(html: str, caption: str) -> list[list[str]]:
    """The cells of each row of a table."""
    (table,) = re.findall(f"<caption>{re.escape(escape(caption))}</caption>.*?</table>", html, re.DOTALL)
    body = table.split("<tbody>")[1]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("</tr>")[:-1]]


@pytest.mark.parametrize("audience", ["manager", "meeting:north", "board"])
def test_every_audience_has_the_whole_page(larkhaven, monkeypatch, audience):
    page = opened(larkhaven, monkeypatch, shown_to=audience)
    assert not page.exception
    assert [tab.label for tab in page.tabs] == [
        words.FRESH, words.DIRECTIONS, words.IMPACT, words.GLOSSARY, words.DECIDED,
    ]  # fmt: skip
    assert not [note for note in page.info if note.value == words.NOT_HERE]
    html = html_of(page)
    for caption in (words.COMPLETE, words.DELAY, words.BUDGET, words.ROUNDING):
        assert rows_under(html, caption), caption


def test_the_board_is_told_of_no_area_finer_than_its_own(larkhaven, monkeypatch):
    html = html_of(opened(larkhaven, monkeypatch, shown_to="board"))
    assert {row[1] for row in rows_under(html, words.BUDGET)} == {"Localities", "City"}
    complete = {row[0]: row for row in rows_under(html, words.COMPLETE)}
    assert complete["Incidents"][2].endswith("(July to September 2026)")
    assert complete["Children reported missing, by where from"][1] == "April to June 2024", "a month of it was not sent"
    assert all("nearest 5" in row[1] for row in rows_under(html, words.ROUNDING))


def test_the_flags_and_how_many_may_be_false_are_those_of_the_lists_themselves(larkhaven, monkeypatch):
    html = html_of(opened(larkhaven, monkeypatch))
    told = reads.current_snapshot(access.audience()).directions("incidents", "incidents", area_level="beat")
    flagged, false = false_alarms(told)
    (row,) = [row for row in rows_under(html, words.BUDGET) if row[:2] == ["Incidents", "Beats"]]
    assert flagged > 0
    assert row[3:] == [str(flagged), words.may_be_false(false)]


def test_a_month_nobody_sent_is_named_and_no_zero(village, monkeypatch):
    header = "record_ref,occurred_from,harm_type,easting_m,northing_m"
    for month, covers in (("2024-01", ("2024-01-01", "2024-01-31")), ("2024-04", ("2024-04-01", "2024-04-30"))):
        row = f"gap-{month},{month}-05,robbery,400500,300500"
        village.incidents(row, header=header, name=f"{month}.csv", covers=covers, delivered_on="2024-05-05")
    village.build()
    village.publish()
    page = opened(village.data_dir, monkeypatch)
    (row,) = rows_under(html_of(page), words.COMPLETE)
    assert row[1] == "February to March 2024"
    assert words.NO_DIRECTIONS in [note.value for note in page.info]


def test_a_part_that_cannot_be_drawn_says_so_and_the_others_stand(larkhaven, monkeypatch, tmp_path):
    monkeypatch.setattr(about, "METHOD", tmp_path / "gone.md")
    page = opened(larkhaven, monkeypatch)
    assert not page.exception
    assert [note.value for note in page.info] == [words.NOT_HERE]
    assert rows_under(html_of(page), words.ROUNDING)
    assert any("## Glossary" in text.value for text in page.markdown)


def test_a_snapshot_from_before_directions_still_has_its_freshness(larkhaven, monkeypatch):
    class Older(reads.Snapshot):
        def directions(self, *_: object, **__: object) -> pd.DataFrame:
            raise RuntimeError("no such table")

    monkeypatch.setattr(reads.queries, "Snapshot", Older)
    page = opened(larkhaven, monkeypatch)
    assert [note.value for note in page.info] == [words.NOT_HERE]
    assert rows_under(html_of(page), words.COMPLETE)


def test_the_page_shows_the_document_itself_with_its_pictures(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch)
    shown = "\n".join(text.value for text in page.markdown)
    for heading in re.findall(r"^#+ .+$", METHOD, re.MULTILINE):
        assert f"#{heading}" in shown
    assert "<!--" not in shown
    assert "](" not in shown
    pictures = re.findall(r'<img alt="([^"]+)" width="100%" src="data:image/svg\+xml;base64,', html_of(page))
    assert len(pictures) == 3
    assert not re.search(r'(src|href)="(https?:)?//', html_of(page))


def test_a_document_is_cut_at_its_pictures_and_its_links_become_words():
    text = "# A\n<!-- note -->see [this](b.md#c)\n\n![a dot](method/dot.svg)\n\n## B\n"
    assert list(about.pieces(text)) == [("## A\nsee this\n\n", "a dot", "method/dot.svg"), ("\n\n### B\n", "", "")]


def test_what_is_complete_is_said_of_the_newest_and_of_the_lowest_month():
    periods = pd.DataFrame({
        "period": ["2024-01", "2024-02", "2024-03", "2024-04"],
        "state": ["collected", "not_collected", "collected", "still_arriving"],
        "located_share": [0.83, float("nan"), 0.95, 0.99], "share_in": [1.0, 1.0, 0.9, 0.4],
    })  # fmt: skip
    assert about.completeness_row("Incidents", periods) == (
        "Incidents", "February 2024", "95% (March 2024)", "83% (January 2024)", "90% (March 2024)",
    )  # fmt: skip


def test_a_source_with_nothing_whole_is_not_known_rather_than_none():
    periods = pd.DataFrame({"period": ["2024-autumn"], "state": "still_arriving", "located_share": 1.0, "share_in": 1.0})
    assert about.completeness_row("Reports", periods) == ("Reports", "none", *["not known"] * 3)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("2024-07", "July 2024"),
        ("2024-autumn", "Autumn term 2024"),
        ("2024", "2024"),
        ("2024-Q3", "July to September 2024"),
        ("2024-77", None),
    ],
)
def test_a_period_is_said_by_its_code(code, said):
    assert words.period(code) == (said or "77 term 2024")


def test_every_word_of_a_direction_is_in_the_document():
    defined = re.findall(r"^\| ([a-z ]+) \|", PLAIN, re.MULTILINE)
    assert {word.replace("_", " ") for word in WORDS} <= set(defined)


def test_the_document_and_the_glossary_say_the_same_of_not_enough_history():
    document, glossary = (
        re.search(r"^\| not enough history \| (.+) \|$", text, re.MULTILINE)
        for text in (PLAIN, about.GLOSSARY.read_text(encoding="utf-8"))
    )
    assert document
    assert glossary
    for reason in ("a year of figures to compare with", "too few of the last months came in"):
        assert reason in document[1]
        assert reason in glossary[1]


def test_the_document_is_in_short_sentences_without_a_formula_until_its_last_part():
    text = re.sub(r"^(<!--|[|>#!]).*$", "", PLAIN, flags=re.MULTILINE)
    sentences = [re.findall(r"[A-Za-z'’-]+", one) for one in re.split(r"[.?:!]\s", text)]
    lengths = [len(one) for one in sentences if one]
    assert sum(lengths) / len(lengths) <= 13
    assert max(lengths) <= 30
    assert not re.search(r"[=²⁻√]|\bphi\b", text)
    assert "phi" in TECHNICAL


@pytest.mark.parametrize("name", ["one_place", "doublings_seen", "false_alarms"])
def test_every_picture_has_a_title_and_a_description_and_asks_nobody(name):
    drawn = (method_figures.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    assert re.search(r"<title id=\"t\">[^<]{10,}</title>", drawn)
    assert re.search(r"<desc id=\"d\">[^<]{60,}</desc>", drawn)
    assert not re.search(r"<script|href|url\(|@import", drawn)


def test_the_picture_of_one_place_is_what_the_method_says_today():
    kept = (method_figures.PICTURES / "one_place.svg").read_text(encoding="utf-8")
    assert method_figures.one_place() == kept, "make the pictures again: python -m benchmarks.method_figures"


def test_the_table_goes_between_its_marks_and_leaves_the_rest_of_a_page_alone(tmp_path):
    figures = {"rules": {"ours": {"false_positives": 0.04}, "month_on_month": {"false_positives": 0.69}}}
    page = tmp_path / "page.md"
    page.write_text(f"before\n{method_figures.OPENS}\nold\n{method_figures.CLOSES}\nafter\n", encoding="utf-8")
    for _ in range(2):
        assert method_figures.put_table(page, figures)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert text.count("| month on month | 69.0 |") == 1
    assert "old" not in text
    page.write_text("no marks\n", encoding="utf-8")
    assert not method_figures.put_table(page, figures)
    assert page.read_text(encoding="utf-8") == "no marks\n"


@pytest.fixture
def disputed(village) -> Village:
    """A village whose file says something later of an edge place than its meeting did, and that lost an action's words."""
    village.incidents("R1,2024-01-10,robbery,400500,300500")
    store = open_store(village.settings)
    said = {"place_id": "B01", "lead_locality": "west", "agreed_on": DAY}
    store.record(wanted("edge_leads", said), screen=screen, at=NOW)
    slipped = store.record(wanted("actions", ACTION), screen=screen, at=NOW)
    erase(store, [slipped.number], approved_by="Chair", reason="it says of whom", token=new_token(), screen=screen, at=NOW)
    later = "place_id,lead_locality,agreed_on\nB01,east,2024-02-07\n"
    village.deliver("edge_leads", later, delivered_on="2024-02-08")
    village.build(as_at=date(2024, 2, 9))
    village.publish()
    return village


def test_where_a_file_and_a_meeting_differ_it_is_said_by_register_and_reason(disputed, monkeypatch):
    page = opened(disputed.data_dir, monkeypatch)
    assert not page.exception
    assert rows_under(html_of(page), words.DISPUTED_CAPTION) == [
        ["Actions", words.DISPUTES["not_in_it"], "1", "Beat B01"],
        ["Edge leads", words.DISPUTES["file_stands"], "1", "Beat B01"],
    ]
    assert "safer-places conflicts" in html_of(page)


def test_a_meeting_is_told_of_its_own_places_alone_and_the_board_of_none(disputed, monkeypatch):
    east = html_of(opened(disputed.data_dir, monkeypatch, shown_to="meeting:east"))
    assert words.NO_DISPUTES in east
    assert "Beat B01" not in east.partition(words.NO_DISPUTES)[2]
    board = opened(disputed.data_dir, monkeypatch, shown_to="board")
    assert words.DISPUTED not in [tab.label for tab in board.tabs]


def test_where_nobody_records_nothing_is_said_of_it(larkhaven, monkeypatch):
    assert words.DISPUTED not in [tab.label for tab in opened(larkhaven, monkeypatch).tabs]


def test_two_who_recorded_one_thing_at_once_are_on_the_list(disputed, monkeypatch):
    store = open_store(disputed.settings)
    for value in ("red", "green"):
        store.record(wanted("rag_judgements", {**RAG, "value": value}, seen=0), screen=screen, at=NOW)
    rows = rows_under(html_of(opened(disputed.data_dir, monkeypatch)), words.DISPUTED_CAPTION)
    assert ["RAG judgements", words.DISPUTES["at_once"], "1", "Beat B01"] in rows
