"""A verdict as it is drawn: its sign, its sentences, and tables of effects. HTML; all words are escaped here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from dashboard import registers
from dashboard.palette import INK, PAPER, Look
from dashboard.registers import Cell, Drawn, rich_table
from dashboard.wording import impact as words
from dashboard.wording import worked as parts

# Arrows, not the triangles of directions: a direction is of the last months alone, a verdict is against other places.
LOOKS = {
    words.REDUCTION: Look("↓", "#01665e", PAPER),
    words.INCREASE: Look("↑", "#8c510a", PAPER),
    words.CANNOT_TELL: Look("?", "#dfe2e5", INK),
    "led_elsewhere": Look("L", "#4a4f54", PAPER),
    "planned": Look("○", "#ffffff", INK),
    "ongoing_too_early": Look("…", "#ffffff", INK, hatched=True),
}
NOT_JUDGED = Look("–", "#ffffff", INK, hatched=True)

Labels = Mapping[str, str]


def verdict_sign(verdict: str) -> Drawn:
    """Mark, colour and words of a verdict, or of why there is none."""
    return registers.sign(LOOKS.get(verdict, NOT_JUDGED), words.label(verdict))


def has_figures(effect: Any) -> bool:
    """Whether anything was estimated at all."""
    return effect is not None and not effect.reason and not math.isnan(effect.rate_ratio_low)


def headline_of(effect: Any) -> str:
    """The headline sentence of an estimate."""
    ratios = (effect.rate_ratio_low, effect.rate_ratio_high)
    prevented = (effect.prevented_low, effect.prevented_high)
    return words.headline(effect.verdict, (effect.actual, effect.expected), ratios, prevented,
                          effect.smallest_visible_reduction)  # fmt: skip


def meaning_of(headline: Any) -> str:
    """What it means with the surroundings counted in."""
    return words.together(headline.verdict, headline.net.verdict if headline.net is not None else None)


def change_of(effect: Any) -> str:
    """The interval in words; as numbers where a share of so few would be noise."""
    if not has_figures(effect):
        return parts.NO_FIGURE
    if words.few(effect.expected):
        return words.fewer_or_more(effect.prevented_low, effect.prevented_high)
    return words.change(effect.rate_ratio_low, effect.rate_ratio_high)


def cell(told: Any, names: Labels) -> Drawn:
    """The verdict of one piece of work in a list, with its range or the reason why there is none.

    names  what each other piece of work is called, by entry
    """
    if told.verdict == "led_elsewhere":
        return Drawn("")  # the row says so already
    if told.reason or told.headline is None:
        return registers.lines(verdict_sign(told.verdict), registers.small(why_not(told, names)))
    said = change_of(told.headline)
    sure = f"{said[:1].upper()}{said[1:]} (95% range)."
    if told.verdict == words.CANNOT_TELL:
        sure = words.visible(told.headline.smallest_visible_reduction, told.headline.expected)
    return registers.lines(verdict_sign(told.verdict), registers.small(sure), registers.small(meaning_of(told.headline)))


def why_not(told: Any, names: Labels) -> str:
    """Why one piece of work is not judged, the others it overlaps with by name."""
    others = list(dict.fromkeys(names.get(one, words.OTHER_WORK) for one in told.overlapping))
    return words.why_not(told.verdict, others, told.started_on)


def effects_table(caption: str, heads: Sequence[str], rows: Iterable[tuple[str, Any]], *more: Sequence[str]) -> str:
    """One row per effect: reported, expected, change and verdict. more  cells of further columns, one a row each."""
    cells: list[Sequence[Cell]] = []
    for number, (name, effect) in enumerate(rows):
        extra = [column[number] for column in more]
        cells.append((name, *_counts(effect), change_of(effect), verdict_sign(effect.verdict), *extra))
    return scrolled(caption, rich_table(caption, heads, cells))


def _counts(effect: Any) -> tuple[str, str]:
    if effect.reason:
        return parts.NO_FIGURE, parts.NO_FIGURE
    return count(effect.actual), count(effect.expected)


def count(value: float) -> str:
    """A count as it is said in a table."""
    return parts.NOT_SHOWN if math.isnan(value) else f"about {value:,.0f}"


def scrolled(caption: str, table: str) -> str:
    """A table in a box that scrolls by itself, which the keyboard can reach."""
    return f'<div class="sp-worked-wide" role="region" aria-label="{escape(caption)}" tabindex="0">{table}</div>'


def block(verdict: str, sentences: Iterable[str], warnings: Iterable[str] = ()) -> str:
    """The headline of one piece of work: its verdict large, what it means, and what speaks against trusting it."""
    first, *others = [one for one in sentences if one]
    said = f'<p class="sp-worked-headline">{escape(first)}</p>' + "".join(f"<p>{escape(one)}</p>" for one in others)
    said += "".join(f'<p class="sp-worked-warning">{escape(one)}</p>' for one in warnings if one)
    return f'<section class="sp-worked-verdict"><p>{verdict_sign(verdict).html}</p>{said}</section>'


def part(title: str, *bodies: str) -> str:
    """A part of the page of one piece of work."""
    return f'<section class="sp-worked-part"><h3>{escape(title)}</h3>{"".join(bodies)}</section>'


def said(*sentences: str) -> str:
    """Sentences of a part, each a paragraph."""
    return "".join(f"<p>{escape(one)}</p>" for one in sentences if one)
