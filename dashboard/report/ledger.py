"""Where the registers of permissions and of issues are, and how they are held together: chained, as every register is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines import chain

FOLDER = "permissions"


@contextmanager
def held(data_dir: Path, *, wait_seconds: float = chain.WAIT_SECONDS) -> Iterator[None]:
    """Hold both registers, so that what is read stays true until it is written. Raises ChainFault when others hold it."""
    with chain.held(data_dir / FOLDER, wait_seconds):
        yield


def read(data_dir: Path, file: str) -> list[dict[str, Any]]:
    """Every entry of one register, oldest first; none where nothing was written yet.

    Raises ChainFault naming the line where one is damaged or was altered: an entry may not be passed over, since it may
    be the one that withdraws a permission.
    """
    return [{key: value for key, value in entry.items() if key != "after"} for entry in chain.read(data_dir / FOLDER / file)]


def append(data_dir: Path, file: str, entry: dict[str, Any]) -> None:
    """Add one entry to a register and wait until it is on the disk. Raises ChainFault when it cannot be written."""
    chain.append(data_dir / FOLDER / file, entry)
