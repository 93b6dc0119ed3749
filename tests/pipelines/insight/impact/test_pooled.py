"""Several sites of one type: their counts together, and each alike."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.insight.impact import CANNOT_TELL, REDUCTION, Estimate, Span, estimate, pooled

START = 48
few = settings(max_examples=20, deadline=None)


def site(before: float, after: float, expected: float, *, phi: float = 1.5, verdict: str = CANNOT_TELL) -> Estimate:
    return Estimate(verdict, after / expected, 0.5, 1.5, expected, after, before=before, dispersion=phi)


def city(seed: int, factor: float, sites: int = 6) -> list[Estimate]:
    """Estimates of several sites of one city that do not count as comparison for one another."""
    rng = np.random.default_rng([seed, 4])
    level = np.exp(rng.uniform(np.log(2), np.log(12), (30, 1)))
    counts = rng.poisson(rng.gamma(2 * level, 0.5, (30, 60))).astype(float)
    counts[:sites, START:] = rng.binomial(counts[:sites, START:].astype(int), factor)
    spans = [Span((row,), START) for row in range(sites)]
    return [
        estimate(counts, treated=[row], ring=[], start=START, others=spans[:row] + spans[row + 1 :]) for row in range(sites)
    ]


def test_the_pooled_ratio_is_that_of_the_sums() -> None:
    found = pooled([site(90, 20, 30), site(300, 70, 100), site(30, 12, 10)])
    assert (found.actual, found.expected, found.before) == (102, 140, 420)
    assert found.rate_ratio == pytest.approx(102 / 140)
    assert found.rate_ratio_low < found.rate_ratio < found.rate_ratio_high
    assert found.prevented_high == pytest.approx(140 * (1 - found.rate_ratio_low))
    assert (found.sites, found.refused) == (3, 0)


def test_the_mean_of_sites_by_hand() -> None:
    """Sites of 64 and 16 where 40 were expected: halfway is sqrt(64 * 16) / 40 = 0.8; the larger weighs more."""
    found = pooled([site(4000, 64, 40), site(4000, 16, 40)])
    assert found.site_ratio == pytest.approx(0.8, rel=0.05)
    assert found.site_ratio_low < 0.01  # two sites that contradict one another tell nothing
    assert found.differ < 0.01


def test_sites_that_could_not_tell_alone_tell_together() -> None:
    estimates = city(1, 0.65)
    found = pooled(estimates)
    assert found.cannot_tell >= 2
    assert found.verdict == REDUCTION
    assert found.reduced + found.increased + found.cannot_tell == found.sites == 6
    widths = [np.log(one.rate_ratio_high / one.rate_ratio_low) for one in (found, *estimates)]
    assert widths[0] < min(widths[1:])


def test_sites_that_differ_make_the_interval_wider() -> None:
    alike, unlike = (pooled([site(300, one, 100) for one in each]) for each in ((70, 70, 70, 70), (20, 40, 90, 130)))
    assert alike.rate_ratio == unlike.rate_ratio
    assert unlike.rate_ratio_high > alike.rate_ratio_high
    assert alike.differ > 0.5 > unlike.differ


def test_a_refusal_is_counted_and_left_out() -> None:
    refused = Estimate("overlapping", reason="overlapping")
    sites = [site(90, 20, 30), site(300, 70, 100)]
    found = pooled([*sites, refused])
    assert (found.sites, found.refused) == (2, 1)
    assert found.rate_ratio == pooled(sites).rate_ratio


@pytest.mark.parametrize("number", [0, 1])
def test_under_two_sites_there_is_nothing_to_pool(number: int) -> None:
    found = pooled([site(90, 20, 30)] * number)
    assert (found.verdict, found.reason, found.sites) == (CANNOT_TELL, "too_few_sites", number)
    assert np.isnan(found.rate_ratio)


def test_sites_that_share_their_comparison_are_said_to() -> None:
    assert pooled(city(1, 1.0)).share_rows
    assert not pooled([site(90, 20, 30), site(300, 70, 100)]).share_rows


def test_sites_where_nothing_is_left_after_still_pool() -> None:
    found = pooled([site(30, 0, 10), site(60, 0, 20)])
    assert found.rate_ratio == found.rate_ratio_low == 0
    assert found.verdict == REDUCTION
    assert np.isfinite([found.site_ratio, found.site_ratio_low, found.site_ratio_high]).all()


@few
@given(st.permutations(range(6)))
def test_the_order_of_sites_never_matters(order: list[int]) -> None:
    estimates = nothing_done()
    one, two = pooled(estimates), pooled([estimates[at] for at in order])
    assert one.rate_ratio_low == pytest.approx(two.rate_ratio_low)
    assert one.site_ratio_high == pytest.approx(two.site_ratio_high)


@cache
def nothing_done() -> list[Estimate]:
    return city(2, 1.0)


def test_pooling_hardly_ever_claims_success_where_nothing_was_done_and_holds_the_truth() -> None:
    """60 cities of 6 sites each; 2.5% and 95% by design, standard errors 2% and 3%."""
    nothing = [pooled(city(100 + seed, 1.0)) for seed in range(60)]
    assert np.mean([one.verdict == REDUCTION for one in nothing]) <= 0.08
    assert np.mean([one.rate_ratio_low <= 1 <= one.rate_ratio_high for one in nothing]) >= 0.88
    assert np.mean([one.site_ratio_low <= 1 <= one.site_ratio_high for one in nothing]) >= 0.88
