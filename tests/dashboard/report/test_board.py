"""The report to the board: what it says is what the read API says to the board, and nothing finer."""

from __future__ import annotations

import re
from datetime import date

import pytest
from villages import make_village

from dashboard.report import board, board_read, pdf
from dashboard.report.board_read import NoSuchTime
from dashboard.report.model import Beside, Chart, Face, Heading, Paragraph, Table, Together
from dashboard.report.parts import flat, words_of
from dashboard.report.screened import require_clean, screen_for
from dashboard.wording import board as words
from dashboard.wording.directions import WORDS
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.settings import Settings

FIRST, LAST = date(2025, 10, 1), date(2026, 9, 30)


@pytest.fixture(scope="module")
def snapshot(larkhaven):
    return open_snapshot(larkhaven, Audience("board"))


@pytest.fixture(scope="module")
def report(snapshot):
    face = Face(snapshot.id, snapshot.as_at.isoformat(), "SP-0000-0000", "P-00000000; for: Members of the board", "x")
    return board.make(snapshot, FIRST, LAST, face, asks=["Agree a lead for the park."])


def tables(report):
    return {one.caption: one for one in flat(report.parts) if isinstance(one, Table)}


def points(report, title):
    """What stands under one heading of the first page."""
    parts = list(flat(report.parts))
    at = next(place for place, one in enumerate(parts) if isinstance(one, Heading) and one.text == title)
    return words_of(parts[at + 1])


def test_each_line_stands_where_its_word_and_its_verdict_put_it(snapshot, report):
    rises = []
    for level in ("city", "locality"):
        for row in snapshot.directions("incidents", "incidents", area_level=level).to_dict("records"):
            read = snapshot.reporting("incidents", "incidents", area_level=level, area_id=row["area_id"],
                                      harm_group=row["harm_group"])  # fmt: skip
            harm_alone = read.verdict not in ("could_be_reporting", "mostly_proactive")
            if row["direction"] in ("rising", "new_activity") and harm_alone:
                rises.append(row["name"])
    told = points(report, words.WORSE)
    assert told == [words.NOTHING_WORSE] if not rises else len(told) == len(rises)
    assert all(any(one.startswith(name) for one in told) for name in rises)


@pytest.mark.parametrize(("word", "verdict", "where"), [
    ("rising", "no_sign_of_a_recording_change", words.WORSE), ("rising", "could_be_reporting", words.CANNOT_TELL),
    ("falling", "not_known", words.BETTER), ("falling", "could_be_reporting", words.CANNOT_TELL),
    ("rising", "mostly_proactive", words.CANNOT_TELL), ("possible_rise", "not_known", words.CANNOT_TELL),
    ("no_clear_change", "not_known", words.CANNOT_TELL), ("steady", "could_be_reporting", words.THE_SAME),
    ("too_few_to_say", "not_known", words.CANNOT_TELL),
])  # fmt: skip
def test_only_a_clear_word_with_no_other_reason_is_better_or_worse(word, verdict, where):
    assert board_read._where(word, verdict) == where


def test_what_is_asked_names_each_rise_and_what_somebody_added(report):
    asked = points(report, words.ASKED)
    assert asked[0] == "Agree a lead for the park."
    assert len(asked) >= 1 + sum(one != words.NOTHING_WORSE for one in points(report, words.WORSE))


def test_every_figure_of_the_annex_is_the_read_apis(snapshot, report):
    measure = board_read.measure_of(snapshot, board_read.INCIDENTS)
    areas = {one.name: one for one in board_read.areas(snapshot)}
    codes = {label: list(codes) for label, codes in board_read.groups(measure).values()}
    table = tables(report)[words.table(measure.label, measure.unit_label)]
    assert len(table.rows) == len(areas) * len(codes) * 4  # quarters
    said = {(area, group): snapshot.series("incidents", "incidents", area_level=areas[area].level, harm_groups=codes[group],
                                           area_id=areas[area].area_id, grain="quarter").set_index("label")["about"]
            for area in areas for group in codes}  # fmt: skip
    for area, group, period, figure, *_ in table.rows:
        about = said[area, group][period]
        assert figure == ("under 10" if about != about else about)


