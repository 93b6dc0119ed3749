"""Every kind of document opened in another program than the one it was written for: its words, its figures, its names.

LibreOffice reads the files with code of its own and writes what it understood: as pages (PDF), and as slides and sheets
again, whose charts then hold the numbers that it read.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from lxml.etree import fromstring
from minuted import MET_ON, NOW, Meeting, own_town
from pypdf import PdfReader
from recordings import screen
from villages import PARTNERSHIP, VILLAGE_BEATS, Village, beat, boundary_file, make_village, square

from dashboard.report import asked, board, docx_file, exports, fortnight, pack, pptx_file, xlsx_file
from dashboard.report.asked import Wish
from dashboard.report.model import Chart, Document, Face, Heading, Part, Table
from dashboard.report.parts import flat
from dashboard.report.screened import MARKS
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.record import Wanted, new_token, open_store

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed (Debian: libreoffice-writer-nogui)")

# Taken for a formula, a command or markup by whatever does not keep text as text.
HOSTILE = "=cmd|'/c calc'!A1 <b>&"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MOST_SECONDS = 120
KINDS = ("pack.docx", "fortnight.docx", "slides.pptx", "annex.xlsx", "areas.xlsx", "minutes.docx", "brief.docx")


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory, _own_key) -> Village:
    """A village whose places and localities have names that look like a command, with one whole quarter of incidents."""
    village = make_village(tmp_path_factory.mktemp("hamlet") / "village")
    said = PARTNERSHIP.replace('name = "West"', f'name = "{HOSTILE}"')
    (village.data_dir / "partnership.toml").write_text(said, encoding="utf-8")
    beats = [beat(place, parent, square(e, n), name=f"{HOSTILE} {place}") for place, (parent, e, n) in VILLAGE_BEATS.items()]
    (village.data_dir / "boundaries" / "beats.geojson").write_text(json.dumps(boundary_file(beats)), encoding="utf-8")
    rows = [f"R{month}{day},2023-{month}-{day:02d},robbery,400500,300500" for month in (10, 11, 12) for day in range(1, 10)]
    village.incidents(*rows, covers=("2023-10-01", "2023-12-31"), delivered_on="2024-03-05")
    village.build()
    village.publish()
    return village


def face_of(snapshot: Snapshot) -> Face:
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-3F2A-91C4", "P-00000000", "OFFICIAL-SENSITIVE")


def made_of(data_dir: Path, locality: str, first: date, last: date) -> dict[str, tuple[Document, bytes]]:
    """Each kind of file we make of one town, by its name: what it holds, and its bytes."""
    meeting, manager, readers = (
        open_snapshot(data_dir, one) for one in (Audience("meeting", locality), Audience("manager"), Audience("board"))
    )
    report = board.make(readers, first, last, face_of(readers))
    table = exports.make(manager, "areas", face_of(manager))
    zipped = zipfile.ZipFile(io.BytesIO(exports.write(manager, "areas", table, "xlsx")))
    documents = {
        "pack.docx": pack.make(meeting, locality, meeting.as_at, face_of(meeting)),
        "fortnight.docx": fortnight.make(manager, manager.as_at, face_of(manager)),
    }
    return {
        **{name: (one, docx_file.write(one)) for name, one in documents.items()},
        "slides.pptx": (report, pptx_file.write(report)), "annex.xlsx": (report, xlsx_file.write(report)),
        "areas.xlsx": (table, zipped.read("areas.xlsx")),
    }  # fmt: skip


def recorded_of(data_dir: Path, *wishes: Wish) -> dict[str, tuple[Document, bytes]]:
    """The documents made of what a meeting recorded."""
    found = {}
    for wish in wishes:
        snapshot = open_snapshot(data_dir, wish.audience)
        make, _ = asked.makes(wish, snapshot, data_dir, today=MET_ON)
        # By the longest permission that is ever written down, which stands on every page.
        document = make(replace(face_of(snapshot), permission="P-00000000; " + "of the locality meeting " * 18))
        found[f"{wish.document}.docx"] = (document, docx_file.write(document))
    return found


@pytest.fixture(scope="module")
def town(larkhaven, tmp_path_factory) -> dict[str, tuple[Document, bytes]]:
    """Larkhaven's North: of a place with more to say than a page holds, too."""
    meeting = Meeting(own_town(larkhaven, tmp_path_factory.mktemp("recorded")))
    meeting.whole_meeting()
    place = meeting.overfull_place()
    wishes = Wish("minutes", "north", MET_ON), Wish("brief", "north", place_id=place, agency="Youth Service")
    return {**made_of(larkhaven, "north", date(2025, 10, 1), date(2026, 9, 30)), **recorded_of(meeting.data_dir, *wishes)}


