"""What the registers say was done between two days: assessments moved, work started and ended, actions closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipelines.insight.queries import Snapshot

CLOSED = ("done", "dropped")
FORTNIGHT = timedelta(days=13)
Entry = Mapping[Any, Any]


@dataclass(frozen=True)
class Activity:
    """What was done between two days, of some places; what is led elsewhere is not here.

    work  interventions with the day each started or ended, and which of the two
    """

    moved: tuple[Entry, ...] = ()
    work: tuple[tuple[Entry, str, date], ...] = ()
    closed: tuple[Entry, ...] = ()
    raised: tuple[Entry, ...] = ()

    @property
    def started(self) -> int:
        """How many pieces of work started."""
        return sum(what == "started" for _, what, _ in self.work)

    @property
    def ended(self) -> int:
        """How many pieces of work ended."""
        return sum(what == "ended" for _, what, _ in self.work)


def activity(snapshot: Snapshot, places: Sequence[str] | None, from_on: date, to_on: date) -> Activity:
    """What was done from one day to another, both included.

    places  ids; null = everywhere, what is of no one place too
    """

    def entries(feed: str) -> list[Entry]:
        rows = snapshot.register(feed).to_dict("records")
        return [one for one in rows if places is None or one["place_id"] in places]

    def within(day: date | None) -> bool:
        # What is led elsewhere has no day that may be known.
        return day is not None and from_on <= day <= to_on

    moved = tuple(one for one in entries("neighbourhood_assessments") if within(one["moved_on"]))
    work = [(one, what, one[f"{what}_on"]) for one in entries("interventions") for what in ("started", "ended")
            if within(one[f"{what}_on"])]  # fmt: skip
    closed = tuple(one for one in entries("actions") if within(one["updated_on"]) and one["status"] in CLOSED)
    # A concern is of a fortnight, and counts in the summary its last day lies in: once.
    raised = tuple(one for one in entries("emerging_concerns")
                   if one["fortnight_starting"] and within(one["fortnight_starting"] + FORTNIGHT))  # fmt: skip
    return Activity(moved, tuple(sorted(work, key=lambda one: one[2])), closed, raised)
