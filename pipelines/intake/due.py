"""What is due to be destroyed: frozen in the newest snapshot, and so many days ago."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.errors import SnapshotFault, WarehouseError
from pipelines.intake.purged import Ledger, Span, days_of, join_spans
from pipelines.intake.warehouse import MEMORY_LIMIT
from pipelines.policy import Policy
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql


@dataclass(frozen=True)
class Due:
    """The periods (first day, last day) of each feed that are due and not yet destroyed.

    labels  the same, as they are called
    stays   periods of the same age that were never collected whole: not frozen, so their rows stay
    """

    as_at: date
    snapshot: str
    feeds: dict[str, list[Span]]
    labels: dict[str, list[str]]
    stays: dict[str, list[str]]

    def spans(self, feed: str) -> tuple[Span, ...]:
        return join_spans(self.feeds.get(feed, []))


def due_through(as_at: date, policy: Policy) -> date:
    """Periods that end on or before this day are due on `as_at`: frozen for as many days as the policy says."""
    frozen_since = pd.Timestamp(as_at - timedelta(days=policy.retention.purge_after_days))
    return (frozen_since - pd.DateOffset(months=policy.rounding.frozen_after_months)).date()


def due_on(period_end: date, policy: Policy) -> date:
    """The first day on which a period that ends on `period_end` is due."""
    day = period_end + timedelta(days=policy.retention.purge_after_days + 28 * policy.rounding.frozen_after_months)
    while due_through(day, policy) < period_end:
        day += timedelta(days=1)
    return day


@contextmanager
def open_warehouse(settings: Settings, working: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse to look into, never to write. Raises WarehouseError when there is none, or one of another version."""
    config: dict[str, Any] = {"memory_limit": MEMORY_LIMIT, "temp_directory": str(working / "spill")}
    try:
        connection = duckdb.connect(str(settings.warehouse), read_only=True, config=config)
    except duckdb.Error:
        raise WarehouseError("there is no warehouse that can be read: run `safer-places build` first") from None
    try:
        connection.execute("SET enable_progress_bar = false")
        yield connection
    except (duckdb.CatalogException, duckdb.BinderException):
        raise WarehouseError("the warehouse was built by another version: run `safer-places build` first") from None
    finally:
        connection.close()


def built_as_at(warehouse: duckdb.DuckDBPyConnection) -> date:
    """The day the warehouse is made for."""
    [(found,)] = run_sql(warehouse, "intake/built_as_at").fetchall()
    return date(found.year, found.month, found.day)


def newest_snapshot(settings: Settings) -> str | None:
    """The id of the snapshot published last, whatever day it was made for; null before the first.

    Raises SnapshotFault for a manifest that cannot be read: it may be the newest.
    """
    newest, sequence = None, -1
    for path in sorted(settings.snapshots.glob("*_*_*.json")):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if int(said["sequence"]) > sequence:
                newest, sequence = str(said["id"]), int(said["sequence"])
        except (OSError, ValueError, KeyError, TypeError):
            raise SnapshotFault(
                f"{path.name}: is damaged, so nobody can say what is frozen: put it back from the last backup. Nothing was "
                "changed"
            ) from None
    return newest


def find_due(warehouse: duckdb.DuckDBPyConnection, settings: Settings, as_at: date, ledger: Ledger) -> Due:
    """What is due on `as_at`.

    Raises WarehouseError when there is no snapshot, or it does not yet hold what is due.
    """
    snapshot = newest_snapshot(settings)
    if snapshot is None:
        raise WarehouseError("nothing has been published yet, so nothing is frozen: run `safer-places publish` first")
    frozen, quarters = _released(settings, snapshot)
    last = due_through(as_at, settings.policy)
    periods = run_sql(warehouse, "intake/countable_periods").df()
    for column in ("period_start", "period_end"):
        periods[column] = pd.to_datetime(periods[column]).dt.date
    old = periods[periods["period_end"] <= last]
    whole = old[old["state"] == "collected"]
    names = zip(whole["feed"], whole["measure"], whole["period"], whole["period_start"], strict=True)
    awaited = {f"{feed} {period}" for feed, measure, period, start in names if (feed, measure, period, start) not in frozen}
    told = run_sql(warehouse, "intake/quarters_counted").fetchall()
    awaited |= {f"{feed} {period}" for feed, period, first, end in told if (feed, period) not in quarters
                and ((whole["feed"] == feed) & whole["period_start"].between(first, end)).any()}  # fmt: skip
    if awaited:
        raise WarehouseError(
            f"{', '.join(sorted(awaited)[:6])}: due to be destroyed, and not yet released for good: run "
            "`safer-places publish` first. Nothing was changed"
        )
    return _common(periods, whole, old, as_at, snapshot)


def _released(settings: Settings, snapshot: str) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """What the snapshot holds for good, and the quarters it tells of."""
    try:
        with duckdb.connect(str(settings.snapshots / f"{snapshot}.duckdb"), read_only=True) as released:
            frozen = set(run_sql(released, "intake/released_for_good").fetchall())
            return frozen, set(run_sql(released, "intake/quarters_released").fetchall())
    except duckdb.Error:
        raise WarehouseError(
            "the newest snapshot cannot be read, so nobody can say what is frozen: run `safer-places publish` first"
        ) from None


def _common(periods: pd.DataFrame, whole: pd.DataFrame, old: pd.DataFrame, as_at: date, snapshot: str) -> Due:
    """Only days due for every measure of a feed go, and only whole periods of each of them."""
    feeds: dict[str, list[Span]] = {}
    labels: dict[str, list[str]] = {}
    for feed, mine in whole.groupby("feed"):
        everyone = periods.loc[periods["feed"] == feed, "measure"].unique()
        spans = {one: _spans(mine[mine["measure"] == one]) for one in everyone}
        days, before = set[date](), None
        while days != before:
            before, days = days, set.intersection(*(days_of(each) for each in spans.values()))
            spans = {one: [span for span in each if span[0] in days and span[1] in days
                           and days_of([span]) <= days] for one, each in spans.items()}  # fmt: skip
        if days:
            kept = mine[mine["period_start"].isin(days)].sort_values("period_start")
            feeds[str(feed)] = sorted({span for each in spans.values() for span in each})
            labels[str(feed)] = list(dict.fromkeys(kept["period"]))
    left = old[old["state"] != "collected"].sort_values("period_start")
    stays = {str(feed): list(dict.fromkeys(mine["period"])) for feed, mine in left.groupby("feed")}
    return Due(as_at, snapshot, feeds, labels, stays)


def _spans(rows: pd.DataFrame) -> list[Span]:
    return list(zip(rows["period_start"], rows["period_end"], strict=True))
