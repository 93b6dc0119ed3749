"""Cut deliveries: destroy those nothing is needed of, and write what is needed of the others in their place.

Each file is changed in one step, so that a kill leaves it as it was or as it will be; each can be done again.
"""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.errors import WarehouseError
from pipelines.intake.contract import Contract
from pipelines.intake.deliveries import Delivery, file_sha256
from pipelines.intake.ingest import take_broken_rows
from pipelines.intake.purged import UNFINISHED, Cut, Pending, write_whole
from pipelines.intake.readers import open_rows
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql, sql_text


@dataclass(frozen=True)
class Planned:
    """One delivery to cut.

    rows_whole   rows the file holds that could be read
    destroyed    their places in the file, from 0, of those that go
    stays_from   the first covered day that is not destroyed, null when none is left
    """

    cut: Cut
    rows_whole: int
    destroyed: pa.Table
    stays_from: date | None


def plan_cuts(warehouse: duckdb.DuckDBPyConnection, settings: Settings, pending: Pending | None) -> list[Planned]:
    """What to do to each delivery the warehouse was built from, in the order delivered.

    Earlier files come first: a row must go before the row that corrects it, or it would count again after a kill.
    warehouse  with `due_days` (feed, day) registered: every day of each feed that is destroyed, now or before
    pending    a purge that was stopped, whose choice of names is kept
    """
    run_sql(warehouse, "intake/doomed")
    fates: dict[int, dict[str, int]] = {}
    for number, fate, rows in run_sql(warehouse, "intake/doomed_tallies").fetchall():
        fates.setdefault(number, {})[fate] = rows
    chosen = {(one.feed, one.name, one.sha256): one.target for one in pending.cuts} if pending else {}
    plan = []
    for number, feed, name, sha, whole, doomed, due, stays_from in run_sql(warehouse, "intake/doomed_deliveries").fetchall():
        gone = stays_from is None and doomed == whole
        if not gone and not due:
            continue
        path = settings.deliveries / name
        target = chosen.get((feed, name, sha)) or (name if gone else _target(path))
        cut = Cut(feed=feed, name=name, sha256=sha, size=_size(path, sha), done="destroyed" if gone else "rewritten",
                  target=target, rows=fates.get(number, {}))  # fmt: skip
        rows = warehouse.sql(sql_text("intake/doomed_rows"), params={"delivery_no": number}).to_arrow_table()
        plan.append(Planned(cut, whole, rows, stays_from))
    return plan


def _size(path: Path, sha: str) -> int:
    """The size of a file that is what the warehouse was built from."""
    if not path.exists() or file_sha256(path) != sha:
        raise WarehouseError(
            f"{path.parent.name}/{path.name}: is not the file the warehouse was built from; run `safer-places build` and "
            "`safer-places publish`, then purge again. Nothing was changed"
        )
    return path.stat().st_size


def _target(path: Path) -> str:
    """Where the rest of a file goes: in its own place, but a workbook's beside it, under a name that is free."""
    if path.suffix.lower() != ".xlsx":
        return f"{path.parent.name}/{path.name}"
    names = [f"{path.name}.parquet", *(f"{path.name}-{number}.parquet" for number in range(2, 1000))]
    return f"{path.parent.name}/" + next(name for name in names if not path.with_name(name).exists())


def carry_out(
    one: Planned, delivery: Delivery, contract: Contract, settings: Settings, *, as_at: date, working: Path
) -> None:
    """Destroy or rewrite one delivery. A sidecar is written before the rest it speaks of; `clear_sidecar` comes after."""
    path = settings.deliveries / one.cut.name
    if one.cut.done == "destroyed":
        path.unlink()
    else:
        target = settings.deliveries / one.cut.target
        unfinished = target.with_name(f"{UNFINISHED}-{os.getpid()}{target.suffix}")
        _write_rest(one, delivery, contract, settings, unfinished, working)
        first = one.stays_from or delivery.covers_to
        write_whole(sidecar(target), (
            f"covers_from = {first}\ncovers_to = {delivery.covers_to}\ndelivered_on = {delivery.delivered_on}\n"
            f"cut_on = {as_at}  # rows of months released for good were destroyed\n"
        ))  # fmt: skip
        os.replace(unfinished, target)
        if target != path:
            path.unlink()


def clear_sidecar(cut: Cut, settings: Settings) -> None:
    """Remove what said what a file covered, once the file itself is gone."""
    path = settings.deliveries / cut.name
    if not path.exists():
        sidecar(path).unlink(missing_ok=True)


def sidecar(path: Path) -> Path:
    """The small file beside a delivery that says what it covers."""
    return path.with_name(f"{path.name}.toml")


def _write_rest(
    one: Planned, delivery: Delivery, contract: Contract, settings: Settings, unfinished: Path, working: Path
) -> None:
    """The rows still needed, every column and header as delivered. Rows too broken to read are not among them."""
    spill: dict[str, Any] = {"temp_directory": str(working / "spill"), "preserve_insertion_order": "true"}
    with duckdb.connect(str(working / f"{one.cut.sha256}.duckdb"), config=spill) as connection:
        connection.execute("SET enable_progress_bar = false")
        rows = open_rows(connection, delivery, contract, settings, working)
        connection.execute("CREATE TABLE given AS " + rows.sql)
        if rows.broken:
            take_broken_rows(connection, delivery)
        if connection.execute("SELECT count(*) FROM given").fetchall() != [(one.rows_whole,)]:
            raise WarehouseError(f"{delivery.name}: does not read as it did when it was built; it was left as it is")
        connection.register("doomed_rows", one.destroyed)
        kept = connection.sql(sql_text("intake/kept_rows"))
        if unfinished.suffix.lower() == ".csv":
            kept.write_csv(str(unfinished), sep=",", header=True, quotechar='"', escapechar='"', na_rep="")
        else:
            kept.write_parquet(str(unfinished))
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())


def clear_unfinished(settings: Settings) -> None:
    """Remove what a stopped purge was writing; nothing ever reads such a file."""
    for folder in (settings.deliveries, settings.warehouse.parent):
        for left in folder.rglob(f"{UNFINISHED}-*"):
            left.unlink()
