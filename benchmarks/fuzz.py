"""Malformed files, many of them, through the real reading code: a refusal in words or sound rows, never a traceback.

    python -m benchmarks.fuzz --inputs 12000
    python -m benchmarks.fuzz --inputs 300          the short form

Sound files of every kind that is read (CSV, XLSX, Parquet, zip; GeoJSON, GeoPackage, KML, Shapefile) are mutated: bytes
flipped, cut, doubled and taken out, as a bad cable does; and values, headers, separators, encodings, members and geometry
replaced by what is legal somewhere and awkward here, as a bad export does. What is found is a fault of the program when
anything but an error of ours comes out, a message quotes the row that was planted, or anything is left in the folders.
"""

import argparse
import csv
import io
import json
import multiprocessing
import os
import random
import shutil
import tempfile
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import shapely
import xlsxwriter

from benchmarks.figures import write_figures
from geo.boundaries import read_boundaries, require_valid
from geo.errors import GeoError
from pipelines.errors import HarmError
from pipelines.intake.check import check_file
from pipelines.settings import Settings

CANARY = "canary-4f1d77"
DELIVERIES, BOUNDARIES = ("csv", "xlsx", "parquet", "zip"), ("geojson", "gpkg", "kml", "shp")
NAMES = {"csv": "incidents/a_2024-01_2024-01.csv", "xlsx": "incidents/a_2024-01_2024-01.xlsx",
         "parquet": "incidents/a_2024-01_2024-01.parquet", "zip": "police_uk/2024-02.zip", "geojson": "b.geojson",
         "gpkg": "b.gpkg", "kml": "b.kml", "shp": "b.zip"}  # fmt: skip
HEADER = ("record_ref", "occurred_from", "occurred_to", "harm_type", "easting_m", "northing_m", "beat_code")
POLICE_UK = ("Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code",
             "LSOA name", "Crime type", "Last outcome category", "Context")  # fmt: skip
AWKWARD: tuple[Any, ...] = (
    "", " ", "\x00", "\ufeff", "\u202e", "\u2028", "é" * 40, "\U0001f9b7", '"', "'", '""', "\\", "\\N", "NULL", "nan",
    "NaN", "inf", "-inf", "1e309", "-0", "0x10", "1_000", "９", "1,5", "1.5.2", "99999999999999999999", "2024-02-30",
    "0000-00-00", "9999-12-31", "10000-01-01", "-0001-01-01", "2024-01-01T25:00", "31/12/1899", "=1+1",
    "=cmd|' /C calc'!A1", "@SUM(A1)", "<script>", "${x}", "{{x}}", "../../etc/passwd", "%s%n", "a" * 5000, ",", ";",
    "\t", "|", "\r", "\n", "\r\n", "\x1a", "\x7f", "true", "B01; DROP TABLE incidents", "$$", "-- ", "/*", "robbery",
    "ROBBERY", "1e5", "400500.0000000001", "450 557 7104", "AB123456C",
)  # fmt: skip


@dataclass
class Found:
    """What came of the inputs. `faults` must stay empty: kind of file, seed, and where the program tripped."""

    tried: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, other: "Found") -> None:
        """Take in what another found."""
        self.tried += other.tried
        self.refused += other.refused
        self.read += other.read
        self.faults += other.faults


def rows_of_incidents(number: int = 12) -> list[list[str]]:
    """Sound rows, the planted one among them."""
    rows = [[f"r{at}", f"2024-01-{1 + at:02}", "", "robbery", str(400_100 + at), "300500", ""] for at in range(number)]
    return [*rows, [CANARY, "2024-01-05", "2024-01-06", "knife_crime", "400500", "300500", "B01"]]


def as_csv(header: tuple[str, ...] | list[str], rows: list[list[str]], separator: str = ",") -> bytes:
    """Rows as a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows([list(header), *rows])
    return out.getvalue().encode("utf-8", errors="surrogatepass")


def as_xlsx(header: list[str], rows: list[list[Any]]) -> bytes:
    """Rows as a workbook, numbers and dates as such where they are."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True, "strings_to_formulas": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate([header, *rows]):
            for column, value in enumerate(row):
                sheet.write(at, column, value if not isinstance(value, str) else value[:30000])
    return out.getvalue()


