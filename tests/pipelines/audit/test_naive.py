"""The careless release: what the same attacker makes of hidden small counts with exact totals."""

import pandas as pd

from pipelines.audit.naive import attack_careless


def truth(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """(beat, group, count) in one locality and month."""
    return pd.DataFrame([
        {"feed": "incidents", "measure": "incidents", "area_id": beat, "beat_id": beat, "locality_id": "west",
         "harm_group": group, "period": "2024-01", "x": x} for beat, group, x in rows
    ])  # fmt: skip


def test_one_hidden_cell_in_a_row_is_the_rest_of_its_total() -> None:
    told = attack_careless(truth(("B1", "knives", 2), ("B1", "fear", 9), ("B2", "knives", 8), ("B2", "fear", 7)))
    assert (told.small, told.recovered, told.share) == (1, 1, 1.0)


def test_a_two_by_two_of_twos_and_threes_is_not_solved_by_its_totals_alone() -> None:
    told = attack_careless(truth(("B1", "knives", 2), ("B1", "fear", 3), ("B2", "knives", 3), ("B2", "fear", 2)))
    assert (told.small, told.recovered) == (4, 0)


def test_a_total_of_a_single_cell_gives_nothing_away() -> None:
    assert attack_careless(truth(("B1", "all", 2))).recovered == 0
