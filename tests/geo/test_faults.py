"""Every fault of the boundaries is found, named by id, and told all at once."""

import datetime as dt
import re

import pytest
import shapely

from geo.boundaries import check_boundaries, in_force, require_valid
from geo.errors import CRSMissing, InvalidBoundary

DAY = dt.date(2024, 5, 1)


def kinds(faults):
    return [(fault.kind, fault.place_ids, fault.warning) for fault in faults]


def around_a_hole(box, hole):
    west, south, east, north = hole
    return [
        ("N01", box(0, 0, 100, south)),
        ("N02", box(0, north, 100, 100)),
        ("N03", box(0, south, west, north)),
        ("N04", box(east, south, 100, north)),
    ]


def test_beats_that_tile_exactly_have_no_fault(tiled, editions_of):
    assert check_boundaries(editions_of(*tiled(3).items()), on=None) == []


def test_a_bow_tie_is_named_without_its_coordinates(editions_of, box):
    bow_tie = shapely.Polygon([(123_456, 0), (123_466, 10), (123_466, 0), (123_456, 10)])
    faults = check_boundaries(editions_of(("N01", bow_tie), ("N02", box(0, 0, 10, 10))), on=DAY)
    assert kinds(faults) == [("invalid_ring", ("N01",), False)]
    assert "self-intersection" in faults[0].detail
    assert not re.search(r"\d{3}", faults[0].detail)


def test_a_shape_with_no_ground_is_empty(editions_of):
    rows = [
        ("N01", shapely.Polygon()),
        ("N02", None),
        ("N03", shapely.Point(1, 1)),
        ("N04", shapely.LineString([(0, 0), (9, 9)])),
    ]
    assert kinds(check_boundaries(editions_of(*rows), on=DAY)) == [("empty", (f"N0{i}",), False) for i in (1, 2, 3, 4)]


def test_an_overlap_names_both_beats(editions_of, box):
    faults = check_boundaries(editions_of(("N02", box(90, 0, 200, 100)), ("N01", box(0, 0, 100, 100))), on=DAY)
    assert kinds(faults) == [("overlap", ("N01", "N02"), False)]
    assert "overlap by 1,000 m2" in str(faults[0])


def test_a_sliver_of_overlap_is_a_warning(editions_of, box):
    faults = check_boundaries(editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(99.995, 0, 200, 100))), on=DAY)
    assert kinds(faults) == [("overlap", ("N01", "N02"), True)]
    assert "0.5 m2" in faults[0].detail


def test_places_of_concern_may_overlap_anything(editions_of, box):
    place = {"place_level": "place_of_concern", "parent": None}
    rows = [
        ("N01", box(0, 0, 100, 100)),
        ("P01", box(10, 10, 50, 50), place),
        ("P02", box(20, 20, 60, 60), place),
    ]
    assert check_boundaries(editions_of(*rows), on=None) == []


def test_localities_may_not_overlap_one_another(editions_of, box):
    locality = {"place_level": "locality", "parent": None}
    rows = [("north", box(0, 0, 100, 100), locality), ("south", box(0, 50, 100, 200), locality)]
    faults = check_boundaries(editions_of(*rows), on=None)
    assert kinds(faults) == [("overlap", ("north", "south"), False)]


def test_a_gap_names_the_beats_around_it(editions_of, box):
    faults = check_boundaries(editions_of(*around_a_hole(box, (20, 20, 70, 70))), on=DAY)
    assert kinds(faults) == [("gap", ("N01", "N02", "N03", "N04"), False)]
    assert "2,500 m2" in faults[0].detail


def test_a_sliver_of_a_gap_is_a_warning(editions_of, box):
    assert kinds(check_boundaries(editions_of(*around_a_hole(box, (20, 20, 30, 30))), on=DAY)) == [
        ("gap", ("N01", "N02", "N03", "N04"), True)
    ]


def test_the_tolerances_are_the_callers_to_set(editions_of, box):
    editions = editions_of(*around_a_hole(box, (20, 20, 30, 30)))
    assert not check_boundaries(editions, on=DAY, gap_tolerance_m2=50)[0].warning
    editions = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(90, 0, 200, 100)))
    assert check_boundaries(editions, on=DAY, overlap_tolerance_m2=2_000)[0].warning


