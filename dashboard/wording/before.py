"""Words of Before it starts: what could be seen of something still to come, and whom to compare it with."""

from __future__ import annotations

import math
from collections.abc import Sequence

from dashboard.wording.directions import list_of
from dashboard.wording.impact import NOT_JUDGED, few

TITLE = "Before it starts: what could be seen?"
PURPOSE = (
    "Say where, for which harm and for how long. You will see how large a fall has to be before the figures could show it. "
    "If that is more than you hope for, the work may still be right, but the figures will not tell you."
)
PREFILL = "Start from a planned piece of work"
PREFILL_NONE = "None: choose below"
PLACES, PLACES_PROMPT = "Places where it would run, together", "Choose one place or several"
GROUPS = "Harm it is meant to reduce"
MONTHS = "Months it would run"
CHOOSE = "Choose at least one place and one kind of harm."
NOT_HERE = "This snapshot has no incidents of the partnership's own, so nothing can be said before a start."
NOT_WHOLE = "No month is whole yet in these places, or they are no longer in force. So nothing can be said."
NOT_FOR_YOU = "This audience may not have these places."
READING = "Trying it on the last three years"

RESULT = "What could be seen"
SUGGESTIONS = "What would show more"
NO_SUGGESTION = "Neither a longer run nor more places bring a fall of {hoped} within sight."
VISIBLE_ENOUGH = "A fall of {hoped} is within sight as planned."
SEEN_MEANS = "Of 100 such pieces of work, 80 would be told as evidence of a reduction; 20 would still say cannot tell."
STEADY = "This takes it that reports go on as in the last three years, and all places outside the ring are compared with."

COMPARE = "Whom to compare it with"
COMPARE_WHY = (
    "With nothing chosen, it is compared with every beat that does not touch it, and that sees most. Choose only to leave "
    "out beats that you know to be unlike, and do it before the start. A choice made afterwards proves little."
)
TAKE_SUGGESTED = "Choose those suggested"
COMPARE_CHOICE = "Beats to compare with"
COMPARE_CAPTION = "Beats that do not touch it, those most alike first"
COMPARE_HEADS = ("Beat", "Level against the place", "Change a year against it", "Suggested", "Chosen")
YES, NO = "yes", ""
TOO_FEW = "At least {least} beats are needed, or it cannot be judged. Choose more, or none for all."
REASON = "Why these beats? No names."
DELIVER = "To keep the choice"
DELIVER_WHY = (
    "Nothing is saved on this page. To keep the choice, deliver these lines in the interventions file before it starts, "
    "then build and publish. Put the words in angle brackets right first."
)
DELIVER_PLANNED = (
    "This corrects a planned piece of work, so it must carry the reference that it was delivered with. Check that every "
    "other column is as it was delivered: a later row takes the place of the whole row before it."
)
LINES = "Lines of the interventions file"
OWN_REFERENCE, ITS_REFERENCE = "<its reference>", "<the reference it was delivered with>"
A_TYPE, A_DAY, AS_BEFORE = "<code of its type>", "<the day it starts>", "<as delivered before>"


def expected(number: float, months: int) -> str:
    """Say how many reports would be expected."""
    return f"In {months} months, about {number:,.0f} would be reported there if nothing changed."


def seen(reduction: float, number: float, told_at: float) -> str:
    """Say the smallest reduction that would be seen; a share only where enough is expected."""
    if math.isnan(reduction):
        return "Not even a fall to nothing would be seen there in 80 of 100 cases."
    if few(number):
        return f"It could be told only if {told_at:,.0f} or fewer were reported. So few are expected that a share is noise."
    return f"It could show a fall of about {100 * reduction:.0f}% or more."


def longer(months: int, reduction: float) -> str:
    """Suggest a longer run."""
    return f"Run it for {months} months: it could then show a fall of about {100 * reduction:.0f}% or more."


def pooled(names: Sequence[str], reduction: float) -> str:
    """Suggest further places."""
    more = f"Do the same in {list_of(list(names))} at the same time, and judge them together"
    return f"{more}: that could show a fall of about {100 * reduction:.0f}% or more."


def refused(reason: str) -> str:
    """Say why nothing can be said."""
    return NOT_JUDGED.get(reason, NOT_WHOLE)


def hoped(sentence: str, share: float) -> str:
    """Put the hoped-for reduction into a sentence."""
    return sentence.replace("{hoped}", f"{100 * share:.0f}%")


def too_few(least: int) -> str:
    """Say that too few beats are chosen."""
    return TOO_FEW.replace("{least}", str(least))


def level(value: float) -> str:
    """Say the level of a beat against the place."""
    return "not known" if math.isnan(value) else f"{value:.1f} times"
