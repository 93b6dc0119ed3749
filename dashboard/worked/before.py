"""Before it starts: how large a fall could be seen, what would show more, and whom to compare it with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from dashboard import panels, reads, registers
from dashboard.reads import Snapshot
from dashboard.tried import PLANNED
from dashboard.wording import before as words
from dashboard.worked import deliver, verdicts
from dashboard.worked.known import Known
from pipelines.insight.impact.before import HOPED
from pipelines.insight.impact.windows import LEAST_COMPARED

FROM_KEY, PLACES_KEY, GROUPS_KEY = "interventions:planned", "interventions:places", "interventions:groups"
MONTHS_KEY, BEATS_KEY, REASON_KEY = "interventions:months", "interventions:beats", "interventions:because"
MONTHS = (3, 6, 12, 18, 24)
USUAL_MONTHS = 12


@dataclass(frozen=True)
class Asked:
    """What the reader chose; planned, the entry it was started from."""

    places: tuple[str, ...]
    groups: tuple[str, ...]
    months: int
    planned: Any


def draw(snapshot: Snapshot, known: Known) -> None:
    """Draw the page of something still to come. Nothing chosen here enters the URL, and nothing is stored."""
    st.html(f'<h2 class="sp-worked-title">{escape(words.TITLE)}</h2>{registers.paragraph(words.PURPOSE)}')
    if not known.groups:
        st.html(registers.paragraph(words.NOT_HERE))
        return
    asked = _asked(known)
    if not asked.places or not asked.groups:
        st.html(registers.paragraph(words.CHOOSE))
        return
    areas = tuple((known.levels[one], one) for one in asked.places)
    try:
        with st.spinner(words.READING):
            found = reads.ask(snapshot, "before_it_starts", areas, asked.groups, asked.months)
    except reads.NotForThisAudience:
        st.html(registers.paragraph(words.NOT_FOR_YOU))
        return
    if found is None:
        st.html(registers.paragraph(words.NOT_WHOLE))
        return
    st.html(result(found, asked.months, known))
    if not found.detectable.reason:
        _comparison(found, asked, known)


def prefill(entry: Any, groups: Sequence[str], known: Known) -> None:
    """Start from a planned piece of work: its place, and the kinds of harm it is meant for."""
    place = entry["place_id"]
    st.session_state[FROM_KEY] = str(entry["entry_id"])
    st.session_state[PLACES_KEY] = [place] if place in known.areas else []
    st.session_state[GROUPS_KEY] = [one for one in groups if one in known.groups]


def _asked(known: Known) -> Asked:
    planned = {key: one for key, one in known.work.items() if one.state == PLANNED and one.entry["place_id"] in known.areas}
    _only_offered(PLACES_KEY, known.areas)
    _only_offered(GROUPS_KEY, known.groups)
    if st.session_state.get(FROM_KEY) not in planned:
        st.session_state[FROM_KEY] = ""
    if planned:
        st.selectbox(
            words.PREFILL, ("", *planned), key=FROM_KEY, on_change=_take_planned, args=(known,),
            format_func=lambda one: known.called.get(one, words.PREFILL_NONE),
        )  # fmt: skip
    left, middle, right = st.columns([3, 3, 1])
    with left:
        names = sorted(known.areas, key=lambda one: known.areas[one])
        places = st.multiselect(words.PLACES, names, key=PLACES_KEY, format_func=lambda one: known.areas.get(one, one),
                                placeholder=words.PLACES_PROMPT)  # fmt: skip
    with middle:
        groups = st.multiselect(words.GROUPS, tuple(known.groups), key=GROUPS_KEY, format_func=lambda one: known.groups[one])
    with right:
        st.session_state.setdefault(MONTHS_KEY, USUAL_MONTHS)
        months = st.selectbox(words.MONTHS, MONTHS, key=MONTHS_KEY)
    work = planned.get(st.session_state[FROM_KEY])
    return Asked(tuple(places), tuple(groups), int(months), work.entry if work else None)


def _only_offered(key: str, offered: Any) -> None:
    """What is kept from another snapshot or audience may no longer be offered."""
    st.session_state[key] = [one for one in st.session_state.get(key, []) if one in offered]


def _take_planned(known: Known) -> None:
    work = known.work.get(st.session_state[FROM_KEY])
    if work is not None:
        prefill(work.entry, groups_of(work.entry, known), known)


def groups_of(entry: Any, known: Known) -> tuple[str, ...]:
    """The kinds of harm a piece of work is meant for; all where it names none."""
    meant = {known.codes.group_of.get(one.strip()) for one in str(entry["harm_types"] or "").split(";")}
    return tuple(one for one in known.groups if one in meant) or tuple(known.groups)


def result(found: Any, months: int, known: Known) -> str:
    """What could be seen, and what would show more, in words."""
    one = found.detectable
    if one.reason:
        return verdicts.block(one.reason, [words.refused(one.reason)])
    seen = words.seen(one.reduction, one.expected, one.told_at)
    said = (
        f'<section class="sp-worked-verdict"><p class="sp-worked-headline">{escape(seen)}</p>'
        f"{verdicts.said(words.expected(one.expected, months), words.SEEN_MEANS, words.STEADY)}</section>"
    )
    return said + verdicts.part(words.SUGGESTIONS, verdicts.said(*suggestions(found, known)))


def suggestions(found: Any, known: Known) -> list[str]:
    """Ways to see more; that there is none, or no need."""
    if found.detectable.reduction <= HOPED:
        return [words.hoped(words.VISIBLE_ENOUGH, HOPED)]
    ways = [words.longer(*found.longer)] if found.longer else []
    if found.pool:
        beats, reduction = found.pool
        ways.append(words.pooled([known.areas.get(one, one) for one in beats], reduction))
    return ways or [words.hoped(words.NO_SUGGESTION, HOPED)]


def _comparison(found: Any, asked: Asked, known: Known) -> None:
    offered = tuple(found.suggested["beat"])
    st.html(f'<h3 class="sp-worked-sub">{words.COMPARE}</h3>' + panels.notes([words.COMPARE_WHY]))
    _only_offered(BEATS_KEY, offered)
    suggested = list(found.suggested.loc[found.suggested["suggested"], "beat"])
    st.button(words.TAKE_SUGGESTED, on_click=st.session_state.__setitem__, args=(BEATS_KEY, suggested))
    beats = st.multiselect(words.COMPARE_CHOICE, offered, key=BEATS_KEY, format_func=lambda one: known.areas.get(one, one))
    if beats and len(beats) < LEAST_COMPARED:
        st.html(f'<p class="sp-worked-warning" role="status">{escape(words.too_few(LEAST_COMPARED))}</p>')
    st.html(verdicts.scrolled(words.COMPARE_CAPTION, comparison_table(found.suggested, beats, known)))
    because = st.text_input(words.REASON, key=REASON_KEY, max_chars=300)
    st.html(f'<h3 class="sp-worked-sub">{words.DELIVER}</h3>' + panels.notes([words.DELIVER_WHY]))
    if asked.planned is not None:
        st.html(panels.notes([words.DELIVER_PLANNED]))
    st.code(deliver.lines(asked.places, beats, because, asked.planned), language=None, wrap_lines=True)


def comparison_table(suggested: Any, chosen: Sequence[str], known: Known) -> str:
    """Each beat that could be compared with: how alike it is, whether it is suggested, and whether it is chosen."""
    rows = [
        (known.areas.get(one["beat"], one["beat"]), words.level(one["level"]), words.level(one["trend"]),
         words.YES if one["suggested"] else words.NO, words.YES if one["beat"] in chosen else words.NO)
        for one in suggested.to_dict("records")
    ]  # fmt: skip
    return panels.table(words.COMPARE_CAPTION, words.COMPARE_HEADS, rows)
