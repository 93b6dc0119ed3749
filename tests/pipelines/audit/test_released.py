"""Snapshots read together: which releases are of one true count, and what counts as a cell of its own."""

from typing import Any

import pandas as pd

from pipelines.audit.released import sights_of

MEASURES = [
    {"feed": "incidents", "measure": "incidents", "base": 3, "public": False},
    {"feed": "police_uk", "measure": "crimes", "base": 1, "public": True},
]
JANUARY = {"feed": "incidents", "measure": "incidents", "period": "2024-01", "period_start": pd.Timestamp("2024-01-01")}


def manifest(*deliveries: str) -> dict[str, Any]:
    return {"measures": MEASURES, "inputs": [{"feed": "incidents", "sha256": one} for one in deliveries], "tables": {}}


def tables(*values: int, frozen: bool = False, counted: int | None = None, public: bool = False) -> dict[str, pd.DataFrame]:
    named = {"feed": "police_uk", "measure": "crimes"} if public else {}
    cells = [{**JANUARY, **named, "area_level": "base", "area_id": f"B{at}", "harm_group": "all", "value": value,
              "withheld_because": None} for at, value in enumerate(values)]  # fmt: skip
    told = sum(values) if counted is None else counted
    tallies = {**JANUARY, **named, "frozen": frozen, "counted_about": told, "read_about": told + 6, "outside_about": 6,
               "rejected_about": 0, "superseded_about": 0, "unplaced_about": 0}  # fmt: skip
    return {"counts": pd.DataFrame(cells), "deliveries": pd.DataFrame([tallies])}


def versions(manifests: list[dict[str, Any]], held: list[dict[str, pd.DataFrame]]) -> list[int]:
    sights = sights_of(manifests, held)
    return sights.loc[sights["kind"] == "count", "version"].tolist()


def test_snapshots_of_the_same_deliveries_show_the_same_counts() -> None:
    assert versions([manifest("a"), manifest("a"), manifest("a", "b")], [tables(3)] * 3) == [0, 0, 1]


def test_a_frozen_count_is_one_count_whatever_is_delivered() -> None:
    held = [tables(3), tables(3, frozen=True), tables(3, frozen=True)]
    assert versions([manifest("a"), manifest("b"), manifest("c")], held) == [0, 1, 1]


def test_each_rounded_tally_is_a_cell_and_sums_of_others_are_not() -> None:
    sights = sights_of([manifest("a")], [tables(3, 6)])
    mine = sights[sights["kind"] == "tally"]
    assert mine["harm_group"].tolist() == ["outside", "rejected", "superseded", "unplaced"]


def test_a_tally_that_is_no_sum_is_attacked_as_a_draw_of_its_own() -> None:
    sights = sights_of([manifest("a")], [tables(3, 6, counted=12)])
    assert "counted" in set(sights["harm_group"])


def test_public_counts_are_everybodys_and_not_attacked() -> None:
    assert len(sights_of([manifest("a")], [tables(7, public=True)])) == 0
