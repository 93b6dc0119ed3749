"""Who may have which document, and the register that never forgets."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.report import ledger, permissions
from dashboard.report.permissions import NotPermitted, Term, Wanted
from dashboard.report.roles import Roles
from dashboard.report.screened import Screen
from pipelines import chain, trail
from pipelines.chain import ChainFault

ROLES = Roles(("Deputy Service Manager", "Area Service Manager"), ("Deputy Service Manager", "Intelligence Investigator"))
TERMS = [Term("Autumn term 2026", date(2026, 9, 7)), Term("Spring term 2027", date(2027, 1, 4))]
NOW = datetime(2026, 10, 7, 9, tzinfo=UTC)
SCREEN = Screen(frozenset({"Northmarsh"}), frozenset({"Deputy Service Manager"}))
BOARD = Wanted("board", "Deputy Service Manager", "Intelligence Investigator", "Members of the board", "Quarterly report",
               date(2026, 10, 7), date(2026, 12, 18))  # fmt: skip
PACK = replace(BOARD, document="pack", locality="north", standing=True)


def grant(data_dir, wanted=BOARD, at=NOW):
    return permissions.grant(data_dir, wanted, roles=ROLES, localities=["north", "south"], terms=TERMS, screen=SCREEN,
                             granted_at=at)  # fmt: skip


def refused(data_dir, **changed):
    """What is said when a permission changed like this is asked for."""
    with pytest.raises(NotPermitted) as said:
        grant(data_dir, replace(PACK if changed.pop("of_a_pack", False) else BOARD, **changed))
    assert permissions.everything(data_dir) == []
    return str(said.value)


def test_a_permission_is_written_down_and_found_again(tmp_path):
    given = grant(tmp_path)
    assert permissions.everything(tmp_path) == [given]
    assert permissions.find([given], given.id.lower()) == given
    assert given.words.startswith(f"{given.id}; approved by: Deputy Service Manager; for: Members of the board")


def test_whoever_asks_may_not_approve(tmp_path):
    assert "whoever asks for an issue may not approve it" in refused(tmp_path, asked_by="deputy service  manager")


def test_only_named_roles_and_their_cover_approve(tmp_path):
    assert "approved by one of these roles" in refused(tmp_path, approved_by="Intelligence Investigator",
                                                       asked_by="Deputy Service Manager")  # fmt: skip
    covered = Roles((*ROLES.approvers, "Families in Focus Manager"), ROLES.known)
    wanted = replace(BOARD, approved_by="Families in Focus Manager")
    assert permissions.grant(tmp_path, wanted, roles=covered, localities=[], terms=[], screen=SCREEN, granted_at=NOW)


def test_a_person_is_no_role(tmp_path):
    said = refused(tmp_path, asked_by="Amara Lindqvist")
    assert "give a role, never a person" in said
    assert "Lindqvist" not in said


def test_words_of_a_permission_are_screened_and_the_message_names_no_word(tmp_path):
    said = refused(tmp_path, purpose="For Amara Lindqvist, call 07700 900123")
    assert "--purpose: letters 27 to 38 may identify somebody (phone)" in said
    assert "Lindqvist" not in said
    assert "--recipients: between 1 and 200 letters" in refused(tmp_path, recipients=" ")


@pytest.mark.parametrize(("changed", "said"), [
    ({"document": "letter"}, "a permission is for one of"),
    ({"document": "minutes"}, "minutes are of one locality"),
    ({"document": "brief"}, "a brief is of one locality"),
    ({"document": "pack"}, "a pack is of one locality"),
    ({"locality": "north"}, "is of the whole city"),
    ({"document": "pack", "locality": "west"}, "must be one of north, south"),
    ({"audience": "manager"}, "only of an export"),
    ({"document": "export", "audience": "everybody"}, "must be manager, board"),
    ({"document": "export", "audience": "manager", "locality": "north"}, "leave one of them out"),
    ({"standing": True}, "only a locality's own pack"),
    ({"until_on": date(2026, 10, 6)}, "lies before --from"),
    ({"until_on": date(2027, 10, 8)}, "lasts 366 days at most"),
    ({"of_a_pack": True, "until_on": date(2027, 1, 4)}, "lasts one term, here until 2027-01-03"),
    ({"of_a_pack": True, "until_on": date(2027, 6, 4)}, "lasts 126 days at most"),
])  # fmt: skip
def test_a_permission_that_may_not_be_given_is_refused(tmp_path, changed, said):
    assert said in refused(tmp_path, **changed)


def test_a_standing_permission_says_its_term(tmp_path):
    assert "(standing, Autumn term 2026)" in grant(tmp_path, PACK).words


def test_an_export_is_for_the_narrowest_audience_unless_it_says_more(tmp_path):
    wanted = replace(BOARD, document="export")
    assert grant(tmp_path, wanted).audience == "board"
    assert grant(tmp_path, replace(wanted, locality="north")).audience == "meeting:north"
    assert grant(tmp_path, replace(wanted, audience="manager")).audience == "manager"


def test_a_withdrawn_permission_stays_in_the_register_and_refuses(tmp_path):
    given = grant(tmp_path)
    assert permissions.why_not(given, "board", "board", date(2026, 10, 7)) == ""
    ended = permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)
    assert "was withdrawn on 2026-10-07" in permissions.why_not(ended, "board", "board", date(2026, 10, 7))
    with pytest.raises(NotPermitted, match="was withdrawn on 2026-10-07 already"):
        permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)


def test_only_a_role_that_approves_withdraws(tmp_path):
    given = grant(tmp_path)
    with pytest.raises(NotPermitted, match="withdrawn by a role that may approve"):
        permissions.withdraw(tmp_path, given.id, by="Intelligence Investigator", roles=ROLES, withdrawn_at=NOW)
    with pytest.raises(NotPermitted, match="no permission of that id"):
        permissions.withdraw(tmp_path, "P-00000000", by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)


@pytest.mark.parametrize(("document", "audience", "day", "said"), [
    ("pack", "board", date(2026, 10, 7), "is for another document"),
    ("board", "manager", date(2026, 10, 7), "is for the figures of board"),
    ("board", "board", date(2026, 10, 6), "is not in force before 2026-10-07"),
    ("board", "board", date(2026, 12, 19), "ran out on 2026-12-18"),
])  # fmt: skip
def test_a_permission_allows_what_it_says_and_nothing_else(tmp_path, document, audience, day, said):
    assert said in permissions.why_not(grant(tmp_path), document, audience, day)


def test_a_standing_permission_covers_its_own_locality_only(tmp_path):
    given = grant(tmp_path, PACK)
    known = permissions.everything(tmp_path)
    assert permissions.covering(known, "pack", "north", date(2026, 10, 8)) == given
    with pytest.raises(NotPermitted, match="no standing one covers this pack"):
        permissions.covering(known, "pack", "south", date(2026, 10, 8))


def test_giving_and_withdrawing_are_on_the_trail_by_role_and_reference(tmp_path):
    given = grant(tmp_path)
    permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)
    said = [(one["action"], one["role"], one["permission"], one["selection"]) for one in trail.read(tmp_path)]
    assert said == [("permission_grant", "Deputy Service Manager", given.id, {}),
                    ("permission_withdraw", "Area Service Manager", given.id, {})]  # fmt: skip


def test_a_damaged_line_stops_everything_with_its_number(tmp_path):
    grant(tmp_path)
    file = tmp_path / "permissions" / "permissions.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + whole[:40] + b"\n")
    for reader in (permissions.everything, grant):
        with pytest.raises(ChainFault, match=r"permissions\.jsonl: line 2 is damaged"):
            reader(tmp_path)
    file.write_bytes(b'{"what": "granted", "id": "P-00000000"}\n')
    with pytest.raises(ChainFault, match="line 1 names no line before it"):
        permissions.everything(tmp_path)
    file.unlink()
    chain.append(file, {"what": "granted", "id": "P-00000000"})
    with pytest.raises(ChainFault, match="line 1 does not say what a permission must"):
        permissions.everything(tmp_path)


def test_a_withdrawal_cannot_be_taken_out_or_turned_into_another(tmp_path):
    given, other = grant(tmp_path), grant(tmp_path, replace(BOARD, purpose="Another report"))
    permissions.withdraw(tmp_path, given.id, by="Area Service Manager", roles=ROLES, withdrawn_at=NOW)
    grant(tmp_path, replace(BOARD, purpose="A third report"))
    file = tmp_path / "permissions" / "permissions.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(given.id.encode(), other.id.encode())
    for altered in (lines[:2] + lines[3:], lines):
        file.write_bytes(b"".join(altered))
        with pytest.raises(ChainFault, match=r"permissions/permissions\.jsonl: line [34] does not follow"):
            permissions.everything(tmp_path)


def test_a_line_a_kill_cut_short_was_never_given_and_stops_nobody(tmp_path):
    given = grant(tmp_path)
    file = tmp_path / "permissions" / "permissions.jsonl"
    file.write_bytes(file.read_bytes() + b'{"after": "12')
    assert permissions.everything(tmp_path) == [given]
    second = grant(tmp_path)
    assert permissions.everything(tmp_path) == [given, second]


def test_many_at_once_lose_no_line(tmp_path, monkeypatch):
    quick = ledger.read
    # Time for another to come between.
    monkeypatch.setattr(ledger, "read", lambda *said: (quick(*said), time.sleep(0.005))[0])
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: grant(tmp_path), range(24)))
    assert len({one.id for one in given}) == 24
    assert {one.id for one in permissions.everything(tmp_path)} == {one.id for one in given}


def test_a_register_another_program_holds_is_not_waited_for_for_ever(tmp_path):
    def another():
        with ledger.held(tmp_path, wait_seconds=0.05):
            pass

    with ledger.held(tmp_path), ThreadPoolExecutor(1) as pool:
        waited = pool.submit(another)
        with pytest.raises(ChainFault, match="another program is writing there"):
            waited.result()


def test_a_register_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "permissions").write_text("a file")
    with pytest.raises(ChainFault, match="cannot be written"):
        ledger.append(tmp_path, "permissions.jsonl", {})


def test_the_register_is_its_owners_alone(tmp_path):
    grant(tmp_path)
    assert (tmp_path / "permissions").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "permissions" / "permissions.jsonl").stat().st_mode & 0o777 == 0o600
