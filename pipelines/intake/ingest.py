"""Load deliveries into the warehouse: every row read, typed, and marked with the first rule it breaks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
from pyproj import Transformer

from pipelines.errors import ContractError
from pipelines.intake import police_uk
from pipelines.intake.checks import REASONS, Rule, quoted, rules, select_rows, sql_type
from pipelines.intake.contract import Contract, load_contract, load_vocabulary
from pipelines.intake.deliveries import Delivery
from pipelines.intake.readers import Rows, open_rows
from pipelines.policy import Extent, Partnership, Policy
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

SMALL_FILE_ROWS = 20


@dataclass(frozen=True)
class Door:
    """Everything a file is checked against on its way in."""

    settings: Settings
    policy: Policy
    partnership: Partnership
    as_at: date
    working: Path

    def rules_for(self, contract: Contract, present: set[str]) -> list[Rule]:
        words = {
            column.vocabulary: [term.delivered for term in load_vocabulary(column.vocabulary, self.settings).values()]
            for column in contract.columns
            if column.vocabulary
        }
        extent = None if contract.public else self.partnership.city.extent
        degrees = _in_degrees(extent, self.partnership.city.crs) if extent else None
        return rules(
            contract, present, words, as_at=self.as_at, extent=extent, extent_degrees=degrees,
            longest_range_days=self.policy.counting.longest_range_days,
        )  # fmt: skip


@lru_cache
def _in_degrees(extent: Extent, crs: str) -> tuple[float, float, float, float]:
    """West, east, south and north of an extent, in degrees."""
    (west, east), (south, north) = extent.easting_m, extent.northing_m
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    left, bottom, right, top = to_degrees.transform_bounds(west, south, east, north)
    return left, right, bottom, top


def create_feed_table(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """An empty table for a feed: grain, one row per row read; `fault` is the first rule broken, null for none."""
    columns = ", ".join(f"{quoted(one.name)} {sql_type(one)}" for one in contract.columns if one.read)
    connection.execute(f"CREATE TABLE {quoted(contract.feed)} (delivery_no INTEGER, {columns}, fault VARCHAR)")


def load_all(
    connection: duckdb.DuckDBPyConnection, deliveries: list[Delivery], door: Door, report: Callable[[float], None]
) -> None:
    """Read every delivery, in order, into its feed's table.

    Raises ContractError with the faults of every file refused, after trying them all.
    """
    faults: list[str] = []
    contracts: dict[str, Contract] = {}
    for number, delivery in enumerate(deliveries):
        report(number / max(1, len(deliveries)))
        if delivery.feed not in contracts:
            contracts[delivery.feed] = load_contract(delivery.feed, door.settings)
        try:
            _load(connection, number, delivery, contracts[delivery.feed], door)
        except ContractError as refused:
            faults += refused.faults
    if faults:
        raise ContractError(faults)


def _load(connection: duckdb.DuckDBPyConnection, number: int, delivery: Delivery, contract: Contract, door: Door) -> None:
    rows = open_delivery(connection, delivery, contract, door)
    checks = door.rules_for(contract, set(rows.headers))
    select = select_rows(contract, rows.headers, checks)
    sql = (
        f"INSERT INTO {quoted(contract.feed)} BY NAME WITH given AS ({rows.sql}) "
        f"SELECT {number} AS delivery_no, * FROM ({select})"
    )
    try:
        loaded = _one(connection.execute(sql))
    except duckdb.Error as unreadable:
        raise ContractError(
            [f"{delivery.name}: cannot be read to its end ({_kind(unreadable)}): ask for it again"]
        ) from None
    broken = take_broken_rows(connection, delivery) if rows.broken else 0
    run_sql(
        connection, "intake/add_delivery", delivery_no=number, feed=delivery.feed, name=delivery.name,
        sha=delivery.sha256, covers_from=delivery.covers_from, covers_to=delivery.covers_to,
        delivered_on=delivery.delivered_on, superseded_by=delivery.superseded_by,
        rows_read=loaded + broken, broken_rows=broken,
    )  # fmt: skip
    _refuse_mostly_bad(connection, number, delivery, contract, loaded + broken, broken, door.policy)


def open_delivery(connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, door: Door) -> Rows:
    """Open a delivery for reading; a member of an archive is copied out first."""
    if delivery.member:
        copy = police_uk.extract(delivery.path, delivery.member, door.working)
        inside = Delivery(delivery.feed, copy, delivery.sha256, None, None, delivery.delivered_on)
        return open_rows(connection, inside, contract, door.settings, door.working)
    if delivery.path.suffix.lower() == ".zip":
        raise ContractError([f"{delivery.name}: is a zip; put the files inside it here instead"])
    return open_rows(connection, delivery, contract, door.settings, door.working)


def take_broken_rows(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> int:
    """How many lines of the CSV just read do not fit its header; forgets them afterwards.

    Raises ContractError for a quote that is never closed: everything after it may have been swallowed.
    """
    found = connection.execute("SELECT error_type, list(DISTINCT line) FROM broken_rows GROUP BY error_type").fetchall()
    connection.execute("DELETE FROM broken_rows")
    connection.execute("DELETE FROM broken_scans")
    lines: set[int] = set()
    for error, where in found:
        if error not in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
            what = error.lower() if error else "unreadable text"
            raise ContractError(
                [f"{delivery.name}: breaks at line {min(where)} ({what}): mend the quotes there and send it again"]
            )
        lines.update(where)
    return len(lines)


def _refuse_mostly_bad(
    connection: duckdb.DuckDBPyConnection, number: int, delivery: Delivery, contract: Contract,
    read: int, broken: int, policy: Policy,
) -> None:  # fmt: skip
    """A file with more bad rows than the policy bears was made wrongly: nothing in it is to be trusted."""
    counted = connection.execute(
        f"SELECT fault, count(*) FROM {quoted(contract.feed)} WHERE delivery_no = ? AND fault IS NOT NULL "
        "GROUP BY fault ORDER BY 2 DESC, 1",
        [number],
    ).fetchall()
    bad = broken + sum(rows for _, rows in counted)
    if read < SMALL_FILE_ROWS or bad <= policy.intake.most_rejected_share * read:
        return
    if broken:
        counted.insert(0, ("broken_row:", broken))
    most = "; ".join(f"{rows} rows: {in_words(code)}" for code, rows in counted[:5])
    raise ContractError([
        f"{delivery.name}: {bad} of {read} rows are bad, more than the policy bears ({most}). "
        "Mend the export and send it again"
    ])  # fmt: skip


def in_words(code: str) -> str:
    """A fault code as a sentence: `unknown_code:harm_type` -> "harm_type is not a code of its vocabulary"."""
    reason, _, column = code.partition(":")
    return f"{column or 'the row'} {REASONS[reason]}"


def _kind(wrong: duckdb.Error) -> str:
    return type(wrong).__name__.removesuffix("Exception") or "error"


def _one(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
