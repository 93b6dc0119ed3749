"""The Reports page: what is ready, by whose leave, a preview that is no document, an issue that is logged."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path

import pytest
from minuted import Meeting
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, reads, reporting
from dashboard.report import __main__ as report_program
from dashboard.report import asked, board, issuing, ledger, pack, permissions
from dashboard.report.asked import Wish
from dashboard.report.model import Document
from dashboard.report.permissions import NotPermitted, Wanted
from dashboard.report.roles import read_roles
from dashboard.report.screened import IssueStopped, screen_for
from dashboard.wording import minutes
from dashboard.wording import reports as said_of
from dashboard.wording import reports_page as words
from pipelines import trail
from pipelines.insight.queries import Audience
from pipelines.settings import Settings

PAGE = "from dashboard.views import reports\nreports.page()"
NOW = datetime(2026, 10, 9, 9, tzinfo=UTC)
MEETING = date(2026, 10, 13)
PACK = Wish("pack", locality="north", meeting_on=MEETING)
BOARD = Wish("board", first=date(2026, 7, 1), last=date(2026, 9, 30))
MANAGER, NORTH = Audience("manager"), Audience("meeting", "north")


@pytest.fixture
def town(larkhaven, tmp_path, monkeypatch):
    """Larkhaven's snapshots in a data directory of its own, where nothing is permitted or issued yet."""
    here = tmp_path / "town"
    here.mkdir()
    shutil.copyfile(larkhaven / "partnership.toml", here / "partnership.toml")
    (here / "snapshots").symlink_to(larkhaven / "snapshots")
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(here))
    monkeypatch.setattr(reporting, "now", lambda: NOW)
    shown_to(monkeypatch, MANAGER)
    return here


@pytest.fixture
def one_page(monkeypatch):
    """Documents of one page, as PDF alone: what is drawn on the others is tested where it is made."""
    for room in (pack, board):
        monkeypatch.setattr(room, "make", lambda *given, **named: Document("Report", "Larkhaven", given[3], []))
        monkeypatch.setitem(asked.FORMATS, room.__name__.rpartition(".")[2], ("pdf",))


def shown_to(monkeypatch, audience):
    monkeypatch.setattr(access, "SHOWN_TO", audience)


def grant(town: Path, document: str = "pack") -> str:
    wanted = Wanted(document, "Deputy Service Manager", reporting.ISSUER, "Members of the meeting", "Weekly meeting",
                    date(2026, 10, 1), date(2026, 12, 18), "north" if document == "pack" else "",
                    standing=document == "pack")  # fmt: skip
    settings = Settings(town)
    return permissions.grant(
        town, wanted, roles=read_roles(settings), localities=["north", "east_central", "south"], terms=[],
        screen=screen_for(settings, None), granted_at=NOW,
    ).id  # fmt: skip


def shown() -> AppTest:
    page = AppTest.from_string(PAGE, default_timeout=60).run()
    assert not page.exception
    return page


def text_of(page: AppTest) -> str:
    """All HTML of the page, its quotes as they are read."""
    return unescape("\n".join(one.proto.body for one in page.get("html")))


def choose(page: AppTest, locality: str) -> AppTest:
    page.selectbox(key="reports:locality").set_value(locality)
    return page.run()


def test_each_check_stands_with_its_mark_its_word_and_what_was_found(town):
    page = text_of(choose(shown(), "north"))
    assert page.count("✓ ready") + page.count("! look") == 5
    assert "The register of meetings has 13 October 2026 for this locality." in page
    assert "Due on Monday 12 October 2026." in page


@pytest.mark.parametrize(("document", "checklist"), [("fortnight", said_of.READY_FORTNIGHT), ("board", said_of.READY_BOARD)])
def test_every_document_of_the_city_has_a_checklist_too(town, document, checklist):
    page = shown()
    page.radio(key="reports:document").set_value(document)
    told = text_of(page.run())
    assert told.count("✓ ready") + told.count("! look") == len(checklist)
    assert all(what in told for what in checklist.values())


