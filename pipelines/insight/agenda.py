"""What was put on the agenda of a meeting to come: which meeting that is, and until when an item stands.

Pure functions of the register and of the days a locality meets on, so that a page, minutes and a pack say the same.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

FEED = "agenda_items"
ITEM = "agenda_item"


def meeting_of(item: Mapping[Any, Any], days: Iterable[date]) -> date | None:
    """The day of the meeting an item is for.

    The first on or after the day it names, so that a meeting that was moved still has it; the day itself where no such
    meeting is known. Of one that names none, the first after the day it was raised; null where none is known yet.

    days  on which its locality meets, as far as they are known
    """
    named, raised = item["for_meeting_on"], item["raised_on"]
    if named is not None:
        return min((day for day in days if day >= named), default=named)
    return min((day for day in days if raised is not None and day > raised), default=None)


def standing(items: Iterable[Mapping[Any, Any]], days: Iterable[date], on: date) -> list[dict[str, Any]]:
    """Items whose meeting is not over on a day, the earliest first, those of no known day last: each with `meeting_on`."""
    known = sorted(days)
    found = [{**{str(name): value for name, value in one.items()}, "meeting_on": meeting_of(one, known)} for one in items]
    left = [one for one in found if one["meeting_on"] is None or one["meeting_on"] >= on]
    return sorted(left, key=lambda one: one["meeting_on"] or date.max)
