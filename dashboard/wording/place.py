"""Words of the place page: what one place's story is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.wording import day, span
from dashboard.wording.directions import list_of

TITLE = "Place"
HEADING = "What is this place's story?"
SEARCH = "Find a place"
SEARCH_HELP = "Start to type its name. Beats and places of concern are both here."
SEARCH_PROMPT = "Type or choose a place"
CHOOSE_FIRST = "Choose a place above to read its story."
NOT_FOR_YOU = "This page is about one place at a time. It is not for this audience: trends by locality and the city are."
NO_PLACES = "No places are in force in this snapshot."
NO_MEASURE = "This snapshot has no incidents, so there is no story to tell yet."
HARM_GROUP, ALL_GROUPS = "Harm group", "All together"
SPAN, TWO_YEARS, WHOLE = "Time shown", "Last 2 years", "All there is"
LEVEL_SINGULAR = {"beat": "Beat", "place_of_concern": "Place of concern", "locality": "Locality", "city": "City"}

CHRONOLOGY = "What happened, on one time line"
CHRONOLOGY_TABLE = "The same as a table, newest first"
CHRONOLOGY_HEADS = ("When", "What", "In words")
MONTHS_TABLE = "Month by month, as a table"
MONTHS_HEADS = ("Month", "Figure", "State")
LANES = {"recording": "Recording", "moves": "Assessment", "interventions": "Interventions", "rag": "RAG",
         "concerns": "Concerns"}  # fmt: skip
KINDS = {"recording": "Recording changed", "moves": "Assessment moved", "interventions": "Intervention",
         "rag": "RAG judgement", "concerns": "Concern raised"}  # fmt: skip
EXPECTED_BOX, RECENT_MEAN = "usual range, a month", "last months, a month"
EMPTY_REGISTER = "Nothing is written down yet about this place: no assessment, intervention, judgement or concern."
LED_ELSEWHERE = "Led elsewhere: ask the chair."
LED_ELSEWHERE_SHORT = "led elsewhere: ask the chair"
WAITS = "waits for the data steward"

DIRECTIONS = "Which way it is going"
DIRECTIONS_HEADS = ("Harm group", "Against its own past", "Last months", "Usual range", "Against the usual",
                    "Against the rest of the city", "Last 12 months", "What could be seen")  # fmt: skip
SAME_LIST = "These are the words its locality's meeting sees. In another list the words may differ a little."
NO_DIRECTIONS = "There is no direction for this place yet."
SMALL = "too small for a ratio"
NO_RATIO = "no usual figure to hold it against"

NOW = "Where things stand"
RAG_IS = "RAG is what people judged, on a day. A direction is worked out from figures. Both are shown."
WORTH_DISCUSSING = "The judgement and the figures point different ways: worth discussing."
NO_RAG = "Nobody has rated it yet."
NO_ASSESSMENT = "No neighbourhood assessment."
NO_INTERVENTION = "No intervention is live here."
STRENGTHS, NO_STRENGTHS = "Strengths and people who look out", "No strengths are written down yet: who knows some?"
GOALS = "Safety goals"
RESIDENTS_UNKNOWN = "How many people aged 10 to 17 live here is not known. Nobody counts residents of a place of concern."

HARM_OR_REPORTING_HEADS = ("Question", "Answer")
RECORDS, RECORDS_HEADS = "About its records", ("Question", "In words", "Of")
NO_WORDS = "There are too few records here for words about days and who told us. A word needs 30 records in three months."
NO_TIMES = "The time of day is not released, so it is not shown."
GROUND, GROUND_HEADS = "Places that share its ground", ("Place", "Kind", "Direction")
NO_GROUND = "No other place shares its ground."
NEIGHBOURS = "Places that only touch its edge are not listed yet."
LOADING = "Reading this place's story"
NOT_LISTED = "no direction shown"

PATTERN_NAMES = {"days": "Which days?", "who_told": "Who told us?", "how_it_came_to_light": "How did it come to light?",
                 "bursts": "All at once, or spread out?"}  # fmt: skip
_PARTS = {
    "hardly_any": "Hardly any",
    "some": "Some",
    "about_half": "About half",
    "mostly": "Most",
    "nearly_all": "Nearly all",
}
_WORDS = {
    "any_day": "On any day of the week",
    "mostly_weekdays": "Mostly on weekdays",
    "mostly_weekends": "Mostly at weekends",
    "one_day_burst": "One day had a large part of them",
    "spread_out": "Spread out over the days",
    "mostly_not_recorded": "Mostly not recorded",
}


def pattern(word: str) -> str:
    """Say one word about a place's records."""
    if word in _WORDS:
        return _WORDS[word]
    for code, said in _PARTS.items():
        if word == f"{code}_proactive":
            return f"{said} came from officers or workers who went looking"
        if word == f"{code}_police":
            return f"{said} came from the police"
    return word.replace("_", " ").capitalize()


def option(name: str, level: str, localities: Sequence[str]) -> str:
    """Say a place in the list to search."""
    return f"{name} ({', '.join([LEVEL_SINGULAR[level].lower(), *localities])})"


def of_harm(group: str) -> str:
    """Say of which harm the word is; nothing where no kind of harm stands out."""
    return f"({group[:1].lower()}{group[1:]}; more below)" if group else "(more below)"


