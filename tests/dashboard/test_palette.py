"""Shades: readable without colour, without shared edges, and with enough contrast."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import palette
from dashboard.palette import shade_of, shades


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_shade_number_can_be_read_on_its_colour():
    for colour, ink in zip(palette.LEVELS, palette.LEVEL_INKS, strict=True):
        assert contrast(colour, ink) >= 4.5


def test_two_neighbours_of_one_shade_have_an_edge_that_shows():
    for shade in shades([9, 4, 2, 0, 6], step=1):
        assert contrast(palette.edge_of(shade), shade.colour) >= 3


def test_words_on_the_page_have_enough_contrast():
    for ink in (palette.INK, palette.QUIET_INK, palette.ACCENT):
        assert contrast(ink, palette.PAPER) >= 4.5
        assert contrast(ink, palette.PANEL) >= 4.5


def test_shades_darken_steadily_so_they_can_be_told_apart_in_grey():
    steps = [luminance(colour) for colour in palette.LEVELS]
    assert steps == sorted(steps, reverse=True)
    assert all(contrast(a, b) >= 1.3 for a, b in zip(palette.LEVELS, palette.LEVELS[1:], strict=False))


def test_small_counts_get_one_shade_each_step():
    assert [shade.label for shade in shades([0, 3, 9], step=1)] == [
        "0 to 1",
        "2 to 3",
        "4 to 5",
        "6 to 7",
        "8 to 9",
    ]


def test_rates_are_cut_between_shown_decimals():
    labels = [shade.label for shade in shades([0.0, 4.9], step=0.1)]
    assert labels == ["0.0 to 0.9", "1.0 to 1.9", "2.0 to 2.9", "3.0 to 3.9", "4.0 to 4.9"]


def test_one_place_far_above_the_rest_does_not_wash_out_the_others():
    labels = [shade.label for shade in shades([1_900, 621, 350, 340, 250, 240, 130, 90, 80], step=1)]
    assert labels == ["0 to 99", "100 to 199", "200 to 499", "500 to 999", "1,000 to 1,999"]


def test_no_shade_is_narrower_than_the_rounding():
    for values in ([0, 3, 9], [3, 3, 3, 3, 6, 15], [0, 3, 3, 3, 3, 6, 12]):
        scale = shades(values, step=1, narrowest=3)
        assert all(shade.highest - shade.lowest + 1 >= 3 for shade in scale)


def test_a_few_places_that_are_much_alike_keep_equal_widths():
    assert [shade.label for shade in shades([40, 35, 44], step=1)][-2:] == ["30 to 39", "40 to 49"]


def test_a_map_of_mostly_zeros_is_not_stretched_to_look_lively():
    assert shades([0, 0, 0, 0, 3, 15], step=1)[0].label == "0 to 4"


def test_no_figures_means_no_legend_and_no_shade():
    assert shades([math.nan], step=1) == []
    assert shade_of(3, []) is None
    assert shade_of(math.nan, shades([3], step=1)) is None


@pytest.mark.parametrize("largest", [0, 1, 2, 3, 4, 5, 7, 30, 99, 100, 101, 2_499])
def test_the_words_run_from_lowest_to_highest(largest):
    words = [shade.word for shade in shades([largest], step=1)]
    assert words[0] == "lowest"
    assert len(words) == len(set(words)) <= 5
    assert len(words) == 1 or words[-1] == "highest"


@given(st.lists(st.integers(0, 100_000), min_size=1), st.sampled_from([1, 0.1]))
def test_every_figure_always_belongs_to_one_shade_and_edges_are_never_shared(steps, step):
    values = [number * step for number in steps]
    scale = shades(values, step=step)
    numbers = [float(text.replace(",", "")) for s in scale for text in re.split(" to ", s.label)]
    assert numbers == sorted(set(numbers))
    for value in values:
        shade = shade_of(value, scale)
        assert shade is not None
        assert shade.lowest - 1e-6 <= value <= shade.highest + 1e-6
