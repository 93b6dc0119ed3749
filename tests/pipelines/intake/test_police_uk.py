"""The published street-level archive: an invented one, and the real one where it is there."""

import csv
import io
import shutil
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from villages import Village

from pipelines.errors import ContractError
from pipelines.intake.police_uk import list_months
from pipelines.intake.warehouse import Built, build
from pipelines.settings import SHIPPED, Settings

COLUMNS = [
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
]  # fmt: skip
B01, B02, NOWHERE = ("-1.992681", "52.602237"), ("-1.977900", "52.602237"), ("", "")
FATES = ("counted", "outside", "rejected", "superseded", "unplaced")


def row(month: str, kind: str = "Burglary", at: tuple[str, str] = B01, crime_id: str = "a" * 64) -> list[str]:
    lsoa = "Bournemouth, Christchurch and Poole 044A"
    return [crime_id, month, "Invented Police", "Invented Police", *at, "On or near High Street", "E01", lsoa, kind, "", ""]


def street(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue()


def archive(**members: str) -> bytes:
    """A zip of month folders; `m2024_01` holds January's street-level file of one invented force."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            month = name[1:].replace("_", "-")
            made.writestr(f"{month}/{month}-invented-street.csv", text)
    return content.getvalue()


def counts(village: Village) -> dict[tuple[str, str, str], int]:
    return village.cells("police_uk")


def test_quoted_commas_and_rows_without_an_id_or_a_location_are_all_read(village: Village) -> None:
    rows = [row("2024-01"), row("2024-01", "Anti-social behaviour", B02, ""), row("2024-01", at=NOWHERE)]
    village.deliver("police_uk", archive(m2024_01=street(*rows)), name="2024-01.zip")
    assert village.build().tallies["police_uk"] == {"read": 3, "counted": 2, "unplaced": 1}
    assert counts(village) == {("B01", "burglary", "2024-01"): 1, ("B02", "anti_social_behaviour", "2024-01"): 1}


def test_rows_equal_to_the_last_letter_are_never_taken_for_one(village: Village) -> None:
    asb = row("2024-01", "Anti-social behaviour", B01, "")
    village.deliver("police_uk", archive(m2024_01=street(asb, asb, asb, row("2024-01"), row("2024-01"))), name="2024-01.zip")
    village.build()
    assert counts(village) == {("B01", "burglary", "2024-01"): 2, ("B01", "anti_social_behaviour", "2024-01"): 3}


def test_a_later_archive_stands_in_place_of_an_earlier_one_month_by_month(village: Village) -> None:
    first = archive(m2024_01=street(row("2024-01"), row("2024-01")), m2024_02=street(row("2024-02")))
    later = archive(m2024_02=street(*[row("2024-02", at=B02)] * 3), m2024_03=street(row("2024-03")))
    village.deliver("police_uk", first, name="to-february.zip")
    village.deliver("police_uk", later, name="to-march.zip")
    assert village.build().tallies["police_uk"] == {"read": 7, "counted": 6, "superseded": 1}
    assert counts(village) == {
        ("B01", "burglary", "2024-01"): 2, ("B02", "burglary", "2024-02"): 3, ("B01", "burglary", "2024-03"): 1,
    }  # fmt: skip
    named = village.ask("SELECT superseded_by FROM deliveries WHERE superseded_by IS NOT NULL")["superseded_by"].tolist()
    assert named == ["police_uk/to-march.zip > 2024-02/2024-02-invented-street.csv"]


def test_the_same_archive_under_two_names_counts_once(village: Village) -> None:
    for name in ("a.zip", "b.zip"):
        village.deliver("police_uk", archive(m2024_01=street(row("2024-01"), row("2024-01"))), name=name)
    assert village.build().tallies["police_uk"] == {"read": 4, "counted": 2, "superseded": 2}


def test_two_forces_of_one_month_do_not_stand_in_place_of_each_other(village: Village) -> None:
    village.deliver("police_uk", street(row("2024-01")), name="2024-01-invented-street.csv")
    village.deliver("police_uk", street(row("2024-01"), row("2024-01")), name="2024-01-next-door-street.csv")
    assert village.build().tallies["police_uk"] == {"read": 3, "counted": 3}


def test_files_of_outcomes_in_the_zip_are_not_taken_for_crimes(village: Village) -> None:
    content = io.BytesIO(archive(m2024_01=street(row("2024-01"))))
    with zipfile.ZipFile(content, "a") as more:
        more.writestr("2024-01/2024-01-invented-outcomes.csv", "Crime ID,Month\nx,2024-01\n")
        more.writestr("2024-01/2024-01-invented-stop-and-search.csv", "Type,Date\nx,2024-01\n")
    village.deliver("police_uk", content.getvalue(), name="all.zip")
    assert village.build().tallies["police_uk"] == {"read": 1, "counted": 1}


def test_a_month_the_archive_lacks_is_not_collected(village: Village) -> None:
    village.deliver("police_uk", archive(m2024_01=street(row("2024-01")), m2024_03=street(row("2024-03"))), name="gap.zip")
    village.build()
    states = village.ask("SELECT period, state FROM feed_periods WHERE feed = 'police_uk' ORDER BY period")
    assert states.values.tolist()[:3] == [["2024-01", "collected"], ["2024-02", "not_collected"], ["2024-03", "collected"]]


def test_an_archive_whose_names_are_no_text_is_refused_in_words(tmp_path: Path) -> None:
    content = archive(m2024_01=street(row("2024-01"))).replace(b"invented-street", b"invent\xff\xfe-street")
    with zipfile.ZipFile(io.BytesIO(archive(m2024_01=""))) as sound:
        assert sound.infolist()[0].flag_bits & 0x800 == 0
    flagged = bytearray(content)
    for mark, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):  # names are said to be UTF-8, in both headers
        flagged[flagged.index(mark) + at + 1] |= 0x08
    (tmp_path / "2024-02.zip").write_bytes(bytes(flagged))
    with pytest.raises(ContractError, match="is not a whole zip archive: download it again"):
        list_months(tmp_path / "2024-02.zip")


def test_a_name_without_its_folder_or_with_an_impossible_month_is_no_month(tmp_path: Path) -> None:
    content = io.BytesIO(archive(m2024_01=street(row("2024-01")), m2024_13=street()))
    with zipfile.ZipFile(content, "a") as more:
        more.writestr("2024-02-invented-street.csv", street())
    (tmp_path / "a.zip").write_bytes(content.getvalue())
    assert [one.covers_from for one in list_months(tmp_path / "a.zip")] == [date(2024, 1, 1), date(2024, 2, 1)]


def damaged() -> bytes:
    rows = [row("2024-01", crime_id=f"{n:064d}") for n in range(4000)]
    content = bytearray(archive(m2024_01=street(*rows)))
    content[400:900] = bytes(500)
    return bytes(content)


def locked() -> bytes:
    """The mark of a password is one bit in each of the two headers of a member."""
    content = bytearray(archive(m2024_01=street(row("2024-01"))))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


NOT_ARCHIVES: dict[str, tuple[str, bytes, str]] = {
    "cut short": ("a.zip", archive(m2024_01=street(row("2024-01")))[:-30], "is not a whole zip archive: download it again"),
    "empty": ("a.zip", b"", "is not a whole zip archive: download it again"),
    "damaged inside": ("a.zip", damaged(), "is damaged inside: download it again"),
    "locked": ("a.zip", locked(), "is locked with a password or packed in an unknown way"),
    "of nothing street-level": ("a.zip", archive(), "holds no street-level month"),
    "a CSV by another name": (
        "crimes.csv",
        street(row("2024-01")).encode(),
        "keep the published name, 2024-01-<force>-street",
    ),
    "a CSV of outcomes": ("2024-01-invented-outcomes.csv", b"Crime ID\n", "is not a street-level month"),
    "a workbook": ("2024-01-invented-street.xlsx", b"x", "is not a street-level month"),
}


@pytest.mark.parametrize("what", NOT_ARCHIVES)
def test_an_archive_that_is_not_whole_is_refused_and_the_warehouse_stays(village: Village, what: str) -> None:
    name, content, says = NOT_ARCHIVES[what]
    village.incidents("good,2024-01-10,knife_crime,400500,300500")
    village.build()
    before = village.settings.warehouse.read_bytes()
    village.deliver("police_uk", content, name=name)
    with pytest.raises(ContractError, match=f"police_uk/{name}: .*{says}") as wrong:
        village.build()
    assert len(wrong.value.faults) == 1
    assert "Burglary" not in str(wrong.value)
    assert village.settings.warehouse.read_bytes() == before


# --- the real thing -------------------------------------------------------------------------------------------

ROWS = 508_211
ABSENT = {"2024-07", "2024-08", "2025-05", "2025-07"}
BETWEEN = {f"{day:%Y-%m}" for day in pd.date_range("2019-03-01", "2022-12-01", freq="MS")}


@pytest.fixture(scope="module")
def bristol(tmp_path_factory: pytest.TempPathFactory) -> tuple[Village, Built]:
    """A city of 34 real wards and every published month beside the project."""
    data = SHIPPED.parents[1] / "shared" / "data"
    if not data.exists():
        pytest.skip("the open data beside the project (../shared/data) is not here")
    village = Village(tmp_path_factory.mktemp("bristol") / "data")
    folder, published = village.data_dir / "boundaries", village.data_dir / "deliveries" / "police_uk"
    folder.mkdir(parents=True)
    published.mkdir(parents=True)
    for name in ("ward_E06000023.geojson", "wards_to_localities.csv"):
        shutil.copy(data / "bristol" / name, folder / name)
    (folder / "ward_E06000023.geojson.toml").write_text(
        'place_level = "beat"\nplace_id = "WD25CD"\nname = "WD25NM"\nparents = "wards_to_localities.csv"\n'
    )
    for path in (data / "police_uk_avon").iterdir():
        (published / path.name).symlink_to(path)
    return village, build(Settings(village.data_dir))


@pytest.mark.real_data
def test_every_published_row_is_read_and_has_one_fate(real_data: Path, bristol: tuple[Village, Built]) -> None:
    village, built = bristol
    tally = built.tallies["police_uk"]
    assert tally["read"] == ROWS == sum(tally.get(fate, 0) for fate in FATES)
    assert village.ask("SELECT count(*) AS n FROM police_uk WHERE fault IS NOT NULL")["n"].item() == 0
    assert village.ask("SELECT sum(broken_rows) AS n FROM deliveries")["n"].item() == 0
    assert village.ask("SELECT sum(x) AS n FROM cells WHERE feed = 'police_uk'")["n"].item() == tally["counted"]


@pytest.mark.real_data
def test_real_points_are_placed_as_an_independent_join_places_them(real_data: Path, bristol: tuple[Village, Built]) -> None:
    village, _ = bristol
    wards = gpd.read_file(real_data / "bristol" / "ward_E06000023.geojson")[["WD25CD", "geometry"]].to_crs("EPSG:27700")
    points = village.ask('SELECT "Longitude" AS lon, "Latitude" AS lat FROM police_uk WHERE "Longitude" IS NOT NULL')
    spots = points.value_counts().rename("crimes").reset_index()
    shapes = gpd.GeoDataFrame(spots, geometry=gpd.points_from_xy(spots["lon"], spots["lat"]), crs="EPSG:4326")
    joined = gpd.sjoin(shapes.to_crs("EPSG:27700"), wards, predicate="intersects")
    inside = int(joined[~joined.index.duplicated()]["crimes"].sum())
    found = village.ask("SELECT located_by, sum(row_count) AS n FROM tallies WHERE feed = 'police_uk' GROUP BY located_by")
    by_how = dict(zip(found["located_by"], found["n"].astype(int), strict=True))
    assert by_how["inside"] + by_how.get("edge", 0) == inside
    fates = village.ask("SELECT located_by, fate, sum(row_count) AS n FROM tallies WHERE feed = 'police_uk' GROUP BY ALL")
    counted = dict(zip(fates["located_by"], fates["n"], strict=True)) if len(fates) == len(by_how) else {}
    assert (
        counted["inside"] + counted.get("edge", 0) + counted["snapped"] == fates.loc[fates["fate"] == "counted", "n"].sum()
    )
    assert 0 < by_how["snapped"] < 0.02 * inside
    by_ward = village.ask("SELECT area_id, sum(x) AS x FROM cells WHERE feed = 'police_uk' GROUP BY area_id")
    alone = joined.groupby("WD25CD")["crimes"].sum()
    assert set(by_ward["area_id"]) == set(wards["WD25CD"])
    assert ((by_ward.set_index("area_id")["x"] - alone).between(0, by_how["snapped"])).all()


@pytest.mark.real_data
def test_months_missing_from_the_published_series_are_not_collected(real_data: Path, bristol: tuple[Village, Built]) -> None:
    village, _ = bristol
    states = village.ask("SELECT period, state FROM feed_periods WHERE feed = 'police_uk'").set_index("period")["state"]
    assert set(states[states == "not_collected"].index) == ABSENT | BETWEEN
    assert (states == "collected").sum() == 34
    blanks = village.ask("SELECT DISTINCT period FROM cells WHERE feed = 'police_uk' AND withheld_because = 'not_collected'")
    assert set(blanks["period"]) == ABSENT | BETWEEN
