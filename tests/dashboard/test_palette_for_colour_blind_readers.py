"""Every colour that tells something is still apart from its neighbours for a reader without green-sensitive cones.

Simulation: Machado, Oliveira and Fernandes (2009), "A Physiologically-based Model for Simulation of Color Vision
Deficiency", IEEE TVCG 15(6), table of matrices, deuteranomaly of severity 1.0, in linear RGB. Difference: CIE 1976 dE*ab.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from dashboard import palette

DEUTERANOPIA = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
WHITE = TO_XYZ @ np.ones(3)
CLEARLY_APART = 10.0  # about four times the smallest difference an eye sees side by side


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(seen: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(np.maximum(TO_XYZ @ seen / WHITE, 0.008856))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(one: str, other: str) -> float:
    """How far two colours are apart to a reader with deuteranopia."""
    return float(np.linalg.norm(np.subtract(*(lab(np.clip(DEUTERANOPIA @ linear(c), 0, 1)) for c in (one, other)))))


def test_the_matrix_makes_the_classic_pair_alike_and_leaves_grey_grey():
    assert apart("#c03020", "#5f6a10") < apart("#c03020", "#2040c0") / 2
    assert np.allclose(DEUTERANOPIA @ np.ones(3), 1, atol=1e-4)


def test_every_two_shades_of_level_are_apart():
    assert min(apart(one, other) for one, other in combinations(palette.LEVELS, 2)) > CLEARLY_APART


def test_every_two_judgements_are_apart():
    assert min(apart(one.colour, other.colour) for one, other in combinations(palette.RAG.values(), 2)) > CLEARLY_APART


@pytest.mark.parametrize(("one", "other"), list(combinations(palette.DIRECTIONS, 2)))
def test_every_two_directions_are_apart_by_colour_or_hatching_and_always_by_mark(one, other):
    first, second = palette.DIRECTIONS[one], palette.DIRECTIONS[other]
    assert first.mark != second.mark
    told = first.hatched != second.hatched or apart(first.colour, second.colour) > CLEARLY_APART
    assert told or (first.hatched and second.hatched) or {one, other} in QUIET_PAIRS


# Neither is a finding: they are told apart by mark and word alone.
QUIET_PAIRS = ({"no_clear_change", "steady"},)
