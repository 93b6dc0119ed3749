"""How the dashboard is served: to those who sign in; where nobody can, to this machine alone.

`python -m dashboard.server --data-dir DIR --port 8501 --address 127.0.0.1`

Without sign-in (`sign_in.toml`, see docs/access.md) it listens on this machine's own address and shows the made-up town or
public feeds, nothing else.

Two locks, because one can be left open: the settings below switch off everything that is known to call out,
and the Content-Security-Policy makes the browser refuse whatever is not known.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import ipaddress
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.middleware import Middleware

from dashboard import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR, access, assets, calm_log, palette, wording
from dashboard.signin import guard
from dashboard.signin.door import Door
from dashboard.signin.settings import LOOPBACK, SignIn, load
from pipelines.errors import HarmError, NotForThisAudience, SettingsError
from pipelines.insight.queries import open_snapshot

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
    "server.enableCORS": True,
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
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
)
# The cookies of a sign-in, which Streamlit gives thirty days and does not keep to TLS.
SIGN_IN_COOKIES = (b"_streamlit_user", b"_streamlit_user_tokens")


class OnlyFromHere:
    """ASGI middleware: every answer tells the browser to talk to this server and to no other."""

    def __init__(self, app: ASGIApp, sign_in: SignIn | None = None, longest_seconds: int = 0) -> None:
        self.app, self.sign_in, self.longest_seconds = app, sign_in, longest_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = {name for name, _ in HEADERS}
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in ours]
                kept = [(name, self._cookie(value) if name.lower() == b"set-cookie" else value) for name, value in kept]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        await self.app(scope, receive, answer if scope["type"] == "http" else send)

    def _cookie(self, said: bytes) -> bytes:
        """A cookie of sign-in lives no longer than a session can, and no cookie of a server behind TLS goes without it."""
        if self.sign_in is None:
            return said
        if said.startswith(SIGN_IN_COOKIES):
            said = re.sub(rb"(?i)max-age=[1-9]\d*", b"Max-Age=%d" % self.longest_seconds, said)
        return said + b"; Secure" if self.sign_in.is_https and b"; secure" not in said.lower() else said


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


def make_app(running: guard.Guard | None = None) -> st.App:
    """The dashboard as an ASGI application, policy and door included. running: null where nobody signs in."""
    if running is None:
        return st.App(APP, middleware=[Middleware(OnlyFromHere)], lifespan=_warm_up, on_script_error=_calmly)
    longest = running.policy.sessions.longest_hours * 3600
    layers = [Middleware(OnlyFromHere, sign_in=running.sign_in, longest_seconds=longest), Middleware(Door, guard=running)]
    secrets = running.sign_in.for_streamlit()
    return st.App(APP, secrets=secrets, middleware=layers, lifespan=_warm_up, on_script_error=_calmly)


def serve(data_dir: Path, *, address: str, port: int) -> None:
    """Serve until stopped. With no snapshot yet it starts all the same: the page says what to do.

    Raises SettingsError where sign-in is set up wrongly, or is not and this would show anything to anybody.
    """
    calm_log.install()
    assets.copy_leaflet()
    os.environ[DATA_DIR_VARIABLE] = str(data_dir.resolve())
    sign_in = load(data_dir)
    running = guard.Guard(data_dir, sign_in) if sign_in else None
    guard.set_up(running)
    if running is None:
        require_closed(data_dir, address)
    # An address is always set: without one, Streamlit asks an outside service what this machine's own is.
    config = {**SETTINGS, "server.address": address, "server.port": port}
    # A page elsewhere could have its own name lead here: only the names this is known by are answered.
    config["server.allowedHosts"] = [*LOOPBACK, *([sign_in.host] if sign_in else [])]
    make_app(running).run(config=config)


def require_closed(data_dir: Path, address: str) -> None:
    """Raise SettingsError unless it is right that nobody signs in: this machine alone, and nothing real to see."""
    if not _is_this_machine(address):
        raise SettingsError(
            f"{address}: without sign-in the dashboard is served to this machine alone. Set up sign-in (docs/access.md), or "
            "leave --address away"
        )
    try:
        snapshot = open_snapshot(data_dir, access.SHOWN_TO)
    except HarmError:
        return  # none yet, or none that can be read: the page says what to do, and shows nothing
    if not snapshot.needs_no_sign_in:
        raise SettingsError(
            "the current snapshot is neither the demo's nor of public feeds only, and nobody signs in: set up sign-in "
            "(docs/access.md). A demo made by an earlier version is made anew by demo, build and publish"
        )


def _is_this_machine(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m dashboard.server", description="Serve the dashboard.")
    usual = os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR
    parser.add_argument("--data-dir", type=Path, default=Path(usual), help="the data directory (default: %(default)s)")
    parser.add_argument("--address", default=LOCAL, help="the address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8501, help="the port to listen on (default: %(default)s)")
    parser.add_argument("--shown-to", help="without sign-in: manager (default), board, or meeting:<locality>")
    asked = parser.parse_args(arguments)
    if not asked.data_dir.is_dir():
        print(f"there is no data directory {asked.data_dir}: make one with safer-places demo", file=sys.stderr)
        return 2
    try:
        _shown_to(asked.shown_to, asked.data_dir)
        serve(asked.data_dir, address=asked.address, port=asked.port)
    except NotForThisAudience as wrong:
        print(f"--shown-to: {wrong}", file=sys.stderr)
        return 2
    except HarmError as wrong:
        print(wrong, file=sys.stderr)
        return wrong.exit_code
    return 0


def _shown_to(said: str | None, data_dir: Path) -> None:
    if said is None:
        return
    if load(data_dir):
        raise SettingsError("--shown-to: people sign in here, and the access table says what each is shown: leave it away")
    access.show_to(said)


if __name__ == "__main__":
    sys.exit(main())
