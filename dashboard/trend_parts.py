"""What the trends page asks of the read API, put in order for its tables and small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import reads, shading, sparks
from dashboard.reads import Measure, Snapshot
from dashboard.wording import directions as told
from dashboard.wording import trends as words

INCIDENTS, FOUND_AT = ("incidents", "incidents"), ("missing_episodes", "found_at")
MISSING_FROM, SCHOOLS = ("missing_episodes", "missing_from"), ("weapon_in_school_reports", "reports")
ALL = "all"
MONTHS_SHOWN = {"month": 24, "quarter": 12, "year": 8, "term": 9}
RECENT = 3
A_YEAR = 12
PLACES_SHOWN = 10
STRONG, LIGHT = ("rising", "new_activity", "falling"), ("possible_rise", "possible_fall")


@dataclass(frozen=True)
class Area:
    """A row of the trends page."""

    level: str
    area_id: str
    name: str


@dataclass(frozen=True)
class Trend:
    """One harm group in one locality, or in the city.

    told      its row of `directions`, or empty; relative, its word against the rest of the city (null for the city)
    series    one row per period, oldest first
    """

    area: Area
    group: str
    label: str
    told: dict[Any, Any]
    relative: str | None
    series: pd.DataFrame
    usual: sparks.Usual | None
    figure: str


def measure_of(snapshot: Snapshot, names: tuple[str, str]) -> Measure | None:
    """A measure this audience has with periods to show, or none."""
    return next((one for one in reads.measures(snapshot) if (one.feed, one.measure) == names), None)


def areas(snapshot: Snapshot, measure: Measure, finer: str = "") -> list[Area]:
    """The city and the localities of this audience (a meeting has its own), and areas of a finer level where it has one."""
    found = []
    for level in ("city", "locality", finer):
        if level in measure.levels:
            rows = reads.ask(snapshot, "areas", level).to_dict("records")
            found += [Area(level, row["area_id"], row["name"]) for row in rows]
    own = snapshot.audience.locality
    return [one for one in found if one.level != "locality" or own in (None, one.area_id)]


def groups(measure: Measure) -> dict[str, tuple[str, ...]]:
    """What is shown side by side: all together, then each harm group, by the code directions use."""
    codes = tuple(code for code, _ in measure.harm_groups)
    return {ALL: codes} if len(codes) == 1 else {ALL: codes, **{code: (code,) for code in codes}}


def trends(snapshot: Snapshot, measure: Measure, grain: str) -> list[Trend]:
    """Every locality and the city by every harm group."""
    labels = {ALL: words.ALL_GROUPS, **{code: label for code, label in measure.harm_groups if code != ALL}}
    rows = {}
    for level in {one.level for one in areas(snapshot, measure)}:
        for relative in (False, True):
            told_rows = reads.ask(snapshot, "directions", *_names(measure), area_level=level, relative=relative)
            rows[level, relative] = {
                (row["area_id"], row["harm_group"]): row for row in told_rows.to_dict("records")
            }  # fmt: skip
    found = []
    for area in areas(snapshot, measure):
        for group, codes in groups(measure).items():
            own = rows[area.level, False].get((area.area_id, _told_as(measure, group)), {})
            other = rows[area.level, True].get((area.area_id, _told_as(measure, group)), {})
            series = _series(snapshot, measure, area, codes, grain)
            figures = recent_figures(snapshot, measure, area.level, codes, own)
            figure = figures.get(area.area_id, "") or _last_figure(series, measure)
            found.append(Trend(
                area, group, labels[group], own, other.get("direction") if area.level != "city" else None, series,
                _usual(series, own, grain), figure,
            ))  # fmt: skip
    return found


def _names(measure: Measure) -> tuple[str, str]:
    return measure.feed, measure.measure


def _told_as(measure: Measure, group: str) -> str:
    return measure.harm_groups[0][0] if len(measure.harm_groups) == 1 else group


def _series(snapshot: Snapshot, measure: Measure, area: Area, codes: tuple[str, ...], grain: str) -> pd.DataFrame:
    found = reads.ask(
        snapshot, "series", *_names(measure), area_level=area.level, area_id=area.area_id, harm_groups=codes, grain=grain
    )
    return found.iloc[-MONTHS_SHOWN.get(grain, A_YEAR) :].reset_index(drop=True)


def _usual(series: pd.DataFrame, row: dict[Any, Any], grain: str) -> sparks.Usual | None:
    """Where the usual range is drawn: over the months it is of, shared out by month; over one quarter where they are it."""
    known: list[Any] = [row.get(name) for name in ("expected_low", "expected_high", "recent_periods")]
    if any(one is None or pd.isna(one) for one in known):
        return None
    low, high, periods = known
    whole = [place for place, state in enumerate(series["state"]) if state == "collected"]
    if grain in ("month", "term") and len(whole) >= int(periods):
        return sparks.Usual(whole[-int(periods)], whole[-1], low / periods, high / periods)
    start = pd.Timestamp(series["period_start"].iloc[whole[-1]]) if whole else None
    ends_with_it = start is not None and str(row["through"]) == f"{start + pd.DateOffset(months=2):%Y-%m}"
    if grain == "quarter" and int(periods) == RECENT and ends_with_it:
        return sparks.Usual(whole[-1], whole[-1], low, high)
    return None


def recent_figures(
    snapshot: Snapshot, measure: Measure, level: str, codes: tuple[str, ...], row: dict[Any, Any]
) -> dict[str, str]:
    """Every area's figure over the periods a direction looks at, with its range; none where ranges are not had."""
    count = row.get("recent_periods")
    if measure.round_to is not None or count is None or pd.isna(count):
        return {}
    periods = recent_periods(snapshot, measure, int(count))
    rows = reads.ask(snapshot, "map_counts", *_names(measure), area_level=level, harm_groups=codes, periods=periods)
    return {one["area_id"]: figure_words(one, measure.base) for one in rows.to_dict("records")}


