"""The insider who sees one known record arrive each week: every start, every draw, every pattern of arrivals."""

import pytest

from pipelines.audit.insider_record import every_sequence, released_as, starts, watch


@pytest.mark.parametrize("base", [3, 5])
def test_a_cell_first_shown_above_nought_always_keeps_as_many_starts_as_its_base(base: int) -> None:
    shown = [one for one in every_sequence(base) if one[0][0] > 0]
    assert len(shown) > 2000
    assert min(len(starts(*one)) for one in shown) >= base


@pytest.mark.parametrize("base", [3, 5])
def test_no_start_but_nought_is_ever_told_apart(base: int) -> None:
    told = watch(every_sequence(base))
    assert told.recovered == 0
    assert told.fewest_shown == base


@pytest.mark.parametrize("base", [3, 5])
def test_a_cell_shown_as_nought_keeps_one_start_more_than_it_began_with(base: int) -> None:
    # His own records fill a cell still shown as 0: any bound on a small count says that much to part of it.
    for start in range(base):
        released = [released_as(start + week, base, base - 1) for week in range(9)]
        assert len(starts(released, range(9), base)) == start + 1


def test_the_true_start_is_never_ruled_out() -> None:
    for released, arrived, base in every_sequence(3, weeks=5):
        grids = [grid for grid in range(base) for start in range(7)
                 if [released_as(start + known, base, grid) for known in arrived] == list(released)
                 and start not in starts(released, arrived, base)]  # fmt: skip
        assert grids == []


def test_a_rounding_that_is_not_random_would_tell_the_start_in_the_end() -> None:
    # A draw he has worked out (here: the half that is always rounded up) leaves one start as soon as a release moves.
    of_one_draw = {start for start in starts([3, 3, 6], [0, 1, 2], 3) if released_as(start, 3, 1) == 3
                   and released_as(start + 1, 3, 1) == 3 and released_as(start + 2, 3, 1) == 6}  # fmt: skip
    assert len(of_one_draw) == 1


def test_a_sequence_other_records_must_have_moved_is_passed_over() -> None:
    assert watch([([6, 3], [0, 1], 3)]).sequences == 0
