"""What is known to hold between counts, one relation at a time, on tables small enough to work by hand."""

import pandas as pd

from pipelines.audit.feasible import Possible, feasible, puzzle_of

TYPES = {"violence": ("robbery", "bullying"), "knives": ("knife_crime",)}
CELL = {"snapshot": 0, "frozen": True, "base": 3, "version": 0}


def cell(area_id: str, month: str, value: int, *, group: str = "violence", feed: str = "incidents", measure: str = "",
         level: str = "base", **more: object) -> dict[str, object]:  # fmt: skip
    start = pd.Timestamp(f"{month}-01")
    return {**CELL, "kind": "count", "feed": feed, "measure": measure or feed, "area_level": level, "area_id": area_id,
            "harm_group": group, "period": month, "period_start": start, "value": value, **more}  # fmt: skip


def summary(name: str, category: str, value: int, *, start: str = "2023-01-01", feed: str = "incidents", level: str = "city",
            area_id: str = "two_ends", **more: object) -> dict[str, object]:  # fmt: skip
    year = {"period": start[:4], "period_start": pd.Timestamp(start)}
    return {**CELL, **year, "kind": "summary", "feed": feed, "measure": name, "area_level": level, "area_id": area_id,
            "harm_group": category, "value": value, **more}  # fmt: skip


def attack(*sights: dict[str, object]) -> Possible:
    return feasible(puzzle_of(pd.DataFrame(sights)), TYPES)


def left(told: Possible, name: str) -> tuple[int, int]:
    mine = told.counts[(told.counts["area_id"] == name) | (told.counts["harm_group"] == name)].iloc[0]
    return int(mine["low"]), int(mine["high"])


def test_a_years_harm_types_are_no_fewer_than_the_cells_of_their_group() -> None:
    told = attack(
        summary("harm_types", "robbery", 0), summary("harm_types", "bullying", 0), cell("B01", "2023-05", 6),
        cell("B02", "2023-06", 3), cell("B03", "2024-01", 3), cell("B04", "2023-05", 9, group="knives"),
    )  # fmt: skip
    # At most 2 and 2: the cells of 2023 are 4 at most, of which B01 is 4 unless B02 is 0; it cannot be, at 3.
    assert told.untrue == 1
    told = attack(
        summary("harm_types", "robbery", 3), summary("harm_types", "bullying", 0), cell("B01", "2023-05", 6),
        cell("B02", "2023-06", 3), cell("B03", "2024-01", 3), cell("B04", "2023-05", 9, group="knives"),
    )  # fmt: skip
    assert (told.rows, told.untrue) == (1, 0)
    assert [left(told, name) for name in ("B01", "B02", "B03", "B04")] == [(4, 6), (1, 3), (1, 5), (7, 11)]
    assert left(told, "robbery") == (3, 5)


def test_a_years_age_bands_are_as_many_as_its_mapped_harm_types() -> None:
    told = attack(
        summary("harm_types", "robbery", 0), summary("harm_types", "radicalisation", 30),
        summary("age_bands", "10_12", 3), summary("age_bands", "13_15", 3),
    )  # fmt: skip
    assert [left(told, name) for name in ("10_12", "13_15", "robbery", "radicalisation")] == [
        (1, 1), (1, 1), (2, 2), (28, 32),
    ]  # fmt: skip


def delay(band: str, value: int, quarter: int, **more: object) -> dict[str, object]:
    start = f"2023-{3 * quarter - 2:02}-01"
    return {**summary("reporting_delay", band, value, start=start, **more), "period": f"2023-Q{quarter}"}


def test_a_quarters_records_by_how_late_they_came_are_no_fewer_than_its_cells() -> None:
    cells = [cell("B01", "2023-04", 6), cell("B02", "2023-06", 6, group="knives"), cell("B03", "2023-07", 6)]
    told = attack(delay("by_month_end", 6, 2), delay("later", 0, 2), *cells)
    # At most 8 and 2: no more than 10 in the quarter, so each of its two cells is 6 at most; the one after is free.
    assert (told.rows, told.untrue) == (1, 0)
    assert [left(told, name) for name in ("B01", "B02", "B03", "later")] == [(4, 6), (4, 6), (4, 8), (0, 2)]
    # A child counts once in a cell however often, so there may be many more.
    told = attack(delay("by_month_end", 30, 2), *cells)
    assert told.untrue == 0
    assert [left(told, name) for name in ("B01", "B02", "by_month_end")] == [(4, 8), (4, 8), (28, 32)]


