"""Open one delivered file as rows of text, whatever it was saved as: CSV, Parquet or XLSX.

Everything is read as text first, so that a bad value is a counted fault and never a crash. Windows-1252
and UTF-16 files are transcoded to a UTF-8 copy in the (private) working folder.
"""

import codecs
import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.errors import ContractError
from pipelines.intake.contract import Contract
from pipelines.intake.deliveries import Delivery
from pipelines.intake.identifying import says_who
from pipelines.intake.values import literal
from pipelines.policy import read_toml
from pipelines.settings import Settings

_BLOCK = 1 << 20
_LARGE_BLOCK = 1 << 25
_LONGEST_LINE = 1 << 16
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Rows:
    """One file, ready to select from.

    sql       SELECT text giving every row as text columns named by the file's own headers
    headers   contract column -> the file's header
    broken    whether rows that do not fit the header are kept in the `broken_rows` table of the connection
    """

    sql: str
    headers: dict[str, str]
    broken: bool = False
    keep: list[Any] = field(default_factory=list, compare=False)


def open_rows(
    connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, settings: Settings, working: Path
) -> Rows:
    """Open a delivery. Raises ContractError with every fault of its shape: unreadable, empty, wrong columns."""
    path = delivery.path
    if path.stat().st_size == 0:
        raise _refused(delivery, "is empty (0 bytes): ask for it again")
    kind = path.suffix.lower()
    if kind == ".csv":
        return _open_csv(delivery, contract, settings, working)
    if kind == ".parquet":
        return _open_parquet(connection, delivery, contract, settings)
    if kind == ".xlsx":
        return _open_xlsx(connection, delivery, contract, settings)
    raise _refused(delivery, "is not CSV, Parquet or XLSX: ask for one of those")


def _open_csv(delivery: Delivery, contract: Contract, settings: Settings, working: Path) -> Rows:
    plain, quotes = _looked_over(delivery.path)
    path = delivery.path if plain else as_utf8(delivery, working)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        first = lines.readline(_LONGEST_LINE)
    if len(first) == _LONGEST_LINE:
        raise _refused(delivery, "has a first line too long to be a header: ask for it again as CSV")
    separator = max(_SEPARATORS, key=lambda mark: (_known(_split(first, mark), contract, settings), mark == ","))
    header = _split(first, separator)
    headers = match_headers(delivery, header, contract, settings)
    return Rows(read_csv_sql(path, header, separator, quotes=quotes), headers, broken=True)


def read_csv_sql(path: Path, header: list[str], separator: str = ",", *, quotes: bool = True) -> str:
    """SELECT text reading a CSV with nothing guessed: its separator and every column are given.

    quotes  whether any stand in the file: one without them is read in less time where none are looked for
    """
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    mark = literal('"' if quotes else "")
    return (
        f"SELECT * FROM read_csv({literal(exactly(path))}, auto_detect=false, header=true, delim={literal(separator)}, "
        f"quote={mark}, escape={mark}, columns={{{columns}}}, max_line_size=1048576, "
        "hive_partitioning=false, store_rejects=true, rejects_table='broken_rows', rejects_scan='broken_scans')"
    )


