"""The assessments page: where each one is, what is late, and who has none."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, assessed, reads, registers
from dashboard.wording import assessments as words
from dashboard.wording import interventions as work
from pipelines.insight.plans import Assessment
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.insight.stories import Story

AS_AT = date(2026, 10, 7)
LABELS = {"proposed": "Proposed", "agreed": "Agreed", "closed_improved": "Closed, improved"}
PAGE = "from dashboard.views import assessments\nassessments.page()\n"
NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _shown_to_the_manager(monkeypatch):
    monkeypatch.setattr(access, "SHOWN_TO", Audience("manager"))


def opened(data_dir: Path, monkeypatch, shown_to: str = "manager", page_of: str = PAGE, **query: str) -> AppTest:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(data_dir))
    access.show_to(shown_to)
    page = AppTest.from_string(page_of, default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def text_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def assessment(status: str | None = "agreed", *, days: int = 40, due: date | None = None, led: bool = False) -> Assessment:
    state = None if due is None else "overdue" if due < AS_AT else "later"
    return Assessment(
        "B01", None if led else status, AS_AT, days, "Youth Service", "Youth Work Lead", None, due, state, None, led
    )


def story(name: str = "Mill Park", at: Assessment | None = None, **more) -> Story:
    plain = Story(
        area_level="beat", area_id=name, name=name, place_category=None, harm=(), direction="rising", led_by=None,
        why_listed=(), lacking=(), assessment=at, moves=(), interventions=(), rag=None, worth_discussing=False,
        strengths=(), goals=(), actions=(), concerns=(),
    )  # fmt: skip
    return replace(plain, **more)


def test_the_page_counts_what_the_register_says(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch)
    assert not page.exception
    stories = reads.ask(reads.current_snapshot(Audience("manager")), "stories", None)
    backs = [one.assessment.report_back for one in stories if one.assessment]
    assert backs.count("overdue") > 0
    assert words.summary(len(backs), backs.count("overdue"), backs.count("due_soon")) in text_of(page)
    for one in stories:
        assert (one.assessment is None and not one.needs_plan) or one.name in text_of(page)


def test_overdue_report_backs_stand_before_the_board_and_the_latest_stands_first():
    late = story("Late Lane", assessment(due=date(2026, 9, 20)))
    later = story("Later Lane", assessment(due=date(2026, 8, 20)))
    fine = story("Fine Lane", assessment(due=date(2026, 11, 20)))
    every = assessed.assessed([fine, late, later, story("No Lane")])
    assert [one.name for one in every] == ["Later Lane", "Late Lane", "Fine Lane"]
    table = assessed.overdue_table(every, LABELS, AS_AT)
    assert table.index("Later Lane") < table.index("Late Lane")
    assert "20 September 2026, 17 days ago" in table
    assert "Fine Lane" not in table


def test_only_overdue_leaves_the_others_out_of_the_board_and_the_map(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch)
    board = next(html for html in (one.proto.body for one in page.get("html")) if "sp-ladder" in html)
    narrowed = page.checkbox(key="assessments:late").set_value(True).run()
    late = next(html for html in (one.proto.body for one in narrowed.get("html")) if "sp-ladder" in html)
    assert late.count("sp-ladder-card") < board.count("sp-ladder-card")
    assert late.count("sp-ladder-card") == late.count("sp-reg-overdue")


@pytest.mark.parametrize("at", [assessment(led=True), assessment("stepped_up")], ids=["led elsewhere", "stepped up"])
def test_what_is_led_elsewhere_says_so_and_nothing_else(at):
    hidden = story("Quiet Lane", at)
    every = assessed.assessed([hidden])
    board = registers.status_board(every, LABELS, None)
    shown = board + assessed.all_table(every, LABELS, None) + registers.status_figures(every, LABELS)[0].words
    assert words.LED_ELSEWHERE in shown
    for secret in ("Youth Service", "Youth Work Lead", "40 days", "tepped"):
        assert secret not in shown


def test_a_place_that_needs_a_plan_says_why_it_is_there_and_what_is_lacking_those_with_no_assessment_first():
    tried = story("Other Lane", assessment(), why_listed=("concern",), lacking=("no_intervention",))
    none = story("Bare Lane", why_listed=("rising", "concern"), lacking=("no_assessment", "not_reviewed"))
    queue = assessed.queue([tried, none, story("Calm Lane")], {})
    assert queue.index("Bare Lane") < queue.index("Other Lane")
    assert "Rising and a new concern was raised" in queue
    assert "No assessment under way and not reviewed lately" in queue
    assert "Calm Lane" not in queue


def test_a_judgement_stands_beside_the_direction_with_its_role_and_day_and_a_difference_is_worth_discussing():
    rag = {"value": "green", "role": "Youth Work Lead", "judged_on": AS_AT, "led_elsewhere": False, "held_back": ()}
    queue = assessed.queue([story(why_listed=("rising",), lacking=("no_assessment",), rag=rag, worth_discussing=True)], {})
    assert "Green (Youth Work Lead, 7 October 2026)" in queue
    assert words.WORTH_DISCUSSING in queue
    assert "▲" in queue


def test_days_in_a_status_are_said_by_the_middle_and_the_longest():
    places = [story(f"Lane {days}", assessment(days=days)) for days in (3, 90, 10)]
    assert "<td>3</td><td>10 days</td><td>90 days</td>" in assessed.days_table(places, LABELS)


def test_a_chosen_place_shows_its_history_and_never_enters_the_url(larkhaven, monkeypatch):
    page = opened(larkhaven, monkeypatch, locality="north")
    assert page.session_state["locality"] == "north"
    stories = reads.ask(reads.current_snapshot(Audience("manager")), "stories", "north")
    one = next(one for one in stories if len(one.moves) > 1)
    page.selectbox(key="assessments:place").set_value(one.area_id).run()
    assert not page.exception
    assert words.HISTORY in text_of(page)
    assert all(move["reason"] in text_of(page) for move in one.moves if not move["led_elsewhere"])
    assert page.session_state["place"] == one.area_id
    assert dict(page.query_params) == {"locality": "north"}


def test_a_meeting_sees_its_own_places_alone_and_the_board_is_told_where_to_look(larkhaven, monkeypatch):
    meeting = opened(larkhaven, monkeypatch, "meeting:north")
    own = {one.name for one in reads.ask(reads.current_snapshot(Audience("meeting", "north")), "stories", "north")}
    every = reads.ask(reads.current_snapshot(Audience("manager")), "stories", None)
    others = {one.name for one in every if one.assessment} - own
    assert others
    assert not [name for name in others if name in text_of(meeting)]
    assert "locality" not in [box.key for box in meeting.selectbox]
    board = opened(larkhaven, monkeypatch, "board")
    assert not board.exception
    assert words.NOT_FOR_YOU in text_of(board)


def test_with_empty_registers_both_pages_draw_and_say_so(village, monkeypatch):
    village.incidents("one,2024-01-05,robbery,400500,300500")
    village.build()
    village.publish()
    page = opened(village.data_dir, monkeypatch)
    assert not page.exception
    assert words.EMPTY in text_of(page)
    assert words.NO_ACTIONS in text_of(page)
    interventions = opened(village.data_dir, monkeypatch, page_of=PAGE.replace("assessments", "interventions"))
    assert not interventions.exception
    assert work.EMPTY in text_of(interventions)


def test_a_place_may_be_called_anything():
    nasty = story(NASTY, assessment(due=date(2026, 9, 1)), why_listed=("rising",), lacking=("no_assessment",))
    every = assessed.assessed([nasty])
    drawn = [
        assessed.overdue_table(every, LABELS, AS_AT), assessed.all_table(every, LABELS, None), assessed.queue(every, {}),
        registers.status_board(every, LABELS, None), registers.history(nasty, LABELS, {}),
    ]  # fmt: skip
    for html in drawn:
        assert "<img" not in html
        assert "&lt;img" in html


def test_every_status_has_a_mark_of_its_own_and_the_map_asks_nobody(larkhaven, monkeypatch):
    marks = [look.mark for look in registers.STATUSES.values()]
    assert len(set(marks)) == len(marks)
    statuses = open_snapshot(larkhaven, Audience("manager")).vocabulary("assessment_status")
    assert set(statuses) - {"stepped_up"} <= set(registers.STATUSES)
    (component,) = opened(larkhaven, monkeypatch).get("component_instance")
    assert "http" not in json.dumps(json.loads(component.proto.json_args)["js_links"])
