"""The last look at words before they leave: every piece of text of a document is screened as it stands on the page.

Words of a register were screened at the gate, where a steward may have let some through; they are not judged twice.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard import palette
from dashboard.report.model import Document, Heading, Part
from dashboard.report.parts import flat, words_of
from dashboard.report.roles import read_labels, read_roles
from pipelines.errors import HarmError
from pipelines.gate.screening import Verdict, screen
from pipelines.insight.queries import NotForThisAudience, Snapshot
from pipelines.settings import Settings

START = "the first page"
# Dates, periods, the id of a permission and figures with their range, as this program writes them: a month may be a name,
# but a date is none; and two figures in a row may look like a number to ring.
_MONTH = f"(?:{'|'.join([*calendar.month_name[1:], *calendar.month_abbr[1:]])})"
OWN_FORMS = re.compile(
    rf"\b(?:\d{{1,2}} )?{_MONTH}(?: to {_MONTH})? \d{{4}}\b|\b(?:Spring|Summer|Autumn)(?: term)? \d{{4}}\b"
    r"|\bP-[0-9A-F]{8}\b|^(?:Red|Amber|Green)(?= \(|$)"
    r"|\babout [1-9]\d{0,2}(?:,\d{3})* \(\d{1,3}(?:,\d{3})*-\d{1,3}(?:,\d{3})*\)"
)
# Marks of directions and of judgements, and the boxes a meeting ticks: signs, not letters of a name.
MARKS = frozenset(look.mark for look in (*palette.DIRECTIONS.values(), *palette.RAG.values()))
REGISTERS = ("neighbourhood_assessments", "interventions", "rag_judgements", "place_strengths", "emerging_concerns",
             "actions", "safety_goals", "agenda_items")  # fmt: skip


class IssueStopped(HarmError):
    """The final text of a document holds something that may identify somebody. Nothing was written."""

    exit_code = 15


@dataclass(frozen=True)
class Screen:
    """The free-text screen with the names that are no sign of a person.

    places    every name of a place this audience may have
    agencies  agencies, roles, and the labels of the partnership's own vocabularies
    areas     of the places, those this audience has figures of
    codes     ids and codes of a table, which are no words: each as it stands alone in a cell
    released  words of the registers, as the gate let them out
    """

    places: frozenset[str]
    agencies: frozenset[str]
    areas: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    released: tuple[str, ...] = ()

    def faults(self, said: Mapping[str, str]) -> list[str]:
        """What is wrong with words somebody just wrote, one sentence a field: where and of which kind, never the word."""
        found = []
        for field, text in said.items():
            if not text.strip() or len(text) > 200:
                found.append(f"{field}: between 1 and 200 letters")
                continue
            for span in self._verdict(text).spans:
                where, kind = f"letters {span.start + 1} to {span.end}", span.kind.replace("_", " ")
                found.append(f"{field}: {where} may identify somebody ({kind}): write it again")
        return found

    def stops(self, text: str) -> list[str]:
        """The kinds of what may identify somebody in one piece of text; empty where it may leave.

        Dates as this program writes them are none, nor is the whole name of a place of this audience, which stands alone
        in a table: whether somebody's words use it as a name of a person was settled at the gate.
        """
        if text in self.codes or set(text.split()) <= {*MARKS, "/"}:
            return []
        spans = self._verdict(text).spans
        if not spans:
            return []
        allowed = [(at, at + 1) for at, letter in enumerate(text) if letter in MARKS and not letter.isalpha()]
        allowed += [found.span() for found in OWN_FORMS.finditer(text)]
        allowed += [run for one in self.released for run in _runs(text, one)]
        return sorted({
            span.kind.replace("_", " ") for span in spans
            if not any(start <= span.start and span.end <= end for start, end in allowed)
            and not (span.kind == "place_that_is_a_name" and text[span.start : span.end] in self.areas)
        })  # fmt: skip

    def _verdict(self, text: str) -> Verdict:
        return screen(text, places=self.places, agencies=self.agencies)


def _runs(text: str, part: str) -> Iterator[tuple[int, int]]:
    at = text.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def screen_for(settings: Settings, snapshot: Snapshot | None) -> Screen:
    """The screen for what one audience may read; without a snapshot, for the words of a permission alone."""
    partnership = settings.partnership
    places = {partnership.name, partnership.city.name, *(one.name for one in partnership.localities),
              *read_labels(settings, "place_name")}  # fmt: skip
    agencies = {*read_labels(settings, "agency"), *read_roles(settings).known}
    if snapshot is None:
        return Screen(frozenset(places), frozenset(agencies))
    areas = frozenset(str(name) for level in snapshot.area_levels for name in snapshot.areas(level)["name"])
    return Screen(
        frozenset(places) | areas, frozenset(agencies), areas, released=tuple(sorted(_register_words(snapshot), key=len))
    )


def _register_words(snapshot: Snapshot) -> set[str]:
    """Every text of the registers this audience may read."""
    found: set[str] = set()
    for feed in REGISTERS:
        try:
            register = snapshot.register(feed)
        except NotForThisAudience:
            continue
        texts = register.drop(columns=["entry_id", "place_id", "held_back"])
        found |= {one for column in texts for one in texts[column] if isinstance(one, str) and len(one) > 1}
    return found


def require_clean(document: Document, screen: Screen) -> None:
    """Screen every piece of a document's final text. Raises IssueStopped saying in which sections, never which words."""
    hits: dict[str, set[str]] = {}
    said: dict[str, list[str]] = {}
    for section, text in pieces(document):
        if text not in said:
            said[text] = screen.stops(text)
        if said[text]:
            hits.setdefault(section, set()).update(said[text])
    if hits:
        where = "; ".join(f"{section} ({', '.join(sorted(kinds))})" for section, kinds in hits.items())
        raise IssueStopped(
            f"the issue was stopped: some words may identify somebody, in: {where}. Have them written again in the register "
            "they come from, publish, and issue again"
        )


def pieces(document: Document) -> Iterator[tuple[str, str]]:
    """Every piece of text of a document with the section it stands in. Numbers say nothing that could be a name,
    and the handling label is ours."""
    face = document.face
    for text in (document.title, document.subtitle, face.permission, face.late):
        if text:
            yield START, text
    for title, parts in (("", document.parts), *document.slides, *document.sheets):
        section = title or START
        if title:
            yield section, title
        for heading, text in _texts(parts):
            section = heading or section
            yield section, text


def _texts(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """(the heading where one begins, else empty; the text), in reading order."""
    for part in flat(parts):
        for text in words_of(part):
            yield (text if isinstance(part, Heading) else ""), text
