"""What each command of the report program does, once its words are read."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.report import issuing, permissions
from dashboard.report.asked import (
    FORMATS,
    NotAsked,
    Wish,
    agency_named,
    checks,
    locality_of,
    makes,
    next_meeting,
    own_folder,
    screen_of,
    terms,
    writers,
)
from dashboard.report.issuing import Asked, Issued
from dashboard.report.permissions import NotPermitted, Permission, Wanted
from dashboard.report.roles import read_roles
from dashboard.report.screened import screen_for
from dashboard.wording import issued as words
from pipelines.insight.queries import Audience, NoSnapshot, Snapshot, open_snapshot
from pipelines.settings import Settings


def report(asked: argparse.Namespace) -> None:
    """Issue a pack, minutes, a place brief, a fortnightly summary or a board report."""
    settings = Settings(asked.data_dir)
    wish = _wish(asked, settings)
    snapshot = open_snapshot(asked.data_dir, wish.audience)
    if wish.document in ("pack", "minutes") and wish.meeting_on is None:
        wish = replace(wish, meeting_on=next_meeting(settings, snapshot, asked.today))
    make, wanted = makes(wish, snapshot, asked.data_dir, today=asked.today, permission=asked.permission)
    _say_ready(wish, snapshot, asked)
    formats, folder = writers(tuple(asked.formats or FORMATS[wish.document])), asked.into or own_folder(asked.data_dir)
    _answer(asked, issuing.issue(
        asked.data_dir, snapshot, wanted, make=make, writers=formats, folder=folder,
        by=_by(asked, settings), today=asked.today, issued_at=asked.now, screen=screen_of(wish, settings, snapshot),
        report=_progress(asked.json),
    ))  # fmt: skip


def _wish(asked: argparse.Namespace, settings: Settings) -> Wish:
    if asked.document in ("pack", "minutes"):
        return Wish(asked.document, locality=_locality(settings, asked.locality), meeting_on=asked.meeting)
    if asked.document == "brief":
        of = locality_of(open_snapshot(asked.data_dir, Audience("manager")), asked.place)
        return Wish("brief", locality=of, place_id=asked.place, agency=agency_named(settings, asked.agency))
    if asked.document == "fortnight":
        return Wish("fortnight", to_on=asked.to_on)
    return Wish("board", first=asked.first, last=asked.last, asks=tuple(asked.asks))


def _say_ready(wish: Wish, snapshot: Snapshot, asked: argparse.Namespace) -> None:
    """The checklist before an issue, on the error stream so that the answer stays clean."""
    looking = snapshot if wish.looked_at_by == snapshot.audience else open_snapshot(asked.data_dir, wish.looked_at_by)
    for check in checks(wish, looking, asked.data_dir, today=asked.today):
        print(f"{'ready' if check.well else 'LOOK '}  {check.what}: {check.said}", file=sys.stderr)


def export(asked: argparse.Namespace) -> None:
    """Issue one released table as one audience may have it, or list the tables there are."""
    from dashboard.report import exports

    settings = Settings(asked.data_dir)
    name, _, locality = asked.audience.partition(":")
    snapshot = open_snapshot(asked.data_dir, Audience(name, _locality(settings, locality) if locality else None))
    if asked.table == "list":
        for table, about in exports.tables(snapshot).items():
            print(f"{table}  {about}")
        return
    exports.require_known(asked.table, asked.format)
    selection = {"table": asked.table, "audience": issuing.audience_of(snapshot)}
    file = asked.to.name if asked.to else ""
    wanted = Asked("export", selection, f"{asked.table}_{name}", permission=asked.permission, file=file)
    _answer(asked, issuing.issue(
        asked.data_dir, snapshot, wanted, make=lambda face: exports.make(snapshot, asked.table, face),
        codes=lambda document: exports.codes(snapshot, asked.table, document),
        writers={"zip": lambda document: exports.write(snapshot, asked.table, document, asked.format)},
        folder=asked.to.parent if asked.to else own_folder(asked.data_dir), by=_by(asked, settings), today=asked.today,
        issued_at=asked.now, screen=screen_for(settings, snapshot), report=_progress(asked.json),
    ))  # fmt: skip


def grant(asked: argparse.Namespace) -> None:
    """Write a permission down."""
    settings = Settings(asked.data_dir)
    wanted = Wanted(
        document=asked.document, approved_by=asked.approved_by, asked_by=asked.asked_by, recipients=asked.recipients,
        purpose=asked.purpose, from_on=asked.from_on, until_on=asked.until_on, audience=asked.audience,
        locality=_locality(settings, asked.locality) if asked.locality else "", standing=asked.standing,
    )  # fmt: skip
    snapshot = _snapshot_if_any(asked.data_dir)
    given = permissions.grant(
        asked.data_dir, wanted, roles=read_roles(settings), granted_at=asked.now, terms=terms(snapshot),
        localities=[one.id for one in settings.partnership.localities], screen=screen_for(settings, snapshot),
    )  # fmt: skip
    _say(asked, asdict(given), f"{given.id}: {given.words}")


def list_permissions(asked: argparse.Namespace) -> None:
    """Show every permission ever given, oldest first, and whether it may be used today."""
    rows = [{**asdict(one), "state": _state(one, asked.today)} for one in permissions.everything(asked.data_dir)]
    lines = ["  ".join((one["id"], f"{one['state']:16}", f"{one['document']:9}", f"{one['audience']:16}",
                        f"{one['from_on']} to {one['until_on']}", f"{one['approved_by']}: {one['recipients']}",
                        one["purpose"])) for one in rows]  # fmt: skip
    _say(asked, rows, "\n".join(lines) or "No permission was ever given.")


def withdraw(asked: argparse.Namespace) -> None:
    """Withdraw a permission."""
    roles = read_roles(Settings(asked.data_dir))
    ended = permissions.withdraw(asked.data_dir, asked.id, by=asked.by, roles=roles, withdrawn_at=asked.now)
    _say(asked, asdict(ended), f"{ended.id} is withdrawn: every later issue by it is refused")


def _state(one: Permission, today: date) -> str:
    return words.state(one.withdrawn_on, one.from_on, one.until_on, today.isoformat())


def _locality(settings: Settings, said: str) -> str:
    """The id of a locality given by its name or its id."""
    known = settings.partnership.localities
    found = next((one.id for one in known if said.casefold() in (one.id, one.name.casefold())), None)
    if found is None:
        raise NotAsked(f"--locality: must be one of {', '.join(one.name for one in known)}")
    return found


def _by(asked: argparse.Namespace, settings: Settings) -> str:
    roles = read_roles(settings)
    role = roles.as_known(asked.by)
    if role is None:
        raise NotPermitted(f"--by: give a role, never a person; the roles are: {', '.join(roles.known)}")
    return role


def _snapshot_if_any(data_dir: Path) -> Snapshot | None:
    try:
        return open_snapshot(data_dir, Audience("manager"))
    except NoSnapshot:
        return None


def _progress(quiet: bool) -> issuing.Report:
    """A line for each stage, on the error stream so that the answer stays clean."""

    def report(stage: str, share: float) -> None:
        if not quiet:
            print(f"{share:4.0%}  {stage}", file=sys.stderr, flush=True)

    return report


def _answer(asked: argparse.Namespace, issued: Issued) -> None:
    said = words.DONE.format(issue=issued.issue, files=", ".join(str(one) for one in issued.files))
    _say(asked, {"issue": issued.issue, "files": [str(one) for one in issued.files]}, said)


def _say(asked: argparse.Namespace, content: Any, said: str) -> None:
    print(json.dumps(content, default=str, ensure_ascii=False) if asked.json else said)
