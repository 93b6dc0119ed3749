"""Of which meeting something is recorded: its locality, its day, and the places that may be spoken of there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard import clock


@dataclass(frozen=True)
class Sitting:
    """One meeting that is being written down.

    meeting_on  its day
    said_on     the day its entries say of themselves: the meeting's, or today where that has not come yet
    names       of every place it may speak of, by id
    localities  of the whole partnership, by id
    """

    locality: str
    locality_name: str
    meeting_on: date
    said_on: date
    names: Mapping[str, str]
    localities: Mapping[str, str]

    def is_of(self, row: Mapping[str, Any]) -> bool:
        """Whether something was recorded at this meeting."""
        return (row.get("locality"), row.get("meeting_on")) == (self.locality, self.meeting_on.isoformat())


def today() -> date:
    """The recorder's own day."""
    return clock.now().astimezone().date()


def sitting(locality: str, localities: Mapping[str, str], days: Mapping[str, Any], names: Mapping[str, str]) -> Sitting:
    """The meeting nearest to today, of the last and the next the register has; today's where it has neither.

    days  `meets_on` and `last_met_on`, as days or as text, null where there is none
    """
    here = today()
    known = [_day(days[name]) for name in ("meets_on", "last_met_on") if days.get(name)]
    meeting_on = min(known, key=lambda day: (abs((day - here).days), -day.toordinal()), default=here)
    return Sitting(locality, localities[locality], meeting_on, min(meeting_on, here), names, localities)


def _day(said: Any) -> date:
    return said if isinstance(said, date) else date.fromisoformat(str(said)[:10])
