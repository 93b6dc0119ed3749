"""The integer programmes for what propagation cannot settle: cells tied in circles, or by one draw over several weeks.

Cells of one component with the same windows and the same place in the same rows are interchangeable, so they are
one variable counting all of them and the answer for one is the answer for each. Solved with HiGHS (Huangfu and Hall
2018) through SciPy.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from pipelines.audit.bounds import Rows
from pipelines.audit.windows import State

# What one cell is to a component: its states, and for each of its variables the (row, coefficient) entries.
Shape = tuple[tuple[State, ...], tuple[tuple[tuple[int, float], ...], ...]]


@dataclass(frozen=True)
class Tied:
    """The cells of one component: the variables of each (in the order of its states' boxes), and its shape."""

    variables: tuple[tuple[int, ...], ...]
    shapes: tuple[Shape, ...]


def extremes(tied: Tied, rows: Rows) -> dict[int, tuple[int, int]]:
    """The least and most possible of each variable of one component, by integer programmes.

    Variables of a component that nothing satisfies are left out.
    """
    counted = Counter(tied.shapes)
    found: dict[Shape, list[tuple[int, int]] | None] = {shape: _extremes_of_one(shape, counted, rows) for shape in counted}
    answer: dict[int, tuple[int, int]] = {}
    for variables, shape in zip(tied.variables, tied.shapes, strict=True):
        ends = found[shape]
        if ends is not None:
            answer.update(zip(variables, ends, strict=True))
    return answer


def _extremes_of_one(target: Shape, counted: Counter[Shape], rows: Rows) -> list[tuple[int, int]] | None:
    """One cell of a shape among all the others: the least and most of each of its variables."""
    others = [(shape, count - (shape == target)) for shape, count in counted.items()]
    model = _Model(rows)
    for shape, count in [*others, (target, 1)]:
        if count:
            model.add(shape, count)
    ends = []
    for column in model.last_columns:
        low, high = model.solve(column, 1), model.solve(column, -1)
        if low is None or high is None:
            return None
        ends.append((low, high))
    return ends


class _Model:
    """One programme: a column for each group of like cells and version, and for each way its draws may have fallen."""

    def __init__(self, rows: Rows) -> None:
        self.low: list[float] = []
        self.high: list[float] = []
        self.entries: list[tuple[int, int, float]] = []
        self.row_of: dict[int, int] = {}
        self.row_bounds: list[tuple[float, float]] = []
        self.rows = rows
        self.last_columns: list[int] = []

    def add(self, shape: Shape, count: int) -> None:
        """So many cells of one shape: the sum of their counts, version by version."""
        all_states, places = shape
        first_state = self._columns([(0, count)] * len(all_states)) if len(all_states) > 1 and len(places) > 1 else None
        lows = [min(state[at][0] for state in all_states) for at in range(len(places))]
        highs = [max(state[at][1] for state in all_states) for at in range(len(places))]
        first = self._columns([(count * low, count * high) for low, high in zip(lows, highs, strict=True)])
        self.last_columns = list(range(first, first + len(places)))
        for column, place in zip(self.last_columns, places, strict=True):
            for row, coefficient in place:
                self.entries.append((self._row(row), column, coefficient))
        if first_state is None:
            return
        # Each cell is in one state, and its counts lie in that state's boxes: sums of boxes, which are boxes.
        one_state_each = self._new_row(count, count)
        self.entries += [(one_state_each, first_state + number, 1.0) for number in range(len(all_states))]
        for at, column in enumerate(self.last_columns):
            above, below = self._new_row(0, np.inf), self._new_row(-np.inf, 0)
            self.entries += [(above, column, 1.0), (below, column, 1.0)]
            self.entries += [(above, first_state + no, -float(state[at][0])) for no, state in enumerate(all_states)]
            self.entries += [(below, first_state + no, -float(state[at][1])) for no, state in enumerate(all_states)]

    def _columns(self, boxes: list[tuple[float, float]]) -> int:
        first = len(self.low)
        self.low += [low for low, _ in boxes]
        self.high += [high for _, high in boxes]
        return first

    def _new_row(self, low: float, high: float) -> int:
        self.row_bounds.append((low, high))
        return len(self.row_bounds) - 1

    def _row(self, row: int) -> int:
        if row not in self.row_of:
            self.row_of[row] = self._new_row(float(self.rows.low[row]), float(self.rows.high[row]))
        return self.row_of[row]

    def solve(self, column: int, direction: int) -> int | None:
        """The least (1) or most (-1) of one column, null where nothing is possible."""
        cost = np.zeros(len(self.low))
        cost[column] = direction
        rows, columns, values = (np.array(one) for one in zip(*self.entries, strict=True))
        matrix = coo_matrix((values, (rows, columns)), shape=(len(self.row_bounds), len(self.low))).tocsr()
        low, high = (np.array(one) for one in zip(*self.row_bounds, strict=True))
        solved = milp(cost, constraints=LinearConstraint(matrix, low, high), bounds=Bounds(self.low, self.high),
                      integrality=np.ones(len(cost)))  # fmt: skip
        if solved.x is None:
            return None
        value = float(solved.fun) * direction
        return int(np.ceil(value - 1e-6)) if direction == 1 else int(np.floor(value + 1e-6))
