"""A month is rounded once: what an earlier snapshot released is carried into the next, or stands under the same places.

Frozen periods are carried whole, whatever happened since to records, places, keys or the rows themselves. A period
released but not yet frozen may still move with its records, on the very areas it was released on: counting it on
others as well would let the two be compared.
"""

from pathlib import Path

import duckdb
import pandas as pd

from pipelines.errors import GateError
from pipelines.sqlfiles import run_sql

PERIOD = ["feed", "measure", "period"]
# What each row of a table that is published once is of.
ONCE = {
    "summaries": ["summary", "area_level", "area_id", "period"],
    # All of a quarter's words stand together: one that came later would tell that its records had reached thirty.
    "patterns": ["pattern", "period"],
}
Tables = dict[str, pd.DataFrame]


def carry(fresh: Tables, earlier: Path) -> Tables:
    """The counts, deliveries, unplaced, areas and area_members of this snapshot, with all that `earlier` released for good.

    Raises GateError when a period that is released and not frozen would be counted on other areas.
    """
    with duckdb.connect(str(earlier), read_only=True) as released:
        kept = {name: run_sql(released, f"gate/frozen_{name}").df() for name in ("counts", "deliveries", "unplaced")}
        _require_same_areas(fresh["counts"], run_sql(released, "gate/unfrozen_areas").df())
        lost = sorted(set(kept["counts"]["area_id"]) - set(fresh["area_members"]["base_area_id"]))
        gone = run_sql(released, "gate/areas_no_longer_known", base_area_ids=lost).df()
    carried = {name: _in_place_of(fresh[name], rows, PERIOD) for name, rows in kept.items()}
    return {**fresh, **carried, **_with_gone(fresh, gone)}


def keep_released(name: str, fresh: pd.DataFrame, earlier: Path) -> pd.DataFrame:
    """The `summaries` or `patterns` of this snapshot: what was ever released of a period stands."""
    with duckdb.connect(str(earlier), read_only=True) as released:
        kept = run_sql(released, f"gate/released_{name}").df()
    return _in_place_of(fresh, kept, ONCE[name])


def _in_place_of(fresh: pd.DataFrame, kept: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    if not len(kept):
        return fresh
    known = pd.MultiIndex.from_frame(kept[by])
    moving = fresh[~pd.MultiIndex.from_frame(fresh[by]).isin(known)]
    return pd.concat([moving[kept.columns], kept], ignore_index=True) if len(moving) else kept


def _require_same_areas(counts: pd.DataFrame, standing: pd.DataFrame) -> None:
    """Periods that were released and may still move must keep the areas they were released on."""
    now = counts[counts["value"].notna()].groupby(PERIOD)["area_id"].agg(frozenset)
    before = standing.groupby(PERIOD)["area_id"].agg(frozenset)
    both = now.index.intersection(before.index)
    changed = sorted({f"{feed} {period}" for feed, measure, period in both[(now[both] != before[both]).to_numpy()]})
    if changed:
        raise GateError(
            f"places changed under periods that are released and not yet frozen ({', '.join(changed[:6])}): comparing "
            "the two would give small counts away. Let the change begin in a later month (valid_from, open_from), or "
            "publish again once these are frozen"
        )


def _with_gone(fresh: Tables, gone: pd.DataFrame) -> Tables:
    """Add the base areas only frozen periods still know, where what they counted towards is still in force."""
    in_force = pd.MultiIndex.from_frame(fresh["areas"][["area_level", "area_id"]])
    members = gone[pd.MultiIndex.from_frame(gone[["area_level", "area_id"]]).isin(in_force)]
    if not len(members):
        return {}
    ids = members["base_area_id"].unique()
    areas = pd.DataFrame({"area_level": "base", "area_id": ids, "name": ids, "shapeless": False})
    return {
        "area_members": pd.concat([fresh["area_members"], members.assign(estimated=True)], ignore_index=True),
        "areas": pd.concat([fresh["areas"], areas], ignore_index=True),
    }
