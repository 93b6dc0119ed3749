"""The read API: sums of what was released, blanks with reasons, and nothing from the private side."""

import sys
from datetime import date
from pathlib import Path
from subprocess import run

import duckdb
import numpy as np
import pandas as pd
import pytest
from villages import Village

from pipelines.errors import NotForThisAudience, SnapshotFault
from pipelines.insight.periods import period_label
from pipelines.insight.queries import Audience, Snapshot, open_snapshot

MANAGER = Audience("manager")


@pytest.fixture(scope="module")
def town(larkhaven: Path) -> Snapshot:
    return open_snapshot(larkhaven, MANAGER)


def groups(town: Snapshot, feed: str, measure: str) -> list[str]:
    return [code for code, _ in town.measure(feed, measure).harm_groups]


def counts(town: Snapshot, level: str, periods: list[str]) -> pd.DataFrame:
    return town.map_counts(
        "incidents", "incidents", area_level=level, harm_groups=groups(town, "incidents", "incidents"), periods=periods
    )


def test_beats_and_localities_add_up_to_the_city(town: Snapshot) -> None:
    city = counts(town, "city", ["2026-07", "2026-08", "2026-09"])["about"].sum()
    for level in ("beat", "locality"):
        assert counts(town, level, ["2026-07", "2026-08", "2026-09"])["about"].sum() == pytest.approx(city)


def test_old_counts_reach_todays_beats_whole_and_are_marked_estimated(town: Snapshot) -> None:
    old, new = counts(town, "beat", ["2023-01"]), counts(town, "beat", ["2026-09"])
    assert old["about"].sum() == pytest.approx(counts(town, "city", ["2023-01"])["about"].sum())
    assert 2 <= old["estimated"].sum() <= 6
    assert not new["estimated"].any()


def test_a_span_with_a_month_missing_says_how_many_were_collected(town: Snapshot) -> None:
    found = town.map_counts(
        "missing_episodes", "missing_from", area_level="locality", harm_groups=["all"],
        periods=["2024-04", "2024-05", "2024-06"],
    )  # fmt: skip
    assert set(found["periods_collected"]) == {2}
    assert found["about"].notna().all()


def test_a_span_with_nothing_collected_is_blank_with_its_reason(town: Snapshot) -> None:
    found = town.map_counts(
        "missing_episodes", "missing_from", area_level="locality", harm_groups=["all"], periods=["2024-05"]
    )
    assert found["about"].isna().all()
    assert set(found["withheld_because"]) == {"not_collected"}


def test_one_cell_is_marked_and_carries_its_certain_bounds(town: Snapshot) -> None:
    found = town.map_counts(
        "missing_episodes", "missing_from", area_level="locality", harm_groups=["all"], periods=["2026-09"]
    )
    assert found["single_cell"].all()
    assert (found["high"] == found["about"] + 2).all()


def test_rates_are_per_thousand_residents_aged_ten_to_seventeen_and_never_for_a_place(town: Snapshot) -> None:
    beats = counts(town, "beat", ["2026-09"])
    assert np.allclose(beats["per_1000"], beats["about"] / beats["residents_10_17"] * 1000)
    assert counts(town, "place_of_concern", ["2026-09"])["per_1000"].isna().all()


def test_a_series_sums_to_what_the_map_says(town: Snapshot) -> None:
    beat_id = town.areas("beat")["area_id"].iloc[0]
    chosen = groups(town, "incidents", "incidents")
    series = town.series("incidents", "incidents", area_level="beat", area_id=beat_id, harm_groups=chosen)
    last = series[series["period"].isin(["2026-07", "2026-08", "2026-09"])]["about"].sum()
    beats = counts(town, "beat", ["2026-07", "2026-08", "2026-09"]).set_index("area_id")
    assert last == pytest.approx(beats.loc[beat_id, "about"])
    assert list(series["period"]) == sorted(series["period"])
    assert series["state"].iloc[-1] == "still_arriving"


def test_a_measure_is_never_shown_finer_than_it_may_be(town: Snapshot) -> None:
    assert town.levels("missing_episodes/missing_from") == ("locality", "city")
    with pytest.raises(ValueError, match="not shown by beat"):
        town.map_counts("missing_episodes", "missing_from", area_level="beat", harm_groups=["all"], periods=["2026-09"])
    with pytest.raises(NotForThisAudience, match="this level of area"):
        counts(town, "base", ["2026-09"])


def test_outlines_carry_an_id_and_a_name_and_nothing_else(town: Snapshot) -> None:
    for level in ("beat", "locality", "place_of_concern", "city"):
        features = town.outlines(level)["features"]
        assert len(features) == len(town.areas(level))
        assert {tuple(one["properties"]) for one in features} == {("area_id", "name")}


def test_the_backdrop_is_shapes_alone(town: Snapshot) -> None:
    layers = town.context()
    assert set(layers) == {"parks", "railway", "river", "roads"}
    assert all(feature["properties"] == {} for layer in layers.values() for feature in layer["features"])


def test_freshness_says_what_is_still_arriving(town: Snapshot) -> None:
    fresh = town.freshness().set_index("feed")
    assert fresh.loc["incidents", "last_collected_period"] == "2026-09"
    assert fresh.loc["incidents", "still_arriving_periods"] == ["October 2026"]
    assert fresh.loc["incidents", "delivered_on"] == date(2026, 10, 7)


