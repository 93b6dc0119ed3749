"""Registers that only ever grow: one JSON object a line, each naming the sha-256 of the line before it.

A line is on the disk before anybody goes on, and one writer at a time writes. Whoever alters, takes out or adds a line
breaks the chain behind it. That nothing was cut off at the end is proved by the last hash (`head`), noted elsewhere.

What is said of a last line without its end, as a kill or a lost disk leaves it: nobody was told that it was written.
One that is whole but for the newline counts, and gets its newline with the next line. One that is not whole is passed
over by readers; the next writer lays it aside in `<name>.torn`, beside the file, and cuts it off.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipelines.errors import HarmError

WAIT_SECONDS = 30.0
# What the first line of all names as the line before it.
BEGINNING = "0" * 64
LONGEST_LINE = 64 * 1024
_DRAFT = re.compile(r"\.(\d+)-[0-9a-f]{16}\.writing")

_locks = threading.local()


class ChainFault(HarmError):
    """A register is damaged, was altered, or another program will not let go of it."""

    exit_code = 16


@contextmanager
def held(folder: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold every register of a folder, so that what is read stays true until it is written.

    The folder is made where there is none, readable by its owner alone. Whoever holds it already goes on. Raises
    ChainFault when another holds it, or the folder cannot be made.
    """
    mine: dict[Path, FileLock] = _locks.__dict__.setdefault("mine", {})
    where = folder.resolve()
    if where in mine:
        yield
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix" and folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
        lock = FileLock(where / ".lock", timeout=wait_seconds, mode=0o600)
        lock.acquire()
    except Timeout:
        raise ChainFault(f"{folder.name}: another program is writing there; try again when it is done") from None
    except OSError:
        raise ChainFault(f"{folder.name}: cannot be written; see that the disk has room and the folder is yours") from None
    mine[where] = lock
    try:
        yield
    finally:
        del mine[where]
        lock.release()


def append(
    file: Path, entry: Mapping[str, Any], *, before: Path | None = None, wait_seconds: float = WAIT_SECONDS
) -> dict[str, Any]:
    """Add one entry and wait until it is on the disk; returns it as written, with `after`. Reads no more than the last line.

    before  for a first line: the file this one goes on from; null where the chain begins here

    Raises ChainFault when it cannot be written; the file then is as it was.
    """
    with held(file.parent, wait_seconds):
        line = _mended(file)
        after = hash_of(line) if line else head(before) if before else BEGINNING
        written = {**entry, "after": after}
        made = json.dumps(written, ensure_ascii=False, sort_keys=True, allow_nan=False).encode("utf-8") + b"\n"
        if len(made) > LONGEST_LINE:
            raise ChainFault(f"{_named(file)}: an entry is longer than a register takes; nothing was written")
        _write(file, made)
    return written


def read(file: Path, *, follows: str | None = BEGINNING) -> list[dict[str, Any]]:
    """Every entry, oldest first, each with `after`; none where nothing was written yet.

    follows  what the first line must name as the line before it; null = whatever it names

    Raises ChainFault naming the line where one is damaged or was altered.
    """
    expected, entries = follows, []
    for number, line in enumerate(whole_lines(file), start=1):
        entry = _entry(line)
        if entry is None:
            raise _fault(file, f"line {number}", line)
        if expected is not None and entry["after"] != expected:
            raise _fault(file, f"line {number}", line)
        expected = hash_of(line)
        entries.append(entry)
    return entries


