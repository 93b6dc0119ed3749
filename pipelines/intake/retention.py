"""Retention: rows of months released for good are destroyed on schedule, with the files they came in.

A purge cuts the deliveries, rebuilds the warehouse from what remains into a new file that takes the old one's place,
and leaves a certificate. What it will destroy is written down first, so that one that is stopped at any moment leaves
what was there before, or what the next purge completes; a build in between counts none of it.

Only what the newest snapshot holds as frozen is ever destroyed. Public feeds are everybody's already. Registers and
reference feeds keep their history, and so does a feed of the partnership's own that is counted nowhere: nothing of
these is frozen. A month that was never collected whole is not frozen either, so its rows stay: `stays` names them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.errors import WarehouseError
from pipelines.intake.certificate import write_certificate
from pipelines.intake.cutting import Planned, carry_out, clear_sidecar, clear_unfinished, plan_cuts
from pipelines.intake.deliveries import find_deliveries
from pipelines.intake.due import Due, built_as_at, due_on, due_through, find_due, newest_snapshot, open_warehouse
from pipelines.intake.purged import (
    CityPeriod,
    Cut,
    Ledger,
    OfFeed,
    Pending,
    certificates,
    days_of,
    read_ledger,
    together,
    write_ledger,
)
from pipelines.intake.warehouse import rebuild, received, sole_writer
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Purged:
    """What one purge did, exactly: for the private side only. `certificate` is null when nothing was due."""

    as_at: date
    certificate: str | None = None
    snapshot: str | None = None
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    stays: dict[str, list[str]] = field(default_factory=dict)


def purge(settings: Settings, *, as_at: date | None = None, report: Report = lambda stage, share: None) -> Purged:
    """Destroy the rows that are due on `as_at` (default: the day the warehouse is made for), and their files.

    Raises WarehouseError when there is no warehouse or no snapshot, when the warehouse does not stand for the files
    as they are, or when what is due was counted anew since the newest snapshot (publish first). Nothing is then
    changed, unless a purge that was stopped before is under way.
    """
    with sole_writer(settings) as working:
        ledger = read_ledger(settings)
        with open_warehouse(settings, working) as warehouse:
            made_for = built_as_at(warehouse)
        clear_unfinished(settings)
        if ledger.pending:
            report("Taking up a purge that was stopped", 0)
            rebuild(settings, working, as_at=made_for)
        report("Finding what is due", 0)
        day = as_at or made_for
        with open_warehouse(settings, working) as warehouse:
            due = find_due(warehouse, settings, day, ledger)
            pending, plan = _plan(warehouse, settings, due, ledger)
        if not plan and not ledger.pending and not due.feeds:
            return Purged(day, stays=due.stays)
        write_ledger(settings, ledger.model_copy(update={"pending": pending}))
        _cut_all(settings, plan, pending, working, report)
        rebuild(settings, working, as_at=made_for, report=report)
        report("Certifying", 0)
        return _certify(settings, ledger, pending, due.stays)


def _plan(
    warehouse: duckdb.DuckDBPyConnection, settings: Settings, due: Due, ledger: Ledger
) -> tuple[Pending, list[Planned]]:
    """What is due now and every file it concerns, joined to what a stopped purge had already set out to do."""
    before = ledger.pending
    _require_known_files(warehouse, settings)
    spans = {feed: one.spans for feed, one in ledger.of_feeds().items()}
    days = {feed: days_of([*spans.get(feed, ()), *due.spans(feed)]) for feed in {*spans, *due.feeds}}
    rows = sorted((feed, str(day)) for feed, each in days.items() for day in each)
    warehouse.register("given_days", pd.DataFrame(rows, columns=["feed", "day"], dtype="str"))
    run_sql(warehouse, "intake/due_days")
    plan = plan_cuts(warehouse, settings, before)
    known = {(one.feed, one.name, one.sha256) for one in before.cuts} if before else set()
    cuts = [one.cut for one in plan if (one.cut.feed, one.cut.name, one.cut.sha256) not in known]
    counts = run_sql(warehouse, "intake/city_periods_due").fetchall()
    delivered_on = dict(run_sql(warehouse, "intake/newest_deliveries").fetchall())
    fresh = _account(due, cuts, delivered_on)
    feeds = {feed: together(before.feeds.get(feed) if before else None, fresh.get(feed))
             for feed in sorted({*fresh, *(before.feeds if before else ())})}  # fmt: skip
    labels = {**(before.labels if before else {})}
    for feed, names in due.labels.items():
        labels[feed] = tuple(dict.fromkeys([*labels.get(feed, ()), *names]))
    return Pending(
        as_at=before.as_at if before else due.as_at, snapshot=due.snapshot,
        certificate=before.certificate if before else _free_name(settings, due.as_at),
        first_day=min(filter(None, [ledger.first_covered(), _first_covered(warehouse)])), feeds=feeds, labels=labels,
        cuts=(*(before.cuts if before else ()), *cuts),
        city_periods=(*(before.city_periods if before else ()), *(
            CityPeriod(summary=summary, feed=feed, category=category, period_start=start, x=x)
            for summary, feed, category, start, x in counts
        )),
    ), plan  # fmt: skip


def _account(due: Due, cuts: list[Cut], delivered_on: dict[str, date]) -> dict[str, OfFeed]:
    found: dict[str, OfFeed] = {}
    for feed in sorted({*due.feeds, *(one.feed for one in cuts)}):
        mine = [one for one in cuts if one.feed == feed]
        fates = sorted({fate for one in mine for fate in one.rows})
        found[feed] = OfFeed(
            delivered_on=delivered_on[feed], spans=due.spans(feed), periods=tuple(due.feeds.get(feed, ())),
            rows={fate: sum(one.rows.get(fate, 0) for one in mine) for fate in fates},
            deliveries=tuple(sorted((one.size, one.sha256) for one in mine)),
        )  # fmt: skip
    return found


def _first_covered(warehouse: duckdb.DuckDBPyConnection) -> date | None:
    [(found,)] = run_sql(warehouse, "intake/first_covered").fetchall()
    return date(found.year, found.month, found.day) if found else None


def _require_known_files(warehouse: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Raise WarehouseError unless a rebuild will read the very files, by the very rules, the warehouse was made by."""
    [(known, policy, partnership)] = run_sql(warehouse, "intake/made_from").fetchall()
    if (policy, partnership) != (settings.policy.sha256, settings.partnership.sha256):
        raise WarehouseError("policy.toml or partnership.toml changed since the build: build and publish, then purge")
    made_for = built_as_at(warehouse)
    there = {one.name for one in find_deliveries(settings, received(settings)) if one.delivered_on <= made_for}
    if there != set(known):
        raise WarehouseError("deliveries/ is not as it was when the warehouse was built: build and publish, then purge")


