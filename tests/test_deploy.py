"""The files an IT team installs: tried with the programs that read them."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from dashboard import server

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

needs_nginx = pytest.mark.skipif(NGINX is None, reason="nginx is not installed on this machine (apt install nginx-light)")
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not on this machine")


def asked(connection: http.client.HTTPConnection, path: str) -> tuple[int, list[tuple[str, str]]]:
    with closing(connection):
        connection.request("GET", path, headers={"Host": "localhost"})
        with connection.getresponse() as answer:
            answer.read()
            return answer.status, [(name.lower(), value) for name, value in answer.getheaders()]


@dataclass
class Gate:
    """A running nginx before a running dashboard."""

    https: int
    http: int
    folder: Path
    context: ssl.SSLContext

    def get(self, path: str) -> tuple[int, list[tuple[str, str]]]:
        """Status and headers (names in lower case) of an answer."""
        return asked(http.client.HTTPSConnection("127.0.0.1", self.https, context=self.context, timeout=30), path)

    def logged(self) -> str:
        return (self.folder / "access.log").read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _configured(folder: Path, https: int, http_port: int, upstream: int) -> Path:
    """The site file as it is shipped, with this test's own ports, certificate and folders."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
                    folder / "cert.pem", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)  # fmt: skip
    shutil.copy(DEPLOY / "nginx" / "safer-places-proxy.conf", folder / "proxy.conf")
    site = (DEPLOY / "nginx" / "safer-places.conf").read_text(encoding="utf-8")
    for shipped, ours in (
        (r"listen \[::\][^;]*;", ""), (r"listen 443", f"listen 127.0.0.1:{https}"),
        (r"listen 80;", f"listen 127.0.0.1:{http_port};"), (r"127\.0\.0\.1:8501", f"127.0.0.1:{upstream}"),
        (r"/etc/nginx/safer-places-proxy\.conf", str(folder / "proxy.conf")),
        (r"/etc/ssl/places\.example\.org/fullchain\.pem", str(folder / "cert.pem")),
        (r"/etc/ssl/places\.example\.org/privkey\.pem", str(folder / "key.pem")),
        (r"/var/log/nginx/safer-places\.log", str(folder / "access.log")),
        (r"/var/log/nginx/safer-places-error\.log", str(folder / "error.log")),
    ):  # fmt: skip
        site, times = re.subn(shipped, ours, site)
        assert times, shipped
    (folder / "site.conf").write_text(site, encoding="utf-8")
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/main.log;\nevents {{}}\nhttp {{ {temporary}\n"
        f"include {folder}/site.conf; }}\n", encoding="utf-8",
    )  # fmt: skip
    return folder / "nginx.conf"


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    folder = tmp_path_factory.mktemp("gate")
    folder.chmod(0o755)
    for one in (folder, *folder.parents[:1]):
        one.chmod(0o755)
    (folder / "data").mkdir()
    https, http_port, upstream = free_port(), free_port(), free_port()
    conf = _configured(folder, https, http_port, upstream)
    subprocess.run([str(NGINX), "-t", "-q", "-c", str(conf), "-p", str(folder)], check=True, capture_output=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    served = [sys.executable, "-m", "dashboard.server", "--data-dir", str(folder / "data"), "--port", str(upstream)]
    context = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    with (
        subprocess.Popen(served, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as behind,
        subprocess.Popen([str(NGINX), "-c", str(conf), "-p", str(folder)], stderr=subprocess.DEVNULL) as before,
    ):
        found = Gate(https, http_port, folder, context)
        try:
            _wait(found, behind, before)
            yield found
        finally:
            before.terminate()
            behind.terminate()


def _wait(gate: Gate, *running: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert all(one.poll() is None for one in running), "it stopped before it answered"
        try:
            if gate.get("/_stcore/health")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.25)


@needs_nginx
def test_the_page_comes_through_with_every_header_once(gate):
    status, headers = gate.get("/")
    assert status == 200
    for name, value in (("strict-transport-security", "max-age=31536000; includeSubDomains"),
                        ("content-security-policy", server.POLICY), ("x-content-type-options", "nosniff"),
                        ("referrer-policy", "no-referrer")):  # fmt: skip
        assert [said for known, said in headers if known == name] == [value]
    assert dict(headers)["server"] == "nginx", "no version"


@needs_nginx
def test_every_cookie_is_kept_to_tls_and_this_site(gate):
    answers = [*gate.get("/_stcore/host-config")[1], *gate.get("/_stcore/health")[1]]
    cookies = [value for name, value in answers if name == "set-cookie"]
    assert cookies, "Streamlit sets one against forged requests"
    assert all("secure" in one.lower() and "samesite=" in one.lower() for one in cookies)


@needs_nginx
def test_the_websocket_of_the_screen_is_upgraded_and_a_page_is_drawn_through_it(gate):
    begin, received = BackMsg(), []
    begin.rerun_script.query_string = ""
    with connect(f"wss://localhost:{gate.https}/_stcore/stream", ssl=gate.context, subprotocols=[Subprotocol("streamlit")],
                 origin=None, open_timeout=60) as opened:  # fmt: skip
        opened.send(begin.SerializeToString())
        while not received or ForwardMsg.FromString(received[-1]).WhichOneof("type") != "script_finished":
            received.append(bytes(opened.recv(timeout=60)))
    assert len(received) > 2


@needs_nginx
def test_no_query_of_any_address_is_logged(gate):
    assert gate.get("/oauth2callback?code=a-secret-code&state=a-secret-state")[0] < 500
    gate.get("/?measure=incidents.a-secret-choice")
    time.sleep(0.2)
    assert "/oauth2callback" in gate.logged()
    kept = gate.logged() + (gate.folder / "error.log").read_text(encoding="utf-8")
    assert "a-secret" not in kept
    assert "127.0.0.1" not in gate.logged(), "no address of a reader"


@needs_nginx
def test_plain_http_is_sent_to_tls_without_its_query(gate):
    plain = http.client.HTTPConnection("127.0.0.1", gate.http, timeout=10)
    status, headers = asked(plain, "/trends?code=a-secret-code")
    assert (status, dict(headers)["location"]) == (301, "https://localhost/trends")


@needs_nginx
def test_what_is_for_the_machine_alone_is_not_for_the_network(gate):
    assert gate.get("/_stcore/metrics")[0] == 404
    site = (DEPLOY / "nginx" / "safer-places.conf").read_text(encoding="utf-8")
    assert re.search(r"location = /_stcore/health +\{ allow 127\.0\.0\.1; allow ::1; deny all;", site)


@needs_nginx
def test_only_tls_of_today_is_spoken(gate):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(gate.folder / "cert.pem")
    old.minimum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", gate.https)) as plain,
        old.wrap_socket(plain, server_hostname="localhost") as spoken,
    ):
        assert spoken.version() in ("TLSv1.2", "TLSv1.3")
    site = (DEPLOY / "nginx" / "safer-places.conf").read_text(encoding="utf-8")
    assert "ssl_protocols       TLSv1.2 TLSv1.3;" in site


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_one_systemd_takes(name, tmp_path):
    for unit in UNITS:
        text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
        (tmp_path / unit).write_text(text.replace("/opt/safer-places/.venv/bin/safer-places", "/bin/true"), encoding="utf-8")
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / name], capture_output=True, text=True)
    ours = [line for line in said.stderr.splitlines() if "safer-places" in line]
    assert (said.returncode, ours) == (0, [])


@needs_systemd
def test_the_dashboards_unit_is_as_closed_as_it_can_be():
    unit = DEPLOY / "systemd" / "safer-places.service"
    said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], capture_output=True)
    assert said.returncode == 0, said.stdout.decode()[-200:]


def test_the_dashboards_unit_cannot_open_a_record_or_the_key():
    text = (DEPLOY / "systemd" / "safer-places.service").read_text(encoding="utf-8")
    (closed,) = re.findall(r"^InaccessiblePaths=(.*)$", text, re.MULTILINE)
    assert {part.lstrip("-").rsplit("/", 1)[1] for part in closed.split()} == {"deliveries", "warehouse", "rounding.key"}
    assert "SAFER_PLACES_KEY_FILE" not in text
    assert "--address" not in text, "this machine alone"
