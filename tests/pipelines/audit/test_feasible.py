"""The attacker with a computer: known leaks it must find, and a sound release it must not break."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from pipelines.audit.feasible import Possible, feasible, puzzle_of
from pipelines.audit.programme import extremes
from pipelines.audit.relations import Relation

SIGHT = {"kind": "count", "feed": "incidents", "measure": "incidents", "area_level": "base", "harm_group": "all", "base": 3,
         "period": "2024-01", "period_start": pd.Timestamp("2024-01-01"), "frozen": False, "version": 0}  # fmt: skip


def seen(*sights: dict[str, object]) -> pd.DataFrame:
    """Sights of cells: area_id, snapshot and value at least; the rest is as usual."""
    return pd.DataFrame([{**SIGHT, **one} for one in sights])


def attack(sights: pd.DataFrame, more: list[Relation] | None = None, known: dict[int, int] | None = None) -> Possible:
    return feasible(puzzle_of(sights), {}, more=more, known=known)


def total(numbers: list[int], least: float, most: float) -> Relation:
    return np.array(numbers), np.ones(len(numbers)), least, most


def test_one_look_leaves_as_many_counts_as_the_base_or_more() -> None:
    told = attack(seen(*({"area_id": f"B{y:02}", "snapshot": 0, "value": y} for y in (0, 3, 30))))
    assert told.counts["feasible"].tolist() == [3, 5, 5]
    assert (told.fewest, told.recovered, told.under_base) == (3, 0, 0)


def test_a_count_released_under_two_draws_is_found_out() -> None:
    told = attack(seen(*({"area_id": "B01", "snapshot": at, "value": value} for at, value in enumerate((0, 3)))))
    assert told.counts[["low", "high", "feasible"]].to_numpy().tolist() == [[1, 2, 2]]
    assert told.under_base == 1


def test_a_count_that_may_have_moved_is_not() -> None:
    sights = seen(*({"area_id": "B01", "snapshot": at, "version": at, "value": 3 * at} for at in range(3)))
    assert attack(sights).fewest == 3


def test_an_exact_total_beside_rounded_cells_gives_them_away() -> None:
    sights = seen(*({"area_id": name, "snapshot": 0, "value": 0} for name in ("B01", "B02")))
    told = attack(sights, [total([0, 1], 4, 4)])
    assert (told.recovered, told.counts["low"].tolist()) == (2, [2, 2])


def test_a_past_rounded_again_with_a_new_key_leaves_many_cells_too_few() -> None:
    draw = np.random.default_rng(5)
    x = draw.poisson(1.2, 400)
    rounded = [3 * (x // 3) + 3 * (draw.random(400) < (x % 3) / 3) for _ in range(2)]
    sights = seen(*({"area_id": f"B{at:03}", "snapshot": number, "value": int(value[at]), "frozen": True}
                    for number, value in enumerate(rounded) for at in range(400)))  # fmt: skip
    told = attack(sights)
    small = (x > 0) & (x < 5)
    assert 0.25 < (told.counts["feasible"].to_numpy()[small] < 3).mean() < 0.5
    assert ((told.counts["low"] <= x) & (x <= told.counts["high"])).all()


def brute_force(sights: pd.DataFrame, relations: list[Relation]) -> list[tuple[int, int]]:
    """The least and most of each count, by trying every draw and every number."""
    puzzle = puzzle_of(sights)
    of_cell = puzzle.counts.groupby("cell_no").groups
    per_cell = []
    for number, looks in enumerate(puzzle.looks):
        ways = set()
        for grid in range(3):
            spans = [range(max(0, value - 2 + grid), value + grid + 1) for _, _, _, value in looks]
            ways |= set(product(*spans))
        per_cell.append((list(of_cell[number]), ways))
    found: dict[int, set[int]] = {}
    for chosen in product(*(ways for _, ways in per_cell)):
        point: dict[int, int] = {}
        for (numbers, _), way in zip(per_cell, chosen, strict=True):
            point.update(zip(numbers, way, strict=True))
        if all(low <= sum(point[int(at)] for at in numbers) <= high for numbers, _, low, high in relations):
            for at, x in point.items():
                found.setdefault(at, set()).add(x)
    return [(min(found[at]), max(found[at])) for at in sorted(found)]


@pytest.mark.parametrize("seed", range(8))
def test_cells_tied_over_weeks_by_one_draw_are_bounded_exactly(seed: int) -> None:
    draw = np.random.default_rng(seed)
    x = draw.integers(0, 4, 3)[None, :] + np.array([[0], [1]]) * draw.integers(0, 3, 3)
    u = draw.random(3)
    y = 3 * (x // 3) + 3 * (u < (x % 3) / 3)
    sights = seen(*({"area_id": f"B0{cell}", "snapshot": week, "version": week, "value": int(y[week, cell])}
                    for week in range(2) for cell in range(3)))  # fmt: skip
    relations = [total([week, week + 2, week + 4], float(x[week].sum()), float(x[week].sum())) for week in range(2)]
    told = attack(sights, relations)
    assert list(zip(told.counts["low"], told.counts["high"], strict=True)) == brute_force(sights, relations)


def test_a_draw_told_by_one_week_narrows_the_next() -> None:
    # Both shown as 3 twice. Two in all the first week: each is 1, so each draw is low, and 3 is the most of the second.
    sights = seen(*({"area_id": f"B0{cell}", "snapshot": week, "version": week, "value": 3}
                    for week in range(2) for cell in range(2)))  # fmt: skip
    told = attack(sights, [total([0, 2], 2, 2), total([1, 3], 6, 6)])
    assert told.counts[["low", "high"]].to_numpy().tolist() == [[1, 1], [3, 3], [1, 1], [3, 3]]


def test_draws_of_some_like_cells_may_differ() -> None:
    # Five in all the first week: one cell is 1 and one is 4, or 2 and 3; so no draw is told.
    sights = seen(*({"area_id": f"B0{cell}", "snapshot": week, "version": week, "value": 3}
                    for week in range(2) for cell in range(2)))  # fmt: skip
    relations = [total([0, 2], 5, 5), total([1, 3], 8, 8)]
    told = attack(sights, relations)
    assert list(zip(told.counts["low"], told.counts["high"], strict=True)) == brute_force(sights, relations)


def test_like_cells_are_solved_once_and_the_answer_is_that_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = []

    def counted(tied, rows):  # type: ignore[no-untyped-def]
        shapes.append(set(tied.shapes))
        return extremes(tied, rows)

    monkeypatch.setattr("pipelines.audit.feasible.extremes", counted)
    sights = seen(*({"area_id": f"B{at:02}", "snapshot": 0, "value": 0} for at in range(30)))
    told = attack(sights, [total(list(range(30)), 58, 60), total(list(range(30)), 0, 59)])
    assert [len(one) for one in shapes] == [1]
    assert told.counts[["low", "high"]].drop_duplicates().to_numpy().tolist() == [[0, 2]]


def test_what_an_insider_knows_narrows_what_it_is_summed_with() -> None:
    sights = seen(*({"area_id": f"B0{at}", "snapshot": 0, "value": 3} for at in range(3)))
    told = attack(sights, [total([0, 1, 2], 0, 5)], known={0: 3})
    assert told.counts[["low", "high"]].to_numpy().tolist() == [[3, 3], [1, 1], [1, 1]]


def test_sums_that_cannot_be_true_are_dropped_and_counted() -> None:
    told = attack(seen({"area_id": "B01", "snapshot": 0, "value": 0}), [total([0], 9, 9)])
    assert (told.untrue, told.fewest) == (1, 3)