def as_parquet(header: list[str], rows: list[list[str]], folder: Path, types: list[str]) -> bytes:
    """Rows as Parquet, columns of the types said where their values can be."""
    file = folder / "made.parquet"
    file.unlink(missing_ok=True)
    columns = ", ".join(
        f'TRY_CAST(col{at} AS {kind}) AS "{name}"' for at, (name, kind) in enumerate(zip(header, types, strict=True))
    )
    values = ", ".join("(" + ", ".join("?" for _ in row) + ")" for row in rows)
    names = ", ".join(f"col{at}" for at in range(len(header)))
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM (VALUES {values}) AS t({names})) TO '{file}' (FORMAT parquet)",
                           [one for row in rows for one in row])  # fmt: skip
    return file.read_bytes()


def as_zip(members: dict[str, bytes]) -> bytes:
    """Files in a zip."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


class Maker:
    """Makes malformed files, each from its own seed, from sound ones that are made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        header, rows = list(HEADER), rows_of_incidents()
        street = [
            ["", "2024-01", "A Police", "A Police", "-2.5", "51.4", "On or near a street", "", "", "Robbery", "", ""]
        ] * 9
        self.street = "2024-01/2024-01-a-street.csv"
        self.sound = {
            "csv": as_csv(header, rows), "xlsx": as_xlsx(header, rows),
            "parquet": as_parquet(header, rows, folder, ["VARCHAR"] * len(header)),
            "zip": as_zip({self.street: as_csv(POLICE_UK, street)}), **self._boundaries(self._frame()),
        }  # fmt: skip

    def make(self, kind: str, draw: random.Random) -> bytes:
        """One malformed file of a kind."""
        if draw.random() < 0.45:
            return mangled(self.sound[kind], draw)
        made = self._deliver(kind, draw) if kind in DELIVERIES else self._draw(kind, draw)
        return mangled(made, draw) if draw.random() < 0.1 else made

    def _deliver(self, kind: str, draw: random.Random) -> bytes:
        header, rows = list(HEADER), rows_of_incidents(draw.randint(0, 14))
        for _ in range(draw.randint(1, 6)):
            self._awkward(header, rows, draw)
        if kind == "csv":
            made = as_csv(header, rows, draw.choice(",;\t|")) if draw.random() < 0.8 else raw_csv(header, rows, draw)
            text = made.decode("utf-8", errors="replace")
            encoding = draw.choice(
                ("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252", "utf-32", "utf-7", "cp037")
            )
            return made if encoding == "utf-8" else text.encode(encoding, errors="replace")
        if kind == "xlsx":
            return as_xlsx(header, rows)
        if kind == "parquet":
            kinds = (
                "VARCHAR",
                "VARCHAR",
                "BIGINT",
                "DOUBLE",
                "DATE",
                "TIMESTAMP",
                "BOOLEAN",
                "BLOB",
                "INTERVAL",
                "VARCHAR[]",
            )
            named = [name[:60].replace('"', "") or "blank" for name in header]
            unique = [
                name if name.lower() not in map(str.lower, named[:at]) else f"{name}{at}" for at, name in enumerate(named)
            ]
            made = rows or [[""] * len(header)]
            return as_parquet(unique, made, self.folder, [draw.choice(kinds) for _ in header])
        names = (
            self.street, "2024-13/2024-13-a-street.csv", "../2024-01-a-street.csv", "/2024-01-b-street.csv",
            "2024-01-a-street.csv", "x" * 300 + "/2024-01-a-street.csv", "2024-01/", "1000-01-a-street.csv",
        )  # fmt: skip
        held = [draw.choice((header, list(POLICE_UK))) for _ in range(draw.randint(1, 3))]
        members = {draw.choice(names): as_csv(one, rows) for one in held}
        return as_zip(members)

    def _awkward(self, header: list[str], rows: list[list[str]], draw: random.Random) -> None:
        """One thing wrong with the rows or their header."""
        what, column = draw.randrange(8), draw.randrange(len(header))
        if what == 0:
            header[column] = str(draw.choice((*AWKWARD, *HEADER, "first_name", "postcode")))
        elif what == 1 and rows:
            draw.choice(rows)[column % len(rows[0])] = str(draw.choice(AWKWARD))
        elif what == 2:
            for row in rows:
                row[column] = str(draw.choice(AWKWARD))
        elif what == 3 and len(header) > 2:
            header.pop(column)
            for row in rows:
                row.pop(column)
        elif what == 4:
            header.append(str(draw.choice(AWKWARD)))
            for row in rows:
                row.append(str(draw.choice(AWKWARD)))
        elif what == 5:
            rows.extend([list(row) for _ in range(draw.randint(1, 3)) for row in list(rows)])
        elif what == 6:
            draw.shuffle(header)
        elif rows:
            rows.append([str(draw.choice(AWKWARD)) for _ in header])

    def _frame(self) -> gpd.GeoDataFrame:
        shapes = [shapely.box(400_000 + 1000 * at, 300_000, 401_000 + 1000 * at, 301_000) for at in range(3)]
        ids = ["B01", "B02", CANARY]
        return gpd.GeoDataFrame({"place_id": ids, "place_level": "beat", "parent": "west", "name": ids}, geometry=shapes,
                                crs="EPSG:27700")  # fmt: skip

    def _boundaries(self, frame: gpd.GeoDataFrame) -> dict[str, bytes]:
        made = {}
        for kind in BOUNDARIES:
            place = self.folder / f"made-{kind}"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            drivers = {"geojson": "GeoJSON", "gpkg": "GPKG", "kml": "KML", "shp": "ESRI Shapefile"}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                frame.to_crs(4326 if kind in ("geojson", "kml") else 27700).to_file(
                    place / f"b.{kind}", driver=drivers[kind]
                )
            parts = {path.name: path.read_bytes() for path in sorted(place.iterdir())}
            made[kind] = as_zip(parts) if kind == "shp" else parts[f"b.{kind}"]
        return made

    def _draw(self, kind: str, draw: random.Random) -> bytes:
        if kind == "geojson":
            said = json.loads(self.sound["geojson"])
            for _ in range(draw.randint(1, 4)):
                _awkward_json(said, draw)
            return json.dumps(said).encode("utf-8", errors="surrogatepass")
        if kind == "kml":
            text = self.sound["kml"].decode()
            for _ in range(draw.randint(1, 4)):
                at = draw.randrange(len(text))
                piece = draw.choice(
                    (
                        "<",
                        ">",
                        "&",
                        "&x;",
                        "]]>",
                        "<!DOCTYPE a [<!ENTITY x 'y'>]>",
                        "0,0,0 ",
                        "<Polygon/>",
                        "<Placemark>",
                        "\x00",
                    )
                )
                text = text[:at] + piece + text[at + draw.randint(0, 30) :]
            return text.encode()
        if kind == "shp":
            with zipfile.ZipFile(io.BytesIO(self.sound["shp"])) as opened:
                members = {name: opened.read(name) for name in opened.namelist()}
            for _ in range(draw.randint(1, 2)):
                name = draw.choice(sorted(members))
                if draw.random() < 0.3 and len(members) > 1:
                    members.pop(name)
                else:
                    members[name] = mangled(members[name], draw)
            return as_zip(members)
        frame = self._frame()
        odd = (
            "POINT(1 1)", "POLYGON EMPTY", "LINESTRING(0 0, 1 1)", "POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))",
            "GEOMETRYCOLLECTION EMPTY", "POLYGON((nan nan, 1 1, 0 1, nan nan))",
            "MULTIPOLYGON(((0 0, 9 0, 9 9, 0 0)), ((0 0, 9 0, 9 9, 0 0)))",
        )  # fmt: skip
        frame.loc[draw.randrange(3), "geometry"] = shapely.from_wkt(draw.choice(odd), on_invalid="ignore")
        frame.loc[draw.randrange(3), draw.choice(("place_id", "parent", "place_level"))] = str(draw.choice(AWKWARD)).replace(
            "\x00", ""
        )
        place = self.folder / "drawn.gpkg"
        place.unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame.to_file(place, driver="GPKG")
        return place.read_bytes()


