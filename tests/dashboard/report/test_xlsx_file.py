"""Workbooks: reopened, every figure is there, nothing is a formula, and the bytes do not know the day."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest

from dashboard.report import xlsx_file
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Document,
    Face,
    Fill,
    Heading,
    Line,
    NewPage,
    Paragraph,
    Picture,
    Table,
    Together,
)

FACE = Face("2026-10_2026-10-07_00000000", "2026-10-07", "SP-3F2A-91C4", "P-00000000; for: A & B", "OFFICIAL-SENSITIVE")
NASTY = "=cmd|'/c calc'!A1"
CHART = Chart("Knives: North", "Knives in North, from 10 to 30.", ["Q1", "Q2", "Q3"], [Line("Counted", [10, None, 30])],
              "incidents", low=[5, 5, 5], high=[15, 15, 15], states=["", "under 10", ""])  # fmt: skip
PARTS = [
    Heading("Harm"), Paragraph(NASTY), Bullets([NASTY, "http://example.org"]),
    Together([Heading("A place", 2), Fill("Decided")]),
    Table("Figures", ["Place", "Figure", "=1"], [(NASTY, 12, "under 10"), ("North", 7, "@x")]),
    Table("Nothing", ["Place"], [], "None yet."), NewPage(),
    Heading("Charts: one / two [of] a very long section title"), Beside([CHART], []),
    Picture(b"<svg/>", "A map of the North.", "Map"),
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return xlsx_file.write(Document("Report", "Larkhaven", FACE, PARTS))


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(io.BytesIO(made))


def cells(sheet):
    return {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}


def test_the_same_document_is_the_same_bytes_on_any_day(made):
    time.sleep(1.1)  # a time kept to the second would show
    assert xlsx_file.write(Document("Report", "Larkhaven", FACE, PARTS)) == made


def test_a_sheet_a_section_with_names_a_workbook_may_have(book):
    assert book.sheetnames == ["About", "Harm", "Charts  one   two  of  a very…"]


def test_the_first_sheet_says_by_whose_leave(book):
    assert {"OFFICIAL-SENSITIVE", FACE.permission, FACE.snapshot_id, FACE.issue} <= set(cells(book["About"]))


def test_nothing_is_a_formula_and_numbers_stay_numbers(book):
    found = cells(book["Harm"])
    assert found[NASTY].data_type == "s"
    assert found["@x"].data_type == "s"
    assert found[12].data_type == found[7].data_type == "n"
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in found.values())


def test_a_chart_is_native_and_draws_its_own_cells(book):
    sheet = book.worksheets[2]
    (chart,) = sheet._charts
    assert [one.val.numRef.f.rpartition("!")[2] for one in chart.series] == ["$B$5:$B$7", "$C$5:$C$7", "$D$5:$D$7"]
    assert [[cell.value or None for cell in row] for row in sheet["A5:E7"]] == [
        ["Q1", 10, 5, 15, None], ["Q2", None, 5, 15, "under 10"], ["Q3", 30, 5, 15, None],
    ]  # fmt: skip
    assert "A map of the North." in " ".join(str(one) for one in cells(sheet))


def test_a_chart_has_its_words(made):
    with zipfile.ZipFile(io.BytesIO(made)) as one:
        assert CHART.alt in one.read("xl/drawings/drawing1.xml").decode()


def test_every_sheet_prints_on_whole_pages_with_the_face(book):
    for sheet in book.worksheets:
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # 1 is what is meant if not said
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddHeader.center.text == "OFFICIAL-SENSITIVE"
        assert "SP-3F2A-91C4" in sheet.oddFooter.left.text
        assert "A && B" in sheet.oddFooter.left.text


def test_a_sheet_of_words_alone_is_one_page():
    made = xlsx_file.write(Document("Report", "", FACE, [Heading("Words"), *[Paragraph("One more line.")] * 60]))
    assert openpyxl.load_workbook(io.BytesIO(made))["Words"].page_setup.fitToHeight in (None, 1)


def test_the_document_is_dated_by_its_snapshot(book):
    assert book.properties.created.date().isoformat() == "2026-10-07"
    assert book.properties.title == "Report"


def test_two_sections_of_one_name_are_two_sheets():
    document = Document("Report", "", FACE, [Heading("Same"), Heading("Same"), Heading("")])
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file.write(document)))
    assert book.sheetnames == ["About", "Same", "Same (2)", "About (2)"]
