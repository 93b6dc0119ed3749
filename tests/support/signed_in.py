"""People who sign in: a real OpenID provider on this machine, the real server behind it, and what an attacker would send."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from pipelines import access
from pipelines.settings import Settings

HERE = Path(__file__).parent / "provider"
CLIENT, CLIENT_SECRET, COOKIE_SECRET = "safer-places", secrets.token_hex(16), secrets.token_hex(32)
COOKIE, XSRF = "_streamlit_user", "_streamlit_xsrf"
# The product as it is, but for a clock that a test can move and a heart that beats faster.
PROGRAM = """
import sys
from datetime import timedelta
from pathlib import Path
import streamlit as st
from dashboard import clock, server
from dashboard.signin import page
moved, now, elapsed = Path(sys.argv[1]), clock.now, clock.elapsed
clock.now = lambda: now() + timedelta(seconds=float(moved.read_text()))
clock.elapsed = lambda: elapsed() + float(moved.read_text())
page.heartbeat = st.fragment(page.heartbeat.__wrapped__, run_every=0.9)
sys.exit(server.main(sys.argv[2:]))
"""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def install_provider() -> Path:
    """The provider's program, installed once by what its lock file pins; skips, saying why, where that cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not here, and the OpenID provider of the tests runs on them")
    with FileLock(HERE / ".lock"):
        done = HERE / "node_modules" / ".package-lock.json"
        if not done.exists() or done.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
            words = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            tried = subprocess.run(words, cwd=HERE, capture_output=True, text=True, timeout=300)
            if tried.returncode != 0:
                pytest.skip("the OpenID provider of the tests cannot be installed: npm ci reaches no registry")
            done.touch()
    return HERE / "server.mjs"


