"""Words of issuing: handling labels, lateness, and what an export says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.wording import day

HANDLING = {
    "meeting": "OFFICIAL-SENSITIVE: for the {locality} meeting",
    "manager": "OFFICIAL-SENSITIVE: for the managers named in the permission",
    "board": "OFFICIAL-SENSITIVE: for the board named in the permission",
}
LATE = "Late: this pack was made after it was due, on {due}."
DONE = "{issue}: {files}"
ABOUT_SHEET, FIRST_SHEET, NOTE = "About", "Report", "Note"
PERIOD, LOW, HIGH, WHY, NOTHING = "Period", "usual range, lower", "usual range, upper", "Why no figure", "nothing"
CONTINUED = "{title} ({number} of {of})"
POINTS, FOOT = "Points", "Handling and source"
WITHDRAWN, IN_FORCE, TO_COME, OVER = "withdrawn", "in force", "not yet in force", "over"


def handling(audience: str, locality: str | None) -> str:
    """Say how a document is to be handled."""
    return HANDLING[audience].format(locality=locality)


def late(due_on: date) -> str:
    """Say that a pack was made after it was due. The day it was made is in the log: two late packs are the same pack."""
    return LATE.format(due=day(due_on))


def state(withdrawn_on: str, from_on: str, until_on: str, today: str) -> str:
    """Say whether a permission may be used today."""
    if withdrawn_on:
        return WITHDRAWN
    return TO_COME if today < from_on else OVER if today > until_on else IN_FORCE


def permission(given: Mapping[str, Any]) -> str:
    """Say a permission as it stands on every page."""
    term = f", {given['term']}" if given["term"] else ""
    kind = f"{given['id']} (standing{term})" if given["standing"] else given["id"]
    until = day(date.fromisoformat(given["until_on"]))
    approved = f"approved by: {given['approved_by']}; for: {given['recipients']}; purpose: {given['purpose']}"
    return f"{kind}; {approved}; until {until}"


def about(face: Any) -> list[tuple[str, str]]:
    """What stands on the first page, sheet or slide, as names and what they are."""
    return [
        ("Who may read it", face.handling), ("Permission", face.permission),
        ("Figures as at", day(date.fromisoformat(face.as_at))), ("Snapshot", face.snapshot_id), ("Issue", face.issue),
    ]  # fmt: skip


def foot(permission: str, snapshot_id: str, issue: str) -> str:
    """Say by whose leave a page may be read, and where its figures come from."""
    return f"{issue}. Snapshot {snapshot_id}. Permission: {permission}"


def continued(title: str, number: int, of: int) -> str:
    """Name one of several slides of a section."""
    return title if of == 1 else CONTINUED.format(title=title, number=number, of=of)
