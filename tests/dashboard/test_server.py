"""How it is served: nothing that calls out, and a policy that would stop it."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from dashboard import server, wording


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
