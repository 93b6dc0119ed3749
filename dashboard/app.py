"""The dashboard's entry: settings of the page, which snapshot is shown, and the way to each page."""

from __future__ import annotations

import logging
from pathlib import Path

import streamlit as st

from dashboard import access, panels, reads, wording
from dashboard.views import about, assessments, interventions, meeting, place, reports, trends
from dashboard.views import map as town_map

# (name, page, title), in the order of the navigation; the first the audience may open is where it starts.
PAGES = (
    ("meeting", meeting.page, wording.PAGE_MEETING),
    ("map", town_map.page, wording.PAGE_MAP),
    ("place", place.page, wording.PAGE_PLACE),
    ("trends", trends.page, wording.PAGE_TRENDS),
    ("assessments", assessments.page, wording.PAGE_ASSESSMENTS),
    ("interventions", interventions.page, wording.PAGE_INTERVENTIONS),
    ("reports", reports.page, reports.TITLE),
    ("about", about.page, about.TITLE),
)
# What a reader chose stays chosen while another page is looked at: Streamlit forgets the controls of a page that is left.
KEPT = ("measure", "level", "from:", "to:", "groups:", "show", "place", "locality", "interventions:", "reports:")

STYLE = Path(__file__).parent / "static" / "page.css"

log = logging.getLogger(__name__)


def main() -> None:
    """Draw one run: banner, navigation, page; or say plainly why there is nothing to draw."""
    st.set_page_config(page_title=wording.PRODUCT, layout="wide", initial_sidebar_state="expanded")
    st.html(STYLE)
    snapshot = _snapshot()
    if snapshot is None:
        return
    open_to_all = [(name, page, title) for name, page, title in PAGES if access.may_open(name)]
    pages = [
        st.Page(page, title=title, url_path=name, default=number == 0)
        for number, (name, page, title) in enumerate(open_to_all)
    ]
    for key in [str(key) for key in st.session_state if str(key).startswith(KEPT)]:
        st.session_state[key] = st.session_state[key]
    chosen = st.navigation(pages, position="top")
    _banner(snapshot)
    chosen.run()


def _snapshot() -> reads.Snapshot | None:
    try:
        return reads.current_snapshot(access.audience())
    except reads.NoSnapshot:
        st.html(panels.message(wording.EMPTY_TITLE, wording.EMPTY_STEPS))
    except Exception as fault:  # whatever is wrong with the file, the reader is told what to do
        # The kind of fault only: its message might quote a value.
        log.error("the snapshot cannot be read: %s", type(fault).__name__)
        st.html(panels.message(wording.BROKEN_TITLE, wording.BROKEN_STEPS))
    return None


def _banner(snapshot: reads.Snapshot) -> None:
    freshness = reads.freshness(snapshot)
    arriving: dict[str, list[str]] = {}
    for label, periods in zip(freshness["label"], freshness["still_arriving_periods"], strict=True):
        for period in periods:
            arriving.setdefault(period, []).append(label)
    left, right = st.columns([6, 1], vertical_alignment="center", gap="small")
    with left:
        st.html(
            panels.banner(
                wording.as_at(snapshot.town, snapshot.as_at),
                wording.arriving(arriving),
                wording.shown_to(snapshot.audience.name, reads.locality_name(snapshot)),
            )
        )
    with right, st.popover(wording.FRESHNESS, width="stretch"):
        st.html(panels.freshness_table(freshness))


main()
