"""Every attacker at once on eight publishes of a village that lives: nothing is found, and a careless release is broken."""

import dataclasses

import pandas as pd
import pytest

from pipelines.audit.attack import audit
from pipelines.audit.feasible import feasible, puzzle_of
from pipelines.audit.insider_feed import private_counts
from pipelines.audit.naive import Broken
from pipelines.audit.released import Released, read_released
from pipelines.audit.structure import look
from pipelines.audit.verdict import Finding, Verdict, render
from pipelines.errors import NoSnapshot
from pipelines.settings import Settings


@pytest.fixture(scope="module")
def released(lived) -> Released:  # type: ignore[no-untyped-def]
    return read_released(lived.settings)


@pytest.fixture(scope="module")
def harm_types(lived) -> dict[str, tuple[str, ...]]:  # type: ignore[no-untyped-def]
    return {group.code: group.harm_types for group in lived.settings.policy.harm_groups}


def test_eight_publishes_together_give_nothing_away_and_a_careless_one_is_broken(history) -> None:  # type: ignore[no-untyped-def]
    told = []
    verdict = audit(history.settings, report=lambda stage, share: told.append(stage))
    assert len(verdict.snapshots) >= 8
    assert not verdict.breached, render(verdict)
    outsider = verdict.findings[0]
    assert outsider.attacked > 3000
    assert outsider.recovered == 0
    assert outsider.fewest == 3
    assert verdict.careless is not None
    assert verdict.careless.small > 100
    assert verdict.careless.share >= 0.6
    assert any("holds all of incidents" in one.attacker for one in verdict.findings)
    assert told[0] == "Reading what was released"


def test_the_history_has_everything_that_may_happen_to_a_past(history, released: Released) -> None:  # type: ignore[no-untyped-def]
    areas = set(released.sights["area_id"])
    assert {"B05@2024-06", "B02/mill", "B02/rest"} <= areas
    assert {"count", "tally", "summary"} == set(released.sights["kind"])
    summaries = {"harm_types", "age_bands", "return_home_interviews", "repeat_episodes", "reporting_delay"}
    assert summaries <= set(released.sights["measure"])
    assert len(released.manifests[-1]["key_fingerprints"]) == 2
    assert list((history.village.data_dir / "warehouse" / "certificates").glob("*"))
    moved = released.sights.groupby(["feed", "area_id", "harm_group", "period"])["value"].nunique()
    assert (moved > 1).any()


def test_what_the_attacker_thinks_possible_holds_the_truth(history, released: Released, harm_types) -> None:  # type: ignore[no-untyped-def]
    told = feasible(puzzle_of(released.sights), harm_types)
    cell = ["feed", "measure", "area_level", "area_id", "harm_group", "period"]
    moving = released.sights[~released.sights["frozen"] & (released.sights["snapshot"] == len(released.manifests) - 1)]
    truth = private_counts(history.settings.warehouse)[[*cell, "x"]].merge(moving[cell].drop_duplicates(), on=cell)
    both = told.counts[told.counts["newest"] & (told.counts["kind"] == "count")].merge(truth, on=cell)
    assert len(both) > 100
    assert ((both["low"] <= both["x"]) & (both["x"] <= both["high"])).all()


def test_a_past_rounded_again_is_a_breach(released: Released, harm_types) -> None:  # type: ignore[no-untyped-def]
    sights = released.sights.copy()
    newest = (sights["snapshot"] == len(released.manifests) - 1) & (sights["period"] < "2024-06")
    again = newest & sights["frozen"] & (sights["kind"] == "count") & (sights["area_id"] == "B12")
    sights.loc[again, "value"] += 3
    told = feasible(puzzle_of(sights), harm_types)
    assert told.under_base == again.sum() > 0
    promises = look(dataclasses.replace(released, sights=sights), puzzle_of(sights))
    assert promises["frozen_and_changed"] == again.sum() == promises["drawn_twice"]


def test_each_promise_is_looked_at(released: Released) -> None:
    puzzle = puzzle_of(released.sights)
    assert set(look(released, puzzle).values()) == {0}
    hidden = ({**released.tables[0], "counts": released.tables[0]["counts"].assign(child_ref="")}, *released.tables[1:])
    assert look(dataclasses.replace(released, tables=hidden), puzzle)["columns_not_listed"] == 1
    beside = ({**released.tables[0], "incidents": pd.DataFrame({"record_ref": []})}, *released.tables[1:])
    assert look(dataclasses.replace(released, tables=beside), puzzle)["columns_not_listed"] == 1
    one_more = released.sights.assign(value=released.sights["value"] + 1)
    assert look(dataclasses.replace(released, sights=one_more), puzzle)["not_multiples"] == len(released.sights)
    gone = released.sights[~(released.sights["frozen"] & (released.sights["snapshot"] == len(released.manifests) - 1))]
    assert look(dataclasses.replace(released, sights=gone), puzzle)["frozen_and_changed"] > 0
    rounded = [{**one, "measures": [{**two, "public": True} for two in one["measures"]]} for one in released.manifests[:1]]
    assert look(dataclasses.replace(released, manifests=(*rounded,)), puzzle)["public_and_rounded"] > 0


def test_an_earlier_snapshot_is_attacked_with_those_before_it(history, released: Released) -> None:  # type: ignore[no-untyped-def]
    third = read_released(history.settings, history.snapshots[2])
    assert [one["id"] for one in third.manifests] == history.snapshots[:3]
    assert [one["id"] for one in released.manifests] == history.snapshots


def test_before_anything_is_published_there_is_nothing_to_attack(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NoSnapshot, match="nothing to attack"):
        audit(Settings(tmp_path))


def test_the_page_says_who_attacked_what_with_what_and_whether_they_won() -> None:
    lost = Finding("An outsider", "every table", 1200, 3, 0, False, ("40 sums were used.",))
    page = render(Verdict(("2024-01_a",), (lost,), {"drawn_twice": 0}, Broken(50, 45)))
    assert "1 snapshot attacked together" in page
    assert "Breach: no" in page
    assert "attacked 1,200; at fewest 3 possible numbers each; worked out 0" in page
    assert "40 sums were used." in page
    assert "all hold" in page
    assert "45 of the 50 hidden ones exactly (90%)" in page


def test_the_page_of_a_breach_says_so_where_it_is() -> None:
    won = Finding("An outsider", "every table", 1200, 1, 7, True)
    verdict = Verdict(("a", "b"), (won,), {"drawn_twice": 4})
    assert verdict.breached
    page = render(verdict)
    assert "Breach: YES" in page
    assert "An outsider  ** BREACH **" in page
    assert "drawn twice: 4" in page
    assert verdict.figures["breached"] is True


def test_a_broken_promise_alone_is_a_breach() -> None:
    lost = Finding("An outsider", "every table", 1200, 3, 0, False)
    assert Verdict(("a",), (lost,), {"frozen_and_changed": 1}).breached
    assert not Verdict(("a",), (lost,), {"frozen_and_changed": 0}).breached
