"""A document leaves permitted, screened and logged, or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dashboard.report import __main__ as program
from dashboard.report import issuing, permissions
from dashboard.report.issuing import Asked, CannotWrite
from dashboard.report.model import Document, Heading, Paragraph, Table
from dashboard.report.permissions import NotPermitted, Wanted
from dashboard.report.roles import Roles
from dashboard.report.screened import IssueStopped, Screen
from pipelines import trail
from pipelines.insight.queries import Audience, open_snapshot

ROLES = Roles(("Area Service Manager",), ("Area Service Manager", "Safer Options Manager"))
SCREEN = Screen(frozenset({"Larkhaven"}), frozenset(ROLES.known), released=("Half of them know Ottoline's shop.",))
NOW, TODAY = datetime(2026, 10, 7, 9, tzinfo=UTC), date(2026, 10, 7)
ASKED = Asked("board", {"from": "2025-10-01", "to": "2026-09-30"}, "board")


@pytest.fixture(scope="module")
def snapshot(larkhaven):
    return open_snapshot(larkhaven, Audience("board"))


@pytest.fixture
def given(tmp_path):
    """A board permission in a data directory of its own."""
    wanted = Wanted("board", "Area Service Manager", "Safer Options Manager", "Members of the board", "Quarterly report",
                    TODAY, date(2026, 12, 18))  # fmt: skip
    return permissions.grant(tmp_path, wanted, roles=ROLES, localities=[], terms=[], screen=SCREEN, granted_at=NOW)


def document(face, *parts):
    return Document("Report", "Larkhaven", face, [Heading("Places"), *(parts or [Paragraph("All is calm.")])])


def issue(tmp_path, snapshot, asked, *parts, write=lambda made: made.face.issue.encode(), today=TODAY):
    (tmp_path / "out").mkdir(exist_ok=True)
    return issuing.issue(
        tmp_path, snapshot, asked, make=lambda face: document(face, *parts), writers={"pdf": write}, today=today,
        folder=tmp_path / "out", by="Safer Options Manager", issued_at=NOW, screen=SCREEN,
    )  # fmt: skip


def written(tmp_path):
    return sorted(one.name for one in (tmp_path / "out").iterdir())


def test_an_issue_is_logged_with_the_hash_of_its_bytes_and_no_word_of_it(tmp_path, snapshot, given):
    issued = issue(tmp_path, snapshot, replace(ASKED, permission=given.id))
    (file,) = issued.files
    assert issuing.log(tmp_path) == [{
        "issued_at": "2026-10-07T09:00:00+00:00", "document": "board", "audience": "board", "snapshot": snapshot.id,
        "issue": issued.issue, "permission": given.id, "by": "Safer Options Manager",
        "files": {"pdf": hashlib.sha256(file.read_bytes()).hexdigest()},
    }]  # fmt: skip
    assert written(tmp_path) == [f"board_{issued.issue}.pdf"]


def test_the_number_follows_from_snapshot_selection_and_permission_alone():
    number = issuing.issue_number("a", ASKED, "P-1")
    assert number == issuing.issue_number("a", replace(ASKED, stem="other", permission="P-9"), "P-1")
    others = [
        issuing.issue_number("b", ASKED, "P-1"), issuing.issue_number("a", ASKED, "P-2"),
        issuing.issue_number("a", replace(ASKED, document="pack"), "P-1"),
        issuing.issue_number("a", replace(ASKED, selection={"from": "2025-07-01", "to": "2026-09-30"}), "P-1"),
        issuing.issue_number("a", replace(ASKED, late="Late."), "P-1"),
    ]  # fmt: skip
    assert len({number, *others}) == 6
    assert len(number) == len("SP-3F2A-91C4")


def test_a_withdrawn_permission_refuses_and_nothing_is_written(tmp_path, snapshot, given):
    permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)
    with pytest.raises(NotPermitted, match=r"was withdrawn on 2026-10-07.* Nothing was written"):
        issue(tmp_path, snapshot, replace(ASKED, permission=given.id))
    assert written(tmp_path) == []
    assert issuing.log(tmp_path) == []


def test_a_permission_withdrawn_while_the_document_is_made_refuses_too(tmp_path, snapshot, given):
    def write(made):
        permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)
        return b"made"

    with pytest.raises(NotPermitted, match="was withdrawn"):
        issue(tmp_path, snapshot, replace(ASKED, permission=given.id), write=write)
    assert written(tmp_path) == []
    assert issuing.log(tmp_path) == []


def test_a_permission_for_one_issue_allows_it_again_and_no_other(tmp_path, snapshot, given):
    asked = replace(ASKED, permission=given.id)
    first = issue(tmp_path, snapshot, asked)
    assert issue(tmp_path, snapshot, asked) == first
    with pytest.raises(NotPermitted, match=f"was for one issue and is used: {first.issue}"):
        issue(tmp_path, snapshot, replace(asked, selection={"from": "2025-07-01", "to": "2026-09-30"}))
    assert len(issuing.log(tmp_path)) == 2


@pytest.mark.parametrize(("asked", "today", "said"), [
    (replace(ASKED, permission="P-00000000"), TODAY, "no permission of that id"),
    (ASKED, TODAY, "no standing one covers this board"),
    (replace(ASKED, document="export"), TODAY, "no standing one covers this export"),
])  # fmt: skip
def test_an_issue_without_a_permission_is_refused(tmp_path, snapshot, given, asked, today, said):
    with pytest.raises(NotPermitted, match=said):
        issue(tmp_path, snapshot, asked, today=today)


def test_an_expired_permission_and_one_for_another_document_refuse(tmp_path, snapshot, given):
    with pytest.raises(NotPermitted, match="ran out on 2026-12-18"):
        issue(tmp_path, snapshot, replace(ASKED, permission=given.id), today=date(2026, 12, 19))
    with pytest.raises(NotPermitted, match="is for another document"):
        issue(tmp_path, snapshot, replace(ASKED, document="fortnight", permission=given.id))


@pytest.mark.parametrize("part", [
    Paragraph("Seen with Ottoline Vance."), Table("Places", ["Place", "Note"], [("Larkhaven", "Call 07700 900123")]),
])  # fmt: skip
def test_a_name_in_the_final_text_stops_the_issue_and_only_its_section_is_said(tmp_path, snapshot, given, part):
    with pytest.raises(IssueStopped) as said:
        issue(tmp_path, snapshot, replace(ASKED, permission=given.id), part)
    assert "in: Places (" in str(said.value)
    assert "Ottoline" not in str(said.value)
    assert "07700" not in str(said.value)
    assert written(tmp_path) == []
    assert issuing.log(tmp_path) == []


def test_words_a_steward_released_are_not_judged_twice_but_a_number_is(tmp_path, snapshot, given):
    asked = replace(ASKED, permission=given.id)
    assert issue(tmp_path, snapshot, asked, Paragraph("Noted: Half of them know Ottoline's shop."))
    with pytest.raises(IssueStopped):
        issue(tmp_path, snapshot, asked, Paragraph("Ottoline's shop."))


@pytest.mark.parametrize("text", [
    "about 582 (553-611); usual range 501 to 638", "April to June 2026", "Summer term 2026", "7 May 2026",
    "▲ Rising: all harm", "R / A / G", "Amber (Safer Options Manager, 6 May 2026)",
])  # fmt: skip
def test_what_this_program_writes_itself_is_no_name_and_no_number_to_ring(text):
    assert SCREEN.stops(text) == []


@pytest.mark.parametrize("text", ["April saw them.", "ring 07700 900123", "about 07700 (900-123)", "Amber was here"])
def test_what_only_looks_like_it_is_still_stopped(text):
    assert SCREEN.stops(text)


def test_a_folder_that_is_not_there_is_said_before_anything_is_logged(tmp_path, snapshot, given):
    with pytest.raises(CannotWrite, match="there is no such folder"):
        issuing.issue(tmp_path, snapshot, replace(ASKED, permission=given.id), make=document, writers={}, by="", today=TODAY,
                      folder=tmp_path / "none", issued_at=NOW, screen=SCREEN)  # fmt: skip
    assert issuing.log(tmp_path) == []


def test_a_file_that_cannot_be_written_leaves_the_log_and_no_draft(tmp_path, snapshot, given):
    asked = replace(ASKED, permission=given.id)
    first = issue(tmp_path, snapshot, asked)
    first.files[0].unlink()
    first.files[0].mkdir()
    with pytest.raises(CannotWrite, match="the log has the issue already"):
        issue(tmp_path, snapshot, asked)
    assert written(tmp_path) == [first.files[0].name]
    assert len(issuing.log(tmp_path)) == 2


def test_an_issue_is_on_the_trail_before_its_bytes_and_says_no_word_of_them(tmp_path, snapshot, given):
    asked = replace(ASKED, permission=given.id, selection={**ASKED.selection, "asks": '["Money for Ottoline"]'})
    issued = issue(tmp_path, snapshot, asked)
    (entry,) = trail.read(tmp_path, action="issue")
    del entry["after"]
    assert entry == {
        "at": "2026-10-07T09:00:00+00:00", "action": "issue", "subject": "nobody", "role": "Safer Options Manager",
        "locality": "", "audience": "board", "snapshot": snapshot.id, "permission": given.id,
        "selection": {"document": "board", "from": "2025-10-01", "issue": issued.issue, "to": "2026-09-30"},
    }  # fmt: skip


def test_no_line_on_the_trail_no_document(tmp_path, snapshot, given):
    shutil.rmtree(tmp_path / "trail")
    (tmp_path / "trail").write_text("a file where the folder should be")
    with pytest.raises(trail.TrailFault, match=r"cannot be written.*What is not on the trail is not done"):
        issue(tmp_path, snapshot, replace(ASKED, permission=given.id))
    assert written(tmp_path) == []
    assert issuing.log(tmp_path) == []


WRITING = """
import os, sys
from pathlib import Path
from dashboard.report import issuing
os.replace = lambda *files: (print("half", flush=True), sys.stdin.read())
issuing.write_whole(Path(sys.argv[1]) / "board.pdf", b"half")
"""


def test_the_draft_of_a_killed_issue_goes_with_the_next_and_that_of_a_living_one_stays(tmp_path, snapshot, given):
    (tmp_path / "out").mkdir()
    here = Path(__file__).parents[3]
    command = [sys.executable, "-c", WRITING, str(tmp_path / "out")]
    both = [subprocess.Popen(command, cwd=here, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]
    with both[0] as dead, both[1] as alive:
        assert [one.stdout.readline() for one in both] == [b"half\n"] * 2
        dead.kill()
        dead.wait()
        assert len(written(tmp_path)) == 2
        issued = issue(tmp_path, snapshot, replace(ASKED, permission=given.id))
        left = [name for name in written(tmp_path) if name.endswith(".writing")]
        alive.kill()
    assert [name.split("-")[0] for name in left] == [f".{alive.pid}"]
    assert issued.files[0].name in written(tmp_path)


KILLED = """
import os, signal, sys
from dashboard.report import __main__ as program, issuing
issuing.write_whole = lambda file, content: os.kill(os.getpid(), signal.SIGKILL)
program.main(sys.argv[1:])
"""


@pytest.fixture
def town(tmp_path, larkhaven):
    """Larkhaven's snapshots with a register of permissions of their own."""
    (tmp_path / "snapshots").symlink_to(larkhaven / "snapshots")
    shutil.copy(larkhaven / "partnership.toml", tmp_path)
    return tmp_path