def test_the_words_of_the_table_are_the_read_apis(snapshot, report):
    found = {(row[0], row[1]): row[2] for row in tables(report)[words.TOLD].rows}
    city = snapshot.directions("incidents", "incidents", area_level="city").set_index("harm_group")["direction"]
    name = words.WHOLE_CITY.format(name=snapshot.town)
    assert found[name, "Knives and weapons"] == WORDS[city["knives_and_weapons"]]
    assert found[name, words.ALL_GROUPS] == WORDS[city["all"]]


def test_charts_say_in_words_what_they_draw_and_leave_out_only_what_has_no_figure(report):
    charts = [one for one in flat(report.parts) if isinstance(one, Chart)]
    assert len(charts) > 12
    for one in charts:
        (line,) = one.lines
        assert len(one.labels) == len(line.values) == len(one.states)
        assert all((value is None) == bool(state) for value, state in zip(line.values, one.states, strict=True))
        assert one.title.partition(": ")[2].removesuffix(" (whole city)") in one.alt


def test_no_place_finer_than_a_locality_is_named(larkhaven, report):
    manager = open_snapshot(larkhaven, Audience("manager"))
    finer = {name for level in ("beat", "place_of_concern") for name in manager.areas(level)["name"]}
    said = "\n".join(text for part in report.parts for text in words_of(part))
    assert [name for name in sorted(finer) if re.search(rf"\b{re.escape(name)}\b", said)] == []


def test_the_whole_text_passes_the_screen(larkhaven, snapshot, report):
    require_clean(report, screen_for(Settings(larkhaven), snapshot))


def test_the_headline_is_one_page_of_the_pdf_and_its_bytes_are_the_same_each_time(report):
    from io import BytesIO

    from pypdf import PdfReader

    made = pdf.write(report)
    pages = [page.extract_text() for page in PdfReader(BytesIO(made)).pages]
    assert words.PROMISES in pages[0]
    assert words.TOLD in pages[1]
    assert pdf.write(report) == made


def test_what_stands_before_charts_stays_with_the_first_of_them(report):
    for title in (words.MISSING, words.SCHOOLS):
        below = report.parts[report.parts.index(Heading(title)) + 1]
        assert isinstance(below, Together)
        assert [type(one) for one in below.parts] == [Paragraph, Beside]


def test_a_time_with_no_whole_quarter_says_the_newest(snapshot, report):
    with pytest.raises(NoSuchTime, match="the newest whole one is July to September 2026"):
        board.make(snapshot, date(2026, 11, 1), date(2026, 11, 30), report.face)


def test_a_quarter_counts_when_the_report_touches_it(snapshot):
    measure = board_read.measure_of(snapshot, board_read.INCIDENTS)
    assert [code for code, _ in board_read.quarters(snapshot, measure, date(2026, 3, 31), date(2026, 4, 1))] == [
        "2026-Q1", "2026-Q2",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def report_of_one_incident(tmp_path_factory):
    village = make_village(tmp_path_factory.mktemp("one") / "village")
    covers = ("2024-01-01", "2024-06-30")
    village.incidents("r1,2024-02-03,knife_crime,400500,300500", covers=covers, delivered_on="2024-07-05")
    village.build()
    village.publish()
    told = village.snapshot(Audience("board"))
    return board.make(told, date(2024, 1, 1), date(2024, 6, 30), Face(told.id, "2024-07-05", "SP-0", "P-0", "x"))


def test_a_town_with_incidents_alone_still_makes_a_report(report_of_one_incident):
    sections = [one.text for one in report_of_one_incident.parts if isinstance(one, Heading)]
    assert [one for one in sections if one in (words.HARM, words.MISSING, words.SCHOOLS, words.ANNEX)] == [
        words.HARM,
        words.MISSING,
        words.SCHOOLS,
        words.ANNEX,
    ]
    assert Paragraph(words.NO_MEASURE) in report_of_one_incident.parts
    assert points(report_of_one_incident, words.WORSE) == [words.NOTHING_WORSE]


def test_a_figure_too_small_to_show_is_said_to_be_on_every_chart_it_is_left_out_of(report_of_one_incident):
    charts = [one for one in flat(report_of_one_incident.parts) if isinstance(one, Chart)]
    assert len(charts) == 7  # the city and each of its harm groups, and both localities
    assert {state for one in charts for state in one.states} == {"under 10"}
