"""Whether a document is ready to be issued: sources, words that wait, concerns nobody has looked at, and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words
from pipelines.insight.plans import CONCERN_IS_NEW_DAYS
from pipelines.insight.queries import Measure, Snapshot
from pipelines.insight.recorded import STORY_REGISTERS
from pipelines.insight.stories import Story

INCIDENTS = ("incidents", "incidents")


@dataclass(frozen=True)
class Check:
    """One line of the checklist before issue.

    code  fresh or held; of a pack also reviewed, meeting or due; of a fortnight over or compared; of a board whole or
          others; of minutes and of briefs as `wording.minutes` has them
    what  what is checked; well, or what to know, in one or more sentences
    """

    code: str
    what: str
    well: bool
    said: str


def readiness(snapshot: Snapshot, locality: str, meeting_on: date, *, today: date | None = None) -> list[Check]:
    """What to look at before a pack is issued. Nothing here stops it: what is not well stands in the pack too.

    today  the day it is made; null = the snapshot's. Raises NotForThisAudience for one that has no registers
    """
    stories = snapshot.stories(locality)
    made_on, due_on = today or snapshot.as_at, snapshot.pack_due_on(meeting_on)
    held = sum(bool(entry["held_back"]) for story in stories for entry in _entries(story))
    waiting = [story.name for story in stories if _unseen(story, snapshot.as_at)]
    meetings = snapshot.register("meetings")
    days = set(meetings.loc[meetings["locality"] == locality, "met_on"])
    found = [
        _fresh(snapshot, locality),
        ("held", not held, words.held_back(held)),
        ("reviewed", not waiting, words.not_reviewed(waiting) if waiting else words.ALL_REVIEWED),
        ("meeting", meeting_on in days, words.in_register(meeting_on, known=meeting_on in days)),
        ("due", made_on <= due_on, words.due_on(due_on) if made_on <= due_on else words.late(due_on, made_on)),
    ]
    return [Check(code, words.READY[code], well, said) for code, well, said in found]


def of_fortnight(snapshot: Snapshot, to_on: date, *, compared: bool) -> list[Check]:
    """What to look at before a fortnightly summary is issued.

    snapshot  opened for the manager
    compared  whether there is a snapshot from before the fortnight
    """
    found = [
        *_of_the_city(snapshot), ("over", to_on <= snapshot.as_at, words.fortnight_over(to_on, snapshot.as_at)),
        ("compared", compared, words.COMPARED if compared else words.NOT_COMPARED),
    ]  # fmt: skip
    return [Check(code, words.READY_FORTNIGHT[code], well, said) for code, well, said in found]


def of_board(snapshot: Snapshot, last: date) -> list[Check]:
    """What to look at before a report to the board is issued, up to a day in its last quarter.

    snapshot  opened for the manager: the board itself has no registers to look at
    """
    measures = {(one.feed, one.measure): one for one in snapshot.measures()}
    opened = [one.label for one in measures.values() if _is_open(snapshot, one, last)]
    harm = measures.pop(INCIDENTS, None)
    whole = harm is not None and harm.label not in opened
    others = [one.label for one in measures.values() if one.label in opened]
    found = [
        *_of_the_city(snapshot), ("whole", whole, words.QUARTER_WHOLE if whole else words.QUARTER_OPEN),
        ("others", not others, words.still_open(others) if others else words.OTHERS_WHOLE),
    ]  # fmt: skip
    return [Check(code, words.READY_BOARD[code], well, said) for code, well, said in found]


def _of_the_city(snapshot: Snapshot) -> list[tuple[str, bool, str]]:
    """What is looked at in every document of the whole city."""
    held = sum(sum(map(bool, snapshot.register(feed)["held_back"])) for feed in STORY_REGISTERS.values())
    return [_fresh(snapshot, next(iter(snapshot.localities()))), ("held", not held, words.held_back(held))]


def _fresh(snapshot: Snapshot, locality: str) -> tuple[str, bool, str]:
    stale = [source for source, _ in snapshot.clock(locality).stale]
    return "fresh", not stale, words.stale_sources(stale) if stale else said_of.figures(*_figures(snapshot)) + "."


def _is_open(snapshot: Snapshot, measure: Measure, last: date) -> bool:
    """Whether a measure is not collected whole up to a day: by quarter; without quarters, in the period before its newest,
    which may end after that day.
    """
    grain = "quarter" if "quarter" in measure.grains else measure.grain
    found = snapshot.periods(measure.feed, measure.measure, grain=grain)
    begun = found[[start <= last for start in found["period_start"]]]
    if grain != "quarter":
        return not len(begun) or bool((begun["state"] != "collected").iloc[-2:-1].any())
    # An open quarter is not in the list at all.
    return not len(begun) or pd.Timestamp(begun["period_start"].iloc[-1]) + pd.DateOffset(months=3) <= pd.Timestamp(last)


def late(snapshot: Snapshot, meeting_on: date, made_on: date) -> str:
    """What a pack says on its face when it is made after it was due; empty when it is in time."""
    due_on = snapshot.pack_due_on(meeting_on)
    return words.late(due_on, made_on) if made_on > due_on else ""


def _figures(snapshot: Snapshot) -> tuple[str, str | None, list[str]]:
    found = snapshot.periods(*INCIDENTS)
    whole = list(found.loc[found["state"] == "collected", "label"])
    arriving = list(found.loc[found["state"] == "still_arriving", "label"])
    return snapshot.as_at.isoformat(), whole[-1] if whole else None, arriving


def _entries(story: Story) -> list[dict[str, Any]]:
    """Every entry of the registers about a place."""
    rag = [story.rag] if story.rag else []
    noted = (*story.strengths, *story.goals, *story.concerns, *story.agenda_items)
    return [*story.moves, *story.interventions, *rag, *noted, *story.actions]


def _unseen(story: Story, as_at: date) -> bool:
    """Whether a new concern was raised here, and no assessment moved and no judgement was made since."""
    oldest = as_at - timedelta(days=CONCERN_IS_NEW_DAYS)
    raised = [one["fortnight_starting"] for one in story.concerns if one["fortnight_starting"]]
    new = [day for day in raised if day >= oldest]
    looked = [move["moved_on"] for move in story.moves] + ([story.rag["judged_on"]] if story.rag else [])
    led = story.assessment is not None and story.assessment.led_elsewhere
    return bool(new) and not led and max(new) > max((day for day in looked if day), default=date.min)
