"""Mixes: how often each code is used. Shares are plausible, not measured anywhere."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Text = NDArray[np.str_]

HARM_TYPES: dict[str, dict[str, float]] = {
    "exploitation": {"cce": 0.34, "drug_supply": 0.30, "county_lines": 0.20, "cse_organised": 0.10,
        "trafficking_modern_slavery": 0.06},
    "violence_and_fear": {"serious_youth_violence": 0.28, "robbery": 0.24, "fear_voiced": 0.18,
        "bullying": 0.14, "retaliation_risk": 0.09, "hate_crime": 0.07},
    "knives_and_weapons": {"knife_crime": 0.58, "weapon_possession": 0.42},
    "asb_and_other": {"asb_pattern": 0.86, "other": 0.14},
}  # fmt: skip
OUT_OF_SCOPE = {"cse_online": 0.5, "peer_on_peer_sexual_harm": 0.3, "cse_single_perpetrator": 0.2}

SOURCES: dict[str, dict[str, float]] = {
    "exploitation": {"police_intelligence": 0.38, "first_response_contact": 0.20,
        "return_home_interview": 0.12, "police_recorded": 0.12, "professional_judgement": 0.08,
        "community_intelligence": 0.06, "health": 0.04},
    "violence_and_fear": {"police_recorded": 0.52, "school_report": 0.16, "first_response_contact": 0.10,
        "prevention_interview": 0.08, "health": 0.07, "community_intelligence": 0.07},
    "knives_and_weapons": {"police_recorded": 0.62, "police_intelligence": 0.16, "school_report": 0.09,
        "health": 0.07, "community_intelligence": 0.06},
    "asb_and_other": {"police_recorded": 0.66, "community_intelligence": 0.22,
        "professional_judgement": 0.07, "school_report": 0.05},
    "out_of_scope": {"first_response_contact": 0.5, "school_report": 0.3, "health": 0.2},
    "radicalisation": {"first_response_contact": 0.6, "school_report": 0.4},
}  # fmt: skip
DEGREES_SOURCES = (
    "first_response_contact", "return_home_interview", "prevention_interview", "school_report", "health",
    "community_intelligence", "professional_judgement",
)  # fmt: skip
CERTAINTY: dict[str, dict[str, float]] = {
    "police_recorded": {"fact": 0.62, "reported": 0.38},
    "police_intelligence": {"reported": 0.8, "opinion": 0.2},
    "first_response_contact": {"reported": 0.85, "opinion": 0.15},
    "return_home_interview": {"reported": 0.9, "opinion": 0.1},
    "prevention_interview": {"reported": 0.9, "opinion": 0.1},
    "school_report": {"fact": 0.5, "reported": 0.5},
    "health": {"fact": 0.6, "reported": 0.4},
    "community_intelligence": {"reported": 0.7, "opinion": 0.3},
    "professional_judgement": {"opinion": 1.0},
}
PROACTIVE: dict[str, dict[str, float]] = {
    "exploitation": {"yes": 0.42, "no": 0.48, "unknown": 0.10},
    "violence_and_fear": {"yes": 0.07, "no": 0.86, "unknown": 0.07},
    "knives_and_weapons": {"yes": 0.40, "no": 0.53, "unknown": 0.07},
    "asb_and_other": {"yes": 0.12, "no": 0.80, "unknown": 0.08},
    "out_of_scope": {"no": 1.0},
    "radicalisation": {"no": 1.0},
    "told": {"yes": 0.02, "no": 0.90, "unknown": 0.08},
}
AGE_BANDS: dict[str, dict[str, float]] = {
    group: {"under_10": 0.02, "10_12": young, "13_15": 0.36, "16_17": old, "18_plus": 0.06,
        "not_recorded": 0.56 - young - old}
    for group, young, old in (
        ("exploitation", 0.08, 0.34), ("violence_and_fear", 0.15, 0.26), ("knives_and_weapons", 0.07, 0.33),
        ("asb_and_other", 0.14, 0.18), ("out_of_scope", 0.15, 0.22), ("radicalisation", 0.08, 0.30),
    )
}  # fmt: skip
PLACE_CATEGORIES = {
    "other": 0.24, "estate": 0.20, "shopping_street": 0.14, "park_or_open_space": 0.13,
    "shops_and_food": 0.10,
    "school_surroundings": 0.08, "leisure": 0.05, "transport_hub": 0.04, "night_time_area": 0.02,
}  # fmt: skip
WEAPONS = {
    "kitchen_knife": 0.30, "lock_knife": 0.16, "folding_knife": 0.12, "not_recorded": 0.11,
    "other_blade": 0.08,
    "machete_zombie_ninja_or_sword": 0.08, "blunt_object": 0.06, "craft_or_razor_blade": 0.03,
    "screwdriver_or_tool": 0.02, "bb_or_imitation_gun": 0.02, "multi_tool": 0.01, "corrosive": 0.01,
}  # fmt: skip
SCHOOL_WEAPONS = {
    "kitchen_knife": 0.22, "folding_knife": 0.16, "multi_tool": 0.12, "craft_or_razor_blade": 0.12,
    "lock_knife": 0.09,
    "scissors": 0.08, "other_blade": 0.06, "bb_or_imitation_gun": 0.05, "toy_or_plastic": 0.04,
    "screwdriver_or_tool": 0.03, "firework_or_aerosol": 0.03,
}  # fmt: skip
# Monday to Sunday, one row a harm group in the order of planted.GROUPS.
WEEKDAYS = (
    (1.0, 1.05, 1.05, 1.1, 1.15, 0.9, 0.75),
    (0.95, 0.95, 1.0, 1.05, 1.3, 1.25, 0.9),
    (0.95, 0.95, 1.0, 1.05, 1.25, 1.2, 0.85),
    (0.85, 0.85, 0.9, 1.0, 1.35, 1.45, 1.1),
)


def pick(rng: np.random.Generator, mixes: Mapping[str, Mapping[str, float]], kinds: Text) -> Text:
    """One code for each row, by the mix its kind names."""
    drawn = rng.uniform(size=len(kinds))
    found = np.empty(len(kinds), dtype="U40")
    for kind, mix in mixes.items():
        here = kinds == kind
        upto = np.cumsum(list(mix.values()))
        found[here] = np.array(list(mix))[np.searchsorted(upto / upto[-1], drawn[here]).clip(0, len(mix) - 1)]
    return found


def codes(rng: np.random.Generator, mix: Mapping[str, float], rows: int) -> Text:
    """One code for each of so many rows, by one mix."""
    return pick(rng, {"any": mix}, np.full(rows, "any"))


def pseudonyms(rng: np.random.Generator, rows: int, *, share: float, children: int) -> Text:
    """One-way references of 32 hex characters for a share of rows ('' for the rest), some often."""
    digits = rng.bytes(16 * children).hex()
    every = np.array([digits[k : k + 32] for k in range(0, len(digits), 32)])
    weight = rng.lognormal(0, 1.1, children)
    who = rng.choice(children, rows, p=weight / weight.sum())
    return np.where(rng.uniform(size=rows) < share, every[who], "")
