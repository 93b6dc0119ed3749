"""Which periods lie before and after, which places are compared with, and why sometimes nothing can be said."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]

PAST_YEARS, LEAST_PAST_YEARS = 3, 2
LEAST_COMPARED = 8
# A quarter of a year. With fewer periods the statistic still holds but hardly ever sees anything, and a page would only
# seem to judge: of reductions by four tenths 12% are told after one month, 25% after three, 58% after twelve.
LEAST_AFTER_SHARE = 1 / 4
# A period that is blank in more of the places compared with is left out; a place blank in any other is no comparison.
MOST_BLANK_SHARE = 0.10

REFUSALS = (
    "overlapping", "starts_in_missing_months", "too_short_a_history", "ongoing_too_early", "too_few_comparison_places",
)  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Another intervention: where, and from which period to before which (null: it goes on)."""

    rows: tuple[int, ...]
    start: int
    end: int | None = None

    def changes_within(self, first: int, last: int) -> bool:
        """Whether it began or ended between two periods: one that runs all through changes nothing."""
        return first < self.start < last or (self.end is not None and first < self.end < last)

    def meets(self, first: int, last: int) -> bool:
        """Whether it was going on at any time between two periods."""
        return self.start < last and (self.end is None or self.end > first)


@dataclass(frozen=True)
class Layout:
    """Period numbers before and after that are collected everywhere they must be, and rows compared with.

    ring    empty where there is none, or where its own blanks would leave too little
    reason  code of a refusal, null where there is none; overlaps, which of the others cannot be told apart
    """

    before: Rows
    after: Rows
    controls: Rows
    ring: Rows
    reason: str | None
    overlaps: tuple[int, ...]


def lay_out(
    collected: Flags, treated: Rows, ring: Rows, controls: Rows | None, *, start: int, until: int, guard: int,
    others: Sequence[Span], periods_per_year: int,
) -> Layout:  # fmt: skip
    """Choose periods and places, or say why there are too few.

    collected  [places, periods]: whether a count is known
    """
    first = max(start - guard - PAST_YEARS * periods_per_year, 0)
    overlaps = tuple(
        number for number, other in enumerate(others)
        if np.isin(other.rows, treated).any() and other.meets(start - guard, until) and other.changes_within(first, until)
    )  # fmt: skip
    compared = np.setdiff1d(np.arange(len(collected)) if controls is None else controls, np.r_[treated, ring])
    moved = [row for other in others if other.changes_within(first, until) for row in other.rows]
    compared = np.setdiff1d(compared, np.array(moved, dtype=np.int64))
    own: Flags = np.asarray(collected[treated].all(axis=0))
    # With nothing to compare with every period would do; the refusal is of the places.
    told = own & ((~collected[compared]).sum(axis=0) <= MOST_BLANK_SHARE * len(compared))
    gap = not own[max(start - 1, 0) : start + 1].all()
    spans = (first, max(start - guard, 0)), (start, until)
    found = None
    # A ring that is blank in too many periods is given up rather than the intervention itself.
    for usable, kept in ((told & collected[ring].all(axis=0), ring), (told, ring[:0])):
        before, after = (np.arange(*span)[usable[span[0] : span[1]]] for span in spans)
        whole = compared[collected[np.ix_(compared, np.r_[before, after])].all(axis=1)]
        reason = _refusal(len(before), len(after), len(whole), gap=gap, overlaps=overlaps, periods_per_year=periods_per_year)
        one = Layout(before, after, whole, kept, reason, overlaps)
        found = found or one
        if reason is None:
            return one
    assert found is not None
    return found


def _refusal(
    before: int, after: int, compared: int, *, gap: bool, overlaps: tuple[int, ...], periods_per_year: int
) -> str | None:
    """The first code that holds, in the order of `REFUSALS`."""
    holds = (
        bool(overlaps),
        gap,
        before < LEAST_PAST_YEARS * periods_per_year,
        after < LEAST_AFTER_SHARE * periods_per_year,
        compared < LEAST_COMPARED,
    )
    return next((code for code, one in zip(REFUSALS, holds, strict=True) if one), None)
