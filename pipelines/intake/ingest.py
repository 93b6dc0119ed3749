"""Load deliveries into the warehouse: every row read, typed, and marked with the first rule it breaks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import duckdb
from pyproj import Transformer

from pipelines.errors import ContractError, WarehouseError
from pipelines.intake import police_uk
from pipelines.intake.checks import REASONS, Rule, rules, select_rows
from pipelines.intake.contract import Column, Contract, load_vocabulary, require_known_harm_types
from pipelines.intake.deliveries import Delivery
from pipelines.intake.identifying import KINDS
from pipelines.intake.judging import find_birth_dates, judge_values
from pipelines.intake.purged import Ledger
from pipelines.intake.readers import Rows, open_rows
from pipelines.intake.values import quoted, sql_type, vocabulary_types
from pipelines.policy import Extent, Partnership, Policy
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

SMALL_FILE_ROWS = 20
LARGE_FILE_BYTES, FIRST_ROWS = 20_000_000, 2000


@dataclass(frozen=True)
class Door:
    """Everything a file is checked against on its way in, what is destroyed, and whether each row's fate is kept."""

    settings: Settings
    policy: Policy
    partnership: Partnership
    as_at: date
    working: Path
    keep_fates: bool = False
    ledger: Ledger = field(default_factory=Ledger)

    def rules_for(self, contract: Contract, present: set[str], *, thorough: bool = True) -> list[Rule]:
        extent = None if contract.public else self.partnership.city.extent
        degrees = _in_degrees(extent, self.partnership.city.crs) if extent else None
        return rules(
            contract, present, as_at=self.as_at, extent=extent, extent_degrees=degrees,
            longest_range_days=self.policy.counting.longest_range_days, thorough=thorough,
        )  # fmt: skip


def _kept(contract: Contract, *, all_read: bool) -> list[Column]:
    """The columns a row is kept with: those something is counted by, or all that were read, to look into single rows."""
    return [column for column in contract.columns if column.read and (column.kept or all_read)]


def _stored(column: Column) -> str:
    """Values that hardly repeat, or are a byte each, are not worth the time it takes to find how they compress."""
    as_it_is = ("ref", "pseudonym", "number", "date", "code", "yes_no_unknown")
    return " USING COMPRESSION uncompressed" if column.type in as_it_is else ""


@lru_cache
def _in_degrees(extent: Extent, crs: str) -> tuple[float, float, float, float]:
    """West, east, south and north of an extent, in degrees."""
    (west, east), (south, north) = extent.easting_m, extent.northing_m
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    left, bottom, right, top = to_degrees.transform_bounds(west, south, east, north)
    return left, right, bottom, top


def make_vocabulary_types(connection: duckdb.DuckDBPyConnection, contract: Contract, settings: Settings) -> None:
    """Make each vocabulary of a feed a type of the database, so that no column of codes can hold another word."""
    names = {column.vocabulary for column in contract.columns if column.vocabulary}
    words = {name: [term.delivered for term in load_vocabulary(name, settings).values()] for name in names}
    for statement in vocabulary_types(words):
        connection.execute(statement)


def create_feed_table(connection: duckdb.DuckDBPyConnection, contract: Contract, door: Door) -> None:
    """An empty table for a feed: grain, one row per row read; `fault` is the first rule broken, null for none."""
    make_vocabulary_types(connection, contract, door.settings)
    kept = _kept(contract, all_read=door.keep_fates)
    columns = ", ".join(f"{quoted(one.name)} {sql_type(one)}{_stored(one)}" for one in kept)
    connection.execute(f"CREATE TABLE {quoted(contract.feed)} (delivery_no INTEGER, {columns}, fault VARCHAR)")


def load_all(
    connection: duckdb.DuckDBPyConnection, deliveries: list[Delivery], contracts: dict[str, Contract], door: Door,
    report: Callable[[float], None], *, number_from: int = 0,
) -> None:  # fmt: skip
    """Read every delivery, in order, into its feed's table, numbered from `number_from`.

    Raises ContractError with the faults of every file refused, after trying them all.
    """
    require_known_harm_types(door.policy, door.settings)
    faults: list[str] = []
    for number, delivery in enumerate(deliveries, start=number_from):
        report((number - number_from) / max(1, len(deliveries)))
        try:
            _load(connection, number, delivery, contracts[delivery.feed], door)
        except ContractError as refused:
            faults += refused.faults
    delivered = {one.feed for one in deliveries}
    uncut = {one.name for one in deliveries if not one.cut_on}
    faults += _mostly_uncovered(connection, [contracts[feed] for feed in sorted(delivered)], door.policy, uncut)
    if faults:
        raise ContractError(faults)


