"""What the base areas add up to: the areas people name, what counts towards each, and shapes to draw.

Everything here is public geometry. Base areas no longer in force reach the areas in force now by a public
crosswalk, by share of ground, and are marked estimated.
"""

import json
from pathlib import Path

import duckdb
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crosswalk import crosswalk
from geo.errors import GeoError
from geo.neighbours import neighbours
from geo.outlines import dissolve, outlines
from pipelines.errors import PlacesError
from pipelines.intake.months import month_no
from pipelines.intake.places import Places, in_force
from pipelines.intake.schools import Schools
from pipelines.policy import Partnership

_MEMBER_COLUMNS = ["base_area_id", "area_level", "area_id", "weight", "estimated"]


def write_base_areas(
    connection: duckdb.DuckDBPyConnection, places: Places, schools: Schools, partnership: Partnership
) -> None:
    """Write `base_areas` and `localities`: every area a row can be counted in, by number.

    base_areas   grain: one row per base area of every edition
    localities   grain: one row per locality, and per cluster of schools and span of periods
    """
    base = places.base_areas.drop(columns=["geometry", "place_ids"])
    # Localities and clusters of schools are cells of the lattice too, numbered after the base areas.
    ids = [one.id for one in partnership.localities]
    always = {"area_level": "locality", "first_period": "0000-00", "last_period": "9999-12"}
    larger = pd.concat([
        pd.DataFrame({"locality_id": ids, **always}),
        schools.clusters.drop(columns=["locality_id", "beat_ids"]).rename(columns={"area_id": "locality_id"})
        .assign(area_level="cluster"),
    ], ignore_index=True)  # fmt: skip
    larger["area_no"] = larger.index + len(base)
    numbers = dict(zip(ids, larger["area_no"], strict=False))
    months = {
        "first_month_no": base["valid_from_period"].map(month_no),
        "last_month_no": base["valid_to_period"].map(month_no, na_action="ignore").fillna(month_no("9999-12")).astype(int),
    }
    _write(connection, "base_areas", base.assign(locality_area_no=base["locality_id"].map(numbers), **months))
    _write(connection, "localities", larger)


def write_areas(
    connection: duckdb.DuckDBPyConnection, places: Places, schools: Schools, partnership: Partnership, *,
    period: str, outline_tolerance_m: float, context: Path,
) -> None:  # fmt: skip
    """Write `areas`, `area_members`, `touching` and `outlines`, as they stand in `period`.

    areas          grain: one row per area_level and area_id; base areas of every edition, the others in force now
    area_members   grain: one row per base area and area it counts towards; the weights of one base area
                   over the base areas in force sum to 1
    touching       grain: one row per base area in force and other that it shares an edge with
    outlines       grain: one row per area_level and area_id with a shape; GeoJSON, EPSG:4326
    """
    now = places.base_areas[in_force(places.base_areas, period)]
    clusters = _clusters_now(schools.clusters[schools.clusters["last_period"] >= period], now, partnership)
    named = pd.concat([_named_areas(places, now, partnership, period), _named_clusters(places, clusters, period)])
    _write(connection, "areas", named)
    _write(connection, "area_members", _members(places, now, schools.clusters, clusters, partnership))
    _write(connection, "touching", _touching(now))
    _write(connection, "outlines", _outlines(now, named, clusters, partnership, outline_tolerance_m, context))


def _write(connection: duckdb.DuckDBPyConnection, table: str, rows: pd.DataFrame) -> None:
    connection.register("given_rows", pd.DataFrame(rows))
    connection.execute(f"CREATE TABLE {table} AS SELECT * FROM given_rows")
    connection.unregister("given_rows")


def _named_areas(places: Places, now: gpd.GeoDataFrame, partnership: Partnership, period: str) -> pd.DataFrame:
    """Every area there is to talk about, with the name it has now."""
    base = places.base_areas
    names = _names_now(places, period)
    rows = [
        pd.DataFrame({
            "area_level": "base", "area_id": base["area_id"], "name": base["area_id"], "place_category": None,
            "valid_from": base["valid_from_period"], "valid_to": base["valid_to_period"], "shapeless": base["shapeless"],
        })
    ]  # fmt: skip
    levels = {
        "beat": sorted(now["beat_id"].unique()),
        "place_of_concern": sorted({place for ids in now["place_ids"] for place in ids}),
    }
    for level, ids in levels.items():
        known = names[names["place_level"] == level].set_index("place_id")
        rows.append(_area_rows(level, ids, list(known["name"].reindex(ids)), list(known["place_category"].reindex(ids))))
    localities = partnership.localities
    rows.append(_area_rows("locality", [one.id for one in localities], [one.name for one in localities]))
    rows.append(_area_rows("city", [partnership.city.id], [partnership.city.name]))
    return pd.concat(rows, ignore_index=True).astype(
        {"place_category": "string", "valid_from": "string", "valid_to": "string"}
    )


