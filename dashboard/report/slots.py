"""Questions of the read API that a snapshot may not answer yet: each is asked here, and None says that it cannot be.

The rules behind the answers are the read API's; this module has none of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from pipelines.insight.queries import Measure, Snapshot


def usual_range(
    snapshot: Snapshot, measure: Measure, *, area_level: str, area_id: str, harm_groups: Sequence[str], grain: str
) -> dict[str, tuple[float, float]] | None:
    """The usual range of each period of a series as said to this audience; periods without one are left out."""
    found = _asked(snapshot, "usual_range", measure.feed, measure.measure, area_level=area_level, area_id=area_id,
                   harm_groups=list(harm_groups), grain=grain)  # fmt: skip
    if found is None:
        return None
    told = found.dropna(subset=["low", "high"])
    return {str(row["period"]): (float(row["low"]), float(row["high"])) for row in told.to_dict("records")}


def assessments(snapshot: Snapshot) -> pd.DataFrame | None:
    """Where assessments are. grain: one row per locality (null = the whole city) and status: places."""
    return _asked(snapshot, "assessments_by_locality")


def promises(snapshot: Snapshot, first: date, last: date) -> dict[str, int] | None:
    """How many actions of the whole city fell due between two days and were kept, are late, or were dropped."""
    found = _asked(snapshot, "actions_by_locality", first, last)
    if found is None:
        return None
    city = found[found["locality"].isna()]
    return {str(row["outcome"]): int(row["actions"]) for row in city.to_dict("records")}


def demographics(snapshot: Snapshot) -> pd.DataFrame | None:
    """The supplier's own sums. grain: one row per dimension, category and year: about, withheld_because, share."""
    return _asked(snapshot, "demographics")


def portfolio(snapshot: Snapshot) -> dict[str, Any] | None:
    """What each kind of intervention did in all its places together, by the code of the kind."""
    found: dict[str, Any] | None = _asked(snapshot, "portfolio")
    return found


def _asked(snapshot: Snapshot, question: str, *given: Any, **named: Any) -> Any:
    method = getattr(snapshot, question, None)
    return None if method is None else method(*given, **named)