def test_a_pack_asked_for_after_it_was_due_is_said_to_be_late(town, monkeypatch):
    monkeypatch.setattr(reporting, "now", lambda: datetime(2026, 10, 13, 9, tzinfo=UTC))
    assert "this pack was due on 12 October 2026" in text_of(choose(shown(), "north"))


def test_where_no_permission_covers_it_the_command_to_write_one_down_works_as_it_stands(town):
    page = choose(shown(), "north")
    assert page.button(key="issue_report").disabled
    said = reporting.command_to_grant(PACK)
    assert said in text_of(page)
    program, *given = shlex.split(said)
    assert program == "safer-places"
    assert report_program.main([*given, "--today", "2026-10-09"]) == 0
    page = choose(shown(), "north")
    assert not page.button(key="issue_report").disabled
    assert words.NOT_COVERED not in text_of(page)


@pytest.mark.parametrize("document", ["fortnight", "board"])
def test_the_command_for_any_other_document_is_one_that_may_be_given(town, document):
    given = shlex.split(reporting.command_to_grant(Wish(document)))
    assert given[:5] == ["safer-places", "permission", "grant", "--for", document]
    assert "--standing" not in given


def test_a_preview_is_marked_on_every_page_and_is_on_the_trail_and_nowhere_else(town):
    page = choose(shown(), "north")
    page.button(key="make_preview").click().run()
    assert not page.exception
    text = text_of(page)
    made = page.session_state["preview_of_report"][1]
    assert text.count("data:image/png;base64,") == len(made.pages) > 3
    assert f"Page 1 of {len(made.pages)} of the preview, which was not issued" in text
    assert not page.get("download_button")
    assert issuing.log(town) == []
    assert not (town / asked.ISSUED).exists()
    (noted,) = trail.read(town, action="preview")
    assert noted["selection"] == {"document": "pack", "locality": "north"}
    for one in (made.pages[0], made.pages[-1]):
        # The words across the page are the one thing on it in this colour.
        pixels = Image.open(io.BytesIO(one)).convert("RGB").getcolors(1 << 24) or []
        assert sum(count for count, (red, green, blue) in pixels if (red, green, blue) == (208, 171, 153)) > 500
    page.selectbox(key="reports:locality").set_value("south").run()
    assert "data:image/png" not in text_of(page), "a preview of another document is not shown beside this one"


def test_what_is_issued_is_what_the_command_issues_and_is_logged_by_role(town, one_page, capsys):
    leave = grant(town)
    page = choose(shown(), "north")
    page.selectbox(key="reports:by").set_value("Data Steward").run()
    page.button(key="issue_report").click().run()
    assert not page.exception
    (entry,) = issuing.log(town)
    assert (entry["document"], entry["audience"], entry["permission"]) == ("pack", "meeting:north", leave)
    assert (entry["by"], entry["issued_at"]) == ("Data Steward", NOW.isoformat())
    assert words.ISSUED.format(issue=entry["issue"]) in text_of(page)
    assert [one.label for one in page.get("download_button")] == [f"Download PDF, {entry['issue']}"]
    made = reporting.content(entry, "pdf")
    given = ["pack", "--locality", "North", "--meeting", "2026-10-13", "--today", "2026-10-09", "--into", str(town)]
    assert report_program.main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["issue"] == entry["issue"]
    assert (town / f"pack_north_2026-10-13_{entry['issue']}.pdf").read_bytes() == made


def issued(town: Path) -> dict:
    """A board's issue in the log, with a file as the log has it, without drawing one."""
    leave = grant(town, "board")
    asked.own_folder(town)
    content = b"%PDF"
    entry = {
        "issued_at": NOW.isoformat(), "document": "board", "audience": "board", "snapshot": "s", "issue": "SP-0000-0001",
        "permission": leave, "by": "Data Steward", "files": {"pdf": hashlib.sha256(content).hexdigest()},
    }  # fmt: skip
    (town / asked.ISSUED / "board_2026_SP-0000-0001.pdf").write_bytes(content)
    ledger.append(town, issuing.FILE, entry)
    return entry