def raw_csv(header: list[str], rows: list[list[str]], draw: random.Random) -> bytes:
    """A CSV written without care for quotes and line ends."""
    end = draw.choice(("\n", "\r\n", "\r", "\n\r", ""))
    return end.join(",".join(row) for row in [header, *rows]).encode("utf-8", errors="replace")


def _awkward_json(said: Any, draw: random.Random) -> None:
    """Replace one thing somewhere in a JSON document by something awkward."""
    odd = (
        None,
        [],
        {},
        0,
        -1,
        1e308,
        "",
        "x",
        True,
        [[]],
        [[[0, 0]]],
        {"type": "Point"},
        "Polygon",
        [1e400, 0],
        CANARY,
        "B01",
        "2024-02-30",
    )
    at = said
    for _ in range(draw.randint(1, 7)):
        keys = list(at) if isinstance(at, dict) else list(range(len(at))) if isinstance(at, list) else []
        if not keys:
            return
        key = draw.choice(keys)
        if draw.random() < 0.3 or not isinstance(at[key], dict | list):
            at[key] = draw.choice(odd)
            return
        at = at[key]


def mangled(content: bytes, draw: random.Random) -> bytes:
    """Bytes as a bad cable, a full disk or a half copy leave them."""
    made = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 3, 12))):
        at, size = draw.randrange(len(made) + 1), draw.choice((1, 2, 8, 64, 512))
        what = draw.randrange(6)
        if what == 0 and at < len(made):
            made[at] ^= 1 << draw.randrange(8)
        elif what == 1:
            del made[at:]
        elif what == 2:
            del made[at : at + size]
        elif what == 3:
            made[at:at] = made[at : at + size]
        elif what == 4:
            made[at : at + size] = draw.randbytes(size)
        else:
            made[at : at + size] = b"\x00" * size
        if not made:
            break
    return bytes(made)


