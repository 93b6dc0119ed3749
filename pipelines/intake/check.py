"""Check a file before it is delivered: every fault at once, and a letter that says how to mend it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.errors import ContractError, SettingsError
from pipelines.intake import police_uk
from pipelines.intake.checks import select_rows
from pipelines.intake.contract import Contract, feeds, load_contract
from pipelines.intake.deliveries import Delivery, describe_delivery
from pipelines.intake.ingest import (
    Door,
    in_words,
    make_vocabulary_types,
    mostly_bad,
    mostly_bad_in_words,
    open_delivery,
    take_broken_rows,
)
from pipelines.intake.judging import find_birth_dates, judge_values, row_of_file
from pipelines.intake.values import quoted
from pipelines.settings import Settings

ROWS_SHOWN = 5
LEFT_OUT = "Some rows were left out"


@dataclass(frozen=True)
class Fault:
    """One rule some rows break: its code, how many rows, and the first row numbers (the header is row 1)."""

    code: str
    rows: int
    first_rows: tuple[int, ...]

    @property
    def words(self) -> str:
        return in_words(self.code)


@dataclass(frozen=True)
class Checked:
    """What checking one file found. `refused` says why the whole file would be refused; faults are by row."""

    file: str
    feed: str
    rows: int = 0
    refused: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def check_file(path: Path, settings: Settings, *, feed: str | None, as_at: date, working: Path) -> Checked:
    """Try one file against its feed's contract, without keeping anything of it.

    feed  null to take it from the folder the file lies in (deliveries/<feed>/)

    Raises SettingsError when the feed cannot be told.
    """
    name = feed or path.parent.name
    known = [one for one in feeds(settings) if one != "boundaries"]
    if name not in known:
        raise SettingsError(f"{path.name}: say which feed it is with --feed; there are {', '.join(known)}")
    contract = load_contract(name, settings)
    door = Door(settings, settings.policy, settings.partnership, as_at, working)
    try:
        parts = _parts(path, contract)
        return _check_parts(path, contract, parts, door)
    except ContractError as wrong:
        return Checked(path.name, name, refused=tuple(wrong.faults))


def _parts(path: Path, contract: Contract) -> list[Delivery]:
    if contract.kind != "public_context":
        return [describe_delivery(path, contract)]
    return [
        Delivery(contract.feed, path, one.covers_from, None, one.published_on, member=one.member)
        for one in police_uk.list_months(path)
    ]


def _check_parts(path: Path, contract: Contract, parts: list[Delivery], door: Door) -> Checked:
    rows, found, refused = 0, dict[str, Fault](), list[str]()
    for part in parts:
        with duckdb.connect() as connection:
            connection.execute("SET enable_progress_bar = false")
            read, bad, faults, why = _check_rows(connection, part, contract, door)
        rows += read
        refused += [f"{part.name}: {one}" for one in why]
        if mostly_bad(read, bad, door.policy):
            counted = sorted(((fault.code, fault.rows) for fault in faults), key=lambda one: (-one[1], one[0]))
            refused.append(mostly_bad_in_words(part, read, bad, counted))
        for fault in faults:
            before = found.get(fault.code, Fault(fault.code, 0, ()))
            firsts = (before.first_rows + fault.first_rows)[:ROWS_SHOWN]
            found[fault.code] = Fault(fault.code, before.rows + fault.rows, firsts)
    ordered = sorted(found.values(), key=lambda one: (-one.rows, one.code))
    return Checked(path.name, contract.feed, rows=rows, refused=tuple(refused), faults=tuple(ordered))


def _check_rows(
    connection: duckdb.DuckDBPyConnection, part: Delivery, contract: Contract, door: Door
) -> tuple[int, int, list[Fault], list[str]]:
    """Rows read, rows bad, every rule each row breaks, not only the first, and why the values refuse the whole file."""
    rows = open_delivery(connection, part, contract, door)
    make_vocabulary_types(connection, contract, door.settings)
    checks = door.rules_for(contract, set(rows.headers))
    select = select_rows(contract, rows.headers, checks, every_fault=True)
    try:
        connection.execute(
            f"CREATE TEMP TABLE tried AS WITH given AS ({rows.sql}) "
            f"SELECT 0 AS delivery_no, faults{_dates(contract)} FROM ({select})"
        )
    except duckdb.Error:
        raise ContractError([f"{part.name}: cannot be read to its end: ask for it again"]) from None
    broken = take_broken_rows(connection, part) if rows.broken else []
    counted = connection.execute("SELECT unnest(faults) AS fault, count(*) FROM tried GROUP BY fault").fetchall()
    judged = judge_values(connection, rows, contract, counted, broken, as_at=door.as_at)
    births = find_birth_dates(connection, contract, rows, "tried", part, broken, number=0)
    # A new table and not an update, which would number the rows anew.
    connection.execute(
        "CREATE TEMP TABLE judged AS SELECT rowid + 2 AS row_no, [split_part(one, '?', 1) FOR one IN faults "
        "IF NOT list_contains($cleared, one)] AS faults FROM tried",
        {"cleared": sorted(judged.cleared)},
    )
    total = connection.execute("SELECT count(*), count(*) FILTER (len(faults) > 0) FROM judged").fetchone() or (0, 0)
    found = connection.execute(
        "SELECT fault, count(*), list(row_no ORDER BY row_no)[:5] FROM (SELECT row_no, unnest(faults) AS fault FROM judged) "
        "GROUP BY fault ORDER BY fault"
    ).fetchall()
    faults = [Fault(code, count, tuple(row_of_file(row, broken) for row in first)) for code, count, first in found]
    if broken:
        faults.append(Fault("broken_row:", len(broken), tuple(broken[:ROWS_SHOWN])))
    return total[0] + len(broken), total[1] + len(broken), faults, [*judged.refused, *births]


def _dates(contract: Contract) -> str:
    return "".join(f", {quoted(one.name)}" for one in contract.columns if one.type in ("date", "datetime") and one.read)


def letter(checked: list[Checked], *, partnership: str) -> str:
    """A page to send to the supplier: what to mend, in words, with row numbers and never a value."""
    lines = [f"# Files to mend for {partnership}", ""]
    lines += ["Row 1 is the header line. No value from the files is quoted here.", ""]
    for one in checked:
        lines += [f"## {one.file} ({one.feed})", ""]
        if one.refused:
            lines += ["The whole file was refused:", "", *(f"- {fault}" for fault in one.refused), ""]
        if one.faults:
            ask = "What is wrong:" if one.refused else f"{LEFT_OUT}; please mend them and send the file again:"
            lines += [f"{one.rows} rows were read. {ask}", ""]
            lines += [f"- {_rows_in_words(fault)}" for fault in one.faults]
        elif not one.refused:
            lines.append(f"{one.rows} rows were read and nothing is wrong. Thank you.")
        lines.append("")
    return "\n".join(lines)


def _rows_in_words(fault: Fault) -> str:
    where = f" (rows {', '.join(map(str, fault.first_rows))}{' and more' if fault.rows > len(fault.first_rows) else ''})"
    count = f"{fault.rows} row" + ("" if fault.rows == 1 else "s")
    return f"{count}: {fault.words}{where if fault.first_rows else ''}"
