"""Where a weapon-in-school report is counted: with the schools around it, never with one school alone.

A report that names its school counts in that school's cluster: beats of one locality, side by side, with at least
three schools and colleges between them. One that names a locality only counts there, apart. Where a locality has
schools enough for one cluster only, that cluster is the locality.
"""

import hashlib
from dataclasses import dataclass

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd

from geo.clusters import clusters
from geo.outlines import dissolve
from pipelines.intake.places import Edition, Places
from pipelines.sqlfiles import run_sql

FEWEST_SETTINGS = 3


@dataclass(frozen=True)
class Schools:
    """Clusters of schools, edition by edition of the boundaries.

    clusters  one row per cluster: area_id, locality_id, beat_ids, first_period, last_period (from edition to edition)
    settings  one row per setting and edition: setting_urn, area_id (its cluster, or its locality), and the same span
    """

    clusters: pd.DataFrame
    settings: pd.DataFrame


def cluster_schools(connection: duckdb.DuckDBPyConnection, places: Places) -> Schools:
    """The clusters of each edition, made of the settings open on its first day, and each setting's own."""
    known = run_sql(connection, "intake/known_settings").df()
    if not len(known):
        span_columns = ["first_period", "last_period"]
        none = pd.DataFrame(columns=["area_id", "locality_id", "beat_ids", *span_columns])
        return Schools(none, pd.DataFrame(columns=["setting_urn", "area_id", *span_columns]))
    found, belongs = [], []
    for number, edition in enumerate(places.editions):
        newest = number == len(places.editions) - 1
        span = {"first_period": edition.first_period if number else "0000-00",
                "last_period": "9999-12" if newest else edition.last_period}  # fmt: skip
        beat_of = _beats(known, edition, places)
        open_then = known["open_on"].map(lambda ranges, day=f"{edition.first_period}-01": ranges[0] <= day <= ranges[1])
        mine = _clusters(edition, beat_of[open_then & beat_of.notna()])
        found.append(mine[~mine["alone"]].drop(columns="alone").assign(**span))
        area_of = {beat: area for area, beats in zip(mine["area_id"], mine["beat_ids"], strict=True) for beat in beats}
        belongs.append(pd.DataFrame({"setting_urn": known["setting_urn"], "area_id": beat_of.map(area_of), **span}).dropna())
    every = pd.concat(found, ignore_index=True)
    # A cluster that a re-cut leaves alone keeps its id: it is one area for its whole life.
    spans = every.groupby("area_id").agg(first_period=("first_period", "min"), last_period=("last_period", "max"))
    once = every.drop(columns=list(spans.columns)).drop_duplicates("area_id").join(spans, on="area_id")
    return Schools(once.reset_index(drop=True), pd.concat(belongs, ignore_index=True))


def write_setting_areas(connection: duckdb.DuckDBPyConnection, schools: Schools) -> None:
    """Write `setting_areas`: grain, one row per setting and edition of the boundaries, where its reports count."""
    connection.register("given_rows", schools.settings)
    run_sql(connection, "intake/setting_areas")
    connection.unregister("given_rows")


def _beats(known: pd.DataFrame, edition: Edition, places: Places) -> pd.Series:
    """The beat each setting stands in: by its point, else as its beat code says."""
    area_no, _ = places.locate(known["easting_m"].to_numpy(float), known["northing_m"].to_numpy(float), edition)
    by_point = places.base_areas["beat_id"].reindex(area_no).reset_index(drop=True)
    by_code = known["beat_code"].where(known["beat_code"].isin(edition.areas["beat_id"]))
    return by_point.where(by_point.notna(), by_code)


def _clusters(edition: Edition, beat_of: pd.Series) -> pd.DataFrame:
    """One row per cluster: area_id, locality_id, beat_ids, and alone (whether it is its whole locality)."""
    beats = dissolve(edition.areas, "beat_id")
    locality = edition.areas.drop_duplicates("beat_id").set_index("beat_id")["locality_id"]
    beats = gpd.GeoDataFrame({"parent": locality.reindex(beats.index)}, geometry=beats.geometry, crs=beats.crs)
    cluster_of = clusters(beats, beat_of.value_counts(), fewest=FEWEST_SETTINGS)
    rows = []
    for name, mine in cluster_of.groupby(cluster_of):
        parent = str(beats["parent"][name])
        alone = len(mine) == int((beats["parent"] == parent).sum())
        area_id = parent if alone else f"{parent}/schools-{_same_ground(beats.loc[sorted(mine.index)])}"
        rows.append((area_id, parent, tuple(sorted(mine.index)), alone))
    return pd.DataFrame(rows, columns=["area_id", "locality_id", "beat_ids", "alone"])


def _same_ground(beats: gpd.GeoDataFrame) -> str:
    """A short name that another set of beats, or the same beats drawn anew, would not have."""
    corners = np.round(beats.geometry.bounds.to_numpy(), 0).astype(int).tolist()
    return hashlib.sha256(repr((list(beats.index), corners)).encode()).hexdigest()[:8]
