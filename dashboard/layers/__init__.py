"""What one map shows: its places with their shades and words, and everything that must be read with them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import map_values, maps, reads, wording
from dashboard.choices import DIRECTIONS, MAP_LEVELS, STATUS, Choice
from dashboard.controls import Selection
from dashboard.layers import counts, directions, status
from dashboard.layers.parts import Shown


def shown(selection: Selection) -> Shown:
    """Everything the page draws for a selection: made once for each, and never changed by who draws it."""
    return _shown(reads._key(selection.snapshot), selection.choices, selection)


@st.cache_resource(max_entries=128, show_spinner=wording.LOADING_MAP)
def _shown(key: reads.Key, choices: tuple[Choice, ...], _selection: Selection) -> Shown:
    if _selection.choice.layer == STATUS:
        return status.shown(_selection)
    if _selection.choice.layer in DIRECTIONS:
        return directions.shown(_selection)
    return counts.shown(_selection)


def ground(snapshot: reads.Snapshot) -> maps.Ground:
    """The base map of this snapshot and audience, with the shapes of every level the map may show."""
    return _ground(reads._key(snapshot), snapshot)


def large(snapshot: reads.Snapshot) -> map_values.Town | None:
    """The same for a town that is too large for folium; null for any other."""
    return _large(reads._key(snapshot), snapshot)


@st.cache_resource(max_entries=24, show_spinner=False)
def _ground(key: reads.Key, _snapshot: reads.Snapshot) -> maps.Ground:
    beats = reads.outlines(_snapshot, reads.backdrop_level(_snapshot))
    return maps.ground(beats, reads.context(_snapshot), _levels(_snapshot))


@st.cache_resource(max_entries=24, show_spinner=False)
def _large(key: reads.Key, _snapshot: reads.Snapshot) -> map_values.Town | None:
    thin, levels = reads.backdrop_level(_snapshot), _levels(_snapshot)
    if not map_values.is_large(len(outlines["features"]) for outlines in levels.values()):
        return None
    levels.setdefault(thin, reads.outlines(_snapshot, thin))
    return map_values.town(levels, reads.context(_snapshot), thin)


def _levels(snapshot: reads.Snapshot) -> dict[str, Any]:
    return {level: reads.outlines(snapshot, level) for level in MAP_LEVELS if level in snapshot.area_levels}
