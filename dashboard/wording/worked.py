"""Words around a verdict: the parts of one intervention's page, its pictures and tables, and kinds of work together."""

from __future__ import annotations

from datetime import date

from dashboard.wording import day
from dashboard.wording.impact import between, label

CHOOSE = "Which piece of work?"
PROMPT = "Choose one piece of work"
NOTHING_CHOSEN = "Choose a piece of work above to see what the figures say, how sure that is, and whether harm moved."
NO_WORK = "No intervention has been recorded yet, so there is nothing to judge."
NOT_SHOWN = "not shown"
NO_FIGURE = "no figure"
TO_BEFORE = "See what could be seen before it starts"

OVER_TIME = "Reported and expected, month by month"
ADDED_UP = "Fewer than expected, added up since the start"
DID_IT_MOVE = "Did harm only move?"
AREA_CAPTION = "Here, around it, and both together"
HOW_SURE = "How sure is this?"
BY_GROUP = "By kind of harm"
GROUP_CAPTION = "Each kind of harm by itself"
BESIDE = "What else is known of this place"
SECOND_LOOK = "A second look, which is optimistic"
ALL_GROUPS = "All harm here, meant or not"

REPORTED, EXPECTED, STARTED, LEFT_OUT = "reported", "expected", "started", "left out"
ONE_SUM = "left out of the other sum"
USUAL = "where 95 of 100 single months fall if nothing changed"
THIS_PLACE, ANOTHER = "this place", "another place, where nothing was done"
NO_CHANGE = "no change"
FEWER_SO_FAR = "fewer so far"
RATIO_AXIS = "reported for each 1 expected"
PLACEBO_TITLE = "This place among others where nothing was done"
AS_TABLE = "The same as a table"
MONTH_HEADS = ("Month", "What it counts as", "Reported", "Expected", "95 of 100 months", "Fewer so far", "95% range")
PHASES = {"earlier": "too long ago", "before": "before", "guard": "left out", "after": "after"}
BLANK = "not collected"
AREA_HEADS = ("Where", "Reported", "Expected", "Change (95% range)", "Verdict")
HERE, AROUND, BOTH = "Here", "Around it", "Both together"
GROUP_HEADS = ("Kind of harm", "Reported", "Expected", "Change (95% range)", "Verdict")
GUARD_HEADS = ("Sum", "Reported", "Expected", "Change (95% range)", "Verdict", "Which is shown")
HEADLINE_HERE = "headline"
GUARDS = "The same sum twice"
WHY_TWICE = (
    "A place is often chosen after a bad spell, and then falls back by itself. So we make the sum with and without the "
    "three months before the start, side by side."
)
MANY_GROUPS = "Each kind is a look of its own. Of 20 kinds where nothing happened, about one would seem to change."
COMPARED = "Compared with whom, and why"
WHERE_MAP = "Where it was, what lies around it, and where it is compared with"
MAP_LABEL = "Map of the place, what lies around it and the beats it is compared with. The table below it says the same."
TREATED_SIGN, RING_SIGN, CONTROL_SIGN = "where the work was", "beats with ground that touches it", "beats compared with"
MAP_HEADS = ("Part of the map", "Places")
CHOSEN_BECAUSE = "Why it was chosen"
NOT_SAID = "Nobody wrote down why."
ASSESSMENT = "The assessment beside it"
NO_ASSESSMENT = "This place has no neighbourhood assessment."
JUDGEMENT = "An assessment is what people judged. The verdict is what the figures say. Both may be right."
TRIED = "Tried here before"
ALSO = "Also done here, then or later"
NOTHING_BEFORE, NOTHING_ELSE = "Nothing is recorded.", "Nothing else is recorded."
RECORDING = "Did recording change?"
NO_EVENT = "No change in recording is known in this place."
NO_WDD = "It cannot be made here: it needs as many whole months before as after, and one place that is much alike."
WDD_IS = (
    "Analysts know this figure. It sets the place against one that is much alike, and takes all ups and downs for pure "
    "chance. So it looks surer than it is. Read it only beside the verdict."
)

