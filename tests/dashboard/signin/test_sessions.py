"""How long a sign-in lasts, whatever the clock does, and that what ended stays so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.signin import sessions
from dashboard.signin.sessions import Sessions, ticket_of
from pipelines.chain import ChainFault
from pipelines.policy import Sessions as Limits

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
LIMITS = Limits(longest_hours=8, idle_minutes=30)
ISSUER = "https://id.example"


def claims(**more):
    at = int(NOW.timestamp())
    said = {"is_logged_in": True, "iss": ISSUER, "sub": "s1", "nonce": "n1", "iat": at, "exp": at + 3600}
    return {**said, **more}


def ticket(**more):
    return ticket_of(claims(**more), ISSUER)


def why(all_of_them, one=None, minutes=0.0, clock_minutes=None):
    """Why it is over, so many minutes on; clock_minutes where the machine's clock says otherwise."""
    now = NOW + timedelta(minutes=minutes if clock_minutes is None else clock_minutes)
    return all_of_them.why_over(one or ticket(), LIMITS, now=now, elapsed=1000 + minutes * 60)


@pytest.fixture
def fresh(tmp_path):
    return Sessions(tmp_path)


def use(all_of_them, minutes):
    assert why(all_of_them, minutes=minutes) == ""
    all_of_them.touch(ticket(), 1000 + minutes * 60)


def test_a_session_lasts_while_it_is_used_and_ends_after_the_day(fresh):
    for minutes in range(0, 480, 29):
        use(fresh, minutes)
    assert why(fresh, minutes=480.1) == sessions.TOO_LONG


def test_looking_is_no_use_of_it(fresh):
    use(fresh, 0)
    assert [why(fresh, minutes=one) for one in (10, 20, 29.9)] == ["", "", ""]
    assert why(fresh, minutes=30.1) == sessions.IDLE


def test_what_is_over_stays_over_though_it_is_touched_or_the_clock_goes_back(fresh):
    use(fresh, 0)
    assert why(fresh, minutes=31) == sessions.IDLE
    fresh.touch(ticket(), 1000 + 31 * 60)
    assert why(fresh, minutes=31) == sessions.IDLE
    assert why(fresh, minutes=5) == sessions.IDLE


def test_a_clock_that_is_set_back_makes_no_session_longer(fresh):
    use(fresh, 0)
    for minutes in range(29, 480, 29):
        assert why(fresh, minutes=minutes, clock_minutes=-600) == ""
        fresh.touch(ticket(), 1000 + minutes * 60)
    assert why(fresh, minutes=481, clock_minutes=-600) == sessions.TOO_LONG


def test_signing_out_ends_every_copy_now_and_after_a_restart(fresh, tmp_path):
    use(fresh, 0)
    assert fresh.end(ticket(), sessions.SIGNED_OUT, now=NOW)
    assert not fresh.end(ticket(), sessions.SIGNED_OUT, now=NOW), "once"
    assert why(fresh) == sessions.SIGNED_OUT
    assert why(Sessions(tmp_path)) == sessions.SIGNED_OUT
    assert why(Sessions(tmp_path), ticket(nonce="n2")) == "", "the next sign-in of the same person is another"


def test_an_end_written_by_another_process_is_seen_at_once(fresh, tmp_path):
    use(fresh, 0)
    Sessions(tmp_path).end(ticket(), sessions.SIGNED_OUT, now=NOW)
    assert why(fresh) == sessions.SIGNED_OUT


def test_a_list_of_ends_that_was_altered_lets_nobody_on(fresh, tmp_path):
    fresh.end(ticket(nonce="a"), sessions.SIGNED_OUT, now=NOW)
    fresh.end(ticket(nonce="b"), sessions.SIGNED_OUT, now=NOW)
    file = tmp_path / "access" / "ended.jsonl"
    file.write_text(file.read_text().split("\n", 1)[1])
    assert why(Sessions(tmp_path), ticket(nonce="c")) == sessions.DAMAGED


def test_where_an_end_cannot_be_written_it_is_over_all_the_same(fresh, tmp_path):
    use(fresh, 0)
    (tmp_path / "access").write_text("a file where the folder would be")
    with pytest.raises(ChainFault):
        fresh.end(ticket(), sessions.SIGNED_OUT, now=NOW)
    (tmp_path / "access").unlink()
    assert why(fresh) == sessions.SIGNED_OUT


def test_after_a_restart_whoever_is_within_the_idle_limit_goes_on_and_others_sign_in_again(tmp_path):
    assert why(Sessions(tmp_path), minutes=29) == ""
    assert why(Sessions(tmp_path), minutes=31) == sessions.RESTARTED


@pytest.mark.parametrize(
    "more",
    [{"iss": "https://other.example"}, {"sub": ""}, {"sub": None}, {"nonce": None}, {"nonce": 5}, {"iat": "now"},
     {"iat": True}, {"exp": None}, {"nbf": "x"}],
)  # fmt: skip
def test_claims_that_are_not_ours_make_no_ticket(more):
    assert ticket(**more) == sessions.NOT_OURS


def test_nobody_is_signed_in_by_saying_so():
    for said in ({}, {"is_logged_in": False}, claims(is_logged_in="true"), claims(is_logged_in=1)):
        assert ticket_of(said, ISSUER) == sessions.NOT_SIGNED_IN


@pytest.mark.parametrize(
    "more",
    [{"iat": 4_000_000_000, "exp": 4_000_003_600}, {"nbf": 4_000_000_000}, {"exp": 1}, {"exp": int(NOW.timestamp())},
     {"iat": 1_000_000_000, "exp": 1_000_000_060}],
)  # fmt: skip
def test_a_token_that_is_not_good_now_begins_no_session(fresh, more):
    assert why(fresh, ticket(**more)) == sessions.EXPIRED_TOKEN


@given(*[st.text(alphabet="ab\n\ud800", min_size=1, max_size=3) for _ in range(4)])
def test_two_sign_ins_never_share_a_key(subject, nonce, other_subject, other_nonce):
    one, other = ticket(sub=subject, nonce=nonce), ticket(sub=other_subject, nonce=other_nonce)
    assert (one.key == other.key) == ((subject, nonce) == (other_subject, other_nonce))
