"""Snapshots: write, verify, promote, roll back. Immutable files, and one small file that names the current one."""

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.errors import GateError, NoSnapshot, SnapshotFault, WarehouseError
from pipelines.gate.keys import Keyring, read_or_make_keys, rotate
from pipelines.gate.release import facts, frozen_through, write_release
from pipelines.gate.verify import describe_tables, verify
from pipelines.policy import SNAPSHOT_FORMAT
from pipelines.settings import Settings

_ID = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}-\d{2}_[0-9a-f]{8}")
UNFINISHED = ".writing"

Report = Callable[[str, float], None]
# Writes what follows from the released tables into a snapshot that is not verified yet: (connection, measures, as_at).
Derive = Callable[[duckdb.DuckDBPyConnection, list[dict[str, Any]], date], None]


@dataclass(frozen=True)
class Published:
    """One snapshot, and whether publishing changed anything."""

    id: str
    was_new: bool
    manifest: dict[str, Any]


def publish(settings: Settings, *, derive: Derive, report: Report = lambda stage, share: None) -> Published:
    """Round the warehouse's counts, write a snapshot, verify it, and make it the current one.

    derive  adds what is computed from the released tables alone; it is never shown the warehouse

    The same warehouse, policy and key give the same tables and the same id, so publishing twice changes
    nothing. Raises WarehouseError when there is nothing built, KeyFault for the key, GateError when a promise
    of the gate does not hold; the current snapshot then stays.
    """
    if not settings.warehouse.exists():
        raise WarehouseError("there is no warehouse yet: run `safer-places build` first")
    settings.snapshots.mkdir(parents=True, exist_ok=True)
    clear_unfinished(settings)
    report("Rounding and writing", 0)
    released = _released(settings)
    earlier = _newest(released)
    keyring = _keys_after(settings, earlier)
    made_from = facts(settings.warehouse)
    _require_same_rules(settings, made_from, earlier)
    as_at = date.fromisoformat(str(made_from["as_at"]))
    _require_no_later(released, as_at)
    policy = settings.policy
    frozen_on = frozen_through(as_at, policy)
    unfinished = settings.snapshots / f"{UNFINISHED}-{os.getpid()}.duckdb"
    try:
        with duckdb.connect(str(unfinished)) as snapshot:
            earlier_file = settings.snapshots / f"{earlier['id']}.duckdb" if earlier else None
            write_release(settings, snapshot, keyring, frozen_on=frozen_on, earlier=earlier_file)
            report("Working out directions", 0.3)
            derive(snapshot, made_from["measures"], as_at)
            snapshot.execute("CHECKPOINT")
        report("Verifying", 0.6)
        tables, withheld = verify(unfinished, made_from["measures"])
        manifest = _manifest(settings, {**made_from, "tables": tables, "withheld": withheld}, keyring, frozen_on)
        manifest["sequence"] = int(earlier["sequence"]) + 1 if earlier else 1
        was_new = _keep(settings, unfinished, manifest)
        report("Verifying", 1)
    finally:
        unfinished.unlink(missing_ok=True)
        unfinished.with_name(unfinished.name + ".wal").unlink(missing_ok=True)
    return Published(manifest["id"], was_new, manifest)


def keys_of(settings: Settings) -> Keyring:
    """The rounding keys of a data directory, held to what its newest snapshot was rounded with. Raises KeyFault."""
    return _keys_after(settings, _newest(_released(settings)))


def _keys_after(settings: Settings, earlier: dict[str, Any] | None) -> Keyring:
    expected = earlier["key_fingerprints"] if earlier else None
    return read_or_make_keys(settings.key_file, data_dir=settings.data_dir, expected=expected)


def _require_no_later(released: list[dict[str, Any]], as_at: date) -> None:
    """A snapshot of an earlier day would forget months already released, and later draw them by other rules."""
    latest = _latest_day(released)
    if latest and as_at < latest:
        raise GateError(
            f"the warehouse is as at {as_at}, and a snapshot as at {latest} is released already: build as at that day or "
            "a later one. To show an earlier snapshot again, `safer-places use` it"
        )


