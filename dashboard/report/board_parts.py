"""The sections of the board report after its headline, each a list of parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.report.board_read import (
    ALL,
    INCIDENTS,
    MISSING_FROM,
    SCHOOLS,
    Series,
    Told,
    areas,
    cell,
    chart,
    groups,
    measure_of,
    series,
)
from dashboard.report.model import Beside, Bullets, Heading, Paragraph, Part, Table, Together
from dashboard.wording import about as method_words
from dashboard.wording import board as words
from dashboard.wording import impact as impact_words
from dashboard.wording import interventions as work_words
from dashboard.wording import trends as trend_words
from dashboard.wording import worked as worked_words
from dashboard.wording.directions import WORDS
from pipelines.insight.queries import Measure, Snapshot


def harm(snapshot: Snapshot, lines: Sequence[Told], since: date, upto: date) -> list[Part]:
    """Every line in a table, then its charts: the city and each locality together, and every harm group of the city."""
    measure = measure_of(snapshot, INCIDENTS)
    assert measure is not None  # the report is not made without it
    has_usual = any(one.usual != words.NO_USUAL_HERE for one in lines)
    rows = [(one.area.name, one.label, WORDS.get(one.word, one.word), WORDS.get(one.year_word, one.year_word), one.figure,
             *([one.usual] if has_usual else [])) for one in lines]  # fmt: skip
    flagged = {(one.area.area_id, one.group) for one in lines if one.where in (words.WORSE, words.BETTER)}
    drawn = [
        series(snapshot, measure, area, label, codes, "quarter", upto, since)
        for area in areas(snapshot) for group, (label, codes) in groups(measure).items()
        if group == ALL or area.level == "city" or (area.area_id, group) in flagged
    ]  # fmt: skip
    return [
        Table(words.TOLD, words.TOLD_HEADS if has_usual else words.TOLD_HEADS[:-1], rows),
        Paragraph(" ".join(work for work in (_usual_words(drawn), words.GAPS)), "note"),
        *_in_pairs(drawn),
    ]


def missing(snapshot: Snapshot, since: date, upto: date) -> list[Part]:
    """Children reported missing, by where from; what became of return home interviews; repeats."""
    measure = measure_of(snapshot, MISSING_FROM)
    if measure is None:
        return [Paragraph(words.NO_MEASURE)]
    drawn = _all_areas(snapshot, measure, "quarter", since, upto)
    return [
        *_in_pairs(drawn, Paragraph(f"{trend_words.MORE_TRUST} {trend_words.FOUND_NOTE}")),
        Paragraph(f"{_usual_words(drawn)} {words.GAPS}", "note"),
        _summary(snapshot, snapshot.return_home_interviews(), trend_words.INTERVIEWS, measure, upto),
        Paragraph(trend_words.INTERVIEWS_NOTE, "note"),
        _summary(snapshot, snapshot.repeat_episodes(), trend_words.REPEATS, measure, upto),
        Paragraph(trend_words.REPEATS_NOTE, "note"),
    ]  # fmt: skip


def schools(snapshot: Snapshot, since: date, upto: date) -> list[Part]:
    """Weapon-in-school reports by term, how far each school year's have come, and the kinds of school."""
    measure = measure_of(snapshot, SCHOOLS)
    if measure is None:
        return [Paragraph(words.NO_MEASURE)]
    drawn = _all_areas(snapshot, measure, "term", since, upto)
    years, phases = snapshot.pathway_by_year(), snapshot.school_phases()
    return [
        *_in_pairs(drawn, Paragraph(trend_words.MORE_TRUST)), Paragraph(f"{_usual_words(drawn)} {words.GAPS}", "note"),
        _by_year(trend_words.PATHWAY_YEARS, years, dict(measure.harm_groups), measure, trend_words.NO_YEAR),
        Bullets(trend_words.PATHWAY_NOTES),
        _by_year(trend_words.PHASES, phases, trend_words.PHASE_NAMES, measure, trend_words.NO_YEAR),
    ]  # fmt: skip


def assessed(snapshot: Snapshot) -> list[Part]:
    """Where the assessments of each locality are."""
    found = snapshot.assessments_by_locality()
    names = snapshot.vocabulary("assessment_status")
    statuses = [code for code in names if code in set(found["status"])]
    rows = _by_locality(snapshot, found, "status", statuses, "places")
    heads = (work_words.LOCALITY, *(names[code] for code in statuses))
    table = Table(words.PIPELINE, heads, rows if statuses else [], words.NONE_ASSESSED)
    return [table, Paragraph(words.PIPELINE_NOTE, "note")]


