"""The page about the data: how fresh and complete it is, how directions are made, what words mean, what was decided."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import access, disputed, panels, reads, wording
from dashboard.choices import left_out
from dashboard.wording import about as words
from pipelines.insight.told import false_alarms

TITLE = words.TITLE
PROJECT = Path(__file__).resolve().parents[2]
METHOD, IMPACT, GLOSSARY = (PROJECT / one for one in ("docs/method.md", "docs/impact.md", "data/GLOSSARY.md"))
TEXT_WIDTH_PX = 960
PICTURE = re.compile(r"!\[([^\]]*)\]\(([\w./-]+\.svg)\)")

log = logging.getLogger(__name__)


def page() -> None:
    """Draw the page. A part that cannot be drawn says so and leaves the others standing."""
    snapshot = reads.current_snapshot(access.audience())
    parts = {
        words.FRESH: _fresh_and_complete, words.DIRECTIONS: _directions, words.IMPACT: lambda _: _document(IMPACT),
        words.GLOSSARY: lambda _: _document(GLOSSARY), words.DECIDED: _decided,
    }  # fmt: skip
    parts |= {words.DISPUTED: disputed.draw} if disputed.there_is(snapshot) else {}
    st.html(panels.title(TITLE, "", []))
    for tab, draw in zip(st.tabs(list(parts)), parts.values(), strict=True):
        with tab:
            try:
                draw(snapshot)
            except Exception as fault:  # the kind of fault only: its message might quote a value
                log.error("a part of the page cannot be drawn: %s", type(fault).__name__)
                st.info(words.NOT_HERE)


def _fresh_and_complete(snapshot: reads.Snapshot) -> None:
    st.html(panels.freshness_table(reads.freshness(snapshot)))
    measures = reads.measures(snapshot)
    rows = [completeness_row(one.label, reads.ask(snapshot, "completeness", one.feed, one.measure)) for one in measures]
    st.html(panels.table(words.COMPLETE, words.COMPLETE_HEADS, rows))
    st.html(panels.notes(words.COMPLETE_NOTES))
    feeds = {one.feed: one.label.split(",")[0] for one in reversed(measures)}
    curves = {label: reads.ask(snapshot, "reporting_delay", feed) for feed, label in reversed(feeds.items())}
    known = {label: curve for label, curve in curves.items() if len(curve)}
    if known:
        heads = [words.days(int(number)) for number in next(iter(known.values()))["days"]]
        told = [(label, *map(words.share, curve["share_known"])) for label, curve in known.items()]
        st.html(panels.table(words.DELAY, (words.SOURCE, *heads), told))


def completeness_row(label: str, periods: pd.DataFrame) -> tuple[str, ...]:
    """One measure in words: what was not collected, what share had a place, and what part of the newest month is in."""
    runs = [list(run) for _, run in groupby(zip(periods["period"], periods["state"], strict=True), key=lambda one: one[1])]
    gaps = [(run[0][0], run[-1][0]) for run in runs if run[0][1] == "not_collected"]
    whole = periods[periods["state"] == "collected"]
    placed = whole.dropna(subset="located_share")
    newest, lowest = placed.tail(1), placed.nsmallest(1, "located_share", keep="last")
    shown = ((newest, "located_share"), (lowest, "located_share"), (whole.tail(1), "share_in"))
    said = [words.share(row[name].iloc[0], row["period"].iloc[0]) if len(row) else words.NOT_KNOWN for row, name in shown]
    return label, words.spans(gaps, left_out(periods["period"])), *said


def _directions(snapshot: reads.Snapshot) -> None:
    rows = []
    for one in reads.measures(snapshot):
        for level in one.levels:
            told = reads.ask(snapshot, "directions", one.feed, one.measure, area_level=level)
            tested, (flagged, false) = int((told["direction"] != "not_enough_history").sum()), false_alarms(told)
            if tested:
                named = one.label, wording.LEVEL_NAMES.get(level, level)
                rows.append((*named, str(tested), str(flagged), words.may_be_false(false)))
    if rows:
        st.html(panels.table(words.BUDGET, words.BUDGET_HEADS, rows))
        st.html(panels.notes(words.BUDGET_NOTES))
    else:
        st.info(words.NO_DIRECTIONS)
    _document(METHOD)


def _document(path: Path) -> None:
    with st.container(key=f"document-{path.stem}", width=TEXT_WIDTH_PX):
        for text, alternative, picture in pieces(path.read_text(encoding="utf-8")):
            st.markdown(text)
            if picture:
                drawn = base64.b64encode((path.parent / picture).read_bytes()).decode()
                st.html(f'<img alt="{escape(alternative)}" width="100%" src="data:image/svg+xml;base64,{drawn}">')


def pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """A document of the project in stretches that each end in a picture, or at the end: Markdown, picture's words and file.

    Headings go one level down, under the page's own; notes to machines go; links, which lead to files, become their words.
    """
    plain = re.sub(r"^#", "##", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    cut = re.split(PICTURE, re.sub(r"(?<!!)\[([^\]]*)\]\([^)]*\)", r"\1", plain))
    for number in range(0, len(cut), 3):
        alternative, picture = [*cut[number + 1 : number + 3], "", ""][:2]
        yield cut[number], alternative, picture


def _decided(snapshot: reads.Snapshot) -> None:
    rows = [
        (one.label, words.rounding(one.base, one.round_to, one.under, public=one.public),
         ", ".join(wording.LEVEL_NAMES.get(level, level).lower() for level in one.levels),
         ", ".join(words.GRAINS.get(grain, grain) for grain in one.grains))
        for one in reads.measures(snapshot)
    ]  # fmt: skip
    st.html(panels.table(words.ROUNDING, words.ROUNDING_HEADS, rows) + panels.notes(words.ALWAYS))
