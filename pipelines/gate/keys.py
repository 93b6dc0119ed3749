"""The secret rounding key: made on first use, kept outside the data directory, never shown."""

import hashlib
import os
import secrets
from pathlib import Path

from pipelines.errors import KeyFault

KEY_BYTES = 32


def read_or_make_key(path: Path, *, data_dir: Path, expected_fingerprint: str | None) -> bytes:
    """The key in `path`; made there, readable by its owner alone, when nothing was ever released with one.

    expected_fingerprint  of the key earlier months were rounded with; null when there are none

    Raises KeyFault when the key lies inside the data directory, is lost or damaged, or is not the one
    earlier months were rounded with: rounding them anew would let their true counts be worked out.
    """
    if path.resolve().is_relative_to(data_dir.resolve()):
        raise KeyFault(f"{path.name}: the key must not lie inside the data directory: a copy of one would hold the other")
    if not path.exists():
        if expected_fingerprint:
            raise KeyFault(
                f"{path}: the rounding key is missing. Put back the one this data directory was released with; making "
                "a new one would round frozen months again"
            )
        _make(path)
    key = _read(path)
    if expected_fingerprint and fingerprint(key) != expected_fingerprint:
        raise KeyFault(
            f"{path}: is not the key earlier snapshots were rounded with. Put that one back, or name it in "
            "SAFER_PLACES_KEY_FILE"
        )
    return key


def fingerprint(key: bytes) -> str:
    """A short public name for a key that says nothing of the key itself."""
    return hashlib.sha256(b"safer-places rounding key" + key).hexdigest()[:16]


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as written:
        written.write(secrets.token_hex(KEY_BYTES) + "\n")
        written.flush()
        os.fsync(written.fileno())


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise KeyFault(f"{path}: is not a readable rounding key ({KEY_BYTES * 2} hexadecimal digits): restore it") from None
    if len(key) < KEY_BYTES:
        raise KeyFault(f"{path}: the rounding key is cut short: restore it")
    return key
