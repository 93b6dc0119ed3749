"""The read API: every question a screen or a file may ask, answered from one released snapshot.

Nothing here can open the warehouse. What is computed here is a function of released counts, so it can add no
disclosure; a blank stays a blank and carries its reason.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.errors import NoSnapshot, SnapshotFault
from pipelines.insight.bands import band_words, likely_range
from pipelines.sqlfiles import run_sql

__all__ = ["Measure", "NoSnapshot", "Snapshot", "SnapshotFault", "band_words", "current_snapshot_id", "open_snapshot"]

RATE_LEVELS = ("beat", "locality", "city")
LEVELS_OF = {"base": ("beat", "locality", "place_of_concern", "city"), "locality": ("locality", "city")}
_ID = re.compile(r"\d{4}-\d{2}_\d{4}-\d{2}-\d{2}_[0-9a-f]{8}")


@dataclass(frozen=True)
class Measure:
    """One thing that is counted.

    grain         month or term
    levels        the area levels it may be shown at, finest first
    harm_groups   (code, label) in the order they are shown
    public        everybody's already: released exact, as context, never summed with the partnership's
    base          what its counts are rounded to; 1 where public
    """

    feed: str
    measure: str
    label: str
    unit_label: str
    grain: str
    levels: tuple[str, ...]
    harm_groups: tuple[tuple[str, str], ...]
    public: bool
    base: int

    @property
    def key(self) -> str:
        return f"{self.feed}/{self.measure}"


def current_snapshot_id(data_dir: Path | str) -> str:
    """The id of the snapshot everybody sees. Raises NoSnapshot before the first is published."""
    current = Path(data_dir) / "snapshots" / "current"
    if not current.exists():
        raise NoSnapshot("nothing has been published yet: run `safer-places build`, then `safer-places publish`")
    return current.read_text(encoding="utf-8").strip()


def open_snapshot(data_dir: Path | str, snapshot_id: str | None = None) -> "Snapshot":
    """Open a snapshot, the current one unless named. Raises NoSnapshot, or SnapshotFault when it is damaged."""
    name = snapshot_id or current_snapshot_id(data_dir)
    folder = Path(data_dir) / "snapshots"
    file, manifest = folder / f"{name}.duckdb", folder / f"{name}.json"
    if not _ID.fullmatch(name) or not file.exists() or not manifest.exists():
        raise NoSnapshot("the snapshot named as current is not there: run `safer-places snapshots`, then `use` one")
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
        return Snapshot(content, duckdb.connect(str(file), read_only=True))
    except (duckdb.Error, ValueError, KeyError):
        raise SnapshotFault(f"{file.name}: cannot be read; run `safer-places use` with another snapshot") from None


class Snapshot:
    """One released snapshot, read-only. Safe to share between threads: each question uses its own cursor."""

    def __init__(self, manifest: dict[str, Any], connection: duckdb.DuckDBPyConnection) -> None:
        self.manifest = manifest
        self.id: str = manifest["id"]
        self.as_at = date.fromisoformat(manifest["as_at"])
        self.town: str = manifest["town"]
        self.partnership: str = manifest["partnership"]
        self._connection = connection

    def _ask(self, question: str, **parameters: Any) -> pd.DataFrame:
        with self._connection.cursor() as cursor:
            return run_sql(cursor, f"insight/{question}", **parameters).df()

    def measures(self) -> list[Measure]:
        """What is counted, in the order it is shown; only what this snapshot has figures for."""
        has_places = not self.areas("place_of_concern").empty
        return [self._measure(one, has_places) for one in self.manifest["measures"]]

    def _measure(self, one: dict[str, Any], has_places: bool) -> Measure:
        levels = tuple(level for level in LEVELS_OF[one["area_level"]] if has_places or level != "place_of_concern")
        return Measure(
            one["feed"], one["measure"], one["label"], one["unit"], one["grain"], levels,
            tuple((group["code"], group["label"]) for group in one["harm_groups"]), bool(one["public"]), int(one["base"]),
        )  # fmt: skip

    def measure(self, feed: str, measure: str) -> Measure:
        """One measure by its names. Raises KeyError when this snapshot has none such."""
        found = {(one.feed, one.measure): one for one in self.measures()}
        return found[feed, measure]

    def levels(self, measure_key: str) -> tuple[str, ...]:
        """The area levels of one measure (`feed/measure`), finest first."""
        feed, measure = measure_key.split("/")
        return self.measure(feed, measure).levels

    def areas(self, area_level: str) -> pd.DataFrame:
        """Areas in force now. Grain: one row per area: area_id, name, place_category, residents_10_17 (null = not known)."""
        return self._ask("areas", area_level=area_level)

    def periods(self, feed: str, measure: str | None = None) -> pd.DataFrame:
        """Periods of a feed, oldest first. Grain: one row per period: period, period_start, label, state, grain."""
        found = self._ask("periods", feed=feed)
        chosen = measure or next(one["measure"] for one in self.manifest["measures"] if one["feed"] == feed)
        mine = found[found["measure"] == chosen].drop(columns="measure").reset_index(drop=True)
        mine["period_start"] = pd.to_datetime(mine["period_start"]).dt.date
        mine["label"] = [
            period_label(period, start, grain)
            for period, start, grain in zip(mine["period"], mine["period_start"], mine["grain"], strict=True)
        ]
        return mine

    def map_counts(
        self, feed: str, measure: str, *, area_level: str, harm_groups: Sequence[str], periods: Sequence[str]
    ) -> pd.DataFrame:
        """Counts over a span of periods, for every area of a level in force now.

        grain: one row per area: area_id, name, about, low, high (the likely range; one cell's certain bounds),
        single_cell, cells, periods_collected (of those asked for), estimated (some came by crosswalk),
        withheld_because (null unless no period has counts), per_1000, per_1000_low, per_1000_high (over the whole
        span, of residents aged 10-17; beats and above only, else null).

        Raises KeyError for a measure this snapshot does not have, ValueError for a level the measure is not shown at.
        """
        kind = self._allowed(feed, measure, area_level)
        cells = self._cells("map_cells", feed, measure, area_level, harm_groups, periods)
        areas = self.areas(area_level)
        sums = _sum_cells(cells, cells["area_id"], list(areas["area_id"]), kind.base)
        return _with_rates(areas[["area_id", "name", "residents_10_17"]].merge(sums, on="area_id"), area_level)

    def series(self, feed: str, measure: str, *, area_level: str, area_id: str, harm_groups: Sequence[str]) -> pd.DataFrame:
        """One area's counts over time, oldest first.

        grain: one row per period: period, period_start, label, about, low, high, single_cell, state,
        withheld_because, estimated. Raises as map_counts does.
        """
        kind = self._allowed(feed, measure, area_level)
        periods = self.periods(feed, measure)
        cells = self._cells("series_cells", feed, measure, area_level, harm_groups, list(periods["period"]), area_id=area_id)
        sums = _sum_cells(cells, cells["period"], list(periods["period"]), kind.base)
        return periods.merge(sums.rename(columns={"area_id": "period"}), on="period")

    def _allowed(self, feed: str, measure: str, area_level: str) -> Measure:
        kind = self.measure(feed, measure)
        if area_level not in kind.levels:
            raise ValueError(f"{kind.label} is not shown by {area_level}")
        return kind

    def _cells(
        self, question: str, feed: str, measure: str, area_level: str, harm_groups: Sequence[str],
        periods: Sequence[str], **more: str,
    ) -> pd.DataFrame:  # fmt: skip
        return self._ask(
            question, feed=feed, measure=measure, area_level=area_level, harm_groups=list(harm_groups),
            periods=list(periods), **more,
        )  # fmt: skip

    def outlines(self, area_level: str) -> dict[str, Any]:
        """GeoJSON of a level's areas, EPSG:4326; properties are area_id and name only."""
        return {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "id": area_id,
                    "properties": {"area_id": area_id, "name": name},
                    "geometry": json.loads(shape),
                }
                for area_id, name, shape in self._ask("outlines", area_level=area_level).itertuples(index=False)
            ],
        }

    def context(self) -> dict[str, Any]:
        """Shapes to draw behind the counts (river, roads and so on), by layer name; empty where none were given."""
        return {
            layer: {"type": "FeatureCollection", "features": [
                {"type": "Feature", "properties": {}, "geometry": shape} for shape in json.loads(shapes)["geometries"]
            ]}
            for layer, _, shapes in self._ask("outlines", area_level="context").itertuples(index=False)
        }  # fmt: skip

    def freshness(self) -> pd.DataFrame:
        """How fresh each feed is.

        grain: one row per feed: feed, label, delivered_on, covers_to, last_collected_period,
        last_collected_label (null = none), still_arriving_periods (list of labels)
        """
        labels = {one.feed: one for one in reversed(self.measures())}
        rows = []
        for feed, kind in labels.items():
            periods = self.periods(feed, kind.measure)
            facts = self._ask("feed_dates", feed=feed).iloc[0]
            whole = periods[periods["state"] == "collected"]
            rows.append({
                "feed": feed, "label": kind.label.split(",")[0], "delivered_on": pd.Timestamp(facts["delivered_on"]).date(),
                "covers_to": pd.Timestamp(facts["covers_to"]).date(),
                "last_collected_period": whole["period"].iloc[-1] if len(whole) else None,
                "last_collected_label": whole["label"].iloc[-1] if len(whole) else None,
                "still_arriving_periods": list(periods.loc[periods["state"] == "still_arriving", "label"]),
            })  # fmt: skip
        return pd.DataFrame(rows[::-1])


