"""What leaves beside the counts: tallies that are sums, summaries of closed periods, words, and changes in recording."""

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
        "return_home_interviews", "repeat_episodes", "reporting_delay", "harm_types", "age_bands", "school_phases",
        "demographics",
    }  # fmt: skip
    base = both["summary"].map({"school_phases": 5, "demographics": 1}).fillna(3)
    known = both["value"].notna()
    assert (abs(both["value"] - both["x"]) < base)[known].all()
    assert (both["value"] % base == 0)[known].all()
    assert not both["value"].equals(both["x"])
    frozen_through = pd.Timestamp("2026-08-07")
    assert (both["period_end"] <= frozen_through)[both["grain"] == "year"].all()
    assert "2026" not in set(found["period"])
    # How late records came is told once the latest are in, other quarters as soon as they are closed.
    delays = both[both["summary"] == "reporting_delay"]
    assert (set(delays["grain"]), max(delays["period"])) == ({"quarter"}, "2026-Q2")
    assert max(found.loc[found["summary"] == "repeat_episodes", "period"]) == "2026-Q3"


def test_a_harm_type_that_is_never_mapped_is_told_by_city_and_year_alone(larkhaven: Path) -> None:
    found = released(larkhaven, "summaries").query("category == 'radicalisation'")
    assert set(found["area_level"]) == {"city"}
    assert found["period"].str.fullmatch(r"\d{4}").all()
    assert (found["value"] > 0).any()


