"""The usual range of a figure, from the figures before it as they are said: control limits of an individuals chart.

Shewhart (1931); Wheeler, Understanding Variation (1993): mean plus and minus 2.66 times the mean moving range. Made of
what an audience already has, so it can tell it nothing more.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

FEWEST, MOST = 8, 12
_OF_A_MOVING_RANGE = 2.66


def usual_range(values: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The least and most each value is expected to be, from the 8 to 12 known values before it; NaN where there are fewer.

    values   figures in order of time; NaN = not known, which is passed over
    """
    told = np.asarray(values, dtype=float)
    low, high = np.full(len(told), np.nan), np.full(len(told), np.nan)
    for place in range(len(told)):
        before = told[:place][np.isfinite(told[:place])][-MOST:]
        if len(before) >= FEWEST:
            reach = _OF_A_MOVING_RANGE * float(np.abs(np.diff(before)).mean())
            low[place] = max(0.0, np.floor(before.mean() - reach))
            high[place] = np.ceil(before.mean() + reach)
    return low, high
