"""Restore a data directory from a backup: whole or not at all, and without rows that were due to be destroyed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from pipelines import chain, trail
from pipelines.backup import CHUNK, FILES, FOLDERS, FORMAT, LEFT_OUT, MANIFEST, BackupFault
from pipelines.errors import HarmError, KeyFault, WarehouseError
from pipelines.gate.snapshot import current_id, keys_of, list_snapshots
from pipelines.intake.purged import Ledger, ledger_file, read_ledger
from pipelines.intake.retention import purge
from pipelines.intake.warehouse import build
from pipelines.settings import Settings

Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Restored:
    """What was restored: as it stood at `made_at`. `to_do` says, a sentence each, what is still to be done by hand."""

    made_at: str
    files: int
    trail_head: str
    rows_destroyed_again: int = 0
    to_do: tuple[str, ...] = field(default=())


def restore(
    file: Path, data_dir: Path, *, today: date, at: datetime, purged: Path | None = None,
    report: Report = lambda stage, share: None,
) -> Restored:  # fmt: skip
    """Put a backup back into a data directory that is not there or empty.

    purged  a newer `warehouse/purged.json`, where one was kept: what it says was destroyed is destroyed again

    Every byte is held to its hash in a folder beside, which then takes the name in one step. Raises BackupFault for an
    archive that is damaged, cut short, altered or of another kind, and for a data directory that holds anything: nothing
    is then written.
    """
    if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
        raise BackupFault(f"{data_dir}: is not empty; a restore is made into a new data directory, so name another")
    beside = data_dir.with_name(f".{data_dir.name}.restoring")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700, parents=True)
        manifest = _unpack(file, beside, report)
        if purged is not None:
            _take_newer(Settings(beside), purged)
        destroyed, to_do = _destroy_what_is_due(Settings(beside), today, report)
        trail.write(beside, trail.Entry("restore", snapshot=current_id(Settings(beside)) or ""), at=at)
        _sync_all(beside)
        if data_dir.exists():
            data_dir.rmdir()
        os.replace(beside, data_dir)
        chain.sync_folder(data_dir.parent)
    except OSError:
        raise BackupFault(
            f"{data_dir}: cannot be written; see that the disk has room and the folder above is yours"
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    to_do += _apart(Settings(data_dir))
    return Restored(manifest["made_at"], len(manifest["files"]), manifest["trail_head"], destroyed, tuple(to_do))


def _unpack(file: Path, into: Path, report: Report) -> dict[str, Any]:
    damaged = BackupFault(
        f"{file.name}: is not a whole backup: it is damaged, cut short or was altered. Nothing was restored"
    )
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive)
            files = manifest["files"]
            if sorted(archive.namelist()) != sorted([*files, MANIFEST]) or not all(_is_taken(name) for name in files):
                raise damaged
            for number, (name, said) in enumerate(sorted(files.items())):
                report("Restoring", number / len(files))
                _one(archive, name, said, into)
            for name, mode in manifest["folders"].items():
                (into / name).mkdir(exist_ok=True)
                (into / name).chmod(mode & 0o777 | 0o700)
    except FileNotFoundError:
        raise BackupFault(f"{file}: there is no such backup") from None
    except (zipfile.BadZipFile, zlib.error, ValueError, TypeError, KeyError, AttributeError, EOFError, NotImplementedError,
            RuntimeError):  # fmt: skip
        raise damaged from None
    report("Restoring", 1)
    return manifest


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT:
        raise BackupFault(
            f"the backup was made by another version ({manifest['code_version']}): restore it with that one. "
            "Nothing was restored"
        )
    if not {"files", "folders", "made_at", "trail_head"} <= set(manifest) or not set(manifest["folders"]) <= set(FOLDERS):
        raise ValueError
    return manifest


def _is_taken(name: str) -> bool:
    """Whether a backup could hold a file of that name: nothing outside the data directory, hidden or left out."""
    parts = PurePosixPath(name).parts
    plain = "\\" not in name and ":" not in name and not any(part.startswith(".") for part in parts)
    return (
        plain
        and not name.startswith("/")
        and (name in FILES or (len(parts) > 1 and parts[0] in FOLDERS))
        and (name not in LEFT_OUT)
    )


def _one(archive: zipfile.ZipFile, name: str, said: dict[str, Any], into: Path) -> None:
    """Write one file and hold it to what the manifest says of it. Raises ValueError where it differs."""
    file = into / name
    file.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as inside, file.open("xb") as out:
        while piece := inside.read(CHUNK):
            size += len(piece)
            if size > said["size"]:
                raise ValueError
            digest.update(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    if (digest.hexdigest(), size) != (said["sha256"], said["size"]):
        raise ValueError
    file.chmod(said["mode"] & 0o777 | 0o600)


def _take_newer(settings: Settings, purged: Path) -> None:
    """Put a newer ledger of what was destroyed in place of the backup's. Raises BackupFault where it is not newer."""
    try:
        newer = Ledger.model_validate_json(purged.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupFault(
            f"{purged.name}: is no ledger of what was destroyed, or is damaged. Nothing was restored"
        ) from None
    before = read_ledger(settings)
    known = {(feed, one) for feed, of_feed in newer.feeds.items() for one in of_feed.deliveries}
    if not {(feed, one) for feed, of_feed in before.feeds.items() for one in of_feed.deliveries} <= known:
        raise BackupFault(f"{purged.name}: does not go on from the ledger in the backup: it is older, or another's. "
                          "Nothing was restored")  # fmt: skip
    ledger_file(settings).parent.mkdir(exist_ok=True)
    shutil.copyfile(purged, ledger_file(settings))


def _destroy_what_is_due(settings: Settings, today: date, report: Report) -> tuple[int, list[str]]:
    """Build, and destroy again what was due: as at today, or as far as the newest snapshot holds it for good."""
    if not any(settings.deliveries.glob("*/*")):
        return 0, []
    again = "rows that were due may be in it still: mend this, then safer-places build, publish and purge"
    try:
        built = build(settings, report=report)
        if not list_snapshots(settings):
            return 0, []
        try:
            did = purge(settings, as_at=today, report=report)
        except WarehouseError:
            did = purge(settings, as_at=min(today, built.as_at), report=report)
            return _rows(did.feeds), ["what came due since the backup: safer-places publish, and then purge"]
    except HarmError as wrong:
        return 0, [f"{wrong}. Until then {again}"]
    return _rows(did.feeds), []


def _rows(feeds: dict[str, dict[str, Any]]) -> int:
    return sum(one["rows"]["read"] for one in feeds.values())


def _apart(settings: Settings) -> list[str]:
    """What was never in the backup and must be put back by hand."""
    found = ["permissions and access withdrawn since the backup stand again: withdraw them once more"]
    if list_snapshots(settings):
        try:
            keys_of(settings)
        except KeyFault as wrong:
            found.append(str(wrong))
    return found


def _sync_all(folder: Path) -> None:
    for one in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        chain.sync_folder(one)
