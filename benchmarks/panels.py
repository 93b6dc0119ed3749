"""Made-up counts whose truth is known: what every rule for a direction is held to in the same run.

Everything is drawn from the generator that is given, so the same seed makes the same counts. Columns are months, the
last one the newest complete month; nothing here knows the method it will measure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Flags = NDArray[np.bool_]
Change = tuple[float, int] | tuple[float, int, float]

LEAST_A_MONTH, MOST_A_MONTH = 0.5, 40.0
SEASON, OWN_SEASON_SD = 0.25, 0.08
MOST_DISPERSION, MEAN_DISPERSION = 4.0, 1.6
DRIFT_SD, DRIFT_KEPT = 0.10, 0.7
SPIKE_SHARE, SPIKE_TIMES = 0.01, 2.5
# The longest window that is tested; the guard kept out of every baseline is as long and ends with it.
MONTHS_WITHOUT_SPIKES = 6
CHANGED_SHARE = 0.10
WEEKS_A_MONTH = 52 / 12

ROUNDING_VARIANCE = 4 / 3  # the mean over remainders of r (3 - r), of a month that is not empty

# What happens to the changed beats: by how much, and for how many months.
CHANGES: dict[str, Change | None] = {
    "unchanged": None, "double_3": (2.0, 3), "double_6": (2.0, 6), "halved_6": (0.5, 6), "treble_3": (3.0, 3),
}  # fmt: skip

# Noufaily et al. (2013), Statistics in Medicine 32: theta, beta (a week), g1, g2, phi.
NOUFAILY = (
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)


def beats(
    rng: np.random.Generator, *, change: Change | None = None, months: int = 60, places: int = 40
) -> tuple[Counts, Flags]:
    """Monthly counts of the beats of one made-up city, and which of them really changed.

    Grain of the counts: one row per beat, one column per month. Mean of a beat and month:
    `base * exp(season + drift)`, base log-uniform on 0.5-40 a month. The season is a yearly wave of log amplitude 0.25
    shared by the city, its peak drawn anew for each city, and a wave of the beat's own whose cosine and sine
    coefficients are each normal with sd 0.08 (so that the beat's own part has sd 0.08 in every month). The drift is
    AR(1) with sd 0.10 and rho 0.7. A month in a hundred, none of the last 6, has 2.5 times its mean. Counts are
    negative binomial with variance phi * mean, phi = 1 + 3 * Beta(1, 4): 1-4, mean 1.6.

    change   (factor, months_long) or (factor, months_long, share): the means of the last `months_long` months of that
             share of beats (one in ten unless told) are multiplied by the factor
    returns  counts [places, months]; changed [places]
    """
    base = np.exp(rng.uniform(np.log(LEAST_A_MONTH), np.log(MOST_A_MONTH), (places, 1)))
    angle = 2 * np.pi * np.arange(months) / 12
    own = rng.normal(0, OWN_SEASON_SD, (places, 2))
    season = SEASON * np.cos(angle - rng.uniform(0, 2 * np.pi)) + own @ np.stack([np.cos(angle), np.sin(angle)])
    mean = base * np.exp(season + _drift(rng, places, months))
    spikes = rng.random((places, months)) < SPIKE_SHARE
    spikes[:, -MONTHS_WITHOUT_SPIKES:] = False
    mean[spikes] *= SPIKE_TIMES
    changed = np.zeros(places, dtype=bool)
    if change:
        factor, months_long, share = (*change, CHANGED_SHARE)[:3]
        changed[rng.permutation(places)[: max(1, round(share * places))]] = True
        mean[changed, -int(months_long) :] *= factor
    phi = 1 + (MOST_DISPERSION - 1) * rng.beta(1, (MOST_DISPERSION - 1) / (MEAN_DISPERSION - 1) - 1, (places, 1))
    return draw(rng, mean, phi), changed


def _drift(rng: np.random.Generator, places: int, months: int) -> Counts:
    """Slow wandering on the log scale, stationary from the first month on."""
    drift = rng.normal(0, DRIFT_SD, (places, months))
    fresh = np.sqrt(1 - DRIFT_KEPT**2)
    for month in range(1, months):
        drift[:, month] = DRIFT_KEPT * drift[:, month - 1] + fresh * drift[:, month]
    return drift


def draw(rng: np.random.Generator, mean: Counts, phi: Counts | float) -> Counts:
    """Counts with the given means and variance phi * mean: negative binomial, Poisson where phi is 1."""
    extra = np.broadcast_to(np.asarray(phi, dtype=float) - 1, mean.shape)
    spread = np.maximum(extra, 1e-9)
    rate = np.where(extra > 0, rng.gamma(mean / spread) * spread, mean)
    return rng.poisson(rate).astype(float)


def rounded(rng: np.random.Generator, counts: Counts, base: int = 3) -> Counts:
    """Counts as they are released: each rounded to a multiple of `base` at random, so that the mean stays what it was.

    The law of `pipelines.gate.rounding`, with a draw in place of the key: up with probability (x mod base) / base.
    """
    below, remainder = np.divmod(counts, base)
    return np.asarray(base * (below + (rng.random(counts.shape) < remainder / base)))


def of_cells(
    rng: np.random.Generator, counts: Counts, *, areas: int = 2, groups: int = 6, base: int = 3
) -> tuple[Counts, Counts]:
    """Counts of places that are each the sum of `areas * groups` cells, every cell rounded before it is summed.

    Each record of a place falls in a cell by shares drawn once for the place, evenly over all possible shares, so some
    cells are nearly always empty.

    returns  the sums [places, months], and how many of the released cells behind each are not zero
    """
    cells = areas * groups
    shares = rng.dirichlet(np.ones(cells), (len(counts), 1))
    released = rounded(rng, rng.multinomial(counts.astype(np.int64), shares).astype(float), base)
    return released.sum(axis=-1), (released > 0).sum(axis=-1).astype(float)


def noufaily(rng: np.random.Generator, scenario: int, trend: bool, m: int, *, months: int = 60, places: int = 500) -> Counts:
    """Many series of one of the scenarios of Noufaily et al. (2013), in months; none of them holds an outbreak.

    Weekly mean exp{theta + beta t + sum_{j=1..m} [g1 cos(2 pi j t / 52) + g2 sin(2 pi j t / 52)]}, variance
    phi * mean; a month is 52/12 weeks, t in weeks from the first month. Without a trend beta is 0.

    scenario  0-6, the line of `NOUFAILY`;  m  how many yearly waves, 0-2
    returns   counts [places, months], one row per replicate
    """
    theta, beta, cosine, sine, phi = NOUFAILY[scenario]
    weeks = np.arange(months) * WEEKS_A_MONTH
    log_mean = theta + beta * weeks * trend
    for wave in range(1, m + 1):
        angle = 2 * np.pi * wave * weeks / 52
        log_mean = log_mean + cosine * np.cos(angle) + sine * np.sin(angle)
    return draw(rng, np.tile(np.exp(log_mean) * WEEKS_A_MONTH, (places, 1)), phi)


@dataclass(frozen=True)
class Cities:
    """Cities of one kind: counts [cities, places, months], changed [cities, places], and what variance rounding added."""

    counts: Counts
    changed: Flags
    rounding: Counts | float = 0.0


def cities(seed: int, change: str, number: int, *, places: int = 40, released: str = "exact") -> Cities:
    """As many cities as asked, with one kind of change; released `exact`, `rounded` or as sums `of_cells`.

    The same city has the same counts however they are released.
    """
    counts, changed, rounding = [], [], []
    for city in range(number):
        rng = np.random.default_rng([seed, list(CHANGES).index(change), places, city])
        made, which = beats(rng, change=CHANGES[change], places=places)
        variance = np.zeros_like(made)
        if released == "rounded":
            made, variance = rounded(rng, made), np.full_like(made, ROUNDING_VARIANCE)
        elif released == "of_cells":
            made, cells = of_cells(rng, made)
            variance = ROUNDING_VARIANCE * cells
        counts.append(made)
        changed.append(which)
        rounding.append(variance)
    return Cities(np.stack(counts), np.stack(changed), np.stack(rounding))


def all_changes(seed: int, number: int, released: str) -> dict[str, Cities]:
    """As many cities as asked with each kind of change, and with none."""
    return {change: cities(seed, change, number, released=released) for change in CHANGES}
