"""What the Reports page asks of the documents: who may make what, by which leave, a preview, an issue, and the log.

Every answer is held to the audience of this run again, whatever was chosen on the screen before. The clock is asked here
for the day a permission is used and a pack is late, and for the log of issues; a document itself never depends on it.
"""

from __future__ import annotations

import hashlib
import shlex
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import access, clock, reads, trail
from dashboard.report import asked, issuing, permissions
from dashboard.report.asked import FORMATS, Wish
from dashboard.report.issuing import Issued, Report
from dashboard.report.model import Face, Heading
from dashboard.report.permissions import NotPermitted, Permission
from dashboard.report.readiness import Check
from dashboard.report.roles import Roles, read_labels, read_roles
from dashboard.report.screened import require_clean
from dashboard.wording import issued as said_of
from dashboard.wording import reports_page as words
from pipelines.errors import HarmError
from pipelines.insight.minuted import days_recorded, newest_recorded
from pipelines.record import open_existing
from pipelines.settings import Settings

Refused = HarmError
ISSUER = "Intelligence Investigator"
USUAL_DAYS = 13  # how long a permission for one issue is asked for, where nobody says otherwise
STANDING_DAYS = 90
# Drawing changes settings of the whole process, so documents are drawn one at a time, whoever asks.
_ONE_AT_A_TIME = threading.Lock()


def now() -> datetime:
    """The time it is."""
    return clock.now()


def today() -> date:
    """The day it is here, as the command has it."""
    return now().astimezone().date()


@dataclass(frozen=True)
class Preview:
    """A document nobody issued: a picture of each page, and its headings in words."""

    title: str
    subtitle: str
    pages: tuple[bytes, ...]
    headings: tuple[str, ...]


def documents() -> tuple[str, ...]:
    """Which documents the audience of this run may make."""
    return asked.documents_of(access.audience())


def opened(wish: Wish) -> reads.Snapshot:
    """The snapshot a document is made of, opened for the document's own readers. Raises NotPermitted for another's."""
    if not asked.may_make(access.audience(), wish):
        raise NotPermitted(words.CHANGED)
    return reads.current_snapshot(wish.audience)


def meetings_of(locality: str) -> list[date]:
    """The days a locality meets after the snapshot's own day, by the register."""
    snapshot = opened(Wish("pack", locality=locality))
    register = reads.ask(snapshot, "register", "meetings")
    days = register.loc[register["locality"] == locality, "met_on"]
    return sorted({day for day in days if day is not None and day > snapshot.as_at})


def minuted_days(locality: str) -> list[date]:
    """The days of a locality's meetings at which anything was recorded, newest first. Raises RecordError."""
    opened(Wish("minutes", locality=locality))
    return days_recorded(open_existing(Settings(reads.data_dir())), locality)


def places_of(locality: str) -> dict[str, str]:
    """The places a brief may be of: id -> name, in the order of their names."""
    found = reads.ask(opened(Wish("brief", locality=locality)), "areas_of", locality)
    return dict(sorted(zip(found["area_id"], found["name"], strict=True), key=lambda one: str(one[1])))


def agencies() -> list[str]:
    """The agencies a brief may be for."""
    return list(read_labels(Settings(reads.data_dir()), "agency"))


def quarters() -> list[tuple[str, tuple[date, date]]]:
    """The complete quarters the board may have, oldest first: what each is called, its first day and its last."""
    snapshot = opened(Wish("board"))
    if not reads.has_incidents(snapshot):
        return []
    found = reads.ask(snapshot, "periods", *reads.INCIDENTS, grain="quarter")
    found = found[found["state"] == "collected"]
    ends = [(start + pd.DateOffset(months=3, days=-1)).date() for start in pd.to_datetime(found["period_start"])]
    return list(zip(found["label"], zip(found["period_start"], ends, strict=True), strict=True))


def checks(wish: Wish) -> list[Check]:
    """The checklist of a document before it is issued."""
    snapshot = opened(wish)
    looking = snapshot if wish.looked_at_by == wish.audience else reads.current_snapshot(wish.looked_at_by)
    # The store moves under an open page.
    newest = newest_recorded(open_existing(Settings(reads.data_dir()))) if wish.document in asked.RECORDED else 0
    return _checks(f"{snapshot.id}:{newest}", astuple(wish), today(), wish, looking)


@st.cache_data(max_entries=24, show_spinner=False)
def _checks(key: str, of: tuple[Any, ...], on: date, _wish: Wish, _snapshot: reads.Snapshot) -> list[Check]:
    return asked.checks(_wish, _snapshot, reads.data_dir(), today=on)


def roles() -> Roles:
    """The roles that may issue and approve."""
    return read_roles(Settings(reads.data_dir()))


def covering(wish: Wish) -> list[tuple[Permission, str]]:
    """The permissions in force for a document, the newest first, each with the issue it is used for, if any.

    Raises ChainFault where a register is damaged.
    """
    snapshot, folder = opened(wish), reads.data_dir()
    used = {one["permission"]: str(one["issue"]) for one in issuing.log(folder)}
    known, audience = permissions.everything(folder), issuing.audience_of(snapshot)
    mine = [one for one in known if not permissions.why_not(one, wish.document, audience, today())]
    found = [(one, "" if one.standing else used.get(one.id, "")) for one in reversed(mine)]
    return sorted(found, key=lambda one: bool(one[1]))


