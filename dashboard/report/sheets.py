"""One sheet of a workbook, filled from the top: text, tables, and charts beside their figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from dashboard import palette
from dashboard.report.model import Bullets, Chart, Fill, Heading, Paragraph, Part, Table
from dashboard.report.parts import flat, words_of
from dashboard.wording import issued as words

PARAGRAPH_WIDTH = 120  # letters
FEWEST, MOST = 11, 34  # letters of a column
COLUMNS = 60
LINE_POINTS = 15
PAGE_POINTS = (770, 460)  # what a printed page holds at full size, across and down
LETTER_POINTS = 5.3
CHART_POINTS, CHART_PIXELS = 240, (640, 320)
FONT = "Calibri"
OWN_LINE = (
    {"line": {"color": palette.LINE, "width": 2.25}, "marker": {"type": "circle", "size": 5, "fill": {"color": palette.LINE},
                                                                "border": {"color": palette.LINE}}},
    {"line": {"color": palette.ACCENT, "width": 2.25, "dash_type": "long_dash"}, "marker": {"type": "square", "size": 5}},
)  # fmt: skip
RANGE_LINE = {"line": {"color": palette.QUIET_INK, "width": 1.25, "dash_type": "dash"}, "marker": {"type": "none"}}

Columns = list[tuple[str, Sequence[float | None]]]


@dataclass(frozen=True)
class Looks:
    """The formats of a workbook."""

    title: Any
    heading: Any
    text: Any
    lead: Any
    note: Any
    head: Any
    cell: Any
    number: Any
    space: Any


def make_looks(book: Any) -> Looks:
    """The formats, once for each workbook."""

    def look(**said: Any) -> Any:
        return book.add_format({"font_name": FONT, "font_color": palette.INK, "valign": "top", **said})

    line = {"border": 1, "border_color": palette.QUIET_INK}
    return Looks(
        title=look(bold=True, font_size=16), heading=look(bold=True, font_size=13, font_color=palette.ACCENT),
        text=look(text_wrap=True, font_size=11), lead=look(text_wrap=True, font_size=12, bold=True),
        note=look(text_wrap=True, font_size=10, font_color=palette.QUIET_INK),
        head=look(text_wrap=True, bold=True, bg_color=palette.ACCENT, font_color=palette.PAPER, **line),
        cell=look(text_wrap=True, **line), number=look(num_format="#,##0", **line), space=look(**line),
    )  # fmt: skip


class Sheet:
    """One sheet, filled from the top; what belongs together is printed on one page."""

    def __init__(self, book: Any, sheet: Any, looks: Looks) -> None:
        self.book, self.sheet, self.looks = book, sheet, looks
        self.row = self.used = 0
        self.breaks: list[int] = []

    def put(self, title: str, parts: Sequence[Part]) -> None:
        """Write a title and the parts under it."""
        self.widths = _widths(parts)
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        # A paragraph runs over as many columns as make a page.
        wide = (place for place in range(1, COLUMNS) if sum(self.widths[: place + 1]) >= PARAGRAPH_WIDTH)
        self.across = next(wide, COLUMNS - 1)
        self.page = _page_points(parts, self.widths, self.across)
        self._line(title, self.looks.title, 24)
        self._skip()
        self._parts(parts)
        tables = [one for one in flat(parts) if isinstance(one, Table | Chart)]
        if not tables:
            self.sheet.fit_to_pages(1, 1)  # a page of text is one page
        else:
            self.sheet.set_h_pagebreaks(self.breaks)
        if len(tables) == 1 and isinstance(tables[0], Table) and self.used_by_table:
            self.sheet.repeat_rows(self.used_by_table)

    used_by_table = 0

    def _parts(self, parts: Iterable[Part]) -> None:
        for part in flat(parts):
            match part:
                case Heading(text=text):
                    self._room(90)
                    self._line(text, self.looks.heading, 20)
                case Paragraph(text=text, style=style):
                    self._text(text, {"lead": self.looks.lead, "note": self.looks.note}.get(style, self.looks.text))
                case Bullets(items=items):
                    for item in items:
                        self._text(f"• {item}", self.looks.text)
                    self._skip()
                case Table():
                    self._table(part)
                case Chart():
                    self._chart(part)
                case Fill(label=label, lines=lines):
                    self._fill(label, lines)
                case _:
                    self._other(part)

    def _room(self, points: float) -> None:
        """Begin a new printed page where what follows would not fit on this one."""
        if self.used and self.used + points > self.page:
            self.breaks.append(self.row)
            self.used = 0

    def _next(self, points: float) -> None:
        self.sheet.set_row(self.row, points)
        self.row += 1
        self.used += int(points)

    def _skip(self) -> None:
        self._next(LINE_POINTS)

    def _line(self, text: str, look: Any, points: int) -> None:
        self.sheet.write_string(self.row, 0, text, look)
        self._next(points)

    def _text(self, text: str, look: Any) -> None:
        letters = sum(self.widths[: self.across + 1])
        self.sheet.merge_range(self.row, 0, self.row, self.across, "", look)
        self.sheet.write_string(self.row, 0, text, look)
        self._next(LINE_POINTS * ceil(len(text) / (letters * 0.92)) + 3)

    def _fill(self, label: str, lines: int) -> None:
        self._text(label, self.looks.lead)
        last = self.row + max(lines, 2) - 1
        self.sheet.merge_range(self.row, 0, last, self.across, "", self.looks.space)
        while self.row <= last:
            self._next(LINE_POINTS * 1.5)
        self._skip()

    def _table(self, table: Table) -> None:
        whole = 50 + (LINE_POINTS + 3) * (len(table.rows) + 1)
        self._room(whole if whole < self.page else 120)  # a longer one runs on, with its heads on every page
        self._line(table.caption, self.looks.heading, 20)
        if not table.rows:
            self._text(table.if_empty or words.NOTHING, self.looks.text)
            self._skip()
            return
        heads = [str(head) for head in table.heads]
        self.used_by_table = self.row
        self._heads(heads)
        top = self.row
        for row in table.rows:
            self._row(row)
        if len(set(heads)) == len(heads) and all(heads):
            self.sheet.add_table(
                top - 1, 0, self.row - 1, len(heads) - 1,
                {"columns": [{"header": head, "header_format": self.looks.head} for head in heads], "style": None,
                 "autofilter": False, "description": table.caption, "title": table.caption},
            )  # fmt: skip
        self._skip()

    def _heads(self, heads: Sequence[str]) -> None:
        self._cells(heads, self.looks.head)

    def _row(self, row: Sequence[str | int | float | None]) -> None:
        self._cells(row, self.looks.cell)

    def _cells(self, row: Sequence[str | int | float | None], look: Any) -> None:
        lines = [ceil(len(cell) / (self.widths[place] * 0.95)) for place, cell in enumerate(row) if isinstance(cell, str)]
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, place, cell, look)
            elif cell is None:
                self.sheet.write_blank(self.row, place, None, look)
            else:
                self.sheet.write_number(self.row, place, cell, self.looks.number)
        self._next(LINE_POINTS * max([1, *lines]) + 3)

    def _chart(self, chart: Chart) -> None:
        """The figures, and beside them a chart of them: it changes with them."""
        columns = _columns(chart)
        why = any(chart.states)
        heads = [words.PERIOD, *(name for name, _ in columns), *([words.WHY] if why else [])]
        self._room(max(CHART_POINTS, (LINE_POINTS + 3) * len(chart.labels)) + 60)
        begin = self.used
        self._line(chart.title, self.looks.heading, 20)
        beside = self.row
        self._heads(heads)
        top = self.row
        for place, label in enumerate(chart.labels):
            self._row([label, *(values[place] for _, values in columns), *([chart.states[place]] if why else [])])
        drawn = self._drawn(chart, columns, (beside - 1, top, max(self.row - 1, top)))
        self.sheet.insert_chart(beside, len(heads), drawn, {"description": chart.alt, "object_position": 1, "x_offset": 12})
        while self.used - begin < CHART_POINTS + 40:
            self._skip()

    def _drawn(self, chart: Chart, columns: Columns, rows: tuple[int, int, int]) -> Any:
        """rows  the title's, and the first and the last of the figures, which stand under their heads."""
        drawn = self.book.add_chart({"type": "line"})
        title, top, bottom = rows
        name = self.sheet.get_name()
        for place in range(1, len(columns) + 1):
            own = place <= len(chart.lines)
            # By the cell it stands in: as text, a name like that of a cell would be taken for one.
            drawn.add_series({
                "name": [name, top - 1, place], "categories": [name, top, 0, bottom, 0],
                "values": [name, top, place, bottom, place],
                **(OWN_LINE[(place - 1) % len(OWN_LINE)] if own else RANGE_LINE),
            })  # fmt: skip
        drawn.set_title({"name": [name, title, 0], "name_font": {"size": 12, "name": FONT}, "overlay": False})
        drawn.set_y_axis({"name": chart.unit, "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#e3e6e9"}}})
        drawn.set_x_axis({"num_font": {"rotation": -45, "size": 9}})
        drawn.set_legend({"position": "bottom"})
        drawn.show_blanks_as("gap")
        drawn.set_size({"width": CHART_PIXELS[0], "height": CHART_PIXELS[1]})
        return drawn

    def _other(self, part: object) -> None:
        """A part no sheet can draw (a map, signs in a row): what it says."""
        if said := " ".join(words_of(part)):
            self._text(said, self.looks.text)


