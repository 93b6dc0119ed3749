"""What is known of one place beside its counts: the newest words about its records."""

import pandas as pd

PATTERNS = ("days", "who_told", "how_it_came_to_light", "bursts")


def newest_words(patterns: pd.DataFrame, area_level: str, area_id: str) -> pd.DataFrame:
    """The newest word of each pattern of one place; only of places with records enough for words.

    patterns  one row per pattern, area, harm group and quarter: word
    grain     one row per pattern and harm group: pattern, harm_group, period, period_start, word
    """
    here = patterns[(patterns["area_level"] == area_level) & (patterns["area_id"] == area_id)]
    newest = here.sort_values("period_start", kind="stable").drop_duplicates(["pattern", "harm_group"], keep="last")
    order = newest["pattern"].map({name: number for number, name in enumerate(PATTERNS)})
    mine = newest[order.notna()].iloc[order[order.notna()].argsort(kind="stable")]
    return mine[["pattern", "harm_group", "period", "period_start", "word"]].reset_index(drop=True)
