"""The report to the board: localities and the whole city, by whole quarters, terms and years, and nothing finer.

Every figure is the read API's for the board. The same parts are set on pages, on slides and on sheets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard import wording
from dashboard.report import board_parts as parts
from dashboard.report.board_read import INCIDENTS, NoSuchTime, Told, measure_of, quarters, told
from dashboard.report.model import Beside, Bullets, Document, Face, Fill, Heading, NewPage, Paragraph, Part, Table, Together
from dashboard.wording import board as words
from pipelines.insight.queries import Snapshot


@dataclass(frozen=True)
class Span:
    """The time of a report: its first and last day as asked, its whole quarters, and how they are said."""

    first: date
    last: date
    quarters: tuple[tuple[str, str], ...]

    @property
    def said(self) -> str:
        """The quarters in words."""
        return wording.span(self.quarters[0][1], self.quarters[-1][1])

    @property
    def since(self) -> date:
        """The first day of the first quarter."""
        return pd.Period(self.quarters[0][0].replace("-", "")).start_time.date()


def make(snapshot: Snapshot, first: date, last: date, face: Face, *, asks: Sequence[str] = ()) -> Document:
    """The board's report of the whole quarters between two days, from a snapshot opened for the board.

    asks  what is asked of the board beside what follows from the figures, in somebody's own words

    Raises NoSuchTime where no whole quarter lies between the days.
    """
    incidents = measure_of(snapshot, INCIDENTS)
    if incidents is None:
        raise NoSuchTime(words.NO_QUARTER.format(newest=words.NONE_AT_ALL))
    span = Span(first, last, tuple(quarters(snapshot, incidents, first, last)))
    lines = told(snapshot, incidents, span.quarters[-1][0])
    headline = _headline(snapshot, span, lines, asks)
    sections = _sections(snapshot, span, lines)
    pages: list[Part] = [Heading(words.HEADLINE), Paragraph(_lead(lines), "lead"), *headline, _decided()]
    for title, inside in sections:
        breaks = [NewPage()] if title in (words.HARM, words.MISSING, words.ASSESSED, words.METHOD, words.ANNEX) else []
        pages += [*breaks, Heading(title), *inside]
    return Document(
        title=words.TITLE, subtitle=words.subtitle(snapshot.partnership, span.said), face=face, parts=pages,
        slides=((words.HEADLINE, (_beside(headline),)), *_slides(sections)),
        sheets=((words.HEADLINE, (Paragraph(_lead(lines), "lead"), *headline)), *_sheets(sections),
                (words.DICTIONARY, (parts.dictionary(),))),
    )  # fmt: skip


def _sections(snapshot: Snapshot, span: Span, lines: Sequence[Told]) -> list[tuple[str, list[Part]]]:
    """Every section after the headline, in order: its title and its parts."""
    return [
        (words.HARM, parts.harm(snapshot, lines, span.since, span.last)),
        (words.MISSING, parts.missing(snapshot, span.since, span.last)),
        (words.SCHOOLS, parts.schools(snapshot, span.since, span.last)),
        (words.ASSESSED, parts.assessed(snapshot)),
        (words.DONE, parts.done(snapshot)),
        (words.AFFECTED, parts.affected(snapshot)),
        (words.METHOD, parts.method(snapshot)),
        (words.ANNEX, parts.annex(snapshot, span.since, span.last)),
    ]


def _slides(sections: Sequence[tuple[str, Sequence[Part]]]) -> list[tuple[str, Sequence[Part]]]:
    """What is shown in a room: everything but the annex."""
    return [(title, inside) for title, inside in sections if title != words.ANNEX]


def _sheets(sections: Sequence[tuple[str, Sequence[Part]]]) -> list[tuple[str, Sequence[Part]]]:
    """A sheet a section, and one for each table of the annex, so that its heads are printed on every page."""
    found: list[tuple[str, Sequence[Part]]] = []
    for title, inside in sections:
        tables = [one for one in inside if isinstance(one, Table)]
        found += [(words.annex(one.caption), [one]) for one in tables] if title == words.ANNEX else [(title, inside)]
    return found


def _lead(lines: Sequence[Told]) -> str:
    where = Counter(one.where for one in lines)
    return words.lead(where[words.WORSE], where[words.BETTER], where[words.CANNOT_TELL], where[words.THE_SAME])


def _headline(snapshot: Snapshot, span: Span, lines: Sequence[Told], asks: Sequence[str]) -> list[Part]:
    """Better, worse, cannot tell; what is asked; promises: each a heading and its points."""
    promised = _promised(snapshot, span)
    unsure = Counter(one.word for one in lines if one.where == words.CANNOT_TELL)
    same = sum(one.where == words.THE_SAME for one in lines)
    return [
        *_points(words.WORSE, _lines(lines, words.WORSE, span), words.NOTHING_WORSE),
        *_points(words.BETTER, _lines(lines, words.BETTER, span), words.NOTHING_BETTER),
        *_points(words.CANNOT_TELL, words.unsure(unsure), words.NOTHING_UNSURE),
        *(_points(words.THE_SAME, [words.same(same)], "") if same else []),
        *_points(words.ASKED, [*asks, *_asked(snapshot, span, lines, promised)], words.NOTHING_ASKED),
        *_points(words.PROMISES, [_promises(promised)], ""),
        Paragraph(f"{words.WHAT_WORDS_MEAN} {words.JUDGEMENT}", "note"),
    ]


def _points(title: str, points: Sequence[str], if_none: str) -> list[Part]:
    return [Together([Heading(title, 2), Bullets(points) if points else Paragraph(if_none)])]


def _lines(lines: Sequence[Told], where: str, span: Span) -> list[str]:
    label = span.quarters[-1][1]
    return [
        words.line(words.Headline(one.area.name, one.label, one.word, words.figure(one.figure, label), one.verdict))
        for one in lines if one.where == where
    ]  # fmt: skip


def _asked(snapshot: Snapshot, span: Span, lines: Sequence[Told], promised: Mapping[str, int]) -> list[str]:
    """What follows from the figures: a lead for what rises, a look at how recording changed, deliveries, late promises."""
    asked = [words.ask_lead(one.area.name, one.label) for one in lines if one.where == words.WORSE]
    asked += [
        words.ask_recording(one.area.name, one.label) for one in lines
        if one.word in ("rising", "falling") and one.verdict == "could_be_reporting"
    ]  # fmt: skip
    for row in snapshot.freshness().to_dict("records"):
        grain = next(one.grain for one in snapshot.measures() if one.feed == row["feed"])
        if grain == "quarter" and str(row["last_collected_period"] or "") < span.quarters[-1][0]:
            asked.append(words.ask_delivery(row["label"], row["last_collected_label"] or words.NONE_AT_ALL))
    if promised.get("late"):
        asked.append(words.ask_late(promised["late"]))
    return asked


def _promised(snapshot: Snapshot, span: Span) -> dict[str, int]:
    """How many actions of the whole city fell due in the report's time and were kept, are late, or were dropped."""
    found = snapshot.actions_by_locality(span.since, span.last)
    city = found[found["locality"].isna()]
    return {str(row["outcome"]): int(row["actions"]) for row in city.to_dict("records")}


def _promises(promised: Mapping[str, int]) -> str:
    kept, late, dropped = (promised.get(one, 0) for one in ("kept", "late", "dropped"))
    return words.promises(kept, late, dropped, kept + late + dropped)


def _beside(headline: Sequence[Part]) -> Beside:
    """The headline in two columns for a slide: what is so, and what is asked and was promised."""
    boxes = [one for one in headline if isinstance(one, Together)]
    to_do = (words.ASKED, words.PROMISES)
    asked = [one for one in boxes if isinstance(one.parts[0], Heading) and one.parts[0].text in to_do]
    return Beside([one for one in boxes if one not in asked], asked)


def _decided() -> Fill:
    return Fill(words.WRITE_ASKED, 3)
