"""The town: natural shapes that tile exactly, invented names, no place that is one dwelling or business."""

import random
import re
from itertools import pairwise

import numpy as np
import pytest
import shapely
from villages import DRAW

from pipelines.demo import names
from pipelines.demo.lines import to_metres
from pipelines.demo.mosaic import FEWEST_VERTICES, MOST_VERTICES, tiles
from pipelines.demo.planted import plant
from pipelines.demo.rates import make_rates
from pipelines.demo.schools import make_settings
from pipelines.demo.span import Span, terms
from pipelines.demo.town import Town, make_town
from pipelines.demo.zones import Scatter, make_zones

SPAN = Span(48)
ONE_HOUSEHOLD_OR_BUSINESS = re.compile(r"\d|\b(school|academy|home|house|flat|shop|pub|hotel|cafe|surgery)\b", re.I)


@pytest.fixture(scope="module", params=[7, *random.Random(DRAW).sample(range(10**6), 3)], ids=lambda seed: f"seed-{seed}")
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def town(seed: int) -> Town:
    return make_town(seed, SPAN)


def test_beats_tile_exactly_before_and_after_the_recut(town: Town) -> None:
    assert town.recut is not None
    before, after = town.cells, town.cells_on(town.recut.on)
    assert tiles(before)
    assert tiles(after)
    assert shapely.union_all(before).equals(shapely.union_all(after))
    moved = [one for one, other in zip(before, after, strict=True) if not one.equals(other)]
    assert len(moved) == 2


def test_neighbours_hold_the_very_same_rounded_vertices(town: Town) -> None:
    polygons = [town.mosaic.polygon_web(cell) for cell in range(len(town.cells))]
    assert shapely.coverage_is_valid(polygons)
    every = np.concatenate([np.asarray(one.exterior.coords) for one in polygons])
    assert np.array_equal(every, np.round(every, 7))


def test_a_gap_or_an_overlap_would_be_noticed(town: Town) -> None:
    moved = shapely.transform(town.cells[0], lambda points: points + 5.0)
    assert not tiles([moved, *town.cells[1:]])
    assert not tiles([town.cells[0].buffer(3), *town.cells[1:]])


def test_every_beat_has_a_natural_outline_of_100_to_300_vertices(town: Town) -> None:
    for cell in town.cells:
        assert FEWEST_VERTICES <= len(cell.exterior.coords) - 1 <= MOST_VERTICES


def test_there_are_36_beats_in_three_localities_each_in_one_piece(town: Town) -> None:
    assert len(set(town.beat_ids)) == len(set(town.names)) == 36
    for locality, _, letter in names.LOCALITIES:
        own = [k for k, parent in enumerate(town.parents) if parent == locality]
        assert sorted(town.beat_ids[k] for k in own) == [f"{letter}{n:02d}" for n in range(1, 13)]
        assert shapely.union_all([town.cells[k] for k in own]).geom_type == "Polygon"


def test_at_least_three_places_of_concern_lie_astride_two_beats_and_some_two_localities(town: Town) -> None:
    astride = [one for one in town.concerns.values() if len(one.hosts) == 2]
    across = [one for one in astride if len({town.parents[host] for host in one.hosts}) == 2]
    assert len(town.concerns) == 12
    assert len(astride) >= 3
    assert across
    for one in town.concerns.values():
        assert one.metres.within(town.outline)
        assert 150 < shapely.minimum_bounding_radius(one.metres) * 2 < 1_500


def test_no_place_is_named_after_one_dwelling_school_or_business() -> None:
    for name in [*names.BEATS, *names.PARKS, *(one for some in names.PLACES.values() for one in some)]:
        assert not ONE_HOUSEHOLD_OR_BUSINESS.search(name), name
    assert ONE_HOUSEHOLD_OR_BUSINESS.search("12 Harbour View")
    assert ONE_HOUSEHOLD_OR_BUSINESS.search("Larkhaven Primary School")


def test_zones_tile_the_town_and_every_point_drawn_lies_in_its_own_zone(seed: int, town: Town) -> None:
    zones = make_zones(town)
    assert sum(zone.metres.area for zone in zones) == pytest.approx(town.outline.area, abs=1)
    which = np.repeat(np.arange(len(zones)), 20)
    points = Scatter(zones).draw(np.random.default_rng(seed), which)
    shapes = np.array([zone.metres for zone in zones], dtype=object)[which]
    assert shapely.dwithin(shapes, shapely.points(points), 1e-6).all()


def test_fourteen_settings_and_at_least_three_in_each_locality(seed: int, town: Town) -> None:
    settings = make_settings(seed, town, make_zones(town))
    assert len({one.setting_urn for one in settings}) == 14
    for locality, _, _ in names.LOCALITIES:
        assert sum(town.parents[one.cell] == locality for one in settings) >= 3


def test_the_river_runs_between_beats_and_out_to_sea(town: Town) -> None:
    assert town.backdrop.river.geom_type == "Polygon"
    assert not town.backdrop.river.within(town.outline)
    assert town.backdrop.railway.length > 5_000


def test_what_was_displaced_turns_up_in_the_ring_number_for_number(seed: int, town: Town) -> None:
    zones, planted = make_zones(town), plant(seed, town, SPAN)
    moved = next(one for one in planted.effects if one.effect == "displaced")
    still = [one if one is not moved else type(one)(**{**vars(one), "multiplier": 1.0}) for one in planted.effects]
    with_it, told = make_rates(seed, town, zones, SPAN, planted)
    without, _ = make_rates(seed, town, zones, SPAN, type(planted)(**{**vars(planted), "effects": still}))
    change = with_it.mean - without.mean
    ring = next(one for one in told.effects if one.effect == "displaced").ring
    rising = {zone.zone_id for zone, row in zip(zones, change, strict=True) if row.sum() > 1}
    assert rising == set(ring)
    assert change.sum() == pytest.approx(0, abs=1e-6)
    assert np.abs(change).sum() > 20


def test_terms_run_three_a_year_and_never_overlap() -> None:
    every = terms(SPAN)
    assert len(every) == 13
    assert all(one.ends_on < other.starts_on for one, other in pairwise(every))
    assert all(45 <= len(one.open_days) <= 80 for one in every)


def test_another_seed_is_another_town_with_other_truths(seed: int, town: Town) -> None:
    other = make_town(seed + 1, SPAN)
    assert not other.outline.equals(town.outline)
    assert plant(seed, town, SPAN).rising != plant(seed + 1, other, SPAN).rising


def test_points_in_the_sea_are_no_real_place(town: Town) -> None:
    west, south, east, north = town.outline.bounds
    assert 100_000 < west < east < 116_000
    assert 180_000 < south < north < 196_000
    lon_lat = np.asarray(town.mosaic.edges[0])
    assert np.allclose(to_metres(lon_lat).mean(axis=0), [108_000, 188_000], atol=8_000)
