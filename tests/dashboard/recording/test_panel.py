"""The Record panel, without a browser: who may, what is refused and why, drafts that are kept, and nothing doubled."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.recording import drafts, kept, who
from dashboard.wording import meeting
from dashboard.wording import recording as words
from pipelines import trail
from pipelines.access import ROLES
from pipelines.insight import frozen
from pipelines.insight.queries import Audience
from pipelines.record import Wanted, new_token
from pipelines.record.engine import URL_VARIABLE

MEETS = date(2026, 10, 13)
NAMED = "Speak to Kacper Wojcik about the bus stop"


def bytes_under(folder: Path) -> bytes:
    """Everything that stands in any file of a data directory but its snapshots."""
    files = [one for one in folder.rglob("*") if one.is_file() and "snapshots" not in one.parts]
    return b"".join(one.read_bytes() for one in files)


def trail_of(folder: Path) -> list[dict[str, object]]:
    files = sorted((folder / "trail").glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_decision_is_four_steps_and_stands_on_the_screen_at_once(panel, store):
    panel.open("rag", value="amber").save()
    [event] = store.events()
    assert (event.feed, event.fields["value"], event.fields["judged_on"]) == ("rag_judgements", "amber", "2026-10-13")
    assert (event.role, event.locality, event.meeting_on) == ("safer_options_manager", "north", MEETS)
    assert words.recorded(1, words.KINDS["rag"], panel.name) in panel.text
    assert "This meeting: RAG: amber" in panel.text
    assert '<span class="sp-rec-mark">this meeting</span>' in panel.text


def test_it_stands_in_the_list_of_what_changed_as_well(panel):
    panel.open("concern", harm_group="exploitation", role="Youth Work Lead", reason="young people were followed home").save()
    panel.press("record_close").press("meeting_close")
    html = panel.text
    changed = html[html.index('id="sp-since"') :]
    assert "This meeting: Concern: Exploitation: young people were followed home." in changed
    concerns = html[html.index('id="sp-concerns"') : html.index('id="sp-rising"')]
    assert "young people were followed home" in concerns


@pytest.mark.parametrize(
    ("kind", "values", "feed"),
    [
        ("status", {"status": "plan_active", "lead_agency": "Youth Service", "lead_role": "Youth Work Lead",
                    "report_back_on": "Tuesday 20 October 2026", "threshold": "in_need"}, "neighbourhood_assessments"),
        ("action", {"lead_agency": "Youth Service", "action": "walk the park after school", "aim": "be there",
                    "success": "fewer fights", "due_on": "3/11/2026"}, "actions"),
        ("goal", {"goal": "young people can wait for the bus in peace", "developed_with": ["young people", "community"],
                  "review_on": "2026-12-01"}, "safety_goals"),
        ("strength", {"kind": "guardian", "role": "Youth Work Lead", "note": "the market traders keep an eye"},
         "place_strengths"),
        ("edge", {"lead_locality": "south", "shared_with": "north"}, "edge_leads"),
        ("step_up", {"lead_agency": "First Response"}, "neighbourhood_assessments"),
        ("agenda", {"item": "how the new lights are going", "presenter_role": "Youth Work Lead",
                    "for_meeting_on": "10/11/2026"}, "agenda_items"),
    ],
)  # fmt: skip
def test_every_kind_can_be_recorded(panel, store, kind, values, feed):
    panel.open(kind, **values).save()
    [event] = store.events()
    assert (event.feed, event.place_id) == (feed, panel.place)
    asked = ("report_back_on", "due_on", "review_on", "for_meeting_on")
    days = [event.fields[name] for name in asked if name in event.fields]
    assert all(date.fromisoformat(day) > MEETS for day in days)


def test_agenda_for_next_time_takes_four_steps_and_is_of_the_day_it_was_asked_for(panel, store):
    panel.open("agenda", item="how the new lights are going").save()
    [event] = store.events()
    assert (event.fields["item"], event.fields["raised_on"]) == ("how the new lights are going", "2026-10-13")
    assert "for_meeting_on" not in event.fields
    assert "This meeting: For the next agenda: how the new lights are going." in panel.text
    panel.press("record_close").press("meeting_close")
    html = panel.text
    backs = html[html.index('id="sp-report_backs"') : html.index('id="sp-since"')]
    assert "On this agenda" in backs, "what was put on it before"
    assert "how the new lights are going" not in re.sub(r'<p class="sp-rec-line">.*?</p>', "", backs), "it is for the next"


def test_an_agenda_item_that_says_nothing_is_not_recorded(panel, store):
    panel.open("agenda", presenter_role="Youth Work Lead").save()
    assert store.events() == []
    assert words.fault(words.LABELS["item"], words.NEEDED) in panel.text


def test_an_action_of_a_meeting_is_said_to_be_done_at_the_next(panel, store):
    panel.open("action", lead_agency="Youth Service", action="walk the park after school").save()
    first = store.events()[0]
    panel.open("action_update", entry=first.entry_key, status="done").save()
    [entry] = store.current("actions")
    assert (entry.fields["status"], entry.fields["action"]) == ("done", "walk the park after school")
    assert [one["action"] for one in trail_of_store(store)] == ["record", "correct"]


def trail_of_store(store):
    return trail_of(store.settings.data_dir)


def test_a_dropped_action_is_asked_why(panel, store):
    panel.open("action", lead_agency="Youth Service", action="walk the park after school").save()
    panel.open("action_update", entry=store.events()[0].entry_key, status="dropped").save()
    assert len(store.events()) == 1
    assert words.fault(words.LABELS["dropped_because"], words.NEEDED) in panel.text


def test_a_stepped_up_place_says_only_that_it_is_led_elsewhere(panel, store):
    panel.open("step_up", lead_agency="First Response", reason="several adults are involved").save()
    panel.press("record_entries")
    assert "Led elsewhere: ask the chair" in panel.text
    assert "several adults" not in panel.text
    assert "First Response" not in panel.text
    assert store.events()[0].fields["status"] == "stepped_up"


def test_refused_words_are_named_to_their_author_and_are_nowhere_else(panel, store, town, caplog, capfd):
    panel.open("action", lead_agency="Youth Service", action="ring 07700 900123 about the park").save()
    assert store.events() == []
    assert "“07700 900123”: a telephone number" in panel.text
    assert words.HELD["refused"] in panel.text
    assert panel.control("action").value == "ring 07700 900123 about the park"
    assert b"900123" not in bytes_under(town)
    assert trail_of(town) == []
    assert dict(panel.page.query_params) == {"locality": "north"}
    assert "900123" not in caplog.text + "".join(capfd.readouterr())


def test_words_that_wait_for_the_steward_are_named_too_and_can_be_written_again(panel, store, town):
    panel.open("action", lead_agency="Youth Service", action=NAMED).save()
    assert "“Kacper" in panel.text
    assert words.HELD["waits"] in panel.text
    assert store.events() == []
    panel.fill(action="speak to the families about the bus stop").save()
    assert [one.fields["action"] for one in store.events()] == ["speak to the families about the bus stop"]
    assert b"Kacper" not in bytes_under(town)


def test_words_saved_a_second_time_go_to_the_steward_and_are_on_no_screen(panel, store):
    panel.open("action", lead_agency="Youth Service", action=NAMED, aim="a calm bus stop").save()
    panel.save()
    [event] = store.events()
    assert (event.waits, event.fields["action"]) == (("action",), NAMED)
    assert words.TO_THE_STEWARD in panel.text
    panel.press("record_entries")
    assert meeting.HELD in panel.text
    assert "Kacper" not in panel.text


def test_other_words_than_those_that_were_named_are_named_first(panel, store):
    panel.open("action", lead_agency="Youth Service", action=NAMED).save()
    panel.fill(aim="so that Bartek is safe").save()
    assert store.events() == []
    assert "“Bartek" in panel.text


def test_words_are_looked_at_as_their_field_is_left_before_anything_is_saved(panel):
    panel.open("action", action=NAMED)
    assert "“Kacper" in panel.text


def test_what_is_missing_is_said_under_its_field_and_nothing_is_recorded(panel, store):
    panel.open("action", due_on="the day after").save()
    assert store.events() == []
    assert words.fault(words.LABELS["lead_agency"], words.NEEDED) in panel.text
    assert words.fault(words.LABELS["due_on"], words.NO_DAY) in panel.text


def test_a_day_before_the_move_is_refused_in_words(panel, store):
    panel.open("status", status="agreed", report_back_on="1/10/2026").save()
    assert store.events() == []
    assert words.fault("Reports back", "is earlier than the day it moved") in panel.text


def test_a_draft_is_kept_while_another_place_and_another_page_are_looked_at(panel, store):
    panel.open("rag", reason="lights are broken again")
    first, name = panel.place, panel.name
    panel.press("meeting_next")
    assert panel.place != first
    assert words.kept_drafts([words.draft_of("RAG", name)]) in panel.text
    panel.press("record_back_0")
    assert panel.place == first
    assert panel.control("reason").value == "lights are broken again"
    panel.fill(value="red").save()
    assert store.events()[0].place_id == first
    assert store.events()[0].fields["reason"] == "lights are broken again"


def test_a_draft_that_is_thrown_away_is_gone(panel):
    panel.open("rag", reason="lights are broken again").press("record_discard")
    assert panel.page.session_state[drafts.DRAFTS] == {}
    panel.press("record_kind_rag")
    assert not panel.control("reason").value


def test_a_store_that_is_down_is_said_in_one_sentence_and_the_same_form_is_recorded_once_when_it_is_up(
    panel, store, town, monkeypatch
):
    panel.open("rag", value="red", reason="lights are broken again")
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    panel.save()
    assert "register store" in panel.text
    assert "Your draft is kept here." in panel.text
    assert "127.0.0.1" not in panel.text
    assert panel.control("reason").value == "lights are broken again"
    monkeypatch.delenv(URL_VARIABLE)
    panel.save()
    assert [one.fields["value"] for one in store.events()] == ["red"]
    assert len(trail_of(town)) == 1


def test_a_store_somebody_else_has_locked_loses_nothing(panel, store, town):
    panel.open("rag", value="red")
    holder = sqlite3.connect(town / "record" / "record.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with store._engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA busy_timeout = 100")
    panel.save()
    assert "Your draft is kept here." in panel.text
    holder.execute("ROLLBACK")
    panel.save()
    assert len(store.events()) == 1
    assert len(trail_of(town)) == 1, "the same entry sent again has its line already"


def test_an_answer_that_was_lost_is_not_recorded_twice(panel, store):
    panel.open("rag", value="red")
    one = next(iter(panel.page.session_state[drafts.DRAFTS].values()))
    stood = store.record(as_wanted(panel.place, one.token, value="red"), screen=accepts, at=kept.clock.now())
    panel.save()
    assert [event.number for event in store.events()] == [stood.number]
    assert words.recorded(stood.number, "RAG", panel.name) in panel.text


def test_an_answer_that_was_lost_and_a_form_that_was_changed_since_become_a_correction(panel, store):
    panel.open("rag", value="red")
    one = next(iter(panel.page.session_state[drafts.DRAFTS].values()))
    store.record(as_wanted(panel.place, one.token, value="red"), screen=accepts, at=kept.clock.now())
    panel.fill(value="green").save()
    assert words.already(1) in panel.text
    panel.save()
    assert [event.fields["value"] for event in store.events()] == ["red", "green"]
    assert [event.corrects for event in store.events()] == [None, 1]
    assert [entry.fields["value"] for entry in store.current("rag_judgements")] == ["green"]


def as_wanted(place: str, token: str, **more: str) -> Wanted:
    fields = {"place_id": place, "judged_on": MEETS, "role": "Deputy Service Manager", **more}
    return Wanted("rag_judgements", fields, "safer_options_manager", token, "north", MEETS, seen=0)


class Accepted:
    outcome, spans = "accepted", ()


def accepts(text: str) -> Accepted:
    return Accepted()


def test_two_at_once_are_both_kept_and_the_second_is_told(panel, another, store):
    other = another()
    panel.open("rag", value="red")
    other.open("rag", value="amber")
    panel.save()
    other.save()
    assert [event.fields["value"] for event in store.events()] == ["red", "amber"]
    assert words.BOTH_KEPT in other.text
    assert words.BOTH_KEPT not in panel.text


def test_what_somebody_else_recorded_of_the_place_meanwhile_is_told(panel, another, store):
    other = another()
    panel.open("rag", value="red")
    other.open("goal", goal="young people can wait for the bus in peace")
    panel.save()
    other.save()
    assert len(store.events()) == 2
    assert words.meanwhile(["RAG"]) in other.text


def test_a_second_strength_of_a_day_does_not_take_the_first_ones_words_away_unsaid(panel, another, store):
    panel.open("strength", kind="strength", role="Youth Work Lead", note="a busy football pitch").save()
    other = another().open("strength", kind="strength", role="Youth Work Lead", note="a warm welcome at the library").save()
    assert len(store.events()) == 1
    assert "a busy football pitch" in other.text
    other.fill(note="a busy football pitch; a warm welcome at the library").save()
    [entry] = store.current("place_strengths")
    assert entry.fields["note"] == "a busy football pitch; a warm welcome at the library"


def test_an_entry_is_corrected_from_the_list_and_one_recorded_by_mistake_is_taken_back(panel, store):
    panel.open("rag", value="red", reason="lights are broken again").save()
    panel.press("record_entries").press("record_correct_1")
    assert words.correcting(1) in panel.text
    panel.fill(value="amber").save()
    assert [(one.corrects, one.fields.get("value")) for one in store.events()] == [(None, "red"), (1, "amber")]
    assert store.events()[1].fields["reason"] == "lights are broken again"
    panel.press("record_mistake_2").press("record_sure_2")
    assert store.current("rag_judgements") == []
    assert words.taken_back(2) in panel.text
    assert [one["action"] for one in trail_of_store(store)] == ["record", "correct", "withdraw"]
    assert words.NONE_YET in panel.text


def test_nothing_is_taken_back_by_one_key(panel, store):
    panel.open("rag", value="red").save()
    panel.press("record_entries").press("record_mistake_1")
    assert store.current("rag_judgements")
    panel.press("record_keep_1")
    assert store.current("rag_judgements")


def test_no_line_on_the_trail_no_entry(panel, store, town, monkeypatch):
    def refuses(*given, **named):
        raise trail.TrailFault("the trail cannot be written")

    monkeypatch.setattr(trail, "write", refuses)
    panel.open("rag", value="red").save()
    assert store.events() == []
    assert words.UNTOLD in panel.text


def test_the_trail_says_that_something_was_recorded_and_neither_where_nor_what(panel, store, town):
    panel.open("rag", value="red", reason="lights are broken again").save()
    [line] = trail_of(town)
    assert line["selection"] == {"register": "rag_judgements", "locality": "north", "meeting": "2026-10-13"}
    assert panel.place not in json.dumps(line)


@pytest.mark.parametrize("role", ["business_support", "deputy_service_manager", "safer_options_manager"])
def test_those_who_write_minutes_chair_and_manage_may_record(signed_in, another, store, role):
    signed_in(role, "north")
    another().open("rag", value="red").save()
    assert [one.role for one in store.events()] == [role]


@pytest.mark.parametrize("role", sorted({*ROLES} - {*who.RECORDERS, "board_reader"}))
def test_nobody_else_is_offered_the_panel(signed_in, another, role):
    signed_in(role, "north")
    page = another()
    assert "sp-meet-agenda" in page.text
    assert not page.has("record_open")


def test_everybody_who_sees_the_meeting_sees_what_it_recorded(signed_in, another):
    another().open("rag", value="red").save()
    signed_in("practitioner", "north")
    assert "This meeting: RAG: red" in another().text


def test_a_locality_that_was_not_granted_is_refused_by_the_server_and_not_only_hidden(signed_in, another, store, town):
    signed_in("business_support", "south")
    page = another()
    assert not page.has("record_open"), "the screen does not offer it"
    signed_in("business_support", "north")
    page = another().open("rag", value="red")
    signed_in("business_support", "south")  # taken away between the drawing of the form and the press of its key
    page.save()
    assert store.events() == []
    assert not [one for one in trail_of(town) if one["action"] == "record"]


def test_whoever_lost_their_access_records_nothing_by_a_form_that_is_still_open(signed_in, another, store, monkeypatch):
    from dashboard.signin import guard

    signed_in("business_support", "north")
    page = another().open("rag", value="red")
    monkeypatch.setattr(guard, "claims", lambda: {})
    guard._recent.found = None
    page.page.button(key="record_save").click().run()
    assert store.events() == []


def test_a_narrower_audience_of_the_demo_may_not_record(another, monkeypatch):
    from dashboard import access, reads

    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("meeting", "north"))
    assert not another().has("record_open")


def test_a_store_that_cannot_be_read_leaves_the_page_standing_and_says_so(panel, store, monkeypatch):
    panel.open("rag", value="red").save()
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    panel.press("meeting_next")
    assert words.CANNOT_READ in panel.text
    assert "sp-meet-card" in panel.text


def test_a_town_nobody_recorded_in_has_no_store_for_being_looked_at(panel, town):
    panel.press("meeting_next")
    assert not (town / "record").exists()


def test_a_frozen_meeting_opened_again_shows_what_was_recorded_at_it_and_takes_no_more(panel, town):
    panel.open("rag", value="red").save().press("meeting_freeze")
    [frozen_one] = frozen.frozen_meetings(town, Audience("manager"))
    panel.page.selectbox(key="meeting_which_north").set_value(frozen_one).run()
    assert frozen_one.met_on == MEETS
    panel.press("meeting_open")
    assert "This meeting: RAG: red" in panel.text
    assert not panel.has("record_open")


def test_a_meeting_whose_records_cannot_be_read_is_not_frozen_without_them(panel, town, monkeypatch):
    panel.open("rag", value="red").save()
    monkeypatch.setenv(URL_VARIABLE, "postgresql://nobody@127.0.0.1:1/none")
    panel.press("meeting_freeze")
    assert panel.page.error
    assert frozen.frozen_meetings(town, Audience("manager")) == []


def place_page(place: str) -> AppTest:
    page = AppTest.from_string("from dashboard.views import place\nplace.page()", default_timeout=60)
    page.session_state["place"] = place
    return page.run()


def test_the_place_page_records_for_the_meeting_of_the_place(town, store):
    page = place_page("N01")
    page.button(key="record_open").click().run()
    page.button(key="record_kind_rag").click().run()
    [value] = [one for one in page.selectbox if (one.key or "").endswith("_value")]
    value.set_value("amber").run()
    page.button(key="record_save").click().run()
    assert not page.exception
    assert [(one.place_id, one.locality) for one in store.events()] == [("N01", "north")]
    said = "\n".join(one.proto.body for one in page.get("html"))
    assert "This meeting: RAG: amber" in said


def test_a_token_is_a_forms_own(town):
    assert drafts.Draft(("north", "N01", "rag", 0)).token != drafts.Draft(("north", "N01", "rag", 0)).token
    assert len(new_token()) == 32
