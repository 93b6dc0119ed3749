"""What leaves beside the counts: tallies that are sums, summaries of closed periods, and words."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from villages import Village

from pipelines.errors import GateError
from pipelines.gate.release import RELEASED
from pipelines.gate.verify import verify
from pipelines.settings import SHIPPED

CANCELLED = ("read", "counted", "outside", "rejected", "superseded", "unplaced")


def released(data_dir: Path, table: str) -> pd.DataFrame:
    name = (data_dir / "snapshots" / "current").read_text().strip()
    with duckdb.connect(str(data_dir / "snapshots" / f"{name}.duckdb"), read_only=True) as snapshot:
        return snapshot.execute(f"SELECT * FROM {table} ORDER BY ALL").df()


def private(data_dir: Path, sql: str) -> pd.DataFrame:
    with duckdb.connect(str(data_dir / "warehouse" / "warehouse.duckdb"), read_only=True) as warehouse:
        return warehouse.execute(sql).df()


def test_what_was_counted_is_the_sum_of_the_released_counts_and_what_was_read_is_the_sum_of_its_parts(
    larkhaven: Path,
) -> None:
    tallies = released(larkhaven, "deliveries").set_index(["feed", "measure", "period"])
    sums = released(larkhaven, "counts").groupby(["feed", "measure", "period"])["value"].sum()
    assert (tallies["counted_about"] == sums.reindex(tallies.index)).all()
    parts = tallies[[f"{one}_about" for one in CANCELLED[1:]]].sum(axis=1)
    assert (tallies["read_about"] == parts).all()
    assert (tallies["outside_about"] > 0).any()


def test_a_row_refused_is_drawn_once_for_its_feed_and_not_once_for_each_measure(larkhaven: Path) -> None:
    tallies = released(larkhaven, "deliveries").query("feed == 'missing_episodes'")
    by_measure = tallies.pivot(index="period", columns="measure", values=["rejected_about", "superseded_about"])
    for tally in ("rejected_about", "superseded_about"):
        assert by_measure[tally]["found_at"].equals(by_measure[tally]["missing_from"])
    # Few rows of one month may round to nothing, so that there were any is asked of the private side.
    refused = private(larkhaven, "SELECT * FROM tallies WHERE feed = 'missing_episodes' AND fate = 'rejected'")
    assert refused["row_count"].sum() > 0


def test_summaries_are_rounded_and_close_to_the_truth_and_only_of_closed_periods(larkhaven: Path) -> None:
    found = released(larkhaven, "summaries")
    exact = private(larkhaven, "SELECT * FROM summary_cells")
    key = ["summary", "area_id", "category", "period"]
    both = found.merge(exact, on=key, suffixes=("", "_private"))
    assert len(both) == len(found) > 100
    assert set(found["summary"]) == {
        "return_home_interviews", "repeat_episodes", "harm_types", "age_bands", "school_phases", "demographics",
    }  # fmt: skip
    base = both["summary"].map({"school_phases": 5, "demographics": 1}).fillna(3)
    known = both["value"].notna()
    assert (abs(both["value"] - both["x"]) < base)[known].all()
    assert (both["value"] % base == 0)[known].all()
    assert not both["value"].equals(both["x"])
    frozen_through = pd.Timestamp("2026-08-07")
    assert (both["period_end"] <= frozen_through)[both["grain"] == "year"].all()
    assert "2026" not in set(found["period"])


def test_a_harm_type_that_is_never_mapped_is_told_by_city_and_year_alone(larkhaven: Path) -> None:
    found = released(larkhaven, "summaries").query("category == 'radicalisation'")
    assert set(found["area_level"]) == {"city"}
    assert found["period"].str.fullmatch(r"\d{4}").all()
    assert (found["value"] > 0).any()


def test_interviews_and_repeats_add_up_to_the_episodes_and_children_they_are_of(larkhaven: Path) -> None:
    exact = private(
        larkhaven,
        "SELECT summary, period, sum(x)::INT AS x FROM summary_cells WHERE grain = 'quarter' GROUP BY ALL",
    ).pivot(index="period", columns="summary", values="x")
    episodes = private(
        larkhaven,
        "SELECT strftime(missing_from_at, '%Y') || '-Q' || quarter(missing_from_at) AS period, count(*) AS n, "
        "count(DISTINCT child_ref) AS children "
        "FROM missing_episodes WHERE fault IS NULL GROUP BY ALL",
    ).set_index("period")
    assert (exact["return_home_interviews"] == episodes["n"].reindex(exact.index)).all()
    # Every child stands once, whatever localities they were missing from.
    assert (exact["repeat_episodes"] == episodes["children"].reindex(exact.index)).all()


def test_patterns_leave_as_words_and_only_where_enough_was_released(larkhaven: Path) -> None:
    found = released(larkhaven, "patterns")
    assert list(found.columns) == RELEASED["patterns"]
    assert not any(pd.api.types.is_numeric_dtype(kind) for kind in found.dtypes)
    assert set(found["word"]) >= {"mostly_reported", "any_day"}
    assert found["period"].nunique() == 1


def incidents(village: Village, rows: int) -> None:
    text = [f"r{n},2024-{1 + n % 12:02}-{1 + n % 28:02},robbery,400500,300500" for n in range(rows)]
    village.incidents(*text, covers=("2024-01-01", "2024-12-31"), delivered_on="2025-01-05")


@pytest.mark.parametrize(("rows", "withheld"), [(12, True), (120, False)])
def test_a_summary_of_too_few_records_is_withheld_to_protect_people(village: Village, rows: int, withheld: bool) -> None:
    incidents(village, rows)
    village.build(as_at=date(2025, 3, 5))
    village.publish()
    robberies = released(village.data_dir, "summaries").query("category == 'robbery'").iloc[0]
    assert pd.isna(robberies["value"]) == withheld
    assert (robberies["withheld_because"] == "to_protect_people") == withheld


def test_a_summary_is_published_once_whatever_arrives_later(village: Village) -> None:
    incidents(village, 120)
    village.build(as_at=date(2025, 3, 5))
    village.publish()
    before = released(village.data_dir, "summaries")
    text = [f"late{n},2024-05-0{1 + n % 9},robbery,400500,300500" for n in range(60)]
    village.incidents(*text, name="late.csv", covers=("2024-05-01", "2024-05-31"), delivered_on="2025-03-06")
    village.build(as_at=date(2025, 3, 6))
    village.publish()
    assert released(village.data_dir, "summaries").equals(before)
    assert private(village.data_dir, "SELECT max(x) AS x FROM summary_cells WHERE category = 'robbery'")["x"][0] == 180


def test_a_year_still_open_is_not_told(village: Village) -> None:
    incidents(village, 120)
    village.build(as_at=date(2025, 2, 20))
    village.publish()
    assert len(released(village.data_dir, "summaries")) == 0


def test_what_the_policy_does_not_list_does_not_leave(village: Village) -> None:
    incidents(village, 120)
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
    short = text.replace('"harm_types", ', "").replace('patterns = ["how_it_came_to_light", "days"]', 'patterns = ["days"]')
    (village.data_dir / "policy.toml").write_text(short, encoding="utf-8")
    village.build(as_at=date(2025, 3, 5))
    village.publish()
    assert set(released(village.data_dir, "summaries")["summary"]) == {"age_bands"}
    assert set(released(village.data_dir, "patterns")["pattern"]) <= {"days"}


def test_a_snapshot_with_an_odd_summary_is_not_released(village: Village) -> None:
    incidents(village, 120)
    village.build(as_at=date(2025, 3, 5))
    published = village.publish()
    file = village.settings.snapshots / f"{published.id}.duckdb"
    with duckdb.connect(str(file)) as snapshot:
        snapshot.execute("UPDATE summaries SET value = value + 1 WHERE category = 'robbery'")
    with pytest.raises(GateError, match="summaries that are not a multiple"):
        verify(file, published.manifest["measures"])


def test_a_place_that_is_no_area_stays_behind_with_its_suppliers_words(village: Village) -> None:
    incidents(village, 40)
    village.deliver(
        "residents",
        "place_level,area_id,year,residents,residents_10_17,source\nbeat,Okonkwo1,2024,900,90,census\n"
        "beat,B01,2024,900,90,census\n", delivered_on="2024-10-02",
    )  # fmt: skip
    village.deliver(
        "rag_judgements",
        "place_id,judged_on,value,role,reason\nOkonkwo1,2024-01-05,amber,Youth Work Lead,Calm.\n", delivered_on="2024-10-01",
    )  # fmt: skip
    village.deliver(
        "demographics_city_year",
        "year,dimension,category,count\n2023,sex,Female,20\n2023,sex,Zbyszek Okonkwo,20\n", delivered_on="2024-02-01",
    )  # fmt: skip
    village.build(as_at=date(2025, 3, 5))
    village.publish()
    assert set(released(village.data_dir, "residents")["area_id"]) == {"B01"}
    assert released(village.data_dir, "register_texts")["place_id"].isna().all()
    assert set(released(village.data_dir, "summaries").query("summary == 'demographics'")["category"]) == {"sex/Female"}
    everything = b"".join(path.read_bytes() for path in village.settings.snapshots.iterdir())
    assert b"Okonkwo" not in everything


def test_a_share_of_few_records_is_no_word(village: Village) -> None:
    rows = [
        f"r{n},2024-07-0{1 + n % 9},{'' if n < 5 else '2024-07-20'},robbery,400500,300500,{'yes' if n < 20 else 'unknown'}"
        for n in range(60)
    ]
    village.incidents(*rows, header="record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m,proactive",
                      covers=("2024-07-01", "2024-09-30"), delivered_on="2024-10-05")  # fmt: skip
    village.build(as_at=date(2024, 10, 5))
    village.publish()
    assert set(released(village.data_dir, "patterns")["word"]) == {"mostly_not_recorded"}
