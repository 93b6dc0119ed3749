"""Retention: what was released for good stays told, its rows are nowhere, and no stop half way counts one twice."""

import json
import os
import shutil
import struct
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner
from villages import Village, beat, boundary_file, make_village, square

from pipelines.cli import app
from pipelines.errors import ContractError, WarehouseError
from pipelines.intake.due import due_on, due_through
from pipelines.intake.purged import join_spans, ledger_file, read_ledger
from pipelines.intake.retention import Report, next_purge, purge
from pipelines.policy import load_policy
from pipelines.publishing import publish
from pipelines.settings import SHIPPED, Settings
from pipelines.steward import purge_in_words

B01, B02 = "400500,300500", "401500,300500"
HEADER = "record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m,child_ref"
POINT = (400_512.375, 300_487.625)
CANARY, CHILD = "canary-ref-7f3a91", "canary-child-55e0c2"
POLICY = load_policy(SHIPPED / "policy.toml")


def month_of(number: int) -> tuple[str, str]:
    last = pd.Period(f"2024-{number:02}").days_in_month
    return f"2024-{number:02}-01", f"2024-{number:02}-{last}"


def month(
    village: Village, number: int, rows: int, *more: str, name: str | None = None, delivered_on: str | None = None
) -> Path:
    """Deliver one whole month of 2024: some incidents in B01, and any others."""
    text = [f"m{number}-{row},2024-{number:02}-{1 + row % 28:02},,knife_crime,{B01},c{number}-{row}" for row in range(rows)]
    arrived = delivered_on or f"2024-{number + 1:02}-05"
    return village.incidents(*text, *more, header=HEADER, name=name or f"month-{number}.csv", covers=month_of(number),
                             delivered_on=arrived)  # fmt: skip


