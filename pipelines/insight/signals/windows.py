"""Which periods are recent, which are the past they are held against, and which lie between."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[Any]

# Recent windows by the number of periods in a year: months, weeks, school terms.
WINDOWS = {12: (1, 3, 6), 52: (4, 13, 26), 3: (1, 2)}
BASELINE_YEARS = 3
LEAST_COLLECTED = 2 / 3


@dataclass(frozen=True)
class Frame:
    """The windows one place can be judged by.

    windows   lengths of the recent windows, in periods, shortest first; each ends with the newest period
    guard     periods before the newest that belong to no baseline: a change must not contaminate its own past
    baseline  periods before the guard, at most; least of them must be collected
    """

    windows: tuple[int, ...]
    guard: int
    baseline: int
    least: int

    def recent(self, table: Table, window: int) -> Table:
        """The last `window` periods of a table whose last axis is periods."""
        return table[..., table.shape[-1] - window :]

    def past(self, table: Table) -> Table:
        """The baseline periods of a table whose last axis is periods."""
        end = table.shape[-1] - self.guard
        return table[..., max(end - self.baseline, 0) : max(end, 0)]

    @property
    def shown(self) -> int:
        """The window whose count, ratio and expected range are shown: the middle one."""
        return self.windows[len(self.windows) // 2]


def frames(periods_per_year: int) -> list[Frame]:
    """The frames there are, the fullest first: while less than two years of baseline remain, the longest window goes.

    With the shortest window alone, one year will do. Raises ValueError for periods nobody counts by.
    """
    if periods_per_year not in WINDOWS:
        raise ValueError(f"periods_per_year is one of {', '.join(map(str, WINDOWS))}")
    windows, year = WINDOWS[periods_per_year], periods_per_year
    kept = [windows[: len(windows) - dropped] for dropped in range(len(windows))]
    return [Frame(one, max(one), BASELINE_YEARS * year, year if len(one) == 1 else 2 * year) for one in kept]


def year_frame(periods_per_year: int) -> list[Frame]:
    """The one frame of slow change: the last year against the three before it, of which two must be there."""
    frames(year := periods_per_year)
    return [Frame((year,), year, BASELINE_YEARS * year, 2 * year)]


def choose_frames(collected: NDArray[np.bool_], known: list[Frame]) -> NDArray[np.int64]:
    """For each place the first of the known frames it has past enough for; -1 for none.

    collected  [places, periods]: whether the count is known
    """
    chosen = np.full(len(collected), -1)
    for number in reversed(range(len(known))):
        chosen[known[number].past(collected).sum(axis=1) >= known[number].least] = number
    return chosen