def done(snapshot: Snapshot) -> list[Part]:
    """How many interventions of each kind there are, and what came of them."""
    counts = snapshot.interventions_by_locality()
    said = counts.astype(object).where(counts.notna(), None).to_dict("records")
    number = {(row["locality"], row["family"], row["state"]): int(row["interventions"]) for row in said}
    states = ("planned", "live", "ended")
    families = [code for code in work_words.FAMILIES if any(family == code for _, family, _ in number)]
    rows: list[tuple[str | int, ...]] = [
        (name, work_words.family(code), *(number.get((locality, code, state), 0) for state in states))
        for locality, name in _localities(snapshot) for code in families
    ]  # fmt: skip
    heads = (*work_words.BOARD_COUNTS_HEADS, *(work_words.STATES[state] for state in states))
    return [
        Table(work_words.BOARD_COUNTS, heads, rows, words.NO_WORK),
        Paragraph(f"{work_words.BOARD_NOTE} {work_words.TWO_LOCALITIES}", "note"), *impact(snapshot),
    ]  # fmt: skip


def impact(snapshot: Snapshot) -> list[Part]:
    """What the figures say each kind of work did: fell, rose, or nobody can tell."""
    found = snapshot.portfolio()
    labels = snapshot.vocabulary("intervention_type")
    rows = [
        (labels.get(kind, kind), one.sites, _change(one), impact_words.label(one.verdict), one.reduced, one.increased,
         one.cannot_tell, one.refused) for kind, one in sorted(found.items(), key=lambda one: labels.get(one[0], one[0]))
    ]  # fmt: skip
    return [
        Table(worked_words.KINDS, worked_words.KINDS_HEADS, rows, worked_words.KINDS_NONE),
        Bullets([impact_words.CANNOT_TELL_MEANS, worked_words.KINDS_MOVED, worked_words.KINDS_FEW,
                 impact_words.RANGE_MEANS]),
    ]  # fmt: skip


def _change(one: Any) -> str:
    """The interval of a kind; of one place alone none is told, since that place could be read from it."""
    if one.sites < 2 or pd.isna(one.rate_ratio_low):
        return worked_words.ONE_PLACE if one.sites == 1 else worked_words.NO_FIGURE
    return impact_words.between(one.rate_ratio_low, one.rate_ratio_high)


def affected(snapshot: Snapshot) -> list[Part]:
    """By age, sex and ethnic group, in the whole city by year, as the supplier added them up; and what that cannot say."""
    found = snapshot.demographics()
    if not len(found):
        return [Paragraph(words.NO_DEMOGRAPHICS)]
    shown: list[Part] = []
    for dimension, mine in found.groupby("dimension", sort=False):
        years = sorted(mine["period"].unique())
        rows = [
            (str(category), *(_either(there, year) for year in years), _share(there, years[-1]))
            for category, there in mine.groupby("category", sort=False)
        ]  # fmt: skip
        title = words.DIMENSIONS.get(str(dimension), str(dimension).replace("_", " ").capitalize())
        shown.append(Table(title, (title, *map(str, years), f"{words.SHARE}, {years[-1]}"), rows))
    return [*shown, Bullets(words.DEMOGRAPHICS_LIMITS)]


def _either(there: pd.DataFrame, year: str) -> str | int:
    mine = there[there["period"] == year].to_dict("records")
    if not mine or pd.isna(mine[0]["about"]):
        return wording.reason(mine[0]["withheld_because"] if mine else None)
    return int(mine[0]["about"])


def _share(there: pd.DataFrame, year: str) -> str:
    mine = there.loc[there["period"] == year, "share"]
    return "" if not len(mine) or pd.isna(mine.iloc[0]) else f"{mine.iloc[0]:.0%}"


def method(snapshot: Snapshot) -> list[Part]:
    """How figures are made and what they cannot say; how fresh each source is."""
    measure = measure_of(snapshot, INCIDENTS)
    nearest = wording.ROUNDED_AGAIN.format(round_to=measure.round_to, under=measure.under) if measure else ""
    rows = [
        (row["label"], wording.day(row["covers_to"]), row["last_collected_label"] or words.NONE_AT_ALL,
         ", ".join(row["still_arriving_periods"]) or wording.NOTHING) for row in snapshot.freshness().to_dict("records")
    ]  # fmt: skip
    return [
        Bullets([wording.BLURRED, *(one for one in (nearest,) if one), *words.METHOD_POINTS, *method_words.ALWAYS,
                 words.NO_NAMES]),
        Table(words.FRESH, words.FRESH_HEADS, rows),
    ]  # fmt: skip


