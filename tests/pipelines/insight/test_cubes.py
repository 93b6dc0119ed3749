"""Released counts as arrays: what is known, what is a guess, and what rounding added to each."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from pipelines.insight.cubes import Ask, Cube, Members, name_of, read_cube, read_members, rounding_variance
from pipelines.insight.queries import Audience, Snapshot, current_snapshot_id, open_snapshot
from pipelines.sqlfiles import run_sql

INCIDENTS = ("incidents", "incidents")
FOUND = ("missing_episodes", "found_at")
NAN = float("nan")


def drawn(values: Any, *, base: int = 3, unplaced: Any = 0.0, share_in: Any = 1.0, periods_per_year: int = 12) -> Cube:
    """Months of some base areas from January 2023: [base areas, periods], or [base areas, groups, periods]."""
    table = np.asarray(values, dtype=float)
    table = table[:, None, :] if table.ndim == 2 else table
    starts = [one.date() for one in pd.date_range("2023-01-01", periods=table.shape[2], freq="MS")]
    return Cube(
        feed="incidents", measure="incidents", base_areas=[f"b{n}" for n in range(len(table))],
        groups=tuple(f"g{n}" for n in range(table.shape[1])), periods=[f"{one:%Y-%m}" for one in starts], starts=starts,
        values=table, rounding=rounding_variance(table, base),
        unplaced=np.broadcast_to(np.asarray(unplaced, dtype=float), table.shape[1:]),
        share_in=np.broadcast_to(np.asarray(share_in, dtype=float), table.shape[2:]), periods_per_year=periods_per_year,
    )  # fmt: skip


def areas(weights: Any, guessed: Any = False) -> Members:
    """Areas named a0, a1, ... by what each base area counts towards them: [areas, base areas]."""
    share = np.asarray(weights, dtype=float)
    return Members([f"a{n}" for n in range(len(share))], share, np.array(np.broadcast_to(guessed, share.shape)))


# --- what rounding adds ------------------------------------------------------------------------------------------


def added_by_rounding(mean: float, base: int) -> float:
    """r (base - r) averaged over Poisson counts, term by term."""
    count = np.arange(400)
    return float(poisson.pmf(count, mean) @ ((count % base) * (base - count % base)))


@pytest.mark.parametrize(
    ("mean", "base", "variance"), [(500, 3, 4 / 3), (500, 5, 4.0), (500, 10, 16.5), (0, 3, 0.0), (7, 1, 0.0), (500, 1, 0.0)]
)
def test_rounding_adds_what_is_known_of_busy_cells_of_empty_ones_and_of_exact_ones(
    mean: float, base: int, variance: float
) -> None:
    assert rounding_variance(np.full((1, 1, 6), mean), base)[0, 0] == pytest.approx(variance, rel=0.002)


def test_rounding_adds_what_is_seen_when_counts_are_rounded_by_chance() -> None:
    rng = np.random.default_rng(5)
    true = rng.poisson(2.0, 400_000)
    released = true - true % 3 + 3 * (rng.random(len(true)) < true % 3 / 3)
    seen = released.var() - true.var()
    assert rounding_variance(released[None, None].astype(float), 3)[0, 0] == pytest.approx(seen, rel=0.03)


@settings(max_examples=60, deadline=None)
@given(mean=st.floats(0, 60), base=st.integers(3, 10))
def test_the_variance_rounding_adds_is_always_that_of_counts_around_the_mean(mean: float, base: int) -> None:
    assert rounding_variance(np.full((1, 1, 3), mean), base)[0, 0] == pytest.approx(
        added_by_rounding(mean, base), rel=0.01, abs=0.01
    )


def test_each_cell_is_rounded_about_its_own_mean_and_a_period_not_collected_is_no_zero() -> None:
    found = rounding_variance(np.array([[[2.0, NAN, 2.0], [0.0, 0.0, 0.0]], [[NAN, NAN, NAN], [6.0, NAN, NAN]]]), 3)
    assert found == pytest.approx(np.array([[added_by_rounding(2, 3), 0], [0, added_by_rounding(6, 3)]]), abs=0.005)


# --- sums of areas -----------------------------------------------------------------------------------------------


def test_an_area_counts_the_share_of_each_base_area_and_its_noise_by_the_square_of_it() -> None:
    cube = drawn([[6, 9], [3, 0]])
    counts, noise = cube.of_areas(areas([[1, 0.5]]), cube.groups)
    assert counts.tolist() == [[7.5, 9.0]]
    assert noise[0, 0] == pytest.approx(cube.rounding[0, 0] + 0.25 * cube.rounding[1, 0])


def test_groups_are_summed_and_each_adds_its_own_noise() -> None:
    cube = drawn([[[6, 9], [3, 0], [30, 30]]])
    counts, noise = cube.of_areas(areas([[1]]), ("g0", "g1"))
    assert counts.tolist() == [[9.0, 9.0]]
    assert noise[0].tolist() == pytest.approx([cube.rounding[0, :2].sum()] * 2)


def test_a_period_nobody_counted_stays_unknown_and_holds_no_noise() -> None:
    counts, noise = drawn([[6, NAN, 9], [3, NAN, 0]]).of_areas(areas([[1, 1], [1, 0]]), ("g0",))
    assert np.isnan(counts[:, 1]).all()
    assert np.isfinite(counts[:, [0, 2]]).all()
    assert noise[:, 1].tolist() == [0, 0]


def test_a_period_with_one_group_not_collected_is_unknown_for_all_groups_together() -> None:
    cube = drawn([[[6, 9], [3, NAN]]])
    together, alone = (cube.of_areas(areas([[1]]), groups)[0] for groups in (("g0", "g1"), ("g0",)))
    assert np.isnan(together[0, 1])
    assert alone[0, 1] == 9


@pytest.mark.parametrize(("share", "known"), [(0.9, True), (0.3, False)])
def test_where_more_than_a_tenth_came_from_other_boundaries_there_is_no_past(share: float, known: bool) -> None:
    """The old base areas b0 and b1 end as b2 begins; b1 came to the area by a share alone."""
    old = [300 * share, 300 * share, NAN, NAN]
    cube = drawn([old, [300, 300, NAN, NAN], [NAN, NAN, 300, 300]])
    here = areas([[1, 0.1, 1]], [[False, True, False]])
    counts, noise = cube.of_areas(here, cube.groups)
    assert np.isfinite(counts[0]).tolist() == [known, known, True, True]
    assert (noise[0] > 0).tolist() == [known, known, True, True]


def test_an_area_drawn_inside_an_old_one_has_no_past_though_the_old_one_was_busy() -> None:
    cube = drawn([[60, 60, NAN], [NAN, NAN, 3], [NAN, NAN, 57]])
    inner, outer = cube.of_areas(areas([[0.03, 1, 0], [1, 1, 1]], [[True, False, False], [False] * 3]), cube.groups)[0]
    assert np.isnan(inner[:2]).all()
    assert inner[2] == 3
    assert outer.tolist() == [60, 60, 60]


def test_a_base_area_in_two_areas_counts_once_when_they_are_taken_together() -> None:
    cube = drawn([[6, 6], [3, 3], [9, 9]])
    both = areas([[1, 1, 0], [0, 1, 1], [0, 0, 0]]).together(["a0", "a1"])
    assert cube.of_areas(both, cube.groups)[0][0].tolist() == [18, 18]


def test_the_two_halves_of_an_area_that_was_cut_have_its_past_together_and_not_alone() -> None:
    """b0 was cut into b1 and b2: how it divides is a guess, what it counted is not."""
    cube = drawn([[30, 33, NAN], [NAN, NAN, 12], [NAN, NAN, 18]])
    halves = areas([[0.6, 1, 0], [0.4, 0, 1]], [[True, False, False], [True, False, False]])
    alone = cube.of_areas(halves, cube.groups)[0]
    assert np.isnan(alone[:, :2]).all()
    assert cube.of_areas(halves.together(["a0", "a1"]), cube.groups)[0][0].tolist() == [30, 33, 30]


def test_what_a_base_area_usually_counts_is_of_the_periods_it_was_there() -> None:
    usual = drawn([[6, 6, NAN, NAN], [0, 0, 0, 0], [NAN] * 4]).levels
    assert usual[0] == pytest.approx(12.5 / 2)
    assert 0 < usual[1] < 0.2
    assert usual[2] > 0


def test_directions_are_told_of_each_group_and_of_all_together_but_of_the_states_of_a_report_together_only() -> None:
    kinds = drawn(np.zeros((1, 2, 3)))
    assert kinds.choices == [("g0",), ("g1",), ("g0", "g1")]
    assert [name_of(one) for one in kinds.choices] == ["g0", "g1", "all"]
    one_kind = drawn(np.zeros((1, 3)))
    assert one_kind.choices == [("g0",)]
    assert drawn(np.zeros((1, 2, 3)), periods_per_year=3).choices == [("g0", "g1")]


# --- from a snapshot ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


def manifest_of(data_dir: Path) -> dict[str, Any]:
    folder = data_dir / "snapshots"
    return dict(json.loads((folder / f"{current_snapshot_id(data_dir)}.json").read_text(encoding="utf-8")))


@pytest.fixture
def altered(larkhaven: Path, tmp_path: Path) -> Iterator[Callable[..., Ask]]:
    """Ask a copy of Larkhaven's snapshot after these statements."""
    opened = []

    def alter(*statements: str) -> Ask:
        file = tmp_path / f"copy{len(opened)}.duckdb"
        shutil.copyfile(larkhaven / "snapshots" / f"{current_snapshot_id(larkhaven)}.duckdb", file)
        connection = duckdb.connect(str(file))
        opened.append(connection)
        for statement in statements:
            connection.execute(statement)
        return lambda question, **parameters: run_sql(connection, f"insight/{question}", **parameters).df()

    yield alter
    for connection in opened:
        connection.close()


