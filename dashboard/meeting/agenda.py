"""What stands above everything: whose meeting it is, the pack clock, the agenda with its timer, and the warnings."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from dashboard import palette, panels, wording
from dashboard.meeting import pieces
from dashboard.wording import directions
from dashboard.wording import meeting as words

View = Mapping[str, Any]


def top(view: View, frozen: Mapping[str, Any] | None) -> str:
    """The heading, the clock and the warnings."""
    clock = view["clock"]
    facts = [*words.clock(clock["meets_on"], clock["pack_due_on"], clock["last_met_on"]),
             words.figures(view["as_at"], view["through"], view["still_arriving"])]  # fmt: skip
    warnings = [words.stale(source, covers_to) for source, covers_to in clock["stale"]]
    if view["city_flag"]:
        warnings.append(directions.city_banner(view["city_flag"]))
    if view["registers_empty"]:
        warnings.append(words.REGISTER_EMPTY)
    kept = ""
    if frozen:
        kept = (
            f'<p class="sp-meet-frozen"><strong>{escape(words.frozen_title(frozen["met_on"]))}</strong> '
            f"{escape(words.frozen_note(frozen['wording']))}</p>"
        )
    return (
        f'<h1 class="sp-title">{escape(words.title(view["locality"]["name"]))}</h1>{kept}'
        f'<ul class="sp-meet-clock">{"".join(f"<li>{escape(one)}</li>" for one in facts)}</ul>'
        f"{''.join(pieces.paragraph(one, 'sp-missing-note') for one in warnings)}"
    )


def agenda(view: View, current: int) -> str:
    """The items in their order, the one that is on, and its timer."""
    items = "".join(
        f"<li{' aria-current=step class=sp-meet-on' if number == current else ''}><strong>{escape(_title(one))}</strong>"
        f"<span>{escape(words.minutes(one['minutes']))}, {escape(words.ROLES.get(one['role'], one['role']))}</span></li>"
        for number, one in enumerate(view["agenda"])
    )
    on = view["agenda"][current]
    timer = (
        f'<div class="sp-meet-timer" data-item="{current}" data-minutes="{on["minutes"]}">'
        f'<span role="timer">{on["minutes"]}:00</span>'
        f'<button type="button" class="sp-meet-timer-key">{escape(words.TIMER_START)}</button></div>'
    )
    section = escape(on["section"] or "")
    return (
        f'<nav class="sp-meet-agenda" aria-label="{escape(words.AGENDA_LABEL)}" data-section="{section}">'
        f"<ol>{items}</ol>{timer}</nav>"
    )


def _title(item: Mapping[str, Any]) -> str:
    return words.ITEMS.get(item["item"], str(item["item"]).replace("_", " "))


def legend(view: View) -> str:
    """The directions on this map, each with its mark, its word, and how many of the flags may be false."""
    words_shown = [place["direction"] for place in view["places"]]
    there, few = set(words_shown), words.too_few(words_shown.count("too_few_to_say"), len(words_shown))
    entries = "".join(f"<li>{pieces.direction(code)}</li>" for code in palette.DIRECTIONS if code in there)
    flags = words.flags(view["flags"]["flagged"], view["flags"]["expected_false"])
    return (
        f'<section class="sp-legend" aria-label="{escape(words.MAP_LABEL)}"><ul>{entries}</ul></section>'
        f"{panels.notes([few, flags, directions.RISING_MEANS, directions.NOT_SAFE, wording.BLURRED])}"
    )


def table(view: View, chosen: str | None) -> str:
    """The map's places as a table."""
    rows, marked = [], None
    for number, place in enumerate(view["places"]):
        value = place["rag"]["value"] if place["rag"] else None
        level = wording.LEVEL_SINGULAR.get(place["area_level"], "Place")
        judged = view["words"]["rag"].get(value or "", words.NO_RAG)
        rows.append((place["name"], level, directions.WORDS[place["direction"]], judged))
        marked = number if place["area_id"] == chosen else marked
    return panels.table(words.MAP_TABLE, words.MAP_HEADS, rows, marked)


def missing() -> str:
    """The question every meeting ends with."""
    return (
        f'<section class="sp-meet-missing-who"><h2>{escape(words.WHO_IS_MISSING)}</h2>'
        f"{pieces.paragraph(words.WHO_IS_MISSING_SAID)}</section>"
    )