def read_one(kind: str, file: Path, settings: Settings, working: Path) -> str:
    """Read one file by the real code; returns "read" or "refused". Raises what is a fault of the program."""
    try:
        if kind in DELIVERIES:
            checked = check_file(file, settings, feed=None, as_at=date(2024, 3, 1), working=working)
            said = "\n".join([*checked.refused, *(fault.words for fault in checked.faults)])
            outcome = "refused" if checked.refused else "read"
        else:
            frame = read_boundaries(file, crs="EPSG:27700")
            require_valid(frame)
            said, outcome = "", "read"
    except (HarmError, GeoError) as wrong:
        said, outcome = str(wrong), "refused"
    if kind in DELIVERIES and CANARY in said:
        raise AssertionError("a message quotes a row")
    return outcome


def fuzz(
    inputs: int, seed: int, *, kinds: tuple[str, ...] = (*DELIVERIES, *BOUNDARIES), report: Callable[[str], None] = print
) -> Found:
    """So many malformed files, of every kind in turn, each known by its seed."""
    found = Found()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as name:
        folder, town = Path(name), Path(name) / "town"
        maker, working, settings = Maker(folder / "making"), folder / "working", Settings(town)
        for number in range(inputs):
            kind = kinds[number % len(kinds)]
            file = town / ("deliveries" if kind in DELIVERIES else "boundaries") / NAMES[kind]
            file.parent.mkdir(parents=True, exist_ok=True)
            content = maker.make(kind, random.Random(f"{seed}/{kind}/{number}"))
            file.write_bytes(content)
            working.mkdir(exist_ok=True)
            found.tried[kind] += 1
            try:
                outcome = read_one(kind, file, settings, working)
                (found.refused if outcome == "refused" else found.read)[kind] += 1
                if file.read_bytes() != content or sorted(town.rglob("*.*")) != [file]:
                    raise AssertionError("the folders are not as they were")
            except Exception as wrong:
                where = traceback.extract_tb(wrong.__traceback__)
                ours = next(
                    (one for one in reversed(where) if "/pipelines/" in one.filename or "/geo/" in one.filename), where[-1]
                )
                found.faults.append(
                    f"{kind} {seed}/{number}: {type(wrong).__name__} at {Path(ours.filename).name}:{ours.lineno}"
                )
                report(found.faults[-1])
            file.unlink(missing_ok=True)
            shutil.rmtree(working, ignore_errors=True)
    return found


def _part(told: tuple[int, int]) -> Found:
    return fuzz(*told)


def measure(inputs: int, seed: int, *, processes: int) -> Found:
    """`fuzz` shared among processes, each with seeds of its own: one that dies of an input is a fault too."""
    each = [(inputs // processes + (at < inputs % processes), seed + at) for at in range(processes)]
    found = Found()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for part in pool.imap_unordered(_part, each):
            found.add(part)
    return found


def main() -> None:
    """Read the command line, try the inputs, and say what the program tripped over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=12_000)
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    chosen = parser.parse_args()
    found = measure(chosen.inputs, chosen.seed, processes=chosen.processes)
    counts = {name: dict(getattr(found, name)) for name in ("tried", "refused", "read")}
    figures = {"seed": chosen.seed, "inputs": found.tried.total(), **counts, "faults": found.faults}
    write_figures("fuzz", figures, keep=chosen.inputs >= 10_000)
    if found.faults:
        raise SystemExit(f"{len(found.faults)} inputs tripped the program")


if __name__ == "__main__":
    main()
