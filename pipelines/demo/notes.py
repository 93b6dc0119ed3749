"""Registers of what professionals see and ask for: concerns, RAG judgements, strengths, guardians, gaps, agenda items."""

from datetime import timedelta

from pipelines.demo import words
from pipelines.demo.names import ROLES
from pipelines.demo.planted import GROUPS
from pipelines.demo.reference import MEETING_DAYS
from pipelines.demo.registers import Desk, Rows
from pipelines.demo.span import AS_AT


def emerging_concerns(desk: Desk) -> Rows:
    """One or two a fortnight for half a year.

    The rising places are spoken of before their figures are clear.
    """
    rng = desk.rng("concerns")
    rows: Rows = []
    rising = [(one.place_id, one.harm_group) for one in [*desk.planted.rising, *desk.planted.new_activity]]
    monday = AS_AT - timedelta(days=AS_AT.weekday() + 14)
    for fortnight in range(min(13, desk.span.months * 2)):
        on = monday - timedelta(days=14 * fortnight)
        some = [
            (str(one), str(rng.choice(GROUPS)))
            for one in rng.choice(sorted(desk.town.concerns), int(rng.integers(1, 3)), replace=False)
        ]
        early = [rising[int(rng.integers(len(rising)))]] if rising and fortnight < 5 else []
        for place_id, group in dict.fromkeys([*early, *some]):
            if on >= desk.since(place_id):
                rows.append(
                    {
                        "concern_ref": f"CON-{len(rows) + 1:03d}",
                        "place_id": place_id,
                        "harm_group": group,
                        "fortnight_starting": on,
                        "role": str(rng.choice(ROLES)),
                        "reason": words.CONCERNS[group],
                    }
                )
    return rows


def rag_judgements(desk: Desk) -> Rows:
    """Two judgements of most places. Two disagree with the planted direction on purpose: worth discussing."""
    rng = desk.rng("rag")
    rows: Rows = []
    rising, falling = ([one.place_id for one in some] for some in (desk.planted.rising, desk.planted.falling))
    for place_id in dict.fromkeys([*desk.watched, *rising]):
        values = {True: ("amber", "red")}.get(place_id in rising, ("green", "amber", "amber", "not_rated"))
        later = str(rng.choice(values))
        if place_id in (rising[-1:] + falling[-1:]):
            later = "green" if place_id in rising else "red"
        for ago, value in ((int(rng.integers(95, 130)), "amber"), (int(rng.integers(4, 60)), later)):
            on = AS_AT - timedelta(days=ago)
            if on >= desk.since(place_id):
                rows.append(
                    {
                        "place_id": place_id,
                        "judged_on": on,
                        "value": value,
                        "role": str(rng.choice(ROLES)),
                        "reason": words.RAG[value],
                    }
                )
    return rows


def place_strengths(desk: Desk) -> Rows:
    """Strengths, guardians and gaps noted of places: one row each."""
    rng = desk.rng("strengths")
    rows: Rows = []
    for place_id in [
        *sorted(desk.town.concerns),
        *[one.place_id for one in desk.planted.rising if one.place_level == "beat"],
    ]:
        for kind, notes in words.STRENGTHS.items():
            if rng.uniform() < 0.75:
                rows.append(
                    {
                        "place_id": place_id,
                        "noted_on": desk.back(int(rng.integers(5, 200)), place_id),
                        "kind": kind,
                        "note": str(rng.choice(notes)),
                        "role": str(rng.choice(ROLES)),
                    }
                )
    return rows


def agenda_items(desk: Desk) -> Rows:
    """One for every sentence: what the last meeting of a locality put on the next agenda, on the one after it, or later."""
    rng = desk.rng("agenda")
    rows: Rows = []
    town = desk.town
    home = dict(zip(town.beat_ids, town.parents, strict=True))
    home |= {place_id: town.parents[one.hosts[0]] for place_id, one in town.concerns.items()}
    for number, item in enumerate(words.AGENDA):
        locality, weekday = list(MEETING_DAYS.items())[number % len(MEETING_DAYS)]
        last = AS_AT - timedelta(days=2 + (AS_AT.weekday() - 2 - weekday) % 7)
        following = last + timedelta(days=7 if last + timedelta(days=7) >= AS_AT else 14)
        # With no day it is for the first meeting after: where that was held by now, the item is over.
        day = (following, "", following + timedelta(days=28))[number // len(MEETING_DAYS)]
        rows.append(
            {
                "item_ref": f"AGD-{len(rows) + 1:03d}",
                "place_id": str(rng.choice(sorted(place for place, here in home.items() if here == locality))),
                "raised_on": last,
                "for_meeting_on": day,
                "item": item,
                "presenter_role": str(rng.choice(ROLES)) if number % 4 else "",
            }
        )
    return rows