def annex(snapshot: Snapshot, since: date, upto: date) -> list[Part]:
    """Every figure of the report's own time: one table a source."""
    shown: list[Part] = []
    for names, grain in ((INCIDENTS, "quarter"), (MISSING_FROM, "quarter"), (SCHOOLS, "term")):
        measure = measure_of(snapshot, names)
        if measure is None:
            continue
        every = [
            series(snapshot, measure, area, label, codes, grain, upto, since)
            for area in areas(snapshot) for label, codes in groups(measure).values()
        ]  # fmt: skip
        shown.append(_figures(measure, every))
    return shown


def _figures(measure: Measure, every: Sequence[Series]) -> Table:
    told = _has_usual(every)
    heads = (words.AREA, words.GROUP, words.PERIOD, words.FIGURE, *((words.LOW, words.HIGH) if told else ()))
    rows: list[Sequence[str | int | float]] = []
    for one in every:
        for row in one.rows.iloc[len(one.rows) - one.own :].to_dict("records"):
            usual = [words.NO_USUAL_HERE if value is None else value for value in (row["low"], row["high"])] if told else []
            rows.append((one.area.name, one.label, row["label"], cell(row, measure), *usual))
    return Table(words.table(measure.label, measure.unit_label), heads, rows, words.NO_MEASURE)


def dictionary() -> Table:
    """What each column of the annex means."""
    return Table(words.DICTIONARY, (words.COLUMN, words.MEANING), [*words.COLUMNS.items()])


def _all_areas(snapshot: Snapshot, measure: Measure, grain: str, since: date, upto: date) -> list[Series]:
    label, codes = groups(measure)[ALL]
    label = label if len(measure.harm_groups) == 1 else measure.label
    return [series(snapshot, measure, area, label, codes, grain, upto, since) for area in areas(snapshot)]


def _in_pairs(drawn: Sequence[Series], *before: Part) -> list[Part]:
    """Charts two by two; what stands before them stays with the first two, so that it never ends a page alone."""
    charts = [chart(one) for one in drawn]
    return [
        Together([*(before if not at else ()), Beside(charts[at : at + 1], charts[at + 1 : at + 2])])
        for at in range(0, len(charts), 2)
    ]  # fmt: skip


def _usual_words(drawn: Sequence[Series]) -> str:
    return words.USUAL if _has_usual(drawn) else words.NO_USUAL


def _has_usual(drawn: Sequence[Series]) -> bool:
    return any(low is not None for one in drawn for low in one.rows["low"])


def _summary(snapshot: Snapshot, found: pd.DataFrame, title: str, measure: Measure, upto: date) -> Part:
    """One summary's newest closed quarter in the report: a row for the city and each locality, a column a category."""
    told = found[[start <= upto for start in found["period_start"]]] if len(found) else found
    if not len(told):
        return Together([Heading(title, 2), Paragraph(trend_words.NO_SUMMARIES)])
    mine = told[told["period"] == told["period"].max()]
    categories = list(dict.fromkeys(mine["category"]))
    rows = []
    for area in areas(snapshot):
        there = {row["category"]: row for row in mine[mine["area_id"] == area.area_id].to_dict("records")}
        rows.append((area.name, *(_with_share(there[one], measure) if one in there else "" for one in categories)))
    heads = (words.AREA, *(trend_words.CATEGORIES[one] for one in categories))
    return Table(f"{title}: {mine['label'].iloc[0]}", heads, rows)


def _by_year(title: str, found: pd.DataFrame, labels: dict[str, str], measure: Measure, if_none: str) -> Part:
    """A summary of the city by school year: a row a category, a column a year."""
    years = list(dict.fromkeys(found["period"])) if len(found) else []
    rows = []
    for category in [code for code in labels if len(found) and code in set(found["category"])]:
        there = {row["period"]: row for row in found[found["category"] == category].to_dict("records")}
        rows.append((labels[category], *(_with_share(there[one], measure) if one in there else "" for one in years)))
    return Table(title, (words.CATEGORY, *years), rows, if_none)


def _with_share(row: dict[Any, Any], measure: Measure) -> str | int:
    """A figure as a number, or with its share in words where it has one."""
    share = row.get("share")
    figure = cell({**row, "single_cell": False}, measure)
    return figure if share is None or pd.isna(share) else f"{figure}{trend_words.share(float(share))}"


def _localities(snapshot: Snapshot) -> list[tuple[str | None, str]]:
    return [(None, work_words.WHOLE_CITY), *snapshot.localities().items()]


def _by_locality(
    snapshot: Snapshot, found: pd.DataFrame, column: str, codes: Sequence[str], count: str
) -> list[tuple[str | int, ...]]:
    said = found.astype(object).where(found.notna(), None).to_dict("records")
    number = {(row["locality"], row[column]): int(row[count]) for row in said}
    return [(name, *(number.get((locality, code), 0) for code in codes)) for locality, name in _localities(snapshot)]
