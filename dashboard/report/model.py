"""What a document is made of, whatever it is written as: plain parts, in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Heading:
    """level 1 to 3; the title of the document is none of these."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """style  plain | lead (the sentence to read if only one is read) | note (how sure we are, sources)"""

    text: str
    style: Literal["plain", "lead", "note"] = "plain"


@dataclass(frozen=True)
class Bullets:
    """A short list."""

    items: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """What is known of one thing, each as its name and what it is: status, lead, report-back."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Sign:
    """A direction or a judgement: its mark and its word, and the colour beside them. Never colour alone."""

    mark: str
    word: str
    colour: str
    ink: str
    hatched: bool = False


@dataclass(frozen=True)
class Signs:
    """Signs in a row, after what they are of."""

    items: Sequence[Sign]


@dataclass(frozen=True)
class Table:
    """rows hold text, or numbers a spreadsheet may add up; every row is as long as heads. The first column names the row.

    widths   how the width is shared among the columns; empty leaves it to the format
    to_fill  drawn with every cell as a box, for people to write in those that are empty
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str | int | float]]
    if_empty: str = ""
    widths: Sequence[float] = ()
    to_fill: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a chart: a value for each label, None where nothing is known."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """A series over time with its expected range; native and editable where the format can.

    labels    what each value belongs to, in order of time
    low, high the expected range of each, or empty
    alt       the whole chart in words
    likely_low, likely_high  the likely range of the first line's values, or empty
    states    of each label, why its value is no settled one, in words (still arriving, not collected); "" where it is
    """

    title: str
    alt: str
    labels: Sequence[str]
    lines: Sequence[Line]
    unit: str
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    likely_low: Sequence[float | None] = ()
    likely_high: Sequence[float | None] = ()
    states: Sequence[str] = ()


@dataclass(frozen=True)
class Picture:
    """A drawing as SVG (a map), with its words."""

    svg: bytes
    alt: str
    caption: str
    width_share: float = 1.0


@dataclass(frozen=True)
class Beside:
    """Two groups of parts next to each other where the format can; else one after the other.

    left_share  how much of the width the left group has
    """

    left: Sequence[Part]
    right: Sequence[Part]
    left_share: float = 0.5


@dataclass(frozen=True)
class Fill:
    """Space for the meeting to write in, with its label."""

    label: str
    lines: int = 2


@dataclass(frozen=True)
class Together:
    """Parts that stay on one page: a place, a table with its heading."""

    parts: Sequence[Part]


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page."""


Part = Heading | Paragraph | Bullets | Facts | Signs | Table | Chart | Picture | Beside | Fill | Together | NewPage


@dataclass(frozen=True)
class Face:
    """What stands on every page: where the figures come from, who may read it, by whose leave.

    issue       the number of this issue: the same for the same snapshot, selection and permission
    permission  "standing permission, autumn term 2026" or who approved it (a role), for whom, for what, until when
    handling    the label, as OFFICIAL-SENSITIVE: for the North meeting
    as_at       the snapshot's day, ISO: also the document's own date, so that the same bytes come out on any day
    late        said on the first page where it was made after it was due; else empty
    holds       what of that day it is made of: figures, or registers alone
    """

    snapshot_id: str
    as_at: str
    issue: str
    permission: str
    handling: str
    late: str = ""
    holds: str = "Figures"


@dataclass(frozen=True)
class Document:
    """A whole document. `slides` and `sheets`: what PPTX and XLSX show where that differs, as titles and parts."""

    title: str
    subtitle: str
    face: Face
    parts: Sequence[Part]
    language: str = "en-GB"
    slides: Sequence[tuple[str, Sequence[Part]]] = field(default_factory=tuple)
    sheets: Sequence[tuple[str, Sequence[Part]]] = field(default_factory=tuple)