def _columns(chart: Chart) -> Columns:
    """The columns of a chart's figures after its labels: its lines, then the range where it has one."""
    lines: Columns = [(line.name, line.values) for line in chart.lines]
    return lines + [(name, values) for name, values in ((words.LOW, chart.low), (words.HIGH, chart.high)) if values]


def _page_points(parts: Iterable[Part], widths: Sequence[float], across: int) -> float:
    """How many points of rows a printed page holds, once the sheet is scaled to its width."""
    edges = [sum(widths[: across + 1])]
    for part in flat(parts):
        if isinstance(part, Table):
            edges.append(sum(widths[: len(part.heads)]))
        elif isinstance(part, Chart):
            columns = 1 + len(_columns(part)) + any(part.states)
            edges.append(sum(widths[:columns]) + CHART_PIXELS[0] * 0.75 / LETTER_POINTS + 3)
    scale = min(1.0, PAGE_POINTS[0] / (max(edges) * LETTER_POINTS))
    return PAGE_POINTS[1] / scale


def _widths(parts: Iterable[Part]) -> list[float]:
    """How wide each column is, in letters: as its longest cell, within reason."""
    widths: list[float] = [FEWEST] * COLUMNS
    for part in flat(parts):
        rows: Sequence[Sequence[object]] = []
        if isinstance(part, Table):
            rows = [[max(str(head).split(), key=len, default="") for head in part.heads], *part.rows]
        elif isinstance(part, Chart):
            rows = [[label, *[""] * len(_columns(part)), part.states[place] if part.states else ""]
                    for place, label in enumerate(part.labels)]  # fmt: skip
        for row in rows:
            for place, cell in enumerate(row[:COLUMNS]):
                widths[place] = max(widths[place], min(len(str(cell)) + 2, MOST))
    return widths
