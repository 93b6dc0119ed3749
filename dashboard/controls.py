"""The controls in the sidebar: they start from the URL, and every change is written back to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard import reads, wording
from dashboard.choices import (
    DIRECTIONS,
    FIGURES,
    RATE_LEVELS,
    STATUS,
    Choice,
    Offer,
    default_span,
    from_query,
    layers_at,
    left_out,
    of_layer,
    to_query,
)
from dashboard.reads import Measure, Snapshot
from dashboard.wording import map as words

PLACE_KEY, PLACE_LEVEL_KEY = "place", "place_level"
SEEN_KEY = "map_seen"  # the place that was chosen when this page was last drawn


@dataclass(frozen=True)
class Selection:
    """What a page needs to draw what the reader has chosen.

    beside   the second map's own selection: the same but for its time or its harm group; null when there is one map
    """

    snapshot: Snapshot
    measure: Measure
    offer: Offer
    choice: Choice
    beside: Choice | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The selection of each map, the first one first."""
        return (self.choice, self.beside) if self.beside else (self.choice,)

    @property
    def incomplete(self) -> list[str]:
        """What is missing from the periods of any map, one sentence a kind."""
        offer, shown = self.offer, {period for one in self.choices for period in one.periods(self.offer)}
        ordered = tuple(period for period, _, _ in offer.periods if period in shown)
        between = [label for one in self.choices for label in left_out(one.periods(offer))]
        missing = dict.fromkeys([*between, *offer.labels("not_collected", ordered)])
        return wording.incomplete(offer.labels("still_arriving", ordered), list(missing))

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
        layer = _layer(snapshot, measure, level, from_query({**st.query_params.to_dict(), "level": level}, offer).layer)
        choice = of_layer(replace(usual, level=level), layer)
        if layer in FIGURES:
            first, last = _span(offer, (usual.first, usual.last))
            choice = replace(choice, first=first, last=last, groups=_groups(measure, usual))
        else:  # told of places as they stand now: the newest complete periods, whatever was chosen before
            first, last = default_span(offer.periods)
            groups = _one_group(measure, usual.groups, words.HARM_GROUP, "group") if layer in DIRECTIONS else offer.groups
            choice = replace(choice, first=first, last=last, groups=groups)
        beside = _beside(measure, offer, choice)
    _write_query(to_query(choice, offer))
    return Selection(snapshot, measure, offer, choice, beside)


def _measure(measures: tuple[Measure, ...]) -> Measure:
    by_key = {f"{measure.feed}.{measure.measure}": measure for measure in measures}
    _start_from("measure", st.query_params.get("measure"), tuple(by_key))
    key = st.selectbox(wording.MEASURE, tuple(by_key), key="measure", format_func=lambda key: by_key[key].label)
    return by_key[key]


def _level(offer: Offer, usual: Choice) -> str:
    # A place chosen on another page is shown at its own level.
    place = st.session_state.get(PLACE_KEY), st.session_state.get(PLACE_LEVEL_KEY)
    if place != st.session_state.get(SEEN_KEY) and place[1] in offer.levels:
        st.session_state["level"] = place[1]
    st.session_state[SEEN_KEY] = place
    _start_from("level", usual.level, offer.levels)
    return st.selectbox(
        wording.LEVEL,
        offer.levels,
        key="level",
        format_func=lambda level: wording.LEVEL_NAMES.get(level, level),
    )


def _layer(snapshot: Snapshot, measure: Measure, level: str, usual: str) -> str:
    offered = _layers(reads._key(snapshot), snapshot, measure, level)
    if level not in RATE_LEVELS:
        st.caption(wording.NO_RATES)
    if len(offered) < 2:
        return offered[0]
    _start_from("show", usual, offered)
    return str(st.radio(wording.SHOW, offered, key="show", format_func=words.LAYERS.__getitem__))


