"""People sign in at a real OpenID provider, see their own and nobody else's, and are out when it is over, in every tab."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from signed_in import COOKIE, SignedIn
from streamlit.proto.BackMsg_pb2 import BackMsg

from pipelines import trail
from pipelines.insight.queries import Audience, open_snapshot

pytestmark = pytest.mark.browser
NORTH, EAST, MANAGER, STRANGER = "u-north-1", "u-east-1", "u-manager-1", "u-stranger-1"


@pytest.fixture(scope="module")
def served(larkhaven: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    running = SignedIn(larkhaven, tmp_path_factory.mktemp("signed_in"))
    running.grant(NORTH, "practitioner", "north")
    running.grant(EAST, "practitioner", "east_central", "south")
    running.grant(MANAGER, "safer_options_manager")
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _clock(served: SignedIn) -> Iterator[None]:
    yield
    served.close_tabs()
    served.clock(0)


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    """A browser of one person, with no cookie in it."""
    made = browser.new_context(viewport={"width": 1366, "height": 768})
    yield made
    made.close()


def sign_in(served: SignedIn, context: Any, subject: str, path: str = "") -> Any:
    """A tab of somebody who went to the dashboard, was sent to the provider, and said there who they are."""
    page = context.new_page()
    page.goto(f"{served.address}/{path}")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Login").fill(subject)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"{served.address}/**")
    return page


def is_let_in(page: Any, badge: str) -> None:
    page.locator(".sp-audience").filter(has_text=badge).wait_for(timeout=30_000)


def is_turned_away(page: Any, title: str) -> None:
    """The page says so, and nothing of the town is on it."""
    page.get_by_role("heading", name=title, exact=True).wait_for(timeout=30_000)
    page.wait_for_function("!document.querySelector('.sp-banner')")
    assert shows_nothing(page.locator("body").inner_text())


def shows_nothing(text: str) -> bool:
    return not re.search(r"Larkhaven|North|East Central|figures as at|Harbour", text)


def names_not_for(larkhaven: Path, locality: str) -> list[str]:
    """The beats and places that the meeting of a locality may not have."""
    manager, own = (open_snapshot(larkhaven, one) for one in (Audience("manager"), Audience("meeting", locality)))
    levels = ("beat", "place_of_concern")
    return [name for level in levels for name in set(manager.areas(level)["name"]) - set(own.areas(level)["name"])]


def test_somebody_signs_in_sees_their_own_meeting_and_signs_out_of_both_tabs(served, context):
    first = sign_in(served, context, NORTH)
    is_let_in(first, "North locality meeting")
    second = context.new_page()
    second.goto(served.address)
    is_let_in(second, "North locality meeting")
    mine = [one for one in context.cookies() if one["name"].startswith(COOKIE)]
    copied = next(one["value"] for one in mine if one["name"] == COOKIE)
    assert all(one["httpOnly"] and one["sameSite"] == "Lax" for one in mine), "no script reads it, no other page sends it"
    assert all(one["expires"] - time.time() < 8 * 3600 + 5 for one in mine), "it lives no longer than a session"
    assert b"North" in served.tab(copied).ask()

    first.get_by_role("button", name="Practitioner").click()
    first.get_by_role("button", name="Sign out").click()
    first.get_by_role("button", name="Yes").click()
    is_turned_away(second, "Your session has ended")  # by itself: nobody touched it
    first.wait_for_url(f"{served.address}/**")
    is_turned_away(first, "Sign in to go on")
    assert not [one for one in context.cookies() if one["name"].startswith(COOKIE) and one["value"]]

    replayed = served.tab(copied).ask()
    assert b"Your session has ended" in replayed
    assert shows_nothing(replayed.decode("utf-8", "replace"))
    served.stop(only_server=True)
    served.start()
    assert b"Your session has ended" in served.tab(copied).ask(), "a restart brings nothing back"


def test_a_subject_nobody_granted_is_told_so_and_shown_nothing(served, context):
    page = sign_in(served, context, STRANGER)
    is_turned_away(page, "You have no access")
    assert STRANGER in page.locator("body").inner_text()


def test_a_grant_that_is_revoked_ends_at_the_next_thing_pressed_and_clears_a_tab_left_open(served, context):
    served.grant("u-leaver", "practitioner", "north")
    page = sign_in(served, context, "u-leaver")
    is_let_in(page, "North locality meeting")
    cookie = next(one["value"] for one in context.cookies() if one["name"] == COOKIE)
    tab = served.tab(cookie)
    assert b"North" in tab.ask()
    served.revoke("u-leaver")
    assert b"You have no access" in tab.ask(page="map")
    is_turned_away(page, "You have no access")


def test_a_session_ends_when_nobody_touches_it_though_the_page_looks_by_itself_every_few_seconds(served, context):
    page = sign_in(served, context, NORTH)
    is_let_in(page, "North locality meeting")
    served.clock(20 * 60)
    page.wait_for_timeout(2000)  # two beats of the page's own heart, which are no use of it
    served.clock(31 * 60)
    is_turned_away(page, "Your session has ended")
    page.get_by_text("Nothing was touched for a while").wait_for()


def test_a_session_ends_after_a_working_day_even_if_somebody_uses_it_all_the_time(served):
    tab = served.tab(served.cookie(served.claims(NORTH)))
    for moved in range(0, 8 * 3600, 28 * 60):
        served.clock(moved)
        assert b"North locality meeting" in tab.ask(page="about")
    served.clock(8 * 3600 + 60)
    assert b"A sign-in lasts for one working day" in tab.ask(page="about")


def test_what_a_restart_forgot_signs_in_again_once_it_is_older_than_the_idle_limit(served):
    old = served.cookie(served.claims(NORTH, iat=served.claims(NORTH)["iat"] - 40 * 60))
    assert b"The service was started again" in served.tab(old).ask()


def test_an_address_typed_by_hand_shows_nobody_anothers_locality_or_a_page_of_another_role(served, context, larkhaven):
    page = sign_in(served, context, NORTH)
    is_let_in(page, "North locality meeting")
    for path in ("map?level=beat&locality=south&audience=manager", "reports", "meeting?locality=south&role=manager"):
        page.goto(f"{served.address}/{path}")
        is_let_in(page, "North locality meeting")
        page.wait_for_timeout(300)
        shown = "\n".join(frame.locator("body").inner_text() for frame in page.frames)
        assert not [name for name in names_not_for(larkhaven, "north") if name in shown]
    assert "Reports" not in page.locator("body").inner_text()


def test_a_meeting_is_entered_once_its_terms_are_confirmed_by_one_key_and_all_of_it_is_on_the_trail(served, context):
    served.grant("u-chair", "practitioner", "north")
    page = sign_in(served, context, "u-chair")
    page.get_by_role("heading", name="Before the meeting").wait_for(timeout=30_000)
    assert not page.locator("iframe").count()
    assert "Needs a plan" not in page.locator("body").inner_text()
    page.keyboard.press("Enter")
    page.locator(".sp-meet-clock").wait_for(timeout=30_000)
    page.reload()
    page.locator(".sp-meet-clock").wait_for(timeout=30_000)
    page.get_by_role("link", name="Map", exact=True).click()
    places = page.frame_locator("iframe[title^=streamlit_folium]").locator("path.leaflet-interactive")
    places.first.wait_for(timeout=60_000)
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")

    lines = trail.read(served.data_dir, subject="u-chair")
    assert [one["action"] for one in lines][:3] == ["sign_in", "page", "terms"]
    terms = next(one for one in lines if one["action"] == "terms")
    assert (terms["role"], terms["locality"], terms["audience"]) == ("practitioner", "north", "meeting")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", terms["selection"]["meeting"])
    maps = [one for one in lines if one["selection"].get("page") == "map"]
    assert maps[-1]["selection"]["level"] == "beat"
    assert maps[-1]["snapshot"] == (served.data_dir / "snapshots" / "current").read_text().strip()
    assert trail.verify(served.data_dir).entries >= len(lines)


def test_where_the_trail_cannot_be_written_nothing_is_shown(served):
    tab = served.tab(served.cookie(served.claims(MANAGER)))
    assert b"Safer Options manager" in tab.ask(page="map")
    kept = served.data_dir / "trail"
    moved = kept.rename(kept.with_name("kept"))
    kept.write_text("a file where the folder was")
    try:
        received = tab.ask(page="trends")
        assert b"The record of use cannot be written" in received
        assert shows_nothing(received.decode("utf-8", "replace"))
    finally:
        kept.unlink()
        moved.rename(kept)
    assert b"The record of use" not in tab.ask(page="trends")


def test_the_choice_of_a_locality_stays_within_the_grant(served, context, larkhaven):
    page = sign_in(served, context, EAST)
    is_let_in(page, "East Central locality meeting")
    page.get_by_role("button", name="Practitioner").click()
    page.get_by_label("Whose locality").click()
    assert page.get_by_role("option").all_inner_texts() == ["East Central", "South"]
    page.get_by_role("option", name="South").click()
    is_let_in(page, "South locality meeting")


def test_anothers_data_asked_for_over_the_websocket_is_not_sent(served, larkhaven):
    """Widget states set by hand: every control there is, told to be another locality, a manager's level, another's place."""
    tab = served.tab(served.cookie(served.claims(NORTH)))
    first = tab.ask(page="map", query="level=beat")
    ids = set(re.findall(rb"\$\$ID-[0-9a-f]+-[A-Za-z0-9_:.]+", first))
    assert any(one.endswith(b"-level") for one in ids)
    widgets: dict[str, Any] = {one.decode(): "South" for one in ids if not one.endswith(b"-sign_out")}
    widgets["$$ID-00000000000000000000000000000000-signed_in_locality"] = "South"
    received = tab.ask(page="map", query="level=beat&locality=south", widgets=widgets)
    received += tab.ask(page="meeting", query="locality=south", widgets=widgets)
    assert b"North locality meeting" in received
    found = first + received
    assert not [name for name in names_not_for(larkhaven, "north") if name.encode() in found]
    own = open_snapshot(larkhaven, Audience("meeting", "north")).areas("beat")["name"]
    assert [name for name in own if name.encode() in found]


def test_a_fragment_asked_for_after_the_session_ended_is_a_run_of_the_page_that_says_so(served):
    claims = served.claims(MANAGER)
    tab = served.tab(served.cookie(claims))
    fragments = re.findall(rb"[0-9a-f]{32}", tab.ask(page="map"))
    served.clock(31 * 60)
    for one in list(dict.fromkeys(fragments))[:3]:
        received = tab.ask(page="map", fragment=one.decode())
        assert b"Your session has ended" in received
        assert shows_nothing(received.decode("utf-8", "replace"))
    file = BackMsg()
    file.backend_operation_request.request_id = "1"
    file.backend_operation_request.deferred_file.file_id = "0" * 40
    assert b"0" * 40 not in tab.send(file)
    assert b"Failed to generate" not in tab.send(file), "it never reached whoever fetches files"


def test_the_way_out_is_taken_though_the_page_looks_by_itself_just_as_it_is_pressed(served):
    """What a run had to say is lost when the next overtakes it; the way to the provider must not be."""
    served.grant("u-hurried", "safer_options_manager")
    for _ in range(3):
        tab = served.tab(served.cookie(served.claims("u-hurried")))
        first = tab.ask(page="about")
        button = re.search(rb"\$\$ID-[0-9a-f]+-sign_out", first)
        assert button
        pressed, beat = BackMsg(), BackMsg()
        pressed.rerun_script.page_name = beat.rerun_script.page_name = "about"
        state = pressed.rerun_script.widget_states.widgets.add()
        state.id, state.trigger_value = button.group().decode(), True
        beat.rerun_script.fragment_id, beat.rerun_script.is_auto_rerun = "0" * 32, True
        assert b"/auth/logout" in tab.send_at_once(pressed, *[beat] * 20)
    assert len(trail.read(served.data_dir, subject="u-hurried", action="sign_out")) == 3


@pytest.mark.parametrize(
    ("what", "claims", "secret", "said"),
    [
        ("signed with another secret", {}, "x" * 64, "Sign in to go on"),
        ("of another issuer", {"iss": "http://127.0.0.1:1"}, None, "You have no access"),
        ("without a nonce", {"nonce": ""}, None, "You have no access"),
        ("past its time", {"iat": 1_000_000_000, "exp": 1_000_003_600}, None, "Your session has ended"),
        ("from the future", {"iat": 4_000_000_000, "exp": 4_000_003_600}, None, "Your session has ended"),
        ("not good yet", {"nbf": 4_000_000_000}, None, "Your session has ended"),
        ("for another address", {"origin": "http://elsewhere.example"}, None, "Sign in to go on"),
        ("with a role of its own", {"sub": "u-x", "role": "manager", "groups": ["manager"]}, None, "You have no access"),
        ("with a role nobody mapped", {"sub": "u-x", "safer_places_role": "data_steward"}, None, "You have no access"),
        ("with a role and no locality", {"sub": "u-x", "safer_places_role": "sp_practitioner"}, None, "You have no role"),
    ],
)  # fmt: skip
def test_a_forged_or_strange_claim_is_turned_away(served, what, claims, secret, said):
    made = served.claims(MANAGER, **claims)
    received = served.tab(served.cookie(made, secret) if secret else served.cookie(made)).ask(page="map")
    text = received.decode("utf-8", "replace")
    assert said in text, what
    assert shows_nothing(text), what


def test_a_role_the_provider_names_is_believed_where_the_partnership_maps_it(served, context):
    page = sign_in(served, context, "role-sp_practitioner-south")
    is_let_in(page, "South locality meeting")


def test_a_tampered_cookie_is_no_cookie(served):
    good = served.cookie(served.claims(MANAGER))
    body, _, signature = good.partition(".")
    assert b"Safer Options manager" in served.tab(good).ask()
    for bad in (f"{body[:-2]}AA.{signature}", good[:-3] + "abc", ""):
        assert b"Sign in to go on" in served.tab(bad).ask()


@pytest.mark.parametrize("path", ["media/anything.png", "app/static/vendor/leaflet.js"])
def test_no_file_is_fetched_by_anybody_who_is_not_signed_in(served, path):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.address}/{path}", timeout=5)
    assert refused.value.code == 403
    refused.value.close()
