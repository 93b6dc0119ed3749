"""What was put on the agenda of a meeting to come: of which meeting it is, and until when it stands."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as some

from pipelines.insight.agenda import meeting_of, standing

TUESDAY = date(2026, 10, 13)
DAYS = [TUESDAY + timedelta(weeks=week) for week in range(4)]
some_day = some.dates(TUESDAY - timedelta(days=40), TUESDAY + timedelta(days=60))


def item(raised_on: date | None = TUESDAY, for_meeting_on: date | None = None) -> dict[str, Any]:
    return {"item": "the lights by the path", "raised_on": raised_on, "for_meeting_on": for_meeting_on}


def test_an_item_with_no_day_is_for_the_first_meeting_after_the_one_it_was_raised_at() -> None:
    assert meeting_of(item(), DAYS) == DAYS[1]
    assert meeting_of(item(TUESDAY - timedelta(days=3)), DAYS) == DAYS[0]


def test_an_item_is_for_the_meeting_of_the_day_it_names() -> None:
    assert meeting_of(item(for_meeting_on=DAYS[2]), DAYS) == DAYS[2]


def test_a_meeting_that_was_moved_still_has_what_was_put_on_its_agenda() -> None:
    moved = [DAYS[0], DAYS[2] + timedelta(days=1), DAYS[3]]
    assert meeting_of(item(for_meeting_on=DAYS[2]), moved) == moved[1]


def test_a_day_beyond_the_register_of_meetings_stands_as_it_was_named() -> None:
    assert meeting_of(item(for_meeting_on=date(2027, 3, 2)), DAYS) == date(2027, 3, 2)


def test_with_no_later_meeting_in_the_register_an_item_waits_for_one() -> None:
    assert meeting_of(item(DAYS[-1]), DAYS) is None
    assert [one["meeting_on"] for one in standing([item(DAYS[-1])], DAYS, DAYS[-1] + timedelta(days=90))] == [None]


def test_an_item_stands_on_the_day_of_its_meeting_and_is_gone_the_day_after() -> None:
    assert len(standing([item()], DAYS, DAYS[1])) == 1
    assert standing([item()], DAYS, DAYS[1] + timedelta(days=1)) == []


def test_the_earliest_meeting_stands_first_and_what_has_no_day_last() -> None:
    found = standing([item(DAYS[-1]), item(for_meeting_on=DAYS[3]), item()], DAYS, TUESDAY)
    assert [one["meeting_on"] for one in found] == [DAYS[1], DAYS[3], None]


@given(raised=some_day, named=some.none() | some_day, days=some.lists(some_day, max_size=6), on=some_day)
def test_an_item_always_stands_until_a_meeting_on_or_after_its_day_and_never_behind_it(
    raised: date, named: date | None, days: list[date], on: date
) -> None:
    one = item(raised, named)
    first = named or raised + timedelta(days=1)
    held = [day for day in days if first <= day < on]
    over = bool(held) or bool(named and named < on and not any(day >= named for day in days))
    assert bool(standing([one], days, on)) == (not over)