def command_to_grant(wish: Wish) -> str:
    """The command that writes a permission for a document down, as the team would usually word it."""
    on, pack, known = today(), wish.document in asked.OF_A_MEETING, roles()
    following = [one.starts_on for one in asked.terms(opened(wish)) if one.starts_on > on]
    until = on + timedelta(days=STANDING_DAYS if pack else USUAL_DAYS)
    until = min([until, *(start - timedelta(days=1) for start in following[:1])]) if pack else until
    asks = next((one for one in (ISSUER, *known.known) if one in known.known and one != known.approvers[0]), ISSUER)
    said = ["safer-places", "permission", "grant", "--for", wish.document,
            *(["--locality", wish.locality, "--standing"] if pack else []), "--approved-by", known.approvers[0],
            "--asked-by", asks, "--recipients", words.RECIPIENTS[wish.document], "--purpose", words.PURPOSES[wish.document],
            "--from", on.isoformat(), "--until", until.isoformat()]  # fmt: skip
    return shlex.join(said)


def preview(wish: Wish) -> Preview:
    """A document as pictures of its pages, marked as not issued. That it was looked at is on the trail; nothing is kept.

    Raises what an issue would raise of the document itself, IssueStopped among it: what could not leave is not shown; and
    TrailFault.
    """
    from dashboard.report import pdf

    snapshot, folder = opened(wish), reads.data_dir()
    make, wanted = asked.makes(wish, snapshot, folder, today=today())
    handling = f"{words.PREVIEW}. {said_of.handling(snapshot.audience.name, snapshot.locality_name)}"
    day = snapshot.as_at.isoformat()
    face = Face(snapshot.id, day, words.PREVIEW_ISSUE, words.PREVIEW_LEAVE, handling, wanted.late)
    with _ONE_AT_A_TIME:
        made = make(face)
        # The permission of a preview is our own words, not somebody's.
        require_clean(replace(made, face=replace(face, permission="")), asked.screen_of(wish, Settings(folder), snapshot))
        pages = pdf.preview(made, across=words.ACROSS)
    trail.note("preview", snapshot=snapshot.id, selection={"document": wish.document, "locality": wish.locality or ""})
    headings = tuple(part.text for part in made.parts if isinstance(part, Heading) and part.level == 1)
    return Preview(made.title, made.subtitle, tuple(pages), headings)


def issue(wish: Wish, permission: str, by: str, report: Report) -> Issued:
    """Issue a document in every format into the data directory, as the command does, and log it.

    permission  its id; by, a role, which is that of whoever signed in where people do. Raises what `issuing.issue`
                raises, and NotPermitted for what is no role.
    """
    snapshot, folder, all_roles, reader = opened(wish), reads.data_dir(), roles(), access.who()
    known = all_roles.signed_in(reader.role) if reader.role else all_roles.as_known(by)
    if known is None or not permission:
        raise NotPermitted(words.CHANGED)
    make, wanted = asked.makes(wish, snapshot, folder, today=today(), permission=permission)
    with _ONE_AT_A_TIME:
        return issuing.issue(
            folder, snapshot, wanted, make=make, writers=asked.writers(FORMATS[wish.document]), by=known, today=today(),
            folder=asked.own_folder(folder), issued_at=now(), report=report, subject=reader.subject,
            screen=asked.screen_of(wish, Settings(folder), snapshot),
        )  # fmt: skip


def log() -> list[Mapping[str, Any]]:
    """The issues of what this audience may have, newest first: the manager's team every one, a meeting its own."""
    audience = access.audience()
    own = f"meeting:{audience.locality}"
    found = issuing.log(reads.data_dir()) if documents() else []
    return [one for one in reversed(found) if audience.name == "manager" or one["audience"] == own]


def why_not(entry: Mapping[str, Any], known: Sequence[Permission]) -> str:
    """Why an issue may not be handed out again today: its permission was withdrawn or ran out; empty where it may."""
    return permissions.why_not(
        permissions.find(known, str(entry["permission"])), str(entry["document"]), str(entry["audience"]), today()
    )


def files(entry: Mapping[str, Any]) -> dict[str, Path]:
    """The files of an issue that are still what was issued, by format."""
    folder = reads.data_dir() / asked.ISSUED
    found = {ending: next(iter(folder.glob(f"*_{entry['issue']}.{ending}")), None) for ending in entry["files"]}
    return {
        ending: file for ending, file in found.items()
        if file and hashlib.sha256(file.read_bytes()).hexdigest() == entry["files"][ending]
    }  # fmt: skip


def content(entry: Mapping[str, Any], ending: str) -> bytes:
    """A file of an issue, at the moment it is asked for. Raises NotPermitted where it may no longer be had."""
    mine = entry in log()
    refusal = why_not(entry, permissions.everything(reads.data_dir())) if mine else ""
    if not mine or refusal or ending not in (there := files(entry)):
        raise NotPermitted(refusal or words.NO_FILES)
    return there[ending].read_bytes()


def for_download(entry: Mapping[str, Any], ending: str) -> Callable[[], bytes]:
    """A file of an issue for a download key: fetched as this run's reader, on the trail first. Raises as `content` does."""
    what = {"document": str(entry["document"]), "issue": str(entry["issue"]), "format": ending}
    fetch, leave = partial(content, entry, ending), str(entry["permission"])
    return trail.leaving(fetch, "download", snapshot=str(entry["snapshot"]), selection=what, permission=leave)
