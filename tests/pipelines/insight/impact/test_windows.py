"""Which periods and places are used, and every reason why nothing is said."""

import numpy as np
import pytest

from pipelines.insight.impact import REFUSALS, Span, estimate

START = 48


def counts(places: int = 20, months: int = 60) -> np.ndarray:
    return np.random.default_rng(3).poisson(20.0, (places, months)).astype(float)


def reason(panel: np.ndarray, **asked: object) -> str | None:
    found = estimate(panel, **{"treated": [0], "ring": [1, 2], "start": START, **asked})  # type: ignore[arg-type]
    if found.reason:
        assert found.verdict == found.reason
        assert found.reason in REFUSALS
        assert np.isnan([found.rate_ratio, found.expected, found.actual, found.prevented_low, found.placebo_rank]).all()
        assert found.ring is None
        assert found.net is None
    return found.reason


def test_enough_of_everything_is_no_refusal() -> None:
    assert reason(counts()) is None


def test_under_two_years_before_the_guard_is_too_short_a_history() -> None:
    assert reason(counts(), start=26) == "too_short_a_history"
    assert reason(counts(), start=27) is None
    assert reason(counts(), start=26, guard=0) is None


def test_months_not_collected_shorten_the_history() -> None:
    panel = counts()
    panel[0, 9:22] = np.nan
    assert reason(panel) == "too_short_a_history"
    assert reason(panel[:, 9:], start=START - 9, guard=0) is None


@pytest.mark.parametrize("month", [START - 1, START])
def test_an_intervention_that_began_in_months_not_collected_is_refused(month: int) -> None:
    panel = counts()
    panel[0, month] = np.nan
    assert reason(panel) == "starts_in_missing_months"


def test_under_three_months_after_is_too_early() -> None:
    assert reason(counts()[:, : START + 2]) == "ongoing_too_early"
    assert reason(counts()[:, : START + 3]) is None
    assert reason(counts(), until=START + 2) == "ongoing_too_early"
    assert reason(counts()[:, :START]) == "ongoing_too_early"


def test_fewer_than_eight_places_to_compare_with_are_too_few() -> None:
    assert reason(counts(places=10)) == "too_few_comparison_places"
    assert reason(counts(places=11)) is None
    assert reason(counts(), controls=range(3, 10)) == "too_few_comparison_places"
    assert reason(counts(places=1), ring=[]) == "too_few_comparison_places"


def test_places_that_are_often_blank_are_not_compared_with_and_may_leave_too_few() -> None:
    panel = counts(places=20)
    panel[19, 30] = np.nan
    found = estimate(panel, treated=[0], ring=[1, 2], start=START)
    assert found.controls == tuple(range(3, 19))
    for row in range(10, 20):
        panel[row, 10 + row] = np.nan
    assert reason(panel) == "too_few_comparison_places"


def test_another_intervention_in_the_same_place_at_the_same_time_cannot_be_told_apart() -> None:
    assert reason(counts(), others=[Span((5,), 40), Span((0,), 52)]) == "overlapping"
    others = [Span((5,), 40), Span((0,), 52), Span((0,), 30, 47)]
    found = estimate(counts(), treated=[0], ring=[], start=START, others=others)
    assert found.overlaps == (1, 2)


def test_one_that_was_over_long_before_or_runs_all_through_is_no_overlap() -> None:
    assert reason(counts(), others=[Span((0,), 10, 30)]) is None
    assert reason(counts(), others=[Span((0,), 0)]) is None
    assert reason(counts(), others=[Span((0,), 60)]) is None


def test_a_place_that_another_intervention_changed_is_not_compared_with() -> None:
    found = estimate(counts(), treated=[0], ring=[1, 2], start=START, others=[Span((5, 6), 50), Span((7,), 0)])
    assert not {5, 6} & set(found.controls)
    assert 7 in found.controls


def test_every_refusal_can_happen() -> None:
    panel = counts()
    panel[0, START] = np.nan
    happened = {
        reason(counts(), others=[Span((0,), 50)]), reason(panel), reason(counts(), start=20),
        reason(counts(), until=START), reason(counts(places=5)),
    }  # fmt: skip
    assert happened == set(REFUSALS)


def test_a_month_that_is_a_blank_anywhere_treated_is_left_out_of_every_place_alike() -> None:
    """Whatever the others counted in it, nothing changes."""
    panel = counts()
    panel[0, [20, 50]] = np.nan
    wild = panel.copy()
    wild[1:, [20, 50]] = 9000.0
    assert estimate(panel, treated=[0], ring=[1, 2], start=START) == estimate(wild, treated=[0], ring=[1, 2], start=START)
    found = estimate(panel, treated=[0], ring=[1, 2], start=START)
    assert not {20, 50} & {*found.before_periods, *found.after_periods}


def test_a_ring_that_is_often_blank_is_given_up_before_the_intervention_is() -> None:
    panel = counts()
    panel[1, 20:36] = np.nan
    found = estimate(panel, treated=[0], ring=[1, 2], start=START)
    assert found.reason is None
    assert found.ring is None
    assert 1 not in found.controls


@pytest.mark.parametrize(
    "asked", [{"treated": []}, {"treated": [99]}, {"ring": [0]}, {"start": 61}, {"until": 40}, {"guard": -1}, {"ring": [-1]}]
)
def test_what_makes_no_sense_is_an_error(asked: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"name at least|are numbers of"):
        reason(counts(), **asked)
