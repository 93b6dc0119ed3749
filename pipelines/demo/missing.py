"""Missing episodes, as text: missing from where, found where, and what was known when."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.demo.harm import beats_on
from pipelines.demo.lines import Points, stream, to_web
from pipelines.demo.mixes import PLACE_CATEGORIES, codes, pseudonyms
from pipelines.demo.names import LOCALITIES
from pipelines.demo.points import Ints
from pipelines.demo.span import CURRENT_LAST, Span, first_of
from pipelines.demo.town import Town
from pipelines.demo.zones import Scatter, Zone

EPISODES_A_MONTH = 120.0
# Midnight to eleven at night: most children are reported missing in the evening.
HOURS = (6, 4, 3, 2, 1, 1, 1, 2, 4, 4, 4, 4, 4, 5, 6, 10, 10, 10, 11, 13, 14, 14, 12, 9)
BLANK = ""
RISK_GRADES = {"low": 0.14, "medium": 0.58, "high": 0.2, "no_apparent_risk": 0.05, "not_recorded": 0.03}
Column = Any
Times = NDArray[np.datetime64]
Flags = NDArray[np.bool_]


def _stamps(times: np.ndarray, known: np.ndarray) -> np.ndarray:
    return np.where(known, np.char.replace(np.datetime_as_string(times, unit="m"), "T", " "), BLANK)


def _starts(rng: np.random.Generator, span: Span) -> np.ndarray:
    """Minutes at which episodes begin: more in the lighter months, mostly in the evening."""
    found = []
    for at in range(span.months + 1):
        month = first_of(span.first_number + at).month
        mean = EPISODES_A_MONTH * np.exp(0.16 * np.cos(2 * np.pi * (month - 6.5) / 12) + rng.normal(0, 0.06))
        length = (span.starts[at + 1] - span.starts[at]).days
        days = rng.integers(0, length, rng.poisson(mean))
        hours = rng.choice(24, len(days), p=np.array(HOURS) / sum(HOURS))
        minutes = days * 1440 + hours * 60 + rng.integers(0, 12, len(days)) * 5
        found.append(np.datetime64(span.starts[at]).astype("datetime64[m]") + minutes)
    times = np.sort(np.concatenate(found))
    return times[times.astype("datetime64[D]") <= np.datetime64(CURRENT_LAST)]


def make_missing(seed: int, town: Town, zones: list[Zone], span: Span) -> pd.DataFrame:
    """Every missing episode, as known when its month was delivered.

    grain: one row per episode; `sent` is the index of the month that delivers it.
    """
    rng = stream(seed, "missing episodes")
    began = _starts(rng, span)
    rows = len(began)
    sent = began.astype("datetime64[M]").astype(int) + 1970 * 12 - span.first_number
    known_on = np.array([np.datetime64(span.delivered_on(k)) for k in range(span.months + 1)])[sent]
    back = began + np.minimum(rng.lognormal(np.log(560), 1.15, rows), 9 * 1440).astype(int) + 20
    returned = back.astype("datetime64[D]") < known_on
    frame = pd.DataFrame(
        {
            "missing_from_at": _stamps(began, np.full(rows, True)),
            "returned_at": _stamps(back, returned),
            "risk_grade": codes(rng, RISK_GRADES, rows),
            "missing_from_type": codes(rng, {"home": 0.55, "care": 0.38, "other": 0.07}, rows),
            **_missing_from(rng, town, zones, rows),
            **_found_at(rng, town, zones, began, returned),
            **_interviews(rng, back, returned, known_on),
            "exploitation_flag": np.where(rng.uniform(size=rows) < 0.27, "yes", "no"),
            "child_ref": pseudonyms(rng, rows, share=0.96, children=1_400),
            "sent": sent,
        }
    )
    frame.insert(0, "episode_ref", [f"LM-{number:06d}" for number in range(1, rows + 1)])
    return frame


def _missing_from(rng: np.random.Generator, town: Town, zones: list[Zone], rows: int) -> dict[str, Column]:
    """Most by locality alone, a fifth by a point."""
    home = codes(rng, dict(zip((one[0] for one in LOCALITIES), (0.36, 0.33, 0.31), strict=True)), rows)
    pointed = rng.uniform(size=rows) < 0.2
    points = Scatter(zones).draw(rng, _home_zones(rng, town, zones, home))
    return {
        "missing_from_locality": np.where(pointed, BLANK, home),
        **_points("missing_from", points, pointed),
    }


def _found_at(rng: np.random.Generator, town: Town, zones: list[Zone], began: Times, returned: Flags) -> dict[str, Column]:
    """Two thirds by a point (a fifth of them in degrees), a tenth by a beat code, the rest not told."""
    rows = len(began)
    zone = _found_zones(rng, zones, rows)
    points = Scatter(zones).draw(rng, zone)
    how = rng.choice(3, rows, p=[0.68, 0.10, 0.22])
    in_degrees = (how == 0) & (rng.uniform(size=rows) < 0.2)
    by_code = beats_on(town, zones, zone, began.astype("datetime64[D]"))
    category = codes(rng, PLACE_CATEGORIES, rows)
    return {
        **_points("found_at", points, returned & (how == 0) & ~in_degrees),
        **_degrees("found_at", points, returned & in_degrees),
        "found_at_beat_code": np.where(returned & (how == 1), by_code, BLANK),
        "found_place_category": np.where(returned & (rng.uniform(size=rows) < 0.7), category, BLANK),
    }


def _interviews(rng: np.random.Generator, back: Times, returned: Flags, known_on: Times) -> dict[str, Column]:
    """Return home interviews: offered, completed (mostly within 72 hours), declined; as known on delivery."""
    rows = len(back)
    offered = returned & (rng.uniform(size=rows) < 0.93)
    declined = offered & (rng.uniform(size=rows) < 0.24)
    talked = back + rng.integers(300, 100 * 60, rows)
    completed = offered & ~declined & (rng.uniform(size=rows) < 0.78)
    completed &= talked.astype("datetime64[D]") < known_on
    return {
        "rhi_offered": np.where(returned, np.where(offered, "yes", "no"), BLANK),
        "rhi_completed_at": _stamps(talked, completed),
        "rhi_declined": np.where(offered, np.where(declined, "yes", "no"), BLANK),
    }


def _points(name: str, points: Points, use: np.ndarray) -> dict[str, list[str]]:
    whole = np.round(points).astype(int).tolist()
    return {
        f"{name}_{axis}_m": [str(one[k]) if used else BLANK for one, used in zip(whole, use.tolist(), strict=True)]
        for k, axis in enumerate(("easting", "northing"))
    }


def _degrees(name: str, points: Points, use: np.ndarray) -> dict[str, list[str]]:
    web = to_web(points, 6).tolist()
    return {
        f"{name}_{axis}": [f"{one[k]:.6f}" if used else BLANK for one, used in zip(web, use.tolist(), strict=True)]
        for k, axis in enumerate(("lon", "lat"))
    }


def _home_zones(rng: np.random.Generator, town: Town, zones: list[Zone], home: np.ndarray) -> Ints:
    weight = np.array([0.0 if zone.place_id else 1.0 for zone in zones])
    parents = np.array([town.parents[zone.before] for zone in zones])
    drawn = np.empty(len(home), dtype=np.int64)
    for locality, _, _ in LOCALITIES:
        here = np.flatnonzero(home == locality)
        share = weight * (parents == locality)
        drawn[here] = rng.choice(len(zones), len(here), p=share / share.sum())
    return drawn


def _found_zones(rng: np.random.Generator, zones: list[Zone], rows: int) -> Ints:
    """Children are found more often in places of concern than their size would say."""
    weight = np.exp(rng.normal(0, 0.6, len(zones))) * np.array([0.9 if zone.place_id else 1.0 for zone in zones])
    return rng.choice(len(zones), rows, p=weight / weight.sum())
