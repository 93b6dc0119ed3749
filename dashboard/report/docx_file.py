"""A document as Word: real headings, words for every picture, header rows that repeat, and the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from dashboard import palette
from dashboard.report import fonts, pdf
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Document,
    Face,
    Facts,
    Fill,
    Heading,
    NewPage,
    Paragraph,
    Part,
    Picture,
    Signs,
    Table,
    Together,
)
from dashboard.report.pdf import cell_text, shares
from dashboard.report.typesetting import typeset
from dashboard.wording import reports as words

FONT = "Arial"  # there on every machine that opens such a file; a font of ours would be replaced by another
TEXT_WIDTH_MM = 170.0
TWIPS_PER_MM = 1440 / 25.4
PIXELS_PER_INCH = 160
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip can say
PICTURE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing.svg")'


def write(document: Document) -> bytes:
    """The document as DOCX. Its text is put in as text: a name cannot become a field or a style."""
    word = docx.Document()
    _set_up(word, document)
    writer = _Writer(word)
    writer.para(document.title, "Title")
    writer.para(document.subtitle, "Subtitle")
    if document.face.late:
        writer.para(document.face.late, "Intense Quote")
    writer.facts(words.about(document.face))
    writer.parts(document.parts)
    out = io.BytesIO()
    word.save(out)
    return _same_bytes(out.getvalue())


def _same_bytes(made: bytes) -> bytes:
    """The same file with no time of its making in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(before.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            after.writestr(zipfile.ZipInfo(name, EPOCH), before.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _set_up(word: Any, document: Document) -> None:
    """Page, styles, language, properties, header and footer."""
    day = datetime.fromisoformat(document.face.as_at).replace(tzinfo=UTC)
    told = word.core_properties
    told.title, told.subject, told.language = document.title, document.subtitle, document.language
    told.author, told.last_modified_by, told.comments, told.keywords = "Safer Places", "Safer Places", "", ""
    told.created, told.modified, told.last_printed, told.revision = day, day, day, 1
    page = word.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(20), Mm(20), Mm(22), Mm(22)
    for name, size, colour, bold in (
        ("Normal", 10.5, palette.INK, False), ("Title", 24, palette.INK, True), ("Subtitle", 13, palette.QUIET_INK, False),
        ("Heading 1", 16, palette.ACCENT, True), ("Heading 2", 13, palette.INK, True),
        ("Heading 3", 11, palette.ACCENT, True), ("Caption", 10, palette.INK, True),
        ("List Bullet", 10.5, palette.INK, False), ("Intense Quote", 11, palette.INK, True),
        ("Header", 8.5, palette.QUIET_INK, False), ("Footer", 8.5, palette.QUIET_INK, False),
    ):  # fmt: skip
        _style(word.styles[name], size, colour, bold=bold, language=document.language)
    for level, space in ((1, 14), (2, 10), (3, 5)):
        spaced = word.styles[f"Heading {level}"].paragraph_format
        spaced.space_before, spaced.space_after = Pt(space), Pt(2)
    _header_and_footer(page, document.face, document.title)


def _style(style: Any, size: float, colour: str, *, bold: bool, language: str) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = FONT, Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(colour[1:].upper())
    properties = style.element.get_or_add_rPr()
    for spread in properties.findall(qn("w:spacing")):
        properties.remove(spread)
    faces = properties.find(qn("w:rFonts"))
    for name in list(faces.attrib):
        if name.endswith("Theme"):
            del faces.attrib[name]
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        faces.set(qn(script), FONT)
    said = properties.find(qn("w:lang"))
    if said is None:
        said = _element("w:lang")
        properties.append(said)
    for name in ("w:val", "w:eastAsia"):
        said.set(qn(name), language)


def _header_and_footer(page: Any, face: Face, title: str) -> None:
    header, footer = page.header.paragraphs[0], page.footer.paragraphs[0]
    for line in (header, footer):
        line.style.paragraph_format.tab_stops.clear_all()
        line.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    header.add_run(fonts.printable(face.handling)).bold = True
    header.add_run(f"\t{fonts.printable(title)}")
    footer.add_run(f"{fonts.printable(words.foot(face.snapshot_id, face.issue))}\t{words.PAGE_OF[0]} ")
    _field(footer, "PAGE")
    footer.add_run(f" {words.PAGE_OF[1]} ")
    _field(footer, "NUMPAGES")
    page.footer.add_paragraph(fonts.printable(words.by_leave(face.permission)), style="Footer")


def _field(paragraph: Any, code: str) -> None:
    field = _element("w:fldSimple", ("w:instr", code))
    run, text = _element("w:r"), _element("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _element(name: str, *attributes: tuple[str, str]) -> Any:
    made = OxmlElement(name)
    for key, value in attributes:
        made.set(qn(key), value)
    return made


class _Writer:
    """Writes parts one after another; what stands side by side elsewhere stands one under the other, as wide as there:
    a chart is then drawn once for both.
    """

    def __init__(self, word: Any) -> None:
        self._word = word
        self._pictures = 0
        self._together = False
        self._width_mm = pdf.TEXT_WIDTH_MM
        self._style_ids: dict[str, Any] = {}

    def parts(self, parts: Iterable[Part]) -> None:
        """Write parts in reading order."""
        for part in parts:
            self._part(part)

    def para(self, text: str, style: str = "Normal") -> Any:
        """One paragraph of text."""
        made = self._word.add_paragraph(fonts.printable(text))
        made._p.style = self._style_id(style)
        made.paragraph_format.keep_with_next = True if self._together or style == "Caption" else None
        made.paragraph_format.space_after = Pt(4)
        return made

    def _style_id(self, style: str, kind: Any = WD_STYLE_TYPE.PARAGRAPH) -> Any:
        """The id of a style, looked up once: looking for it at each paragraph took a sixth of the whole time."""
        if style not in self._style_ids:
            self._style_ids[style] = self._word.part.get_style_id(style, kind)
        return self._style_ids[style]

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Names in bold, each with what it is."""
        for name, said in pairs:
            made = self.para("")
            made.add_run(f"{fonts.printable(name)}: ").bold = True
            made.add_run(fonts.printable(said))
            made.paragraph_format.space_after = Pt(1)

    def _part(self, part: Part) -> None:
        match part:
            case Heading():
                self.para(part.text, f"Heading {part.level}")
            case Paragraph():
                made = self.para(part.text)
                for run in made.runs:
                    run.bold = part.style == "lead" or None
                    run.font.size = Pt(9) if part.style == "note" else None
            case Bullets():
                for one in part.items:
                    self.para(one, "List Bullet")
            case Facts():
                self.facts(part.pairs)
            case Signs():
                self.para("; ".join(f"{one.mark} {one.word}" for one in part.items)).runs[0].bold = True
            case Table():
                self._table(part)
            case Chart():
                self.para(part.title, "Caption")
                self._picture(pdf.chart_of_width(part, self._width_mm), part.alt, 1.0)
            case Picture():
                self._picture(part.svg, part.alt, part.width_share)
                if part.caption:
                    self.para(part.caption, "Caption").paragraph_format.keep_with_next = None
            case Beside():
                self._beside(part)
            case Fill():
                self._fill(part)
            case Together():
                self._keep(part)
            case NewPage():
                self._word.add_page_break()

    def _keep(self, part: Together) -> None:
        """On one page where the program that opens it can: each paragraph but the last keeps with the next."""
        before, self._together = self._together, True
        self.parts(part.parts)
        self._together = before
        self._word.paragraphs[-1].paragraph_format.keep_with_next = True if before else None

    def _beside(self, part: Beside) -> None:
        whole = self._width_mm
        for parts, self._width_mm in zip((part.left, part.right), pdf.widths_of(part, whole), strict=True):
            self.parts(parts)
        self._width_mm = whole

    def _table(self, table: Table) -> None:
        if not table.rows:
            self.para(table.if_empty or words.NOTHING_TO_LIST)
            return
        self.para(table.caption, "Caption")
        widths = shares(table)
        twips = [round(TEXT_WIDTH_MM * TWIPS_PER_MM * share / sum(widths)) for share in widths]
        # Row by row through the library took most of the time of a long table: the whole of it is parsed at once.
        grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in twips)
        rows = "".join(_row(row, twips, kept=self._together) for row in table.rows)
        style = self._style_id("Table Grid", WD_STYLE_TYPE.TABLE)
        self._add(
            f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="{style}"/>'
            '<w:tblW w:type="auto" w:w="0"/><w:tblLayout w:type="fixed"/><w:tblLook w:firstColumn="1" w:firstRow="1" '
            'w:lastColumn="0" w:lastRow="0" w:noHBand="0" w:noVBand="1" w:val="04A0"/>'
            f"<w:tblCaption w:val={quoteattr(fonts.printable(table.caption))}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
            f"{_row(table.heads, twips, head=True, kept=True)}{rows}</w:tbl>"
        )  # fmt: skip
        self.para("")

    def _add(self, said: str) -> None:
        """Put an element at the end of the text, before the settings of its page."""
        self._word.element.body.sectPr.addprevious(parse_xml(said))

    def _picture(self, svg: bytes, alt: str, share: float) -> None:
        self._pictures += 1
        made = typeset({"main": PICTURE, "drawing.svg": svg}, kind="png", pixels_per_inch=PIXELS_PER_INCH)
        paragraph = self.para("")
        width = min(share * TEXT_WIDTH_MM, _width_mm(made))
        drawn = paragraph.add_run().add_picture(io.BytesIO(made), width=Mm(width))
        drawn._inline.docPr.set("descr", fonts.words_of(alt))
        drawn._inline.docPr.set("name", f"Picture {self._pictures}")

    def _fill(self, part: Fill) -> None:
        self.para(part.label).runs[0].bold = True
        table = self._word.add_table(rows=part.lines, cols=1, style="Table Grid")
        table._tbl.tblPr.append(_element("w:tblCaption", ("w:val", fonts.printable(part.label))))
        for row in table.rows:
            row.height = Mm(8)
        self.para("")


def _row(cells: Sequence[str | int | float], twips: Sequence[int], *, head: bool = False, kept: bool = False) -> str:
    """One row of a table, never cut in two: its first cell bold, as all of the heads, which repeat on each page."""
    rules = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>"
    keep = "<w:pPr><w:keepNext/></w:pPr>" if kept else ""
    said = []
    for number, (value, wide) in enumerate(zip(cells, twips, strict=True)):
        look = f'<w:rPr>{"<w:b/>" if head or not number else ""}<w:sz w:val="18"/></w:rPr>'
        said.append(
            f'<w:tc><w:tcPr><w:tcW w:type="dxa" w:w="{wide}"/></w:tcPr><w:p>{keep}<w:r>{look}'
            f'<w:t xml:space="preserve">{escape(cell_text(value))}</w:t></w:r></w:p></w:tc>'
        )
    return f"<w:tr>{rules}{''.join(said)}</w:tr>"


def _width_mm(png: bytes) -> float:
    """How wide a picture is in print."""
    return int.from_bytes(png[16:20], "big") / PIXELS_PER_INCH * 25.4