def exactly(path: Path) -> str:
    """A path a database takes for itself and not for a pattern, which would read other files in its place."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _split(line: str, separator: str) -> list[str]:
    return next(csv.reader([line], delimiter=separator), [])


def _open_parquet(connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, settings: Settings) -> Rows:
    sql = f"SELECT * FROM read_parquet({literal(exactly(delivery.path))}, hive_partitioning=false)"
    try:
        header = [row[0] for row in connection.execute(f"DESCRIBE {sql}").fetchall()]
    except duckdb.Error:
        raise _refused(delivery, "is not a readable Parquet file: ask for it again") from None
    return Rows(sql, match_headers(delivery, header, contract, settings))


def _open_xlsx(connection: duckdb.DuckDBPyConnection, delivery: Delivery, contract: Contract, settings: Settings) -> Rows:
    try:
        grid = CalamineWorkbook.from_path(str(delivery.path)).get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, OSError):
        raise _refused(delivery, "is not a readable XLSX workbook: save it again as XLSX") from None
    if not grid:
        raise _refused(delivery, "has nothing on its first sheet: put the header row there")
    header = [str(cell) for cell in grid[0]]
    headers = match_headers(delivery, header, contract, settings)
    rows = [row for row in grid[1:] if any(cell not in ("", None) for cell in row)]
    columns = {name: pa.array([_cell_text(row[at]) for row in rows], pa.string()) for at, name in enumerate(header)}
    table = pa.table(columns)
    connection.register("sheet", table)
    return Rows("SELECT * FROM sheet", headers, keep=[table])


def _cell_text(cell: Any) -> str | None:
    if cell in ("", None):
        return None
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def as_utf8(delivery: Delivery, working: Path) -> Path:
    """The file itself when it is UTF-8 with line ends of one kind, else such a copy in the working folder.

    Raises ContractError when it is neither UTF-8, UTF-16 with a mark, nor Windows-1252.
    """
    path = delivery.path
    with path.open("rb") as content:
        start = content.read(2)
    marked = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    encoding = "utf-16" if marked else "utf-8" if _decodes(path, "utf-8") else "cp1252"
    if encoding == "utf-8" and not _mixed_line_ends(path):
        return path
    if not _decodes(path, encoding):
        raise _refused(delivery, "is neither UTF-8 nor Windows-1252 text: save it as CSV UTF-8")
    working.mkdir(parents=True, exist_ok=True)
    copy = working / f"{delivery.sha256}.csv"
    with path.open("r", encoding=encoding) as given, copy.open("w", encoding="utf-8", newline="") as text:
        while block := given.read(_BLOCK):
            text.write(block)
    return copy


def _looked_over(path: Path) -> tuple[bool, bool]:
    """Whether a text is nothing but plain letters and line ends of one kind, as most are, and whether a quote stands in it.

    One quick reading, which spares most files the slower ones: in few large blocks, since at each of them whatever else is
    being worked out takes its turn.
    """
    plain, quotes = True, False
    with path.open("rb", buffering=0) as content:
        room = bytearray(min(_LARGE_BLOCK, path.stat().st_size + 1))
        while (plain or not quotes) and (length := content.readinto(room)):
            block = room if length == len(room) else room[:length]
            plain = plain and block.isascii() and b"\r" not in block
            quotes = quotes or b'"' in block
    return plain, quotes


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as content:
            while block := content.read(_BLOCK):
                # Plain letters need no decoding in either encoding, and saying so is many times faster.
                if encoding != "utf-16" and block.isascii() and not decoder.getstate()[0]:
                    continue
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _mixed_line_ends(path: Path) -> bool:
    """Whether some lines end as Windows ends them and others do not: one reader or the other would trip."""
    windows, all_ends = 0, 0
    with path.open("rb") as content:
        while block := content.read(_BLOCK):
            if not windows and b"\r" not in block:
                all_ends = all_ends or b"\n" in block
                continue
            if block.endswith(b"\r"):
                block += content.read(1)
            windows += block.count(b"\r\n")
            all_ends += block.count(b"\n")
    return 0 < windows < all_ends


def supplier_headers(contract: Contract, settings: Settings) -> dict[str, str]:
    """The column-mapping file of a feed (`columns/<feed>.toml`): the supplier's header -> our column.

    Raises ContractError when it names a column the contract does not have, or a header that says who a person is.
    """
    path = settings.data_dir / "columns" / f"{contract.feed}.toml"
    if not path.exists():
        return {}
    mapping = read_toml(path).get("columns", {})
    ours = {column.name for column in contract.columns}
    is_table = isinstance(mapping, dict)
    wrong = sorted({str(value) for value in mapping.values()} - ours) if is_table else []
    if wrong or not mapping or not is_table:
        raise ContractError([
            f"columns/{path.name}: {', '.join(wrong) or 'nothing'} under [columns]; "
            f"write \"their header\" = \"our column\", ours being {', '.join(sorted(ours))}"
        ])  # fmt: skip
    who = sorted(theirs for theirs, one in mapping.items() if says_who(theirs) and _plain(theirs) != one)
    if who:
        raise ContractError([
            f"columns/{path.name}: {', '.join(who)}: says who a person is and can never be mapped; take it out, and ask for "
            "files without it"
        ])  # fmt: skip
    return {_plain(theirs): one for theirs, one in mapping.items()}


def _plain(header: str) -> str:
    return header.strip().casefold()


def _ours(header: Iterable[str], contract: Contract, settings: Settings) -> dict[str, str | None]:
    mapping = supplier_headers(contract, settings)
    by_name = {_plain(column.name): column.name for column in contract.columns}
    return {name: mapping.get(_plain(name), by_name.get(_plain(name))) for name in header}


def _known(header: list[str], contract: Contract, settings: Settings) -> int:
    return sum(one is not None for one in _ours(header, contract, settings).values())


def match_headers(delivery: Delivery, header: list[str], contract: Contract, settings: Settings) -> dict[str, str]:
    """Contract column -> the file's header. Raises ContractError with every unknown, missing or doubled column.

    When no header at all is known the first line may be a row, so it is not quoted.
    """
    ours = _ours(header, contract, settings)
    matched = {one: name for name, one in ours.items() if one}
    if not matched:
        wanted = ", ".join(column.name for column in contract.columns)
        raise _refused(delivery, f"has no header line this feed knows; its columns are {wanted}")
    faults = []
    unknown = sorted(name for name, one in ours.items() if one is None)
    if len(unknown) > len(matched) and any(map(str.isdigit, "".join(unknown))):
        # The first line may be a row that happens to hold one of our names, so it is not quoted.
        count = f"{len(unknown)} of its {len(header)} columns"
        raise _refused(delivery, f"has a first line this feed mostly does not know ({count}): is it the header?")
    who = [name for name in unknown if says_who(name)]
    if who:
        faults.append(
            f"has columns that say who a person is and are not accepted: {', '.join(name.strip() for name in who)}. Nothing "
            "was read, and they can never be mapped. Ask for the file without them"
        )
    if others := [name for name in unknown if name not in who]:
        faults.append(
            f"has columns that are not accepted: {', '.join(name.strip() or '(no name)' for name in others)}. Nothing "
            f"was read. Ask for the file without them, or map a renamed one in columns/{contract.feed}.toml"
        )
    if len(matched) + len(unknown) < len(header):
        faults.append("has a column twice: keep one")
    missing = [column.name for column in contract.columns if column.required and column.name not in matched]
    if missing:
        faults.append(f"lacks the required columns {', '.join(missing)}")
    if contract.location and not any(set(group) <= set(matched) for group in contract.location):
        choices = " or ".join(" + ".join(group) for group in contract.location)
        faults.append(f"says nowhere where: it needs {choices}")
    if faults:
        raise ContractError([f"{delivery.name}: {fault}" for fault in faults])
    return matched


def _refused(delivery: Delivery, why: str) -> ContractError:
    return ContractError([f"{delivery.name}: {why}"])
