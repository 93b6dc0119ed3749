"""What goes on which slide: parts in reading order, packed a slide at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from dashboard.report.model import Beside, Bullets, Chart, Fill, Heading, Paragraph, Part, Table
from dashboard.report.parts import together, words_of
from dashboard.wording import issued as words

DOWN_INCHES = 5.45
ROWS_A_SLIDE = 12
LETTERS_A_LINE = {1: 105, 2: 50}
ROW_INCHES, MORE_LINE_INCHES, LINE_INCHES = 0.34, 0.2, 0.32
MOST_ABOVE_CHARTS = 1.3
LETTERS_ACROSS = 140  # of a table


@dataclass
class Slide:
    """What goes on one slide: text and tables from the top down, two columns of text, or charts side by side.

    notes  what is spoken beside it
    """

    stack: list[Sequence[Part] | Table] = field(default_factory=list)
    columns: Sequence[Sequence[Part]] = ()
    charts: Sequence[Chart] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def used(self) -> float:
        """Inches of its stack."""
        return sum(inches(one) for one in self.stack)


def slides_of(parts: Iterable[Part]) -> list[Slide]:
    """Parts, a slide at a time: what is stacked fills a slide before the next begins. A note is spoken, not shown."""
    slides: list[Slide] = []
    for part in together(parts):
        match part:
            case Paragraph(style="note"):
                if not slides:
                    slides.append(Slide())
                slides[-1].notes.append(part.text)
            case Beside(left=left, right=right) if all(isinstance(one, Chart) for one in [*left, *right]):
                _put_charts(slides, [*left, *right])
            case Beside(left=left, right=right):
                slides.append(Slide(columns=[list(together(left)), list(together(right))]))
            case Chart():
                _put_charts(slides, [part])
            case Table():
                for page in _pages(part):
                    _stack(slides, page)
            case Bullets(items=items):
                for item in items:
                    _stack(slides, [Bullets([item])])
            case Heading() | Paragraph() | Fill():
                _stack(slides, [part])
            case _:
                said = " ".join(text for text in words_of(part) if text)
                if said:
                    _stack(slides, [Paragraph(said)])
    return slides


def _stack(slides: list[Slide], what: list[Part] | Table) -> None:
    """Put text or a table under what the last slide holds, or on a new one where there is no room."""
    last = slides[-1] if slides else None
    if last is None or last.charts or last.columns or last.used + inches(what) > DOWN_INCHES:
        slides.append(Slide(stack=[what]))
    elif isinstance(what, list) and last.stack and isinstance(last.stack[-1], list):
        last.stack[-1] = [*last.stack[-1], *what]
    else:
        last.stack.append(what)


def inches(what: Sequence[Part] | Table) -> float:
    """How high text or a table stands on a slide."""
    if isinstance(what, Table):
        return 0.6 + sum(ROW_INCHES + MORE_LINE_INCHES * (lines - 1) for lines in _row_lines(what))
    return 0.1 + sum(LINE_INCHES * (lines_of(one, 1) + isinstance(one, Heading) * 0.4 + _blank(one)) for one in what)


def _row_lines(table: Table) -> list[int]:
    """How many lines each row takes, its heads first: a cell that is too long for its column goes on below."""
    widths = table.widths or widths_of(table)
    letters = [max(4.0, LETTERS_ACROSS * one / sum(widths) - 3) for one in widths]
    rows: list[Sequence[object]] = [table.heads, *table.rows]
    return [max(ceil(len(str(cell)) / letters[place]) for place, cell in enumerate(row)) for row in rows]


def _blank(part: Part) -> int:
    return part.lines if isinstance(part, Fill) else 0


def _put_charts(slides: list[Slide], charts: Sequence[Part]) -> None:
    """Charts on a slide of their own, under a line or two of text where only that came before; their words are spoken."""
    mine = [one for one in charts if isinstance(one, Chart)]
    last = slides[-1] if slides else None
    is_text = last is not None and not last.charts and all(isinstance(one, list) for one in last.stack)
    if last is None or not is_text or last.columns or last.used > MOST_ABOVE_CHARTS:
        slides.append(Slide())
    slides[-1].charts = mine
    slides[-1].notes += [one.alt for one in mine]


def _pages(table: Table) -> list[Table]:
    """A table in as many as it takes, the heads on each and the columns of each as wide."""
    if not table.rows:
        return [Table(table.caption, (table.caption,), [(table.if_empty or words.NOTHING,)])]
    widths = table.widths or widths_of(table)
    most = ceil(len(table.rows) / ceil(len(table.rows) / ROWS_A_SLIDE))
    return [
        Table(table.caption, table.heads, table.rows[at : at + most], table.if_empty, widths)
        for at in range(0, len(table.rows), most)
    ]


def widths_of(table: Table) -> list[float]:
    """How the width is shared: by the longest cell of each column, within reason."""
    rows = [table.heads, *table.rows]
    return [float(max(13, *(min(len(str(row[place])), 45) for row in rows))) for place in range(len(table.heads))]


def lines_of(part: Part, columns: int) -> int:
    """How many lines the words of a part take, in one column of text or in two."""
    return sum(ceil(max(len(text), 1) / LETTERS_A_LINE[columns]) for text in words_of(part))