def test_what_was_issued_is_handed_out_again_until_its_permission_is_withdrawn(town):
    entry = issued(town)
    assert reporting.content(entry, "pdf") == b"%PDF"
    permissions.withdraw(town, entry["permission"], by="Deputy Service Manager", roles=reporting.roles(), withdrawn_at=NOW)
    with pytest.raises(NotPermitted, match="was withdrawn on 2026-10-09"):
        reporting.content(entry, "pdf")
    page = shown()
    page.selectbox(key="reports:issue").set_value(entry["issue"]).run()
    assert "withdrawn since" in text_of(page)
    assert not page.get("download_button")


def test_a_file_that_is_no_longer_what_was_issued_is_not_handed_out(town):
    entry = issued(town)
    (town / asked.ISSUED / "board_2026_SP-0000-0001.pdf").write_bytes(b"%PDF another")
    with pytest.raises(NotPermitted, match="no longer those that were issued"):
        reporting.content(entry, "pdf")


def test_a_used_permission_says_what_for_and_how_to_ask_for_another(town, one_page):
    entry = issued(town)
    page = shown()
    page.radio(key="reports:document").set_value("board").run()
    assert not page.exception
    assert page.selectbox(key="reports:leave:board:").options == [
        f"{entry['permission']} (used for SP-0000-0001; only the same issue may be made again)"]  # fmt: skip
    assert words.ALL_USED in text_of(page)
    page.button(key="issue_report").click().run()
    assert "was for one issue and is used" in text_of(page)
    assert len(issuing.log(town)) == 1


def test_what_the_screen_stops_is_said_in_words_and_not_shown(town, one_page, monkeypatch):
    def stop(document, screen):
        raise IssueStopped("the issue was stopped: some words may identify somebody, in: Harebell Fold (phone)")

    monkeypatch.setattr(reporting, "require_clean", stop)
    page = choose(shown(), "north")
    page.button(key="make_preview").click().run()
    assert not page.exception
    assert "The issue was stopped: some words may identify somebody" in text_of(page)
    assert "data:image/png" not in text_of(page)


def test_a_meeting_makes_and_sees_its_own_pack_alone(town, monkeypatch):
    entry = issued(town)
    shown_to(monkeypatch, NORTH)
    page = shown()
    assert page.radio(key="reports:document").options == [words.DOCUMENTS["pack"], words.DOCUMENTS["brief"]]
    assert page.selectbox(key="reports:locality").options == ["North"]
    assert entry["issue"] not in text_of(page)
    with pytest.raises(NotPermitted):
        reporting.content(entry, "pdf")
    others = BOARD, Wish("fortnight", to_on=MEETING), Wish("pack", locality="south", meeting_on=MEETING)
    recorded = Wish("minutes", locality="north", meeting_on=MEETING), Wish("brief", locality="south", place_id="S01")
    for wish in (*others, *recorded):
        for make in (reporting.preview, reporting.covering, lambda one: reporting.issue(one, "P-1", "Data Steward", print)):
            with pytest.raises(NotPermitted, match="Choose again"):
                make(wish)


def test_minutes_are_offered_for_the_meetings_that_recorded_and_say_what_to_look_at(town):
    page = shown()
    page.radio(key="reports:document").set_value("minutes")
    assert words.NO_MINUTES.format(locality="North") in text_of(choose(page.run(), "north"))
    Meeting(town).whole_meeting()
    page = choose(page, "north")
    assert page.selectbox(key="reports:minuted:north").options == [words.meeting(MEETING)]
    told = text_of(page)
    assert all(what in told for what in minutes.READY.values())
    assert words.NOT_COVERED in told
    page.button(key="make_preview").click().run()
    assert not page.exception
    assert "North: minutes and action log" in text_of(page)


