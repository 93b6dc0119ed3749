"""What the pages of impact need to put codes into words: names of places, kinds of harm, and names of pieces of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard import reads
from dashboard.reads import Snapshot
from dashboard.tried import Vocabularies, Work, all_work, label_of
from dashboard.wording import impact as words
from dashboard.wording import interventions as listed

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Known:
    """Names by id and labels by code.

    areas    names of the beats and places of concern of this audience; levels, the level of each
    groups   kinds of harm that are counted; empty where the snapshot has no incidents
    called   every piece of work by its entry, as it is named
    work     the same pieces of work, by entry, in the order of the list
    """

    areas: Labels
    levels: Labels
    groups: Labels
    codes: Vocabularies
    called: Labels
    work: Mapping[str, Work]


def read(snapshot: Snapshot) -> Known:
    """Read the register and the names. Raises NotForThisAudience for an audience that has no place at all."""
    register = reads.ask(snapshot, "register", "interventions")
    places = reads.ask(snapshot, "areas_of", None)
    areas = dict(zip(places["area_id"], places["name"], strict=True))
    codes = _vocabularies(snapshot)
    every = all_work(register, areas, _localities(snapshot), codes.families, snapshot.as_at)
    try:
        groups = dict(reads.ask(snapshot, "measure", "incidents", "incidents").harm_groups)
    except (KeyError, reads.NotForThisAudience):
        groups = {}
    called = {str(one.entry["entry_id"]): _called(one, codes) for one in every}
    levels = dict(zip(places["area_id"], places["area_level"], strict=True))
    return Known(areas, levels, groups, codes, called, {str(one.entry["entry_id"]): one for one in every})


def _localities(snapshot: Snapshot) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for locality in reads.ask(snapshot, "localities"):
        for area_id in reads.ask(snapshot, "areas_of", locality)["area_id"]:
            found.setdefault(area_id, []).append(locality)
    return found


def _vocabularies(snapshot: Snapshot) -> Vocabularies:
    types, levels, harms = (
        reads.ask(snapshot, "vocabulary", name) for name in ("intervention_type", "prevention_level", "harm_type")
    )
    families, groups = (reads.ask(snapshot, "families", name) for name in ("intervention_type", "harm_type"))
    return Vocabularies(types, families, levels, harms, groups)


def _called(one: Work, codes: Vocabularies) -> str:
    entry: Mapping[Any, Any] = one.entry
    where = one.place or listed.DRAWN_AREA
    if entry["led_elsewhere"]:
        return words.piece(words.label("led_elsewhere"), where, None)
    return words.piece(label_of(entry, codes), where, entry["started_on"])
