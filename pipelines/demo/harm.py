"""Incident records: what was written down of what happened, with all the ways real records differ."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from pipelines.demo.lines import Points, stream, to_metres, to_web
from pipelines.demo.mixes import (
    AGE_BANDS, CERTAINTY, DEGREES_SOURCES, HARM_TYPES, OUT_OF_SCOPE, PLACE_CATEGORIES, PROACTIVE, SOURCES, WEAPONS,
    WEEKDAYS, pick, pseudonyms,
)  # fmt: skip
from pipelines.demo.planted import GROUPS, Planted
from pipelines.demo.rates import Rates
from pipelines.demo.span import CURRENT_LAST, Span
from pipelines.demo.town import Town
from pipelines.demo.zones import Scatter, Zone

COLUMNS = (
    "record_ref", "occurred_from", "occurred_to", "recorded_on", "harm_type", "easting_m", "northing_m", "lon", "lat",
    "beat_code", "place_category", "weapon_type", "record_source", "certainty", "proactive", "age_band", "child_ref",
)  # fmt: skip
TOWN, SNAPPED, BEAT_ONLY, NOWHERE, OUTSIDE = range(5)
Days = NDArray[np.datetime64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Drawn:
    """One event a row: its zone, harm group (-1 out of scope, -2 radicalisation), month index and why it was seen."""

    zone: Ints
    group: Ints
    month: Ints
    extra: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    nowhere: NDArray[np.bool_]


def draw_events(seed: int, rates: Rates) -> Drawn:
    """Gamma-Poisson counts (variance phi x mean) of what happens, plus Poisson counts of what is only reporting.

    About 1.5% happen outside the town, 2.5% have no place at all; types never mapped come in small numbers.
    """
    rng = stream(seed, "events")
    mean = rates.harm_mean
    wide = np.broadcast_to(rates.phi[:, :, None] - 1, mean.shape)
    counts = rng.poisson(wide * rng.standard_gamma(np.maximum(mean, 0) / wide))
    extra = rng.poisson(np.maximum(rates.mean - rates.harm_mean, 0))
    per_month = mean.sum(axis=(0, 1))
    parts = [_spread(counts), _spread(extra)]
    for share, group in ((0.028, -1), (0.005, -2), (0.016, None), (0.026, None)):
        some = rng.poisson(np.broadcast_to(mean / per_month * (share * per_month), mean.shape))
        zone, drawn_group, month = _spread(some)
        parts.append((zone, drawn_group if group is None else np.full(len(zone), group), month))
    sizes = [len(part[0]) for part in parts]
    source = np.repeat(np.arange(len(parts)), sizes)
    zone, drawn_group, month = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return Drawn(zone, drawn_group, month, source == 1, source == 4, source == 5)


def _spread(counts: Ints) -> tuple[Ints, Ints, Ints]:
    """Counts in a cube -> (zone, group, month) of every single event."""
    zone, group, month = np.nonzero(counts)
    times = counts[zone, group, month]
    return np.repeat(zone, times), np.repeat(group, times), np.repeat(month, times)


def event_days(rng: np.random.Generator, span: Span, group: Ints, month: Ints) -> Days:
    """A day of its month for each event, by the harm group's week."""
    days = np.empty(len(month), "datetime64[D]")
    for at in range(span.months + 1):
        every = np.arange(np.datetime64(span.starts[at]), np.datetime64(span.starts[at + 1]))
        weekday = (every.astype(int) + 3) % 7
        for kind in (-2, -1, 0, 1, 2, 3):
            here = np.flatnonzero((month == at) & (group == kind))
            weight = np.array(WEEKDAYS[max(kind, 0)])[weekday]
            days[here] = rng.choice(every, len(here), p=weight / weight.sum())
    return days


def date_ranges(rng: np.random.Generator, days: Days, first: Days) -> tuple[Days, Days, NDArray[np.bool_]]:
    """About a quarter are known only to a range of 2 to 11 days round the true one: (from, to, is a range)."""
    ranged = rng.uniform(size=len(days)) < 0.25
    length = np.where(ranged, rng.choice([1, 2, 3, 4, 5, 7, 10], len(days), p=[0.32, 0.25, 0.14, 0.1, 0.07, 0.07, 0.05]), 0)
    before = np.floor(rng.uniform(size=len(days)) * (length + 1)).astype(int)
    start = np.maximum(days - before, first)
    return start, start + length, ranged


