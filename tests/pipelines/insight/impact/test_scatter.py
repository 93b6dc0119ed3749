"""How far counts stray when nothing was done: rounding, drift and sums of places, by hand."""

import numpy as np
import pytest

from pipelines.insight.impact.estimate import standing
from pipelines.insight.impact.scatter import Scatter, Side, scatter_before, scatter_of, side_of
from pipelines.insight.signals.dispersion import ALLOWANCE, Line

ONE = np.array([1.0])


def side(rounded_before: float = 0.0, rounded_after: float = 0.0, concentrated: float = 1.0) -> Side:
    past = np.full((1, 36), 2.0)
    return Side(past, past * 0, 75 * ONE, 25 * ONE, (rounded_before * ONE, rounded_after * ONE), concentrated * ONE)


def test_what_rounding_added_is_added_back_to_both_sides_of_the_start() -> None:
    """Known answer: (0.75^2 16 + 0.25^2 48) / (100 0.25 0.75) = 12 / 18.75 over what the places scatter."""
    scatter = Scatter(Line(2.0, 0.0), Line(1.0, 0.0), 1.5)
    without = scatter.of(side(), ONE, 100 * ONE, ONE / 4)[0]
    assert without == pytest.approx(ALLOWANCE * 1.5 * 2.0)
    assert scatter.of(side(48, 16), ONE, 100 * ONE, ONE / 4)[0] == pytest.approx(without + 0.64)


def test_the_drift_of_several_places_is_smaller_than_of_one_as_large() -> None:
    """Four equal places: a + b mean / 4."""
    scatter = Scatter(Line(1.5, 0.04), Line(1.0, 0.0), 1.0)
    assert scatter.of(side(concentrated=0.25), ONE, 400 * ONE, ONE / 4)[0] == pytest.approx(ALLOWANCE * (1.5 + 0.04 * 25))
    before = np.array([[10.0] * 36, [30.0] * 36])
    areas = side_of(before, before[:, :12], 0 * before, 0 * before[:, :12], [np.array([0]), np.array([0, 1])])
    assert areas.concentrated == pytest.approx([1.0, 0.25**2 + 0.75**2])
    assert areas.before.tolist() == [360, 1440]
    assert areas.after.tolist() == [120, 480]


def test_placebos_that_spread_more_than_the_past_inflate_the_dispersion() -> None:
    rng = np.random.default_rng(1)
    before = rng.poisson(20.0, (30, 36)).astype(float)
    factors = 1.0, np.exp(rng.normal(0, 0.3, (30, 1)))
    steady, moved = (rng.poisson(20.0 * factor, (30, 12)).astype(float) for factor in factors)
    found = []
    for after in (steady, moved):
        places = side_of(before, after, 0 * before, 0 * after, [np.array([row]) for row in range(30)])
        rest, rest_after = places.past.sum(axis=0) - places.past, places.after.sum() - places.after
        found.append(scatter_of(places, rest, rest_after, 12))
        assert scatter_before(places, rest, 12).inflation == 1
    calm, wild = found
    assert 1 <= calm.inflation < 1.2
    assert wild.inflation > 1.2
    mean = np.array([240.0])
    assert wild.inflation * wild.line.at(mean) > 3 * calm.inflation * calm.line.at(mean)


def test_standing_is_the_gap_over_its_standard_deviation() -> None:
    """25 of 100 where a quarter was due is none; 40 is 15 over sqrt(115 s (1 - s) phi)."""
    scatter = Scatter(Line(2.0, 0.0), Line(1.0, 0.0), 1.0)
    area = side()
    assert standing(area, scatter, ONE, 300 * ONE, 100 * ONE)[0] == 0
    more = Side(area.past, area.rounding_past, area.before, 40 * ONE, area.rounded, area.concentrated)
    expected = (40 - 115 / 4) / np.sqrt(115 * 3 / 16 * 2 * ALLOWANCE)
    assert standing(more, scatter, ONE, 300 * ONE, 100 * ONE)[0] == pytest.approx(expected)