def _last_figure(series: pd.DataFrame, measure: Measure) -> str:
    """The newest whole period's figure, where there is none over the periods a direction looks at."""
    whole = series[series["state"] == "collected"]
    if not len(whole):
        return ""
    last = whole.iloc[-1]
    return words.last_counted(figure_words(last.to_dict(), measure.base), last["label"])


def figure_words(row: dict[Any, Any], base: int) -> str:
    """One figure in words; rows without marks for single and estimated cells are sums of their own."""
    return shading.figure_words(
        {"estimated": False, "single_cell": False, **row}, base=base, band_words=reads.band_words
    )  # fmt: skip


def ratio_words(row: dict[Any, Any]) -> str:
    """How many times the usual; nothing where under ten were expected."""
    names = ("rate_ratio", "rate_ratio_low", "rate_ratio_high", "expected_count")
    numbers: list[Any] = [row.get(name) for name in names]
    if any(one is None or pd.isna(one) for one in numbers):
        return ""
    return told.ratio(*numbers)


def flagged(snapshot: Snapshot) -> pd.DataFrame:
    """Directions of every place this audience has, as one list: words are those of this list."""
    places = reads.ask(snapshot, "areas_of", snapshot.audience.locality)
    return reads.ask(snapshot, "told_of", places) if len(places) else pd.DataFrame(columns=["direction"])