def test_four_quarters_told_with_their_year_are_as_many_as_its_age_bands_or_its_mapped_harm_types() -> None:
    quarters = [delay("later", 3, quarter) for quarter in (1, 2, 3, 4)]
    ages, types = summary("age_bands", "10_12", 18), summary("harm_types", "robbery", 18)
    for name, told in (
        ("10_12", attack(*quarters, ages)),
        ("robbery", attack(*quarters, types, summary("harm_types", "radicalisation", 30))),
    ):
        assert (told.rows, left(told, name)) == (1, (16, 20))
        assert told.counts.query("harm_group == 'later'")[["low", "high"]].to_numpy().tolist() == 4 * [[1, 5]]
    # A quarter told before its year may have had fewer records then.
    later = [{**one, "snapshot": 1} for one in (*quarters[1:], ages)]
    assert attack(quarters[0], *later).rows == 0


def test_a_school_years_phases_are_exactly_its_terms() -> None:
    weapons = {"feed": "weapon_in_school_reports", "base": 5}
    reports = {**weapons, "measure": "reports", "level": "locality", "group": "not_assessed"}
    told = attack(
        summary("school_phases", "secondary", 0, start="2023-09-01", **weapons),
        cell("west", "2023-09", 5, **reports), cell("west", "2024-04", 5, **reports), cell("east", "2024-09", 5, **reports),
    )  # fmt: skip
    assert left(told, "secondary") == (2, 4)
    cells = told.counts[told.counts["kind"] == "count"]
    assert cells.groupby("area_id")[["low", "high"]].agg(["min", "max"]).to_numpy().tolist() == [[1, 1, 9, 9], [1, 1, 3, 3]]


def test_children_month_by_month_lie_between_children_and_episodes() -> None:
    missing = {"feed": "missing_episodes", "level": "locality"}
    quarter = {**missing, "area_id": "west", "start": "2023-04-01"}
    months = [cell("west", f"2023-0{month}", 3, group="all", measure="missing_from", **missing) for month in (4, 5, 6)]
    told = attack(*months, summary("return_home_interviews", "declined", 3, **quarter))
    assert told.counts.loc[told.counts["kind"] == "count", "high"].tolist() == [3, 3, 3]
    told = attack(*months, summary("repeat_episodes", "one", 15, **quarter),
                  summary("return_home_interviews", "declined", 12, **quarter))  # fmt: skip
    assert left(told, "one") == (13, 14)
    assert left(told, "declined") == (13, 14)
    told = attack(*months, summary("repeat_episodes", "one", 15, **quarter),
                  summary("return_home_interviews", "declined", 30, **quarter))  # fmt: skip
    assert left(told, "one") == (13, 15)
    assert attack(*months[:2], summary("return_home_interviews", "declined", 0, **quarter)).rows == 0


def test_a_frozen_month_counted_on_other_areas_keeps_its_sum_beat_by_beat() -> None:
    told = attack(
        cell("B01", "2023-05", 6), cell("B02", "2023-05", 3), cell("B01/mill", "2023-05", 0, snapshot=1),
        cell("B01/rest", "2023-05", 3, snapshot=1), cell("B02", "2023-05", 3, snapshot=1),
    )  # fmt: skip
    assert [left(told, name) for name in ("B01", "B01/mill", "B01/rest", "B02")] == [(4, 7), (0, 2), (2, 5), (1, 5)]


def test_a_month_still_moving_may_be_counted_on_other_areas() -> None:
    told = attack(cell("B01", "2023-05", 6, frozen=False), cell("B01/rest", "2023-05", 3, frozen=False, snapshot=1))
    assert told.rows == 0
