"""Changes in recording: where each begins, which places it touches, and what is expected of them since."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipelines.insight.cubes import Cube, Members
from pipelines.insight.recording import break_at, since_of, touched, without_city_steps

STEADY, DOUBLED = [120, 123, 117, 120] * 12, [120, 123, 117, 120] * 9 + [240, 246, 234, 240] * 3
JANUARY_2026 = date(2026, 1, 1)  # the month the doubled ones double


def months(values: Any) -> Cube:
    """Months of base areas from January 2023: [base areas, periods], or [base areas, groups, periods]."""
    return counted(values, [one.date() for one in pd.date_range("2023-01-01", periods=np.shape(values)[-1], freq="MS")], 12)


def terms(count: int) -> Cube:
    """School terms of one base area from January 2023."""
    starts = [date(2023 + n // 3, (1, 4, 9)[n % 3], 9) for n in range(count)]
    return counted(np.full((1, count), 10.0), starts, 3)


def counted(values: Any, starts: list[date], periods_per_year: int) -> Cube:
    table = np.asarray(values, dtype=float)
    table = table[:, None, :] if table.ndim == 2 else table
    groups = tuple(f"g{n}" for n in range(table.shape[1]))
    names = [f"b{n}" for n in range(len(table))]
    return Cube(
        feed="incidents", measure="incidents", base_areas=names, groups=groups, periods=[str(one) for one in starts],
        starts=starts, values=table, rounding=np.zeros(table.shape[:2]), unplaced=np.zeros(table.shape[1:]),
        share_in=np.ones(len(starts)), periods_per_year=periods_per_year,
    )  # fmt: skip


def areas(*weights: list[float]) -> Members:
    share = np.array(weights, dtype=float)
    return Members([f"a{n}" for n in range(len(share))], share, np.zeros(share.shape, dtype=bool))


def events(*begun: tuple[str, date]) -> pd.DataFrame:
    """Changes in recording by area level and day."""
    rows = [(level, pd.Timestamp(day)) for level, day in begun]
    return pd.DataFrame(rows, columns=["area_level", "starts_on"])


# --- where it begins ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "number"),
    [("2023-01-01", 0), ("2022-06-30", 0), ("2023-03-01", 2), ("2023-03-31", 2), ("2023-12-31", 11), ("2024-01-01", 12)],
)
def test_a_change_within_a_month_counts_from_that_month_on(day: str, number: int) -> None:
    assert since_of(months(np.zeros((1, 12))), date.fromisoformat(day)) == number


@pytest.mark.parametrize(("day", "number"), [("2023-01-05", 0), ("2023-04-20", 1), ("2023-05-02", 2), ("2023-10-01", 3)])
def test_a_change_in_the_midst_of_a_term_counts_from_the_next_one(day: str, number: int) -> None:
    assert since_of(terms(3), date.fromisoformat(day)) == number


@pytest.mark.parametrize(("since", "starts_with_it"), [(17, False), (18, True), (30, True), (0, False), (1, False)])
def test_a_past_begins_anew_once_a_year_and_the_longest_window_have_passed(since: int, starts_with_it: bool) -> None:
    cube = months(np.zeros((1, 36)))
    day = (pd.Timestamp(2026, 1, 1) - pd.DateOffset(months=since)).date()
    assert break_at(cube, day) == (36 - since if starts_with_it else None)


@pytest.mark.parametrize(("count", "since"), [(4, None), (5, 0), (9, 0)])
def test_terms_begin_anew_after_a_year_and_two_terms(count: int, since: int | None) -> None:
    assert break_at(terms(count), date(2023, 1, 9)) == since


# --- which places it touches -------------------------------------------------------------------------------------


def test_a_place_is_touched_when_most_of_what_it_counts_lies_in_the_place_of_the_change() -> None:
    """b0 counts thirty a month, b1 and b2 six each; the change is of b0's beat."""
    cube = months(np.repeat([[30.0], [6.0], [6.0]], 24, axis=1))
    inside, around, beside, mostly_beside = touched(
        cube, areas([1, 0, 0], [1, 1, 1], [0, 1, 1], [0.1, 1, 1]), np.array([1.0, 0, 0])
    )
    assert (inside, around, beside, mostly_beside) == (True, True, False, False)


def test_it_goes_by_what_is_counted_and_not_by_how_many_parts_lie_there() -> None:
    cube = months(np.repeat([[3.0], [3.0], [60.0]], 24, axis=1))
    assert touched(cube, areas([1, 1, 1]), np.array([1.0, 1, 0])).tolist() == [False]


def test_a_change_of_part_of_a_base_area_touches_as_much_of_it_as_its_share() -> None:
    cube = months(np.full((1, 24), 6.0))
    shares = [bool(touched(cube, areas([1]), np.array([share]))[0]) for share in (0.4, 0.5, 1.0)]
    assert shares == [False, True, True]


