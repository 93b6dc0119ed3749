"""How many released records a word or a summary is of: those of its own area, time and harm group."""

import pandas as pd

from pipelines.gate.wholes import released_wholes, whole_of

START, END = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-31")


def counts(*rows: tuple[str, str, str, str, int]) -> pd.DataFrame:
    """area_id, harm_group, feed, measure, value: each of February."""
    table = pd.DataFrame(rows, columns=["area_id", "harm_group", "feed", "measure", "value"])
    return table.assign(period_start=pd.Timestamp("2024-02-01"))


def members(**weights: float) -> pd.DataFrame:
    """What each base area counts towards beat B01 by."""
    rows = [(name, "beat", "B01", weight) for name, weight in weights.items()]
    return pd.DataFrame(rows, columns=["base_area_id", "area_level", "area_id", "weight"])


def asked(*groups: str, feed: str = "incidents") -> pd.DataFrame:
    return pd.DataFrame({"feed": feed, "area_level": "beat", "area_id": "B01", "period_start": START, "period_end": END,
                         "harm_group": groups})  # fmt: skip


def test_a_word_of_a_harm_group_is_of_the_released_records_of_that_group() -> None:
    wholes = released_wholes(
        counts(("a", "knives", "incidents", "incidents", 24), ("b", "knives", "incidents", "incidents", 9),
               ("a", "robbery", "incidents", "incidents", 6)), members(a=1.0, b=0.5),
    )  # fmt: skip
    assert whole_of(asked("knives", "robbery", "all", "other"), wholes).tolist() == [28.5, 6.0, 34.5, 0.0]
    # What says no group is of all of them.
    assert whole_of(asked("all").drop(columns="harm_group"), wholes).tolist() == [34.5]


def test_a_feed_with_the_one_group_all_is_counted_once() -> None:
    wholes = released_wholes(counts(("a", "all", "missing_episodes", "missing_from", 12)), members(a=1.0))
    assert whole_of(asked("all", feed="missing_episodes"), wholes).tolist() == [12.0]
