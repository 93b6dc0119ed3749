"""A village with a history, published month after month, for the attackers to attack."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from villages import Village, beat, boundary_file, make_village, square

from pipelines.gate.snapshot import rotate_key
from pipelines.intake.retention import purge
from pipelines.settings import Settings

WIDE, HIGH = 4, 3
BEATS = {f"B{1 + column + WIDE * row:02}": (column, row) for row in range(HIGH) for column in range(WIDE)}
RATES = {"drug_supply": 0.8, "robbery": 1.6, "knife_crime": 1.0, "asb_pattern": 2.2}
TERMS = ("2022-autumn,Autumn,2022-09-05,2022-12-20", "2023-spring,Spring,2023-01-09,2023-03-31",
         "2023-summer,Summer,2023-04-17,2023-07-21", "2023-autumn,Autumn,2023-09-04,2023-12-20",
         "2024-spring,Spring,2024-01-08,2024-03-28", "2024-summer,Summer,2024-04-15,2024-07-19",
         "2024-autumn,Autumn,2024-09-02,2024-12-20")  # fmt: skip
RECORDS = ("incidents", "missing_episodes", "weapon_in_school_reports")
GOAL = "Young people said the path by the old mill feels unsafe after dark"


def corner(name: str) -> tuple[int, int]:
    column, row = BEATS[name]
    return 400_000 + 1000 * column, 300_000 + 1000 * row


@dataclass
class History:
    """A village, and how it lives through a month: what is delivered, and what else happens."""

    village: Village
    key_file: Path
    draw: np.random.Generator
    number: int = 0
    snapshots: list[str] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return self.village.settings

    def live_through(self, months: list[str], *, delivered_on: str, feeds: tuple[str, ...] = RECORDS) -> None:
        """Deliver record feeds for some whole months."""
        covers = (f"{months[0]}-01", f"{months[-1]}-{pd.Period(months[-1]).days_in_month}")
        for feed, header, rows in (
            ("incidents", "record_ref,occurred_from,recorded_on,harm_type,easting_m,northing_m,beat_code,child_ref",
             self._incidents),
            ("missing_episodes", "episode_ref,missing_from_at,returned_at,missing_from_locality,found_at_easting_m,"
             "found_at_northing_m,rhi_completed_at,rhi_declined,child_ref", self._episodes),
            ("weapon_in_school_reports", "report_ref,incident_on,setting_urn,setting_phase,weapon_type,eim_assessed_on,"
             "school_outcome", self._reports),
        ):  # fmt: skip
            if feed not in feeds:
                continue
            lines = [row for month in months for row in rows(month)]
            name = f"{feed}-{months[0]}.csv"
            text = "\n".join([header, *lines]) + "\n"
            self.village.deliver(feed, text, name=name, covers=covers, delivered_on=delivered_on)

    def come_late(self, month: str, rows: list[str], *, name: str, delivered_on: str) -> None:
        """More incidents for a month that was delivered before, or corrections of some."""
        header = "record_ref,occurred_from,harm_type,easting_m,northing_m,beat_code,child_ref"
        covers = (f"{month}-01", f"{month}-{pd.Period(month).days_in_month}")
        text = "\n".join([header, *rows]) + "\n"
        self.village.deliver("incidents", text, name=name, covers=covers, delivered_on=delivered_on)

    def release(self, *day: int) -> None:
        self.village.build(as_at=date(*day))
        self.snapshots.append(self.village.publish().id)

    def _ref(self, kind: str) -> str:
        self.number += 1
        return f"{kind}-{self.number:06}"

    def _incidents(self, month: str) -> list[str]:
        rows = []
        known_by = max(pd.Period(month).end_time.normalize() + pd.Timedelta(days=4), pd.Timestamp("2024-02-04"))
        for at, name in enumerate(BEATS):
            east, north = corner(name)
            for harm_type, rate in RATES.items():
                for _ in range(self.draw.poisson(rate * (0.5 + 0.1 * at))):
                    day = f"{month}-{self.draw.integers(1, 29):02}"
                    child = f"child-{self.draw.integers(900):05}" if self.draw.random() < 0.3 else ""
                    where = f"{east + self.draw.integers(10, 990)},{north + self.draw.integers(10, 990)},"
                    where = f",,{name}" if self.draw.random() < 0.1 else where
                    recorded = min(pd.Timestamp(day) + pd.Timedelta(days=7 * self.number % 50), known_by)
                    rows.append(f"{self._ref('inc')},{day},{recorded:%Y-%m-%d},{harm_type},{where},{child}")
        return rows

    def _episodes(self, month: str) -> list[str]:
        rows = []
        for locality, often in (("west", 16), ("east", 12)):
            for _ in range(self.draw.poisson(often)):
                day = self.draw.integers(1, 28)
                found = f"{self.draw.integers(400_010, 403_990)},{self.draw.integers(300_010, 302_990)}"
                done = f"{month}-{day + 1:02}T15:00" if self.draw.random() < 0.6 else ""
                child = f"child-{self.draw.integers(60):05}"
                rows.append(
                    f"{self._ref('mis')},{month}-{day:02}T20:00,{month}-{day:02}T23:00,{locality},{found},{done},,{child}"
                )
        return rows

    def _reports(self, month: str) -> list[str]:
        days = [day for day in pd.period_range(month, periods=1, freq="M")[0].to_timestamp().to_period("M").asfreq("D", "s")
                .to_timestamp() + pd.to_timedelta(range(28), unit="D") if in_term(day)]  # fmt: skip
        rows = []
        for _ in range(self.draw.poisson(7) if days else 0):
            day = days[self.draw.integers(len(days))]
            school = 100_001 + self.draw.integers(len(BEATS) * 2)
            outcome = ("kept_place", "awaiting", "suspension")[self.draw.integers(3)]
            assessed = f"{day + pd.Timedelta(days=1):%Y-%m-%d}" if self.draw.random() < 0.7 else ""
            rows.append(f"{self._ref('wep')},{day:%Y-%m-%d},{school},secondary,kitchen_knife,{assessed},{outcome}")
        return rows


def in_term(day: pd.Timestamp) -> bool:
    spans = (row.split(",")[2:4] for row in TERMS)
    return any(pd.Timestamp(first) <= day <= pd.Timestamp(last) for first, last in spans)


def draw_places(village: Village, *, recut_from: str | None = None, place_from: str | None = None) -> None:
    """Twelve square beats; later the edge of two of them moves, and a place of concern is agreed."""
    features = []
    before = {"valid_to": f"{date.fromisoformat(recut_from) - pd.Timedelta(days=1):%Y-%m-%d}"} if recut_from else {}
    for name in BEATS:
        parent = "west" if BEATS[name][0] < WIDE // 2 else "east"
        moved = before if name in ("B05", "B06") else {}
        features.append(beat(name, parent, square(*corner(name)), **moved))
    if recut_from:
        (east, north), edge = corner("B05"), 700
        strip = [[east, north], [east + edge, north], [east + edge, north + 1000], [east, north + 1000], [east, north]]
        wider = [[east + edge, north], [east + 2000, north], [east + 2000, north + 1000], [east + edge, north + 1000],
                 [east + edge, north]]  # fmt: skip
        features += [beat(name, "west", [ring], valid_from=recut_from) for name, ring in (("B05", strip), ("B06", wider))]
    if place_from:
        east, north = corner("B02")
        ring = square(east + 600, north + 300, 600)
        features.append(beat("mill", "", ring, place_level="place_of_concern", valid_from=place_from))
    file = village.data_dir / "boundaries" / "beats.geojson"
    file.write_text(json.dumps(boundary_file(features)), encoding="utf-8")


def registers(village: Village) -> None:
    village.deliver("terms", "term_id,name,starts_on,ends_on\n" + "\n".join(TERMS) + "\n", delivered_on="2024-01-02")
    schools = [f"{100_001 + at},secondary,{name},2010-09-01" for at, name in enumerate([*BEATS, *BEATS])]
    header = "setting_urn,phase,beat_code,open_from"
    village.deliver("settings", "\n".join([header, *schools]) + "\n", delivered_on="2024-01-02")
    village.deliver("safety_goals", f"goal_ref,place_id,goal\ngoal-000001,B01,{GOAL}\n", delivered_on="2024-01-02")


def nine_months(history: History) -> None:
    """Everything that may happen to a released past, over eight publishes: nothing of it may give a count away."""
    village = history.village
    draw_places(village)
    registers(village)
    first = [f"{one}" for one in pd.period_range("2023-01", "2024-01", freq="M")]
    history.live_through(first, delivered_on="2024-02-05")
    happens: dict[str, Callable[[], object]] = {
        "2024-02": lambda: history.come_late("2024-02", late("2024-02"), name="late.csv", delivered_on="2024-04-02"),
        "2024-03": lambda: history.come_late("2024-02", mended("2024-02"), name="mended.csv", delivered_on="2024-05-02"),
        "2024-04": lambda: draw_places(village, recut_from="2024-06-01"),
        "2024-05": lambda: draw_places(village, recut_from="2024-06-01", place_from="2024-07-01"),
        "2024-06": lambda: rotate_key(history.settings),
        "2024-07": lambda: purge(history.settings),
        "2024-08": lambda: history.come_late("2024-02", late("2024-08"), name="too-late.csv", delivered_on="2024-10-02"),
        # The place for whatever else may come to happen to a past that was released: one line here.
    }
    months = sorted([*happens, "2024-09"])
    for number, month in enumerate(months, start=3):
        history.live_through([month], delivered_on=f"2024-{number:02}-05", feeds=RECORDS[:1])
        if number % 2 == 0:
            history.live_through(months[number - 4 : number - 2], delivered_on=f"2024-{number:02}-05", feeds=RECORDS[1:])
        history.release(2024, number, 6)
        happens.get(month, lambda: None)()


def late(month: str) -> list[str]:
    return [f"late-{month}-{row},{month[:5]}02-1{row},robbery,,,B{1 + 3 * row:02}," for row in range(4)]


def mended(month: str) -> list[str]:
    return [f"late-{month}-{row},{month}-1{row},knife_crime,,,B12," for row in range(2)]


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> History:
    """The village after its history. Not to be changed."""
    folder = tmp_path_factory.mktemp("history")
    history = History(make_village(folder / "village"), folder / "history.key", np.random.default_rng(20240101))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "SAFER_PLACES_KEY_FILE", str(history.key_file))
        nine_months(history)
    return history


@pytest.fixture
def history(lived: History, monkeypatch: pytest.MonkeyPatch) -> History:
    """The village after its history, with its own key."""
    monkeypatch.setitem(os.environ, "SAFER_PLACES_KEY_FILE", str(lived.key_file))
    return lived
