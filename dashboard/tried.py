"""What is being done and was tried: the rows and the counts of the interventions page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from dashboard import registers
from dashboard.registers import LED_ELSEWHERE, Cell, rich_table
from dashboard.wording import interventions as words
from pipelines.insight.plans import intervention_state

# What is to come and what goes on stands before what is over.
ORDER = {"planned": 0, "live": 1, LED_ELSEWHERE: 2, "ended": 3}
PLANNED = "planned"
COUNTED = (PLANNED, "live", "ended")

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Vocabularies:
    """What the codes of an intervention mean: types and their families, prevention levels, harm types and their groups."""

    types: Labels
    families: Labels
    levels: Labels
    harms: Labels
    group_of: Labels = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One intervention.

    entry       its row of the register; of one that is led elsewhere, the place alone
    place       the name of its place; null for an area drawn for it
    localities  the localities its place lies in
    state       planned, live, ended or led_elsewhere
    family      the family of its type; null where it is led elsewhere
    """

    entry: Mapping[Any, Any]
    place: str | None
    localities: tuple[str, ...]
    state: str
    family: str | None


def all_work(
    register: pd.DataFrame, places: Labels, localities: Mapping[str, Sequence[str]], families: Labels, as_at: date
) -> list[Work]:
    """Every intervention of the register, those to come and live first, then the newest.

    places      names by id: beats and places of concern
    localities  ids of the localities of each place
    """
    every = []
    for entry in register.to_dict("records"):
        hidden = entry["led_elsewhere"]
        state = LED_ELSEWHERE if hidden else intervention_state(entry["started_on"], entry["ended_on"], as_at)
        family = None if hidden else families.get(entry["intervention_type"] or "")
        place = entry["place_id"]
        name = places.get(place, words.OLD_PLACE) if place else None
        every.append(Work(entry, name, tuple(localities.get(place, ())), state, family))
    every.sort(key=lambda one: (ORDER[one.state], -(one.entry["started_on"] or date.min).toordinal(), one.place or ""))
    return every


def work_table(
    shown: Sequence[Work], codes: Vocabularies, names: Labels, chosen: str | None, verdicts: Mapping[str, Cell]
) -> str:
    """One row per intervention shown.

    names     the localities' names by id
    verdicts  what came of each, by its entry
    """
    rows = [_row(one, codes, names, verdicts.get(one.entry["entry_id"], "")) for one in shown]
    marked = next((number for number, one in enumerate(shown) if chosen and one.entry["place_id"] == chosen), None)
    return rich_table(words.LIST, words.LIST_HEADS, rows, marked)


def _row(one: Work, codes: Vocabularies, names: Labels, verdict: Cell) -> Sequence[Cell]:
    entry = one.entry
    where = registers.lines(one.place or words.DRAWN_AREA, registers.small(_localities(one, names)))
    if one.state == LED_ELSEWHERE:
        return (words.LED_ELSEWHERE, where, registers.state_sign(one.state), "", "", "", verdict)
    what = registers.lines(label_of(entry, codes), registers.small(words.family(one.family)))
    level = entry["prevention_level"]
    lead = registers.lines(registers.said(entry, "lead_agency") or words.NOT_SAID,
                           registers.small(codes.levels.get(level, level) if level else ""))  # fmt: skip
    why = registers.lines(registers.said(entry, "chosen_because") or words.NOT_SAID, _harms(entry, codes))
    when = words.dates(entry["started_on"], entry["ended_on"])
    return (what, where, registers.state_sign(one.state), when, lead, why, verdict)


def label_of(entry: Mapping[Any, Any], codes: Vocabularies) -> str:
    """What was done, in words."""
    code = entry["intervention_type"] or ""
    return codes.types.get(code, code.replace("_", " "))


def _localities(one: Work, names: Labels) -> str:
    return ", ".join(names.get(locality, locality) for locality in one.localities) or words.NOBODY_LOCALITY


def _harms(entry: Mapping[Any, Any], codes: Vocabularies) -> Cell:
    said = registers.said(entry, "harm_types")
    if not said:
        return ""
    labels = [codes.harms.get(code.strip(), code.strip()) for code in said.split(";") if code.strip()]
    listed = "; ".join(labels)
    if len(labels) <= words.SHOWN_AT_ONCE:
        return registers.small(words.meant_to_reduce(listed))
    return registers.folded(words.kinds_of_harm(len(labels)), listed)


def counts_table(shown: Sequence[Work], codes: Vocabularies) -> str:
    """How many of each type are planned, live and ended; what is led elsewhere has no type."""
    counts = Counter((label_of(one.entry, codes), one.state) for one in shown if one.state in COUNTED)
    labels = [label for label in codes.types.values() if any(counts[label, state] for state in COUNTED)]
    heads = (words.COUNTS_HEAD, *(words.STATES[state] for state in COUNTED))
    rows: list[Sequence[Cell]] = [(label, *(str(counts[label, state]) for state in COUNTED)) for label in labels]
    totals = [sum(counts[label, state] for label in labels) for state in COUNTED]
    rows.append((words.TOTAL, *map(str, totals)))
    return rich_table(words.COUNTS_CAPTION, heads, rows)


def board_table(counts: pd.DataFrame, names: Labels) -> str:
    """The board's: how many of each family are planned, live and ended in the whole city and in each locality.

    counts  one row per locality (null = the whole city), family and state: interventions
    """
    rows: list[Sequence[Cell]] = []
    said = counts.astype(object).where(counts.notna(), None).to_dict("records")
    number = {(row["locality"], row["family"], row["state"]): int(row["interventions"]) for row in said}
    families = [code for code in words.FAMILIES if any(family == code for _, family, _ in number)]
    for locality, name in ((None, words.WHOLE_CITY), *names.items()):
        for code in families:
            figures = [str(number.get((locality, code, state), 0)) for state in COUNTED]
            rows.append((name, words.family(code), *figures))
    heads = (*words.BOARD_COUNTS_HEADS, *(words.STATES[state] for state in COUNTED))
    return rich_table(words.BOARD_CAPTION, heads, rows)
