"""The attacker who gathers documents: what he reads is what was answered, and a number from elsewhere is caught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from minuted import MET_ON, NORTH, Meeting, own_town

from benchmarks import gatherer, printed
from benchmarks.printed import Gathered, Seen
from pipelines.audit.differencing import Lattice
from pipelines.audit.released import read_released
from pipelines.insight.queries import Audience
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def board(larkhaven) -> Gathered:
    """What the board's own documents say: its export and its report."""
    mine = Gathered(printed.open_snapshot(larkhaven, Audience("board")))
    printed._report(mine)
    return mine


@pytest.fixture(scope="module")
def released(larkhaven):
    return read_released(Settings(larkhaven))


def test_every_number_of_the_boards_report_is_read_and_is_what_the_board_is_answered(board, released):
    found = gatherer.figures_of([board], released)
    assert found["numbers"]["board"] > 200
    assert not found["breached"]
    assert (found["not_as_answered"], found["strays"], found["beyond"], found["unprinted"]) == (0, 0, 0, 0)


def a_number(board: Gathered) -> Seen:
    return next(one for one in board.seen["board"] if "about" in one.said and one.feed == "incidents")


def test_a_number_that_is_not_the_answer_and_no_sum_of_cells_is_caught(board, released):
    one = a_number(board)
    exact = replace(one, said={"about": one.said["about"] + 37})
    found = gatherer.figures_of([replace(board, seen={"board": [exact]})], released)
    assert found["not_as_answered"] == 1
    assert found["strays"] >= 1
    assert found["breached"]


def test_a_number_finer_than_the_board_may_have_is_caught(larkhaven, board, released):
    lattice = Lattice.of(released.tables[-1], released.manifests[-1])
    cell = lattice.cells[(lattice.cells["feed"] == "incidents") & (lattice.cells["value"] > 0)].iloc[0]
    told = gatherer.Answer(np.array([cell.name]), np.array([1.0]), cell["value"], cell["value"])
    allowed = gatherer.may_ask_alone(lattice, Audience("board"), released.manifests[-1]["measures"])
    assert gatherer.difference("board", [told], lattice, allowed).beyond == 1


def test_a_figure_in_the_text_that_no_table_says_is_unaccounted_for(board):
    mine = Gathered(board.snapshot)
    mine.hold_against("Teal Banks: about 12 (8 to 16). And about 7 (5 to 9).", ["about 12 (8 to 16)", "about 3 (1 to 5)"])
    assert (mine.unprinted, mine.unaccounted) == (1, 1)


@pytest.mark.parametrize(("figure", "said"), [
    ("about 1,200 (1,190 to 1,210)", {"about": 1200, "low": 1190, "high": 1210}),
    ("0 to 4", {"about": 0, "low": 0, "high": 4}), ("12", {"about": 12}), ("not collected", {}),
])  # fmt: skip
def test_a_figure_is_read_as_it_is_written(figure, said):
    assert printed._ranged(figure) == said


@pytest.fixture(scope="module")
def meeting(larkhaven, tmp_path_factory) -> Meeting:
    found = Meeting(own_town(larkhaven, tmp_path_factory.mktemp("gathered")))
    found.whole_meeting()
    return found


def unaccounted(meeting: Meeting) -> int:
    mine = Gathered(printed.open_snapshot(meeting.data_dir, NORTH))
    printed.recorded(mine, Settings(meeting.data_dir), MET_ON)
    return mine.unaccounted


def test_minutes_and_briefs_print_no_figure_and_one_that_somebody_typed_is_caught(meeting):
    assert unaccounted(meeting) == 0
    old = next(one for one in meeting.actions if one["lead_agency"] and one["status"] not in ("done", "dropped"))
    meeting.record("actions", {"aim": "fewer than 17 fights"}, entry=old["entry_id"], place_id=old["place_id"])
    assert unaccounted(meeting) == 1
