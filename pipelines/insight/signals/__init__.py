"""Directions: is harm in a place rising or falling, and can we tell? Pure functions of counts: no files, no clock."""

from pipelines.insight.signals.assess import assess, assess_last_year, directions
from pipelines.insight.signals.compare import benjamini_hochberg
from pipelines.insight.signals.steps import step_at, steps_at

__all__ = ["assess", "assess_last_year", "benjamini_hochberg", "directions", "step_at", "steps_at"]
