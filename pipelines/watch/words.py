"""The watch list as a person reads it, and as another program does."""

import csv
import io
from dataclasses import asdict
from typing import Any

from pipelines.watch.listing import Listed, WatchList
from pipelines.watch.unusual import LEAST_PAST, RECENT_WEEKS

HANDLING = "PRIVATE: exact counts. Not for a meeting, a screen or an e-mail."
A_QUESTION = "A flag is a question, not a finding."
WATCHED = {"incidents": "Incidents", "found_at": "Missing children, by where found"}
REGISTER = "deliveries/emerging_concerns/"
COLUMNS = ("concern_ref", "place_id", "harm_group", "fortnight_starting", "role", "reason")
ROLE = "Intelligence Investigator"
A_YEAR = 52


def as_json(found: WatchList) -> dict[str, Any]:
    """The same rows, for another program on the private side."""
    return {
        "handling": HANDLING, "as_at": found.as_at, "weeks_ending": found.ends_on, "weeks_of_history": found.history,
        "looked_at": found.looked_at, "rows": [asdict(one) for one in found.rows], "left_out": found.left_out,
        "register": {"folder": REGISTER, "csv": _register(found) if found.rows else None},
    }  # fmt: skip


def as_words(found: WatchList) -> str:
    """The page: how to handle it, what was looked at, the list, and how to raise something of it."""
    head = [f"{HANDLING} {A_QUESTION}", "", *(_span(found, measure, label) for measure, label in WATCHED.items()),
            "Each place is judged by its newest week and last four weeks, beside its own past; where two years of it are",
            "there, by the last 13 and 26 weeks as well, after the season.",
            "Reports of the last weeks are still coming in: a quiet place is no news, so only rises are listed.",
            f"{found.looked_at:,} places and kinds of harm had enough to tell by."]  # fmt: skip
    if not found.rows:
        return "\n".join([*head, "", "Nothing stands out."])
    head.append("About one in four of those listed may be chance alone; in a week in which nothing happened, all of them.")
    rows = [line for number, one in enumerate(found.rows, start=1) for line in ("", *_entry(number, one))]
    more = [f"{found.left_out} more stand out less, and are not listed."] if found.left_out else []
    return "\n".join([*head, *rows, "", *more, *_raising(found)])


def _span(found: WatchList, measure: str, label: str) -> str:
    if measure not in found.ends_on:
        return f"{label}: nothing was delivered that could be looked at."
    history = found.history[measure]
    told = f"{label}: the {RECENT_WEEKS} weeks to {found.ends_on[measure]}, against {history} delivered before them"
    if history < LEAST_PAST:
        return f"{told}: too few to tell by."
    return f"{told}." if history >= A_YEAR else f"{told}: what rose before that is part of the usual."


def _entry(number: int, one: Listed) -> list[str]:
    happened = f"{one.last_four_weeks} in the last four weeks, {one.last_week} of them in the newest"
    event = "all on one day: a single event?" if one.one_day else "not all on one day"
    lines = [
        f"{number:2}. {one.place} ({one.level}, {one.place_id}): {one.harm}",
        f"    {one.how_unusual}: {happened}; usually {one.usual_four_weeks} ({one.weeks_of_history} weeks of history)",
        f"    {event}; looked for or told: {one.proactive}",
    ]
    return [*lines, f"    stands out for the same records: {'; '.join(one.also)}"] if one.also else lines


def _raising(found: WatchList) -> list[str]:
    lines = [
        f"To raise one, add a row to a file in {REGISTER}, with the reason in your own words: it is screened,",
        "and a row without a reason is left out. For the first of the list:",
        "",
        *_register(found).splitlines(),
    ]
    if found.rows[0].harm_group is None:
        lines += ["", f"harm_group is yours to choose: {', '.join(found.harm_groups)}"]
    return lines


def _register(found: WatchList) -> str:
    """The header of the register, and a row for the first of the list with its reason left to write."""
    first = found.rows[0]
    starts = found.fortnight_starting(first)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow([f"concern-{starts}-1", first.place_id, first.harm_group or "", starts, ROLE, ""])
    return text.getvalue()
