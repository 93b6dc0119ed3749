"""What one map shows: its places with their shades and words, and everything that must be read with them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import maps, reads
from dashboard.choices import DIRECTIONS, MAP_LEVELS, STATUS
from dashboard.controls import Selection
from dashboard.layers import counts, directions, status
from dashboard.layers.parts import Shown


def shown(selection: Selection) -> Shown:
    """Everything the page draws for a selection."""
    if selection.choice.layer == STATUS:
        return status.shown(selection)
    if selection.choice.layer in DIRECTIONS:
        return directions.shown(selection)
    return counts.shown(selection)


def ground(snapshot: reads.Snapshot) -> maps.Ground:
    """The base map of this snapshot and audience, with the shapes of every level the map may show."""
    return _ground((snapshot.id, snapshot.audience.name, snapshot.audience.locality), snapshot)


@st.cache_data(max_entries=24, show_spinner=False)
def _ground(key: tuple[str, str, str | None], _snapshot: reads.Snapshot) -> maps.Ground:
    known = [level for level in MAP_LEVELS if level in _snapshot.area_levels]
    levels: dict[str, Any] = {level: reads.outlines(_snapshot, level) for level in known}
    return maps.ground(reads.outlines(_snapshot, reads.backdrop_level(_snapshot)), reads.context(_snapshot), levels)
