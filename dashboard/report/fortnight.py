"""The fortnightly summary to senior managers: what was done, a page for the city and one for each locality."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard import palette, wording
from dashboard.report import board_read
from dashboard.report.activity import Activity, Entry, activity
from dashboard.report.board_read import INCIDENTS, MISSING_FROM, SCHOOLS, Area, areas, measure_of
from dashboard.report.model import Document, Face, Heading, NewPage, Paragraph, Part, Table
from dashboard.report.places_told import text_of
from dashboard.wording import directions, trends
from dashboard.wording import fortnight as words
from dashboard.wording import meeting as said_of
from pipelines.insight.queries import Measure, Snapshot
from pipelines.insight.since import since_last_meeting

DAYS = 14
TERMS_SHOWN = 2
RECENT = 3
RANGE = re.compile(r"\(([\d,]+)-([\d,]+)\)")
Row = Sequence[str | int | float]


def make(
    snapshot: Snapshot, to_on: date, face: Face, *, then: Snapshot | None = None,
    issued: Sequence[Mapping[str, Any]] | None = None,
) -> Document:  # fmt: skip
    """The summary of the fortnight that ends on a day.

    snapshot  opened for the manager; then, the newest snapshot from before the fortnight for the same audience
              (`since.snapshot_at` of `first_day(to_on)`), null where there is none
    issued    the log of issues: issued_at, document, audience, by; null = not known
    """
    from_on = first_day(to_on)
    found = {code: activity(snapshot, _places(snapshot, code), from_on, to_on) for code in (None, *snapshot.localities())}
    changed = {code: _changed(snapshot, then, code, from_on) for code in snapshot.localities()}
    packs = None if issued is None else packs_of(issued, to_on)
    parts = _city(snapshot, found, changed, packs, then)
    for code, name in snapshot.localities().items():
        parts += [NewPage(), *_locality(snapshot, code, name, found[code], changed[code], packs)]
    return Document(words.TITLE, words.subtitle(snapshot.partnership, from_on, to_on), face, parts)


def said(row: Mapping[Any, Any], measure: Measure) -> str:
    """A figure in the words of the screen, its range with a word between: a dash would make it look like a telephone."""
    return RANGE.sub(r"(\1 to \2)", board_read.said(row, measure))


def first_day(to_on: date) -> date:
    """The first day of the fortnight that ends on a day."""
    return to_on - timedelta(days=DAYS - 1)


def _places(snapshot: Snapshot, locality: str | None) -> list[str] | None:
    return None if locality is None else [str(one) for one in snapshot.areas_of(locality)["area_id"]]


def _changed(snapshot: Snapshot, then: Snapshot | None, locality: str, from_on: date) -> list[dict[str, Any]] | None:
    """Places of a locality whose word changed since before the fortnight, by the rule of its meeting; null = not known."""
    if then is None or then.id == snapshot.id:
        return None
    rows = since_last_meeting(snapshot, then, snapshot.stories(locality), locality, from_on)["words"]
    return [dict(one) for one in rows]


def packs_of(issued: Sequence[Mapping[str, Any]], to_on: date) -> list[Mapping[str, Any]]:
    """The packs among some issues that were made within the fortnight that ends on a day."""
    first, last = first_day(to_on).isoformat(), to_on.isoformat()
    return [one for one in issued if one["document"] == "pack" and first <= str(one["issued_at"])[:10] <= last]


def _day(issued_at: Any) -> str:
    return wording.day(date.fromisoformat(str(issued_at)[:10]))


def _of(packs: Sequence[Mapping[str, Any]] | None, locality: str | None) -> list[Mapping[str, Any]] | None:
    if packs is None:
        return None
    return [one for one in packs if locality is None or one["audience"] == f"meeting:{locality}"]


def _city(
    snapshot: Snapshot, found: Mapping[str | None, Activity], changed: Mapping[str, list[dict[str, Any]] | None],
    packs: Sequence[Mapping[str, Any]] | None, then: Snapshot | None,
) -> list[Part]:  # fmt: skip
    rows: list[Row] = []
    every = {place["area_id"] + place["harm_group"] for one in changed.values() for place in one or ()}
    for code, name in ((None, words.CITY), *snapshot.localities().items()):
        mine = found[code]
        there = (None if None in changed.values() else len(every)) if code is None else _size(changed[code])
        sent = _size(_of(packs, code))
        rows.append((name, len(mine.moved), mine.started, mine.ended, len(mine.closed), len(mine.raised),
                     words.NOT_KNOWN if there is None else there, words.NOT_KNOWN if sent is None else sent))  # fmt: skip
    all_of = found[None]
    glance = words.at_a_glance(len(all_of.moved), all_of.started, all_of.ended, len(all_of.closed), len(all_of.raised))
    since = words.compared(then.as_at) if then else words.NOTHING_THEN
    empty = [] if len(snapshot.register("neighbourhood_assessments")) else [Paragraph(words.NO_REGISTERS, "lead")]
    return [
        Paragraph(glance, "lead"), *empty, Heading(words.CITY),
        Table(words.ACTIVITY, words.ACTIVITY_HEADS, rows), Paragraph(f"{words.ACTIVITY_NOTE} {since}", "note"),
        *_harm(snapshot), Heading(words.PATHWAYS, 2), *_interviews(snapshot), *_schools(snapshot, areas(snapshot)[:1]),
        Paragraph(f"{trends.MORE_TRUST} {wording.BLURRED}", "note"),
    ]  # fmt: skip


def _size(found: Sequence[Any] | None) -> int | None:
    return None if found is None else len(found)


def _harm(snapshot: Snapshot) -> list[Part]:
    """All kinds of harm together in the city and each locality: the word, the last months, and the year."""
    measure = measure_of(snapshot, INCIDENTS)
    if measure is None:
        return []
    codes = [code for code, _ in measure.harm_groups]
    periods = snapshot.periods(*INCIDENTS)
    last = list(periods.loc[periods["state"] == "collected", "period"])[-RECENT:]
    rows: list[Row] = []
    for area in areas(snapshot):
        told = snapshot.directions(*INCIDENTS, area_level=area.level)
        group = "all" if len(codes) > 1 else codes[0]
        mine = told[(told["area_id"] == area.area_id) & (told["harm_group"] == group)].to_dict("records")
        counts = snapshot.map_counts(*INCIDENTS, area_level=area.level, harm_groups=codes, periods=last)
        figure = said(counts[counts["area_id"] == area.area_id].to_dict("records")[0], measure)
        rows.append((area.name, *_told(mine[0] if mine else {}, figure)))
    return [Table(words.HARM, words.HARM_HEADS, rows, widths=(1.5, 0.9, 3, 0.9))]


def _told(row: Mapping[Any, Any], figure: str) -> tuple[str, str, str]:
    code, year = row.get("direction", "not_enough_history"), row.get("year_direction", "not_enough_history")
    low, high = row.get("expected_low"), row.get("expected_high")
    usual = "" if low is None or pd.isna(low) or high is None or pd.isna(high) else directions.expected(low, high)
    look = palette.DIRECTIONS[code]
    return f"{look.mark} {directions.WORDS[code]}", f"{figure}; {usual}" if usual else figure, directions.WORDS[year]


def _interviews(snapshot: Snapshot) -> list[Part]:
    measure = measure_of(snapshot, MISSING_FROM)
    found = snapshot.return_home_interviews() if measure is not None else pd.DataFrame()
    whole = found[found["about"].notna()] if len(found) else found
    if measure is None or not len(whole):
        return [Paragraph(trends.NO_SUMMARIES, "note")]
    newest = found[found["period"] == whole["period"].max()]
    categories = list(dict.fromkeys(newest["category"]))
    rows: list[Row] = []
    for area in areas(snapshot):
        there = {row["category"]: row for row in newest[newest["area_id"] == area.area_id].to_dict("records")}
        rows.append((area.name, *(_with_share(there[one], measure) if one in there else "" for one in categories)))
    heads = (trends.LOCALITY, *(trends.CATEGORIES[one] for one in categories))
    return [Table(f"{words.MISSING}: {newest['label'].iloc[0]}", heads, rows)]


def _with_share(row: Mapping[Any, Any], measure: Measure) -> str:
    share = row.get("share")
    return said({"single_cell": False, **row}, measure) + trends.share(None if pd.isna(share) else float(share or 0))


def _schools(snapshot: Snapshot, where: Sequence[Area]) -> list[Part]:
    """The newest terms of some areas, each with all reports and how far they have come."""
    measure = measure_of(snapshot, SCHOOLS)
    if measure is None:
        return [Paragraph(words.NO_SCHOOLS, "note")]
    codes = [code for code, _ in measure.harm_groups]
    rows: list[Row] = []
    for area in where:
        columns = [snapshot.series(*SCHOOLS, area_level=area.level, area_id=area.area_id, harm_groups=groups)
                   for groups in (codes, *([one] for one in codes))]  # fmt: skip
        for back in range(1, min(TERMS_SHOWN, len(columns[0])) + 1):
            newest = columns[0].iloc[-back]
            label = trends.term(str(newest["label"]), newest["state"] == "still_arriving")
            figures = [said(one.iloc[-back].to_dict(), measure) for one in columns]
            rows.append((words.term(area.name, label), *figures))
    heads = (*words.SCHOOLS_HEADS, *(label for _, label in measure.harm_groups))
    return [Table(words.SCHOOLS, heads, rows, words.NO_SCHOOLS)]


def _locality(
    snapshot: Snapshot, code: str, name: str, mine: Activity, changed: list[dict[str, Any]] | None,
    packs: Sequence[Mapping[str, Any]] | None,
) -> list[Part]:  # fmt: skip
    """One locality's page: tables of what was done, each cut to what a page has room for."""
    from_places = dict(snapshot.areas_of(code)[["area_id", "name"]].itertuples(index=False, name=None))
    statuses, kinds = snapshot.vocabulary("assessment_status"), snapshot.vocabulary("intervention_type")
    harm = {**dict(snapshot.measure(*INCIDENTS).harm_groups), "all": said_of.ALL_HARM}

    def place(one: Entry) -> str:
        return str(from_places.get(one["place_id"], words.ELSEWHERE_PLACE))

    moved = [(place(one), statuses.get(one["status"], said_of.NOT_SAID), _lead(one), wording.day(one["moved_on"]))
             for one in mine.moved]  # fmt: skip
    work = [(place(one), kinds.get(one["intervention_type"], said_of.NOT_SAID), text_of(one, "lead_agency"),
             words.started(on) if what == "started" else words.ended(on)) for one, what, on in mine.work]  # fmt: skip
    actions = snapshot.vocabulary("action_status")
    closed = [(place(one), text_of(one, "action"), text_of(one, "lead_agency"),
               words.how_closed(actions.get(one["status"], said_of.NOT_SAID), one["updated_on"]))
              for one in mine.closed]  # fmt: skip
    raised = [(place(one), harm.get(one["harm_group"], said_of.NOT_SAID), text_of(one, "reason")) for one in mine.raised]
    turned = [(one["name"], said_of.changed_word(harm.get(one["harm_group"], one["harm_group"]), one["before"], one["now"]))
              for one in changed or ()]  # fmt: skip
    sent = [(_day(one["issued_at"]), str(one["by"])) for one in _of(packs, code) or ()]
    glance = words.at_a_glance(len(moved), mine.started, mine.ended, len(closed), len(raised))
    own = [area for area in areas(snapshot) if area.area_id == code]
    return [
        Heading(name), Paragraph(glance, "lead"), *_cut(words.MOVED, words.MOVED_HEADS, moved, words.NO_MOVES),
        *_cut(words.WORK, words.WORK_HEADS, work, words.NO_WORK),
        *_cut(words.CLOSED, words.CLOSED_HEADS, closed, words.NO_CLOSED),
        *_cut(words.RAISED, words.RAISED_HEADS, raised, words.NO_RAISED),
        *_cut(words.CHANGED, words.CHANGED_HEADS, turned, words.NOTHING_THEN if changed is None else words.NO_CHANGED),
        *(_cut(words.ISSUED, words.ISSUED_HEADS, sent, words.NO_ISSUED) if packs is not None else ()),
        *_schools(snapshot, own),
    ]  # fmt: skip


def _lead(one: Entry) -> str:
    return ", ".join(part for part in (one["lead_agency"], one["lead_role"]) if part) or said_of.NOT_SAID


def _cut(title: str, heads: Sequence[str], rows: Sequence[Row], empty: str) -> list[Part]:
    """A table of the newest rows, and how many more there are."""
    shown = list(rows)[-words.MOST_ROWS :]
    more: list[Part] = [Paragraph(words.more(len(rows) - len(shown)), "note")] if len(rows) > len(shown) else []
    return [Table(title, heads, shown, empty), *more]