@pytest.mark.parametrize(
    ("period", "grain", "label"),
    [
        ("2026-09", "month", "September 2026"),
        ("2026-Q3", "quarter", "July to September 2026"),
        ("2026", "year", "2026"),
        ("2026-autumn", "term", "Autumn term 2026"),
        ("T3", "term", "T3"),
    ],
)
def test_a_period_reads_as_people_say_it(period: str, grain: str, label: str) -> None:
    assert period_label(period, date(2026, 7 if grain == "quarter" else 9, 1), grain) == label


def test_a_quarter_is_the_sum_of_its_months_and_a_year_of_its_quarters(town: Snapshot) -> None:
    for level in ("beat", "city"):
        quarter = counts(town, level, ["2026-Q3"])
        pd.testing.assert_frame_equal(quarter, counts(town, level, ["2026-07", "2026-08", "2026-09"]))
        quarters = [counts(town, level, [f"2025-Q{one}"])["about"] for one in (1, 2, 3, 4)]
        assert np.allclose(counts(town, level, ["2025"])["about"], sum(quarters))


def test_months_asked_for_twice_by_two_names_count_once(town: Snapshot) -> None:
    once, twice = counts(town, "beat", ["2026-Q3"]), counts(town, "beat", ["2026-08", "2026-Q3", "2026-08"])
    pd.testing.assert_frame_equal(once, twice)


def test_a_quarter_with_a_month_missing_or_still_arriving_is_no_smaller_quarter(town: Snapshot) -> None:
    incidents = list(town.periods("incidents", grain="quarter")["period"])
    assert incidents[0] == "2022-Q4"
    assert incidents[-1] == "2026-Q3"  # October is still arriving
    missing = list(town.periods("missing_episodes", "missing_from", grain="quarter")["period"])
    assert set(incidents) - set(missing) == {"2024-Q2"}  # May was not collected
    assert "2024" not in list(town.periods("missing_episodes", "missing_from", grain="year")["period"])
    with pytest.raises(NotForThisAudience, match="whole quarters"):
        counts(town, "beat", ["2026-Q4"])


def test_a_period_this_snapshot_does_not_have_is_refused_rather_than_left_out(town: Snapshot) -> None:
    with pytest.raises(NotForThisAudience, match="one of these periods"):
        counts(town, "beat", ["2026-08", "1999-01"])


def test_a_series_by_quarter_says_what_the_map_says_of_each(town: Snapshot) -> None:
    area = town.areas("locality")["area_id"].iloc[0]
    chosen = groups(town, "incidents", "incidents")
    series = town.series("incidents", "incidents", area_level="locality", area_id=area, harm_groups=chosen, grain="quarter")
    assert set(series["state"]) == {"collected"}
    for period, about, low in zip(series["period"], series["about"], series["low"], strict=True):
        seen = counts(town, "locality", [period]).set_index("area_id").loc[area]
        assert (about, low) == (pytest.approx(seen["about"]), seen["low"])


def test_school_terms_do_not_make_calendar_quarters(town: Snapshot) -> None:
    assert town.measure("weapon_in_school_reports", "reports").grains == ("term",)
    with pytest.raises(NotForThisAudience, match="this length of period"):
        town.periods("weapon_in_school_reports", grain="quarter")


def test_a_village_without_places_of_concern_does_not_offer_them(village: Village) -> None:
    village.incidents("r1,2024-01-10,knife_crime,400500,300500")
    village.build()
    village.publish()
    assert open_snapshot(village.data_dir, MANAGER).levels("incidents/incidents") == ("beat", "locality", "city")


def test_reading_a_snapshot_loads_nothing_of_the_private_side() -> None:
    """As a process, not only by import rule: what can open the warehouse is not even there."""
    code = "import sys, pipelines.insight.queries; print([m for m in sys.modules if m.startswith('pipelines.')])"
    found = run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pipelines.insight.queries" in found
    assert "pipelines.intake" not in found
    assert "pipelines.gate" not in found


def test_the_connection_the_screens_read_by_opens_no_other_file(larkhaven: Path) -> None:
    connection = open_snapshot(larkhaven, Audience("manager"))._connection
    warehouse = larkhaven / "warehouse" / "warehouse.duckdb"
    csv = next((larkhaven / "deliveries" / "incidents").glob("*.csv"))
    for asked in (
        f"ATTACH '{warehouse}' AS w (READ_ONLY)",
        f"SELECT * FROM read_csv('{csv}')",
        "SET enable_external_access = true",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(asked)


def test_a_manifest_that_says_something_else_than_when_it_was_released_is_refused(village: Village) -> None:
    village.incidents("r1,2024-01-05,robbery,400500,300500")
    village.build()
    published = village.publish()
    file = village.settings.snapshots / f"{published.id}.json"
    said = file.read_text()
    for changed in (said.replace('"Two Ends"', '"Three Ends"'), "{}", "[1]", "null"):
        file.write_text(changed)
        with pytest.raises(SnapshotFault, match="cannot be read"):
            village.snapshot()
    file.write_text(said)
    assert village.snapshot().town == "Two Ends"
