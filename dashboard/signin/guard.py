"""Whether whoever is looking may look, asked before every run, every reading and every file that leaves.

Without sign-in there is nobody to tell apart and nothing is asked: `dashboard.server` then serves this machine alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from dashboard import clock
from dashboard.signin.sessions import DAMAGED, SIGNED_OUT, Sessions, Ticket, ticket_of
from dashboard.signin.settings import SignIn
from pipelines import access, chain
from pipelines.access import Grant, Person
from pipelines.errors import SettingsError
from pipelines.policy import Partnership, Policy
from pipelines.settings import Settings

Made = TypeVar("Made")


@dataclass(frozen=True)
class Admitted:
    """Somebody who may look."""

    person: Person
    ticket: Ticket


@dataclass(frozen=True)
class TurnedAway:
    """Somebody who may not. why: a code of `sessions` or of `pipelines.access`; the ticket, where there was one."""

    why: str
    ticket: Ticket | None = None


class NotLetIn(Exception):
    """Something was asked for somebody who may not have it. Whoever catches it shows nothing of the town."""


class Guard:
    """Sign-in as it is set up for one data directory, its sessions and its access table."""

    def __init__(self, data_dir: Path, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.sessions = Sessions(data_dir)
        self._settings = Settings(data_dir)
        self._kept: dict[str, tuple[object, Any]] = {}

    @property
    def policy(self) -> Policy:
        """The policy as it stands in its file now. Raises SettingsError."""
        file = self._settings.own_or_shipped("policy.toml")
        return self._fresh("policy", file, lambda: self._settings.policy)

    @property
    def partnership(self) -> Partnership:
        """The partnership as it stands in its file now. Raises SettingsError."""
        file = self._settings.own_or_shipped("partnership.toml")
        return self._fresh("partnership", file, lambda: self._settings.partnership)

    def _table(self) -> Mapping[tuple[str, str], Grant | None]:
        folder = self._settings.data_dir
        return self._fresh("access", access.file_of(folder), lambda: access.read(folder))

    def _fresh(self, name: str, file: Path, read: Callable[[], Made]) -> Made:
        """What a file says, read again whenever somebody wrote to it."""
        try:
            stat = file.stat()
            stamp: object = (str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            stamp = None
        before = self._kept.get(name)
        if before is None or before[0] != stamp:
            before = (stamp, read())
            self._kept[name] = before
        made: Made = before[1]
        return made

    def admit(self, claims: Mapping[str, Any], *, is_use: bool = False) -> Admitted | TurnedAway:
        """Whether the bearer of these claims, out of a cookie signed here, may look now.

        is_use  somebody pressed something: the idle time begins anew. A page that looks by itself is none.

        Whatever cannot be read turns everybody away.
        """
        ticket = ticket_of(claims, self.sign_in.issuer)
        if isinstance(ticket, str):
            return TurnedAway(ticket)
        now, elapsed = clock.now(), clock.elapsed()
        try:
            over = self.sessions.why_over(ticket, self.policy.sessions, now=now, elapsed=elapsed)
            if over:
                return TurnedAway(over, ticket)
            decided = access.decide(self._table(), self.partnership, claims, on=now.astimezone().date())
        except (chain.ChainFault, SettingsError, OSError, KeyError, ValueError, TypeError):
            return TurnedAway(DAMAGED, ticket)
        if isinstance(decided, str):
            return TurnedAway(decided, ticket)
        if is_use:
            self.sessions.touch(ticket, elapsed)
        return Admitted(decided, ticket)

    def sign_out(self, claims: Mapping[str, Any]) -> bool:
        """End the session of these claims in every tab and copy; whether it lasted. Raises ChainFault as `Sessions.end`."""
        ticket = ticket_of(claims, self.sign_in.issuer)
        return isinstance(ticket, Ticket) and self.sessions.end(ticket, SIGNED_OUT, now=clock.now())


_guard: Guard | None = None
RECENT_SECONDS = 0.5
# Of this thread, which runs one reader's page and nobody else's. Threads that fetch files are shared, and keep nothing.
_recent = threading.local()
# Whom something is done for where no page is running: a file that is fetched, above all.
_behalf: ContextVar[Mapping[str, Any] | None] = ContextVar("on_behalf_of", default=None)


def set_up(guard: Guard | None) -> None:
    """Ask for sign-in from now on, or (null) do not. Done once, before the server listens."""
    global _guard
    _guard = guard


def current() -> Guard | None:
    """The guard of this server; null where nobody signs in."""
    return _guard


def claims() -> Mapping[str, Any]:
    """What the signed cookie of this run's browser says; nothing where there is none."""
    given = _behalf.get()
    return given if given is not None else st.user.to_dict()


def admission() -> Admitted | TurnedAway | None:
    """Whether this run's reader may look, asked anew; null where nobody signs in."""
    _recent.found = None
    return None if _guard is None else _guard.admit(claims())


def require() -> Person | None:
    """Who this run's reader is; null where nobody signs in. Raises NotLetIn.

    A run reads a hundred times and more: what was found for it within the last half second holds.
    """
    if _guard is None:
        return None
    since, on_behalf = clock.elapsed(), _behalf.get() is not None
    kept: tuple[float, Person] | None = getattr(_recent, "found", None)
    if kept is not None and not on_behalf and 0 <= since - kept[0] < RECENT_SECONDS:
        return kept[1]
    found = admission()
    if not isinstance(found, Admitted):
        raise NotLetIn
    if not on_behalf:
        _recent.found = (since, found.person)
    return found.person


@contextmanager
def on_behalf_of(bearer: Mapping[str, Any]) -> Iterator[None]:
    """Ask for the bearer of these claims while no page of theirs is running."""
    token = _behalf.set(bearer)
    try:
        yield
    finally:
        _behalf.reset(token)


def held_to_reader(fetch: Callable[[], Made]) -> Callable[[], Made]:
    """What is fetched later, for the reader of this run and while they may look. The result raises NotLetIn otherwise."""
    if _guard is None:
        return fetch
    bearer = dict(claims())

    @wraps(fetch)
    def fetched() -> Made:
        with on_behalf_of(bearer):
            require()
            return fetch()

    return fetched
