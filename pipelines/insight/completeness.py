"""How much of a period is in its count: the share of records that had a place, and the share reported so far."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# The bands of days after the end of its month in which a record comes in, and the last day of each.
DELAY_BANDS = {"by_month_end": 0, "days_1_to_7": 7, "days_8_to_14": 14, "days_15_to_28": 28, "later": 60}
CLOSED_QUARTERS = 4
LEAST_COMPLETE = 0.7


def of_the_city(
    unplaced: NDArray[np.float64], counted: NDArray[np.float64], elsewhere: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How many of the records without a place are this city's: the share that the records with one are.

    A source may speak of a wider area, as a police force does. All of them where no record has a place.
    """
    placed = counted + elsewhere
    ours = np.divide(counted, placed, out=np.ones(np.shape(placed)), where=placed > 0)
    return np.asarray(unplaced * ours)


def located_share(counted: pd.Series, unplaced: pd.Series) -> NDArray[np.float64]:
    """Of the records of each period that could be counted, the share that had a place; NaN where there were none."""
    placed, every = counted.to_numpy(float), (counted + unplaced).to_numpy(float)
    return np.divide(placed, every, out=np.full(len(every), np.nan), where=every > 0)


def delay_curve(delays: pd.DataFrame) -> pd.DataFrame:
    """What share of a month's final count is known so many days after the month ends, over the last closed year.

    delays  one row per quarter and band: period, category, value (rounded)
    grain   one row per band, soonest first: days, share_known; empty before a year of quarters is closed
    """
    recent = sorted(delays["period"].unique())[-CLOSED_QUARTERS:]
    mine = delays[delays["period"].isin(recent) & delays["category"].isin(list(DELAY_BANDS))]
    counted = mine.groupby("category")["value"].sum().reindex(list(DELAY_BANDS), fill_value=0)
    if len(recent) < CLOSED_QUARTERS or counted.sum() <= 0:
        return pd.DataFrame({"days": pd.Series(dtype=int), "share_known": pd.Series(dtype=float)})
    known = counted.cumsum() / counted.sum()
    return pd.DataFrame({"days": list(DELAY_BANDS.values()), "share_known": known.to_numpy(float)})


def share_in_by(delays: pd.DataFrame, starts: list[date], as_at: date) -> NDArray[np.float64]:
    """For each month the share of its final count that is in by `as_at`; 1 where nothing is known of delays, NaN for
    a month that has not ended."""
    curve = delay_curve(delays)
    if not len(curve):
        return np.ones(len(starts))
    ends = [(start + timedelta(days=32)).replace(day=1) - timedelta(days=1) for start in starts]
    days = [(as_at - end).days for end in ends]
    share = np.interp(days, curve["days"], curve["share_known"])
    return np.where(np.array(days) >= 0, share, np.nan)
