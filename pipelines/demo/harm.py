"""Incident records: what was written down of what happened, with all the ways real records differ."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.demo.lines import stream
from pipelines.demo.mixes import (
    AGE_BANDS,
    CERTAINTY,
    DEGREES_SOURCES,
    HARM_TYPES,
    OUT_OF_SCOPE,
    PLACE_CATEGORIES,
    PROACTIVE,
    SOURCES,
    WEAPONS,
    WEEKDAYS,
    pick,
    pseudonyms,
)
from pipelines.demo.planted import GROUPS, Planted
from pipelines.demo.points import BEAT_ONLY, NOWHERE, Days, Drawn, Ints, place_points, write_points
from pipelines.demo.rates import Rates
from pipelines.demo.span import CURRENT_LAST, Span
from pipelines.demo.town import Town
from pipelines.demo.zones import Zone

COLUMNS = (
    "record_ref", "occurred_from", "occurred_to", "recorded_on", "harm_type", "easting_m", "northing_m",
    "lon", "lat", "beat_code", "place_category", "weapon_type", "record_source", "certainty", "proactive",
    "age_band", "child_ref",
)  # fmt: skip


def draw_events(seed: int, rates: Rates) -> Drawn:
    """Gamma-Poisson counts (variance phi x mean) of what happens, Poisson counts of extra reporting.

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


def date_ranges(rng: np.random.Generator, days: Days, first: np.datetime64) -> tuple[Days, Days, NDArray[np.bool_]]:
    """(first day, last day, is a range): a quarter are known only to 2 to 11 days round the true one."""
    ranged = rng.uniform(size=len(days)) < 0.25
    length = np.where(ranged, rng.choice([1, 2, 3, 4, 5, 7, 10], len(days), p=[0.32, 0.25, 0.14, 0.1, 0.07, 0.07, 0.05]), 0)
    before = np.floor(rng.uniform(size=len(days)) * (length + 1)).astype(int)
    start = np.maximum(days - before, first)
    return start, start + length, ranged


def lags(rng: np.random.Generator, sources: NDArray[np.str_]) -> Ints:
    """Days from the event to the record: police soonest, interviews and health later, a long tail."""
    middle = np.where(np.char.startswith(sources, "police"), 1.6, 4.5)
    slow = rng.uniform(size=len(sources)) < 0.05
    return np.floor(
        middle * rng.lognormal(0, 0.9, len(sources)) + np.where(slow, rng.uniform(14, 55, len(sources)), 0)
    ).astype(int)


def make_incidents(seed: int, town: Town, zones: list[Zone], rates: Rates, span: Span, planted: Planted) -> pd.DataFrame:
    """Every incident recorded by as_at, as text, with three columns more that never leave this package.

    grain: one row per event; `how` (see above), `group` (harm group, out_of_scope, radicalisation), `sent`
    (index of the month it was recorded in, so of the delivery that carries it).
    """
    rng = stream(seed, "incidents")
    drawn = draw_events(seed, rates)
    points, how = place_points(seed, town, zones, drawn)
    types, groups = _types(rng, drawn.group)
    louder = drawn.extra & (groups == "exploitation") & bool(planted.reporting_only)
    sources = pick(rng, SOURCES, groups)
    sources[louder] = "police_intelligence"
    proactive = pick(rng, PROACTIVE, _by_source(groups, sources))
    proactive[louder] = "yes"
    start, written, recorded = _days(rng, span, drawn, sources)
    frame = pd.DataFrame(
        {
            **written,
            "harm_type": types,
            **write_points(rng, points, how, np.isin(sources, DEGREES_SOURCES)),
            "beat_code": np.where(how == BEAT_ONLY, beats_on(town, zones, drawn.zone, start), ""),
            "place_category": _categories(rng, town, zones, drawn.zone, how),
            "weapon_type": _weapons(rng, types),
            "record_source": sources,
            "certainty": pick(rng, CERTAINTY, sources),
            "proactive": proactive,
            "age_band": pick(rng, AGE_BANDS, groups),
            "child_ref": _children(rng, drawn),
            "how": how,
            "group": groups,
            "sent": recorded.astype("datetime64[M]").astype(int) + 1970 * 12 - span.first_number,
        }
    )
    order = np.lexsort([rng.uniform(size=len(recorded)), recorded])
    frame = frame.iloc[order[recorded[order] <= np.datetime64(CURRENT_LAST)]]
    frame.insert(0, "record_ref", [f"LH-{number:07d}" for number in range(1, len(frame) + 1)])
    return frame.reset_index(drop=True)


