"""Kinds of work together: what each did in all its places, as a forest plot and a table, and how little that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard import charts, panels, registers
from dashboard.wording import worked as words
from dashboard.worked import figures, verdicts
from dashboard.worked.figures import Bar

Labels = Mapping[str, str]


def draw(kinds: Mapping[str, Any], types: Labels, impacts: Sequence[Any] = (), called: Labels | None = None) -> None:
    """Draw what is known of each kind of work.

    kinds    the pooled effect of each kind by its code
    impacts  each piece of work, for an audience that may have places one by one; else none
    called   what each is called
    """
    st.html(f'<h2 class="sp-worked-title">{escape(words.KINDS)}</h2>')
    if not kinds:
        st.html(registers.paragraph(words.KINDS_NONE))
        return
    totals = [sum(getattr(one, name) for one in kinds.values()) for name in
              ("sites", "reduced", "increased", "cannot_tell", "refused")]  # fmt: skip
    st.html(registers.paragraph(words.kinds_total(*totals)) + panels.notes(_notes(kinds, impacts)))
    bars = bars_of(kinds, types, impacts, called or {})
    if bars:
        st.html(f'<h3 class="sp-worked-sub">{words.FOREST}</h3>')
        st.plotly_chart(figures.forest(bars), key="impact:forest", theme=None, config=charts.CONFIG, width="stretch")
        st.html(panels.notes([words.FOREST_ALT]))
    if not any(bar.pooled for bar in bars):
        st.html(registers.paragraph(words.EACH_LINE if bars else words.NO_FOREST))
    st.html(verdicts.scrolled(words.KINDS_CAPTION, table(kinds, types)))
    judged = [(called or {}).get(one.entry_id, types.get(one.intervention_type, "")) for one in impacts if _drawn(one)]
    if judged:
        rows = zip(judged, [one.headline for one in impacts if _drawn(one)], strict=True)
        st.html(verdicts.effects_table(words.SITES_CAPTION, words.SITE_HEADS, rows))


def _drawn(told: Any) -> bool:
    return not told.reason and verdicts.has_figures(told.headline)


def _notes(kinds: Mapping[str, Any], impacts: Sequence[Any]) -> list[str]:
    fell, both = (sum(getattr(one, name) for one in kinds.values()) for name in ("reduced", "reduced_net"))
    counted = words.also_net(fell, both) if fell else ""
    unjudged = sum(one.headline is None for one in impacts)
    share = words.SHARE_ROWS if any(one.share_rows for one in kinds.values()) else ""
    moved = [counted or words.KINDS_MOVED, words.not_judged(unjudged) if unjudged else ""]
    return [*moved, words.KINDS_SUM, words.KINDS_FEW, share]


def bars_of(kinds: Mapping[str, Any], types: Labels, impacts: Sequence[Any], called: Labels) -> list[Bar]:
    """The lines of the forest plot: the places of a kind where they may be had, then all of them together."""
    found = []
    for code in sorted(kinds, key=lambda one: types.get(one, one)):
        for one in impacts:
            if one.intervention_type == code and _drawn(one):
                found.append(_bar(called.get(one.entry_id, types.get(code, code)), one.headline, pooled=False))
        if verdicts.has_figures(kinds[code]):
            found.append(_bar(types.get(code, code), kinds[code], pooled=True))
    return found


def _bar(name: str, effect: Any, *, pooled: bool) -> Bar:
    return Bar(name, effect.rate_ratio, effect.rate_ratio_low, effect.rate_ratio_high, pooled)


def table(kinds: Mapping[str, Any], types: Labels) -> str:
    """One row per kind."""
    rows: list[Sequence[registers.Cell]] = []
    for code in sorted(kinds, key=lambda one: types.get(one, one)):
        one = kinds[code]
        verdict: registers.Cell = verdicts.verdict_sign(one.verdict)
        change = verdicts.change_of(one)
        if one.reason:
            verdict, change = words.ONE_PLACE if one.sites == 1 else words.NO_FIGURE, words.NO_FIGURE
        counts = [str(value) for value in (one.reduced, one.increased, one.cannot_tell, one.refused)]
        rows.append((types.get(code, code), str(one.sites), change, verdict, *counts))
    return registers.rich_table(words.KINDS_CAPTION, words.KINDS_HEADS, rows)
