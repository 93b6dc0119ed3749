"""Build the private warehouse from every delivery, whole, into a new file that then takes the old one's place.

Nothing is updated in place: a build that is stopped at any moment leaves the warehouse as it was, and the next
one starts afresh from the deliveries.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from pipelines.errors import ContractError, WarehouseError
from pipelines.intake.areas import write_areas, write_base_areas
from pipelines.intake.assign import locate_points, make_fate_types, unsure_points, write_grid, write_placed
from pipelines.intake.contract import Contract, feeds, load_contract
from pipelines.intake.corrections import repeated_references, write_superseded
from pipelines.intake.deliveries import Delivery, find_deliveries
from pipelines.intake.ingest import Door, create_feed_table, load_all
from pipelines.intake.measures import COUNTED_FEEDS, write_measures
from pipelines.intake.months import month_label, months_between
from pipelines.intake.places import Places, make_places, read_versions
from pipelines.intake.purged import Ledger, read_ledger, write_purged
from pipelines.intake.recorded import by_feed, count_conflicts, load_recorded, read_events, require_likely
from pipelines.intake.registers import keep_newest
from pipelines.intake.schools import cluster_schools, write_setting_areas
from pipelines.intake.summaries import write_summaries
from pipelines.intake.texts import write_texts
from pipelines.record import Entry, Event
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

MEMORY_LIMIT = os.environ.get("SAFER_PLACES_MEMORY_LIMIT", "1500MB")
BYTES_A_RECORD = 120
LONGEST_SILENCE_DAYS = 200
RECORD_VIEWS = ("incidents_records", "missing_from_records", "found_at_records", "weapon_records", "police_uk_records")

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Built:
    """What one build did. Exact figures: for the private side only.

    conflicts  by register, the entries a file and a meeting say different things of
    """

    as_at: date
    deliveries: int
    tallies: dict[str, dict[str, int]]
    conflicts: dict[str, int] = field(default_factory=dict)


def build(
    settings: Settings, *, as_at: date | None = None, keep_fates: bool = False,
    report: Report = lambda stage, share: None,
) -> Built:  # fmt: skip
    """Read every delivery made by `as_at` (default: the day of the newest) and rebuild the warehouse.

    keep_fates  also keep what became of each single row (`kept_fates`), and every column that was read, for whoever must
                look into one

    Raises ContractError, PlacesError or SettingsError for what was delivered, WarehouseError when another build
    is running or the rows do not add up. In every case the warehouse stays as it was.
    """
    with sole_writer(settings) as working:
        return rebuild(settings, working, as_at=as_at, keep_fates=keep_fates, report=report)


def rebuild(
    settings: Settings, working: Path, *, as_at: date | None, keep_fates: bool = False,
    report: Report = lambda stage, share: None,
) -> Built:  # fmt: skip
    """`build`, for whoever holds the warehouse already: `working` is what `sole_writer` gave."""
    contracts = received(settings)
    ledger = read_ledger(settings)
    events = read_events(settings)
    deliveries, day = _delivered_by(as_at, find_deliveries(settings, contracts), ledger, events)
    recorded = by_feed(events, settings, day)
    door = Door(settings, settings.policy, settings.partnership, day, working, keep_fates, ledger)
    file = working / "warehouse.duckdb"
    with open_database(file, working) as connection:
        built = _fill(connection, deliveries, recorded, contracts, door, report)
    _take_its_place(file, settings.warehouse)
    return built


def received(settings: Settings) -> dict[str, Contract]:
    """The contract of every feed that comes as deliveries."""
    contracts = {feed: load_contract(feed, settings) for feed in feeds(settings)}
    return {feed: one for feed, one in contracts.items() if one.kind != "places"}


def _delivered_by(
    as_at: date | None, found: list[Delivery], ledger: Ledger, events: list[Event]
) -> tuple[list[Delivery], date]:
    dated = [one.delivered_on for one in found if one.delivered_on > date.min]
    dated += [one.delivered_on for one in ledger.of_feeds().values()]
    if not dated:
        raise ContractError(["deliveries/: holds nothing yet: put each file under deliveries/<feed>/"])
    day = as_at or max(*dated, *(one.recorded_on for one in events), date.min)
    if as_at is None:
        require_likely(events, dated, LONGEST_SILENCE_DAYS)
        _require_likely(day, [one.delivered_on for one in found if one.covers_from])
    return ledger.recognise(one for one in found if one.delivered_on <= day), day


def _require_likely(day: date, delivered_on: list[date]) -> None:
    """Raise ContractError when the newest day stands so far from all deliveries before that it is likely mistyped."""
    days = sorted(set(delivered_on))
    if len(days) > 2 and days[-1] == day and (day - days[-2]).days > LONGEST_SILENCE_DAYS:
        raise ContractError([
            f"deliveries/: one says it was delivered on {day}, long after every other (the next on {days[-2]}): correct "
            f"its delivered_on, or build with --as-at {day} if it is right"
        ])  # fmt: skip


@contextmanager
def sole_writer(settings: Settings) -> Iterator[Path]:
    """Hold the warehouse for one writer, with an empty working folder that is gone afterwards."""
    try:
        settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        # The private side is shut to every other user of the machine, a dashboard's own among them.
        settings.warehouse.parent.chmod(0o700)
    except OSError:
        raise WarehouseError(f"{settings.warehouse.parent}: cannot be made or written to; check --data-dir") from None
    working = settings.warehouse.parent / ".building"
    try:
        with FileLock(settings.warehouse.parent / ".lock", timeout=0):
            shutil.rmtree(working, ignore_errors=True)
            working.mkdir()
            try:
                yield working
            finally:
                shutil.rmtree(working, ignore_errors=True)
    except Timeout:
        raise WarehouseError("another build or publish of this data directory is running; wait for it to end") from None


@contextmanager
def open_database(file: Path, working: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that spills to the working folder and keeps within the memory limit."""
    config: dict[str, Any] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(working / "spill"),
        "preserve_insertion_order": "true",
    }
    try:
        connection = duckdb.connect(str(file), config=config)
    except duckdb.Error:
        raise WarehouseError(
            f"the warehouse cannot be opened with {MEMORY_LIMIT!r} of memory: correct SAFER_PLACES_MEMORY_LIMIT "
            "(as in 1500MB)"
        ) from None
    # Its own bar goes to the standard output, in among the answer in JSON.
    connection.execute("SET enable_progress_bar = false")
    try:
        yield connection
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _fill(
    connection: duckdb.DuckDBPyConnection, deliveries: list[Delivery], recorded: dict[str, list[Entry]],
    contracts: dict[str, Contract], door: Door, report: Report,
) -> Built:  # fmt: skip
    """Every stage, in order."""
    months = _months(deliveries, door)
    run_sql(connection, "intake/create_deliveries")
    write_purged(connection, door.ledger, number_from=len(deliveries) + len(recorded))
    for contract in contracts.values():
        create_feed_table(connection, contract, door)
    report("Reading deliveries", 0)
    # Boundaries and hashes take one core a second or so: beside the reading they take hardly any time.
    with ThreadPoolExecutor(max_workers=1) as beside:
        making = beside.submit(_places, deliveries, months, door)
        beside.submit(lambda: [one.sha256 for one in deliveries])
        load_all(connection, deliveries, contracts, door, lambda share: report("Reading deliveries", share))
        load_recorded(connection, recorded, contracts, door, number_from=len(deliveries))
        report("Placing records", 0)
        _place(connection, making.result(), months, contracts, door, beside)
    report("Counting", 0)
    _count(connection, door)
    report("Counting", 1)
    number = len(deliveries) + len(recorded)
    return Built(door.as_at, number, tally_by_feed(connection), count_conflicts(connection))


