"""Pieces of page: everything somebody else typed is escaped."""

from __future__ import annotations

import datetime

import pandas as pd

from dashboard import palette, panels, wording
from dashboard.shading import PlaceFigure

NASTY = "<img src=x onerror=alert(1)>"


def test_a_name_is_escaped_wherever_it_is_written():
    place = PlaceFigure("N01", NASTY, 6, NASTY, None, False)
    fresh = pd.DataFrame([fresh_row(label=NASTY, last_collected_label=NASTY, still_arriving_periods=[NASTY])])
    written = [
        panels.banner(NASTY, NASTY, NASTY),
        panels.title(NASTY, NASTY, [NASTY]),
        panels.place_words(NASTY, NASTY, NASTY, [NASTY]),
        panels.figures_table([place], level="beat", chosen="N01"),
        panels.series_table([(NASTY, NASTY, NASTY)]),
        panels.freshness_table(fresh),
        panels.notes([NASTY]),
        panels.message(NASTY, [NASTY]),
    ]
    for html in written:
        assert "<img" not in html
        assert "&lt;img" in html


def test_the_legend_says_every_shade_in_words_with_its_number():
    html = panels.legend(palette.shades([49], step=1), exact=False, per_1000=False, withheld=True, missing=True)
    assert html.count("<li>") == 7
    assert "about 10 to 19 (low)" in html
    assert wording.LEGEND_WITHHELD in html
    assert wording.LEGEND_NONE in html


def test_the_legend_does_not_explain_what_is_not_on_the_map():
    html = panels.legend(palette.shades([49], step=1), exact=True, per_1000=False, withheld=False, missing=False)
    assert "about" not in html
    assert "hatched" not in html.lower()


def test_a_table_has_a_caption_and_heads_for_rows_and_columns():
    html = panels.table("Caption", ("Beat", "Figure"), [("Mill Green", "about 6 (4-8)")], marked=0)
    for part in (
        "<caption>Caption</caption>",
        '<th scope="col">Beat</th>',
        '<th scope="row">Mill Green</th>',
    ):
        assert part in html
    assert 'aria-current="true"' in html


def test_a_feed_that_never_came_says_so():
    fresh = pd.DataFrame([fresh_row(delivered_on=pd.NaT, last_collected_label=None)])
    html = panels.freshness_table(fresh)
    assert html.count("none yet") == 2
    assert "30 September 2026" in html


def fresh_row(**changes: object) -> dict:
    """One feed, delivered and complete, but for what a test changes."""
    usual = {
        "label": "Incidents",
        "delivered_on": datetime.date(2026, 10, 7),
        "covers_to": datetime.date(2026, 9, 30),
        "last_collected_label": "August 2026",
        "still_arriving_periods": [],
    }
    return {**usual, **changes}
