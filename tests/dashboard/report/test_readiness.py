"""What is looked at before a pack is issued: sources, words that wait, concerns, the register, and the working-day clock."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest

from dashboard.report import __main__ as program
from dashboard.report.asked import NotAsked, next_meeting
from dashboard.report.readiness import Check, late, of_board, of_fortnight, readiness
from dashboard.wording import reports as words
from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.insight.recorded import STORY_REGISTERS
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def north(larkhaven) -> Snapshot:
    return open_snapshot(larkhaven, Audience("meeting", "north"))


def checks(snapshot: Snapshot, *about, **more) -> dict[str, Check]:
    return {one.code: one for one in readiness(snapshot, *about, **more)}


def test_every_line_of_the_checklist_is_there_once_and_says_something(north):
    found = readiness(north, "north", date(2026, 10, 13))
    assert [one.code for one in found] == list(words.READY)
    assert all(one.said.endswith(".") for one in found)


def test_a_pack_is_due_a_working_day_before_and_bank_holidays_are_none(north):
    assert north.pack_due_on(date(2026, 10, 13)) == north.clock("north").pack_due_on == date(2026, 10, 12)
    assert north.pack_due_on(date(2026, 10, 12)) == date(2026, 10, 9)
    assert north.pack_due_on(date(2026, 12, 29)) == date(2026, 12, 24)


def test_a_pack_is_late_the_day_after_it_was_due_and_not_before(north):
    meeting_on, due_on = date(2026, 10, 13), date(2026, 10, 12)
    assert late(north, meeting_on, due_on) == ""
    assert late(north, meeting_on, due_on + timedelta(days=1)).startswith("Late: this pack was due on 12 October 2026")
    assert checks(north, "north", meeting_on, today=due_on)["due"].well
    assert not checks(north, "north", meeting_on, today=meeting_on)["due"].well


def test_a_day_that_is_no_meeting_is_said(north):
    assert checks(north, "north", date(2026, 10, 13))["meeting"].well
    assert not checks(north, "north", date(2026, 10, 14))["meeting"].well


def test_a_concern_is_waiting_until_somebody_looked_after_it_was_raised(larkhaven):
    said = []
    for locality in ("north", "south"):
        snapshot = open_snapshot(larkhaven, Audience("meeting", locality))
        found = checks(snapshot, locality, date(2026, 10, 13))["reviewed"]
        for story in snapshot.stories(locality):
            raised = [one["fortnight_starting"] for one in story.concerns
                      if one["fortnight_starting"] >= snapshot.as_at - timedelta(days=42)]  # fmt: skip
            looked = [one["moved_on"] for one in story.moves] + ([story.rag["judged_on"]] if story.rag else [])
            waits = any(raised) and not any(day and day >= max(raised) for day in looked)
            assert (story.name in found.said) == waits, story.name
            said.append(waits)
    assert any(said)
    assert not all(said)


def test_a_quiet_source_and_an_empty_register_are_said(village):
    village.incidents("R1,2024-01-02,robbery,400500,300500", delivered_on="2024-06-05")
    village.build()
    village.publish()
    found = checks(village.snapshot(Audience("meeting", "west")), "west", date(2024, 6, 11))
    assert not found["fresh"].well
    assert "Incidents" in found["fresh"].said
    assert not found["meeting"].well


def by_code(found) -> dict[str, Check]:
    return {one.code: one for one in found}


@pytest.fixture(scope="module")
def team(larkhaven) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


def test_a_fortnight_is_looked_at_before_it_is_issued(team):
    found = of_fortnight(team, team.as_at, compared=True)
    assert [one.code for one in found] == list(words.READY_FORTNIGHT)
    assert all(one.said.endswith(".") for one in found)
    assert by_code(found)["over"].well
    assert by_code(found)["compared"].well


def test_a_fortnight_that_is_not_over_and_one_with_nothing_before_it_are_said(team):
    found = by_code(of_fortnight(team, team.as_at + timedelta(days=1), compared=False))
    assert not found["over"].well
    assert "8 October 2026" in found["over"].said
    assert not found["compared"].well


def test_entries_that_wait_are_counted_over_the_whole_city(larkhaven, team):
    waiting = int(sum(team.register(feed)["held_back"].map(bool).sum() for feed in STORY_REGISTERS.values()))
    found = by_code(of_fortnight(team, team.as_at, compared=True))["held"]
    assert found.said == words.held_back(waiting)
    assert found.well == (waiting == 0)


def test_an_open_quarter_is_said_before_a_report_to_the_board_is_issued(team):
    whole, opened = by_code(of_board(team, date(2026, 9, 30))), by_code(of_board(team, date(2026, 10, 7)))
    assert list(whole) == list(opened) == list(words.READY_BOARD)
    assert whole["whole"].well
    assert not opened["whole"].well
    assert opened["whole"].said == words.QUARTER_OPEN
    assert whole["others"].well
    assert not opened["others"].well
    assert "Children reported missing" in opened["others"].said


def test_another_source_that_is_not_complete_is_named(village):
    village.incidents("R1,2024-01-02,robbery,400500,300500", covers=("2024-01-01", "2024-06-30"), delivered_on="2024-07-05")
    village.build()
    village.publish()
    told = village.snapshot(Audience("manager"))
    assert by_code(of_board(told, date(2024, 3, 31)))["whole"].well
    assert by_code(of_board(told, date(2024, 3, 31)))["others"].well
    assert words.still_open(["Schools"]) == "Not yet complete: Schools. Figures of what is still open are not in the report."


def test_the_next_meeting_is_the_registers_and_today_is_one(larkhaven, north):
    settings = Settings(larkhaven)
    assert next_meeting(settings, north, date(2026, 10, 7)) == date(2026, 10, 13)
    assert next_meeting(settings, north, date(2026, 10, 13)) == date(2026, 10, 13)
    assert next_meeting(settings, north, date(2026, 10, 14)) == date(2026, 10, 20)


def test_the_command_takes_next_for_a_day_and_says_the_checklist_of_every_document(larkhaven, tmp_path, capsys):
    (tmp_path / "snapshots").symlink_to(larkhaven / "snapshots")
    shutil.copy(larkhaven / "partnership.toml", tmp_path)
    common = ("--data-dir", str(tmp_path), "--today", "2026-10-07")
    for said, checklist in (
        (("pack", "--locality", "North", "--meeting", "next"), words.READY),
        (("fortnight", "--to", "2026-10-07"), words.READY_FORTNIGHT),
        (("board", "--from", "2025-10-01", "--to", "2026-09-30"), words.READY_BOARD),
    ):  # fmt: skip
        assert program.main([*said, "--permission", "P-1", *common]) == 14
        told = capsys.readouterr().err
        assert all(f"  {what}: " in told for what in checklist.values())
        assert ("has 13 October 2026" in told) == (said[0] == "pack")
    with pytest.raises(SystemExit):
        program.main(["pack", "--locality", "North", "--meeting", "whenever", *common])


def test_where_the_register_has_no_later_day_the_partnerships_day_is_the_next(larkhaven, north):
    assert next_meeting(Settings(larkhaven), north, date(2027, 5, 5)) == date(2027, 5, 11)  # a Tuesday


def test_without_a_register_and_a_usual_day_the_day_has_to_be_given(village):
    village.incidents("R1,2024-01-02,robbery,400500,300500", delivered_on="2024-06-05")
    village.build()
    village.publish()
    with pytest.raises(NotAsked, match="give the day"):
        next_meeting(Settings(village.data_dir), village.snapshot(Audience("meeting", "west")), date(2024, 6, 6))


def test_the_board_itself_has_no_checklist(larkhaven):
    with pytest.raises(NotForThisAudience):
        readiness(open_snapshot(larkhaven, Audience("board")), "north", date(2026, 10, 13))
