"""Made-up interventions whose truth is known: cities of beats as in `panels`, with one site, and what was done there.

Everything is drawn from the seed that is given. The last months of a panel are those after the start; nothing here knows
the method it will measure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks import panels
from benchmarks.panels import Counts

MONTHS, BEATS, RING = 60, 40, 5
WORKED, DISPLACED_SHARE, DIFFUSED = 0.6, 0.4, 0.8
CITY_FALL, WANDERING_SD, SEVERAL = 0.75, 0.03, 4
SPIKE_MONTHS, PAST_MONTHS = 3, 36

# Scenarios in which nothing was done at the site, and those in which it worked.
NOTHING = ("random", "spike", "city_fall", "drift", "small", "several")
SOMETHING = ("worked", "worked_spike", "worked_several", "displaced", "diffused")
WITH_RING = ("displaced", "diffused")


@dataclass(frozen=True)
class Site:
    """One intervention: counts [beats, months], and the same as released; which rows, from when; true rate ratios."""

    counts: Counts
    released: Counts
    treated: list[int]
    ring: list[int]
    start: int
    truth: float
    ring_truth: float
    net_truth: float


def means(rng: np.random.Generator, start: int, *, wandering: bool) -> tuple[Counts, Counts]:
    """Means of every beat and month by the law of `panels.beats`, no spikes from the start on, and each beat's dispersion.

    wandering  each beat drifts for itself too, a random walk of sd 0.03 a month on the log scale
    """
    base = np.exp(rng.uniform(np.log(panels.LEAST_A_MONTH), np.log(panels.MOST_A_MONTH), (BEATS, 1)))
    angle = 2 * np.pi * np.arange(MONTHS) / 12
    own = rng.normal(0, panels.OWN_SEASON_SD, (BEATS, 2)) @ np.stack([np.cos(angle), np.sin(angle)])
    season = panels.SEASON * np.cos(angle - rng.uniform(0, 2 * np.pi)) + own
    drift = panels._drift(rng, BEATS, MONTHS)
    if wandering:
        drift = drift + np.cumsum(rng.normal(0, WANDERING_SD, (BEATS, MONTHS)), axis=1)
    mean = base * np.exp(season + drift)
    spikes = rng.random(mean.shape) < panels.SPIKE_SHARE
    spikes[:, start:] = False
    mean[spikes] *= panels.SPIKE_TIMES
    most = panels.MOST_DISPERSION - 1
    return mean, 1 + most * rng.beta(1, most / (panels.MEAN_DISPERSION - 1) - 1, (BEATS, 1))


def site(seed: int, scenario: str, number: int, *, after: int = 12) -> Site:
    """One intervention of a scenario: the same seed and number make the same city whatever was done.

    random        a beat at random, nothing done            small      the smallest beat
    spike         the beat whose last quarter before the start was highest against its own 36 months before
    city_fall     every beat falls by a quarter             several    four beats at once
    drift         every beat wanders for itself
    worked        harm falls by four tenths at a random beat; worked_several, at four; worked_spike, at one chosen
                  by its spike
    displaced     two fifths of what was prevented moves to a ring of five beats; diffused, the ring falls by a fifth
    """
    rng = np.random.default_rng([seed, after, number])
    start = MONTHS - after
    mean, phi = means(rng, start, wandering=scenario == "drift")
    order = [int(one) for one in rng.permutation(BEATS)]
    if scenario.endswith("spike"):
        # Chosen by the counts before the start; those after are drawn anew, which changes nothing before.
        earlier = panels.draw(rng, mean[:, :start], phi)
        recent = earlier[:, -SPIKE_MONTHS:].mean(axis=1)
        usual = earlier[:, -SPIKE_MONTHS - PAST_MONTHS : -SPIKE_MONTHS].mean(axis=1)
        order.remove(chosen := int(((recent + 0.5) / (usual + 0.5)).argmax()))
        order.insert(0, chosen)
    elif scenario == "small":
        order.remove(smallest := int(mean.mean(axis=1).argmin()))
        order.insert(0, smallest)
    several = SEVERAL if scenario.endswith("several") else 1
    treated, ring = order[:several], order[several : several + RING]
    untouched = mean[:, start:].copy()
    _done(mean[:, start:], scenario, treated, ring)
    drawn = panels.draw(rng, mean[:, start:] if scenario.endswith("spike") else mean, phi)
    counts = np.hstack([earlier, drawn]) if scenario.endswith("spike") else drawn
    city = CITY_FALL if scenario == "city_fall" else 1.0
    truths = (mean[one, start:].sum() / untouched[one].sum() / city for one in (treated, ring, treated + ring))
    return Site(counts, panels.rounded(rng, counts), treated, ring if scenario in WITH_RING else [], start, *truths)


def _done(after: NDArray[np.float64], scenario: str, treated: list[int], ring: list[int]) -> None:
    """Change the means after the start, in place."""
    if scenario == "city_fall":
        after *= CITY_FALL
    if scenario in SOMETHING:
        lost = (1 - WORKED) * after[treated].sum(axis=0)
        after[treated] *= WORKED
        if scenario == "displaced":
            after[ring] *= 1 + DISPLACED_SHARE * lost / after[ring].sum(axis=0)
        elif scenario == "diffused":
            after[ring] *= DIFFUSED
