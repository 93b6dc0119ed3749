"""Read back what documents print, as somebody would who gathers them: each number, and which counts it is of.

Exports and the annex of the board are read from their files. Of a pack and of a summary the tables and the points of
the charts are taken as they were put together, and each figure of a table is looked for in the text of the PDF; every
figure with a range in that text has to be one of them. Minutes and briefs have none.
"""

import calendar
import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import openpyxl
import pandas as pd
from pypdf import PdfReader

from dashboard.report import board, board_read, brief, exports, fortnight, minutes, pack, pdf, xlsx_file
from dashboard.report.model import Beside, Chart, Document, Face, Heading, Part, Table, Together
from dashboard.report.parts import flat
from dashboard.wording import board as board_words
from dashboard.wording import fortnight as fortnight_words
from dashboard.wording import reports as words
from pipelines.insight.meeting import meeting_view
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.settings import Settings

RANGE = re.compile(r"about (\d[\d,]*) \((\d[\d,]*) to (\d[\d,]*)\)", re.IGNORECASE)
BARE = re.compile(r"^(\d[\d,]*) to (\d[\d,]*)$")
# A day as this program writes it, and the number of a page.
DAYS = re.compile(rf"\b\d{{1,2}} (?:{'|'.join(calendar.month_name[1:])}) \d{{4}}\b|Page ?\d+ ?of ?\d+")
INCIDENTS = ("incidents", "incidents")
RECENT = 3


@dataclass(frozen=True)
class Seen:
    """One number somebody reads: of which counts, and what is said of them.

    said  about, low and high; or about and under: whatever of these is printed
    """

    feed: str
    measure: str
    area_level: str
    area_id: str
    harm_groups: tuple[str, ...]
    grain: str
    periods: tuple[str, ...]
    said: Mapping[str, float]


@dataclass
class Gathered:
    """What the documents for one audience say.

    seen          every number, by the document it stands in
    unprinted     figures of a table that are not in the text of its PDF
    unaccounted   figures with a range in the text of a PDF that no table there says
    """

    snapshot: Snapshot
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    unprinted: int = 0
    unaccounted: int = 0

    def hold_against(self, text: str, figures: Iterable[str], more: Iterable[str] = ()) -> None:
        """Hold the figures of a document's tables against the text of its PDF, both ways."""
        mine = list(figures)
        self.unprinted += sum(one not in text for one in mine)
        known = {found for one in (*mine, *more) for found in RANGE.findall(one)}
        self.unaccounted += sum(found not in known for found in RANGE.findall(text))


def gather(settings: Settings, *, everywhere: bool = True) -> list[Gathered]:
    """Every document of the newest snapshot, as each audience has it: packs, minutes, briefs, summary, report, and exports.

    everywhere  of every locality's meeting, instead of the first one's
    """
    found = []
    localities = [one.id for one in settings.partnership.localities][: None if everywhere else 1]
    for audience in (Audience("manager"), Audience("board"), *(Audience("meeting", one) for one in localities)):
        mine = Gathered(open_snapshot(settings.data_dir, audience))
        mine.seen["export"] = list(_export(mine.snapshot))
        {"manager": _summary, "board": _report, "meeting": _pack}[audience.name](mine)
        if audience.locality:
            recorded(mine, settings)
        found.append(mine)
    return found


def _face(snapshot: Snapshot) -> Face:
    return Face(snapshot.id, snapshot.as_at.isoformat(), "SP-0000-0000", "P-00000000", "OFFICIAL-SENSITIVE")


def _text(document: Document) -> str:
    read = PdfReader(io.BytesIO(pdf.write(document)))
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def _number(said: str) -> float:
    return float(said.replace(",", ""))


def _ranged(figure: str) -> dict[str, float]:
    """What a figure with its range says; nothing where it is a reason."""
    if found := RANGE.search(figure):
        return dict(zip(("about", "low", "high"), map(_number, found.groups()), strict=True))
    if found := BARE.match(figure):
        return dict(zip(("low", "high"), map(_number, found.groups()), strict=True)) | {"about": 0.0}
    return {"about": _number(figure)} if figure.replace(",", "").isdigit() else {}


def _export(snapshot: Snapshot) -> Iterator[Seen]:
    """Every row of the exported counts, out of its zip."""
    made = exports.write(snapshot, "counts", exports.make(snapshot, "counts", _face(snapshot)), "csv")
    with zipfile.ZipFile(io.BytesIO(made)) as kept:
        rows = list(csv.DictReader(io.StringIO(kept.read("counts.csv").decode())))
    kinds = {(one.feed, one.measure): one for one in snapshot.measures()}
    for row in rows:
        said = {name: float(row[name]) for name in ("about", "low", "high", "under") if row.get(name)}
        if not said:
            continue
        kind = kinds[row["feed"], row["measure"]]
        every = tuple(code for code, _ in kind.harm_groups)
        groups = every if row["harm_group"] == exports.ALL else (row["harm_group"],)
        yield Seen(kind.feed, kind.measure, row["area_level"], row["area_id"], groups, kind.grain, (row["period"],), said)


