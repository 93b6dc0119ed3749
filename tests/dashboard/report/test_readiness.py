"""What is looked at before a pack is issued: sources, words that wait, concerns, the register, and the working-day clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.report.readiness import Check, late, readiness
from dashboard.wording import reports as words
from pipelines.errors import NotForThisAudience
from pipelines.insight.queries import Audience, Snapshot, open_snapshot


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


def test_the_board_has_no_checklist(larkhaven):
    with pytest.raises(NotForThisAudience):
        readiness(open_snapshot(larkhaven, Audience("board")), "north", date(2026, 10, 13))
