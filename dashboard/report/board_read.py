"""What the board report asks of the read API: the rows of its headline, and each series as a chart and as table rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pandas as pd

from dashboard.report.model import Chart, Line
from dashboard.shading import figure_words
from dashboard.wording import board as words
from pipelines.errors import HarmError
from pipelines.insight.queries import Measure, Snapshot, band_words

INCIDENTS, MISSING_FROM = ("incidents", "incidents"), ("missing_episodes", "missing_from")
SCHOOLS = ("weapon_in_school_reports", "reports")
ALL = "all"
# How far back a chart goes, as on the page of trends.
SHOWN = {"quarter": 12, "term": 9}
# Where a word puts a line of the headline; whether a strong one is harm or reporting, the read API's verdict decides.
CLEAR = {"falling": words.BETTER, "rising": words.WORSE, "new_activity": words.WORSE, "steady": words.THE_SAME}
NOT_HARM_ALONE = ("could_be_reporting", "mostly_proactive")


class NoSuchTime(HarmError):
    """The report was asked for a time in which nothing is collected whole."""

    exit_code = 2


@dataclass(frozen=True)
class Area:
    """The city or a locality; `name` is what readers call it."""

    level: str
    area_id: str
    name: str


@dataclass(frozen=True)
class Told:
    """One line of the headline: an area and a harm group with its word, its newest figure and where it belongs."""

    area: Area
    group: str
    label: str
    word: str
    year_word: str
    verdict: str
    figure: str
    usual: str
    where: str


@dataclass(frozen=True)
class Series:
    """One area's figures of some harm groups, oldest first, up to the last period of the report.

    rows   as the read API's series, with low and high where a usual range is told
    own    how many of them, at the end, lie in the report's own time
    """

    area: Area
    label: str
    unit: str
    rows: pd.DataFrame
    own: int
    measure: Measure


def measure_of(snapshot: Snapshot, names: tuple[str, str]) -> Measure | None:
    """A measure this audience has, with a period to show; or none."""
    found = next((one for one in snapshot.measures() if (one.feed, one.measure) == names), None)
    return found if found is not None and len(snapshot.periods(*names)) else None


def areas(snapshot: Snapshot) -> list[Area]:
    """The city first, then its localities."""
    found = []
    for level in ("city", "locality"):
        for row in snapshot.areas(level).to_dict("records"):
            name = words.WHOLE_CITY.format(name=row["name"]) if level == "city" else row["name"]
            found.append(Area(level, str(row["area_id"]), str(name)))
    return found


def groups(measure: Measure) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What is shown: all together, then each harm group by its code: the label and the codes summed."""
    codes = tuple(code for code, _ in measure.harm_groups)
    every = {ALL: (words.ALL_GROUPS if len(codes) > 1 else measure.label, codes)}
    return every if len(codes) == 1 else {**every, **{code: (label, (code,)) for code, label in measure.harm_groups}}


def quarters(snapshot: Snapshot, measure: Measure, first: date, last: date) -> list[tuple[str, str]]:
    """Code and label of the whole quarters of the report. Raises NoSuchTime where there is none."""
    found = snapshot.periods(measure.feed, measure.measure, grain="quarter")
    ends = [start + pd.DateOffset(months=3, days=-1) for start in pd.to_datetime(found["period_start"])]
    within = [pd.Timestamp(first) <= end and start <= last for start, end in zip(found["period_start"], ends, strict=True)]
    mine = found[within]
    if not len(mine):
        newest = found["label"].iloc[-1] if len(found) else words.NONE_AT_ALL
        raise NoSuchTime(words.NO_QUARTER.format(newest=newest))
    return list(zip(mine["period"], mine["label"], strict=True))


def series(
    snapshot: Snapshot, measure: Measure, area: Area, label: str, codes: Sequence[str], grain: str,
    upto: date, since: date,
) -> Series:  # fmt: skip
    """One series of the report with its usual range: up to the report's last day."""
    rows = _with_usual(snapshot, measure, area, tuple(codes), grain)
    rows = rows[[start <= upto for start in rows["period_start"]]]
    rows = rows.iloc[-SHOWN[grain] :].reset_index(drop=True)
    own = sum(start >= since for start in rows["period_start"])
    return Series(area, label, measure.unit_label, rows, own, measure)


