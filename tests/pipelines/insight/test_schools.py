"""School years are whole or they are not said."""

import pandas as pd

from pipelines.insight.schools import school_year, whole_years


def terms(**states: str) -> pd.DataFrame:
    starts = {"autumn": "{}-09-05", "spring": "{}-01-06", "summer": "{}-04-20"}
    return pd.DataFrame([
        {"period": name.replace("_", "-"), "state": state, "period_start": starts[name[7:].rstrip("12")].format(name[2:6])}
        for name, state in states.items()
    ])  # fmt: skip


def test_a_school_year_begins_in_autumn() -> None:
    assert school_year(pd.Timestamp("2025-09-08")) == "2025-26"
    assert school_year(pd.Timestamp("2026-04-13")) == "2025-26"
    assert school_year(pd.Timestamp("1999-09-01")) == "1999-00"


def test_a_year_of_more_terms_is_whole_when_all_of_them_are() -> None:
    collected = {f"t_2025_{name}": "collected" for name in ("autumn1", "autumn2")}
    rest = {f"t_2026_{name}": "collected" for name in ("spring1", "spring2", "summer1")}
    assert whole_years(terms(**collected, **rest, t_2026_summer2="not_collected")) == {}
    assert len(whole_years(terms(**collected, **rest, t_2026_summer2="collected"))) == 6


def test_only_a_year_with_three_terms_collected_is_a_year() -> None:
    found = whole_years(terms(
        t_2024_summer="collected",
        t_2024_autumn="collected", t_2025_spring="collected", t_2025_summer="collected",
        t_2025_autumn="collected", t_2026_spring="not_collected", t_2026_summer="collected",
        t_2026_autumn="still_arriving",
    ))  # fmt: skip
    assert found == {"t-2024-autumn": "2024-25", "t-2025-spring": "2024-25", "t-2025-summer": "2024-25"}
