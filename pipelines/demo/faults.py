"""Rows that must be refused, one fault each, so that exactly one rule catches each of them.

For every kind the reasons name the contract rules that may say so (`reason:column`, as the intake does).
"""

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pipelines.demo.harm import COLUMNS
from pipelines.demo.points import TOWN

Row = dict[str, str]


def _impossible_date(row: Row) -> None:
    row |= {"occurred_from": f"31/02/{row['occurred_from'][:4]}", "occurred_to": "", "recorded_on": ""}


def _unknown_code(row: Row) -> None:
    row["harm_type"] = "mischief"


def _future_date(row: Row) -> None:
    row |= {"occurred_from": "2031-05-14", "occurred_to": "", "recorded_on": ""}


def _to_before_from(row: Row) -> None:
    first = date.fromisoformat(row["occurred_from"])
    row["occurred_to"] = (first - timedelta(days=3)).isoformat()


def _lon_lat_swapped(row: Row) -> None:
    row |= {"easting_m": "", "northing_m": "", "beat_code": "", "lon": "51.508216", "lat": "-6.213377"}


def _blank_required(row: Row) -> None:
    row["harm_type"] = ""


def _unparsable_number(row: Row) -> None:
    row |= {"easting_m": "about 107500", "northing_m": "188250", "lon": "", "lat": "", "beat_code": ""}


def _zero_coordinates(row: Row) -> None:
    row |= {"easting_m": "0", "northing_m": "0", "lon": "", "lat": "", "beat_code": ""}


def _half_a_point(row: Row) -> None:
    row |= {"easting_m": "107500", "northing_m": "", "lon": "", "lat": "", "beat_code": ""}


INCIDENT_FAULTS: dict[str, tuple[Callable[[Row], None], list[str]]] = {
    "impossible_date": (_impossible_date, ["not_a_date:occurred_from"]),
    "unknown_code": (_unknown_code, ["unknown_code:harm_type"]),
    "future_date": (_future_date, ["in_the_future:occurred_from"]),
    "to_before_from": (_to_before_from, ["earlier_than:occurred_to"]),
    "lon_lat_swapped": (_lon_lat_swapped, ["lon_lat_swapped:lon"]),
    "blank_required": (_blank_required, ["blank:harm_type"]),
    "unparsable_number": (_unparsable_number, ["not_a_number:easting_m", "half_a_point:easting_m"]),
    "zero_coordinates": (_zero_coordinates, ["far_away:easting_m"]),
    "half_a_point": (_half_a_point, ["half_a_point:easting_m"]),
}


def bad_incidents(rng: np.random.Generator, frame: pd.DataFrame, kinds: list[str], first_number: int) -> pd.DataFrame:
    """One refused row for each kind: a sound row of the delivery, spoilt, under a reference of its own."""
    sound = frame[(frame["how"] == TOWN)]
    rows = []
    for number, kind in enumerate(kinds):
        row: Row = dict(sound.iloc[int(rng.integers(len(sound)))][list(COLUMNS)])
        row["record_ref"] = f"LX-{first_number + number:07d}"
        INCIDENT_FAULTS[kind][0](row)
        rows.append({**row, "fault": kind})
    return pd.DataFrame(rows, columns=[*COLUMNS, "fault"])


def kinds_for(delivery: int) -> list[str]:
    """Which kinds a CSV delivery holds: all of them in the first, three in turn in each later one."""
    every = list(INCIDENT_FAULTS)
    if delivery == 0:
        return every
    return [every[(3 * delivery + k) % len(every)] for k in range(3)]


def bad_episode(row: Row, number: int) -> tuple[Row, str]:
    """A missing episode that must be refused, and the kind of fault."""
    row = {**row, "episode_ref": f"LX-{number:06d}"}
    if number % 3 == 0:
        return {**row, "risk_grade": "purple"}, "unknown_code"
    if number % 3 == 1:
        return {**row, "missing_from_at": "", "returned_at": "", "rhi_completed_at": ""}, "blank_required"
    return {
        **row,
        "missing_from_at": "2024-02-30 19:05",
        "returned_at": "",
        "rhi_completed_at": "",
    }, "impossible_date"


EPISODE_REASONS = {
    "unknown_code": ["unknown_code:risk_grade"],
    "blank_required": ["blank:missing_from_at"],
    "impossible_date": ["not_a_time:missing_from_at"],
}
REPORT_REASONS = {"unknown_code": ["unknown_code:weapon_type"]}


def bad_report(row: Row, number: int) -> tuple[Row, str]:
    """A weapon-in-school report that must be refused, and the kind of fault."""
    return {**row, "report_ref": f"LX-{number:05d}", "weapon_type": "catapult"}, "unknown_code"
