"""What a delivery must look like: one TOML file for each feed, and the vocabularies it speaks."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from pipelines.errors import SettingsError
from pipelines.intake.identifying import says_who
from pipelines.policy import Code, Policy, Strict, describe, read_toml
from pipelines.settings import SHIPPED, Settings

ColumnType = Literal[
    "ref", "code", "date", "datetime", "month", "number", "integer",
    "yes_no", "yes_no_unknown", "text", "name", "wkt", "pseudonym",
]  # fmt: skip


class Column(Strict):
    """One column a delivery may carry.

    read  whether its values are looked at at all
    kept  whether they stay in the warehouse once they are checked: what nothing is counted by is not held on to
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    read: bool = True
    kept: bool = True
    private: bool = False
    past: bool = False
    vocabulary: Code | None = None
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: int | None = None
    not_before: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _codes_name_their_vocabulary(self) -> "Column":
        if (self.type == "code") != (self.vocabulary is not None):
            raise ValueError(f"column {self.name}: a code names a vocabulary, and nothing else does")
        if not self.kept and self.type not in ("code", "yes_no", "yes_no_unknown"):
            raise ValueError(f"column {self.name}: only codes and yes or no can be checked and not kept (kept = false)")
        return self


class Contract(Strict):
    """One feed: its grain, its key, its columns, and what says when and where each row happened."""

    feed: Code
    title: str
    grain: str
    kind: Literal["records", "register", "reference", "public_context", "places"]
    key: tuple[str, ...] = ()
    public: bool = False
    occurred: tuple[str, ...] = ()
    location: tuple[tuple[str, ...], ...] = ()
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_only_its_own_columns(self) -> "Contract":
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError("a column stands twice")
        named = {*self.key, *self.occurred, *(name for group in self.location for name in group)}
        named |= {name for column in self.columns for name in column.not_before}
        if named - set(names):
            raise ValueError(f"names columns it does not have: {', '.join(sorted(named - set(names)))}")
        if self.kind in ("register", "reference") and not self.key:
            raise ValueError("a register has a key: without one no row is known to be newer than another")
        if self.kind != "records" and not all(column.kept for column in self.columns):
            raise ValueError("every column of a register is kept: kept = false is for the columns of records")
        return self

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def needs_coverage(self) -> bool:
        """Whether a delivery must say which months it covers (only covered months hold zeros)."""
        return self.kind == "records"


@dataclass(frozen=True)
class Term:
    """One row of a vocabulary. `delivered` is the word a delivery says it with, in lower case."""

    code: str
    label: str
    in_scope: bool
    delivered: str
    family: str = ""


def load_contract(feed: str, settings: Settings) -> Contract:
    """The contract of one feed. Raises SettingsError when there is none or it is not sound."""
    path = settings.own_or_shipped("contracts", f"{feed}.toml")
    contract = _read_contract(path)
    if contract.feed != feed:
        raise SettingsError(f"{path.name}: feed must be {feed}, as its file is called")
    shipped = SHIPPED / "contracts" / f"{feed}.toml"
    if path != shipped:
        ours = _read_contract(shipped) if shipped.exists() else None
        if ours:
            _require_what_is_counted(path, contract, ours)
        _require_nobody_named(path, contract, ours)
    for column in contract.columns:
        if column.vocabulary:
            load_vocabulary(column.vocabulary, settings)
    return contract


def _read_contract(path: Path) -> Contract:
    try:
        return Contract(**read_toml(path))
    except ValidationError as wrong:
        raise SettingsError(describe(path, wrong)) from None


def _require_what_is_counted(path: Path, own: Contract, shipped: Contract) -> None:
    """A contract of the partnership's own may ask for more or less, but counting needs every shipped column."""
    held = {(column.name, column.type, column.read, column.kept) for column in own.columns}
    lost = [
        column.name
        for column in shipped.columns
        if not any((column.name, column.type, column.read, kept) in held for kept in {column.kept, True})
    ]
    if lost or own.kind != shipped.kind:
        what = f"the columns {', '.join(lost)} with their type" if lost else f"kind {shipped.kind}"
        raise SettingsError(f"{path.name}: must keep {what} as shipped; a column may be made optional instead")


def _require_nobody_named(path: Path, own: Contract, shipped: Contract | None) -> None:
    """No contract can ask for who a person is; a `name` that ships is the name of a place or a term."""
    known = {column.name for column in shipped.columns} if shipped else set()
    who = [column.name for column in own.columns if says_who(column.name) and column.name not in known]
    if who:
        raise SettingsError(f"{path.name}: {', '.join(who)}: says who a person is, which no contract may ask; take it out")


def feeds(settings: Settings) -> list[str]:
    """Every feed there is a contract for, shipped or the data directory's own, in name order."""
    folders = [SHIPPED / "contracts", settings.data_dir / "contracts"]
    return sorted({path.stem for folder in folders for path in folder.glob("*.toml")})


def load_vocabulary(name: str, settings: Settings) -> dict[str, Term]:
    """The words of one vocabulary, by code, in the file's order. Raises SettingsError when it is not sound."""
    path = settings.own_or_shipped("reference", f"{name}.csv")
    if not path.exists():
        raise SettingsError(f"{name}.csv: no such vocabulary in reference/; add it or correct the contract")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise SettingsError(f"reference/{path.name}: is not a CSV in UTF-8: save it again as CSV UTF-8") from None
    return _terms(path, rows)


def _terms(path: Path, rows: list[dict[str, str]]) -> dict[str, Term]:
    needed = {"code", "label", "in_scope", "polarity", "source"}
    if not rows or needed - set(rows[0]):
        raise SettingsError(f"{path.name}: must have the columns {', '.join(sorted(needed))} and at least one row")
    terms = {
        row["code"]: Term(
            row["code"],
            row["label"],
            row["in_scope"] == "true",
            (row.get("published") or row["code"]).lower(),
            row.get("family") or "",
        )
        for row in rows
    }
    if len(terms) != len(rows):
        raise SettingsError(f"{path.name}: a code stands twice; each word has one meaning")
    return terms


def require_known_harm_types(policy: Policy, settings: Settings) -> None:
    """Raise SettingsError for a harm group with a word the vocabulary lacks, or one that is never mapped."""
    known = load_vocabulary("harm_type", settings)
    types = [one for group in policy.harm_groups for one in group.harm_types]
    strange = [one for one in types if one not in known]
    if strange:
        raise SettingsError(f"policy.toml: harm_groups: {', '.join(strange)}: no such harm type in reference/harm_type.csv")
    outside = [one for one in types if not known[one].in_scope]
    if outside:
        raise SettingsError(f"policy.toml: harm_groups: {', '.join(outside)}: out of scope, so never mapped: take it out")
