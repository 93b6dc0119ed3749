"""How many interventions there are by locality: counts of decisions, for every audience."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.insight.plans import count_interventions
from pipelines.insight.queries import Audience, open_snapshot

AS_AT = date(2026, 10, 7)
FAMILIES = {"detached_outreach": "contextual", "call_in": "disruption"}
LOCALITIES = {"B01": ("west",), "EDGE": ("west", "east")}


def counted(*entries: tuple[str | None, str | None, date | None, date | None, bool]) -> dict[tuple[str, str, str], int]:
    columns = ["place_id", "intervention_type", "started_on", "ended_on", "led_elsewhere"]
    register = pd.DataFrame(entries, columns=columns).astype({"led_elsewhere": bool})
    said = count_interventions(register, LOCALITIES, FAMILIES, AS_AT)
    return {(row.locality or "city", row.family, row.state): row.interventions for row in said.itertuples()}


def test_the_city_counts_each_once_and_a_place_of_two_localities_counts_in_both_where_no_lead_is_agreed() -> None:
    edge = ("EDGE", "detached_outreach", date(2026, 1, 1), None, False)
    assert counted(edge) == {
        ("city", "contextual", "live"): 1, ("east", "contextual", "live"): 1, ("west", "contextual", "live"): 1,
    }  # fmt: skip


def test_work_in_no_place_of_the_list_counts_in_the_city_alone() -> None:
    assert counted((None, "call_in", date(2027, 1, 1), None, False)) == {("city", "disruption", "planned"): 1}


def test_what_is_led_elsewhere_is_not_counted() -> None:
    assert counted(("B01", None, None, None, True)) == {}


def test_the_board_has_the_managers_counts_and_no_place(larkhaven: Path) -> None:
    board = open_snapshot(larkhaven, Audience("board")).interventions_by_locality()
    manager = open_snapshot(larkhaven, Audience("manager"))
    pd.testing.assert_frame_equal(board, manager.interventions_by_locality())
    assert list(board.columns) == ["locality", "family", "state", "interventions"]
    register = manager.register("interventions")
    assert board.loc[board["locality"].isna(), "interventions"].sum() == (~register["led_elsewhere"]).sum()
    assert set(board["locality"].dropna()) <= set(manager.localities())


@pytest.mark.parametrize("locality", ["north"])
def test_a_meeting_has_every_localitys_counts_too(larkhaven: Path, locality: str) -> None:
    meeting = open_snapshot(larkhaven, Audience("meeting", locality)).interventions_by_locality()
    assert meeting["locality"].nunique() > 1
