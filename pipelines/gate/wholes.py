"""How many released records a summary or a pattern is of: a function of what was released, like all else."""

import pandas as pd

# What each feed's records are counted by on the lattice, and so what its summaries are parts of.
_COUNTED_AS = {"incidents": "incidents", "missing_episodes": "missing_from", "weapon_in_school_reports": "reports"}


def released_wholes(counts: pd.DataFrame, area_members: pd.DataFrame) -> pd.DataFrame:
    """Released records by feed, area, harm group and period, and of `all` groups together.

    grain: one row per feed, area_level, area_id, harm_group and period_start
    """
    mine = counts[counts["feed"].map(_COUNTED_AS) == counts["measure"]]
    cells = mine.loc[mine["value"] > 0, ["feed", "area_id", "harm_group", "period_start", "value"]]
    joined = cells.merge(area_members, left_on="area_id", right_on="base_area_id", suffixes=("_base", ""))
    joined["about"] = joined["value"].astype(float) * joined["weight"]
    each = pd.concat([joined[joined["harm_group"] != "all"], joined.assign(harm_group="all")])
    of = ["feed", "area_level", "area_id", "harm_group", "period_start"]
    return each.groupby(of, as_index=False).agg(about=("about", "sum"))


def whole_of(rows: pd.DataFrame, wholes: pd.DataFrame) -> pd.Series:
    """For each row (feed, area, period_start, period_end) the released records of its area and time, and of its harm
    group where it is of one."""
    of = ["feed", "area_level", "area_id", "harm_group"]
    asked = rows[of[:3]].assign(harm_group=rows.get("harm_group", "all"))
    # One number for each area and harm group: a join that carries their names along takes many times as long.
    number = pd.concat([asked, wholes[of]]).groupby(of, sort=False).ngroup().to_numpy()
    spans = rows[["period_start", "period_end"]].assign(number=number[: len(rows)], row=rows.index)
    released = pd.DataFrame({"number": number[len(rows) :], "begins": wholes["period_start"], "about": wholes["about"]})
    joined = spans.merge(released, on="number")
    within = joined[(joined["begins"] >= joined["period_start"]) & (joined["begins"] <= joined["period_end"])]
    return within.groupby("row")["about"].sum().reindex(rows.index, fill_value=0.0)
