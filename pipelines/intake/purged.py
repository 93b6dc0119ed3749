"""What was destroyed on schedule: the ledger every build reads, so that a month whose rows are gone stays told.

The ledger (`warehouse/purged.json`) holds days, exact tallies and hashes of files, and no record.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import duckdb
import pandas as pd
from pydantic import Field, ValidationError

from pipelines.errors import WarehouseError
from pipelines.intake.deliveries import Delivery
from pipelines.policy import Strict
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

Span = tuple[date, date]
UNFINISHED = ".purging"
# What stands in the list of deliveries for those that are gone; no file is called so.
DESTROYED = "(destroyed)"


class CityPeriod(Strict):
    """A count by city and period of a month that is gone, so that its year can still be told: never finer."""

    summary: str
    feed: str
    category: str
    period_start: date
    x: int


class Cut(Strict):
    """One delivery that is destroyed whole, or rewritten with only the rows still needed.

    target  the file the rest is written to: its own name, but for a workbook, whose rest is written as Parquet
    rows    the rows destroyed, by the fate they had
    """

    feed: str
    name: str
    sha256: str
    size: int
    done: Literal["destroyed", "rewritten"]
    target: str
    rows: dict[str, int]


class OfFeed(Strict):
    """Everything ever destroyed of one feed: days (inclusive spans), rows by fate, and the files as they were."""

    delivered_on: date
    spans: tuple[Span, ...] = ()
    periods: tuple[Span, ...] = ()
    rows: dict[str, int] = Field(default_factory=dict)
    deliveries: tuple[tuple[int, str], ...] = ()


class Pending(Strict):
    """A purge that has begun: what it will destroy, written down before anything is touched."""

    as_at: date
    snapshot: str
    certificate: str
    first_day: date
    feeds: dict[str, OfFeed]
    labels: dict[str, tuple[str, ...]]
    cuts: tuple[Cut, ...]
    city_periods: tuple[CityPeriod, ...] = ()


class Ledger(Strict):
    """All purges made so far, and the one under way.

    first_day  the first day ever covered by a delivery: months are counted from here, or the areas and periods of
               what is gone would no longer be known
    """

    first_day: date | None = None
    feeds: dict[str, OfFeed] = Field(default_factory=dict)
    city_periods: tuple[CityPeriod, ...] = ()
    pending: Pending | None = None

    def of_feeds(self) -> dict[str, OfFeed]:
        """What a build may no longer count, feed by feed: destroyed, or about to be."""
        coming = self.pending.feeds if self.pending else {}
        return {feed: together(self.feeds.get(feed), coming.get(feed)) for feed in sorted({*self.feeds, *coming})}

    def first_covered(self) -> date | None:
        """The first day ever covered, null when nothing was ever destroyed."""
        return self.pending.first_day if self.pending else self.first_day

    def recognise(self, deliveries: Iterable[Delivery]) -> list[Delivery]:
        """Mark each file that was received before and destroyed or cut since: it is a re-send, as if it still stood."""
        gone = {(feed, size, sha): "" for feed, one in self.feeds.items() for size, sha in one.deliveries}
        for cut in self.pending.cuts if self.pending else ():
            gone.setdefault((cut.feed, cut.size, cut.sha256), cut.name)
        sizes = {(feed, size) for feed, size, _ in gone}
        return [
            replace(one, superseded_by="a delivery destroyed since")
            if not one.superseded_by and self._stood_before(one, gone, sizes)
            else one
            for one in deliveries
        ]

    @staticmethod
    def _stood_before(one: Delivery, gone: dict[tuple[str, int, str], str], sizes: set[tuple[str, int]]) -> bool:
        size = one.path.stat().st_size
        return (one.feed, size) in sizes and gone.get((one.feed, size, one.sha256), one.name) != one.name


def together(one: OfFeed | None, other: OfFeed | None) -> OfFeed:
    """Two accounts of one feed as one: the days of both, the rows added up."""
    known = [each for each in (one, other) if each]
    fates = sorted({fate for each in known for fate in each.rows})
    return OfFeed(
        delivered_on=max(each.delivered_on for each in known),
        spans=join_spans(span for each in known for span in each.spans),
        periods=tuple(sorted({period for each in known for period in each.periods})),
        rows={fate: sum(each.rows.get(fate, 0) for each in known) for fate in fates},
        deliveries=tuple(sorted({file for each in known for file in each.deliveries})),
    )


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in the fewest spans."""
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + timedelta(days=1):
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def days_of(spans: Iterable[Span]) -> set[date]:
    """Every day of some spans, both ends included."""
    return {first + timedelta(days=at) for first, last in spans for at in range((last - first).days + 1)}


