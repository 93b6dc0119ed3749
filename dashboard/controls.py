"""The controls in the sidebar: they start from the URL, and every change is written back to it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import reads, wording
from dashboard.choices import RATE_LEVELS, Choice, Offer, from_query, to_query
from dashboard.reads import Measure, Snapshot


@dataclass(frozen=True)
class Selection:
    """What a page needs to draw what the reader has chosen."""

    snapshot: Snapshot
    measure: Measure
    offer: Offer
    choice: Choice

    @property
    def periods(self) -> tuple[str, ...]:
        """The chosen periods, oldest first."""
        return self.choice.periods(self.offer)

    @property
    def labels(self) -> dict[str, str]:
        """What readers call each period."""
        return {period: label for period, label, _ in self.offer.periods}

    @property
    def span(self) -> str:
        """The chosen periods in words."""
        return wording.span(self.labels[self.choice.first], self.labels[self.choice.last])


def choose(snapshot: Snapshot) -> Selection:
    """Draw the controls and return what the reader has chosen.

    Must run outside any fragment: a change here is a change of the whole page.
    """
    with st.sidebar:
        st.header(wording.CONTROLS)
        measure = _measure(reads.measures(snapshot))
        offer = reads.offer(snapshot, measure)
        usual = from_query(st.query_params.to_dict(), offer)
        level = _level(offer, usual)
        first, last = _span(offer, usual)
        groups = _groups(measure, usual)
        per_1000 = _per_1000(level, usual)
    choice = Choice(measure.feed, measure.measure, level, groups, first, last, per_1000)
    _write_query(to_query(choice, offer))
    return Selection(snapshot, measure, offer, choice)


def _measure(measures: tuple[Measure, ...]) -> Measure:
    by_key = {f"{measure.feed}.{measure.measure}": measure for measure in measures}
    _start_from("measure", st.query_params.get("measure"), tuple(by_key))
    key = st.selectbox(wording.MEASURE, tuple(by_key), key="measure", format_func=lambda key: by_key[key].label)
    return by_key[key]


def _level(offer: Offer, usual: Choice) -> str:
    _start_from("level", usual.level, offer.levels)
    return st.selectbox(
        wording.LEVEL,
        offer.levels,
        key="level",
        format_func=lambda level: wording.LEVEL_NAMES.get(level, level),
    )


def _span(offer: Offer, usual: Choice) -> tuple[str, str]:
    known = tuple(period for period, _, _ in offer.periods)
    labels = {
        period: label if state == "collected" else f"{label} ({wording.STATES.get(state, state)})"
        for period, label, state in offer.periods
    }
    newest_first = known[::-1]
    _start_from(f"from:{offer.feed}", usual.first, newest_first)
    first = st.selectbox(wording.FROM, newest_first, key=f"from:{offer.feed}", format_func=labels.__getitem__)
    after = known[known.index(first) :][::-1]
    _start_from(f"to:{offer.feed}", usual.last, after)
    last = st.selectbox(wording.TO, after, key=f"to:{offer.feed}", format_func=labels.__getitem__)
    return first, last


def _groups(measure: Measure, usual: Choice) -> tuple[str, ...]:
    labels = dict(measure.harm_groups)
    if len(labels) < 2:
        return tuple(labels)
    key = f"groups:{measure.feed}.{measure.measure}"
    if key not in st.session_state:
        st.session_state[key] = [] if usual.groups == tuple(labels) else list(usual.groups)
    chosen = st.multiselect(
        wording.GROUPS_OF.get(measure.feed, wording.GROUPS), tuple(labels), key=key,
        format_func=labels.__getitem__, placeholder=wording.ALL_GROUPS,
    )  # fmt: skip
    return tuple(code for code in labels if code in chosen) or tuple(labels)


def _per_1000(level: str, usual: Choice) -> bool:
    if level not in RATE_LEVELS:
        st.caption(wording.NO_RATES)
        return False
    _start_from("show", "rate" if usual.per_1000 else "count", ("count", "rate"))
    shown = {"count": wording.COUNTS, "rate": wording.RATES}
    return st.radio(wording.SHOW, tuple(shown), key="show", format_func=shown.__getitem__) == "rate"


def _start_from(key: str, usual: str | None, offered: tuple[str, ...]) -> None:
    """Give a control its first value, and a new one when its old value is no longer on offer."""
    if st.session_state.get(key) not in offered:
        st.session_state[key] = usual if usual in offered else offered[0]


def _write_query(query: dict[str, str]) -> None:
    # Replacing the whole query also removes anything somebody else put there, a place above all.
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
