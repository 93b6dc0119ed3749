"""Every sentence the dashboard says, in one place. British English; glossary words only; no place names here.

Functions return plain text: whoever puts it on a page escapes it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence

PRODUCT = "Safer Places"
PAGE_MEETING, PAGE_MAP, PAGE_PLACE, PAGE_TRENDS = "Meeting", "Map", "Place", "Trends"
PAGE_ASSESSMENTS, PAGE_INTERVENTIONS = "Assessments", "Interventions"
MAP_TITLE = "Where harm is reported"
BLURRED = "Blurred to protect children: an event you know about may not show."
PUBLIC_CONTEXT = (
    "Public context: published by police.uk for everybody, exact, and never added to the partnership's own figures."
)
ROUNDED_AGAIN = "Figures are to the nearest {round_to}; a figure under {under} is said as that alone."
PUBLIC_ROUNDED = "Public context: published by police.uk for everybody, and never added to the partnership's own figures."
CONTROLS = "What the map shows"
MEASURE = "Measure"
LEVEL = "Area"
GROUPS = "Harm groups"
GROUPS_OF = {"weapon_in_school_reports": "How far each report has come", "police_uk": "Kinds of crime"}
FROM, TO = "From", "To"
SHOW = "Show"
COUNTS = "Counts"
RATES = "Rate per 1,000 residents aged 10 to 17"
NO_RATES = "Rates are for beats and localities only: nobody counts residents of a place of concern."
ALL_GROUPS = "All of them"
CHOOSE_PLACE = "Choose a place"
CHOOSE_PLACE_HELP = "The same as clicking it on the map. On the map itself: arrow keys move, Enter chooses."
PLACE_PROMPT = "Click a place on the map, or choose it here"
NOTHING_WHOLE_YET = "No period is complete yet that these figures can be shown for."
NO_PLACES = "No places of this kind are in force in this snapshot."
FRESHNESS = "How fresh is it?"
FRESHNESS_TITLE = "How fresh each source is"
NONE_YET, NOTHING = "none yet", "nothing"
TABLE_TITLE = "The same figures as a table"
SERIES_TABLE = "Period by period, as a table"
LEGEND_TITLE = "How to read the map"
CLOSE_PLACE = "Clear the choice"
LOADING_MAP = "Reading the figures"
OPENING = "Opening the snapshot"
LEGEND_WITHHELD = "Withheld: hatched, the reason is in the table"
LEGEND_NONE = "No figure: dashed, the reason is in the table"
CHART_RANGE, CHART_COUNT, CHART_ARRIVING = "likely range", "about", "still arriving"
CHART_GAP = "not collected"

EMPTY_TITLE = "There is no snapshot to show yet"
EMPTY_STEPS = (
    "Nothing is shown until figures have passed the gate. Whoever looks after the data can publish them:",
    "safer-places build",
    "safer-places publish",
    "To look around with an invented town first, run safer-places demo before these two. "
    "To go back to an earlier snapshot, run safer-places use. Then reload this page.",
)
BROKEN_TITLE = "The snapshot cannot be read"
BROKEN_STEPS = (
    "No figures are shown, because half a snapshot could mislead.",
    "Whoever looks after the data can list the snapshots there are, and go back to the last good one:",
    "safer-places snapshots",
    "safer-places use",
    "Where the product has been updated since they were published, publish again instead:",
    "safer-places build",
    "safer-places publish",
    "Then reload this page.",
)
FAULT = (
    "This page met a fault and stopped. Nothing was lost. Reload it; if it happens again, tell whoever looks "
    "after the dashboard."
)

SHOWN_TO = {
    "meeting": "Shown to: {locality} locality meeting",
    "manager": "Shown to: Safer Options manager and team",
    "board": "Shown to: the board",
}
CLUSTERS = (
    "Schools are shown together, at least three at a time, and never one by one. A report that names no school counts in "
    "its locality alone."
)
LEVEL_NAMES = {
    "beat": "Beats",
    "locality": "Localities",
    "place_of_concern": "Places of concern",
    "cluster": "Clusters of schools",
    "city": "City",
}
LEVEL_SINGULAR = {
    "beat": "Beat",
    "locality": "Locality",
    "place_of_concern": "Place of concern",
    "cluster": "Cluster of schools",
    "city": "City",
}
REASONS = {
    "still_arriving": "still arriving: the reports are not all in yet",
    "not_collected": "not collected in this time",
    "to_protect_people": "withheld to protect people",
    "boundary_changed": "not shown: the boundary changed",
    "too_small": "no rate: the figure is too small for one",
    "no_residents": "no rate: how many young people live here is not known",
}
STATES = {"collected": "collected", "still_arriving": "still arriving", "not_collected": "not collected"}


def day(value: datetime.date) -> str:
    """Say a date: 7 October 2026."""
    return f"{value.day} {value:%B %Y}"


def reason(code: str | None) -> str:
    """Say why there is no figure. A reason this page does not know is still said, plainly."""
    if not code:
        return "no figure"
    return REASONS.get(code, code.replace("_", " "))


def span(first: str, last: str) -> str:
    """Say which periods are shown: 'July 2026', 'July to September 2026', or 'October 2025 to March 2026'.

    first, last  what each period is called; a quarter is a span itself: 'January to March 2026'
    """
    if first == last:
        return first
    year, end = first.rpartition(" ")[2], last.rpartition(" to ")[2]
    begin = first.partition(" to ")[0].removesuffix(year).strip()
    return f"{begin} to {end}" if begin and end.endswith(f" {year}") else f"{begin} {year} to {end}".strip()


def as_at(town: str, date: datetime.date) -> str:
    """Say which snapshot this is."""
    return f"{town}: figures as at {day(date)}"


def shown_to(audience: str, locality: str | None) -> str:
    """Say whom the page is shown to."""
    return SHOWN_TO[audience].format(locality=locality)


def how_sure(*, public: bool, round_to: int | None, under: int | None) -> list[str]:
    """Say what was done to the figures of a page, one sentence a fact."""
    if round_to is None:
        return [PUBLIC_CONTEXT if public else BLURRED]
    return [PUBLIC_ROUNDED if public else BLURRED, ROUNDED_AGAIN.format(round_to=round_to, under=under)]


def nearest(about: float | None, under: float | None) -> str:
    """Say a figure that was rounded to the nearest few: 'under 10', or 'about 25'."""
    if under is not None and not math.isnan(under):
        return f"under {under:,.0f}"
    return reason(None) if about is None or math.isnan(about) else f"about {about:,.0f}"


def nearest_rate(value: float) -> str:
    """Say a rate made from a rounded figure: it has no range of its own."""
    return f"about {value:.1f} per 1,000"


def arriving(feeds_by_period: Mapping[str, Sequence[str]]) -> str:
    """Say what is not all in yet; empty when everything is."""
    parts = [f"{period} ({', '.join(feeds)})" for period, feeds in feeds_by_period.items()]
    return f"Still arriving: {'; '.join(parts)}" if parts else ""


def rate(value: float, low: float, high: float) -> str:
    """Say a rate with its likely range; one decimal is as much as the rounding bears."""
    if math.isclose(low, high):
        return f"{value:.1f} per 1,000"
    return f"about {value:.1f} per 1,000 ({low:.1f}-{high:.1f})"


def legend_entry(label: str, word: str, *, exact: bool, per_1000: bool) -> str:
    """Say one shade of the legend: 'about 10 to 19 (middle)'."""
    unit = " per 1,000" if per_1000 else ""
    return f"{'' if exact else 'about '}{label}{unit} ({word})"


def estimated() -> str:
    """Say that a figure was carried over from older boundaries."""
    return "estimated: counted on older boundaries"


def incomplete(arriving_labels: Sequence[str], missing_labels: Sequence[str]) -> list[str]:
    """Say what is missing from the periods shown, one sentence a kind."""
    notes = []
    if arriving_labels:
        notes.append(f"Still arriving, so these figures will grow: {', '.join(arriving_labels)}.")
    if missing_labels:
        notes.append(f"Not collected, so not counted: {', '.join(missing_labels)}.")
    return notes


def latest_state(label: str, state: str) -> str:
    """Say how complete the newest period is."""
    if state == "still_arriving":
        return f"{label} is still arriving: its figure will grow."
    if state == "not_collected":
        return f"{label} was not collected: the gap is not a fall."
    return f"{label} is complete."


def chart_summary(unit: str, first: str, last: str, *, exact: bool, under: int | None = None) -> str:
    """Say what the chart shows, for readers who cannot see it."""
    drawn = "Exact, as published." if exact else "The band is the likely range."
    if under is not None:
        drawn = f"A bar stands for a figure under {under}, wherever in it the figure is."
    return f"{unit[:1].upper()}{unit[1:]}, {span(first, last)}. {drawn}"
