"""The interventions register: the planted ones, and others that change no count."""

from datetime import date, timedelta
from typing import Any

from pipelines.demo import words
from pipelines.demo.mixes import HARM_TYPES
from pipelines.demo.planted import GROUPS, Effect
from pipelines.demo.registers import Desk, Rows
from pipelines.demo.span import AS_AT

PLANTED_TYPES = {
    "worked": ("detached_outreach", "crime_redesign"),
    "displaced": ("licensing_engagement",),
    "nothing": ("community_engagement",),
}
# type, days before as_at it started (negative: still to come), prevention level, days until it may be shown
OTHERS = (
    ("awareness_campaign", 260, "universal", None),
    ("targeted_group_work", 190, "targeted", None),
    ("topaz_activity", 45, "disruption", 75),
    ("education_inclusion", 150, "targeted", None),
    ("location_survey", 80, "universal", None),
    ("community_mentoring", 120, "targeted", None),
    ("intelligence_gathering", 30, "disruption", 50),
    ("guardianship_training", -28, "universal", None),
)


LEADS = {
    "detached_outreach": "Youth Service",
    "crime_redesign": "Community Safety",
    "licensing_engagement": "Licensing",
    "community_engagement": "Community Safety",
    "awareness_campaign": "Public Health",
    "targeted_group_work": "Youth Service",
    "topaz_activity": "Neighbourhood Policing",
    "education_inclusion": "Education Inclusion",
    "location_survey": "Community Safety",
    "community_mentoring": "Voluntary Sector Network",
    "intelligence_gathering": "Neighbourhood Policing",
    "guardianship_training": "Families in Focus",
}


def interventions(desk: Desk) -> Rows:
    """The planted ones first, then others that change no count: of no place, just begun, or still to come."""
    rng = desk.rng("interventions")
    rows = [
        _planted(effect, sum(one.effect == effect.effect for one in desk.planted.effects[:number]))
        for number, effect in enumerate(desk.planted.effects)
    ]
    free = desk.watched[::-1]
    for number, (kind, ago, level, shown) in enumerate(OTHERS, start=len(rows) + 1):
        place_id = free[number % len(free)]
        started = AS_AT - timedelta(days=ago) if ago < 0 else desk.back(ago, place_id)
        types = list(HARM_TYPES[str(rng.choice(GROUPS))])
        because = words.CHOSEN["other"]
        row = _intervention(f"INT-{number:03d}", place_id, kind, started, level, types, because)
        row["ended_on"] = started + timedelta(days=84) if ago > 84 else ""
        row["visible_from"] = AS_AT + timedelta(days=shown) if shown else ""
        rows.append(row)
    rows.append(_polygon_intervention(desk, len(rows) + 1))
    return rows


def _planted(effect: Effect, before: int) -> dict[str, Any]:
    kinds = PLANTED_TYPES[effect.effect]
    kind = kinds[before % len(kinds)]
    started = date.fromisoformat(effect.started_on)
    types = [code for group in effect.harm_groups for code in HARM_TYPES[group]]
    because = words.CHOSEN[effect.effect]
    return _intervention(effect.intervention_id, effect.place_id, kind, started, "universal", types, because)


def _intervention(
    number: str,
    place_id: str,
    kind: str,
    started: date,
    level: str,
    types: list[str],
    because: str,
) -> dict[str, Any]:
    return {
        "intervention_id": number,
        "place_id": place_id,
        "polygon": "",
        "intervention_type": kind,
        "started_on": started,
        "ended_on": "",
        "lead_agency": LEADS[kind],
        "prevention_level": level,
        "harm_types": ";".join(types),
        "chosen_because": because,
        "visible_from": "",
    }


def _polygon_intervention(desk: Desk, number: int) -> dict[str, Any]:
    """One area drawn for the occasion, in whole metres of the city's grid, a few weeks old."""
    rest = [cell for cell, parent in enumerate(desk.town.parents) if parent == "south"]
    middle = desk.town.cells[rest[0]].representative_point()
    x, y = round(middle.x), round(middle.y)
    corners = [
        (x - 210, y - 150),
        (x + 190, y - 170),
        (x + 230, y + 140),
        (x - 180, y + 180),
        (x - 210, y - 150),
    ]
    text = "POLYGON ((" + ", ".join(f"{a} {b}" for a, b in corners) + "))"
    row = _intervention(
        f"INT-{number:03d}",
        "",
        "detached_outreach",
        desk.back(20),
        "targeted",
        list(HARM_TYPES["asb_and_other"]),
        words.CHOSEN["other"],
    )
    return {**row, "polygon": text}
