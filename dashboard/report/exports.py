"""Released tables as files: only what an audience may have, with what each column means and where it all comes from.

Every table is asked of the read API as its audience; this module adds no figure and no column of its own but names.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboard.report import xlsx_file
from dashboard.report.model import Document, Face, Paragraph, Table
from dashboard.wording import exports as words
from dashboard.wording import how_sure
from pipelines.errors import HarmError
from pipelines.insight.queries import Measure, NotForThisAudience, Snapshot

ALL = "all"
REGISTERS = ("neighbourhood_assessments", "interventions", "rag_judgements", "place_strengths", "emerging_concerns",
             "actions", "safety_goals", "edge_leads", "agenda_items", "meetings")  # fmt: skip
# A spreadsheet may take a cell that begins so for a formula; an apostrophe before it makes it text.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
# Columns that hold ids, codes and days, which the read API itself makes or the contracts checked against lists.
CODES = frozenset({
    "feed", "measure", "area_level", "area_id", "harm_group", "place_category", "period", "period_start", "grain", "state",
    "withheld_because", "category", "direction", "year_direction", "through", "recording_event", "recording_since",
    "locality", "family", "entry_id", "place_id", "held_back", "status", "threshold", "intervention_type", "harm_types",
    "prevention_level", "value", "kind", "fortnight_starting", "lead_locality", "shared_with", "compared_with", "covers_to",
    "last_collected_period", "up", "estimated", "single_cell", "led_elsewhere",
})  # fmt: skip
ON_A_MAP = ("areas", "directions")


class NoSuchTable(HarmError):
    """There is no table of that name, or it has no shapes to put on a map."""

    exit_code = 2


def tables(snapshot: Snapshot) -> dict[str, str]:
    """The tables this audience may have, and what each holds."""
    found = {}
    for table, about in words.TABLES.items():
        try:
            if table in REGISTERS:
                snapshot.register(table)
        except NotForThisAudience:
            continue
        found[table] = about
    return found


def require_known(table: str, form: str) -> None:
    """Raise NoSuchTable for a table there is not, or one that cannot be put on a map."""
    if table not in words.TABLES:
        raise NoSuchTable(f"there is no such table; `export list` names them: {', '.join(words.TABLES)}")
    if form == "geojson" and table not in ON_A_MAP:
        raise NoSuchTable(f"this table has no shapes: geojson is for {' and '.join(ON_A_MAP)}; choose csv or xlsx")


def frame(snapshot: Snapshot, table: str) -> pd.DataFrame:
    """One table as this audience may have it. Raises NotForThisAudience for one it may not."""
    if table in REGISTERS:
        return snapshot.register(table)
    asked: Mapping[str, Callable[[Snapshot], pd.DataFrame]] = {
        "areas": _areas, "periods": _periods, "counts": _counts, "directions": _directions, "completeness": _completeness,
    }  # fmt: skip
    return asked[table](snapshot) if table in asked else getattr(snapshot, table)()


def codes(snapshot: Snapshot, table: str, found: Document) -> frozenset[str]:
    """The ids and codes of an export: they were checked against lists as they came in, and are no words to screen."""
    data = next(part for part in found.parts if isinstance(part, Table))
    columns = [place for place, head in enumerate(data.heads) if head in CODES or head.endswith("_on")]
    said = {str(row[place]) for row in data.rows for place in columns}
    audience = _manifest(snapshot, table, found.face, 0)["audience"]
    return frozenset({*said, audience, *(str(head) for head in data.heads), snapshot.id, found.face.issue,
                      found.face.handling, table})  # fmt: skip


def make(snapshot: Snapshot, table: str, face: Face) -> Document:
    """The export as a document: the table, what its columns mean, where it comes from."""
    found = frame(snapshot, table)
    heads = [str(column) for column in found]
    rows = [tuple(_cell(value) for value in row) for row in found.itertuples(index=False, name=None)]
    data = Table(words.TABLES[table].capitalize(), heads, rows, words.EMPTY)
    meanings = Table(words.DICTIONARY, (words.COLUMN, words.MEANING), [(one, words.COLUMNS.get(one, "")) for one in heads])
    source = Table(words.SOURCE, (words.WHAT, words.SAID), words.source(_manifest(snapshot, table, face, len(rows))))
    return Document(
        title=words.title(table), subtitle=snapshot.partnership, face=face, parts=[data, meanings, source],
        sheets=((table, (data,)), (words.DICTIONARY, (meanings,)), (words.SOURCE, (source, *_notes(snapshot)))),
    )  # fmt: skip


def write(snapshot: Snapshot, table: str, document: Document, form: str) -> bytes:
    """The export as a zip: the table in its format, its data dictionary, and its manifest. The same bytes every time."""
    data, meanings, *_ = (part for part in document.parts if isinstance(part, Table))
    written = {"csv": lambda: as_csv(data), "xlsx": lambda: xlsx_file.write(document),
               "geojson": lambda: _geojson(snapshot, data)}[form]()  # fmt: skip
    name = f"{table}.{form}"
    manifest = {**_manifest(snapshot, table, document.face, len(data.rows)), "columns": list(data.heads), "file": name,
                "sha256": hashlib.sha256(written).hexdigest()}  # fmt: skip
    files = {name: written, "data_dictionary.csv": as_csv(meanings),
             "manifest.json": json.dumps(manifest, ensure_ascii=False, indent=1).encode()}  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for inside, content in files.items():
            kept.writestr(zipfile.ZipInfo(inside, FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_csv(table: Table) -> bytes:
    """A table as CSV (RFC 4180, UTF-8). No cell of text can be taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_harmless(str(head)) for head in table.heads])
    writer.writerows([[_harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows])
    return out.getvalue().encode("utf-8")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _cell(value: Any) -> str | int | float:
    """A value as it is written: true and false, days as ISO, whole numbers whole, empty where there is none."""
    if isinstance(value, list | tuple):
        return "; ".join(str(one) for one in value)
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "true" if value else "false"
    if isinstance(value, date | pd.Timestamp):
        return str(value)[:10]
    if isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        return ""
    return int(number) if number.is_integer() else round(number, 6)


def _areas(snapshot: Snapshot) -> pd.DataFrame:
    parts = [snapshot.areas(level).assign(area_level=level) for level in snapshot.area_levels]
    found = pd.concat([one for one in parts if len(one)], ignore_index=True)
    return found[["area_level", *(column for column in found if column != "area_level")]]


def _periods(snapshot: Snapshot) -> pd.DataFrame:
    return _of_measures(snapshot, lambda one: [snapshot.periods(one.feed, one.measure, grain=grain) for grain in one.grains])


def _completeness(snapshot: Snapshot) -> pd.DataFrame:
    return _of_measures(snapshot, lambda one: [snapshot.completeness(one.feed, one.measure)])


def _directions(snapshot: Snapshot) -> pd.DataFrame:
    return _of_measures(snapshot, lambda one: [
        snapshot.directions(one.feed, one.measure, area_level=level).pipe(_led_by, area_level=level) for level in one.levels
    ])  # fmt: skip


def _counts(snapshot: Snapshot) -> pd.DataFrame:
    """Every area's series by harm group and all together, in the finest periods this audience has."""
    return _of_measures(snapshot, lambda one: [_series_of(snapshot, one, level) for level in one.levels])


def _series_of(snapshot: Snapshot, measure: Measure, level: str) -> pd.DataFrame:
    """The series of every area of a level, an area after the other, each by harm group in the order they are shown."""
    names = dict(snapshot.areas(level)[["area_id", "name"]].itertuples(index=False, name=None))
    parts = [
        snapshot.series_by_area(measure.feed, measure.measure, area_level=level, harm_groups=codes)
        .assign(unit=measure.unit_label, area_level=level, harm_group=group, harm_group_label=label, order=number)
        for number, (group, label, codes) in enumerate(_groups(measure))
    ]  # fmt: skip
    told = pd.concat(parts, ignore_index=True)
    told["name"] = told["area_id"].map(names)
    place = pd.Index(list(names)).get_indexer(pd.Index(told["area_id"]))
    told = told.assign(place=place).sort_values(["place", "order"], kind="stable", ignore_index=True)
    first = ("unit", "area_level", "area_id", "name", "harm_group", "harm_group_label")
    return told[[*first, *(column for column in told if column not in (*first, "place", "order"))]]


def _groups(measure: Measure) -> Iterator[tuple[str, str, list[str]]]:
    codes = [code for code, _ in measure.harm_groups]
    if len(codes) > 1:
        yield ALL, measure.label, codes
    for code, label in measure.harm_groups:
        yield code, label, [code]


def _of_measures(snapshot: Snapshot, asked: Callable[[Measure], list[pd.DataFrame]]) -> pd.DataFrame:
    parts = [
        one.pipe(_led_by, feed=measure.feed, measure=measure.measure)
        for measure in snapshot.measures() for one in asked(measure) if len(one)
    ]  # fmt: skip
    # Columns that are empty throughout have no type to agree on; as objects they are put together as they are.
    return pd.concat([one.astype(object) for one in parts], ignore_index=True) if parts else pd.DataFrame()


def _led_by(rows: pd.DataFrame, **first: str) -> pd.DataFrame:
    """Rows with columns that say what they are of, before their own."""
    told = rows.assign(**first)
    return told[[*first, *(column for column in rows if column not in first)]]


def _manifest(snapshot: Snapshot, table: str, face: Face, rows: int) -> dict[str, Any]:
    audience = snapshot.audience
    return {
        "table": table, "audience": f"{audience.name}:{audience.locality}" if audience.locality else audience.name,
        "partnership": snapshot.partnership, "town": snapshot.town, "snapshot": snapshot.id, "as_at": face.as_at,
        "issue": face.issue, "permission": face.permission, "handling": face.handling, "rows": rows,
    }  # fmt: skip


def _notes(snapshot: Snapshot) -> list[Paragraph]:
    """What was done to the figures of this audience."""

    first = next(iter(snapshot.measures()), None)
    if first is None:
        return []
    return [Paragraph(one, "note") for one in how_sure(public=first.public, round_to=first.round_to, under=first.under)]


def _geojson(snapshot: Snapshot, data: Table) -> bytes:
    """One feature per row, EPSG:4326: the outline of its area, and the row as its properties."""
    places = {str(level): {shape["id"]: shape["geometry"] for shape in snapshot.outlines(level)["features"]}
              for level in snapshot.area_levels}  # fmt: skip
    features = []
    for row in data.rows:
        said = dict(zip(data.heads, row, strict=True))
        known = {key: None if value == "" else value for key, value in said.items()}
        shape = places.get(str(said["area_level"]), {}).get(said["area_id"])
        features.append({"type": "Feature", "geometry": shape, "properties": known})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()