def test_interviews_and_repeats_add_up_to_the_episodes_and_children_they_are_of(larkhaven: Path) -> None:
    exact = private(
        larkhaven,
        "SELECT summary, period, sum(x)::INT AS x FROM summary_cells WHERE grain = 'quarter' AND feed = 'missing_episodes' "
        "GROUP BY ALL",
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


def test_patterns_leave_as_words_of_every_quarter_here_and_only_where_enough_was_released(larkhaven: Path) -> None:
    found = released(larkhaven, "patterns")
    assert list(found.columns) == RELEASED["patterns"]
    assert not any(pd.api.types.is_numeric_dtype(kind) for kind in found.dtypes)
    assert set(found["word"]) >= {"hardly_any_proactive", "mostly_police", "any_day", "spread_out"}
    assert found["period"].nunique() == 16
    assert set(found["area_level"]) == {"beat", "place_of_concern", "locality", "city"}
    assert len(set(found["harm_group"])) == 5
    counts = released(larkhaven, "counts").query("feed == 'incidents'")
    members = released(larkhaven, "area_members")
    about = counts.merge(members, left_on="area_id", right_on="base_area_id", suffixes=("_base", ""))
    about["value"] = about["value"].astype(float) * about["weight"]
    starts = about["period_start"].dt.to_period("Q").dt.start_time.rename("starts")
    of_group = about.groupby(["area_level", "area_id", "harm_group", starts])["value"].sum()
    of_all = pd.concat({"all": about.groupby(["area_level", "area_id", starts])["value"].sum()}, names=["harm_group"])
    whole = pd.concat([of_group, of_all.reorder_levels(of_group.index.names)])
    key = [*of_group.index.names[:3], "period_start"]
    assert whole.reindex(pd.MultiIndex.from_frame(found[key])).min() >= 30
    said = private(larkhaven, "SELECT * FROM pattern_words")
    few = whole.reindex(pd.MultiIndex.from_frame(said[key])).to_numpy() < 30
    assert few.sum() == len(said) - len(found) > 0, "some words of few released records must have been left behind"


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
    assert set(released(village.data_dir, "summaries")["period"]) == {"2024-Q1", "2024-Q2", "2024-Q3"}


def test_what_the_policy_does_not_list_does_not_leave(village: Village) -> None:
    incidents(village, 120)
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
    for left_out in ('"harm_types", ', '"reporting_delay", ', '"how_it_came_to_light", "who_told", '):
        assert left_out in text
        text = text.replace(left_out, "")
    (village.data_dir / "policy.toml").write_text(text, encoding="utf-8")
    village.build(as_at=date(2025, 3, 5))
    village.publish()
    assert set(released(village.data_dir, "summaries")["summary"]) == {"age_bands"}
    assert set(released(village.data_dir, "patterns")["pattern"]) == {"days", "bursts"}


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


# --- changes in recording -------------------------------------------------------------------------------------

EVENTS = "event_ref,starts_on,feed,place_id,kind,note\n"
NOTE = "A web form opened"


def events(village: Village, *rows: str, name: str = "events.csv", delivered_on: str = "2024-02-06") -> None:
    village.deliver("recording_events", EVENTS + "\n".join(rows) + "\n", name=name, delivered_on=delivered_on)


def test_changes_in_recording_leave_with_the_area_they_are_for_and_no_text(village: Village) -> None:
    village.incidents("r1,2024-01-05,robbery,400500,300500")
    events(
        village, f"e1,2024-01-05,incidents,B02,campaign,{NOTE}", "e2,2023-01-05,incidents,,new_system,",
        "e3,2024-01-05,incidents,east,new_system,", "e4,2024-01-05,incidents,Okonkwo Court,campaign,",
        "e5,2024-01-05,okonkwo,B02,campaign,", "e6,2024-02-20,incidents,B02,campaign,",
        "e7,2024-02-06,incidents,two_ends,backlog_cleared,",
    )  # fmt: skip
    village.build(as_at=date(2024, 2, 6))
    published = village.publish()
    found = released(village.data_dir, "recording_events")
    assert list(found.columns) == RELEASED["recording_events"]
    rows = sorted((f"{one.starts_on:%m-%d}", one.area_level, one.area_id, one.kind) for one in found.itertuples())
    assert rows == [
        ("01-05", "beat", "B02", "campaign"), ("01-05", "city", "two_ends", "new_system"),
        ("01-05", "locality", "east", "new_system"), ("02-06", "city", "two_ends", "backlog_cleared"),
    ]  # fmt: skip
    notes = released(village.data_dir, "register_texts").query("column_name == 'note'")
    assert found.merge(notes, on="entry_id")[["area_id", "text"]].values.tolist() == [["B02", NOTE]]
    file = village.settings.snapshots / f"{published.id}.duckdb"
    assert b"konkwo" not in file.read_bytes()
    with duckdb.connect(str(file)) as snapshot:
        snapshot.execute("INSERT INTO recording_events SELECT * FROM recording_events")
        snapshot.execute("UPDATE recording_events SET area_id = 'nowhere' WHERE area_id = 'B02'")
    with pytest.raises(GateError, match=r"4 changes in recording that stand twice.*; 2 rows that name a place"):
        verify(file, published.manifest["measures"])


def test_a_change_in_recording_stands_as_its_register_does_now(village: Village) -> None:
    village.incidents("r1,2023-06-05,robbery,400500,300500", covers=("2023-06-01", "2023-06-30"))
    events(village, "e1,2023-06-05,incidents,B02,campaign,")
    village.build()
    village.publish()
    events(village, "e1,2023-06-08,incidents,,new_system,", name="mended.csv", delivered_on="2024-02-07")
    village.build()
    village.publish()
    [mended] = released(village.data_dir, "recording_events").itertuples()
    assert (f"{mended.starts_on:%m-%d}", mended.area_id, mended.kind) == ("06-08", "two_ends", "new_system")


# --- days open ------------------------------------------------------------------------------------------------

TERMS = "term_id,name,starts_on,ends_on,school_days\n"
REPORTS = "report_ref,incident_on,locality,setting_phase,weapon_type\n"


def open_days(village: Village, *day: int) -> dict[str, tuple[int, bool]]:
    """What a publish says of each term: the days schools were open, and whether it is frozen. Months say none."""
    village.build(as_at=date(*day))
    village.publish()
    rows = released(village.data_dir, "deliveries")
    assert rows.loc[rows["grain"] == "month", "open_days"].isna().all()
    return {one.period: (one.open_days, one.frozen) for one in rows[rows["grain"] == "term"].itertuples()}


def test_a_term_says_how_many_days_schools_were_open_and_a_frozen_one_for_good(village: Village) -> None:
    village.incidents("r1,2024-01-05,robbery,400500,300500", covers=("2024-01-01", "2024-01-31"))
    village.deliver("weapon_in_school_reports", REPORTS + "w1,2024-01-09,west,secondary,kitchen_knife\n",
                    covers=("2024-01-01", "2024-05-31"), delivered_on="2024-06-05")  # fmt: skip
    # From 8 January to 28 March there are 59 weekdays; the weeks up to the summer term are a holiday.
    terms = "2024-spring,Spring,2024-01-08,2024-03-28,\n2024-summer,Summer,2024-04-15,2024-07-19,61\n"
    village.deliver("terms", TERMS + terms, name="a.csv", delivered_on="2024-01-02")
    assert open_days(village, 2024, 6, 14) == {"2024-spring": (59, True), "2024-summer": (61, False)}
    terms = "2024-spring,Spring,2024-01-08,2024-03-28,55\n2024-summer,Summer,2024-04-15,2024-07-12,\n"
    village.deliver("terms", TERMS + terms, name="b.csv", delivered_on="2024-06-15")
    assert open_days(village, 2024, 6, 15) == {"2024-spring": (59, True), "2024-summer": (65, False)}


def test_a_third_of_the_year_stands_for_a_term_with_its_weekdays(village: Village) -> None:
    village.deliver("weapon_in_school_reports", REPORTS + "w1,2024-01-09,west,secondary,kitchen_knife\n",
                    covers=("2024-01-01", "2024-08-31"), delivered_on="2024-09-05")  # fmt: skip
    found = open_days(village, 2024, 9, 5)
    assert {name: days for name, (days, _) in found.items()} == {"2024-spring": 65, "2024-summer": 110, "2024-autumn": 87}
