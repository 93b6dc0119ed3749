"""What each place says, and how it is shaded."""

from __future__ import annotations

import math

import pandas as pd

from dashboard import palette
from dashboard.shading import direction_figures, place_figures, shared_scale, with_directions
from pipelines.insight.queries import band_words

COLUMNS = [
    "area_id",
    "name",
    "about",
    "low",
    "high",
    "single_cell",
    "cells",
    "withheld_because",
    "per_1000",
    "per_1000_low",
    "per_1000_high",
    "estimated",
]
NAN = math.nan


def counts(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame([dict(zip(COLUMNS, row, strict=True)) for row in rows])


SOME = counts(
    ("N01", "Mill Green", 6.0, 4.0, 8.0, False, 3, None, 2.0, 1.3, 2.7, False),
    ("N02", "Church Hill", 30.0, 26.0, 34.0, False, 3, None, 1.0, 0.9, 1.1, False),
    ("N03", "Lantern Park", NAN, NAN, NAN, False, 3, "to_protect_people", NAN, NAN, NAN, False),
    ("N04", "Quarry Road", NAN, NAN, NAN, False, 3, "not_collected", NAN, NAN, NAN, False),
    ("N05", "Station Cross", 0.0, 0.0, 2.0, True, 1, None, 0.0, 0.0, 0.7, True),
)


def test_places_come_highest_first_and_those_without_a_figure_last():
    places, _ = place_figures(SOME, per_1000=False, base=3, band_words=band_words)
    assert [place.area_id for place in places] == ["N02", "N01", "N05", "N03", "N04"]


def test_a_place_says_its_figure_with_its_range_or_the_reason_there_is_none():
    places, _ = place_figures(SOME, per_1000=False, base=3, band_words=band_words)
    words = {place.area_id: place.words for place in places}
    assert words["N01"] == "about 6 (4-8)"
    assert words["N03"] == "withheld to protect people"
    assert words["N04"] == "not collected in this time"
    assert words["N05"] == "fewer than 3, estimated: counted on older boundaries"


def test_withheld_is_kept_apart_from_not_collected():
    places, _ = place_figures(SOME, per_1000=False, base=3, band_words=band_words)
    held = {place.area_id: place.withheld for place in places}
    assert held["N03"]
    assert not held["N04"]
    assert all(place.shade is None for place in places if place.area_id in {"N03", "N04"})


def test_rates_shade_by_the_rate_and_say_it_with_its_range():
    places, scale = place_figures(SOME, per_1000=True, base=3, band_words=band_words)
    assert places[0].words == "about 2.0 per 1,000 (1.3-2.7)"
    assert places[0].shade == scale[-1]


def test_a_place_whose_residents_are_not_known_has_no_rate():
    empty = counts(("N01", "Mill Green", 6.0, 4.0, 8.0, False, 3, None, NAN, NAN, NAN, False))
    places, scale = place_figures(empty, per_1000=True, base=3, band_words=band_words)
    assert places[0].words == "no rate: how many young people live here is not known"
    assert scale == []


ROUNDED = pd.DataFrame(
    [
        ("n", "North", 25.0, pd.NA, None, False, 2.5),
        ("e", "East", NAN, 10, None, False, NAN),
        ("s", "South", 40.0, pd.NA, None, True, NAN),
        ("w", "West", NAN, pd.NA, "not_collected", False, NAN),
    ],
    columns=["area_id", "name", "about", "under", "withheld_because", "estimated", "per_1000"],
)


def test_a_rounded_figure_is_said_without_a_range_and_a_small_one_as_under_ten():
    places, scale = place_figures(ROUNDED, per_1000=False, base=10, band_words=band_words)
    words = {place.area_id: place.words for place in places}
    assert words == {
        "n": "about 25",
        "e": "under 10",
        "s": "about 40, estimated: counted on older boundaries",
        "w": "not collected in this time",
    }
    shades = {place.area_id: place.shade for place in places}
    assert shades["e"] == scale[0]
    assert scale[0].label == "0 to 9"
    assert shades["w"] is None


def test_a_rate_of_a_figure_too_small_to_say_is_not_said_either():
    places, _ = place_figures(ROUNDED, per_1000=True, base=10, band_words=band_words)
    words = {place.area_id: place.words for place in places}
    assert words["n"] == "about 2.5 per 1,000"
    assert words["e"] == "no rate: the figure is too small for one"
    assert words["s"].startswith("no rate: how many young people")
    assert words["w"] == "not collected in this time"


TOLD = pd.DataFrame(
    [("N01", "Mill Green", "no_clear_change"), ("N02", "Church Hill", "rising"), ("N03", "Lantern Park", "too_few_to_say"),
     ("N04", "Quarry Road", None), ("N05", "Station Cross", "falling")],
    columns=["area_id", "name", "direction"],
)  # fmt: skip


def test_directions_come_with_mark_colour_and_word_and_what_asks_for_action_first():
    places = direction_figures(TOLD, {"N02": "about 93 (84-102)"})
    assert [place.name for place in places] == ["Church Hill", "Station Cross", "Mill Green", "Lantern Park", "Quarry Road"]
    rising = places[0]
    assert rising.words == "about 93 (84-102), rising"
    assert (rising.shade.mark, rising.shade.word) == ("▲", "Rising")
    assert rising.shade.colour == palette.DIRECTIONS["rising"].colour


def test_too_few_to_say_is_hatched_and_no_direction_is_blank():
    places = {place.area_id: place for place in direction_figures(TOLD)}
    assert places["N03"].withheld
    assert places["N03"].shade
    assert places["N04"].shade is None
    assert not places["N04"].withheld
    assert places["N04"].words == "no direction yet"


def test_two_maps_share_one_scale_so_a_shade_means_the_same_on_each():
    few = SOME.assign(about=SOME["about"] / 10)
    scale = shared_scale([few, SOME], per_1000=False, base=3)
    low, _ = place_figures(few, per_1000=False, base=3, band_words=band_words, scale=scale)
    high, _ = place_figures(SOME, per_1000=False, base=3, band_words=band_words, scale=scale)
    own, _ = place_figures(few, per_1000=False, base=3, band_words=band_words)
    few_of, many_of, own_of = ({place.area_id: place.shade for place in places} for places in (low, high, own))
    assert few_of["N02"] == many_of["N05"] == scale[0]
    assert many_of["N02"] == scale[-1]
    assert own_of["N02"] != scale[0], "by its own scale it would look as dark as ten times as many"


def test_a_place_says_its_direction_beside_its_figure_but_a_blank_says_its_reason_alone():
    places, _ = place_figures(SOME, per_1000=False, base=3, band_words=band_words)
    words = {place.area_id: place.words for place in with_directions(places, {"N01": "rising", "N03": "rising"})}
    assert words["N01"] == "about 6 (4-8), rising"
    assert words["N03"] == "withheld to protect people"
    assert words["N02"] == "about 30 (26-34)"