def _clusters_now(clusters: pd.DataFrame, now: gpd.GeoDataFrame, partnership: Partnership) -> pd.DataFrame:
    """The clusters in force, and beside them each locality that is a cluster by itself; none where no locality has two."""
    if not len(clusters):
        return clusters
    beats = now.groupby("locality_id")["beat_id"].agg(lambda mine: tuple(sorted(set(mine))))
    alone = [one.id for one in partnership.localities if one.id not in set(clusters["locality_id"]) and one.id in beats]
    whole = pd.DataFrame({"area_id": alone, "locality_id": alone, "beat_ids": [beats[one] for one in alone]})
    return pd.concat([clusters, whole], ignore_index=True)


def _named_clusters(places: Places, clusters: pd.DataFrame, period: str) -> pd.DataFrame:
    names = _names_now(places, period).query("place_level == 'beat'").set_index("place_id")["name"]
    said = [f"Schools of {', '.join(names.reindex(beat_ids))}" for beat_ids in clusters["beat_ids"]]
    return _area_rows("cluster", list(clusters["area_id"]), said)


def _names_now(places: Places, period: str) -> pd.DataFrame:
    day = pd.Timestamp(f"{period}-01").date()
    versions = pd.DataFrame(places.versions.drop(columns="geometry"))
    begun = versions[[start is None or pd.isna(start) or start <= day for start in versions["valid_from"]]]
    return begun.drop_duplicates(["place_level", "place_id"], keep="last")


