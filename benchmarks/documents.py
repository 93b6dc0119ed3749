"""How long the packs of a whole town take, against two peers that set the same document from HTML.

    python -m benchmarks.documents

Ours does all that an issue does but the log: opens the snapshot, puts the pack together, draws its charts and maps, screens
every word, and writes PDF (tagged, PDF/UA-1 and PDF/A-2a) and Word; three packs in one process, once it is warm. The peers
are given the same document as HTML, with the drawings made by us, and only turn it into PDF; what drawing took is said
apart and added to neither. So the comparison is between our typesetting with all of its drawing and theirs without.

WeasyPrint runs in an environment of its own, made once in the temporary folder; Chrome is the Chromium of the system.
Where one cannot be had, the result says so. The target is ours alone: every pack within ten seconds in all.
"""

import argparse
import base64
import io
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from pypdf import PdfReader

from benchmarks.environments import peer_environment
from benchmarks.scratch import own_key
from dashboard.report import docx_file, figures, pack, pdf
from dashboard.report.figures import chart_svg
from dashboard.report.model import (
    Beside,
    Bullets,
    Chart,
    Document,
    Face,
    Facts,
    Fill,
    Heading,
    NewPage,
    Paragraph,
    Part,
    Picture,
    Signs,
    Table,
    Together,
)
from dashboard.report.screened import require_clean, screen_for
from pipelines.demo import remake_town
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

TARGET_SECONDS = 10.0
REPEATS = 3
PEER_PACKAGES = ("weasyprint==70.0",)
CHROME_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer")
HALF_MM = 83.0
STYLE = """
@page { size: A4; margin: 20mm 19mm 22mm 19mm }
body { font: 10pt sans-serif; color: #0b0c0c } h2 { color: #1d5c96; border-bottom: 1.2pt solid #1d5c96; break-after: avoid }
h3, h4 { break-after: avoid } table { width: 100%; border-collapse: collapse; font-size: 9pt } thead { background: #f3f5f7 }
td, th { text-align: left; vertical-align: top; border-bottom: .5pt solid #b9bec4; padding: 1.5mm 1.8mm }
tr, .together, figure { break-inside: avoid } img { width: 100% }
.beside { display: flex; gap: 6mm } .beside > div { flex: 1 }
.page { break-before: page } .fill { border: .5pt solid #b9bec4; height: 30mm } figure { margin: 3mm 0 }
"""

# Runs in the peer's own environment, which has WeasyPrint and nothing of ours.
WEASYPRINT = """
import json, sys, time
from weasyprint import HTML
folder, repeats = sys.argv[1], int(sys.argv[2])
names = sys.argv[3:]
wall, cpu = [], []
for _ in range(repeats):
    started, busy = time.perf_counter(), time.process_time()
    for name in names:
        HTML(f"{folder}/{name}.html").write_pdf(f"{folder}/{name}-weasyprint.pdf", pdf_variant="pdf/ua-1")
    wall.append(time.perf_counter() - started)
    cpu.append(time.process_time() - busy)
print(json.dumps({"wall": wall, "cpu": cpu}))
"""


@contextmanager
def demo_town() -> Iterator[Path]:
    """A data directory with the demo town, built and published, for the time being."""
    with own_key(), tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        remake_town(here, seed=7, months=48)
        build(Settings(here))
        publish(Settings(here))
        yield here


def html_of(document: Document) -> str:
    """The same document as one page of HTML: the same words, tables and drawings, in the same order."""
    body = "".join(_html(one, pdf.TEXT_WIDTH_MM) for one in document.parts)
    face = document.face
    about = "".join(f"<p>{escape(one)}</p>" for one in (face.handling, face.permission, face.snapshot_id, face.issue))
    return (
        f'<!doctype html><html lang="{document.language}"><head><meta charset="utf-8">'
        f"<title>{escape(document.title)}</title><style>{STYLE}</style></head><body><h1>{escape(document.title)}</h1><p>{escape(document.subtitle)}</p>"
        f"{about}{body}</body></html>"
    )


