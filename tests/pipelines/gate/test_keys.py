"""The secret keys: made once, kept apart, rotated for months to come, never replaced in silence."""

import os
import stat
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import KeyFault
from pipelines.gate.keys import Keyring, read_or_make_keys, rotate

ONE, TWO = "ab" * 32, "cd" * 32


def read(file: Path, expected: list[str] | None = None) -> Keyring:
    return read_or_make_keys(file, data_dir=file.parent / "data", expected=expected)


def given(file: Path, text: str) -> Path:
    file.write_text(text)
    file.chmod(0o600)
    return file


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "config" / "rounding.key"
    keyring = read(file)
    assert len(keyring.keys[0].secret) == 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read(file, keyring.fingerprints) == keyring


def test_a_key_inside_the_data_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="inside the data directory"):
        read_or_make_keys(tmp_path / "rounding.key", data_dir=tmp_path, expected=None)
    assert not (tmp_path / "rounding.key").exists()


def test_a_lost_key_is_an_error_and_no_new_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="missing"):
        read(tmp_path / "k", ["0" * 16])
    assert not (tmp_path / "k").exists()


def test_another_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="not the key"):
        read(given(tmp_path / "k", ONE), ["0" * 16])


def test_a_key_put_where_no_folder_can_be_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFault, match="cannot be written"):
        read(tmp_path / "file" / "rounding.key")


@pytest.mark.skipif(os.name != "posix", reason="only here do files say who may read them")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    given(tmp_path / "k", ONE).chmod(0o640)
    with pytest.raises(KeyFault, match="read by others"):
        read(tmp_path / "k")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("not hexadecimal", "not a readable"),
        (f"{ONE} from tomorrow", "not a readable"),
        ("ab" * 31, "cut short"),
        ("", "cut short"),
        (f"{ONE} from 2026-01", "not in order"),
        (f"{ONE}\n{TWO}", "not in order"),
        (f"{ONE}\n{TWO} from 2026-05\n{ONE} from 2026-04", "not in order"),
    ],
)
def test_a_damaged_key_is_an_error(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(KeyFault, match=says):
        read(given(tmp_path / "k", content))


def test_a_rotated_key_rounds_the_months_to_come_and_every_earlier_month_keeps_its_own(tmp_path: Path) -> None:
    file = given(tmp_path / "k", ONE)
    first = read(file)
    both = rotate(file, data_dir=tmp_path / "data", expected=first.fingerprints, first_day=date(2026, 11, 1))
    assert both == read(file, first.fingerprints) == read(file, both.fingerprints)
    assert both.for_day(date(2026, 10, 31)) == first.keys[0]
    assert both.for_day(date(2026, 11, 1)) == both.keys[1]
    assert (both.keys[1].epoch, both.keys[1].secret != first.keys[0].secret) == (2, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_rotation_waits_until_the_first_is_in_use(tmp_path: Path) -> None:
    file = given(tmp_path / "k", ONE)
    both = rotate(file, data_dir=tmp_path / "data", expected=read(file).fingerprints, first_day=date(2026, 11, 1))
    with pytest.raises(KeyFault, match="2026-11"):
        rotate(file, data_dir=tmp_path / "data", expected=both.fingerprints, first_day=date(2026, 11, 1))


def test_a_key_whose_first_month_was_moved_is_another_key(tmp_path: Path) -> None:
    file = given(tmp_path / "k", f"{ONE}\n{TWO} from 2026-05")
    before = read(file).fingerprints
    given(file, f"{ONE}\n{TWO} from 2026-04")
    with pytest.raises(KeyFault, match="not the key"):
        read(file, before)


def test_a_keys_text_never_shows_the_secret(tmp_path: Path) -> None:
    keyring = read(given(tmp_path / "k", ONE))
    assert ONE not in repr(keyring) + str(keyring) + repr(keyring.keys[0])
    assert repr(keyring.keys[0].secret) not in repr(keyring)
