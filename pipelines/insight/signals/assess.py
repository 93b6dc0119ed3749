"""Is a place rising or falling? Its last few periods against its own past, after season and ordinary ups and downs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.signals.compare import (
    benjamini_hochberg,
    beta_binomial_mid_p,
    cauchy_combination,
    expected_range,
    rate_ratio,
)
from pipelines.insight.signals.held import Held, Question, Window, hold
from pipelines.insight.signals.windows import Frame

Table = NDArray[np.float64]
# NUMBERS by name and `up`, whether p is of the upper side: each by place.
Numbers = dict[str, NDArray[Any]]
NUMBERS = (
    "p", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "recent_count", "expected_count", "expected_low",
    "expected_high", "smallest_visible_ratio", "baseline_count", "recent_periods",
    "strongest_periods", "strongest_count", "strongest_low", "strongest_high",
)  # fmt: skip

Q_STRONG = 0.10
P_LIGHT = 0.05
STEADY = (0.67, 1.5)
MOST_VISIBLE = 4.0


def assess(
    counts: ArrayLike, *, periods_per_year: int = 12, exposure: ArrayLike | None = None,
    rounding_variance: ArrayLike = 0.0, relative: bool = False, reference: ArrayLike | None = None,
    reference_rounding: ArrayLike = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """Say of each place whether the last periods are higher or lower than its own past explains.

    The last 1, 3 and 6 months (4, 13 and 26 weeks; 1 and 2 terms) are held against up to three years before them by a
    beta-binomial mid-p test, after the season and slow trend of the city, with overdispersion estimated at the window's
    own length; the windows are combined (Cauchy), and the false discovery rate is controlled over the places given
    (Benjamini-Hochberg).

    counts             [places, periods] ending with the last complete period; NaN = not collected, which is no zero
    exposure           [periods] or [places, periods]: completeness, or days open; null = every period alike
    rounding_variance  a number, or [places, periods]: what rounding added to the variance of each count
    relative           against the rest of the city in place of its season: "faster than the rest of the city"
    reference          [other places, periods] of the whole city, of which the places given are part: they tell the season
                       and the usual scatter; null = the places given
    reference_rounding what rounding added to the variance of each count of the reference
    returns            one row per place: direction, up (the side p is of), p, q, rate_ratio and its 90% interval,
                       recent_count and expected_count with the range of nine in ten (all of the middle window),
                       smallest_visible_ratio (over it), baseline_count, recent_periods (how many of that window's
                       were collected); and of the window that stands out most on the side of p: strongest_periods,
                       strongest_count and the range it would usually lie in. NaN where nothing can be said

    Raises ValueError for another number of periods a year, or arrays that do not fit together.
    """
    return _told(answer([hold(
        counts, periods_per_year=periods_per_year, exposure=exposure, rounding_variance=rounding_variance,
        relative=relative, reference=reference, reference_rounding=reference_rounding,
    )])[0])  # fmt: skip


def assess_last_year(
    counts: ArrayLike, *, periods_per_year: int = 12, exposure: ArrayLike | None = None,
    rounding_variance: ArrayLike = 0.0, reference: ArrayLike | None = None, reference_rounding: ArrayLike = 0.0,
) -> pd.DataFrame:  # fmt: skip
    """Slow change: the last year against up to three years before it, by the same test. As `assess` otherwise.

    At least two years before are needed. The city's slow trend stays in: it is what is asked.
    """
    return _told(answer([hold(
        counts, periods_per_year=periods_per_year, exposure=exposure, rounding_variance=rounding_variance,
        reference=reference, reference_rounding=reference_rounding, last_year=True,
    )])[0])  # fmt: skip


def answer(questions: Sequence[Question]) -> list[Numbers]:
    """The numbers `assess` gives, for each question: all of them are reckoned together, which is many times as quick."""
    tables: list[Numbers] = [
        {name: np.full(one.places, np.nan) for name in NUMBERS} | {"up": np.zeros(one.places, dtype=bool)}
        for one in questions
    ]
    alike: dict[tuple[Frame, int], list[tuple[int, Held]]] = {}
    for number, one in enumerate(questions):
        for held in one.held:
            alike.setdefault((held.frame, held.step), []).append((number, held))
    for (frame, step), them in alike.items():
        numbers = _numbers(frame, [held for _, held in them], step)
        ends = np.cumsum([len(held.rows) for _, held in them])[:-1]
        for name, values in numbers.items():
            for (number, held), mine in zip(them, np.split(values, ends), strict=True):
                tables[number][name][held.rows] = mine
    return tables


def _told(table: Numbers) -> pd.DataFrame:
    """With the family's q values, and the words."""
    found = pd.DataFrame({**table, "q": benjamini_hochberg(table["p"])})
    return found.assign(direction=directions(found))[["direction", "up", "p", "q", *NUMBERS[1:]]]


