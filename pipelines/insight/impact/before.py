"""Before it starts: what could be seen, what would make it visible, and with which places to compare."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import nbinom

from pipelines.insight.impact.given import panel_of, rows_of
from pipelines.insight.impact.interval import most_told
from pipelines.insight.impact.scatter import Side, scatter_before, side_of
from pipelines.insight.impact.windows import LEAST_COMPARED, LEAST_PAST_YEARS, PAST_YEARS, Rows
from pipelines.insight.signals.city import step_of
from pipelines.insight.signals.season import fit_counts

Table = NDArray[np.float64]

# The headline is the weaker of two claims, and the scatter itself is estimated: worked out for 80%, it told 72-77%.
WORKED_OUT = 0.85
HOPED = 0.40  # the reduction that suggestions aim at
LENGTHS = (6, 12, 18, 24, 36)
MOST_POOLED = 12
ALIKE_Z, ALIKE_LEVEL = 2.0, 4.0
SUGGESTED = 20


@dataclass(frozen=True)
class Detectable:
    """What could be seen. Shares of 1, NaN where not even a fall to nothing would be.

    reduction  the smallest true reduction that is told in 80 of 100 such interventions
    expected   incidents expected while it runs, if nothing changes; told_at, the most that would still be told
    months     as asked; reason, code of why nothing can be said (too_short_a_history, too_few_comparison_places)
    """

    months: int
    reduction: float = float("nan")
    expected: float = float("nan")
    told_at: float = float("nan")
    reason: str | None = None


@dataclass(frozen=True)
class Suggestion:
    """One way to see a reduction of `HOPED`: with which other rows, for how many months; what could then be seen."""

    add: tuple[int, ...]
    months: int
    reduction: float


def detectable(
    counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, months: int, rounding_variance: ArrayLike = 0.0,
    controls: ArrayLike | None = None, periods_per_year: int = 12,
) -> Detectable:  # fmt: skip
    """The smallest reduction that would be seen with 80% power if an intervention ran `months` periods from now on.

    The count after T1 is told as a reduction up to a limit (beta-binomial mid-p of 2.5%, as in `estimate`). Were the true
    ratio RR, T1 would be negative binomial with mean RR E and variance phi RR E (1 + RR E / T0); the reduction is 1 - RR
    with P(T1 <= limit) = 85%: the headline, the weaker of two claims, then tells it in about 80 of 100 (measured: 77-82).
    The past is the last three years; the scatter, that of the places compared with in it. Periods that are a blank in any
    of the rows are left out.

    counts   [places, periods] up to now; NaN = not collected. The other arguments as for `estimate`
    months   how many periods it would run

    Raises ValueError for rows that are not there, no treated place, or fewer than one period.
    """
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    rows, around = rows_of(treated, len(table)), rows_of(ring, len(table))
    if not len(rows) or months < 1:
        raise ValueError("name at least one treated place, and at least one period")
    others = np.setdiff1d(np.arange(len(table)) if controls is None else rows_of(controls, len(table)), np.r_[rows, around])
    return _detectable(table, rows, others, months, rounding_variance, periods_per_year)


def _detectable(
    table: Table, rows: Rows, others: Rows, months: int, rounding_variance: ArrayLike, periods_per_year: int
) -> Detectable:
    if len(others) < LEAST_COMPARED:
        return Detectable(months, reason="too_few_comparison_places")
    panel = panel_of(table, rounding_variance)
    used = np.arange(table.shape[1])[-PAST_YEARS * periods_per_year :]
    used = used[panel.collected[np.ix_(np.concatenate([rows, others]), used)].all(axis=0)]
    if len(used) < LEAST_PAST_YEARS * periods_per_year:
        return Detectable(months, reason="too_short_a_history")
    counts, rounding = panel.counts[:, used], panel.rounding[:, used]
    nothing = np.zeros((len(table), 1))
    controls = side_of(counts, nothing, rounding, nothing, [np.array([one]) for one in others])
    area = side_of(counts, nothing, rounding, months * rounding.mean(axis=1, keepdims=True), [rows])
    past = controls.past.sum(axis=0)
    scatter = scatter_before(controls, past - controls.past, months)
    ratio, odds = scatter.own_ratio(area, past), np.array([months / len(used)])
    expected = area.before * odds

    def spread(total: Table, share: Table) -> Table:
        return scatter.of(area, ratio, total, share)

    limit = most_told(area.before, expected, odds, spread, step=step_of(panel))
    if limit[0] < 0:
        return Detectable(months, expected=float(expected[0]))
    phi = float(spread(area.before + expected, odds / (1 + odds))[0])
    found = _seen_four_times_in_five(float(expected[0]), float(limit[0]), phi, area)
    return Detectable(months, found, float(expected[0]), float(limit[0]))


def _seen_four_times_in_five(expected: float, limit: float, phi: float, area: Side) -> float:
    """1 less the ratio at which the count is within the limit with 80%; NaN where even next to nothing is not."""
    ratios = np.linspace(0.005, 1.0, 200)
    mean = ratios * expected
    scatter = phi * (1 + mean / area.before[0])
    size, chance = mean / np.maximum(scatter - 1, 1e-6), 1 / np.maximum(scatter, 1 + 1e-6)
    seen = nbinom.cdf(limit, size, chance) >= WORKED_OUT
    return float(1 - ratios[seen].max()) if seen.any() else float("nan")


def suggest(
    counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, months: int, candidates: Sequence[int] = (),
    hoped: float = HOPED, rounding_variance: ArrayLike = 0.0, periods_per_year: int = 12,
) -> list[Suggestion]:  # fmt: skip
    """What would make a reduction of `hoped` visible: run longer, or do the same in more places at once.

    candidates  rows in which the same could be done, the ring's among them if so; the busiest are taken first, as few as
                will do
    returns     at most two: the shortest longer run of the same places, and the fewest more places for `months`; empty
                where it is visible as planned, or nothing helps
    """
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    rows, around = rows_of(treated, len(table)), rows_of(ring, len(table))

    def found(added: list[int], length: int) -> Suggestion:
        both = np.union1d(rows, np.array(added, dtype=np.int64))
        left = np.setdiff1d(around, both)
        told = detectable(table, treated=both, ring=left, months=length, rounding_variance=rounding_variance,
                          periods_per_year=periods_per_year)  # fmt: skip
        return Suggestion(tuple(added), length, told.reduction)

    if found([], months).reduction <= hoped:
        return []
    longer = (found([], length) for length in LENGTHS if length > months)
    by_level = np.nan_to_num(table[:, -PAST_YEARS * periods_per_year :]).sum(axis=1)
    busiest = sorted(set(candidates) - set(rows.tolist()), key=lambda row: (-by_level[row], row))[:MOST_POOLED]
    more = (found(busiest[: number + 1], months) for number in range(len(busiest)))
    ways = (next((one for one in each if one.reduction <= hoped), None) for each in (longer, more))
    return [one for one in ways if one]


def comparison_places(
    counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, touching: ArrayLike, periods_per_year: int = 12
) -> pd.DataFrame:
    """Places to compare with: of a similar level and trend, and not touching. The user may choose others.

    Level is the count of a place in the last three years over the mean of the treated ones; trend, its change a year over
    theirs (quasi-Poisson, each against all places), with z. Suggested are those whose trend does not differ clearly
    (|z| <= 2), at a level within four times, the nearest in level first, up to 20; where fewer than 8 are, the nearest
    whatever their level. `estimate` sees most with all places outside the ring: a choice is for those that are unlike.

    touching  rows that touch the treated places or their ring: harm may move there too
    returns   one row per place that is neither treated, ring nor touching: row, level, trend, z, suggested; the
              suggested first, nearest in level first
    """
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    rows, around, near = (rows_of(one, len(table)) for one in (treated, ring, touching))
    past = table[:, -PAST_YEARS * periods_per_year :]
    others = np.setdiff1d(np.arange(len(table)), np.concatenate([rows, around, near]))
    level = np.nanmean(past, axis=1) if past.size else np.zeros(len(table))
    city = np.nansum(past, axis=0)
    own_slope, own_variance = _slope(np.nansum(past[rows], axis=0), city, periods_per_year)
    found = []
    for row in others:
        slope, variance = _slope(np.nan_to_num(past[row]), city, periods_per_year)
        z = (slope - own_slope) / np.sqrt(variance + own_variance)
        share = level[row] / level[rows].mean() if level[rows].mean() > 0 else float("nan")
        found.append((int(row), float(share), float(np.exp(slope - own_slope)), float(z)))
    told = pd.DataFrame(found, columns=["row", "level", "trend", "z"])
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(np.log(told["level"].to_numpy(dtype=float)))
    alike = (np.abs(told["z"]) <= ALIKE_Z) & np.isfinite(away)
    close = alike & (away <= np.log(ALIKE_LEVEL))
    pool = close if close.sum() >= LEAST_COMPARED else alike
    most = SUGGESTED if close.sum() >= LEAST_COMPARED else LEAST_COMPARED
    order = np.lexsort((told["row"], away, ~pool))
    told = told.assign(suggested=pool).iloc[order].reset_index(drop=True)
    return told.assign(suggested=told["suggested"] & (told.index < most))


def _slope(counts: Table, city: Table, periods_per_year: int) -> tuple[float, float]:
    """Log change a year against the city, and its variance; 0, and one that hides everything, where none can be told."""
    used = city > 0
    time = (np.arange(len(city)) - len(city) / 2) / periods_per_year
    fitted = None
    if counts[used].sum() > 0:
        fitted = fit_counts(counts[used], np.column_stack([np.ones(len(city)), time])[used], city[used])
    return (float(fitted[0][1]), float(fitted[1][1, 1])) if fitted else (0.0, float("inf"))
