"""Frozen meetings: what a meeting saw, kept as one file that is never written again.

The file holds the plain data the page is drawn from, what was recorded at the meeting (`recorded`: the rows of
`pipelines.insight.minuted`), and a hash of it all. It needs no snapshot, so it says the same after
a publish, a purge or an upgrade; and a file that somebody changed is refused rather than shown.
"""

import hashlib
import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import HarmError, NoSnapshot, NotForThisAudience, SnapshotFault
from pipelines.insight.audiences import Audience
from pipelines.insight.meeting import FORMAT, meeting_view
from pipelines.insight.minuted import recorded_at
from pipelines.insight.queries import Snapshot, open_snapshot
from pipelines.insight.since import snapshot_at
from pipelines.record import Store

_NAME = re.compile(r"([A-Za-z0-9_-]+)_(\d{4}-\d{2}-\d{2})")
FOLDER = "meetings"


class AlreadyFrozen(HarmError):
    """A meeting is frozen once: what was seen in it does not change."""

    exit_code = 13


@dataclass(frozen=True, order=True)
class FrozenMeeting:
    """One meeting that can be opened again."""

    met_on: date
    locality: str


def view_now(data_dir: Path | str, locality: str) -> dict[str, Any]:
    """What the meeting of a locality sees now, as plain data: of the current snapshot, against the last meeting's.

    Raises NoSnapshot, SnapshotFault and NotForThisAudience as `open_snapshot` does.
    """
    audience = Audience("meeting", locality)
    now = open_snapshot(data_dir, audience)
    return meeting_view(now, locality, earlier(data_dir, now, locality))


def earlier(data_dir: Path | str, now: Snapshot, locality: str) -> Snapshot | None:
    """The snapshot everybody saw on the day this locality last met, for the same audience; null where none can be opened."""
    met_on = now.clock(locality).last_met_on
    name = snapshot_at(data_dir, met_on) if met_on else None
    if name is None:
        return None
    try:
        return open_snapshot(data_dir, now.audience, snapshot_id=name)
    except (NoSnapshot, SnapshotFault, NotForThisAudience):
        return None  # what an older version wrote, or a locality it did not know: the page says there is none


def freeze(data_dir: Path | str, view: dict[str, Any], met_on: date, *, wording: str, store: Store | None) -> Path:
    """Write what a meeting saw and recorded, readable by its owner alone, once. Raises AlreadyFrozen the second time, and
    RecordError where the register store cannot be read: a meeting is not kept without what it decided.

    wording  the version of the sentences it was shown with
    store    what meetings recorded; null where nobody ever did
    """
    minuted = recorded_at(store, view["locality"]["id"], met_on)
    view = {**view, "recorded": list(minuted.rows)}
    folder = Path(data_dir) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    file = _file(data_dir, view["locality"]["id"], met_on)
    content = {"met_on": met_on.isoformat(), "wording": wording, "view": view}
    text = json.dumps({"sha256": _hash(content), **content}, ensure_ascii=False, allow_nan=False, sort_keys=True)
    # Written whole under another name, then given its own in one step that fails where there is one already.
    draft = folder / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        raise AlreadyFrozen(
            f"{file.name}: this meeting is frozen already, and a frozen meeting never changes: open it on the Meeting page"
        ) from None
    finally:
        draft.unlink()
    return file


def frozen_meetings(data_dir: Path | str, audience: Audience) -> list[FrozenMeeting]:
    """The frozen meetings this audience may open, newest first: a meeting's own locality's alone, none for the board."""
    found = []
    for file in (Path(data_dir) / FOLDER).glob("*.json"):
        named = _NAME.fullmatch(file.stem)
        if named and _may_open(audience, named[1]):
            found.append(FrozenMeeting(date.fromisoformat(named[2]), named[1]))
    return sorted(found, reverse=True)


def read_frozen(data_dir: Path | str, locality: str, met_on: date, audience: Audience) -> dict[str, Any]:
    """What was frozen: met_on, wording and view. Raises NotForThisAudience, NoSnapshot where there is no such meeting,
    and SnapshotFault for a file that is not as it was written."""
    if not _may_open(audience, locality):
        raise NotForThisAudience("a frozen meeting is for its own locality's meeting and for the manager")
    file = _file(data_dir, locality, met_on)
    if not file.is_file():
        raise NoSnapshot(f"{file.name}: no such meeting was frozen: run `safer-places freeze-meeting`")
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        said, view = content.pop("sha256"), content["view"]
        whole = said == _hash(content) and (content["met_on"], view["locality"]["id"]) == (met_on.isoformat(), locality)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise SnapshotFault(
            f"{file.name}: was changed after it was frozen, so it is not shown; put back the file from the last backup"
        )
    if view["format"] > FORMAT:
        raise SnapshotFault(f"{file.name}: was frozen by a newer version than this one; update the product to open it")
    return content


def _may_open(audience: Audience, locality: str) -> bool:
    return audience.name == "manager" or (audience.name == "meeting" and audience.locality == locality)


def _file(data_dir: Path | str, locality: str, met_on: date) -> Path:
    name = f"{locality}_{met_on.isoformat()}"
    if not _NAME.fullmatch(name):
        raise NotForThisAudience("a meeting is of one of this snapshot's localities: `partnership.toml` lists their ids")
    return Path(data_dir) / FOLDER / f"{name}.json"


def _hash(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
