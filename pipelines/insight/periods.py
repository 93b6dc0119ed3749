"""Periods: how they are said, and the quarters and years that months make."""

from datetime import date

import pandas as pd

# The periods each measure can be asked by, finest first. Terms do not make calendar quarters.
GRAINS_OF = {"month": ("month", "quarter", "year"), "term": ("term",)}
_MONTHS_IN = {"quarter": 3, "year": 12}


def in_grain(delivered: pd.DataFrame, grain: str) -> pd.DataFrame:
    """A measure's periods in the grain they were counted in, or in quarters or years.

    A quarter or a year is there only when every month of it is collected: one with a month missing is no smaller one.

    delivered  one row per period as counted, oldest first: period, period_start, state, grain
    grain      one row per period: period, period_start, label, state, grain, parts (the counted periods it is made of)
    """
    if grain not in _MONTHS_IN:
        found = delivered[["period", "period_start", "state", "grain"]].reset_index(drop=True)
        found["parts"] = pd.Series([(period,) for period in found["period"]], dtype=object)
    else:
        months = delivered[delivered["state"] == "collected"]
        codes = pd.Series([code_of(start, grain) for start in months["period_start"]], index=months.index, dtype=object)
        rows = [
            (code, mine["period_start"].iloc[0], "collected", grain, tuple(mine["period"]))
            for code, mine in months.groupby(codes, sort=True)
            if len(mine) == _MONTHS_IN[grain]
        ]
        found = pd.DataFrame(rows, columns=["period", "period_start", "state", "grain", "parts"])
    said = zip(found["period"], found["period_start"], strict=True)
    return found.assign(label=[period_label(period, start, grain) for period, start in said])


def still_arriving(delivered: pd.DataFrame, grain: str) -> list[str]:
    """What readers call the periods of a grain that are not all in yet, oldest first, each once."""
    late = delivered[delivered["state"] == "still_arriving"]
    labels = []
    for period, start in zip(late["period"], late["period_start"], strict=True):
        if grain not in _MONTHS_IN:
            labels.append(period_label(period, start, grain))
        else:
            first = start.month - (start.month - 1) % _MONTHS_IN[grain]
            labels.append(period_label(code_of(start, grain), date(start.year, first, 1), grain))
    return list(dict.fromkeys(labels))


def code_of(start: date, grain: str) -> str:
    """The calendar quarter or year a month is in: 2026-Q3, or 2026."""
    return f"{start.year}-Q{(start.month + 2) // 3}" if grain == "quarter" else f"{start.year}"


def period_label(period: str, start: date, grain: str) -> str:
    """A period as people say it: September 2026, July to September 2026, 2026, or Autumn term 2026."""
    if grain == "month":
        return f"{start:%B %Y}"
    if grain == "quarter":
        return f"{start:%B} to {date(start.year, start.month + 2, 1):%B %Y}"
    if grain == "year":
        return period
    year, _, name = period.partition("-")
    return f"{name.replace('_', ' ').replace('-', ' ').capitalize()} term {year}" if name else period
