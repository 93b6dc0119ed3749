"""A document as PDF: tagged for a screen reader, fit for an archive, the same bytes again, and text that stays text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from pdf_checks import tags
from pypdf import PdfReader

from dashboard.report import figures, pdf
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Document,
    Face,
    Facts,
    Fill,
    Heading,
    Line,
    Paragraph,
    Part,
    Picture,
    Sign,
    Signs,
    Table,
    Together,
)

HOSTILE = ('#import "x"', "*bold* _slanted_", "<b>bold</b>", "$x^2$ @ref // note", "= A heading", "#panic(1)",
           "\\n --- ~ 'q'")  # fmt: skip
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>'
FACE = Face("2026-10_2026-10-07_0123abcd", "2026-10-07", "SP-3F2A-91C4", "standing permission, autumn term 2026",
            "OFFICIAL-SENSITIVE: for the North meeting")  # fmt: skip
CHART = Chart("Month by month", "It rose in May.", ["April 2026", "May 2026"], [Line("about", [3.0, 9.0])],
              "incidents a month")  # fmt: skip


def document(*parts: Part, **more: Any) -> Document:
    return Document("North locality pack", "For the meeting of Tuesday", replace(FACE, **more), parts)


def reader(made: Document) -> PdfReader:
    return PdfReader(io.BytesIO(pdf.write(made)))


def text_of(made: Document) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader(made).pages).split())


@pytest.fixture(scope="module")
def everything() -> PdfReader:
    """One document with every kind of part."""
    return reader(document(
        Heading("First"), Paragraph("Plain."), Paragraph("Read this.", "lead"), Paragraph("How sure.", "note"),
        Bullets(["one", "two"]), Facts([("Lead", "Youth Service")]), Signs([Sign("▲", "Rising", "#8c510a", "#ffffff")]),
        Table("Figures", ["Place", "Count"], [["Mill Park", 1200]]), Fill("RAG", 2), CHART,
        Together([Heading("Place", 2), Beside([Picture(SQUARE, "A small map", "")], [Picture(SQUARE, "A map", "Places")])]),
    ))  # fmt: skip


def test_a_pdf_is_tagged_and_says_its_title_and_its_language(everything):
    root = everything.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert everything.metadata.title == "North locality pack"


def test_a_pdf_declares_the_standards_it_was_held_to(everything):
    xmp = everything.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    for name, said in (("pdfaid:part", "2"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert f"<{name}>{said}</{name}>" in xmp


def test_every_figure_has_words_and_every_column_its_head(everything):
    found = list(tags(everything.trailer["/Root"]["/StructTreeRoot"]["/K"]))
    figures = [one for one in found if one["/S"] == "/Figure"]
    assert [str(one["/Alt"]) for one in figures] == ["It rose in May.", "A small map", "A map"]
    assert sum(one["/S"] == "/TH" for one in found) == 2
    assert sum(one["/S"] == "/Caption" for one in found) == 3


def test_headings_go_down_one_level_at_a_time_and_begin_with_the_title():
    made = reader(document(Heading("One", 2), Heading("Two", 3), Heading("Three", 1), Heading("Four", 3)))
    levels = [one["/S"] for one in tags(made.trailer["/Root"]["/StructTreeRoot"]["/K"]) if str(one["/S"]).startswith("/H")]
    assert levels == ["/H1", "/H2", "/H3", "/H2", "/H3"]


def test_a_picture_without_words_is_refused():
    with pytest.raises(ValueError, match="no words"):
        pdf.write(document(Picture(SQUARE, " ", "")))


def test_the_same_document_is_the_same_bytes_and_another_day_is_not():
    made = document(Heading("One"), CHART)
    first = pdf.write(made)
    figures.forget()
    assert pdf.write(made) == first
    assert pdf.write(made) != pdf.write(replace(made, face=replace(FACE, as_at="2026-10-08")))


def test_what_looks_like_markup_prints_as_itself():
    rows = [[one, one] for one in HOSTILE]
    found = text_of(document(*(Heading(one) for one in HOSTILE), Bullets(HOSTILE), Table("T", ["A", "B"], rows)))
    for one in HOSTILE:
        assert found.count(one) >= 4, one


def test_a_character_no_font_has_is_a_box_and_what_turns_the_reading_order_is_gone():
    found = text_of(document(Paragraph("Łódź \U0001f9ff Ọwọ \u202edark\u200b")))
    assert "Łódź □ Ọwọ dark" in found


def test_every_page_says_whose_it_is_and_by_whose_leave():
    made = reader(document(*(Paragraph(f"Line {number}.") for number in range(120))))
    assert len(made.pages) > 1
    for number, page in enumerate(made.pages):
        found = " ".join(page.extract_text().split())
        assert f"Page {number + 1} of {len(made.pages)}" in found
        assert all(one in found for one in (FACE.handling, FACE.snapshot_id, FACE.issue, FACE.permission))


def test_a_late_document_says_so_on_its_first_page_alone():
    late = "Late: this pack was due on 12 October 2026."
    made = reader(document(*(Paragraph(f"Line {number}.") for number in range(120)), late=late))
    assert late in " ".join(made.pages[0].extract_text().split())
    assert "Late" not in made.pages[1].extract_text()


def test_a_table_longer_than_a_page_says_its_heads_on_each():
    made = reader(document(Table("Long", ["Place", "Figure"], [[f"Place {number}", number] for number in range(90)])))
    assert len(made.pages) > 1
    assert all("Figure" in page.extract_text() for page in made.pages)


def test_what_stays_together_goes_to_the_next_page_whole():
    filling = [Paragraph(f"Line {number}.") for number in range(34)]
    kept = Together([Heading("A place", 2), *(Paragraph(f"Kept {number}.") for number in range(20))])
    pages = [page.extract_text() for page in reader(document(*filling, kept)).pages]
    assert "A place" not in pages[0]
    assert "A place" in pages[1]
    assert "Kept 19." in pages[1]


def test_what_is_longer_than_a_page_goes_on_rather_than_over_its_edge():
    made = document(Together([Paragraph(f"Kept {number}.") for number in range(150)]))
    found = text_of(made)
    assert len(reader(made).pages) > 2
    assert all(f"Kept {number}." in found for number in range(150))


def test_a_table_with_nothing_in_it_is_a_sentence():
    assert "No place is falling." in text_of(document(Table("Falling", ["Place"], [], "No place is falling.")))


def test_numbers_are_written_as_the_screen_writes_them():
    assert [pdf.cell_text(one) for one in (1200, 3.0, 2.5, "x")] == ["1,200", "3", "2.5", "x"]
