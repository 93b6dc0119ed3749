"""The door: before a browser's message reaches a page, whoever sent it is looked at.

A page's fragments run without the rest of the page, and draw from what was read before; a file is fetched without any page
running. So it is here, before all of them, that a session which ended can ask for nothing but the page that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import (
    _get_signed_cookie_with_chunks,
    _parse_decoded_user_cookie,
)

from dashboard import trail
from dashboard.signin.guard import Admitted, Guard
from pipelines import chain

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAM, LOGOUT, FILES = "/_stcore/stream", "/auth/logout", ("/media/", "/app/static/", "/_stcore/upload_file/")
# The buttons of the page that turns somebody away, by the ends of their ids.
_BUTTONS = ("-sign_in", "-sign_out")
# What a browser may say that asks for nothing.
_HARMLESS = ("app_heartbeat", "stop_script")


class Door:
    """ASGI middleware: holds every message of every tab to the session it came with."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] == "websocket" and path.endswith(STREAM):
            receive = self._listening(self.claims_of(scope), receive)
        elif scope["type"] == "http" and any(one in path for one in FILES):
            if not isinstance(self.guard.admit(self.claims_of(scope)), Admitted):
                await PlainTextResponse("sign in first", status_code=403)(scope, receive, send)
                return
        elif scope["type"] == "http" and path.endswith(LOGOUT):
            with suppress(chain.ChainFault):  # over for as long as this server runs, see `Sessions.end`
                if self.guard.sign_out(claims := self.claims_of(scope)):
                    trail.signed_out(claims)
        await self.app(scope, receive, send)

    def claims_of(self, scope: Scope) -> Mapping[str, Any]:
        """What the signed cookie of a request says, as Streamlit reads it; nothing where it is forged."""
        said = "; ".join(value.decode("latin-1") for name, value in scope.get("headers", []) if name == b"cookie")
        found = _get_signed_cookie_with_chunks(cookie_parser(said), USER_COOKIE_NAME)
        uri = self.guard.sign_in.redirect_uri
        return _parse_decoded_user_cookie(found, uri) if found else {}

    def _listening(self, claims: Mapping[str, Any], receive: Receive) -> Receive:
        async def listen() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                passed = self.passed(claims, message.get("bytes") or b"")
                if passed is not None:
                    return {"type": "websocket.receive", "bytes": passed}

        return listen

    def passed(self, claims: Mapping[str, Any], said: bytes) -> bytes | None:
        """What of a browser's message goes on to the page; null for nothing.

        Whoever is let in: all of it. Anybody else: a run of the whole page, which turns them away, with no fragment in it
        and nothing pressed but that page's own buttons. A page that looks by itself (`is_auto_rerun`) uses nothing, so that
        it keeps nobody signed in.
        """
        asked = BackMsg()
        try:
            asked.ParseFromString(said)
        except Exception:  # whatever it is, it is no message
            return None
        kind = asked.WhichOneof("type")
        runs = kind == "rerun_script"
        is_use = (runs and not asked.rerun_script.is_auto_rerun) or kind == "backend_operation_request"
        if isinstance(self.guard.admit(claims, is_use=is_use), Admitted) or kind in _HARMLESS:
            return said
        if not runs:
            return None
        asked.rerun_script.fragment_id = ""
        asked.rerun_script.is_auto_rerun = False
        states = asked.rerun_script.widget_states.widgets
        kept = [one for one in states if one.id.endswith(_BUTTONS)]
        del states[:]
        states.extend(kept)
        return asked.SerializeToString()
