"""Backup and restore: everything that cannot be made again, in one file; never the rounding key, and no row twice.

A backup is a zip of the data directory: deliveries and boundaries, settings, snapshots, registers, trail, frozen meetings
and the ledger of what was destroyed. `backup.json` in it names the SHA-256 of every file. The warehouse is left out, since
a build makes it again; so are the rounding key and the secrets of the sign-in, which are kept apart on purpose.

A backup older than a purge holds rows that were destroyed since. A restore therefore builds and purges before the data
directory gets its name: what the newest snapshot in it holds for good, and is due today, goes again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pipelines import chain, trail
from pipelines.errors import HarmError
from pipelines.gate.snapshot import check_unchanged, current_id, list_snapshots, read_manifest
from pipelines.intake.warehouse import sole_writer
from pipelines.settings import Settings

FORMAT = 1
MANIFEST = "backup.json"
# Registers in the order every writer takes them, so that nobody waits for another in a ring.
REGISTERS = ("permissions", "access", trail.FOLDER)
FOLDERS = (
    "boundaries", "columns", "context", "contracts", "deliveries", "issued", "meetings", "record", "reference", "snapshots",
    "warehouse", *REGISTERS,
)  # fmt: skip
FILES = ("partnership.toml", "policy.toml")
# What a build or a set-up makes again, and what must never lie beside the data.
LEFT_OUT = ("warehouse/warehouse.duckdb", "warehouse/warehouse.duckdb.wal")
# What SQLite keeps beside a store while it is open; what is in it is in the copy that is taken.
BESIDE_A_STORE = ("-wal", "-shm", "-journal")
CHUNK = 1 << 20

Report = Callable[[str, float], None]


class BackupFault(HarmError):
    """A backup cannot be made of what is there, or an archive is not one that can be restored."""

    exit_code = 27


@dataclass(frozen=True)
class BackedUp:
    """One backup: how many files, how large they are, what of the data directory is not in it, and the head of the trail."""

    file: str
    files: int
    size_bytes: int
    left_out: tuple[str, ...]
    trail_head: str


def backup(
    settings: Settings, file: Path, *, at: datetime, report: Report = lambda stage, share: None,
) -> BackedUp:  # fmt: skip
    """Write everything that cannot be made again into one file, readable by its owner alone.

    No build, publish or purge runs meanwhile, and the registers are those of one moment. Raises BackupFault where the file
    is there already, lies inside the data directory or cannot be written; and what is raised for a damaged register or
    snapshot, since a backup of damage is none. Nothing is then left of it.
    """
    _require_place(settings, file)
    chain.clear_drafts(file.parent)
    draft = chain.draft_of(file)
    with sole_writer(settings):
        trail.write(settings.data_dir, trail.Entry("backup", snapshot=current_id(settings) or ""), at=at)
        registers, head = _registers(settings)
        _require_sound(settings)
        names = [name for name in _names(settings.data_dir) if name not in registers]
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                about = {"made_at": at.isoformat(timespec="seconds"), "trail_head": head}
                said = _write(out, settings.data_dir, names, registers, about, report)
                out.flush()
                os.fsync(out.fileno())
            os.link(draft, file)
            chain.sync_folder(file.parent)
        except FileExistsError:
            raise BackupFault(f"{file}: is there already; name another file") from None
        except OSError:
            raise BackupFault(f"{file}: cannot be written; see that the disk has room and the folder is yours") from None
        finally:
            draft.unlink(missing_ok=True)
    return BackedUp(str(file), len(said), file.stat().st_size, tuple(_left_out(settings.data_dir)), head)


def _require_place(settings: Settings, file: Path) -> None:
    if not settings.data_dir.is_dir():
        raise BackupFault(f"{settings.data_dir}: there is no such data directory")
    if file.exists():
        raise BackupFault(f"{file}: is there already; name another file")
    if file.resolve().is_relative_to(settings.data_dir.resolve()):
        raise BackupFault(f"{file}: lies in the data directory itself, and would go with it; name a file on another disk")
    if not file.parent.is_dir():
        raise BackupFault(f"{file.parent}: there is no such folder")


def _require_sound(settings: Settings) -> None:
    """Raise what is wrong with the current snapshot, or with the one published last, which carries all that is frozen."""
    known = list_snapshots(settings)
    manifests = {one: read_manifest(settings, one) for one in known}
    newest = max(manifests, key=lambda one: int(manifests[one]["sequence"]), default=None)
    for name in sorted({one for one in (newest, current_id(settings)) if one}):
        check_unchanged(settings, manifests.get(name) or read_manifest(settings, name))


def _registers(settings: Settings) -> tuple[dict[str, bytes], str]:
    """The bytes of every register at one moment, each verified, and the head of the trail then."""
    taken: dict[str, bytes] = {}
    with ExitStack() as all_held:
        for folder in REGISTERS:
            if (settings.data_dir / folder).is_dir():
                all_held.enter_context(chain.held(settings.data_dir / folder))
        head = trail.verify(settings.data_dir).head
        for name in _names(settings.data_dir, REGISTERS):
            file = settings.data_dir / name
            if file.suffix == ".jsonl" and file.parent.name != trail.FOLDER:
                chain.read(file)
            taken[name] = file.read_bytes()
    return taken, head


def _names(data_dir: Path, folders: tuple[str, ...] = FOLDERS) -> list[str]:
    """Every file a backup takes, by its name within the data directory; nothing hidden, and no link out of it."""
    found = [name for name in FILES if folders == FOLDERS and (data_dir / name).is_file()]
    for folder in folders:
        for file in (data_dir / folder).rglob("*"):
            name = file.relative_to(data_dir).as_posix()
            hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
            if file.is_file() and not hidden and name not in LEFT_OUT and not name.endswith(BESIDE_A_STORE):
                found.append(name)
    return sorted(found)


def _left_out(data_dir: Path) -> list[str]:
    known = {*FOLDERS, *FILES}
    there = [one.name + ("/" if one.is_dir() else "") for one in data_dir.iterdir()]
    return sorted(name for name in there if name.rstrip("/") not in known and not name.startswith("."))


def _write(
    out: BinaryIO, data_dir: Path, names: list[str], registers: dict[str, bytes], about: dict[str, Any], report: Report
) -> dict[str, dict[str, Any]]:
    said: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3, allowZip64=True) as archive:
        for number, name in enumerate([*names, *registers]):
            report("Backing up", number / (len(names) + len(registers)))
            digest, size, file = hashlib.sha256(), 0, data_dir / name
            with archive.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as inside:
                for piece in (registers[name],) if name in registers else _pieces(file):
                    inside.write(piece)
                    digest.update(piece)
                    size += len(piece)
            said[name] = {"sha256": digest.hexdigest(), "size": size, "mode": file.stat().st_mode & 0o777}
        folders = {name: (data_dir / name).stat().st_mode & 0o777 for name in FOLDERS if (data_dir / name).is_dir()}
        manifest = {"format": FORMAT, "code_version": version("safer-places"), **about, "folders": folders, "files": said}
        archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), json.dumps(manifest, indent=1, sort_keys=True))
    report("Backing up", 1)
    return said


def _store(file: Path) -> bytes:
    """A store of the registers as at one moment, whoever writes to it meanwhile. Raises BackupFault where it is damaged."""
    try:
        uri = f"{file.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as kept, closing(sqlite3.connect(":memory:")) as copy:
            kept.backup(copy)
            if copy.execute("PRAGMA quick_check").fetchone() == ("ok",):
                return copy.serialize()
    except sqlite3.Error:
        pass
    raise BackupFault(f"{file.parent.name}/{file.name}: is damaged: put it back from the backup before; nothing was written")


def _pieces(file: Path) -> Iterator[bytes]:
    if file.suffix == ".sqlite":
        yield _store(file)
        return
    with file.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece
