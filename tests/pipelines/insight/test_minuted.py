"""What a meeting recorded, as rows, laid over the registers of a snapshot; and what the next agenda is reminded of."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from minuted import MET_ON, NEXT_ON, NORTH, NOW, Meeting, own_town

from pipelines.insight.frozen import freeze, read_frozen, view_now
from pipelines.insight.minuted import days_recorded, laid_over, recorded_at, recorded_by
from pipelines.insight.plans import OVERDUE
from pipelines.insight.queries import Snapshot, open_snapshot
from pipelines.insight.recorded import STORY_REGISTERS
from pipelines.insight.reminders import (
    ACTION,
    AGENDA,
    REPORT_BACK,
    WAITING,
    Reminder,
    overdue_by_agency,
    reminders,
    review_within_weeks,
)
from pipelines.record import erase, new_token, open_existing
from pipelines.settings import Settings

MOVES = "neighbourhood_assessments"


@pytest.fixture
def meeting(larkhaven: Path, tmp_path: Path) -> Meeting:
    return Meeting(own_town(larkhaven, tmp_path))


@pytest.fixture
def north(meeting: Meeting) -> Snapshot:
    return open_snapshot(meeting.data_dir, NORTH)


def rows_of(meeting: Meeting, feed: str) -> list[dict[str, Any]]:
    return [
        one for one in recorded_at(open_existing(Settings(meeting.data_dir)), "north", MET_ON).rows if one["feed"] == feed
    ]


def laid(meeting: Meeting, north: Snapshot, feed: str) -> pd.DataFrame:
    return laid_over(north.register(feed), feed, recorded_by(open_existing(Settings(meeting.data_dir)), MET_ON), north.as_at)


def test_a_data_directory_nobody_recorded_in_has_no_rows_and_no_store_is_made(meeting: Meeting) -> None:
    assert recorded_at(open_existing(Settings(meeting.data_dir)), "north", MET_ON).rows == ()
    assert days_recorded(open_existing(Settings(meeting.data_dir)), "north") == []
    assert not (meeting.data_dir / "record").exists()


def test_what_was_corrected_or_taken_back_is_no_row(meeting: Meeting) -> None:
    place = next(iter(meeting.places))
    said = {"place_id": place, "judged_on": MET_ON, "value": "red", "role": "Chair"}
    event = meeting.record("rag_judgements", said)
    meeting.store.correct(event.number, {"value": "amber"}, role="chair", token=new_token(), screen=meeting.screen, at=NOW)
    assert [one["fields"]["value"] for one in rows_of(meeting, "rag_judgements")] == ["amber"]
    meeting.store.withdraw(event.number + 1, role="chair", token=new_token(), at=NOW)
    assert rows_of(meeting, "rag_judgements") == []


def test_words_that_wait_for_the_steward_are_in_no_row_and_said_to_wait(meeting: Meeting, north: Snapshot) -> None:
    place = next(iter(meeting.places))
    said = {"place_id": place, "judged_on": MET_ON, "value": "red", "role": "Chair", "reason": "fights with Zxqwvbn"}
    event = meeting.record("rag_judgements", said, may_wait=True)
    (row,) = rows_of(meeting, "rag_judgements")
    assert row["held_back"] == ("reason",)
    assert "Zxqwvbn" not in str(row)
    register = laid(meeting, north, "rag_judgements").set_index("entry_id")
    assert (register.loc[event.entry_key, "value"], register.loc[event.entry_key, "reason"]) == ("red", None)
    assert register.loc[event.entry_key, "held_back"] == ("reason",)


def test_a_step_up_is_a_row_that_says_its_place_and_nothing_more_until_its_day(meeting: Meeting) -> None:
    place = next(iter(meeting.places))
    meeting.record(MOVES, {"place_id": place, "status": "stepped_up", "moved_on": MET_ON, "reason": "many concerns at once",
                           "lead_agency": "Neighbourhood Policing", "visible_from": MET_ON + timedelta(days=3)})  # fmt: skip
    (row,) = rows_of(meeting, MOVES)
    assert row["led_elsewhere"]
    assert row["fields"] == {"status": "stepped_up"}
    later = recorded_at(open_existing(Settings(meeting.data_dir)), "north", MET_ON, on=MET_ON + timedelta(days=3)).rows[0]
    assert later["fields"]["reason"] == "many concerns at once"


def test_an_update_is_laid_over_the_entry_a_file_delivered(meeting: Meeting, north: Snapshot) -> None:
    old = next(one for one in meeting.actions if one["status"] == "overdue")
    meeting.record("actions", {"status": "done", "updated_on": MET_ON}, entry=old["entry_id"], place_id=old["place_id"])
    now = laid(meeting, north, "actions")
    mine = now[now["entry_id"] == old["entry_id"]].to_dict("records")
    assert [(one["status"], one["action"], one["due_on"]) for one in mine] == [("done", old["action"], old["due_on"])]
    assert len(now) == len(meeting.actions)


def test_what_was_taken_back_since_the_snapshot_stands_in_no_register(meeting: Meeting, north: Snapshot) -> None:
    place = next(iter(meeting.places))
    event = meeting.record("emerging_concerns", {
        "place_id": place, "harm_group": "exploitation", "fortnight_starting": date(2026, 10, 12), "role": "Chair",
        "reason": "older groups wait near the bus stop"})  # fmt: skip
    published = laid(meeting, north, "emerging_concerns")
    assert event.entry_key in set(published["entry_id"])
    meeting.store.withdraw(event.number, role="chair", token=new_token(), at=NOW)
    minuted = recorded_by(open_existing(Settings(meeting.data_dir)), MET_ON)
    assert event.entry_key not in set(laid_over(published, "emerging_concerns", minuted, north.as_at)["entry_id"])


def test_a_snapshot_made_after_it_was_recorded_is_not_laid_over_again(meeting: Meeting, north: Snapshot) -> None:
    old = meeting.actions[0]
    before = datetime.combine(north.as_at - timedelta(days=1), datetime.min.time(), UTC)
    meeting.record("actions", {"status": "dropped", "dropped_because": "no longer wanted", "updated_on": before.date()},
                   at=before, entry=old["entry_id"], place_id=old["place_id"])  # fmt: skip
    now = laid(meeting, north, "actions")
    assert now.loc[now["entry_id"] == old["entry_id"], "status"].tolist() == [old["status"]]


def test_the_rows_come_in_the_order_the_meeting_took_them_and_each_meeting_has_its_own(meeting: Meeting) -> None:
    places = meeting.whole_meeting()
    found = recorded_at(open_existing(Settings(meeting.data_dir)), "north", MET_ON).rows
    assert list(dict.fromkeys(one["place_id"] for one in found if one["place_id"])) == places
    assert recorded_at(open_existing(Settings(meeting.data_dir)), "south", MET_ON).rows == ()
    assert days_recorded(open_existing(Settings(meeting.data_dir)), "north") == [MET_ON]


def test_an_entry_whose_words_were_erased_stands_without_them(meeting: Meeting, north: Snapshot) -> None:
    place = next(iter(meeting.places))
    event = meeting.record("rag_judgements", {"place_id": place, "judged_on": MET_ON, "value": "red", "role": "Chair",
                                              "reason": "more fights near the shops"})  # fmt: skip
    erase(meeting.store, [event.number], approved_by="Chair", reason="it says of whom it is", token=new_token(),
          screen=meeting.screen, at=NOW)  # fmt: skip
    assert [one["fields"] for one in rows_of(meeting, "rag_judgements")] == [
        {"place_id": place, "judged_on": MET_ON.isoformat(), "value": "red"}
    ]  # fmt: skip
    now = laid(meeting, north, "rag_judgements")
    assert now.loc[now["entry_id"] == event.entry_key, ["value", "reason"]].values.tolist() == [["red", None]]


def reminded(meeting: Meeting, north: Snapshot, next_on: date | None = NEXT_ON) -> list[Reminder]:
    minuted = recorded_by(open_existing(Settings(meeting.data_dir)), MET_ON)
    feeds = (*STORY_REGISTERS.values(), "meetings")
    registers = {feed: laid_over(north.register(feed), feed, minuted, north.as_at) for feed in feeds}
    return reminders(registers, north.stories("north"), met_on=MET_ON, next_on=next_on,
                     review_within_weeks=review_within_weeks(north))  # fmt: skip


def test_a_report_back_agreed_at_the_meeting_is_on_the_list_of_the_next_and_not_before_it_is_near(
    meeting: Meeting, north: Snapshot
) -> None:
    place = meeting.whole_meeting()[0]
    backs = {one.place_id: one for one in reminded(meeting, north) if one.kind == REPORT_BACK}
    assert (backs[place].on, backs[place].lead_agency) == (NEXT_ON, "Youth Service")
    sooner = reminded(meeting, north, next_on=NEXT_ON - timedelta(days=1))
    assert place not in {one.place_id for one in sooner if one.kind == REPORT_BACK}


def test_what_was_put_on_the_next_agenda_is_on_its_list_and_what_is_for_a_later_one_is_not(
    meeting: Meeting, north: Snapshot
) -> None:
    first, second, third = list(meeting.places)[:3]
    for place, day in ((first, None), (second, NEXT_ON), (third, NEXT_ON + timedelta(days=1))):
        meeting.record("agenda_items", {"place_id": place, "raised_on": MET_ON, "item": "how the lights are going",
                                        **({"for_meeting_on": day} if day else {})})  # fmt: skip
    asked = [one for one in reminded(meeting, north) if one.kind == AGENDA]
    assert [(one.place_id, one.on) for one in asked] == [(first, NEXT_ON), (second, NEXT_ON)]
    waits = [one for one in reminded(meeting, north, next_on=None) if one.kind == AGENDA and one.on is None]
    assert [one.place_id for one in waits] == [first], "no later meeting is known, so it waits for one"


def test_what_this_meeting_talked_about_is_not_on_the_list_of_the_next(meeting: Meeting, north: Snapshot) -> None:
    published = north.register("agenda_items")
    assert MET_ON in set(published["for_meeting_on"]), "the town has one for this very meeting"
    assert [one for one in reminded(meeting, north) if one.kind == AGENDA] == []


def test_overdue_actions_stand_by_agency_until_one_is_recorded_as_done(meeting: Meeting, north: Snapshot) -> None:
    old = next(one for one in meeting.actions if one["status"] == "overdue")
    late = overdue_by_agency(reminded(meeting, north))
    assert old["entry_id"] in {one.entry["entry_id"] for one in late[old["lead_agency"]] if one.entry}
    assert all(one.due == OVERDUE and one.kind == ACTION for mine in late.values() for one in mine)
    meeting.record("actions", {"status": "done", "updated_on": MET_ON}, entry=old["entry_id"], place_id=old["place_id"])
    left = [one for mine in overdue_by_agency(reminded(meeting, north)).values() for one in mine]
    assert old["entry_id"] not in {one.entry["entry_id"] for one in left if one.entry}


def test_a_place_waits_for_a_plan_until_it_has_one_and_one_raised_at_the_meeting_begins_to(
    meeting: Meeting, north: Snapshot
) -> None:
    before = {one.place_id for one in reminded(meeting, north) if one.kind == WAITING}
    assert before == {one.area_id for one in north.stories("north") if one.needs_plan}
    calm = next(one.area_id for one in north.stories("north") if not one.why_listed and one.lacking)
    raised = {"harm_group": "exploitation", "role": "Chair", "fortnight_starting": MET_ON, "reason": "older groups wait"}
    meeting.record("emerging_concerns", {"place_id": calm, **raised})
    for one in before:
        meeting.record(MOVES, {"place_id": one, "status": "stepped_up", "moved_on": MET_ON})
    assert {one.place_id for one in reminded(meeting, north) if one.kind == WAITING} == {calm}


def test_a_frozen_meeting_holds_what_was_recorded_at_it_and_nothing_of_a_step_up(meeting: Meeting) -> None:
    meeting.whole_meeting()
    freeze(meeting.data_dir, view_now(meeting.data_dir, "north"), MET_ON, wording="1", store=meeting.store)
    meeting.record("rag_judgements", {"place_id": next(iter(meeting.places)), "judged_on": NEXT_ON, "value": "green",
                                      "role": "Chair"}, met_on=NEXT_ON, at=NOW + timedelta(days=7))  # fmt: skip
    kept = read_frozen(meeting.data_dir, "north", MET_ON, NORTH)["view"]["recorded"]
    assert [one["number"] for one in kept] == list(range(1, 9))
    assert {"feed", "place_id", "fields", "number", "at", "role"} <= set(kept[0])
    assert "many concerns at once" not in (meeting.data_dir / "meetings" / f"north_{MET_ON}.json").read_text()
