"""Who may have which document: asked for by one role, approved by another, for a purpose, until a day.

A locality's own members are covered by standing permissions of a term, which name what they are for: that of packs covers
no minutes. Any other permission is for one issue: the same one may be made again, another needs another permission.
Nothing is ever changed or taken out; a permission is withdrawn by a further line.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from dashboard.report import ledger
from dashboard.report.roles import Roles
from dashboard.report.screened import Screen
from dashboard.wording import issued as words
from pipelines import trail
from pipelines.chain import ChainFault
from pipelines.errors import HarmError

FILE = "permissions.jsonl"
DOCUMENTS = ("pack", "minutes", "brief", "fortnight", "board", "export")
# Of one locality, for its own meeting: what its members may be covered for by a standing permission, each by its own.
OF_A_LOCALITY = ("pack", "minutes", "brief")
_WHAT = {"pack": "a pack is", "minutes": "minutes are", "brief": "a brief is"}
# Whose figures a document is made of; of an export, the narrowest unless the permission names another.
AUDIENCES = {"fortnight": "manager", "board": "board", "export": "board"}
LONGEST_DAYS = 366
# A standing permission ends before the next term begins, and lasts no longer than the longest term with its holiday.
LONGEST_TERM_DAYS = 126


class NotPermitted(HarmError):
    """There is no permission for this, or it may not be given like this. Nothing was written."""

    exit_code = 14


@dataclass(frozen=True)
class Permission:
    """One permission. Roles only, never a person; `recipients` and `purpose` are screened words.

    audience      whose figures: manager, board, or meeting:<locality>
    from_on, until_on  the first and the last day it may be used, ISO
    withdrawn_on  the day it was withdrawn; empty while it stands
    """

    id: str
    document: str
    locality: str
    audience: str
    approved_by: str
    asked_by: str
    recipients: str
    purpose: str
    from_on: str
    until_on: str
    standing: bool
    term: str
    granted_at: str
    withdrawn_on: str = ""
    withdrawn_by: str = ""

    @property
    def words(self) -> str:
        """The permission as it is printed on every page."""
        return words.permission(asdict(self))


@dataclass(frozen=True)
class Wanted:
    """What is asked for in `permission grant`, before it is looked at."""

    document: str
    approved_by: str
    asked_by: str
    recipients: str
    purpose: str
    from_on: date
    until_on: date
    locality: str = ""
    audience: str = ""
    standing: bool = False


@dataclass(frozen=True)
class Term:
    """A school term as a snapshot knows it: its name and its first day."""

    name: str
    starts_on: date


def grant(
    data_dir: Path, wanted: Wanted, *, roles: Roles, localities: Sequence[str], terms: Sequence[Term], screen: Screen,
    granted_at: datetime,
) -> Permission:  # fmt: skip
    """Write a permission down. Raises NotPermitted for one that may not be given, with every fault at once.

    terms   the terms known, oldest first: a standing permission lasts one of them at most
    """
    approved, asked = roles.as_known(wanted.approved_by), roles.as_known(wanted.asked_by)
    faults = [
        *_role_faults(approved, asked, roles), *_kind_faults(wanted, localities), *_date_faults(wanted, terms),
        *screen.faults({"--recipients": wanted.recipients, "--purpose": wanted.purpose}),
    ]  # fmt: skip
    if faults:
        raise NotPermitted("\n".join(faults))
    with ledger.held(data_dir):
        entry = {
            "what": "granted", "document": wanted.document, "locality": wanted.locality, "audience": _audience(wanted),
            "approved_by": approved, "asked_by": asked, "recipients": " ".join(wanted.recipients.split()),
            "purpose": " ".join(wanted.purpose.split()), "from_on": wanted.from_on.isoformat(),
            "until_on": wanted.until_on.isoformat(), "standing": wanted.standing,
            "term": _term_of(wanted, terms), "granted_at": granted_at.isoformat(timespec="seconds"),
        }  # fmt: skip
        number = len(ledger.read(data_dir, FILE)) + 1
        entry["id"] = _id({**entry, "number": number})
        _note("permission_grant", data_dir, granted_at, str(approved), str(entry["audience"]), str(entry["id"]))
        ledger.append(data_dir, FILE, entry)
    return Permission(**{key: value for key, value in entry.items() if key != "what"})  # type: ignore[arg-type]


def withdraw(data_dir: Path, permission_id: str, *, by: str, roles: Roles, withdrawn_at: datetime) -> Permission:
    """Withdraw a permission: every later issue by it is refused. Raises NotPermitted for one that cannot be."""
    role = roles.as_known(by)
    if role is None or not roles.may_approve(role):
        raise NotPermitted(f"--by: a permission is withdrawn by a role that may approve one: {', '.join(roles.approvers)}")
    with ledger.held(data_dir):
        found = find(everything(data_dir), permission_id)
        if found.withdrawn_on:
            raise NotPermitted(f"permission {found.id} was withdrawn on {found.withdrawn_on} already")
        at = withdrawn_at.isoformat(timespec="seconds")
        entry = {"what": "withdrawn", "id": found.id, "withdrawn_by": role, "withdrawn_at": at}
        _note("permission_withdraw", data_dir, withdrawn_at, role, found.audience, found.id)
        ledger.append(data_dir, FILE, entry)
    return find(everything(data_dir), permission_id)


def _note(action: str, data_dir: Path, at: datetime, role: str, audience: str, permission_id: str) -> None:
    """On the trail first: who gave or took away, by role, and under which reference."""
    trail.write(data_dir, trail.Entry(action, role=role, audience=audience, permission=permission_id), at=at)


def everything(data_dir: Path) -> list[Permission]:
    """Every permission ever given, oldest first, the withdrawn ones marked. Raises ChainFault for a damaged register."""
    found: dict[str, Permission] = {}
    for number, entry in enumerate(ledger.read(data_dir, FILE), start=1):
        try:
            if entry.pop("what") == "granted":
                found[entry["id"]] = Permission(**entry)
            else:
                ended = {"withdrawn_on": entry["withdrawn_at"][:10], "withdrawn_by": entry["withdrawn_by"]}
                found[entry["id"]] = Permission(**{**asdict(found[entry["id"]]), **ended})
        except (KeyError, TypeError):
            raise ChainFault(
                f"{ledger.FOLDER}/{FILE}: line {number} does not say what a permission must: put the file back from the "
                "last backup"
            ) from None
    return list(found.values())


def find(known: Sequence[Permission], permission_id: str) -> Permission:
    """One permission by its id. Raises NotPermitted where there is none."""
    found = next((one for one in known if one.id == permission_id.strip().upper()), None)
    if found is None:
        raise NotPermitted("there is no permission of that id: `safer-places permission list` shows them all")
    return found


def covering(known: Sequence[Permission], document: str, locality: str, today: date) -> Permission:
    """The standing permission in force that covers a locality's own document. Raises NotPermitted where there is none."""
    mine = [one for one in known if one.standing and (one.document, one.locality) == (document, locality)]
    for one in reversed(mine):
        if not why_not(one, document, f"meeting:{locality}", today):
            return one
    raise NotPermitted(
        f"no permission was named, and no standing one covers this {document} on {today}: ask for one with "
        "`safer-places permission grant`, then name it with --permission"
    )


