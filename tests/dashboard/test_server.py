"""How it is served: nothing that calls out, and a policy that would stop it."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest

from dashboard import server


def test_everything_known_to_call_out_or_to_show_a_value_is_switched_off():
    assert server.SETTINGS["browser.gatherUsageStats"] is False
    assert server.SETTINGS["client.showErrorLinks"] is False
    assert server.SETTINGS["client.showErrorDetails"] == "none"
    assert server.SETTINGS["runner.magicEnabled"] is False
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


def test_a_fault_is_logged_by_kind_and_place_and_never_by_value(caplog, monkeypatch):
    monkeypatch.setattr(server.st, "error", lambda sentence: None)
    with pytest.raises(ValueError, match="must not be logged") as caught:
        raise ValueError("a value that must not be logged")
    assert server._calmly(caught.value) is True
    assert "ValueError at" in caplog.text
    assert "must not be logged" not in caplog.text


def test_starting_streamlit_by_hand_is_as_quiet_as_serving():
    file = Path(server.__file__).parents[1] / ".streamlit" / "config.toml"
    by_hand = tomllib.loads(file.read_text(encoding="utf-8"))
    said = {f"{section}.{name}": value for section, names in by_hand.items() for name, value in names.items()}
    assert said.pop("server.address") == server.LOCAL
    assert said.items() <= server.SETTINGS.items()
    assert {"browser.gatherUsageStats", "client.showErrorLinks", "client.showErrorDetails"} <= said.keys()
