"""Files as suppliers send them, the same bytes every time: CSV, Parquet, XLSX, sidecars, GeoJSON.

Everything is written as text first; Parquet and XLSX carry real dates and numbers.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely.geometry.base import BaseGeometry

from pipelines.demo.lines import to_web
from pipelines.demo.span import days_since_epoch

ZIP_DAY = (2026, 10, 7, 0, 0, 0)
EXCEL_EPOCH_DAYS = 25_569


@dataclass(frozen=True)
class Sent:
    """One delivered file: where it lies and what its sidecar says."""

    feed: str
    file: str
    rows: int
    delivered_on: date
    covers_from: date | None = None
    covers_to: date | None = None


def csv_bytes(frame: pd.DataFrame, encoding: str = "utf-8", line_end: str = "\n") -> bytes:
    """A CSV; 'utf-8-sig' starts it with a byte-order mark as Excel does."""
    text = frame.to_csv(index=False, lineterminator=line_end)
    return text.encode(encoding)


def parquet_bytes(frame: pd.DataFrame, dates: Iterable[str], numbers: Iterable[str]) -> bytes:
    """A Parquet file with dates as dates, numbers as numbers and blanks as nulls."""
    dates, numbers = set(dates), set(numbers)
    columns: dict[str, pa.Array] = {}
    for name in frame.columns:
        text = frame[name].astype(str)
        if name in dates:
            columns[name] = pa.array([date.fromisoformat(one) if one else None for one in text], pa.date32())
        elif name in numbers:
            columns[name] = pa.array([float(one) if one else None for one in text], pa.float64())
        else:
            columns[name] = pa.array([one or None for one in text], pa.string())
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink, compression="zstd")
    return sink.getvalue()


def xlsx_bytes(frame: pd.DataFrame, dates: Iterable[str], numbers: Iterable[str]) -> bytes:
    """A workbook of one sheet (ECMA-376), written by hand because no library leaves the clock out of it."""
    dates, numbers = set(dates), set(numbers)
    kinds = ["date" if name in dates else "number" if name in numbers else "text" for name in frame.columns]
    rows = [_xlsx_row(1, list(frame.columns), ["text"] * len(kinds))]
    rows += [_xlsx_row(number, row, kinds) for number, row in enumerate(frame.itertuples(index=False), start=2)]
    sheet = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in (*_XLSX_PARTS, ("xl/worksheets/sheet1.xml", sheet)):
            entry = zipfile.ZipInfo(name, ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(entry, content)
    return sink.getvalue()


def _xlsx_row(number: int, cells: Sequence[Any], kinds: list[str]) -> str:
    found = []
    for at, (value, kind) in enumerate(zip(cells, kinds, strict=True)):
        where = f"{chr(65 + at)}{number}"
        if value == "":
            continue
        if kind == "date":
            serial = days_since_epoch(date.fromisoformat(str(value))) + EXCEL_EPOCH_DAYS
            found.append(f'<c r="{where}" s="1"><v>{serial}</v></c>')
        elif kind == "number":
            found.append(f'<c r="{where}"><v>{value}</v></c>')
        else:
            found.append(f'<c r="{where}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>')
    return f'<row r="{number}">{"".join(found)}</row>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XLSX_PARTS = (
    (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    ),
    (
        "_rels/.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    ),
    (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    ),
    (
        "xl/_rels/workbook.xml.rels",
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    ),
    (
        "xl/styles.xml",
        f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    ),
)


def send(
    data_dir: Path,
    feed: str,
    file: str,
    content: bytes,
    rows: int,
    delivered_on: date,
    covers: tuple[date, date] | None = None,
) -> Sent:
    """Write one delivery and the sidecar that says what it covers."""
    folder = data_dir / "deliveries" / feed
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(content)
    lines = [f"covers_from = {covers[0]}", f"covers_to = {covers[1]}"] if covers else []
    lines.append(f"delivered_on = {delivered_on}")
    (folder / f"{file}.toml").write_bytes(("\n".join(lines) + "\n").encode())
    return Sent(feed, file, rows, delivered_on, *(covers or (None, None)))


def write_json(path: Path, content: Any, *, indent: int | None = None) -> None:
    """Write JSON the same way every time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, ensure_ascii=False, indent=indent, separators=None if indent else (",", ":"))
    path.write_bytes((text + "\n").encode())


def feature(shape_web: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    """One GeoJSON feature (RFC 7946); the shape is in lon, lat and keeps every digit it has."""
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": json.loads(shapely.to_geojson(shape_web)),
    }


def collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    """Features as one GeoJSON collection."""
    return {"type": "FeatureCollection", "features": features}


def backdrop_feature(shape_m: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    """A feature of the backdrop: metres in, degrees to 6 decimals out (about 10 cm)."""
    web = shapely.transform(shape_m, lambda points: to_web(np.asarray(points), 6))
    return feature(shapely.orient_polygons(web) if "Polygon" in web.geom_type else web, properties)
