"""Health: whether what people see is there, whole and fresh, and whether the dashboard answers. For a service manager."""

from __future__ import annotations

import http.client
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import duckdb

from pipelines import trail
from pipelines.errors import HarmError, SettingsError, SnapshotFault
from pipelines.gate.snapshot import current_id, read_manifest
from pipelines.settings import Settings

WAIT_SECONDS = 10.0
SMALLEST_FREE_MB = 200
# Streamlit's own answer to whoever asks whether it runs.
ALIVE = "_stcore/health"


@dataclass(frozen=True)
class Health:
    """What was looked at. `wrong` is a sentence for each thing that is not well; none of them = well.

    age_days  days from the day the current snapshot is made for to today; null without one
    """

    wrong: tuple[str, ...]
    snapshot: str | None = None
    as_at: str | None = None
    age_days: int | None = None
    stale_after_days: int | None = None

    @property
    def well(self) -> bool:
        return not self.wrong


def examine_health(settings: Settings, *, today: date, served: str | None = None, whole_trail: bool = False) -> Health:
    """Look at the current snapshot, its age, the disk, the trail, and the running dashboard where its address is given.

    served       as in http://127.0.0.1:8501
    whole_trail  verify every line of the trail and not only that its last one is sound

    A snapshot is stale when it is older than `stale_after_days` of the policy it was published by. Reads only.
    """
    wrong: list[str] = []
    manifest = _tried(wrong, lambda: _current(settings))
    known = Health(())
    if manifest:
        age, limit = (today - date.fromisoformat(manifest["as_at"])).days, int(manifest["meetings"]["stale_after_days"])
        known = Health((), manifest["id"], manifest["as_at"], age, limit)
        if age > limit:
            why = f"the current snapshot is {age} days old, and stale after {limit}"
            wrong.append(f"{why}: see what stopped the deliveries, build and publish")
    _tried(wrong, lambda: trail.verify(settings.data_dir) if whole_trail else trail.last(settings.data_dir))
    there = next(folder for folder in (settings.data_dir, *settings.data_dir.resolve().parents) if folder.exists())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    if free_mb < SMALLEST_FREE_MB:
        wrong.append(f"only {free_mb} MB are free in {there}: make room, or nothing can be written on the trail")
    if served is not None:
        _tried(wrong, lambda: _answers(served))
    return Health(tuple(wrong), known.snapshot, known.as_at, known.age_days, known.stale_after_days)


def _tried(wrong: list[str], look: Callable[[], Any]) -> Any:
    try:
        return look()
    except HarmError as fault:
        wrong.append(str(fault))
    return None


def _current(settings: Settings) -> dict[str, Any]:
    name = current_id(settings)
    if name is None:
        raise HarmError("nothing is published yet: run safer-places publish")
    manifest = read_manifest(settings, name)
    try:
        date.fromisoformat(manifest["as_at"])
        int(manifest["meetings"]["stale_after_days"])
        tables = set(manifest["tables"])
        with duckdb.connect(str(settings.snapshots / f"{name}.duckdb"), read_only=True) as snapshot:
            there = {one[0] for one in snapshot.table("duckdb_tables").project("table_name").fetchall()}
    except (duckdb.Error, KeyError, TypeError, ValueError):
        raise SnapshotFault(f"{name}: is damaged: put it back from a backup, or `safer-places use` another") from None
    if not tables <= there:
        raise SnapshotFault(f"{name}: is not what was released: put it back from a backup, or `safer-places use` another")
    return manifest


def _answers(served: str) -> None:
    """Raise HarmError unless the dashboard at an address says that it runs."""
    said = urlsplit(served)
    if said.scheme not in ("http", "https") or not said.hostname:
        raise SettingsError("the dashboard's address is written as in http://127.0.0.1:8501")
    kind = http.client.HTTPSConnection if said.scheme == "https" else http.client.HTTPConnection
    connection = kind(said.hostname, said.port, timeout=WAIT_SECONDS)
    try:
        connection.request("GET", f"{said.path.rstrip('/')}/{ALIVE}")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        raise HarmError(f"the dashboard does not answer at {said.hostname}: see `journalctl -u safer-places`") from None
    finally:
        connection.close()
    if status != 200:
        raise HarmError(f"the dashboard answers {status} at {said.hostname}: see `journalctl -u safer-places`")