def test_a_change_of_an_area_no_longer_in_force_touches_nothing_nor_does_any_touch_an_area_of_nothing() -> None:
    cube = months(np.full((2, 24), 6.0))
    assert not touched(cube, areas([1, 1], [1, 0]), np.zeros(2)).any()
    assert not touched(cube, areas([0, 0]), np.ones(2)).any()


# --- what is expected of the city since --------------------------------------------------------------------------


def test_a_step_of_the_whole_city_at_its_own_change_is_expected_of_every_month_since() -> None:
    cube = months([DOUBLED, DOUBLED])
    exposure = without_city_steps(cube, ("g0",), events(("city", JANUARY_2026)))
    assert exposure[:36].tolist() == [1.0] * 36
    assert exposure[36:] == pytest.approx([2.0] * 12, rel=0.05)
    assert cube.share_in.tolist() == [1.0] * 48, "the cube itself stays as it was"


def test_a_change_that_moved_nothing_leaves_what_is_expected_alone() -> None:
    exposure = without_city_steps(months([STEADY, STEADY]), ("g0",), events(("city", JANUARY_2026)))
    assert exposure == pytest.approx(np.ones(48), abs=0.01)


def test_a_step_with_no_change_known_is_no_step_of_recording() -> None:
    for none in (events(), events(("beat", JANUARY_2026)), events(("locality", JANUARY_2026))):
        assert without_city_steps(months([DOUBLED, DOUBLED]), ("g0",), none).tolist() == [1.0] * 48


def test_each_group_has_its_own_step() -> None:
    cube = months([[DOUBLED, STEADY]])
    both, first, second = (
        without_city_steps(cube, groups, events(("city", JANUARY_2026)))[-1] for groups in (("g0", "g1"), ("g0",), ("g1",))
    )
    assert (both, first, second) == pytest.approx((1.5, 2.0, 1.0), rel=0.05)


@pytest.mark.parametrize(("then", "since_both"), [(2.0, 4.0), (0.5, 1.0), (1.0, 2.0)])
def test_each_of_two_changes_is_a_step_of_its_own(then: float, since_both: float) -> None:
    counts = np.array(DOUBLED) * np.repeat([1.0, then], [42, 6])
    second = date(2026, 7, 14)  # within the forty-third month
    exposure = without_city_steps(months([counts]), ("g0",), events(("city", second), ("city", JANUARY_2026)))
    assert exposure[35:37] == pytest.approx([1.0, 2.0], rel=0.1)
    assert exposure[41:43] == pytest.approx([2.0, since_both], rel=0.1)


@pytest.mark.parametrize("other", [JANUARY_2026, date(2026, 1, 20)])
def test_two_changes_within_one_month_are_one_step(other: date) -> None:
    cube = months([DOUBLED])
    once = without_city_steps(cube, ("g0",), events(("city", JANUARY_2026)))
    twice = without_city_steps(cube, ("g0",), events(("city", JANUARY_2026), ("city", other)))
    assert twice.tolist() == once.tolist()


def test_what_had_no_place_of_a_group_stays_out_of_what_is_expected_of_it() -> None:
    """A fifth of one group had no place in the last year: that is no step of recording, nor one of the other group."""
    without = np.array([[0] * 36 + [60] * 12, [0] * 48])
    cube = replace(months([[np.array(DOUBLED), np.array(STEADY)]]), unplaced=without)
    first, second = (without_city_steps(cube, (group,), events(("city", JANUARY_2026)))[-1] for group in ("g0", "g1"))
    assert first == pytest.approx(2.0, rel=0.05)
    assert second == pytest.approx(1.0, abs=0.01)
    assert without_city_steps(cube, ("g0",), events())[-1] == pytest.approx(0.8)


def test_the_days_a_term_is_open_are_not_changed_by_asking() -> None:
    cube = terms(12)
    table = np.array([[[60.0, 80.0, 40.0] * 2 + [120.0, 160.0, 80.0] * 2]])
    cube = replace(cube, values=table)
    once, again = (without_city_steps(cube, ("g0",), events(("city", date(2025, 1, 9)))) for _ in range(2))
    assert once[-1] > 1.5
    assert once.tolist() == again.tolist()
    assert cube.share_in.tolist() == [1.0] * 12


def test_a_month_not_collected_is_no_fall_of_the_city() -> None:
    table = np.array([DOUBLED, DOUBLED], dtype=float)
    table[:, [30, 40]] = np.nan
    exposure = without_city_steps(months(table), ("g0",), events(("city", JANUARY_2026)))
    assert exposure[-1] == pytest.approx(2.0, rel=0.05)
