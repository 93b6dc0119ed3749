"""Who may look, asked anew each time: sessions, grants, roles, and the files that are fetched when no page is running."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard import DATA_DIR_VARIABLE, access, clock, reads, trail
from dashboard.signin import guard
from dashboard.signin.door import Door
from dashboard.signin.guard import Admitted, Guard, NotLetIn, TurnedAway
from dashboard.signin.settings import SignIn
from pipelines import access as table
from pipelines import trail as on_trail
from pipelines.insight.queries import Audience
from pipelines.settings import Settings
from pipelines.trail import TrailFault

ISSUER = "https://id.example"
SIGN_IN = SignIn(
    issuer=ISSUER, metadata_url=f"{ISSUER}/x", client_id="c", client_secret="s", cookie_secret="x" * 40,
    redirect_uri="https://places.example/oauth2callback",
)  # fmt: skip


def claims(subject="s1", **more):
    now = int(time.time())
    said = {"is_logged_in": True, "iss": ISSUER, "sub": subject, "nonce": f"n-{subject}", "iat": now, "exp": now + 3600}
    return {**said, **more}


def let_in(folder: Path, role="practitioner", *localities, subject="s1"):
    settings, now = Settings(folder), datetime.now(UTC)
    partnership = settings.partnership
    table.grant(
        folder, partnership, settings.policy, subject=subject, role=role, localities=localities, at=now,
        until=now.date() + timedelta(days=30), granted_by=partnership.roles.chair,
    )  # fmt: skip


@pytest.fixture
def running(tmp_path, monkeypatch):
    """A data directory where people sign in."""
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    made = Guard(tmp_path, SIGN_IN)
    guard.set_up(made)
    yield made
    guard.set_up(None)


def test_somebody_granted_is_let_in_until_the_grant_is_taken_away(running, tmp_path):
    let_in(tmp_path, "practitioner", "north")
    said = claims()
    found = running.admit(said)
    assert isinstance(found, Admitted)
    assert found.person.localities == ("north",)
    partnership = Settings(tmp_path).partnership
    by = partnership.roles.chair
    table.revoke(tmp_path, partnership, subject="s1", revoked_by=by, at=datetime.now(UTC))
    assert running.admit(said) == TurnedAway(table.UNKNOWN, found.ticket)


def test_what_the_partnership_takes_from_a_role_is_gone_at_the_next_run(running, tmp_path):
    let_in(tmp_path, "safer_options_manager")
    with guard.on_behalf_of(claims()):
        assert access.audience() == Audience("manager")
        shipped = Settings(tmp_path).own_or_shipped("partnership.toml").read_text(encoding="utf-8")
        own = shipped.replace('safer_options_manager = "manager"', 'safer_options_manager = "board"')
        assert own != shipped
        (tmp_path / "partnership.toml").write_text(own, encoding="utf-8")
        assert access.audience() == Audience("board")


@pytest.mark.parametrize("name", ["policy.toml", "partnership.toml", "access/access.jsonl", "access/ended.jsonl"])
def test_whatever_cannot_be_read_turns_everybody_away(running, tmp_path, name):
    let_in(tmp_path, "safer_options_manager")
    assert isinstance(running.admit(claims()), Admitted)
    (tmp_path / name).write_text("this is not what it was\n", encoding="utf-8")
    found = running.admit(claims())
    assert isinstance(found, TurnedAway)
    assert found.why == "damaged"


APP = Path(access.__file__).with_name("app.py").read_text(encoding="utf-8")
PAGES = set(re.findall(r'^    \("(\w+)", \w+\.page', APP, re.MULTILINE))
BOARD = {"map", "trends", "interventions", "about"}
assert len(PAGES) == 8


@pytest.mark.parametrize(
    ("role", "shown", "pages"),
    [
        ("practitioner", Audience("meeting", "north"), PAGES - {"reports"}),
        ("families_in_focus_manager", Audience("meeting", "north"), PAGES - {"reports"}),
        ("deputy_service_manager", Audience("manager"), PAGES),
        ("intelligence_investigator", Audience("manager"), PAGES),
        ("area_service_manager", Audience("manager"), PAGES),
        ("safer_options_manager", Audience("manager"), PAGES),
        ("business_support", Audience("manager"), PAGES),
        ("data_steward", Audience("manager"), PAGES),
        ("board_reader", Audience("board"), BOARD),
    ],
)
def test_each_role_has_its_audience_and_its_pages(running, tmp_path, role, shown, pages):
    let_in(tmp_path, role, "north")
    with guard.on_behalf_of(claims()):
        assert access.audience() == shown
        assert {page for page in PAGES if access.may_open(page)} == pages


def test_every_role_there_is_stands_in_the_table_above():
    rows = test_each_role_has_its_audience_and_its_pages.pytestmark[0].args[1]
    assert {row[0] for row in rows} == set(table.ROLES)


def test_a_meeting_reads_its_own_and_a_manager_what_a_document_is_made_for(running, tmp_path):
    let_in(tmp_path, "practitioner", "north", "south")
    let_in(tmp_path, "safer_options_manager", subject="s2")
    let_in(tmp_path, "board_reader", subject="s3")
    north, south, manager, board = (
        Audience("meeting", "north"), Audience("meeting", "south"), Audience("manager"), Audience("board")
    )  # fmt: skip
    may = {"s1": {north}, "s2": {north, south, manager, board}, "s3": {board}}
    for subject, theirs in may.items():
        with guard.on_behalf_of(claims(subject)):
            for asked in (north, south, manager, board):
                if asked in theirs:
                    access.require(asked)
                else:
                    with pytest.raises(NotLetIn):
                        access.require(asked)


@pytest.mark.parametrize(("asked", "shown"), [("south", "south"), ("east_central", "north"), ("", "north"), (None, "north")])
def test_a_locality_that_is_chosen_is_one_of_the_grant_whatever_a_browser_sets(running, tmp_path, monkeypatch, asked, shown):
    let_in(tmp_path, "practitioner", "north", "south")
    monkeypatch.setattr(access.st, "session_state", {access.LOCALITY_KEY: asked})
    with guard.on_behalf_of(claims()):
        assert access.audience() == Audience("meeting", shown)


def test_nothing_is_read_for_whoever_is_not_let_in(running, larkhaven, monkeypatch):
    snapshot = reads.queries.open_snapshot(larkhaven, Audience("manager"))
    with guard.on_behalf_of(claims("stranger")):
        for asked in (
            lambda: reads.current_snapshot(Audience("manager")), lambda: reads.measures(snapshot),
            lambda: reads.ask(snapshot, "localities"), lambda: reads.freshness(snapshot),
            lambda: reads.outlines(snapshot, "beat"), lambda: reads.context(snapshot),
        ):  # fmt: skip
            with pytest.raises(NotLetIn):
                asked()


def test_what_was_found_for_a_run_holds_for_its_readings_and_no_longer(running, tmp_path, monkeypatch):
    let_in(tmp_path, "practitioner", "north")
    bearer, on = claims(), [100.0]
    monkeypatch.setattr(guard, "claims", lambda: bearer)
    monkeypatch.setattr(clock, "elapsed", lambda: on[0])
    assert guard.require().subject == "s1"
    bearer = claims("stranger")
    assert guard.require().subject == "s1", "the same run"
    on[0] += guard.RECENT_SECONDS
    with pytest.raises(NotLetIn):
        guard.require()
    bearer = claims()
    assert guard.require().subject == "s1"
    bearer = claims("stranger")
    assert isinstance(guard.admission(), TurnedAway), "the next run asks anew"
    with pytest.raises(NotLetIn):
        guard.require()


def fetched_later(folder):
    """A file's key as a page draws it, and as it is pressed when no page is running."""
    with guard.on_behalf_of(claims()):
        return trail.leaving(
            lambda: b"the file", "download", snapshot="2026-10", selection={"issue": "I-1", "format": "pdf"}
        )


