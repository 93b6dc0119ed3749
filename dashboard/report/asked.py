"""What somebody asks for, whoever asks: from the choice of a document to what makes it, its formats and its audience.

The command and the Reports page both go through here, so that both issue the same document under the same number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from dashboard.report import brief, issuing, minutes, readiness
from dashboard.report.issuing import Asked, Writer
from dashboard.report.model import Document, Face
from dashboard.report.permissions import AUDIENCES, Term
from dashboard.report.readiness import Check
from dashboard.report.roles import read_labels
from dashboard.report.screened import Screen, screen_for
from dashboard.wording import issued as words
from pipelines.errors import HarmError
from pipelines.insight.calendar import meeting_days
from pipelines.insight.frozen import earlier
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.insight.since import snapshot_at
from pipelines.settings import Settings

ISSUED = "issued"
NEXT = "next"
FORMATS = {"pack": ("pdf", "docx"), "minutes": ("pdf", "docx"), "brief": ("pdf", "docx"), "fortnight": ("pdf", "docx"),
           "board": ("pdf", "pptx", "xlsx")}  # fmt: skip
OF_A_MEETING = ("pack", "minutes", "brief")
RECORDED = ("minutes", "brief")  # of the register store too, which moves between publishes
Make = Callable[[Face], Document]


class NotAsked(HarmError):
    """What was asked for does not exist here: a locality, a table, or a span of time."""

    exit_code = 2


@dataclass(frozen=True)
class Wish:
    """A document somebody wants. What the document has no use for is left empty.

    document     pack, minutes, brief, fortnight or board
    locality     of a pack, of minutes or of a brief its id; `meeting_on` the day of the meeting
    place_id     of a brief; `agency` whose member takes it back
    to_on        the last day of a fortnight
    first, last  a day in the first and one in the last quarter of a report to the board; `asks` of it, in somebody's words
    """

    document: str
    locality: str = ""
    meeting_on: date | None = None
    to_on: date | None = None
    first: date | None = None
    last: date | None = None
    asks: tuple[str, ...] = ()
    place_id: str = ""
    agency: str = ""

    @property
    def looked_at_by(self) -> Audience:
        """Whose figures its checklist is made of: the readers' own, or the manager's where they have no registers."""
        return self.audience if self.document in OF_A_MEETING else Audience("manager")

    @property
    def audience(self) -> Audience:
        """Whose figures it is made of: never more than its readers may have."""
        of_a_meeting = self.document in OF_A_MEETING
        return Audience("meeting", self.locality) if of_a_meeting else Audience(AUDIENCES[self.document])


def documents_of(audience: Audience) -> tuple[str, ...]:
    """Which documents one audience may make: the manager every one, a meeting its own pack and briefs, the board none."""
    return {"manager": tuple(FORMATS), "meeting": ("pack", "brief")}.get(audience.name, ())


def may_make(audience: Audience, wish: Wish) -> bool:
    """Whether an audience may make this very document."""
    return wish.document in documents_of(audience) and audience.locality in (None, wish.locality)


def makes(wish: Wish, snapshot: Snapshot, data_dir: Path, *, today: date, permission: str = "") -> tuple[Make, Asked]:
    """What makes a document, and what its issue is asked as.

    snapshot    opened for `wish.audience`
    today       the day it is made: a pack made after it was due says so, and what may be shown of a step-up goes by it
    permission  an id; empty = the standing permission that covers it

    Raises NotAsked for a span of time that ends before it begins, a meeting nothing was recorded at, or a place that is
    not there; RecordError where the register store cannot be read. What draws is imported when it is needed.
    """
    made = {"pack": _pack, "minutes": _minutes, "brief": _brief, "fortnight": _fortnight, "board": _board}
    return made[wish.document](wish, snapshot, data_dir, today, permission)


def checks(wish: Wish, snapshot: Snapshot, data_dir: Path, *, today: date) -> list[Check]:
    """The checklist of a document before it is issued.

    snapshot  opened for `wish.looked_at_by`
    """
    if wish.document == "pack":
        return readiness.readiness(snapshot, wish.locality, _given(wish.meeting_on), today=today)
    if wish.document == "minutes":
        return minutes.checks(_held(wish, snapshot, data_dir, today))
    if wish.document == "brief":
        return brief.checks(_told(wish, snapshot, data_dir, today))
    if wish.document == "fortnight":
        to_on = _given(wish.to_on)
        return readiness.of_fortnight(snapshot, to_on, compared=snapshot_at(data_dir, _before(to_on)) is not None)
    return readiness.of_board(snapshot, _given(wish.last))


def next_meeting(settings: Settings, snapshot: Snapshot, today: date) -> date:
    """The day a locality meets next, today included: by the register of meetings, else on the day the partnership says.

    snapshot  opened for that locality's meeting. Raises NotAsked where neither says a day.
    """
    locality = str(snapshot.audience.locality)
    _, known = meeting_days(snapshot.register("meetings"), locality, today)
    if known is not None:
        return known
    usual = next((one.meeting_day for one in settings.partnership.localities if one.id == locality), None)
    if usual is None:
        raise NotAsked(
            f"--meeting next: the register of meetings has no day from {today} on for this locality, and partnership.toml "
            "gives it no meeting_day; give the day, as 2026-10-13"
        )
    return next(day for day in (today + timedelta(days=more) for more in range(7)) if f"{day:%A}" == usual)


def _pack(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date, permission: str) -> tuple[Make, Asked]:
    from dashboard.report import pack

    locality, meeting_on = str(snapshot.audience.locality), _given(wish.meeting_on)
    then = earlier(data_dir, snapshot, locality)
    selection = {"locality": locality, "meeting": meeting_on.isoformat(), "since": then.id if then else ""}
    # Its face says when it was due, not when it was made: two late packs are the same pack. The log has the day.
    late = words.late(snapshot.pack_due_on(meeting_on)) if readiness.late(snapshot, meeting_on, today) else ""
    wanted = Asked("pack", selection, f"pack_{locality}_{meeting_on}", late=late, permission=permission)
    return lambda face: pack.make(snapshot, locality, meeting_on, face, then=then), wanted


def _held(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date) -> minutes.Held:
    met_on = _given(wish.meeting_on)
    return minutes.held(snapshot, Settings(data_dir), met_on, min(met_on, today))


def _minutes(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date, permission: str) -> tuple[Make, Asked]:
    held = _held(wish, snapshot, data_dir, today)
    if not held.at_it.rows:
        raise NotAsked(f"nothing was recorded at the meeting of this locality on {held.met_on}: nothing to write up")
    # What was recorded makes the number too: written up again after a correction, they are other minutes.
    selection = {"locality": held.locality, "meeting": held.met_on.isoformat(), "on": min(held.met_on, today).isoformat(),
                 "recorded": str(held.newest)}  # fmt: skip
    wanted = Asked("minutes", selection, f"minutes_{held.locality}_{held.met_on}", permission=permission)
    return lambda face: minutes.make(held, face), wanted


def _told(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date) -> brief.Told:
    if wish.place_id not in set(snapshot.areas_of(wish.locality)["area_id"]):
        raise NotAsked("--place: there is no such place in this locality; `safer-places export areas` lists them")
    return brief.told(snapshot, Settings(data_dir), wish.place_id, wish.agency, today)


def _brief(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date, permission: str) -> tuple[Make, Asked]:
    told = _told(wish, snapshot, data_dir, today)
    selection = {"locality": wish.locality, "place": wish.place_id, "agency": wish.agency, "on": today.isoformat(),
                 "recorded": str(told.newest)}  # fmt: skip
    wanted = Asked("brief", selection, f"brief_{wish.place_id}", permission=permission)
    return lambda face: brief.make(told, face), wanted


def locality_of(snapshot: Snapshot, place_id: str) -> str:
    """The locality whose meeting talks of a place: the one that leads it, or the first it lies in.

    snapshot  opened for the manager. Raises NotAsked for a place there is not
    """
    leads = snapshot.register("edge_leads")
    agreed = [str(one) for one in leads.loc[leads["place_id"] == place_id, "lead_locality"] if one]
    found = [code for code in snapshot.localities() if place_id in set(snapshot.areas_of(code)["area_id"])]
    if not found:
        raise NotAsked("--place: there is no such place; `safer-places export areas` lists them")
    return agreed[-1] if agreed and agreed[-1] in found else found[0]


def agency_named(settings: Settings, said: str) -> str:
    """An agency as the partnership writes it. Raises NotAsked for one it does not know."""
    known = read_labels(settings, "agency")
    found = next((one for one in known if brief.same(one, said)), None)
    if found is None:
        raise NotAsked(f"--agency: must be one of {', '.join(known)}")
    return found


def screen_of(wish: Wish, settings: Settings, snapshot: Snapshot) -> Screen:
    """The screen for the words of a document. What meetings recorded may name any place there is, as it was screened then.

    snapshot  opened for the document's own readers
    """
    screen = screen_for(settings, snapshot)
    if wish.document not in RECORDED:
        return screen
    everywhere = open_snapshot(settings.data_dir, Audience("manager"), snapshot_id=snapshot.id)
    return replace(screen, places=screen.places | screen_for(settings, everywhere).areas)


def _fortnight(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date, permission: str) -> tuple[Make, Asked]:
    from dashboard.report import fortnight

    to_on = _given(wish.to_on)
    name = snapshot_at(data_dir, _before(to_on))
    then = open_snapshot(data_dir, snapshot.audience, snapshot_id=name) if name else None
    issued = fortnight.packs_of(issuing.log(data_dir), to_on)
    numbers = ";".join(sorted(str(one["issue"]) for one in issued))
    selection = {"to": to_on.isoformat(), "since": name or "", "packs": numbers}
    wanted = Asked("fortnight", selection, f"fortnight_{to_on}", permission=permission)
    return lambda face: fortnight.make(snapshot, to_on, face, then=then, issued=issued), wanted


def _before(to_on: date) -> date:
    """The day before the fortnight that ends on a day."""
    return to_on - timedelta(days=14)


def _board(wish: Wish, snapshot: Snapshot, data_dir: Path, today: date, permission: str) -> tuple[Make, Asked]:
    from dashboard.report import board

    first, last = _given(wish.first), _given(wish.last)
    if last < first:
        raise NotAsked("--to lies before --from")
    selection = {"from": first.isoformat(), "to": last.isoformat(), "asks": json.dumps(list(wish.asks))}
    wanted = Asked("board", selection, f"board_{first}_{last}", permission=permission)
    return lambda face: board.make(snapshot, first, last, face, asks=wish.asks), wanted


def _given(day: date | None) -> date:
    if day is None:
        raise NotAsked("a document needs its days: the meeting it is of, the end of a fortnight, the quarters of a report")
    return day


def writers(formats: tuple[str, ...]) -> Mapping[str, Writer]:
    """What writes each format, by the ending of its files."""
    found: dict[str, Writer] = {}
    for ending in formats:
        if ending == "pdf":
            from dashboard.report import pdf

            found[ending] = pdf.write
        elif ending == "docx":
            from dashboard.report import docx_file

            found[ending] = docx_file.write
        elif ending == "pptx":
            from dashboard.report import pptx_file

            found[ending] = pptx_file.write
        else:
            from dashboard.report import xlsx_file

            found[ending] = xlsx_file.write
    return found


def own_folder(data_dir: Path) -> Path:
    """Where a data directory keeps what it issued, readable by its owner alone; made where there is none."""
    folder = data_dir / ISSUED
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def terms(snapshot: Snapshot | None) -> list[Term]:
    """The school terms a snapshot knows, oldest first."""
    for measure in snapshot.measures() if snapshot else ():
        if snapshot and measure.grain == "term":
            found = snapshot.periods(measure.feed, measure.measure)
            return [Term(label, start) for label, start in zip(found["label"], found["period_start"], strict=True)]
    return []
