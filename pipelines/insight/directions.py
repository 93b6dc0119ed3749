"""Directions of every place in a snapshot, from its released counts alone: made once at publish, or asked for live."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.insight.cubes import Array, Ask, Cube, Members, name_of, read_cube, read_members
from pipelines.insight.recording import break_at, touched, without_city_steps
from pipelines.insight.signals import Cities, Numbers, Question, answer, hold
from pipelines.sqlfiles import run_sql

LEVELS = {"base": ("beat", "place_of_concern", "locality", "city"), "locality": ("cluster", "locality", "city")}
MODES = ("own_history", "rest_of_city")
# The season and the usual scatter of a place of concern are those of beats: what is left of the city would be none.
TOLD_BY = {"place_of_concern": "beat"}
NUMBERS = ("p", "rate_ratio", "rate_ratio_low", "rate_ratio_high", "recent_count", "recent_periods", "expected_count",
           "expected_low", "expected_high", "smallest_visible_ratio", "baseline_count", "strongest_periods",
           "strongest_count", "strongest_low", "strongest_high")  # fmt: skip
SLOW = {"p": "year_p", "up": "year_up", "rate_ratio": "year_ratio", "rate_ratio_low": "year_ratio_low",
        "rate_ratio_high": "year_ratio_high", "smallest_visible_ratio": "year_smallest_visible_ratio",
        "recent_count": "year_count", "baseline_count": "year_baseline_count"}  # fmt: skip


def derive(connection: duckdb.DuckDBPyConnection, measures: list[dict[str, Any]], as_at: date) -> None:
    """Write the table `directions` of a snapshot: every measure, area level, harm group and mode.

    A function of what the snapshot already holds. What a page calls a place follows from it and from the family of
    places shown together (`signals.directions`).
    """

    def ask(question: str, **parameters: Any) -> pd.DataFrame:
        return run_sql(connection, f"insight/{question}", **parameters).df()

    asked = [each for one in measures for each in _of_measure(ask, one, as_at)]
    told = answer([question for one in asked for question in (one.slow, *one.modes.values())])
    made = pd.concat(_rows(asked, iter(told)), ignore_index=True) if asked else pd.DataFrame()
    made = made.reindex(columns=list(COLUMNS))
    numbers = [*NUMBERS, *(name for name in SLOW.values() if name != "year_up")]
    if len(made):
        made[numbers] = made[numbers].apply(lambda one: significant(one.to_numpy(float)))
    connection.register("given_rows", made)
    run_sql(connection, "insight/create_directions")
    connection.unregister("given_rows")


def significant(values: Array) -> Array:
    """Five significant digits: the last bits of a sum differ between processors, and a snapshot must not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        places = np.nan_to_num(4 - np.floor(np.log10(np.abs(values))), posinf=0.0, neginf=0.0, nan=0.0)
        scale = 10.0 ** np.clip(places, -300, 300)
        return np.where(np.isfinite(values), np.round(values * scale) / scale, values)


COLUMNS = (
    "feed", "measure", "area_level", "area_id", "harm_group", "mode", "through", "up", *NUMBERS, *SLOW.values(),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What is asked of the areas of one level and one choice of harm groups.

    facts  columns that are the same, or known beforehand, for each of them
    slow   how they changed over a year; modes, how they stand now, by what they are held against
    """

    facts: dict[str, Any]
    slow: Question
    modes: dict[str, Question]


def _of_measure(ask: Ask, one: dict[str, Any], as_at: date) -> Iterator[Asked]:
    cube = read_cube(ask, one, as_at)
    if cube is None:
        return
    events = ask("recording_events_of_feed", feed=cube.feed)
    for level in LEVELS[one["area_level"]]:
        members = read_members(ask, cube, level)
        if members.areas:
            for groups in cube.choices:
                given = given_for(ask, cube, level, members, groups, events)
                facts = {
                    "feed": cube.feed, "measure": cube.measure, "area_level": level, "area_id": members.areas,
                    "harm_group": name_of(groups), "through": cube.periods[-1],
                }  # fmt: skip
                modes = MODES if level != "city" else MODES[:1]
                cities: Cities = {}
                held = {mode: hold(relative=mode == "rest_of_city", cities=cities, **given) for mode in modes}
                yield Asked(facts, hold(last_year=True, **given), held)


def _rows(asked: list[Asked], told: Iterator[Numbers]) -> list[pd.DataFrame]:
    """Every answer beside what it is of, in the order the questions were asked in."""
    rows = []
    for one in asked:
        year = next(told)
        slow = {name: year[of_year] for of_year, name in SLOW.items()}
        rows += [pd.DataFrame({**one.facts, **next(told), **slow, "mode": mode}) for mode in one.modes]
    return rows


def given_for(
    ask: Ask, cube: Cube, level: str, members: Members, groups: tuple[str, ...], events: pd.DataFrame
) -> dict[str, Any]:
    """What `assess` is given of some areas of one level: counts, exposure, rounding and the places that tell the season."""
    counts, rounding = cube.of_areas(members, groups)
    for event in events[events["area_level"] != "city"].to_dict("records"):
        since = break_at(cube, event["starts_on"].date())
        if since is not None:
            counts[touched(cube, members, place_of(ask, cube, event["area_level"], event["area_id"])), :since] = np.nan
    reference: Array | None = None
    reference_rounding: Array | float = 0.0
    if level in TOLD_BY:
        reference, reference_rounding = cube.of_areas(read_members(ask, cube, TOLD_BY[level]), groups)
    return {
        "counts": counts, "periods_per_year": cube.periods_per_year, "rounding_variance": rounding,
        "exposure": without_city_steps(cube, groups, events), "reference": reference,
        "reference_rounding": reference_rounding,
    }  # fmt: skip


def place_of(ask: Ask, cube: Cube, level: str, area_id: str) -> Array:
    """[base areas]: the share of each that lies in one area; all 0 for an area no longer in force."""
    members = read_members(ask, cube, level)
    here = [number for number, area in enumerate(members.areas) if area == area_id]
    return members.weights[here].sum(axis=0)
