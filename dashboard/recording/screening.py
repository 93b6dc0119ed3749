"""The gate's screen for words that are being written, with the names of places, agencies and roles it may read."""

from __future__ import annotations

import streamlit as st

from dashboard import reads
from dashboard.report.roles import read_labels, read_roles
from pipelines.gate.screening import screen
from pipelines.record import Screen
from pipelines.settings import Settings


def screen_for(snapshot: reads.Snapshot) -> Screen:
    """The screen as the recorder of this snapshot's audience is held to it."""
    folder = str(reads.data_dir().resolve())
    places, agencies = _names((folder, snapshot.id, snapshot.audience.name, snapshot.audience.locality), snapshot)
    return lambda text: screen(text, places=places, agencies=agencies)


@st.cache_data(max_entries=16, show_spinner=False)
def _names(key: tuple[str, str, str, str | None], _snapshot: reads.Snapshot) -> tuple[frozenset[str], frozenset[str]]:
    settings = Settings(reads.data_dir())
    partnership = settings.partnership
    places = {partnership.name, partnership.city.name, *(one.name for one in partnership.localities),
              *read_labels(settings, "place_name")}  # fmt: skip
    for level in _snapshot.area_levels:
        areas = _snapshot.areas(level)
        places |= {*map(str, areas["name"]), *map(str, areas["area_id"])}
    return frozenset(places), frozenset({*read_labels(settings, "agency"), *read_roles(settings).known})
