"""The attacker who only asks: every filter the read API answers, and the differences between the answers.

A released figure is a sum of rounded cells, so the difference of two answers is one as well, and gives nothing that
the cells of the difference do not. An answer that is no sum of what was released would come from somewhere else: it
is kept as a bound on the true counts and handed to the attacker who computes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from pipelines.audit.relations import Relation
from pipelines.audit.windows import possible
from pipelines.insight.queries import Audience, Measure, Snapshot

DUST = 1e-6
AREAS_OVER_TIME = 1
CELL = ["feed", "measure", "area_id", "harm_group", "period"]


@dataclass(frozen=True)
class Answer:
    """What one question was answered: low <= sum(weight * what was counted in the cell) <= high."""

    cells: NDArray[np.int64]
    weights: NDArray[np.float64]
    low: float
    high: float


@dataclass
class Differenced:
    """What asking told.

    answers, differences  figures asked for, and pairs of them subtracted
    strays                answers that are no sum of what was released; each is a bound on true counts
    alone                 single cells whose released value could be told;  beyond: of these, cells the audience
                          may not ask for
    fewest                the fewest true counts such a cell leaves possible; null where none could be told
    """

    audience: str
    answers: int = 0
    differences: int = 0
    strays: list[Answer] = field(default_factory=list)
    alone: set[int] = field(default_factory=set)
    beyond: int = 0
    fewest: int | None = None

    def bounds(self, count_of: NDArray[np.int64]) -> list[Relation]:
        """The strays as relations between counts. `count_of`: the count each cell of the lattice is a release of."""
        return [(count_of[one.cells], one.weights, one.low, one.high) for one in self.strays if len(one.cells)]


@dataclass(frozen=True)
class Lattice:
    """The cells of one snapshot, and what each named area is made of.

    cells    grain: one row per partnership cell with a value: feed, measure, area_id, harm_group, period, value, base
    made_of  (area_level, area_id) -> base area -> the share of it that counts
    """

    cells: pd.DataFrame
    made_of: dict[tuple[str, str], dict[str, float]]
    numbers: dict[tuple[str, ...], int]

    @classmethod
    def of(cls, tables: dict[str, pd.DataFrame], manifest: dict[str, Any]) -> "Lattice":
        """The lattice of a snapshot's tables."""
        bases = {(one["feed"], one["measure"]): int(one["base"]) for one in manifest["measures"]}
        cells = tables["counts"].dropna(subset=["value"]).reset_index(drop=True)
        cells["base"] = [bases[pair] for pair in zip(cells["feed"], cells["measure"], strict=True)]
        made_of: dict[tuple[str, str], dict[str, float]] = {}
        for base_area, level, area, weight in tables["area_members"][
            ["base_area_id", "area_level", "area_id", "weight"]
        ].itertuples(index=False, name=None):
            made_of.setdefault((level, area), {})[base_area] = float(weight)
        return cls(cells, made_of, {key: at for at, key in enumerate(cells[CELL].itertuples(index=False, name=None))})


def ask(snapshot: Snapshot, lattice: Lattice, *, thorough: bool = False) -> Iterator[Answer]:
    """Ask for every measure, level and grain with harm groups and spans left out one at a time.

    thorough  every harm group left out, and every period there is; otherwise one of each, over the
              newest thirteen
    """
    for kind in snapshot.measures():
        if kind.public:
            continue
        parts = parts_of(snapshot, kind)
        for level in kind.levels:
            for groups, spans in _filters(kind, snapshot, thorough):
                found = snapshot.map_counts(kind.feed, kind.measure, area_level=level, harm_groups=groups, periods=spans)
                months = sorted({part for span in spans for part in parts[span]})
                for row in found.to_dict("records"):
                    yield from answer_of(row, kind, lattice, (level, str(row["area_id"])), groups, months)
            yield from _over_time(snapshot, kind, lattice, level, parts, thorough)


def _over_time(
    snapshot: Snapshot, kind: Measure, lattice: Lattice, level: str, parts: dict[str, list[str]], thorough: bool
) -> Iterator[Answer]:
    """Each period of an area, or of every one, with every harm group and with the first alone."""
    groups = [code for code, _ in kind.harm_groups]
    for area_id in list(snapshot.areas(level)["area_id"])[: None if thorough else AREAS_OVER_TIME]:
        for asked in [groups, groups[:1]][: len(groups)]:
            found = snapshot.series(kind.feed, kind.measure, area_level=level, area_id=area_id, harm_groups=asked)
            for row in found.to_dict("records"):
                yield from answer_of(row, kind, lattice, (level, area_id), asked, parts[row["period"]])


def parts_of(snapshot: Snapshot, kind: Measure) -> dict[str, list[str]]:
    """The counted periods each period this audience may ask for is made of, told from its name alone."""
    made: dict[str, list[str]] = {}
    for grain in kind.grains:
        found = snapshot.periods(kind.feed, kind.measure, grain=grain)
        months = range({"quarter": 3, "year": 12}.get(grain, 0))
        for period, start in zip(found["period"], found["period_start"], strict=True):
            made[period] = [f"{pd.Timestamp(start) + pd.DateOffset(months=n):%Y-%m}" for n in months] or [period]
    return made


