"""Words that should never have been recorded are destroyed: from the file, for ever, and said by whom and why."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from recordings import ACTION, NOW, RAG, screen
from typer.testing import CliRunner
from villages import Village

from pipelines import trail
from pipelines.cli import app
from pipelines.intake.recorded import count_conflicts
from pipelines.record import Erased, Event, NotRecorded, RecordError, Store, TextHeld, erase, new_token
from pipelines.record.erasure import FEED

Record = Callable[..., Event]
WORDS = "two brothers of the corner house wait by the school"
REASON = "it says of whom it is"


def files_of(village: Village) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (village.data_dir / "record").iterdir() if one.is_file()}


def erased(store: Store, *numbers: int, reason: str = REASON) -> Erased:
    return erase(store, numbers, approved_by="Chair", reason=reason, token=new_token(), screen=screen, at=NOW)


@pytest.fixture
def slipped(record: Record) -> Event:
    """An event with words that should never have been recorded, between two that are sound."""
    record("rag_judgements", RAG)
    event = record("actions", {**ACTION, "action": WORDS, "aim": "nobody waits there"})
    record("actions", ACTION)
    return event


def test_the_bytes_are_gone_from_every_file_of_the_store(village: Village, store: Store, slipped: Event) -> None:
    store.close()
    assert any(WORDS.encode() in content for content in files_of(village).values())
    did = erased(store, slipped.number)
    store.close()
    left = b"".join(files_of(village).values())
    assert (b"corner house" in left, b"nobody waits" in left) == (False, False)
    assert did.searched >= 1
    assert b"walk the park after school" in files_of(village)["record.sqlite"], "what others say stays"


def test_numbers_days_and_codes_stay_and_an_event_says_who_approved_it_and_why(store: Store, slipped: Event) -> None:
    before = {one.number: one for one in store.events()}
    did = erased(store, slipped.number)
    after = {one.number: one for one in store.events()}
    assert set(after) == {*before, did.said_by}
    assert after[slipped.number].fields == {
        name: slipped.fields[name] for name in ("action_ref", "place_id", "status", "updated_on")
    }  # fmt: skip
    assert all(after[number] == before[number] for number in before if number != slipped.number)
    assert did.said_by is not None
    said = after[did.said_by]
    assert (said.feed, said.role, said.fields) == (FEED, "Chair", {"erased": str(slipped.number), "reason": REASON})
    assert said in store.history(slipped.entry_key)


def test_a_correction_of_what_was_erased_still_stands_in_its_place(store: Store, record: Record) -> None:
    first = record("rag_judgements", {**RAG, "reason": WORDS})
    store.correct(first.number, {"reason": "more fights"}, role="chair", token=new_token(), screen=screen, at=NOW)
    erased(store, first.number)
    (entry,) = store.current("rag_judgements")
    assert (entry.fields["reason"], entry.fields["value"]) == ("more fights", "red")


def test_a_correction_that_took_the_words_over_is_named(store: Store, record: Record) -> None:
    first = record("rag_judgements", {**RAG, "reason": WORDS})
    again = store.correct(first.number, {"value": "amber"}, role="chair", token=new_token(), screen=screen, at=NOW)
    assert erased(store, first.number).also_in == (again.number,)
    assert erased(store, again.number).also_in == ()


def test_the_database_still_refuses_to_change_an_event_afterwards(village: Village, store: Store, slipped: Event) -> None:
    erased(store, slipped.number)
    with sqlite3.connect(village.data_dir / "record" / "record.sqlite") as raw:
        for statement in ("UPDATE events SET role = 'x'", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                raw.execute(statement)


def test_to_erase_again_says_nothing_twice_and_makes_the_file_anew(store: Store, slipped: Event) -> None:
    erased(store, slipped.number)
    newest = store.newest()
    assert erased(store, slipped.number).said_by is None
    assert store.newest() == newest


def test_the_words_are_not_recorded_again_by_a_form_that_is_sent_again(store: Store, record: Record) -> None:
    token = new_token()
    event = record("rag_judgements", {**RAG, "reason": WORDS}, token=token)
    erased(store, event.number)
    with pytest.raises(RecordError, match="recorded already"):
        record("rag_judgements", {**RAG, "reason": WORDS}, token=token)


@pytest.mark.parametrize(("reason", "kind"), [("", NotRecorded), ("Tobiah Quillfeather asked", TextHeld)])
def test_a_reason_is_held_to_the_same_screen_and_nothing_is_erased_without_one(
    store: Store, slipped: Event, reason: str, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        erased(store, slipped.number, reason=reason)
    assert store.events()[1].fields["action"] == WORDS


def test_one_number_that_is_not_there_erases_none(store: Store, slipped: Event) -> None:
    with pytest.raises(RecordError, match="nothing was recorded under number 99"):
        erased(store, slipped.number, 99)
    assert store.events()[1].fields["action"] == WORDS
    did = erased(store, slipped.number)
    assert did.said_by is not None
    with pytest.raises(RecordError, match="is not erased itself"):
        erased(store, did.said_by)


def test_while_somebody_reads_the_store_it_is_said_that_bytes_may_be_left(
    village: Village, store: Store, slipped: Event
) -> None:
    with sqlite3.connect(village.data_dir / "record" / "record.sqlite", isolation_level=None) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        with pytest.raises(RecordError, match="run this again"):
            erased(store, slipped.number)
        reader.execute("COMMIT")
    assert erased(store, slipped.number).said_by is None
    store.close()
    assert not any(b"corner house" in content for content in files_of(village).values())


def test_a_build_reads_past_an_erased_event_and_lists_what_it_lacks(village: Village, store: Store, slipped: Event) -> None:
    village.incidents("R1,2024-01-10,robbery,400500,300500")
    erased(store, slipped.number)
    built = village.build(as_at=date(2024, 2, 6))
    assert built
    with duckdb.connect(str(village.settings.warehouse), read_only=True) as private:
        assert count_conflicts(private) == {"actions": 1}


def run(village: Village, *given: str) -> tuple[int, str]:
    did = CliRunner().invoke(app, ["register", "erase", *given, "--data-dir", str(village.data_dir)])
    return did.exit_code, f"{did.output} {did.exception}"


def test_the_command_asks_for_a_role_that_approves_and_is_on_the_trail(village: Village, slipped: Event) -> None:
    number = str(slipped.number)
    code, told = run(village, number, "--approved-by", "Business Support Officer", "--reason", REASON)
    assert code
    assert "is approved by one of these roles: Chair" in told
    assert not (village.data_dir / "trail").exists()
    (village.data_dir / "meetings").mkdir()
    (village.data_dir / "meetings" / "west_2024-02-06.json").write_text("{}")
    code, told = run(village, number, "--approved-by", "chair", "--reason", REASON)
    assert code == 0
    assert f"The words of number {number} are gone for ever: number 4 says who approved it and why" in told
    assert "west_2024-02-06.json" in told
    (entry,) = trail.read(Path(village.data_dir))
    assert (entry["action"], entry["role"], entry["selection"]) == (
        "erase", "Chair", {"register": "record"}
    )  # fmt: skip
    assert WORDS not in json.dumps(entry)