def test_a_file_is_on_the_trail_before_its_bytes_leave(running, tmp_path):
    let_in(tmp_path, "safer_options_manager")
    assert fetched_later(tmp_path)() == b"the file"
    line = on_trail.read(tmp_path, action="download")[0]
    assert (line["subject"], line["role"], line["audience"]) == ("s1", "safer_options_manager", "manager")
    assert line["selection"] == {"issue": "I-1", "format": "pdf"}


def test_a_file_leaves_for_nobody_whose_session_ended_since_the_page_was_drawn(running, tmp_path):
    let_in(tmp_path, "safer_options_manager")
    fetch = fetched_later(tmp_path)
    assert running.sign_out(claims())
    with pytest.raises(NotLetIn):
        fetch()
    assert on_trail.read(tmp_path, action="download") == []


def test_whatever_is_fetched_later_asks_again_who_it_is_for(running, tmp_path):
    let_in(tmp_path, "practitioner", "north", "south")
    left = []
    with guard.on_behalf_of(claims()):
        where, fetch = access.for_later(lambda: access.audience().locality), access.for_later(lambda: left.append("a file"))
    assert where() == "north"
    running.sign_out(claims())
    with pytest.raises(NotLetIn):
        fetch()
    assert left == []


def test_no_line_on_the_trail_no_file(running, tmp_path):
    let_in(tmp_path, "safer_options_manager")
    (tmp_path / "trail").write_text("a file where the folder would be")
    with pytest.raises(TrailFault):
        fetched_later(tmp_path)()


