"""The rounding: what it always does, what it never does, and that its average is the truth."""

import hashlib
import hmac

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.gate.rounding import round_cells

KEY = bytes(range(32))
counts = st.lists(st.integers(0, 500), max_size=40)
bases = st.integers(3, 10)


def ids(count: int) -> list[str]:
    return [f"1|cell|incidents|incidents|base|N{number:02}|all|2024-01" for number in range(count)]


@given(counts, bases, st.binary(min_size=32, max_size=64))
def test_a_released_count_is_always_a_multiple_of_the_base_and_less_than_a_base_away(
    counts: list[int], base: int, key: bytes
) -> None:
    released = round_cells(counts, ids(len(counts)), key=key, base=base)
    assert np.all(released % base == 0)
    assert np.all(np.abs(released - np.array(counts, dtype=int)) < base)
    assert np.all(released >= 0)


@given(counts, bases)
def test_a_cell_is_always_rounded_alike_whatever_stands_beside_it(counts: list[int], base: int) -> None:
    names = ids(len(counts))
    together = round_cells(counts, names, key=KEY, base=base)
    alone = [round_cells([count], [name], key=KEY, base=base)[0] for count, name in zip(counts, names, strict=True)]
    assert together.tolist() == alone


@given(st.integers(0, 200), st.integers(0, 200), bases)
def test_more_records_never_give_a_smaller_released_count(one: int, other: int, base: int) -> None:
    low, high = sorted((one, other))
    name = ids(1)
    assert round_cells([low], name, key=KEY, base=base)[0] <= round_cells([high], name, key=KEY, base=base)[0]


@pytest.mark.parametrize(("base", "count", "variance"), [(3, 4, 2), (3, 5, 2), (3, 6, 0), (5, 7, 6)])
def test_over_many_cells_the_average_is_the_truth_and_the_variance_is_the_published_one(
    base: int, count: int, variance: float
) -> None:
    """Var = r (b - r), r = count mod b. 40,000 cells: the mean's standard error is at most 0.0123, five are 0.062."""
    released = round_cells([count] * 40_000, [f"cell {n}" for n in range(40_000)], key=KEY, base=base)
    assert abs(released.mean() - count) < 0.062
    assert abs(released.var() - variance) < 0.15


def test_the_draw_is_the_hmac_of_the_cells_identity() -> None:
    """Known answer by the definition: u = HMAC-SHA256(key, id) / 2^256, up when u < r / b."""
    for name in ids(20):
        u = int.from_bytes(hmac.new(KEY, name.encode(), hashlib.sha256).digest(), "big") / 2**256
        assert round_cells([4], [name], key=KEY, base=3)[0] == (6 if u < 1 / 3 else 3)


def test_another_key_rounds_differently() -> None:
    names = ids(200)
    one = round_cells([4] * 200, names, key=KEY, base=3)
    other = round_cells([4] * 200, names, key=bytes(reversed(KEY)), base=3)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("counts", "names", "key", "base", "says"),
    [
        ([1], ["a"], KEY, 2, "at least 3"),
        ([1], ["a"], b"short", 3, "32 bytes"),
        ([1, 2], ["a"], KEY, 3, "one cell id"),
        ([1, 2], ["a", "a"], KEY, 3, "twice"),
        ([-1], ["a"], KEY, 3, "whole numbers"),
        ([1.5], ["a"], KEY, 3, "whole numbers"),
    ],
)
def test_it_refuses_what_it_cannot_round_safely(
    counts: list[float], names: list[str], key: bytes, base: int, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        round_cells(counts, names, key=key, base=base)
