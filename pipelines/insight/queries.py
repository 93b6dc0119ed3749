"""The read API: every question a screen or a file may ask, answered from one released snapshot for one audience.

Nothing here can open the warehouse. What is computed here is a function of released counts, so it can add no
disclosure; a blank stays a blank and carries its reason. A snapshot is opened for somebody: each method answers
what that audience may have, or says what it may and answers nothing.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import NoSnapshot, NotForThisAudience, SnapshotFault
from pipelines.insight.audiences import Audience
from pipelines.insight.bands import band_words
from pipelines.insight.measures import Measure
from pipelines.insight.tried import Tried
from pipelines.policy import SNAPSHOT_FORMAT

__all__ = [
    "Audience", "Measure", "NoSnapshot", "NotForThisAudience", "Snapshot", "SnapshotFault", "band_words",
    "current_snapshot_id", "open_snapshot",
]  # fmt: skip

_ID = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}-\d{2}_[0-9a-f]{8}")


def current_snapshot_id(data_dir: Path | str) -> str:
    """The id of the snapshot everybody sees. Raises NoSnapshot before the first is published."""
    current = Path(data_dir) / "snapshots" / "current"
    if not current.exists():
        raise NoSnapshot("nothing has been published yet: run `safer-places build`, then `safer-places publish`")
    return current.read_text(encoding="utf-8", errors="replace").strip()


def open_snapshot(data_dir: Path | str, audience: Audience, *, snapshot_id: str | None = None) -> "Snapshot":
    """Open a snapshot for one audience, the current snapshot unless another is named.

    Raises NoSnapshot, SnapshotFault when it is damaged, of another version or gives an audience more than it may have,
    and NotForThisAudience for a meeting of a locality this snapshot does not know.
    """
    name = snapshot_id or current_snapshot_id(data_dir)
    folder = Path(data_dir) / "snapshots"
    file, manifest = folder / f"{name}.duckdb", folder / f"{name}.json"
    if not _ID.fullmatch(name) or not file.exists() or not manifest.exists():
        raise NoSnapshot("the snapshot named as current is not there: run `safer-places snapshots`, then `use` one")
    try:
        content = _as_named(json.loads(manifest.read_text(encoding="utf-8")))
        if content.get("format") != SNAPSHOT_FORMAT:
            raise SnapshotFault(f"{file.name}: was published by another version of this program: build and publish again")
        return Snapshot(content, _released_only(file), audience)
    except (duckdb.Error, ValueError, KeyError, TypeError, AttributeError):
        raise SnapshotFault(f"{file.name}: cannot be read; run `safer-places use` with another snapshot") from None


def _as_named(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest, if it says what it said when it was released: its id ends in a hash of the rest."""
    rest = {key: value for key, value in manifest.items() if key not in ("id", "sequence")}
    if hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:8] != manifest["id"][-8:]:
        raise ValueError("changed since it was released")
    return manifest


def _released_only(file: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can read this one file and open no other, whatever it is asked."""
    connection = duckdb.connect(str(file), read_only=True)
    # Connections of one process to one file share their settings, and these are set once.
    if connection.execute("SELECT NOT current_setting('lock_configuration')").fetchone() == (True,):
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
    return connection


class Snapshot(Tried):
    """One released snapshot as one audience may have it, read-only: counts, directions, registers, summaries.

    Safe to share between threads: each question uses its own cursor. Every method may raise NotForThisAudience.
    """
