"""What others do to say that an intervention worked, written from their published descriptions.

Each takes counts [places, months], the rows of the treated site and the first month after its start, and says whether it
would be called a success. The last months are those after; nothing may be missing.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from pipelines.insight.impact import wdd

Counts = NDArray[np.float64]
Peer = Callable[[Counts, list[int], int], bool]

SMALLEST_CHANGE = 0.20
PAST_MONTHS = 36
Z = 1.96


def before_after(counts: Counts, treated: list[int], start: int) -> bool:
    """A fifth fewer than in as many months just before: the bare percentage of most evaluations."""
    months = counts.shape[1] - start
    after, before = counts[treated, start:].sum(), counts[treated, start - months : start].sum()
    return bool(after < (1 - SMALLEST_CHANGE) * before)


def last_year(counts: Counts, treated: list[int], start: int) -> bool:
    """The newest quarter a fifth lower than the same quarter of the last year before the start."""
    newest = np.arange(counts.shape[1] - 3, counts.shape[1])
    earlier = newest - 12 * int(np.ceil((newest[-1] + 1 - start) / 12))
    return bool(counts[np.ix_(treated, newest)].sum() < (1 - SMALLEST_CHANGE) * counts[np.ix_(treated, earlier)].sum())


def wdd_matched(counts: Counts, treated: list[int], start: int) -> bool:
    """Weighted displacement difference (Wheeler and Ratcliffe, 2018) with the control whose count before is nearest."""
    months = counts.shape[1] - start
    before, after = counts[:, start - months : start].sum(axis=1), counts[:, start:].sum(axis=1)
    site = before[treated].sum(), after[treated].sum()
    others = np.setdiff1d(np.arange(len(counts)), treated)
    control = others[np.abs(before[others] - site[0]).argmin()]
    found = wdd(site, (before[control], after[control]))
    return found.high < 0


def interrupted_series(counts: Counts, treated: list[int], start: int) -> bool:
    """Interrupted time series of the site alone: quasi-Poisson, a trend, one yearly wave and a step at the start.

    Bernal, Cummins and Gasparrini (2017), International Journal of Epidemiology 46.
    """
    first = max(start - PAST_MONTHS, 0)
    series, time = counts[treated, first:].sum(axis=0), np.arange(first, counts.shape[1])
    angle = 2 * np.pi * time / 12
    design = np.column_stack([np.ones(len(time)), (time - start) / 12, np.cos(angle), np.sin(angle), time >= start])
    if not series[time < start].sum() or not series[time >= start].sum():
        return False
    fitted = GLM(series, design, family=Poisson()).fit(scale="X2")
    return bool(fitted.params[-1] + Z * fitted.bse[-1] < 0)


def differences(counts: Counts, treated: list[int], start: int) -> bool:
    """Difference in differences with Poisson errors: log ratio of ratios over all others; variance, the sum of 1 / count."""
    first = max(start - PAST_MONTHS, 0)
    others = np.setdiff1d(np.arange(len(counts)), treated)
    cells = [counts[np.ix_(rows, span)].sum() for rows in (treated, others)
             for span in (np.arange(start, counts.shape[1]), np.arange(first, start))]  # fmt: skip
    if min(cells) <= 0:
        return False
    log_ratio = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    return bool(log_ratio + Z * np.sqrt(sum(1 / one for one in cells)) < 0)


PEERS: dict[str, Peer] = {
    "before_after": before_after,
    "last_year": last_year,
    "wdd_matched": wdd_matched,
    "interrupted_series": interrupted_series,
    "differences": differences,
}
NAIVE = ("before_after", "last_year")
