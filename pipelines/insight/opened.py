"""One released snapshot as one audience may have it: its areas, measures and periods, and how it is asked."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

import duckdb
import numpy as np
import pandas as pd

from pipelines.errors import NotForThisAudience
from pipelines.insight.audiences import LEVELS, WITHIN_A_LOCALITY, Audience, rights_of
from pipelines.insight.measures import Measure, measure_for
from pipelines.insight.periods import in_grain, still_arriving
from pipelines.insight.sums import sum_cells
from pipelines.sqlfiles import run_sql

Kept = TypeVar("Kept")


class Opened:
    """One released snapshot as one audience may have it, read-only.

    Safe to share between threads: each question uses its own cursor. Every method may raise NotForThisAudience.
    """

    def __init__(self, manifest: dict[str, Any], connection: duckdb.DuckDBPyConnection, audience: Audience) -> None:
        self._manifest = manifest
        self._connection = connection
        self._rights = rights_of(manifest, audience)
        self.id: str = manifest["id"]
        self.as_at = date.fromisoformat(manifest["as_at"])
        self.town: str = manifest["town"]
        self.partnership: str = manifest["partnership"]
        self.needs_no_sign_in = _is_everybodys(manifest)
        self.audience = audience
        self.area_levels = tuple(level for level in LEVELS if level in self._rights.rules.area_levels)
        # A snapshot never changes, so what every question asks first is asked of the file once.
        self._remembered: dict[tuple[str, ...], Any] = {}
        self._own = self._own_areas()
        optional = ("place_of_concern", "cluster")
        self._lacking = {
            level for level in optional
            if not any(self._has(level, one) for one in self._once("areas", area_level=level)["area_id"])
        }  # fmt: skip

    def _own_areas(self) -> set[tuple[str, str]] | None:
        """The (level, id) within the audience's own locality; null for an audience that has every locality's."""
        if not self._rights.rules.own_locality_only:
            return None
        known = self._ask("areas", area_level="locality")["area_id"]
        if self.audience.locality not in set(known):
            raise NotForThisAudience("a meeting is of one of this snapshot's localities: `partnership.toml` lists their ids")
        found = self._ask("areas_of_locality", locality=self.audience.locality)
        return set(found.itertuples(index=False, name=None))

    def _has(self, area_level: str, area_id: str) -> bool:
        return self._own is None or area_level not in WITHIN_A_LOCALITY or (area_level, area_id) in self._own

    def _ask(self, question: str, **parameters: Any) -> pd.DataFrame:
        with self._connection.cursor() as cursor:
            return run_sql(cursor, f"insight/{question}", **parameters).df()

    def _once(self, question: str, **parameters: str) -> pd.DataFrame:
        return self._kept("question", question, *parameters.values(), make=lambda: self._ask(question, **parameters))

    def _kept(self, *key: str, make: Callable[[], Kept]) -> Kept:
        """What was made under this key before, or what is made now: kept as long as the snapshot is open."""
        if key not in self._remembered:
            self._remembered[key] = make()
        found: Kept = self._remembered[key]
        return found

    @property
    def locality_name(self) -> str | None:
        """The name of a meeting's own locality; null for the others."""
        names = self._ask("areas", area_level="locality").set_index("area_id")["name"]
        return None if self.audience.locality is None else str(names[self.audience.locality])

    def measures(self) -> list[Measure]:
        """What is counted and may be had, in the order it is shown; only what this snapshot has figures for."""
        found = (self._measure(one) for one in self._manifest["measures"])
        return [one for one in found if one.levels and one.grains]

    def _measure(self, one: dict[str, Any]) -> Measure:
        return measure_for(one, self._rights.rules, lacking=self._lacking)

    def measure(self, feed: str, measure: str) -> Measure:
        """One measure by its names. Raises KeyError when this snapshot has none such."""
        known = {(one["feed"], one["measure"]): one for one in self._manifest["measures"]}
        found = self._measure(known[feed, measure])
        if not (found.levels and found.grains):
            raise self._rights.refusal("this measure")
        return found

    def levels(self, measure_key: str) -> tuple[str, ...]:
        """The area levels of one measure (`feed/measure`), finest first."""
        feed, measure = measure_key.split("/")
        return self.measure(feed, measure).levels

    def areas(self, area_level: str) -> pd.DataFrame:
        """Areas in force now. Grain: one row per area: area_id, name, place_category, residents_10_17 (null = not known)."""
        self._rights.require_level(area_level)
        found = self._once("areas", area_level=area_level)
        had = np.array([self._has(area_level, area_id) for area_id in found["area_id"]], dtype=bool)
        return self._rights.only_columns(found[had].reset_index(drop=True), "areas")

    def periods(self, feed: str, measure: str | None = None, *, grain: str | None = None) -> pd.DataFrame:
        """Periods of a feed, oldest first, by the finest grain there is for this audience unless another is named.

        grain: one row per period: period, period_start, label, state, grain. Quarters and years are those
        collected whole; the board has none but whole periods of any kind.
        """
        chosen = measure or next(one["measure"] for one in self._manifest["measures"] if one["feed"] == feed)
        return self._rights.only_columns(self._periods(self.measure(feed, chosen), grain), "periods")

    def _periods(self, kind: Measure, grain: str | None = None) -> pd.DataFrame:
        """The periods of one grain this audience may ask for, each with the counted periods it is made of."""
        if grain is not None and grain not in kind.grains:
            raise self._rights.refusal("this length of period")
        found = in_grain(self._counted_periods(kind), grain or kind.grain)
        if self._rights.closed_only:
            found = found[found["state"] == "collected"].reset_index(drop=True)
        return found

    def _counted_periods(self, kind: Measure) -> pd.DataFrame:
        found = self._once("periods", feed=kind.feed)
        mine = found[found["measure"] == kind.measure].drop(columns="measure")
        return mine.assign(period_start=pd.to_datetime(mine["period_start"]).dt.date)

    def _allowed(self, feed: str, measure: str, area_level: str) -> Measure:
        kind = self.measure(feed, measure)
        self._rights.require_level(area_level)
        if area_level not in kind.levels:
            raise ValueError(f"{kind.label} is not shown by {area_level}")
        return kind

    def _parts(self, kind: Measure, periods: Sequence[str]) -> list[str]:
        """The counted periods that these are made of, each once."""
        known: dict[str, tuple[str, ...]] = {}
        for grain in kind.grains:  # finest first: most questions are settled by the first
            if not set(periods) <= known.keys():
                found = self._periods(kind, grain)
                known.update(zip(found["period"], found["parts"], strict=True))
        if not set(periods) <= known.keys():
            raise self._rights.refusal("one of these periods")
        return sorted({part for period in periods for part in known[period]})

    def _counted(
        self, kind: Measure, area_level: str, area_ids: list[str], harm_groups: Sequence[str], parts: list[str]
    ) -> pd.DataFrame:
        """Sums by area over counted periods. grain: one row per area asked for, as `sum_cells` says."""
        cells = self._cells(kind, area_level, area_ids, harm_groups, parts)
        return sum_cells(cells, cells["area_id"], area_ids, kind.base).rename(columns={"key": "area_id"})

    def _cells(
        self, kind: Measure, area_level: str, area_ids: list[str], harm_groups: Sequence[str], parts: list[str]
    ) -> pd.DataFrame:
        return self._ask(
            "area_cells", feed=kind.feed, measure=kind.measure, area_level=area_level, area_ids=area_ids,
            harm_groups=list(harm_groups), periods=parts,
        )  # fmt: skip

    def outlines(self, area_level: str) -> dict[str, Any]:
        """GeoJSON of a level's areas, EPSG:4326; properties are area_id and name only. Areas not had are not drawn."""
        had = set(self.areas(area_level)["area_id"])
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
                if area_id in had
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
        """How fresh each feed is, in this audience's own periods: dates and states, never a tally.

        grain: one row per feed: feed, label, delivered_on, covers_to, last_collected_period,
        last_collected_label (null = none), still_arriving_periods (list of labels)
        """
        rows = []
        for feed, kind in {one.feed: one for one in reversed(self.measures())}.items():
            facts = self._ask("feed_dates", feed=feed).iloc[0]
            periods = self._periods(kind)
            whole = periods[periods["state"] == "collected"]
            rows.append({
                "feed": feed, "label": kind.label.split(",")[0], "delivered_on": pd.Timestamp(facts["delivered_on"]).date(),
                "covers_to": pd.Timestamp(facts["covers_to"]).date(),
                "last_collected_period": whole["period"].iloc[-1] if len(whole) else None,
                "last_collected_label": whole["label"].iloc[-1] if len(whole) else None,
                "still_arriving_periods": still_arriving(self._counted_periods(kind), kind.grain),
            })  # fmt: skip
        return self._rights.only_columns(
            pd.DataFrame(rows[::-1], columns=list(self._rights.columns("freshness"))), "freshness"
        )


def _is_everybodys(manifest: dict[str, Any]) -> bool:
    """Whether a snapshot may be shown without anybody signing in: made up, or of public feeds and nothing else."""
    public = all(one["public"] for one in manifest["measures"])
    nothing_else = not any(manifest["tables"][one]["rows"] for one in ("register_texts", "summaries", "patterns"))
    return manifest.get("fictional") is True or (public and nothing_else)