@pytest.fixture(scope="module")
def strange(hamlet) -> dict[str, tuple[Document, bytes]]:
    judged = {"place_id": "B01", "judged_on": MET_ON, "value": "red", "role": "Chair"}
    open_store(hamlet.settings).record(
        Wanted("rag_judgements", judged, "chair", new_token(), "west", MET_ON), screen=screen, at=NOW
    )
    wishes = Wish("minutes", "west", MET_ON), Wish("brief", "west", place_id="B01", agency="Youth Service")
    made = made_of(hamlet.data_dir, "west", date(2023, 10, 1), date(2023, 12, 31))
    return {**made, **recorded_of(hamlet.data_dir, *wishes)}


@pytest.fixture(scope="module")
def opened(town, strange, tmp_path_factory) -> Path:
    """A folder of what LibreOffice made of every file: `pdf/`, and `pptx/` and `xlsx/` written by it again."""
    here = tmp_path_factory.mktemp("libreoffice")
    files = {here / f"{where}-{kind}": content for where, every in (("town", town), ("hamlet", strange))
             for kind, (_, content) in every.items()}  # fmt: skip
    for file, content in files.items():
        file.write_bytes(content)
    for form in ("pdf", "pptx", "xlsx"):
        mine = [str(file) for file in files if form in ("pdf", file.suffix[1:])]
        command = [str(SOFFICE), "--headless", "--norestore", f"-env:UserInstallation={(here / 'profile').as_uri()}",
                   "--convert-to", form, "--outdir", str(here / form), *mine]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=MOST_SECONDS)
    return here


def printed(opened: Path, where: str, kind: str) -> str:
    """The words of the pages LibreOffice made, without spaces: where a line ends is the layout's affair."""
    read = PdfReader(opened / "pdf" / f"{where}-{kind.rpartition('.')[0]}.pdf")
    return squeezed("".join(page.extract_text() for page in read.pages))


def squeezed(text: str) -> str:
    """A text without spaces, and without the marks of directions: those come from whatever font the machine has."""
    return "".join("".join(letter for letter in text if letter not in MARKS).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_opens_with_its_words(opened, town, kind):
    document, told = town[kind][0], printed(opened, "town", kind)
    said = [document.title, document.face.issue]
    if kind.endswith("docx"):
        said += [part.text for part in flat(document.parts) if isinstance(part, Heading)]
        said += [str(cell) for part in flat(document.parts) if isinstance(part, Table) for row in part.rows for cell in row
                 if isinstance(cell, str)]  # fmt: skip
    assert len(said) > 5 or not kind.endswith("docx")
    assert [one for one in said if squeezed(one) not in told] == []


def charts_of(parts: Sequence[tuple[str, Sequence[Part]]]) -> list[tuple[str, list[list[float | None]]]]:
    """The charts of a document: the title of each, and the values of each of its lines."""
    charts = [one for _, inside in parts for one in flat(inside) if isinstance(one, Chart)]
    return [(one.title, [list(line.values) for line in one.lines]) for one in charts]


def drawn_in(file: Path) -> Iterator[tuple[str, list[dict[int, float]]]]:
    """The charts LibreOffice wrote: the title of each, and of each series the values by their place."""
    with zipfile.ZipFile(file) as kept:
        for name in kept.namelist():
            if re.fullmatch(r"(ppt|xl)/charts/chart\d+\.xml", name):
                chart = fromstring(kept.read(name))
                title = "".join(one.text or "" for one in chart.iterfind(f".//{CHART}chart/{CHART}title//{DRAWN}t"))
                series = [{int(point.get("idx", "")): float(point.findtext(f"{CHART}v", "")) for point in
                           one.iterfind(f"{CHART}val//{CHART}pt")} for one in chart.iter(f"{CHART}ser")]  # fmt: skip
                yield title, series


def test_a_brief_is_one_page_there_too_however_much_there_is_to_say(opened):
    for where in ("town", "hamlet"):
        assert len(PdfReader(opened / "pdf" / f"{where}-brief.pdf").pages) == 1


@pytest.mark.parametrize("kind", ["slides.pptx", "annex.xlsx"])
def test_the_charts_hold_the_numbers_of_the_report(opened, town, kind):
    document = town[kind][0]
    wanted = charts_of(document.slides if kind.endswith("pptx") else document.sheets)
    found = dict(drawn_in(opened / kind.rpartition(".")[2] / f"town-{kind}"))
    assert len(wanted) == len(found) > 10
    for title, lines in wanted:
        for values in lines:
            known = {at: value for at, value in enumerate(values) if value is not None}
            assert known in found[title], title


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_that_looks_like_a_command_is_shown_as_it_is(opened, kind):
    assert squeezed(HOSTILE) in printed(opened, "hamlet", kind)


@pytest.mark.parametrize("kind", ["annex.xlsx", "areas.xlsx"])
def test_no_cell_of_a_workbook_is_a_formula(opened, kind):
    book = openpyxl.load_workbook(opened / "xlsx" / f"hamlet-{kind}")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any(isinstance(cell.value, str) and cell.value.startswith(HOSTILE) for cell in cells)