def _recent(snapshot: Snapshot) -> tuple[str, ...]:
    found = snapshot.periods(*INCIDENTS)
    return tuple(found.loc[found["state"] == "collected", "period"])[-RECENT:]


def _every(snapshot: Snapshot) -> tuple[str, ...]:
    return tuple(code for code, _ in snapshot.measure(*INCIDENTS).harm_groups)


def _pack(mine: Gathered) -> None:
    """The last months of each place that is listed, and the months of each chart."""
    snapshot, locality = mine.snapshot, str(mine.snapshot.audience.locality)
    meets_on = snapshot.clock(locality).meets_on or snapshot.as_at
    made = pack.make(snapshot, locality, meets_on, _face(snapshot))
    places = {one["name"]: one for one in meeting_view(snapshot, locality)["places"]}
    grain, every, last = snapshot.measure(*INCIDENTS).grain, _every(snapshot), _recent(snapshot)

    def seen(name: str, periods: tuple[str, ...], said: Mapping[str, float]) -> Seen:
        place = places[name]
        groups = (place["led_by"],) if place["led_by"] in every else every
        return Seen(*INCIDENTS, place["area_level"], place["area_id"], groups, grain, periods, said)

    tables = [one for one in flat(made.parts) if isinstance(one, Table) and one.heads in (words.NEEDS_PLAN_HEADS,
                                                                                         words.MOVING_HEADS)]  # fmt: skip
    rows = [(str(row[0]).partition(". ")[2], str(row[2])) for one in tables for row in one.rows]
    found = [seen(name, last, said) for name, figure in rows if (said := _ranged(figure.partition("; usual")[0]))]
    labels = dict(snapshot.periods(*INCIDENTS)[["label", "period"]].itertuples(index=False, name=None))
    for name, chart in _charts_of_places(made.parts):
        for at, value in enumerate(chart.lines[0].values):
            if value is not None:
                low, high = chart.likely_low[at], chart.likely_high[at]
                said = {"about": value, **({} if low is None or high is None else {"low": low, "high": high})}
                found.append(seen(name, (labels[chart.labels[at]],), said))
    mine.seen["pack"] = found
    spoken = [text for one in flat(made.parts) if (text := getattr(one, "text", ""))]
    mine.hold_against(_text(made), [figure for _, figure in rows], _told_of(mine, spoken))


def recorded(mine: Gathered, settings: Settings, met_on: date | None = None) -> None:
    """Minutes, which say no figure with a range, and a brief of each place with an action, which says no number but days:
    whatever else is read there is accounted for by nothing.

    met_on  the day of the meeting; null = the snapshot's own
    """
    snapshot, on = mine.snapshot, met_on or mine.snapshot.as_at
    written_up = minutes.make(minutes.held(snapshot, settings, on, on), _face(snapshot))
    mine.seen["minutes"] = mine.seen["brief"] = []
    mine.hold_against(_text(written_up), ())
    actions = snapshot.register("actions").to_dict("records")
    for place, agency in sorted({(one["place_id"], one["lead_agency"]) for one in actions if one["lead_agency"]}):
        told = brief.make(brief.told(snapshot, settings, place, agency, on), _face(snapshot))
        text = _text(told)
        for ours in (snapshot.id, told.face.issue, told.face.permission):
            text = text.replace(ours, " ")
        mine.unaccounted += len(re.findall(r"\d+", DAYS.sub(" ", text)))


def _told_of(mine: Gathered, spoken: Iterable[str]) -> list[str]:
    """Sentences of a pack that say a figure which the read API answers of the last months: the others stay unaccounted."""
    snapshot, known = mine.snapshot, set()
    for level in ("beat", "place_of_concern"):
        for groups in (_every(snapshot), *((one,) for one in _every(snapshot))):
            rows = snapshot.map_counts(*INCIDENTS, area_level=level, harm_groups=groups, periods=_recent(snapshot))
            known |= {f"about {row['about']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})"
                      for row in rows.to_dict("records") if not pd.isna(row["about"])}  # fmt: skip
    return [f"about {about} ({low} to {high})" for text in spoken for about, low, high in RANGE.findall(text)
            if f"about {about} ({low} to {high})" in known]  # fmt: skip


def _charts_of_places(parts: Iterable[Part]) -> Iterator[tuple[str, Chart]]:
    for part in parts:
        if isinstance(part, Together) and part.parts and isinstance(part.parts[0], Heading):
            for inside in part.parts:
                for one in (*inside.left, *inside.right) if isinstance(inside, Beside) else ():
                    if isinstance(one, Chart):
                        yield part.parts[0].text.partition(". ")[2], one


