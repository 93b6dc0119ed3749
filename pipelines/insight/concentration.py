"""In how few places most of the harm lies."""

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Concentration:
    """Half of what was counted lies in this many of these areas, and the tenth of areas that count most hold this share.

    areas        areas counted on
    half_in      the fewest areas that together hold half of the sum; null where nothing was counted
    tenth_share  share of the sum in the tenth of areas (rounded up) with the most
    even_half_in  in how many half would lie if chance alone spread the same sum evenly: concentration below is real
    """

    areas: int
    half_in: int | None
    tenth_share: float | None
    even_half_in: int | None


def concentrate(counted: pd.DataFrame) -> Concentration:
    """Concentration of sums over areas: the law of crime concentration (Weisburd, 2015) for places this large.

    counted  one row per area: about (a sum of released counts; null = nothing is known of it)
    """
    sums = np.sort(counted["about"].dropna().to_numpy(float))[::-1]
    total = float(sums.sum())
    if total <= 0:
        return Concentration(len(sums), None, None, None)
    # Shares of a cell add up with float dust, which must not cost an area.
    upto = (np.cumsum(sums) / total).round(9)
    tenth = int(np.ceil(len(sums) / 10))
    # An even spread of few records is uneven too: sorted Poisson counts about the mean, on a fixed seed.
    even = np.sort(np.random.default_rng(0).poisson(total / len(sums), (200, len(sums))), axis=1)[:, ::-1]
    shares = np.cumsum(even, axis=1) / np.maximum(even.sum(axis=1, keepdims=True), 1)
    by_chance = int(np.median((shares < 0.5).sum(axis=1) + 1))
    return Concentration(len(sums), int((upto < 0.5).sum()) + 1, float(upto[tenth - 1]), by_chance)
