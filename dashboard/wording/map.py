"""Words of the map page: its layers, its search, and what each layer must be read with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.wording import LEVEL_NAMES, LEVEL_SINGULAR, RATES, reason

LAYERS = {
    "count": "Counts",
    "rate": RATES,
    "direction": "Direction: each place and its own past",
    "relative": "Direction: each place and the rest of the city",
    "status": "Where each neighbourhood assessment is",
}
HARM_GROUP = "Harm group"
ALL = "all"
ALL_TOGETHER = "All of them together"
SECOND = "A second map beside it"
SECONDS = {"none": "No", "time": "Another time", "group": "Another harm group"}
SECOND_FROM, SECOND_TO, SECOND_GROUP = "Second map: from", "Second map: to", "Second map: harm group"
SAME_SHADES = "Both maps are shaded by the same scale, so a shade means the same on each."
DIRECTION_TITLE = {
    "direction": "{measure}: rising or falling?",
    "relative": "{measure}: rising or falling faster than the rest of the city?",
}
STATUS_TITLE = "Where each neighbourhood assessment is"
RELATIVE_MEANS = (
    "Rising here means that figures rose more, or fell less, than the rest of the city did; about one in ten of the "
    "places we flag may be a false alarm."
)
WHAT_WORDS_MEAN = "What each word means"
WORD_HEADS = ("Word", "What it means")
NO_RISE = "none: too small"
NO_DIRECTION = "no direction yet"
NO_DIRECTIONS = "Nothing can be said yet about rising or falling: there is too little history."
NO_ASSESSMENT = "No assessment"
NEEDS_PLAN = "No assessment, and rising or raised as a concern"
NO_MOVES = "The register of neighbourhood assessments is empty: nothing has been written down yet."
STATUS_NOTE = "Dashed: the place has no assessment. A status is what people wrote down, not a finding from figures."
DIRECTION_TABLE = "The same directions as a table"
STATUS_TABLE = "The same assessments as a table"
DIRECTION_HEADS = ("Direction", "Last months", "Usual range", "Smallest rise it could show")
STATUS_HEADS = ("Status", "Report-back", "Who leads")
OVERDUE = "Report-backs that are overdue, by agency"
OVERDUE_HEADS = ("Agency", "Overdue", "Which places")
NONE_OVERDUE = "No report-back is overdue."
NOBODY_SAID = "no agency is written down"
SOURCES = "Background: {said}"
MAP_LABEL = "Map of {level}: {what}. Arrow keys move between places, Enter chooses, plus and minus zoom, Escape leaves."


def place_option(name: str, level: str, shown: str) -> str:
    """Say a place in the list to search: its kind is said where another kind is on the map."""
    return name if level == shown else f"{name} ({LEVEL_SINGULAR.get(level, level).lower()})"


def figure_and_word(figure: str, word: str) -> str:
    """Say a figure and where it is going: 'about 93 (84-102), rising'."""
    return ", ".join(part for part in (figure, word.lower()) if part)


def one_or_all(labels: Mapping[str, str], groups: Sequence[str]) -> str:
    """Say which harm groups are counted together."""
    if len(groups) == len(labels):
        return ALL_TOGETHER
    return ", ".join(labels[code] for code in groups)


def sources(said: str) -> str:
    """Say whose the backdrop is; nothing where nobody is named."""
    return SOURCES.format(said=said) if said else ""


def every_row(rows: int, places: int) -> str:
    """Offer the rest of a long table."""
    return f"Show all {places:,} places, not just the first {rows:,}"


def map_label(level: str, what: str) -> str:
    """Name a map for readers who cannot see it."""
    return MAP_LABEL.format(level=LEVEL_NAMES.get(level, level).lower(), what=what)


def smallest_rise(ratio: float | None) -> str:
    """Say the smallest rise that figures as small as a place's could have shown: '1.6 times'."""
    return NO_RISE if ratio is None or ratio == float("inf") else f"{ratio:.1f} times"


def usual_range(low: float | None, high: float | None) -> str:
    """Say the range that is usual for a place, or that there is none."""
    return reason(None) if low is None or high is None else f"{low:,.0f} to {high:,.0f}"
