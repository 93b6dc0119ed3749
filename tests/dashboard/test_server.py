"""How it is served: nothing that calls out, and a policy that would stop it."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.testing.v1 import AppTest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from dashboard import DATA_DIR_VARIABLE, access, server, wording
from dashboard.reads import Audience
from dashboard.signin import guard
from dashboard.signin.settings import SignIn
from pipelines.errors import SettingsError


def test_everything_known_to_call_out_or_to_show_a_value_is_switched_off():
    assert server.SETTINGS["browser.gatherUsageStats"] is False
    assert server.SETTINGS["client.showErrorLinks"] is False
    assert server.SETTINGS["client.showErrorDetails"] == "none"
    assert server.SETTINGS["runner.magicEnabled"] is False
    assert server.SETTINGS["logger.enableRich"] is False
    assert server.SETTINGS["theme.base"] == "light"


def test_an_address_is_always_set_and_is_this_machine_unless_asked(tmp_path, monkeypatch):
    asked = {}

    def remember(folder, *, address, port):
        asked.update(folder=folder, address=address, port=port)

    monkeypatch.setattr(server, "serve", remember)
    assert server.main(["--data-dir", str(tmp_path)]) == 0
    assert asked == {"folder": tmp_path, "address": "127.0.0.1", "port": 8501}


def test_a_data_directory_that_is_not_there_is_named(tmp_path, capsys):
    assert server.main(["--data-dir", str(tmp_path / "nowhere")]) == 2
    assert "safer-places demo" in capsys.readouterr().err


def test_the_policy_names_no_other_host():
    for rule in server.POLICY.split("; "):
        sources = rule.split(" ")[1:]
        assert all(source.startswith("'") or source in {"data:", "blob:"} for source in sources), rule


def test_every_answer_carries_the_policy_once_even_if_the_page_set_its_own():
    async def page(scope, receive, send):
        headers = [(b"Content-Security-Policy", b"default-src *"), (b"x-other", b"kept")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(server.OnlyFromHere(page)({"type": "http"}, None, send))
    headers = [(name.lower(), value) for name, value in sent[0]["headers"]]
    assert [value for name, value in headers if name == b"content-security-policy"] == [server.POLICY.encode()]
    assert (b"x-other", b"kept") in headers


FAILS = """
import sys
from dashboard import panels, server
def banner(*given):
    raise ValueError("Kit Invented, 14 Elm Row")
panels.banner = banner
sys.exit(server.main(sys.argv[1:]))
"""


def test_what_a_fault_says_reaches_neither_the_log_nor_the_page(larkhaven, tmp_path):
    """A real server whose page fails on a value of somebody's row."""
    program, log = tmp_path / "fails.py", tmp_path / "log.txt"
    program.write_text(FAILS, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = str(Path(server.__file__).parents[1])
    paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    command = [sys.executable, str(program), "--data-dir", str(larkhaven), "--port", str(port)]
    with log.open("wb") as said, subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": paths}, stdout=said, stderr=said
    ) as running:  # fmt: skip
        try:
            received = _open_page(running, port)
        finally:
            running.terminate()
    told = log.read_text(encoding="utf-8")
    assert wording.FAULT.encode() in received
    assert "ValueError at " in told
    assert "fails.py:5" in told
    assert not [word for word in ("Kit", "Elm Row", "Traceback") if word in told or word.encode() in received]


def _open_page(running: subprocess.Popen[bytes], port: int) -> bytes:
    """Everything a browser would be sent by the page's first run."""
    for _ in range(240):
        assert running.poll() is None, "the server stopped before it answered"
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
            break
        except OSError:
            time.sleep(0.25)
    begin, received = BackMsg(), []
    begin.rerun_script.query_string = ""
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as socket_:
        socket_.send(begin.SerializeToString())
        while not received or ForwardMsg.FromString(received[-1]).WhichOneof("type") != "script_finished":
            received.append(bytes(socket_.recv(timeout=60)))
    return b"".join(received)


def test_starting_streamlit_by_hand_is_as_quiet_as_serving():
    file = Path(server.__file__).parents[1] / ".streamlit" / "config.toml"
    by_hand = tomllib.loads(file.read_text(encoding="utf-8"))
    said = {f"{section}.{name}": value for section, names in by_hand.items() for name, value in names.items()}
    assert said.pop("server.address") == server.LOCAL
    assert said.items() <= server.SETTINGS.items()
    assert {"browser.gatherUsageStats", "client.showErrorLinks", "client.showErrorDetails"} <= said.keys()


@pytest.fixture
def started(monkeypatch):
    """How a server would be started, without one: what it is told, or the code it ends with."""
    told = {}

    class Told:
        def run(self, *, config):
            told.update(config)

    def make_app(running=None):
        told["guard"] = running
        return Told()

    monkeypatch.setattr(server, "make_app", make_app)
    monkeypatch.setattr(server.calm_log, "install", lambda: None)
    monkeypatch.setattr(server.assets, "copy_leaflet", lambda: None)
    monkeypatch.setattr(access, "SHOWN_TO", Audience("manager"))
    monkeypatch.setenv(DATA_DIR_VARIABLE, "elsewhere")

    def start(data_dir, *words):
        told.clear()
        told["code"] = server.main(["--data-dir", str(data_dir), *words])
        return told

    yield start
    guard.set_up(None)


