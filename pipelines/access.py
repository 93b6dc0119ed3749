"""The access table: who is let in, as what, to which localities, until when, and which role said so.

An append-only register, `access/access.jsonl` in the data directory, chained line to line. The newest line of a person
says all there is to say of them: a new grant takes the place of the one before, a revocation ends it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

from pipelines import chain
from pipelines.errors import HarmError
from pipelines.policy import Partnership, Policy
from pipelines.roles import Role, Shown

FOLDER, FILE = "access", "access.jsonl"
ROLES: tuple[str, ...] = get_args(Role)
# From the least to the most: a grant can only be at or before what its role is given.
SHOWN: tuple[str, ...] = get_args(Shown)
OWN = "own locality"
STEWARD = "Data Steward"
LONGEST_SUBJECT = 255

# Why somebody is turned away. Words for each are in `dashboard.wording.signin`.
UNKNOWN, EXPIRED, ROLELESS, DAMAGED = "unknown", "expired", "no_role", "damaged"


class AccessFault(HarmError):
    """The access table cannot take what was asked of it; the message says what it would take."""

    exit_code = 19


@dataclass(frozen=True)
class Grant:
    """One line of the table that lets somebody in.

    issuer      the provider that names the subject; empty for the one this server is set up with
    subject     who, as the provider names them for good
    localities  ids of `partnership.toml`; those whose meeting a person may see
    audience    the most that is shown: board, own locality or manager
    until       the last day it holds
    """

    id: str
    issuer: str
    subject: str
    role: str
    localities: tuple[str, ...]
    audience: str
    until: date
    granted_by: str
    granted_at: str


@dataclass(frozen=True)
class Person:
    """Somebody who is let in: what the provider calls them, their role, their localities, and what they are shown."""

    subject: str
    role: str
    localities: tuple[str, ...]
    shown: str


def file_of(data_dir: Path) -> Path:
    """Where the table of a data directory is."""
    return data_dir / FOLDER / FILE


def read(data_dir: Path) -> dict[tuple[str, str], Grant | None]:
    """The newest word on everybody, by issuer and subject; null for whom access was taken away.

    Raises ChainFault where a line is damaged or was altered: then nobody is let in.
    """
    table: dict[tuple[str, str], Grant | None] = {}
    for entry in chain.read(file_of(data_dir)):
        who = (str(entry["issuer"]), str(entry["subject"]))
        table.pop(who, None)  # so that the table is in the order of its newest lines
        table[who] = _grant(entry) if entry["what"] == "grant" else None
    return table


def _grant(entry: Mapping[str, Any]) -> Grant:
    return Grant(
        str(entry["id"]), str(entry["issuer"]), str(entry["subject"]), str(entry["role"]), tuple(entry["localities"]),
        str(entry["audience"]), date.fromisoformat(entry["until"]), str(entry["granted_by"]), str(entry["at"]),
    )  # fmt: skip


def least(one: str, other: str) -> str:
    """The lesser of two things shown."""
    return min(one, other, key=SHOWN.index)


def grant(
    data_dir: Path, partnership: Partnership, policy: Policy, *, subject: str, role: str, until: date, granted_by: str,
    localities: Iterable[str] = (), audience: str | None = None, issuer: str = "", at: datetime,
) -> Grant:  # fmt: skip
    """Let somebody in, in place of whatever the table said of them before.

    audience  a lesser one than the role's own; null = the role's own

    Raises AccessFault for what the table does not take, ChainFault where it cannot be written.
    """
    _require_subject(subject)
    if role not in ROLES:
        raise AccessFault(f"there is no such role: it is one of {', '.join(ROLES)}")
    places = tuple(dict.fromkeys(localities))
    known = [one.id for one in partnership.localities]
    if set(places) - set(known):
        raise AccessFault(f"there is no such locality in partnership.toml: it has {', '.join(known)}")
    own = partnership.roles.audiences.of(role)
    shown = own if audience is None else audience
    if shown not in SHOWN or SHOWN.index(shown) > SHOWN.index(own):
        raise AccessFault(f"{role} is shown {own} at most (partnership.toml, [roles.audiences]): a grant cannot say more")
    if shown == OWN and not places:
        raise AccessFault(f"{role} is shown its own locality: say which with --locality ({', '.join(known)})")
    _require_days(policy, until, at)
    entry = {
        "what": "grant", "id": _new_id(), "issuer": issuer, "subject": subject, "role": role, "localities": list(places),
        "audience": shown, "until": until.isoformat(), "granted_by": _granting(partnership, granted_by), "at": _second(at),
    }  # fmt: skip
    return _grant(chain.append(file_of(data_dir), entry))


def revoke(
    data_dir: Path, partnership: Partnership, *, subject: str, revoked_by: str, issuer: str = "", at: datetime
) -> dict[str, Any]:
    """Let somebody in no longer: from the next thing they press on. Returns the line.

    Raises AccessFault for somebody the table does not know, ChainFault where it cannot be written.
    """
    by = _granting(partnership, revoked_by)
    with chain.held(file_of(data_dir).parent):
        if read(data_dir).get((issuer, subject)) is None:
            raise AccessFault("nobody of that subject and issuer is let in: `safer-places access list` says who is")
        entry = {"what": "revoke", "id": _new_id(), "issuer": issuer, "subject": subject, "revoked_by": by}
        entry["at"] = _second(at)
        return chain.append(file_of(data_dir), entry)


def decide(
    table: Mapping[tuple[str, str], Grant | None], partnership: Partnership, claims: Mapping[str, Any], *, on: date
) -> Person | str:
    """Who somebody is here, by the table and what the partnership believes of their provider; or why they are not let in.

    claims  of a token that was checked already; those of roles and localities are looked at only where `partnership.toml`
            names them, and only for somebody the table has no line for
    """
    issuer, subject = str(claims.get("iss", "")), str(claims.get("sub", ""))
    if not subject:
        return UNKNOWN
    lines = [key for key in ((issuer, subject), ("", subject)) if key in table]
    if lines:
        # The newest line of the two: the table is in that order.
        found = table[max(lines, key=list(table).index)]
        if found is None:
            return UNKNOWN
        if found.until < on:
            return EXPIRED
        return _person(partnership, subject, found.role, found.localities, found.audience)
    role = _claimed_role(partnership, claims)
    return _person(partnership, subject, role, _claimed_localities(partnership, claims), SHOWN[-1]) if role else UNKNOWN


def _person(partnership: Partnership, subject: str, role: str, localities: Iterable[str], most: str) -> Person | str:
    """A person as the partnership has it today: a role or a locality that is no more gives nothing."""
    if role not in ROLES or most not in SHOWN:
        return ROLELESS
    shown = least(partnership.roles.audiences.of(role), most)
    known = {one.id for one in partnership.localities}
    mine = tuple(one for one in localities if one in known)
    return ROLELESS if shown == OWN and not mine else Person(subject, role, mine, shown)


def _claimed_role(partnership: Partnership, claims: Mapping[str, Any]) -> str | None:
    """The one role a provider's claim stands for; null for none, and for more than one."""
    said = partnership.sign_in
    found = {said.role_claims[one] for one in _listed(claims, said.role_claim) if one in said.role_claims}
    return next(iter(found)) if len(found) == 1 else None


