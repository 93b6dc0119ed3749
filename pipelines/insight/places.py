"""What is known of places beside their counts: words about their records, and whether harm lies in few of them."""

import numpy as np
import pandas as pd

from pipelines.insight.concentration import Concentration

PATTERNS = ("days", "who_told", "how_it_came_to_light", "bursts")
DRAWS = 200


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


def clearly_concentrated(found: Concentration, total: float, cells: int, base: int) -> bool:
    """Whether half of a sum lies in fewer areas than chance would have it 19 times in 20, the rounding included.

    The same sum is spread evenly over the same cells 200 times: Poisson counts, each rounded at random to the base.

    found  of `total` over `cells` released cells; base, what each was rounded to
    """
    if found.half_in is None or not cells or total <= 0:
        return False
    each = max(1, round(cells / found.areas))
    draws = np.random.default_rng(0)
    counts = draws.poisson(total / (each * found.areas), (DRAWS, found.areas, each))
    left = counts % base
    rounded = (counts - left + base * (draws.random(counts.shape) < left / base)).sum(axis=2)
    ordered = np.sort(rounded, axis=1)[:, ::-1]
    shares = np.cumsum(ordered, axis=1) / np.maximum(ordered.sum(axis=1, keepdims=True), 1)
    by_chance = (shares < 0.5).sum(axis=1) + 1
    return bool(found.half_in < np.quantile(by_chance, 0.05))
