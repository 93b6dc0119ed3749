"""Sentences: calm, exact, and in the words of the glossary."""

from __future__ import annotations

import datetime
import math
import re

import pytest

from dashboard import wording

BANNED = ("score", "offender", "hotspot", "prediction", "suspect", "gang")


def sentences() -> list[str]:
    found = []
    for value in vars(wording).values():
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        found += [part for part in parts if isinstance(part, str)]
    return found


def test_no_sentence_uses_a_word_the_house_does_not_use():
    for sentence in sentences():
        assert not re.search(rf"\b({'|'.join(BANNED)})", sentence, re.IGNORECASE), sentence


def test_the_note_that_protects_children_is_said_as_agreed():
    assert wording.BLURRED == "Blurred to protect children: an event you know about may not show."


def test_dates_are_said_the_british_way():
    assert wording.day(datetime.date(2026, 10, 7)) == "7 October 2026"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("July 2026", "July 2026", "July 2026"),
        ("July 2026", "September 2026", "July to September 2026"),
        ("December 2025", "February 2026", "December 2025 to February 2026"),
        ("January to March 2026", "January to March 2026", "January to March 2026"),
        ("January to March 2026", "July to September 2026", "January to September 2026"),
        ("October to December 2025", "January to March 2026", "October 2025 to March 2026"),
        ("2024", "2026", "2024 to 2026"),
        ("Autumn term 2025", "Summer term 2026", "Autumn term 2025 to Summer term 2026"),
    ],
)
def test_a_span_of_periods_says_each_end_once(first, last, said):
    assert wording.span(first, last) == said


@pytest.mark.parametrize("code", ["still_arriving", "not_collected", "to_protect_people", "boundary_changed"])
def test_every_reason_for_a_blank_has_its_own_words(code):
    assert wording.reason(code) not in {"no figure", code}


def test_a_reason_nobody_foresaw_is_still_said_and_none_is_not_silence():
    assert wording.reason("grain_too_fine") == "grain too fine"
    assert wording.reason(None) == "no figure"


def test_what_is_incomplete_is_said_one_sentence_a_kind():
    assert wording.incomplete([], []) == []
    assert len(wording.incomplete(["October 2026"], ["July 2024", "August 2024"])) == 2


@pytest.mark.parametrize(
    ("state", "word"),
    [("collected", "complete"), ("still_arriving", "grow"), ("not_collected", "not a fall")],
)
def test_the_newest_period_says_how_complete_it_is(state, word):
    assert word in wording.latest_state("October 2026", state)


def test_a_rate_is_about_unless_it_is_exact():
    assert wording.rate(2.04, 1.3, 2.7) == "about 2.0 per 1,000 (1.3-2.7)"
    assert wording.rate(2.04, 2.04, 2.04) == "2.0 per 1,000"


@pytest.mark.parametrize(
    ("about", "under", "words"),
    [(25.0, None, "about 25"), (1240.0, math.nan, "about 1,240"), (None, 10, "under 10"), (math.nan, 20.0, "under 20"),
     (math.nan, None, "no figure")],
)  # fmt: skip
def test_the_boards_figures_are_about_or_under_and_never_more(about, under, words):
    assert wording.nearest(about, under) == words


@pytest.mark.parametrize(
    ("audience", "locality", "words"),
    [
        ("manager", None, "Shown to: Safer Options manager and team"),
        ("meeting", "East Central", "Shown to: East Central locality meeting"),
        ("board", None, "Shown to: the board"),
    ],
)
def test_whom_a_page_is_shown_to_is_said_in_words(audience, locality, words):
    assert wording.shown_to(audience, locality) == words


def test_only_figures_that_are_exact_as_shown_are_said_to_be():
    assert wording.how_sure(public=True, round_to=None, under=None) == [wording.PUBLIC_CONTEXT]
    assert wording.how_sure(public=False, round_to=None, under=None) == [wording.BLURRED]
    for public in (True, False):
        said = wording.how_sure(public=public, round_to=5, under=10)
        assert said[-1] == "Figures are to the nearest 5; a figure under 10 is said as that alone."
        assert not any(re.search(r"\bexact\b", sentence) for sentence in said)
