"""Who is compared with whom: the ring, the beats apart from it, and the months an intervention is judged by."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.insight.comparing import Town, begun_within, compare, first_month, judged_until, spans
from pipelines.insight.queries import Audience, open_snapshot

ALL_GROUPS = ("exploitation", "violence_and_fear", "knives_and_weapons", "asb_and_other")


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Town:
    found = open_snapshot(larkhaven, Audience("manager"))._town()
    assert found is not None
    return found


def test_the_place_its_ring_and_the_beats_compared_with_never_share_ground(town: Town) -> None:
    for area in town.inside:
        found = compare(town, [area], ALL_GROUPS)
        assert found is not None
        apart = frozenset().union(*(town.inside["beat", beat] for beat in found.controls))
        assert not apart & found.treated
        assert not apart & set(found.ring)
        assert not found.treated & set(found.ring)
        assert all(town.touching[one] & found.treated for one in found.ring)


def test_counts_of_the_place_are_those_of_its_own_ground(town: Town) -> None:
    cube = town.cube
    for area in (("beat", "N01"), ("place_of_concern", "P04")):
        found = compare(town, [area], ALL_GROUPS)
        assert found is not None
        own = [cube.base_areas.index(one) for one in town.inside[area] if one in cube.base_areas]
        newest = np.nansum(cube.values[own, :, -1])
        assert found.counts[0, -1] == newest


def test_several_places_are_one_and_no_ring_of_each_other(town: Town) -> None:
    touching = next(beat for beat in town.beats.areas if beat != "N01" and any(
        town.touching.get(one, frozenset()) & town.inside["beat", "N01"] for one in town.inside["beat", beat]))  # fmt: skip
    both = compare(town, [("beat", "N01"), ("beat", touching)], ALL_GROUPS)
    alone = [compare(town, [("beat", one)], ALL_GROUPS) for one in ("N01", touching)]
    assert both is not None
    parts = [one.counts[0] for one in alone if one is not None]
    assert np.allclose(both.counts[0], parts[0] + parts[1], equal_nan=True)
    assert not set(both.ring) & town.inside["beat", touching]


def test_a_place_that_is_not_there_is_no_comparison(town: Town) -> None:
    assert compare(town, [("beat", "nowhere")], ALL_GROUPS) is None


def test_the_month_something_began_within_is_neither_before_nor_after(town: Town) -> None:
    third = town.cube.starts[3]
    assert first_month(town.cube, third) == 3
    assert begun_within(town.cube, third) is None
    assert first_month(town.cube, third.replace(day=15)) == 4
    assert begun_within(town.cube, third.replace(day=15)) == 3
    assert first_month(town.cube, date(2099, 1, 1)) == len(town.cube.starts)
    assert begun_within(town.cube, date(2099, 1, 2)) is None


def test_something_is_judged_while_it_runs_a_year_at_least_and_two_at_most(town: Town) -> None:
    starts = town.cube.starts
    assert judged_until(town.cube, starts[0], starts[2]) == 12
    assert judged_until(town.cube, starts[0], starts[18]) == 18
    assert judged_until(town.cube, starts[0], None) == 24
    assert judged_until(town.cube, starts[-2], None) == len(starts)


def test_other_interventions_are_found_in_the_place_the_ring_and_the_beats(town: Town) -> None:
    found = compare(town, [("place_of_concern", "P04")], ALL_GROUPS)
    assert found is not None
    began = town.cube.starts[5]
    places = [("place_of_concern", "P04"), ("beat", found.controls[0])]
    one, other = spans(town, found, [{"areas": [area], "started_on": began, "ended_on": None} for area in places])
    assert one.rows[0] == 0
    assert (one.start, one.end) == (5, None)
    assert other.rows == (1 + len(found.ring),)


def test_a_beat_whose_recording_changed_is_no_comparison_but_the_place_itself_keeps_its_past(town: Town) -> None:
    event = town.events.iloc[0]
    since = next(number for number, start in enumerate(town.cube.starts) if start >= event["starts_on"].date())
    away = next(area for area in town.inside if area[0] == "beat" and area[1] != event["area_id"] and (
        found := compare(town, [area], ALL_GROUPS)) and event["area_id"] in found.controls)  # fmt: skip
    held = compare(town, [away], ALL_GROUPS)
    here = compare(town, [("beat", event["area_id"])], ALL_GROUPS)
    assert held is not None
    assert here is not None
    (row,) = held.numbers_of([event["area_id"]])
    assert np.isnan(held.counts[row, :since]).all()
    assert held.event_here is None
    assert here.event_here == event["kind"]
    assert np.isfinite(here.counts[0, :since]).sum() > since / 2
    assert event["area_id"] not in held.whole(0).controls
