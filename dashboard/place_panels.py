"""Pieces of the place page that carry data: which way it is going, where things stand, how its records came about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from dashboard import palette, panels, reads
from dashboard.wording import directions as told
from dashboard.wording import place as words


def tag(look: palette.Look, word: str) -> str:
    """A word with its mark and colour, never colour alone."""
    hatched = " sp-story-hatched-tag" if look.hatched else ""
    return (
        f'<span class="sp-story-tag{hatched}"><span class="sp-story-tag-mark" aria-hidden="true" '
        f'style="background-color:{look.colour};color:{look.ink}">{escape(look.mark)}</span>{escape(word)}</span>'
    )


def direction_tag(code: str) -> str:
    """One direction as its mark and its word."""
    look = palette.DIRECTIONS.get(code, palette.DIRECTIONS["not_enough_history"])
    return tag(look, told.WORDS.get(code, code.replace("_", " ").capitalize()))


def rich_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, under_heading: bool = False) -> str:
    """A table whose cells are HTML already: every cell must have been escaped by whoever made it.

    under_heading  a heading of the same words stands above: the caption is for screen readers alone
    """
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    same = " sp-story-same" if under_heading else ""
    return (
        f'<div class="sp-story-wide{same}" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f'<table class="sp-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def plain_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of text under a heading of the same words."""
    return rich_table(caption, heads, [[escape(cell) for cell in row] for row in rows], under_heading=True)


def heading(text: str, level: int = 2) -> str:
    """A heading within the page."""
    return f'<h{level} class="sp-story-part">{escape(text)}</h{level}>'


def place_title(name: str, kind: str) -> str:
    """The page's heading when a place is chosen."""
    return f'<h1 class="sp-title">{escape(name)}<span>{escape(kind)}</span></h1>'


def directions_table(harm: Sequence[Any], labels: Mapping[str, str], relative: Mapping[str, str],
                     years: Mapping[str, Mapping[str, Any]]) -> str:  # fmt: skip
    """One row a harm group, all together first.

    harm      the Harm of each group; relative, its word against the rest of the city
    years     by harm group: expected_count, and year_ratio with its range
    """
    ordered = sorted(harm, key=lambda one: one.harm_group != "all")
    rows = [
        (
            escape(labels.get(one.harm_group, one.harm_group)),
            direction_tag(one.direction) + _stands_out(one),
            escape(_recent(one)),
            escape(words.usual(one.expected_low, one.expected_high)),
            escape(_ratio(one, years.get(one.harm_group, {}))),
            direction_tag(relative[one.harm_group]) if one.harm_group in relative else "",
            _year(one, years.get(one.harm_group, {})),
            escape(told.smallest(one.smallest_visible_ratio)),
        )
        for one in ordered
    ]
    return rich_table(words.DIRECTIONS, words.DIRECTIONS_HEADS, rows, under_heading=True)


def _stands_out(one: Any) -> str:
    """For a flag, over which months it stands out, where these are not the ones shown."""
    if one.direction not in told.FLAGGED:
        return ""
    said = told.seen_over(one.strongest_periods, one.periods, one.strongest_count, one.strongest_low, one.strongest_high)
    return f"<br><small>{escape(said)}</small>" if said else ""


def _recent(one: Any) -> str:
    if one.about is None:
        return ""
    return reads.band_words(one.about, one.low, one.high, single_cell=False, base=3)


def _ratio(one: Any, year: Mapping[str, Any]) -> str:
    """How many times the usual; never where so few were expected that the ratio is noise."""
    if one.ratio is None or "expected_count" not in year:
        return words.NO_RATIO
    said = told.ratio(one.ratio, one.ratio_low, one.ratio_high, year["expected_count"])
    return said or words.SMALL


def _year(one: Any, year: Mapping[str, Any]) -> str:
    known = year and all(pd.notna(year[name]) for name in ("year_ratio", "year_ratio_low", "year_ratio_high"))
    ratio = words.times(year["year_ratio"], year["year_ratio_low"], year["year_ratio_high"]) if known else ""
    said = words.last_year(told.WORDS.get(one.year_direction, one.year_direction), ratio)
    return escape(said)


def reporting_panel(reading: Any, kinds: Mapping[str, str]) -> str:
    """More harm or more reporting? The verdict, and what it rests on."""
    events = " ".join(
        words.recording(kinds.get(kind, kind), since, everywhere) for kind, since, everywhere in reading.events
    )  # fmt: skip
    rows = [
        (words.QUESTIONS["proactive"], words.proactive(reading.proactive, reading.proactive_before)),
        (words.QUESTIONS["police"], words.proactive(reading.police, reading.police_before)),
        (words.QUESTIONS["burst"], words.burst(reading.burst)),
        (words.QUESTIONS["events"], events or words.NO_EVENTS),
        (words.QUESTIONS["located"], words.located(*reading.located) if reading.located else words.NOT_KNOWN),
    ]
    verdict = told.VERDICTS.get(reading.verdict, reading.verdict)
    return (
        f'<p class="sp-story-verdict">{escape(verdict)}</p>'
        f"{plain_table(told.HARM_OR_REPORTING, words.HARM_OR_REPORTING_HEADS, rows)}"
        f"{panels.notes([words.CITY_STEP] if any(everywhere for _, _, everywhere in reading.events) else [])}"
    )


def patterns_table(patterns: pd.DataFrame) -> str:
    """The newest words about a place's records, all harm groups together."""
    mine = patterns[patterns["harm_group"] == "all"]
    if not len(mine):
        return panels.notes([words.NO_WORDS])
    rows = [
        (words.PATTERN_NAMES.get(row["pattern"], row["pattern"]), words.pattern(row["word"]), row["label"])
        for row in mine.to_dict("records")
    ]
    return plain_table(words.RECORDS, words.RECORDS_HEADS, rows)


def ground_table(sharing: pd.DataFrame, directions: Mapping[str, str]) -> str:
    """Beats and places of concern that share ground with this one, each with its direction where it has one here."""
    rows = [
        (
            escape(row["name"]),
            escape(words.LEVEL_SINGULAR[row["area_level"]]),
            direction_tag(directions[row["area_id"]]) if row["area_id"] in directions else escape(words.NOT_LISTED),
        )
        for row in sharing.to_dict("records")
    ]
    if not rows:
        return panels.notes([words.NO_GROUND])
    return rich_table(words.GROUND, words.GROUND_HEADS, rows, under_heading=True)


def now_panel(lines: Sequence[str], looks: str, worth: bool) -> str:
    """Where things stand: direction and judgement (`looks`, finished HTML), the assessment, who leads, what is live."""
    flag = f'<p class="sp-story-worth">{escape(words.WORTH_DISCUSSING)}</p>' if worth else ""
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<section class="sp-story-now">{heading(words.NOW)}{looks}{flag}{said}</section>'


def listed(title: str, lines: Sequence[str], empty: str) -> str:
    """A short list under its own heading."""
    if not lines:
        return heading(title, 3) + panels.notes([empty]) if empty else ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'{heading(title, 3)}<ul class="sp-story-listed">{items}</ul>'
