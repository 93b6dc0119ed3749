"""What meetings recorded enters the next build as one more delivery: stated rules, and conflicts shown."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from recordings import ACTION, RAG, screen, wanted
from villages import Village

from pipelines.errors import ContractError
from pipelines.gate.quarantine import decide, held_texts
from pipelines.gate.screening.verdict import Verdict
from pipelines.gate.snapshot import keys_of
from pipelines.intake.due import open_warehouse
from pipelines.record import Event, NotRecorded, TextHeld, entry_id, new_token, open_store
from pipelines.sqlfiles import run_sql

FILED = "action_ref,place_id,lead_agency,action,status,updated_on"
Record = Callable[..., Event]


@pytest.fixture
def counted(village: Village) -> Village:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    return village


@pytest.fixture
def record(counted: Village) -> Record:
    def write(feed: str, fields: dict[str, Any], *, on: date = date(2024, 2, 6), **more: Any) -> Event:
        at = datetime(on.year, on.month, on.day, 14, 30, tzinfo=UTC)
        return open_store(counted.settings).record(wanted(feed, fields, **more), screen=screen, at=at)

    return write


def filed_action(village: Village, status: str, updated_on: str, delivered_on: str, name: str = "a.csv") -> None:
    row = f"a1,B01,Council,Mend the lights,{status},{updated_on}"
    village.deliver("actions", f"{FILED}\n{row}\n", name=name, delivered_on=delivered_on)


def known(village: Village, feed: str, *columns: str) -> list[list[Any]]:
    return village.ask(f"SELECT {', '.join(columns)} FROM known_{feed} ORDER BY ALL").astype(str).values.tolist()


def disputes(village: Village) -> list[list[Any]]:
    sql = "SELECT feed, column_name, recorded, filed, stands FROM conflicts ORDER BY ALL"
    return village.ask(sql).astype(object).where(lambda one: one.notna(), None).values.tolist()


ENTRY = entry_id("actions", ["a1"])


def test_what_a_meeting_recorded_is_in_the_next_snapshot_under_the_same_name(counted: Village, record: Record) -> None:
    rag, action = record("rag_judgements", RAG), record("actions", ACTION)
    built = counted.build()
    assert built.as_at == date(2024, 2, 6), "the day of the newest delivery, which is the meeting's own"
    assert built.tallies["rag_judgements"] == {"read": 1, "counted": 1}
    counted.publish()
    register = counted.snapshot().register("rag_judgements")
    assert register[["entry_id", "place_id", "value", "reason"]].values.tolist() == [
        [rag.entry_key, "B01", "red", RAG["reason"]]
    ]
    assert list(counted.snapshot().register("actions")["entry_id"]) == [action.entry_key]


def test_a_build_as_at_an_earlier_day_does_not_know_what_was_recorded_later(counted: Village, record: Record) -> None:
    event = record("rag_judgements", RAG)
    open_store(counted.settings).correct(event.number, {"value": "amber"}, role="chair", token=new_token(), screen=screen,
                                         at=datetime(2024, 2, 9, tzinfo=UTC))  # fmt: skip
    assert "rag_judgements" not in counted.build(as_at=date(2024, 2, 5)).tallies
    counted.build(as_at=date(2024, 2, 8))
    assert known(counted, "rag_judgements", "value") == [["red"]]
    counted.build()
    assert known(counted, "rag_judgements", "value") == [["amber"]]


def test_a_data_directory_nobody_records_in_gets_no_store_by_being_built(counted: Village) -> None:
    assert counted.build().conflicts == {}
    assert not (counted.data_dir / "record").exists()


def test_the_same_events_make_the_same_bytes(counted: Village, record: Record) -> None:
    record("actions", ACTION)
    record("rag_judgements", RAG)
    found = []
    for _ in range(2):
        counted.build()
        found.append(counted.ask("SELECT * FROM deliveries ORDER BY delivery_no").to_csv())
        found.append(counted.ask("SELECT * FROM register_texts ORDER BY ALL").to_csv())
    assert found[:2] == found[2:]
    assert "actions/(recorded)" in found[0]


def test_an_update_is_laid_over_what_the_file_says_and_is_no_conflict(counted: Village, record: Record) -> None:
    filed_action(counted, "agreed", "2024-01-20", "2024-01-21")
    record("actions", {"status": "done"}, entry=ENTRY, place_id="B01")
    built = counted.build()
    assert known(counted, "actions", "action_ref", "action", "status", "updated_on") == [
        ["a1", "Mend the lights", "done", "2024-02-06"]
    ]
    assert built.conflicts == {}
    assert built.tallies["actions"] == {"read": 2, "counted": 1, "superseded": 1}


def test_the_later_day_stands_a_tie_is_the_meetings_and_the_other_is_listed(counted: Village, record: Record) -> None:
    before = [f"{ref},B01,Council,Mend the lights,agreed,2024-01-20" for ref in ("a1", "a2", "a3")]
    after = [f"{ref},B01,Council,Mend the lights,in_progress,{day}"
             for ref, day in (("a1", "2024-02-07"), ("a2", "2024-02-06"), ("a3", "2024-01-20"))]  # fmt: skip
    counted.deliver("actions", "\n".join([FILED, *before]), delivered_on="2024-01-21")
    for ref in ("a1", "a2", "a3"):
        record("actions", {"status": "done"}, entry=entry_id("actions", [ref]), place_id="B01")
    counted.deliver("actions", "\n".join([FILED, *after]), name="b.csv", delivered_on="2024-02-08")
    built = counted.build()
    assert known(counted, "actions", "action_ref", "status") == [["a1", "in_progress"], ["a2", "done"], ["a3", "done"]]
    assert [one[1:] for one in disputes(counted)] == [
        ["status", "done", "in_progress", "file"], *[["status", "done", "in_progress", "recorded"]] * 2
    ]  # fmt: skip
    assert built.conflicts == {"actions": 3}
    assert built.tallies["actions"] == {"read": 9, "counted": 3, "superseded": 6}
    reasons = counted.ask("SELECT reason, sum(row_count) AS n FROM tallies WHERE feed = 'actions' GROUP BY 1 ORDER BY 1")
    assert reasons.values.tolist() == [["", 3], ["conflict", 3], ["corrected", 3]]


def test_a_file_that_repeats_the_meeting_is_no_conflict(counted: Village, record: Record) -> None:
    filed_action(counted, "agreed", "2024-01-20", "2024-01-21")
    record("actions", {"status": "done"}, entry=ENTRY, place_id="B01")
    filed_action(counted, "done", "2024-02-07", "2024-02-08", name="b.csv")
    assert counted.build().conflicts == {}
    assert known(counted, "actions", "status") == [["done"]]


def test_the_same_judgement_said_twice_in_two_ways_is_a_conflict_and_the_meeting_stands(
    counted: Village, record: Record
) -> None:
    row = "B01,2024-02-06,green,Chair,quiet near the shops"
    counted.deliver("rag_judgements", f"place_id,judged_on,value,role,reason\n{row}\n", delivered_on="2024-02-09")
    record("rag_judgements", RAG)
    assert counted.build().conflicts == {"rag_judgements": 1}
    assert known(counted, "rag_judgements", "value") == [["red"]]
    assert [one[1:] for one in disputes(counted)] == [
        ["reason", RAG["reason"], "quiet near the shops", "recorded"], ["value", "red", "green", "recorded"],
    ]  # fmt: skip


def test_a_register_without_a_day_of_its_own_goes_by_the_day_it_came(counted: Village, record: Record) -> None:
    first = "goal_ref,place_id,goal\ng1,B01,Safe to walk home\ng2,B02,Safe to walk home\n"
    counted.deliver("safety_goals", first, delivered_on="2024-01-21")
    for ref, place in (("g1", "B01"), ("g2", "B02")):
        record("safety_goals", {"goal": "Safe to play"}, entry=entry_id("safety_goals", [ref]), place_id=place)
    second = "goal_ref,place_id,goal\ng2,B02,Safe at the shops\n"
    counted.deliver("safety_goals", second, name="b.csv", delivered_on="2024-02-07")
    assert counted.build().conflicts == {"safety_goals": 1}
    assert known(counted, "safety_goals", "goal_ref", "goal") == [["g1", "Safe to play"], ["g2", "Safe at the shops"]]


def test_a_wrong_entry_taken_back_leaves_what_the_file_said(counted: Village, record: Record) -> None:
    filed_action(counted, "agreed", "2024-01-20", "2024-01-21")
    event = record("actions", {"status": "done"}, entry=ENTRY, place_id="B01")
    at = datetime(2024, 2, 6, 15, tzinfo=UTC)
    open_store(counted.settings).withdraw(event.number, role="chair", token=new_token(), at=at)
    counted.build()
    assert known(counted, "actions", "status") == [["agreed"]]


def test_a_recorded_row_the_contract_refuses_today_never_stops_a_build_and_is_listed(
    counted: Village, record: Record
) -> None:
    for number in range(25):
        record("rag_judgements", RAG | {"judged_on": date(2024, 1, 1 + number)})
    vocabulary = counted.data_dir / "reference" / "rag.csv"
    vocabulary.parent.mkdir()
    vocabulary.write_text("code,label,in_scope,polarity,source\namber,Amber,true,harm,ToR\n")
    built = counted.build()
    assert built.tallies["rag_judgements"] == {"read": 25, "rejected": 25}
    assert built.conflicts == {"rag_judgements": 25}
    assert {tuple(one) for one in disputes(counted)} == {("rag_judgements", "", "unknown_code:value", None, "neither")}


def test_an_update_of_an_entry_no_file_holds_any_more_is_listed_and_not_lost(counted: Village, record: Record) -> None:
    record("actions", {"status": "done"}, entry=ENTRY, place_id="B01")
    assert counted.build().tallies["actions"] == {"read": 1, "rejected": 1}
    assert disputes(counted) == [["actions", "", "blank:action_ref", None, "neither"]]


WRITTEN = (
    'walk, "talk"; and walk again', "young people's own words", "walk the park\nafter school", "=walk the park", "x" * 2001,
    "by 12 March 2024 at the latest", "walk twice a week, 7 pm to 9 pm", "£40 for lights", "50% more lights", "walk - talk",
    "from 3/2 to 9/2", "talk to the shops (all of them) about lights & paths", "a road, a park, a school", "1 2 3 4 5 6 7 8",
    "“quoted”", "café lights", "born 12 March 2009", "0117 496 0123", "BS1 4ND", "walk | talk", "\tlights\t", "# lights",
)  # fmt: skip


def test_whatever_the_store_takes_the_door_takes_word_for_word(counted: Village, record: Record) -> None:
    taken = []
    for text in WRITTEN:
        with suppress(TextHeld, NotRecorded):
            taken.append(record("actions", ACTION | {"action": text}).fields["action"])
    record("neighbourhood_assessments", {"place_id": "B01", "status": "stepped_up", "moved_on": date(2024, 2, 6),
                                         "visible_from": date(2024, 5, 1), "report_back_on": date(2024, 2, 20)})  # fmt: skip
    record("interventions", {"place_id": "B01", "intervention_type": "detached_outreach", "started_on": date(2024, 3, 1)})
    record("place_strengths", {"place_id": "B01", "noted_on": date(2024, 2, 6), "kind": "strength", "note": "a good park",
                               "role": "Chair"})  # fmt: skip
    record("emerging_concerns", {"place_id": "B01", "harm_group": "violence_and_fear", "role": "Chair",
                                 "fortnight_starting": date(2024, 1, 29), "reason": "fights near the shops"})  # fmt: skip
    record("edge_leads", {"place_id": "B02", "lead_locality": "west", "shared_with": "east", "agreed_on": date(2024, 2, 6)})
    record("meetings", {"locality": "west", "met_on": date(2024, 2, 13)})
    record("safety_goals", {"place_id": "B01", "goal": "safe to walk home", "review_on": date(2024, 8, 1)})
    record("agenda_items", {"place_id": "B01", "raised_on": date(2024, 2, 6), "for_meeting_on": date(2024, 2, 13),
                            "item": "how the lights are going", "presenter_role": "Chair"})  # fmt: skip
    built = counted.build()
    registers = {feed: tally for feed, tally in built.tallies.items() if feed != "incidents"}
    assert len(registers) == 9
    assert {feed: tally for feed, tally in registers.items() if tally["read"] != tally.get("counted")} == {}
    assert len(taken) > 10
    assert sorted(one for [one] in known(counted, "actions", "action")) == sorted(taken)
    counted.publish()


def test_words_that_passed_a_careless_screen_are_held_at_the_gate(counted: Village) -> None:
    canary = "Zxqwvbn"
    careless = wanted("rag_judgements", RAG | {"reason": f"fights with {canary}"})
    at = datetime(2024, 2, 6, tzinfo=UTC)
    open_store(counted.settings).record(careless, screen=lambda text: Verdict("accepted"), at=at)
    counted.build()
    counted.publish()
    register = counted.snapshot().register("rag_judgements")
    assert register["reason"].isna().all()
    assert not any(canary.encode() in file.read_bytes() for file in (counted.data_dir / "snapshots").iterdir())


def test_words_sent_to_the_steward_wait_there_and_leave_once_released(counted: Village, record: Record) -> None:
    record("rag_judgements", RAG | {"reason": "fights with Zxqwvbn"}, may_wait=True)
    counted.build()
    counted.publish()
    register = counted.snapshot().register("rag_judgements")
    assert register[["value", "reason", "held_back"]].values.tolist() == [["red", None, ("reason",)]]
    keys = keys_of(counted.settings)
    [held] = held_texts(counted.settings, keys)
    decide(counted.settings, keys, held.id, "release", role="Chair", decided_at=datetime(2024, 2, 7, tzinfo=UTC))
    counted.publish()
    assert list(counted.snapshot().register("rag_judgements")["reason"]) == ["fights with Zxqwvbn"]


def test_something_recorded_long_after_every_delivery_is_likely_a_wrong_clock(counted: Village, record: Record) -> None:
    record("rag_judgements", RAG, on=date(2026, 2, 6))
    with pytest.raises(ContractError, match="the newest entry was recorded on 2026-02-06, long after every delivery"):
        counted.build()
    assert counted.build(as_at=date(2024, 2, 5)).as_at == date(2024, 2, 5)


def test_what_was_recorded_is_no_file_that_a_purge_would_look_for(counted: Village, record: Record) -> None:
    record("rag_judgements", RAG)
    counted.build()
    assert counted.ask("SELECT name FROM deliveries ORDER BY 1")["name"].tolist() == [
        "incidents/delivery.csv", "rag_judgements/(recorded)",
    ]  # fmt: skip
    with open_warehouse(counted.settings, counted.data_dir) as warehouse:
        [(files, *_)] = run_sql(warehouse, "intake/made_from").fetchall()
    assert files == ["incidents/delivery.csv"]


def test_what_is_said_of_conflicts_holds_no_words(counted: Village, record: Record) -> None:
    from typer.testing import CliRunner

    from pipelines.cli import app

    row = "B01,2024-02-06,green,Chair,quiet near the shops"
    counted.deliver("rag_judgements", f"place_id,judged_on,value,role,reason\n{row}\n", delivered_on="2024-02-09")
    record("rag_judgements", RAG)
    counted.build()
    where = ["--data-dir", str(counted.data_dir)]
    said = CliRunner().invoke(app, ["conflicts", *where]).output
    assert "rag_judgements" in said
    assert "says red, rag_judgements/delivery.csv says green; what was recorded stands" in said.replace("\n", " ")
    assert "quiet" not in said
    assert len(json.loads(CliRunner().invoke(app, ["conflicts", "--json", *where]).output)) == 2
