"""Which meeting is on the screen: the live one of a locality, or a frozen one; and what the keys move through."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard import palette, reads, trail, wording
from dashboard.shading import PlaceFigure
from dashboard.wording import directions
from dashboard.wording import meeting as words
from pipelines.errors import HarmError
from pipelines.insight import frozen, meeting
from pipelines.record import open_existing
from pipelines.settings import Settings

View = dict[str, Any]
Place = Mapping[str, Any]
AlreadyFrozen = frozen.AlreadyFrozen
FrozenMeeting = frozen.FrozenMeeting
Refused = HarmError


def snapshot_of(locality: str) -> reads.Snapshot:
    """The published snapshot as the meeting of a locality has it. The manager sees it as that meeting does."""
    return reads.current_snapshot(reads.Audience("meeting", locality))


def live(locality: str) -> View:
    """What the meeting of a locality sees now."""
    snapshot = snapshot_of(locality)
    return _live((str(reads.data_dir().resolve()), snapshot.id, locality), snapshot)


@st.cache_data(max_entries=24, show_spinner=words.LOADING)
def _live(key: tuple[str, str, str], _snapshot: reads.Snapshot) -> View:
    folder, _, locality = key
    return meeting.meeting_view(_snapshot, locality, frozen.earlier(folder, _snapshot, locality))


def kept(audience: reads.Audience, locality: str) -> list[FrozenMeeting]:
    """The frozen meetings of a locality that this audience may open, newest first."""
    return [one for one in frozen.frozen_meetings(reads.data_dir(), audience) if one.locality == locality]


def reopen(audience: reads.Audience, one: FrozenMeeting) -> dict[str, Any]:
    """A frozen meeting: met_on, wording and view. Raises Refused for one that cannot be shown, with the reason in words."""
    return frozen.read_frozen(reads.data_dir(), one.locality, one.met_on, audience)


def freeze(view: View, met_on: str) -> None:
    """Keep what is on the screen for good, once it is on the trail. Raises AlreadyFrozen the second time, and TrailFault."""
    trail.note("freeze", snapshot=view["snapshot"], selection={"locality": view["locality"]["id"], "meeting": met_on})
    store = open_existing(Settings(reads.data_dir()))
    frozen.freeze(reads.data_dir(), view, date.fromisoformat(met_on), wording=words.VERSION, store=store)


def direction_figures(places: list[Place]) -> list[PlaceFigure]:
    """One figure a place for the map, shaded by its direction: mark, colour and word together."""
    return [_figure(place) for place in places]


def _figure(place: Place) -> PlaceFigure:
    look = palette.DIRECTIONS[place["direction"]]
    word = directions.WORDS[place["direction"]]
    shade = palette.Shade(
        mark=look.mark, word=word, lowest=0, highest=0, label=word, colour=look.colour, ink=look.ink
    )  # fmt: skip
    level = wording.LEVEL_SINGULAR.get(place["area_level"], "Place")
    return PlaceFigure(place["area_id"], place["name"], math.nan, f"{level}: {word.lower()}", shade, look.hatched)


def ordered(view: View, sort: str) -> list[Place]:
    """Every place once: as the sections name them, then the others. What the keys move through, and what numbers them."""
    by_id = {place["area_id"]: place for place in view["places"]}
    listed = [area for section in meeting.SECTIONS for area in section_places(view, section, sort)]
    return [by_id[area] for area in dict.fromkeys([*listed, *by_id]) if area in by_id]


def section_places(view: View, section: str, sort: str) -> list[str]:
    """The places a section names, in its order; the queue in the reader's."""
    rows = view["sections"][section]
    found = list(dict.fromkeys(row["area_id"] if isinstance(row, dict) else row for row in rows))
    if section != "needs_plan" or sort not in _SORTS:
        return found
    by_id = {place["area_id"]: place for place in view["places"]}
    return sorted(found, key=lambda area: _SORTS[sort](by_id[area]))


_SORTS: dict[str, Callable[[Place], Any]] = {
    "name": lambda place: place["name"].casefold(),
    "waiting": lambda place: -((place["assessment"] or {}).get("days") or -1),
    "lacking": lambda place: -len(place["lacking"]),
}
