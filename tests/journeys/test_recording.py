"""A meeting writes down what it decides, by keyboard, in a real browser: and the next publish holds it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import signed_in
from pypdf import PdfReader
from readers import CALM
from signed_in import SignedIn
from visits import CHROMIUM, NO_BROWSER

from dashboard.wording import meeting as said
from dashboard.wording import recording as words
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.record import Store, open_store
from pipelines.record.engine import URL_VARIABLE
from pipelines.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not Path(CHROMIUM).exists(), reason=NO_BROWSER)]
SUPPORT, CHAIR = "u-support-1", "u-chair-1"
MET_ON = date(2026, 10, 13)
# Whoever signs in does so today; what they record is of the meeting of North after the town's figures.
ON_THE_DAY = """
from datetime import UTC, datetime
from types import SimpleNamespace
from dashboard.recording import saving, sitting
saving.clock = sitting.clock = SimpleNamespace(now=lambda: datetime(2026, 10, 13, 14, 30, tzinfo=UTC))
"""
FORBIDDEN = "07700 900123"


@pytest.fixture(scope="module")
def town(larkhaven: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fictional town with all its deliveries, to be recorded in and built anew."""
    folder = tmp_path_factory.mktemp("recorded") / "town"
    shutil.copytree(larkhaven, folder, symlinks=True)
    return folder


@pytest.fixture(scope="module")
def served(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedIn]:
    """The town served to its business support and its chair."""
    with pytest.MonkeyPatch.context() as set_up:
        set_up.setenv(URL_VARIABLE, f"sqlite:///{town}/record/record.sqlite")
        set_up.setattr(signed_in, "PROGRAM", signed_in.PROGRAM.replace("sys.exit", f"{ON_THE_DAY}\nsys.exit"))
        running = SignedIn(town, tmp_path_factory.mktemp("signed_in"))
        running.grant(SUPPORT, "business_support", "north")
        running.grant(CHAIR, "deputy_service_manager", "north")
        yield running
        running.stop()


@pytest.fixture(scope="module")
def store(served: SignedIn, town: Path) -> Store:
    return open_store(Settings(town))


def command(*said: str, town: Path) -> str:
    """What a command of the program answers."""
    words = [sys.executable, "-c", "from pipelines.cli import app; app()", *said, "--data-dir", str(town)]
    found = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert found.returncode == 0, found.stderr
    return found.stdout


class Recorder:
    """Somebody at the meeting with nothing but a keyboard."""

    def __init__(self, browser: Any, served: SignedIn, subject: str) -> None:
        self.context = browser.new_context(viewport={"width": 1366, "height": 768})
        self.page = self.context.new_page()
        self.urls: list[str] = []
        self.page.on("request", lambda asked: self.urls.append(asked.url))
        self.page.goto(served.address)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.get_by_label("Login").fill(subject)
        self.page.get_by_role("button", name="Go on").click()
        self.page.wait_for_url(f"{served.address}/**")
        self.page.get_by_role("button", name="I confirm").wait_for(timeout=60_000)
        self.page.goto(f"{served.address}/?locality=north")
        self.page.get_by_text("North locality meeting").first.wait_for(timeout=60_000)
        self.confirm()

    def confirm(self) -> None:
        """Confirm the terms of a meeting, which are asked for once for each."""
        self.page.get_by_role("button", name="I confirm").wait_for(timeout=60_000)
        self.press("Enter")
        self.page.locator(".sp-meet-position").wait_for(timeout=60_000)
        self.settle()

    def settle(self) -> None:
        self.page.evaluate("window.calmSince = null")
        self.page.wait_for_function(CALM, timeout=60_000, polling=50)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def begin(self, kind: str) -> None:
        """Open a form by its number: its first control then has the focus."""
        self.press(kind)
        self.page.wait_for_function("document.activeElement.closest('.st-key-record_panel') !== null", timeout=20_000)

    def to(self, label: str) -> None:
        """Go on with Tab until a control has the focus."""
        for _ in range(12):
            if self.page.evaluate("document.activeElement.getAttribute('aria-label')") == label:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {label}")

    def choose(self, column: str, text: str) -> None:
        self.to(words.LABELS[column])
        self.page.keyboard.type(text)
        self.press("Enter")

    def write(self, column: str, text: str) -> None:
        self.to(words.LABELS[column])
        self.page.keyboard.type(text)

    def save(self, *, expect: str = "done") -> str:
        """Save with Ctrl and Enter, and what is then said."""
        before = self.page.locator(".sp-rec-said").all_inner_texts()
        self.page.keyboard.press("Control+Enter")
        told = self.page.locator(f".sp-rec-said.sp-rec-{expect}")
        told.wait_for(timeout=20_000)
        self.page.wait_for_function(
            "([kind, before]) => {const at = document.querySelector('.sp-rec-said.sp-rec-' + kind);"
            " return at && at.innerText !== before;}",
            arg=[expect, before[0] if before else ""], timeout=20_000,
        )  # fmt: skip
        self.settle()
        return str(told.inner_text())

    @property
    def name(self) -> str:
        """The place the keys are on."""
        return str(self.page.locator(".sp-meet-position").inner_text()).split(": ", 1)[1].rsplit(",", 1)[0]

    def card(self) -> str:
        return str(self.page.locator(".sp-meet-card").inner_text())

    def close(self) -> None:
        self.context.close()


