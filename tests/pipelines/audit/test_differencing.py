"""The attacker who only asks: sums of released cells tell nothing more, and an answer from elsewhere is found out."""

import numpy as np
import pandas as pd
import pytest

from pipelines.audit.attack import counts_of
from pipelines.audit.differencing import Answer, Differenced, Lattice, difference, may_ask_alone
from pipelines.audit.feasible import feasible, puzzle_of
from pipelines.insight.queries import Audience

VALUES = {"B01": 3, "B02": 0, "B03": 6, "B04": 3}
MEASURE = {"feed": "incidents", "measure": "incidents", "base": 3, "public": False, "grain": "month"}
CELL = {"feed": "incidents", "measure": "incidents", "area_level": "base", "harm_group": "all", "period": "2024-01"}


@pytest.fixture
def lattice() -> Lattice:
    counts = pd.DataFrame([{**CELL, "area_id": area, "value": value} for area, value in VALUES.items()])
    members = [(area, "locality", "west" if area < "B03" else "east", 1.0) for area in VALUES]
    members += [("B02", "place_of_concern", "mill", 1.0), ("B03", "place_of_concern", "mill", 1.0)]
    columns = ["base_area_id", "area_level", "area_id", "weight"]
    tables = {"counts": counts, "area_members": pd.DataFrame(members, columns=columns)}
    return Lattice.of(tables, {"measures": [MEASURE]})


def said(*cells: int, low: float, high: float | None = None) -> Answer:
    return Answer(np.array(cells), np.ones(len(cells)), low, low if high is None else high)


def subtract(lattice: Lattice, *answers: Answer, audience: Audience = Audience("manager")) -> Differenced:  # noqa: B008
    return difference(audience.name, answers, lattice, may_ask_alone(lattice, audience, [MEASURE]))


def test_subtracting_sums_of_released_cells_tells_released_cells_and_no_more(lattice: Lattice) -> None:
    told = subtract(lattice, said(0, 1, 2, low=9), said(0, 1, low=3), said(0, low=3))
    assert (told.answers, told.differences, told.strays) == (3, 3, [])
    assert told.alone == {0, 1, 2}
    assert told.fewest == 3


def test_an_exact_total_among_the_answers_is_found_out_and_bites(lattice: Lattice) -> None:
    told = subtract(lattice, said(0, 1, low=3), said(1, 3, low=8), said(0, 1, 2, low=9))
    assert len(told.strays) == 1
    sights = lattice.cells.assign(kind="count", snapshot=0, version=0, frozen=False, period_start=pd.Timestamp("2024-01-01"))
    puzzle = puzzle_of(sights)
    # B02 is 2 at most and B04 is 5 at most: 8 of the two is more than there can be; 7 is just what there can be.
    assert feasible(puzzle, {}, more=told.bounds(counts_of(puzzle, lattice))).untrue == 1
    told = subtract(lattice, said(1, 3, low=7))
    found = feasible(puzzle, {}, more=told.bounds(counts_of(puzzle, lattice)))
    assert found.recovered == 2
    assert found.counts.set_index("area_id")["low"][["B02", "B04"]].tolist() == [2, 5]


def test_answers_rounded_once_more_are_bounds_and_do_not_pin_a_cell(lattice: Lattice) -> None:
    told = subtract(lattice, said(0, 1, 2, low=7.5, high=12.5), said(0, 1, low=0, high=10))
    assert told.strays == []
    assert told.alone == set()
    assert told.fewest is not None
    assert told.fewest > 5


def test_a_cell_told_by_subtraction_that_may_not_be_asked_for_is_beyond(lattice: Lattice) -> None:
    answers = [said(2, 3, low=9), said(3, low=3)]
    assert subtract(lattice, *answers).beyond == 0
    assert subtract(lattice, *answers, audience=Audience("meeting", "east")).beyond == 0
    # West shares the mill, which lies partly on B03: B04 is none of its business.
    assert subtract(lattice, *answers, audience=Audience("meeting", "west")).beyond == 1
    assert subtract(lattice, *answers, audience=Audience("board")).beyond == 2
