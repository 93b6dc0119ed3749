"""What is being done and was tried: the rows and the counts of the interventions page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from dashboard import registers
from dashboard.registers import LED_ELSEWHERE, Cell, rich_table
from dashboard.wording import interventions as words
from pipelines.insight.plans import intervention_state

# What is to come and what goes on stands before what is over.
ORDER = {"planned": 0, "live": 1, LED_ELSEWHERE: 2, "ended": 3}
COUNTED = ("planned", "live", "ended")

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Vocabularies:
    """What the codes of an intervention mean: types and their families, prevention levels, harm types."""

    types: Labels
    families: Labels
    levels: Labels
    harms: Labels


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


def work_table(shown: Sequence[Work], every: Sequence[Work], codes: Vocabularies, names: Labels, chosen: str | None) -> str:
    """One row per intervention shown.

    every   all of them: what was tried before in a place counts whatever is shown
    names   the localities' names by id
    """
    rows = [_row(one, every, codes, names) for one in shown]
    marked = next((number for number, one in enumerate(shown) if chosen and one.entry["place_id"] == chosen), None)
    return rich_table(words.LIST, words.LIST_HEADS, rows, marked)


def _row(one: Work, every: Sequence[Work], codes: Vocabularies, names: Labels) -> Sequence[Cell]:
    entry = one.entry
    where = registers.lines(one.place or words.DRAWN_AREA, registers.small(_localities(one, names)))
    if one.state == LED_ELSEWHERE:
        return (words.LED_ELSEWHERE, where, registers.state_sign(one.state), "", "", "", "")
    what = registers.lines(_label(entry, codes), registers.small(words.family(one.family)))
    level = entry["prevention_level"]
    lead = registers.lines(registers.said(entry, "lead_agency") or words.NOT_SAID,
                           registers.small(codes.levels.get(level, level) if level else ""))  # fmt: skip
    why = registers.lines(registers.said(entry, "chosen_because") or words.NOT_SAID, _harms(entry, codes))
    before = registers.listed(_before(one, every, codes), words.NOTHING_BEFORE)
    when = words.dates(entry["started_on"], entry["ended_on"])
    return (what, where, registers.state_sign(one.state), when, lead, why, before)


def _label(entry: Mapping[Any, Any], codes: Vocabularies) -> str:
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


def _before(one: Work, every: Sequence[Work], codes: Vocabularies) -> list[Cell]:
    """What began earlier in the same place; what is led elsewhere has no dates to say so by."""
    place, began = one.entry["place_id"], one.entry["started_on"]
    if place is None or began is None:
        return []
    earlier = [other.entry for other in every if other.entry["place_id"] == place and other.entry["started_on"]]
    earlier = sorted((entry for entry in earlier if entry["started_on"] < began), key=lambda entry: entry["started_on"])
    return [registers.tried_before(entry, codes.types) for entry in reversed(earlier)]


def counts_table(shown: Sequence[Work], codes: Vocabularies) -> str:
    """How many of each type are planned, live and ended; what is led elsewhere has no type."""
    counts = Counter((_label(one.entry, codes), one.state) for one in shown if one.state in COUNTED)
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
