"""The roles and the names a data directory knows: who may approve, and which words are no sign of a person."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipelines.access import ROLES
from pipelines.errors import SettingsError
from pipelines.settings import Settings


@dataclass(frozen=True)
class Roles:
    """approvers  the roles that may approve an issue, those who cover for them among them
    known       every role there is
    sign_in     codes of the roles people sign in with
    """

    approvers: tuple[str, ...]
    known: tuple[str, ...]
    sign_in: tuple[str, ...] = ()

    def as_known(self, said: str) -> str | None:
        """The role as the partnership writes it, whatever capitals were used; null for what is none."""
        signing_in = (one.replace("_", " ").capitalize() for one in self.sign_in)
        every, asked = (*self.approvers, *self.known, *signing_in), " ".join(said.split()).casefold()
        return next((one for one in every if one.casefold() == asked), None)

    def signed_in(self, code: str) -> str | None:
        """The role somebody signed in with, as it is written in the log; null for none."""
        return self.as_known(code.replace("_", " ")) if code in self.sign_in else None

    def may_approve(self, role: str) -> bool:
        """Whether this role approves issues, or covers for one that does."""
        return role in self.approvers


def read_roles(settings: Settings) -> Roles:
    """The roles of `partnership.toml` and `reference/role.csv`. Raises SettingsError where a file cannot be read."""
    said = settings.partnership.roles
    approvers = (*said.approvers, *said.cover)
    return Roles(approvers, (*dict.fromkeys((said.chair, *approvers, *read_labels(settings, "role"))),), ROLES)


def read_labels(settings: Settings, vocabulary: str) -> tuple[str, ...]:
    """The labels of one vocabulary of `reference/`. Raises SettingsError for a file that is none."""
    path: Path = settings.own_or_shipped("reference", f"{vocabulary}.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return tuple(row["label"] for row in csv.DictReader(lines) if row["label"])
    except (OSError, KeyError, UnicodeDecodeError):
        raise SettingsError(f"reference/{path.name}: must be a UTF-8 CSV with a column `label`") from None