SIGN_IN = """
issuer = "https://id.example"
metadata_url = "https://id.example/.well-known/openid-configuration"
client_id = "safer-places"
client_secret = "hush"
redirect_uri = "https://places.example/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
"""


def with_sign_in(data_dir: Path) -> Path:
    file = data_dir / "sign_in.toml"
    file.write_text(SIGN_IN, encoding="utf-8")
    file.chmod(0o600)
    return data_dir


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.4", "places.example", ""])
def test_without_sign_in_it_listens_to_this_machine_alone(started, tmp_path, address, capsys):
    assert started(tmp_path, "--address", address)["code"] == SettingsError.exit_code
    assert "without sign-in the dashboard is served to this machine alone" in capsys.readouterr().err
    for own in ("127.0.0.1", "::1", "localhost", "127.8.9.1"):
        told = started(tmp_path, "--address", own)
        assert (told["code"], told["server.address"], told["guard"]) == (0, own, None)
        assert "places.example" not in told["server.allowedHosts"]


def test_with_sign_in_it_listens_where_it_is_told_and_answers_to_its_own_name(started, tmp_path):
    told = started(with_sign_in(tmp_path), "--address", "0.0.0.0")
    assert (told["code"], told["server.address"]) == (0, "0.0.0.0")
    assert isinstance(told["guard"], guard.Guard)
    assert set(told["server.allowedHosts"]) == {"127.0.0.1", "::1", "localhost", "places.example"}
    assert (told["server.enableXsrfProtection"], told["server.enableCORS"]) == (True, True)


def test_whom_it_is_shown_to_is_not_said_where_people_sign_in(started, tmp_path, capsys):
    assert started(with_sign_in(tmp_path), "--shown-to", "manager")["code"] == SettingsError.exit_code
    assert "the access table says" in capsys.readouterr().err


def test_a_wrong_sign_in_file_stops_it_and_is_not_quoted(started, tmp_path, capsys):
    file = with_sign_in(tmp_path) / "sign_in.toml"
    file.write_text(file.read_text().replace("0123456789abcdef0123456789abcdef", "hush-hush"))
    assert started(tmp_path)["code"] == SettingsError.exit_code
    said = capsys.readouterr().err
    assert "cookie_secret" in said
    assert "hush" not in said


def real(village):
    """A village nobody made up: its incidents are somebody's."""
    said = village.data_dir / "partnership.toml"
    said.write_text(said.read_text().replace("fictional = true\n", ""))
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    return village.data_dir


def test_a_snapshot_of_a_real_partnership_is_not_served_without_sign_in(started, village, capsys):
    data_dir = real(village)
    assert started(data_dir)["code"] == SettingsError.exit_code
    assert "neither the demo's nor of public feeds only" in capsys.readouterr().err
    assert started(with_sign_in(data_dir))["code"] == 0


def test_one_that_is_published_while_nobody_signs_in_is_not_shown(village, monkeypatch):
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(village.data_dir))
    page = AppTest.from_file(str(server.APP), default_timeout=60).run()
    assert "Two Ends" in "".join(str(one.proto) for one in page.get("html"))
    assert "Demo: no sign-in" in "".join(str(one.proto) for one in page.get("html"))
    real(village)
    page = AppTest.from_file(str(server.APP), default_timeout=60).run()
    shown = "".join(str(one.proto) for one in page.get("html"))
    assert "This snapshot needs sign-in" in shown
    assert "Two Ends" not in shown


PUBLIC = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n,2024-01,Force,Force,-1.992681,52.602237,Near,E01,Somewhere,Robbery,,\n"
)


def test_public_feeds_are_everybodys(started, village):
    said = village.data_dir / "partnership.toml"
    said.write_text(said.read_text().replace("fictional = true\n", ""))
    village.deliver("police_uk", PUBLIC, name="2024-01-invented-street.csv")
    village.build()
    village.publish()
    assert started(village.data_dir)["code"] == 0


def test_a_cookie_of_sign_in_lives_as_long_as_a_session_and_keeps_to_tls():
    sign_in = SignIn(
        issuer="i", metadata_url="https://id.example/x", client_id="c", client_secret="s", cookie_secret="x" * 32,
        redirect_uri="https://places.example/oauth2callback",
    )  # fmt: skip
    cookies = [b"_streamlit_user=abc; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax", b"other=1; Max-Age=99; Path=/",
               b"_streamlit_user=; Max-Age=0; Path=/"]  # fmt: skip

    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", one) for one in cookies]})

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(server.OnlyFromHere(page, sign_in, 28_800)({"type": "http"}, None, send))
    said = [value for name, value in sent[0]["headers"] if name == b"set-cookie"]
    assert [re.search(rb"Max-Age=(\d+)", one)[1] for one in said] == [b"28800", b"99", b"0"]
    assert all(one.endswith(b"; Secure") for one in said)


def test_no_answer_may_be_framed_elsewhere_or_use_the_machines_eyes_and_ears():
    headers = dict(server.HEADERS)
    assert headers[b"x-frame-options"] == b"SAMEORIGIN"
    assert b"frame-ancestors 'self'" in headers[b"content-security-policy"]
    for part in (b"camera", b"geolocation", b"microphone"):
        assert part + b"=()" in headers[b"permissions-policy"]
    assert headers[b"cross-origin-opener-policy"] == headers[b"cross-origin-resource-policy"] == b"same-origin"