def read_all(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """Every entry of a chain that goes on from file to file, in the order of their names. Raises ChainFault as read does."""
    follows, entries = BEGINNING, []
    for file in sorted(folder.glob(pattern)):
        found = read(file, follows=follows)
        follows = head(file) if found else follows
        entries += found
    return entries


def head(file: Path) -> str:
    """The hash of the last line; what the beginning names where there is none. Raises ChainFault for a damaged last line."""
    line, _ = _tail(file)
    return hash_of(line) if line else BEGINNING


def last(file: Path) -> dict[str, Any] | None:
    """The newest entry, read without the rest; null where there is none. Raises ChainFault when it is damaged."""
    line, _ = _tail(file)
    return _entry(line) if line else None


def whole_lines(file: Path) -> list[bytes]:
    """The lines as they stand, without a last one that was never finished."""
    try:
        *lines, rest = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError:
        raise ChainFault(f"{_named(file)}: cannot be read; see that the file is yours") from None
    return [*lines, rest] if rest and _entry(rest) else lines


def _tail(file: Path) -> tuple[bytes, bytes]:
    """The last whole line (empty where there is none), and what stands behind it unfinished."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - 2 * LONGEST_LINE - 2))
            *lines, rest = opened.read().split(b"\n")
    except FileNotFoundError:
        return b"", b""
    except OSError:
        raise ChainFault(f"{_named(file)}: cannot be read; see that the file is yours") from None
    if rest and _entry(rest):
        return rest, b""
    if lines and _entry(lines[-1]) is None:
        raise _fault(file, "its last line", lines[-1])
    return (lines[-1] if lines else b""), rest


def _mended(file: Path) -> bytes:
    """Give the file's last line its end, or lay aside one that is not whole; returns the last line that counts."""
    line, torn = _tail(file)
    if torn:
        _write(file.with_name(file.name + ".torn"), torn + b"\n")
        _cut(file, file.stat().st_size - len(torn))
    elif line and not _has_end(file):
        _write(file, b"\n")
    return line


def _has_end(file: Path) -> bool:
    with file.open("rb") as opened:
        opened.seek(-1, os.SEEK_END)
        return opened.read() == b"\n"


def _write(file: Path, line: bytes) -> None:
    is_new = not file.exists()
    size = 0 if is_new else file.stat().st_size
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as out:
            if out.write(line) != len(line):
                raise OSError
            os.fsync(out.fileno())
        if is_new:
            sync_folder(file.parent)
    except OSError:
        _undo(file, size)
        raise ChainFault(f"{_named(file)}: cannot be written; see that the disk has room and the file is yours") from None


def _undo(file: Path, size: int) -> None:
    """Take back what was written of a line; where even that fails, it is an unfinished line."""
    try:
        if file.exists():
            _cut(file, size)
    except OSError:
        return


def _cut(file: Path, size: int) -> None:
    with file.open("r+b") as out:
        out.truncate(size)
        os.fsync(out.fileno())


def sync_folder(folder: Path) -> None:
    """See that a new name in a folder outlives a loss of power, where the system can promise it."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def draft_of(file: Path) -> Path:
    """A hidden name beside a file to write it under first; it names the process, so that a draft of a dead one is known."""
    return file.with_name(f".{os.getpid()}-{secrets.token_hex(8)}.writing")


def clear_drafts(folder: Path) -> None:
    """Take away the drafts that processes which are no more left in a folder; those of one that still writes stay."""
    for draft in folder.glob(".*.writing"):
        named = _DRAFT.fullmatch(draft.name)
        if named and not _runs(int(named[1])):
            draft.unlink(missing_ok=True)


def _runs(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere, to ask is to kill
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's, or a system that does not say
    return True


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("after"), str) else None


def hash_of(line: bytes) -> str:
    """The hash of one line, without its newline."""
    return hashlib.sha256(line).hexdigest()


def _named(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _fault(file: Path, where: str, line: bytes) -> ChainFault:
    try:
        whole = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        whole = None
    if not isinstance(whole, dict):
        what = "is damaged"
    elif "after" not in whole:
        what = "names no line before it: an earlier version of this program wrote it, or somebody else did"
    else:
        what = "does not follow the line before it: one was altered, taken out or put in"
    return ChainFault(
        f"{_named(file)}: {where} {what}. Keep the file as it is for whoever looks into it, and put it back from the last "
        "backup (`safer-places restore`)"
    )
