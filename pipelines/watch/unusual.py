"""How unusual the last weeks of a place are beside its own past. Pure functions of counts: no files, no clock."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.insight.signals import assess, benjamini_hochberg
from pipelines.insight.signals.compare import beta_binomial_mid_p, cauchy_combination
from pipelines.insight.signals.dispersion import ALLOWANCE, blocks_of, fit_line

Table = NDArray[np.float64]
Names = NDArray[np.object_]

RECENT_WEEKS = 4  # the past ends before them, for the newest week alone too
LEAST_RECENT = 3  # of them delivered
LEAST_PAST, LONGEST_PAST, PAST_OF_SEASONS = 8, 156, 104
# Records of one event come together, and weeks of few records hide it. At 1 a week in which nothing happened lists half
# as many again; at 1.6 it lists fewer, and five records in a week in a place that is used to one in five are mostly missed.
LEAST_SCATTER_OF_A_WEEK = 1.25
Q_LISTED = 0.20
P_NEW = 0.01
LEAST_RECORDS = 2


def judge(counts: Table, kinds: Names, families: Names, in_city: NDArray[np.bool_]) -> pd.DataFrame:
    """Say of each row whether its last four weeks, or the newest of them, are higher than its own past explains.

    The last four weeks are held against up to three years before them: by the directions' own weekly test (`assess`)
    where two years of them are there, else by a beta-binomial mid-p with overdispersion estimated from blocks of four
    weeks over all rows of a family. That is combined (Cauchy) with the same mid-p of the newest week alone. Upward only:
    reports of the last weeks are still coming in, so a fall says nothing. The false discovery rate is controlled over
    all rows with two records or more (Benjamini-Hochberg).

    counts    [rows, weeks], the newest last; NaN = not delivered, which is no zero
    kinds     what is counted in each row: rows of a kind share a season
    families  kinds that scatter alike
    in_city   rows that together are the city once (beats): what the season is told by
    returns   one row per row given: p, q (NaN where there is too little to tell), recent_count, last_week_count,
              usual_count (mean of four weeks of the past), past_weeks (all that were delivered), is_new (none in any of
              them, two records or more now, and p <= P_NEW), is_listed
    """
    of_weeks, of_newest = (np.full(len(counts), np.nan) for _ in range(2))
    for family in np.unique(families):
        mine = families == family
        of_weeks[mine] = _mid_p(counts[mine], RECENT_WEEKS)
        of_newest[mine] = _mid_p(counts[mine], 1, least_scatter=LEAST_SCATTER_OF_A_WEEK)
    for kind in np.unique(kinds):
        mine = kinds == kind
        of_weeks[mine] = _by_season(counts[mine], counts[mine & in_city], of_weeks[mine])
    p = cauchy_combination([of_weeks, of_newest])
    recent, earlier = np.nansum(counts[:, -RECENT_WEEKS:], axis=1), counts[:, :-RECENT_WEEKS]
    before, past = np.nansum(earlier, axis=1), _past(counts)
    q = benjamini_hochberg(np.where(recent + np.nansum(past, axis=1) >= LEAST_RECORDS, p, np.nan))
    usual = RECENT_WEEKS * np.nansum(past, axis=1) / np.maximum(np.isfinite(past).sum(axis=1), 1)
    is_new = (before == 0) & (recent >= LEAST_RECORDS) & (p <= P_NEW)
    return pd.DataFrame({
        "p": p, "q": q, "recent_count": recent, "last_week_count": np.nansum(counts[:, -1:], axis=1),
        "usual_count": usual, "past_weeks": np.isfinite(earlier).sum(axis=1), "is_new": is_new,
        "is_listed": ((q <= Q_LISTED) | is_new) & (recent > usual),
    })  # fmt: skip


def _past(counts: Table) -> Table:
    return counts[:, :-RECENT_WEEKS][:, -LONGEST_PAST:]


def _mid_p(counts: Table, window: int, *, least_scatter: float = 1.0) -> Table:
    """The chance of so high a count in the last `window` weeks, if nothing had changed. NaN = too few weeks to tell."""
    past = _past(counts)
    weeks = np.isfinite(past).astype(float)
    delivered = np.isfinite(counts[:, -window:]).sum(axis=1).astype(float)
    enough = (weeks.sum(axis=1) >= LEAST_PAST) & (delivered >= min(window, LEAST_RECENT))
    if not enough.any():
        return np.full(len(counts), np.nan)
    known = np.nan_to_num(past)
    blocks = blocks_of(known, weeks, np.zeros_like(known), window, np.ones(known.shape[1]), 0)
    line = fit_line(blocks)
    recent, before, span = np.nansum(counts[:, -window:], axis=1), known.sum(axis=1), weeks.sum(axis=1)
    mean = before * delivered / np.maximum(span, 1)
    scatter = np.maximum(least_scatter, ALLOWANCE * line.own_ratio(blocks) * line.at(mean))
    part = delivered / np.maximum(delivered + span, 1)
    up, _ = beta_binomial_mid_p(recent, recent + before, part, scatter)
    return np.where(enough, up, np.nan)


def _by_season(counts: Table, city: Table, otherwise: Table) -> Table:
    """One-sided p of the directions' weekly test where the past is long enough for it; else what is given."""
    if not (np.isfinite(_past(counts)).sum(axis=1) >= PAST_OF_SEASONS).any():
        return otherwise
    found = assess(counts, periods_per_year=52, reference=city)
    one_sided = np.where(found["up"], found["p"] / 2, 1 - found["p"] / 2)
    return np.where(np.isfinite(one_sided), one_sided, otherwise)