def _html(part: Part, width_mm: float) -> str:
    def every(parts: Any, wide: float = width_mm) -> str:
        return "".join(_html(one, wide) for one in parts)

    match part:
        case Heading():
            return f"<h{part.level + 1}>{escape(part.text)}</h{part.level + 1}>"
        case Paragraph():
            return f"<p>{escape(part.text)}</p>"
        case Bullets():
            return f"<ul>{''.join(f'<li>{escape(one)}</li>' for one in part.items)}</ul>"
        case Facts():
            return "".join(f"<p><b>{escape(name)}:</b> {escape(said)}</p>" for name, said in part.pairs)
        case Signs():
            return f"<p>{' '.join(escape(f'{one.mark} {one.word}') for one in part.items)}</p>"
        case Fill():
            return f'<div class="fill"><b>{escape(part.label)}</b></div>'
        case NewPage():
            return '<div class="page"></div>'
        case Together():
            return f'<div class="together">{every(part.parts)}</div>'
        case Beside():
            return f'<div class="beside"><div>{every(part.left, HALF_MM)}</div><div>{every(part.right, HALF_MM)}</div></div>'
        case Table():
            return _table(part)
        case Chart():
            height = max(width_mm * pdf.CHART_SHAPE, pdf.LEAST_CHART_MM)
            return _figure(chart_svg(part, width_mm=width_mm, height_mm=height), part.alt, part.title)
        case Picture():
            return _figure(part.svg, part.alt, part.caption)


def _table(table: Table) -> str:
    if not table.rows:
        return f"<p>{escape(table.if_empty)}</p>"
    heads = "".join(f"<th scope='col'>{escape(one)}</th>" for one in table.heads)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(pdf.cell_text(one))}</td>' for one in row)}</tr>" for row in table.rows)
    return f"<table><caption>{escape(table.caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _figure(svg: bytes, alt: str, caption: str) -> str:
    drawn = base64.b64encode(svg).decode()
    return (
        f'<figure><img alt="{escape(alt)}" src="data:image/svg+xml;base64,{drawn}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def packs(data_dir: Path) -> dict[str, Document]:
    """The pack of each locality for its next meeting, screened, from a snapshot opened anew."""
    settings, made = Settings(data_dir), {}
    for locality in settings.partnership.localities:
        snapshot = open_snapshot(data_dir, Audience("meeting", locality.id))
        meets_on = snapshot.clock(locality.id).meets_on
        assert meets_on, "the demo town has a meeting to come"
        face = Face(snapshot.id, snapshot.as_at.isoformat(), "SP-0000-0000", "P-00000000", "OFFICIAL-SENSITIVE")
        made[locality.id] = pack.make(snapshot, locality.id, meets_on, face)
        # The words of the permission and the number are ours here, and nobody's to screen.
        require_clean(replace(made[locality.id], face=replace(face, permission="")), screen_for(settings, snapshot))
    return made


def _timed(make: Callable[[], Any], repeats: int) -> tuple[dict[str, float], Any]:
    """Median seconds of wall and of this process's CPU, and what was made."""
    wall, cpu, made = [], [], None
    for _ in range(repeats):
        figures.forget()  # a chart kept from the round before would make this one look faster than it is
        started, busy = time.perf_counter(), time.process_time()
        made = make()
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - busy)
    return {"wall": round(statistics.median(wall), 2), "cpu": round(statistics.median(cpu), 2)}, made


def weasyprint(folder: Path, names: list[str], repeats: int) -> dict[str, float] | str:
    """Median seconds of WeasyPrint for every file; or why it could not be asked."""
    python = peer_environment("weasyprint-70.0", PEER_PACKAGES, needs="weasyprint")
    if isinstance(python, str):
        return python
    done = subprocess.run([str(python), "-c", WEASYPRINT, str(folder), str(repeats), *names], capture_output=True, text=True)
    if done.returncode:
        return f"it failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}"
    told = json.loads(done.stdout.splitlines()[-1])
    return {kind: round(statistics.median(told[kind]), 2) for kind in ("wall", "cpu")}


