"""Words of data exports: what each table holds, and what each of its columns means."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "Data export: {table}"
DICTIONARY, SOURCE = "What the columns mean", "Where it comes from"
COLUMN, MEANING, WHAT, SAID = "Column", "Meaning", "What", "As it is"
EMPTY = "This table has no rows in this snapshot."

TABLES = {
    "areas": "places in force, with public residents",
    "periods": "the periods of each measure, and whether they are complete",
    "counts": "what was counted: every measure, area, harm group and period",
    "directions": "rising or falling: every measure, area and harm group",
    "freshness": "how fresh each source is",
    "completeness": "how complete each period of a measure is",
    "return_home_interviews": "what became of return home interviews, by locality and quarter",
    "repeat_episodes": "how often the same child was reported missing, by locality and quarter",
    "pathway_by_year": "how far weapon-in-school reports have come, in the city by school year",
    "school_phases": "the kinds of school they came from, in the city by school year",
    "interventions_by_locality": "how many interventions of each kind there are",
    "neighbourhood_assessments": "register: moves of neighbourhood assessments",
    "interventions": "register: interventions",
    "rag_judgements": "register: recorded judgements",
    "place_strengths": "register: strengths and gaps of places",
    "emerging_concerns": "register: concerns raised",
    "actions": "register: actions",
    "safety_goals": "register: safety goals",
    "edge_leads": "register: agreed leads of places on an edge",
    "agenda_items": "register: what is to be talked about at a meeting to come",
    "meetings": "register: meetings",
}
COLUMNS = {
    "feed": "the source", "measure": "what is counted of it", "unit": "what one of the count is",
    "area_level": "beat, place_of_concern, cluster (of schools), locality or city", "area_id": "the area's id",
    "name": "the area's name", "place_category": "what kind of place of concern it is",
    "residents_10_17": "residents aged 10 to 17, public; empty = not known",
    "harm_group": "code of a harm group, or all for every group together", "harm_group_label": "the same in words",
    "period": "code of the period", "period_start": "its first day", "label": "the period in words",
    "grain": "month, term, quarter or year", "state": "collected, still_arriving or not_collected",
    "about": "the count, rounded before it left; empty = no figure, or too small to say",
    "low": "the least the true count is likely to be", "high": "the most the true count is likely to be",
    "single_cell": "true: low and high are certain bounds; false: eight in ten true counts lie between them",
    "under": "the count is less than this, and no more is said", "estimated": "true: carried over from older boundaries",
    "withheld_because": "why there is no figure", "share": "share of its whole; empty where the whole is under 30",
    "category": "what is counted apart", "direction": "the last months against its own past, as a word",
    "year_direction": "the last 12 months against up to 36 before, as a word", "through": "the last period used",
    "up": "true: more than expected", "p": "chance of a count so far from expected if nothing had changed",
    "q": "false discovery rate of a list cut here, over this table's measure and level",
    "rate_ratio": "how many times the expected", "rate_ratio_low": "lower end of its 90% interval",
    "rate_ratio_high": "upper end of its 90% interval", "recent_count": "what was counted in the recent window",
    "recent_periods": "how many periods that window has", "expected_count": "what was expected in it",
    "expected_low": "lower end of the usual range", "expected_high": "upper end of the usual range",
    "smallest_visible_ratio": "the smallest rise that could have been seen here; empty = none could",
    "strongest_periods": "periods of the window the word stands out most in", "strongest_count": "counted in that window",
    "strongest_low": "lower end of its usual range", "strongest_high": "upper end of its usual range",
    "year_ratio": "the last 12 months against the years before", "year_ratio_low": "lower end of its 90% interval",
    "year_ratio_high": "upper end of its 90% interval", "recording_event": "a change in recording within the year",
    "recording_since": "the day it changed", "delivered_on": "when the source last arrived",
    "covers_to": "the last day it covers", "last_collected_period": "the newest complete period",
    "last_collected_label": "the same in words", "still_arriving_periods": "periods not all in yet",
    "located_share": "share of records that had a place", "share_in": "share of the final count that is in, estimated",
    "locality": "the locality's id; empty = the whole city", "family": "the kind of intervention",
    "interventions": "how many", "entry_id": "the entry's id", "place_id": "the place it is about",
    "led_elsewhere": "true: may not be shown yet; ask the chair",
    "held_back": "columns whose words wait for the data steward",
    "status": "where it stands, as a code", "moved_on": "the day it moved", "lead_agency": "the agency that leads",
    "lead_role": "the role that leads", "reason": "why, in screened words", "report_back_on": "when it reports back",
    "threshold": "the step of the ladder, as a code", "intervention_type": "its type, as a code",
    "started_on": "its first day", "ended_on": "its last day; empty = no end", "prevention_level": "as a code",
    "harm_types": "the harm it is meant to reduce, as codes", "chosen_because": "why it was chosen, in screened words",
    "compared_with": "places it is compared with, as ids", "compared_because": "why these, in screened words",
    "judged_on": "the day of the judgement", "value": "red, amber, green or not_rated",
    "role": "the role that judged or wrote",
    "noted_on": "the day it was noted", "kind": "as a code", "note": "in screened words",
    "fortnight_starting": "first day of the fortnight it was raised in", "action": "what is to be done",
    "aim": "what for", "success": "how one will know", "due_on": "by when", "updated_on": "when it last changed",
    "dropped_because": "why it was dropped", "goal": "the goal", "what_safer_looks_like": "how one will know",
    "developed_with": "with whom it was made", "review_on": "when it is looked at again",
    "lead_locality": "the locality that leads", "agreed_on": "when that was agreed", "shared_with": "the other locality",
    "met_on": "the day of the meeting", "raised_on": "the day it was asked for",
    "for_meeting_on": "the day of the meeting it is for; empty = the next after that day",
    "item": "what is to be talked about, in screened words", "presenter_role": "the role that is to present it",
}  # fmt: skip


def title(table: str) -> str:
    """Name an export."""
    return TITLE.format(table=table)


def source(said: Mapping[str, object]) -> list[tuple[str, str]]:
    """Say where an export comes from, as names and what they are."""
    return [(key.replace("_", " ").capitalize(), str(value)) for key, value in said.items()]