def _area_rows(level: str, ids: list[str], names: list[str], categories: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame({
        "area_level": level, "area_id": ids, "name": names, "place_category": categories,
        "valid_from": None, "valid_to": None, "shapeless": False,
    })  # fmt: skip


def _members(
    places: Places, now: gpd.GeoDataFrame, clusters: pd.DataFrame, clusters_now: pd.DataFrame, partnership: Partnership
) -> pd.DataFrame:  # fmt: skip
    """What every cell of the lattice counts towards: base areas by way of those in force now, larger ones themselves."""
    reach = pd.concat([
        pd.DataFrame({"base_area_id": now["area_id"], "now_id": now["area_id"], "weight": 1.0, "estimated": False}),
        _crosswalked(places.base_areas, now),
    ])  # fmt: skip
    belongs = _belongs(now, partnership.city.id)
    joined = reach.merge(belongs, on="now_id")
    members = joined.groupby(["base_area_id", "area_level", "area_id"], as_index=False).agg(
        weight=("weight", "sum"), estimated=("estimated", "max")
    )
    members["weight"] = members["weight"].round(9)
    larger = pd.concat([
        pd.DataFrame([{"base_area_id": one.id, "locality": one.id} for one in partnership.localities]),
        clusters.drop_duplicates("area_id").rename(columns={"area_id": "base_area_id", "locality_id": "locality"}),
    ])  # fmt: skip
    own = [
        larger.assign(area_level="locality", area_id=larger["locality"]),
        larger.assign(area_level="city", area_id=partnership.city.id),
        pd.DataFrame({"base_area_id": clusters_now["area_id"], "area_level": "cluster", "area_id": clusters_now["area_id"]}),
    ]
    together = pd.concat([members, pd.concat(own).assign(weight=1.0, estimated=False)])[_MEMBER_COLUMNS]
    return together.sort_values(_MEMBER_COLUMNS[:3], ignore_index=True)


def _touching(now: gpd.GeoDataFrame) -> pd.DataFrame:
    shaped = now[~now["shapeless"]].set_index("area_id")
    return neighbours(shaped)[["area_id", "neighbour_id"]]


def _belongs(now: gpd.GeoDataFrame, city_id: str) -> pd.DataFrame:
    """now_id -> each area, at every level, that a base area in force is part of."""
    rows = []
    for area_id, beat_id, locality_id, place_ids in zip(
        now["area_id"], now["beat_id"], now["locality_id"], now["place_ids"], strict=True
    ):
        rows += [(area_id, "base", area_id), (area_id, "beat", beat_id), (area_id, "locality", locality_id)]
        rows += [(area_id, "city", city_id)] + [(area_id, "place_of_concern", place) for place in place_ids]
    return pd.DataFrame(rows, columns=["now_id", "area_level", "area_id"])


def _crosswalked(base_areas: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> pd.DataFrame:
    """The base areas no longer in force, shared out over those that are (shapeless ones over shapeless ones)."""
    gone = base_areas[~base_areas["area_id"].isin(now["area_id"])]
    parts = []
    shaped_now = now[~now["shapeless"]]
    shaped_gone = gone[~gone["shapeless"]]
    if len(shaped_gone):
        parts.append(_shares(shaped_gone.set_index("area_id"), shaped_now.set_index("area_id")))
    shapeless_gone = gone[gone["shapeless"]]
    if len(shapeless_gone):
        ground = dissolve(
            base_areas[base_areas["beat_id"].isin(shapeless_gone["beat_id"]) & ~base_areas["shapeless"]], "beat_id"
        )
        by_beat = _shares(ground, dissolve(shaped_now, "beat_id"))
        stand_in = now[now["shapeless"]].set_index("beat_id")["area_id"]
        by_beat["now_id"] = by_beat["now_id"].map(stand_in)
        gone_ids = shapeless_gone[["beat_id", "area_id"]].rename(columns={"area_id": "gone_id"})
        lost = by_beat.merge(gone_ids, left_on="base_area_id", right_on="beat_id")
        parts.append(lost.assign(base_area_id=lost["gone_id"])[["base_area_id", "now_id", "weight", "estimated"]])
    columns = ["base_area_id", "now_id", "weight", "estimated"]
    return pd.concat(parts) if parts else pd.DataFrame(columns=columns).astype({"weight": float, "estimated": bool})


def _shares(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    try:
        found = crosswalk(old, new)
    except GeoError as wrong:
        raise PlacesError(f"boundaries/: {wrong}") from None
    shares = found.rename(columns={"from_area_id": "base_area_id", "to_area_id": "now_id"})
    return shares.assign(estimated=True)


def _outlines(
    now: gpd.GeoDataFrame, named: pd.DataFrame, clusters: pd.DataFrame, partnership: Partnership, tolerance_m: float,
    context: Path,
) -> pd.DataFrame:  # fmt: skip
    shaped = now[~now["shapeless"]]
    drawn = {
        "beat": outlines(dissolve(shaped, "beat_id"), tolerance_m=tolerance_m),
        "locality": outlines(dissolve(shaped, "locality_id"), tolerance_m=tolerance_m),
        "city": outlines(dissolve(shaped.assign(city_id=partnership.city.id), "city_id"), tolerance_m=tolerance_m),
    }
    placed = named.loc[named["area_level"] == "place_of_concern", "area_id"]
    if len(placed):
        # Places may overlap one another, so each is simplified by itself.
        whole = dissolve(shaped, "place_ids")
        drawn["place_of_concern"] = pd.concat([
            outlines(whole.loc[[place]], tolerance_m=tolerance_m) for place in placed
        ])  # fmt: skip
    if len(clusters):
        mine = zip(clusters["area_id"], clusters["beat_ids"], strict=True)
        cluster_of = {beat: area_id for area_id, beat_ids in mine for beat in beat_ids}
        of_schools = shaped.assign(cluster=shaped["beat_id"].map(cluster_of)).dropna(subset="cluster")
        drawn["cluster"] = outlines(dissolve(of_schools, "cluster"), tolerance_m=tolerance_m)
    rows = [
        (level, area_id, json.dumps(shapely.geometry.mapping(shape), separators=(",", ":")))
        for level, areas in sorted(drawn.items())
        for area_id, shape in zip(areas.index, areas.geometry, strict=True)
    ]
    rows += [("context", path.stem, _context(path)) for path in sorted(context.glob("*.geojson"))]
    return pd.DataFrame(rows, columns=["area_level", "area_id", "geojson"])


def _context(path: Path) -> str:
    """Rivers, roads, railways and parks to draw behind the counts: shapes only, every property left out."""
    try:
        layer = gpd.read_file(path).to_crs("EPSG:4326")
    except (ValueError, OSError, RuntimeError):
        raise PlacesError(f"context/{path.name}: is not readable GeoJSON: mend it or take it away") from None
    if np.isin(shapely.get_type_id(layer.geometry.to_numpy()), (0, 4)).any():
        raise PlacesError(f"context/{path.name}: holds points; a backdrop is lines and areas, and marks no single spot")
    shapes = shapely.set_precision(layer.geometry.to_numpy(), 1e-5)
    return json.dumps(
        {
            "type": "GeometryCollection",
            "geometries": [shapely.geometry.mapping(one) for one in shapes if not one.is_empty],
        },
        separators=(",", ":"),
    )
