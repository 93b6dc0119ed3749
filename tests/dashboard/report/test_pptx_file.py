"""Slides: reopened, titles are placed, charts are native with their words, and nothing runs off."""

from __future__ import annotations

import io
import time

import pytest
from pptx import Presentation

from dashboard.report import pptx_file
from dashboard.report.model import Beside, Bullets, Chart, Document, Face, Fill, Heading, Line, Paragraph, Table

FACE = Face("2026-10_2026-10-07_00000000", "2026-10-07", "SP-3F2A-91C4", "P-00000000; for: the board", "OFFICIAL-SENSITIVE")
NASTY = "=cmd|'/c calc'!A1 <b>"
CHART = Chart("Knives: North", "Knives in North, from 10 to 30.", ["Q1", "Q2", "Q3"], [Line("Counted", [10, None, 30])],
              "incidents", low=[5, 5, 5], high=[15, 15, 15])  # fmt: skip
SLIDES = [
    ("Headline", [Beside([Heading("Worse", 2), Bullets([NASTY])], [Heading("Asked", 2), Paragraph("Nothing.")])]),
    ("Harm", [Paragraph("A line."), Beside([CHART], [CHART]), Paragraph("About one in ten is false.", "note"),
              Table("Figures", ["Place", "Figure"], [(NASTY, number) for number in range(30)])]),
    ("Long", [Bullets([f"Point {number} " + "of many words " * 8 for number in range(20)]), Fill("Decided"),
              Table("Empty", ["Place"], [], "None yet.")]),
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return pptx_file.write(Document("Report", "Larkhaven", FACE, [], slides=SLIDES))


@pytest.fixture(scope="module")
def deck(made):
    return Presentation(io.BytesIO(made))


def texts(slide):
    found = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    return "\n".join([*found, *(cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows
                                for cell in row.cells)])  # fmt: skip


def test_the_same_document_is_the_same_bytes_on_any_day(made):
    time.sleep(2.1)  # a zip keeps times to two seconds
    assert pptx_file.write(Document("Report", "Larkhaven", FACE, [], slides=SLIDES)) == made


def test_every_slide_has_a_title_placed_by_all_four_measures_and_its_face(deck):
    for slide in deck.slides:
        title = slide.shapes.title
        assert title.text_frame.text
        own = title._element.spPr.xfrm
        assert None not in (own.off.x, own.off.y, own.ext.cx, own.ext.cy)
        assert f"{FACE.handling}. " in texts(slide)
        assert FACE.issue in texts(slide)
        assert FACE.permission in texts(slide)


def test_nothing_stands_off_the_slide(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height


def test_a_chart_is_native_with_its_range_as_lines_and_its_words(deck):
    charts = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    assert len(charts) == 2
    for shape in charts:
        series = shape.chart.plots[0].series
        assert [tuple(one.values) for one in series] == [(10, None, 30), (5, 5, 5), (15, 15, 15)]
        assert list(shape.chart.plots[0].categories) == ["Q1", "Q2", "Q3"]
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == CHART.alt


def test_notes_are_spoken_and_name_what_is_drawn(deck):
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides if slide.has_notes_slide]
    assert notes == ["\n".join([CHART.alt, CHART.alt, "About one in ten is false."])]


def test_a_long_table_goes_on_with_its_heads(deck):
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table][1:]
    figures = [one for one in tables if one.cell(0, 0).text == "Place"]
    assert [len(one.rows) - 1 for one in figures] == [10, 10, 10]
    assert all(one.first_row for one in figures)
    assert [row.cells[1].text for one in figures for row in list(one.rows)[1:]] == [str(one) for one in range(30)]


def test_text_below_a_table_leaves_room_for_cells_of_many_lines():
    wide = Table("Wide", ["What", "Why"], [("many words " * 30, "more words " * 30)] * 4)
    slides = [("Wide", [wide, Paragraph("Below it.")])]
    deck = Presentation(io.BytesIO(pptx_file.write(Document("Report", "", FACE, [], slides=slides))))
    table = next(shape for slide in deck.slides for shape in slide.shapes if shape.has_table and shape.name == "Wide")
    below = next(shape for slide in deck.slides for shape in slide.shapes
                 if shape.has_text_frame and shape.text_frame.text == "Below it.")  # fmt: skip
    same_slide = table.part is below.part
    assert not same_slide or below.top > table.top + 2 * table.height


def test_hostile_names_stay_text_and_long_lists_go_on(deck):
    said = "\n".join(texts(slide) for slide in deck.slides)
    assert NASTY in said
    assert all(f"Point {number} " in said for number in range(20))
    assert "None yet." in said


def test_every_run_says_its_language(deck):
    for slide in deck.slides:
        runs = list(slide._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"))
        assert runs
        assert {run.rPr.get("lang") for run in runs} == {"en-GB"}
    assert deck.core_properties.language == "en-GB"
    assert deck.core_properties.created.date().isoformat() == "2026-10-07"
