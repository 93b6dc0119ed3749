"""Words about a place's records, and whether harm lies in few places."""

import numpy as np
import pandas as pd

from pipelines.insight.concentration import concentrate
from pipelines.insight.places import clearly_concentrated, newest_words

WORDS = pd.DataFrame(
    [
        ("who_told", "beat", "B01", "all", "2026-Q1", "2026-01-01", "mostly_police"),
        ("who_told", "beat", "B01", "all", "2026-Q2", "2026-04-01", "some_police"),
        ("days", "beat", "B01", "all", "2026-Q1", "2026-01-01", "any_day"),
        ("days", "beat", "B02", "all", "2026-Q2", "2026-04-01", "mostly_weekends"),
        ("days", "place_of_concern", "B01", "all", "2026-Q2", "2026-04-01", "mostly_weekdays"),
        ("something_new", "beat", "B01", "all", "2026-Q2", "2026-04-01", "odd"),
    ],
    columns=["pattern", "area_level", "area_id", "harm_group", "period", "period_start", "word"],
)


def test_the_newest_word_of_each_pattern_stands_and_of_this_place_alone() -> None:
    found = newest_words(WORDS, "beat", "B01")
    assert found[["pattern", "period", "word"]].values.tolist() == [
        ["days", "2026-Q1", "any_day"], ["who_told", "2026-Q2", "some_police"],
    ]  # fmt: skip


def test_a_place_without_records_enough_has_no_words() -> None:
    assert newest_words(WORDS, "beat", "B09").empty


def spread(means: np.ndarray, cells: int, base: int) -> pd.DataFrame:
    """Areas of so many cells each, every cell counted and rounded at random to a base."""
    draws = np.random.default_rng(3)
    counts = draws.poisson(means[:, None] / cells, (len(means), cells))
    left = counts % base
    return pd.DataFrame({"about": (counts - left + base * (draws.random(counts.shape) < left / base)).sum(axis=1)})


def clear(means: np.ndarray, cells: int = 24, base: int = 3) -> bool:
    sums = spread(means, cells, base)
    return clearly_concentrated(concentrate(sums), float(sums["about"].sum()), cells * len(means), base)


def test_an_even_spread_is_never_called_concentrated_though_rounding_makes_it_uneven() -> None:
    assert not clear(np.full(36, 4.0))
    assert not clear(np.full(36, 40.0))


def test_harm_in_a_few_areas_is_called_concentrated() -> None:
    assert clear(np.array([120.0] * 4 + [10.0] * 32))


def test_nothing_counted_is_nowhere_concentrated() -> None:
    assert not clearly_concentrated(concentrate(pd.DataFrame({"about": [0.0, 0.0]})), 0.0, 10, 3)
