"""The selection travels in the URL; a place never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.choices import (
    LAYERS,
    Choice,
    Offer,
    default_choice,
    default_span,
    from_query,
    layers_at,
    left_out,
    map_levels,
    of_layer,
    to_query,
)

MONTHS = (
    ("2026-05", "May 2026", "collected"),
    ("2026-06", "June 2026", "not_collected"),
    ("2026-07", "July 2026", "collected"),
    ("2026-08", "August 2026", "collected"),
    ("2026-09", "September 2026", "still_arriving"),
)
OFFER = Offer("incidents", "incidents", ("beat", "locality", "place_of_concern"), ("one", "two"), MONTHS)


def test_the_usual_choice_is_every_group_and_the_last_three_complete_months():
    usual = default_choice(OFFER)
    assert usual.groups == ("one", "two")
    assert usual.periods(OFFER) == ("2026-06", "2026-07", "2026-08")
    assert not usual.per_1000


QUARTERS = (
    ("2024-Q1", "January to March 2024", "collected"),
    ("2024-Q2", "April to June 2024", "collected"),
    ("2024-Q4", "October to December 2024", "collected"),
    ("2025-Q1", "January to March 2025", "collected"),
)


def test_a_quarter_or_a_year_left_out_of_a_span_is_named():
    assert left_out(code for code, _, _ in QUARTERS) == ["July to September 2024"]
    assert left_out(("2024-Q4", "2025-Q1")) == []
    assert left_out(("2021", "2024")) == ["2022", "2023"]
    assert left_out(("2026-05", "2026-07", "2025-autumn")) == []


def test_with_nothing_complete_the_newest_periods_are_shown():
    assert default_span((("2026-09", "September 2026", "still_arriving"),)) == ("2026-09", "2026-09")


def test_an_unknown_or_impossible_part_of_a_url_is_ignored():
    query = {"level": "dwelling", "groups": "three", "months": "2026-08..2026-05", "show": "everything"}
    assert from_query(query, OFFER) == default_choice(OFFER)


def test_a_place_in_a_url_is_neither_read_nor_written():
    choice = from_query({"place": "N01", "area_id": "N01", "level": "locality"}, OFFER)
    assert "N01" not in str(choice)
    assert set(to_query(choice, OFFER)) <= {"measure", "level", "groups", "months", "show"}


def test_a_rate_is_never_read_from_a_url_for_a_place_of_concern():
    assert not from_query({"level": "place_of_concern", "show": "rate"}, OFFER).per_1000
    assert from_query({"level": "beat", "show": "rate"}, OFFER).per_1000


def test_each_level_has_the_layers_that_mean_something_there():
    assert layers_at("beat") == LAYERS
    assert layers_at("locality") == ("count", "rate", "direction", "relative")
    assert layers_at("place_of_concern") == ("count", "direction", "relative", "status")


def test_a_status_is_never_read_from_a_url_for_a_locality():
    assert from_query({"level": "locality", "show": "status"}, OFFER).layer == "count"
    assert from_query({"level": "place_of_concern", "show": "status"}, OFFER).layer == "status"


def test_a_single_month_may_be_written_once():
    choice = from_query({"months": "2026-07"}, OFFER)
    assert (choice.first, choice.last) == ("2026-07", "2026-07")


def test_the_map_offers_the_finest_level_first_and_never_base_areas():
    assert map_levels(("city", "locality", "base", "beat")) == ("beat", "locality")


@given(
    level=st.sampled_from(OFFER.levels),
    groups=st.sampled_from([("one",), ("two",), ("one", "two")]),
    ends=st.tuples(st.integers(0, 4), st.integers(0, 4)).map(sorted),
    layer=st.sampled_from(LAYERS),
)
def test_what_is_written_to_a_url_is_always_read_back(level, groups, ends, layer):
    plain = Choice(OFFER.feed, OFFER.measure, level, groups, MONTHS[ends[0]][0], MONTHS[ends[1]][0], per_1000=False)
    choice = of_layer(plain, layer if layer in layers_at(level) else "count")
    assert from_query(to_query(choice, OFFER), OFFER) == choice