def _place(
    connection: duckdb.DuckDBPyConnection, places: Places, months: list[date], contracts: dict[str, Contract], door: Door,
    beside: ThreadPoolExecutor,
) -> None:  # fmt: skip
    """Say of every row what became of it and where it was; what needs one core alone is done beside what needs both."""
    run_sql(connection, "intake/periods", first_day=months[0], as_at=door.as_at)
    schools = cluster_schools(connection, places)
    write_setting_areas(connection, schools)
    write_measures(connection, door.policy, door.settings)
    for view in ("sources", *RECORD_VIEWS, "records"):
        run_sql(connection, f"intake/{view}")
    repeated = beside.submit(repeated_references, connection.cursor())
    write_grid(connection, places)
    write_base_areas(connection, places, schools, door.partnership)
    write_superseded(connection, repeated.result())
    still_arriving_months = door.policy.freshness.still_arriving_months
    run_sql(connection, "intake/feed_periods", as_at=door.as_at, still_arriving_months=still_arriving_months)
    make_fate_types(connection)
    for table in ("calendar", "gridded", "settled"):
        run_sql(connection, f"intake/{table}")
    locating = beside.submit(locate_points, unsure_points(connection), places, crs=door.partnership.city.crs)
    write_areas(
        connection, places, schools, door.partnership, period=month_label(months[-1]),
        outline_tolerance_m=door.policy.places.outline_tolerance_m, context=door.settings.data_dir / "context",
    )  # fmt: skip
    _read_registers(connection, contracts, door)
    write_placed(connection, locating.result())