def ledger_file(settings: Settings) -> Path:
    """Where the ledger is kept: on the private side, beside the warehouse."""
    return settings.warehouse.parent / "purged.json"


def certificates(settings: Settings) -> Path:
    """Where each purge leaves its page."""
    return settings.warehouse.parent / "certificates"


def read_ledger(settings: Settings) -> Ledger:
    """What was destroyed so far; empty before the first purge.

    Raises WarehouseError when it is damaged, or gone while a certificate says there was one: months that are no more
    would be taken for months without records.
    """
    file = ledger_file(settings)
    if not file.exists():
        if any(certificates(settings).glob("purge_*.txt")):
            raise WarehouseError("warehouse/purged.json is gone, and rows were destroyed by it: put it back from a copy")
        return Ledger()
    try:
        return Ledger.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, ValueError):
        raise WarehouseError("warehouse/purged.json is damaged: put it back from a copy; nothing was changed") from None


def write_ledger(settings: Settings, ledger: Ledger) -> None:
    """Write the ledger so that a reader finds all of the old one or all of the new one."""
    content = json.dumps(ledger.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"
    write_whole(ledger_file(settings), content)


def write_whole(file: Path, text: str) -> None:
    """Put a small text file in place in one step, on the disk and not only in memory."""
    unfinished = file.with_name(f"{UNFINISHED}-{file.name}")
    with unfinished.open("w", encoding="utf-8", newline="\n") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    os.replace(unfinished, file)


def write_purged(connection: duckdb.DuckDBPyConnection, ledger: Ledger, *, number_from: int) -> None:
    """Write `purged_days`, the periods and city counts that are kept, and a delivery for each span that is gone.

    purged_days          grain: one row per feed and day whose rows are destroyed, or about to be
    purged_periods       grain: one row per feed and period that was counted whole and then destroyed
    purged_city_periods  grain: one row per summary, category and such a period
    number_from          the delivery_no of the first of these deliveries: they hold no row, and stand for coverage
    """
    feeds = ledger.of_feeds()
    days = [(feed, day) for feed, one in feeds.items() for day in sorted(days_of(one.spans))]
    periods = [(feed, *period) for feed, one in feeds.items() for period in one.periods]
    kept = [*ledger.city_periods, *(ledger.pending.city_periods if ledger.pending else ())]
    counts = [(one.summary, one.feed, one.category, one.period_start, one.x) for one in kept]
    _create(connection, "purged_days", days, ["feed", "day"])
    _create(connection, "purged_periods", periods, ["feed", "period_start", "period_end"])
    _create(connection, "purged_city_periods", counts, ["summary", "feed", "category", "period_start", "x"])
    spans = [(feed, one, *span) for feed, one in feeds.items() for span in one.spans]
    for at, (feed, one, first, last) in enumerate(spans):
        what = json.dumps([feed, str(first), str(last), one.deliveries])
        run_sql(
            connection, "intake/add_delivery", delivery_no=number_from + at, feed=feed, name=f"{feed}/{DESTROYED}",
            sha=hashlib.sha256(what.encode()).hexdigest(), covers_from=first, covers_to=last, delivered_on=one.delivered_on,
            superseded_by=None, rows_read=0, broken_rows=0,
        )  # fmt: skip


def _create(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]], columns: list[str]
) -> None:
    connection.register("given_rows", pd.DataFrame(rows, columns=columns, dtype="str"))
    run_sql(connection, f"intake/{table}")
    connection.unregister("given_rows")