class SignedIn:
    """A data directory served to people who sign in."""

    def __init__(self, larkhaven: Path, folder: Path) -> None:
        program = install_provider()
        self.port, self.provider_port = free_port(), free_port()
        self.address, self.issuer = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.provider_port}"
        self.data_dir, self.moved, self.log = folder / "data", folder / "moved", folder / "log.txt"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.tabs: list[Tab] = []
        self._data(larkhaven)
        words = ["node", str(program), str(self.provider_port), CLIENT, CLIENT_SECRET, f"{self.address}/oauth2callback"]
        with (folder / "provider.txt").open("wb") as said:
            self._processes.append(subprocess.Popen(words, stdout=said, stderr=said))
        self.start()
        self._wait(f"{self.issuer}/.well-known/openid-configuration", self._processes[0])

    def _data(self, larkhaven: Path) -> None:
        """The town's snapshots and an access table of this test's own."""
        self.data_dir.mkdir(parents=True)
        (self.data_dir / "snapshots").symlink_to(larkhaven / "snapshots")
        said = (larkhaven / "partnership.toml").read_text(encoding="utf-8")
        claims = 'role_claim = "safer_places_role"\nrole_claims = { sp_practitioner = "practitioner" }\n'
        self.partnership = self.data_dir / "partnership.toml"
        self.partnership.write_text(
            f'{said}\n[sign_in]\n{claims}locality_claim = "safer_places_locality"\n', encoding="utf-8"
        )
        file = self.data_dir / "sign_in.toml"
        file.write_text(
            f'issuer = "{self.issuer}"\nmetadata_url = "{self.issuer}/.well-known/openid-configuration"\n'
            f'client_id = "{CLIENT}"\nclient_secret = "{CLIENT_SECRET}"\n'
            f'redirect_uri = "{self.address}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n',
            encoding="utf-8",
        )
        file.chmod(0o600)
        self.moved.write_text("0")

    def start(self) -> None:
        """Start the server, or start it again."""
        words = [sys.executable, "-c", PROGRAM, str(self.moved), "--data-dir", str(self.data_dir), "--port", str(self.port)]
        paths = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), str(Path(__file__).parents[2])])
        with self.log.open("ab") as said:
            server = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": paths}, stdout=said, stderr=said)
        self._processes.append(server)
        self._wait(f"{self.address}/_stcore/health", server)

    @staticmethod
    def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
        for _ in range(240):
            assert process.poll() is None, "a server stopped before it answered"
            try:
                urllib.request.urlopen(address, timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("a server did not answer")

    def stop(self, only_server: bool = False) -> None:
        """Stop the server, and the provider too unless told not to."""
        self.close_tabs()
        for process in self._processes[1 if only_server else 0 :]:
            process.terminate()
            process.wait(timeout=30)
        del self._processes[1 if only_server else 0 :]

    def grant(self, subject: str, role: str, *localities: str) -> None:
        """Let somebody in for a month."""
        partnership, policy = Settings(self.data_dir).partnership, Settings(self.data_dir).policy
        access.grant(
            self.data_dir, partnership, policy, subject=subject, role=role, localities=localities, at=datetime.now(UTC),
            until=date.today() + timedelta(days=30), granted_by=partnership.roles.approvers[0],
        )  # fmt: skip

    def revoke(self, subject: str) -> None:
        """Let somebody in no longer."""
        partnership = Settings(self.data_dir).partnership
        by = partnership.roles.approvers[0]
        access.revoke(self.data_dir, partnership, subject=subject, revoked_by=by, at=datetime.now(UTC))

    def clock(self, seconds: float) -> None:
        """Let the server's clock be so many seconds on."""
        self.moved.write_text(str(seconds))

    def claims(self, subject: str, **more: Any) -> dict[str, Any]:
        """What the cookie of a sign-in just now says."""
        now = int(time.time())
        return {
            "iss": self.issuer, "sub": subject, "aud": CLIENT, "nonce": secrets.token_hex(8), "iat": now, "exp": now + 3600,
            "origin": self.address, "is_logged_in": True, "provider": "default", **more,
        }  # fmt: skip

    def cookie(self, claims: dict[str, Any], secret: str = COOKIE_SECRET) -> str:
        """Claims as the server would sign them; or as somebody would who does not have its secret."""
        return create_signed_value(secret, COOKIE, json.dumps(claims)).decode()

    def tab(self, cookie: str) -> Tab:
        """A browser tab's websocket with this cookie in it, without the browser."""
        self.tabs.append(Tab(self, cookie))
        return self.tabs[-1]

    def close_tabs(self) -> None:
        """Leave every tab that was opened by hand."""
        while self.tabs:
            self.tabs.pop().close()


class Tab:
    """Streamlit's own protocol, spoken by hand: whatever a browser could be made to send."""

    def __init__(self, served: SignedIn, cookie: str) -> None:
        token = generate_xsrf_token_string()
        headers = {"Cookie": f"{COOKIE}={cookie}; {XSRF}={token}"}
        self._closing = ExitStack()
        opened = connect(
            f"{served.address.replace('http', 'ws')}/_stcore/stream", origin=Origin(served.address),
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)], additional_headers=headers, max_size=None,
            close_timeout=1,
        )  # fmt: skip
        self._socket = self._closing.enter_context(opened)

    def ask(self, page: str = "", query: str = "", widgets: dict[str, Any] | None = None, fragment: str = "") -> bytes:
        """Everything that is sent back by one run of the page, with these widget states set by hand."""
        said = BackMsg()
        said.rerun_script.page_name, said.rerun_script.query_string = page, query
        said.rerun_script.fragment_id = fragment
        for name, value in (widgets or {}).items():
            state = said.rerun_script.widget_states.widgets.add()
            state.id = name
            if isinstance(value, bool):
                state.trigger_value = value
            else:
                state.string_value = value
        return self.send(said)

    def send_at_once(self, *said: BackMsg, seconds: float = 3) -> bytes:
        """Everything that comes in so many seconds after a row of messages, none of which waited for an answer."""
        for one in said:
            self._socket.send(one.SerializeToString())
            time.sleep(0.002)
        received, until = b"", time.monotonic() + seconds
        with suppress(TimeoutError):
            while time.monotonic() < until:
                received += bytes(self._socket.recv(timeout=until - time.monotonic()))
        return received

    def send(self, said: BackMsg) -> bytes:
        """Everything that is sent back until a run is over, or nothing more comes."""
        self._socket.send(said.SerializeToString())
        received: list[bytes] = []
        while True:
            try:
                received.append(bytes(self._socket.recv(timeout=30 if said.HasField("rerun_script") else 1)))
            except TimeoutError:
                return b"".join(received)
            last = ForwardMsg.FromString(received[-1])
            if last.WhichOneof("type") == "script_finished" and last.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return b"".join(received)

    def close(self) -> None:
        """Leave."""
        self._closing.close()
