"""Expected records of every zone x harm group x month.

Usual levels, season, term, drift, and what is planted.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipelines.demo.lines import stream
from pipelines.demo.planted import GROUPS, Change, Effect, Planted
from pipelines.demo.span import Span, first_of, school_share
from pipelines.demo.town import Town
from pipelines.demo.zones import Zone, ring_of

Cube = NDArray[np.float64]

RECORDS_A_MONTH = 635.0
GROUP_SHARE = np.array([0.19, 0.33, 0.11, 0.37])
SEASON_AMPLITUDE = np.array([0.12, 0.25, 0.18, 0.32])
TERM_EFFECT = np.array([0.05, 0.14, 0.10, 0.02])
DRIFT_SPREAD, DRIFT_MEMORY = 0.08, 0.7


@dataclass(frozen=True)
class Rates:
    """Cubes of zone x harm group x month (the last month is the current one, whole).

    mean       records expected to be made
    harm_mean  the same without what is only reporting: what truly happens, at the usual reporting
    phi        variance / mean of a month's count, zone x harm group
    """

    mean: Cube
    harm_mean: Cube
    phi: NDArray[np.float64]


def usual_levels(seed: int, zones: list[Zone]) -> NDArray[np.float64]:
    """Zone x harm group: beats differ log-uniformly (about eightfold), places of concern are far denser."""
    rng = stream(seed, "usual levels")
    cells = max(zone.before for zone in zones) + 1
    beat = np.exp(rng.uniform(np.log(0.35), np.log(2.6), cells))
    whole = np.bincount([zone.before for zone in zones], [zone.metres.area for zone in zones], minlength=cells)
    levels = np.empty((len(zones), len(GROUPS)))
    dense = {place_id: rng.uniform(0.45, 1.1) for place_id in sorted({zone.place_id for zone in zones})}
    area_of = {place_id: sum(z.metres.area for z in zones if z.place_id == place_id) for place_id in dense}
    for number, zone in enumerate(zones):
        if zone.place_id:
            size = dense[zone.place_id] * zone.metres.area / area_of[zone.place_id]
        else:
            size = beat[zone.before] * zone.metres.area / whole[zone.before]
        levels[number] = size * GROUP_SHARE * rng.lognormal(0, 0.35, len(GROUPS))
    return np.asarray(levels * RECORDS_A_MONTH * GROUP_SHARE / levels.sum(axis=0))


def _units(zones: list[Zone], town: Town, place_id: str) -> list[int]:
    """Zones a place of concern or an uncut beat consists of."""
    own = [number for number, zone in enumerate(zones) if zone.place_id == place_id]
    return own or [number for number, zone in enumerate(zones) if town.beat_ids[zone.before] == place_id]


def shared_pattern(seed: int, span: Span) -> Cube:
    """Harm group x month: season (high in summer), school terms, and a little drift of the whole city."""
    rng = stream(seed, "season")
    month = np.array([first_of(span.first_number + k).month for k in range(span.months + 1)])
    wave = np.cos(2 * np.pi * (month - 7.0) / 12)
    schools = school_share(span)
    season = np.exp(SEASON_AMPLITUDE[:, None] * wave + TERM_EFFECT[:, None] * (schools - 0.7))
    return np.asarray(season * np.exp(drift(rng, (len(GROUPS), span.months + 1), 0.03)))


def drift(rng: np.random.Generator, shape: tuple[int, ...], spread: float) -> Cube:
    """AR(1) on the log scale along the last axis, of standard deviation `spread`."""
    steps = rng.normal(0, spread * np.sqrt(1 - DRIFT_MEMORY**2), shape)
    walk = np.empty(shape)
    walk[..., 0] = rng.normal(0, spread, shape[:-1])
    for k in range(1, shape[-1]):
        walk[..., k] = DRIFT_MEMORY * walk[..., k - 1] + steps[..., k]
    return walk


def make_rates(seed: int, town: Town, zones: list[Zone], span: Span, planted: Planted) -> tuple[Rates, Planted]:
    """The cubes of a town, and the planted truths with the rings that took what was displaced filled in."""
    rng = stream(seed, "rates")
    levels = usual_levels(seed, zones)
    every = [
        *planted.rising,
        *planted.falling,
        *planted.new_activity,
        *planted.slow_trend,
        *planted.reporting_only,
    ]
    wanted = {(change.place_id, change.harm_group): change.usual_per_month for change in every}
    for effect in planted.effects:
        wanted |= {(effect.place_id, group): float(rng.uniform(7, 11)) for group in effect.harm_groups}
    planted_cells = np.zeros(levels.shape, dtype=bool)
    for (place_id, group), per_month in wanted.items():
        own, column = _units(zones, town, place_id), GROUPS.index(group)
        levels[own, column] *= per_month / levels[own, column].sum()
        planted_cells[own, column] = True
    _fill_up(levels, planted_cells)
    shape = (*levels.shape, span.months + 1)
    noise = np.exp(drift(rng, shape, DRIFT_SPREAD) - DRIFT_SPREAD**2 / 2)
    mean = levels[:, :, None] * shared_pattern(seed, span)[None] * noise
    for change in [*planted.rising, *planted.falling, *planted.slow_trend, *planted.new_activity]:
        _apply(mean, _units(zones, town, change.place_id), change, span)
    effects = [_apply_effect(mean, zones, town, effect, span) for effect in planted.effects]
    harm_mean = mean.copy()
    for change in planted.reporting_only:
        _apply(mean, _units(zones, town, change.place_id), change, span)
    for change in planted.recording_change:
        _apply(mean, list(range(len(zones))), change, span)
    phi = 1.02 + 2.98 * rng.beta(1.0, 4.0, levels.shape)
    # A planted change must be there to be found, so its month-to-month noise is kept moderate.
    phi = np.where(planted_cells, phi.clip(max=1.6), phi)
    return Rates(mean, harm_mean, phi), replace(planted, effects=effects)


def _fill_up(levels: NDArray[np.float64], planted_cells: NDArray[np.bool_]) -> None:
    """Scale everything that is not planted so that the city as a whole keeps its usual size."""
    rest = RECORDS_A_MONTH - levels[planted_cells].sum()
    levels[~planted_cells] *= rest / levels[~planted_cells].sum()


def _apply(mean: Cube, zones: list[int], change: Change, span: Span) -> None:
    group, start = GROUPS.index(change.harm_group), span.labels.index(change.from_month)
    if change.multiplier is None:
        mean[zones, group, start:] = change.then_per_month / len(zones)
        return
    factor = np.full(mean.shape[2] - start, change.multiplier)
    if change.gradual:
        factor = change.multiplier ** np.linspace(0, 1, len(factor))
    mean[zones, group, start:] *= factor


def _apply_effect(mean: Cube, zones: list[Zone], town: Town, effect: Effect, span: Span) -> Effect:
    own, start = _units(zones, town, effect.place_id), span.labels.index(effect.from_month)
    groups = [GROUPS.index(group) for group in effect.harm_groups]
    for group in groups:
        for label in effect.spike_months:
            mean[own, group, span.labels.index(label)] *= effect.spike_multiplier
        before = mean[own, group, start:].copy()
        mean[own, group, start:] *= effect.multiplier
        if effect.effect == "displaced":
            ring = ring_of(zones, effect.place_id)
            share = np.array([zones[k].metres.area for k in ring])
            share = share / share.sum()
            lost = (before - mean[own, group, start:]).sum(axis=0)
            mean[ring, group, start:] += share[:, None] * lost
            taken = {zones[k].zone_id: round(float(part), 4) for k, part in zip(ring, share, strict=True)}
            effect = replace(effect, ring=taken)
    return effect
