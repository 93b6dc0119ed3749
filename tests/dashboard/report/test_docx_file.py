"""A document as Word: real headings, words for pictures, header rows, fields, the same bytes, and text that stays text."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn

from dashboard.report import docx_file, figures
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
    NewPage,
    Paragraph,
    Picture,
    Sign,
    Signs,
    Table,
    Together,
)

SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>'
HOSTILE = '<w:fldSimple/> =1+1 {PAGE} & *bold* #import "x"'
MADE = Document(
    "North locality pack", "For the meeting of Tuesday",
    Face("2026-10_2026-10-07_0123abcd", "2026-10-07", "SP-3F2A-91C4", "standing permission, autumn term 2026",
         "OFFICIAL-SENSITIVE: for the North meeting", "Late: it was due on 12 October 2026."),
    [
        Heading("First"), Paragraph("Plain."), Paragraph("Read this.", "lead"), Paragraph("How sure.", "note"),
        Bullets(["one"]), Facts([("Lead", "Youth Service")]), Signs([Sign("▲", "Rising", "#8c510a", "#ffffff")]),
        Table("Figures", ["Place", "Count"], [[HOSTILE, 1200]]), Table("None", ["Place"], [], "No place is falling."),
        Fill("RAG", 2), Chart("By month", "It rose.", ["April", "May"], [Line("about", [3.0, 9.0])], "incidents a month"),
        Together([Heading("Place", 2), Beside([Picture(SQUARE, "A small map", "")], [Picture(SQUARE, "A map", "Places")])]),
        NewPage(), Heading(HOSTILE, 3),
    ],
)  # fmt: skip


@pytest.fixture(scope="module")
def written() -> bytes:
    return docx_file.write(MADE)


@pytest.fixture
def opened(written) -> Any:
    return docx.Document(io.BytesIO(written))


def test_headings_are_headings_so_that_a_reader_can_go_from_one_to_the_next(opened):
    found = [(one.style.name, one.text) for one in opened.paragraphs if one.style.name.startswith(("Heading", "Title"))]
    assert found == [("Title", MADE.title), ("Heading 1", "First"), ("Heading 2", "Place"), ("Heading 3", HOSTILE)]


def test_every_picture_has_its_words(opened):
    pictures = [one._inline.docPr.get("descr") for one in opened.inline_shapes]
    assert pictures == ["It rose.", "A small map", "A map"]


def test_a_picture_without_words_is_refused():
    with pytest.raises(ValueError, match="no words"):
        docx_file.write(replace(MADE, parts=[Picture(SQUARE, "", "")]))


def test_the_heads_of_a_table_repeat_and_no_row_is_cut_in_two(opened):
    rows = opened.tables[0].rows
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [cell.text for cell in rows[1].cells] == [HOSTILE, "1,200"]


def test_a_hostile_name_is_text_and_never_a_field(opened, written):
    codes = [one.get(qn("w:instr")) for part in (opened.sections[0].footer._element, opened.element)
             for one in part.iter(qn("w:fldSimple"))]  # fmt: skip
    assert codes == ["PAGE", "NUMPAGES"]
    assert b"<w:fldSimple/> =1+1" not in zipfile.ZipFile(io.BytesIO(written)).read("word/document.xml")


def test_every_page_says_whose_it_is_and_by_whose_leave(opened):
    page = opened.sections[0]
    foot = " ".join(one.text for one in page.footer.paragraphs)
    assert MADE.face.handling in page.header.paragraphs[0].text
    assert all(one in foot for one in (MADE.face.snapshot_id, MADE.face.issue, MADE.face.permission))
    assert MADE.face.late in [one.text for one in opened.paragraphs]


def test_its_language_title_and_dates_are_the_documents_own(opened):
    told = opened.core_properties
    assert (told.title, told.language, told.created.isoformat()[:10]) == (MADE.title, "en-GB", "2026-10-07")
    languages = {one.get(qn("w:val")) for one in opened.styles.element.iter(qn("w:lang"))}
    assert languages <= {"en-GB", "en-US"}
    assert opened.styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "en-GB"


def test_the_same_document_is_the_same_bytes_at_another_second(written):
    time.sleep(2.1)  # a zip tells time by two seconds
    figures.forget()
    assert docx_file.write(MADE) == written


def test_what_stays_together_keeps_with_the_next_up_to_its_last_paragraph(opened):
    place = next(number for number, one in enumerate(opened.paragraphs) if one.text == "Place")
    kept = [one.paragraph_format.keep_with_next for one in opened.paragraphs[place : place + 4]]
    assert kept == [True, True, True, None]