def _summary(mine: Gathered) -> None:
    """The last months of the city and each locality, all kinds of harm together."""
    snapshot = mine.snapshot
    made = fortnight.make(snapshot, snapshot.as_at, _face(snapshot))
    areas = {one.name: one for one in board_read.areas(snapshot)}
    tables = [one for one in flat(made.parts) if isinstance(one, Table)]
    harm = next(one for one in tables if one.caption == fortnight_words.HARM)
    found = []
    for name, _, figure, *_ in harm.rows:
        if said := _ranged(str(figure).partition(";")[0]):
            area = areas[str(name)]
            found.append(Seen(*INCIDENTS, area.level, area.area_id, _every(snapshot), snapshot.measure(*INCIDENTS).grain,
                              _recent(snapshot), said))  # fmt: skip
    mine.seen["fortnight"] = found
    # The rest of its figures are sums the gate released whole (interviews) and terms, said as the read API says them.
    others = [str(cell) for one in tables if one is not harm for row in one.rows for cell in row]
    mine.hold_against(_text(made), [str(row[2]) for row in harm.rows], others)


def _report(mine: Gathered) -> None:
    """Each row of the annex, out of the workbook, and the points of each chart."""
    snapshot = mine.snapshot
    quarters = snapshot.periods(*INCIDENTS, grain="quarter")
    first, last = quarters["period_start"].iloc[-min(4, len(quarters))], quarters["period_start"].iloc[-1]
    made = board.make(snapshot, first, last, _face(snapshot))
    found = [*_annex(snapshot, xlsx_file.write(made)), *_drawn(snapshot, made)]
    mine.seen["board"] = found
    text = _text(made)
    tables = [one for one in flat(made.parts) if isinstance(one, Table) and board_words.FIGURE in one.heads]
    rows = [" ".join(pdf.cell_text(cell) for cell in row[:4]) for one in tables for row in one.rows]
    mine.unprinted += sum(one not in text for one in rows)


def _named(snapshot: Snapshot) -> dict[str, tuple[str, str, tuple[str, ...], dict[str, str], dict[str, tuple[str, ...]]]]:
    """Of each measure of the report: its names, its grain, its periods by label, and its groups by label."""
    found = {}
    for names, grain in ((INCIDENTS, "quarter"), (board_read.MISSING_FROM, "quarter"), (board_read.SCHOOLS, "term")):
        kind = board_read.measure_of(snapshot, names)
        if kind is not None:
            periods = snapshot.periods(*names, grain=grain)
            labels = dict(periods[["label", "period"]].itertuples(index=False, name=None))
            groups = dict(board_read.groups(kind).values())
            found[board_words.table(kind.label, kind.unit_label)] = (*names, (grain,), labels, groups)
    return found


def _annex(snapshot: Snapshot, workbook: bytes) -> Iterator[Seen]:
    areas = {one.name: one for one in board_read.areas(snapshot)}
    named, kind = _named(snapshot), None
    for sheet in openpyxl.load_workbook(io.BytesIO(workbook), read_only=True):
        for row in sheet.iter_rows(values_only=True):
            if row[0] in named:
                kind = named[str(row[0])]
            if kind is None or row[0] not in areas or len(row) < 4 or row[2] not in kind[3] or row[1] not in kind[4]:
                continue
            feed, measure, (grain,), labels, groups = kind
            area, figure, of, period = areas[str(row[0])], row[3], groups[str(row[1])], labels[str(row[2])]
            said = {"about": float(figure)} if isinstance(figure, int | float) else _under(str(figure))
            if said:
                yield Seen(feed, measure, area.level, area.area_id, tuple(of), grain, (period,), said)


def _under(figure: str) -> dict[str, float]:
    found = re.match(r"under (\d+)", figure)
    return {"under": float(found[1])} if found else {}


def _drawn(snapshot: Snapshot, made: Document) -> Iterator[Seen]:
    """The points of the report's charts: an attacker can measure them."""
    areas = {one.name: one for one in board_read.areas(snapshot)}
    for chart in (one for one in flat(made.parts) if isinstance(one, Chart)):
        for feed, measure, (grain,), labels, groups in _named(snapshot).values():
            short = {board_words.short(label): period for label, period in labels.items()}
            match = [(group, area) for group in groups for area in areas
                     if chart.title == board_words.chart_title(group, area)]  # fmt: skip
            unit = snapshot.measure(feed, measure).unit_label
            if not match or chart.unit != unit:
                continue
            group, area = match[0]
            for at, value in enumerate(chart.lines[0].values):
                said = {"about": float(value)} if value is not None else _under(chart.states[at])
                if said:
                    where = areas[area]
                    yield Seen(feed, measure, where.level, where.area_id, tuple(groups[group]), grain,
                               (short[chart.labels[at]],), said)  # fmt: skip
