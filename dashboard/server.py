"""How the dashboard is served: on this machine, to this machine's network, and to nobody outside.

`python -m dashboard.server --data-dir DIR --port 8501 --address 127.0.0.1`

Two locks, because one can be left open: the settings below switch off everything that is known to call out,
and the Content-Security-Policy makes the browser refuse whatever is not known.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR, access, assets, calm_log, palette, wording
from dashboard.reads import NotForThisAudience

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

APP = Path(__file__).with_name("app.py")
LOCAL = "127.0.0.1"

# Given as overrides, which win over configuration files and environment variables.
SETTINGS: dict[str, Any] = {
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "logger.enableRich": False,  # it would write tracebacks past the log
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.enableStaticServing": True,
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 1,
    "server.showEmailPrompt": False,
    "theme.base": "light",
    "theme.primaryColor": palette.ACCENT,
    "theme.backgroundColor": palette.PAPER,
    "theme.secondaryBackgroundColor": palette.PANEL,
    "theme.textColor": palette.INK,
    "theme.font": "sans-serif",
    "theme.showWidgetBorder": True,
}

# streamlit-folium builds its map by evaluating a script we send, and Streamlit writes styles in place.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
    )
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


class OnlyFromHere:
    """ASGI middleware: every answer tells the browser to talk to this server and to no other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in HEADERS}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)


@asynccontextmanager
async def _warm_up(app: st.App) -> AsyncIterator[None]:
    """Import what is slow to import, then tell the collector that all of it stays.

    Not the pages themselves: a component may only be declared once the pages are running.
    """
    for slow in ("folium", "pandas", "plotly.graph_objects"):
        importlib.import_module(slow)
    gc.collect()
    gc.freeze()
    yield


def _calmly(fault: Exception) -> bool:
    """Show a sentence instead of a traceback. Streamlit has logged the fault by then: `calm_log` is in its way."""
    st.error(wording.FAULT)
    return True


def make_app() -> st.App:
    """The dashboard as an ASGI application, policy included."""
    return st.App(APP, middleware=[Middleware(OnlyFromHere)], lifespan=_warm_up, on_script_error=_calmly)


def serve(data_dir: Path, *, address: str, port: int) -> None:
    """Serve until stopped. With no snapshot yet it starts all the same: the page says what to do."""
    calm_log.install()
    assets.copy_leaflet()
    os.environ[DATA_DIR_VARIABLE] = str(data_dir.resolve())
    # An address is always set: without one, Streamlit asks an outside service what this machine's own is.
    make_app().run(config={**SETTINGS, "server.address": address, "server.port": port})


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.server", description="Serve the dashboard.")
    usual = os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR
    parser.add_argument("--data-dir", type=Path, default=Path(usual), help="the data directory (default: %(default)s)")
    parser.add_argument("--address", default=LOCAL, help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8501, help="the port to listen on (default: %(default)s)")
    parser.add_argument("--shown-to", default="manager", help="manager, board, or meeting:<locality> (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        access.show_to(asked.shown_to)
    except NotForThisAudience as wrong:
        print(f"--shown-to: {wrong}", file=sys.stderr)
        return 2
    if not asked.data_dir.is_dir():
        print(f"there is no data directory {asked.data_dir}: make one with safer-places demo", file=sys.stderr)
        return 2
    serve(asked.data_dir, address=asked.address, port=asked.port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
