"""The controls of the Reports page: which document, of what and of when, and which role issues it. Never in the URL."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard import access, reads, registers, reporting
from dashboard.report.asked import Wish
from dashboard.wording import reports_page as words

DAYS_BACK, YEAR = 28, 4  # days a fortnight may end on; quarters of a report


def choose(snapshot: reads.Snapshot) -> Wish | None:
    """What the reader has chosen; null, with the reason in words, where there is nothing to choose."""
    offered = reporting.documents()
    document = st.radio(words.WHICH, offered, key="reports:document", format_func=words.document)
    if document == "pack":
        return _pack(snapshot)
    if document == "minutes":
        return _minutes(snapshot)
    if document == "brief":
        return _brief(snapshot)
    if document == "fortnight":
        days = [snapshot.as_at - timedelta(days=back) for back in range(DAYS_BACK)]
        return Wish("fortnight", to_on=st.selectbox(words.TO, days, key="reports:to", format_func=words.fortnight))
    quarters = dict(reporting.quarters())
    if not quarters:
        st.html(registers.paragraph(words.NO_QUARTER))
        return None
    labels, (one, other) = list(quarters), st.columns(2)
    with one:
        first = _one_of(words.FROM_QUARTER, labels, "reports:first", usual=labels[-YEAR:][0])
    with other:
        last = _one_of(words.TO_QUARTER, labels[labels.index(first) :], f"reports:last:{first}", usual=labels[-1])
    st.html(registers.paragraph(words.ASKS))
    return Wish("board", first=quarters[first][0], last=quarters[last][1])


def _locality(snapshot: reads.Snapshot, names: dict[str, str]) -> str:
    own = snapshot.audience.locality
    codes = [own] if own else list(names)
    return st.selectbox(words.LOCALITY, codes, key="reports:locality", format_func=lambda code: names.get(code, code))


def _minutes(snapshot: reads.Snapshot) -> Wish | None:
    names = reads.ask(snapshot, "localities")
    locality = _locality(snapshot, names)
    days = reporting.minuted_days(locality)
    if not days:
        st.html(registers.paragraph(words.NO_MINUTES.format(locality=names.get(locality, locality))))
        return None
    meeting = st.selectbox(words.MEETING, days, key=f"reports:minuted:{locality}", format_func=words.meeting)
    return Wish("minutes", locality=locality, meeting_on=meeting)


def _brief(snapshot: reads.Snapshot) -> Wish | None:
    names = reads.ask(snapshot, "localities")
    locality = _locality(snapshot, names)
    places = reporting.places_of(locality)
    if not places:
        st.html(registers.paragraph(words.NO_PLACES.format(locality=names.get(locality, locality))))
        return None
    place = st.selectbox(words.PLACE, list(places), key=f"reports:place:{locality}", format_func=places.__getitem__)
    agency = st.selectbox(words.AGENCY, reporting.agencies(), key="reports:agency")
    return Wish("brief", locality=locality, place_id=place, agency=agency)


def _pack(snapshot: reads.Snapshot) -> Wish | None:
    names = reads.ask(snapshot, "localities")
    locality = _locality(snapshot, names)
    days = reporting.meetings_of(locality)
    if not days:
        st.html(registers.paragraph(words.NO_MEETING.format(locality=names.get(locality, locality))))
        return None
    meeting = st.selectbox(words.MEETING, days, key=f"reports:meeting:{locality}", format_func=words.meeting)
    return Wish("pack", locality=locality, meeting_on=meeting)


def role() -> str:
    """The role that issues it: that of whoever signed in; where nobody does, one of those the partnership knows."""
    mine = reporting.roles().signed_in(access.who().role)
    if mine:
        st.html(registers.paragraph(f"{words.BY}: {mine}"))
        return mine
    known = list(reporting.roles().known)
    usual = reporting.ISSUER if reporting.ISSUER in known else known[0]
    return _one_of(words.BY, known, "reports:by", usual=usual, about=words.BY_HELP)


def _one_of(label: str, options: list[str], key: str, *, usual: str, about: str | None = None) -> str:
    """A choice that starts with the usual one, and stays what it was while another page is looked at."""
    if st.session_state.get(key) not in options:
        st.session_state[key] = usual
    return st.selectbox(label, options, key=key, help=about)
