"""The lines of the interventions file that keep a choice of comparison: nothing is stored by the dashboard itself."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dashboard.wording import before as words

# As data/contracts/interventions.toml has them.
COLUMNS = (
    "intervention_id", "place_id", "polygon", "intervention_type", "started_on", "ended_on", "lead_agency",
    "prevention_level", "harm_types", "chosen_because", "compared_with", "compared_because", "visible_from",
)  # fmt: skip
NEEDED = {"intervention_type": words.A_TYPE, "started_on": words.A_DAY}


def lines(places: Sequence[str], beats: Sequence[str], because: str, planned: Mapping[Any, Any] | None = None) -> str:
    """A heading and one line for each place, as CSV.

    planned  the entry that is corrected; its other columns are kept, and what may not be read here is named
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for place in places:
        row = _kept(planned, place) if planned else dict(NEEDED) | {"intervention_id": words.OWN_REFERENCE}
        row |= {"place_id": place, "compared_with": ";".join(beats), "compared_because": " ".join(because.split())}
        writer.writerow([row.get(name, "") for name in COLUMNS])
    return out.getvalue()


def _kept(planned: Mapping[Any, Any], place: str) -> dict[str, str]:
    if planned["place_id"] != place:
        return dict(NEEDED) | {"intervention_id": words.OWN_REFERENCE}
    kept = {name: _as_delivered(planned, name) for name in COLUMNS if name in planned}
    # What does not reach the dashboard is not lost by a correction: it is named, to be filled in.
    missing = {name: words.AS_BEFORE for name in COLUMNS if name not in planned}
    return missing | kept | {"intervention_id": words.ITS_REFERENCE, "polygon": ""}


def _as_delivered(planned: Mapping[Any, Any], name: str) -> str:
    value = planned[name]
    if value is None:
        return words.AS_BEFORE if name in (planned["held_back"] or ()) else ""
    return value.isoformat() if isinstance(value, date) else str(value)
