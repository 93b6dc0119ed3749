"""Impact: did an intervention work, and did harm only move? Pure functions of counts: no files, no clock, no words."""

from pipelines.insight.impact.before import Detectable, Suggestion, comparison_places, detectable, suggest
from pipelines.insight.impact.estimate import CANNOT_TELL, INCREASE, REDUCTION, Effect, Estimate, estimate
from pipelines.insight.impact.pooled import Pooled, pooled
from pipelines.insight.impact.series import Trend, pre_trend, series
from pipelines.insight.impact.wdd import Difference, wdd, wdd_harm
from pipelines.insight.impact.weaker import weaker
from pipelines.insight.impact.windows import REFUSALS, Span

__all__ = [
    "CANNOT_TELL", "INCREASE", "REDUCTION", "REFUSALS", "Detectable", "Difference", "Effect", "Estimate", "Pooled",
    "Span", "Suggestion", "Trend", "comparison_places", "detectable", "estimate", "pooled", "pre_trend", "series",
    "suggest", "wdd", "wdd_harm", "weaker",
]  # fmt: skip
