"""One place's story on one time axis: counts above, and below what people decided, judged, raised and changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts, palette, registers, wording
from dashboard.wording import place as words

COUNTS_HEIGHT_PX = 250
LANE_HEIGHT_PX = 26
HALF_A_MONTH = pd.Timedelta(days=15)
FORTNIGHT = timedelta(days=13)
NEARLY_NOW_DAYS = 3  # the shortest bar that can be seen
MONTH = timedelta(days=30)
LANE_INKS = {"interventions": "#2b6a77", "recording": "#8a5a00", "concerns": palette.INK}


@dataclass(frozen=True)
class Event:
    """One thing that was written down about a place.

    kind     a key of `words.KINDS`: the lane it is drawn in
    starts   its day; ends, its last day where it lasts (null = a moment)
    mark     what is drawn; short what is said beside it on the chart, said what the table says
    look     how the mark is coloured; null for the lane's own ink
    planned  drawn hollow: it has not begun
    """

    kind: str
    starts: date
    ends: date | None
    mark: str
    short: str
    said: str
    look: palette.Look | None = None
    planned: bool = False


@dataclass(frozen=True)
class Words:
    """What codes mean: the vocabularies a chronology says."""

    statuses: dict[str, str]
    interventions: dict[str, str]
    rag: dict[str, str]
    recording: dict[str, str]
    harm_groups: dict[str, str]


def events_of(story: Any, rag: pd.DataFrame, recording: pd.DataFrame, codes: Words, as_at: date) -> list[Event]:
    """Everything dated of one place, oldest first. What is led elsewhere has no date and is not here.

    story      a Story of the read API
    rag        the place's judgements, each with its day; recording, the changes that touch it (starts_on, kind)
    """
    found = [*_moves(story, codes, as_at), *_interventions(story, codes, as_at)]
    for one in rag.to_dict("records"):
        if one["judged_on"] and one["value"]:
            look = palette.RAG.get(one["value"], palette.RAG["not_rated"])
            said = f"{codes.rag.get(one['value'], one['value'])}, {one['role'] or words.WAITS}. {_text(one, 'reason')}"
            found.append(Event("rag", one["judged_on"], None, look.mark, "", said, look))
    for one in story.concerns:
        if one["fortnight_starting"]:
            start = one["fortnight_starting"]
            said = f"{codes.harm_groups.get(one['harm_group'], one['harm_group'])}, {one['role']}. {_text(one, 'reason')}"
            found.append(Event("concerns", start, start + FORTNIGHT, "!", "", said))
    for one in recording.to_dict("records"):
        label = codes.recording.get(one["kind"], one["kind"])
        said = words.recording(label, one["starts_on"], bool(one["everywhere"]))
        found.append(Event("recording", one["starts_on"], None, "|", label, said))
    return sorted(found, key=lambda event: event.starts)


def _moves(story: Any, codes: Words, as_at: date) -> list[Event]:
    """Each status from the day it was reached to the next, as the register pages draw it."""
    dated = [one for one in story.moves if one["moved_on"] and not one["led_elsewhere"]]
    hidden = len(dated) < len(story.moves)
    found = []
    for number, one in enumerate(dated):
        # Where a later move may not be shown, nothing tells how long the last one that may went on.
        until = one["moved_on"] + MONTH if hidden else as_at
        ends = dated[number + 1]["moved_on"] if number + 1 < len(dated) else until
        look = registers.STATUSES.get(one["status"], registers.STATUSES[registers.NONE])
        label = codes.statuses.get(one["status"], one["status"])
        said = words.move(label, one["lead_agency"], _text(one, "reason"))
        found.append(Event("moves", one["moved_on"], ends, look.mark, label, said, look))
    return found


def _interventions(story: Any, codes: Words, as_at: date) -> list[Event]:
    found = []
    for one in story.interventions:
        if one["led_elsewhere"] or not one["started_on"]:
            continue
        label = codes.interventions.get(one["intervention_type"], one["intervention_type"])
        planned = one["state"] == "planned"
        ends = one["ended_on"] or (one["started_on"] + MONTH if planned else as_at)
        said = words.intervention(label, one["started_on"], one["ended_on"], one["lead_agency"], one["state"])
        found.append(Event("interventions", one["started_on"], ends, "", label, said, planned=planned))
    return found


def _text(entry: dict[Any, Any], name: str) -> str:
    if entry[name]:
        return str(entry[name])
    return f"({words.WAITS})" if name in entry["held_back"] else ""


def steps(events: list[Event]) -> list[tuple[str, str]]:
    """The marks of assessment steps that are drawn, each with what it means, in the order they were reached."""
    return list(dict.fromkeys((one.mark, one.short) for one in events if one.kind == "moves"))


def rows(events: list[Event]) -> list[tuple[str, str, str]]:
    """The same as a table, newest first."""
    return [(wording.day(one.starts), words.KINDS[one.kind], one.said) for one in reversed(events)]


def figure(series: pd.DataFrame, events: list[Event], *, unit: str, shown: tuple[str, ...], usual: Any, base_exact: bool,
           since: date, until: date) -> go.Figure:  # fmt: skip
    """Draw a place's months and, under them on the same axis, what was written down.

    series  one row per month, oldest first, as the read API returns it
    shown   the months directions look at: `usual` (a Harm, or null) says what was expected of them
    since   the first day drawn; until, the last
    """
    mine = series[pd.to_datetime(series["period_start"]).dt.date >= since]
    drawn = charts.series_figure(mine, unit=unit, exact=base_exact, shown=shown)
    if usual is not None and usual.expected_low is not None and usual.periods:
        _usual(drawn, mine, shown, usual)
    lanes = _lanes([one for one in events if (one.ends or one.starts) >= since])
    for name, there in lanes:
        _lane(drawn, name, there, len(lanes), since)
    height = COUNTS_HEIGHT_PX + LANE_HEIGHT_PX * len(lanes)
    foot = LANE_HEIGHT_PX * len(lanes) / height
    drawn.update_layout(height=height + 40, yaxis_domain=[foot + 0.05 if lanes else 0, 1], barmode="overlay")
    drawn.update_layout(
        yaxis2={
            "domain": [0, foot], "anchor": "x", "range": [len(lanes) - 0.4, -0.6], "showgrid": False, "zeroline": False,
            "tickvals": _first_of_each(lanes), "ticktext": [words.LANES[name] for name in dict(lanes)], "automargin": True,
        }
    )  # fmt: skip
    latest = max([until, *(one.ends or one.starts for one in events)])
    drawn.update_xaxes(range=[pd.Timestamp(since) - HALF_A_MONTH, pd.Timestamp(latest) + HALF_A_MONTH], anchor="y2")
    drawn.update_layout(legend={"y": 1.02})
    return drawn


def _usual(drawn: go.Figure, series: pd.DataFrame, shown: tuple[str, ...], usual: Any) -> None:
    """The usual range of the last months and what was counted in them, each shared out by month."""
    days = pd.to_datetime(series.loc[series["period"].isin(shown), "period_start"])
    if not len(days):
        return
    first, last, each = days.iloc[0] - HALF_A_MONTH, days.iloc[-1] + HALF_A_MONTH, len(shown)
    low, high = usual.expected_low / each, usual.expected_high / each
    drawn.add_trace(go.Scatter(
        x=[first, last, last, first, first], y=[low, low, high, high, low], mode="lines", fill="toself",
        fillcolor="rgba(29, 92, 150, 0.10)", line={"color": palette.ACCENT, "width": 2, "dash": "dash"},
        name=words.EXPECTED_BOX, hoverinfo="name",
    ))  # fmt: skip
    if usual.about is not None:
        drawn.add_trace(go.Scatter(
            x=[first, last], y=[usual.about / each] * 2, mode="lines", line={"color": palette.INK, "width": 4},
            name=words.RECENT_MEAN, hoverinfo="name",
        ))  # fmt: skip


def _lanes(events: list[Event]) -> list[tuple[str, list[Event]]]:
    """One lane a kind; interventions that overlap get one each."""
    found: list[tuple[str, list[Event]]] = []
    for kind in words.LANES:
        mine = [one for one in events if one.kind == kind]
        if kind == "interventions":
            found += [(kind, [one]) for one in mine]
        elif mine:
            found.append((kind, mine))
    return found


def _first_of_each(lanes: list[tuple[str, list[Event]]]) -> list[int]:
    names = [name for name, _ in lanes]
    return [names.index(name) for name in dict(lanes)]


def _lane(drawn: go.Figure, kind: str, events: list[Event], every: int, since: date) -> None:
    number = sum(1 for trace in drawn.data if trace.meta == "lane")
    ink = LANE_INKS.get(kind, palette.INK)
    for one in events:
        if one.ends is not None and kind != "concerns":
            _bar(drawn, number, one, one.look.colour if one.look else ink, since)
        if kind == "recording":
            drawn.add_vline(x=pd.Timestamp(one.starts), line={"color": ink, "width": 1.5, "dash": "dot"})
    middles = [_middle(one, since) if kind == "moves" else pd.Timestamp(max(one.starts, since)) for one in events]
    looks = [one.look or palette.Look(one.mark, ink, palette.PAPER) for one in events]
    boxed = kind in ("rag", "concerns")
    drawn.add_trace(go.Scatter(
        x=middles, y=[number] * len(events), yaxis="y2", meta="lane", showlegend=False,
        mode="markers+text" if boxed or kind == "moves" else "markers",
        text=[f"<b>{escape(one.mark)}</b>" for one in events],
        textfont={"size": 13, "color": [look.ink for look in looks]},
        marker={"symbol": "square", "size": 19 if boxed else 1, "color": [look.colour for look in looks],
                "opacity": 1 if boxed else 0, "line": {"width": 1, "color": palette.INK}},
        hovertext=[escape(one.said) for one in events], hoverinfo="text",
    ))  # fmt: skip
    if kind in ("interventions", "recording"):
        _beside(drawn, number, events, since)


def _bar(drawn: go.Figure, number: int, one: Event, ink: str, since: date) -> None:
    start = max(one.starts, since)
    end = max(one.ends or start, start + timedelta(days=NEARLY_NOW_DAYS))
    drawn.add_shape(
        type="rect", xref="x", yref="y2", x0=pd.Timestamp(start), x1=pd.Timestamp(end), y0=number - 0.36, y1=number + 0.36,
        fillcolor=palette.PAPER if one.planned else ink, layer="below",
        line={"width": 1.5, "color": ink if one.planned else palette.QUIET_INK},
    )  # fmt: skip


def _beside(drawn: go.Figure, number: int, events: list[Event], since: date) -> None:
    """Name an event to the left of its start, where there is room; else to the right of its end."""
    for one in events:
        room = (one.starts - since).days > 150
        at = one.starts if room else (one.ends or one.starts)
        drawn.add_annotation(
            x=pd.Timestamp(at), y=number, xref="x", yref="y2", text=escape(one.short), showarrow=False,
            xanchor="right" if room else "left", xshift=-5 if room else 5, font={"size": 13, "color": palette.INK},
        )  # fmt: skip


def _middle(one: Event, since: date) -> pd.Timestamp:
    start, end = pd.Timestamp(max(one.starts, since)), pd.Timestamp(one.ends or one.starts)
    return start + (end - start) / 2
