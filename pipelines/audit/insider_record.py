"""The insider who sees one known record arrive, week after week, and watches the released count of its cell.

Each week the count is his start plus what he saw arrive, so the releases tell when a multiple of the base was passed.
They do not tell the draw, and each draw would mean another start: a cell first shown above 0 keeps at least as many
possible starts as its base. A cell still shown as 0 has room for fewer others the more of its records are his own
("fewer than 3" less his one): that is what any bound on a small count says to somebody who is part of it. No start
other than 0 can be told apart for certain, because the draw that hides it hides every lower start too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import pandas as pd

from pipelines.audit.released import IDENTITY
from pipelines.audit.windows import window


@dataclass(frozen=True)
class Watched:
    """What watching told.

    sequences      how many sequences of releases were watched
    fewest_shown   the fewest possible starts where the cell was first shown above 0; null where there was none such
    fewest_at_0    the same where it was first shown as 0
    recovered      sequences that leave one start only, and it is not 0
    """

    sequences: int = 0
    fewest_shown: int | None = None
    fewest_at_0: int | None = None
    recovered: int = 0


def released_as(count: int, base: int, grid: int) -> int:
    """What a count is released as when its draw lies in [grid / base, (grid + 1) / base)."""
    below, remainder = divmod(count, base)
    return base * (below + (grid < remainder))


def starts(released: Sequence[int], arrived: Sequence[int], base: int) -> set[int]:
    """Every count the cell may have begun with.

    released  what it was released as, week by week
    arrived   how many known records had arrived by each week; nothing else came
    """
    found: set[int] = set()
    for grid in range(base):
        boxes = [window(value, base, grid) for value, _ in zip(released, arrived, strict=True)]
        low = max(low - known for (low, _), known in zip(boxes, arrived, strict=True))
        high = min(high - known for (_, high), known in zip(boxes, arrived, strict=True))
        found |= set(range(low, high + 1))
    return found


def watch(sequences: Iterable[tuple[Sequence[int], Sequence[int], int]]) -> Watched:
    """Attack many sequences of (released, arrived, base); those no start explains are passed over: others arrived too."""
    told = Watched()
    for released, arrived, base in sequences:
        found = starts(released, arrived, base)
        if not found:
            continue
        name = "fewest_shown" if released[0] else "fewest_at_0"
        before = getattr(told, name)
        fewest = {name: len(found) if before is None else min(before, len(found))}
        told = replace(told, sequences=told.sequences + 1, recovered=told.recovered + (len(found) == 1 and 0 not in found),
                       **fewest)  # fmt: skip
    return told


def every_sequence(base: int, *, weeks: int = 8) -> Iterable[tuple[list[int], list[int], int]]:
    """Every start up to two bases, every draw and every pattern of at most one arrival a week."""
    for start, grid in product(range(2 * base + 1), range(base)):
        for pattern in product((0, 1), repeat=weeks):
            arrived = [sum(pattern[:week]) for week in range(weeks + 1)]
            yield [released_as(start + known, base, grid) for known in arrived], arrived, base


def released_sequences(sights: pd.DataFrame) -> Iterable[tuple[list[int], list[int], int]]:
    """The real releases of every cell that was still moving, as if one known record had come between each two."""
    moving = sights[~sights["frozen"] & (sights["kind"] == "count")].drop_duplicates([*IDENTITY, "version"], keep="last")
    for _, mine in moving.groupby(IDENTITY, sort=False)[["value", "base"]]:
        if len(mine) > 1 and all(after >= before for before, after in pairwise(mine["value"])):
            yield mine["value"].tolist(), list(range(len(mine))), int(mine["base"].iloc[0])
