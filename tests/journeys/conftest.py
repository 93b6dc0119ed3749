"""The real server and a real browser, for every journey."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from readers import start_server
from visits import CHROMIUM, FLAGS, Visit


@pytest.fixture(scope="module")
def serve() -> Iterator[Any]:
    """Start the real server on a free port for a data directory, as anybody; stopped at the end."""
    started = []

    def start(data_dir: Path, log: Path = Path(os.devnull), prefix: tuple[str, ...] = ()) -> str:
        address, server = start_server(data_dir, log=log, prefix=prefix)
        started.append(server)
        return address

    yield start
    for server in started:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


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
