"""A document as slides: native charts that can be edited, real tables, alternative texts, notes to speak from.

A slide holds two charts, one table or a page of points; what is longer goes on to the next, with the same title.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.dml import MSO_LINE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Emu, Inches, Pt

from dashboard import palette
from dashboard.report.model import Bullets, Chart, Document, Fill, Heading, Paragraph, Part, Table
from dashboard.report.parts import words_of
from dashboard.report.slides import DOWN_INCHES, ROW_INCHES, Slide, inches, lines_of, slides_of, widths_of
from dashboard.wording import issued as words

WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, ACROSS = Inches(0.6), Inches(12.13)
TITLE_TOP, TITLE_HIGH = Inches(0.3), Inches(0.8)
TOP, DOWN = Inches(1.25), Inches(DOWN_INCHES)
FOOT_TOP, FOOT_HIGH = Inches(6.85), Inches(0.5)
GAP = Inches(0.3)
TITLE_ONLY = 5  # the layout of the default template that has a title and nothing else
TEXT_PT, CAPTION_PT, SMALL_PT, FOOT_PT = 16, 14, 12, 10
LINES_IN_A_COLUMN = 15
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def write(document: Document) -> bytes:
    """The presentation: a first slide with its face, then every section. The same document gives the same bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    core, face = deck.core_properties, document.face
    core.title, core.subject, core.author = document.title, document.subtitle, "Safer Places"
    core.comments, core.language, core.keywords = face.handling, document.language, f"{face.snapshot_id} {face.issue}"
    core.created = core.modified = datetime.fromisoformat(face.as_at)
    core.last_modified_by, core.revision = "Safer Places", 1
    _first(deck, document)
    for title, parts in document.slides or [(document.title, document.parts)]:
        made = slides_of(parts)
        for number, one in enumerate(made, start=1):
            slide = _empty(deck, words.continued(title, number, len(made)))
            _fill(slide, one)
            if one.notes:
                slide.notes_slide.notes_text_frame.text = "\n".join(one.notes)
    for number, slide in enumerate(deck.slides, start=1):
        _foot(slide, document, number, len(deck.slides))
        _speak(slide, document.language)
    out = io.BytesIO()
    deck.save(out)
    return settled(out.getvalue(), face.as_at)


def _empty(deck: Any, title: str) -> Any:
    """A slide with its title, placed by all four measures: what the layout says is for another shape of page."""
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = LEFT, TITLE_TOP, ACROSS, TITLE_HIGH
    frame = shape.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    frame.text = title
    _style(frame.paragraphs[0], 28, bold=True)
    frame.paragraphs[0].alignment = 1
    return slide


def _first(deck: Any, document: Document) -> None:
    slide = _empty(deck, document.title)
    frame = _box(slide, LEFT, TOP, ACROSS, Inches(0.7), document.subtitle)
    _add(frame, document.subtitle, 20, first=True)
    rows = words.about(document.face)
    rows += [(words.NOTE, document.face.late)] if document.face.late else []
    _table(slide, Table(words.ABOUT_SHEET, ("", words.ABOUT_SHEET), rows), top=Inches(2.2), heads=False, first=Inches(2.6))


def _fill(slide: Any, one: Slide) -> None:
    share = Emu(int((ACROSS - GAP) / 2))
    top: int = TOP
    for what in one.stack:
        if isinstance(what, Table):
            caption = _box(slide, LEFT, top, ACROSS, Inches(0.4), what.caption)
            _add(caption, what.caption, CAPTION_PT, first=True, colour=palette.ACCENT, bold=True)
            _table(slide, what, top=Emu(top + Inches(0.45)))
        else:
            _points(_box(slide, LEFT, top, ACROSS, Inches(inches(what)), words.POINTS), what, TEXT_PT)
        top = Emu(top + Inches(inches(what)))
    for place, chart in enumerate(one.charts):
        left = LEFT if place == 0 else Emu(LEFT + share + GAP)
        width = ACROSS if len(one.charts) == 1 else share
        _chart(slide, chart, (left, top, width, Emu(TOP + DOWN - top)))
    for place, parts in enumerate(one.columns):
        used = sum(lines_of(part, 2) for part in parts)
        size = TEXT_PT if used <= LINES_IN_A_COLUMN else SMALL_PT if used <= LINES_IN_A_COLUMN * 1.5 else FOOT_PT
        _points(_box(slide, Emu(LEFT + place * (share + GAP)), TOP, share, DOWN, words.POINTS), parts, size)


def _box(slide: Any, left: int, top: int, width: int, height: int, name: str) -> Any:
    box = slide.shapes.add_textbox(left, top, width, height)
    box.name = name[:60]
    box.text_frame.word_wrap = True
    return box.text_frame


def _points(frame: Any, parts: Sequence[Part], size: int) -> None:
    first = True
    for part in parts:
        for text in words_of(part):
            heading, point = isinstance(part, Heading), isinstance(part, Bullets)
            colour = palette.ACCENT if heading else palette.INK
            lead = isinstance(part, Paragraph) and part.style == "lead"
            _add(frame, f"•  {text}" if point else text, size + 2 * heading, first=first, colour=colour,
                 bold=heading or lead, space=6 if heading else 2)  # fmt: skip
            first = False
        if isinstance(part, Fill):
            for _ in range(part.lines):
                _add(frame, "_" * 60, size, first=False, colour=palette.QUIET_INK)