@pytest.fixture
def cube_of(larkhaven: Path) -> Callable[..., Cube]:
    manifest = manifest_of(larkhaven)

    def read(ask: Ask, feed: str, measure: str) -> Cube:
        one = next(one for one in manifest["measures"] if (one["feed"], one["measure"]) == (feed, measure))
        found = read_cube(ask, one, date.fromisoformat(manifest["as_at"]))
        assert found is not None
        return found

    return read


def test_the_newest_period_still_arriving_is_not_in_the_cube(altered: Any, cube_of: Any, town: Snapshot) -> None:
    cube = cube_of(altered(), *INCIDENTS)
    periods = town.periods(*INCIDENTS)
    assert periods["state"].iloc[-1] == "still_arriving"
    assert cube.periods == list(periods["period"])[:-1]
    assert cube.values.shape == (len(cube.base_areas), 4, len(cube.periods))


def test_a_month_not_collected_is_unknown_and_its_neighbours_are_not(altered: Any, cube_of: Any) -> None:
    cube = cube_of(altered(), *FOUND)
    missing = cube.periods.index("2024-05")
    assert np.isnan(cube.values[:, :, missing]).all()
    assert np.isfinite(cube.values[:, :, [missing - 1, missing + 1]]).any(axis=(0, 1)).all()


