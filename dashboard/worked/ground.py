"""The map of one comparison: where the work was, what lies around it, and the beats it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st
from streamlit_folium import st_folium

from dashboard import maps, reads, registers
from dashboard.palette import INK, PAPER, Look, Shade
from dashboard.reads import Snapshot
from dashboard.registers import rich_table
from dashboard.shading import PlaceFigure
from dashboard.wording import worked as words
from dashboard.worked.known import Known

MAP_KEY, HEIGHT_PX = "impact:map", 420
LEVELS = ("beat", "place_of_concern")  # the larger first, so that the smaller lie on top
TREATED, RING, CONTROL = Look("●", "#54319f", PAPER), Look("○", "#f0b429", INK), Look("=", "#9cc3e3", INK)

Part = tuple[Look, str, Sequence[str]]


def parts_of(detail: Any) -> tuple[Part, ...]:
    """Each part of the map: its look, its words, and the places. What was treated is drawn last, on top."""
    return (
        (CONTROL, words.CONTROL_SIGN, detail.controls), (RING, words.RING_SIGN, detail.ring),
        (TREATED, words.TREATED_SIGN, (detail.treated[1],)),
    )  # fmt: skip


def draw(snapshot: Snapshot, detail: Any, known: Known) -> None:
    """Draw the map; the table of `table` says the same."""
    figures = figures_of(parts_of(detail), known)
    shown = {one.area_id for one in figures}
    shapes = [reads.outlines(snapshot, level)["features"] for level in LEVELS if level in snapshot.area_levels]
    wanted = [one for level in shapes for one in level if one["properties"]["area_id"] in shown]
    with st.container(key="interventions-map"):
        st_folium(
            maps.base_map(reads.outlines(snapshot, reads.backdrop_level(snapshot)), reads.context(snapshot)),
            key=MAP_KEY, height=HEIGHT_PX, use_container_width=True, returned_objects=[],
            feature_group_to_add=maps.places_group(
                {"type": "FeatureCollection", "features": wanted}, figures, chosen=detail.treated[1], tiled=False, turn=0,
                label=words.MAP_LABEL,
            ),
        )  # fmt: skip


def figures_of(parts: Sequence[Part], known: Known) -> list[PlaceFigure]:
    """What is drawn: a mark and a colour for each place."""
    found = []
    for look, said, areas in parts:
        shade = Shade(look.mark, said, 0, 0, said, look.colour, look.ink)
        found += [PlaceFigure(one, known.areas.get(one, one), float("nan"), said, shade, withheld=False) for one in areas]
    return found


def legend(detail: Any) -> str:
    """The marks in words, where they are drawn."""
    signs = [registers.sign(look, said) for look, said, areas in reversed(parts_of(detail)) if areas]
    return registers.signs_legend(signs, words.WHERE_MAP)


def table(detail: Any, known: Known) -> str:
    """The same as the map, in words."""
    rows = [(said, "; ".join(sorted(known.areas.get(one, one) for one in areas)) or words.NOT_SHOWN)
            for _, said, areas in reversed(parts_of(detail))]  # fmt: skip
    return rich_table(words.WHERE_MAP, words.MAP_HEADS, rows)
