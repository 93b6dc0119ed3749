"""Registers of what professionals see: emerging concerns, RAG judgements, strengths, guardians and gaps."""

from datetime import timedelta

from pipelines.demo import words
from pipelines.demo.names import ROLES
from pipelines.demo.planted import GROUPS
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
