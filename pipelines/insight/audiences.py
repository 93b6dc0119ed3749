"""Who is asking, and exactly what each audience may have of a snapshot: its areas, its periods, its columns.

The rules are read from the snapshot's own manifest and held to the bounds of `pipelines.policy` once more, so
neither a settings file, a parameter nor a manifest edited by hand can make an audience wider than it may be.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from pipelines.errors import NotForThisAudience, SnapshotFault
from pipelines.policy import AudienceRules, Audiences

NAMES = ("meeting", "manager", "board")
LEVELS = ("beat", "place_of_concern", "cluster", "locality", "city")
# Of these an audience that keeps to its own locality has its own alone; of localities and the city, every total.
WITHIN_A_LOCALITY = ("beat", "place_of_concern", "cluster")

_AREA = ("area_id", "name")
_PERIOD = ("period", "period_start", "label")
_RANGE = ("about", "low", "high", "single_cell")
_NEAREST = ("about", "under")
_WORD = ("direction", "year_direction", "through")
_HOW_SURE = ("up", "p", "q", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "recent_count", "recent_periods",
             "expected_count", "expected_low", "expected_high", "smallest_visible_ratio", "strongest_periods",
             "strongest_count", "strongest_low", "strongest_high")  # fmt: skip
_YEAR = ("year_ratio", "year_ratio_low", "year_ratio_high")
_RECORDING = ("recording_event", "recording_since")
_WHY = ("withheld_because", "estimated")
_SAME_FOR_ALL = {
    "areas": (*_AREA, "place_category", "residents_10_17"),
    "periods": (*_PERIOD, "state", "grain"),
    "freshness": ("feed", "label", "delivered_on", "covers_to", "last_collected_period", "last_collected_label",
                  "still_arriving_periods"),
}  # fmt: skip
# The only columns that leave the read API, by how an audience is shown its numbers. What goes to a browser or a
# file is built from these frames, so a column that is not here cannot be hidden in a tooltip.
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "range": {
        **_SAME_FOR_ALL,
        "map_counts": (*_AREA, "residents_10_17", *_RANGE, "cells", "periods_collected", *_WHY,
                       "per_1000", "per_1000_low", "per_1000_high"),
        "series": (*_PERIOD, *_RANGE, "state", *_WHY),
        "directions": (*_AREA, "harm_group", *_WORD, *_HOW_SURE, *_YEAR, *_RECORDING),
        "together": ("direction", "through", *_HOW_SURE),
        "summaries": ("area_level", "area_id", "category", *_PERIOD, *_RANGE, "withheld_because"),
    },
    "nearest": {
        **_SAME_FOR_ALL,
        "map_counts": (*_AREA, *_NEAREST, *_WHY, "per_1000"),
        "series": (*_PERIOD, *_NEAREST, "state", *_WHY),
        # Ratios and expected counts beside a rounded sum would tell the sum they are of.
        "directions": (*_AREA, "harm_group", *_WORD, *_RECORDING),
        "together": ("direction", "through"),
        "summaries": ("area_level", "area_id", "category", *_PERIOD, *_NEAREST, "withheld_because"),
    },
}  # fmt: skip

_WORDS = {
    "beat": "beats", "place_of_concern": "places of concern", "cluster": "clusters of schools",
    "locality": "localities", "city": "the city",
    "month": "months", "term": "school terms", "quarter": "whole quarters", "year": "whole years",
}  # fmt: skip


@dataclass(frozen=True)
class Audience:
    """Who a snapshot is opened for.

    name      meeting (a locality's practitioners), manager or board
    locality  the id of a meeting's own locality; the others belong to none

    Raises NotForThisAudience for any other name, a meeting without a locality, or another audience with one.
    """

    name: str
    locality: str | None = None

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise NotForThisAudience(f"figures are for {_listed(list(NAMES))}: say which of these is asking")
        if (self.name == "meeting") != (self.locality is not None):
            raise NotForThisAudience("a meeting says which locality is its own, a manager and the board say none")


@dataclass(frozen=True)
class Rights:
    """What one audience may have of one snapshot. Only made by `rights_of`."""

    audience: Audience
    rules: AudienceRules

    @property
    def closed_only(self) -> bool:
        """Whether only periods collected whole are had: a figure that will still grow is no figure for a board."""
        return self.audience.name == "board"

    def refusal(self, what: str) -> NotForThisAudience:
        """The error for something this audience may not have: it says what it may, and quotes nothing asked."""
        levels = _listed([_WORDS[one] for one in LEVELS if one in self.rules.area_levels])
        whole = "closed " if self.closed_only else ""
        own = "; finer than a locality, only what lies in its own" if self.rules.own_locality_only else ""
        return NotForThisAudience(
            f"{what} is not for the {self.audience.name} audience: it may have {levels}, "
            f"by {whole}{_listed([_WORDS[one] for one in self.rules.grains])}{own}"
        )

    def require_level(self, area_level: str) -> None:
        """Raise NotForThisAudience for a level of area it may not have."""
        if area_level not in self.rules.area_levels:
            raise self.refusal("this level of area")

    def columns(self, question: str) -> tuple[str, ...]:
        """The columns of one question's frame, in order."""
        return COLUMNS[self.rules.number][question]

    def only_columns(self, frame: pd.DataFrame, question: str) -> pd.DataFrame:
        """The frame with exactly the columns it may have, its numbers said the way it may have them."""
        shown = _nearest(frame, self.rules) if self.rules.number == "nearest" and "about" in frame else frame
        return shown[list(self.columns(question))]


def rights_of(manifest: dict[str, Any], audience: Audience) -> Rights:
    """What an audience may have of this snapshot. Raises SnapshotFault where the manifest does not say, or says too much."""
    name = manifest["id"]
    if "audiences" not in manifest:
        raise SnapshotFault(f"{name}: was released before audiences were agreed; build, then publish again")
    try:
        said = Audiences.model_validate(manifest["audiences"])
    except ValidationError:
        raise SnapshotFault(
            f"{name}: gives an audience more than it may have; use another snapshot or publish again"
        ) from None
    return Rights(audience, getattr(said, audience.name))


def _nearest(frame: pd.DataFrame, rules: AudienceRules) -> pd.DataFrame:
    """Sums rounded to the nearest `round_to`, halves up; under `shown_as_under`, that alone. Rates from the rounded sum."""
    base, least = rules.round_to or 5, rules.shown_as_under or 10
    # Shares of a cell add up with float dust, which must not decide which side of a half a sum falls.
    sums = frame["about"].to_numpy(float).round(6)
    small = sums < least
    rounded = np.where(small, np.nan, np.floor(sums / base + 0.5) * base)
    said = frame.assign(about=rounded, under=pd.array([least if one else None for one in small], dtype="Int64"))
    if "per_1000" in frame:
        residents = frame["residents_10_17"].to_numpy(float, na_value=np.nan)
        rates = rounded / np.where(residents > 0, residents, np.nan) * 1000
        said["per_1000"] = np.where(frame["per_1000"].notna(), rates, np.nan)
    return said


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