@st.cache_resource(max_entries=128, show_spinner=False)
def _layers(key: reads.Key, _snapshot: Snapshot, measure: Measure, level: str) -> tuple[str, ...]:
    """The layers there are for this audience: directions where any were made, statuses where it may have such places."""
    rows = reads.ask(_snapshot, "directions", measure.feed, measure.measure, area_level=level)
    without = set() if len(rows) else set(DIRECTIONS)
    without |= set() if "beat" in _snapshot.area_levels and reads.has_incidents(_snapshot) else {STATUS}
    without |= set() if _anyone_counted(_snapshot, level) else {"rate"}
    return tuple(layer for layer in layers_at(level) if layer not in without)


def _anyone_counted(snapshot: Snapshot, level: str) -> bool:
    """Whether residents are known of any area: without them every rate would be a blank."""
    return bool(reads.ask(snapshot, "areas", level)["residents_10_17"].notna().any())


def _span(offer: Offer, usual: tuple[str, str], prefix: str = "") -> tuple[str, str]:
    known = tuple(period for period, _, _ in offer.periods)
    labels = {
        period: label if state == "collected" else f"{label} ({wording.STATES.get(state, state)})"
        for period, label, state in offer.periods
    }
    newest_first, names = known[::-1], (words.SECOND_FROM, words.SECOND_TO) if prefix else (wording.FROM, wording.TO)
    keys = [f"{prefix}{end}:{offer.feed}" for end in ("from", "to")]
    _start_from(keys[0], usual[0], newest_first)
    first = st.selectbox(names[0], newest_first, key=keys[0], format_func=labels.__getitem__)
    after = known[known.index(first) :][::-1]
    _start_from(keys[1], usual[1], after)
    last = st.selectbox(names[1], after, key=keys[1], format_func=labels.__getitem__)
    return first, last


def _beside(measure: Measure, offer: Offer, choice: Choice) -> Choice | None:
    """The second map: the same selection at another time, or for another harm group, by the same shades."""
    many = len(measure.harm_groups) > 1
    offered = ("none", *(("time",) if choice.layer in FIGURES else ()), *(("group",) if many else ()))
    if choice.layer == STATUS or len(offered) < 2:
        return None
    _start_from("beside", "none", offered)
    kind = st.selectbox(words.SECOND, offered, key="beside", format_func=words.SECONDS.__getitem__)
    if kind == "time":
        first, last = _span(offer, _earlier(offer, choice), prefix="second_")
        return replace(choice, first=first, last=last)
    if kind == "group":
        other = next((code for code, _ in measure.harm_groups if (code,) != choice.groups), "")
        return replace(choice, groups=_one_group(measure, (other,), words.SECOND_GROUP, "second_group"))
    return None


def _earlier(offer: Offer, choice: Choice) -> tuple[str, str]:
    """The same months a year before, where they are on offer; otherwise as many periods just before."""
    known = [period for period, _, _ in offer.periods]
    first, last = (f"{int(period[:4]) - 1}{period[4:]}" for period in (choice.first, choice.last))
    if first in known and last in known:
        return first, last
    start, length = known.index(choice.first), len(choice.periods(offer))
    return known[max(0, start - length)], known[max(0, start - 1)]


def _one_group(measure: Measure, usual: tuple[str, ...], label: str, name: str) -> tuple[str, ...]:
    """All harm groups together or one of them: what directions are made for."""
    labels = dict(measure.harm_groups)
    if len(labels) < 2:
        return tuple(labels)
    key, offered = f"{name}:{measure.feed}.{measure.measure}", (words.ALL, *labels)
    _start_from(key, usual[0] if len(usual) == 1 else words.ALL, offered)
    said = {words.ALL: words.ALL_TOGETHER, **labels}
    chosen = st.selectbox(label, offered, key=key, format_func=said.__getitem__)
    return tuple(labels) if chosen == words.ALL else (chosen,)


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


def _start_from(key: str, usual: str | None, offered: tuple[str, ...]) -> None:
    """Give a control its first value, and a new one when its old value is no longer on offer."""
    if st.session_state.get(key) not in offered:
        st.session_state[key] = usual if usual in offered else offered[0]


def _write_query(query: dict[str, str]) -> None:
    # Replacing the whole query also removes anything somebody else put there, a place above all.
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
