"""The register store: what is recorded stands for good, once, and nothing that may identify somebody is ever in it."""

import json
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from recordings import ACTION, DAY, NOW, RAG, screen, wanted
from villages import Village

from pipelines.intake.contract import Contract, load_contract, load_vocabulary
from pipelines.record import (
    AlreadyRecorded,
    Event,
    NotRecorded,
    RecordError,
    Store,
    TextHeld,
    new_token,
    open_store,
    read_registers,
    store_exists,
)
from pipelines.record.engine import HEAD
from pipelines.record.migrations.versions.v0001_events import IN_FORCE
from pipelines.record.store import _engines

ROOT = Path(__file__).resolve().parents[3]


def file_of(village: Village) -> Path:
    return village.data_dir / "record" / "record.sqlite"


def test_what_is_recorded_is_given_back_and_stands(store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    assert dict(event.fields) == {name: str(value) for name, value in RAG.items()}
    assert (event.number, event.at, event.recorded_on, event.place_id, event.unseen) == (1, NOW, DAY, "B01", False)
    [stands] = store.current("rag_judgements", place_id="B01")
    assert stands.fields == event.fields
    assert store.current("rag_judgements", place_id="B02") == []
    assert store.history(event.entry_key) == [event]


def test_a_store_is_found_again_by_whoever_opens_it_next(village: Village, store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    assert open_store(village.settings).events() == [event]


def test_asking_whether_there_is_a_store_makes_none(village: Village) -> None:
    assert not store_exists(village.settings)
    assert not (village.data_dir / "record").exists()
    open_store(village.settings)
    assert store_exists(village.settings)


def test_a_form_sent_twice_is_recorded_once(store: Store, record) -> None:
    token = new_token()
    first, second = record("actions", ACTION, token=token), record("actions", ACTION, token=token)
    assert first == second
    assert store.events() == [first]


def test_a_form_changed_since_it_was_recorded_is_not_passed_over(store: Store, record) -> None:
    token = new_token()
    record("actions", ACTION, token=token)
    with pytest.raises(AlreadyRecorded, match="recorded already, as number 1") as again:
        record("actions", {**ACTION, "status": "done"}, token=token)
    assert again.value.number == 1
    assert len(store.events()) == 1


@pytest.mark.parametrize("statement", [
    "UPDATE events SET role = 'nobody'", "DELETE FROM events", "DELETE FROM events WHERE number = 1",
    "INSERT OR REPLACE INTO events SELECT * FROM events WHERE number = 1",
    "REPLACE INTO events (token, at, recorded_on, role, feed, entry_key, fields) SELECT token, at, recorded_on, 'x', feed, "
    "entry_key, fields FROM events WHERE number = 1",
])  # fmt: skip
def test_nothing_recorded_can_be_changed_or_taken_away(village: Village, store: Store, record, statement: str) -> None:
    record("rag_judgements", RAG)
    record("actions", ACTION)
    before = store.events()
    database = sqlite3.connect(file_of(village), isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="never changed or taken away"):
        database.execute(statement)
    database.close()
    assert store.events() == before


def test_a_correction_stands_in_the_place_of_what_it_corrects_and_both_are_kept(store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    better = store.correct(event.number, {"value": "amber"}, role="chair", token=new_token(), screen=screen, at=NOW)
    [stands] = store.current("rag_judgements")
    assert (stands.fields["value"], stands.fields["reason"]) == ("amber", RAG["reason"])
    assert [one.corrects for one in store.history(event.entry_key)] == [None, event.number]
    assert not better.unseen


def test_a_correction_of_the_place_moves_the_entry_and_its_history_shows_it(store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    moved = store.correct(event.number, {"place_id": "B02"}, role="chair", token=new_token(), screen=screen, at=NOW)
    assert [one.place_id for one in store.current("rag_judgements")] == ["B02"]
    assert moved.entry_key != event.entry_key
    assert store.history(event.entry_key) == [event, moved]


def test_what_was_recorded_by_mistake_is_taken_back_and_still_told(store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    store.withdraw(event.number, role="chair", token=new_token(), at=NOW)
    assert store.current("rag_judgements") == []
    assert [one.withdraws for one in store.history(event.entry_key)] == [False, True]
    with pytest.raises(RecordError, match="cannot itself be"):
        store.withdraw(2, role="chair", token=new_token(), at=NOW)


def test_an_entry_that_others_changed_since_is_not_taken_back_from_under_them(store: Store, record) -> None:
    begun = record("actions", ACTION)
    changed = record("actions", {"status": "done"}, entry=begun.entry_key, seen=begun.number)
    with pytest.raises(RecordError, match=f"take back {changed.number} first"):
        store.withdraw(begun.number, role="chair", token=new_token(), at=NOW)
    store.withdraw(changed.number, role="chair", token=new_token(), at=NOW)
    store.withdraw(begun.number, role="chair", token=new_token(), at=NOW)
    assert store.current("actions") == []


def test_an_update_says_what_changes_and_leaves_the_rest(store: Store, record) -> None:
    begun = record("actions", ACTION | {"due_on": DAY + timedelta(days=14)})
    done = record("actions", {"status": "done", "due_on": ""}, entry=begun.entry_key, seen=begun.number)
    assert dict(done.fields) == {"due_on": "", "status": "done"}
    [stands] = store.current("actions", place_id="B01")
    assert (stands.fields["status"], stands.fields["action"], "due_on" in stands.fields) == ("done", ACTION["action"], False)
    assert not stands.unseen


def test_a_correction_of_what_came_first_leaves_what_came_after(store: Store, record) -> None:
    begun = record("actions", ACTION)
    record("actions", {"status": "in_progress"}, entry=begun.entry_key, seen=1)
    store.correct(begun.number, {"action": "walk both parks", "status": "proposed"}, role="chair", token=new_token(),
                  screen=screen, at=NOW, seen=2)  # fmt: skip
    [stands] = store.current("actions")
    assert (stands.fields["action"], stands.fields["status"]) == ("walk both parks", "in_progress")


def test_an_entry_that_came_by_a_file_is_updated_by_its_name_in_the_snapshot(store: Store, record) -> None:
    record("actions", {"status": "done"}, entry="0123456789abcdef", place_id="B02")
    [stands] = store.current("actions", place_id="B02")
    assert stands.is_update
    assert dict(stands.fields) == {"status": "done"}
    with pytest.raises(NotRecorded, match="status is required and is blank"):
        record("actions", {"status": ""}, entry="0123456789abcdef")


def test_of_two_at_once_both_are_kept_and_the_second_says_it_had_not_seen_the_first(store: Store, record) -> None:
    drawn = store.newest()
    first = record("rag_judgements", RAG, seen=drawn)
    second = record("rag_judgements", RAG | {"value": "green"}, seen=drawn)
    assert (first.unseen, second.unseen) == (False, True)
    [stands] = store.current("rag_judgements")
    assert (stands.fields["value"], stands.unseen) == ("green", True)
    assert len(store.history(first.entry_key)) == 2
    third = record("rag_judgements", RAG | {"value": "amber"}, seen=store.newest())
    assert not third.unseen


def test_two_who_correct_the_same_entry_at_once_are_both_kept(store: Store, record) -> None:
    event = record("rag_judgements", RAG)
    by = {"role": "chair", "screen": screen, "at": NOW}
    store.correct(event.number, {"value": "amber"}, token=new_token(), seen=event.number, **by)
    second = store.correct(event.number, {"place_id": "B02"}, token=new_token(), seen=event.number, **by)
    assert second.unseen
    with pytest.raises(RecordError, match="was corrected already: correct number 3"):
        store.correct(event.number, {"value": "green"}, token=new_token(), seen=store.newest(), **by)


def test_a_meeting_is_told_apart_from_the_one_before_it(store: Store, record) -> None:
    before = record("rag_judgements", RAG, meeting_on=DAY - timedelta(days=7))
    now = record("actions", ACTION)
    record("actions", ACTION, locality="east")
    assert store.of_meeting("west", DAY) == [now]
    assert store.since("west", DAY - timedelta(days=7)) == [before, now]


CANARY = "Zxqwvbn"
PHONE = "07700 900123"


@pytest.mark.parametrize(("text", "outcome"), [(f"ring {PHONE}", "refused"), (f"fights with {CANARY}", "waits")])
def test_a_text_that_may_identify_is_told_to_its_author_and_stored_nowhere(
    village: Village, store: Store, record, text: str, outcome: str
) -> None:
    record("rag_judgements", RAG)
    event = record("actions", ACTION)
    for attempt in (
        lambda: record("rag_judgements", RAG | {"reason": text}),
        lambda: record("actions", {"aim": text}, entry=event.entry_key),
        lambda: store.correct(event.number, {"aim": text}, role="chair", token=new_token(), screen=screen, at=NOW),
        lambda: store.check(wanted("actions", ACTION | {"aim": text}), screen=screen, at=NOW),
    ):
        with pytest.raises(TextHeld) as held:
            attempt()
        assert held.value.outcome == outcome
        assert {one.word for one in held.value.found} & {PHONE, CANARY}
        assert PHONE not in str(held.value)
        assert CANARY not in str(held.value)
    everything = b"".join(file.read_bytes() for file in (village.data_dir / "record").iterdir())
    assert RAG["reason"].encode() in everything, "what was recorded is in these bytes, so the search is one"
    assert PHONE.encode() not in everything
    assert CANARY.encode() not in everything


WAITING = f"fights with {CANARY}"


def test_words_their_author_sends_to_the_steward_are_kept_and_not_among_what_is_shown(store: Store, record) -> None:
    event = record("rag_judgements", RAG | {"reason": WAITING}, may_wait=True)
    [stands] = store.current("rag_judgements")
    assert (event.waits, stands.waits) == (("reason",), ("reason",))
    assert (event.fields["reason"], stands.fields["reason"]) == (WAITING, WAITING)
    assert CANARY not in str([event.shown, stands.shown])
    assert stands.shown["value"] == "red"


def test_words_nobody_may_release_go_to_no_steward_either(village: Village, store: Store, record) -> None:
    with pytest.raises(TextHeld) as held:
        record("rag_judgements", RAG | {"reason": f"{WAITING}, ring {PHONE}"}, may_wait=True)
    assert held.value.outcome == "refused"
    assert store.events() == []


def test_a_correction_leaves_waiting_what_it_does_not_change_and_frees_what_it_writes_anew(store: Store, record) -> None:
    event = record("rag_judgements", RAG | {"reason": WAITING}, may_wait=True)
    said = {"role": "chair", "screen": screen, "at": NOW}
    other = store.correct(event.number, {"value": "amber"}, token=new_token(), **said)
    assert other.waits == ("reason",)
    assert store.correct(other.number, {"reason": "more fights"}, token=new_token(), **said).waits == ()
    assert [one.waits for one in store.current("rag_judgements")] == [()]


def test_an_update_waits_for_its_own_words_alone(store: Store, record) -> None:
    event = record("actions", ACTION)
    record("actions", {"aim": WAITING}, entry=event.entry_key, may_wait=True)
    record("actions", {"status": "done"}, entry=event.entry_key)
    [stands] = store.current("actions")
    assert stands.waits == ("aim",)
    assert stands.shown["action"] == ACTION["action"]


def test_a_store_made_before_words_could_wait_is_brought_up_with_everything_in_it(
    village: Village, store: Store, record
) -> None:
    event = record("rag_judgements", RAG)
    store.close()
    with sqlite3.connect(file_of(village)) as old:
        old.execute("DROP VIEW in_force")
        old.execute("ALTER TABLE events DROP COLUMN waits")
        old.execute(IN_FORCE)
        old.execute("UPDATE alembic_version SET version_num = '0001'")
    _engines.clear()
    assert open_store(village.settings).events() == [event]
    assert [one.fields for one in open_store(village.settings).current("rag_judgements")] == [event.fields]


def test_words_are_held_as_they_are_written(store: Store) -> None:
    [held] = store.held("rag_judgements", {"reason": f"near {CANARY}", "value": CANARY}, screen)
    assert (held.column, held.word, held.outcome) == ("reason", CANARY, "quarantined")
    assert store.held("rag_judgements", {"reason": "near the shops"}, screen) == ()


@pytest.mark.parametrize(("feed", "change", "said"), [
    ("rag_judgements", {"value": "purple"}, "value is not a code of its vocabulary"),
    ("rag_judgements", {"value": ""}, "value is required and is blank"),
    ("rag_judgements", {"judged_on": DAY + timedelta(days=1)}, "judged_on is in the future"),
    ("rag_judgements", {"judged_on": "2024-02-30"}, "judged_on is not a date that exists"),
    ("rag_judgements", {"place_id": "B 01"}, "place_id is not a reference"),
    ("rag_judgements", {"severity": "9"}, "severity is no column of this register"),
    ("rag_judgements", {"reason": "walk " * 401}, "reason is longer than 2000 characters"),
    ("rag_judgements", {"reason": "walk\x00home"}, "reason holds a character that is no letter"),
    ("actions", {"action_ref": "a1"}, "action_ref is given by the store"),
    ("actions", {"status": "dropped"}, "dropped_because is asked for"),
])  # fmt: skip
def test_what_does_not_fit_its_register_is_not_recorded(store: Store, record, feed: str, change: dict, said: str) -> None:
    with pytest.raises(NotRecorded, match=said):
        record(feed, (RAG if feed == "rag_judgements" else ACTION) | change)
    assert store.events() == []


def test_an_intervention_says_where_and_does_not_end_before_it_starts(record) -> None:
    row = {"intervention_type": "detached_outreach", "started_on": DAY, "ended_on": DAY - timedelta(days=1)}
    with pytest.raises(NotRecorded) as wrong:
        record("interventions", row)
    assert {column for column, _ in wrong.value.faults} == {"", "ended_on"}


def test_a_form_without_its_own_marks_is_refused(store: Store) -> None:
    for more in ({"token": "short"}, {"role": "someone@example.org"}):
        with pytest.raises(NotRecorded):
            store.record(wanted("actions", ACTION, **more), screen=screen, at=NOW)
    with pytest.raises(NotRecorded, match="time without its zone"):
        store.record(wanted("actions", ACTION), screen=screen, at=datetime(2024, 2, 6, 12))
    with pytest.raises(RecordError, match="no register of that name"):
        store.record(wanted("incidents", {}), screen=screen, at=NOW)


def test_the_day_is_the_recorders_own(record) -> None:
    from zoneinfo import ZoneInfo

    after_midnight = datetime(2024, 6, 1, 0, 30, tzinfo=ZoneInfo("Europe/London"))
    event = record("rag_judgements", RAG | {"judged_on": date(2024, 6, 1)}, at=after_midnight)
    assert event.recorded_on == date(2024, 6, 1)
    assert event.at == datetime(2024, 5, 31, 23, 30, tzinfo=UTC)


def test_the_store_reads_every_register_as_the_intake_does(village: Village) -> None:
    registers = read_registers(village.settings)
    assert len(registers) == 11
    for feed, register in registers.items():
        contract: Contract = load_contract(feed, village.settings)
        assert register.key == contract.key
        assert register.location == contract.location
        for ours, theirs in zip(register.fields, [one for one in contract.columns if one.read], strict=True):
            for name in ("name", "type", "meaning", "required", "past", "not_before", "minimum", "maximum", "multiple_of"):
                assert getattr(ours, name) == getattr(theirs, name)
            if theirs.vocabulary:
                known = load_vocabulary(theirs.vocabulary, village.settings)
                assert [(one.code, one.label, one.family) for one in ours.choices] == [
                    (one.code, one.label, one.family) for one in known.values()
                ]


def test_the_tables_are_made_by_steps_and_a_later_version_is_not_touched(
    village: Village, store: Store, record, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    steps = Config()
    steps.set_main_option("script_location", str(ROOT / "pipelines" / "record" / "migrations"))
    assert ScriptDirectory.from_config(steps).get_current_head() == HEAD
    record("rag_judgements", RAG)
    with sqlite3.connect(file_of(village)) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    store.close()
    later = file_of(village).rename(file_of(village).with_name("later.sqlite"))
    monkeypatch.setenv("SAFER_PLACES_RECORD_URL", f"sqlite:///{later}")
    with pytest.raises(RecordError, match="later version"):
        open_store(village.settings)


def test_a_step_that_is_broken_off_leaves_no_half_made_table(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import command

    whole = command.upgrade

    def broken_off(*arguments: object) -> None:
        whole(*arguments)
        raise OSError

    monkeypatch.setattr(command, "upgrade", broken_off)
    with pytest.raises(RecordError):
        open_store(village.settings)
    database = sqlite3.connect(file_of(village))
    assert database.execute("SELECT name FROM sqlite_master").fetchall() == []
    database.close()
    monkeypatch.undo()
    assert open_store(village.settings).events() == []


def test_a_store_put_in_the_place_of_another_is_the_one_that_is_read(village: Village, store: Store, record) -> None:
    record("rag_judgements", RAG)
    store.close()
    for file in (village.data_dir / "record").glob("record.sqlite*"):
        file.unlink()
    assert open_store(village.settings).events() == []


@pytest.mark.parametrize("url", ["mysql://somebody:secret@host/db", "not a url", "sqlite://"])
def test_an_address_that_is_none_of_ours_is_refused_and_never_told(
    village: Village, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SAFER_PLACES_RECORD_URL", url)
    with pytest.raises(RecordError, match="SAFER_PLACES_RECORD_URL") as wrong:
        open_store(village.settings)
    assert "secret" not in str(wrong.value)


def test_a_folder_that_cannot_be_made_is_one_clear_message(village: Village) -> None:
    (village.data_dir / "record").write_text("in the way")
    with pytest.raises(RecordError, match="cannot be made"):
        open_store(village.settings)


def test_the_folder_and_the_file_are_for_their_owner_alone(village: Village, record) -> None:
    record("rag_judgements", RAG)
    assert file_of(village).parent.stat().st_mode & 0o077 == 0
    assert all(file.stat().st_mode & 0o077 == 0 for file in file_of(village).parent.glob("record.sqlite*"))


def test_threads_that_record_at_once_lose_and_double_nothing(store: Store, record) -> None:
    tokens = [new_token() for _ in range(24)]
    with ThreadPoolExecutor(6) as pool:
        # Each form is sent twice, as an impatient hand does.
        made: list[Event] = list(pool.map(lambda token: record("actions", ACTION, token=token), tokens * 2))
    assert len({one.number for one in made}) == len(tokens)
    assert sorted(one.token for one in store.events()) == sorted(tokens)


WRITER = """
import sys
from recordings import ACTION, NOW, screen, wanted
from pathlib import Path
from pipelines.record import open_store
from pipelines.settings import Settings
store = open_store(Settings(Path(sys.argv[1])))
for number in range(20):
    store.record(wanted("actions", ACTION, token=f"writer-{sys.argv[2]}-{number:010}"), screen=screen, at=NOW)
"""


def run(code: str, *arguments: str) -> "subprocess.Popen[str]":
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests" / "support")))
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env={**os.environ, "PYTHONPATH": path}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def test_processes_that_open_and_record_at_once_lose_and_double_nothing(village: Village) -> None:
    writers = [run(WRITER, str(village.data_dir), str(number)) for number in range(3)]
    for one in writers:
        assert one.communicate(timeout=60)[1] == ""
    found = open_store(village.settings).events()
    assert len(found) == len({one.token for one in found}) == 60
    assert [one.number for one in found] == list(range(1, 61))


def test_a_kill_between_the_press_and_the_disk_loses_and_doubles_nothing(village: Village) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.recording", "--kills", "20", "--data-dir", str(village.data_dir), "--json"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    told = json.loads(found.stdout)
    assert told["kills"] == 20
    assert told["told"] > 0, "some were told before the kill, so that there is something to lose"
    assert told["pressed"] > told["told"], "some kills fell between the press and the answer"
    assert (told["lost"], told["doubled"], told["missing_once_sent_again"]) == (0, 0, 0)
    with sqlite3.connect(file_of(village)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


FULL = """
import resource, signal, sys
from recordings import ACTION, NOW, screen, wanted
from pathlib import Path
from pipelines.record import RecordError, open_store
from pipelines.settings import Settings
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = open_store(Settings(Path(sys.argv[1])))
store.record(wanted("actions", ACTION), screen=screen, at=NOW)
token = "form-that-met-a-full-disk"
free = resource.getrlimit(resource.RLIMIT_FSIZE)
wal = Path(sys.argv[1]) / "record" / "record.sqlite-wal"
resource.setrlimit(resource.RLIMIT_FSIZE, (wal.stat().st_size + 4096, free[1]))
try:
    store.record(wanted("actions", ACTION, token=token), screen=screen, at=NOW)
    print("recorded")
except RecordError as full:
    print(full)
print(len(store.events()))
resource.setrlimit(resource.RLIMIT_FSIZE, free)
print(store.record(wanted("actions", ACTION, token=token), screen=screen, at=NOW).number)
"""


def test_a_full_disk_is_one_clear_message_and_the_form_is_recorded_once_there_is_room(village: Village) -> None:
    said, errors = run(FULL, str(village.data_dir)).communicate(timeout=60)
    assert errors == ""
    message, kept, number = said.splitlines()
    assert message.startswith("the register store cannot be reached: this is not known to be recorded. Send it again")
    assert (kept, number) == ("1", "2")
