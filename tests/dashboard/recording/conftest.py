"""The fictional town on a day its North locality meets, with a register store of this test's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import DATA_DIR_VARIABLE, access, clock, reads
from dashboard.meeting import view
from dashboard.recording import drafts, kept
from dashboard.signin import guard
from dashboard.signin.guard import Guard
from dashboard.signin.settings import SignIn
from pipelines import access as table
from pipelines.insight import frozen
from pipelines.record import Store, open_store
from pipelines.settings import Settings

MEETS = date(2026, 10, 13)
NOW = datetime(2026, 10, 13, 14, 30, tzinfo=UTC)
ISSUER = "https://id.example"


@pytest.fixture(autouse=True)
def _a_meeting_of_october(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(access, "SHOWN_TO", reads.Audience("manager"))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    st.cache_data.clear()
    yield
    guard.set_up(None)
    st.cache_data.clear()


@pytest.fixture(scope="module")
def north(larkhaven: Path) -> dict[str, Any]:
    """What the North meeting sees, as plain data. Not to be changed."""
    return frozen.view_now(larkhaven, "north")


@pytest.fixture
def town(larkhaven: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, north: dict[str, Any]) -> Path:
    """A data directory with the town's snapshots and nothing recorded."""
    (tmp_path / "snapshots").symlink_to(larkhaven / "snapshots")
    shutil.copy(larkhaven / "partnership.toml", tmp_path)
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    monkeypatch.setattr(view, "live", {"north": north}.__getitem__)
    kept.answers_again()
    return tmp_path


@pytest.fixture
def store(town: Path) -> Store:
    """The register store of this town."""
    return open_store(Settings(town))


@pytest.fixture
def signed_in(town: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let somebody in with a role and localities, and let them be who is looking."""

    def be(role: str, *localities: str) -> None:
        made = SignIn(
            issuer=ISSUER, metadata_url=f"{ISSUER}/x", client_id="c", client_secret="s", cookie_secret="x" * 40,
            redirect_uri="https://places.example/oauth2callback",
        )  # fmt: skip
        guard.set_up(Guard(town, made))
        settings, now = Settings(town), NOW
        table.grant(
            town, settings.partnership, settings.policy, subject=role, role=role, localities=localities, at=now,
            until=now.date() + timedelta(days=30), granted_by=settings.partnership.roles.approvers[0],
        )  # fmt: skip
        seconds = int(now.timestamp())
        claims = {"is_logged_in": True, "iss": ISSUER, "sub": role, "nonce": f"n-{role}", "iat": seconds,
                  "exp": seconds + 3600}  # fmt: skip
        monkeypatch.setattr(guard, "claims", lambda: claims)
        guard._recent.found = None

    return be


class Panel:
    """The Meeting page with its Record panel, without a browser."""

    def __init__(self, locality: str = "north") -> None:
        self.page = AppTest.from_function(_meeting, default_timeout=60)
        self.page.query_params["locality"] = locality
        self.page.run()
        if [one for one in self.page.button if one.key == "confirm_terms"]:
            self.press("confirm_terms")

    def press(self, key: str) -> Panel:
        self.page.button(key=key).click().run()
        assert not self.page.exception
        return self

    def open(self, form: str, **values: Any) -> Panel:
        """Open a form at the first place and fill it in. Days are written, as into its field."""
        if not self.has("record_close"):
            self.press("record_open")
        days = {name: values.pop(name) for name in [*values] if name.endswith("_on")}
        if days:  # what is written into a list of choices cannot be given to one here, so it is a draft begun before
            key = ("north", self.place, form, 0)
            begun = drafts.Draft(key, values={"status": "agreed"} | days, touched=True)
            self.page.session_state[drafts.DRAFTS] = {key: begun}
        return self.press(f"record_kind_{form}").fill(**values)

    def fill(self, **values: Any) -> Panel:
        for column, value in values.items():
            self.control(column).set_value(value)
        self.page.run()
        assert not self.page.exception
        return self

    def control(self, column: str) -> Any:
        every = [*self.page.selectbox, *self.page.text_area, *self.page.multiselect]
        [found] = [one for one in every if (one.key or "").startswith("record_") and one.key.endswith(f"_{column}")
                   and len(one.key) == len(f"record_0123456789_{column}")]  # fmt: skip
        return found

    def save(self) -> Panel:
        return self.press("record_save")

    def has(self, key: str) -> bool:
        return any(one.key == key for one in self.page.button)

    @property
    def text(self) -> str:
        return unescape("\n".join(element.proto.body for element in self.page.get("html")))

    @property
    def name(self) -> str:
        """The name of the place the panel is of."""
        return re.findall(r'class="sp-rec-head">Record: (.*?)<span', self.text)[0]

    @property
    def place(self) -> str:
        return str(self.page.session_state["place"])


def _meeting() -> None:
    from dashboard.views import meeting

    meeting.page()


@pytest.fixture
def panel(town: Path) -> Panel:
    return Panel()


@pytest.fixture
def another(town: Path) -> Callable[[], Panel]:
    """Somebody else's browser on the same meeting."""
    return Panel
