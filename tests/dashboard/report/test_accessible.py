"""Documents can be read aloud and archived: held against the standards with another library, by checks that can fail."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from matplotlib.figure import Figure
from pdf_checks import faults, tags
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from dashboard.report import board, fortnight, pack, pdf
from dashboard.report.model import Document, Face
from pipelines.insight.queries import Audience, Snapshot, open_snapshot


def face_of(snapshot: Snapshot) -> Face:
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-3F2A-91C4", "standing permission", "for this meeting")


def made(larkhaven: Any, name: str) -> Document:
    audience = Audience("meeting", "north") if name == "pack" else Audience("board" if name == "board" else "manager")
    snapshot = open_snapshot(larkhaven, audience)
    if name == "pack":
        return pack.make(snapshot, "north", date(2026, 10, 13), face_of(snapshot))
    if name == "board":
        return board.make(snapshot, date(2026, 7, 1), date(2026, 9, 30), face_of(snapshot))
    return fortnight.make(snapshot, date(2026, 10, 7), face_of(snapshot))


@pytest.fixture(scope="module")
def summary(larkhaven) -> bytes:
    return pdf.write(made(larkhaven, "fortnight"))


@pytest.fixture(scope="module")
def report(larkhaven) -> bytes:
    """It has figures, tables and charts."""
    return pdf.write(made(larkhaven, "board"))


def test_every_check_holds_of_each_document(larkhaven, summary, report):
    assert faults(summary) == faults(report) == faults(pdf.write(made(larkhaven, "pack"))) == set()


def test_a_drawing_of_another_program_fails_nearly_every_check():
    out, figure = io.BytesIO(), Figure()
    figure.text(0.5, 0.5, "A figure nobody tagged")
    figure.savefig(out, format="pdf")
    assert {"not tagged", "no language", "no title", "title not shown", "not declared", "heading left out",
            "content without a tag"} <= faults(out.getvalue())  # fmt: skip


def test_the_same_document_held_to_no_standard_fails(larkhaven, monkeypatch):
    monkeypatch.setattr(pdf, "STANDARDS", ())
    assert "not declared" in faults(pdf.write(made(larkhaven, "fortnight")))


def first(writer: PdfWriter, kind: str) -> DictionaryObject:
    return next(one for one in tags(writer._root_object["/StructTreeRoot"]["/K"]) if one["/S"] == kind)


def without(name: str) -> Callable[[PdfWriter], None]:
    def change(writer: PdfWriter) -> None:
        del writer._root_object[NameObject(name)]

    return change


def no_words(writer: PdfWriter) -> None:
    del first(writer, "/Figure")[NameObject("/Alt")]


def no_scope(writer: PdfWriter) -> None:
    del first(writer, "/TH")[NameObject("/A")]


def a_cell_less(writer: PdfWriter) -> None:
    row = first(writer, "/TR")
    row[NameObject("/K")] = ArrayObject(list(row["/K"])[:-1])


def no_heads(writer: PdfWriter) -> None:
    for one in tags(first(writer, "/Table")["/K"]):
        if one["/S"] == "/TH":
            one[NameObject("/S")] = NameObject("/TD")


def a_level_left_out(writer: PdfWriter) -> None:
    first(writer, "/H2")[NameObject("/S")] = NameObject("/H4")


def words_outside(writer: PdfWriter) -> None:
    page = writer.pages[0]
    stream = DecodedStreamObject()
    stream.set_data(page.get_contents().get_data() + b"\nBT (out) Tj ET")
    page[NameObject("/Contents")] = writer._add_object(stream)


def every_font(change: Callable[[DictionaryObject], None]) -> Callable[[PdfWriter], None]:
    def over(writer: PdfWriter) -> None:
        for page in writer.pages:
            for font in page["/Resources"]["/Font"].values():
                change(font.get_object())

    return over


def not_embedded(font: DictionaryObject) -> None:
    own = font["/DescendantFonts"][0].get_object()
    told = own["/FontDescriptor"].get_object()
    for name in ("/FontFile", "/FontFile2", "/FontFile3"):
        told.pop(NameObject(name), None)


def no_letters(font: DictionaryObject) -> None:
    font.pop(NameObject("/ToUnicode"), None)


@pytest.mark.parametrize(("change", "code"), [
    (without("/Lang"), "no language"), (without("/MarkInfo"), "not tagged"), (without("/Metadata"), "not declared"),
    (without("/ViewerPreferences"), "title not shown"), (without("/StructTreeRoot"), "not tagged"),
    (no_words, "figure without words"), (no_scope, "head without scope"), (a_cell_less, "rows of different length"),
    (no_heads, "table without heads"), (a_level_left_out, "heading left out"), (words_outside, "content without a tag"),
    (every_font(not_embedded), "font not embedded"), (every_font(no_letters), "font without letters"),
])  # fmt: skip
def test_each_check_fails_where_what_it_looks_for_is_taken_out(report, change, code):
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(report)))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    assert code in faults(out.getvalue())
