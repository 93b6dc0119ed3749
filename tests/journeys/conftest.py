"""The real server and a real browser, for every journey."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visits import CHROMIUM, FLAGS, Visit

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def serve() -> Iterator[Any]:
    """Start the real server on a free port for a data directory, as anybody; stopped at the end."""
    started = []

    def start(data_dir: Path, log: Path = Path(os.devnull), prefix: tuple[str, ...] = ()) -> str:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [*prefix, sys.executable, "-m", "dashboard.server", "--data-dir", str(data_dir), "--port", str(port)]
        paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(REPOSITORY)])
        with log.open("wb") as said:
            server = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=said, stderr=said)
        started.append(server)
        _wait_until_it_answers(f"http://127.0.0.1:{port}/_stcore/health", server)
        return f"http://127.0.0.1:{port}"

    yield start
    for server in started:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server stopped before it answered"
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the server did not answer in a minute")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def address(serve, larkhaven) -> str:
    return serve(larkhaven)


@pytest.fixture
def visit(browser, address) -> Iterator[Visit]:
    """A new reader on a projector; afterwards, nothing may have left the machine or gone wrong."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    made = Visit(page, address)
    yield made
    page.close()
    assert made.left_the_machine() == []
    assert made.complaints == []
