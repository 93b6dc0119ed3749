"""Directions: is harm in a place rising or falling, and can we tell? Pure functions of counts: no files, no clock."""

from pipelines.insight.signals.assess import Numbers, answer, assess, assess_last_year, directions
from pipelines.insight.signals.compare import benjamini_hochberg
from pipelines.insight.signals.held import Cities, Question, hold
from pipelines.insight.signals.steps import step_at, steps_at

__all__ = [
    "Cities", "Numbers", "Question", "answer", "assess", "assess_last_year", "benjamini_hochberg", "directions", "hold",
    "step_at", "steps_at",
]  # fmt: skip
