"""Deliver the record feeds month by month, with the faults, re-sends and corrections real deliveries have.

A delivery holds what was recorded in the month it covers, whenever it happened: a late record is in a
later delivery. It comes on the fifth of the following month.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.demo.delivery import csv_bytes, parquet_bytes, send, xlsx_bytes
from pipelines.demo.faults import bad_episode, bad_incidents, bad_report, kinds_for
from pipelines.demo.harm import COLUMNS
from pipelines.demo.lines import stream
from pipelines.demo.mixes import HARM_TYPES
from pipelines.demo.planted import GROUPS
from pipelines.demo.points import BEAT_ONLY, NOWHERE, OUTSIDE, SNAPPED
from pipelines.demo.span import Span

DATES = ("occurred_from", "occurred_to", "recorded_on")
NUMBERS = ("easting_m", "northing_m", "lon", "lat")
DAY_AFTER_FIFTH = date(2026, 10, 6)


@dataclass
class Book:
    """What was sent, file by file: the exact tallies that the pipeline must come to."""

    deliveries: list[dict[str, Any]] = field(default_factory=list)

    def add(
        self,
        feed: str,
        file: str,
        rows: int,
        delivered_on: date,
        covers: tuple[date, date] | None = None,
        **tally: Any,
    ) -> None:
        entry = {
            "feed": feed,
            "file": file,
            "delivered_on": delivered_on.isoformat(),
            "rows": rows,
            "superseded": 0,
            "rejected": {},
            **tally,
        }
        if covers:
            entry |= {"covers_from": covers[0].isoformat(), "covers_to": covers[1].isoformat()}
        self.deliveries.append(entry)


def _covers(span: Span, month: int) -> tuple[date, date]:
    return span.starts[month], span.last_day(month)


def shapes_of_files(span: Span) -> dict[int, str]:
    """Months that are no plain CSV: two Parquet files, a workbook, a byte-order mark, Windows line ends."""
    if span.months < 6:
        return {}
    return {
        span.months // 3: "parquet",
        2 * span.months // 3: "parquet",
        span.months // 2: "xlsx",
        span.months - 2: "csv with mark",
        span.months - 3: "csv windows",
    }


def _write(frame: pd.DataFrame, shape: str) -> tuple[bytes, str]:
    if shape == "parquet":
        return parquet_bytes(frame, DATES, NUMBERS), "parquet"
    if shape == "xlsx":
        return xlsx_bytes(frame, DATES, NUMBERS), "xlsx"
    encoding = "utf-8-sig" if shape == "csv with mark" else "utf-8"
    return csv_bytes(frame, encoding, "\r\n" if shape == "csv windows" else "\n"), "csv"


def send_incidents(data_dir: Path, seed: int, frame: pd.DataFrame, span: Span, book: Book) -> pd.DataFrame:
    """Write every incidents delivery; returns the records with harm_type and group as corrected."""
    rng = stream(seed, "incident deliveries")
    corrected = _corrections(rng, frame, span)
    shapes, csvs, bad_number = shapes_of_files(span), 0, 1
    again = max(0, span.months - 6)
    for month in range(span.months + 1):
        own = frame[frame["sent"] == month]
        shape = shapes.get(month, "csv")
        rows, rejected = own[list(COLUMNS)], Counter[str]()
        if shape.startswith("csv") and len(own):
            bad = bad_incidents(rng, own, kinds_for(csvs), bad_number)
            rejected.update(bad["fault"])
            order = rng.permutation(len(rows) + len(bad))
            rows = pd.concat([rows, bad[list(COLUMNS)]], ignore_index=True).iloc[order]
            csvs, bad_number = csvs + 1, bad_number + len(bad)
        content, suffix = _write(rows, shape)
        file, covers = f"incidents_{span.labels[month]}.{suffix}", _covers(span, month)
        send(data_dir, "incidents", file, content, len(rows), span.delivered_on(month), covers)
        tally = _tally(own[~own["record_ref"].isin(corrected["record_ref"])])
        replaced = int(own["record_ref"].isin(corrected["record_ref"]).sum())
        told = {**tally, "rejected": dict(sorted(rejected.items())), "superseded": replaced}
        book.add("incidents", file, len(rows), span.delivered_on(month), covers, **told)
        if month == again and span.months > 1:
            later = min(span.delivered_on(month) + timedelta(days=7), DAY_AFTER_FIFTH)
            file = f"incidents_{span.labels[month]}_sent_again.{suffix}"
            send(data_dir, "incidents", file, content, len(rows), later, covers)
            book.add(
                "incidents",
                file,
                len(rows),
                later,
                covers,
                **_tally(own.iloc[:0]),
                superseded=len(rows),
                resend=True,
                faulty_rows_in_resend=int(sum(rejected.values())),
            )
    _send_corrections(data_dir, corrected, span, book)
    return _after(frame, corrected)


def _corrections(rng: np.random.Generator, frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    """About 25 records of the last three complete months with another harm type; a few leave the scope."""
    recent = frame[
        frame["sent"].between(span.months - 3, span.months - 1)
        & frame["group"].isin(GROUPS)
        & ~frame["how"].isin([NOWHERE, OUTSIDE, SNAPPED])
    ]
    chosen = recent.iloc[np.sort(rng.choice(len(recent), min(25, len(recent) // 10), replace=False))].copy()
    group_of = {code: group for group, mix in HARM_TYPES.items() for code in mix} | {"cse_online": "out_of_scope"}
    every = sorted(set(group_of) - {"cse_online"})
    types = [
        "cse_online" if number % 7 == 3 else str(rng.choice([code for code in every if code != old]))
        for number, old in enumerate(chosen["harm_type"])
    ]
    return chosen.assign(harm_type=types, group=[group_of[code] for code in types])


def _send_corrections(data_dir: Path, corrected: pd.DataFrame, span: Span, book: Book) -> None:
    if not len(corrected):
        return
    first, last = int(corrected["sent"].min()), int(corrected["sent"].max())
    covers = (span.starts[first], span.last_day(last))
    content = csv_bytes(corrected[list(COLUMNS)])
    send(data_dir, "incidents", "incidents_corrections.csv", content, len(corrected), DAY_AFTER_FIFTH, covers)
    book.add(
        "incidents",
        "incidents_corrections.csv",
        len(corrected),
        DAY_AFTER_FIFTH,
        covers,
        **_tally(corrected),
        corrections=True,
    )


def _after(frame: pd.DataFrame, corrected: pd.DataFrame) -> pd.DataFrame:
    final = frame.set_index("record_ref")
    final.update(corrected.set_index("record_ref")[["harm_type", "group"]])
    return final.reset_index()


def _tally(rows: pd.DataFrame) -> dict[str, int]:
    """Rows that stand, each in one place: counted, out_of_scope, radicalisation, outside or unplaced."""
    placed = ~rows["how"].isin([NOWHERE, OUTSIDE])
    counted = rows[placed & rows["group"].isin(GROUPS)]
    return {
        "counted": len(counted),
        "out_of_scope": int((placed & (rows["group"] == "out_of_scope")).sum()),
        "radicalisation": int((placed & (rows["group"] == "radicalisation")).sum()),
        "outside": int((rows["how"] == OUTSIDE).sum()),
        "unplaced": int((rows["how"] == NOWHERE).sum()),
        "counted_beat_only": int((counted["how"] == BEAT_ONLY).sum()),
        "counted_snapped": int((counted["how"] == SNAPPED).sum()),
    }


def send_missing(data_dir: Path, frame: pd.DataFrame, span: Span, not_collected: str | None, book: Book) -> pd.DataFrame:
    """Write the missing-episode deliveries, one month never; returns the episodes that did arrive."""
    columns = [name for name in frame.columns if name != "sent"]
    arrived = []
    for month in range(span.months + 1):
        if span.labels[month] == not_collected:
            continue
        own = frame[frame["sent"] == month]
        rows, rejected = own[columns], Counter[str]()
        if month % 4 == 1 and len(own):
            row, kind = bad_episode(dict(own[columns].iloc[len(own) // 2]), month // 4)
            rows, rejected = pd.concat([rows, pd.DataFrame([row])], ignore_index=True), Counter([kind])
        file, covers = f"missing_episodes_{span.labels[month]}.csv", _covers(span, month)
        send(data_dir, "missing_episodes", file, csv_bytes(rows), len(rows), span.delivered_on(month), covers)
        found = (own[["found_at_easting_m", "found_at_lon", "found_at_beat_code"]] != "").any(axis=1)
        book.add(
            "missing_episodes",
            file,
            len(rows),
            span.delivered_on(month),
            covers,
            counted=len(own),
            found_at_known=int(found.sum()),
            rejected=dict(rejected),
        )
        arrived.append(own)
    return pd.concat(arrived, ignore_index=True)


def send_weapons(data_dir: Path, frame: pd.DataFrame, span: Span, book: Book) -> None:
    """Write the weapon-in-school deliveries; a month without school days is one with no rows, a true zero."""
    columns = [name for name in frame.columns if name not in ("sent", "true_locality", "true_term")]
    for month in range(span.months + 1):
        own = frame[frame["sent"] == month]
        rows, rejected = own[columns], Counter[str]()
        if month % 6 == 2 and len(own):
            row, kind = bad_report(dict(own[columns].iloc[0]), month // 6 + 1)
            rows, rejected = pd.concat([rows, pd.DataFrame([row])], ignore_index=True), Counter([kind])
        file, covers = f"weapon_in_school_reports_{span.labels[month]}.csv", _covers(span, month)
        send(
            data_dir,
            "weapon_in_school_reports",
            file,
            csv_bytes(rows),
            len(rows),
            span.delivered_on(month),
            covers,
        )
        book.add(
            "weapon_in_school_reports",
            file,
            len(rows),
            span.delivered_on(month),
            covers,
            counted=len(own),
            rejected=dict(rejected),
        )
