"""What a meeting writes in on paper: its agenda, the RAG of each place, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.report.model import Fill, Heading, NewPage, Paragraph, Part, Table, Together
from dashboard.report.places_told import direction_text, judged_text
from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words


def parts(view: Mapping[str, Any], places: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> list[Part]:
    """The pages to write on: the agenda with its minutes, a row for each place that is listed, and what was decided."""
    agenda = [
        (said_of.ITEMS.get(one["item"], one["item"]), one["minutes"], said_of.ROLES.get(one["role"], one["role"]), "")
        for one in view["agenda"]
    ]  # fmt: skip
    rag = [
        (words.numbered(numbers[one["area_id"]], one["name"]), direction_text(view, one), judged_text(view, one), words.RING,
         "")
        for one in places
    ]  # fmt: skip
    return [
        NewPage(), Heading(words.AGENDA),
        Table(words.AGENDA_CAPTION, words.AGENDA_HEADS, agenda, widths=(2.2, 0.9, 1.4, 4), to_fill=True),
        Table(words.RAG_CAPTION, words.RAG_HEADS, rag, words.NOTHING_TO_LIST, widths=(2, 2, 2.2, 1, 2.4), to_fill=True),
        Paragraph(words.RAG_NOTE, "note"), Fill(words.DECIDED, words.FILL_LINES), Fill(words.ABSENT, 2),
        Together([Fill(f"{said_of.WHO_IS_MISSING} {said_of.WHO_IS_MISSING_SAID}", 2)]),
    ]  # fmt: skip