def _latest_day(released: list[dict[str, Any]]) -> date | None:
    return max((date.fromisoformat(str(one["as_at"])) for one in released), default=None)


def rotate_key(settings: Settings) -> date:
    """Add a new rounding key for the months not yet released, and say from which day it counts.

    Raises KeyFault for the key, NoSnapshot before anything was released (there is then nothing to protect: delete the
    key file and another is made).
    """
    released = _released(settings)
    newest = _newest(released)
    if newest is None:
        raise NoSnapshot("nothing was released with this key yet: delete its file, and the next publish makes another")
    check_unchanged(settings, newest)
    first_day = (pd.Timestamp(str(_latest_day(released))) + pd.offsets.MonthBegin(1)).date()
    rotate(settings.key_file, data_dir=settings.data_dir, expected=newest["key_fingerprints"], first_day=first_day)
    return first_day


def clear_unfinished(settings: Settings) -> None:
    """Remove what a stopped publish left behind; nothing ever reads such a file."""
    for left in settings.snapshots.glob(f"{UNFINISHED}-*"):
        left.unlink()


def _released(settings: Settings) -> list[dict[str, Any]]:
    """The manifest of every released snapshot."""
    return [read_manifest(settings, one) for one in list_snapshots(settings)]


def _newest(released: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The snapshot published last, whatever day it was made for: it carries all that was ever frozen."""
    return max(released, key=lambda one: int(one["sequence"]), default=None)


def _require_same_rules(settings: Settings, made_from: dict[str, Any], earlier: dict[str, Any] | None) -> None:
    """Raise GateError where publishing would round released counts by other rules than they were released by."""
    live = {"policy": settings.policy.sha256, "partnership": settings.partnership.sha256}
    changed = [f"{name}.toml" for name, sha in live.items() if made_from[f"{name}_sha256"] != sha]
    if changed:
        raise GateError(f"{', '.join(changed)} changed since the build: run `safer-places build` again")
    if earlier is None:
        return
    if earlier.get("format") != SNAPSHOT_FORMAT:
        raise GateError(
            f"{earlier['id']} was published by another version of this program, and its months cannot be carried on by this "
            "one: publish with that version, or begin a new data directory"
        )
    check_unchanged(settings, earlier)
    before = {(one["feed"], one["measure"]): _lattice(one) for one in earlier["measures"]}
    for one in made_from["measures"]:
        if before.get((one["feed"], one["measure"]), _lattice(one)) != _lattice(one):
            raise GateError(
                f"{one['feed']} ({one['measure']}): its rounding base or harm groups are not those its months were "
                "released by. Put them back in policy.toml, or begin a new data directory"
            )


def _lattice(measure: dict[str, Any]) -> tuple[int, list[str]]:
    return int(measure["base"]), sorted(group["code"] for group in measure["harm_groups"])


def _manifest(settings: Settings, made_from: dict[str, Any], keyring: Keyring, frozen_on: date) -> dict[str, Any]:
    partnership, policy = settings.partnership, settings.policy
    content = {
        "format": SNAPSHOT_FORMAT,
        "as_at": made_from["as_at"],
        "partnership": partnership.name,
        "town": partnership.city.name,
        "city_id": partnership.city.id,
        "fictional": partnership.fictional,
        "frozen_through": frozen_on.isoformat(),
        "measures": made_from["measures"],
        "tables": made_from["tables"],
        "withheld": made_from["withheld"],
        "inputs": made_from["inputs"],
        "policy_sha256": made_from["policy_sha256"],
        "partnership_sha256": made_from["partnership_sha256"],
        "audiences": policy.audiences.model_dump(mode="json", exclude_none=True),
        "nation": partnership.city.nation,
        "meetings": policy.meetings.model_dump(mode="json"),
        "key_fingerprints": keyring.fingerprints,
        "code_version": version("safer-places"),
    }
    whole = json.dumps(content, sort_keys=True).encode()
    name = f"{str(made_from['as_at'])[:7]}_{made_from['as_at']}_{hashlib.sha256(whole).hexdigest()[:8]}"
    return {"id": name, **content}


def _keep(settings: Settings, unfinished: Path, manifest: dict[str, Any]) -> bool:
    """Give a verified snapshot its name and make it current. Manifest last: without one it is not a snapshot."""
    kept = settings.snapshots / f"{manifest['id']}.duckdb"
    was_new = not kept.with_suffix(".json").exists()
    if was_new:
        _sync(unfinished)
        os.replace(unfinished, kept)
        _write_whole(kept.with_suffix(".json"), json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    else:
        # One that stood there before was verified then, and not just now.
        check_unchanged(settings, read_manifest(settings, manifest["id"]))
    _write_whole(settings.snapshots / "current", manifest["id"] + "\n")
    return was_new


def make_current(settings: Settings, snapshot_id: str) -> None:
    """Name the snapshot everybody sees from now on. Raises NoSnapshot, SnapshotFault when it cannot be that."""
    manifest = read_manifest(settings, snapshot_id)
    check_unchanged(settings, manifest)
    _write_whole(settings.snapshots / "current", snapshot_id + "\n")


def check_unchanged(settings: Settings, manifest: dict[str, Any]) -> None:
    """Raise SnapshotFault unless every table still holds exactly what the manifest says was released."""
    file = settings.snapshots / f"{manifest['id']}.duckdb"
    try:
        with duckdb.connect(str(file), read_only=True) as snapshot:
            found = describe_tables(snapshot)
    except duckdb.Error:
        raise SnapshotFault(
            f"{file.name}: cannot be opened. Restore it from a copy (months it released for good stand only in it and "
            "later ones), or `safer-places use` another to look at"
        ) from None
    if found != manifest["tables"]:
        raise SnapshotFault(
            f"{file.name}: is not what was released. Restore it from a copy, or `safer-places use` another to look at"
        )


def _write_whole(file: Path, text: str) -> None:
    """Write a small file so that readers see all of the old one or all of the new one."""
    unfinished = file.with_name(f"{UNFINISHED}-{os.getpid()}-{file.name}")
    with unfinished.open("w", encoding="utf-8") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    os.replace(unfinished, file)


def _sync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


def list_snapshots(settings: Settings) -> list[str]:
    """Every released snapshot's id, oldest first."""
    return sorted(path.stem for path in settings.snapshots.glob("*.json") if _ID.fullmatch(path.stem))


def current_id(settings: Settings) -> str | None:
    """The id of the snapshot everybody sees, null before the first."""
    current = settings.snapshots / "current"
    return current.read_text(encoding="utf-8", errors="replace").strip() if current.exists() else None


def read_manifest(settings: Settings, snapshot_id: str) -> dict[str, Any]:
    """What a snapshot says of itself. Raises NoSnapshot when there is none of that name."""
    file = settings.snapshots / f"{snapshot_id}.json"
    if not _ID.fullmatch(snapshot_id) or not file.exists():
        raise NoSnapshot("there is no snapshot of that name; `safer-places snapshots` lists them")
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        return {**_as_named(said, snapshot_id), "sequence": int(said["sequence"])}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise SnapshotFault(
            f"{file.name}: is damaged or was altered. Put it back from the last backup, or `safer-places use` another"
        ) from None


def _as_named(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """The manifest, if it says what it said when it was released: its name ends in a hash of the rest."""
    rest = {key: value for key, value in manifest.items() if key not in ("id", "sequence")}
    if manifest["id"] != name or hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:8] != name[-8:]:
        raise ValueError("changed since it was released")
    return manifest
