"""What came of interventions, read from a published town whose truth is known, as each audience may have it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import NotForThisAudience
from pipelines.insight.judging import Impact
from pipelines.insight.queries import Audience, Snapshot, open_snapshot


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, Audience("manager"))


@pytest.fixture(scope="module")
def planted(larkhaven: Path) -> dict[str, list[str]]:
    """What was planted -> the places."""
    effects = json.loads((larkhaven / "truth" / "planted.json").read_text("utf-8"))["effects"]
    return {
        kind: [one["place_id"] for one in effects if one["effect"] == kind] for kind in ("worked", "displaced", "nothing")
    }


def judged_at(town: Snapshot, place: str) -> Impact:
    return next(one for one in town.impacts() if one.area and one.area[1] == place and one.headline)


def test_what_worked_is_evidence_of_a_reduction_and_what_did_nothing_claims_nothing(town, planted) -> None:
    assert [judged_at(town, one).verdict for one in planted["worked"]] == ["evidence of a reduction"] * 2
    nothing = judged_at(town, planted["nothing"][0])
    assert nothing.verdict == "cannot tell"
    assert nothing.headline is not None
    assert nothing.headline.chosen_by_spike


def test_where_harm_only_moved_the_ring_never_claims_that_it_fell(town, planted) -> None:
    moved = judged_at(town, planted["displaced"][0]).headline
    assert moved is not None
    assert moved.ring is not None
    assert moved.ring.rate_ratio > 1
    assert moved.ring.verdict in ("cannot tell", "evidence of an increase")


def test_the_headline_is_the_weaker_of_the_claims_with_and_without_a_guard(town) -> None:
    for one in town.impacts():
        if one.headline is not None and not one.reason and one.with_guard and one.without_guard:
            away = [abs(np.log(found.rate_ratio)) for found in (one.with_guard, one.without_guard)]
            assert abs(np.log(one.headline.rate_ratio)) == min(away)


def test_every_entry_that_is_not_judged_says_why(town) -> None:
    why = {one.verdict for one in town.impacts() if one.headline is None}
    assert why == {"led_elsewhere", "not_of_a_place", "no_place", "planned"}
    assert all(one.intervention_type is None for one in town.impacts() if one.verdict == "led_elsewhere")


def test_a_place_is_held_against_beats_that_neither_hold_nor_touch_it(town, planted) -> None:
    for place in (*planted["worked"], *planted["displaced"]):
        detail = town.impact(judged_at(town, place).entry_id)
        assert not {place, *detail.ring} & set(detail.controls)
        assert len(detail.controls) >= 8
        assert detail.ring


def test_the_months_of_a_detail_are_those_of_the_headline(town, planted) -> None:
    one = judged_at(town, planted["worked"][0])
    rows = town.impact(one.entry_id).series
    after = rows[(rows["phase"] == "after") & rows["used"]]
    assert one.headline is not None
    assert after["actual"].sum() == one.headline.actual
    assert after["expected"].sum() == pytest.approx(one.headline.expected)
    assert rows["period"].iloc[-1] == one.through


def test_a_meeting_has_its_own_places_and_no_beat_of_another(larkhaven: Path, town) -> None:
    north = open_snapshot(larkhaven, Audience("meeting", "north"))
    own = set(north.areas_of("north")["area_id"])
    mine = north.impacts()
    assert mine
    assert {one.area[1] for one in mine if one.area} <= own
    for one in mine:
        if one.headline and not one.reason:
            detail = north.impact(one.entry_id)
            assert {*detail.ring, *detail.controls} <= own
    elsewhere = next(one for one in town.impacts() if one.area and one.area[1] not in own and one.headline)
    with pytest.raises(KeyError):
        north.impact(elsewhere.entry_id)


def test_the_board_has_kinds_together_without_counts_and_no_single_intervention(larkhaven: Path, town) -> None:
    board = open_snapshot(larkhaven, Audience("board"))
    with pytest.raises(NotForThisAudience):
        board.impacts()
    kinds = board.portfolio()
    assert kinds.keys() == town.portfolio().keys()
    assert sum(one.reduced for one in kinds.values()) == 3
    assert all(np.isnan(one.expected) and np.isnan(one.actual) and np.isnan(one.before) for one in kinds.values())


def test_before_it_starts_a_small_place_is_told_what_it_could_not_see(town) -> None:
    counts = town.map_counts("incidents", "incidents", area_level="beat", harm_groups=["exploitation"],
                             periods=list(town.periods("incidents")["period"])[-13:-1])  # fmt: skip
    quiet = counts.sort_values("about")["area_id"].iloc[0]
    small = town.before_it_starts([("beat", quiet)], ["exploitation"], 6)
    assert small is not None
    assert small.detectable.reason is None
    assert not small.detectable.reduction <= 0.4  # NaN: not even a fall to nothing
    pooled = town.before_it_starts([("beat", one) for one in counts["area_id"][:3]], ["violence_and_fear"], 24)
    assert pooled is not None
    assert pooled.detectable.reduction < 0.6
    assert {quiet} - set(small.suggested["beat"]) == {quiet}


def test_before_it_starts_is_for_places_of_the_audience(larkhaven: Path) -> None:
    north = open_snapshot(larkhaven, Audience("meeting", "north"))
    every = open_snapshot(larkhaven, Audience("manager")).areas("beat")["area_id"]
    south = sorted(set(every) - set(north.areas("beat")["area_id"]))[0]
    with pytest.raises(NotForThisAudience):
        north.before_it_starts([("beat", south)], ["exploitation"], 12)
    own = north.areas("beat")["area_id"].iloc[0]
    found = north.before_it_starts([("beat", own)], ["violence_and_fear"], 12)
    assert found is not None
    assert set(found.suggested["beat"]) <= set(north.areas("beat")["area_id"])


def test_a_recorded_outcome_that_the_figures_contradict_is_worth_discussing(town, planted) -> None:
    from pipelines.insight.tried import _differs

    one = judged_at(town, planted["worked"][0])
    assert _differs("no_change", one)
    assert not _differs("improved", one)
    assert not _differs(None, one)
    worse = replace(one, reason="evidence of an increase")
    assert _differs("improved", worse)