def kind_of(level: str, category: str | None, localities: Sequence[str]) -> str:
    """Say what kind of place it is and where."""
    parts = [LEVEL_SINGULAR[level], *([category] if category else []), list_of(localities)]
    return ", ".join(part for part in parts if part)


def edge(lead: str, other: str) -> str:
    """Say who leads for a place at the edge of two localities."""
    return f"At the edge of two localities: {lead} leads, shared with {other}."


def edge_without_lead(localities: Sequence[str]) -> str:
    """Say that a place lies in more than one locality and nobody has agreed who leads."""
    return f"It lies in {list_of(localities)}. Which of them leads is not agreed yet."


def residents(number: float) -> str:
    """Say how many young people live here."""
    return f"About {number:,.0f} people aged 10 to 17 live here."


def rag(label: str, role: str, judged_on: date | None) -> str:
    """Say a judgement: what, who by role, when."""
    when = f", {day(judged_on)}" if judged_on else ""
    return f"{label}: judged by the {role}{when}."


def assessment(status: str, since: date | None, days: int | None, agency: str | None, role: str | None) -> str:
    """Say where the assessment is."""
    told = f"Assessment: {status.lower()}"
    told += f" since {day(since)} ({days} days)" if since and days is not None else ""
    who = ", ".join(part for part in (agency, role) if part)
    return f"{told}. Lead: {who}." if who else f"{told}."


def report_back(on: date, state: str | None) -> str:
    """Say when the lead reports back."""
    said = {"overdue": "overdue since", "due_soon": "due soon, on"}.get(state or "", "due on")
    return f"Report-back {said} {day(on)}."


def move(status: str, agency: str | None, reason: str) -> str:
    """Say one move of an assessment."""
    return f"{status}{f' (lead: {agency})' if agency else ''}. {reason}".strip()


def intervention(label: str, started_on: date | None, ended_on: date | None, agency: str | None, state: str) -> str:
    """Say one intervention."""
    starts = f"from {day(started_on)}" if started_on else "start not known"
    ends = f" to {day(ended_on)}" if ended_on else (", still going" if state == "live" else "")
    lead = f" Lead: {agency}." if agency else ""
    return f"{label}, {'planned ' if state == 'planned' else ''}{starts}{ends}.{lead}"


def live_now(labels: Sequence[str]) -> str:
    """Say what is live now."""
    return f"Live now: {list_of(list(labels))}."


def fortnight(start: date, end: date) -> str:
    """Say a fortnight."""
    return f"{day(start)} to {day(end)}"


def last_year(word: str, ratio: str) -> str:
    """Say the last 12 months against the three years before."""
    return f"{word}: {ratio} the three years before" if ratio else word


def times(value: float, low: float, high: float) -> str:
    """Say a ratio with its likely range."""
    return f"about {value:.1f} times ({low:.1f} to {high:.1f})"


def usual(low: float | None, high: float | None) -> str:
    """Say the usual range in a column of that name; empty where there is none."""
    if low is None or high is None or low != low or high != high:
        return ""
    return "none" if high < 1 else f"{low:,.0f} to {high:,.0f}"


def window(periods: int | None) -> str:
    """Say which months directions look at."""
    return f"Last months: the {periods or 3} newest that are complete. A usual range holds nine such spans in ten."


def chart_summary(unit: str, first: str, last: str) -> str:
    """Say what the time line shows, for readers who cannot see it."""
    return (
        f"{unit[:1].upper()}{unit[1:]}, {span(first, last)}. The band is the likely range of each month. "
        "The dashed box is the usual range for the last months, shared out by month. "
        "What people wrote down stands below on the same time line."
    )


def steps(marks: Sequence[tuple[str, str]]) -> str:
    """Say what the marks of the assessment lane mean; empty where there are none."""
    return f"Assessment steps: {', '.join(f'{mark} {label.lower()}' for mark, label in marks)}." if marks else ""


def proactive(word: str | None, before: str | None) -> str:
    """Say how records came to light now and before."""
    return _now_and_before(word, before)


def _now_and_before(word: str | None, before: str | None) -> str:
    if word is None:
        return "Not known: too few records."
    now = pattern(word)
    if before is None:
        return f"{now}."
    return f"{now}. The year before: the same." if word == before else f"{now}. The year before: {pattern(before).lower()}."


def burst(there: bool | None) -> str:
    """Say whether one day made much of it."""
    if there is None:
        return "Not known: too few records."
    return "Yes: one day had a large part of them." if there else "No: they are spread out."


def recording(label: str, since: date, everywhere: bool) -> str:
    """Say one change in recording."""
    return f"{label}, since {day(since)}, {'in the whole city' if everywhere else 'here'}."


def located(now: float, before: float) -> str:
    """Say what share of records had a place."""
    return f"{now:.0%} of records in the last 3 months, {before:.0%} before, in the whole city."


QUESTIONS = {
    "proactive": "Did they come from people who went looking?",
    "police": "Did they come from the police?",
    "burst": "Did one day make much of it?",
    "events": "Did recording change in the last year?",
    "located": "How many records had a place?",
}
CITY_STEP = "A change in the whole city is taken out before a place is compared with its past."
NO_EVENTS = "No change is known."
NOT_KNOWN = "Not known."