def _free_name(settings: Settings, as_at: date) -> str:
    names = [f"purge_{as_at}.txt", *(f"purge_{as_at}-{number}.txt" for number in range(2, 1000))]
    return next(name for name in names if not (certificates(settings) / name).exists())


def _cut_all(settings: Settings, plan: list[Planned], pending: Pending, working: Path, report: Report) -> None:
    contracts = received(settings)
    found = {one.name: one for one in find_deliveries(settings, contracts)} if plan else {}
    for at, one in enumerate(plan):
        report("Cutting deliveries", at / len(plan))
        delivery = found[one.cut.name]
        carry_out(one, delivery, contracts[one.cut.feed], settings, as_at=pending.as_at, working=working)
    for cut in pending.cuts:
        clear_sidecar(cut, settings)
    report("Cutting deliveries", 1)


def _certify(settings: Settings, ledger: Ledger, pending: Pending, stays: dict[str, list[str]]) -> Purged:
    """The page first, then the ledger that says it is done: a stop between the two writes the page again."""
    feeds = {feed: together(ledger.feeds.get(feed), pending.feeds.get(feed))
             for feed in sorted({*ledger.feeds, *pending.feeds})}  # fmt: skip
    write_certificate(settings, pending, stays)
    write_ledger(settings, Ledger(
        first_day=pending.first_day, feeds=feeds, city_periods=(*ledger.city_periods, *pending.city_periods),
    ))  # fmt: skip
    did: dict[str, dict[str, Any]] = {
        feed: {
            "periods": list(pending.labels.get(feed, ())),
            "rows": {"read": sum(one.rows.values()), **one.rows},
            "deliveries": [{"sha256": cut.sha256, "done": cut.done} for cut in pending.cuts if cut.feed == feed],
        }
        for feed, one in pending.feeds.items()
    }
    return Purged(pending.as_at, f"warehouse/certificates/{pending.certificate}", pending.snapshot, did, stays)


def next_purge(settings: Settings) -> tuple[date, dict[str, list[str]]] | None:
    """When a purge will next have something to destroy, and all it would then; null when nothing is in sight.

    A day already past is told as the day the warehouse is made for: what was due before is due still.
    """
    if not settings.warehouse.exists() or newest_snapshot(settings) is None:
        return None
    with open_warehouse(settings, settings.warehouse.parent) as warehouse:
        ends = run_sql(warehouse, "intake/collected_ends").fetchall()
        made_for = built_as_at(warehouse)
    if not ends:
        return None
    day = max(made_for, due_on(min(end for _, _, end in ends), settings.policy))
    found: dict[str, list[str]] = {}
    for feed, period, end in ends:
        if end <= due_through(day, settings.policy):
            found.setdefault(feed, []).append(period)
    return day, found