def lags(rng: np.random.Generator, sources: NDArray[np.str_]) -> Ints:
    """Days from the event to the record: police soonest, interviews and health later, a long tail."""
    middle = np.where(np.char.startswith(sources, "police"), 1.6, 4.5)
    slow = rng.uniform(size=len(sources)) < 0.05
    return np.floor(middle * rng.lognormal(0, 0.9, len(sources)) + np.where(slow, rng.uniform(14, 55, len(sources)), 0)).astype(int)


def place_points(seed: int, town: Town, zones: list[Zone], drawn: Drawn) -> tuple[Points, Ints]:
    """Where each event is, in metres, and how its place is known (TOWN, SNAPPED, BEAT_ONLY, NOWHERE, OUTSIDE)."""
    rng = stream(seed, "points")
    points = Scatter(zones).draw(rng, drawn.zone)
    how = np.where(rng.uniform(size=len(points)) < 0.062, BEAT_ONLY, TOWN)
    how = np.where(drawn.nowhere, NOWHERE, np.where(drawn.outside, OUTSIDE, how))
    how[(drawn.group < 0) & (how == BEAT_ONLY)] = TOWN
    points[how == OUTSIDE] = _outside_points(rng, town, int((how == OUTSIDE).sum()))
    plain = np.array([not zone.place_id and zone.before == zone.after for zone in zones])[drawn.zone]
    for edge in town.coast:
        cell = town.mosaic.sides(edge)[0]
        near = np.array([zone.before == cell for zone in zones])[drawn.zone] & plain & (how == TOWN) & (drawn.group >= 0)
        rows = np.flatnonzero(near & (rng.uniform(size=len(points)) < 0.02))
        shore, good = _off_shore(rng, town, edge, len(rows))
        points[rows[good]], how[rows[good]] = shore[good], SNAPPED
    return points, how


def _off_shore(rng: np.random.Generator, town: Town, edge: int, count: int) -> tuple[Points, NDArray[np.bool_]]:
    """Points a metre or two outside a stretch of coast, written to the decimetre, and which came out right."""
    line = to_metres(town.mosaic.edges[edge])
    along = rng.integers(4, len(line) - 5, count)
    here, there = line[along], line[along + 1]
    step = there - here
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(step[:, 0], step[:, 1])[:, None]
    middle = (here + there) / 2
    inside = shapely.contains_xy(town.outline, *(middle + normal).T)
    points = np.round(middle + np.where(inside, -1.0, 1.0)[:, None] * rng.uniform(0.6, 1.9, count)[:, None] * normal, 1)
    away = shapely.distance(town.outline, shapely.points(points))
    return points, (away > 0.2) & (away < 2.5)


def _outside_points(rng: np.random.Generator, town: Town, count: int) -> Points:
    """Points 300 m to 2.5 km beyond the outline: too far to be snapped, near enough to be believed."""
    west, south, east, north = town.outline.bounds
    far, near = town.outline.buffer(2_500), town.outline.buffer(300)
    tries = rng.uniform([west - 2_500, south - 2_500], [east + 2_500, north + 2_500], (count * 12 + 200, 2))
    beyond = shapely.contains_xy(far, *tries.T) & ~shapely.contains_xy(near, *tries.T)
    return tries[beyond][:count]


def write_points(rng: np.random.Generator, points: Points, how: Ints, degrees: NDArray[np.bool_]) -> dict[str, list[str]]:
    """The four location columns as text: whole metres mostly, some decimals, degrees from one supplier."""
    pointed = (how != BEAT_ONLY) & (how != NOWHERE)
    fine = (rng.uniform(size=len(points)) < 0.3) | (how == SNAPPED)
    in_degrees = degrees & pointed & (how != SNAPPED)
    in_metres = pointed & ~in_degrees
    web = to_web(points, 6)
    text: dict[str, list[str]] = {}
    for k, name in enumerate(("easting_m", "northing_m")):
        whole, tenth = np.round(points[:, k]).astype(int), np.round(points[:, k], 1)
        text[name] = [
            (f"{b:.1f}" if f else str(a)) if use else ""
            for a, b, f, use in zip(whole.tolist(), tenth.tolist(), fine.tolist(), in_metres.tolist(), strict=True)
        ]
    for k, name in enumerate(("lon", "lat")):
        text[name] = [f"{a:.6f}" if use else "" for a, use in zip(web[:, k].tolist(), in_degrees.tolist(), strict=True)]
    return text


