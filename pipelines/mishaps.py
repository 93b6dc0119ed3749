"""What a machine does to a program half way (a full disk, a damaged file), as one sentence and an exit code."""

from __future__ import annotations

import errno

import duckdb

from pipelines.errors import HarmError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left", "Disk quota exceeded", "File too large", "out of disk", "Could not write")
# What DuckDB says of a file, and not of a question: a question that is wrong is a fault of the program and shows as one.
_OF_A_FILE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


class Mishap(HarmError):
    """The disk is full, or a file of a database is damaged beyond what was looked at before."""

    exit_code = 26


def in_words(wrong: BaseException) -> Mishap | None:
    """A mishap in a sentence; null for what is none, which is then a fault of the program and shown whole."""
    said = str(wrong)
    is_full = isinstance(wrong, OSError) and wrong.errno in _FULL
    if is_full or (isinstance(wrong, duckdb.Error) and any(one in said for one in _FULL_WORDS)):
        return Mishap("the disk is full: make room and run it again. What was there before stands as it was")
    if isinstance(wrong, OSError) and wrong.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Mishap("a file may not be read or written: run it as the user the data directory belongs to")
    if isinstance(wrong, OSError) and wrong.errno == errno.EIO:
        return Mishap("the disk gives errors: see to it, and restore from the last backup if files are lost")
    if isinstance(wrong, duckdb.OutOfMemoryException):
        return Mishap("needs more memory than it may take: raise SAFER_PLACES_MEMORY_LIMIT, or see that the disk has room")
    if isinstance(wrong, _OF_A_FILE):
        return Mishap(
            "a database file is damaged: `safer-places doctor` says which. A warehouse is built again by `safer-places "
            "build`; a snapshot is put back from the last backup"
        )
    return None