def run(town, *said):
    return program.main([*said, "--data-dir", str(town), "--today", "2026-10-07"])


def allow(town, document, *more):
    words = ["--approved-by", "Area Service Manager", "--asked-by", "Safer Options Manager", "--recipients",
             "Members of the board", "--purpose", "Quarterly report", "--from", "2026-10-07",
             "--until", "2026-12-18"]  # fmt: skip
    assert run(town, "permission", "grant", "--for", document, *words, *more) == 0
    return permissions.everything(town)[-1].id


def test_a_program_killed_between_log_and_file_leaves_an_entry_and_no_half_file(town):
    named = ["--permission", allow(town, "export"), "--data-dir", str(town), "--today", "2026-10-07"]
    asked = ["export", "freshness", "--audience", "board", *named]
    root = Path(__file__).parents[3]
    killed = subprocess.run([sys.executable, "-c", KILLED, *asked], cwd=root, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    (entry,) = issuing.log(town)
    assert list((town / "issued").iterdir()) == []
    assert program.main(asked) == 0
    (file,) = (town / "issued").iterdir()
    again = issuing.log(town)[1]
    assert again["files"] == entry["files"] == {"zip": hashlib.sha256(file.read_bytes()).hexdigest()}


def test_the_program_says_a_refusal_in_one_line_and_ends_with_its_code(town, capsys):
    assert run(town, "board", "--from", "2025-10-01", "--to", "2026-09-30") == 14
    assert run(town, "export", "actions", "--audience", "board", "--permission", allow(town, "export")) == 11
    assert run(town, "pack", "--locality", "Nowhere", "--meeting", "2026-10-13") == 2
    assert run(town, "board", "--from", "2026-10-01", "--to", "2025-10-01") == 2
    assert run(town, "export", "none", "--audience", "board", "--permission", "P-1") == 2
    capsys.readouterr()
    assert run(town, "export", "areas", "--audience", "board", "--permission", "P-1", "--by", "Ottoline Vance") == 14
    assert "never a person" in capsys.readouterr().err
    assert not [*town.glob("issued/*")]


def test_permissions_are_listed_and_withdrawn_by_the_program(town, capsys):
    one = allow(town, "board")
    assert run(town, "permission", "withdraw", one, "--by", "area service manager") == 0
    capsys.readouterr()
    assert run(town, "permission", "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["id"], row["state"], row["withdrawn_by"]) == (one, "withdrawn", "Area Service Manager")
    assert run(town, "permission", "list") == 0
    assert f"{one}  withdrawn" in capsys.readouterr().out
