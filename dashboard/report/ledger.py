"""Registers that only ever grow: one JSON object a line, on the disk before anybody goes on, one writer at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.errors import HarmError

FOLDER = "permissions"
WAIT_SECONDS = 30.0


class LedgerFault(HarmError):
    """A register of permissions or of issues is damaged, or another program will not let go of it."""

    exit_code = 16


def folder_of(data_dir: Path) -> Path:
    """Where the registers of a data directory are, readable by their owner alone; made where there is none."""
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@contextmanager
def held(data_dir: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold both registers, so that what is read stays true until it is written. Raises LedgerFault when others hold it."""
    lock = FileLock(folder_of(data_dir) / ".lock", timeout=wait_seconds)
    try:
        with lock:
            yield
    except Timeout:
        raise LedgerFault(f"{FOLDER}: another program is writing there; try again when it is done") from None


def read(file: Path) -> list[dict[str, Any]]:
    """Every entry, oldest first; none where nothing was written yet.

    Raises LedgerFault naming the line where one is torn or damaged: an entry may not be passed over, since it may be
    the one that withdraws a permission.
    """
    if not file.exists():
        return []
    *lines, rest = file.read_bytes().split(b"\n")
    entries = []
    for number, line in enumerate([*lines, *([rest] if rest else [])], start=1):
        try:
            entry = json.loads(line.decode("utf-8"))
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or number > len(lines):
            raise LedgerFault(
                f"{FOLDER}/{file.name}: line {number} is damaged or was not written to its end: put the file back from the "
                "last backup, or take out that line if nothing was issued by it"
            )
        entries.append(entry)
    return entries


def append(file: Path, entry: dict[str, Any]) -> None:
    """Add one entry and wait until it is on the disk. Call it while the registers are `held` and were `read`."""
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True, allow_nan=False).encode("utf-8") + b"\n"
    is_new = not file.exists()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as out:
            out.write(line)
            os.fsync(out.fileno())
    except OSError:
        raise LedgerFault(
            f"{FOLDER}/{file.name}: cannot be written; see that the disk has room and the file is yours"
        ) from None
    if is_new:
        sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """See that a new name in a folder outlives a loss of power, where the system can promise it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
