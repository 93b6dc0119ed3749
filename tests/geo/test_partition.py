"""Base areas: a true partition of the beats, and one shape for ever under each id."""

import datetime as dt
import time

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CRSMismatch, PartitionError
from geo.partition import base_areas, partition_history

PLACE = {"place_level": "place_of_concern"}
MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13)]


def pieces(areas):
    return dict(zip(areas.index, areas["place_ids"], strict=True))


def test_a_beat_no_place_crosses_keeps_its_geometry_untouched(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(100, 0, 200, 100)))
    areas = base_areas(beats, editions_of(("P01", box(120, 20, 150, 50), PLACE)))
    assert pieces(areas) == {"N01": (), "N02/P01": ("P01",), "N02/rest": ()}
    assert areas.geometry["N01"] is beats.geometry.iloc[0] or areas.geometry["N01"] == beats.geometry.iloc[0]
    assert areas.index.name == "area_id"


def test_no_places_means_the_beats_themselves(editions_of, box):
    beats = editions_of(("N02", box(100, 0, 200, 100)), ("N01", box(0, 0, 100, 100)))
    assert pieces(base_areas(beats, editions_of(("P", box(0, 0, 1, 1), PLACE)).iloc[:0])) == {
        "N01": (),
        "N02": (),
    }


def test_a_place_across_two_beats_has_a_piece_of_each(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(100, 0, 200, 100)))
    areas = base_areas(beats, editions_of(("P01", box(80, 20, 120, 60), PLACE)))
    assert list(areas.index) == ["N01/P01", "N01/rest", "N02/P01", "N02/rest"]
    assert areas.area.to_dict() == {"N01/P01": 800, "N01/rest": 9200, "N02/P01": 800, "N02/rest": 9200}


def test_where_places_overlap_the_piece_belongs_to_both(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)))
    places = editions_of(("P02", box(40, 40, 80, 80), PLACE), ("P01", box(20, 20, 60, 60), PLACE))
    assert pieces(base_areas(beats, places)) == {
        "N01/P01": ("P01",),
        "N01/P01+P02": ("P01", "P02"),
        "N01/P02": ("P02",),
        "N01/rest": (),
    }


def test_a_place_that_is_the_whole_beat_leaves_no_rest(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(100, 0, 200, 100)))
    areas = base_areas(beats, editions_of(("P01", box(0, 0, 100, 100), PLACE)))
    assert pieces(areas) == {"N01/P01": ("P01",), "N02": ()}
    assert areas.geometry["N01/P01"] == beats.geometry.iloc[0]


def test_a_sliver_joins_the_neighbour_in_its_own_beat(editions_of, box):
    # The place spills 5 mm over the edge into N02: 0.4 m2 there is a slip of the pen.
    beats = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(100, 0, 200, 100)))
    areas = base_areas(beats, editions_of(("P01", box(50, 10, 100.005, 90), PLACE)))
    assert pieces(areas) == {"N01/P01": ("P01",), "N01/rest": (), "N02": ()}


def test_a_sliver_left_between_a_place_and_the_edge_joins_the_place(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)))
    areas = base_areas(beats, editions_of(("P01", box(0.005, 0, 100, 100), PLACE)))
    assert pieces(areas) == {"N01/P01": ("P01",)}


def test_an_islet_that_touches_nothing_stays_what_it_is(editions_of, box):
    beat = shapely.multipolygons([box(0, 0, 100, 100), box(200, 0, 200.5, 1)])
    areas = base_areas(editions_of(("N01", beat)), editions_of(("P01", box(50, 0, 300, 100), PLACE)))
    assert areas.area.round(6).to_dict() == {"N01/P01": 5000.5, "N01/rest": 5000}


