"""Bad files: each is refused, or its bad rows counted, with one clear message and never a value; what was built stays."""

import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from villages import Village, make_village

from pipelines.errors import ContractError, HarmError, PlacesError, WarehouseError

HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
IN_DEGREES = "record_ref,occurred_from,harm_type,lon,lat"
CANARY = "Canary-Wharton"
GOOD = "2024-01-10,knife_crime,400500,300500"
MANY = 24


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A village with one good delivery and a warehouse. Not to be changed."""
    village = make_village(tmp_path_factory.mktemp("built") / "village")
    village.incidents(f"good-1,{GOOD}", name="good.csv")
    village.build()
    return village


@pytest.fixture
def settled(built: Village, tmp_path: Path) -> Village:
    """A copy of the village that has a warehouse, to deliver something bad to."""
    return built.copied(tmp_path / "settled")


def february(village: Village, content: str | bytes, name: str = "bad.csv") -> Path:
    return village.deliver("incidents", content, name=name, covers=("2024-02-01", "2024-02-29"), delivered_on="2024-03-05")


def lines(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def refused(village: Village, *, says: tuple[str, ...], kind: type[HarmError] = ContractError, code: int = 4) -> str:
    """Build, and expect one message that says these things and no value, with the warehouse left byte for byte."""
    before = village.settings.warehouse.read_bytes()
    with pytest.raises(kind) as wrong:
        village.build()
    message = str(wrong.value)
    assert wrong.value.exit_code == code
    for words in says:
        assert words in message
    assert CANARY.casefold() not in message.casefold()
    assert village.settings.warehouse.read_bytes() == before
    assert {path.name for path in village.settings.warehouse.parent.iterdir()} <= {"warehouse.duckdb", ".lock"}
    return message


def parquet(*rows: str, header: str = HEADER) -> bytes:
    content = io.BytesIO()
    pd.DataFrame([row.split(",") for row in rows], columns=header.split(",")).to_parquet(content)
    return content.getvalue()


def workbook(*rows: list[object]) -> bytes:
    content, book = io.BytesIO(), openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


WHOLE_FILES: dict[str, tuple[str, str | bytes, tuple[str, ...]]] = {
    "a column nobody knows": (
        "bad.csv",
        lines(f"r1,{GOOD},{CANARY}", header=f"{HEADER},weather"),
        ("incidents/bad.csv", "not accepted: weather", "Nothing was read", "columns/incidents.toml"),
    ),
    "a column with no name": ("bad.csv", lines(f"r1,{GOOD},{CANARY}", header=f"{HEADER},"), ("(no name)",)),
    "a required column missing": (
        "bad.csv",
        lines(f"{CANARY},2024-02-10,400500,300500", header="record_ref,occurred_from,easting_m,northing_m"),
        ("incidents/bad.csv", "lacks the required columns harm_type"),
    ),
    "nowhere to place a row": (
        "bad.csv",
        lines(f"{CANARY},2024-02-10,knife_crime", header="record_ref,occurred_from,harm_type"),
        ("says nowhere where", "easting_m + northing_m or lon + lat or beat_code"),
    ),
    "half a point": (
        "bad.csv",
        lines(f"{CANARY},2024-02-10,knife_crime,400500", header="record_ref,occurred_from,harm_type,easting_m"),
        ("says nowhere where",),
    ),
    "a column twice": (
        "bad.csv",
        lines(f"{CANARY},{GOOD},knife_crime", header=f"{HEADER},Harm_Type"),
        ("incidents/bad.csv: has a column twice: keep one",),
    ),
    "no header line": (
        "bad.csv",
        f"{CANARY},2024-02-10,knife_crime,400500,300500\n",
        ("incidents/bad.csv: has no header line this feed knows; its columns are record_ref, occurred_from",),
    ),
    "one endless line": ("bad.csv", CANARY * 20_000, ("first line too long to be a header",)),
    "only blank lines": ("bad.csv", "\n\n\n", ("has no header line",)),
    "an empty CSV": ("bad.csv", b"", ("incidents/bad.csv: is empty (0 bytes): ask for it again",)),
    "an empty Parquet": ("bad.parquet", b"", ("incidents/bad.parquet: is empty (0 bytes): ask for it again",)),
    "an empty workbook": ("bad.xlsx", b"", ("incidents/bad.xlsx: is empty (0 bytes): ask for it again",)),
    "garbage called Parquet": ("bad.parquet", CANARY.encode() * 50, ("not a readable Parquet file: ask for it again",)),
    "garbage called a workbook": (
        "bad.xlsx",
        CANARY.encode() * 50,
        ("not a readable XLSX workbook: save it again as XLSX",),
    ),
    "a workbook with nothing in it": ("bad.xlsx", workbook(), ("nothing on its first sheet: put the header row there",)),
    "garbage called CSV": ("bad.csv", bytes(range(256)) * 4, ("neither UTF-8 nor Windows-1252 text: save it as CSV UTF-8",)),
    "a zip of something": ("bad.zip", b"PK" + CANARY.encode(), ("is a zip; put the files inside it here instead",)),
    "an old Excel file": ("bad.xls", CANARY.encode(), ("incidents/bad.xls: is not CSV, Parquet or XLSX", "take it away")),
    "a quote never closed": (
        "bad.csv",
        lines(f"r1,{GOOD}", f'"{CANARY},{GOOD}', f"r3,{GOOD}"),
        ("incidents/bad.csv: breaks at line 3 (unquoted value): mend the quotes there and send it again",),
    ),
    "a line without end": (
        "bad.csv",
        lines(f"{CANARY * 200_000},{GOOD}", f"r3,{GOOD}"),
        ("breaks at line 2 (line size over maximum)",),
    ),
    "mostly words of no vocabulary": (
        "bad.csv",
        lines(*(f"r{n},2024-02-10,{CANARY},400500,300500" for n in range(MANY))),
        (f"{MANY} of {MANY} rows are bad", "harm_type is not a code of its vocabulary", "Mend the export and send it again"),
    ),
    "mostly words where numbers belong": (
        "bad.csv",
        lines(*(f"r{n},2024-02-10,knife_crime,{CANARY},300500" for n in range(MANY))),
        (f"{MANY} rows: easting_m is not a number",),
    ),
    "longitudes and latitudes swapped": (
        "bad.csv",
        lines(*(f"r{n},2024-02-10,knife_crime,52.602237,-1.992681" for n in range(MANY)), header=IN_DEGREES),
        ("lon holds latitudes and lat holds longitudes: swap the two",),
    ),
    "mostly rows of another shape": (
        "bad.csv",
        lines(*(f"r{n},{GOOD},{CANARY}" for n in range(MANY))),
        (f"{MANY} rows: the row does not have the columns the header promises (check quotes and separators)",),
    ),
    "a sidecar that lies about the months": (
        "bad.csv",
        lines(*(f"{CANARY}-{n},2023-06-10,knife_crime,400500,300500" for n in range(MANY))),
        (f"{MANY} of {MANY} rows happened in months that no delivery says it covers", "correct covers_from and covers_to"),
    ),
}


@pytest.mark.parametrize("what", WHOLE_FILES)
def test_a_file_is_refused_whole_with_one_message_and_no_value(settled: Village, what: str) -> None:
    name, content, says = WHOLE_FILES[what]
    february(settled, content, name)
    message = refused(settled, says=says)
    assert len(message.splitlines()) == 1


def test_a_truncated_parquet_is_refused(settled: Village) -> None:
    february(settled, parquet(*(f"r{n},{GOOD}" for n in range(50)))[:-200], "bad.parquet")
    refused(settled, says=("incidents/bad.parquet: is not a readable Parquet file: ask for it again",))


def test_a_parquet_damaged_inside_is_refused(settled: Village) -> None:
    whole = bytearray(parquet(*(f"{CANARY}-{n},{GOOD}" for n in range(5000))))
    whole[4:2000] = b"\xff" * 1996
    february(settled, bytes(whole), "bad.parquet")
    refused(settled, says=("incidents/bad.parquet: cannot be read to its end", "ask for it again"))


def test_a_truncated_workbook_is_refused(settled: Village) -> None:
    february(settled, workbook(HEADER.split(","), [CANARY, *GOOD.split(",")])[:-300], "bad.xlsx")
    refused(settled, says=("is not a readable XLSX workbook",))


def test_every_fault_of_every_file_is_told_at_once(settled: Village) -> None:
    february(settled, b"", "one.csv")
    february(settled, lines(f"{CANARY},2024-02-10", header="record_ref,occurred_from,surname"), "two.csv")
    message = refused(settled, says=("incidents/one.csv: is empty",))
    assert message.count("incidents/two.csv") == 3
    assert len(message.splitlines()) == 4


def test_a_file_refused_half_way_spoils_no_other(settled: Village) -> None:
    """The lines of one file that could not be read are not held against the next."""
    february(settled, lines(f"r1,{GOOD},x", f'"r2,{GOOD}'), "a.csv")
    february(settled, lines(*(f"s{n},2024-02-10,knife_crime,400500,300500" for n in range(30))), "b.csv")
    assert "b.csv" not in refused(settled, says=("incidents/a.csv: breaks at line 3",))


# --- rows that are bad, in files that are not -----------------------------------------------------------------

BAD_ROWS = {
    "a date in the future": ("r1,2031-01-10,knife_crime,400500,300500,,", "in_the_future:occurred_from"),
    "the 31st of February": ("r1,31/02/2024,knife_crime,400500,300500,,", "not_a_date:occurred_from"),
    "a month 13": ("r1,2024-13-01,knife_crime,400500,300500,,", "not_a_date:occurred_from"),
    "infinity": ("r1,-infinity,knife_crime,400500,300500,,", "not_a_date:occurred_from"),
    "the year 24": ("r1,10/01/24,knife_crime,400500,300500,,", "not_a_date:occurred_from"),
    "a blank date": ("r1,,knife_crime,400500,300500,,", "blank:occurred_from"),
    "a reference with a name in it": ("Ann Other,2024-01-10,knife_crime,400500,300500,,", "identifying:record_ref:name"),
    "a word of no vocabulary": ("r1,2024-01-10,mischief,400500,300500,,", "unknown_code:harm_type"),
    "a word where a number belongs": ("r1,2024-01-10,knife_crime,east,300500,,", "not_a_number:easting_m"),
    "not a number": ("r1,2024-01-10,knife_crime,nan,300500,,", "not_a_number:easting_m"),
    "metres nowhere near": ("r1,2024-01-10,knife_crime,100,300500,,", "far_away:easting_m"),
    "metres at nought": ("r1,2024-01-10,knife_crime,0,0,,", "far_away:easting_m"),
    "degrees at nought": ("r1,2024-01-10,knife_crime,,,0,0", "far_away:lon"),
    "longitude and latitude swapped": ("r1,2024-01-10,knife_crime,,,52.602237,-1.992681", "lon_lat_swapped:lon"),
    "half a point": ("r1,2024-01-10,knife_crime,400500,,,", "half_a_point:easting_m"),
    "two points that disagree": (
        "r1,2024-01-10,knife_crime,401500,300500,-1.992681,52.602237",
        "point_or_beat_disagree:occurred_from",
    ),
    "a month not covered": ("r2,2023-11-10,knife_crime,400500,300500,,", "month_not_covered:occurred_from"),
}


def test_each_bad_row_is_rejected_for_its_own_reason(village: Village) -> None:
    village.incidents(*(row for row, _ in BAD_ROWS.values()), header=f"{HEADER},lon,lat")
    tallies = village.build().tallies["incidents"]
    assert tallies == {"read": len(BAD_ROWS), "rejected": len(BAD_ROWS)}
    found = village.ask("SELECT reason, row_count FROM tallies WHERE fate = 'rejected'")
    wanted = pd.Series([reason for _, reason in BAD_ROWS.values()]).value_counts()
    assert found.groupby("reason")["row_count"].sum().to_dict() == wanted.to_dict()


def test_without_a_declared_extent_nought_and_the_sea_are_outside_and_counted(village: Village) -> None:
    partnership = village.data_dir / "partnership.toml"
    kept = [line for line in partnership.read_text(encoding="utf-8").splitlines() if not line.startswith("extent")]
    partnership.write_text("\n".join(kept), encoding="utf-8")
    village.incidents("r1,2024-01-10,knife_crime,0,0,,", "r2,2024-01-10,knife_crime,640000,10000,,",
                      "r3,2024-01-10,knife_crime,,,0,0", header=f"{HEADER},lon,lat")  # fmt: skip
    tallies = village.build().tallies["incidents"]
    assert tallies == {"read": 3, "outside": 2, "rejected": 1}


def test_dates_the_wrong_way_round_are_rejected_and_a_range_too_long_too(village: Village) -> None:
    header = "record_ref,occurred_from,occurred_to,recorded_on,harm_type,easting_m,northing_m"
    village.incidents("r1,2024-01-10,2024-01-09,,knife_crime,400500,300500",
                      "r2,2024-01-10,,2024-01-09,knife_crime,400500,300500",
                      "r3,2022-06-10,2024-01-09,,knife_crime,400500,300500", header=header)  # fmt: skip
    village.build()
    reasons = village.ask("SELECT reason FROM tallies ORDER BY reason")["reason"].tolist()
    assert reasons == ["earlier_than:occurred_to", "earlier_than:recorded_on", "range_too_long:occurred_to"]


def test_rows_with_too_many_columns_or_too_few_are_counted_as_broken(village: Village) -> None:
    village.incidents(f"r1,{GOOD}", f"r2,{GOOD},and,more", "r3,2024-01-10", f"r4,{GOOD}")
    assert village.build().tallies["incidents"] == {"read": 4, "counted": 2, "rejected": 2}
    assert village.ask("SELECT reason FROM tallies WHERE fate = 'rejected'")["reason"].tolist() == ["broken_row:"]


def test_bad_rows_within_what_the_policy_bears_are_left_out_and_the_file_stands(village: Village) -> None:
    village.incidents(*(f"r{n},{GOOD}" for n in range(20)), *(f"b{n},2024-01-10,none,400500,300500" for n in range(20)))
    assert village.build().tallies["incidents"] == {"read": 40, "counted": 20, "rejected": 20}


def test_a_header_with_no_rows_is_a_legitimate_zero(village: Village) -> None:
    village.incidents()
    assert village.build().tallies == {}
    cells = village.ask("SELECT DISTINCT x FROM cells WHERE feed = 'incidents' AND period = '2024-01'")
    assert cells["x"].tolist() == [0]


# --- the same rows, saved another way -------------------------------------------------------------------------

ROWS = [f"r1,{GOOD}", "r2,2024-01-11,robbery,401500,300500"]
SAVED: dict[str, tuple[str, str | bytes]] = {
    "with a byte order mark": ("a.csv", lines(*ROWS).encode("utf-8-sig")),
    "as Windows-1252": (
        "a.csv",
        lines(*ROWS).encode("cp1252").replace(b"robbery,", b"robbery,\xa0"),
    ),
    "as UTF-16": ("a.csv", lines(*ROWS).encode("utf-16")),
    "with semicolons": ("a.csv", lines(*ROWS).replace(",", ";")),
    "with tabs": ("a.csv", lines(*ROWS).replace(",", "\t")),
    "with every value quoted": ("a.csv", '"' + lines(*ROWS).strip().replace(",", '","').replace("\n", '"\n"') + '"\n'),
    "with Windows line ends": ("a.csv", lines(*ROWS).replace("\n", "\r\n")),
    "with line ends of two kinds": ("a.csv", HEADER + "\r\n" + "\n".join(ROWS) + "\r\n"),
    "with blank lines": ("a.csv", lines(ROWS[0], "", ROWS[1]) + "\n\n"),
    "with spaces and capitals in its header": ("a.CSV", lines(*ROWS, header=HEADER.upper().replace(",", " , "))),
    "with British dates": ("a.csv", lines(*ROWS).replace("2024-01-10", "10/01/2024")),
    "with a bracket in its name": ("final [2] of *.csv", lines(*ROWS)),
    "as Parquet": ("a.parquet", parquet(*ROWS)),
    "as a workbook": (
        "a.xlsx",
        workbook(HEADER.split(","), ["r1", pd.Timestamp("2024-01-10"), "knife_crime", 400500, 300500.0], [None] * 5,
                 ["r2", "2024-01-11", "robbery", 401500, 300500]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", SAVED)
def test_the_same_rows_count_alike_however_they_were_saved(tmp_path: Path, how: str) -> None:
    village = make_village(tmp_path / "env=prod" / "village")
    name, content = SAVED[how]
    village.deliver("incidents", content, name=name, covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-05")
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1, ("B02", "violence_and_fear", "2024-01"): 1}


# --- the boundaries beside them -------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Non closed ring")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("[402000, 300000], [402000", "[402100, 300000], [402000"), "beats overlap by"),
        (lambda text: text.replace("[401000, 300000], [401000, 301000]", "[401000, 301000], [401000, 300000]", 1), "broken"),
        (
            lambda text: text.replace("EPSG::27700", "EPSG::4326"),
            "declares degrees (EPSG:4326) but its coordinates look like",
        ),
        (lambda text: text[: len(text) // 2], "cannot be read as a geojson of polygons"),
        (lambda text: text.replace("[401000, 300000]]]", "[401000, 300001]]]"), "a ring not closed"),
        (lambda text: "", "the file is empty"),
    ],
)
def test_boundaries_that_cannot_carry_counts_leave_the_warehouse_as_it_was(
    settled: Village, change: Callable[[str], str], says: str
) -> None:
    file = settled.data_dir / "boundaries" / "beats.geojson"
    changed = change(file.read_text(encoding="utf-8"))
    assert changed != file.read_text(encoding="utf-8")
    file.write_text(changed, encoding="utf-8")
    message = refused(settled, says=("boundaries/", says), kind=PlacesError, code=5)
    assert "400" not in message


# --- larger than the memory it may take -----------------------------------------------------------------------

BIG = 1_400_000


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A village with one CSV of over 150 MB, seven of whose lines are broken."""
    import duckdb

    village = make_village(tmp_path_factory.mktemp("big") / "village")
    file = village.incidents()
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 'ref-' || i || '-' || md5(CAST(i AS VARCHAR)) || '-pseudonym' AS record_ref, "
            "DATE '2024-01-01' + CAST(i % 31 AS INTEGER) AS occurred_from, "
            "'knife_crime' AS harm_type, 400000 + i % 3000 AS easting_m, 300000 + i % 999 AS northing_m, "
            f"'police_recorded' AS record_source FROM range({BIG - 7}) AS t(i)) TO '{file}' (HEADER, DELIMITER ',')"
        )
    with file.open("a", encoding="utf-8") as more:
        more.writelines(f"broken-{n},2024-01-01\n" for n in range(7))
    return village


