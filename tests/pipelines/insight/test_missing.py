"""Return home interviews and repeats by quarter: parts of one whole, and a blank where a month is missing."""

from datetime import date

import pandas as pd
import pytest

from pipelines.insight.missing import quarters_of, with_shares

INTERVIEWS = "return_home_interviews"
COUNTED = {"completed_in_72_hours": 18, "completed_later": 6, "declined": 9, "not_completed": 3}


def rows(*quarters: str, localities: tuple[str, ...] = ("east", "west"), **changes: int | None) -> pd.DataFrame:
    """One row per locality, category and quarter, each as COUNTED says but for what a test changes."""
    said = {**COUNTED, **changes}
    return pd.DataFrame(
        [
            {"area_id": area, "category": category, "period": quarter, "value": value,
             "period_start": pd.Timestamp(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 1),
             "withheld_because": "to_protect_people" if value is None else None}
            for quarter in quarters for area in localities for category, value in said.items()
        ]
    )  # fmt: skip


def told(found: pd.DataFrame, area: str, period: str) -> pd.DataFrame:
    return found[(found["area_id"] == area) & (found["period"] == period)].set_index("category")


def quarters(given: pd.DataFrame) -> pd.DataFrame:
    return quarters_of(given, ["east", "west"], "town", INTERVIEWS, 3)


def test_the_city_is_the_sum_of_its_localities() -> None:
    city = told(quarters(rows("2026-Q1")), "town", "2026-Q1")
    assert dict(city["about"]) == {name: 2 * value for name, value in COUNTED.items()}
    assert (city["low"] < city["about"]).all()
    assert not city["single_cell"].any()


def test_one_released_cell_carries_its_certain_bounds() -> None:
    east = told(quarters(rows("2026-Q1")), "east", "2026-Q1").loc["declined"]
    assert (east["low"], east["about"], east["high"]) == (7, 9, 11)


def test_a_quarter_with_a_month_not_collected_is_a_blank_with_its_reason_not_a_gap_in_the_list() -> None:
    found = quarters(rows("2026-Q1", "2026-Q3"))
    missing = told(found, "east", "2026-Q2")
    assert set(missing["withheld_because"]) == {"not_collected"}
    assert missing["about"].isna().all()
    assert found["label"].unique().tolist() == [
        "January to March 2026", "April to June 2026", "July to September 2026",
    ]  # fmt: skip
    assert found.loc[found["period"] == "2026-Q2", "period_start"].unique().tolist() == [date(2026, 4, 1)]


def test_a_city_with_a_part_withheld_is_not_said_as_a_smaller_city() -> None:
    given = rows("2026-Q1")
    given.loc[(given["area_id"] == "east") & (given["category"] == "declined"), "value"] = None
    found = quarters(given)
    assert pd.isna(told(found, "town", "2026-Q1").loc["declined", "about"])
    assert told(found, "town", "2026-Q1").loc["completed_later", "about"] == 12


def test_shares_are_of_all_four_together_and_of_thirty_or_more() -> None:
    found = with_shares(quarters(rows("2026-Q1")), ["area_level", "area_id", "period"])
    assert told(found, "east", "2026-Q1")["share"].sum() == pytest.approx(1)
    few = with_shares(quarters(rows("2026-Q1", completed_in_72_hours=9)), ["area_level", "area_id", "period"])
    assert told(few, "east", "2026-Q1")["share"].isna().all()
    assert told(few, "town", "2026-Q1")["share"].notna().all()


def test_a_whole_with_a_part_unsaid_has_no_shares() -> None:
    found = with_shares(quarters(rows("2026-Q1", completed_in_72_hours=60, declined=None)), ["area_id", "period"])
    assert told(found, "east", "2026-Q1")["share"].isna().all()


def test_nothing_released_is_an_empty_answer() -> None:
    assert quarters(rows()).empty
