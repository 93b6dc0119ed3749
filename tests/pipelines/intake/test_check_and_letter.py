"""Checking before delivery: every fault at once, the right rows, and a letter with no value in it."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from villages import Village

from pipelines.errors import ContractError, SettingsError
from pipelines.intake.check import Checked, Fault, check_file, letter

AS_AT = date(2024, 2, 5)
HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
GOOD = "2024-01-10,knife_crime,400500,300500"
CANARY = "Canary-Wharton"


def checked(village: Village, file: Path, feed: str | None = None) -> Checked:
    return check_file(file, village.settings, feed=feed, as_at=AS_AT, working=village.data_dir / "working")


def codes(found: Checked) -> dict[str, tuple[int, tuple[int, ...]]]:
    return {fault.code: (fault.rows, fault.first_rows) for fault in found.faults}


def test_every_rule_a_row_breaks_is_told_not_only_the_first(village: Village) -> None:
    file = village.incidents(f"r1,{GOOD}", f"{CANARY} x,2031-01-10,{CANARY},1,300500")
    assert codes(checked(village, file)) == {
        "far_away:easting_m": (1, (3,)),
        "identifying:record_ref:name": (1, (3,)),
        "in_the_future:occurred_from": (1, (3,)),
        "unknown_code:harm_type": (1, (3,)),
    }


def test_rows_are_numbered_as_the_supplier_sees_them_broken_ones_too(village: Village) -> None:
    file = village.incidents(f"r1,{GOOD}", f"r2,{GOOD},x", f"r3 x,{GOOD}", "r4", f"r5,{GOOD}", f"r6 x,{GOOD}")
    found = checked(village, file)
    assert found.rows == 6
    assert codes(found) == {"broken_row:": (2, (3, 5)), "not_a_reference:record_ref": (2, (4, 7))}


def test_only_the_first_rows_of_many_are_named(village: Village) -> None:
    rows = [f"r{n},2024-01-10,{CANARY if n < 9 else 'robbery'},400500,300500" for n in range(40)]
    found = checked(village, village.incidents(*rows))
    assert codes(found) == {"unknown_code:harm_type": (9, (2, 3, 4, 5, 6))}
    page = letter([found], partnership="Two Ends")
    assert "- 9 rows: harm_type is not a code of its vocabulary (rows 2, 3, 4, 5, 6 and more)" in page
    assert "40 rows were read. Some rows were left out; please mend them and send the file again:" in page


def test_a_file_the_build_would_refuse_for_its_many_bad_rows_is_refused_here_too(village: Village) -> None:
    file = village.incidents(*(f"r{n},2024-01-10,{CANARY},400500,300500" for n in range(20)), f"s x,{GOOD}")
    found = checked(village, file)
    with pytest.raises(ContractError) as wrong:
        village.build()
    assert list(found.refused) == wrong.value.faults
    page = letter([found], partnership="Two Ends")
    assert "The whole file was refused:" in page
    assert "- 20 rows: harm_type is not a code of its vocabulary (rows 2, 3, 4, 5, 6 and more)" in page
    assert "Thank you" not in page


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty (0 bytes)"),
        (f"{HEADER},surname\nr1,{GOOD},{CANARY}\n".encode(), "not accepted: surname"),
        (f'{HEADER}\n"{CANARY},{GOOD}\n'.encode(), "breaks at line 2"),
    ],
)
def test_a_file_refused_whole_is_said_in_the_letter_without_its_values(village: Village, content: bytes, says: str) -> None:
    file = village.deliver(
        "incidents", content, name="bad.csv", covers=("2024-01-01", "2024-01-31"), delivered_on="2024-02-05"
    )
    found = checked(village, file)
    assert len(found.refused) == 1
    page = letter([found], partnership="Two Ends")
    assert says in page
    assert CANARY not in page


def test_a_damaged_parquet_and_a_sidecar_that_is_no_toml_are_refusals_too(village: Village) -> None:
    import pandas as pd

    content = io.BytesIO()
    pd.DataFrame({name: [f"{n}" for n in range(5000)] for name in HEADER.split(",")}).to_parquet(content)
    whole = bytearray(content.getvalue())
    whole[4:2000] = b"\xff" * 1996
    file = village.deliver("incidents", bytes(whole), name="a.parquet", covers=("2024-01-01", "2024-01-31"))
    assert checked(village, file).refused == ("incidents/a.parquet: cannot be read to its end: ask for it again",)
    file.with_name("a.parquet.toml").write_text("covers", encoding="utf-8")
    assert checked(village, file).refused[0].startswith("incidents/a.parquet.toml: is not TOML")


def test_a_date_no_calendar_has_is_a_row_and_not_a_whole_file(village: Village) -> None:
    header = "record_ref,occurred_from,occurred_to,harm_type,easting_m,northing_m"
    found = checked(village, village.incidents("r1,5881580-07-10,5881580-07-10,knife_crime,400500,300500",
                             "r2,-infinity,2024-01-01,knife_crime,400500,300500", header=header))  # fmt: skip
    assert found.refused == ()
    assert codes(found)["not_a_date:occurred_from"] == (2, (2, 3))


def test_every_month_of_a_published_archive_is_checked(village: Village) -> None:
    columns = "Month,Reported by,Longitude,Latitude,Crime type"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for month in ("2023-11", "2023-12"):
            rows = f"{month},Invented,-1.99,52.6,Burglary\n{month},Invented,-1.99,52.6,{CANARY}\n"
            made.writestr(f"{month}/{month}-invented-street.csv", f"{columns}\n{rows}")
    found = checked(village, village.deliver("police_uk", content.getvalue(), name="a.zip"))
    assert found.rows == 4
    assert codes(found) == {"unknown_code:Crime type": (2, (3, 3))}


def test_the_feed_is_the_folder_unless_it_is_said(village: Village, tmp_path: Path) -> None:
    loose = tmp_path / "meetings-of-2024.csv"
    loose.write_text("locality,met_on\nwest,2024-01-10\n", encoding="utf-8")
    assert checked(village, loose, "meetings") == Checked("meetings-of-2024.csv", "meetings", rows=1)
    for feed in (None, "boundaries", "gossip"):
        with pytest.raises(
            SettingsError, match=r"meetings-of-2024.csv: say which feed it is with --feed; there are actions, "
        ) as wrong:
            checked(village, loose, feed)
        assert "boundaries" not in str(wrong.value)


def test_a_file_of_a_kind_that_is_not_read_is_refused(village: Village, tmp_path: Path) -> None:
    (tmp_path / "a.ods").write_text(CANARY, encoding="utf-8")
    assert checked(village, tmp_path / "a.ods", "meetings").refused == (
        "meetings/a.ods: is not CSV, Parquet or XLSX: ask for one of those",
    )


def test_checking_keeps_nothing_of_a_file(village: Village) -> None:
    file = village.incidents(f"r1,{GOOD}")
    before = sorted(village.data_dir.rglob("*"))
    checked(village, file)
    assert sorted(village.data_dir.rglob("*")) == before


def test_a_letter_counts_one_row_as_one_row() -> None:
    page = letter(
        [Checked("a.csv", "incidents", rows=1, faults=(Fault("blank:harm_type", 1, (2,)),))], partnership="Two Ends"
    )
    assert "- 1 row: harm_type is required and is blank (rows 2)" in page
