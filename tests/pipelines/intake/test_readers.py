"""Opening a file: what it was saved as, its header, and the supplier's own names for our columns."""

import io
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from villages import Village

from pipelines.errors import ContractError, SettingsError
from pipelines.intake.contract import load_contract
from pipelines.intake.deliveries import Delivery, describe_delivery
from pipelines.intake.readers import as_utf8, open_rows, read_csv_sql

HEADER = "record_ref,occurred_from,harm_type,easting_m,northing_m"
ROW = "r1,2024-01-10,knife_crime,400500,300500"
COVERS = ("2024-01-01", "2024-01-31")


def delivered(village: Village, content: str | bytes, name: str = "a.csv") -> Delivery:
    path = village.deliver("incidents", content, name=name, covers=COVERS, delivered_on="2024-02-05")
    return describe_delivery(path, load_contract("incidents", village.settings))


def read(village: Village, content: str | bytes, name: str = "a.csv") -> list[tuple[str, ...]]:
    contract = load_contract("incidents", village.settings)
    with duckdb.connect() as connection:
        rows = open_rows(
            connection, delivered(village, content, name), contract, village.settings, village.data_dir / "working"
        )
        return connection.execute(rows.sql).fetchall()


def test_everything_is_read_as_text_and_nothing_is_guessed(village: Village) -> None:
    assert read(village, f"{HEADER}\n007,10/01/2024,TRUE,4e5,NULL\n") == [("007", "10/01/2024", "TRUE", "4e5", "NULL")]


def test_a_comma_a_quote_and_a_new_line_inside_quotes_belong_to_the_value(village: Village) -> None:
    [row] = read(village, HEADER + '\n"a, ""b""\nc",2024-01-10,x,1,2\n')
    assert row[0] == 'a, "b"\nc'


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(alphabet="ab,,,; \t'\\\0é", max_size=12), max_size=8), st.sampled_from(["\n", "\r\n"]), st.booleans()
)
def test_a_file_without_quotes_always_reads_the_same_whether_they_are_looked_for_or_not(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, ended: bool
) -> None:
    file = tmp_path_factory.getbasetemp() / "no_quotes.csv"
    file.write_bytes((end.join(["a,b,c", *lines]) + end * ended).encode())
    assert _as_read(file, quotes=True) == _as_read(file, quotes=False)


def _as_read(file: Path, *, quotes: bool) -> tuple[list[tuple[str, ...]], list[tuple[str, int]]]:
    """The rows, and what the reader said of each line it could not take for one."""
    with duckdb.connect() as connection:
        rows = connection.execute(read_csv_sql(file, ["a", "b", "c"], quotes=quotes)).fetchall()
        return rows, connection.execute("SELECT error_type, line FROM broken_rows ORDER BY ALL").fetchall()


def test_quotes_are_looked_for_wherever_one_stands(village: Village) -> None:
    for quoted in ('"r1"', 'Café"1', 'r"1'):
        assert '"' not in read(village, f'{HEADER}\n{quoted},2024-01-10,"x",1,2\n')[0][2]


def test_the_cells_of_a_workbook_become_the_text_a_csv_would_hold(village: Village) -> None:
    from datetime import date, datetime

    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (
        HEADER.split(","),
        ["r1", date(2024, 1, 10), True, 400500, 0.5],
        [None, datetime(2024, 1, 10, 14, 5), "", 2.0, None],
    ):
        book.active.append(row)
    book.save(content)
    first, second = read(village, content.getvalue(), "a.xlsx")
    assert first == ("r1", "2024-01-10", "True", "400500", "0.5")
    assert second == (None, "2024-01-10 14:05:00", None, "2", None)


def test_a_utf8_file_is_read_where_it_lies_and_another_is_copied_to_the_private_folder(
    village: Village, tmp_path: Path
) -> None:
    plain = delivered(village, f"{HEADER}\n{ROW}\n")
    assert as_utf8(plain, tmp_path / "working") == plain.path
    other = delivered(village, f"{HEADER}\n{ROW}\n".encode("utf-16"))
    copy = as_utf8(other, tmp_path / "working")
    assert copy.parent == tmp_path / "working"
    assert copy.read_text(encoding="utf-8") == f"{HEADER}\n{ROW}\n"