def test_an_area_of_the_cube_counts_what_the_map_says(altered: Any, cube_of: Any, town: Snapshot) -> None:
    ask = altered()
    cube = cube_of(ask, *INCIDENTS)
    for level in ("beat", "locality", "city"):
        members = read_members(ask, cube, level)
        counts = cube.of_areas(members, cube.groups)[0]
        said = town.map_counts(*INCIDENTS, area_level=level, harm_groups=cube.groups, periods=cube.periods[-3:])
        assert counts[:, -3:].sum(axis=1) == pytest.approx(said.set_index("area_id")["about"][members.areas])


def test_a_measure_no_period_of_which_is_whole_has_no_cube(altered: Any, larkhaven: Path) -> None:
    ask = altered("UPDATE deliveries SET state = 'still_arriving' WHERE feed = 'incidents'")
    manifest = manifest_of(larkhaven)
    one = next(one for one in manifest["measures"] if one["feed"] == "incidents")
    assert read_cube(ask, one, date.fromisoformat(manifest["as_at"])) is None


# --- how much of a period is in ----------------------------------------------------------------------------------


def test_a_month_weighs_as_much_as_had_a_place_and_has_come_in() -> None:
    cube = drawn([[30] * 4, [10] * 4], unplaced=[[0, 0, 10, 10]], share_in=[1, 0.9, 1, 0.9])
    assert cube.exposure_of(cube.groups).tolist() == pytest.approx([1, 0.9, 0.8, 0.72])


