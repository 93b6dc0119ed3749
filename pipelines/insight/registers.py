"""The registers as they left the gate: decisions and judgements about places, each entry with its history."""

from datetime import date
from typing import Any

import pandas as pd

# What each register says of an entry, beside where it is. Dates are days; every other column is words or a code.
COLUMNS = {
    "neighbourhood_assessments": ("status", "moved_on", "lead_agency", "lead_role", "reason", "report_back_on", "threshold"),
    "interventions": ("intervention_type", "started_on", "ended_on", "lead_agency", "prevention_level", "harm_types",
                      "chosen_because", "compared_with", "compared_because"),
    "rag_judgements": ("judged_on", "value", "role", "reason"),
    "place_strengths": ("noted_on", "kind", "note", "role"),
    "emerging_concerns": ("harm_group", "fortnight_starting", "role", "reason"),
    "actions": ("lead_agency", "action", "aim", "success", "due_on", "status", "updated_on", "dropped_because"),
    "safety_goals": ("goal", "what_safer_looks_like", "developed_with", "review_on"),
    "edge_leads": ("lead_locality", "agreed_on", "shared_with"),
    "agenda_items": ("raised_on", "for_meeting_on", "item", "presenter_role"),
    "meetings": ("locality", "met_on"),
}  # fmt: skip
DATED_BY = {
    "neighbourhood_assessments": "moved_on", "interventions": "started_on", "rag_judgements": "judged_on",
    "place_strengths": "noted_on", "emerging_concerns": "fortnight_starting", "actions": "updated_on",
    "safety_goals": "review_on", "edge_leads": "agreed_on", "agenda_items": "raised_on",
    "meetings": "met_on",
}  # fmt: skip
LED_ELSEWHERE = "led_elsewhere"


def read_register(entries: pd.DataFrame, feed: str) -> pd.DataFrame:
    """One register with a column for each thing it says, oldest entry first.

    entries  one row per entry and column: entry_id, place_id, column_name, text (null = withheld), withheld_because
    grain    one row per entry: entry_id, place_id, its columns (dates as days, null = not said), led_elsewhere (the
             entry may not be shown yet: nothing of it is here but its place), held_back (names of the columns whose words
             wait for the data steward)
    """
    columns = COLUMNS[feed]
    rows: list[dict[str, Any]] = []
    for entry_id, mine in entries.groupby("entry_id", sort=True):
        hidden = bool((mine["withheld_because"] == LED_ELSEWHERE).any())
        said = {} if hidden else dict(zip(mine["column_name"], mine["text"], strict=True))
        held = () if hidden else tuple(sorted(mine.loc[mine["text"].isna(), "column_name"]))
        rows.append({
            "entry_id": entry_id, "place_id": mine["place_id"].iloc[0], LED_ELSEWHERE: hidden, "held_back": held,
            **{column: _value(column, said.get(column)) for column in columns},
        })  # fmt: skip
    found = pd.DataFrame(rows, columns=["entry_id", "place_id", *columns, LED_ELSEWHERE, "held_back"]).astype(object)
    found = found.where(found.notna(), None)
    found[LED_ELSEWHERE] = found[LED_ELSEWHERE].astype(bool)
    order = found[DATED_BY[feed]].map(lambda day: day or date.min)
    return found.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def _value(column: str, said: Any) -> Any:
    if not isinstance(said, str):
        return None
    return date.fromisoformat(said[:10]) if column.endswith("_on") or column == "fortnight_starting" else said