def chrome(folder: Path, names: list[str], repeats: int) -> dict[str, float] | str:
    """Median seconds of Chromium printing every file, its start among them; or why it could not be asked."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        return "there is no Chromium on this machine"
    wall, cpu = [], []
    for _ in range(repeats):
        started, busy = time.perf_counter(), _cpu_of_children()
        for name in names:
            made, own = folder / f"{name}-chrome.pdf", f"--user-data-dir={folder}/chrome"
            command = [program, *CHROME_FLAGS, own, f"--print-to-pdf={made}", f"{folder}/{name}.html"]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode or not made.is_file():
                return f"it failed: {(done.stderr.strip().splitlines() or ['without a word'])[-1]}"
        wall.append(time.perf_counter() - started)
        cpu.append(_cpu_of_children() - busy)
    return {"wall": round(statistics.median(wall), 2), "cpu": round(statistics.median(cpu), 2)}


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _pages(content: bytes, document: Document) -> int:
    """How many pages a PDF has. Raises AssertionError where a heading of the document is not among its words."""
    read = PdfReader(io.BytesIO(content))
    text = "".join("".join(page.extract_text().split()) for page in read.pages)
    missing = [one.text for one in document.parts if isinstance(one, Heading) and "".join(one.text.split()) not in text]
    assert not missing, f"{len(missing)} headings are missing from a PDF"
    return len(read.pages)


def run(short: bool = False) -> dict[str, Any]:
    """Time the packs of the demo town, and the peers on the same documents.

    short    ours alone, once
    returns  packs, pages (by contestant), seconds (wall and cpu, median, by contestant, for all packs together),
             times_faster (by peer, of wall, over our PDF alone), not_measured (why, by peer), target_seconds, met
    """
    repeats = 1 if short else REPEATS
    with demo_town() as data_dir, tempfile.TemporaryDirectory() as working:
        packs(data_dir)  # warm: what is imported and read once is no part of a pack
        seconds, pages = {}, {}
        seconds["ours, from snapshot to PDF and Word"], _ = _timed(
            lambda: [(pdf.write(one), docx_file.write(one)) for one in packs(data_dir).values()], repeats
        )
        documents = packs(data_dir)
        seconds["ours, PDF of documents put together"], ours = _timed(
            lambda: {name: pdf.write(one) for name, one in documents.items()}, repeats
        )
        pages["ours"] = [_pages(content, documents[name]) for name, content in ours.items()]
        not_measured = {"weasyprint": "a short run", "chrome": "a short run"} if short else {}
        if not short:
            _peers(documents, Path(working), repeats, seconds, pages, not_measured)
    all_of_it, ours_alone = (seconds[name] for name in list(seconds)[:2])
    faster = {one: round(seconds[one]["wall"] / ours_alone["wall"], 1) for one in ("weasyprint", "chrome") if one in seconds}
    return {
        "packs": len(documents), "pages": pages, "seconds": seconds, "times_faster": faster, "not_measured": not_measured,
        "target_seconds": TARGET_SECONDS, "met": all_of_it["wall"] <= TARGET_SECONDS,
    }  # fmt: skip


def _peers(
    documents: dict[str, Document], working: Path, repeats: int, seconds: dict[str, dict[str, float]],
    pages: dict[str, list[int]], not_measured: dict[str, str],
) -> None:  # fmt: skip
    seconds["drawing, for the peers"], pages_of_html = _timed(
        lambda: {name: html_of(one) for name, one in documents.items()}, repeats
    )
    for name, text in pages_of_html.items():
        (working / f"{name}.html").write_text(text, encoding="utf-8")
    for peer, print_all in (("weasyprint", weasyprint), ("chrome", chrome)):
        told = print_all(working, list(documents), repeats)
        if isinstance(told, str):
            not_measured[peer] = told
            continue
        seconds[peer] = told
        pages[peer] = [_pages((working / f"{name}-{peer}.pdf").read_bytes(), one) for name, one in documents.items()]


def main() -> int:
    asked = argparse.ArgumentParser(description="Time the packs of a town.")
    asked.add_argument("--short", action="store_true", help="ours alone, once")
    result = run(short=asked.parse_args().short)
    print(json.dumps(result, indent=1))
    return 0 if result["met"] else 1


if __name__ == "__main__":
    raise SystemExit(main())