KINDS = "What each kind of work did, in all its places together"
KINDS_NONE = "No piece of work could be judged yet, so there is no figure for any kind."
KINDS_HEADS = (
    "Kind of work", "Places judged", "Change (95% range)", "Verdict", "Reduced", "Increased", "Could not tell", "Not judged",
)  # fmt: skip
KINDS_CAPTION = "Kinds of work"
KINDS_SUM = "Counts of all places of a kind are added up, so a place counts for as much as was expected there."
KINDS_MOVED = "These are figures of the places alone. A fall in a place does not show that harm did not move next door."
KINDS_FEW = (
    "With only a few places, a kind may look good or bad by chance, and places are not chosen by lot. Do not rank kinds "
    "by this."
)
ONE_PLACE = "one place only"
FOREST_SITE, FOREST_KIND = "one place", "all places of a kind together"
FOREST = "Change by kind of work, with 95% ranges"
NO_FOREST = "No kind of work was judged in two places or more yet. So no kind has a figure, and none is shown for one place."
EACH_LINE = "No kind of work was judged in two places or more yet, so no kind has a figure. Each line is one place."
FOREST_ALT = "Each line is a 95% range. Left of the dotted line fewer were reported than expected, right of it more."
SITES_CAPTION = "Each place that was judged"
SITE_HEADS = ("Piece of work", "Reported", "Expected", "Change (95% range)", "Verdict")
SHARE_ROWS = "Some places were compared with the same others. Their range is a little too narrow."


def month_alt(what: str, first: str, last: str, started: str, verdict: str) -> str:
    """Say what the picture over time shows, for readers who cannot see it."""
    return (
        f"{what}. Reported and expected, {first} to {last}. The start is marked at {started}, and the three months "
        f"before it are shaded. {label(verdict)}."
    )


def added_alt(fewer: float, low: float, high: float) -> str:
    """Say what the picture of the sum shows."""
    number = f"about {abs(fewer):,.0f} {'fewer than' if fewer >= 0 else 'more than'}" if round(fewer) else "about as many as"
    ends = "above" if low > 0 else "below" if high < 0 else "on both sides of"
    return f"By the last month it comes to {number} expected. The band is its 95% range, which ends {ends} no change."


def placebo_alt(others: int) -> str:
    """Say what the dots are."""
    return f"Each of the {others} dots is another place, judged as if the work had been there. The diamond is this place."


def judged_by(months: int, through: str, groups: str) -> str:
    """Say which months and which harm a verdict is of."""
    return f"Judged by {months} months, to {through}. Counted: {groups}."


def compared_with(number: int, chosen: int, shown: int) -> str:
    """Say whom it is compared with, and why."""
    who = f"It is compared with {number} beats"
    if chosen:
        return f"{who} that the partnership chose before it started."
    here = f" You may see {shown} of them." if shown < number else ""
    return f"{who}: all that neither hold nor touch any of it, and whose own figures are whole.{here}"


def because(reason: str) -> str:
    """Say the reason somebody wrote down."""
    return f"The reason given: {reason}"


def trend(ratio: float, low: float, high: float, alike: bool) -> str:
    """Say whether it went the way of the others before anything was done."""
    yearly = f"it changed by {ratio:.2f} times a year against the others (95% range {low:.2f} to {high:.2f})"
    if alike:
        return f"Before the start {yearly}: nothing speaks against having gone the same way. That is no proof."
    return f"Before the start {yearly}. It was already on a way of its own, so trust the verdict less."


def recording_here(kind: str) -> str:
    """Say that recording changed in the place itself."""
    return f"Recording changed in this place: {kind.lower()}. The figures may show that instead of a change in harm."


def recording_event(kind: str, since: date, *, everywhere: bool) -> str:
    """Say one change in recording that bears on the place."""
    return f"{kind}, since {day(since)}, {'in the whole city' if everywhere else 'here'}."


def assessment(status: str, since: date | None) -> str:
    """Say where the assessment is."""
    return f"{status} since {day(since)}." if since else f"{status}."


def kinds_total(judged: int, reduced: int, increased: int, unsure: int, refused: int) -> str:
    """Say how many places say what, of all kinds."""
    return (
        f"Of {judged} places that could be judged, {reduced} show evidence of a reduction, {increased} of an increase, and "
        f"{unsure} cannot tell.{f' {refused} more could not be judged.' if refused else ''}"
    )


def also_net(reduced: int, both: int) -> str:
    """Say in how many of those that fell the fall stands with the surroundings counted in."""
    return (
        f"Of the {reduced} with evidence of a reduction, {both} still show it with the places around counted in. In the "
        f"others harm may have moved."
    )


def not_judged(number: int) -> str:
    """Say how many entries are not judged at all."""
    one = number == 1
    return (
        f"{number} more {'piece' if one else 'pieces'} of work {'is' if one else 'are'} not judged at all: planned, led "
        "elsewhere, with no place on the list, or of a kind that does not act on one place."
    )


def sites_differ(ratio: float, low: float, high: float) -> str:
    """Say the mean over places, each alike, beside the sum."""
    return f"With each place counting the same: {between(low, high)}, most likely {ratio:.2f} for each 1 expected."
