"""True counts of what was delivered, located afresh.

From the written boundaries and the written coordinates.
"""

from datetime import date

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import Polygon

from pipelines.demo.lines import Points, to_metres
from pipelines.demo.planted import GROUPS
from pipelines.demo.rates import Rates
from pipelines.demo.span import Span, terms
from pipelines.demo.town import Town
from pipelines.demo.zones import Zone

SNAP_M = 3.0


def written_points(frame: pd.DataFrame, metres: tuple[str, str], degrees: tuple[str, str]) -> Points:
    """Metres of every row as written (NaN where it has no point)."""
    east, north, lon, lat = (pd.to_numeric(frame[name]).to_numpy(dtype=float) for name in (*metres, *degrees))
    points = np.column_stack([east, north])
    use = ~np.isnan(lon)
    points[use] = to_metres(np.column_stack([lon[use], lat[use]]))
    return points


def locate_cells(points: Points, cells: list[Polygon]) -> np.ndarray:
    """Number of the cell each point is in, or within 3 m of; -1 for none.

    On a shared edge the lower number wins.
    """
    found = np.full(len(points), -1)
    shapes = shapely.points(points)
    given = ~np.isnan(points[:, 0])
    tree = shapely.STRtree(cells)
    at, cell = tree.query(shapes[given], predicate="intersects")
    rows = np.flatnonzero(given)
    found[rows[at[::-1]]] = cell[::-1]
    lost = np.flatnonzero(given & (found < 0))
    at, cell = tree.query_nearest(shapes[lost], max_distance=SNAP_M, all_matches=False)
    found[lost[at]] = cell
    return found


