"""Issue a document: permitted, screened, on the trail, logged, and only then written, in one step.

The log of issues says that something left, by whose leave and which bytes; never a figure and never a word of it.
A process killed between the log and the file leaves an entry and no half file: issue it again, and the same bytes come.
A hidden draft it may leave behind is taken away by the next issue.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from dashboard.report import ledger, permissions
from dashboard.report.model import Document, Face
from dashboard.report.permissions import NotPermitted, Permission
from dashboard.report.screened import Screen, require_clean
from dashboard.wording import issued as words
from pipelines import chain, trail
from pipelines.errors import HarmError
from pipelines.insight.queries import Snapshot

FILE = "issues.jsonl"

Report = Callable[[str, float], None]
Writer = Callable[[Document], bytes]

# Of a selection what the trail says; the words of what is asked of a board are not among it.
TOLD = ("locality", "meeting", "since", "from", "to", "table")


class CannotWrite(HarmError):
    """The folder a document is to be written to does not take it."""

    exit_code = 17


@dataclass(frozen=True)
class Asked:
    """What is to be issued.

    document    pack, minutes, brief, fortnight, board or export
    selection   what of it, by name: locality, dates, table; with the snapshot and the permission it makes the number
    stem        how the files are called, before the issue number
    file        the very name of the one file, where somebody gave it
    late        said on its face; empty where it is in time
    permission  an id; empty = the standing permission that covers it
    """

    document: str
    selection: Mapping[str, str]
    stem: str
    late: str = ""
    permission: str = ""
    file: str = ""

    def name(self, number: str, ending: str) -> str:
        """The name of one file of this issue."""
        return self.file or f"{self.stem}_{number}.{ending}"


@dataclass(frozen=True)
class Issued:
    """What left: the number of the issue and the files."""

    issue: str
    files: tuple[Path, ...]


def issue_number(snapshot_id: str, asked: Asked, permission_id: str) -> str:
    """The number of an issue: the same for the same snapshot, document, selection and permission."""
    told = [snapshot_id, asked.document, sorted(asked.selection.items()), asked.late, permission_id]
    sign = hashlib.sha256(json.dumps(told).encode()).hexdigest().upper()
    return f"SP-{sign[:4]}-{sign[4:8]}"


def issue(
    data_dir: Path, snapshot: Snapshot, asked: Asked, *, make: Callable[[Face], Document], writers: Mapping[str, Writer],
    folder: Path, by: str, today: date, issued_at: datetime, screen: Screen, report: Report = lambda stage, share: None,
    codes: Callable[[Document], frozenset[str]] = lambda document: frozenset(), subject: str = trail.NOBODY,
) -> Issued:  # fmt: skip
    """Make a document and write it, once for each format, into a folder.

    snapshot  opened for the audience the document is for
    make      the document with its face; `writers` are its formats, by the ending of the file's name
    by        the role that issues it; `subject`, who signed in
    codes     ids and codes in the document, which are no words to screen

    Raises NotPermitted, IssueStopped, TrailFault, ChainFault and CannotWrite; nothing is then written, and nothing logged
    unless the disk failed after the log was written.
    """
    permission = permitted(data_dir, asked, audience_of(snapshot), today)
    face = _face(snapshot, asked, permission)
    if not folder.is_dir():
        raise CannotWrite(f"{folder}: there is no such folder: make it, or name another with --to")
    report("Putting it together", 0.0)
    document = make(face)
    report("Screening every word", 0.4)
    require_clean(document, replace(screen, codes=codes(document)))
    made = {}
    for number, (ending, write) in enumerate(writers.items()):
        report(f"Writing {ending.upper()}", 0.5 + 0.4 * number / len(writers))
        made[ending] = write(document)
    with ledger.held(data_dir):
        # Read once more: it may have been withdrawn, or used for another issue, since it was looked at.
        permitted(data_dir, asked, audience_of(snapshot), today)
        _require_unused(data_dir, permission, face.issue)
        trail.write(data_dir, _on_trail(asked, snapshot, face, by, subject), at=issued_at)
        ledger.append(data_dir, FILE, _entry(asked, snapshot, face, permission, made, by, issued_at))
    chain.clear_drafts(folder)
    written = tuple(write_whole(folder / asked.name(face.issue, ending), content) for ending, content in made.items())
    report("Issued", 1.0)
    return Issued(face.issue, written)


def permitted(data_dir: Path, asked: Asked, audience: str, today: date) -> Permission:
    """The permission an issue goes by. Raises NotPermitted in one sentence where there is none."""
    known = permissions.everything(data_dir)
    if not asked.permission:
        return permissions.covering(known, asked.document, asked.selection.get("locality", ""), today)
    found = permissions.find(known, asked.permission)
    refusal = permissions.why_not(found, asked.document, audience, today)
    if refusal:
        raise NotPermitted(f"{refusal}. Nothing was written")
    return found


def audience_of(snapshot: Snapshot) -> str:
    """Whom a snapshot is open for, as permissions and the log write it: board, manager, or meeting:<locality>."""
    locality = snapshot.audience.locality
    return f"{snapshot.audience.name}:{locality}" if locality else snapshot.audience.name


def log(data_dir: Path) -> list[dict[str, Any]]:
    """Every issue ever made, oldest first. Raises ChainFault where the log is damaged."""
    return ledger.read(data_dir, FILE)


def _face(snapshot: Snapshot, asked: Asked, permission: Permission) -> Face:
    return Face(
        snapshot_id=snapshot.id, as_at=snapshot.as_at.isoformat(),
        issue=issue_number(snapshot.id, asked, permission.id), permission=permission.words,
        handling=words.handling(snapshot.audience.name, snapshot.locality_name), late=asked.late,
    )  # fmt: skip


def _require_unused(data_dir: Path, permission: Permission, number: str) -> None:
    """A permission that is not standing is for one issue; that one may be made again."""
    if permission.standing:
        return
    other = next((one for one in log(data_dir) if one["permission"] == permission.id and one["issue"] != number), None)
    if other:
        raise NotPermitted(
            f"permission {permission.id} was for one issue and is used: {other['issue']} was made by it. Ask for another. "
            "Nothing was written"
        )


def _entry(
    asked: Asked, snapshot: Snapshot, face: Face, permission: Permission, made: Mapping[str, bytes], by: str,
    issued_at: datetime,
) -> dict[str, Any]:  # fmt: skip
    return {
        "issued_at": issued_at.isoformat(timespec="seconds"), "document": asked.document, "audience": audience_of(snapshot),
        "snapshot": snapshot.id, "issue": face.issue, "permission": permission.id, "by": by,
        "files": {ending: hashlib.sha256(content).hexdigest() for ending, content in made.items()},
    }  # fmt: skip


def _on_trail(asked: Asked, snapshot: Snapshot, face: Face, by: str, subject: str) -> trail.Entry:
    selection = {"document": asked.document, "issue": face.issue, **trail.codes_of(asked.selection, TOLD)}
    return trail.Entry(
        "export" if asked.document == "export" else "issue", subject, by, asked.selection.get("locality", ""),
        audience_of(snapshot), snapshot.id, selection, asked.permission,
    )  # fmt: skip


def write_whole(file: Path, content: bytes) -> Path:
    """Write a file that is there whole or not at all, readable by its owner alone. Raises CannotWrite."""
    draft = chain.draft_of(file)
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, file)
        chain.sync_folder(file.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise CannotWrite(
            f"{file.name}: cannot be written into {file.parent}; see that the folder is yours and has room, and issue "
            "again: the log has the issue already"
        ) from None
    return file
