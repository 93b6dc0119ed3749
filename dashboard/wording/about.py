"""Words of the page about the data. How directions are made is told in docs/method.md, and the words in data/GLOSSARY.md."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence

from dashboard.wording import span

TITLE = "About this data"
QUARTERS = {"Q1": "January to March", "Q2": "April to June", "Q3": "July to September", "Q4": "October to December"}
IMPACT = "How impact is judged"
FRESH, DIRECTIONS, GLOSSARY, DECIDED = (
    "How fresh and complete", "How directions are made", "What words mean", "What was decided",
)  # fmt: skip
NOT_HERE = "This part cannot be shown from here. The rest of the page is not affected."
COMPLETE = "How complete each source is"
COMPLETE_HEADS = ("Source", "Not collected", "Had a place: newest", "Had a place: lowest", "In so far: newest")
COMPLETE_NOTES = (
    "Not collected is unknown. It is never a zero.",
    "When fewer reports say where, places seem to fall. So less is expected of such months. Reports that come late are "
    "allowed for in the same way.",
)
DELAY = "How long reports take: what part of a month's final count is known"
SOURCE = "Source"
BUDGET = "How many of the flags may be false"
BUDGET_HEADS = ("What is counted", "Area", "Directions told", "Flagged", "Of these, may be false")
BUDGET_NOTES = (
    "Each row is one whole list: every area of that kind, by every harm group. A longer list holds more false alarms.",
    "No clear change does not mean safe: about half of doublings that last three months are not yet visible.",
)
NO_DIRECTIONS = "No directions are told yet: there is too little history, or nothing is complete."
DISPUTED = "Files and meetings"
DISPUTED_CAPTION = "Where the published registers say something else than a meeting recorded"
DISPUTED_HEADS = ("Register", "What differs", "Entries", "Places")
DISPUTES = {
    "file_stands": "a file delivered later says something else, and stands",
    "not_in_it": "not in this snapshot: refused by the rules of its register, or waiting",
    "at_once": "two people recorded it at once: see which is meant",
}
NO_DISPUTES = "Nothing published says anything else than what meetings recorded."
DISPUTED_NOTES = (
    "The later day stands; on the same day, what the meeting recorded. Nothing is settled in silence: where the two differ, "
    "record a correction.",
    "Whoever keeps the data sees every one, column by column, also where a meeting's word stands over a file's: "
    "safer-places conflicts.",
)
ROUNDING = "What was done to each count"
ROUNDING_HEADS = ("What is counted", "Rounding", "Shown by", "Period")
GRAINS = {"month": "month", "term": "school term", "quarter": "quarter", "year": "year"}
ALWAYS = (
    "A count is rounded once, by a secret draw that is right on average, before it can leave. All these pages are made of "
    "rounded counts alone. Once a month is released for good, it never changes.",
    "No page shows a person, a family, an address, a school or a point on a map.",
)
NONE, NOT_KNOWN = "none", "not known"


def period(code: str) -> str:
    """Say a counted period by its code: 'July 2024', 'July to September 2024', or 'Autumn term 2024'."""
    year, _, rest = code.partition("-")
    if rest in QUARTERS:
        return f"{QUARTERS[rest]} {year}"
    if rest.isdigit() and 1 <= int(rest) <= 12:
        return f"{datetime.date(2000, int(rest), 1):%B} {year}"
    return f"{rest.replace('-', ' ').capitalize()} term {year}" if rest else code


def spans(runs: Sequence[tuple[str, str]], others: Sequence[str] = ()) -> str:
    """Say runs of periods, and any others that have their words already: 'July to August 2024, May 2025'."""
    said = [span(period(first), period(last)) for first, last in runs]
    return ", ".join([*said, *others]) or NONE


def share(value: float | None, of: str | None = None) -> str:
    """Say a share, and of which period: '94%', '83% (June 2025)'."""
    if value is None or math.isnan(value):
        return NOT_KNOWN
    return f"{value:.0%} ({period(of)})" if of else f"{value:.0%}"


def days(number: int) -> str:
    """Say how long after the end of a month its reports are looked at."""
    return "By its last day" if number == 0 else f"{number} days later"


def may_be_false(number: float) -> str:
    """Say about how many flags may be false."""
    return "about none" if number < 0.5 else f"about {number:.0f}"


def rounding(base: int, round_to: int | None, under: int | None, *, public: bool) -> str:
    """Say what was done to the counts of one measure."""
    drawn = "exact: published for everybody" if public else f"to a multiple of {base}, by a secret draw"
    return drawn if round_to is None else f"{drawn}; shown to the nearest {round_to}, and under {under} as that alone"


def register(feed: str) -> str:
    """Name a register."""
    return feed.replace("_", " ").capitalize().replace("Rag ", "RAG ")
