"""What is counted, as one audience may have it."""

from dataclasses import dataclass
from typing import Any

from pipelines.insight.periods import GRAINS_OF
from pipelines.policy import AudienceRules

LEVELS_OF = {"base": ("beat", "locality", "place_of_concern", "city"), "locality": ("cluster", "locality", "city")}


@dataclass(frozen=True)
class Measure:
    """One thing that is counted, as its audience may have it.

    grain         the finest period it may be asked by: month, term, quarter or year
    grains        all of them, finest first
    levels        the area levels it may be shown at, finest first
    harm_groups   (code, label) in the order they are shown
    public        everybody's already: released exact, as context, never summed with the partnership's
    base          what its counts were rounded to at the gate; 1 where public
    round_to      what its sums are rounded to once more for this audience; null where each carries its range
    under         a sum under this is said as that alone; null where each carries its range
    """

    feed: str
    measure: str
    label: str
    unit_label: str
    grain: str
    grains: tuple[str, ...]
    levels: tuple[str, ...]
    harm_groups: tuple[tuple[str, str], ...]
    public: bool
    base: int
    round_to: int | None = None
    under: int | None = None

    @property
    def key(self) -> str:
        return f"{self.feed}/{self.measure}"

    @property
    def least(self) -> int:
        """The fewest that are told apart from none: no shade or class is narrower."""
        return self.under or self.base

    @property
    def exact(self) -> bool:
        """Whether its figures are exact, as this audience sees them."""
        return self.public and self.round_to is None


def measure_for(one: dict[str, Any], rules: AudienceRules, *, lacking: set[str]) -> Measure:
    """A measure of the manifest with the levels and grains these rules leave it; either may be none at all.

    lacking  levels this snapshot has no area of for its audience
    """
    finer = {level for level in ("cluster",) if level != one["finer_level"]}
    levels = [level for level in LEVELS_OF[one["area_level"]] if level not in lacking | finer]
    grains = tuple(grain for grain in GRAINS_OF[one["grain"]] if grain in rules.grains)
    return Measure(
        feed=one["feed"], measure=one["measure"], label=one["label"], unit_label=one["unit"],
        grain=grains[0] if grains else one["grain"], grains=grains,
        levels=tuple(level for level in levels if level in rules.area_levels),
        harm_groups=tuple((group["code"], group["label"]) for group in one["harm_groups"]),
        public=bool(one["public"]), base=int(one["base"]), round_to=rules.round_to, under=rules.shown_as_under,
    )  # fmt: skip