@lru_cache(maxsize=256)
def _with_usual(snapshot: Snapshot, measure: Measure, area: Area, codes: tuple[str, ...], grain: str) -> pd.DataFrame:
    """A series with its usual range, asked once: charts, tables and the annex show the same. Not to be changed."""
    rows = snapshot.series(measure.feed, measure.measure, area_level=area.level, area_id=area.area_id,
                           harm_groups=list(codes), grain=grain)  # fmt: skip
    usual = snapshot.usual_range(measure.feed, measure.measure, area_level=area.level, area_id=area.area_id,
                                 harm_groups=list(codes), grain=grain).dropna(subset=["low", "high"])  # fmt: skip
    of = {row["period"]: (float(row["low"]), float(row["high"])) for row in usual.to_dict("records")}
    told = [of.get(period, (None, None)) for period in rows["period"]]
    return rows.assign(low=pd.Series([low for low, _ in told], index=rows.index, dtype=object),
                       high=pd.Series([high for _, high in told], index=rows.index, dtype=object))  # fmt: skip


def chart(one: Series) -> Chart:
    """The chart of a series; a figure too small to say is a gap that says so."""
    figures = [(str(row["label"]), said(row, one.measure)) for row in one.rows.to_dict("records")]
    lows, highs = list(one.rows["low"]), list(one.rows["high"])
    known = any(low is not None for low in lows)
    usual = words.usual(lows[-1], highs[-1]) if figures else words.NO_USUAL_HERE
    return Chart(
        title=words.chart_title(one.label, one.area.name), unit=one.unit,
        labels=[words.short(label) for label, _ in figures],
        alt=words.chart_alt(one.label, one.area.name, one.unit, figures, usual),
        lines=[Line(words.LINE.format(round_to=one.measure.round_to), [number(row) for row in one.rows.to_dict("records")])],
        low=lows if known else (), high=highs if known else (),
        states=["" if number(row) is not None else said(row, one.measure) for row in one.rows.to_dict("records")],
    )  # fmt: skip


def number(row: Mapping[Any, Any]) -> int | None:
    """A figure as a number a spreadsheet may add up, or null."""
    return None if pd.isna(row["about"]) else int(row["about"])


def cell(row: Mapping[Any, Any], measure: Measure) -> str | int:
    """A figure as it stands in a table: a number where it is one, else why not."""
    found = number(row)
    return said(row, measure) if found is None else found


def said(row: Mapping[Any, Any], measure: Measure) -> str:
    """A figure in the words of the screen."""
    return figure_words({"estimated": False, **row}, base=measure.base, band_words=band_words)


def told(snapshot: Snapshot, measure: Measure, newest: str) -> list[Told]:
    """Every line of the headline: each area by each harm group, in the order they are shown.

    newest  the last quarter of the report
    """
    found = []
    for area in areas(snapshot):
        words_of = snapshot.directions(measure.feed, measure.measure, area_level=area.level)
        rows = {row["harm_group"]: row for row in words_of[words_of["area_id"] == area.area_id].to_dict("records")}
        for group, (label, codes) in groups(measure).items():
            row = rows.get(group, {"direction": "not_enough_history", "year_direction": "not_enough_history"})
            reading = snapshot.reporting(measure.feed, measure.measure, area_level=area.level, area_id=area.area_id,
                                         harm_group=group)  # fmt: skip
            mine = _newest(snapshot, measure, area, codes, newest)
            found.append(Told(
                area, group, label, row["direction"], row["year_direction"], reading.verdict, said(mine, measure),
                words.usual(mine["low"], mine["high"]), _where(row["direction"], reading.verdict),
            ))  # fmt: skip
    return found


def _newest(snapshot: Snapshot, measure: Measure, area: Area, codes: Sequence[str], newest: str) -> dict[Any, Any]:
    one = series(snapshot, measure, area, "", codes, "quarter", date.max, date.max)
    return next(row for row in one.rows.to_dict("records") if row["period"] == newest)


def _where(word: str, verdict: str) -> str:
    place = CLEAR.get(word, words.CANNOT_TELL)
    return words.CANNOT_TELL if place in (words.BETTER, words.WORSE) and verdict in NOT_HARM_ALONE else place
