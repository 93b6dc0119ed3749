"""How many released records a summary or a pattern is of: a function of what was released, like all else."""

import pandas as pd

# What each feed's records are counted by on the lattice, and so what its summaries are parts of.
_COUNTED_AS = {"incidents": "incidents", "missing_episodes": "missing_from", "weapon_in_school_reports": "reports"}


def released_wholes(counts: pd.DataFrame, area_members: pd.DataFrame) -> pd.DataFrame:
    """Released records by feed, area and period. Grain: one row per feed, area_level, area_id and period_start."""
    mine = counts[counts["feed"].map(_COUNTED_AS) == counts["measure"]]
    cells = mine.loc[mine["value"] > 0, ["feed", "area_id", "period_start", "value"]]
    joined = cells.merge(area_members, left_on="area_id", right_on="base_area_id", suffixes=("_base", ""))
    joined["about"] = joined["value"].astype(float) * joined["weight"]
    return joined.groupby(["feed", "area_level", "area_id", "period_start"], as_index=False).agg(about=("about", "sum"))


def whole_of(rows: pd.DataFrame, wholes: pd.DataFrame) -> pd.Series:
    """For each row (feed, area, period_start, period_end) the released records of its area and time."""
    spans = rows[["feed", "area_level", "area_id", "period_start", "period_end"]].assign(row=rows.index)
    joined = spans.merge(wholes.rename(columns={"period_start": "begins"}), on=["feed", "area_level", "area_id"])
    within = joined[(joined["begins"] >= joined["period_start"]) & (joined["begins"] <= joined["period_end"])]
    return within.groupby("row")["about"].sum().reindex(rows.index, fill_value=0.0)
