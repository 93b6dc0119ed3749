"""What a chart shows: expected against actual, period by period and added up since the start; and the years before."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.impact.given import Compared, Given, compare, given_of
from pipelines.insight.impact.interval import bounds
from pipelines.insight.impact.scatter import Side
from pipelines.insight.signals.compare import expected_range
from pipelines.insight.signals.season import fit_counts

Table = NDArray[np.float64]

TAIL = 0.025
Z = 1.96
AFTER = "after"
COLUMNS = (
    "period", "phase", "used", "actual", "expected", "expected_low", "expected_high", "prevented", "prevented_low",
    "prevented_high",
)  # fmt: skip


def series(counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, start: int, **options: Any) -> pd.DataFrame:
    """Expected and actual counts of the treated places, one row per period up to the last one judged.

    Expected is T0 / C0 of what the places compared with counted in that period; the range is what 95% of single periods
    fall in when nothing changed (negative binomial, the usual scatter of single periods). Prevented is added up since the
    start, expected less actual, with the 95% interval of `estimate` over the time so far: the last row is the estimate's.

    counts, treated, ring, start, options  as for `estimate`
    returns  period, phase (earlier, before, guard, after), used (part of before or after, and no blank), actual,
             expected, expected_low, expected_high (NaN in a blank), prevented, prevented_low, prevented_high (NaN before
             the start). No rows in a refusal

    Raises ValueError as `estimate`.
    """
    given = given_of(counts, treated=treated, ring=ring, start=start, **options)
    layout, panel = given.layout, given.panel
    if layout.reason:
        return pd.DataFrame(columns=list(COLUMNS))
    compared, area = compare(given), given.parts(given.treated)
    periods = np.arange(int(layout.after[-1]) + 1)
    rows = np.concatenate([given.treated, layout.controls])
    known = panel.collected[np.ix_(rows, periods)].all(axis=0)
    actual = np.where(known, panel.counts[np.ix_(given.treated, periods)].sum(axis=0), np.nan)
    rate = float(area.before[0]) / max(float(compared.past.sum()), 1e-9)
    expected = np.where(known, rate * panel.counts[np.ix_(layout.controls, periods)].sum(axis=0), np.nan)
    low, high = _of_single_periods(given, compared, area, expected)
    phase = np.select(
        [periods >= start, periods > layout.before[-1], periods >= layout.before[0]], [AFTER, "guard", "before"], "earlier"
    )
    table = pd.DataFrame(index=periods, columns=list(COLUMNS), dtype=float).assign(
        period=periods, phase=phase, used=np.isin(periods, np.concatenate([layout.before, layout.after])), actual=actual,
        expected=expected, expected_low=low, expected_high=high,
    )  # fmt: skip
    added = _added_up(given, compared, area, actual[layout.after], expected[layout.after])
    for name, one in zip(COLUMNS[-3:], added, strict=True):
        table.loc[layout.after, name] = one
        table[name] = table[name].ffill()
    return table


def _of_single_periods(given: Given, compared: Compared, area: Side, expected: Table) -> tuple[Table, Table]:
    """The range of single periods, NaN where nothing is expected because nothing is known."""
    mean = np.nan_to_num(expected)
    ratio = compared.scatter.own_ratio(area, compared.past)
    rounding = given.panel.rounding[given.treated].sum(axis=0)[: len(mean)]
    phi = np.maximum(1.0, ratio * compared.scatter.single.at(mean * area.concentrated))
    low, high = expected_range(mean, phi + rounding / np.maximum(mean, 1e-9), np.zeros_like(mean), tail=TAIL)
    return np.where(np.isfinite(expected), low, np.nan), np.where(np.isfinite(expected), high, np.nan)


def _added_up(given: Given, compared: Compared, area: Side, actual: Table, expected: Table) -> tuple[Table, Table, Table]:
    """Prevented since the start, and its interval, after each period used."""
    seen, due = actual.cumsum(), expected.cumsum()
    every = np.ones(len(seen))
    rounded = given.panel.rounding[np.ix_(given.treated, given.layout.after)].sum(axis=0).cumsum()
    so_far = replace(
        area, before=area.before * every, after=seen, concentrated=area.concentrated * every,
        rounded=(area.rounded[0] * every, rounded),
    )  # fmt: skip
    spread = partial(compared.scatter.of, so_far, compared.scatter.own_ratio(area, compared.past) * every)
    if not (area.before[0] > 0 and due[0] > 0):
        return due - seen, np.nan * every, np.nan * every
    low, high = bounds(so_far.before, seen, due / so_far.before, spread, step=given.step)
    return due - seen, due * (1 - high), due * (1 - low)


@dataclass(frozen=True)
class Trend:
    """Change a year of the treated places against those compared with, before the guard: 1 = alike; 95% interval."""

    ratio: float
    low: float
    high: float

    @property
    def alike(self) -> bool:
        """Whether nothing speaks against having gone the same way."""
        return self.low <= 1 <= self.high


def pre_trend(counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, start: int, **options: Any) -> Trend | None:
    """Whether the treated places went as those compared with before anything was done; null in a refusal, or too few.

    Quasi-Poisson log-linear model of the count of each period on time, with what the others counted as its exposure
    (McCullagh and Nelder, 1989, ch. 9). Places alike before are no proof that they would have stayed so.
    """
    given = given_of(counts, treated=treated, ring=ring, start=start, **options)
    if given.layout.reason:
        return None
    before = given.layout.before
    own, others = (given.panel.counts[np.ix_(one, before)].sum(axis=0) for one in (given.treated, given.layout.controls))
    used = others > 0
    time = (before - before.mean()) / (4 * given.quarter)
    design = np.column_stack([np.ones(len(before)), time])[used]
    fitted = fit_counts(own[used], design, others[used]) if own[used].sum() > 0 else None
    if fitted is None:
        return None
    slope, error = float(fitted[0][1]), float(np.sqrt(fitted[1][1, 1]))
    return Trend(*(float(np.exp(slope + side * Z * error)) for side in (0, -1, 1)))