def figures_of(snapshot: Snapshot, measure: Measure, rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """The figure of each row of a list of directions, by level, place and harm group."""
    found = {}
    for (level, group), there in rows.groupby(["area_level", "harm_group"]):
        figures = recent_figures(snapshot, measure, str(level), groups(measure)[str(group)], there.iloc[0].to_dict())
        found.update({(str(level), one, str(group)): figures.get(one, "") for one in there["area_id"]})
    return found


def verdicts_of(snapshot: Snapshot, rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """More harm or more reporting? The verdict on each row, in words."""
    found = {}
    for level, area_id, group in rows[["area_level", "area_id", "harm_group"]].itertuples(index=False):
        reading = reads.ask(snapshot, "reporting", *INCIDENTS, area_level=level, area_id=area_id, harm_group=group)
        found[level, area_id, group] = told.VERDICTS.get(reading.verdict, "")
    return found


def recent_periods(snapshot: Snapshot, measure: Measure, count: int) -> tuple[str, ...]:
    """The newest complete periods, oldest first, as they are counted."""
    periods = reads.ask(snapshot, "periods", *_names(measure))
    return tuple(periods.loc[periods["state"] == "collected", "period"].iloc[-count:])


def window(snapshot: Snapshot, measure: Measure, shown: Sequence[Trend]) -> str:
    """Which months the figures beside the words are of."""
    counts = [one.told["recent_periods"] for one in shown if pd.notna(one.told.get("recent_periods"))]
    if not counts:
        return ""
    periods = recent_periods(snapshot, measure, int(counts[0]))
    labels = reads.ask(snapshot, "periods", *_names(measure)).set_index("period")["label"]
    return words.window(labels[periods[0]], labels[periods[-1]])


def concentrations(snapshot: Snapshot, measure: Measure) -> list[str]:
    """In how few beats half of each harm group lies, one sentence each."""
    periods = recent_periods(snapshot, measure, A_YEAR)
    labels = {ALL: words.ALL_GROUPS, **dict(measure.harm_groups)}
    if len(periods) < A_YEAR:
        return [words.NO_CONCENTRATION]
    sentences = []
    for group, codes in groups(measure).items():
        found, clear = reads.ask(snapshot, "concentrated", *_names(measure), harm_groups=codes, periods=periods)
        if clear:
            sentences.append(words.concentration(labels[group], found.half_in, found.areas, found.even_half_in))
        elif found.half_in is not None:
            sentences.append(words.no_concentration(labels[group]))
    return sentences


@dataclass(frozen=True)
class Found:
    """A place where missing children were found."""

    level: str
    area_id: str
    name: str
    about: float
    figure: str
    direction: str
    series: pd.DataFrame


def found_at(snapshot: Snapshot, measure: Measure) -> list[Found]:
    """The places where most missing children were found over the last complete months, most first."""
    periods, codes = recent_periods(snapshot, measure, RECENT), tuple(code for code, _ in measure.harm_groups)
    rows: list[tuple[float, str, str, dict[Any, Any]]] = []
    words_of: dict[str, str] = {}
    for level in ("beat", "place_of_concern"):
        if level in measure.levels and periods:
            counts = reads.ask(
                snapshot, "map_counts", *_names(measure), area_level=level, harm_groups=codes, periods=periods
            )  # fmt: skip
            told_rows = reads.ask(snapshot, "directions", *_names(measure), area_level=level)
            words_of |= dict(zip(told_rows["area_id"], told_rows["direction"], strict=True))
            rows += [(-one["about"], one["name"], level, one) for one in counts.to_dict("records") if one["about"] > 0]
    found = []
    for about, name, level, row in sorted(rows, key=lambda one: one[:3])[:PLACES_SHOWN]:
        area = Area(level, row["area_id"], name)
        series = _series(snapshot, measure, area, codes, measure.grain)
        direction = words_of.get(row["area_id"], "")
        found.append(Found(level, row["area_id"], name, -about, figure_words(row, measure.base), direction, series))
    return found


def summary(snapshot: Snapshot, question: str) -> pd.DataFrame:
    """One summary by quarter, of this audience's localities and the city."""
    found = reads.ask(snapshot, question)
    found = found.sort_values("area_level", key=lambda levels: levels != "city", kind="stable")
    own = snapshot.audience.locality
    return found if own is None else found[(found["area_level"] == "city") | (found["area_id"] == own)]


def area_names(snapshot: Snapshot) -> dict[str, str]:
    """Names of localities and of the city by id."""
    city = reads.ask(snapshot, "areas", "city").to_dict("records")
    return {**{row["area_id"]: words.whole_city(row["name"]) for row in city}, **reads.ask(snapshot, "localities")}


def newest_quarter(found: pd.DataFrame) -> str | None:
    """The newest period in which anything is said."""
    said = found[found["about"].notna() | (found["under"].notna() if "under" in found else False)]
    return str(said["period"].max()) if len(said) else None


def pathway(snapshot: Snapshot, measure: Measure, area_level: str, area_id: str) -> list[tuple[str, list[str]]]:
    """One place's terms, newest first: each term's label, the figure of all reports and of each state."""
    codes = tuple(code for code, _ in measure.harm_groups)
    states: Sequence[tuple[str, ...]] = [codes, *((code,) for code in codes)]
    columns = [
        reads.ask(snapshot, "series", *_names(measure), area_level=area_level, area_id=area_id, harm_groups=one)
        for one in states
    ]
    count = min(MONTHS_SHOWN["term"], len(columns[0]))
    return [
        (_term(columns[0].iloc[-back]), [figure_words(one.iloc[-back].to_dict(), measure.base) for one in columns])
        for back in range(1, count + 1)
    ]


def _term(row: pd.Series) -> str:
    return words.term(str(row["label"]), row["state"] == "still_arriving")
