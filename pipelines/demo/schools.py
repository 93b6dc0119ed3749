"""Schools and colleges, and the reports of weapons found on their sites, as text."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.demo.lines import stream
from pipelines.demo.mixes import SCHOOL_WEAPONS, codes
from pipelines.demo.names import LOCALITIES
from pipelines.demo.span import CURRENT_LAST, Span, terms
from pipelines.demo.town import Town
from pipelines.demo.zones import Scatter, Zone

REPORTS_A_DAY = 12.0 / 19.5
BLANK = ""
OUTCOMES = {
    "kept_place": 0.46, "support_allocated": 0.24, "suspension": 0.14, "moved_via_inclusion_panel": 0.08,
    "permanent_exclusion": 0.05, "out_of_court_disposal": 0.03,
}  # fmt: skip
INCIDENT_TYPES = {
    "possession": 0.66, "threat": 0.12, "found_discarded": 0.12, "assault_no_injury": 0.05,
    "assault_injury": 0.03,
    "not_recorded": 0.02,
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """One school or college of the fictional town; its number is outside any range in use."""

    setting_urn: str
    phase: str
    cell: int
    easting_m: int
    northing_m: int


PHASES = ("secondary", "secondary", "secondary", "primary", "secondary", "special", "sixth_form", "secondary",
          "alternative_provision", "primary", "secondary", "further_education", "secondary",
          "primary")  # fmt: skip


def make_settings(seed: int, town: Town, zones: list[Zone]) -> list[Setting]:
    """Fourteen schools and colleges, four or five in each locality, each in a beat of its own."""
    rng = stream(seed, "settings")
    scatter, taken, found = Scatter(zones), set(), []
    plain = [number for number, zone in enumerate(zones) if not zone.place_id and not zone.zone_id.endswith("/strip")]
    for number, phase in enumerate(PHASES):
        locality = LOCALITIES[number % len(LOCALITIES)][0]
        free = [k for k in plain if town.parents[zones[k].before] == locality and zones[k].before not in taken]
        zone = int(rng.choice(free))
        taken.add(zones[zone].before)
        point = np.round(scatter.draw(rng, np.array([zone]))[0]).astype(int)
        found.append(Setting(f"{990_001 + 7 * number}", phase, zones[zone].before, int(point[0]), int(point[1])))
    return found


def make_weapons(seed: int, town: Town, settings: list[Setting], span: Span) -> pd.DataFrame:
    """Weapon-in-school reports, on school days only.

    grain: one row per report; `sent` is the index of the month it was reported in; `true_locality`,
    `true_term`.
    """
    rng = stream(seed, "weapon in school reports")
    open_days = [(day, term.term_id) for term in terms(span) for day in term.open_days]
    days = [one for one in open_days if span.first_day <= one[0] <= CURRENT_LAST]
    day = np.repeat(np.arange(len(days)), rng.poisson(rng.gamma(4.0, REPORTS_A_DAY / 4.0, len(days))))
    rows = len(day)
    weight = np.array([0.25 if one.phase == "primary" else 1.0 for one in settings])
    which = rng.choice(len(settings), rows, p=weight / weight.sum())
    incident = np.array([np.datetime64(one[0]) for one in days], dtype="datetime64[D]")[day]
    reported = incident + rng.integers(0, 9, rows).astype("timedelta64[D]")
    sent = reported.astype("datetime64[M]").astype(int) + 1970 * 12 - span.first_number
    parents = np.array([town.parents[one.cell] for one in settings])[which]
    by_urn = rng.uniform(size=rows) < 0.85
    frame = pd.DataFrame(
        {
            "incident_on": np.datetime_as_string(incident),
            "reported_on": np.datetime_as_string(reported),
            "setting_urn": np.where(by_urn, np.array([one.setting_urn for one in settings])[which], BLANK),
            "locality": np.where(by_urn, BLANK, parents),
            "setting_phase": np.array([one.phase for one in settings])[which],
            "weapon_type": codes(rng, SCHOOL_WEAPONS, rows),
            "weapon_incident_type": codes(rng, INCIDENT_TYPES, rows),
            "police_informed": np.where(rng.uniform(size=rows) < 0.68, "yes", "no"),
            **_pathway(rng, span, reported, sent),
            "sent": sent,
            "true_locality": parents,
            "true_term": np.array([one[1] for one in days])[day],
        }
    )
    frame = frame.loc[reported <= np.datetime64(CURRENT_LAST)].reset_index(drop=True)
    frame.insert(0, "report_ref", [f"LW-{number:05d}" for number in range(1, len(frame) + 1)])
    return frame


def _pathway(
    rng: np.random.Generator, span: Span, reported: NDArray[np.datetime64], sent: NDArray[np.int64]
) -> dict[str, Any]:
    """What the education inclusion manager had done by the day of the delivery."""
    rows = len(reported)
    assessed = reported + rng.integers(1, 20, rows).astype("timedelta64[D]")
    known_on = np.array([np.datetime64(span.delivered_on(k)) for k in range(span.months + 1)])
    seen = (rng.uniform(size=rows) < 0.86) & (assessed < known_on[sent.clip(0, span.months)])
    return {
        "eim_assessed_on": np.where(seen, np.datetime_as_string(assessed), BLANK),
        "support_allocated": np.where(seen & (rng.uniform(size=rows) < 0.72), "yes", "no"),
        "school_outcome": np.where(seen, codes(rng, OUTCOMES, rows), "awaiting"),
    }


def open_since(span: Span) -> str:
    """Settings were all open well before the history starts."""
    return (span.first_day - timedelta(days=3_650)).isoformat()
