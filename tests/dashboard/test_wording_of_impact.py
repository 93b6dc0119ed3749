"""The sentences of impact: each verdict says how sure it is, and each refusal says why."""

from __future__ import annotations

import math
from datetime import date

import pytest

from dashboard.wording import before, worked
from dashboard.wording import impact as words
from pipelines.insight import judging
from pipelines.insight.impact import CANNOT_TELL, INCREASE, REDUCTION, REFUSALS

NAN, INF = math.nan, math.inf
NO_COUNTS = (NAN, NAN)


def test_a_reduction_says_what_was_reported_what_was_expected_and_its_range():
    said = words.headline(REDUCTION, (63.0, 170.6), (0.249, 0.532), (79.9, 128.1), 0.27)
    assert said == (
        "Evidence of a reduction: about 63 were reported where about 171 were expected. "
        "That is 80 to 128 fewer, a fall of between 47% and 75% (95% range)."
    )


def test_cannot_tell_says_the_range_and_the_smallest_reduction_it_could_have_shown():
    said = words.headline(CANNOT_TELL, (192.0, 192.0), (0.722, 1.423), (-81.0, 53.3), 0.307)
    assert said == (
        "Cannot tell: about 192 were reported where about 192 were expected. The truth may be anything from 28% fewer to "
        "42% more (95% range). The smallest reduction this place could have shown is about 31%."
    )


def test_an_increase_is_as_plain_as_a_reduction():
    said = words.headline(INCREASE, (90.0, 60.0), (1.2, 1.9), (-54.0, -12.0), 0.3)
    assert said.startswith("Evidence of an increase: about 90 were reported where about 60 were expected.")
    assert said.endswith("That is 12 to 54 more, a rise of between 20% and 90% (95% range).")


@pytest.mark.parametrize("verdict", [REDUCTION, INCREASE, CANNOT_TELL])
@pytest.mark.parametrize("counted", [(3.0, 9.9), (0.0, 4.0)])
def test_no_share_is_said_where_fewer_than_ten_were_expected(verdict, counted):
    ends = {REDUCTION: (0.1, 0.8), INCREASE: (1.2, 4.0), CANNOT_TELL: (0.4, 3.0)}[verdict]
    prevented = tuple(counted[1] * (1 - one) for one in reversed(ends))
    said = words.headline(verdict, counted, ends, prevented, 0.6)
    assert "%" not in said.replace("(95% range)", "")
    assert "(95% range)" in said
    assert "%" not in words.around(verdict, counted, ends, 1.1).replace("(95% range)", "").replace("40% of it moved", "")


@pytest.mark.parametrize("verdict", [REDUCTION, INCREASE, CANNOT_TELL])
@pytest.mark.parametrize("counted", [NO_COUNTS, (30.0, 40.0), (2.0, 5.0)])
def test_every_verdict_sentence_carries_its_uncertainty_and_no_bare_number(verdict, counted):
    said = words.headline(verdict, counted, (0.5, 1.5), (-20.0, 20.0), NAN)
    assert "95% range" in said
    assert "nan" not in said
    if math.isnan(counted[0]):
        assert "reported where" not in said


def test_a_range_without_an_end_is_said_in_words():
    said = words.headline(CANNOT_TELL, (2.0, 12.0), (0.1, INF), (-INF, 10.8), NAN)
    assert "many times as many" in said
    assert "not even a fall to nothing" in said
    assert words.headline(CANNOT_TELL, (2.0, 0.0), (NAN, NAN), (NAN, NAN), NAN) == words.NOTHING_TO_COMPARE


def test_where_harm_may_have_moved_a_reduction_is_never_the_last_word():
    assert "may have moved" in words.together(REDUCTION, CANNOT_TELL)
    assert "harm may have grown" in words.together(REDUCTION, INCREASE)
    assert "also with the places around it" in words.together(REDUCTION, REDUCTION)
    assert words.together(REDUCTION, None) == words.NO_RING
    assert words.together(CANNOT_TELL, CANNOT_TELL) == ""


def test_no_displacement_found_is_weak_evidence_and_more_around_it_is_said():
    assert words.WEAK_EVIDENCE in words.around(CANNOT_TELL, (135.0, 136.0), (0.66, 1.52), 0.99)
    moved = words.around(CANNOT_TELL, (360.0, 329.0), (0.88, 1.37), 1.09)
    assert words.MAY_HAVE_MOVED in moved
    assert words.WEAK_EVIDENCE not in moved
    assert "Harm may have moved there" in words.around(INCREASE, (90.0, 60.0), (1.2, 1.9), 1.5)


CODES = sorted(
    {*REFUSALS, judging.LED_ELSEWHERE, judging.NOT_OF_A_PLACE, judging.NO_PLACE, judging.PLANNED, judging.NO_MONTHS}
)


@pytest.mark.parametrize("code", CODES)
def test_every_reason_not_to_judge_has_a_label_and_a_sentence_of_its_own(code):
    assert code in words.VERDICTS
    assert words.why_not(code, (), None) == words.NOT_JUDGED[code]


def test_what_cannot_be_told_apart_is_named():
    said = words.why_not("overlapping", ("Community engagement, Mill Park", words.OTHER_WORK), None)
    assert "Community engagement, Mill Park and work that is not shown here" in said
    assert "4 November 2026" in words.why_not("planned", (), date(2026, 11, 4))


def test_the_first_of_thirty_places_says_how_often_that_is_chance():
    assert "None of the 29 others" in words.ranked(1, 29)
    assert "once in 30" in words.ranked(1, 29)
    assert words.ranked(18, 29).startswith("17 of the 29 others fell more")


def test_a_weighted_displacement_difference_is_said_with_its_range():
    assert words.wdd(-118.0, -195.6, -40.4) == (
        "Weighted displacement difference: about 118 fewer, 40 to 196 fewer (95% range)."
    )


def test_before_it_starts_says_a_share_only_where_enough_is_expected():
    assert before.seen(0.61, 40.0, 16.0) == "It could show a fall of about 61% or more."
    assert "%" not in before.seen(0.9, 7.0, 1.0)
    assert "Not even a fall to nothing" in before.seen(NAN, 7.0, NAN)


def test_a_sum_that_comes_to_nothing_is_not_said_to_be_fewer():
    assert "about as many as expected" in worked.added_alt(0.2, -81.0, 53.0)
    assert "on both sides of no change" in worked.added_alt(0.2, -81.0, 53.0)
