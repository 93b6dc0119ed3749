"""Words of the report to the board: what got better, what got worse, what nobody can tell, and how sure we are."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.wording import span
from dashboard.wording.directions import NOT_SAFE, VERDICTS, WORDS, list_of

TITLE = "Places and harm: report to the board"
HEADLINE = "In one page"
HARM = "Harm in each locality and in the whole city"
MISSING = "Missing children"
SCHOOLS = "Weapons in schools"
ASSESSED = "Neighbourhood assessments"
DONE = "What is being done, and whether it worked"
AFFECTED = "Who is affected more than others"
METHOD = "How these figures are made, and how sure they are"
ANNEX = "Data annex"
DICTIONARY = "What the columns mean"

BETTER, WORSE, CANNOT_TELL, THE_SAME = "Better", "Worse", "Cannot tell", "About the same"
ASKED, PROMISES = "What is asked of the board", "Promises kept since last time"
NOTHING_BETTER = "Nothing fell by more than its ordinary ups and downs."
NOTHING_WORSE = "Nothing rose by more than its ordinary ups and downs."
NOTHING_UNSURE = "Every locality and harm group can be told."
NOTHING_ASKED = "Nothing is asked this time but to read it."
WRITE_ASKED = "What the board decides"
WHAT_WORDS_MEAN = (
    "Better means clearly falling and worse means clearly rising, against its own past three years. About one in ten such "
    "words is false. A possible rise or fall is a question, so it is under: cannot tell."
)
JUDGEMENT = "A direction is a statistic. Whether it is good news is for the board to judge."

ALL_GROUPS = "All harm groups together"
WHOLE_CITY = "{name} (whole city)"
TOLD, TOLD_HEADS = "Every locality and harm group", ("Area", "Harm group", "Against its own past", "Last 12 months",
                                                    "Newest quarter", "Usual range")  # fmt: skip
WORDS_ARE_AS_AT = "The words are as at the day of the snapshot: through {through}."
USUAL = (
    "The dashed lines are the usual range: what its own earlier figures would lead one to expect, from how much they "
    "went up and down. A figure outside it deserves a look."
)
NO_USUAL = "This snapshot has no usual range for figures rounded for the board, so no limits are drawn."
NO_USUAL_HERE = "not told"
GAPS = "A gap is a quarter that was not collected, or a figure too small to say."
NO_MEASURE = "This snapshot has no such figures."
NO_QUARTER = "no whole quarter lies between these days: the newest whole one is {newest}"
NONE_AT_ALL = "none yet"

LINE = "Counted, to the nearest {round_to}"
LOW, HIGH = "usual range, lower", "usual range, upper"
PERIOD, AREA, GROUP, FIGURE = "Period", "Area", "Harm group", "Figure"
SHARE = "Share"
CATEGORY = "What became of them"
COLUMN, MEANING = "Column", "Meaning"

PIPELINE, PIPELINE_NOTE = (
    "Where the assessments of each locality are",
    (
        "These are counts of decisions, not of harm. A place in two localities counts in each. What may not be shown yet is "
        "not counted."
    ),
)
NONE_ASSESSED = "No assessment has been recorded yet."
NO_WORK = "No intervention has been recorded yet."
NO_DEMOGRAPHICS = "This town has no figures by age, sex or ethnic group, so nothing can be said here."
DEMOGRAPHICS_LIMITS = (
    "These figures were added up by whoever supplied them, for the whole city and whole years. Each is 10 or more, to the "
    "nearest 5. A group that is smaller is not shown.",
    "They count records, not children. A child with several records counts several times.",
    "Shares are of what was recorded. Without how many children of each group live here, they cannot show whether a group "
    "is over-represented. Being stopped, searched or reported more often also makes a share larger.",
    "Nothing here may be read for a locality or a place.",
)
DIMENSIONS = {"age_band": "By age", "sex": "By sex", "ethnic_group": "By ethnic group"}
RECORDS = "Records, {years}"

FRESH, FRESH_HEADS = "How fresh each source is", ("Source", "Covers to", "Newest whole period", "Still arriving")
METHOD_POINTS = (
    "Every count is rounded at random before it leaves, once, so that nobody can be found by comparing figures.",
    "For the board, figures are of localities and the city, by whole quarters, terms and years. They are rounded once more.",
    "Totals are sums of rounded figures, so they may differ a little from the truth, on average not at all.",
    "A direction compares the last few months with the same place's own past three years, and allows for the season.",
    "More reports may mean more trust, not more harm. Where recording changed, this report says so and does not call it "
    "worse.",
    NOT_SAFE,
    "Places, people and free text are not in this report.",
)
NO_NAMES = "No place smaller than a locality is named here. A manager may release one, in a paper of its own."

MONTHS = tuple(calendar.month_name)[1:]
COLUMNS = {
    "Area": "a locality, or the whole city",
    "Harm group": "kinds of harm that are counted together",
    "Period": "a whole calendar quarter, school term or year that is collected whole",
    "Figure": "what was counted, to the nearest few; a small one is said as under a number; text says why there is none",
    "usual range, lower": "the least that its earlier figures would lead one to expect",
    "usual range, upper": "the most that its earlier figures would lead one to expect",
    "Share": "the share of its whole; empty where the whole is under 30",
    "Against its own past": "the direction: the last months against the three years before",
    "Last 12 months": "the same of the last 12 months",
}


@dataclass(frozen=True)
class Headline:
    """One line of the one-page headline."""

    area: str
    group: str
    word: str
    figure: str
    verdict: str


def line(one: Headline) -> str:
    """Say one locality's or the city's direction: 'North, knives and weapons: rising (about 80 in July ...)'."""
    said = f"{one.area}, {one.group[:1].lower()}{one.group[1:]}: {WORDS.get(one.word, one.word).lower()}"
    why = f". {VERDICTS[one.verdict]}" if one.verdict in ("could_be_reporting", "mostly_proactive") else ""
    return f"{said} ({one.figure}){why}." if one.figure else f"{said}{why}."


def figure(said: str, label: str) -> str:
    """Say a figure and its quarter."""
    return f"{said} in {label}"


def lead(worse: int, better: int, unsure: int, same: int) -> str:
    """Say the whole report in one sentence."""
    parts = [f"{worse} got worse", f"{better} got better", f"{same} stayed about the same", f"{unsure} cannot be told"]
    every = worse + better + unsure + same
    return f"Of {every} lines we look at (each locality and the city, by harm group), {list_of(parts)}."


def unsure(labels: Mapping[str, int]) -> list[str]:
    """Say how many lines have each word that settles nothing: '7 lines: no clear change'."""
    return [
        f"{count} {'line' if count == 1 else 'lines'}: {WORDS.get(word, word).lower()}." for word, count in labels.items()
    ]


def same(count: int) -> str:
    """Say how many stayed as they were."""
    return f"{count} {'line is' if count == 1 else 'lines are'} steady: any change is smaller than half as much again."


def ask_lead(area: str, group: str) -> str:
    """Ask that somebody leads."""
    return f"{area}, {group[:1].lower()}{group[1:]}: agree which agency leads the answer, and when it reports back."


def ask_recording(area: str, group: str) -> str:
    """Ask that a change in recording is looked at."""
    return f"{area}, {group[:1].lower()}{group[1:]}: ask how recording changed before reading it as more or less harm."


def ask_delivery(source: str, newest: str) -> str:
    """Ask for a delivery that is late."""
    return f"{source}: the newest whole period is {newest}. Ask its supplier for what is missing."


def ask_late(late: int) -> str:
    """Ask for late promises."""
    return f"{late} {'promise is' if late == 1 else 'promises are'} past the day agreed: ask each lead agency for a new day."


def promises(kept: int, late: int, dropped: int, of: int) -> str:
    """Say how many promises that fell due were kept."""
    if not of:
        return "No promise fell due in this time."
    fates = list_of([f"{kept} {_was(kept)} kept", f"{late} {_is(late)} late", f"{dropped} {_was(dropped)} dropped"])
    return f"Of {of} {'promise' if of == 1 else 'promises'} that fell due, {fates}."


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def usual(low: float | None, high: float | None) -> str:
    """Say a usual range."""
    return NO_USUAL_HERE if low is None or high is None else f"{low:,.0f} to {high:,.0f}"


def subtitle(partnership: str, said: str) -> str:
    """Say whose report it is and of which time."""
    return f"{partnership}: {said}"


def chart_title(group: str, area: str) -> str:
    """Name a chart."""
    return f"{group}: {area}"


def chart_alt(group: str, area: str, unit: str, figures: Sequence[tuple[str, str]], usual_said: str) -> str:
    """Say a whole chart in words: its span, its ends, and where the newest figure lies."""
    if not figures:
        return f"{group} in {area}: no whole period yet."
    (first, begin), (last, end) = figures[0], figures[-1]
    told = f"{group} in {area}, {unit}, period by period, {span(first, last)}: {begin} at first, {end} at last."
    return f"{told} The usual range of the last is {usual_said}." if usual_said != NO_USUAL_HERE else told


def short(label: str) -> str:
    """Say a period in the little room below a chart: 'Jul to Sep 2026', 'Summer 2026'."""
    return " ".join(one[:3] if one in MONTHS else one for one in label.split() if one != "term")


def annex(label: str) -> str:
    """Name a sheet of the annex."""
    return f"Annex: {label}"


def table(label: str, unit: str) -> str:
    """Name a table of figures, with what one of them is."""
    return label if unit in label.lower() else f"{label} ({unit})"
