"""What meetings recorded in the register store, as one more delivery of each register: same contract, same rules, same gate.

One row for each entry that stands by the day the build is made for, with its corrections and updates applied. An update of
an entry that a file delivered is laid over the file's newest row. What stands where a file has the same key:

- the row that says the later day of itself (`updated_on`, `agreed_on`; moves, judgements and strengths have theirs in the
  key); registers without such a day go by the day recorded and the day delivered
- on the same day, what the meeting recorded

and where the two say different things it is a conflict, listed whoever stands (`conflicts`). An update made on what a file
had said before is no conflict: whoever made it had it before their eyes.

A recorded row is never a reason to refuse a build: it cannot be mended by sending it again. A row the contract of today
refuses is rejected by itself and listed.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.errors import ContractError, WarehouseError
from pipelines.intake.contract import Contract
from pipelines.intake.deliveries import Delivery
from pipelines.intake.ingest import Door, load_all
from pipelines.intake.values import literal, quoted
from pipelines.record import Entry, Event, Register, open_store, read_registers, store_exists
from pipelines.record.standing import standing
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

# The day a row says of itself that it was true; a register that is not here has none.
SAID_ON = {
    "actions": "updated_on", "edge_leads": "agreed_on", "neighbourhood_assessments": "moved_on",
    "place_strengths": "noted_on", "rag_judgements": "judged_on",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Filed:
    """The newest sound row of one entry that came by a file."""

    row_no: int
    delivery: str
    delivered_on: date
    row: dict[str, str]


@dataclass(frozen=True, repr=False)
class Said:
    """One recorded entry as a row of its register, and the file's row of the same entry where there is one."""

    entry: Entry
    row: dict[str, str]
    filed: Filed | None


def read_events(settings: Settings) -> list[Event]:
    """Every event recorded in a data directory; none where nobody ever recorded. Raises RecordError as the store does."""
    return open_store(settings).events() if store_exists(settings) else []


def by_feed(events: list[Event], settings: Settings, as_at: date) -> dict[str, list[Entry]]:
    """What stands of each register by the end of a day. Events of a register that has no contract any more are left out."""
    known = [one for one in events if one.recorded_on <= as_at]
    registers = read_registers(settings) if known else {}
    found = {feed: standing(registers[feed], known) for feed in sorted({one.feed for one in known} & set(registers))}
    return {feed: entries for feed, entries in found.items() if entries}


def require_likely(events: list[Event], delivered_on: list[date], longest_silence_days: int) -> None:
    """Raise ContractError when something was recorded so long after every delivery that a clock is likely wrong."""
    newest = max((one.recorded_on for one in events), default=date.min)
    last = max(delivered_on, default=date.max)
    if newest > last and (newest - last).days > longest_silence_days:
        raise ContractError([
            f"record: the newest entry was recorded on {newest}, long after every delivery (the last on {last}): build with "
            f"--as-at {newest} if that is right, or with --as-at {last} to leave it out"
        ])  # fmt: skip


def load_recorded(
    connection: duckdb.DuckDBPyConnection, recorded: dict[str, list[Entry]], contracts: dict[str, Contract], door: Door, *,
    number_from: int,
) -> list[Delivery]:  # fmt: skip
    """Load what was recorded behind all files, and write `conflicts` and `set_aside`.

    number_from  the delivery_no of the first of these deliveries, one for each register with an entry
    """
    run_sql(connection, "intake/create_conflicts")
    run_sql(connection, "intake/create_set_aside")
    registers = read_registers(door.settings) if recorded else {}
    found = []
    for number, (feed, entries) in enumerate(recorded.items(), start=number_from):
        filed = _filed(connection, registers[feed])
        said = [_as_row(registers[feed], entry, filed.get(entry.entry_key)) for entry in entries]
        delivery = _deliver(registers[feed], said, door.working)
        load_all(connection, [delivery], contracts, door, lambda share: None, number_from=number)
        _settle(connection, registers[feed], said, number)
        found.append(delivery)
    return found


