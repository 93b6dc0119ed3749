"""The secret key: made once, kept apart, never replaced in silence."""

import stat
from pathlib import Path

import pytest

from pipelines.errors import KeyFault
from pipelines.gate.keys import fingerprint, read_or_make_key


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "config" / "rounding.key"
    key = read_or_make_key(file, data_dir=tmp_path / "data", expected_fingerprint=None)
    assert len(key) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_or_make_key(file, data_dir=tmp_path / "data", expected_fingerprint=fingerprint(key)) == key


def test_a_key_inside_the_data_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="inside the data directory"):
        read_or_make_key(tmp_path / "rounding.key", data_dir=tmp_path, expected_fingerprint=None)
    assert not (tmp_path / "rounding.key").exists()


def test_a_lost_key_is_an_error_and_no_new_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="missing"):
        read_or_make_key(tmp_path / "k", data_dir=tmp_path / "data", expected_fingerprint="0" * 16)
    assert not (tmp_path / "k").exists()


def test_another_key_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "k").write_text("ab" * 32)
    with pytest.raises(KeyFault, match="not the key"):
        read_or_make_key(tmp_path / "k", data_dir=tmp_path / "data", expected_fingerprint="0" * 16)


@pytest.mark.parametrize(("content", "says"), [("not hexadecimal", "not a readable"), ("ab" * 31, "cut short")])
def test_a_damaged_key_is_an_error(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "k").write_text(content)
    with pytest.raises(KeyFault, match=says):
        read_or_make_key(tmp_path / "k", data_dir=tmp_path / "data", expected_fingerprint=None)
