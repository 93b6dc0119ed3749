"""Small pieces of HTML that the rows and the card share. Everything said by somebody else is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from dashboard import palette
from dashboard.wording import directions
from dashboard.wording import meeting as words


def direction(code: str) -> str:
    """The mark, the colour and the word of a direction."""
    look = palette.DIRECTIONS[code]
    hatched = " sp-hatched" if look.hatched else ""
    paint = f"color:{look.ink}" if look.hatched else f"background:{look.colour};color:{look.ink}"
    return (
        f'<span class="sp-meet-look"><span class="sp-swatch{hatched}" style="{paint}" aria-hidden="true">{look.mark}</span>'
        f"{escape(directions.WORDS[code])}</span>"
    )


def rag(judgement: Mapping[str, Any] | None, values: Mapping[str, str]) -> str:
    """The letter, the colour and the word of a judgement; nothing where none is recorded."""
    if judgement is None or judgement["value"] not in palette.RAG:
        return ""
    look = palette.RAG[judgement["value"]]
    return (
        f'<span class="sp-meet-look"><span class="sp-swatch sp-meet-rag" style="background:{look.colour};color:{look.ink}" '
        f'aria-hidden="true">{look.mark}</span>RAG {escape(values.get(judgement["value"], "").lower())}</span>'
    )


def mark(entry: Mapping[str, Any] | None) -> str:
    """That an entry was recorded and is in no published figures yet; nothing for all others."""
    text = (entry or {}).get("recorded_mark")
    return f'<span class="sp-rec-mark">{escape(text)}</span> ' if text else ""


def recorded(lines: Sequence[str]) -> str:
    """What was recorded of a place since these figures were published, one line an entry."""
    return "".join(f'<p class="sp-rec-line">{escape(one)}</p>' for one in lines)


def said(entry: Mapping[str, Any], column: str) -> str:
    """What an entry says, or why it does not: plain text."""
    if entry.get("led_elsewhere"):
        return words.ELSEWHERE
    if column in entry.get("held_back", ()):
        return words.HELD
    return entry.get(column) or words.NOT_SAID


def bullets(items: Iterable[str], empty: str) -> str:
    """A list of finished HTML items, or a sentence where there is none."""
    inside = "".join(f"<li>{one}</li>" for one in items)
    return f'<ul class="sp-meet-list">{inside}</ul>' if inside else f'<p class="sp-note">{escape(empty)}</p>'


def part(title: str, inside: str, *, quiet: bool = False) -> str:
    """One part of the card under its own heading."""
    return f'<section class="sp-meet-part{" sp-meet-quiet" if quiet else ""}"><h3>{escape(title)}</h3>{inside}</section>'


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """A list of names and what they are."""
    inside = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in pairs)
    return f'<dl class="sp-meet-facts">{inside}</dl>'


def paragraph(text: str, kind: str = "") -> str:
    """One sentence or two."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"
