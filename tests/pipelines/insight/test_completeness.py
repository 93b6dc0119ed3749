"""How much of a period is in its count: what had a place, and what has come in so far."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.completeness import DELAY_BANDS, delay_curve, located_share, share_in_by

YEAR = ["2024-Q4", "2025-Q1", "2025-Q2", "2025-Q3"]
# Of a hundred records fifty come in by the end of their month, and so on; all within sixty days.
USUAL = {"by_month_end": 50, "days_1_to_7": 20, "days_8_to_14": 10, "days_15_to_28": 10, "later": 10}


def delays(quarters: list[str], counts: dict[str, int] = USUAL) -> pd.DataFrame:
    rows = [(quarter, band, value) for quarter in quarters for band, value in counts.items()]
    return pd.DataFrame(rows, columns=["period", "category", "value"])


def test_the_share_with_a_place_is_of_all_that_could_have_been_counted() -> None:
    """A month with no record has no share."""
    found = located_share(pd.Series([90, 0, 30, 0]), pd.Series([10, 30, 0, 0]))
    assert found[:3].tolist() == [0.9, 0.0, 1.0]
    assert np.isnan(found[3])


def test_the_delay_curve_has_a_row_for_each_band_and_ends_with_everything_known() -> None:
    found = delay_curve(delays(YEAR))
    assert list(found.columns) == ["days", "share_known"]
    assert found["days"].tolist() == [0, 7, 14, 28, 60]
    assert found["share_known"].tolist() == pytest.approx([0.5, 0.7, 0.8, 0.9, 1.0])


def test_the_delay_curve_is_of_the_last_four_closed_quarters() -> None:
    slow = delays(["2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3"], {"later": 1000})
    assert delay_curve(pd.concat([slow, delays(YEAR)])).equals(delay_curve(delays(YEAR)))


@pytest.mark.parametrize("quarters", [[], YEAR[:3]])
def test_before_a_year_of_quarters_is_closed_no_delay_is_known_and_months_are_taken_as_they_are(quarters: list[str]) -> None:
    few = delays(quarters)
    assert delay_curve(few).empty
    assert list(delay_curve(few).columns) == ["days", "share_known"]
    assert share_in_by(few, [date(2025, 9, 1)], date(2025, 10, 1)).tolist() == [1.0]


def test_a_year_in_which_nothing_came_tells_no_delay() -> None:
    assert delay_curve(delays(YEAR, dict.fromkeys(USUAL, 0))).empty


def test_bands_that_are_none_of_ours_and_bands_that_nothing_fell_in_change_nothing() -> None:
    odd = pd.concat([delays(YEAR), delays(YEAR, {"not_recorded": 500})])
    assert delay_curve(odd).equals(delay_curve(delays(YEAR)))
    only_late = delay_curve(delays(YEAR, {"later": 10}))
    assert only_late["share_known"].tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("as_at", "share"),
    [("2025-09-30", 0.5), ("2025-10-07", 0.7), ("2025-10-21", 0.85), ("2025-11-29", 1.0), ("2026-10-01", 1.0)],
)
def test_so_many_days_after_its_end_so_much_of_a_month_is_in(as_at: str, share: float) -> None:
    assert share_in_by(delays(YEAR), [date(2025, 9, 1)], date.fromisoformat(as_at))[0] == pytest.approx(share)


@pytest.mark.parametrize("month", [date(2025, 2, 1), date(2024, 2, 1), date(2025, 12, 1), date(2025, 4, 1)])
def test_days_are_from_the_last_day_of_the_month_whatever_its_length(month: date) -> None:
    last = (pd.Timestamp(month) + pd.offsets.MonthEnd(0)).date()
    assert share_in_by(delays(YEAR), [month], last + timedelta(days=7))[0] == pytest.approx(0.7)


def test_of_a_month_that_has_not_ended_it_is_not_known_how_much_is_in() -> None:
    found = share_in_by(delays(YEAR), [date(2025, 9, 1), date(2025, 10, 1)], date(2025, 10, 7))
    assert found[0] == pytest.approx(0.7)
    assert np.isnan(found[1])


@settings(max_examples=50, deadline=None)
@given(
    counts=st.fixed_dictionaries(dict.fromkeys(DELAY_BANDS, st.integers(0, 400))),
    days=st.lists(st.integers(0, 400), min_size=2, max_size=8),
)
def test_as_days_go_by_the_share_that_is_in_never_falls_and_is_never_more_than_all(
    counts: dict[str, int], days: list[int]
) -> None:
    shares = [
        share_in_by(delays(YEAR, counts), [date(2025, 9, 1)], date(2025, 9, 30) + timedelta(days=one))[0]
        for one in sorted(days)
    ]
    assert all(0 <= one <= 1 for one in shares)
    assert all(later >= one - 1e-12 for one, later in pairwise(shares))