def _load(connection: duckdb.DuckDBPyConnection, number: int, delivery: Delivery, contract: Contract, door: Door) -> None:
    rows = open_delivery(connection, delivery, contract, door)
    thorough = contract.public or _begins_oddly(connection, delivery, contract, door, rows)
    loaded = _insert(connection, number, delivery, contract, door, rows, thorough=thorough)
    if not thorough and any(code.startswith("identifying:") for code, _ in _count_faults(connection, number, contract)):
        connection.execute(f"DELETE FROM {quoted(contract.feed)} WHERE delivery_no = ?", [number])
        loaded = _insert(connection, number, delivery, contract, door, rows, thorough=True)
    lines = take_broken_rows(connection, delivery) if rows.broken else []
    broken = len(lines)
    run_sql(
        connection, "intake/add_delivery", delivery_no=number, feed=delivery.feed, name=delivery.name,
        sha=delivery.sha256, covers_from=delivery.covers_from, covers_to=delivery.covers_to,
        delivered_on=delivery.delivered_on, superseded_by=delivery.superseded_by,
        rows_read=loaded + broken, broken_rows=broken,
    )  # fmt: skip
    _look_into_odd_values(connection, number, delivery, contract, door, rows, lines)
    counted = _count_faults(connection, number, contract)
    bad = broken + sum(rows for _, rows in counted)
    # What a purge left of a file was judged as it was received: its sound rows may be the ones that are gone.
    if not delivery.cut_on and mostly_bad(loaded + broken, bad, door.policy):
        first = [("broken_row:", broken)] if broken else []
        raise ContractError([mostly_bad_in_words(delivery, loaded + broken, bad, first + counted)])


def _begins_oddly(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, door: Door, rows: Rows
) -> bool:
    """Whether a large file has a sign of odd values in its first rows, so that a quick reading would be for nothing."""
    if delivery.path.stat().st_size < LARGE_FILE_BYTES:
        return False
    signs = select_rows(contract, rows.headers, door.rules_for(contract, set(rows.headers), thorough=False))
    first = f"WITH given AS (SELECT * FROM ({rows.sql}) LIMIT {FIRST_ROWS}) SELECT count(*) FROM ({signs})"
    try:
        return _one(connection.execute(f"{first} WHERE starts_with(fault, 'identifying:')")) > 0
    except duckdb.Error:
        return False  # what is wrong with the file is for the whole reading to say


def _insert(
    connection: duckdb.DuckDBPyConnection, number: int, delivery: Delivery, contract: Contract, door: Door, rows: Rows, *,
    thorough: bool,
) -> int:  # fmt: skip
    """Read a delivery into its feed's table; gives the rows read. `thorough` is as `checks.rules` says."""
    checks = door.rules_for(contract, set(rows.headers), thorough=thorough)
    select = select_rows(contract, rows.headers, checks)
    kept = ", ".join(quoted(one.name) for one in _kept(contract, all_read=door.keep_fates))
    sql = (
        f"INSERT INTO {quoted(contract.feed)} BY NAME WITH given AS ({rows.sql}) "
        f"SELECT {number} AS delivery_no, {kept}, fault FROM ({select})"
    )
    try:
        return _one(connection.execute(sql))
    except duckdb.OutOfMemoryException:
        raise WarehouseError(
            f"{delivery.name}: needs more memory than this build may take: raise SAFER_PLACES_MEMORY_LIMIT"
        ) from None
    except duckdb.Error as unreadable:
        _forget_broken_rows(connection, rows)
        raise ContractError(
            [f"{delivery.name}: cannot be read to its end ({_kind(unreadable)}): ask for it again"]
        ) from None


def _count_faults(connection: duckdb.DuckDBPyConnection, number: int, contract: Contract) -> list[tuple[str, int]]:
    return connection.execute(
        f"SELECT fault, count(*) FROM {quoted(contract.feed)} WHERE delivery_no = ? AND fault IS NOT NULL "
        "GROUP BY fault ORDER BY 2 DESC, 1",
        [number],
    ).fetchall()