def _add(
    frame: Any, text: str, size: int, *, first: bool, colour: str = palette.INK, bold: bool = False, space: int = 2
) -> None:
    line = frame.paragraphs[0] if first else frame.add_paragraph()
    line.text = text
    line.space_before = Pt(0 if first else space)
    _style(line, size, colour=colour, bold=bold)


def _style(line: Any, size: int, *, colour: str = palette.INK, bold: bool = False) -> None:
    line.font.size, line.font.bold = Pt(size), bold
    line.font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())


def _table(slide: Any, table: Table, *, top: int, heads: bool = True, first: int | None = None) -> None:
    """A real table, its first row marked as heads; columns as wide as what stands in them."""
    rows = [*([table.heads] if heads else []), *table.rows]
    shape = slide.shapes.add_table(len(rows), len(table.heads), LEFT, top, ACROSS, Inches(ROW_INCHES * len(rows)))
    shape.name, drawn = table.caption[:60], shape.table
    _describe(shape, table.caption)
    drawn.first_row, drawn.horz_banding = heads, False
    widths = table.widths or widths_of(table)
    for place, width in enumerate(widths):
        share = int(ACROSS * width / sum(widths))
        drawn.columns[place].width = share if first is None else first if place == 0 else Emu(ACROSS - first)
    for number, row in enumerate(rows):
        for place, said in enumerate(row):
            cell = drawn.cell(number, place)
            is_head = heads and number == 0
            cell.text = f"{said:,}" if isinstance(said, int | float) else said
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.fill.solid()
            back = palette.ACCENT if is_head else palette.PANEL if number % 2 else palette.PAPER
            cell.fill.fore_color.rgb = RGBColor.from_string(back.lstrip("#").upper())
            for line in cell.text_frame.paragraphs:
                _style(line, SMALL_PT, colour=palette.PAPER if is_head else palette.INK, bold=is_head)


def _chart(slide: Any, chart: Chart, place: tuple[int, int, int, int]) -> None:
    """A native line chart; its expected range is two lines more."""
    data = CategoryChartData()
    data.categories = list(chart.labels)
    for line in chart.lines:
        data.add_series(line.name, list(line.values))
    for name, values in ((words.LOW, chart.low), (words.HIGH, chart.high)):
        if values:
            data.add_series(name, list(values))
    shape = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data)
    shape.name = chart.title[:60]
    _describe(shape, chart.alt)
    drawn = shape.chart
    drawn.has_title, drawn.font.size = True, Pt(SMALL_PT)
    drawn.chart_title.text_frame.text = chart.title
    drawn.chart_title.text_frame.paragraphs[0].font.size = Pt(TEXT_PT)
    drawn.chart_title.include_in_layout = False
    drawn.has_legend = True
    drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    values_axis = drawn.value_axis
    values_axis.minimum_scale, values_axis.has_title = 0, True
    values_axis.axis_title.text_frame.text = chart.unit
    values_axis.major_gridlines.format.line.color.rgb = RGBColor(0xE3, 0xE6, 0xE9)
    values_axis.tick_labels.number_format, values_axis.tick_labels.number_format_is_linked = "#,##0", False
    drawn.category_axis.tick_labels.font.size = Pt(FOOT_PT)
    for number, line in enumerate(drawn.plots[0].series):
        _line(line, own=number < len(chart.lines), number=number)


def _line(line: Any, *, own: bool, number: int) -> None:
    colour = (palette.LINE, palette.ACCENT)[number % 2] if own else palette.QUIET_INK
    line.smooth = False
    line.format.line.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    line.format.line.width = Pt(2.25 if own else 1.25)
    line.marker.style = XL_MARKER_STYLE.CIRCLE if own else XL_MARKER_STYLE.NONE
    if own:
        line.marker.size = 6
        line.marker.format.fill.solid()
        line.marker.format.fill.fore_color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
    else:
        line.format.line.dash_style = MSO_LINE.DASH


def _describe(shape: Any, text: str) -> None:
    shape._element._nvXxPr.cNvPr.set("descr", text)


def _foot(slide: Any, document: Document, number: int, of: int) -> None:
    face = document.face
    frame = _box(slide, LEFT, FOOT_TOP, ACROSS, FOOT_HIGH, words.FOOT)
    _add(frame, f"{face.handling}. {number} / {of}", FOOT_PT, first=True, colour=palette.QUIET_INK, bold=True)
    foot = words.foot(face.permission, face.snapshot_id, face.issue)
    _add(frame, foot, FOOT_PT - 1, first=False, colour=palette.QUIET_INK, space=0)


def _speak(slide: Any, language: str) -> None:
    """Say the language of every run, so that it is read aloud in it."""
    parts = [slide, slide.notes_slide] if slide.has_notes_slide else [slide]
    for part in parts:
        for run in part._element.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}r"):
            run.get_or_add_rPr().set("lang", language)


def settled(content: bytes, as_at: str) -> bytes:
    """The same file without the moment it was made: fixed times in it, and in the workbooks of its charts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in made.namelist():
            part = made.read(name)
            if name.endswith(".xlsx"):
                part = settled(part, as_at)
            elif name == "docProps/core.xml":
                part = re.sub(rb">\d{4}-\d\d-\d\dT[\d:]+Z<", f">{as_at}T00:00:00Z<".encode(), part)
            kept.writestr(zipfile.ZipInfo(name, FIXED_TIME), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
