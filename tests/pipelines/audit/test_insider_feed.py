"""The insider who holds one feed: of the others he learns nothing, and of his own what sums and cells leave him."""

import pandas as pd

from pipelines.audit.feasible import puzzle_of
from pipelines.audit.insider_feed import known_of_feed, turn_to_others

START = pd.Timestamp("2023-05-01")
SIGHT = {"kind": "count", "area_level": "base", "period": "2023-05", "period_start": START, "snapshot": 0, "frozen": True,
         "base": 3, "version": 0, "harm_group": "all", "measure": "reported"}  # fmt: skip
TYPES = {"all": ("robbery",)}


def cells(feed: str, *values: int) -> list[dict[str, object]]:
    cell = {**SIGHT, "feed": feed, "measure": feed}
    return [{**cell, "area_id": f"B{at:02}", "value": value} for at, value in enumerate(values)]


def held(feed: str, *counts: int) -> pd.DataFrame:
    return pd.DataFrame([
        {"feed": feed, "measure": feed, "area_level": "base", "area_id": f"B{at:02}", "harm_group": "all",
         "period": "2023-05", "x": x} for at, x in enumerate(counts)
    ])  # fmt: skip


def test_the_holder_of_one_feed_learns_nothing_of_another() -> None:
    puzzle = puzzle_of(pd.DataFrame([*cells("incidents", 3, 0, 6), *cells("missing_episodes", 0, 3)]))
    told = turn_to_others(puzzle, held("incidents", 2, 1, 7), TYPES, "incidents")
    assert (told.known, told.others, told.fewest, told.recovered) == (3, 2, 3, 0)


def test_all_but_one_of_his_cells_tell_him_the_last_where_a_total_is_close() -> None:
    year = {"period": "2023", "period_start": pd.Timestamp("2023-01-01")}
    types = {**SIGHT, **year, "kind": "summary", "feed": "incidents", "measure": "harm_types", "area_level": "city",
             "area_id": "town", "harm_group": "robbery"}  # fmt: skip
    wide = puzzle_of(pd.DataFrame([*cells("incidents", 3, 0, 6), {**types, "value": 12}]))
    assert turn_to_others(wide, held("incidents", 2, 1, 7), TYPES, "incidents").recovered_all_but == 0
    # Of at most 11 events 7 and 3 are known, and one cell shown as 3 is 1 at least.
    close = puzzle_of(pd.DataFrame([*cells("incidents", 3, 3, 6), {**types, "value": 9}]))
    told = turn_to_others(close, held("incidents", 1, 3, 7), TYPES, "incidents")
    assert (told.fewest_all_but, told.recovered_all_but) == (1, 1)


def test_a_count_that_has_moved_since_it_was_frozen_is_not_known() -> None:
    puzzle = puzzle_of(pd.DataFrame(cells("incidents", 3, 0)))
    assert known_of_feed(puzzle, held("incidents", 9, 1), "incidents") == {1: 1}