def _days(
    rng: np.random.Generator, span: Span, drawn: Drawn, sources: NDArray[np.str_]
) -> tuple[Days, dict[str, NDArray[np.str_]], Days]:
    """(first possible day, the three date columns as text, day recorded)."""
    days = event_days(rng, span, drawn.group, drawn.month)
    start, end, ranged = date_ranges(rng, days, np.datetime64(span.first_day))
    recorded = end + lags(rng, sources)
    written = {
        "occurred_from": np.datetime_as_string(start),
        "occurred_to": np.where(ranged, np.datetime_as_string(end), ""),
        "recorded_on": np.datetime_as_string(recorded),
    }
    return start, written, recorded


def beats_on(town: Town, zones: list[Zone], zone: Ints, start: Days) -> NDArray[np.str_]:
    """The beat_id of each event by the edition in force on its first day."""
    ids = np.array(town.beat_ids)
    before, after = (ids[[getattr(one, when) for one in zones]][zone] for when in ("before", "after"))
    if not town.recut:
        return before
    return np.where(start >= np.datetime64(town.recut.on), after, before)


def _children(rng: np.random.Generator, drawn: Drawn) -> NDArray[np.str_]:
    """References for 60% of events; now and then one child stands twice in a place, harm group and month."""
    children = pseudonyms(rng, len(drawn.zone), share=0.6, children=9_000)
    order = np.lexsort([drawn.month, drawn.group, drawn.zone])
    cell = np.column_stack([drawn.zone, drawn.group, drawn.month])[order]
    together = np.all(cell[1:] == cell[:-1], axis=1) & (rng.uniform(size=len(order) - 1) < 0.05)
    again = children.copy()
    again[order[1:][together]] = children[order[:-1][together]]
    return again


def _types(rng: np.random.Generator, group: Ints) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    names = np.array([*GROUPS, "radicalisation", "out_of_scope"])
    groups = names[group]
    types = pick(rng, HARM_TYPES | {"out_of_scope": OUT_OF_SCOPE, "radicalisation": {"radicalisation": 1.0}}, groups)
    return types, groups


def _by_source(groups: NDArray[np.str_], sources: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.where(np.char.startswith(sources, "police"), groups, "told")


def _weapons(rng: np.random.Generator, types: NDArray[np.str_]) -> NDArray[np.str_]:
    armed = np.isin(types, ("knife_crime", "weapon_possession", "robbery", "serious_youth_violence"))
    seen = armed & (
        rng.uniform(size=len(types)) < np.where(np.isin(types, ("robbery", "serious_youth_violence")), 0.35, 0.93)
    )
    return np.where(seen, pick(rng, {"any": WEAPONS}, np.full(len(types), "any")), "")


def _categories(rng: np.random.Generator, town: Town, zones: list[Zone], zone: Ints, how: Ints) -> NDArray[np.str_]:
    own = np.array([town.concerns[one.place_id].place_category if one.place_id else "" for one in zones])[zone]
    other = pick(rng, {"any": PLACE_CATEGORIES}, np.full(len(zone), "any"))
    known = rng.uniform(size=len(zone)) < 0.85
    return np.where(known & (how != NOWHERE), np.where(own != "", own, other), "")
