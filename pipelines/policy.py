"""What the partnership has decided (`policy.toml`) and who it is (`partnership.toml`), hard-bounded.

A value outside its bounds, an unknown key or a missing one stops everything with one message that
names the file and the key: no policy file can make the product less careful than these bounds.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from pipelines.errors import SettingsError
from pipelines.roles import RoleAudiences, SignInClaims, Strict

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=1, max_length=120)]
Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

# Raised whenever a released table changes its columns: a snapshot of another format is neither shown nor carried on.
SNAPSHOT_FORMAT = 3


class Rounding(Strict):
    base: int = Field(ge=3, le=10)
    weapon_in_school_base: int = Field(ge=5, le=10)
    frozen_after_months: int = Field(ge=1, le=12)


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


class Released(Strict):
    summaries: tuple[
        Literal[
            "return_home_interviews",
            "repeat_episodes",
            "reporting_delay",
            "harm_types",
            "age_bands",
            "school_phases",
            "demographics",
        ],
        ...,
    ]
    patterns: tuple[Literal["how_it_came_to_light", "who_told", "days", "bursts"], ...]
    smallest_whole: int = Field(ge=30, le=500)


class Retention(Strict):
    purge_after_days: int = Field(ge=0, le=365)


class Meetings(Strict):
    """When a pack is due, when a feed is stale, and how long a place may go without a review."""

    review_within_weeks: int = Field(ge=2, le=26)
    pack_working_days_before: int = Field(ge=1, le=5)
    stale_after_days: int = Field(ge=7, le=92)


class Sessions(Strict):
    """How long a sign-in lasts: from when it was made, and while nobody touches the screen."""

    longest_hours: int = Field(ge=1, le=12)
    idle_minutes: int = Field(ge=5, le=60)


class Access(Strict):
    """For how long somebody is let in before somebody else must say so again."""

    longest_days: int = Field(ge=1, le=366)


class Confidentiality(Strict):
    """What whoever enters a meeting confirms, a sentence each."""

    terms: tuple[Annotated[str, Field(min_length=1, max_length=400)], ...] = Field(min_length=1, max_length=12)


class HarmGroup(Strict):
    code: Code
    label: Words
    harm_types: tuple[Code, ...] = Field(min_length=1)


AreaLevel = Literal["beat", "place_of_concern", "cluster", "locality", "city"]
Grain = Literal["month", "term", "quarter", "year"]


class AudienceRules(Strict):
    """What one audience may have of a snapshot.

    area_levels, grains   the levels of area and of time it may ask for
    own_locality_only     finer than a locality, only what lies in its own
    number                range: each figure with its range; nearest: rounded again to `round_to`, and a figure
                          under `shown_as_under` is said as that alone
    register_text         whether the free text of the registers may be read
    """

    area_levels: tuple[AreaLevel, ...] = Field(min_length=1)
    grains: tuple[Grain, ...] = Field(min_length=1)
    own_locality_only: bool
    number: Literal["range", "nearest"]
    round_to: int | None = Field(default=None, ge=5, le=50)
    shown_as_under: int | None = Field(default=None, ge=10, le=100)
    register_text: bool

    @model_validator(mode="after")
    def _nearest_says_to_what(self) -> "AudienceRules":
        said = [one for one in (self.round_to, self.shown_as_under) if one is not None]
        if len(said) != (2 if self.number == "nearest" else 0):
            raise ValueError("round_to and shown_as_under belong to number nearest, both of them, and to no other")
        if self.round_to and self.shown_as_under and self.shown_as_under % self.round_to:
            raise ValueError("shown_as_under must be a multiple of round_to, or a figure above it could be said below it")
        return self


class MeetingRules(AudienceRules):
    """A locality's practitioners: never the beats and places of another locality."""

    own_locality_only: Literal[True]


class ManagerRules(AudienceRules):
    """The Safer Options manager and those who prepare the figures: belongs to no locality."""

    own_locality_only: Literal[False]


class BoardRules(AudienceRules):
    """The board: never finer than a locality and a quarter or term, never an unrounded figure, never text."""

    area_levels: tuple[Literal["locality", "city"], ...] = Field(min_length=1)
    grains: tuple[Literal["term", "quarter", "year"], ...] = Field(min_length=1)
    own_locality_only: Literal[False]
    number: Literal["nearest"]
    register_text: Literal[False]


class Audiences(Strict):
    """Who may have what. The models are the widest each audience can ever be; a file can only narrow them."""

    meeting: MeetingRules
    manager: ManagerRules
    board: BoardRules


class Policy(Strict):
    """Everything in `policy.toml`; `sha256` identifies the text it was read from."""

    rounding: Rounding
    counting: Counting
    intake: Intake
    places: Places
    freshness: Freshness
    released: Released
    retention: Retention
    meetings: Meetings
    audiences: Audiences
    sessions: Sessions
    access: Access
    confidentiality: Confidentiality
    harm_groups: tuple[HarmGroup, ...] = Field(min_length=1, max_length=6)
    sha256: str

    @model_validator(mode="after")
    def _each_harm_type_counts_once(self) -> "Policy":
        codes = [group.code for group in self.harm_groups]
        if len(codes) != len(set(codes)):
            raise ValueError("two harm groups share a code")
        if "all" in codes:
            raise ValueError("a harm group has the code all, which stands for every group together")
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
    cover: tuple[Words, ...] = ()
    audiences: RoleAudiences = RoleAudiences()


class Partnership(Strict):
    """Everything in `partnership.toml`: the city, its localities and the roles that decide.

    fictional  every number of it is made up: it may be shown without sign-in, on this machine
    """

    name: Words
    fictional: bool = False
    city: City
    localities: tuple[Locality, ...] = Field(min_length=1)
    roles: Roles
    sign_in: SignInClaims = SignInClaims()
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
