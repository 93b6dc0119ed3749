"""The headline is the weaker of two claims."""

from dataclasses import replace

import pytest

from pipelines.insight.impact import CANNOT_TELL, INCREASE, REDUCTION, Effect, Estimate, weaker

STRONG = Estimate(REDUCTION, 0.5, 0.4, 0.7, 100.0, 50.0, 30.0, 60.0, 1.0, 0.3)
MILD = Estimate(REDUCTION, 0.7, 0.6, 0.9, 100.0, 70.0, 10.0, 40.0, 2.0, 0.3)
UNSURE = Estimate(CANNOT_TELL, 0.8, 0.6, 1.1, 90.0, 72.0, -9.0, 36.0, 4.0, 0.3)
WORSE = Estimate(INCREASE, 1.4, 1.2, 1.7, 80.0, 112.0, -56.0, -16.0, 39.0, 0.3)


@pytest.mark.parametrize(("first", "second"), [(STRONG, MILD), (MILD, STRONG)])
def test_of_two_reductions_the_ratio_nearer_to_one_is_told(first: Estimate, second: Estimate) -> None:
    assert weaker(first, second) == MILD


def test_where_one_cannot_tell_neither_can_the_headline_and_its_interval_spans_both() -> None:
    found = weaker(STRONG, UNSURE)
    assert found.verdict == CANNOT_TELL
    assert found.rate_ratio == 0.8
    assert (found.rate_ratio_low, found.rate_ratio_high) == (0.4, 1.1)
    assert (found.prevented_low, found.prevented_high) == pytest.approx((-9.0, 54.0))


def test_where_they_point_in_different_directions_it_cannot_be_told() -> None:
    found = weaker(WORSE, STRONG)
    assert found.verdict == CANNOT_TELL
    assert found.rate_ratio == 1.4
    assert (found.rate_ratio_low, found.rate_ratio_high) == (0.4, 1.7)


def test_the_ring_and_both_together_are_weakened_each_for_itself() -> None:
    up, level = Effect(INCREASE, 1.3, 1.1, 1.6, 50.0), Effect(CANNOT_TELL, 1.1, 0.9, 1.4, 50.0)
    found = weaker(replace(STRONG, ring=up, net=level), replace(MILD, ring=level, net=level))
    assert found.verdict == REDUCTION
    assert found.ring is not None
    assert (found.ring.verdict, found.ring.rate_ratio) == (CANNOT_TELL, 1.1)
    assert found.net == level
    assert weaker(replace(STRONG, ring=up, net=level), MILD).ring is None


def test_a_refusal_is_weaker_than_any_claim() -> None:
    refused = Estimate("too_short_a_history", reason="too_short_a_history")
    assert weaker(STRONG, refused) == refused
    assert weaker(refused, STRONG) == refused


def test_a_ratio_that_is_none_is_not_the_nearer_one() -> None:
    none = replace(UNSURE, rate_ratio=float("nan"))
    assert weaker(none, UNSURE).rate_ratio == weaker(UNSURE, none).rate_ratio == 0.8


def test_a_spike_seen_by_one_is_said_by_both() -> None:
    assert weaker(STRONG, replace(MILD, chosen_by_spike=True)).chosen_by_spike
    assert weaker(replace(STRONG, chosen_by_spike=True), MILD).chosen_by_spike