def count_conflicts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many entries of each register are in dispute. Exact: for the private side only."""
    return {feed: count for feed, count in run_sql(connection, "intake/conflicts_by_feed").fetchall()}


def _filed(connection: duckdb.DuckDBPyConnection, register: Register) -> dict[str, Filed]:
    """By entry id, the newest sound row that came by a file."""
    names = [one.name for one in register.fields]
    text = {name: f"coalesce(CAST(filed.{quoted(name)} AS VARCHAR), '')" for name in names}
    key = " || '|' || ".join(text[name] for name in register.key)
    found = connection.execute(
        f"SELECT substr(sha256({literal(register.feed + '|')} || {key}), 1, 16), filed.rowid, sent.name, sent.delivered_on, "
        f"{', '.join(text.values())} FROM {quoted(register.feed)} AS filed "
        "JOIN deliveries AS sent USING (delivery_no) WHERE filed.fault IS NULL ORDER BY filed.rowid"
    ).fetchall()
    return {
        entry: Filed(row_no, delivery, delivered_on, dict(zip(names, row, strict=True)))
        for entry, row_no, delivery, delivered_on, *row in found
    }


def _as_row(register: Register, entry: Entry, filed: Filed | None) -> Said:
    row = dict(entry.fields)
    if entry.is_update:
        said_on = SAID_ON.get(register.feed)
        if said_on and not row.get(said_on):
            row[said_on] = entry.newest.recorded_on.isoformat()
        row = {**(filed.row if filed else {}), **row}
    return Said(entry, row, filed)


def _deliver(register: Register, said: list[Said], working: Path) -> Delivery:
    """Write the rows as a file of the working folder, which is gone after the build."""
    file = working / "recorded" / register.feed / "recorded.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    names = [one.name for one in register.fields]
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(names)
        rows.writerows([one.row.get(name, "") for name in names] for one in said)
    day = max(one.entry.newest.recorded_on for one in said)
    # Judged when it was recorded, as what a purge left of a file was when it came: no share of bad rows refuses the whole.
    return Delivery(register.feed, file, None, None, day, cut_on=day, recorded=True)


def _settle(connection: duckdb.DuckDBPyConnection, register: Register, said: list[Said], number: int) -> None:
    """Say of every recorded row whether it stands, and list what is in dispute."""
    loaded = connection.execute(
        f"SELECT rowid, fault FROM {quoted(register.feed)} WHERE delivery_no = ? ORDER BY rowid", [number]
    ).fetchall()
    if len(loaded) != len(said):
        raise WarehouseError(f"{register.feed}: what was recorded could not be read back; this is a fault of the program")
    for one, (row_no, fault) in zip(said, loaded, strict=True):
        if fault:
            _list(connection, register, one, "", fault, None, "neither")
        elif one.filed:
            _compare(connection, register, one, one.filed, row_no)


def _compare(connection: duckdb.DuckDBPyConnection, register: Register, said: Said, filed: Filed, row_no: int) -> None:
    said_on = SAID_ON.get(register.feed)
    recorded_on = said.entry.newest.recorded_on
    ours, theirs = (said.row.get(said_on, ""), filed.row.get(said_on, "")) if said_on else (
        recorded_on.isoformat(), filed.delivered_on.isoformat())  # fmt: skip
    stands = "file" if theirs > ours else "recorded"
    named = said.entry.fields if said.entry.is_update else [one.name for one in register.fields]
    differ = [
        name for name in named
        if name != said_on and " ".join(filed.row.get(name, "").split()) != said.row.get(name, "")
    ]  # fmt: skip
    made_on_it = said.entry.is_update and stands == "recorded" and filed.delivered_on <= recorded_on
    contested = bool(differ) and not made_on_it
    if contested:
        for name in differ:
            _list(connection, register, said, name, said.row.get(name, ""), filed.row.get(name, ""), stands)
    loser = filed.row_no if stands == "recorded" else row_no
    connection.execute("INSERT INTO set_aside VALUES (?, ?, ?)", [register.feed, loser, contested])


def _list(
    connection: duckdb.DuckDBPyConnection, register: Register, said: Said, column: str, recorded: str, filed: str | None,
    stands: str,
) -> None:  # fmt: skip
    field, newest = register.field(column), said.entry.newest
    connection.execute(
        "INSERT INTO conflicts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [register.feed, said.entry.entry_key, said.row.get("place_id") or None, column, bool(field and field.words),
         recorded, filed, stands, newest.number, newest.recorded_on, said.filed.delivery if said.filed else None],
    )  # fmt: skip