def period_label(period: str, start: date, grain: str) -> str:
    """A period as people say it: September 2026, or Autumn term 2026."""
    if grain == "month":
        return f"{start:%B %Y}"
    year, _, name = period.partition("-")
    return f"{name.replace('_', ' ').replace('-', ' ').capitalize()} term {year}" if name else period


def _sum_cells(cells: pd.DataFrame, by: pd.Series, keys: list[str], base: int) -> pd.DataFrame:
    """Sum cells by key with their likely range; a key with no counted cell is blank, with the reason."""
    place = pd.Index(keys).get_indexer(pd.Index(by))
    counted = cells["value"].notna().to_numpy() & (place >= 0)
    groups = place[counted]
    weights = cells["weight"].to_numpy(float)[counted]
    values = cells["value"].to_numpy(float, na_value=np.nan)[counted]
    about, low, high = likely_range(values, weights, groups, len(keys), base)
    cell_count = np.bincount(groups, minlength=len(keys))
    some = cell_count > 0
    reasons = cells[cells["withheld_because"].notna()].groupby(by)["withheld_because"].min().reindex(keys)
    collected = cells[counted].groupby(by[counted])["period"].nunique().reindex(keys, fill_value=0)
    estimated = cells[counted].groupby(by[counted])["estimated"].max().reindex(keys, fill_value=False)
    return pd.DataFrame({
        "area_id": keys,
        "about": np.where(some, about, np.nan), "low": np.where(some, low, np.nan), "high": np.where(some, high, np.nan),
        "single_cell": cell_count == 1, "cells": cell_count, "periods_collected": collected.to_numpy(),
        "estimated": estimated.to_numpy(bool), "withheld_because": reasons.where(~some, None).to_numpy(object),
    })  # fmt: skip


def _with_rates(sums: pd.DataFrame, area_level: str) -> pd.DataFrame:
    """Rates per 1,000 residents aged 10-17, for levels where people live; residents are public and exact."""
    residents = sums["residents_10_17"].astype(float)
    usable = residents.where(residents > 0) if area_level in RATE_LEVELS else residents * np.nan
    for column, rate in (("about", "per_1000"), ("low", "per_1000_low"), ("high", "per_1000_high")):
        sums[rate] = sums[column] / usable * 1000
    return sums
