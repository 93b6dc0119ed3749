"""The minutes of a meeting and its action log, and the place brief: what they say, to whom, and by whose leave."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import zipfile
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from minuted import MET_ON, NEXT_ON, NOW, Meeting, own_town
from pypdf import PdfReader

from dashboard.report import __main__ as program
from dashboard.report import asked, docx_file, issuing, pdf
from dashboard.report.asked import Wish
from dashboard.report.model import Document, Face, Facts, Heading, Table
from dashboard.report.parts import flat, words_of
from dashboard.report.screened import IssueStopped, require_clean
from dashboard.wording import issued as issued_words
from dashboard.wording import minutes as words
from dashboard.wording.meeting import HELD
from pipelines.insight.minuted import recorded_at
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.record import TextHeld, Wanted, new_token, open_existing
from pipelines.settings import Settings

MINUTES = Wish("minutes", locality="north", meeting_on=MET_ON)
TODAY = MET_ON.isoformat()
GIVE = ["permission", "grant", "--locality", "north", "--approved-by", "Area Service Manager", "--asked-by",
        "Business Support Officer", "--recipients", "Members of the meeting", "--purpose", "Weekly meeting", "--from",
        "2026-10-01", "--until", "2026-12-18", "--today", TODAY]  # fmt: skip
# What somebody might type of a child or a family, whose every part must be held back.
CANARIES = {
    "a name in a reason": ("rag_judgements", "reason", "Tobiah Quillfeather was seen by the shops again"),
    "a telephone number": ("actions", "action", "ring the family on 07700 900123"),
    "an address": ("safety_goals", "goal", "a safe way home to 14 Acacia Avenue"),
    "a postcode": ("place_strengths", "note", "traders near LK4 7QZ look out for young people"),
    "a title and a surname": ("emerging_concerns", "reason", "Mrs Quillfeather says older groups wait there"),
    "initials and an age": ("actions", "aim", "keep T.Q. aged 14 away from the park"),
    "a nickname": ("agenda_items", "item", "what Quillfeather junior says of the park"),
    "a date of birth": ("neighbourhood_assessments", "reason", "born 12/03/2011 and often missing"),
}  # fmt: skip
PIECES = ("Tobiah", "Quillfeather", "07700", "900123", "Acacia", "LK4", "T.Q.", "12/03/2011")


@pytest.fixture(scope="module")
def meeting(larkhaven, tmp_path_factory) -> Meeting:
    """A meeting of North that recorded an hour's worth. What a test records is in tests that make their own."""
    found = Meeting(own_town(larkhaven, tmp_path_factory.mktemp("minutes")))
    found.whole_meeting()
    return found


@pytest.fixture
def another(larkhaven, tmp_path) -> Meeting:
    return Meeting(own_town(larkhaven, tmp_path))


def opened(data_dir: Path, audience: Audience) -> Snapshot:
    """The town's snapshot, kept open between tests as the dashboard keeps it between readers: it holds nothing recorded."""
    return _kept_open((data_dir / "snapshots").resolve().parent, audience)


@cache
def _kept_open(town: Path, audience: Audience) -> Snapshot:
    return open_snapshot(town, audience)


def made(meeting: Meeting, wish: Wish, today: date = MET_ON, snapshot: Snapshot | None = None) -> Document:
    snapshot = snapshot or opened(meeting.data_dir, wish.audience)
    make, _ = asked.makes(wish, snapshot, meeting.data_dir, today=today)
    return make(Face(snapshot.id, snapshot.as_at.isoformat(), "SP-3F2A-91C4", "P-00000000",
                     issued_words.handling("meeting", "North")))  # fmt: skip


def brief_of(place: str, agency: str = "Youth Service") -> Wish:
    return Wish("brief", locality="north", place_id=place, agency=agency)