def test_one_id_twice_is_a_duplicate_not_an_overlap(editions_of, box):
    faults = check_boundaries(editions_of(("N01", box(0, 0, 100, 100)), ("N01", box(0, 0, 90, 90))), on=DAY)
    assert kinds(faults) == [("duplicate_id", ("N01",), False)]


def test_editions_of_one_beat_may_follow_but_not_cross(editions_of, box):
    def two(last, first):
        return editions_of(
            ("N01", box(0, 0, 100, 100), {"valid_to": last}),
            ("N01", box(0, 0, 90, 100), {"valid_from": first}),
        )

    assert check_boundaries(two(dt.date(2024, 3, 31), dt.date(2024, 4, 1)), on=None) == []
    faults = check_boundaries(two(dt.date(2024, 4, 1), dt.date(2024, 4, 1)), on=None)
    assert kinds(faults) == [("dates_cross", ("N01",), False)]


def test_dates_the_wrong_way_round_are_a_fault(editions_of, box):
    backwards = {"valid_from": dt.date(2024, 5, 1), "valid_to": dt.date(2024, 4, 1)}
    faults = check_boundaries(editions_of(("N01", box(0, 0, 100, 100), backwards)), on=None)
    assert kinds(faults) == [("dates_cross", ("N01",), False)]
    assert "valid_to is before its valid_from" in faults[0].detail


def test_a_beat_without_a_locality_among_beats_that_have_one_is_a_fault(editions_of, box):
    editions = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(100, 0, 200, 100), {"parent": None}))
    assert kinds(check_boundaries(editions, on=DAY)) == [("no_parent", ("N02",), False)]


def test_beats_with_no_localities_at_all_are_a_warning(editions_of, box):
    faults = check_boundaries(editions_of(("N01", box(0, 0, 100, 100), {"parent": None})), on=DAY)
    assert kinds(faults) == [("no_parent", (), True)]
    assert str(faults[0]).startswith("no_parent: no beat names its locality")


def test_a_parent_that_is_no_locality_is_a_fault(editions_of, box):
    editions = editions_of(
        ("south", box(0, 0, 200, 100), {"place_level": "locality", "parent": None}),
        ("N01", box(0, 0, 100, 100)),
    )
    faults = check_boundaries(editions, on=DAY)
    assert kinds(faults) == [("no_parent", ("N01",), False)]
    assert "not a locality in these boundaries" in faults[0].detail


def test_only_the_editions_in_force_on_the_day_are_compared(editions_of, box):
    editions = editions_of(("N01", box(0, 0, 100, 100)), ("N02", box(50, 0, 200, 100), {"valid_from": dt.date(2024, 6, 1)}))
    assert check_boundaries(editions, on=DAY) == []
    assert kinds(check_boundaries(editions, on=None)) == [("overlap", ("N01", "N02"), False)]


def test_the_last_day_of_an_edition_is_still_in_force(editions_of, box):
    editions = editions_of(("N01", box(0, 0, 1, 1), {"valid_from": DAY, "valid_to": DAY}))
    days = [DAY - dt.timedelta(1), DAY, DAY + dt.timedelta(1)]
    assert [len(in_force(editions, day)) for day in days] == [0, 1, 0]


def test_all_faults_are_told_together(editions_of, box):
    bow_tie = shapely.Polygon([(500, 0), (510, 10), (510, 0), (500, 10)])
    editions = editions_of(
        ("N01", box(0, 0, 100, 100)),
        ("N02", box(50, 0, 200, 100)),
        ("N03", bow_tie),
        ("N04", None),
        ("N05", box(300, 0, 310, 10), {"parent": None}),
    )
    with pytest.raises(InvalidBoundary) as caught:
        require_valid(editions)
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "empty",
        "invalid_ring",
        "no_parent",
        "overlap",
    ]
    assert "4 faults" in str(caught.value)
    assert caught.value.exit_code == 24


def test_warnings_alone_pass(editions_of, box):
    require_valid(editions_of(*around_a_hole(box, (20, 20, 30, 30))))


def test_an_edition_table_with_no_beats_has_no_gap(editions_of, box):
    place = {"place_level": "place_of_concern"}
    assert check_boundaries(editions_of(("P01", box(0, 0, 9, 9), place)), on=DAY) == []


def test_editions_without_a_crs_are_refused(editions_of, box):
    with pytest.raises(CRSMissing, match="the boundary editions"):
        check_boundaries(editions_of(("N01", box(0, 0, 9, 9)), crs=None), on=DAY)