def _claimed_localities(partnership: Partnership, claims: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_listed(claims, partnership.sign_in.locality_claim))


def _listed(claims: Mapping[str, Any], name: str | None) -> list[str]:
    said = claims.get(name) if name else None
    values = said if isinstance(said, list) else [said]
    return [one for one in values if isinstance(one, str)]


def _require_subject(subject: str) -> None:
    if not 0 < len(subject) <= LONGEST_SUBJECT or not all("!" <= one <= "~" for one in subject):
        raise AccessFault("a subject is what the provider calls somebody (`sub`): up to 255 plain characters, no spaces")


def _require_days(policy: Policy, until: date, at: datetime) -> None:
    today, longest = at.astimezone().date(), policy.access.longest_days
    if not today <= until <= today + timedelta(days=longest):
        raise AccessFault(f"access ends on a day from today to {longest} days on (policy.toml, [access])")


def _granting(partnership: Partnership, role: str) -> str:
    """A role that may say who is let in, as it is written down."""
    roles = partnership.roles
    may = dict.fromkeys((*roles.approvers, *roles.cover, roles.chair, STEWARD))
    found = next((one for one in may if one.casefold() == " ".join(role.split()).casefold()), None)
    if found is None:
        raise AccessFault(f"that role does not decide who is let in: {', '.join(may)} do (a role, never a name)")
    return found


def _new_id() -> str:
    return f"A-{secrets.token_hex(4)}"


def _second(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
