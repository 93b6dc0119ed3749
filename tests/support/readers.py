"""Readers of one audience: its own server, a browser on its pages, and what axe-core says of them."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from visits import Visit

REPOSITORY = Path(__file__).parents[2]
PROJECTOR = {"width": 1366, "height": 768}

MANAGER, NORTH, BOARD = "manager", "meeting:north", "board"
# Every page by its title, in the order of the navigation.
EVERY_PAGE = ("Meeting", "Map", "Place", "Trends", "Assessments", "Interventions", "Reports", "About this data")
BOARD_PAGES = ("Map", "Trends", "Interventions", "About this data")
PAGES = {MANAGER: EVERY_PAGE, NORTH: EVERY_PAGE, BOARD: BOARD_PAGES}

# A page opened by its own address: Streamlit looks for its server below that address first, finds nothing and goes up.
LOOKS_FOR_ITS_SERVER = ("/_stcore/health", "/_stcore/host-config")

_running: dict[tuple[Path, str], tuple[str, subprocess.Popen[bytes]]] = {}


def address_of(data_dir: Path, audience: str = MANAGER) -> str:
    """The address of a server for this audience: one for the whole run of the tests."""
    if (data_dir, audience) not in _running:
        _running[data_dir, audience] = start_server(data_dir, audience)
    return _running[data_dir, audience][0]


def start_server(
    data_dir: Path, audience: str = MANAGER, log: Path = Path(os.devnull), prefix: tuple[str, ...] = ()
) -> tuple[str, subprocess.Popen[bytes]]:
    """Start the real server on a free port and wait until it answers: its address, and the process to stop.

    prefix  the command it is started by, where it runs as another user
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*prefix, sys.executable, "-m", "dashboard.server", "--data-dir", str(data_dir), "--port", str(port)]
    paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(REPOSITORY)])
    with log.open("wb") as said:
        server = subprocess.Popen(
            [*command, "--shown-to", audience], env={**os.environ, "PYTHONPATH": paths}, stdout=said, stderr=said
        )
    for _ in range(240):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.25)
        else:
            # Another server may have taken the free port in between, and would then be read in place of this one.
            assert _listens(server.pid, port), "another server answers at the port this one was to have"
            return f"http://127.0.0.1:{port}", server
    raise AssertionError("the server did not answer in a minute")


def _listens(pid: int, port: int) -> bool:
    """Whether a process, or one it started, listens on a port."""
    parent = psutil.Process(pid)
    return any(
        one.status == psutil.CONN_LISTEN and one.laddr.port == port
        for process in (parent, *parent.children(recursive=True))
        for one in process.net_connections("tcp")
    )


@atexit.register
def stop_all() -> None:
    """Stop every server that was started here."""
    for _, server in _running.values():
        server.send_signal(signal.SIGTERM)
    for _, server in _running.values():
        server.wait(timeout=30)
    _running.clear()


class Found(NamedTuple):
    """One thing axe-core objects to: its rule, where, and the markup."""

    rule: str
    where: str
    markup: str


class Reader(Visit):
    """A reader's browser on any page of an audience; keeps every byte that was received."""

    def __init__(self, browser: Any, address: str, size: dict[str, int] = PROJECTOR) -> None:
        super().__init__(browser.new_page(viewport=size), address)
        self.faults: list[str] = []
        self.answers: list[Any] = []
        self.frames: list[bytes] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("response", lambda answer: self.answers.append(answer))
        self.page.on("websocket", lambda one: one.on("framereceived", lambda frame: self.frames.append(_bytes(frame))))

    def _listen(self, said: Any) -> None:
        if said.type == "error" and not said.location["url"].endswith(LOOKS_FOR_ITS_SERVER):
            self.faults.append(f"{said.text} {said.location['url']}")

    def start(self, path: str = "") -> Reader:
        """Open the first page of the audience, or an address below it."""
        self.page.goto(f"{self.address}/{path}")
        self.settle()
        return self

    def go(self, title: str) -> None:
        """Go to a page by the navigation at the top."""
        self.page.get_by_role("link", name=title, exact=True).click()
        here = "[data-testid=stTopNavLink][aria-current=page]"
        self.page.wait_for_function(f"title => document.querySelector('{here}')?.innerText === title", arg=title)
        self.settle()

    def settle(self) -> None:
        """Wait until the page is drawn: the run is over, and every map has its places."""
        self._wait_for_calm()
        for frame in self.page.locator("iframe[title^=streamlit_folium]").all():
            frame.content_frame.locator("path.leaflet-interactive").first.wait_for(timeout=60_000)

    def _wait_for_calm(self) -> None:
        self.page.evaluate("window.calmSince = null")  # what was calm before a key was pressed says nothing
        self.page.wait_for_function(CALM, timeout=60_000, polling=50)

    def titles(self) -> list[str]:
        """The pages the navigation offers."""
        return [one.inner_text() for one in self.page.get_by_test_id("stTopNavLink").all()]

    def boxes(self) -> list[str]:
        """What stands in boxes that tell of a fault."""
        return self.page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()

    def words(self) -> str:
        """Everything that can be read on the page, its maps included."""
        return "\n".join(frame.locator("body").inner_text() for frame in self.page.frames)

    def objections(self) -> list[Found]:
        """What axe-core objects to, in the page and in its maps."""
        from axe_playwright_python.base import AXE_SCRIPT
        from axe_playwright_python.sync_playwright import Axe

        for frame in self.page.frames[1:]:  # what runs in the page asks the same of each frame that has it
            frame.evaluate(AXE_SCRIPT)
        broken = Axe().run(self.page).response["violations"]
        return [Found(rule["id"], str(one["target"]), one["html"]) for rule in broken for one in rule["nodes"]]

    def received(self) -> bytes:
        """Every byte this reader was sent so far."""
        return b"\n".join([*(_body(one) for one in self.answers if one.status == 200), *self.frames])

    def close(self) -> None:
        """Leave; nothing may have left the machine or gone wrong."""
        self.page.close()
        assert self.left_the_machine() == []
        assert self.faults == []


# True once no run of the page's script has been going on for a quarter of a second.
CALM = """() => {
  const state = document.querySelector('[data-testid=stApp]')?.dataset.testScriptState;
  const busy = state !== 'notRunning' || !document.querySelector('h1, [data-testid=stAlert]')
    || document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner]');
  const now = performance.now();
  window.calmSince = busy ? null : (window.calmSince || now);
  return window.calmSince !== null && now - window.calmSince > 250;
}"""


def _bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def _body(answer: Any) -> bytes:
    """What was answered. A browser forgets a frame's own files as it draws it anew: those are files of the program."""
    from playwright.sync_api import Error

    try:
        return bytes(answer.body())
    except Error:
        assert "/static/" in answer.url or "/component/" in answer.url, answer.url
        return b""
