"""Everything an outsider holds: each snapshot in the folder, read together, one row for each sight of each cell."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines.errors import NoSnapshot, SnapshotFault
from pipelines.gate.snapshot import list_snapshots, read_manifest
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

IDENTITY = ["kind", "feed", "measure", "area_level", "area_id", "harm_group", "period"]
PERIOD = ["feed", "measure", "period"]
# Rounded on their own, once for a feed and period; what is counted and what was read are sums of these and of cells.
TALLIES = ("outside", "rejected", "superseded", "too_late", "unplaced")


@dataclass(frozen=True)
class Released:
    """Every snapshot under attack, oldest first.

    manifests   one for each snapshot, in order of sequence
    tables      every released table of each
    sights      grain: one row per snapshot and partnership cell with a value: snapshot (place in `manifests`), kind
                (count, tally or summary), feed, measure, area_level, area_id, harm_group, period, period_start,
                value, base, frozen, version (two sights of one version are of one true count)
    """

    manifests: tuple[dict[str, Any], ...]
    tables: tuple[dict[str, pd.DataFrame], ...]
    sights: pd.DataFrame


def read_released(settings: Settings, snapshot_id: str | None = None) -> Released:
    """Every snapshot up to the one named (default: the newest there is), by sequence.

    Raises NoSnapshot where there is none, SnapshotFault where one cannot be read.
    """
    manifests = [read_manifest(settings, one) for one in list_snapshots(settings)]
    manifests.sort(key=lambda one: int(one.get("sequence", 0)))
    if not manifests:
        raise NoSnapshot("nothing has been published yet, so there is nothing to attack: run `safer-places publish`")
    last = int(read_manifest(settings, snapshot_id)["sequence"]) if snapshot_id else int(manifests[-1].get("sequence", 0))
    held = [one for one in manifests if int(one.get("sequence", 0)) <= last]
    tables = [_tables(settings.snapshots / f"{one['id']}.duckdb") for one in held]
    return Released(tuple(held), tuple(tables), sights_of(held, tables))


def _tables(file: Path) -> dict[str, pd.DataFrame]:
    try:
        with duckdb.connect(str(file), read_only=True) as snapshot:
            names = [name for (name,) in run_sql(snapshot, "audit/tables").fetchall()]
            return {name: snapshot.table(name).df() for name in names}
    except duckdb.Error:
        raise SnapshotFault(f"{file.name}: cannot be opened, so it cannot be attacked; restore it or remove it") from None


def sights_of(manifests: list[dict[str, Any]], tables: list[dict[str, pd.DataFrame]]) -> pd.DataFrame:
    """One row per snapshot and partnership cell with a value (see Released)."""
    found = []
    for number, (manifest, held) in enumerate(zip(manifests, tables, strict=True)):
        bases = {(one["feed"], one["measure"]): int(one["base"]) for one in manifest["measures"]}
        kinds = (_counts, _tallies, _unplaced, _summaries)
        mine = pd.concat([kind(held, bases) for kind in kinds], ignore_index=True)
        found.append(mine.assign(snapshot=number))
    sights = pd.concat(found, ignore_index=True)
    sights = sights.astype({"value": np.int64, "base": np.int64, "frozen": bool})
    return _with_versions(sights, manifests).sort_values([*IDENTITY, "snapshot"], ignore_index=True)


def _counts(held: dict[str, pd.DataFrame], bases: dict[tuple[str, str], int]) -> pd.DataFrame:
    rows = held["counts"].dropna(subset=["value"]).assign(kind="count")
    rows = _with_base(rows, bases)
    frozen = held["deliveries"].loc[held["deliveries"]["frozen"].astype(bool), PERIOD]
    is_frozen = pd.MultiIndex.from_frame(rows[PERIOD]).isin(pd.MultiIndex.from_frame(frozen))
    return rows.assign(frozen=is_frozen)[[*IDENTITY, "period_start", "value", "base", "frozen"]]


def _with_base(rows: pd.DataFrame, bases: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Each row's base; a public measure's counts are everybody's already, so its rows are left out."""
    base = [bases.get((feed, measure), 0) for feed, measure in zip(rows["feed"], rows["measure"], strict=True)]
    return rows.assign(base=np.array(base, np.int64)).query("base != 1")


