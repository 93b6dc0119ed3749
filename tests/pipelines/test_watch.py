"""The investigator's private watch list: what it lists, what it must never say, and that it leaves no trace."""

import json
import re
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from typer.testing import CliRunner
from villages import VILLAGE_BEATS, Village, beat, boundary_file, make_village, square

from pipelines import steward
from pipelines.errors import PlacesError, WarehouseError
from pipelines.intake.due import open_warehouse
from pipelines.intake.retention import purge
from pipelines.settings import Settings
from pipelines.watch import Listed, WatchList, as_json, as_words, watch
from pipelines.watch.unusual import judge
from pipelines.watch.weeks import _count_again, read_weeks

HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m,proactive,child_ref"
MILL, B01, B02 = "400700,300500", "400200,300800", "401500,300500"
COVERS, LAST_DAY, ARRIVED = ("2024-01-01", "2024-05-31"), date(2024, 5, 31), "2024-06-05"
CANARY = "canary-ref-7f3a91"


def days_of(first: date, last: date, every: int) -> list[date]:
    return [first + timedelta(days=one) for one in range(0, (last - first).days + 1, every)]


def usual(every: int = 9) -> list[str]:
    """Five ordinary months: in B01 knife crime every so many days, in B02 anti-social behaviour twice as often."""
    first = date(2024, 1, 3)
    return [
        *(f"k{one:%m%d},{one},knife_crime,{B01},no," for one in days_of(first, LAST_DAY, every)),
        *(f"a{one:%m%d},{one},asb_pattern,{B02},no," for one in days_of(first, LAST_DAY, every // 2)),
    ]


def burst(
    rows: int, *, kind: str = "robbery", point: str = MILL, day: str = "2024-05-28", child: str = "", how: str = "yes"
) -> list[str]:
    return [f"{CANARY}-{kind}-{row}{day[-2:]},{day},{kind},{point},{how},{child}" for row in range(rows)]


def deliver(village: Village, *rows: str) -> Village:
    village.incidents(*usual(), *rows, header=HEADER, covers=COVERS, delivered_on=ARRIVED)
    village.build()
    return village


def with_mill(folder: Path, **more: object) -> Village:
    """The village with a place of concern in the east of B01."""
    village = make_village(folder)
    mill = beat("mill", "", square(400_500, 300_300, 400), place_level="place_of_concern", **more)
    (village.data_dir / "boundaries" / "places.geojson").write_text(json.dumps(boundary_file([mill])))
    return village


@pytest.fixture(scope="module")
def robbed(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """Five ordinary months, and in the last week of them six robberies on one day at the mill. Not to be changed."""
    return deliver(with_mill(tmp_path_factory.mktemp("robbed") / "village"), *burst(6))


@pytest.fixture
def own(robbed: Village, tmp_path: Path) -> Village:
    return robbed.copied(tmp_path / "own")


def listed(village: Village, **how: Any) -> dict[tuple[str, str], Listed]:
    return {(one.place_id, one.kind): one for one in watch(village.settings, **how).rows}


def run(village: Village, *words: str, code: int = 0) -> str:
    """The command as it is typed."""
    command = typer.Typer()
    command.command()(steward.emerging)
    done = CliRunner().invoke(command, ["--data-dir", str(village.data_dir), *words])
    assert done.exit_code == code, done.output
    return done.stdout


def test_a_burst_is_listed_with_what_it_is_made_of(robbed: Village) -> None:
    [one] = watch(robbed.settings).rows
    assert (one.place_id, one.level) == ("mill", "place of concern")
    assert (one.harm, one.harm_group) == ("Robbery", "violence_and_fear")
    assert (one.last_four_weeks, one.last_week, one.usual_four_weeks, one.weeks_of_history) == (6, 6, 0.0, 17)
    assert (one.how_unusual, one.one_day, one.proactive) == ("new here", True, "nearly all proactive")


def test_the_finer_place_and_kind_are_listed_for_records_they_share(robbed: Village) -> None:
    [one] = watch(robbed.settings).rows
    assert "Beat B01 (beat)" in one.also
    assert "all harm types together" in one.also


def test_a_beat_stays_beside_its_place_of_concern_for_records_of_its_own(tmp_path: Path) -> None:
    village = deliver(with_mill(tmp_path / "village"), *burst(6), *burst(6, point=B01, day="2024-05-20"))
    found = listed(village)
    assert {("mill", "robbery"), ("B01", "robbery")} <= set(found)
    assert found["B01", "robbery"].last_four_weeks == 12
    assert not found["B01", "robbery"].one_day


def test_ordinary_months_list_nothing(village: Village) -> None:
    found = watch(deliver(village).settings)
    assert found.rows == []
    assert found.looked_at > 3
    assert "Nothing stands out." in as_words(found)


def test_harm_that_is_out_of_scope_or_never_mapped_is_not_in_the_list(village: Village) -> None:
    unseen = [row for kind in ("cse_online", "peer_on_peer_sexual_harm", "radicalisation") for row in burst(9, kind=kind)]
    assert watch(deliver(village, *unseen).settings).rows == []


def test_a_child_counts_once_in_four_weeks_however_often(village: Village) -> None:
    again = [row for day in ("2024-05-12", "2024-05-20", "2024-05-28") for row in burst(3, day=day, child="c1")]
    assert listed(deliver(village, *again)) == {}
    different = [row.replace(",c1", f",c{number}") for number, row in enumerate(again, start=2)]
    assert listed(deliver(village, *different))["B01", "robbery"].last_four_weeks == 9


def test_children_found_somewhere_are_listed_without_a_harm_group(tmp_path: Path) -> None:
    village = with_mill(tmp_path / "village")
    header = "episode_ref,missing_from_at,returned_at,missing_from_locality,found_at_easting_m,found_at_northing_m,child_ref"
    days = days_of(date(2024, 1, 3), LAST_DAY, 9)
    rows = [f"m{one:%m%d},{one} 18:00,{one} 22:00,west,402500,300500,d{one:%m%d}" for one in days]
    rows += [f"n{one},2024-05-{20 + one} 18:00,2024-05-{20 + one} 22:00,west,{MILL},e{one}" for one in range(7)]
    village.deliver("missing_episodes", "\n".join([header, *rows]) + "\n", covers=COVERS, delivered_on=ARRIVED)
    village.build()
    found = watch(village.settings)
    [one] = found.rows
    assert (one.place_id, one.kind, one.last_four_weeks, one.one_day, one.harm_group) == ("mill", "found_at", 7, False, None)
    assert list(found.ends_on) == ["found_at"]
    assert "Incidents: nothing was delivered" in as_words(found)
    assert "harm_group is yours to choose: exploitation, " in as_words(found)


def test_weeks_end_on_the_last_day_delivered_not_on_a_day_nobody_told_of(robbed: Village) -> None:
    found = watch(robbed.settings)
    assert (found.as_at, found.ends_on["incidents"], found.history["incidents"]) == (date(2024, 6, 5), LAST_DAY, 17)
    with open_warehouse(robbed.settings, robbed.settings.warehouse.parent) as warehouse:
        weeks = read_weeks(warehouse, robbed.settings, date(2024, 5, 20))
    assert weeks.ends_on["incidents"] == date(2024, 5, 20)
    assert watch(robbed.settings, as_at=date(2024, 5, 20)).rows == []


def test_a_warehouse_of_another_version_is_to_be_built_again(robbed: Village, tmp_path: Path) -> None:
    older = robbed.copied(tmp_path / "older")
    with duckdb.connect(str(older.settings.warehouse)) as warehouse:
        warehouse.execute("DROP TYPE row_fate")
    with pytest.raises(WarehouseError, match="was built by another version: run `safer-places build` first"):
        watch(older.settings)


def test_weeks_before_a_place_was_drawn_are_no_past_to_judge_it_by(tmp_path: Path) -> None:
    """Half of B01's earlier knife crime would be shared out to the mill, which in truth had none."""
    village = deliver(with_mill(tmp_path / "village", valid_from="2024-04-01"), *burst(6))
    with open_warehouse(village.settings, village.settings.warehouse.parent) as warehouse:
        weeks = read_weeks(warehouse, village.settings, None)
    known = weeks.rows["area_id"].to_frame().assign(weeks=np.isfinite(weeks.counts).sum(axis=1)).groupby("area_id").max()
    assert known["weeks"].to_dict() == {"mill": 8, "B01": 21, "B02": 21, "B03": 21}
    assert ("B01", "robbery") in listed(village)
    assert ("mill", "robbery") not in listed(village)


def test_every_row_has_the_fate_and_the_area_the_build_gave_it(larkhaven: Path) -> None:
    settings = Settings(larkhaven)
    columns = "measure_no, row_no, delivery_no, period_no, group_no, area_no, located_by, fate"
    with open_warehouse(settings, settings.warehouse.parent) as warehouse:
        _count_again(warehouse, settings)
        [(kept,)] = warehouse.execute("SELECT count(*) FROM kept_fates").fetchall()
        odd = warehouse.execute(f"SELECT {columns} FROM fates EXCEPT ALL SELECT {columns} FROM kept_fates").fetchall()
        assert (kept > 30_000, odd) == (True, [])


def test_the_new_activity_planted_in_larkhaven_is_listed_in_its_first_weeks(larkhaven: Path) -> None:
    [planted] = json.loads((larkhaven / "truth" / "planted.json").read_text())["new_activity"]
    started = date.fromisoformat(f"{planted['from_month']}-01")
    found = watch(Settings(larkhaven), as_at=started + timedelta(days=41))
    assert (planted["place_id"], planted["harm_group"]) in {(one.place_id, one.harm_group) for one in found.rows}
    assert len(found.rows) <= 10


def test_a_warehouse_whose_old_rows_are_destroyed_still_lists(own: Village) -> None:
    (own.data_dir / "deliveries" / "incidents" / "delivery.csv").unlink()
    (own.data_dir / "deliveries" / "incidents" / "delivery.csv.toml").unlink()
    for month in range(1, 6):
        mine = [row for row in [*usual(), *burst(6)] if row.split(",")[1].startswith(f"2024-{month:02}")]
        last = 29 if month == 2 else 30 + month % 2
        own.incidents(*mine, header=HEADER, name=f"m{month}.csv", covers=(f"2024-{month:02}-01", f"2024-{month:02}-{last}"),
                      delivered_on=f"2024-{month + 1:02}-05")  # fmt: skip
    own.build()
    own.publish()
    assert purge(own.settings).feeds["incidents"]["periods"] == ["2024-01", "2024-02"]
    [one] = watch(own.settings).rows
    assert (one.place_id, one.kind, one.weeks_of_history) == ("mill", "robbery", 9)
    assert "against 9 delivered before them: what rose before that is part of the usual." in run(own)


def test_no_more_than_twenty_are_listed_and_the_others_are_numbered(village: Village) -> None:
    kinds = ("cce", "county_lines", "robbery", "drug_supply", "hate_crime", "bullying", "fear_voiced", "retaliation_risk",
             "weapon_possession", "serious_youth_violence", "cse_organised", "trafficking_modern_slavery")  # fmt: skip
    rows = [row for kind in kinds for point in (B01, B02) for row in burst(8, kind=kind, point=point)]
    rows = [f"{CANARY}-{number},{row.split(',', 1)[1]}" for number, row in enumerate(rows)]
    found = watch(deliver(village, *rows).settings)
    assert (len(found.rows), found.left_out) == (20, 6)
    assert "6 more stand out less, and are not listed." in as_words(found)


def test_a_least_count_keeps_small_ones_off_the_list(robbed: Village) -> None:
    assert len(json.loads(run(robbed, "--least", "6", "--json"))["rows"]) == 1
    assert json.loads(run(robbed, "--least", "7", "--json"))["rows"] == []


def contents(folder: Path) -> dict[str, tuple[int, int]]:
    found = {str(path.relative_to(folder)): path.stat() for path in sorted(folder.rglob("*"))}
    return {name: (one.st_mtime_ns, one.st_size) for name, one in found.items()}


def test_the_command_writes_no_file_but_that_it_was_asked_on_the_trail(own: Village) -> None:
    run(own)
    before = contents(own.data_dir)
    run(own)
    run(own, "--json", "--as-at", "2024-05-30")
    after = contents(own.data_dir)
    assert after.keys() == before.keys()
    assert {name.partition("/")[0] for name in before if after[name] != before[name]} == {"trail"}


def test_the_page_says_how_to_handle_it_and_names_no_record_no_child_and_no_day(robbed: Village) -> None:
    said, told = run(robbed), run(robbed, "--json")
    assert said.startswith("PRIVATE: exact counts. Not for a meeting, a screen or an e-mail.")
    assert "A flag is a question, not a finding." in said
    assert "only rises are listed" in said
    for text in (said, told):
        assert CANARY not in text
        # The day the list is made for, the end of the newest week, and the first day of the fortnight to raise it in.
        assert set(re.findall(r"\d{4}-\d\d-\d\d", text)) <= {"2024-06-05", "2024-05-31", "2024-05-18"}
    assert not re.search(r"\bp\b|\bq\b|0\.0\d", said)


def test_the_same_rows_are_told_in_json(robbed: Village) -> None:
    told = json.loads(run(robbed, "--json"))
    assert set(told) == {
        "handling", "as_at", "weeks_ending", "weeks_of_history", "looked_at", "rows", "left_out", "register"
    }  # fmt: skip
    assert told["rows"] == json.loads(json.dumps(as_json(watch(robbed.settings))["rows"]))
    assert set(told["rows"][0]) == {
        "place_id", "place", "level", "kind", "harm", "harm_group", "weeks_of_history", "last_four_weeks", "last_week",
        "usual_four_weeks", "how_unusual", "one_day", "proactive", "also",
    }  # fmt: skip


def test_the_row_it_offers_is_one_the_register_takes_once_it_has_a_reason(own: Village) -> None:
    offered = json.loads(run(own, "--json"))["register"]["csv"]
    assert offered.splitlines()[1] == "concern-2024-05-18-1,mill,violence_and_fear,2024-05-18,Intelligence Investigator,"
    own.deliver("emerging_concerns", offered, delivered_on=ARRIVED)
    assert own.build().tallies["emerging_concerns"] == {"read": 1, "rejected": 1}
    own.deliver("emerging_concerns", offered.rstrip() + "Robberies on the way from college.\n", delivered_on=ARRIVED)
    own.build()
    known = own.ask("SELECT place_id, harm_group FROM known_emerging_concerns").values.tolist()
    assert known == [["mill", "violence_and_fear"]]


def test_without_a_warehouse_it_says_to_build_one(village: Village) -> None:
    with pytest.raises(WarehouseError, match="run `safer-places build` first"):
        watch(village.settings)
    assert not (village.data_dir / "warehouse").exists()


def test_a_day_the_warehouse_does_not_reach_is_refused(robbed: Village) -> None:
    with pytest.raises(WarehouseError, match="made for 2024-06-05, and knows of no later day"):
        watch(robbed.settings, as_at=date(2024, 6, 6))


def test_a_warehouse_of_other_boundaries_or_settings_is_refused(own: Village) -> None:
    places = own.data_dir / "boundaries" / "places.geojson"
    moved = beat("mill", "", square(400_450, 300_300, 400), place_level="place_of_concern")
    lines = beat("lane", "", square(400_100, 300_100, 300), place_level="place_of_concern")
    places.write_text(json.dumps(boundary_file([moved, lines])))
    with pytest.raises(WarehouseError, match="boundaries/ changed since the build"):
        watch(own.settings)
    own.data_dir.joinpath("partnership.toml").write_text(own.data_dir.joinpath("partnership.toml").read_text() + "\n")
    with pytest.raises(WarehouseError, match=r"partnership\.toml changed since the build"):
        watch(own.settings)


def test_a_warehouse_that_would_count_otherwise_today_is_refused(village: Village) -> None:
    deliver(village, "edge1,2024-05-20,robbery,400005,300500,no,")
    watch(village.settings)
    narrow = [[[400_060, 300_000], [401_000, 300_000], [401_000, 301_000], [400_060, 301_000], [400_060, 300_000]]]
    rings = {one: square(e, n) for one, (_, e, n) in VILLAGE_BEATS.items()} | {"B01": narrow}
    smaller = [beat(one, parent, rings[one]) for one, (parent, _, _) in VILLAGE_BEATS.items()]
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(smaller)))
    with pytest.raises(WarehouseError, match="boundaries/ changed since the build"):
        watch(village.settings)


def test_boundaries_that_are_gone_are_asked_for(own: Village) -> None:
    shutil.rmtree(own.data_dir / "boundaries")
    with pytest.raises(PlacesError, match="boundaries/ holds no boundary file"):
        watch(own.settings)


def town(seed: int, weeks: int, *, kinds: int = 12, places: int = 40) -> np.ndarray:
    """Weekly counts in which nothing happens but season, slow drift and scatter: 0.02 to 3 a week, variance 1 to 3 means."""
    rng = np.random.default_rng(seed)
    rows = kinds * places
    usual_level, scatter = np.exp(rng.uniform(np.log(0.02), np.log(3), rows)), 1 + rng.exponential(0.4, rows)
    drift = np.zeros((rows, weeks))
    drift[:, 0] = rng.normal(0, 0.1, rows)
    for week in range(1, weeks):
        drift[:, week] = 0.92 * drift[:, week - 1] + rng.normal(0, 0.1 * np.sqrt(1 - 0.92**2), rows)
    season = 0.25 * np.cos(2 * np.pi * (np.arange(weeks) - rng.integers(52)) / 52)
    mean = usual_level[:, None] * np.exp(season + drift)
    return rng.negative_binomial(mean / (scatter - 1)[:, None], 1 / scatter[:, None]).astype(float)


def judged(counts: np.ndarray, kinds: int = 12) -> Any:
    kind = np.repeat([f"k{one}" for one in range(kinds)], len(counts) // kinds).astype(object)
    return judge(counts, kind, np.full(len(counts), "harm type", dtype=object), np.ones(len(counts), dtype=bool))


@pytest.mark.parametrize(("weeks", "towns", "most"), [(16, 30, 2.2), (30, 20, 2.0), (190, 4, 3.0)])
def test_where_nothing_happened_one_or_two_rows_of_480_are_listed_in_a_week(weeks: int, towns: int, most: float) -> None:
    found = [int(judged(town(seed, weeks))["is_listed"].sum()) for seed in range(towns)]
    assert np.mean(found) <= most


@pytest.mark.parametrize(("weeks", "towns"), [(16, 24), (190, 4)])
def test_five_in_the_newest_week_of_a_quiet_place_are_mostly_listed(weeks: int, towns: int) -> None:
    seen = []
    for seed in range(towns):
        counts = town(seed, weeks)
        counts[0] = np.random.default_rng(seed + 1000).poisson(0.2, weeks)
        counts[0, -1] += 5
        seen.append(bool(judged(counts)["is_listed"][0]))
    assert np.mean(seen) >= 0.65


@effort(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), weeks=st.sampled_from([9, 14, 40]))
def test_what_is_not_above_its_usual_is_never_listed(seed: int, weeks: int) -> None:
    found = judged(town(seed, weeks, kinds=3, places=5), kinds=3)
    assert not found.loc[found["recent_count"] <= found["usual_count"], "is_listed"].any()
    assert found.loc[found["is_new"], "recent_count"].ge(2).all()


def test_a_week_nobody_delivered_is_no_quiet_week() -> None:
    counts = town(3, 32)
    unknown, quiet = (np.insert(counts, [0] * 8, how, axis=1) for how in (np.nan, 0.0))
    assert np.allclose(judged(unknown)["p"], judged(counts)["p"])
    assert judged(quiet)["p"].mean() < judged(counts)["p"].mean() - 0.02
    holed = np.insert(counts, [5, 11], np.nan, axis=1)
    assert (judged(holed)[["usual_count", "past_weeks"]] == judged(counts)[["usual_count", "past_weeks"]]).all(axis=None)


def test_something_of_long_ago_is_not_new() -> None:
    counts = np.random.default_rng(5).poisson(0.5, (20, 220)).astype(float)
    counts[:2] = 0
    counts[:2, -1] = 4
    counts[1, 10] = 1
    found = judged(counts, kinds=2)
    assert list(found["is_new"][:2]) == [True, False]


def test_what_has_gone_quiet_again_is_not_listed() -> None:
    counts = np.random.default_rng(5).poisson(1.0, (20, 220)).astype(float)
    counts[:2, -26:-4] = 6
    counts[0, -4:], counts[1, -4:] = [0, 1, 0, 0], 6
    found = judged(counts, kinds=2)
    assert (found["q"][:2] < 0.01).all()
    assert list(found["is_listed"][:2]) == [False, True]


def test_a_few_weeks_are_too_little_past_to_tell_by() -> None:
    counts = town(1, 11)
    counts[0, -1] = 30
    found = judged(counts)
    assert found["p"].isna().all()
    assert not found["is_listed"].any()
    words = as_words(WatchList(date(2024, 3, 20), {"incidents": date(2024, 3, 17)}, {"incidents": 7}, 0, [], 0, ()))
    assert "against 7 delivered before them: too few to tell by." in words
