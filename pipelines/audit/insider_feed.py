"""The insider who holds one whole feed, every count of it exactly, and turns to the rest of what was released."""

from dataclasses import dataclass, fields
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from pipelines.audit.bounds import Rows, implied
from pipelines.audit.feasible import Knowledge, Possible, Puzzle, feasible
from pipelines.audit.relations import RELATIONS, Believed
from pipelines.sqlfiles import run_sql

CELL = ["feed", "measure", "area_level", "area_id", "harm_group", "period"]


@dataclass(frozen=True)
class Insider:
    """What one feed's holder learned.

    known      counts he knew
    others     counts of other feeds;  fewest, recovered: what is possible for those
    all_but    counts of his own feed he would seek knowing all its other cells;  fewest_all_but, recovered_all_but
    """

    feed: str
    known: int
    others: int
    fewest: int
    recovered: int
    all_but: int
    fewest_all_but: int
    recovered_all_but: int

    @property
    def figures(self) -> dict[str, int]:
        """Every figure by its name."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "feed"}


def private_counts(warehouse: Path) -> pd.DataFrame:
    """The true counts. Grain: one row per cell: feed, measure, area_level, area_id, harm_group, period, x, base, public,
    with the beat and locality of its area. Never leaves the private side."""
    with duckdb.connect(str(warehouse), read_only=True) as private:
        return run_sql(private, "audit/private_counts").df()


def known_of_feed(puzzle: Puzzle, truth: pd.DataFrame, feed: str) -> Knowledge:
    """The newest count of every cell of a feed, where it could have been released as it was.

    A frozen cell whose records came in later is not known any more: what was released is not what is held now.
    """
    counts = puzzle.counts
    mine = counts[(counts["feed"] == feed) & (counts["kind"] == "count")]
    mine = mine[~mine["cell_no"].duplicated(keep="last")].reset_index(names="number")
    held = mine.merge(truth[[*CELL, "x"]].dropna(subset=["x"]), on=CELL)
    value = np.array([puzzle.looks[cell][-1][3] for cell in held["cell_no"]])
    near = np.abs(held["x"].to_numpy(np.int64) - value) < held["base"].to_numpy(np.int64)
    return dict(zip(held["number"][near], held["x"][near].astype(int), strict=True))


def turn_to_others(puzzle: Puzzle, truth: pd.DataFrame, harm_types: dict[str, tuple[str, ...]], feed: str) -> Insider:
    """What the holder of one feed can tell of the other feeds, and of one cell of his own knowing all the others."""
    known = known_of_feed(puzzle, truth, feed)
    told = feasible(puzzle, harm_types, known=known, sought=(puzzle.counts["feed"] != feed).to_numpy())
    others = Possible(told.counts[told.counts["feed"] != feed], told.rows, told.untrue)
    left = _all_but_one(puzzle, harm_types, known)
    return Insider(
        feed, len(known), len(others.counts), others.fewest, others.recovered,
        len(left), int(left.min()) if len(left) else 0, int((left == 1).sum()),
    )  # fmt: skip


def _all_but_one(puzzle: Puzzle, harm_types: dict[str, tuple[str, ...]], known: Knowledge) -> np.ndarray:
    """How many counts are possible for each known cell, were it the only one of its feed not known.

    What the others leave is what each of its rows leaves it, with the others at their true counts and the
    summaries at what they can be.
    """
    alone = feasible(puzzle, harm_types, relations={})
    low, high = alone.counts["low"].to_numpy(float), alone.counts["high"].to_numpy(float)
    numbers = np.array(sorted(known), np.int64)
    least, most = low.copy(), high.copy()
    least[numbers] = most[numbers] = [known[number] for number in numbers]
    believed = Believed(puzzle.counts, puzzle.sights, harm_types)
    rows = Rows.of([one for builder in RELATIONS.values() for one in builder(believed)])
    row_low, row_high = implied(least, most, rows)
    np.maximum.at(low, rows.variable, row_low)
    np.minimum.at(high, rows.variable, row_high)
    return np.asarray((high - low + 1)[numbers].clip(min=0))
