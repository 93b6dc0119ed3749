"""The only door to the numbers: calls of the read API, cached under the snapshot they came from and who they are for.

A snapshot never changes once published, so nothing cached here goes stale and no cache needs a timeout. The
audience is part of every key: what was read for one is never given to another.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR, access, wording
from dashboard.choices import Choice, Offer, map_levels
from pipelines.insight import queries

Audience = queries.Audience
band_words = queries.band_words
NoSnapshot = queries.NoSnapshot
NotForThisAudience = queries.NotForThisAudience
SnapshotFault = queries.SnapshotFault
Measure = queries.Measure
Snapshot = queries.Snapshot
INCIDENTS = ("incidents", "incidents")


class NotForAnybody(Exception):
    """The snapshot is of a real partnership, and nobody signs in here."""


def data_dir() -> Path:
    """The data directory this server was started with; the demo town's when nobody said."""
    return Path(os.environ.get(DATA_DIR_VARIABLE) or DEFAULT_DATA_DIR)


def current_snapshot(audience: Audience) -> Snapshot:
    """Open the published snapshot for one audience, once for each one published.

    Raises NoSnapshot when none has been published, NotLetIn where the reader may not have what is made for this audience,
    and NotForAnybody where nobody signs in and the snapshot may only be shown to those who do.
    """
    access.require(audience)
    folder = data_dir()
    pointer = folder / "snapshots" / "current"
    published = pointer.read_text(encoding="utf-8") if pointer.is_file() else ""
    snapshot = _open(str(folder.resolve()), published, audience.name, audience.locality)
    if access.nobody_signs_in() and not snapshot.needs_no_sign_in:
        raise NotForAnybody
    return snapshot


def locality_name(snapshot: Snapshot) -> str | None:
    """The name of a meeting's own locality; null for every other audience."""
    return _locality_name(_key(snapshot), snapshot)


def measures(snapshot: Snapshot) -> tuple[Measure, ...]:
    """The measures that can be put on the map and have a period to show, in the snapshot's own order."""
    return _measures(_key(snapshot), snapshot)


def has_incidents(snapshot: Snapshot) -> bool:
    """Whether this snapshot has the partnership's own incidents: without them no place has a story to tell."""
    return any((measure.feed, measure.measure) == INCIDENTS for measure in measures(snapshot))


def offer(snapshot: Snapshot, measure: Measure) -> Offer:
    """What a reader may choose for this measure."""
    return _offer(_key(snapshot), snapshot, measure)


def map_counts(snapshot: Snapshot, choice: Choice, periods: tuple[str, ...]) -> pd.DataFrame:
    """One row per area in force, for the whole selection."""
    return _map_counts(_key(snapshot), snapshot, choice.feed, choice.measure, choice.level, choice.groups, periods)


def series(snapshot: Snapshot, choice: Choice, area_id: str) -> pd.DataFrame:
    """One row per period, oldest first, for one place."""
    return _series(_key(snapshot), snapshot, choice.feed, choice.measure, choice.level, area_id, choice.groups)


def outlines(snapshot: Snapshot, level: str) -> dict[str, Any]:
    """Simplified shapes of one level, EPSG:4326."""
    return _outlines(_key(snapshot), snapshot, level)


def backdrop_level(snapshot: Snapshot) -> str:
    """The finest level that fills the town side by side, of those its audience may have."""
    return next(level for level in ("beat", "locality", "city") if level in snapshot.area_levels)


def context(snapshot: Snapshot) -> dict[str, Any]:
    """River, roads, railway and parks for the backdrop; may be empty."""
    return _context(_key(snapshot), snapshot)


def ask(snapshot: Snapshot, question: str, *given: Any, **named: Any) -> Any:
    """Any other question of the read API by the name of its method, answered once for each snapshot and audience.

    Sequences must be given as tuples. Raises what the method raises.
    """
    return _answer(_key(snapshot), snapshot, question, given, tuple(sorted(named.items())))


def freshness(snapshot: Snapshot) -> pd.DataFrame:
    """One row per feed: what was delivered when, and what is still arriving (a list of labels)."""
    return _freshness(_key(snapshot), snapshot)


# A key is the snapshot's id and its audience; the snapshot itself (leading underscore) is not hashed.
Key = tuple[str, str, str | None]


def _key(snapshot: Snapshot) -> Key:
    # Every reading passes here, and is asked for somebody: NotLetIn goes up to the page, which then shows nothing.
    access.require(snapshot.audience)
    return snapshot.id, snapshot.audience.name, snapshot.audience.locality


@st.cache_resource(max_entries=12, show_spinner=wording.OPENING)
def _open(folder: str, published: str, name: str, locality: str | None) -> Snapshot:
    return queries.open_snapshot(Path(folder), Audience(name, locality))


@st.cache_data(max_entries=24, show_spinner=False)
def _locality_name(key: Key, _snapshot: Snapshot) -> str | None:
    return _snapshot.locality_name


# A resource is handed out as it is, where data is copied for each who asks: only what nobody can change is one.
@st.cache_resource(max_entries=24, show_spinner=False)
def _measures(key: Key, _snapshot: Snapshot) -> tuple[Measure, ...]:
    return tuple(
        measure
        for measure in _snapshot.measures()
        if map_levels(measure.levels) and len(_snapshot.periods(measure.feed, measure.measure))
    )


@st.cache_resource(max_entries=128, show_spinner=False)
def _offer(key: Key, _snapshot: Snapshot, measure: Measure) -> Offer:
    periods = _snapshot.periods(measure.feed, measure.measure)
    return Offer(
        feed=measure.feed,
        measure=measure.measure,
        levels=map_levels(measure.levels),
        groups=tuple(code for code, _ in measure.harm_groups),
        periods=tuple(zip(periods["period"], periods["label"], periods["state"], strict=True)),
    )


@st.cache_data(max_entries=512, show_spinner=wording.LOADING_MAP)
def _map_counts(
    key: Key,
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
    key: Key,
    _snapshot: Snapshot,
    feed: str,
    measure: str,
    level: str,
    area_id: str,
    groups: tuple[str, ...],
) -> pd.DataFrame:
    return _snapshot.series(feed, measure, area_level=level, area_id=area_id, harm_groups=list(groups))


@st.cache_data(max_entries=48, show_spinner=False)
def _outlines(key: Key, _snapshot: Snapshot, level: str) -> dict[str, Any]:
    return _snapshot.outlines(level)


@st.cache_data(max_entries=24, show_spinner=False)
def _context(key: Key, _snapshot: Snapshot) -> dict[str, Any]:
    return _snapshot.context()


@st.cache_data(max_entries=512, show_spinner=False)
def _answer(key: Key, _snapshot: Snapshot, question: str, given: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> Any:
    return getattr(_snapshot, question)(*given, **dict(named))


@st.cache_data(max_entries=24, show_spinner=False)
def _freshness(key: Key, _snapshot: Snapshot) -> pd.DataFrame:
    return _snapshot.freshness()
