"""Missing episodes beside their counts: what became of return home interviews, and how often the same child is missing."""

import pandas as pd

from pipelines.insight.periods import period_label
from pipelines.insight.sums import sum_cells

FEED = "missing_episodes"
# The categories of each summary, in the order they are shown.
CATEGORIES = {
    "return_home_interviews": ("completed_in_72_hours", "completed_later", "declined", "not_completed"),
    "repeat_episodes": ("one", "two", "three_or_more"),
}
LEAST_FOR_A_SHARE = 30


def quarters_of(rows: pd.DataFrame, localities: list[str], city_id: str, summary: str, base: int) -> pd.DataFrame:
    """Every quarter from the first released to the newest, by locality and in the city: a quarter without a row is a blank.

    rows   of one summary: area_id, category, period, period_start, value (null = withheld), withheld_because
    base   what its cells were rounded to
    grain  one row per area_level, area_id, category and period, oldest first: label, about, low, high, single_cell,
           withheld_because (`not_collected` where a month of the quarter was not). The city is the sum of its localities
    """
    columns = ["area_level", "area_id", "category", "period", "period_start", "label"]
    if not len(rows):
        return pd.DataFrame(columns=[*columns, "about", "low", "high", "single_cell", "withheld_because"])
    categories = CATEGORIES[summary]
    starts = pd.period_range(rows["period_start"].min(), rows["period_start"].max(), freq="Q")
    grid = pd.MultiIndex.from_product(
        [[f"{one.year}-Q{one.quarter}" for one in starts], localities, categories], names=["period", "area_id", "category"]
    ).to_frame(index=False)
    cells = grid.merge(rows[["period", "area_id", "category", "value", "withheld_because"]], how="left")
    blank = cells["value"].isna() & cells["withheld_because"].isna()
    cells["withheld_because"] = cells["withheld_because"].astype(object).mask(blank, "not_collected")
    # A city with a part missing is no smaller city.
    whole = cells["value"].notna().groupby([cells["period"], cells["category"]]).transform("all")
    city = cells.assign(area_id=city_id, value=cells["value"].where(whole))
    every = pd.concat([cells.assign(area_level="locality"), city.assign(area_level="city")], ignore_index=True)
    keys = every[["area_level", "area_id", "category", "period"]].drop_duplicates().sort_values("period", kind="stable")
    said = _sums(every, keys, base)
    first = {f"{one.year}-Q{one.quarter}": one.start_time.date() for one in starts}
    said["period_start"] = said["period"].map(first)
    said["label"] = [period_label(one, first[one], "quarter") for one in said["period"]]
    return said


def _sums(cells: pd.DataFrame, keys: pd.DataFrame, base: int) -> pd.DataFrame:
    """Sums by area, category and period, with their ranges."""
    columns = list(keys)
    by = cells[columns].agg("\t".join, axis=1)
    wanted = keys.agg("\t".join, axis=1)
    sums = sum_cells(cells.assign(weight=1.0, estimated=False), by, list(wanted), base)
    return keys.reset_index(drop=True).join(sums[["about", "low", "high", "single_cell", "withheld_because"]])


def with_shares(said: pd.DataFrame, whole: list[str]) -> pd.DataFrame:
    """What share each row's figure is of its whole, from the figures as they are said to this audience.

    whole   the columns that name one whole: an area and a period
    share   null where a part of the whole is not said, and where the whole is under 30
    """
    about = said["about"].astype(float)
    names = [said[column] for column in whole]
    total = about.groupby(names).transform("sum")
    known = about.notna().groupby(names).transform("all") & (total >= LEAST_FOR_A_SHARE)
    return said.assign(share=(about / total.where(total > 0)).where(known))
