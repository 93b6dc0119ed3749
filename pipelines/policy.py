"""What the partnership has decided (`policy.toml`) and who it is (`partnership.toml`), hard-bounded.

A value outside its bounds, an unknown key or a missing one stops everything with one message that
names the file and the key: no policy file can make the product less careful than these bounds.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from pipelines.errors import SettingsError

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1, max_length=120)]
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]


class Strict(BaseModel):
    """A model that refuses keys it does not know, and never changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rounding(Strict):
    base: int = Field(ge=3, le=10)
    weapon_in_school_base: int = Field(ge=5, le=10)
    frozen_after_months: int = Field(ge=1, le=12)
    epoch: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,32}$")


class Counting(Strict):
    cap_per_child: int = Field(ge=1, le=3)
    longest_range_days: int = Field(ge=1, le=366)


class Intake(Strict):
    most_rejected_share: FiniteFloat = Field(ge=0, le=0.5)


class Places(Strict):
    snap_tolerance_m: FiniteFloat = Field(ge=0, le=50)
    outline_tolerance_m: FiniteFloat = Field(ge=1, le=50)


class Freshness(Strict):
    still_arriving_months: int = Field(ge=1, le=6)


class HarmGroup(Strict):
    code: Code
    label: Words
    harm_types: tuple[Code, ...] = Field(min_length=1)


class Policy(Strict):
    """Everything in `policy.toml`; `sha256` identifies the text it was read from."""

    rounding: Rounding
    counting: Counting
    intake: Intake
    places: Places
    freshness: Freshness
    harm_groups: tuple[HarmGroup, ...] = Field(min_length=1, max_length=6)
    sha256: str

    @model_validator(mode="after")
    def _each_harm_type_counts_once(self) -> "Policy":
        codes = [group.code for group in self.harm_groups]
        if len(codes) != len(set(codes)):
            raise ValueError("two harm groups share a code")
        types = [one for group in self.harm_groups for one in group.harm_types]
        if len(types) != len(set(types)):
            raise ValueError("a harm type stands in two harm groups; it may be counted in one only")
        together = {"fear_voiced", "asb_pattern"}
        if any(together <= set(group.harm_types) for group in self.harm_groups):
            raise ValueError(
                "fear_voiced and asb_pattern stand in one group; children's fear is never merged with complaints"
            )
        if "radicalisation" in types:
            raise ValueError("radicalisation stands in a harm group; it is released by city and year only")
        return self


class Extent(Strict):
    easting_m: tuple[FiniteFloat, FiniteFloat]
    northing_m: tuple[FiniteFloat, FiniteFloat]

    @model_validator(mode="after")
    def _low_comes_first(self) -> "Extent":
        if self.easting_m[0] >= self.easting_m[1] or self.northing_m[0] >= self.northing_m[1]:
            raise ValueError("each pair is [lowest, highest]; as written no point at all is inside")
        return self


class City(Strict):
    id: Code
    name: Words
    nation: Literal["england", "wales", "scotland", "northern_ireland"]
    crs: Literal["EPSG:27700", "EPSG:29903", "EPSG:2157"]
    extent: Extent | None = None


class Locality(Strict):
    id: Code
    name: Words
    meeting_day: Day | None = None


class Roles(Strict):
    chair: Words
    approvers: tuple[Words, ...] = Field(min_length=1)


class Partnership(Strict):
    """Everything in `partnership.toml`: the city, its localities and the roles that decide."""

    name: Words
    city: City
    localities: tuple[Locality, ...] = Field(min_length=1)
    roles: Roles
    sha256: str

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Partnership":
        ids = [one.id for one in self.localities] + [self.city.id]
        if len(ids) != len(set(ids)):
            raise ValueError("two localities (or a locality and the city) share an id")
        if len({one.name for one in self.localities}) != len(self.localities):
            raise ValueError("two localities share a name; beats name their locality by it")
        return self


M = TypeVar("M", Policy, Partnership)


def load_policy(path: Path) -> Policy:
    """Read `policy.toml`. Raises SettingsError naming every key out of bounds, unknown or missing."""
    return _load(path, Policy)


def load_partnership(path: Path) -> Partnership:
    """Read `partnership.toml`. Raises SettingsError naming every key that is wrong."""
    return _load(path, Partnership)


def _load(path: Path, model: type[M]) -> M:
    content: dict[str, Any] = read_toml(path)
    content["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        return model(**content)
    except ValidationError as wrong:
        raise SettingsError(describe(path, wrong)) from None


def read_toml(path: Path) -> dict[str, Any]:
    """Parse one TOML file. Raises SettingsError with the line where it breaks."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise SettingsError(f"{path.name}: cannot be read; check that the file exists") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise SettingsError(f"{path.name}: is not TOML ({wrong}); mend that line") from None


def describe(path: Path, wrong: ValidationError) -> str:
    """Every fault of a settings file, one a line: the key, and what it must be; never the value given."""
    lines = []
    for fault in wrong.errors(include_input=False, include_url=False):
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        lines.append(f"{path.name}: {where}: {fault['msg']}")
    return "\n".join(sorted(lines))
