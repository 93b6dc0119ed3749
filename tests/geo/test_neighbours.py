"""Which areas touch, and the ring around some of them."""

import pytest
import shapely

from geo.errors import CRSMismatch, PartitionError
from geo.neighbours import neighbours, ring
from geo.partition import base_areas


@pytest.fixture
def chessboard(areas_of, box):
    """
    a3 b3 c3
    a2 b2 c2
    a1 b1 c1
    """
    return areas_of(
        {f"{'abc'[i]}{j + 1}": box(i * 10, j * 10, i * 10 + 10, j * 10 + 10) for i in range(3) for j in range(3)}
    )


def test_sharing_an_edge_makes_neighbours_and_sharing_a_corner_does_not(chessboard):
    touching = neighbours(chessboard)
    assert touching[touching["area_id"] == "a1"].to_numpy().tolist() == [["a1", "a2", 10], ["a1", "b1", 10]]


def test_each_pair_stands_both_ways_round_and_once(chessboard):
    touching = neighbours(chessboard)
    pairs = set(zip(touching["area_id"], touching["neighbour_id"], strict=True))
    assert len(pairs) == len(touching) == 24
    assert {(other, one) for one, other in pairs} == pairs


def test_a_metre_of_edge_is_not_enough(areas_of, box):
    areas = areas_of({"a": box(0, 0, 10, 10), "b": box(10, 9, 20, 19), "c": box(-10, 8.9, 0, 20)})
    touching = neighbours(areas)
    assert touching["area_id"].tolist() == ["a", "c"]
    assert touching["shared_m"].tolist() == pytest.approx([1.1, 1.1])


def test_a_beat_meets_the_pieces_of_a_beat_cut_beside_it(tiled, editions_of, box):
    # The cut adds corners to one side of a slanting edge only; it is one edge all the same.
    tiles = tiled(8)
    place = {"place_level": "place_of_concern"}
    cutter = shapely.buffer(shapely.centroid(tiles["T11"]), 60).difference(tiles["T12"])
    areas = base_areas(editions_of(*tiles.items()), editions_of(("P1", cutter, place)))
    touching = neighbours(areas).set_index(["area_id", "neighbour_id"])["shared_m"]
    whole = shapely.length(shapely.intersection(tiles["T11"].boundary, tiles["T12"].boundary))
    shared = sum(m for (one, other), m in touching.items() if one.startswith("T11") and other.startswith("T12"))
    assert shared == pytest.approx(whole, abs=0.1)


def test_the_ring_is_what_touches_the_middle_and_is_not_in_it(chessboard):
    assert ring(chessboard, ["a1"]) == ["a2", "b1"]
    assert ring(chessboard, ["b2", "b1"]) == ["a1", "a2", "b3", "c1", "c2"]
    assert ring(chessboard, []) == []


def test_an_unknown_area_has_no_ring(chessboard):
    with pytest.raises(PartitionError, match="No area is called z9"):
        ring(chessboard, ["a1", "z9"])


def test_areas_in_degrees_have_no_neighbours(areas_of, box):
    with pytest.raises(CRSMismatch, match="the areas"):
        neighbours(areas_of({"a": box(0, 0, 1, 1)}, crs="EPSG:4326"))