def run_with(village: Village, memory: str) -> subprocess.CompletedProcess[str]:
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from pipelines.errors import HarmError
        from pipelines.intake.warehouse import build
        from pipelines.settings import Settings
        try:
            print(build(Settings(Path(sys.argv[1]))).tallies["incidents"])
        except HarmError as wrong:
            print(type(wrong).__name__, wrong)
            sys.exit(wrong.exit_code)
    """)
    environment = {**os.environ, "SAFER_PLACES_MEMORY_LIMIT": memory}
    command = [sys.executable, "-c", program, str(village.data_dir)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_a_file_larger_than_the_memory_limit_is_read_to_its_last_row(big: Village) -> None:
    assert big.data_dir.joinpath("deliveries/incidents/delivery.csv").stat().st_size > 150_000_000
    done = run_with(big, "150MB")
    assert done.stdout.strip() == str({"read": BIG, "counted": BIG - 7, "rejected": 7}), done.stdout + done.stderr


def test_too_little_memory_to_work_at_all_is_said_and_not_blamed_on_the_supplier(big: Village) -> None:
    done = run_with(big, "10MB")
    assert done.returncode == WarehouseError.exit_code, done.stdout + done.stderr
    assert "raise SAFER_PLACES_MEMORY_LIMIT" in done.stdout