def test_a_brief_is_previewed_for_a_place_and_an_agency(town):
    place = Meeting(town).whole_meeting()[0]
    page = shown()
    page.radio(key="reports:document").set_value("brief")
    page = choose(page.run(), "north")
    page.selectbox(key="reports:place:north").set_value(place)
    page.selectbox(key="reports:agency").set_value("Youth Service")
    page.run().button(key="make_preview").click().run()
    assert not page.exception
    assert len(page.session_state["preview_of_report"][1].pages) == 1
    assert all(what in text_of(page) for what in minutes.READY_BRIEF.values())


def test_the_board_has_no_such_page(town, monkeypatch):
    shown_to(monkeypatch, Audience("board"))
    assert not access.may_open("reports")
    page = shown()
    assert words.NOT_FOR_YOU in text_of(page)
    assert not page.button
    assert reporting.log() == []


def test_each_document_is_made_of_the_snapshot_of_its_own_readers(town):
    for wish, audience in ((PACK, NORTH), (BOARD, Audience("board")), (Wish("fortnight"), MANAGER)):
        assert reporting.opened(wish).audience == audience
    assert reads.current_snapshot(access.audience()).audience == MANAGER


def test_a_town_without_meetings_or_whole_quarters_says_so(village, monkeypatch):
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    shown_to(monkeypatch, MANAGER)
    page = shown()
    assert "so there is no meeting to make a pack for" in text_of(page)
    assert not page.button
    page.radio(key="reports:document").set_value("board").run()
    assert words.NO_QUARTER in text_of(page)
    page.radio(key="reports:document").set_value("fortnight").run()
    assert not page.exception


def test_nothing_that_is_typed_is_kept_and_no_choice_is_in_the_address(town):
    page = choose(shown(), "north")
    assert not page.text_input
    assert not page.text_area
    assert page.query_params == {}


GUIDE = Path(access.__file__).parents[1] / "docs" / "reports.md"
TELL = "import json, pathlib, sys; pathlib.Path(sys.argv[1]).write_text(json.dumps(sys.argv[2:]))"


def scheduled() -> dict[str, str]:
    """What cron and systemd hand to the shell, as the guide has it written for each."""
    text = GUIDE.read_text(encoding="utf-8")
    cron = re.search(r"^0 6 \* \* 4 (.+)$", text, re.MULTILINE)
    started = re.search(r"^ExecStart=/bin/sh -c '(.+)'$", text, re.MULTILINE)
    settings = " ".join(re.findall(r"^LOCALITY=\w+$", text, re.MULTILINE))
    assert cron
    assert started
    assert settings.count("=") == 1
    systemd = started[1].replace("$$", "$").replace("%%", "%")
    return {"cron": cron[1].replace(r"\%", "%"), "systemd": f"export {settings}; {systemd}"}


@pytest.mark.parametrize("which", ["cron", "systemd"])
def test_the_weekly_pack_is_made_by_the_very_line_of_the_guide(town, one_page, tmp_path, which):
    grant(town)
    given = tmp_path / "given.json"
    stand_in = shlex.join([sys.executable, "-c", TELL, str(given)])
    line = scheduled()[which].replace("/opt/safer-places/.venv/bin/safer-places", stand_in)
    assert stand_in in line
    subprocess.run(["/bin/sh", "-c", line], check=True)
    program, *arguments = json.loads(given.read_text())
    assert program == "report"
    assert arguments[arguments.index("--meeting") + 1] == "next"
    assert report_program.main([*arguments, "--today", "2026-10-09"]) == 0
    (entry,) = issuing.log(town)
    assert (entry["document"], entry["audience"]) == ("pack", "meeting:north")
    assert [one.name for one in (town / asked.ISSUED).iterdir()] == [f"pack_north_{MEETING}_{entry['issue']}.pdf"]


def test_two_late_packs_are_the_same_pack_whichever_day_each_was_made(town):
    snapshot = reporting.opened(PACK)
    made = [asked.makes(PACK, snapshot, town, today=date(2026, 10, day))[1] for day in (9, 13, 20)]
    numbers = [issuing.issue_number(snapshot.id, one, "P-1") for one in made]
    assert numbers[0] != numbers[1] == numbers[2]
    assert made[1].late == "Late: this pack was made after it was due, on 12 October 2026."