def table(document: Document, heads: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [tuple(row) for one in flat(document.parts) if isinstance(one, Table) and one.heads == heads for row in one.rows]


def facts(document: Document, place: str) -> dict[str, str]:
    """What is said under the heading of a place."""
    parts = list(flat(document.parts))
    at = next(number for number, one in enumerate(parts) if isinstance(one, Heading) and one.text == place)
    return dict(parts[at + 1].pairs) if isinstance(parts[at + 1], Facts) else {}


def printed(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture(scope="module")
def written_up(meeting) -> Document:
    return made(meeting, MINUTES)


def test_each_place_says_its_status_lead_report_back_rag_with_its_reason_and_goal(meeting, written_up):
    told = facts(written_up, next(iter(meeting.places.values())))
    assert told == {
        words.MOVED: "Scoping", words.LED: "Youth Service, Youth Work Lead", words.BACK: "20 October 2026",
        words.THRESHOLD: "In need", words.WHY[words.MOVED]: "young people say they feel unsafe after school",
        words.RAG: "Red (Chair)", words.WHY[words.RAG]: "more fights near the shops",
        words.GOAL: "young people can walk home without fear", words.SAFER: "adults they know are there after school",
    }  # fmt: skip


def test_a_step_up_is_said_to_be_led_elsewhere_until_the_day_it_may_be_shown(another):
    place, name = next(iter(another.places.items()))
    another.record("neighbourhood_assessments", {
        "place_id": place, "status": "stepped_up", "moved_on": MET_ON, "lead_agency": "Neighbourhood Policing",
        "reason": "many concerns at once", "visible_from": MET_ON - timedelta(days=1)})  # fmt: skip
    assert "Stepped up" in facts(made(another, MINUTES), name)[words.MOVED]
    early = made(another, MINUTES, today=MET_ON - timedelta(days=2))
    assert facts(early, name) == {words.MOVED: words.ELSEWHERE}
    assert "many concerns" not in " ".join(words_of(list(early.parts)))


def test_the_log_says_agency_action_aim_success_and_by_when(meeting, written_up):
    place = next(iter(meeting.places.values()))
    assert table(written_up, words.ACTIONS_HEADS) == [
        (place, "Youth Service", "walk the park after school with young people", "know where they feel unsafe",
         "young people say where they feel safer", "20 October 2026 (agreed)")
    ]  # fmt: skip


def test_an_action_of_a_file_that_was_closed_at_the_meeting_is_in_the_log_whole(another):
    old = next(one for one in another.actions if one["status"] == "overdue")
    another.record("actions", {"status": "done", "updated_on": MET_ON}, entry=old["entry_id"], place_id=old["place_id"])
    document = made(another, MINUTES)
    (row,) = table(document, words.ACTIONS_HEADS)
    assert (row[1], row[2], row[5].partition(" (")[2]) == (old["lead_agency"], old["action"], "done)")
    assert old["action"] not in [one[1] for one in table(document, words.OVERDUE_HEADS) if one[0] == old["lead_agency"]]


def test_overdue_actions_stand_by_agency_and_what_falls_due_is_on_the_next_agenda(meeting, written_up):
    undone = [one for one in meeting.actions if one["status"] not in ("done", "dropped")]
    late = {(one["lead_agency"], one["action"]) for one in undone if one["due_on"] < MET_ON}
    assert late
    assert {row[:2] for row in table(written_up, words.OVERDUE_HEADS)} == late
    first = next(iter(meeting.places.values()))
    assert (first, "Youth Service, Youth Work Lead", "20 October 2026") in table(written_up, words.BACKS_HEADS)
    assert first in [row[0] for row in table(written_up, words.DUE_HEADS)]
    assert words.next_meeting(NEXT_ON) in words_of(list(written_up.parts))


def test_what_was_put_on_a_later_agenda_is_among_the_reminders_with_its_place_role_and_meeting(another):
    first, second, third = list(another.places)[:3]
    another.record("meetings", {"locality": "north", "met_on": NEXT_ON})
    for place, more in ((first, {}), (second, {"presenter_role": "Youth Work Lead", "for_meeting_on": date(2026, 11, 10)})):
        another.record("agenda_items", {"place_id": place, "raised_on": MET_ON, "item": "how the lights are going", **more})
    taken = another.record("agenda_items", {"place_id": third, "raised_on": MET_ON, "item": "said by mistake"})
    another.store.withdraw(taken.number, role="chair", token=new_token(), at=NOW)
    document = made(another, MINUTES)
    item, names = "how the lights are going", another.places
    assert table(document, words.AGENDA_HEADS) == [
        (names[first], item, words.NOT_SAID, "20 October 2026"),
        (names[second], item, "Youth Work Lead", "10 November 2026"),
    ]  # fmt: skip
    assert words.ALSO not in words_of(list(document.parts)), "it has its own table"
    another.record("rag_judgements", {"place_id": third, "judged_on": NEXT_ON, "value": "red", "role": "Chair"},
                   met_on=NEXT_ON, at=NOW + timedelta(days=7))  # fmt: skip
    following = made(another, Wish("minutes", locality="north", meeting_on=NEXT_ON), today=NEXT_ON)
    assert names[first] not in {row[0] for row in table(following, words.AGENDA_HEADS)}, "its meeting is over"


def test_minutes_say_no_count_of_what_happened(written_up):
    said = [text for text in words_of(list(written_up.parts)) if re.search(r"\babout \d|\d+ to \d+\b", text)]
    assert said == []


def test_minutes_hold_no_place_of_another_locality(meeting, written_up):
    everywhere = opened(meeting.data_dir, Audience("manager"))
    others = set(everywhere.areas_of(None)["name"]) - set(meeting.places.values())
    content = printed(pdf.write(written_up))
    assert others
    assert [name for name in others if name in content] == []


def test_the_same_minutes_are_the_same_bytes_in_both_formats(meeting, written_up):
    again = made(meeting, MINUTES, snapshot=open_snapshot(meeting.data_dir, MINUTES.audience))
    assert (pdf.write(again), docx_file.write(again)) == (pdf.write(written_up), docx_file.write(written_up))


def test_a_correction_makes_other_minutes_under_another_number(another):
    another.whole_meeting()
    snapshot = opened(another.data_dir, MINUTES.audience)
    numbers = []
    for _ in range(2):
        _, wanted = asked.makes(MINUTES, snapshot, another.data_dir, today=MET_ON)
        numbers.append(issuing.issue_number(snapshot.id, wanted, "P-00000000"))
        another.record("rag_judgements", {"place_id": next(iter(another.places)), "judged_on": MET_ON, "value": "green",
                                          "role": "Chair"})  # fmt: skip
    assert len(set(numbers)) == 2


def test_two_who_recorded_at_once_are_asked_to_look_again(another):
    place, name = next(iter(another.places.items()))
    judged = {"place_id": place, "judged_on": MET_ON, "value": "red", "role": "Chair"}
    another.record("rag_judgements", judged)
    blind = Wanted("rag_judgements", {**judged, "value": "amber"}, "chair", new_token(), "north", MET_ON, seen=0)
    another.store.record(blind, screen=another.screen, at=NOW)
    document = made(another, MINUTES)
    assert words.AT_ONCE in words_of(list(document.parts))
    checks = {one.code: one for one in asked.checks(MINUTES, opened(another.data_dir, MINUTES.audience),
                                                    another.data_dir, today=MET_ON)}  # fmt: skip
    assert not checks["at_once"].well
    assert name in checks["at_once"].said


def test_a_place_that_moved_without_a_lead_is_said_before_the_minutes_are_issued(another):
    place, name = next(iter(another.places.items()))
    another.record("neighbourhood_assessments", {"place_id": place, "status": "agreed", "moved_on": MET_ON})
    found = asked.checks(MINUTES, opened(another.data_dir, MINUTES.audience), another.data_dir, today=MET_ON)
    check = next(one for one in found if one.code == "led")
    assert (check.well, check.said) == (False, words.not_led([name]))


def run(capsys, data_dir: Path, *given: str) -> tuple[int, str]:
    code = program.main([*given, "--data-dir", str(data_dir)])
    told = capsys.readouterr()
    return code, told.out or told.err


def issue(capsys, data_dir: Path, *given: str) -> tuple[int, str]:
    return run(capsys, data_dir, *given, "--today", TODAY, "--by", "Business Support Officer", "--json")


def test_minutes_are_issued_by_a_permission_that_names_minutes_and_by_no_other(another, capsys):
    another.whole_meeting()
    here, report = another.data_dir, ("minutes", "--locality", "North", "--meeting", TODAY)
    assert run(capsys, here, *GIVE, "--for", "pack", "--standing")[0] == 0
    code, told = issue(capsys, here, *report)
    assert code == 14
    assert "no standing one covers this minutes" in told
    assert not (here / "issued").exists() or not list((here / "issued").iterdir())
    assert run(capsys, here, *GIVE, "--for", "minutes", "--standing")[0] == 0
    code, told = issue(capsys, here, *report)
    assert code == 0
    issued = json.loads(told)
    assert sorted(Path(one).suffix for one in issued["files"]) == [".docx", ".pdf"]
    (entry,) = issuing.log(here)
    assert (entry["document"], entry["audience"], entry["by"]) == ("minutes", "meeting:north", "Business Support Officer")


def test_a_meeting_at_which_nothing_was_recorded_has_no_minutes(another, capsys):
    code, told = issue(capsys, another.data_dir, "minutes", "--locality", "north", "--meeting", "next")
    assert (code, "nothing was recorded" in told) == (2, True)


def test_a_brief_is_issued_for_the_locality_that_leads_the_place(another, capsys):
    first = another.whole_meeting()[0]
    assert run(capsys, another.data_dir, *GIVE, "--for", "brief", "--standing")[0] == 0
    code, told = issue(capsys, another.data_dir, "brief", "--place", first, "--agency", "youth service")
    assert code == 0
    assert all(Path(one).name.startswith(f"brief_{first}_SP-") for one in json.loads(told)["files"])


@pytest.mark.parametrize(("place", "agency"), [("nowhere", "Youth Service"), ("N03", "Nobody")])
def test_a_brief_of_no_place_or_for_no_agency_is_refused(meeting, capsys, place, agency):
    assert issue(capsys, meeting.data_dir, "brief", "--place", place, "--agency", agency)[0] == 2


def plain_numbers(text: str, document: Document) -> list[str]:
    """Digits that are of no date, and of nothing that stands on every page."""
    face = document.face
    for one in (face.snapshot_id, face.issue, face.permission):
        text = text.replace(one, " ")
    text = re.sub(r"Page\s*\d+\s*of\s*\d+", " ", text)
    months = "January|February|March|April|May|June|July|August|September|October|November|December"
    return re.findall(r"\d+", re.sub(rf"\b\d{{1,2}}\s+(?:{months})\s+\d{{4}}\b", " ", text))


def test_a_brief_is_one_page_and_holds_no_number_but_dates(meeting):
    document = made(meeting, brief_of(next(iter(meeting.places))))
    content = pdf.write(document)
    assert len(PdfReader(io.BytesIO(content)).pages) == 1
    text = printed(content)
    assert "young people can walk home without fear" in text
    assert "20 October 2026" in text
    assert plain_numbers(text, document) == []
    word = docx.Document(io.BytesIO(docx_file.write(document)))
    told = "\n".join([*(one.text for one in word.paragraphs), *(cell.text for one in word.tables for row in one.rows
                                                               for cell in row.cells)])  # fmt: skip
    assert "walk the park after school with young people" in told
    assert plain_numbers(told, document) == []


def test_a_brief_holds_the_own_agencys_open_actions_and_nobody_elses(another):
    place = another.whole_meeting()[0]
    for agency, status in (("Housing", "agreed"), ("Youth Service", "done")):
        another.record("actions", {"place_id": place, "lead_agency": agency, "status": status, "updated_on": MET_ON,
                                   "action": f"{status} work of its own"})  # fmt: skip
    rows = table(made(another, brief_of(place)), words.BRIEF_ACTION_HEADS)
    assert [row[0] for row in rows] == ["walk the park after school with young people"]
    assert words.BRIEF_NO_ACTIONS in printed(pdf.write(made(another, brief_of(place, "Licensing"))))


def test_a_brief_of_long_words_and_many_actions_is_still_one_page_and_says_what_it_left_out(another):
    place = another.overfull_place()
    document = made(another, brief_of(place))
    assert len(PdfReader(io.BytesIO(pdf.write(document))).pages) == 1
    said = words_of(list(document.parts))
    assert words.BRIEF_MORE in said
    assert any(one.endswith(words.BRIEF_CUT) for one in said)


def test_what_could_tell_who_somebody_is_is_held_back_and_reaches_no_file(another):
    place = another.whole_meeting()[0]
    sound: dict[str, dict[str, Any]] = {
        "rag_judgements": {"judged_on": MET_ON, "value": "red", "role": "Chair"},
        "actions": {"lead_agency": "Youth Service", "action": "walk the park", "status": "agreed", "updated_on": MET_ON},
        "safety_goals": {}, "place_strengths": {"noted_on": MET_ON, "kind": "strength", "role": "Chair"},
        "emerging_concerns": {"harm_group": "exploitation", "fortnight_starting": date(2026, 10, 12), "role": "Chair"},
        "neighbourhood_assessments": {"status": "agreed", "moved_on": MET_ON}, "agenda_items": {"raised_on": MET_ON},
    }  # fmt: skip
    for feed, column, text in CANARIES.values():
        with pytest.raises(TextHeld) as held:
            another.record(feed, {**sound[feed], "place_id": place, column: text})
        assert held.value.outcome in ("refused", "waits")
        assert not any(piece in str(held.value) for piece in PIECES)
    another.store.close()
    kept = b"".join(one.read_bytes() for one in (another.data_dir / "record").iterdir() if one.is_file())
    assert b"walk the park" in kept, "what was recorded is there to be found"
    assert [piece for piece in PIECES if piece.encode() in kept] == []
    for document in (made(another, MINUTES), made(another, brief_of(place))):
        word = zipfile.ZipFile(io.BytesIO(docx_file.write(document))).read("word/document.xml").decode()
        assert [piece for piece in PIECES if piece in printed(pdf.write(document)) + word] == []


def test_words_that_wait_for_the_steward_are_said_to_wait_in_minutes_brief_and_what_is_frozen(another):
    place, name = next(iter(another.places.items()))
    another.record("rag_judgements", {"place_id": place, "judged_on": MET_ON, "value": "red", "role": "Chair",
                                      "reason": "Quillfeather was seen there"}, may_wait=True)  # fmt: skip
    another.record("actions", {"place_id": place, "lead_agency": "Youth Service", "action": "speak to Quillfeather",
                               "status": "agreed", "updated_on": MET_ON}, may_wait=True)  # fmt: skip
    minutes, brief = made(another, MINUTES), made(another, brief_of(place))
    assert facts(minutes, name)[words.WHY[words.RAG]] == HELD
    for document, heads in ((minutes, words.ACTIONS_HEADS), (brief, words.BRIEF_ACTION_HEADS)):
        assert any(HELD in row for row in table(document, heads))
        assert "Quillfeather" not in printed(pdf.write(document))
    frozen = json.dumps([dict(one) for one in recorded_at(open_existing(Settings(another.data_dir)), "north", MET_ON).rows])
    assert '"held_back": ["reason"]' in frozen
    assert "Quillfeather" not in frozen


def test_words_that_got_into_the_store_by_another_way_stop_the_issue(another, capsys):
    another.whole_meeting()
    another.store.close()
    with sqlite3.connect(another.data_dir / "record" / "record.sqlite") as raw:
        raw.execute("DROP TRIGGER events_never_update")
        raw.execute("UPDATE events SET fields = replace(fields, 'walk', 'visit Tobiah Quillfeather and walk')")
    place = next(iter(another.places))
    for wish in (MINUTES, brief_of(place)):
        snapshot = opened(another.data_dir, wish.audience)
        screen = asked.screen_of(wish, Settings(another.data_dir), snapshot)
        with pytest.raises(IssueStopped) as stopped:
            require_clean(made(another, wish), screen)
        assert "Quillfeather" not in str(stopped.value)


def test_minutes_and_brief_pass_the_screen_as_they_are(meeting):
    for wish in (MINUTES, brief_of(next(iter(meeting.places)))):
        snapshot = opened(meeting.data_dir, wish.audience)
        require_clean(made(meeting, wish), asked.screen_of(wish, Settings(meeting.data_dir), snapshot))


def test_the_board_makes_neither_and_a_meeting_its_own_briefs_alone():
    assert not {"minutes", "brief"} & set(asked.documents_of(Audience("board")))
    assert asked.documents_of(Audience("meeting", "north")) == ("pack", "brief")
    assert not asked.may_make(Audience("meeting", "south"), Wish("brief", locality="north", place_id="N03"))