@pytest.fixture(scope="module")
def support(browser: Any, served: SignedIn) -> Iterator[Recorder]:
    one = Recorder(browser, served, SUPPORT)
    yield one
    one.close()


@pytest.fixture(scope="module")
def chair(browser: Any, served: SignedIn) -> Iterator[Recorder]:
    one = Recorder(browser, served, CHAIR)
    yield one
    one.close()


def test_a_decision_is_recorded_in_four_steps(support, store):
    support.press("n")
    here = support.page.locator(".sp-meet-row[aria-current=true]").first.inner_text()
    assert "no assessment under way" in here
    support.press("d")  # 1: open
    support.begin("2")  # 2: what kind
    support.page.keyboard.type("amb")  # 3: the value
    support.press("Enter")
    assert support.name in support.save()  # 4: save
    [event] = store.events()
    assert (event.fields["value"], event.role, event.locality) == ("amber", "business_support", "north")
    assert (event.meeting_on, event.fields["judged_on"]) == (MET_ON, "2026-10-13")
    assert "This meeting: RAG: amber" in support.card()


def test_a_whole_meeting_is_recorded_by_keyboard_and_stands_on_the_screen_at_once(support, store):
    back = MET_ON + timedelta(weeks=2)
    support.begin("1")
    support.choose("status", "plan act")
    support.choose("lead_agency", "Youth Serv")
    support.choose("lead_role", "Youth Work")
    support.choose("report_back_on", f"{back:%d/%m/%Y}")
    support.write("reason", "the partners agreed a plan for the evenings")
    support.save()
    support.begin("2")
    support.choose("value", "red")
    support.write("reason", "more fights near the shops after school")
    support.save()
    support.begin("3")
    support.choose("lead_agency", "Housing")
    support.choose("due_on", f"{back:%Y-%m-%d}")
    support.write("action", "mend the lights by the underpass")
    support.write("aim", "people can see who is there")
    support.write("success", "nobody avoids the underpass")
    support.save()
    support.begin("5")
    support.write("goal", "young people can wait for the bus in peace")
    support.save()
    support.begin("6")
    support.choose("kind", "Strength")
    support.choose("role", "Youth Work")
    support.write("note", "the café is open late and known to everybody")
    support.save()
    support.begin("7")
    support.choose("harm_group", "Exploit")
    support.choose("role", "Youth Work")
    support.write("reason", "young people were followed home")
    support.save()
    support.begin("0")
    support.write("item", "how the new lights are going")
    support.save()
    card = support.card()
    lines = (
        "Status: Plan active. Led by Youth Service, Youth Work Lead.", "RAG: red", "Safety goal: young people can wait",
        "Action: Housing: mend the lights by the underpass", "Strength: the café is open late",
        "Concern: Exploitation: young people were followed home", "For the next agenda: how the new lights are going",
    )  # fmt: skip
    for text in lines:
        assert words.marked(words.THIS_MEETING, text) in card
    assert len(store.events()) == 8
    assert words.THIS_MEETING in support.page.locator(".sp-rec-mark").first.inner_text()


def test_the_panel_is_clean_by_axe_and_readable_on_a_projector(support):
    from axe_playwright_python.sync_playwright import Axe

    support.begin("1")
    assert [one["id"] for one in Axe().run(support.page).response["violations"]] == []
    support.press("Escape", "Escape")  # out of the field, then out of the form
    support.press("e")
    assert support.page.locator(".sp-rec-entry").count() == 8
    assert [one["id"] for one in Axe().run(support.page).response["violations"]] == []
    support.page.set_viewport_size({"width": 1920, "height": 1080})
    support.page.wait_for_timeout(500)  # the map is drawn anew for the larger window
    support.settle()
    support.press("m")
    support.page.wait_for_function("getComputedStyle(document.documentElement).fontSize === '24px'")
    wide = support.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    cut = support.page.evaluate(
        """() => [...document.querySelectorAll('.st-key-record_panel button, .st-key-record_panel p')]
          .filter(one => one.scrollWidth > one.clientWidth + 2).map(one => one.innerText)"""
    )
    support.press("m", "e")
    support.page.set_viewport_size({"width": 1366, "height": 768})
    assert wide
    assert cut == []


def test_words_that_are_refused_stay_with_their_author_alone(support, store, served, town):
    support.begin("3")
    support.choose("lead_agency", "Housing")
    support.write("action", f"ring {FORBIDDEN} about the lights")
    assert support.save(expect="held") == words.HELD["refused"]
    wrong = support.page.locator(".sp-rec-wrong").all_inner_texts()
    assert any(FORBIDDEN in one and "telephone" in one for one in wrong)
    draft = support.page.get_by_label(words.LABELS["action"])
    assert FORBIDDEN in draft.input_value()
    files = [one for folder in (town, served.data_dir, served.log.parent) for one in folder.rglob("*")]
    for file in (one for one in files if one.is_file() and "snapshots" not in one.parts):
        assert b"900123" not in file.read_bytes(), file
    assert not [one for one in [*support.urls, support.page.url] if "900123" in one]
    draft.focus()
    support.page.keyboard.press("Control+a")
    support.page.keyboard.type("have the lights seen to")
    support.save()
    assert store.events()[-1].fields["action"] == "have the lights seen to"


