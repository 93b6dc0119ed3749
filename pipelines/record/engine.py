"""The database of the register store: SQLite beside the data, or PostgreSQL by URL; its tables brought up under a lock."""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from filelock import FileLock, Timeout
from sqlalchemy.exc import SQLAlchemyError

from pipelines.record.errors import RecordError
from pipelines.settings import Settings

URL_VARIABLE = "SAFER_PLACES_RECORD_URL"
FOLDER, FILE = "record", "record.sqlite"
HEAD = "0002"
WAIT_SECONDS = 15
# One number all processes know: whoever holds it in PostgreSQL writes alone, so that numbers are given in order.
_SOLE_WRITER = 7_203_114_115
# What a driver lets through when a server goes away in the middle of a word.
_GONE = (SQLAlchemyError, OSError, EOFError, struct.error)

UNREACHABLE = (
    "the register store cannot be reached: this is not known to be recorded. Send it again, and it is recorded once; if it "
    "stays so, see that its disk has room and its database runs"
)


def url_of(settings: Settings) -> sa.URL:
    """Where the store of a data directory is. Raises RecordError for a URL that is none of ours; the URL is never told."""
    said = os.environ.get(URL_VARIABLE, "").strip()
    if not said:
        return sa.URL.create("sqlite", database=str((settings.data_dir / FOLDER / FILE).resolve()))
    try:
        url = sa.make_url(said)
    except SQLAlchemyError:
        raise RecordError(f"{URL_VARIABLE}: is no database URL; write postgresql://user:password@host/database") from None
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+pg8000")
    if url.get_backend_name() == "sqlite" and url.database and not url.query:
        return url.set(drivername="sqlite", database=str(Path(url.database).resolve()))
    raise RecordError(f"{URL_VARIABLE}: names a database that is neither PostgreSQL nor an SQLite file")


def file_of(url: sa.URL) -> tuple[int, int] | None:
    """Which file an SQLite store is, whatever its name; null where there is none, or it is no file."""
    if url.get_backend_name() != "sqlite":
        return None
    try:
        found = Path(str(url.database)).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def make_engine(url: sa.URL) -> sa.Engine:
    """An engine whose every transaction is one writer's, on the disk when it is over."""
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    # A lost connection is told in one message of ours; the pool would log it with a traceback.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    # A connection that lay idle while the server was restarted is tried before it is used.
    arguments: dict[str, Any] = {"timeout": WAIT_SECONDS, "application_name": "safer-places"}
    return sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver opens no transaction of its own: each begins as a writer's, so that nobody writes on what another changed.
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON",
                    "recursive_triggers = ON", "trusted_schema = OFF"):  # fmt: skip
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: sa.Connection) -> None:
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def one_writer(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction nobody else writes beside, on the disk when it is left without an error.

    Raises RecordError where the store cannot be reached or written: nothing of it then stands, or, where the answer alone
    was lost, all of it, which the form's token finds out when it is sent again.
    """
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL synchronous_commit = on"))
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_SOLE_WRITER})"))
            yield connection
    except _GONE:
        raise RecordError(UNREACHABLE) from None


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to read on, which waits for no writer. Raises RecordError where the store cannot be reached."""
    try:
        with engine.connect().execution_options(reads_only=True) as connection:
            yield connection
    except _GONE:
        raise RecordError("the register store cannot be reached or read: see that its database runs") from None


def bring_up(engine: sa.Engine) -> None:
    """Make the tables, or bring them to this version: once, whoever comes first. Raises RecordError where it cannot be."""
    if _version(engine) == HEAD:
        return
    file = Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None
    try:
        if file is None:
            _upgrade(engine)
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(file.with_name(f".{file.name}.lock"), timeout=WAIT_SECONDS, mode=0o600):
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            _upgrade(engine)
    except (OSError, Timeout):
        raise RecordError("the register store cannot be made: see that its folder is yours and the disk has room") from None


def _version(engine: sa.Engine) -> str | None:
    """The version of the tables; null where there are none. Raises RecordError for one this program does not know."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return None
    with reading(engine) as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found > HEAD:
        raise RecordError("the register store was made by a later version of this program: update this one")
    return found


def _upgrade(engine: sa.Engine) -> None:
    from alembic import command
    from alembic.config import Config

    with one_writer(engine) as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
