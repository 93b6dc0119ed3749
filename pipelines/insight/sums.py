"""Sums of released cells: their likely range, their blanks with a reason, their rates."""

import numpy as np
import pandas as pd

from pipelines.insight.bands import likely_range

RATE_LEVELS = ("beat", "locality", "city")


def sum_cells(cells: pd.DataFrame, by: pd.Series, keys: list[str], base: int) -> pd.DataFrame:
    """Sum cells by key with their likely range; a key with no counted cell is blank, with the reason.

    cells  one row per area, base area, harm group and period: period, value (null = withheld), withheld_because,
           weight (the share that counts), estimated
    by     the key each cell belongs to
    grain  one row per key, in the order given: key, about, low, high, single_cell, cells, periods_collected,
           estimated, withheld_because
    """
    place = pd.Index(keys, dtype=object).get_indexer(pd.Index(by))
    counted = cells["value"].notna().to_numpy() & (place >= 0)
    groups = place[counted]
    weights = cells["weight"].to_numpy(float)[counted]
    values = cells["value"].to_numpy(float, na_value=np.nan)[counted]
    about, low, high = likely_range(values, weights, groups, len(keys), base)
    cell_count = np.bincount(groups, minlength=len(keys))
    some = cell_count > 0
    withheld = cells["withheld_because"].notna().to_numpy() & (place >= 0)
    reasons = cells["withheld_because"][withheld].groupby(place[withheld]).min().reindex(range(len(keys)))
    collected = cells["period"][counted].groupby(groups).nunique().reindex(range(len(keys)), fill_value=0)
    estimated = np.bincount(groups, cells["estimated"].to_numpy(bool)[counted], len(keys)) > 0
    return pd.DataFrame({
        "key": pd.Series(keys, dtype=object),
        "about": np.where(some, about, np.nan), "low": np.where(some, low, np.nan), "high": np.where(some, high, np.nan),
        "single_cell": cell_count == 1, "cells": cell_count, "periods_collected": collected.to_numpy(),
        "estimated": estimated, "withheld_because": reasons.where(~some, None).to_numpy(object),
    })  # fmt: skip


def with_rates(sums: pd.DataFrame, area_level: str) -> pd.DataFrame:
    """Rates per 1,000 residents aged 10-17, for levels where people live; residents are public and exact."""
    residents = sums["residents_10_17"].astype(float)
    usable = residents.where(residents > 0) if area_level in RATE_LEVELS else residents * np.nan
    for column, rate in (("about", "per_1000"), ("low", "per_1000_low"), ("high", "per_1000_high")):
        sums[rate] = sums[column] / usable * 1000
    return sums