def test_a_month_of_which_less_than_seven_tenths_of_the_usual_is_in_is_dropped() -> None:
    """Of a hundred records with a place, so many more without: 0.72 and 0.68 of all, where nearly all is usual."""
    cube = drawn([[100] * 9], unplaced=[[0] * 7 + [39, 47]])
    exposure = cube.exposure_of(cube.groups)
    assert exposure[:7].tolist() == [1.0] * 7
    assert exposure[7] == pytest.approx(0.72, abs=0.01)
    assert np.isnan(exposure[8])
    half = drawn([[100] * 9], unplaced=100).exposure_of(("g0",))
    assert half.tolist() == [0.5] * 9, "what is usual may be little"


def test_what_had_no_place_of_one_kind_makes_no_month_of_another_less_complete() -> None:
    cube = drawn([[[90] * 4, [90] * 4]], unplaced=[[10, 10, 10, 110], [10] * 4])
    first, second, both = (cube.exposure_of(groups) for groups in (("g0",), ("g1",), ("g0", "g1")))
    assert np.isnan(first[3])
    assert second.tolist() == pytest.approx([0.9] * 4)
    assert both.tolist() == pytest.approx([0.9, 0.9, 0.9, np.nan], nan_ok=True)


def test_a_quiet_month_is_a_zero_not_a_gap() -> None:
    """A month with no record at all is no sign that records are missing."""
    cube = drawn([[3, 0, 3, 0, 0, 6], [0, 0, 3, 0, 3, 0]])
    assert cube.exposure_of(cube.groups).tolist() == [1.0] * 6
    assert np.isnan(drawn([[3, NAN, 3]]).exposure_of(("g0",))[1]), "and one not collected is no zero"


def test_a_school_term_weighs_as_many_days_as_schools_were_open(altered: Any, cube_of: Any) -> None:
    ask = altered()
    cube = cube_of(ask, "weapon_in_school_reports", "reports")
    terms = ask("periods_of_measure", feed="weapon_in_school_reports", measure="reports")
    days = terms.set_index("period")["open_days"]
    assert cube.exposure_of(cube.groups).tolist() == days[cube.periods].tolist()
    assert len(set(days)) > 1
    assert cube.periods_per_year == 3


def without_place(share: float, period: str = "2025-06") -> str:
    """So much of what came in for one month of incidents had no place, of each kind."""
    counted = "SELECT sum(value) FROM counts WHERE (feed, harm_group, period) = (unplaced.feed, unplaced.harm_group, '{}')"
    return (
        f"UPDATE unplaced SET value = CAST(({counted.format(period)}) * {share} / (1 - {share}) AS BIGINT) "
        f"WHERE feed = 'incidents' AND period = '{period}'"
    )


def test_a_released_month_half_without_a_place_is_dropped_and_its_counts_still_stand(altered: Any, cube_of: Any) -> None:
    before, part, half = (
        cube_of(altered(*changed), *INCIDENTS) for changed in ([], [without_place(0.25)], [without_place(0.5)])
    )
    month = before.periods.index("2025-06")
    others = np.arange(len(before.periods)) != month
    for groups in before.choices:
        assert part.exposure_of(groups)[month] == pytest.approx(0.75, abs=0.02)
        assert np.isnan(half.exposure_of(groups)[month])
        assert half.exposure_of(groups)[others].tolist() == before.exposure_of(groups)[others].tolist()
    assert np.isfinite(half.values[:, :, month]).any()


def test_the_newest_month_weighs_less_as_some_of_it_is_yet_to_come_in(altered: Any, cube_of: Any) -> None:
    bands = "CASE category WHEN 'by_month_end' THEN 150 WHEN 'later' THEN 100 ELSE 0 END"
    late = f"UPDATE summaries SET value = {bands} WHERE summary = 'reporting_delay'"
    cube = cube_of(altered(late), *INCIDENTS)
    exposure = cube.exposure_of(cube.groups)
    assert np.isnan(exposure[-1]), "two fifths of the month that ended a week ago are out: too much to tell by it"
    assert exposure[-2] / exposure[-4] == pytest.approx(0.725, abs=0.03), "the month before ended 38 days ago"
    assert exposure[-4] > 0.9
