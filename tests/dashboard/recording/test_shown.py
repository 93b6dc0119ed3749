"""What was recorded, laid over what a meeting sees: marked, in its place, and never more than may be shown."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from dashboard.meeting import card, rows
from dashboard.recording import choices, shown
from dashboard.recording.sitting import sitting
from dashboard.wording import meeting as meeting_words
from dashboard.wording import recording as words

DAY, MEETS = date(2026, 10, 13), "2026-10-13"
DAYS = {"meets_on": "2026-10-13", "last_met_on": "2026-10-06"}


def row(feed: str, place: str, number: int = 1, **fields: str) -> dict[str, Any]:
    return {
        "feed": feed, "entry_id": f"e{number}", "place_id": place, "fields": fields, "number": number, "is_update": False,
        "at": "2026-10-13T14:30:00+00:00", "role": "business_support", "locality": "north", "meeting_on": MEETS,
    }  # fmt: skip


@pytest.fixture
def place(north, town) -> dict[str, Any]:
    """A place of the North meeting that nobody assesses."""
    return next(one for one in north["places"] if one["assessment"] is None)


def over(north: dict[str, Any], *found: dict[str, Any], on: date = DAY) -> dict[str, Any]:
    return shown.over(north, found, on=on, now=MEETS)


def of(view: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in view["places"] if one["area_id"] == place["area_id"])


def move(place: dict[str, Any], status: str = "agreed", **more: str) -> dict[str, Any]:
    return row("neighbourhood_assessments", place["area_id"], status=status, moved_on="2026-10-13", **more)


def test_nothing_recorded_leaves_the_view_as_it_is(north, town):
    assert over(north) is north
    assert over(north, row("rag_judgements", "X99", value="red", judged_on=MEETS)) is north


def test_a_move_is_where_the_plan_is_with_its_mark_and_its_lead(north, place):
    view = over(north, move(place, lead_agency="Youth Service", report_back_on="2026-10-27"))
    html = card.card(view, of(view, place))
    plan = html[html.index(f">{meeting_words.PLAN}<") :]
    assert plan.index(words.THIS_MEETING) < plan.index("Agreed")
    assert "Youth Service" in plan
    assert "27 October 2026" in plan
    assert place["assessment"] is None, "what was published is as it was"


def test_a_move_of_an_earlier_day_does_not_stand_before_a_later_one(north, town):
    known = next(one for one in north["places"] if one["assessment"] and not one["assessment"]["led_elsewhere"])
    early = row("neighbourhood_assessments", known["area_id"], status="proposed", moved_on="2020-01-01")
    assert of(over(north, early), known)["assessment"] == known["assessment"]


def test_every_part_of_a_card_carries_the_mark_of_what_is_new_in_it(north, place):
    area = place["area_id"]
    view = over(
        north, row("safety_goals", area, 1, goal="peace at the bus stop"),
        row("place_strengths", area, 2, kind="strength", note="a busy pitch", noted_on=MEETS, role="Chair"),
        row("actions", area, 3, lead_agency="Housing", action="mend the lights", status="agreed", updated_on=MEETS),
        row("emerging_concerns", area, 4, harm_group="exploitation", fortnight_starting="2026-10-05", role="Chair",
            reason="followed home"),
        row("rag_judgements", area, 5, value="red", judged_on=MEETS, role="Chair"),
    )  # fmt: skip
    html = card.card(view, of(view, place))
    for text in ("peace at the bus stop", "a busy pitch", "mend the lights", "followed home"):
        assert any(words.THIS_MEETING in html[max(0, at - 120) : at] for at in positions(html, text)), text
    assert area in view["sections"]["since"]
    assert view["sections"]["concerns"][0]["reason"] == "followed home"
    assert all(rows.row(view, section, of(view, place), here=False) for section in meeting_words.SECTIONS)


def positions(html: str, text: str) -> list[int]:
    return [at for at in range(len(html)) if html.startswith(text, at)]


def test_what_a_place_lacks_is_no_longer_said_to_be_lacking_once_it_was_recorded(north, place):
    lacks = {**place, "why_listed": ["rising"], "lacking": ["no_assessment", "no_intervention", "not_reviewed"]}
    view = {**north, "places": [lacks]}
    assert of(over(view, move(place)), place)["lacking"] == ["no_intervention"]
    assert of(over(view, move(place, "proposed")), place)["lacking"] == ["no_assessment", "no_intervention"]
    judged = row("rag_judgements", place["area_id"], value="red", judged_on=MEETS, role="Chair")
    assert of(over(view, judged), place)["lacking"] == ["no_assessment", "no_intervention"]
    done = over({**view, "places": [{**lacks, "lacking": ["no_assessment"]}]}, move(place))
    assert meeting_words.PLANNED_NOW in rows.row(done, "needs_plan", of(done, place), here=False)


def test_what_another_meeting_recorded_says_of_which_day(north, place):
    earlier = {**move(place), "meeting_on": "2026-10-06"}
    view = over(north, earlier)
    assert "recorded 6 October 2026" in card.card(view, of(view, place))
    assert words.THIS_MEETING not in card.card(view, of(view, place))


def test_a_step_up_shows_nothing_but_that_it_is_led_elsewhere_until_its_day(north, place):
    stepped = move(place, "stepped_up", lead_agency="First Response", visible_from="2026-11-01")
    view = over(north, stepped)
    html = card.card(view, of(view, place))
    assert "ed elsewhere: ask the chair" in html
    assert "First Response" not in html + json.dumps(view["sections"])
    later = over(north, stepped, on=date(2026, 11, 1))
    assert "First Response" in card.card(later, of(later, place))


def test_a_frozen_meeting_keeps_of_a_step_up_that_it_is_led_elsewhere(north, place):
    kept = {**row("neighbourhood_assessments", place["area_id"]), "led_elsewhere": True}
    view = over(north, kept)
    assert of(view, place)["assessment"]["led_elsewhere"]
    assert "Led elsewhere: ask the chair." in card.card(view, of(view, place))


def asked(place: dict[str, Any], number: int = 1, **fields: str) -> dict[str, Any]:
    return row("agenda_items", place["area_id"], number, item="how the lights are going", **fields)


def asked_for(view: dict[str, Any], place: dict[str, Any]) -> str:
    return rows.row(view, "report_backs", {**of(view, place), "recorded_lines": ()}, here=False)


def test_what_was_put_on_the_agenda_of_this_meeting_stands_on_it_at_once_and_of_the_next_in_its_card(north, place):
    before = over(north, asked(place, raised_on="2026-10-12", presenter_role="Youth Work Lead"))
    assert "On this agenda</span>, Youth Work Lead: how the lights are going" in asked_for(before, place)
    assert words.THIS_MEETING in asked_for(before, place)
    at_it = over(north, asked(place, raised_on=MEETS))
    assert "how the lights are going" not in asked_for(at_it, place)
    html = card.card(at_it, of(at_it, place))
    assert "<strong>For the next agenda</strong>: how the lights are going" in html
    later = over(north, asked(place, raised_on=MEETS, for_meeting_on="2026-11-10"))
    html = card.card(later, of(later, place))
    assert "<strong>For the agenda of 10 November 2026</strong>" in html
    assert "This meeting: For the agenda of 10 November 2026: how the lights are going." in html


def test_an_agenda_item_that_was_moved_to_a_later_meeting_leaves_this_one(north, town):
    known = next(one for one in north["sections"]["report_backs"] if one["kind"] == "agenda_item")
    place = next(one for one in north["places"] if one["area_id"] == known["area_id"])
    assert known["item"] in asked_for(north, place)
    moved = {**row("agenda_items", known["area_id"], for_meeting_on="2026-11-10"), "entry_id": known["entry_id"],
             "is_update": True}  # fmt: skip
    view = over(north, moved)
    assert known["item"] not in asked_for(view, place)
    assert f"For the agenda of 10 November 2026</strong>: {known['item']}" in card.card(view, of(view, place))


def test_a_meeting_frozen_before_there_were_agenda_items_is_shown_as_it_was(north, place):
    old = {**north, "places": [{name: said for name, said in one.items() if name != "agenda_items"}
                               for one in north["places"]]}  # fmt: skip
    assert all(card.card(old, one) for one in over(old, move(place))["places"])


def test_words_with_markup_in_them_are_shown_as_they_were_written(north, place):
    nasty = "<img src=x onerror=alert(1)>"
    item = row("agenda_items", place["area_id"], 2, item=nasty, presenter_role=nasty, raised_on="2026-10-12")
    view = over(north, row("safety_goals", place["area_id"], goal=nasty), item)
    html = "".join(rows.row(view, section, of(view, place), here=False) for section in ("since", "report_backs"))
    html += card.card(view, of(view, place))
    assert "<img" not in html


@pytest.mark.parametrize(
    "written", ["3/11/2026", "03/11/2026", "2026-11-03", "3 November 2026", "3 Nov 2026", "Tuesday 3 November 2026"]
)
def test_a_day_may_be_written_as_people_write_it(written):
    assert choices.as_day(written) == date(2026, 11, 3)


@pytest.mark.parametrize("written", ["", None, "next week", "31/2/2026", "11/2026", "3 Smarch 2026"])
def test_what_is_no_day_is_none(written):
    assert choices.as_day(written) is None


@pytest.mark.parametrize(
    ("today", "meeting", "said"),
    [("2026-10-13", "2026-10-13", "2026-10-13"), ("2026-10-12", "2026-10-13", "2026-10-12"),
     ("2026-10-07", "2026-10-06", "2026-10-06"), ("2026-12-01", "2026-10-13", "2026-10-13")],
)  # fmt: skip
def test_it_is_the_meeting_nearest_to_today_and_no_entry_is_of_a_day_to_come(monkeypatch, today, meeting, said):
    monkeypatch.setattr("dashboard.recording.sitting.today", lambda: date.fromisoformat(today))
    found = sitting("north", {"north": "North"}, DAYS, {})
    assert (found.meeting_on.isoformat(), found.said_on.isoformat()) == (meeting, said)


def test_a_locality_with_no_meetings_in_its_register_records_for_today(monkeypatch):
    monkeypatch.setattr("dashboard.recording.sitting.today", lambda: DAY)
    assert sitting("north", {"north": "North"}, {"meets_on": None, "last_met_on": None}, {}).meeting_on == DAY