def _tallies(held: dict[str, pd.DataFrame], bases: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Each rounded tally as a cell of its own; what was counted too, where it is not the sum of its cells."""
    rows = _with_base(held["deliveries"], bases)
    summed = held["counts"].groupby(PERIOD, as_index=False)["value"].sum()
    rows = rows.merge(summed, on=PERIOD, how="left")
    of_its_own = rows["counted_about"] != rows["value"]
    columns = [(one, rows[f"{one}_about"]) for one in TALLIES if f"{one}_about" in rows]
    parts = sum(column.fillna(0) for _, column in columns)
    if "unplaced" in held:  # told by kind: the sum of these is no draw of its own
        columns = [one for one in columns if one[0] != "unplaced"]
        by_kind = held["unplaced"].groupby(PERIOD, as_index=False)["elsewhere"].sum()
        kinds = rows[PERIOD].merge(by_kind, on=PERIOD, how="left")["elsewhere"].fillna(0).to_numpy()
        columns = [(name, one - kinds if name == "outside" else one) for name, one in columns]
    columns.append(("counted", rows["counted_about"].where(of_its_own)))
    columns.append(("read", rows["read_about"].where(rows["read_about"] != rows["counted_about"] + parts)))
    each = [
        rows.assign(kind="tally", area_level="feed", area_id=rows["feed"], harm_group=tally, value=values)
        for tally, values in columns
    ]
    named = pd.concat(each, ignore_index=True).dropna(subset=["value"])
    return named[[*IDENTITY, "period_start", "value", "base", "frozen"]]


def _unplaced(held: dict[str, pd.DataFrame], bases: dict[tuple[str, str], int]) -> pd.DataFrame:
    """Rows without a place, and beyond the boundaries, by harm group, each a cell of its own."""
    columns = [*IDENTITY, "period_start", "value", "base", "frozen"]
    if "unplaced" not in held:
        return pd.DataFrame(columns=columns)
    states = held["deliveries"][[*PERIOD, "frozen"]]
    rows = _with_base(held["unplaced"], bases).merge(states, on=PERIOD, how="left")
    rows = rows.rename(columns={"value": "unplaced"}).melt(
        [*PERIOD, "harm_group", "period_start", "base", "frozen"], ["unplaced", "elsewhere"], "of", "value"
    )
    rows["harm_group"] = rows["of"] + "/" + rows["harm_group"]
    return rows.assign(kind="tally", area_level="feed", area_id=rows["feed"])[columns]


def _summaries(held: dict[str, pd.DataFrame], bases: dict[tuple[str, str], int]) -> pd.DataFrame:
    columns = [*IDENTITY, "period_start", "value", "base", "frozen"]
    if "summaries" not in held:
        return pd.DataFrame(columns=columns)
    by_feed = {feed: max(base for (one, _), base in bases.items() if one == feed) for feed, _ in bases}
    rows = held["summaries"].dropna(subset=["value"]).rename(columns={"summary": "measure", "category": "harm_group"})
    # A feed that is counted nowhere came as sums its supplier made, and is passed on as it came.
    rows = rows[rows["feed"].isin(list(by_feed))]
    return rows.assign(kind="summary", base=rows["feed"].map(by_feed).astype(np.int64), frozen=True)[columns]


def _with_versions(sights: pd.DataFrame, manifests: list[dict[str, Any]]) -> pd.DataFrame:
    """Which sights are of one true count: those of a frozen period, and those made from the very same deliveries.

    Between two others a count may have gone up or down by any number: an outsider does not know.
    """
    feeds = sorted(set(sights["feed"]))
    version = np.zeros((len(feeds), len(manifests)), np.int64)
    for at, feed in enumerate(feeds):
        made_from = [_made_from(one, feed) for one in manifests]
        # The same deliveries seen again after others are the same true count again.
        version[at] = pd.factorize(pd.Series(made_from))[0]
    first_frozen = sights[sights["frozen"]].groupby([*PERIOD, "kind"])["snapshot"].min().rename("first_frozen")
    sights = sights.merge(first_frozen.reset_index(), on=[*PERIOD, "kind"], how="left")
    seen_at = np.fmin(sights["snapshot"].to_numpy(float), sights["first_frozen"].to_numpy(float)).astype(np.int64)
    place = pd.Index(feeds).get_indexer(sights["feed"])
    return sights.drop(columns="first_frozen").assign(version=version[place, seen_at])


def _made_from(manifest: dict[str, Any], feed: str) -> str:
    """Everything a feed's counts came from, as far as a manifest says: deliveries, places, rules."""
    of = {feed, "settings", "terms"}
    inputs = sorted(one["sha256"] for one in manifest["inputs"] if one["feed"] in of)
    rules = [manifest.get(name) for name in ("policy_sha256", "partnership_sha256")]
    places = manifest["tables"].get("areas", {}).get("sha256")
    return hashlib.sha256(json.dumps([inputs, rules, places]).encode()).hexdigest()
