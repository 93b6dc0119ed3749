"""Whether a pack is ready to be issued: sources, words that wait, concerns nobody has looked at, and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words
from pipelines.insight.plans import CONCERN_IS_NEW_DAYS
from pipelines.insight.queries import Snapshot
from pipelines.insight.stories import Story


@dataclass(frozen=True)
class Check:
    """One line of the checklist before issue.

    code  fresh, held, reviewed, meeting or due; what is checked; well, or what to know, in one or more sentences
    """

    code: str
    what: str
    well: bool
    said: str


def readiness(snapshot: Snapshot, locality: str, meeting_on: date, *, today: date | None = None) -> list[Check]:
    """What to look at before a pack is issued. Nothing here stops it: what is not well stands in the pack too.

    today  the day it is made; null = the snapshot's. Raises NotForThisAudience for one that has no registers
    """
    clock, stories = snapshot.clock(locality), snapshot.stories(locality)
    made_on, due_on = today or snapshot.as_at, snapshot.pack_due_on(meeting_on)
    stale = [source for source, _ in clock.stale]
    held = sum(bool(entry["held_back"]) for story in stories for entry in _entries(story))
    waiting = [story.name for story in stories if _unseen(story, snapshot.as_at)]
    meetings = snapshot.register("meetings")
    days = set(meetings.loc[meetings["locality"] == locality, "met_on"])
    found = [
        ("fresh", not stale, words.stale_sources(stale) if stale else said_of.figures(*_figures(snapshot)) + "."),
        ("held", not held, words.held_back(held)),
        ("reviewed", not waiting, words.not_reviewed(waiting) if waiting else words.ALL_REVIEWED),
        ("meeting", meeting_on in days, words.in_register(meeting_on, known=meeting_on in days)),
        ("due", made_on <= due_on, words.due_on(due_on) if made_on <= due_on else words.late(due_on, made_on)),
    ]
    return [Check(code, words.READY[code], well, said) for code, well, said in found]


def late(snapshot: Snapshot, meeting_on: date, made_on: date) -> str:
    """What a pack says on its face when it is made after it was due; empty when it is in time."""
    due_on = snapshot.pack_due_on(meeting_on)
    return words.late(due_on, made_on) if made_on > due_on else ""


def _figures(snapshot: Snapshot) -> tuple[str, str | None, list[str]]:
    found = snapshot.periods("incidents", "incidents")
    whole = list(found.loc[found["state"] == "collected", "label"])
    arriving = list(found.loc[found["state"] == "still_arriving", "label"])
    return snapshot.as_at.isoformat(), whole[-1] if whole else None, arriving


def _entries(story: Story) -> list[dict[str, Any]]:
    """Every entry of the registers about a place."""
    rag = [story.rag] if story.rag else []
    return [*story.moves, *story.interventions, *rag, *story.strengths, *story.goals, *story.actions, *story.concerns]


def _unseen(story: Story, as_at: date) -> bool:
    """Whether a new concern was raised here, and no assessment moved and no judgement was made since."""
    oldest = as_at - timedelta(days=CONCERN_IS_NEW_DAYS)
    raised = [one["fortnight_starting"] for one in story.concerns if one["fortnight_starting"]]
    new = [day for day in raised if day >= oldest]
    looked = [move["moved_on"] for move in story.moves] + ([story.rag["judged_on"]] if story.rag else [])
    led = story.assessment is not None and story.assessment.led_elsewhere
    return bool(new) and not led and max(new) > max((day for day in looked if day), default=date.min)