@pytest.fixture(scope="module")
def five_months(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """Five months delivered, built and published as at 5 June 2024, when January and February are due."""
    village = make_village(tmp_path_factory.mktemp("five") / "village")
    canary = f"{CANARY},2024-01-10,,robbery,{POINT[0]},{POINT[1]},{CHILD}"
    month(village, 1, 12, canary, f"said-late-4,2024-02-10,2024-03-20,robbery,{B02},")
    for number, rows in ((2, 9), (3, 14), (4, 7), (5, 6)):
        month(village, number, rows)
    village.build()
    village.publish()
    return village


@pytest.fixture
def half_year(five_months: Village, tmp_path: Path) -> Village:
    """A copy of the five months, to change. One record of January's file fell, by its own draw, in March."""
    assert ("B02", "violence_and_fear", "2024-03") in five_months.cells()
    return five_months.copied(tmp_path / "half-year")


@pytest.fixture(scope="module")
def five_purged(five_months: Village, tmp_path_factory: pytest.TempPathFactory) -> Village:
    village = five_months.copied(tmp_path_factory.mktemp("purged") / "village")
    assert purge(village.settings).feeds["incidents"]["periods"] == ["2024-01", "2024-02"]
    return village


@pytest.fixture
def purged(five_purged: Village, tmp_path: Path) -> Village:
    """A copy of the five months after their first purge, to change."""
    return five_purged.copied(tmp_path / "purged")


def released(village: Village) -> pd.DataFrame:
    """The counts of the newest snapshot."""
    return released_by(village.settings)


def released_by(settings: Settings) -> pd.DataFrame:
    name = (settings.snapshots / "current").read_text().strip()
    with duckdb.connect(str(settings.snapshots / f"{name}.duckdb"), read_only=True) as snapshot:
        return snapshot.execute(
            "SELECT counts.*, deliveries.frozen FROM counts JOIN deliveries USING (feed, measure, period) ORDER BY ALL"
        ).df()


def tables(village: Village) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the warehouse but the grid, whose cells are only as fine as the files are large."""
    with duckdb.connect(str(village.settings.warehouse), read_only=True) as warehouse:
        names = [row[0] for row in warehouse.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
        names.remove("grid")
        return {name: warehouse.execute(f'SELECT * FROM "{name}" ORDER BY ALL').fetchall() for name in names}


def files(village: Village) -> dict[str, bytes]:
    folder = village.data_dir / "deliveries"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def found_in(folder: Path, needle: bytes) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


def needles() -> dict[str, bytes]:
    """What the canary row is known by, as text and as the numbers a database keeps."""
    with duckdb.connect() as connection:
        [(hashed,)] = connection.execute("SELECT hash(?)", [CHILD]).fetchall()
    numbers = {"easting": struct.pack("<d", POINT[0]), "northing": struct.pack("<d", POINT[1])}
    return {"ref": CANARY.encode(), "child": CHILD.encode(), "child as a number": struct.pack("<Q", hashed), **numbers,
            "point": f"{POINT[0]}".encode()}  # fmt: skip


def test_what_was_purged_is_nowhere_in_the_bytes_of_the_data_directory(five_months: Village, purged: Village) -> None:
    before = {what: found_in(five_months.data_dir, bytes_) for what, bytes_ in needles().items()}
    assert all(before.values()), "the search must be able to find what is there"
    after = {what: found_in(purged.data_dir, bytes_) for what, bytes_ in needles().items()}
    assert after == {what: [] for what in needles()}
    assert sorted(path.name for path in purged.settings.warehouse.parent.iterdir()) == [
        ".lock", "certificates", "purged.json", "warehouse.duckdb"]  # fmt: skip


def test_what_was_released_of_frozen_months_stands_whatever_arrives_in_the_months_after(half_year: Village) -> None:
    first = released(half_year).query("frozen").drop(columns="frozen").reset_index(drop=True)
    assert sorted(first["period"].unique()) == ["2024-01", "2024-02", "2024-03"]
    purge(half_year.settings)
    for number in (6, 7, 8):
        late = f"late-{number},2024-02-{number:02},,robbery,{B02},"
        correction = f"m4-{number - 5},2024-04-20,,robbery,{B02},"
        month(half_year, number, 5, late, correction)
        built = half_year.build()
        assert built.tallies["incidents"]["too_late"] == number - 5
        half_year.publish()
        rows = released(half_year)
        now = rows[rows["period"].isin(first["period"])].drop(columns="frozen").reset_index(drop=True)
        pd.testing.assert_frame_equal(now, first)
    purge(half_year.settings)
    half_year.publish()
    rows = released(half_year)
    assert rows[rows["period"].isin(first["period"])].drop(columns="frozen").reset_index(drop=True).equals(first)
    assert half_year.ask("SELECT min(period) AS first FROM cells WHERE feed = 'incidents'")["first"].item() == "2024-06"


def test_later_rows_of_a_destroyed_month_are_too_late_and_every_row_has_one_fate(purged: Village) -> None:
    month(purged, 2, 4, f"x1,2024-01-31,,robbery,{B01},", f"x2,2024-03-01,,robbery,{B02},", "broken,row",
          name="again.csv", delivered_on="2024-06-20")  # fmt: skip
    built = purged.build()
    tally = built.tallies["incidents"]
    assert (tally["too_late"], tally["rejected"]) == (5, 1)
    assert tally["read"] == sum(rows for fate, rows in tally.items() if fate != "read")
    assert purged.cells()[("B02", "violence_and_fear", "2024-03")] >= 1


def test_the_next_purge_destroys_rows_that_came_too_late_although_no_month_is_newly_due(purged: Village) -> None:
    late = f"{CANARY},2024-02-03,,robbery,{POINT[0]},{POINT[1]},{CHILD}"
    month(purged, 5, 0, late, f"x2,2024-05-03,,robbery,{B02},", name="late.csv", delivered_on="2024-06-08")
    purged.build()
    assert found_in(purged.data_dir, CANARY.encode())
    did = purge(purged.settings)
    assert did.feeds["incidents"]["rows"] == {"read": 1, "too_late": 1}
    assert not found_in(purged.data_dir, CANARY.encode())
    assert purged.cells()[("B02", "violence_and_fear", "2024-05")] == 1


def test_purging_twice_does_nothing_the_second_time(purged: Village) -> None:
    before = tables(purged), files(purged), ledger_file(purged.settings).read_bytes()
    did = purge(purged.settings)
    assert (did.certificate, did.feeds) == (None, {})
    assert (tables(purged), files(purged), ledger_file(purged.settings).read_bytes()) == before


def test_building_again_after_a_purge_gives_equal_tables(purged: Village) -> None:
    first = tables(purged)
    purged.build()
    assert tables(purged) == first
    assert len(first["purged_days"]) == 31 + 29


def test_a_range_of_dates_is_destroyed_with_the_day_it_was_drawn_to(village: Village) -> None:
    rows = [f"range-{n},2024-01-15,2024-03-15,robbery,{B01}," for n in range(60)]
    village.incidents(*rows, header=HEADER, name="q.csv", covers=("2024-01-01", "2024-03-31"), delivered_on="2024-04-02")
    village.build(as_at=date(2024, 4, 30))
    before = village.cells()
    village.publish()
    purge(village.settings)
    march_and_february = {cell: x for cell, x in before.items() if cell[2] != "2024-01"}
    assert village.cells() == march_and_february
    assert 0 < before[("B01", "violence_and_fear", "2024-01")] < 60
    assert len((village.data_dir / "deliveries" / "incidents" / "q.csv").read_text().splitlines()) == 1 + sum(
        march_and_february.values()
    )


# --- files that are only partly due ---------------------------------------------------------------------------


def quarter(village: Village, name: str, *more: str) -> list[str]:
    """A file of the first quarter: rows of January, then of March."""
    rows = [f'j{n},2024-01-{n + 1:02},"",robbery,{B01},' for n in range(6)]
    rows += [f"k{n},2024-03-{n + 1:02},,robbery,{B02},c{n}" for n in range(5)]
    village.incidents(*rows, *more, header=HEADER, name=name, covers=("2024-01-01", "2024-03-31"), delivered_on="2024-04-02")
    return rows


def test_a_file_only_partly_due_keeps_its_newer_rows_exactly(village: Village) -> None:
    rows = quarter(village, "q1.csv", f"undated-1,soon,,robbery,{B01},", "broken,row", f"bad-1,2024-03-09,,robery,{B01},")
    village.build(as_at=date(2024, 4, 30))
    march = {cell: x for cell, x in village.cells().items() if cell[2] == "2024-03"}
    village.publish()
    did = purge(village.settings)
    assert did.feeds["incidents"]["rows"] == {"read": 8, "counted": 6, "rejected": 2}
    assert did.feeds["incidents"]["deliveries"][0]["done"] == "rewritten"
    kept = (village.data_dir / "deliveries" / "incidents" / "q1.csv").read_text().splitlines()
    assert kept == [HEADER, *rows[6:], f"bad-1,2024-03-09,,robery,{B01},"]
    said = (village.data_dir / "deliveries" / "incidents" / "q1.csv.toml").read_text()
    assert said.splitlines()[:3] == ["covers_from = 2024-02-01", "covers_to = 2024-03-31", "delivered_on = 2024-04-02"]
    assert village.cells() == march
    states = village.ask("SELECT period, state FROM feed_periods WHERE feed = 'incidents' ORDER BY 1").values.tolist()
    assert states[:2] == [["2024-02", "collected"], ["2024-03", "collected"]]


def test_a_name_that_says_what_is_covered_stays_and_a_sidecar_says_it_better(village: Village) -> None:
    name = "force_2024-01_2024-03_delivered-2024-04-02.csv"
    quarter(village, name)
    (village.data_dir / "deliveries" / "incidents" / f"{name}.toml").unlink()
    village.build(as_at=date(2024, 4, 30))
    village.publish()
    purge(village.settings)
    listed = village.ask("SELECT name, covers_from, delivered_on FROM deliveries WHERE rows_read > 0")
    assert listed["name"].item() == f"incidents/{name}"
    assert [str(day)[:10] for day in listed.iloc[0, 1:]] == ["2024-02-01", "2024-04-02"]


def test_a_workbook_and_a_parquet_file_keep_their_newer_rows_too(village: Village) -> None:
    folder = village.data_dir / "deliveries" / "incidents"
    quarter(village, "text.csv")
    rows = pd.read_csv(folder / "text.csv", dtype="str")
    columns = [one for one in HEADER.split(",") if one not in ("occurred_to", "child_ref")]
    with duckdb.connect() as connection:
        connection.register("given", rows.assign(record_ref="p" + rows["record_ref"])[columns])
        connection.sql("SELECT * FROM given").write_parquet(str(folder / "rows.parquet"))
    book = openpyxl.Workbook()
    book.active.append(columns)
    for row in rows.assign(record_ref="x" + rows["record_ref"])[columns].astype(object).itertuples(index=False):
        book.active.append([None if pd.isna(one) else one for one in row])
    book.save(folder / "book.xlsx")
    for name in ("rows.parquet", "book.xlsx"):
        shutil.copy(folder / "text.csv.toml", folder / f"{name}.toml")
    village.build(as_at=date(2024, 4, 30))
    march = {cell: x for cell, x in village.cells().items() if cell[2] == "2024-03"}
    village.publish()
    assert purge(village.settings).feeds["incidents"]["rows"] == {"read": 18, "counted": 18}
    assert village.cells() == march
    assert sum(march.values()) == 15
    kept = {"book.xlsx.parquet", "rows.parquet", "text.csv"}
    assert {path.name for path in folder.iterdir()} == kept | {f"{name}.toml" for name in kept}


def test_what_is_left_of_a_file_is_not_refused_for_the_sound_rows_that_are_gone(village: Village) -> None:
    sound = [f"s{n},2024-01-{1 + n % 28:02},,robbery,{B01}," for n in range(60)]
    faulty = [f"f{n},2024-03-{1 + n % 28:02},,robery,{B01}," for n in range(25)]
    village.incidents(*sound, *faulty, header=HEADER, covers=("2024-01-01", "2024-03-31"), delivered_on="2024-04-02")
    village.build(as_at=date(2024, 4, 30))
    village.publish()
    purge(village.settings)
    assert village.build().tallies["incidents"] == {"read": 25, "rejected": 25}


def test_a_correction_that_goes_takes_the_row_it_corrected_along(village: Village) -> None:
    month(village, 1, 3)
    month(village, 3, 3, f"moved-1,2024-03-05,,robbery,{B02},", delivered_on="2024-04-02")
    month(village, 4, 2, f"moved-1,2024-01-20,,robbery,{B02},", delivered_on="2024-05-05")
    village.build()
    assert ("B02", "violence_and_fear", "2024-03") not in village.cells()
    village.publish()
    did = purge(village.settings)
    assert ("B02", "violence_and_fear", "2024-03") not in village.cells()
    assert did.feeds["incidents"]["rows"] == {"read": 5, "counted": 4, "superseded": 1}
    assert not found_in(village.data_dir / "deliveries", b"moved-1")


def test_a_file_sent_again_after_it_was_destroyed_moves_nothing(village: Village) -> None:
    sent = month(village, 1, 3, f"moved-1,2024-01-20,,robbery,{B02},").read_bytes()
    month(village, 3, 3, f"moved-1,2024-03-05,,robbery,{B02},")
    quarter(village, "q1.csv")
    whole = (village.data_dir / "deliveries" / "incidents" / "q1.csv").read_bytes()
    village.build(as_at=date(2024, 4, 30))
    village.publish()
    purge(village.settings)
    before = village.cells()
    for name, text in (("month-1.csv", sent), ("again.csv", sent), ("q1-again.csv", whole)):
        village.deliver("incidents", text, name=name, covers=("2024-01-01", "2024-01-31"), delivered_on="2024-05-06")
    built = village.build(as_at=date(2024, 5, 6))
    assert village.cells() == before
    assert built.tallies["incidents"]["too_late"] == 4 + 4 + 6
    assert village.ask("SELECT count(*) AS n FROM feed_periods WHERE period = '2024-01'")["n"].item() == 0
    assert purge(village.settings).feeds["incidents"]["rows"]["too_late"] == 4 + 4 + 6
    assert village.cells() == before


# --- what must never be lost ----------------------------------------------------------------------------------


def late_by_days(village: Village, number: int, *days: int) -> Path:
    """Deliver a month of records written down so many days after it ended."""
    end = pd.Timestamp(month_of(number)[1])
    rows = [f"d{number}-{row},{end:%Y-%m}-{1 + row % 28:02},{end + pd.Timedelta(days=late):%Y-%m-%d},robbery,{B01}"
            for row, late in enumerate(days)]  # fmt: skip
    header = "record_ref,occurred_from,recorded_on,harm_type,easting_m,northing_m"
    return village.incidents(*rows, header=header, name=f"month-{number}.csv", covers=month_of(number),
                             delivered_on=f"2024-{number + 1:02}-28")  # fmt: skip


def test_how_late_a_quarter_came_is_told_whole_when_its_first_month_was_destroyed_before_its_last_is_frozen(
    village: Village,
) -> None:
    for number, days in ((1, [0] * 20 + [3] * 7), (2, [0] * 9 + [10] * 8), (3, [3] * 6)):
        late_by_days(village, number, *days)
    village.build(as_at=date(2024, 5, 5))
    told = "SELECT category, x FROM summary_cells WHERE summary = 'reporting_delay' AND period = '2024-Q1' ORDER BY 1"
    before = village.ask(told)
    assert dict(before.itertuples(index=False)) == {"by_month_end": 29, "days_1_to_7": 13, "days_8_to_14": 8,
                                                    "days_15_to_28": 0, "later": 0, "not_known": 0}  # fmt: skip
    village.publish()
    assert not summaries(village)
    assert purge(village.settings).feeds["incidents"]["periods"] == ["2024-01"]
    assert village.ask("SELECT count(*) AS n FROM incidents")["n"].item() == 17 + 6
    assert village.ask(told).equals(before)
    late_by_days(village, 4, 0)
    village.build(as_at=date(2024, 6, 5))
    assert village.ask(told).equals(before)
    village.publish()
    first = summaries(village)
    assert all(abs(first[band] - x) < 3 for band, x in before.itertuples(index=False))
    purge(village.settings)
    village.publish()
    assert summaries(village) == first


def summaries(village: Village) -> dict[str, int]:
    """How late each quarter came, by band, as the newest snapshot tells it."""
    name = (village.settings.snapshots / "current").read_text().strip()
    with duckdb.connect(str(village.settings.snapshots / f"{name}.duckdb"), read_only=True) as snapshot:
        return dict(snapshot.execute("SELECT category, value FROM summaries WHERE summary = 'reporting_delay'").fetchall())


# --- what must never be destroyed -----------------------------------------------------------------------------


def test_a_month_not_frozen_or_not_due_is_never_destroyed(half_year: Village) -> None:
    before = half_year.cells()
    assert purge(half_year.settings, as_at=date(2024, 4, 29)).certificate is None
    assert purge(half_year.settings, as_at=date(2024, 4, 30)).feeds["incidents"]["periods"] == ["2024-01"]
    assert half_year.cells() == {cell: x for cell, x in before.items() if cell[2] > "2024-01"}


def test_a_month_due_that_is_not_yet_published_stops_everything(half_year: Village) -> None:
    july = date(2024, 7, 31)
    half_year.build(as_at=july)
    before = half_year.settings.warehouse.read_bytes(), files(half_year)
    with pytest.raises(WarehouseError, match=r"incidents 2024-04: due to be destroyed.*`safer-places publish` first"):
        purge(half_year.settings)
    assert (half_year.settings.warehouse.read_bytes(), files(half_year)) == before
    assert not ledger_file(half_year.settings).exists()
    half_year.publish()
    assert purge(half_year.settings).feeds["incidents"]["periods"] == ["2024-01", "2024-02", "2024-03", "2024-04"]


def test_a_month_that_was_never_collected_whole_stays_and_may_still_be_completed(village: Village) -> None:
    month(village, 1, 5)
    half = ("2024-02-01", "2024-02-14")
    village.incidents(
        f"half-1,2024-02-03,,robbery,{B02},", header=HEADER, name="half.csv", covers=half, delivered_on="2024-02-15"
    )
    month(village, 3, 4)
    month(village, 6, 4)
    village.build()
    village.publish()
    did = purge(village.settings)
    assert did.feeds["incidents"]["periods"] == ["2024-01", "2024-03"]
    assert did.stays == {"incidents": ["2024-02"]}
    assert "never collected whole and so not frozen: incidents 2024-02" in (village.data_dir / did.certificate).read_text()
    village.incidents(header=HEADER, name="rest.csv", covers=("2024-02-15", "2024-02-29"), delivered_on="2024-07-06")
    village.build()
    assert village.cells()[("B02", "violence_and_fear", "2024-02")] == 1


def test_a_feed_all_of_whose_files_are_gone_is_still_told_of(village: Village) -> None:
    month(village, 1, 9)
    village.build(as_at=date(2024, 6, 30))
    village.publish()
    before = village.ask("SELECT feed, period, state FROM feed_periods").values.tolist()
    purge(village.settings)
    assert not list((village.data_dir / "deliveries" / "incidents").iterdir())
    assert village.ask("SELECT feed, period, state FROM feed_periods").values.tolist() == before[1:]
    assert village.build(as_at=date(2024, 6, 30)).deliveries == 0
    manifest = village.publish().manifest
    assert [one["feed"] for one in manifest["measures"]] == ["incidents"]
    assert sorted(released(village).query("value > 0")["period"].unique()) == ["2024-01"]


# --- terms, places and the town -------------------------------------------------------------------------------


def test_a_term_is_destroyed_when_the_whole_term_is_due(village: Village) -> None:
    rows = ["report_ref,incident_on,locality,setting_phase,weapon_type"]
    rows += [f"w{n},{day},west,secondary,kitchen_knife"
             for n, day in enumerate(["2024-01-10", "2024-04-02", "2024-04-12", "2024-05-02", "2024-09-10"])]  # fmt: skip
    village.deliver("weapon_in_school_reports", "\n".join(rows) + "\n", covers=("2024-01-01", "2024-09-30"),
                    delivered_on="2024-10-05")  # fmt: skip
    village.deliver("terms", "term_id,name,starts_on,ends_on\n2024-spring,Spring,2024-01-01,2024-03-28\n"
                    "2024-summer,Summer,2024-04-15,2024-07-20\n2024-autumn,Autumn,2024-09-02,2024-12-20\n",
                    delivered_on="2024-01-02")  # fmt: skip
    village.build()
    village.publish()
    assert purge(village.settings, as_at=date(2024, 7, 13)).feeds == {}, "the spring term ends on 14 April"
    did = purge(village.settings, as_at=date(2024, 7, 14))
    [(feed, what)] = did.feeds.items()
    assert (feed, what["periods"], what["rows"]) == (
        "weapon_in_school_reports", ["2024-spring"], {"read": 3, "counted": 3})  # fmt: skip
    periods = village.ask("SELECT period, state FROM feed_periods WHERE measure = 'reports'").values.tolist()
    assert periods == [["2024-summer", "collected"], ["2024-autumn", "still_arriving"]]


def test_beats_and_places_older_than_the_purge_still_carry_what_was_released_on_them(village: Village) -> None:
    cut = [beat("B01", "west", square(400_000, 300_000), valid_to="2024-02-29"),
           beat("B01a", "west", square(400_000, 300_000, 500), valid_from="2024-03-01"),
           beat("B02", "west", square(401_000, 300_000)), beat("B03", "east", square(402_000, 300_000))]  # fmt: skip
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(cut)))
    month(village, 1, 9)
    month(village, 5, 9)
    village.build(as_at=date(2024, 7, 31))
    village.publish()
    purge(village.settings)
    assert "B01" in village.ask("SELECT area_id FROM areas WHERE area_level = 'base'")["area_id"].tolist()
    month(village, 6, 9, delivered_on="2024-08-01")
    village.build()
    village.publish()
    rows = released(village)
    assert rows.query("period == '2024-01' and area_id == 'B01'")["value"].sum() >= 6


def test_a_whole_town_keeps_every_released_figure_and_loses_what_is_due(larkhaven: Path, tmp_path: Path) -> None:
    settings = Settings(Path(shutil.copytree(larkhaven, tmp_path / "town")))
    before = released_by(settings)
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        read = dict(warehouse.execute("SELECT feed, sum(rows_read) FROM deliveries GROUP BY feed").fetchall())
    did = purge(settings)
    assert {"incidents", "missing_episodes"} <= set(did.feeds)
    assert "police_uk" not in did.feeds
    through = max(last for _, last in read_ledger(settings).feeds["incidents"].spans)
    assert through == date(2026, 6, 30)
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        after = dict(warehouse.execute("SELECT feed, sum(rows_read) FROM deliveries GROUP BY feed").fetchall())
        sound = "SELECT min(occurred_from) FROM incidents WHERE fault IS NULL AND occurred_to IS NULL"
        assert warehouse.execute(sound).fetchall() == [(date(2026, 7, 1),)]
        told = "SELECT feed, sum(row_count) FROM tallies JOIN measures USING (feed, measure) WHERE is_first GROUP BY feed"
        lost = warehouse.execute(told).fetchall()
    assert all(read[feed] - after[feed] == one["rows"]["read"] for feed, one in did.feeds.items())
    assert {feed: rows for feed, rows in lost if feed in did.feeds} == {feed: after[feed] for feed in did.feeds}
    assert all(after[feed] == read[feed] for feed in read if feed not in did.feeds)
    publish(settings)
    pd.testing.assert_frame_equal(released_by(settings), before)


# --- stopped half way -----------------------------------------------------------------------------------------


class Stopped(Exception):
    """As if the power went."""


def stops_at(where: str, times: int) -> Report:
    """A report that stops the purge when it is told of a stage for the so-manyth time."""
    left = [times]

    def report(stage: str, share: float) -> None:
        left[0] -= stage == where
        if not left[0]:
            raise Stopped(stage)

    return report


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, _own_key: None) -> Village:
    """A village with a file to destroy, one to cut, a workbook to cut, and a row corrected into a month that goes."""
    village = make_village(tmp_path_factory.mktemp("mixed") / "village")
    month(village, 1, 4, f"moved-1,2024-03-05,,robbery,{B02},", delivered_on="2024-04-01")
    quarter(village, "q1.csv")
    book = openpyxl.Workbook()
    for row in ([HEADER.split(",")[0], "occurred_from", "harm_type", "beat_code"], ["b1", "2024-01-05", "robbery", "B03"],
                ["b2", "2024-03-05", "robbery", "B03"]):  # fmt: skip
        book.active.append(row)
    folder = village.data_dir / "deliveries" / "incidents"
    book.save(folder / "book.xlsx")
    shutil.copy(folder / "q1.csv.toml", folder / "book.xlsx.toml")
    month(village, 4, 2, f"moved-1,2024-01-20,,robbery,{B02},", delivered_on="2024-04-30")
    village.build(as_at=date(2024, 4, 30))
    village.publish()
    return village


@pytest.fixture(scope="module")
def untouched(mixed: Village, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """The same village after a purge that nothing stopped."""
    village = mixed.copied(tmp_path_factory.mktemp("untouched") / "village")
    purge(village.settings)
    return village


# Every moment the purge reports something: before it has done anything, between two files, in the build, at the end.
@pytest.mark.parametrize(
    ("stage", "times"),
    [("Finding what is due", 1), ("Cutting deliveries", 3), ("Counting", 1), ("Certifying", 1)],
)
def test_a_purge_stopped_at_any_step_leaves_before_or_what_the_next_completes(
    mixed: Village, untouched: Village, tmp_path: Path, stage: str, times: int
) -> None:
    stopped = mixed.copied(tmp_path / "stopped")
    before = tables(mixed)
    march = {cell: x for cell, x in mixed.cells().items() if cell[2] != "2024-01"}
    with pytest.raises(Stopped):
        purge(stopped.settings, report=stops_at(stage, times))
    assert not (stopped.settings.warehouse.parent / ".building").exists()
    if stage != "Certifying":
        assert tables(stopped) == before
    if times == 3:
        stopped.build(as_at=date(2024, 4, 30))
        assert {cell: x for cell, x in stopped.cells().items() if cell[2] != "2024-01"} == march
        assert ("B01", "violence_and_fear", "2024-01") not in stopped.cells()
    again = purge(stopped.settings)
    assert tables(stopped) == tables(untouched)
    assert files(stopped) == files(untouched)
    assert read_ledger(stopped.settings) == read_ledger(untouched.settings)
    page = stopped.data_dir / str(again.certificate)
    assert page.read_text() == (untouched.data_dir / str(again.certificate)).read_text()
    assert [path.name for path in page.parent.iterdir()] == [page.name]


# Nothing is put in its place any more after: a sidecar, the rest of a workbook.
@pytest.mark.parametrize("moves", [2, 3])
def test_a_file_half_cut_when_the_power_went_is_done_again(
    mixed: Village, untouched: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    really, left = os.replace, [moves]

    def replaced(old: Path, new: Path) -> None:
        if left[0] == 0:
            raise Stopped
        left[0] -= 1
        really(old, new)

    stopped = mixed.copied(tmp_path / "stopped")
    monkeypatch.setattr(os, "replace", replaced)
    with pytest.raises(Stopped):
        purge(stopped.settings)
    monkeypatch.setattr(os, "replace", really)
    purge(stopped.settings)
    assert files(stopped) == files(untouched)
    assert tables(stopped) == tables(untouched)


def test_a_file_destroyed_by_a_purge_that_was_stopped_and_sent_again_moves_nothing(mixed: Village, tmp_path: Path) -> None:
    stopped = mixed.copied(tmp_path / "stopped")
    sent = (stopped.data_dir / "deliveries" / "incidents" / "month-1.csv").read_bytes()
    march = {cell: x for cell, x in mixed.cells().items() if cell[2] != "2024-01"}
    with pytest.raises(Stopped):
        purge(stopped.settings, report=stops_at("Cutting deliveries", 5))
    stopped.deliver("incidents", sent, name="z.csv", covers=("2024-01-01", "2024-01-31"), delivered_on="2024-04-30")
    stopped.build(as_at=date(2024, 4, 30))
    assert stopped.cells() == march
    purge(stopped.settings)
    assert stopped.cells() == march
    assert stopped.ask("SELECT max(row_count) AS n FROM tallies WHERE fate = 'too_late'")["n"].isna().all()


# --- what is said ---------------------------------------------------------------------------------------------


def test_the_certificate_says_what_was_destroyed_and_no_value(purged: Village) -> None:
    page = (purged.data_dir / "warehouse" / "certificates" / "purge_2024-06-05.txt").read_text()
    assert "Two Ends Partnership, as at 2024-06-05" in page
    assert "periods: 2024-01, 2024-02" in page
    assert "rows destroyed: 22 (counted 22)" in page
    assert all(sha in page for _, sha in read_ledger(purged.settings).feeds["incidents"].deliveries)
    assert "Files were removed, not overwritten" in page
    assert CANARY not in page + ledger_file(purged.settings).read_text()


def test_the_command_purges_answers_in_json_and_says_when_nothing_is_due(half_year: Village) -> None:
    where = ["--data-dir", str(half_year.data_dir)]
    assert purge_in_words(half_year.settings) == (
        "Next purge: due on 2024-06-05\nIt will destroy the rows of incidents 2024-01, 2024-02"
    )
    done = CliRunner().invoke(app, ["purge", "--json", *where])
    answer = json.loads(done.stdout)
    assert answer["feeds"]["incidents"]["rows"] == {"read": 22, "counted": 22}
    assert answer["certificate"] == "warehouse/certificates/purge_2024-06-05.txt"
    again = CliRunner().invoke(app, ["purge", *where])
    assert (again.exit_code, "Nothing is due to be destroyed as at 2024-06-05" in again.output) == (0, True)
    assert "too late" in CliRunner().invoke(app, ["build", *where], env={"COLUMNS": "150"}).output
    assert "Next purge: due on 2024-06-30" in purge_in_words(half_year.settings)
    assert CliRunner().invoke(app, ["purge", "--as-at", "2999-01-01", *where]).exit_code == 2


def test_each_thing_lacking_is_one_clear_message(village: Village) -> None:
    with pytest.raises(WarehouseError, match="run `safer-places build` first"):
        purge(village.settings)
    month(village, 1, 3)
    village.build()
    with pytest.raises(WarehouseError, match="nothing has been published yet"):
        purge(village.settings)
    village.build(as_at=date(2024, 6, 30))
    name = village.publish().id
    file = village.settings.snapshots / f"{name}.duckdb"
    whole = file.read_bytes()
    file.write_bytes(b"damaged")
    with pytest.raises(WarehouseError, match="the newest snapshot cannot be read"):
        purge(village.settings)
    file.write_bytes(whole)
    month(village, 2, 3)
    with pytest.raises(WarehouseError, match="not as it was when the warehouse was built"):
        purge(village.settings)


def test_a_warehouse_of_another_version_is_not_purged_from(half_year: Village) -> None:
    with duckdb.connect(str(half_year.settings.warehouse)) as warehouse:
        warehouse.execute("CREATE OR REPLACE VIEW records AS SELECT 'incidents' AS feed, 'incidents' AS measure")
    before = files(half_year)
    with pytest.raises(WarehouseError, match="was built by another version: run `safer-places build` first"):
        purge(half_year.settings)
    assert files(half_year) == before


def test_a_file_or_a_policy_changed_since_the_build_stops_the_purge(half_year: Village) -> None:
    sent = half_year.data_dir / "deliveries" / "incidents" / "month-1.csv"
    before = sent.read_bytes()
    sent.write_bytes(before + f"m1-77,2024-01-03,,robbery,{B01},\n".encode())
    with pytest.raises(WarehouseError, match=r"incidents/month-1.csv: is not the file the warehouse was built from"):
        purge(half_year.settings)
    sent.write_bytes(before)
    text = (SHIPPED / "policy.toml").read_text(encoding="utf-8")
    (half_year.data_dir / "policy.toml").write_text(text.replace("purge_after_days = 30", "purge_after_days = 0"))
    with pytest.raises(WarehouseError, match="changed since the build"):
        purge(half_year.settings)


def test_a_ledger_that_is_damaged_or_gone_is_never_passed_over(purged: Village) -> None:
    ledger_file(purged.settings).write_text("{")
    with pytest.raises(WarehouseError, match=r"purged.json is damaged"):
        purged.build()
    ledger_file(purged.settings).unlink()
    with pytest.raises(WarehouseError, match=r"purged.json is gone"):
        purged.build()


def test_without_a_single_delivery_or_purge_there_is_nothing_to_build(village: Village) -> None:
    with pytest.raises(ContractError, match="holds nothing yet"):
        village.build()
    assert next_purge(village.settings) is None


@pytest.mark.parametrize(("ends", "due"), [
    (date(2024, 1, 31), date(2024, 4, 30)), (date(2024, 2, 29), date(2024, 5, 29)), (date(2023, 12, 31), date(2024, 3, 31)),
])  # fmt: skip
def test_a_period_is_due_thirty_days_after_it_is_frozen_and_not_a_day_before(ends: date, due: date) -> None:
    assert due_on(ends, POLICY) == due
    assert due_through(due, POLICY) >= ends > due_through(date.fromordinal(due.toordinal() - 1), POLICY)


def test_days_that_touch_are_one_span() -> None:
    january, february, april = [(date(2024, number, 1), date(2024, number, 29)) for number in (1, 2, 4)]
    assert join_spans([april, (january[0], date(2024, 1, 31)), february]) == ((january[0], february[1]), april)
