"""Days and months: the little calendar arithmetic intake needs."""

from datetime import date, timedelta


def next_month(day: date) -> date:
    """The first day of the month after the one a day is in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_end(day: date) -> date:
    """The last day of the month a day is in."""
    return next_month(day) - timedelta(days=1)


def months_between(first: date, last: date) -> list[date]:
    """The first day of every month from the one `first` is in to the one `last` is in."""
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def month_label(day: date) -> str:
    """A month as the snapshots write it: 2024-03."""
    return f"{day:%Y-%m}"


def month_no(period: str) -> int:
    """A month as one number, so that months can be compared by the million: year * 12 + month."""
    return int(period[:4]) * 12 + int(period[5:7])