def locate_beats(town: Town, points: Points, on: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(beat_id, piece) of every row by the edition in force on its day; '' where it is nowhere in town.

    piece  a place of concern in force by the first of the row's month, 'rest', or 'not_known' for a beat code
    """
    before = locate_cells(points, town.cells)
    cell = before
    if town.recut:
        after = locate_cells(points, town.cells_on(town.recut.on))
        cell = np.where(on >= np.datetime64(town.recut.on), after, before)
    ids = np.array([*town.beat_ids, ""])
    beat = np.where(codes != "", codes, ids[cell])
    piece = np.where(codes != "", "not_known", np.where(cell >= 0, "rest", ""))
    month = on.astype("datetime64[M]").astype("datetime64[D]")
    for place_id, concern in town.concerns.items():
        inside = shapely.contains_xy(concern.metres, points[:, 0], points[:, 1])
        piece = np.where(inside & (piece == "rest") & (month >= np.datetime64(town.opened[place_id])), place_id, piece)
    return beat, piece


def count_incidents(town: Town, final: pd.DataFrame) -> pd.DataFrame:
    """True counts of in-scope incidents in town, after corrections, as delivered by as_at.

    grain: beat_id x piece x harm_group x month x single_month. `month` is the month of occurred_from;
    `single_month` is false for records whose dates run into the next month, which the pipeline may
    rightly put into either. `children` counts each child once (and each record without one).
    """
    points = written_points(final, ("easting_m", "northing_m"), ("lon", "lat"))
    on = final["occurred_from"].to_numpy(dtype="datetime64[D]")
    beat, piece = locate_beats(town, points, on, final["beat_code"].to_numpy(dtype=str))
    last = np.where(final["occurred_to"] != "", final["occurred_to"], final["occurred_from"])
    table = pd.DataFrame(
        {
            "beat_id": beat,
            "piece": piece,
            "harm_group": final["group"],
            "month": final["occurred_from"].str[:7],
            "single_month": final["occurred_from"].str[:7].to_numpy() == pd.Series(last).str[:7].to_numpy(),
            "who": np.where(final["child_ref"] != "", final["child_ref"], final["record_ref"]),
        }
    )
    table = table[(table["beat_id"] != "") & table["harm_group"].isin(GROUPS)]
    return _counted(table, ["beat_id", "piece", "harm_group", "month", "single_month"], "records")


def _counted(table: pd.DataFrame, by: list[str], name: str) -> pd.DataFrame:
    grouped = table.groupby(by, observed=True)["who"]
    return pd.DataFrame({name: grouped.size(), "children": grouped.nunique()}).reset_index()


def count_missing(town: Town, arrived: pd.DataFrame) -> pd.DataFrame:
    """True counts of missing episodes: measure (missing_from, found_at) x area_id x piece x month.

    missing_from is by locality (piece ''), found_at by beat, for episodes whose place was told.
    """
    blank = ("found_at_lon", "found_at_lat")
    on = arrived["missing_from_at"].str[:10].to_numpy(dtype="datetime64[D]")
    month = arrived["missing_from_at"].str[:7]
    who = np.where(arrived["child_ref"] != "", arrived["child_ref"], arrived["episode_ref"])
    home = arrived.assign(lon_="", lat_="")
    points = written_points(home, ("missing_from_easting_m", "missing_from_northing_m"), ("lon_", "lat_"))
    no_code = np.full(len(arrived), "")
    beat, _ = locate_beats(town, points, on, no_code)
    parent = dict(zip(town.beat_ids, town.parents, strict=True))
    locality = np.where(
        arrived["missing_from_locality"] != "",
        arrived["missing_from_locality"],
        [parent.get(b, "") for b in beat],
    )
    points = written_points(arrived, ("found_at_easting_m", "found_at_northing_m"), blank)
    found, piece = locate_beats(town, points, on, arrived["found_at_beat_code"].to_numpy(dtype=str))
    parts = [
        pd.DataFrame({"measure": "missing_from", "area_id": locality, "piece": "", "month": month, "who": who}),
        pd.DataFrame({"measure": "found_at", "area_id": found, "piece": piece, "month": month, "who": who}),
    ]
    table = pd.concat(parts, ignore_index=True)
    return _counted(table[table["area_id"] != ""], ["measure", "area_id", "piece", "month"], "episodes")


def count_weapons(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    """True counts of weapon-in-school reports: locality x term.

    whole_start   false for a term that began before the history does, so was never covered whole
    """
    named = pd.DataFrame({"locality": frame["true_locality"], "term": frame["true_term"]})
    counts = named.value_counts(sort=False).sort_index().rename("reports").reset_index()
    began = {term.term_id: term.starts_on >= span.first_day for term in terms(span)}
    return counts.assign(whole_start=counts["term"].map(began))


def expected_table(zones: list[Zone], town: Town, rates: Rates, span: Span) -> pd.DataFrame:
    """Expected records, complete months: zone_id x harm_group x month.

    mean       expected records made of events in that month (in scope, in town, whenever they arrive)
    harm_mean  the same without what is only a change in recording
    """
    count = span.months
    shape = (len(zones), len(GROUPS), count)
    starts = np.array([date.isoformat(one)[:7] for one in span.starts[:count]])
    beats = np.array([[town.beat_ids[z.before], town.beat_ids[z.after]] for z in zones])
    moved = np.array([town.recut is not None and month >= town.recut.on.isoformat()[:7] for month in starts])
    beat = np.where(moved[None, None, :], beats[:, 1][:, None, None], beats[:, 0][:, None, None])
    return pd.DataFrame(
        {
            "zone_id": np.repeat([z.zone_id for z in zones], shape[1] * count),
            "beat_id": np.broadcast_to(beat, shape).ravel(),
            "place_id": np.repeat([z.place_id for z in zones], shape[1] * count),
            "harm_group": np.tile(np.repeat(GROUPS, count), len(zones)),
            "month": np.tile(starts, shape[0] * shape[1]),
            "mean": rates.mean[:, :, :count].ravel().round(6),
            "harm_mean": rates.harm_mean[:, :, :count].ravel().round(6),
        }
    )
