"""The sections beside the map: why each place is there, and what there is to say of it, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from dashboard.meeting import pieces
from dashboard.meeting.card import concern_line, group_name
from dashboard.wording import directions
from dashboard.wording import meeting as words
from pipelines.insight.meeting import SAYS

View = Mapping[str, Any]
Place = Mapping[str, Any]


def heading(view: View, section: str, count: int, *, now: bool) -> str:
    """The heading of a section, and whether the agenda is there."""
    mark = f'<span class="sp-meet-now-word">{escape(words.ON_AGENDA)}</span>' if now else ""
    kind = " sp-meet-now" if now else ""
    title = f"{escape(words.SECTIONS[section])}<span>{count}</span>{mark}"
    return f'<h2 class="sp-meet-section{kind}" id="sp-{section}">{title}</h2>'


def note(view: View, section: str, count: int) -> str:
    """The rule of a section in words, and what is said where no place is in it; empty where there is nothing to say."""
    rules = view["rules"]
    rule = {
        "needs_plan": words.rule(rules["review_within_weeks"], rules["concern_is_new_days"]),
        "report_backs": words.due_rule(rules["due_within_days"]),
        "since": words.since(view["since"]["met_on"], view["since"]["compared_with"]) if view["since"] else "",
    }.get(section, "")
    nothing = "" if count or _closed(view, section) else pieces.paragraph(words.NOTHING[section], "sp-meet-nothing")
    return f"{pieces.paragraph(rule, 'sp-note') if rule else ''}{_closed(view, section)}{nothing}"


def _closed(view: View, section: str) -> str:
    if section != "since" or not view["since"] or not view["since"]["closed"]:
        return ""
    said = [escape(words.closed(one["source"], one["before"], one["now"])) for one in view["since"]["closed"]]
    return pieces.bullets(said, "")


def row(view: View, section: str, place: Place, *, here: bool) -> str:
    """One place of a section."""
    looks = f"{pieces.direction(place['direction'])}{pieces.rag(place['rag'], view['words']['rag'])}"
    leads = f" <span>{escape(group_name(view, place['led_by']))}</span>" if place["led_by"] else ""
    mark = ' aria-current="true"' if here else ""
    head = f'<p class="sp-meet-row-head"><strong>{escape(place["name"])}</strong>{looks}{leads}</p>'
    lines = (pieces.paragraph(one) if plain else f"<p>{one}</p>" for one, plain in _lines(view, section, place))
    recorded = pieces.recorded(place.get("recorded_lines", ()))
    return f'<div class="sp-meet-row"{mark}>{head}{"".join(lines)}{recorded}</div>'


def _lines(view: View, section: str, place: Place) -> list[tuple[str, bool]]:
    """What a row says under its name: (text, True) or (finished HTML, False)."""
    weeks = view["rules"]["review_within_weeks"]
    if section == "needs_plan":
        discuss = [(words.WORTH_DISCUSSING, True)] if place["worth_discussing"] else []
        why = words.why(place["why_listed"], place["lacking"], weeks, place["direction"])
        return [(why, True), *_perhaps_reporting(place), *discuss]
    if section == "concerns":
        mine = [one for one in view["sections"]["concerns"] if one["area_id"] == place["area_id"]]
        return [(concern_line(view, one), False) for one in mine]
    if section == "report_backs":
        return [_due(one) for one in view["sections"]["report_backs"] if one["area_id"] == place["area_id"]]
    if section == "since":
        return [(one, True) for one in _changes(view, place["area_id"])]
    lead = words.leading(place)
    status = words.status(place["assessment"], view["words"]["assessment_status"])
    perhaps = _perhaps_reporting(place) if section == "rising" else []
    if lead is None or lead["about"] is None:
        return [(f"{status}.", True), *perhaps]
    said = f"{words.recorded(lead['about'], lead['low'], lead['high']).capitalize()} recorded"
    if lead["expected_low"] is not None:
        said += f", {directions.expected(lead['expected_low'], lead['expected_high'])}"
    return [(f"{said}. {status}.", True), *perhaps]


def _perhaps_reporting(place: Place) -> list[tuple[str, bool]]:
    said = words.perhaps_reporting(place["reporting"]["verdict"])
    return [(said, True)] if said else []


def _due(one: Mapping[str, Any]) -> tuple[str, bool]:
    what = words.due(one["kind"], one["on"], one["due"])
    who = ", ".join(part for part in (one["lead_agency"], one.get("lead_role")) if part)
    text = f": {pieces.said(one, SAYS[one['kind']])}" if one["kind"] in SAYS else "."
    overdue = ' class="sp-meet-overdue"' if one["due"] == "overdue" else ""
    return f"{pieces.mark(one)}<span{overdue}>{escape(what)}</span>{escape(f', {who}' if who else '')}{escape(text)}", False


def _changes(view: View, area_id: str) -> list[str]:
    since = view["since"]
    if not since:  # it met for the first time: what is listed was recorded at this very meeting
        return []
    kinds = ("words", "statuses", "actions_due", "concerns")
    of = {kind: [one for one in since[kind] if one["area_id"] == area_id] for kind in kinds}
    return [
        *(words.changed_word(group_name(view, one["harm_group"]), one["before"], one["now"]) for one in of["words"]),
        *(words.changed_status(one["before"], one["now"], one["on"], view["words"]["assessment_status"])
          for one in of["statuses"]),
        *(words.fell_due(one["due_on"], pieces.said(one, "action")) for one in of["actions_due"]),
        *(words.raised(group_name(view, one["harm_group"])) for one in of["concerns"]),
    ]  # fmt: skip
