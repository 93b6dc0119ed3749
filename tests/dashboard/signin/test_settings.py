"""How sign-in is set up: a file of its own, for its own user alone, that no message quotes."""

from __future__ import annotations

import os

import pytest

from dashboard.signin.settings import VARIABLE, load
from pipelines.errors import SettingsError

SECRET = "whoever-reads-this-can-forge-a-session"
GOOD = {
    "issuer": "https://id.example",
    "metadata_url": "https://id.example/.well-known/openid-configuration",
    "client_id": "safer-places",
    "client_secret": "hush-hush-hush",
    "redirect_uri": "https://places.example/oauth2callback",
    "cookie_secret": SECRET,
}


@pytest.fixture(autouse=True)
def _nowhere_else(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def written(folder, mode=0o600, **changed):
    said = {**GOOD, **changed}
    file = folder / "sign_in.toml"
    file.write_text("\n".join(f'{key} = "{value}"' for key, value in said.items() if value is not None), encoding="utf-8")
    file.chmod(mode)
    return file


def test_no_file_is_no_sign_in(tmp_path):
    assert load(tmp_path) is None


def test_what_streamlit_is_told_asks_for_no_more_than_who_somebody_is(tmp_path):
    written(tmp_path)
    said = load(tmp_path).for_streamlit()["auth"]
    assert said["client_kwargs"] == {"scope": "openid", "prompt": "login"}
    assert said["cookie_secret"] == SECRET
    assert "expose_tokens" not in said


def test_the_file_may_be_anywhere_the_environment_says_and_must_then_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "sign_in.toml"))
    with pytest.raises(SettingsError, match=VARIABLE):
        load(tmp_path / "elsewhere")
    written(tmp_path)
    assert load(tmp_path / "elsewhere").host == "places.example"


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    written(tmp_path, mode)
    with pytest.raises(SettingsError, match="chmod 600"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"cookie_secret": "short-secret-of-mine"}, "cookie_secret"),
        ({"client_secret": ""}, "client_secret"),
        ({"client_id": None}, "client_id"),
        ({"redirect_uri": "http://places.example/oauth2callback"}, "redirect_uri must begin with https"),
        ({"redirect_uri": "https://places.example/elsewhere"}, "oauth2callback"),
        ({"metadata_url": "http://id.example/x"}, "metadata_url must begin with https"),
        ({"prompt": "none"}, "prompt"),
        ({"surprise": "hush-hush-hush"}, "surprise"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(tmp_path, changed, key):
    written(tmp_path, **changed)
    with pytest.raises(SettingsError) as wrong:
        load(tmp_path)
    assert key in str(wrong.value)
    assert not [one for one in (SECRET, "hush-hush-hush", "short-secret-of-mine") if one in str(wrong.value)]


def test_a_file_that_is_no_toml_is_said_without_its_line(tmp_path):
    file = written(tmp_path)
    file.write_text(f"cookie_secret = {SECRET}", encoding="utf-8")
    with pytest.raises(SettingsError) as wrong:
        load(tmp_path)
    assert SECRET not in str(wrong.value)
    assert SECRET not in repr(wrong.value.__context__.__class__)


def test_secrets_are_in_no_printed_form_of_the_settings(tmp_path):
    written(tmp_path)
    assert SECRET not in repr(load(tmp_path))
    assert "hush" not in str(load(tmp_path))


def test_on_this_machine_it_may_go_without_tls(tmp_path):
    written(tmp_path, redirect_uri="http://127.0.0.1:8501/oauth2callback", metadata_url="http://localhost:9/x")
    assert not load(tmp_path).is_https
