"""What is asked of a panel, checked, and the places it is compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.impact.scatter import Scatter, Side, scatter_of, side_of
from pipelines.insight.impact.windows import Layout, Rows, Span, lay_out
from pipelines.insight.signals.city import Panel, step_of

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Given:
    """What is asked: the panel without its blanks, which rows are meant, and which periods.

    start, guard  as asked; quarter, how many periods make one; step, what rounded counts are multiples of
    """

    panel: Panel
    treated: Rows
    layout: Layout
    start: int
    guard: int
    quarter: int
    step: int

    def parts(self, *areas: Rows) -> Side:
        """Counts of some areas before and after."""
        counts, rounding = self.panel.counts, self.panel.rounding
        before, after = self.layout.before, self.layout.after
        return side_of(counts[:, before], counts[:, after], rounding[:, before], rounding[:, after], list(areas))


def given_of(
    counts: ArrayLike, *, treated: ArrayLike, ring: ArrayLike, start: int, guard: int = 3,
    rounding_variance: ArrayLike = 0.0, controls: ArrayLike | None = None, until: int | None = None,
    others: Sequence[Span] = (), periods_per_year: int = 12,
) -> Given:  # fmt: skip
    """Check what is asked and choose periods and places; a refusal is in the layout's reason.

    Arguments as for `estimate`, which says when it raises ValueError.
    """
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    end = table.shape[1] if until is None else until
    rows, around = rows_of(treated, len(table)), rows_of(ring, len(table))
    if not len(rows) or np.isin(rows, around).any():
        raise ValueError("name at least one treated place, and none that is in its own ring")
    if not 0 <= start <= end <= table.shape[1] or guard < 0:
        raise ValueError("start, until and guard are numbers of periods the counts cover")
    collected = np.isfinite(table)
    layout = lay_out(
        collected, rows, around, None if controls is None else rows_of(controls, len(table)), start=start, until=end,
        guard=guard, others=others, periods_per_year=periods_per_year,
    )  # fmt: skip
    panel = panel_of(table, rounding_variance)
    return Given(panel, rows, layout, start, guard, periods_per_year // 4, step_of(panel))


def panel_of(table: Table, rounding_variance: ArrayLike) -> Panel:
    """Counts and what rounding added to their variance, 0 where not collected."""
    collected = np.isfinite(table)
    rounding = np.where(collected, np.broadcast_to(np.asarray(rounding_variance, dtype=float), table.shape), 0.0)
    return Panel(np.where(collected, table, 0.0), collected.astype(float), rounding, collected)


def rows_of(given: ArrayLike, places: int) -> Rows:
    """Row numbers, each once, in order. Raises ValueError for one that is not there."""
    rows = np.unique(np.atleast_1d(np.asarray(given, dtype=np.int64)))
    if len(rows) and not 0 <= rows[0] <= rows[-1] < places:
        raise ValueError("rows are numbers of places the counts cover")
    return rows


@dataclass(frozen=True)
class Compared:
    """The places compared with, each beside all the others, and how they scatter.

    past, after       their sums: [periods before], and one number
    rest, rest_after  of each place, the sums of all the others: [places, periods before], [places]
    """

    controls: Side
    past: Table
    after: float
    rest: Table
    rest_after: Table
    scatter: Scatter

    @property
    def odds(self) -> float:
        """C1 / C0: incidents after for each before. 0 where nothing was counted."""
        before = float(self.past.sum())
        return self.after / before if before > 0 else 0.0


def compare(given: Given) -> Compared:
    """Set the places compared with beside one another."""
    layout = given.layout
    controls = given.parts(*(np.array([row]) for row in layout.controls))
    past, after = controls.past.sum(axis=0), controls.after.sum()
    rest, rest_after = past - controls.past, after - controls.after
    scatter = scatter_of(controls, rest, rest_after, len(layout.after))
    return Compared(controls, past, float(after), rest, rest_after, scatter)