def test_a_place_that_splits_a_beat_leaves_one_rest_in_two_parts(editions_of, box):
    areas = base_areas(editions_of(("N01", box(0, 0, 100, 100))), editions_of(("P01", box(40, -5, 60, 105), PLACE)))
    assert areas.geometry["N01/rest"].geom_type == "MultiPolygon"


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_base_areas_are_always_a_true_partition(tiled, editions_of, box, seed, data):
    tiles = tiled(seed, east=0, north=0)
    corner = st.integers(-4, 28).map(lambda tens: tens * 10)
    length = st.integers(4, 20).map(lambda tens: tens * 10)
    drawn = st.tuples(corner, corner, length, length).map(lambda b: box(b[0], b[1], b[0] + b[2], b[1] + b[3]))
    tilted = drawn.map(lambda shape: shapely.convex_hull(shapely.buffer(shape, 7.3, quad_segs=2)))
    whole = st.sampled_from(sorted(tiles)).map(tiles.__getitem__)
    nudged = whole.map(lambda shape: shapely.transform(shape, lambda xy: xy + 0.004))
    shapes = data.draw(st.lists(st.one_of(drawn, tilted, whole, nudged), max_size=4))
    everywhere = shapely.union_all(list(tiles.values()))
    shapes = [shape for shape in shapes if shapely.area(shapely.intersection(shape, everywhere)) > 500]
    beats = editions_of(*tiles.items())
    places = {f"P{i}": shape for i, shape in enumerate(shapes)}
    areas = base_areas(
        beats,
        editions_of(*[(place, shape, PLACE) for place, shape in places.items()] or [("P", box(0, 0, 1, 1))]).iloc[
            : len(places)
        ],
    )

    assert areas.area.sum() == pytest.approx(sum(tile.area for tile in tiles.values()), abs=1e-6)
    one, other = areas.sindex.query(areas.geometry, predicate="intersects")
    overlap = shapely.area(shapely.intersection(areas.geometry.values[one], areas.geometry.values[other]))
    assert overlap[one != other].max(initial=0) < 1e-6
    assert areas.is_valid.all()
    for beat, tile in tiles.items():
        mine = areas[areas["beat_id"] == beat]
        assert mine.area.sum() == pytest.approx(tile.area, abs=1e-6)
        for place_ids, piece in zip(mine["place_ids"], mine.geometry, strict=True):
            for place, shape in places.items():
                elsewhere = piece.difference(shape) if place in place_ids else piece.intersection(shape)
                assert elsewhere.area < 4, "a piece differs from its places by slivers at most"


def test_a_repeated_beat_is_refused(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 1, 1)), ("N01", box(1, 0, 2, 1)))
    with pytest.raises(PartitionError, match="More than one beat in force is called N01"):
        base_areas(beats, beats.iloc[:0])


def test_a_broken_shape_is_refused(editions_of, box):
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    with pytest.raises(PartitionError, match="shape of place of concern P01 is broken"):
        base_areas(editions_of(("N01", box(0, 0, 100, 100))), editions_of(("P01", bow_tie, PLACE)))


def test_a_place_outside_every_beat_is_refused_not_lost(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 100, 100)))
    places = editions_of(("P01", box(500, 500, 600, 600), PLACE), ("P02", box(5, 5, 5.5, 6), PLACE))
    with pytest.raises(PartitionError, match="no piece of any beat in force: P01, P02"):
        base_areas(beats, places)


def test_a_place_called_rest_is_refused(editions_of, box):
    with pytest.raises(PartitionError, match="Two base areas would be called N01/rest"):
        base_areas(editions_of(("N01", box(0, 0, 100, 100))), editions_of(("rest", box(5, 5, 50, 50), PLACE)))


def test_beats_in_degrees_are_refused(editions_of, box):
    beats = editions_of(("N01", box(0, 0, 1, 1)), crs="EPSG:4326")
    with pytest.raises(CRSMismatch, match="the beats"):
        base_areas(beats, beats.iloc[:0])


def rows_of(history):
    columns = ["valid_from_period", "valid_to_period"]
    return {area: tuple(row) for area, row in zip(history.index, history[columns].to_numpy(), strict=True)}


def test_unchanged_boundaries_are_one_row_for_ever(editions_of, box):
    history = partition_history(editions_of(("N01", box(0, 0, 100, 100))), MONTHS)
    assert rows_of(history) == {"N01": ("2023-01", None)}
    assert history["locality_id"].tolist() == ["north"]