def _look_into_odd_values(
    connection: duckdb.DuckDBPyConnection, number: int, delivery: Delivery, contract: Contract, door: Door, rows: Rows,
    broken: list[int],
) -> None:  # fmt: skip
    """Raise ContractError for a file with a column of identifiers; else settle which odd values are faults of their rows."""
    table, counted = quoted(contract.feed), _count_faults(connection, number, contract)
    judged = judge_values(connection, rows, contract, counted, broken, as_at=door.as_at)
    _forget_broken_rows(connection, rows)
    births = find_birth_dates(connection, contract, rows, table, delivery, broken, number=number)
    # What a purge left of a file was judged as it was received.
    if (judged.refused or births) and not delivery.cut_on:
        raise ContractError([f"{delivery.name}: {why}" for why in (*judged.refused, *births)])
    if any("?" in code for code, _ in counted):
        connection.execute(
            f"UPDATE {table} SET fault = CASE WHEN NOT list_contains($cleared, fault) THEN split_part(fault, '?', 1) END "
            "WHERE delivery_no = $number AND contains(fault, '?')",
            {"cleared": sorted(judged.cleared), "number": number},
        )
    # What identifies is not kept, not even in a row that is rejected for it.
    kept_out = {code.partition("?")[0] for code, _ in counted if code not in judged.cleared}
    for code in sorted(one for one in kept_out if one.startswith("identifying:")):
        column = code.split(":")[1]
        connection.execute(
            f"UPDATE {table} SET {quoted(column)} = NULL WHERE delivery_no = $number AND starts_with(fault, $code)",
            {"number": number, "code": code},
        )


def open_delivery(connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, door: Door) -> Rows:
    """Open a delivery for reading; a member of an archive is copied out first."""
    if delivery.member:
        copy = police_uk.extract(delivery.path, delivery.member, door.working)
        inside = Delivery(delivery.feed, copy, None, None, delivery.delivered_on)
        return open_rows(connection, inside, contract, door.settings, door.working)
    if delivery.path.suffix.lower() == ".zip":
        raise ContractError([f"{delivery.name}: is a zip; put the files inside it here instead"])
    return open_rows(connection, delivery, contract, door.settings, door.working)


def _forget_broken_rows(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    if rows.broken:
        connection.execute("DROP TABLE IF EXISTS broken_rows")
        connection.execute("DROP TABLE IF EXISTS broken_scans")


def take_broken_rows(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> list[int]:
    """The lines of the CSV just read that do not fit its header, in order; forgets them afterwards.

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
    return sorted(lines)


def mostly_bad(read: int, bad: int, policy: Policy) -> bool:
    """A file with more bad rows than the policy bears was made wrongly: nothing in it is to be trusted."""
    return read >= SMALL_FILE_ROWS and bad > policy.intake.most_rejected_share * read


def mostly_bad_in_words(delivery: Delivery, read: int, bad: int, counted: Iterable[tuple[str, int]]) -> str:
    """Why a file with too many bad rows is refused, the commonest faults first."""
    most = "; ".join(f"{rows} rows: {in_words(code)}" for code, rows in list(counted)[:5])
    return (
        f"{delivery.name}: {bad} of {read} rows are bad, more than the policy bears ({most}). "
        "Mend the export and send it again"
    )


def _mostly_uncovered(
    connection: duckdb.DuckDBPyConnection, contracts: list[Contract], policy: Policy, names: set[str]
) -> list[str]:
    """Files whose rows lie mostly in months no delivery covers: what they say they cover would count as zeros."""
    faults = []
    for contract in contracts:
        if not contract.occurred:
            continue
        found = connection.execute(
            f"WITH days AS (SELECT delivery_no, CAST({quoted(contract.occurred[0])} AS DATE) AS day, count(*) AS n "
            f"FROM {quoted(contract.feed)} WHERE fault IS NULL GROUP BY ALL), covered AS (SELECT DISTINCT "
            "CAST(unnest(generate_series(covers_from, covers_to, INTERVAL 1 DAY)) AS DATE) AS day FROM deliveries "
            "WHERE feed = $feed) SELECT name, CAST(sum(n) AS BIGINT), rows_read FROM days ANTI JOIN covered USING (day) "
            "JOIN deliveries USING (delivery_no) GROUP BY delivery_no, name, rows_read ORDER BY delivery_no",
            {"feed": contract.feed},
        ).fetchall()
        faults += [
            f"{name}: {uncovered} of {read} rows happened in months that no delivery says it covers; correct covers_from "
            "and covers_to in its sidecar or name"
            for name, uncovered, read in found
            if name in names and mostly_bad(read, uncovered, policy)
        ]
    return faults


def in_words(code: str) -> str:
    """A fault code as a sentence: `unknown_code:harm_type` -> "harm_type is not a code of its vocabulary"."""
    reason, _, where = code.partition(":")
    column, _, kind = where.rpartition(":") if reason == "identifying" else (where, "", "")
    return f"{column or 'the row'} {REASONS[reason]}" + (f" ({KINDS[kind].words})" if kind else "")


def _kind(wrong: duckdb.Error) -> str:
    return type(wrong).__name__.removesuffix("Exception") or "error"


def _one(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
