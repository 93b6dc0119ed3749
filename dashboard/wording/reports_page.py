"""Words of the Reports page: which document, whether it is ready, by whose leave, and what left before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from dashboard.wording import day
from dashboard.wording.directions import list_of

TITLE = "Reports"
UNDER = "documents that leave this screen"
NOT_FOR_YOU = "Documents are made by the manager's team, and for a locality by its own meeting. You are sent yours."
WHICH, WHICH_SHORT = "Which document", "Document"
DOCUMENTS = {
    "pack": "Locality pack, for a meeting", "minutes": "Minutes and action log of a meeting",
    "brief": "Place brief, to take back", "fortnight": "Fortnightly summary, for managers",
    "board": "Report to the board", "export": "Released table",
}  # fmt: skip
LOCALITY, MEETING, TO, FROM_QUARTER, TO_QUARTER = "Locality", "Meeting", "Last day of the fortnight", "From", "To"
NO_MEETING = "The register of meetings has no later day for {locality}, so there is no meeting to make a pack for."
NO_MINUTES = "Nothing was recorded at a meeting of {locality} yet, so there are no minutes to make."
PLACE, AGENCY, NO_PLACES = "Place", "Agency", "No place of {locality} is in force, so there is nothing to make a brief of."
NO_QUARTER = "No quarter is complete yet, so there is nothing to report to the board."
ASKS = (
    "What follows from the figures is asked of the board by itself. To ask for more, in your own words, use the command: "
    "this page keeps nothing that is typed."
)
BY, LEAVE = "Issued by", "Permission"
BY_HELP = "A role, never a person. It stands in the log of issues."

READY, READY_CAPTION, READY_HEADS = "Is it ready?", "What was looked at", ("Check", "Ready?", "What was found")
WELL, LOOK = "ready", "look"
MARKS = {True: "✓", False: "!"}
READY_NOTE = "Nothing in this list stops an issue. What is not ready in a pack is said in the pack too."

PERMITTED = "By whose leave?"
COVERED = "A permission covers it."
NOT_COVERED = (
    "No permission in force covers this document, so it cannot be issued. Ask somebody who may approve one. Whoever looks "
    "after the data then writes it down with this command, in the words agreed:"
)
ALL_USED = (
    "Its permission is used: only the very same issue may be made again. For another, ask somebody who may approve one, "
    "and have it written down with this command, in the words agreed:"
)
APPROVERS = "Who may approve: {roles}. Whoever asks may not approve."
USED = "used for {issue}; only the same issue may be made again"
PURPOSES = {
    "pack": "Weekly locality meeting", "minutes": "Minutes of the weekly locality meeting",
    "brief": "To take back from the weekly locality meeting", "fortnight": "Fortnightly summary",
    "board": "Quarterly board meeting",
}  # fmt: skip
RECIPIENTS = {
    "pack": "Members of the locality meeting", "minutes": "Members of the locality meeting",
    "brief": "Members of the locality meeting", "fortnight": "Senior managers", "board": "Members of the board",
}  # fmt: skip

PREVIEW_KEY, ISSUE_KEY = "Make a preview", "Issue"
PREVIEWING, ACROSS = "Making the preview", "PREVIEW: not issued"
PREVIEW = "Preview: not issued"
PREVIEW_NOTE = "Pictures of the pages, to look at here. Nothing is logged, and this may not be handed on."
HOLDS = "What it holds"
PREVIEW_ISSUE, PREVIEW_LEAVE = "PREVIEW", "none, as this is a preview"
ISSUE_NOTE = "To issue is to let it leave: the log keeps that it did, by which permission and by which role, for good."
STOPPED = "It was not made"
CHANGED = "What you may make has changed. Choose again."
ISSUED = "Issued: {issue}"
ISSUED_NOTE = "Hand it to nobody but those the permission names."

LOG, LOG_CAPTION = "Issued before", "Every issue, the newest first"
LOG_HEADS = ("Number", "Document", "Whose figures", "Permission", "When", "By")
LOG_NOTE = "The log says that something left, and never what was in it."
NOTHING_ISSUED = "Nothing was issued yet."
WITHDRAWN_SINCE = "{permission} (withdrawn since)"
FILES, FILES_NONE = "Files of an issue", "Choose an issue"
FILES_HELP = "Files that are still where they were issued to, and are the same to the last byte."
NO_FILES = "Its files are not in this data directory, or are no longer those that were issued. Issue it again."
NO_LONGER = "Its permission no longer covers it: {why}."
DOWNLOAD = "Download {format}, {issue}"
FORMATS = {"pdf": "PDF", "docx": "Word", "pptx": "PowerPoint", "xlsx": "Excel", "zip": "table (zip)"}
AUDIENCES = {"manager": "Managers", "board": "The board"}


def document(code: str) -> str:
    """Name a document."""
    return DOCUMENTS.get(code, code)


def meeting(met_on: date) -> str:
    """Name a meeting by its day."""
    return f"{met_on:%A} {day(met_on)}"


def fortnight(to_on: date) -> str:
    """Name the end of a fortnight."""
    return f"{to_on:%A} {day(to_on)}"


def mark(well: bool) -> str:
    """Say whether a check is well, as a mark and a word."""
    return f"{MARKS[well]} {WELL if well else LOOK}"


def approvers(roles: Sequence[str]) -> str:
    """Say who may approve."""
    return APPROVERS.format(roles=list_of(list(roles)))


def permission(said: str, used_for: str) -> str:
    """Name a permission to choose, and whether it is used."""
    return f"{said} ({USED.format(issue=used_for)})" if used_for else said


def audience(code: str, localities: Mapping[str, str]) -> str:
    """Say whose figures a document is made of."""
    name, _, locality = code.partition(":")
    return f"{localities.get(locality, locality)} meeting" if locality else AUDIENCES.get(name, name)


def when(issued_at: str) -> str:
    """Say when something was issued."""
    at = datetime.fromisoformat(issued_at)
    return f"{day(at)}, {at:%H:%M} {at.tzname() or ''}".strip()


def page_alt(number: int, of: int) -> str:
    """Say what a picture of a page is."""
    return f"Page {number} of {of} of the preview, which was not issued"


def preview_of(title: str, subtitle: str, pages: int) -> str:
    """Say what a preview is of."""
    return f"{title}. {subtitle}: {pages} {'page' if pages == 1 else 'pages'}."


def sentence(message: str) -> str:
    """Set a message of the program as a sentence of its own."""
    said = message.strip()
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith(('.', ':', '?')) else '.'}"