def why_not(permission: Permission, document: str, audience: str, today: date) -> str:
    """Why a permission does not allow an issue, in one sentence; empty where it does."""
    named = f"permission {permission.id}"
    if permission.withdrawn_on:
        return f"{named} was withdrawn on {permission.withdrawn_on}: ask for another"
    if permission.document != document:
        return f"{named} is for another document ({permission.document}): ask for one for this {document}"
    if permission.audience != audience:
        return f"{named} is for the figures of {permission.audience}, not of this audience: ask for another"
    if today.isoformat() < permission.from_on:
        return f"{named} is not in force before {permission.from_on}"
    if today.isoformat() > permission.until_on:
        return f"{named} ran out on {permission.until_on}: ask for another"
    return ""


def _role_faults(approved: str | None, asked: str | None, roles: Roles) -> list[str]:
    faults = []
    if approved is None or not roles.may_approve(approved):
        faults.append(f"--approved-by: an issue is approved by one of these roles: {', '.join(roles.approvers)}")
    if asked is None:
        faults.append(f"--asked-by: give a role, never a person; the roles are: {', '.join(roles.known)}")
    if approved is not None and approved == asked:
        faults.append("--asked-by: whoever asks for an issue may not approve it: the two roles must differ")
    return faults


def _kind_faults(wanted: Wanted, localities: Sequence[str]) -> list[str]:
    faults = []
    if wanted.document not in DOCUMENTS:
        faults.append(f"--for: a permission is for one of: {', '.join(DOCUMENTS)}")
    if wanted.document in OF_A_LOCALITY and not wanted.locality:
        faults.append(f"--locality: {_WHAT[wanted.document]} of one locality: say which")
    if wanted.locality and wanted.document in ("fortnight", "board"):
        faults.append(f"--locality: the {wanted.document} document is of the whole city: leave it out")
    if wanted.locality and wanted.locality not in localities:
        faults.append(f"--locality: must be one of {', '.join(localities)}")
    if wanted.audience and wanted.document != "export":
        faults.append("--audience: only of an export; any other document is always made for the same audience")
    if wanted.audience and wanted.audience not in ("manager", "board", *(f"meeting:{one}" for one in localities)):
        faults.append("--audience: must be manager, board, or meeting:<locality>")
    if wanted.audience and wanted.locality and wanted.audience != f"meeting:{wanted.locality}":
        faults.append("--audience: with --locality it is that locality's meeting: leave one of them out")
    if wanted.standing and wanted.document not in OF_A_LOCALITY:
        faults.append("--standing: only a locality's own pack, minutes or briefs may have a standing permission")
    return faults


def _date_faults(wanted: Wanted, terms: Sequence[Term]) -> list[str]:
    if wanted.until_on < wanted.from_on:
        return ["--until: lies before --from"]
    most = LONGEST_TERM_DAYS if wanted.standing else LONGEST_DAYS
    if (wanted.until_on - wanted.from_on).days >= most:
        return [f"--until: {'a standing permission' if wanted.standing else 'a permission'} lasts {most} days at most"]
    following = next((one for one in terms if wanted.from_on < one.starts_on), None)
    if wanted.standing and following and wanted.until_on >= following.starts_on:
        latest = following.starts_on - timedelta(days=1)
        return [f"--until: a standing permission lasts one term, here until {latest} at most"]
    return []


def _term_of(wanted: Wanted, terms: Sequence[Term]) -> str:
    begun = [one for one in terms if one.starts_on <= wanted.from_on < one.starts_on + timedelta(days=LONGEST_TERM_DAYS)]
    return begun[-1].name if wanted.standing and begun else ""


def _audience(wanted: Wanted) -> str:
    return wanted.audience or (f"meeting:{wanted.locality}" if wanted.locality else AUDIENCES[wanted.document])


def _id(entry: dict[str, object]) -> str:
    told = json.dumps(entry, sort_keys=True, ensure_ascii=False).encode()
    return f"P-{hashlib.sha256(told).hexdigest()[:8].upper()}"
