"""Words for impact: every verdict as a sentence that says how sure it is, and every reason why there is none.

A count is of reports. A verdict is of the figures, so no sentence says that something worked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from dashboard.wording import day
from dashboard.wording.directions import MOST_FOR_A_RATIO, list_of

REDUCTION, INCREASE, CANNOT_TELL = "evidence of a reduction", "evidence of an increase", "cannot tell"
TWICE = 2.0

VERDICTS = {
    REDUCTION: "Evidence of a reduction",
    INCREASE: "Evidence of an increase",
    CANNOT_TELL: "Cannot tell",
    "led_elsewhere": "Led elsewhere",
    "planned": "Not begun",
    "ongoing_too_early": "Too early",
    "not_of_a_place": "Not judged: it does not act on one place",
    "no_place": "Not judged: no place on the list",
    "overlapping": "Not judged: two at once",
    "starts_in_missing_months": "Not judged: months are missing",
    "too_short_a_history": "Not judged: too little past",
    "too_few_comparison_places": "Not judged: too few to compare with",
}
NOT_JUDGED = {
    "led_elsewhere": "Led elsewhere: ask the chair.",
    "not_of_a_place": "Work of this kind does not act on one place. So counts of a place cannot show what it did.",
    "no_place": "Its area is not on the list of places in force, so nothing can be counted there.",
    "planned": "It has not begun. Before it starts shows what could be seen.",
    "ongoing_too_early": (
        "Three whole months must pass first. Even then a fall of 40% is told only about 1 time in 4; after a year, 1 in 2."
    ),
    "overlapping": "Other work began or ended here in the same months. What each did cannot be told apart.",
    "starts_in_missing_months": "The months around its start were not collected. A missing month is never a zero.",
    "too_short_a_history": "Two whole years before it started are needed. There are fewer here.",
    "too_few_comparison_places": "At least eight places that it did not touch are needed. There are fewer here.",
}
OTHER_WORK = "work that is not shown here"

RANGE_MEANS = "A 95% range is made so that 95 of 100 such ranges hold the truth."
VISIBLE_MEANS = "A reduction as small as the smallest one named is itself missed about half of the time."
CANNOT_TELL_MEANS = "Cannot tell does not mean that it did nothing."
WEAK_EVIDENCE = (
    "No displacement found is weak evidence: if 40% of it moved next door, we would see that fewer than 1 time in 10."
)
MAY_HAVE_MOVED = (
    "Harm may have moved next door. That is hard to see: if 40% of it moved, we would see that fewer than 1 time in 10."
)
NO_RING = "What lies around it could not be counted, so nothing can be said of whether harm moved."
BY_SPIKE = (
    "This place was chosen in a bad spell: the three months before the start stood out. After a bad spell figures tend to "
    "fall by themselves. So the sum is also made without these months, and the weaker claim is the headline."
)
NOTHING_TO_COMPARE = "Cannot tell: too little was counted in the places compared with."

BOTH_AGREE = "Both sums say the same. The headline is the weaker claim: the one nearer to no change."
NOT_AGREED = "The two sums do not agree, so neither is claimed. The range in the headline spans both."


def label(verdict: str) -> str:
    """Say a verdict, or why there is none, in a few words."""
    return VERDICTS.get(verdict, verdict.replace("_", " ").capitalize())


def headline(
    verdict: str, counted: Sequence[float], ratios: Sequence[float], prevented: Sequence[float], smallest: float
) -> str:
    """Say what came of it, and how sure that is.

    counted    reported and expected; NaN where this audience has no counts
    ratios     the two ends of the 95% interval of reported over expected; prevented, the same as numbers fewer
    smallest   the smallest share by which it had to fall to be told
    """
    if math.isnan(ratios[0]):
        return NOTHING_TO_COMPARE
    said = f"{label(verdict)}: {_seen(counted)}"
    if verdict == CANNOT_TELL:
        return f"{said}{_may_be(counted, ratios, prevented)} {visible(smallest, counted[1])}"
    fewer, fell = fewer_or_more(*prevented), change(*ratios)
    if math.isnan(counted[1]):
        return f"{label(verdict)}: {fell} (95% range)."
    if few(counted[1]):
        return f"{said}. That is {fewer} (95% range)."
    return f"{said}. That is {fewer}, {fell} (95% range)."


def _seen(counted: Sequence[float]) -> str:
    reported, expected = counted
    if math.isnan(expected):
        return ""
    were, due = (f"about {one:,.0f} {'was' if round(one) == 1 else 'were'}" for one in (reported, expected))
    return f"{were} reported where {due} expected"


def _may_be(counted: Sequence[float], ratios: Sequence[float], prevented: Sequence[float]) -> str:
    if math.isnan(counted[1]):
        return f"{between(*ratios)} (95% range)."
    if few(counted[1]):
        return f". The truth may be anything {fewer_or_more(*prevented)} (95% range)."
    return f". The truth may be {between(*ratios)} (95% range)."


def few(expected: float) -> bool:
    """Whether so few were expected that a share would be noise."""
    return expected < MOST_FOR_A_RATIO


def side(ratio: float) -> str:
    """Say one ratio: 47% fewer, 12% more, 2.5 times as many."""
    if math.isinf(ratio):
        return "many times as many"
    if ratio >= TWICE:
        return f"{ratio:.1f} times as many"
    share = round(100 * (ratio - 1))
    return "as many" if share == 0 else f"{abs(share)}% {'more' if share > 0 else 'fewer'}"


def change(low: float, high: float) -> str:
    """Say a whole interval on one side of no change: a fall or a rise of between two shares."""
    if high < 1:
        return f"a fall of between {_share(1 - high)} and {_share(1 - low)}"
    if low > 1 and high < TWICE:
        return f"a rise of between {_share(low - 1)} and {_share(high - 1)}"
    return between(low, high)


def between(low: float, high: float) -> str:
    """Say an interval by its two ends."""
    return f"anything from {side(low)} to {side(high)}"


def _share(value: float) -> str:
    return f"{100 * value:.0f}%"


def fewer_or_more(low: float, high: float) -> str:
    """Say how many fewer than expected: 80 to 128 fewer, 10 to 20 more, or from 81 more to 53 fewer."""
    if math.isinf(low):
        return f"from many more to {high:,.0f} fewer" if high > 0 else "many more"
    if low >= 0:
        return f"{low:,.0f} to {high:,.0f} fewer"
    return f"{-high:,.0f} to {-low:,.0f} more" if high <= 0 else f"from {-low:,.0f} more to {high:,.0f} fewer"


def visible(smallest: float, expected: float) -> str:
    """Say the smallest reduction that could have been told."""
    if math.isnan(smallest):
        return "So little is reported that not even a fall to nothing could have been told."
    if few(expected):
        return f"The smallest reduction this place could have shown is about {smallest * expected:,.0f} fewer."
    return f"The smallest reduction this place could have shown is about {_share(smallest)}."


def around(verdict: str, counted: Sequence[float], ratios: Sequence[float], ratio: float) -> str:
    """Say what became of the places that touch it.

    counted, ratios  as `headline`; ratio, reported over expected
    """
    if math.isnan(ratios[0]):
        return NO_RING
    sure = "" if few(counted[1]) else f"{change(*ratios)} (95% range)"
    seen = ", ".join(one for one in (_seen(counted), sure) if one)
    if verdict == INCREASE:
        return f"Around it there is evidence of an increase: {seen}. Harm may have moved there."
    if verdict == REDUCTION:
        return f"Around it there is evidence of a reduction too: {seen}. The good may have spread."
    return f"Around it we cannot tell: {seen}. {MAY_HAVE_MOVED if ratio > 1 else WEAK_EVIDENCE}"


def together(verdict: str, of_both: str | None) -> str:
    """Say what the verdict of a place and of its surroundings together mean; nothing where they add nothing."""
    if verdict == REDUCTION:
        return {
            REDUCTION: "There is evidence of a fall here, and also with the places around it counted in.",
            CANNOT_TELL: (
                "With the places around it counted in, a fall cannot be told: some or all of the harm may have moved."
            ),
            INCREASE: "With the places around it counted in, there is evidence of an increase: harm may have grown.",
        }.get(of_both or "", NO_RING)
    if verdict == CANNOT_TELL and of_both == REDUCTION:
        return "With the places around it counted in, there is evidence of a reduction."
    return ""


def why_not(reason: str, others: Sequence[str], started_on: date | None) -> str:
    """Say why something is not judged.

    others  the other work that cannot be told apart from it, each in words
    """
    if reason == "overlapping" and others:
        return f"{list_of(others)} overlapped with it here. What each did cannot be told apart."
    if reason == "planned" and started_on is not None:
        return f"It starts on {day(started_on)}. Before it starts shows what could be seen."
    return NOT_JUDGED.get(reason, "It could not be judged.")


def piece(what: str, where: str, started_on: date | None) -> str:
    """Name one piece of work."""
    return f"{what}, {where}, from {day(started_on)}" if started_on else f"{what}, {where}"


def guard_name(months: int) -> str:
    """Name a sum by the months before the start that it leaves out."""
    return "With every month up to the start" if months == 0 else f"Without the {months} months before the start"


def headline_is(months: int) -> str:
    """Say which of the two sums the headline is."""
    return f"The headline is the sum {guard_name(months)[0].lower()}{guard_name(months)[1:]}."


def wdd(difference: float, low: float, high: float) -> str:
    """Say the weighted displacement difference, which is below 0 where there were fewer."""
    fell = f"about {abs(difference):,.0f} {'fewer' if difference < 0 else 'more'}"
    return f"Weighted displacement difference: {fell}, {fewer_or_more(-high, -low)} (95% range)."


def ranked(rank: int, others: int) -> str:
    """Say how the place stands among places where nothing was done."""
    said = f"of the {others} others fell more, once their size is allowed for: rank {rank} of {others + 1}."
    if rank == 1:
        return f"None {said} By chance alone a place comes first about once in {others + 1} times."
    return f"{rank - 1} {said}"


def differs(outcome: str, verdict: str) -> str:
    """Say that what was recorded and the figures differ."""
    return f"Worth discussing: the assessment was closed as {outcome.lower()}, and the figures say {label(verdict).lower()}."