def test_only_the_beat_that_was_redrawn_gets_a_new_id(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100), {"valid_to": dt.date(2024, 3, 31)}),
        ("N02", box(100, 0, 200, 100), {"valid_to": dt.date(2024, 3, 31)}),
        ("N03", box(200, 0, 300, 100)),
        ("N01", box(0, 0, 110, 100), {"valid_from": dt.date(2024, 4, 1)}),
        ("N02", box(110, 0, 200, 100), {"valid_from": dt.date(2024, 4, 1)}),
    )
    assert rows_of(partition_history(editions, MONTHS)) == {
        "N01": ("2023-01", "2024-03"),
        "N01@2024-04": ("2024-04", None),
        "N02": ("2023-01", "2024-03"),
        "N02@2024-04": ("2024-04", None),
        "N03": ("2023-01", None),
    }


def test_an_edition_that_repeats_the_same_shape_changes_no_id(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100), {"valid_to": dt.date(2024, 3, 31)}),
        ("N01", shapely.segmentize(box(0, 0, 100, 100), 30), {"valid_from": dt.date(2024, 4, 1)}),
    )
    assert rows_of(partition_history(editions, MONTHS)) == {"N01": ("2023-01", None)}


def test_an_edition_counts_from_the_first_whole_month(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100), {"valid_to": dt.date(2024, 3, 14)}),
        ("N01", box(0, 0, 90, 100), {"valid_from": dt.date(2024, 3, 15)}),
    )
    assert rows_of(partition_history(editions, MONTHS)) == {
        "N01": ("2023-01", "2024-03"),
        "N01@2024-04": ("2024-04", None),
    }


def test_a_place_that_comes_and_goes_changes_only_its_own_beats(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100)),
        ("N02", box(100, 0, 200, 100)),
        (
            "P01",
            box(120, 20, 150, 50),
            PLACE | {"valid_from": dt.date(2024, 1, 1), "valid_to": dt.date(2024, 6, 30)},
        ),
    )
    assert rows_of(partition_history(editions, MONTHS)) == {
        "N01": ("2023-01", None),
        "N02": ("2023-01", "2023-12"),
        "N02/P01": ("2024-01", "2024-06"),
        "N02/rest": ("2024-01", "2024-06"),
        "N02@2024-07": ("2024-07", None),
    }


def test_a_piece_no_new_place_reaches_keeps_its_id(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100)),
        ("P01", box(10, 10, 30, 30), PLACE),
        ("P02", box(30, 10, 50, 30), PLACE | {"valid_from": dt.date(2024, 1, 1)}),
    )
    assert rows_of(partition_history(editions, MONTHS)) == {
        "N01/P01": ("2023-01", None),
        "N01/P02": ("2024-01", None),
        "N01/rest": ("2023-01", "2023-12"),
        "N01/rest@2024-01": ("2024-01", None),
    }


def test_a_beat_that_moves_locality_is_a_new_area(editions_of, box):
    editions = editions_of(
        ("N01", box(0, 0, 100, 100), {"valid_to": dt.date(2023, 12, 31)}),
        ("N01", box(0, 0, 100, 100), {"parent": "south", "valid_from": dt.date(2024, 1, 1)}),
    )
    history = partition_history(editions, MONTHS)
    assert history["locality_id"].to_dict() == {"N01": "north", "N01@2024-01": "south"}


def test_a_beat_without_a_locality_has_none(editions_of, box):
    history = partition_history(editions_of(("N01", box(0, 0, 9, 9), {"parent": None})), MONTHS)
    assert history["locality_id"].tolist() == [None]


def test_a_month_with_no_beat_in_force_is_refused(editions_of, box):
    editions = editions_of(("N01", box(0, 0, 100, 100), {"valid_from": dt.date(2023, 2, 1)}))
    with pytest.raises(PartitionError, match="No beat is in force in 2023-01"):
        partition_history(editions, MONTHS)


def test_a_period_that_is_not_a_month_is_refused(editions_of, box):
    with pytest.raises(PartitionError, match="not a month"):
        partition_history(editions_of(("N01", box(0, 0, 100, 100))), ["2023-13"])


def test_four_years_of_an_unchanged_town_take_well_under_a_second(tiled, editions_of, box):
    tiles = tiled(1, across=6, down=6)
    places = [(f"P{i:02d}", box(1010 + 50 * i, 1010, 1080 + 50 * i, 1200), PLACE) for i in range(10)]
    editions = editions_of(*tiles.items(), *places)
    started = time.perf_counter()
    partition_history(editions, MONTHS)
    assert time.perf_counter() - started < 1
