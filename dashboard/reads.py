"""The only door to the numbers: calls of the read API, cached under the id of the snapshot they came from.

A snapshot never changes once published, so nothing cached here goes stale and no cache needs a timeout.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR, wording
from dashboard.choices import Choice, Offer, map_levels
from pipelines.insight import queries

band_words = queries.band_words
NoSnapshot = queries.NoSnapshot
SnapshotFault = queries.SnapshotFault
Measure = queries.Measure
Snapshot = queries.Snapshot


def data_dir() -> Path:
    """The data directory this server was started with; the demo town's when nobody said."""
    return Path(os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR)


def current_snapshot() -> Snapshot:
    """Open the published snapshot, once for each one published.

    Raises NoSnapshot when none has been published.
    """
    folder = data_dir()
    pointer = folder / "snapshots" / "current"
    published = pointer.read_text(encoding="utf-8") if pointer.is_file() else ""
    return _open(str(folder.resolve()), published)


def measures(snapshot: Snapshot) -> tuple[Measure, ...]:
    """The measures that can be put on the map, in the snapshot's own order."""
    return tuple(measure for measure in _measures(snapshot.id, snapshot) if map_levels(tuple(measure.levels)))


def offer(snapshot: Snapshot, measure: Measure) -> Offer:
    """What a reader may choose for this measure."""
    periods = _periods(snapshot.id, snapshot, measure.feed, measure.measure)
    return Offer(
        feed=measure.feed,
        measure=measure.measure,
        levels=map_levels(tuple(measure.levels)),
        groups=tuple(code for code, _ in measure.harm_groups),
        periods=tuple(zip(periods["period"], periods["label"], periods["state"], strict=True)),
    )


def map_counts(snapshot: Snapshot, choice: Choice, periods: tuple[str, ...]) -> pd.DataFrame:
    """One row per area in force, for the whole selection."""
    return _map_counts(snapshot.id, snapshot, choice.feed, choice.measure, choice.level, choice.groups, periods)


def series(snapshot: Snapshot, choice: Choice, area_id: str) -> pd.DataFrame:
    """One row per period, oldest first, for one place."""
    return _series(snapshot.id, snapshot, choice.feed, choice.measure, choice.level, area_id, choice.groups)


def outlines(snapshot: Snapshot, level: str) -> dict[str, Any]:
    """Simplified shapes of one level, EPSG:4326."""
    return _outlines(snapshot.id, snapshot, level)


def context(snapshot: Snapshot) -> dict[str, Any]:
    """River, roads, railway and parks for the backdrop; may be empty."""
    return _context(snapshot.id, snapshot)


def freshness(snapshot: Snapshot) -> pd.DataFrame:
    """One row per feed: what was delivered when, and what is still arriving (a list of labels)."""
    return _freshness(snapshot.id, snapshot)


# Each inner function is keyed by the snapshot's id; the snapshot itself (leading underscore) is not hashed.


@st.cache_resource(max_entries=2, show_spinner=wording.OPENING)
def _open(folder: str, published: str) -> Snapshot:
    return queries.open_snapshot(Path(folder))


@st.cache_data(max_entries=4, show_spinner=False)
def _measures(snapshot_id: str, _snapshot: Snapshot) -> tuple[Measure, ...]:
    return tuple(_snapshot.measures())


@st.cache_data(max_entries=64, show_spinner=False)
def _periods(snapshot_id: str, _snapshot: Snapshot, feed: str, measure: str) -> pd.DataFrame:
    return _snapshot.periods(feed, measure)


@st.cache_data(max_entries=512, show_spinner=wording.LOADING_MAP)
def _map_counts(
    snapshot_id: str,
    _snapshot: Snapshot,
    feed: str,
    measure: str,
    level: str,
    groups: tuple[str, ...],
    periods: tuple[str, ...],
) -> pd.DataFrame:
    return _snapshot.map_counts(feed, measure, area_level=level, harm_groups=list(groups), periods=list(periods))


@st.cache_data(max_entries=512, show_spinner=False)
def _series(
    snapshot_id: str,
    _snapshot: Snapshot,
    feed: str,
    measure: str,
    level: str,
    area_id: str,
    groups: tuple[str, ...],
) -> pd.DataFrame:
    return _snapshot.series(feed, measure, area_level=level, area_id=area_id, harm_groups=list(groups))


@st.cache_data(max_entries=12, show_spinner=False)
def _outlines(snapshot_id: str, _snapshot: Snapshot, level: str) -> dict[str, Any]:
    return _snapshot.outlines(level)


@st.cache_data(max_entries=4, show_spinner=False)
def _context(snapshot_id: str, _snapshot: Snapshot) -> dict[str, Any]:
    return _snapshot.context()


@st.cache_data(max_entries=4, show_spinner=False)
def _freshness(snapshot_id: str, _snapshot: Snapshot) -> pd.DataFrame:
    return _snapshot.freshness()
