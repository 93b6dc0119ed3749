"""Words for directions: what each word means, how sure it is, and whether it is harm or reporting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

RISING_MEANS = (
    "Rising means the last few months are higher than this place's own past three years explain, after season and normal "
    "ups and downs; about one in ten of the places we flag may be a false alarm."
)
NOT_SAFE = "No clear change does not mean safe: about half of doublings that last three months are not yet visible."
WORDS = {
    "rising": "Rising",
    "possible_rise": "Possible rise",
    "falling": "Falling",
    "possible_fall": "Possible fall",
    "no_clear_change": "No clear change",
    "steady": "Steady",
    "new_activity": "New activity",
    "not_enough_history": "Not enough history",
    "too_few_to_say": "Too few to say",
}
FLAGGED = ("rising", "possible_rise", "falling", "possible_fall")
MEANINGS = {
    "rising": "higher than its own past explains; about one in ten such flags is false",
    "possible_rise": "perhaps higher than its own past: a question, not yet a finding",
    "falling": "lower than its own past explains; about one in ten such flags is false",
    "possible_fall": "perhaps lower than its own past: a question, not yet a finding",
    "no_clear_change": "nothing stands out from its ordinary ups and downs, which does not mean safe",
    "steady": "about the same as its own past: any change is smaller than half as much again",
    "new_activity": "nothing was recorded here before, and now something is",
    "not_enough_history": "less than a year of its own past to hold it against, or too few of the last months came in",
    "too_few_to_say": "so few that only a rise to more than four times could be seen",
}
VERDICTS = {
    "could_be_reporting": "Could be reporting",
    "mostly_proactive": "Mostly proactive",
    "no_sign_of_a_recording_change": "No sign of a recording change",
    "not_known": "Not known: too few records to say how they came about",
}
HARM_OR_REPORTING = "More harm or more reporting?"
MOST_FOR_A_RATIO = 10


def flags(flagged: int, expected_false: float) -> str:
    """Say how many of the flags of a screen may be false."""
    if not flagged:
        return "No place on this screen is flagged."
    false = min(flagged, max(1, round(expected_false)))
    of = "the 1 flag" if flagged == 1 else f"the {flagged} flags"
    return f"About {false} of {of} on this screen may be false."


def city_banner(word: str) -> str:
    """Say that the whole city is flagged, so that places are read against the rest of it."""
    side = "higher" if word in ("rising", "possible_rise", "new_activity") else "lower"
    return f"The whole city is {side} than its past: look at how places compare with the rest of the city as well."


def expected(low: float, high: float) -> str:
    """Say the expected range."""
    return f"usual range {low:,.0f} to {high:,.0f}"


def ratio(value: float | None, low: float, high: float, expected_count: float) -> str:
    """Say how many times the usual; nothing where fewer than ten were expected, since that would be noise."""
    if value is None or expected_count < MOST_FOR_A_RATIO:
        return ""
    return f"about {value:.1f} times the usual ({low:.1f} to {high:.1f})"


def smallest(value: float | None) -> str:
    """Say the smallest change this place could have shown."""
    if value is None or value == float("inf"):
        return "no change could be seen in figures this small"
    return f"could only have shown a rise to {value:.1f} times or more"


def recording(kind: str, since: date) -> str:
    """Say that recording changed."""
    return f"Recording changed in {since:%B %Y}: {kind.lower()}."


def last_months(periods: int, term: bool = False) -> str:
    """Say how long the recent window is."""
    unit = "term" if term else "month"
    return f"the last {unit}" if periods == 1 else f"the last {periods} {unit}s"


def seen_over(
    periods: int | None, shown_periods: int | None, count: float | None, low: float | None, high: float | None
) -> str:
    """Say over which months a word stands out, where these are not the ones shown."""
    if periods is None or count is None or low is None or high is None or periods == shown_periods:
        return ""
    return f"It stands out over {last_months(periods)}: about {count:,.0f}, {expected(low, high)}."


def list_of(words: Sequence[str]) -> str:
    """Say several things: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
