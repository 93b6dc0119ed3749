"""The dashboard's entry: settings of the page, which snapshot is shown, and the way to each page."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import access, panels, reads, trail, wording
from dashboard.signin import guard, page
from dashboard.views import about, assessments, interventions, meeting, place, reports, trends
from dashboard.views import map as town_map
from dashboard.wording import signin as words
from pipelines.trail import TrailFault

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
START = "start"  # the page at the address of all, for Streamlit: nobody sees it
# What a reader chose stays chosen while another page is looked at: Streamlit forgets the controls of a page that is left.
KEPT = ("measure", "level", "from:", "to:", "groups:", "show", "place", "locality", "interventions:", "reports:")

STYLE = Path(__file__).parent / "static" / "page.css"

log = logging.getLogger(__name__)


def main() -> None:
    """Draw one run: banner, navigation, page; or say plainly why there is nothing to draw."""
    st.set_page_config(page_title=wording.PRODUCT, layout="wide", initial_sidebar_state="expanded")
    st.html(STYLE)
    found = guard.admission()
    if isinstance(found, guard.TurnedAway):
        page.turn_away(found)
        return
    try:
        if found is not None:
            trail.signed_in(found)
        _draw(found)
    except TrailFault:
        st.html(panels.message(*words.why("untold")))
    except guard.NotLetIn:
        if isinstance(guard.admission(), guard.TurnedAway):
            st.rerun()  # it ended as the page was drawn: what stands there already goes
        st.html(panels.message(words.NOT_FOR_YOU_TITLE, words.NOT_FOR_YOU))


def _draw(found: guard.Admitted | None) -> None:
    """Draw what whoever is let in may have; `found` is null where nobody signs in."""
    snapshot = _snapshot()
    if snapshot is None:
        return
    open_to_all = [(name, page, title) for name, page, title in PAGES if access.may_open(name)]
    pages = [
        st.Page(page, title=title, url_path=name if number else START, default=number == 0)
        for number, (name, page, title) in enumerate(open_to_all)
    ]
    for key in [str(key) for key in st.session_state if str(key).startswith(KEPT)]:
        st.session_state[key] = st.session_state[key]
    first = open_to_all[0][0]
    chosen = st.navigation([*pages, _by_its_name(first, pages[0])], position="top")
    name = chosen.url_path or first
    trail.opened(name, snapshot)
    _banner(snapshot, found)
    chosen.run()
    trail.opened(name, snapshot)  # what the page itself wrote into the URL


def _by_its_name(name: str, start: Any) -> Any:
    """Where the page at the address of all is asked for by its own name: for Streamlit there would be none of that name."""

    def go() -> None:
        st.switch_page(start, query_params=st.query_params.to_dict())

    return st.Page(go, title=start.title, url_path=name, visibility="hidden")


def _snapshot() -> reads.Snapshot | None:
    try:
        return reads.current_snapshot(access.audience())
    except guard.NotLetIn:
        raise
    except reads.NotForAnybody:
        st.html(panels.message(words.NOBODY_TITLE, words.NOBODY_STEPS))
    except reads.NoSnapshot:
        st.html(panels.message(wording.EMPTY_TITLE, wording.EMPTY_STEPS))
    except Exception as fault:  # whatever is wrong with the file, the reader is told what to do
        # The kind of fault only: its message might quote a value.
        log.error("the snapshot cannot be read: %s", type(fault).__name__)
        st.html(panels.message(wording.BROKEN_TITLE, wording.BROKEN_STEPS))
    return None


def _banner(snapshot: reads.Snapshot, found: guard.Admitted | None) -> None:
    freshness = reads.freshness(snapshot)
    arriving: dict[str, list[str]] = {}
    for label, periods in zip(freshness["label"], freshness["still_arriving_periods"], strict=True):
        for period in periods:
            arriving.setdefault(period, []).append(label)
    shares = [6, 1] if found is None else [6, 1, 1]
    left, right, *account = st.columns(shares, vertical_alignment="center", gap="small")
    with left:
        st.html(
            panels.banner(
                wording.as_at(snapshot.town, snapshot.as_at),
                wording.arriving(arriving),
                wording.shown_to(snapshot.audience.name, reads.locality_name(snapshot)),
                words.DEMO if found is None else "",
            )
        )
    with right, st.popover(wording.FRESHNESS, width="stretch"):
        st.html(panels.freshness_table(freshness))
    if found is not None:
        with account[0]:
            page.beside_banner(found, reads.ask(snapshot, "localities"))


main()