def make_incidents(seed: int, town: Town, zones: list[Zone], rates: Rates, span: Span, planted: Planted) -> pd.DataFrame:
    """Every incident recorded by as_at, as text, with three columns more that never leave this package.

    grain: one row per event; `how` (see above), `group` (harm group, out_of_scope, radicalisation), `sent`
    (index of the month it was recorded in, so of the delivery that carries it).
    """
    rng = stream(seed, "incidents")
    drawn = draw_events(seed, rates)
    points, how = place_points(seed, town, zones, drawn)
    days = event_days(rng, span, drawn.group, drawn.month)
    start, end, ranged = date_ranges(rng, days, np.datetime64(span.first_day))
    types, groups = _types(rng, drawn.group)
    louder = drawn.extra & (drawn.group == GROUPS.index("exploitation")) if planted.reporting_only else drawn.extra & False
    sources = pick(rng, SOURCES, groups)
    sources[louder] = "police_intelligence"
    recorded = end + lags(rng, sources)
    kept = recorded <= np.datetime64(CURRENT_LAST)
    order = np.lexsort([rng.uniform(size=len(kept)), recorded])
    order = order[kept[order]]
    proactive = pick(rng, PROACTIVE, _by_source(groups, sources))
    proactive[louder] = "yes"
    beats = np.array(town.beat_ids)[[zone.before for zone in zones]]
    if town.recut:
        after = np.array(town.beat_ids)[[zone.after for zone in zones]]
        beats = np.where(start >= np.datetime64(town.recut.on), after[drawn.zone], beats[drawn.zone])
    else:
        beats = beats[drawn.zone]
    frame = pd.DataFrame(
        {
            "occurred_from": np.datetime_as_string(start),
            "occurred_to": np.where(ranged, np.datetime_as_string(end), ""),
            "recorded_on": np.datetime_as_string(recorded),
            "harm_type": types,
            **write_points(rng, points, how, np.isin(sources, DEGREES_SOURCES)),
            "beat_code": np.where(how == BEAT_ONLY, beats, ""),
            "place_category": _categories(rng, town, zones, drawn.zone, how),
            "weapon_type": _weapons(rng, types),
            "record_source": sources,
            "certainty": pick(rng, CERTAINTY, sources),
            "proactive": proactive,
            "age_band": pick(rng, AGE_BANDS, groups),
            "child_ref": pseudonyms(rng, len(days), share=0.6, children=9_000),
            "how": how,
            "group": groups,
            "sent": (recorded.astype("datetime64[M]").astype(int) + 1970 * 12 - span.first_number),
        }
    ).iloc[order]
    frame.insert(0, "record_ref", [f"LH-{number:07d}" for number in range(1, len(frame) + 1)])
    return frame.reset_index(drop=True)


def _types(rng: np.random.Generator, group: Ints) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    names = np.array([*GROUPS, "radicalisation", "out_of_scope"])
    groups = names[group]
    types = pick(rng, HARM_TYPES | {"out_of_scope": OUT_OF_SCOPE, "radicalisation": {"radicalisation": 1.0}}, groups)
    return types, groups


def _by_source(groups: NDArray[np.str_], sources: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.where(np.char.startswith(sources, "police"), groups, "told")


def _weapons(rng: np.random.Generator, types: NDArray[np.str_]) -> NDArray[np.str_]:
    armed = np.isin(types, ("knife_crime", "weapon_possession", "robbery", "serious_youth_violence"))
    seen = armed & (rng.uniform(size=len(types)) < np.where(np.isin(types, ("robbery", "serious_youth_violence")), 0.35, 0.93))
    return np.where(seen, pick(rng, {"any": WEAPONS}, np.full(len(types), "any")), "")


def _categories(rng: np.random.Generator, town: Town, zones: list[Zone], zone: Ints, how: Ints) -> NDArray[np.str_]:
    own = np.array([town.concerns[one.place_id].place_category if one.place_id else "" for one in zones])[zone]
    other = pick(rng, {"any": PLACE_CATEGORIES}, np.full(len(zone), "any"))
    known = rng.uniform(size=len(zone)) < 0.85
    return np.where(known & (how != NOWHERE), np.where(own != "", own, other), "")
