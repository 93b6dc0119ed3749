"""When a locality meets, and when its pack is due."""

from datetime import date, timedelta

import holidays
import pandas as pd

SUBDIVISIONS = {"england": "ENG", "wales": "WLS", "scotland": "SCT", "northern_ireland": "NIR"}


def working_day_before(day: date, nation: str, days: int = 1) -> date:
    """The day so many working days before another: weekends and the nation's bank holidays are none."""
    closed = holidays.country_holidays("GB", subdiv=SUBDIVISIONS[nation], years=[day.year - 1, day.year])
    while days:
        day -= timedelta(days=1)
        days -= day.weekday() < 5 and day not in closed
    return day


def meeting_days(meetings: pd.DataFrame, locality: str, as_at: date) -> tuple[date | None, date | None]:
    """The last meeting of a locality before a day, and the next on or after it; null where the register has none."""
    days = sorted(meetings.loc[meetings["locality"] == locality, "met_on"].dropna())
    before, after = [day for day in days if day < as_at], [day for day in days if day >= as_at]
    return (before[-1] if before else None, after[0] if after else None)
