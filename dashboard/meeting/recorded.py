"""What was recorded since these figures were published, laid over the meeting that is shown; and who may record more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.meeting.state import Shown
from dashboard.meeting.view import snapshot_of
from dashboard.recording import kept, panel, who
from dashboard.recording import shown as overlay
from dashboard.recording.sitting import Sitting, sitting, today
from dashboard.wording import recording as words


def with_recorded(shown: Shown) -> tuple[Shown, Sitting | None, str]:
    """(the meeting with what was recorded, of which meeting more may be recorded, what could not be read in words).

    A frozen meeting holds what it recorded itself, and nothing more is recorded at it. Null where whoever is looking may
    not record here. Raises NotLetIn.
    """
    panel.style()
    view = shown.view
    if shown.frozen:
        met_on = date.fromisoformat(shown.frozen["met_on"])
        laid = overlay.over(view, view.get("recorded", ()), on=met_on, now=met_on.isoformat())
        return replace(shown, view=laid), None, ""
    locality = view["locality"]["id"]
    names = {place["area_id"]: place["name"] for place in view["places"]}
    meant = sitting(locality, {**view["localities"]}, view["clock"], names)
    unread = ""
    try:
        rows = kept.not_yet_published(snapshot_of(locality))
    except kept.NotReadable:
        rows, unread = [], words.CANNOT_READ
    laid = overlay.over(view, rows, on=today(), now=meant.meeting_on.isoformat())
    recorder = who.recorder()
    may = recorder is not None and recorder.may_record_for(locality)
    return replace(shown, view=laid), meant if may else None, unread
