"""The attacker with a computer: for every released cell, the counts that are possible given everything released.

Cells that nothing ties to others have a closed form. Those tied are bounded row by row, which is exact where they
form trees, and by integer programmes where they do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.audit.bounds import Reach, Rows, Whole, reach
from pipelines.audit.programme import Shape, Tied, extremes
from pipelines.audit.relations import RELATIONS, Believed, Builder, Relation
from pipelines.audit.released import IDENTITY
from pipelines.audit.windows import Look, possible, states

Knowledge = Mapping[int, int]
Sought = NDArray[np.bool_]


@dataclass(frozen=True)
class Possible:
    """What is possible for every count that was released.

    counts  grain: one row per true count (cell and version): the cell's identity, base, version, newest, tied,
            low, high (nothing outside is possible), feasible (how many counts are)
    rows    how many relations were used;  untrue: how many of them nothing satisfies, which were dropped
    """

    counts: pd.DataFrame
    rows: int
    untrue: int

    @property
    def fewest(self) -> int:
        """The fewest counts any cell could be."""
        return int(self.counts["feasible"].min()) if len(self.counts) else 0

    @property
    def recovered(self) -> int:
        """Counts that can only be one number."""
        return int((self.counts["feasible"] == 1).sum())

    @property
    def under_base(self) -> int:
        """Counts with fewer possible numbers than the base they were rounded to."""
        return int((self.counts["feasible"] < self.counts["base"]).sum())


@dataclass(frozen=True)
class Puzzle:
    """Everything seen, as counts to be found.

    counts  grain: one row per true count: cell_no, identity, period_start, base, version, newest
    looks   what each cell was released with, by cell_no
    sights  snapshot, frozen, count_no: which snapshot showed which count
    """

    counts: pd.DataFrame
    looks: list[tuple[Look, ...]]
    sights: pd.DataFrame


def puzzle_of(sights: pd.DataFrame) -> Puzzle:
    """Number the cells and their versions, and say which releases came through one draw.

    Released values of one true count that differ came through different draws: nothing else can explain them.
    """
    sights = sights.sort_values([*IDENTITY, "snapshot"], ignore_index=True)
    cell = sights.groupby(IDENTITY, sort=False).ngroup().to_numpy()
    version, value, base = (sights[one].to_numpy(np.int64) for one in ("version", "value", "base"))
    same = (np.diff(cell, prepend=-1) == 0) & (np.diff(version, prepend=-1) == 0)
    drawn_anew = same & ((np.diff(value, prepend=0) != 0) | (np.diff(base, prepend=0) != 0))
    draw = pd.Series(drawn_anew).groupby(cell).cumsum().to_numpy(np.int64)
    each = pd.DataFrame({"cell_no": cell, "version": version, "draw": draw, "base": base, "value": value})
    count_no = each.groupby(["cell_no", "version"], sort=False).ngroup().to_numpy()
    columns = sights[[*IDENTITY, "period_start"]].assign(cell_no=cell, version=version, base=base)
    counts = columns[~pd.Series(count_no).duplicated().to_numpy()].reset_index(drop=True)
    counts["newest"] = ~counts["cell_no"].duplicated(keep="last")
    looks: list[list[Look]] = [[] for _ in range(int(cell.max()) + 1 if len(cell) else 0)]
    for number, *look in each.drop_duplicates().itertuples(index=False, name=None):
        looks[number].append(tuple(look))
    return Puzzle(counts, [tuple(one) for one in looks], sights[["snapshot", "frozen"]].assign(count_no=count_no))


def feasible(
    puzzle: Puzzle, harm_types: dict[str, tuple[str, ...]], *, known: Knowledge | None = None,
    relations: Mapping[str, Builder] = RELATIONS, more: list[Relation] | None = None, sought: Sought | None = None,
) -> Possible:  # fmt: skip
    """The counts possible for each released cell, from all that was released together.

    harm_types  the harm types of each harm group, as policy lists them
    known       counts an insider knows exactly, by their number in `puzzle.counts`
    relations   what is known to hold between counts;  more: further relations, such as answers to questions
    sought      the counts worth a programme (all, unless given); bounds alone for components without any
    """
    counts = puzzle.counts
    told = _told(counts, known or {})
    alone = [possible(looks, told.get(number, ())) for number, looks in enumerate(puzzle.looks)]
    sets = [one for cell in alone for one in cell]
    low = np.array([min(one, default=0) for one in sets], np.int64)
    high = np.array([max(one, default=-1) for one in sets], np.int64)
    size = np.array([len(one) for one in sets], np.int64)
    believed = Believed(counts, puzzle.sights, harm_types)
    found = [relation for builder in relations.values() for relation in builder(believed)] + (more or [])
    rows = Rows.of(found)
    reached = reach(low, np.maximum(low, high), rows, _links(puzzle, rows))
    wanted = np.ones(len(counts), bool) if sought is None else sought
    _solve(puzzle, reached, rows.without(reached.broken), told, wanted)
    moved = (reached.low > low) | (reached.high < high)
    inside = [
        sum(low_now <= count <= high_now for count in sets[at])
        for at, low_now, high_now in zip(np.flatnonzero(moved), reached.low[moved], reached.high[moved], strict=True)
    ]
    size[moved] = inside
    answer = counts.assign(low=reached.low, high=reached.high, feasible=size, tied=reached.component >= 0)
    return Possible(answer, len(found), int(reached.broken.sum()))


def _told(counts: pd.DataFrame, known: Knowledge) -> dict[int, tuple[tuple[int, int], ...]]:
    """What is known of each cell: (version, count) pairs."""
    told: dict[int, tuple[tuple[int, int], ...]] = {}
    cells, versions = counts["cell_no"].to_numpy(), counts["version"].to_numpy()
    for number, count in known.items():
        told[int(cells[number])] = (*told.get(int(cells[number]), ()), (int(versions[number]), int(count)))
    return told


def _links(puzzle: Puzzle, rows: Rows) -> Whole:
    """Pairs of tied counts that are versions of one cell: its draw ties them too."""
    tied = np.unique(rows.variable)
    cells = puzzle.counts["cell_no"].to_numpy()[tied]
    again = np.flatnonzero(np.diff(cells) == 0)
    return np.stack([tied[again], tied[again + 1]], axis=1)


def _solve(
    puzzle: Puzzle, reached: Reach, rows: Rows, told: dict[int, tuple[tuple[int, int], ...]], wanted: Sought
) -> None:  # fmt: skip
    """Narrow the bounds of components that are no trees and hold a wanted count, by integer programmes."""
    wanted = wanted & (reached.component >= 0) & ~np.isin(reached.component, list(reached.trees))
    if not wanted.any():
        return
    order = np.argsort(rows.variable, kind="stable")
    starts = np.searchsorted(rows.variable[order], np.arange(len(reached.low) + 1))
    cell_of = puzzle.counts["cell_no"].to_numpy()
    first_of = {int(cell): int(at) for at, cell in reversed(list(enumerate(cell_of)))}

    def shape(cell: int, numbers: list[int]) -> Shape:
        found = states(puzzle.looks[cell], told.get(cell, ()))
        at = [number - first_of[cell] for number in numbers]
        mine = tuple(sorted({tuple(one[place] for place in at) for one in found}))
        places = tuple(
            tuple((int(rows.row[e]), float(rows.coefficient[e])) for e in order[starts[number] : starts[number + 1]])
            for number in numbers
        )
        return mine, places

    for component in np.unique(reached.component[wanted]):
        numbers = np.flatnonzero(reached.component == component)
        by_cell: dict[int, list[int]] = {}
        for number in numbers:
            by_cell.setdefault(int(cell_of[number]), []).append(int(number))
        tied = Tied(
            tuple(tuple(one) for one in by_cell.values()), tuple(shape(cell, mine) for cell, mine in by_cell.items())
        )
        for found_no, (low, high) in extremes(tied, rows).items():
            reached.low[found_no], reached.high[found_no] = low, high
