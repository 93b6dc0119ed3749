"""Pieces of page for the registers: where an assessment is, what was tried, what is due, and who leads.

Small pieces of HTML, as in panels: everything that is not written here is escaped here. A cell that is HTML already
is a `Drawn`; every other cell is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from dashboard import palette
from dashboard.palette import INK, PAPER, Look, Shade
from dashboard.shading import PlaceFigure
from dashboard.wording import assessments as words
from dashboard.wording import day, directions
from dashboard.wording import interventions as work

NONE, LED_ELSEWHERE = "none", "led_elsewhere"
LIVE = ("proposed", "agreed", "scoping", "in_progress", "goals_set", "plan_active", "review_due")
CLOSED = ("closed_improved", "closed_no_change", "transferred_locality")
# Light to dark along the ladder, each with its step as a mark. Blue, so that nobody takes it for a direction, a count or
# a judgement. What has left the ladder is grey or white.
STATUSES = {
    "proposed": Look("1", "#e6eff8", INK),
    "agreed": Look("2", "#c3daee", INK),
    "scoping": Look("3", "#9cc3e3", INK),
    "in_progress": Look("4", "#74a9d6", INK),
    "goals_set": Look("5", "#2f74b0", PAPER),
    "plan_active": Look("6", "#1d5c96", PAPER),
    "review_due": Look("7", "#0b3558", PAPER),
    "closed_improved": Look("✓", "#dfe2e5", INK),
    "closed_no_change": Look("□", "#dfe2e5", INK),
    "transferred_locality": Look("→", "#dfe2e5", INK),
    LED_ELSEWHERE: Look("L", "#4a4f54", PAPER),
    NONE: Look("!", "#ffffff", INK),
}
STATES = {
    "planned": Look("○", "#ffffff", INK),
    "live": Look("●", "#1d5c96", PAPER),
    "ended": Look("■", "#dfe2e5", INK),
    LED_ELSEWHERE: Look("L", "#4a4f54", PAPER),
}


@dataclass(frozen=True)
class Drawn:
    """A cell that is HTML already, escaped by whoever made it."""

    html: str


Cell = str | Drawn


def sign(look: Look, word: str) -> Drawn:
    """A mark on its colour, and its word: never colour alone."""
    hatched = " sp-hatched" if look.hatched else ""
    return Drawn(
        f'<span class="sp-reg-sign"><span class="sp-reg-mark{hatched}" aria-hidden="true" '
        f'style="background-color:{look.colour};color:{look.ink}">{look.mark}</span>{escape(word)}</span>'
    )


def status_sign(code: str, labels: Mapping[str, str]) -> Drawn:
    """Where an assessment is."""
    return sign(STATUSES.get(code, STATUSES[NONE]), status_word(code, labels))


def direction_sign(code: str, of: str | None = None) -> Drawn:
    """What the figures say: a statistic. `of` names the harm it is of."""
    word = directions.WORDS.get(code, code)
    return sign(palette.DIRECTIONS.get(code, palette.DIRECTIONS["too_few_to_say"]), f"{word}: {of}" if of else word)


def rag_sign(rag: Mapping[str, Any] | None) -> Drawn:
    """What people judged, who and when: a judgement."""
    if rag is None:
        return sign(palette.RAG["not_rated"], words.judged(None, None, None))
    if rag["led_elsewhere"]:
        return Drawn(escape(words.LED_ELSEWHERE))
    look = palette.RAG.get(rag["value"], palette.RAG["not_rated"])
    return sign(look, words.judged(rag["value"], said(rag, "role"), rag["judged_on"]))


def state_sign(code: str) -> Drawn:
    """Whether an intervention is planned, live or ended, or led elsewhere."""
    return sign(STATES.get(code, STATES[LED_ELSEWHERE]), work.STATES.get(code, code))


def lines(*cells: Cell) -> Drawn:
    """Several things in one cell, one under the other; what is empty is left out."""
    return Drawn("".join(f"<div>{_cell(one)}</div>" for one in cells if one))


def small(text: str) -> Drawn:
    """Said quietly, beside something else."""
    return Drawn(f'<span class="sp-reg-small">{escape(text)}</span>')


def listed(cells: Sequence[Cell], empty: str) -> Drawn:
    """A list in a cell, or what to say when there is nothing."""
    if not cells:
        return small(empty)
    return Drawn(f'<ul class="sp-reg-list">{"".join(f"<li>{_cell(one)}</li>" for one in cells)}</ul>')


def folded(summary: str, text: str) -> Drawn:
    """Long text behind its own heading, opened by a click or by Enter."""
    return Drawn(f"<details><summary>{escape(summary)}</summary>{escape(text)}</details>")


def rich_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], marked: int | None = None) -> str:
    """As `panels.table`, for cells that may hold signs and lists."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = []
    for number, (first, *others) in enumerate(rows):
        mark = ' class="sp-marked" aria-current="true"' if number == marked else ""
        cells = "".join(f"<td>{_cell(one)}</td>" for one in others)
        body.append(f'<tr{mark}><th scope="row">{_cell(first)}</th>{cells}</tr>')
    return (
        f'<table class="sp-table sp-register"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def section(title: str, body: str, *sentences: str) -> str:
    """A part of a page: its heading, what must be known to read it, and what it shows."""
    notes = "".join(f'<p class="sp-note">{escape(one)}</p>' for one in sentences if one)
    return f'<section class="sp-reg-part"><h2>{escape(title)}</h2>{notes}{body}</section>'


def heading(title: str, span: str = "") -> str:
    """The one h1 of a page."""
    return f'<h1 class="sp-title">{escape(title)}<span>{escape(span)}</span></h1>'


def paragraph(text: str) -> str:
    """One sentence on its own."""
    return f'<p class="sp-reg-line">{escape(text)}</p>'


def status_of(story: Any) -> str:
    """The status a place is shown with: its own, led elsewhere (stepped up too), or none."""
    if story.assessment is None:
        return NONE
    status = story.assessment.status or NONE
    return LED_ELSEWHERE if story.assessment.led_elsewhere or status == "stepped_up" else status


def report_back_state(story: Any) -> str | None:
    """overdue, due_soon or later; null where none is due, or where somebody else leads."""
    return None if status_of(story) in (NONE, LED_ELSEWHERE) else story.assessment.report_back


def status_word(code: str, labels: Mapping[str, str]) -> str:
    """Say a status; what is stepped up or may not be shown is led elsewhere."""
    own = {LED_ELSEWHERE: words.LED_ELSEWHERE, NONE: words.NO_STATUS}
    return own.get(code) or labels.get(code, code.replace("_", " "))


def status_board(stories: Sequence[Any], labels: Mapping[str, str], chosen: str | None) -> str:
    """The ladder as columns, each place a card in its status; what has left the ladder is gathered at the end."""
    columns = [(labels.get(code, code), [code]) for code in LIVE]
    columns += [(words.LEFT_THE_LADDER, [*CLOSED, LED_ELSEWHERE])]
    drawn, widths = [], []
    for title, codes in columns:
        cards = [_card(story, labels, chosen, own=len(codes) == 1) for story in stories if status_of(story) in codes]
        mark = STATUSES[codes[0]] if len(codes) == 1 else None
        drawn.append(_column(title, mark, cards))
        widths.append("minmax(10.5rem, 1.6fr)" if cards else "minmax(6.75rem, .5fr)")
    return (
        f'<div class="sp-ladder" role="region" tabindex="0" aria-label="{escape(words.BOARD)}" '
        f'style="grid-template-columns:{" ".join(widths)}">{"".join(drawn)}</div>'
    )


def _column(title: str, look: Look | None, cards: Sequence[str]) -> str:
    counted = f"{title} ({len(cards)})"
    mark = sign(look, counted).html if look else escape(counted)
    body = f"<ul>{''.join(cards)}</ul>" if cards else f'<p class="sp-reg-small">{escape(words.NONE)}</p>'
    return f'<div class="sp-ladder-column"><h3>{mark}</h3>{body}</div>'


def _card(story: Any, labels: Mapping[str, str], chosen: str | None, *, own: bool) -> str:
    here = ' aria-current="true"' if story.area_id == chosen else ""
    name = f'<strong class="sp-reg-name">{escape(story.name)}</strong>'
    at = story.assessment
    parts = [name] if own else [name, status_sign(status_of(story), labels).html]
    if status_of(story) != LED_ELSEWHERE:
        late = ' class="sp-reg-overdue"' if at.report_back == "overdue" else ""
        back = words.report_back(at.report_back_on, at.report_back)
        parts += [escape(words.days(at.days)), escape(words.who_leads(at.lead_agency, at.lead_role))]
        parts += [f"<span{late}>{escape(back)}</span>"] if back else []
    return f'<li class="sp-ladder-card"{here}>{"".join(f"<div>{part}</div>" for part in parts)}</li>'


def status_figures(stories: Iterable[Any], labels: Mapping[str, str]) -> list[PlaceFigure]:
    """The places of a map by status: those with an assessment, and those in the queue that have none."""
    figures = []
    for story in stories:
        code = status_of(story)
        if code == NONE and not story.needs_plan:
            continue
        look, word = STATUSES.get(code, STATUSES[NONE]), status_word(code, labels)
        shade = Shade(look.mark, word, 0, 0, word, look.colour, look.ink)
        back = story.assessment and words.report_back(story.assessment.report_back_on, story.assessment.report_back)
        sentence = ". ".join(filter(None, (word, back)))
        figures.append(PlaceFigure(story.area_id, story.name, float("nan"), sentence, shade, withheld=False))
    return figures


def signs_legend(signs: Iterable[Drawn], title: str) -> str:
    """The marks of a map in words."""
    entries = "".join(f"<li>{one.html}</li>" for one in signs)
    return f'<section class="sp-legend" aria-label="{escape(title)}"><ul>{entries}</ul></section>'


def history(story: Any, labels: Mapping[str, str], types: Mapping[str, str]) -> str:
    """One place: every step of its assessment, newest first, what was tried here, and what was judged."""
    moves = [_step(move, labels) for move in reversed(story.moves)]
    tried = [tried_before(one, types) for one in reversed(story.interventions)]
    differ = f" <strong>{escape(words.WORTH_DISCUSSING)}</strong>" if story.worth_discussing else ""
    return (
        f'<section class="sp-place"><h2>{escape(story.name)}</h2>'
        f"<p>{status_sign(status_of(story), labels).html}</p>"
        f"<p>{direction_sign(story.direction).html} {rag_sign(story.rag).html}{differ}</p>"
        f"<h3>{escape(words.HISTORY)}</h3>{listed(moves, words.NO_MOVES).html}"
        f"<h3>{escape(words.TRIED)}</h3>{listed(tried, words.NOTHING_TRIED).html}</section>"
    )


def _step(move: Mapping[str, Any], labels: Mapping[str, str]) -> Cell:
    if move["led_elsewhere"] or move["status"] == "stepped_up":
        return words.LED_ELSEWHERE
    label = status_word(move["status"] or NONE, labels)
    lead = words.who_leads(said(move, "lead_agency"), said(move, "lead_role"))
    step = Drawn(f"<strong>{escape(words.step(label, move['moved_on']))}</strong>")
    return lines(step, lead, small(said(move, "reason") or ""))


def tried_before(entry: Mapping[Any, Any], types: Mapping[str, str]) -> str:
    """One intervention in a line, or that it is led elsewhere."""
    if entry["led_elsewhere"]:
        return words.LED_ELSEWHERE
    code = entry["intervention_type"] or ""
    return work.before(types.get(code, code.replace("_", " ")), entry["started_on"], entry["ended_on"])


def said(entry: Mapping[Any, Any], column: str) -> str | None:
    """What an entry says in one column, or that its words wait."""
    value = entry[column]
    if value is None and column in (entry["held_back"] or ()):
        return words.HELD_BACK
    if isinstance(value, date):
        return day(value)
    return value


def choose_locality(names: Mapping[str, str], *, own: str | None, label: str, every: str) -> str | None:
    """Which locality a page is about, kept in the URL: a locality is no place. A meeting has its own alone.

    names    every locality's name by its id
    returns  null for the whole city
    """
    codes = ("", *names)
    if own is not None:
        st.query_params.clear()
        return own
    if st.session_state.get("locality") not in codes:
        asked = st.query_params.get("locality", "")
        st.session_state["locality"] = asked if asked in codes else ""
    st.selectbox(label, codes, key="locality", format_func=lambda code: names.get(code, every))
    chosen = st.session_state["locality"]
    # Replacing the whole query also removes anything somebody else put there, a place above all.
    query = {"locality": chosen} if chosen else {}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    return chosen or None


def _cell(cell: Cell) -> str:
    return cell.html if isinstance(cell, Drawn) else escape(cell)
