"""The same store on a real PostgreSQL, stopped and started under the hands of a meeting."""

import gc
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from recordings import ACTION, NOW, RAG, screen, wanted
from villages import Village

from pipelines.record import Event, RecordError, Store, erase, new_token, open_store
from pipelines.record.engine import bring_up, make_engine, one_writer, url_of

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
pytestmark = pytest.mark.skipif(not PROGRAMS, reason="PostgreSQL's server is not installed (Debian: postgresql)")


class Server:
    """A PostgreSQL of its own, as a user who is not root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, PROGRAMS[-1].parent
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(self.user).pw_uid, -1)
        self._run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", "safer", "--no-sync", "-E", "UTF8", "--locale=C")

    @property
    def url(self) -> str:
        return f"postgresql://safer@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        # A process that is killed leaves its files with the system: only a loss of power asks for fsync.
        said = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-l", f"{self.folder}/log", "-w", "-o", said, "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-m", how, "-w", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        as_user = {"user": self.user} if os.geteuid() == 0 else {}
        subprocess.run(
            [self.bin / program, *arguments], check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
        )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # Above pytest's own folders, which another user may not enter.
    folder = Path(tempfile.mkdtemp(prefix="safer-pg-", dir="/tmp"))
    try:
        made = Server(folder)
        made.start()
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def shared(village: Village, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of a database that is empty to begin with."""
    name = f"d{new_token()}"
    plain = sa.create_engine(server.url.replace("postgresql:", "postgresql+pg8000:"), isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    plain.dispose()
    monkeypatch.setenv("SAFER_PLACES_RECORD_URL", server.url.replace("/postgres", f"/{name}"))
    store = open_store(village.settings)
    yield store
    store.close()


def record(store: Store, **more: str) -> Event:
    return store.record(wanted("actions", ACTION, **more), screen=screen, at=NOW)


def test_what_is_recorded_stands_as_it_does_in_a_file(shared: Store) -> None:
    event = shared.record(wanted("rag_judgements", RAG), screen=screen, at=NOW)
    shared.correct(event.number, {"value": "amber"}, role="chair", token=new_token(), screen=screen, at=NOW)
    begun = record(shared)
    shared.record(wanted("actions", {"status": "done"}, entry=begun.entry_key, seen=0), screen=screen, at=NOW)
    [rag], [action] = shared.current("rag_judgements"), shared.current("actions", locality="west")
    assert (rag.fields["value"], rag.unseen) == ("amber", False)
    assert (action.fields["status"], action.unseen) == ("done", True)
    assert [one.at for one in shared.events()] == [NOW] * 4


@pytest.mark.parametrize("statement", ["UPDATE events SET role = 'x'", "DELETE FROM events", "TRUNCATE events"])
def test_nothing_recorded_can_be_changed_or_taken_away(shared: Store, statement: str) -> None:
    record(shared)
    engine = sa.create_engine(os.environ["SAFER_PLACES_RECORD_URL"].replace("postgresql:", "postgresql+pg8000:"))
    with pytest.raises(sa.exc.DatabaseError, match="never changed or taken away"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert len(shared.events()) == 1


def tables_of(server: Server) -> bytes:
    """What stands in the files of all tables, with nothing left in memory alone."""
    plain = sa.create_engine(server.url.replace("postgresql:", "postgresql+pg8000:"), isolation_level="AUTOCOMMIT")
    with plain.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
    plain.dispose()
    return b"".join(one.read_bytes() for one in (server.folder / "data" / "base").rglob("*") if one.is_file())


def test_words_that_are_erased_are_in_no_table_any_more_and_the_database_refuses_changes_again(
    server: Server, shared: Store
) -> None:
    words = "two brothers of the corner house wait by the school"
    event = shared.record(wanted("rag_judgements", {**RAG, "reason": words}), screen=screen, at=NOW)
    record(shared)
    assert words.encode() in tables_of(server)
    did = erase(
        shared, [event.number], approved_by="Chair", reason="it says of whom", token=new_token(), screen=screen, at=NOW
    )
    assert b"corner house" not in tables_of(server)
    assert [(one.number, one.feed) for one in shared.events()] == [
        (1, "rag_judgements"), (2, "actions"), (did.said_by, "erasure")
    ]  # fmt: skip
    with pytest.raises(RecordError), one_writer(shared._engine) as connection:
        connection.exec_driver_sql("UPDATE events SET role = 'x'")


def test_several_hosts_that_record_at_once_lose_and_double_nothing(shared: Store) -> None:
    tokens = [new_token() for _ in range(20)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda token: record(shared, token=token), tokens * 2))
    assert sorted(one.token for one in shared.events()) == sorted(tokens)
    seen = [one.unseen for one in shared.events()]
    assert seen == [False] * 20, "each is an entry of its own"


def test_whoever_writes_writes_alone_so_that_no_number_comes_behind_one_that_was_read(
    village: Village, shared: Store
) -> None:
    engine = make_engine(url_of(village.settings))
    with ThreadPoolExecutor(1) as pool:
        with one_writer(engine):
            waits = pool.submit(record, shared)
            threading.Event().wait(0.3)
            assert not waits.done()
        assert waits.result(timeout=20).number == 1
    engine.dispose()


def test_the_tables_are_made_once_however_many_come_first(village: Village, shared: Store) -> None:
    engine = make_engine(url_of(village.settings))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW in_force")
        connection.exec_driver_sql("DROP TABLE events, alembic_version")
        connection.exec_driver_sql("DROP FUNCTION events_never_change")
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: bring_up(engine), range(3)))
    engine.dispose()
    assert record(shared).number == 1


# The driver lets go of sockets that never got through without closing them.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_server_stopped_and_started_loses_and_doubles_nothing(server: Server, shared: Store) -> None:
    told, stop = list[str](), threading.Event()

    def meet(form: Callable[[], str] = new_token) -> list[str]:
        """Record form after form; one that fails is kept and sent again until it stands."""
        failures = []
        while not stop.is_set():
            token = form()
            while True:
                try:
                    record(shared, token=token)
                except RecordError as down:
                    failures.append(str(down))
                    stop.wait(0.05)
                    continue
                told.append(token)
                break
        return failures

    with ThreadPoolExecutor(3) as pool:
        meetings = [pool.submit(meet) for _ in range(3)]
        try:
            for _ in range(2):
                threading.Event().wait(0.4)
                server.stop()
                threading.Event().wait(0.2)
                server.start()
        finally:
            threading.Event().wait(0.3)
            stop.set()
        failures = [said for one in meetings for said in one.result(timeout=30)]
    assert failures, "the stops were felt"
    assert all(said.startswith("the register store cannot be reached") for said in set(failures)), set(failures)
    kept = [one.token for one in shared.events()]
    assert len(kept) == len(set(kept))
    assert sorted(kept) == sorted(told)
    gc.collect()