def test_two_people_record_into_the_same_place_at_once_and_the_second_is_told(support, chair, store):
    chair.press("n")
    assert chair.name == support.name
    chair.press("d")
    chair.begin("2")
    support.begin("2")
    support.choose("value", "red")
    chair.choose("value", "green")
    support.save()
    assert words.BOTH_KEPT in chair.save()
    assert [(one.role, one.fields["value"]) for one in store.events()[-2:]] == [
        ("business_support", "red"), ("deputy_service_manager", "green"),
    ]  # fmt: skip
    assert "RAG: green" in chair.card()


def test_a_stepped_up_place_is_led_elsewhere_for_everybody(support, chair, store):
    support.press("n")
    support.begin("9")
    support.choose("lead_agency", "First Resp")
    support.save()
    assert store.events()[-1].fields["status"] == "stepped_up"
    chair.press("n")
    assert chair.name == support.name
    assert "led elsewhere: ask the chair" in chair.card().lower()
    assert "First Response" not in chair.card()
    support.press("p")


def test_the_meeting_as_it_is_frozen_shows_what_was_decided(support, chair, served):
    name, frozen = support.name, said.frozen_title(MET_ON.isoformat())
    command("freeze-meeting", "--locality", "north", "--date", MET_ON.isoformat(), town=served.data_dir)
    chair.page.reload()
    chair.page.locator(".sp-meet-position").wait_for(timeout=60_000)
    chair.settle()
    chair.page.get_by_role("button", name=said.WHICH).click()
    chair.settle()
    chair.page.get_by_role("combobox", name=said.WHICH).click()
    chair.page.get_by_role("option", name=frozen).click()
    chair.page.locator(".sp-meet-frozen").get_by_text(frozen).wait_for(timeout=20_000)
    chair.settle()
    kept = chair.page.locator(".st-key-meeting_side").inner_text()
    changed = kept[kept.index(said.SECTIONS["since"]) :]
    assert name in changed
    assert "Status: Plan active. Led by Youth Service, Youth Work Lead." in changed
    assert not chair.page.locator("[class*=st-key-record_]").count(), "nothing more is recorded at it"


def test_the_minutes_say_what_was_decided_and_what_comes_next(support, town):
    command(
        "permission", "grant", "--for", "minutes", "--standing", "--locality", "north", "--purpose", "Weekly meeting",
        "--asked-by", "Business Support Officer", "--approved-by", "Area Service Manager", "--recipients", "The members",
        "--from", "2026-10-01", "--until", "2026-12-18", "--today", MET_ON.isoformat(), town=town,
    )  # fmt: skip
    told = command(
        "report", "minutes", "--locality", "north", "--meeting", MET_ON.isoformat(), "--today", MET_ON.isoformat(), "--json",
        town=town,
    )  # fmt: skip
    (file,) = [one for one in json.loads(told)["files"] if one.endswith(".pdf")]
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(town / "issued" / Path(file).name).pages).split())
    for decided in (
        "Plan active", "the partners agreed a plan for the evenings", "mend the lights by the underpass",
        "young people can wait for the bus in peace", "27 October 2026", "how the new lights are going",
    ):  # fmt: skip
        assert decided in text
    assert said.ELSEWHERE in text.lower(), "of a place that was stepped up"
    assert FORBIDDEN not in text


def test_the_next_publish_holds_it_and_the_next_meeting_sees_it_among_what_changed(support, store, town):
    name = support.name
    support.press("Escape", "Escape")
    support.page.locator("#sp-needs_plan").wait_for()
    here = support.page.locator(".sp-meet-row[aria-current=true]").first.inner_text()
    assert "no assessment under way" not in here, "the list says at once what was decided"
    build(Settings(town), as_at=MET_ON + timedelta(days=1))
    publish(Settings(town))
    support.page.reload()
    support.confirm()
    text = support.page.locator(".st-key-meeting_side").inner_text()
    changed = text[text.index(said.SECTIONS["since"]) :]
    assert name in changed
    assert "plan active" in changed[changed.index(name) :].lower()
    assert "young people were followed home" in text
    assert words.marked(words.THIS_MEETING, "").strip() not in text, "a snapshot holds it all"
    backs = text[text.index(said.SECTIONS["report_backs"]) : text.index(said.SECTIONS["since"])]
    assert "On this agenda: how the new lights are going" in backs, "and what was put on it for this time"
    rising = text[: text.index(said.SECTIONS["concerns"])]
    mine = rising[rising.index(name) :].split("\n\n")[0] if name in rising else ""
    assert "no assessment under way" not in mine, "and the next publish says the same"
    assert "no review" not in mine
