"""Weapon-in-school reports beside their counts: how far they have come by school year, and the phases they came from."""

import pandas as pd

TERMS_IN_A_YEAR = 3
YEAR_BEGINS_IN = 8


def school_year(start: pd.Timestamp) -> str:
    """The school year a term is in: 2025-26."""
    first = start.year if start.month >= YEAR_BEGINS_IN else start.year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def whole_years(terms: pd.DataFrame) -> dict[str, str]:
    """The school year of every term that lies in one collected whole: a year with a term missing is no smaller year.

    terms  one row per term: period, period_start, state
    """
    years = pd.Series([school_year(pd.Timestamp(one)) for one in terms["period_start"]], index=terms.index, dtype=object)
    collected = terms["state"] == "collected"
    count, every = collected.groupby(years).sum(), collected.groupby(years).all()
    whole = {year for year in count.index if every[year] and count[year] >= TERMS_IN_A_YEAR}
    return {period: year for period, year in zip(terms["period"], years, strict=True) if year in whole}