def _read_registers(connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract], door: Door) -> None:
    """What is known from registers and reference feeds, and what this build was made from: nothing here is counted."""
    run_sql(connection, "intake/create_tallies")
    for contract in contracts.values():
        if contract.feed not in COUNTED_FEEDS:
            keep_newest(connection, contract)
    run_sql(connection, "intake/resident_counts", city_id=door.partnership.city.id)
    run_sql(connection, "intake/build_facts", as_at=door.as_at, policy_sha256=door.policy.sha256,
            partnership_sha256=door.partnership.sha256)  # fmt: skip
    write_texts(connection, contracts, door.settings)


def _count(connection: duckdb.DuckDBPyConnection, door: Door) -> None:
    """From every row's place and fate to the tables the gate reads."""
    for table in ("near_fates", "fates", "counted_by", "tallies", "unplaced_cells"):
        run_sql(connection, f"intake/{table}")
    if door.keep_fates:
        run_sql(connection, "intake/keep_fates")
    require_whole(connection)
    for table in ("lattice", "counted_days"):
        run_sql(connection, f"intake/{table}")
    run_sql(connection, "intake/cells", cap_per_child=door.policy.counting.cap_per_child)
    write_summaries(connection, door.policy, city_id=door.partnership.city.id)


def _months(deliveries: list[Delivery], door: Door) -> list[date]:
    """The first day of every month there is to count, or was before its rows were destroyed."""
    covered = [day for day in (door.ledger.first_covered(), *(one.covers_from for one in deliveries)) if day]
    if not covered:
        raise ContractError(["deliveries/: no delivery covers any month, so there is nothing to count yet"])
    return months_between(min(covered), door.as_at)


def _places(deliveries: list[Delivery], months: list[date], door: Door) -> Places:
    """The base areas of each month, with look-ups as fine as so many bytes of records are worth."""
    versions = read_versions(door.settings, door.partnership)
    most_points = sum(one.path.stat().st_size for one in deliveries) // BYTES_A_RECORD
    tolerance_m = door.policy.places.snap_tolerance_m
    return make_places(versions, [month_label(day) for day in months], snap_tolerance_m=tolerance_m, point_count=most_points)


def require_whole(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise WarehouseError unless every row read has exactly one fate, feed by feed."""
    lost = run_sql(connection, "intake/not_whole").fetchall()
    if lost:
        what = "; ".join(f"{feed} ({measure}): {read} read, {fated} accounted for" for feed, measure, read, fated in lost)
        raise WarehouseError(f"the rows do not add up: {what}. Nothing was changed; this is a fault of the program")


def tally_by_feed(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Rows by feed and fate, exact, told by each feed's first measure. For the private side only."""
    tallies: dict[str, dict[str, int]] = {}
    for feed, fate, rows in run_sql(connection, "intake/fates_by_feed").fetchall():
        tallies.setdefault(feed, {"read": 0})[fate] = rows
        tallies[feed]["read"] += rows
    return tallies


def _take_its_place(file: Path, warehouse: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())
    os.replace(file, warehouse)
