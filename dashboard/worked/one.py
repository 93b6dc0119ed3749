"""One piece of work: did it work, did harm only move, and how sure is that?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard import charts, panels, reads, registers
from dashboard.reads import Snapshot
from dashboard.wording import impact as told_words
from dashboard.wording import worked as words
from dashboard.worked import figures, ground, pieces, verdicts
from dashboard.worked.known import Known

CHOICE_KEY = "interventions:one"


def draw(snapshot: Snapshot, impacts: Sequence[Any], known: Known, to_before: Callable[[str], None]) -> None:
    """Draw the chosen piece of work. It is kept in the session, never in the URL.

    to_before  opens Before it starts with a planned piece of work
    """
    if not impacts:
        st.html(registers.paragraph(words.NO_WORK))
        return
    by_entry = {one.entry_id: one for one in impacts if one.entry_id in known.work}
    if st.session_state.get(CHOICE_KEY) not in by_entry:
        st.session_state[CHOICE_KEY] = first_shown(list(by_entry.values()), st.session_state.get("place"))
    st.selectbox(
        words.CHOOSE, tuple(by_entry), key=CHOICE_KEY, index=None, placeholder=words.PROMPT,
        format_func=lambda one: known.called.get(one, one),
    )  # fmt: skip
    told = by_entry.get(st.session_state[CHOICE_KEY] or "")
    if told is None:
        st.html(registers.paragraph(words.NOTHING_CHOSEN))
    elif told.reason or told.headline is None:
        _not_judged(told, known, to_before)
    else:
        _judged(snapshot, told, known)


def first_shown(impacts: Sequence[Any], place: str | None) -> str | None:
    """What is shown before anybody chooses: of the place chosen elsewhere, else the newest; what is judged first."""
    here = [one for one in impacts if one.area and one.area[1] == place] or list(impacts)
    judged = [one for one in here if not one.reason and one.headline is not None]
    return str((judged or here)[0].entry_id) if here else None


def _not_judged(told: Any, known: Known, to_before: Callable[[str], None]) -> None:
    work = known.work[told.entry_id]
    st.html(pieces.heading(work, known) + pieces.not_judged(told, known))
    if told.verdict == "planned":
        st.button(words.TO_BEFORE, on_click=to_before, args=(told.entry_id,))
    if told.verdict != "led_elsewhere":
        st.html(pieces.beside(told, None, work, known, {}, {}))


def _judged(snapshot: Snapshot, told: Any, known: Known) -> None:
    detail = reads.ask(snapshot, "impact", told.entry_id)
    work = known.work[told.entry_id]
    through = detail.series["label"].iloc[-1] if len(detail.series) else told.through
    st.html(pieces.heading(work, known) + pieces.headline(told, known, len(told.headline.after_periods), through))
    if not math.isnan(told.headline.expected):  # an audience without counts has none by month either
        _over_time(detail, known)
    left, right = st.columns(2, gap="large")
    with left:
        st.html(pieces.moved(told))
        st.html(pieces.guards(told))
    with right:
        st.html(verdicts.part(words.COMPARED, pieces.compared(detail, work)))
        ground.draw(snapshot, detail, known)
        st.html(ground.legend(detail))
        with st.expander(words.AS_TABLE):
            st.html(ground.table(detail, known))
    _placebos(detail)
    statuses, events = (reads.ask(snapshot, "vocabulary", one) for one in ("assessment_status", "recording_event_kind"))
    left, right = st.columns(2, gap="large")
    with left:
        st.html(pieces.by_group(detail, known))
        st.html(pieces.second_look(detail))
    with right:
        st.html(pieces.beside(told, detail, work, known, statuses, events))


def _over_time(detail: Any, known: Known) -> None:
    rows = detail.series
    if rows.empty:
        return
    after = rows[rows["phase"] == "after"]
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.html(f'<h3 class="sp-worked-sub">{words.OVER_TIME}</h3>')
        _picture(figures.over_time(rows, detail.impact.with_guard.guard), "impact:time")
        name = known.called[detail.impact.entry_id]
        labels = rows["label"].iloc[0], rows["label"].iloc[-1], after["label"].iloc[0]
        st.html(panels.notes([words.month_alt(name, *labels, detail.impact.verdict), f"Band: {words.USUAL}."]))
    with right:
        st.html(f'<h3 class="sp-worked-sub">{words.ADDED_UP}</h3>')
        _picture(figures.added_up(rows), "impact:sum")
        last = after.iloc[-1]
        if math.isfinite(last["prevented_low"]) and math.isfinite(last["prevented_high"]):
            said = words.added_alt(last["prevented"], last["prevented_low"], last["prevented_high"])
            st.html(panels.notes([said]))
    with st.expander(words.AS_TABLE):
        st.html(verdicts.scrolled(words.OVER_TIME, pieces.months(rows)))


def _placebos(detail: Any) -> None:
    found = detail.impact.headline
    if not detail.placebos or math.isnan(found.rate_ratio):
        return
    others = len(found.placebos)
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    with left:
        st.html(f'<h3 class="sp-worked-sub">{words.PLACEBO_TITLE}</h3>')
        _picture(figures.placebos(detail.placebos, found.rate_ratio), "impact:placebos")
    with right:
        ranked = told_words.ranked(int(found.placebo_rank), others) if math.isfinite(found.placebo_rank) else ""
        st.html(verdicts.said(words.placebo_alt(len(detail.placebos)), ranked))


def _picture(figure: Any, key: str) -> None:
    st.plotly_chart(figure, key=key, theme=None, config=charts.CONFIG, width="stretch")
