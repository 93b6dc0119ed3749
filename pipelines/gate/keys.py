"""The secret rounding keys: the first made on first use, kept outside the data directory, never shown.

A key file holds one key to a line. The first is for every month; a later line is `<key> from 2026-11` and is for
the months from then on, because a month already released is never rounded with another key.
"""

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import KeyFault

KEY_BYTES = 32
_LATER = re.compile(r"from (\d{4}-(?:0[1-9]|1[0-2]))")


@dataclass(frozen=True, repr=False)
class Key:
    """One secret, the number of its epoch, and the first day it rounds (null for the first key)."""

    secret: bytes
    epoch: int
    first_day: date | None

    @property
    def fingerprint(self) -> str:
        """A short public name for a key that says nothing of the key itself."""
        when = f" from {self.first_day:%Y-%m}" if self.first_day else ""
        return hashlib.sha256(b"safer-places rounding key" + self.secret + when.encode()).hexdigest()[:16]


@dataclass(frozen=True, repr=False)
class Keyring:
    """Every key there ever was, oldest first."""

    keys: tuple[Key, ...]

    @property
    def fingerprints(self) -> list[str]:
        return [key.fingerprint for key in self.keys]

    def for_day(self, day: date) -> Key:
        """The key of the period that begins on a day."""
        return next(key for key in reversed(self.keys) if key.first_day is None or key.first_day <= day)


def read_or_make_keys(path: Path, *, data_dir: Path, expected: list[str] | None) -> Keyring:
    """The keys in `path`; a first one is made there, readable by its owner alone, when nothing was ever released.

    expected  the fingerprints of the keys earlier months were rounded with; null when there are none

    Raises KeyFault when the file lies inside the data directory, can be read by others, is lost or damaged, or
    does not begin with the keys earlier months were rounded with: rounding them anew would let their true counts be
    worked out.
    """
    if path.resolve().is_relative_to(data_dir.resolve()):
        raise KeyFault(f"{path.name}: the key must not lie inside the data directory: a copy of one would hold the other")
    if not path.exists():
        if expected:
            raise KeyFault(
                f"{path}: the rounding key is missing. Put back the one this data directory was released with; making "
                "a new one would round released months again"
            )
        _write_new(path, secrets.token_hex(KEY_BYTES) + "\n")
    keyring = _read(path)
    if expected and keyring.fingerprints[: len(expected)] != expected:
        raise KeyFault(
            f"{path}: is not the key earlier snapshots were rounded with. Put that one back, or name it in "
            "SAFER_PLACES_KEY_FILE"
        )
    return keyring


def rotate(path: Path, *, data_dir: Path, expected: list[str], first_day: date) -> Keyring:
    """Add a new key for the months from `first_day` on; every earlier month keeps its own.

    expected   the fingerprints of the newest snapshot's keys
    first_day  the first day of a month nothing was released of yet

    Raises KeyFault as read_or_make_keys does, and when a key already waits for a month still to come.
    """
    keyring = read_or_make_keys(path, data_dir=data_dir, expected=expected)
    waiting = keyring.keys[-1].first_day
    if waiting and waiting >= first_day:
        raise KeyFault(f"{path}: already holds a key for the months from {waiting:%Y-%m} on, and it is not in use yet")
    text = path.read_text(encoding="ascii").rstrip("\n")
    unfinished = path.with_name(f".{path.name}.writing")
    unfinished.unlink(missing_ok=True)
    _write_new(unfinished, f"{text}\n{secrets.token_hex(KEY_BYTES)} from {first_day:%Y-%m}\n")
    os.replace(unfinished, path)
    return _read(path)


def _write_new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise KeyFault(f"{path}: the rounding key cannot be written there: name a file in SAFER_PLACES_KEY_FILE") from None
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())


def _read(path: Path) -> Keyring:
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise KeyFault(f"{path}: the rounding key can be read by others: `chmod 600` it, and rotate it if they may have")
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        keys = [_key(line, number) for number, line in enumerate(filter(None, lines), start=1)]
    except (OSError, ValueError):
        raise KeyFault(f"{path}: is not a readable rounding key ({KEY_BYTES * 2} hexadecimal digits): restore it") from None
    days = [key.first_day or date.min for key in keys]
    if not keys or any(len(key.secret) < KEY_BYTES for key in keys):
        raise KeyFault(f"{path}: the rounding key is cut short: restore it")
    if keys[0].first_day or days != sorted(set(days)):
        raise KeyFault(f"{path}: its keys are not in order (the first for every month, later ones `from` a later month)")
    return Keyring(tuple(keys))


def _key(line: str, epoch: int) -> Key:
    secret, _, rest = line.strip().partition(" ")
    later = _LATER.fullmatch(rest)
    if rest and not later:
        raise ValueError
    return Key(bytes.fromhex(secret), epoch, date.fromisoformat(f"{later[1]}-01") if later else None)
