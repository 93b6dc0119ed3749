"""The attacker who gathers documents: every number that is printed, beside all the screens answer, subtracted."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.printed import Gathered, Seen, gather
from pipelines.audit.differencing import Answer, Lattice, answer_of, ask, difference, may_ask_alone, parts_of
from pipelines.audit.released import Released, read_released
from pipelines.insight.queries import Snapshot
from pipelines.settings import Settings


def attack_documents(settings: Settings, *, everywhere: bool = True) -> dict[str, Any]:
    """What somebody works out who holds every document of the newest snapshot, and asks the screens besides.

    everywhere  the documents of every locality's meeting, instead of the first one's
    returns  numbers (read, by document), not_as_answered (numbers that are not what the read API answers that audience),
             unprinted and unaccounted (see `printed.Gathered`), strays (numbers that are no sum of released cells), told
             (released values of single cells a document's numbers and the answers of the screens give together), beyond (of
             these, what the audience may not ask for), fewest (true counts such a cell leaves possible), breached
    """
    return figures_of(gather(settings, everywhere=everywhere), read_released(settings))


def figures_of(gathered: list[Gathered], released: Released) -> dict[str, Any]:
    """The figures of `attack_documents`, of documents somebody gathered."""
    manifest = released.manifests[-1]
    lattice = Lattice.of(released.tables[-1], manifest)
    numbers: dict[str, int] = {}
    otherwise, strays, told, beyond, fewest, every = 0, 0, 0, 0, [], []
    for mine in gathered:
        answered = Answered(mine.snapshot)
        for document, seen in mine.seen.items():
            numbers[document] = numbers.get(document, 0) + len(seen)
            otherwise += sum(not answered.says(one) for one in seen)
        printed = list(answers(mine.snapshot, lattice, [one for seen in mine.seen.values() for one in seen]))
        every += printed
        allowed = may_ask_alone(lattice, mine.snapshot.audience, manifest["measures"])
        found = difference(mine.snapshot.audience.name, [*ask(mine.snapshot, lattice), *printed], lattice, allowed)
        strays, told, beyond = strays + len(found.strays), told + len(found.alone), beyond + found.beyond
        fewest += [] if found.fewest is None else [found.fewest]
    together = difference("everybody", every, lattice, np.ones(len(lattice.cells), bool))
    fewest += [] if together.fewest is None else [together.fewest]
    least = int(lattice.cells["base"][lattice.cells["base"] > 1].min())
    unprinted, unaccounted = (sum(getattr(one, name) for one in gathered) for name in ("unprinted", "unaccounted"))
    bad = otherwise + strays + len(together.strays) + beyond + unprinted + unaccounted
    return {
        "numbers": numbers, "not_as_answered": otherwise, "unprinted": unprinted, "unaccounted": unaccounted,
        "strays": strays + len(together.strays), "told": told, "beyond": beyond, "fewest": min(fewest, default=None),
        "differences_together": together.differences, "breached": bool(bad) or min(fewest, default=least) < least,
    }  # fmt: skip


class Answered:
    """What the read API answers one audience, each question asked once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._kept: dict[tuple[Any, ...], dict[Any, dict[Any, Any]]] = {}

    def says(self, one: Seen) -> bool:
        """Whether a number is what is answered of the same counts: as far as it is printed, to the last digit there."""
        row = self._row(one)
        said = {name: row.get(name) for name in one.said}
        return all(not pd.isna(said[name]) and round(float(said[name])) == round(one.said[name]) for name in one.said)

    def _row(self, one: Seen) -> dict[Any, Any]:
        about = (one.feed, one.measure, one.area_level, one.harm_groups, one.grain)
        if len(one.periods) > 1:
            key = (*about, one.periods)
            if key not in self._kept:
                rows = self._snapshot.map_counts(one.feed, one.measure, area_level=one.area_level,
                                                 harm_groups=one.harm_groups, periods=one.periods)  # fmt: skip
                self._kept[key] = {row["area_id"]: row for row in rows.to_dict("records")}
            return self._kept[key][one.area_id]
        key = (*about, one.area_id)
        if key not in self._kept:
            rows = self._snapshot.series(one.feed, one.measure, area_level=one.area_level, area_id=one.area_id,
                                         harm_groups=one.harm_groups, grain=one.grain)  # fmt: skip
            self._kept[key] = {row["period"]: row for row in rows.to_dict("records")}
        return self._kept[key][one.periods[0]]


def answers(snapshot: Snapshot, lattice: Lattice, seen: list[Seen]) -> Iterator[Answer]:
    """Printed numbers as bounds on sums of cells; nothing of what is public."""
    kinds = {(kind.feed, kind.measure): (kind, parts_of(snapshot, kind)) for kind in snapshot.measures() if not kind.public}
    for one in seen:
        if (one.feed, one.measure) not in kinds:
            continue
        kind, parts = kinds[one.feed, one.measure]
        months = sorted({part for period in one.periods for part in parts[period]})
        row = {"about": one.said.get("about"), "under": one.said.get("under")}
        yield from answer_of(row, kind, lattice, (one.area_level, one.area_id), list(one.harm_groups), months)