def test_where_nobody_signs_in_what_leaves_is_on_the_trail_as_nobodys(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    assert fetched_later(tmp_path)() == b"the file"
    assert [one["subject"] for one in on_trail.read(tmp_path)] == ["nobody"]


def test_a_number_or_a_word_typed_into_the_address_is_not_on_the_trail(running, tmp_path):
    let_in(tmp_path, "safer_options_manager")
    with guard.on_behalf_of(claims()):
        typed = {"level": "beat", "months": "2026-09..2026-10", "show": "17", "groups": "Kit Invented", "place": "N01"}
        trail.note("page", selection={**typed, "page": "map"})
    assert on_trail.read(tmp_path)[0]["selection"] == {"level": "beat", "months": "2026-09..2026-10", "page": "map"}


def message(**more):
    said = BackMsg()
    said.rerun_script.query_string = "level=beat"
    said.rerun_script.fragment_id = more.get("fragment", "")
    said.rerun_script.is_auto_rerun = more.get("auto", False)
    for name in more.get("pressed", ()):
        state = said.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = name, True
    return said


def test_whoever_is_let_in_sends_what_they_like_and_others_the_run_that_turns_them_away(running, tmp_path):
    let_in(tmp_path, "practitioner", "north")
    door = Door(None, running)
    said = message(fragment="f1", pressed=("$$ID-1-meeting_freeze", "$$ID-2-sign_in")).SerializeToString()
    assert door.passed(claims(), said) == said
    for strange in ({}, claims("stranger"), claims(iss="https://other.example")):
        passed = BackMsg.FromString(door.passed(strange, said))
        assert passed.rerun_script.fragment_id == ""
        assert [one.id for one in passed.rerun_script.widget_states.widgets] == ["$$ID-2-sign_in"]
    file = BackMsg()
    file.backend_operation_request.deferred_file.file_id = "f"
    assert door.passed(claims(), file.SerializeToString()) is not None
    assert door.passed({}, file.SerializeToString()) is None
    assert door.passed({}, b"\xff\xff no message") is None


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(running, tmp_path, monkeypatch):
    let_in(tmp_path, "practitioner", "north")
    door, real = Door(None, running), clock.elapsed
    on = [0.0]
    monkeypatch.setattr(clock, "elapsed", lambda: real() + on[0])
    by_hand, by_itself = (message(auto=auto).SerializeToString() for auto in (False, True))
    assert door.passed(claims(), by_hand) == by_hand
    on[0] = 29 * 60
    assert door.passed(claims(), by_hand) == by_hand
    on[0] = 55 * 60
    assert door.passed(claims(), by_itself) == by_itself
    on[0] = 60 * 60
    assert isinstance(running.admit(claims()), TurnedAway)
