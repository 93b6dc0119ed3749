"""Who is let in: the newest word of the table, never more than the role is given, and nobody on what cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from pipelines import access, trail
from pipelines.access import AccessFault
from pipelines.chain import ChainFault
from pipelines.cli import app
from pipelines.policy import load_partnership, load_policy
from pipelines.roles import RoleAudiences, SignInClaims
from pipelines.settings import SHIPPED

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = NOW.date()
MONTH = TODAY + timedelta(days=30)
POLICY, PARTNERSHIP = load_policy(SHIPPED / "policy.toml"), load_partnership(SHIPPED / "partnership.toml")
ISSUER = "https://id.example"


def grant(folder: Path, subject: str = "s1", role: str = "practitioner", **more: Any) -> access.Grant:
    given = {"localities": ("north",), "until": MONTH, "granted_by": "Area Service Manager", "at": NOW, **more}
    return access.grant(folder, PARTNERSHIP, POLICY, subject=subject, role=role, **given)


def revoke(folder: Path, subject: str = "s1") -> None:
    access.revoke(folder, PARTNERSHIP, subject=subject, revoked_by="Area Service Manager", at=NOW)


def decide(folder: Path, subject: str = "s1", on: date = TODAY, partnership: Any = PARTNERSHIP, **claims: Any) -> Any:
    said = {"iss": ISSUER, "sub": subject, **claims}
    return access.decide(access.read(folder), partnership, said, on=on)


def test_a_practitioner_is_shown_the_locality_they_were_granted(tmp_path):
    grant(tmp_path)
    assert decide(tmp_path) == access.Person("s1", "practitioner", ("north",), access.OWN)


def test_whoever_is_not_in_the_table_is_not_let_in(tmp_path):
    assert decide(tmp_path) == access.UNKNOWN
    grant(tmp_path)
    assert decide(tmp_path, "s2") == access.UNKNOWN
    assert decide(tmp_path, "") == access.UNKNOWN
    assert decide(tmp_path, "S1") == access.UNKNOWN, "a provider's names are not folded"


def test_access_ends_with_its_last_day(tmp_path):
    grant(tmp_path)
    assert decide(tmp_path, on=MONTH) != access.EXPIRED
    assert decide(tmp_path, on=MONTH + timedelta(days=1)) == access.EXPIRED


def test_a_revocation_ends_it_and_a_new_grant_takes_the_place_of_all_before(tmp_path):
    grant(tmp_path)
    revoke(tmp_path)
    assert decide(tmp_path) == access.UNKNOWN
    grant(tmp_path, role="board_reader", localities=())
    assert decide(tmp_path).shown == "board"
    grant(tmp_path, localities=("south", "north"))
    assert decide(tmp_path).localities == ("south", "north")


def test_a_grant_of_one_issuer_says_nothing_of_another(tmp_path):
    grant(tmp_path, issuer=ISSUER)
    assert decide(tmp_path) != access.UNKNOWN
    assert decide(tmp_path, iss="https://other.example") == access.UNKNOWN


def test_the_newest_line_decides_whether_it_names_the_issuer_or_not(tmp_path):
    grant(tmp_path, issuer=ISSUER)
    grant(tmp_path, role="board_reader", localities=())
    revoke(tmp_path)
    assert decide(tmp_path) == access.UNKNOWN


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"role": "wizard"}, "no such role"),
        ({"localities": ("moon",)}, "no such locality"),
        ({"localities": ()}, "say which with --locality"),
        ({"audience": "manager"}, "a grant cannot say more"),
        ({"role": "board_reader", "audience": "own locality"}, "a grant cannot say more"),
        ({"until": TODAY - timedelta(days=1)}, "from today to 180 days on"),
        ({"until": TODAY + timedelta(days=181)}, "from today to 180 days on"),
        ({"granted_by": "Practitioner"}, "does not decide who is let in"),
        ({"subject": "two words"}, "what the provider calls somebody"),
        ({"subject": "naïve"}, "what the provider calls somebody"),
        ({"subject": "s" * 256}, "what the provider calls somebody"),
    ],
)
def test_what_the_table_does_not_take_is_said_and_not_written(tmp_path, more, said):
    with pytest.raises(AccessFault, match=said):
        grant(tmp_path, **more)
    assert access.read(tmp_path) == {}


def test_somebody_who_is_not_let_in_cannot_be_revoked(tmp_path):
    with pytest.raises(AccessFault, match="access list"):
        revoke(tmp_path)


def test_a_grant_may_say_less_than_the_role_is_given(tmp_path):
    grant(tmp_path, role="safer_options_manager", audience="own locality")
    assert decide(tmp_path).shown == access.OWN


def test_a_role_that_is_given_less_since_is_shown_less_and_never_more(tmp_path):
    grant(tmp_path, role="safer_options_manager")
    narrower = PARTNERSHIP.model_copy(
        update={"roles": PARTNERSHIP.roles.model_copy(update={"audiences": RoleAudiences(safer_options_manager="board")})}
    )
    assert decide(tmp_path).shown == "manager"
    assert decide(tmp_path, partnership=narrower).shown == "board"
    grant(tmp_path, "s2", role="safer_options_manager", audience="board")
    assert decide(tmp_path, "s2").shown == "board"


def test_a_locality_that_is_no_more_shows_nothing(tmp_path):
    grant(tmp_path)
    without = PARTNERSHIP.model_copy(update={"localities": PARTNERSHIP.localities[1:]})
    assert decide(tmp_path, partnership=without) == access.ROLELESS


def test_a_line_somebody_altered_lets_nobody_in(tmp_path):
    grant(tmp_path)
    grant(tmp_path, "s2")
    file = access.file_of(tmp_path)
    file.write_text(file.read_text().replace('"practitioner"', '"data_steward"', 1))
    with pytest.raises(ChainFault):
        access.read(tmp_path)


MAPPED = {"prac": "practitioner", "board": "board_reader"}
CLAIMS = SignInClaims(role_claim="sp_role", role_claims=MAPPED, locality_claim="sp_loc")
CLAIMING = PARTNERSHIP.model_copy(update={"sign_in": CLAIMS})


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"sp_role": "prac", "sp_loc": "north"}, access.OWN),
        ({"sp_role": ["board"]}, "board"),
        ({"sp_role": ["prac", "board"], "sp_loc": "north"}, None),  # which of the two is not ours to choose
        ({"sp_role": "Prac", "sp_loc": "north"}, None),
        ({"sp_role": "prac"}, None),
        ({"sp_role": "prac", "sp_loc": "moon"}, None),
        ({"groups": ["prac", "board"], "roles": "prac", "role": "practitioner", "sp_loc": "north"}, None),
        ({"sp_role": {"prac": 1}, "sp_loc": "north"}, None),
    ],
)
def test_a_role_the_provider_names_is_believed_only_as_it_is_mapped(tmp_path, claims, shown):
    found = decide(tmp_path, partnership=CLAIMING, **claims)
    assert (found.shown if isinstance(found, access.Person) else None) == shown
    assert not isinstance(decide(tmp_path, **claims), access.Person), "and not at all where nothing is mapped"


def test_what_the_table_says_goes_before_what_the_provider_says(tmp_path):
    grant(tmp_path, role="board_reader", localities=())
    claims = {"sp_role": "prac", "sp_loc": "north"}
    assert decide(tmp_path, partnership=CLAIMING, **claims).shown == "board"
    revoke(tmp_path)
    assert decide(tmp_path, partnership=CLAIMING, **claims) == access.UNKNOWN


@pytest.mark.parametrize("name", ["groups", "memberGroups", "https://id.example/group"])
def test_a_list_of_groups_is_never_a_claim_of_roles(name):
    with pytest.raises(ValidationError, match="list of groups"):
        SignInClaims(role_claim=name, role_claims={"x": "practitioner"})


def test_no_file_gives_a_practitioner_more_than_their_locality_or_a_board_reader_more_than_the_board():
    for role, shown in (("practitioner", "manager"), ("board_reader", "own locality"), ("board_reader", "manager")):
        with pytest.raises(ValidationError):
            RoleAudiences.model_validate({role: shown})


@given(role=st.sampled_from(access.ROLES), audience=st.sampled_from(access.SHOWN), own=st.sampled_from(access.SHOWN))
def test_nobody_is_ever_shown_more_than_role_grant_and_partnership_all_allow(role, audience, own):
    try:
        given = RoleAudiences.model_validate({role: own})
    except ValidationError:
        return
    partnership = PARTNERSHIP.model_copy(update={"roles": PARTNERSHIP.roles.model_copy(update={"audiences": given})})
    made = access.Grant("A-1", "", "s1", role, ("north",), audience, MONTH, "Chair", "")
    found = access.decide({("", "s1"): made}, partnership, {"iss": ISSUER, "sub": "s1"}, on=TODAY)
    assert isinstance(found, access.Person)
    assert access.SHOWN.index(found.shown) == min(access.SHOWN.index(audience), access.SHOWN.index(own))


def test_a_role_that_was_taken_out_of_the_product_lets_nobody_in():
    made = access.Grant("A-1", "", "s1", "practitioner", ("north",), "board", MONTH, "Chair", "")
    for strange in (replace(made, role="wizard"), replace(made, audience="everything")):
        found = access.decide({("", "s1"): strange}, PARTNERSHIP, {"iss": ISSUER, "sub": "s1"}, on=TODAY)
        assert found == access.ROLELESS


def test_the_command_lets_in_lists_and_takes_away_and_all_of_it_is_on_the_trail(tmp_path):
    def run(*words: str) -> Any:
        done = CliRunner().invoke(app, ["access", *words, "--data-dir", str(tmp_path), "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    until = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    who, what = ["--subject", "s1"], ["--role", "practitioner", "--locality", "north", "--until", until]
    made = run("grant", *who, *what, "--granted-by", "data steward")
    assert (made["granted_by"], made["audience"]) == ("Data Steward", "own locality")
    assert [one["subject"] for one in run("list")] == ["s1"]
    run("revoke", *who, "--revoked-by", "Area Service Manager")
    assert run("list") == []
    lines = trail.read(tmp_path)
    assert [one["action"] for one in lines] == ["access_grant", "access_revoke"]
    assert (lines[0]["permission"], lines[0]["role"]) == (made["id"], "Data Steward")
