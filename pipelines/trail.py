"""The trail: who did what, when, by which role and of which snapshot. On the disk before anything leaves.

One file a month (`trail/2026-11.jsonl` in the data directory), one chain through all of them. It says that something
was done and what was chosen, in codes; never a figure, a word of text, a place or the name of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pipelines import chain
from pipelines.chain import ChainFault

FOLDER = "trail"
PATTERN = "[0-9]*.jsonl"
# Nobody signed in: the demo, or a command on the machine itself.
NOBODY = "nobody"

# Everything that is ever written down as done.
ACTIONS = frozenset({
    "sign_in", "refused", "sign_out", "session_ended", "page", "terms", "download", "export", "preview", "issue",
    "permission_grant", "permission_withdraw", "access_grant", "access_revoke", "freeze", "publish", "use", "purge",
    "release_text", "record", "correct", "withdraw", "erase", "refuse_text", "rotate_key", "backup", "restore", "trace",
    "emerging",
})  # fmt: skip
# What a choice may be named by. A place is not among them: it is in no URL either.
SELECTION = frozenset({
    "page", "measure", "level", "groups", "months", "show", "grain", "locality", "meeting", "since", "from", "to", "table",
    "audience", "document", "issue", "format", "reason", "register", "terms", "term", "intervention", "role", "until",
})  # fmt: skip

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:,+-]{0,199}")
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}")
_ROLE = re.compile(r"[A-Za-z][A-Za-z_ -]{0,59}")
_NO_WORD = re.compile(r"[^A-Za-z]+")
_DAY = re.compile(r"(19|20)\d\d(-\d\d){0,2}(\.\.(19|20)\d\d(-\d\d){0,2})?")


class TrailFault(ChainFault):
    """The trail cannot be written or does not hold together. What was to be done is then not done."""

    exit_code = 18


@dataclass(frozen=True)
class Entry:
    """One thing done. Codes only.

    subject     who, as the identity provider names them; NOBODY without sign-in
    snapshot    of which the figures were; empty where none is concerned
    selection   what of it, as in the URL: keys of SELECTION, values codes
    permission  the reference of the permission it was done by, if any
    """

    action: str
    subject: str = NOBODY
    role: str = ""
    locality: str = ""
    audience: str = ""
    snapshot: str = ""
    selection: Mapping[str, str] = field(default_factory=dict)
    permission: str = ""


@dataclass(frozen=True)
class Verified:
    """What a look at the whole trail found: it holds together. `head` is the hash of its last line."""

    entries: int
    files: int
    head: str
    first_at: str = ""
    last_at: str = ""
    clock_went_back: int = 0


def write(data_dir: Path, entry: Entry, *, at: datetime) -> None:
    """Write one entry and wait until it is on the disk: only then may what it says be done.

    at  the time now, with its zone. Where it lies before the entry before it, the line is marked `"clock": "back"`
        and stands where it was written: the order is that of the lines.

    Raises TrailFault when it cannot be written, or says anything but codes.
    """
    _require_codes(entry)
    folder = data_dir / FOLDER
    try:
        with chain.held(folder):
            written_at = at.astimezone(UTC).isoformat(timespec="seconds")
            names = sorted(file.name for file in folder.glob(PATTERN))
            file = folder / max([f"{written_at[:7]}.jsonl", *names[-1:]])
            earlier = _newest([folder / name for name in names if name != file.name])
            line: dict[str, Any] = {"at": written_at, **entry.__dict__, "selection": dict(sorted(entry.selection.items()))}
            before = chain.last(file) or (chain.last(earlier) if earlier else None)
            if before and written_at < str(before.get("at", "")):
                line["clock"] = "back"
            chain.append(file, line, before=earlier)
    except ChainFault as wrong:
        raise TrailFault(f"{wrong}. What is not on the trail is not done") from None


def _newest(files: Sequence[Path]) -> Path | None:
    """The last of some files that has a line: a kill may leave one without."""
    return next((file for file in reversed(files) if chain.last(file)), None)


def read(
    data_dir: Path, *, since: date | None = None, subject: str | None = None, action: str | None = None
) -> list[dict[str, Any]]:
    """The entries in the order they were written, each with the hash of the one before (`after`); some of them where asked.

    Raises TrailFault where the trail was altered.
    """
    try:
        found = chain.read_all(data_dir / FOLDER, PATTERN)
    except ChainFault as wrong:
        raise TrailFault(str(wrong)) from None
    return [
        one for one in found
        if (since is None or str(one.get("at", ""))[:10] >= since.isoformat())
        and subject in (None, one.get("subject"))
        and action in (None, one.get("action"))
    ]  # fmt: skip


def last(data_dir: Path) -> dict[str, Any] | None:
    """The newest entry; null where there is none. Raises TrailFault where it is damaged."""
    try:
        newest = _newest(sorted((data_dir / FOLDER).glob(PATTERN)))
        return chain.last(newest) if newest else None
    except ChainFault as wrong:
        raise TrailFault(str(wrong)) from None


def verify(data_dir: Path, *, head: str | None = None) -> Verified:
    """See that nothing on the trail was altered, taken out or put in.

    head  a hash noted earlier: it must still be that of a line, or the end was cut off since

    Raises TrailFault where it was.
    """
    entries = read(data_dir)
    files = sorted((data_dir / FOLDER).glob(PATTERN))
    heads = [chain.head(file) for file in files]
    now = next((one for one in reversed(heads) if one != chain.BEGINNING), chain.BEGINNING)
    if head is not None and head.strip().lower() not in {now, *(str(one["after"]) for one in entries)}:
        raise TrailFault(
            "trail: no line has the hash given with --head: what came before it was cut off or rewritten since it was "
            "noted. Keep the files as they are for whoever looks into it"
        )
    first_at, last_at = (str(entries[at].get("at", "")) if entries else "" for at in (0, -1))
    back = sum("clock" in one for one in entries)
    return Verified(len(entries), len(files), now, first_at, last_at, back)


def codes_of(selection: Mapping[str, str], keys: Sequence[str]) -> dict[str, str]:
    """Of a selection what a trail may hold: the named keys that have a value."""
    return {key: selection[key] for key in keys if selection.get(key)}


def _require_codes(entry: Entry) -> None:
    """Raise TrailFault for an entry that says anything but codes, naming the field and never the value."""
    wrong = [
        *(["action"] if entry.action not in ACTIONS else []),
        *(["subject"] if not _SUBJECT.fullmatch(entry.subject) else []),
        *(["role"] if entry.role and not _ROLE.fullmatch(entry.role) else []),
        *(name for name in ("locality", "audience", "snapshot", "permission")
          if getattr(entry, name) and not _CODE.fullmatch(getattr(entry, name))),
        *(f"selection.{key}" if key in SELECTION else "selection" for key, value in entry.selection.items()
          if key not in SELECTION or not is_code(value)),
    ]  # fmt: skip
    if wrong:
        raise TrailFault(f"trail: takes codes only, and {', '.join(sorted(set(wrong)))} is none. Nothing was done")


def is_code(value: object) -> bool:
    """A code, and no bare number that is no day or year: a trail holds no counts."""
    return (
        isinstance(value, str) and bool(_CODE.fullmatch(value))
        and (not _NO_WORD.fullmatch(value) or bool(_DAY.fullmatch(value)))
    )  # fmt: skip
