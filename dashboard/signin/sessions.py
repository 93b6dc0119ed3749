"""How long a sign-in lasts: from when it was made, while somebody uses it, and until they sign out.

A session is known by who gave the token, to whom, and the number that was drawn for that one sign-in (`nonce`): every tab
that carries the cookie, and every copy of it, is the same session and ends with it. What ended is written down in
`access/ended.jsonl`, so that a restart brings nothing back. Who was active when is kept in memory alone: after a restart a
session older than the idle limit signs in again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines import chain
from pipelines.access import FOLDER
from pipelines.policy import Sessions as Limits

FILE = "ended.jsonl"
# How far two machines' clocks may be apart.
SKEW_SECONDS = 120

# Why a session is no more; words for each are in `dashboard.wording.signin`.
NOT_SIGNED_IN, SIGNED_OUT, TOO_LONG, IDLE, RESTARTED = "not_signed_in", "signed_out", "too_long", "idle", "restarted"
NOT_OURS, EXPIRED_TOKEN, DAMAGED = "not_ours", "token", "damaged"


@dataclass(frozen=True)
class Ticket:
    """What of a token makes a session. key: a hash of issuer, subject and nonce, so that no list of keys opens anything."""

    key: str
    issued_at: float
    not_before: float
    expires_at: float


def ticket_of(claims: Mapping[str, Any], issuer: str) -> Ticket | str:
    """The ticket in a signed cookie's claims; or why there is none, which says nothing of the claims."""
    if claims.get("is_logged_in") is not True:
        return NOT_SIGNED_IN
    who, subject, nonce = (claims.get(name) for name in ("iss", "sub", "nonce"))
    times = [claims.get("iat"), claims.get("nbf", claims.get("iat")), claims.get("exp")]
    if who != issuer or not all(isinstance(one, str) and one for one in (subject, nonce)):
        return NOT_OURS
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in times):
        return NOT_OURS
    key = hashlib.sha256(json.dumps([who, subject, nonce]).encode()).hexdigest()
    return Ticket(key, *(float(one) for one in times if one is not None))


@dataclass
class _Known:
    """first, last  seconds of the clock that only goes on, when a session was first and last used"""

    first: float
    last: float
    over: str = ""
    noted: set[str] = field(default_factory=set)


class Sessions:
    """Every session of this server. Safe to share between threads."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FOLDER / FILE
        self._known: dict[str, _Known] = {}
        self._ended: dict[str, str] = {}
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def why_over(self, ticket: Ticket, limits: Limits, *, now: datetime, elapsed: float) -> str:
        """Why a session is no more; empty while it lasts. Looking is no use of it: that is `touch`."""
        try:
            self._read_ended()
        except chain.ChainFault:
            return DAMAGED
        longest, idle = limits.longest_hours * 3600, limits.idle_minutes * 60
        age = now.timestamp() - ticket.issued_at
        with self._lock:
            if ticket.key in self._ended:
                return self._ended[ticket.key]
            known = self._known.get(ticket.key)
            if known is None:
                return self._first_seen(ticket, now.timestamp(), elapsed, idle)
            if not known.over and (age > longest or elapsed - known.first > longest):
                known.over = TOO_LONG
            if not known.over and elapsed - known.last > idle:
                known.over = IDLE
            return known.over

    def _first_seen(self, ticket: Ticket, now: float, elapsed: float, idle: float) -> str:
        """A session this server does not know yet: fresh from the provider, or from before a restart."""
        if ticket.issued_at > now + SKEW_SECONDS or ticket.not_before > now + SKEW_SECONDS:
            return EXPIRED_TOKEN
        if ticket.expires_at <= ticket.issued_at or now >= ticket.expires_at + SKEW_SECONDS:
            return EXPIRED_TOKEN
        if now - ticket.issued_at > idle:
            return RESTARTED
        self._known[ticket.key] = _Known(elapsed, elapsed)
        return ""

    def touch(self, ticket: Ticket, elapsed: float) -> None:
        """Somebody pressed, chose or opened something: the idle time begins anew."""
        with self._lock:
            if (known := self._known.get(ticket.key)) is not None and not known.over:
                known.last = max(known.last, elapsed)

    def end(self, ticket: Ticket, why: str, *, now: datetime) -> bool:
        """End a session for good, in every tab and every copy; whether it lasted until now.

        Raises ChainFault where that cannot be written down. Even then it is over for as long as this server runs.
        """
        with self._lock:
            if self._ended.get(ticket.key):
                return False
            self._ended[ticket.key] = why
        at = now.isoformat(timespec="seconds")
        chain.append(self._file, {"session": ticket.key, "why": why, "at": at})
        return True

    def noted(self, ticket: Ticket) -> set[str]:
        """What was written down of a session once and need not be again, to look into and add to."""
        with self._lock:
            known = self._known.get(ticket.key)
            return known.noted if known else set()

    def _read_ended(self) -> None:
        """Read the list of what ended where somebody wrote to it since."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return
        if self._seen == (stat.st_mtime_ns, stat.st_size):
            return
        found = {str(one["session"]): str(one["why"]) for one in chain.read(self._file)}
        with self._lock:
            self._ended.update(found)
            self._seen = (stat.st_mtime_ns, stat.st_size)