def _filters(kind: Measure, snapshot: Snapshot, thorough: bool) -> Iterator[tuple[list[str], list[str]]]:
    """Harm groups and periods to ask by: all, and each left out or asked alone, newest periods first."""
    groups = [code for code, _ in kind.harm_groups]
    left_out = groups if thorough else groups[:1]
    subsets = [[two for two in groups if two != one] for one in left_out if len(groups) > 1]
    subsets += [[one] for one in left_out if len(groups) > 2 and thorough]
    for grain in kind.grains:
        periods = list(snapshot.periods(kind.feed, kind.measure, grain=grain)["period"])[0 if thorough else -13 :]
        if not periods:
            continue
        yield groups, periods
        if thorough or grain == kind.grain:
            yield from ((subset, periods) for subset in subsets)
            yield groups, periods[-1:]
        if len(periods) > 1 and (thorough or grain == kind.grain):
            yield from ((subset, periods[:-1]) for subset in [groups, *(subsets if thorough else [])])


def answer_of(
    row: Mapping[Any, Any], kind: Measure, lattice: Lattice, area: tuple[str, str], groups: list[str], months: list[str]
) -> Iterator[Answer]:
    """One area's figure as a bound on a weighted sum of cells; nothing where it was withheld."""
    low, high = _said(row, kind)
    if low is None:
        return
    cells, weights = [], []
    for base_area, weight in lattice.made_of.get(area, {}).items():
        for group in groups:
            for month in months:
                number = lattice.numbers.get((kind.feed, kind.measure, base_area, group, month))
                if number is not None:
                    cells.append(number)
                    weights.append(weight)
    yield Answer(np.array(cells, np.int64), np.array(weights), low, high)


def _said(row: Mapping[Any, Any], kind: Measure) -> tuple[float | None, float]:
    """The least and most a figure can stand for: itself, or what rounds to it, halves up."""
    if kind.round_to is None:
        return (None, 0.0) if pd.isna(row["about"]) else (float(row["about"]), float(row["about"]))
    if not pd.isna(row["under"]):
        return 0.0, float(row["under"])
    if pd.isna(row["about"]):
        return None, 0.0
    return float(row["about"]) - kind.round_to / 2, float(row["about"]) + kind.round_to / 2


def may_ask_alone(lattice: Lattice, audience: Audience, measures: list[dict[str, Any]]) -> NDArray[np.bool_]:
    """One per cell of the lattice: whether an audience may ask for that cell by itself.

    The board may not for anything finer than a locality and a term; a meeting not for what lies in another
    locality, but for the parts of a place of concern it shares.
    """
    cells = lattice.cells
    if audience.name == "manager":
        return np.ones(len(cells), bool)
    coarse = (cells["area_level"] == "locality").to_numpy()
    if audience.name == "board":
        by_term = {(one["feed"], one["measure"]) for one in measures if one["grain"] == "term"}
        pairs = zip(cells["feed"], cells["measure"], strict=True)
        return coarse & np.array([pair in by_term for pair in pairs], bool)
    own = set(lattice.made_of.get(("locality", str(audience.locality)), {}))
    for (level, _), made_of in lattice.made_of.items():
        if level == "place_of_concern" and own & set(made_of):
            own = own | set(made_of)
    return coarse | cells["area_id"].isin(own).to_numpy()


def difference(audience: str, answers: Iterable[Answer], lattice: Lattice, allowed: NDArray[np.bool_]) -> Differenced:
    """Subtract every answer from every other that holds it, and see what is left.

    allowed  one per cell of the lattice: whether the audience may ask for that cell by itself
    """
    told = Differenced(audience)
    values = lattice.cells["value"].to_numpy(float)
    sound = []
    for one in answers:
        told.answers += 1
        total = float((values[one.cells] * one.weights).sum())
        if one.low - DUST <= total <= one.high + DUST:
            sound.append(one)
        else:
            told.strays.append(one)
    alone: dict[int, tuple[float, float]] = {}
    for cell, low, high in [*_single(sound), *_pairs(sound, len(values), told)]:
        before = alone.get(cell, (-np.inf, np.inf))
        alone[cell] = (max(low, before[0]), min(high, before[1]))
    for cell, (low, high) in alone.items():
        base = int(lattice.cells["base"].iloc[cell])
        could = [value for value in range(0, int(high) + base, base) if low - DUST <= value <= high + DUST]
        left = set().union(*(possible(((0, 0, base, value),))[0] for value in could))
        told.fewest = len(left) if told.fewest is None else min(told.fewest, len(left))
        if len(could) == 1:
            told.alone.add(cell)
            told.beyond += not allowed[cell]
    return told


def _single(answers: list[Answer]) -> Iterator[tuple[int, float, float]]:
    return ((int(one.cells[0]), one.low, one.high) for one in answers if len(one.cells) == 1 and one.weights[0] == 1)


def _pairs(answers: list[Answer], cells: int, told: Differenced) -> Iterator[tuple[int, float, float]]:
    """Each pair of answers of which one holds the other and one cell more: that cell, and the bounds on its value."""
    whole = [one for one in answers if len(one.cells) and (one.weights == 1).all()]
    sizes = np.array([len(one.cells) for one in whole], np.int64)
    if not len(whole):
        return
    ends = np.concatenate([[0], np.cumsum(sizes)])
    held = csr_matrix((np.ones(ends[-1]), np.concatenate([one.cells for one in whole]), ends), shape=(len(whole), cells))
    shared = (held @ held.T).tocoo()
    inside = (shared.data == sizes[shared.col]) & (sizes[shared.row] > sizes[shared.col])
    told.differences += int(inside.sum())
    near = inside & (sizes[shared.row] - sizes[shared.col] == 1)
    for more, less in zip(shared.row[near], shared.col[near], strict=True):
        extra = np.setdiff1d(whole[more].cells, whole[less].cells)
        yield int(extra[0]), whole[more].low - whole[less].high, whole[more].high - whole[less].low