def test_letters_of_windows_1252_are_kept(village: Village) -> None:
    [row] = read(village, f"{HEADER}\nCafé–1,2024-01-10,knife_crime,1,2\n".encode("cp1252"))
    assert row[0] == "Café–1"


def test_line_ends_that_fall_on_the_edge_of_a_block_are_counted_once(village: Village) -> None:
    filler = "x" * ((1 << 20) - 1 - len(HEADER) - 2)
    one = delivered(village, f"{HEADER}\r\n{filler}\r\n{ROW}\r\n")
    assert as_utf8(one, village.data_dir / "working") == one.path


# --- the supplier's own names ---------------------------------------------------------------------------------

THEIRS = "URN,Date of event,harm_type,X,Y"


def mapping(village: Village, text: str) -> None:
    (village.data_dir / "columns").mkdir(exist_ok=True)
    (village.data_dir / "columns" / "incidents.toml").write_text(text, encoding="utf-8")


def test_a_file_with_the_suppliers_own_headers_is_read_once_they_are_mapped(village: Village) -> None:
    village.deliver("incidents", f"{THEIRS}\n{ROW}\n", covers=COVERS, delivered_on="2024-02-05")
    with pytest.raises(ContractError, match=r"not accepted: Date of event, URN, X, Y.*columns/incidents.toml"):
        village.build()
    mapping(
        village, '[columns]\nurn = "record_ref"\n"DATE OF EVENT " = "occurred_from"\nx = "easting_m"\ny = "northing_m"\n'
    )
    village.build()
    assert village.cells() == {("B01", "knives_and_weapons", "2024-01"): 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[columns]\nURN = "surname"\n', "columns/incidents.toml: surname under [columns]; write"),
        ("[columns]\n", "columns/incidents.toml: nothing under [columns]; write"),
        ('columns = "URN"\n', "columns/incidents.toml: nothing under [columns]; write"),
        ('[colums]\nURN = "record_ref"\n', "columns/incidents.toml: nothing under [columns]; write"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_what_to_write(village: Village, text: str, says: str) -> None:
    mapping(village, text)
    village.incidents(ROW)
    with pytest.raises(ContractError) as wrong:
        village.build()
    assert says in str(wrong.value)
    assert "ours being age_band, beat_code" in str(wrong.value)


def test_a_mapping_that_is_no_toml_is_a_fault_of_the_settings(village: Village) -> None:
    mapping(village, "URN: record_ref")
    village.incidents(ROW)
    with pytest.raises(SettingsError, match=r"incidents.toml: is not TOML \(.*line 1"):
        village.build()


def test_two_of_their_columns_cannot_both_be_one_of_ours(village: Village) -> None:
    mapping(village, '[columns]\nURN = "record_ref"\n')
    village.deliver("incidents", f"URN,{HEADER}\nx,{ROW}\n", covers=COVERS, delivered_on="2024-02-05")
    with pytest.raises(ContractError, match="has a column twice: keep one"):
        village.build()


@pytest.mark.parametrize("name", ["x[12].csv", "x*.csv", "x?.csv"])
def test_a_file_name_that_looks_like_a_pattern_is_read_as_itself(village: Village, name: str) -> None:
    village.incidents("a1,2024-01-10,knife_crime,400500,300500", name="x1.csv")
    village.incidents(*(f"b{n},2024-01-10,robbery,401500,300500" for n in range(3)), name=name)
    assert village.build().tallies["incidents"] == {"read": 4, "counted": 4}
    assert village.cells()["B02", "violence_and_fear", "2024-01"] == 3


def test_a_first_line_that_is_a_row_is_not_quoted_even_when_it_holds_one_of_our_words(village: Village) -> None:
    village.deliver("incidents", "lat,Canary Person,14 Canary Street,1990-01-01\n", covers=("2024-01-01", "2024-01-31"))
    with pytest.raises(ContractError, match="is it the header") as refused:
        village.build()
    assert "Canary" not in str(refused.value)
