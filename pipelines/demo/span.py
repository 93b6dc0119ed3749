"""The months of the town's history, its school terms and its meetings.

No clock is read: the last month is fixed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

AS_AT = date(2026, 10, 7)
CURRENT_FIRST = date(2026, 10, 1)
CURRENT_LAST = date(2026, 10, 6)
EPOCH = date(1970, 1, 1)


def month_number(day: date) -> int:
    """Months from year 0."""
    return day.year * 12 + day.month - 1


def first_of(number: int) -> date:
    """The first day of a month."""
    return date(number // 12, number % 12 + 1, 1)


def label(number: int) -> str:
    """A month as 'YYYY-MM'."""
    return first_of(number).strftime("%Y-%m")


@dataclass(frozen=True)
class Span:
    """`months` complete months ending with 2026-09, and the days so far of the current one."""

    months: int

    @property
    def first_number(self) -> int:
        return month_number(CURRENT_FIRST) - self.months

    @property
    def first_day(self) -> date:
        return first_of(self.first_number)

    @cached_property
    def labels(self) -> list[str]:
        """Complete months, then the current one."""
        return [label(self.first_number + k) for k in range(self.months + 1)]

    @cached_property
    def starts(self) -> list[date]:
        """First day of each month, the current one, and the one after it."""
        return [first_of(self.first_number + k) for k in range(self.months + 2)]

    def last_day(self, month: int) -> date:
        """The last day a delivery for this month covers."""
        return CURRENT_LAST if month == self.months else self.starts[month + 1] - timedelta(days=1)

    def delivered_on(self, month: int) -> date:
        """The fifth of the following month; the current month so far on the day before the meeting week."""
        return AS_AT if month == self.months else self.starts[month + 1].replace(day=5)

    @property
    def recut_on(self) -> date | None:
        """Two years before the end, or half way through a shorter history.

        Never in a history of one month.
        """
        if self.months < 2:
            return None
        return self.starts[self.months - 24] if self.months > 24 else self.starts[self.months // 2]

    @property
    def last_place_on(self) -> date | None:
        """When the newest place of concern was drawn: three quarters before the end."""
        return self.starts[self.months - 9] if self.months >= 18 else None


def days_since_epoch(day: date) -> int:
    """Days from 1970-01-01."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Term:
    """One school term."""

    term_id: str
    name: str
    starts_on: date
    ends_on: date
    closed: tuple[date, ...]

    @property
    def open_days(self) -> list[date]:
        span = (self.ends_on - self.starts_on).days + 1
        days = [self.starts_on + timedelta(days=k) for k in range(span)]
        return [day for day in days if day.weekday() < 5 and day not in self.closed]


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _week(monday: date) -> tuple[date, ...]:
    return tuple(monday + timedelta(days=k) for k in range(5))


def terms_of(year: int) -> list[Term]:
    """Spring, summer and autumn terms of a calendar year, with a closed week in the middle of each."""
    spring = _on_or_after(date(year, 1, 4), 0)
    summer = _on_or_after(date(year, 4, 13), 0)
    autumn = _on_or_after(date(year, 9, 2), 0)
    may_day = _on_or_after(date(year, 5, 1), 0)
    return [
        Term(
            f"{year}-spring",
            f"Spring {year}",
            spring,
            spring + timedelta(days=81),
            _week(spring + timedelta(days=42)),
        ),
        Term(
            f"{year}-summer",
            f"Summer {year}",
            summer,
            summer + timedelta(days=95),
            (may_day, *_week(_on_or_after(date(year, 5, 25), 0))),
        ),
        Term(
            f"{year}-autumn",
            f"Autumn {year}",
            autumn,
            autumn + timedelta(days=102),
            _week(autumn + timedelta(days=49)),
        ),
    ]


def terms(span: Span) -> list[Term]:
    """Every term that overlaps the history."""
    every = [term for year in range(span.first_day.year, AS_AT.year + 1) for term in terms_of(year)]
    return [term for term in every if term.ends_on >= span.first_day and term.starts_on <= AS_AT]


def school_share(span: Span) -> np.ndarray:
    """For each month, the share of its weekdays on which schools are open."""
    opened = {day for term in terms(span) for day in term.open_days}
    shares = []
    for start, end in zip(span.starts, span.starts[1:], strict=False):
        days = [start + timedelta(days=k) for k in range((end - start).days)]
        weekdays = [day for day in days if day.weekday() < 5]
        shares.append(sum(day in opened for day in weekdays) / len(weekdays))
    return np.array(shares)
