"""Words of the trends page: what is moving across the city."""

from __future__ import annotations

import math

from dashboard.wording import span

TITLE = "Trends"
HEADING = "What is moving across the city?"
TABS = ("Harm by locality", "Flagged places", "Missing children", "Weapons in schools")
GRAIN = "One point for each"
GRAINS = {"month": "Month", "quarter": "Quarter", "year": "Year", "term": "School term"}
NOT_HERE = "This part cannot be shown: this snapshot does not have it."
NOT_FOR_YOU = "Single places are not shown to this audience. The first part shows each locality and the city."
NO_MEASURES = "No period is complete yet that these figures can be shown for."

GRID = "Each locality and harm group"
CITY, LOCALITY, ALL_GROUPS = "City", "Locality", "All together"
GRID_NOTES = (
    "The line is what was counted. The band is its likely range. A gap was not collected. A hollow point is still arriving.",
    "The dashed box is the usual range for the last months. Localities share one scale; the city has its own. "
    "The number at the top left of a picture is its upper edge.",
)
GRID_NOTES_NEAREST = ("The line is what was counted, to the nearest few. A bar stands for a figure too small to say.",)
FIGURES, FIGURES_HEADS = "The same in figures: the last months", (
    "Locality", "Harm group", "Against its own past", "Counted", "Usual range", "Against the rest of the city",
    "Last 12 months against the 3 years before")  # fmt: skip
FIGURES_HEADS_WORDS = ("Locality", "Harm group", "Against its own past", "Last whole period", "Against the rest of the city",
                       "Last 12 months against the 3 years before")  # fmt: skip
COUNTED = "What is counted"
NO_WORD = "No direction is told of it"
LOADING = "Reading the figures"
SAME = "no other place to compare with"

FLAGGED, FLAGGED_HEADS = "Places with a clear word", (
    "Place", "Harm group", "Direction", "Last months", "Usual range", "Against the usual",
    "More harm or more reporting?")  # fmt: skip
POSSIBLE = "Places with a possible rise or fall: questions, not findings"
NO_FLAGS = "No place has a clear word today."
BUDGET = "How many flags may be false"
CONCENTRATION = "In how few places it lies"
CONCENTRATION_SPAN = "Over the last 12 complete months, counted by beat."
NO_CONCENTRATION = "There are too few complete months to say."

FOUND, FOUND_HEADS = "Where missing children were found: the places with most", (
    "Place", "Kind", "Last 3 complete months", "The last 2 years", "Direction")  # fmt: skip
FOUND_LABEL = "Missing children found"
FOUND_NOTE = "One child counts once a month in one place. So these are child-months, not children."
FOUND_SPACES = "A place of concern lies inside a beat, so its figure is part of that beat's too."
FROM = "Children reported missing, by where from"
INTERVIEWS = "Return home interviews in the last closed quarter"
INTERVIEWS_OVER_TIME = "Interviews completed within 72 hours, quarter by quarter"
REPEATS = "How often the same child was reported missing in the last closed quarter"
REPEATS_NOTE = "Each child counts once in the quarter, in the locality of the first report."
INTERVIEWS_NOTE = "Each row adds up to all missing episodes of the quarter, each with its own likely range."
CATEGORIES = {
    "completed_in_72_hours": "Completed within 72 hours",
    "completed_later": "Completed later",
    "declined": "Declined by the child",
    "not_completed": "Not completed",
    "one": "Once",
    "two": "Twice",
    "three_or_more": "Three times or more",
}
NO_TIMES = "The time of day children go missing is not released, so it is not shown."
NO_SUMMARIES = "No quarter of these is closed yet."
MORE_TRUST = (
    "More reports may mean more trust, not more harm: a child who is reported missing, or a school that reports a weapon, "
    "is being looked out for."
)

PATHWAY = "Weapon-in-school reports: how far each has come, by term"
PATHWAY_ALL = "All reports"
PATHWAY_YEARS = "In the whole city, by school year"
PATHWAY_NOTES = (
    "Each report is in one state. It stays in the term it was made in and moves on when a school's inclusion manager has "
    "seen it.",
    "Percentages are shown for the whole city and a whole school year only. Smaller groups would be too near to one child.",
)
TERM, YEAR = "Term", "School year"
PATHWAY_OF = "Term by term, for"
KINDS = {"city": "the whole city", "locality": "locality", "cluster": "cluster of schools"}
NO_YEAR = "No school year is complete yet."
PHASES = "Kinds of school the reports came from, in the whole city"
PHASES_HEADS = ("Kind of school", "School year", "Reports")
PHASE_NAMES = {
    "primary": "Primary", "secondary": "Secondary", "special": "Special", "alternative_provision": "Alternative provision",
    "sixth_form": "Sixth form", "further_education": "Further education", "other": "Other",
}  # fmt: skip


def concentration(group: str, half_in: int, areas: int, by_chance: int) -> str:
    """Say in how few beats half of it lies: only where that is clearly fewer than chance would have it."""
    return (
        f"{group}: half of it is in {half_in} of {areas} beats. Spread by chance alone, half would be in about {by_chance}."
    )


def no_concentration(group: str) -> str:
    """Say that nothing stands out."""
    return f"{group}: spread about as chance alone would spread it, so no beats stand out."


def area_option(name: str, level: str) -> str:
    """Say an area in the list to choose from."""
    return f"{name} ({KINDS[level]})"


def share(value: float | None) -> str:
    """Say a share; empty where there is none."""
    return "" if value is None or math.isnan(value) else f", {value:.0%}"


def spark_alt(locality: str, group: str, word: str, first: str, last: str) -> str:
    """Say what a small picture shows, for readers who cannot see it."""
    return f"{group} in {locality}, {span(first, last)}. {word}. The figures are in the tables of this page."


def whole_city(name: str) -> str:
    """Name the row of the whole city."""
    return f"{name} (whole city)"


def figure(said: str, usual: str) -> str:
    """Say a figure beside its usual range."""
    return f"{said}, usual range {usual}" if said and usual else said


def budget(clear: int, clear_false: float, flags: int, flags_false: float, everything: int) -> str:
    """Say how many of a list's flags may be false: of the clear words, and of all of them."""
    if not flags:
        return f"None of the {everything:,} lines of this list is flagged."
    told = f"We looked at {everything:,} places and harm groups. "
    if clear:
        told += f"Of the {clear} with a clear word, about {_some(clear_false, clear)} may be false. "
    return told + f"With the possible rises and falls, about {_some(flags_false, flags)} of {flags} may be."


def _some(expected: float, most: int) -> int:
    return min(most, max(1, round(expected)))


def window(first: str, last: str) -> str:
    """Say which months the figures are of."""
    return f"The figures and the words are of {span(first, last)}."


def term(label: str, arriving: bool) -> str:
    """Say a term, and whether its reports are still coming in."""
    return f"{label} (still arriving)" if arriving else label


def last_counted(words: str, label: str) -> str:
    """Say a figure and its period."""
    return f"{words} ({label})"
