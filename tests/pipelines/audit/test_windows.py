"""What one released cell leaves possible, against the rounding itself."""

import numpy as np
import pytest

from pipelines.audit.windows import possible, states, window

DRAWS = np.linspace(0, 0.999, 61)


def rounded(count: int, base: int, draw: float) -> int:
    """Keyed random rounding as the gate states it: up where the draw is under the share that is over."""
    return base * (count // base) + base * int(draw < (count % base) / base)


@pytest.mark.parametrize("base", [3, 5])
@pytest.mark.parametrize("released", [0, 1, 2, 4])
def test_what_is_possible_is_what_some_draw_gives(base: int, released: int) -> None:
    value = released * base
    by_trial = {count for count in range(40) for draw in DRAWS if rounded(count, base, draw) == value}
    assert possible(((0, 0, base, value),)) == (by_trial,)
    assert len(by_trial) == (base if value == 0 else 2 * base - 1)


@pytest.mark.parametrize("base", [3, 5])
def test_a_draw_and_a_release_leave_a_window_of_the_base_and_at_nought_what_is_over_it(base: int) -> None:
    for draw in DRAWS:
        grid = int(draw * base)
        for value in range(0, 4 * base, base):
            found = [count for count in range(40) if rounded(count, base, draw) == value]
            assert window(value, base, grid) == (found[0], found[-1])


def test_two_draws_of_one_count_leave_what_both_allow() -> None:
    assert possible(((0, 0, 3, 0), (0, 1, 3, 3))) == ({1, 2},)


def test_a_past_rounded_again_to_another_base_is_narrowed_too() -> None:
    assert possible(((0, 0, 3, 3), (0, 1, 5, 0))) == ({1, 2, 3, 4},)


def test_one_draw_over_two_versions_says_nothing_of_either_alone() -> None:
    assert possible(((0, 0, 3, 3), (1, 0, 3, 6))) == ({1, 2, 3, 4, 5}, {4, 5, 6, 7, 8})


def test_knowing_one_version_tells_the_draw_and_so_narrows_the_other() -> None:
    before, after = possible(((0, 0, 3, 0), (1, 0, 3, 3)), ((1, 1),))
    assert (before, after) == ({0}, {1})


def test_looks_that_contradict_leave_nothing() -> None:
    assert states(((0, 0, 3, 0), (0, 1, 3, 9))) == ()
