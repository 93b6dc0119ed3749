"""In how few places most of the harm lies, and in how few it would lie by chance alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.concentration import Concentration, concentrate


def of(*sums: float | None) -> Concentration:
    return concentrate(pd.DataFrame({"about": np.array(sums, dtype=float)}))


@pytest.mark.parametrize(
    ("sums", "half_in"),
    [
        ((100,), 1),
        ((50, 50), 1),
        ((49, 51), 1),
        ((30, 30, 30), 2),
        ((10, 10, 10, 70), 1),
        ((10, 10, 40, 40), 2),
        ((0, 0, 0, 9), 1),
        ((25, 25, 25, 25), 2),
    ],
)
def test_half_of_the_harm_lies_in_the_fewest_places_that_hold_half_of_it(sums: tuple[float, ...], half_in: int) -> None:
    assert of(*sums).half_in == half_in


@pytest.mark.parametrize(("areas", "in_the_tenth"), [(1, 1), (9, 1), (10, 1), (11, 2), (30, 3), (31, 4)])
def test_a_tenth_of_the_places_is_rounded_up(areas: int, in_the_tenth: int) -> None:
    assert of(*[6.0] * areas).tenth_share == pytest.approx(in_the_tenth / areas)


def test_the_tenth_is_of_the_places_that_count_most() -> None:
    assert of(*[1.0] * 18, 41, 41).tenth_share == pytest.approx(0.82)


def test_a_place_of_which_nothing_is_known_is_no_place_without_harm() -> None:
    known, unknown, empty = of(30, 30, 30, 30), of(30, 30, 30, 30, None, None), of(30, 30, 30, 30, 0, 0)
    assert unknown == known
    assert (empty.areas, empty.half_in) == (6, 2)


@pytest.mark.parametrize("sums", [(), (0, 0, 0), (None, None), (None, 0)])
def test_where_nothing_was_counted_nothing_is_concentrated(sums: tuple[float | None, ...]) -> None:
    found = of(*sums)
    assert (found.half_in, found.tenth_share, found.even_half_in) == (None, None, None)


def test_few_records_lie_in_few_places_by_chance_alone_and_many_do_not() -> None:
    few, many = of(*[3.0] * 4, *[0.0] * 36), of(*[300.0] * 40)
    assert few.half_in == 2
    assert few.even_half_in is not None
    assert few.even_half_in <= 5
    assert many.half_in == 20
    assert many.even_half_in in (18, 19, 20)


def test_harm_that_does_lie_in_few_places_lies_in_fewer_than_chance_would_put_it() -> None:
    found = of(*[200.0] * 4, *[10.0] * 36)
    assert found.half_in == 3
    assert found.even_half_in is not None
    assert found.even_half_in > 15


def test_the_same_sums_are_told_the_same_every_time_and_in_any_order() -> None:
    sums = [3.0, 90, 27, 0, 12, 45, 6, 6]
    assert of(*sums) == of(*sums) == of(*reversed(sums))


@pytest.mark.parametrize("share", [1 / 3, 0.1, 0.7, 0.915089])
@pytest.mark.parametrize("areas", [6, 10, 12, 16, 20, 22, 34])
def test_shares_of_cells_that_add_up_with_dust_do_not_take_one_place_more(share: float, areas: int) -> None:
    assert of(*[share] * areas).half_in == areas // 2


@settings(max_examples=60, deadline=None)
@given(sums=st.lists(st.integers(0, 500).map(lambda one: 3.0 * one), min_size=1, max_size=40))
def test_half_is_always_in_no_more_than_half_of_the_places_and_the_tenth_never_holds_less_than_its_part(
    sums: list[float],
) -> None:
    found = of(*sums)
    if sum(sums) == 0:
        return
    assert found.half_in is not None
    assert found.tenth_share is not None
    assert 1 <= found.half_in <= (len(sums) + 1) // 2
    assert np.ceil(len(sums) / 10) / len(sums) - 1e-9 <= found.tenth_share <= 1 + 1e-9
    largest = np.sort(sums)[::-1]
    assert largest[: found.half_in].sum() >= sum(sums) / 2 > largest[: found.half_in - 1].sum()
