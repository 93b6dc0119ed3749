"""The roles of a partnership, what each may be shown at most, and what an identity provider is believed of them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """A model that refuses keys it does not know, and never changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# What a role may be given, from the least to the most. `own locality` is the meeting of one of the grant's localities.
Shown = Literal["board", "own locality", "manager"]
Role = Literal[
    "practitioner",
    "deputy_service_manager",
    "families_in_focus_manager",
    "intelligence_investigator",
    "area_service_manager",
    "safer_options_manager",
    "business_support",
    "board_reader",
    "data_steward",
]


class RoleAudiences(Strict):
    """What each role is shown once it has signed in. The types are the widest each can ever be."""

    practitioner: Literal["board", "own locality"] = "own locality"
    deputy_service_manager: Shown = "manager"
    families_in_focus_manager: Shown = "own locality"
    intelligence_investigator: Shown = "manager"
    area_service_manager: Shown = "manager"
    safer_options_manager: Shown = "manager"
    business_support: Shown = "manager"
    board_reader: Literal["board"] = "board"
    data_steward: Shown = "manager"

    def of(self, role: str) -> Shown:
        """What one role is shown."""
        shown: Shown = getattr(self, role)
        return shown


ClaimName = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_:/.\-]{0,119}$")]


class SignInClaims(Strict):
    """What is believed of an identity provider beside who somebody is; nothing, unless the partnership says so.

    role_claim      the claim that names a role of this product, made for it
    role_claims     what each of its values means here
    locality_claim  the claim that names localities by their ids, for those who have no line in the access table
    """

    role_claim: ClaimName | None = None
    role_claims: dict[Annotated[str, Field(min_length=1, max_length=120)], Role] = Field(default={}, max_length=50)
    locality_claim: ClaimName | None = None

    @model_validator(mode="after")
    def _never_a_list_of_groups(self) -> "SignInClaims":
        if any("group" in (name or "").lower() for name in (self.role_claim, self.locality_claim)):
            raise ValueError("a list of groups is kept for other ends and says nothing here; name a claim of roles")
        if bool(self.role_claim) != bool(self.role_claims):
            raise ValueError("role_claim and role_claims belong together")
        return self