def directions(found: pd.DataFrame) -> NDArray[np.object_]:
    """The word for each row, from p, q over the family shown together, and the intervals.

    found  one row per place and harm group tested: p, q, up, rate_ratio_low, rate_ratio_high, recent_count,
           smallest_visible_ratio, baseline_count
    """
    p, q, up = (found[name].to_numpy() for name in ("p", "q", "up"))
    steady = (found["rate_ratio_low"] >= STEADY[0]) & (found["rate_ratio_high"] <= STEADY[1])
    few = ~(found["smallest_visible_ratio"] <= MOST_VISIBLE)
    fresh = (found["baseline_count"] == 0) & (found["recent_count"] > 0)
    # In a family of one, q is p: a strong word is never said where a light one would not be.
    light = p <= P_LIGHT
    strong = (q <= Q_STRONG) & light
    return np.select(
        [np.isnan(p), fresh & light & up, strong & up, light & up, strong & ~up, light & ~up, few, steady],
        [
            "not_enough_history",
            "new_activity",
            "rising",
            "possible_rise",
            "falling",
            "possible_fall",
            "too_few_to_say",
            "steady",
        ],
        "no_clear_change",
    ).astype(object)


def _numbers(frame: Frame, held: list[Held], step: int) -> Numbers:
    """p of all windows together, and what is shown of the middle one, or of the longest that was collected.

    held  places of one frame and one step; returns arrays with the places of one after those of another
    """
    baseline, baseline_share = (np.concatenate([getattr(one, name) for one in held]) for name in ("baseline", "share"))
    found = {window: _joined([one.windows[window] for one in held]) for window in frame.windows}
    sides = [
        np.where(
            one.testable, beta_binomial_mid_p(one.recent, one.recent + baseline, one.part, one.scatter, step=step), np.nan
        )
        for one in found.values()
    ]
    ups, downs = np.swapaxes(sides, 0, 1)
    up, down = cauchy_combination(ups), cauchy_combination(downs)
    shown = found[frame.shown]
    for window in frame.windows[::-1]:
        shown = shown.filled_with(found[window])
    ratio, low, high = rate_ratio(shown.recent, baseline, shown.share, baseline_share, shown.at_seen, step=step)
    expected_low, expected_high = expected_range(shown.mean, shown.scatter, shown.part)
    _, most = expected_range(shown.mean, shown.scatter, shown.part, tail=P_LIGHT / 2)
    visible = np.divide(most + 1, shown.mean, out=np.full(len(most), np.inf), where=shown.mean > 0)
    is_up = up <= down
    numbers = {
        "p": np.minimum(1.0, 2 * np.minimum(up, down)), "rate_ratio": ratio, "rate_ratio_low": low,
        "rate_ratio_high": high, "recent_count": shown.recent, "expected_count": shown.mean,
        "expected_low": expected_low, "expected_high": expected_high, "smallest_visible_ratio": visible,
        "baseline_count": baseline, "recent_periods": shown.length,
        **_strongest(list(found.values()), np.where(is_up, ups, downs)),
    }  # fmt: skip
    return {name: np.where(shown.testable, values, np.nan) for name, values in numbers.items()} | {"up": is_up}


def _joined(windows: list[Window]) -> Window:
    """The places of many windows of one length, one after another."""
    return Window(*(np.concatenate([getattr(one, name) for one in windows]) for name in Window.__dataclass_fields__))


def _strongest(windows: list[Window], sides: Table) -> dict[str, Table]:
    """Of the window that stands out most on the side of p, its length, its count and the range it usually lies in.

    A place may rise over six months and be as usual over three: a word must stand beside the figures it is of.

    sides  [windows, places]: the mid-p of the side of p
    """
    best = np.where(np.isfinite(sides), sides, 2.0).argmin(axis=0)
    length, recent, mean, scatter, part = (
        np.choose(best, [getattr(one, name) for one in windows]) for name in ("length", "recent", "mean", "scatter", "part")
    )
    low, high = expected_range(mean, scatter, part)
    return {"strongest_periods": length, "strongest_count": recent, "strongest_low": low, "strongest_high": high}
