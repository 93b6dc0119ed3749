"""Exports: what an audience may have, with its dictionary, and no cell a spreadsheet would run."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile

import openpyxl
import pytest

from dashboard.report import exports
from dashboard.report.model import Face, Table
from dashboard.wording import exports as words
from pipelines.errors import NotForThisAudience
from pipelines.insight.audiences import COLUMNS
from pipelines.insight.queries import Audience, open_snapshot

HOSTILE = ["=cmd|'/c calc'!A1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.fixture(scope="module")
def board(larkhaven):
    return open_snapshot(larkhaven, Audience("board"))


@pytest.fixture(scope="module")
def manager(larkhaven):
    return open_snapshot(larkhaven, Audience("manager"))


def face(snapshot):
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-0000-0000", "P-00000000", "OFFICIAL-SENSITIVE: for the board")


def unpacked(snapshot, table, form):
    made = exports.write(snapshot, table, exports.make(snapshot, table, face(snapshot)), form)
    with zipfile.ZipFile(io.BytesIO(made)) as one:
        return {name: one.read(name) for name in one.namelist()}


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


@pytest.fixture(scope="module")
def counts(board):
    """Every count the board may have, asked for once."""
    return exports.frame(board, "counts")


def test_the_board_has_no_register_and_no_column_beyond_its_own(board, counts):
    assert not set(exports.REGISTERS) & set(exports.tables(board))
    with pytest.raises(NotForThisAudience):
        exports.make(board, "actions", face(board))
    ours = {"feed", "measure", "unit", "area_level", "area_id", "name", "harm_group", "harm_group_label"}
    assert set(counts) == ours | set(COLUMNS["nearest"]["series"])
    assert set(counts["area_level"]) == {"city", "locality"}


def test_every_count_is_the_read_apis(board, counts, monkeypatch):
    monkeypatch.setattr(exports, "_counts", lambda snapshot: counts)
    rows = rows_of(unpacked(board, "counts", "csv")["counts.csv"])
    wanted = ("incidents", "north", "exploitation")
    mine = [row for row in rows if (row["feed"], row["area_id"], row["harm_group"]) == wanted]
    said = board.series("incidents", "incidents", area_level="locality", area_id="north", harm_groups=["exploitation"])
    assert [(row["period"], float(row["about"])) for row in mine] == list(zip(said["period"], said["about"], strict=True))


def test_every_column_of_every_table_has_a_meaning(board, manager, counts):
    for snapshot in (board, manager):
        for table in set(exports.tables(snapshot)) - {"counts"}:
            assert [one for one in exports.frame(snapshot, table) if one not in words.COLUMNS] == []
    assert [one for one in counts if one not in words.COLUMNS] == []
    assert not {*COLUMNS["range"]["series"]} - set(words.COLUMNS)


def test_a_meeting_has_its_own_localitys_register_alone(larkhaven, manager):
    north = exports.frame(open_snapshot(larkhaven, Audience("meeting", "north")), "actions")
    assert 0 < len(north) < len(exports.frame(manager, "actions"))


def test_the_manifest_says_where_it_comes_from_and_which_bytes(board):
    files = unpacked(board, "freshness", "csv")
    said = json.loads(files["manifest.json"])
    assert said["sha256"] == hashlib.sha256(files["freshness.csv"]).hexdigest()
    assert (said["snapshot"], said["audience"], said["rows"]) == (board.id, "board", len(board.freshness()))
    assert [row["Column"] for row in rows_of(files["data_dictionary.csv"])] == said["columns"] == list(board.freshness())


def test_the_same_export_is_the_same_bytes(board):
    made = [exports.write(board, "areas", exports.make(board, "areas", face(board)), form)
            for form in ("csv", "xlsx", "geojson") for _ in range(2)]  # fmt: skip
    assert made[0::2] == made[1::2]


def test_geojson_has_the_outline_of_each_area(manager):
    found = json.loads(unpacked(manager, "areas", "geojson")["areas.geojson"])["features"]
    assert len(found) == sum(len(manager.areas(level)) for level in manager.area_levels)
    assert all(one["geometry"] for one in found if one["properties"]["area_level"] == "beat")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_in_csv(name):
    (row,) = rows_of(exports.as_csv(Table("Places", ["name", "about"], [(name, -3)])))
    assert row["name"] == f"'{name}"
    assert row["about"] == "-3"


def test_a_hostile_name_is_text_in_the_workbook(board):
    files = unpacked(board, "areas", "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(files["areas.xlsx"]))["areas"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_a_table_there_is_not_and_one_without_shapes_are_refused():
    with pytest.raises(exports.NoSuchTable, match="there is no such table"):
        exports.require_known("secrets", "csv")
    with pytest.raises(exports.NoSuchTable, match="this table has no shapes"):
        exports.require_known("counts", "geojson")
