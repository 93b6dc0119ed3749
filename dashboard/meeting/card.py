"""One place opened as a card: what safer looks like, harm and strengths side by side, then the plan and its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from dashboard import panels, wording
from dashboard.meeting import pieces
from dashboard.wording import directions
from dashboard.wording import meeting as words
from dashboard.wording import meeting_card as told

Place = Mapping[str, Any]
Entry = Mapping[str, Any]
View = Mapping[str, Any]


def card(view: View, place: Place) -> str:
    """The whole card as HTML."""
    parts = (
        _head(view, place),
        _goals(place),
        _sides(_harm(view, place) + _reporting(view, place), _strengths(place)),
        _sides(_plan(view, place), _rag(view, place) + _concerns(view, place)),
        _done(view, place),
        _actions(view, place),
        _agenda(place),
    )
    return f'<article class="sp-meet-card" tabindex="0" aria-label="{escape(place["name"])}">{"".join(parts)}</article>'


def _sides(left: str, right: str) -> str:
    return f'<div class="sp-meet-sides"><div>{left}</div><div>{right}</div></div>'


def _head(view: View, place: Place) -> str:
    kind = wording.LEVEL_SINGULAR.get(place["area_level"], "Place")
    if place["place_category"]:
        kind += f": {view['words']['place_category'].get(place['place_category'], place['place_category']).lower()}"
    live = sum(one["state"] == "live" for one in place["interventions"])
    status = words.status(place["assessment"], view["words"]["assessment_status"])
    group, weeks = group_name(view, place["led_by"] or "all"), view["rules"]["review_within_weeks"]
    aloud = told.aloud(place, group, view["through"], status, live, weeks)
    notes = ""
    if len(place["shared_with"]) > 1:
        names = [view["localities"].get(one, one) for one in place["shared_with"]]
        notes += pieces.paragraph(told.edge(names), "sp-meet-edge")
    if place["worth_discussing"]:
        notes += pieces.paragraph(words.WORTH_DISCUSSING, "sp-meet-discuss")
    looks = pieces.direction(place["direction"]) + pieces.rag(place["rag"], view["words"]["rag"])
    return (
        f'<h2>{escape(place["name"])}<span>{escape(kind)}</span></h2><p class="sp-meet-looks">{looks}</p>{notes}'
        f"{pieces.recorded(place.get('recorded_lines', ()))}"
        f'<p class="sp-meet-aloud"><span>{escape(words.READ_ALOUD)}</span>{escape(aloud)}</p>'
    )


def group_name(view: View, code: str | None) -> str:
    """What a harm group is called."""
    return words.ALL_HARM if code == "all" else view["words"]["harm_group"].get(code or "", code or words.NOT_SAID)


def _goals(place: Place) -> str:
    items = [
        f"{pieces.mark(one)}<strong>{escape(pieces.said(one, 'goal'))}</strong> Safer looks like: "
        f"{escape(pieces.said(one, 'what_safer_looks_like'))} <em>Made with: {escape(pieces.said(one, 'developed_with'))}."
        f" Review: {escape(words.day(one['review_on']))}.</em>"
        for one in place["goals"]
    ]
    return pieces.part(words.GOALS, pieces.bullets(items, words.NONE[words.GOALS]))


def _harm(view: View, place: Place) -> str:
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in words.HARM_HEADS)
    rows = "".join(
        f'<tr><th scope="row">{escape(group_name(view, one["harm_group"]))}</th>'
        f"<td>{pieces.direction(one['direction'])}{_stands_out(one)}</td>"
        f"<td>{escape(words.recorded(one['about'], one['low'], one['high']))}</td>"
        f"<td>{escape(words.usual(one['expected_low'], one['expected_high']))}</td>"
        f"<td>{escape(directions.WORDS[one['year_direction']])}</td></tr>"
        for one in place["harm"]
    )
    head = words.leading(place)
    span = directions.last_months(head["periods"]) if head and head["periods"] else "the last months"
    caption = f"{span[:1].upper()}{span[1:]}" + (f" to {view['through']}" if view["through"] else "")
    table = f'<table class="sp-table sp-meet-harm"><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
    return pieces.part(words.HARM, f"{table}<tbody>{rows}</tbody></table>{panels.notes(_how_far(head))}")


def _stands_out(one: Entry) -> str:
    """For a flag: how many times the usual, and over which months where these are not the ones shown."""
    if one["direction"] not in directions.FLAGGED:
        return ""
    names = ("strongest_periods", "periods", "strongest_count", "strongest_low", "strongest_high")
    times = directions.ratio(one["ratio"], one["ratio_low"], one["ratio_high"], one.get("expected_count") or 0)
    said = [times, directions.seen_over(*(one.get(name) for name in names))]
    return "".join(f"<br><small>{escape(sentence)}</small>" for sentence in said if sentence)


def _how_far(head: Entry | None) -> list[str]:
    """What a quiet word leaves open: how large a change could have been missed."""
    if head is None or head["direction"] not in ("no_clear_change", "steady"):
        return []
    return [f"No clear change does not mean safe: these figures {directions.smallest(head['smallest_visible_ratio'])}."]


def _reporting(view: View, place: Place) -> str:
    reading = place["reporting"]
    facts = [escape(one) for one in told.reporting(reading, view["words"]["recording_event_kind"])]
    verdict = f"<p><strong>{escape(directions.VERDICTS.get(reading['verdict'], reading['verdict']))}</strong></p>"
    return pieces.part(directions.HARM_OR_REPORTING, verdict + (pieces.bullets(facts, "") if facts else ""))


def _strengths(place: Place) -> str:
    gaps = [one for one in place["strengths"] if one["kind"] == "gap_in_knowledge"]
    good = [one for one in place["strengths"] if one["kind"] != "gap_in_knowledge"]
    return "".join(
        pieces.part(title, pieces.bullets(_notes(entries), words.NONE[title]))
        for title, entries in ((words.STRENGTHS, good), (words.GAPS, gaps))
    )


def _notes(entries: Iterable[Entry]) -> list[str]:
    return [
        f"{pieces.mark(one)}{'<strong>Guardian:</strong> ' if one['kind'] == 'guardian' else ''}"
        f"{escape(pieces.said(one, 'note'))} "
        f"<em>{escape(pieces.said(one, 'role'))}, {escape(words.day(one['noted_on']))}</em>"
        for one in entries
    ]


def _plan(view: View, place: Place) -> str:
    about = place["assessment"]
    if about is None or about["led_elsewhere"]:
        said = pieces.mark(about) + escape(words.status(about, {}))
        return pieces.part(words.PLAN, f"<p>{said}</p>" + _lacks(view, place))
    status = view["words"]["assessment_status"].get(about["status"], about["status"] or words.NOT_SAID)
    days = "" if about["days"] is None else f", for {about['days']} days"
    lead = ", ".join(one for one in (about["lead_agency"], about["lead_role"]) if one) or words.NOT_SAID
    threshold = view["words"]["threshold"].get(about["threshold"], words.NOT_SAID)
    pairs = [("Assessment", f"{status}{days}"), ("Led by", lead), ("Threshold", threshold),
             ("Reports back", told.report_back(about["report_back_on"], about["report_back"])),
             ("Why", about["reason"] or words.NOT_SAID)]  # fmt: skip
    return pieces.part(words.PLAN, pieces.mark(about) + pieces.facts(pairs) + _lacks(view, place))


def _lacks(view: View, place: Place) -> str:
    if not (place["why_listed"] and place["lacking"]):
        return ""
    weeks = view["rules"]["review_within_weeks"]
    return pieces.paragraph(words.why(place["why_listed"], place["lacking"], weeks, place["direction"]), "sp-meet-lacking")


def _rag(view: View, place: Place) -> str:
    judged = place["rag"]
    if judged is None:
        return pieces.part(words.RAG, pieces.paragraph(words.NONE[words.RAG], "sp-note"))
    if judged["led_elsewhere"]:
        return pieces.part(words.RAG, pieces.paragraph(words.ELSEWHERE))
    chip = pieces.mark(judged) + pieces.rag(judged, view["words"]["rag"])
    return pieces.part(
        words.RAG,
        f"<p>{chip} {escape(told.judged(judged))}</p>" + pieces.paragraph(pieces.said(judged, "reason")),
    )


def _concerns(view: View, place: Place) -> str:
    items = [concern_line(view, one) for one in reversed(place["concerns"])]
    return pieces.part(words.CONCERNS, pieces.bullets(items, words.NONE[words.CONCERNS])) if items else ""


def concern_line(view: View, one: Entry) -> str:
    """One concern: its harm group, fortnight, role and reason; finished HTML."""
    if one["led_elsewhere"]:
        return escape(words.ELSEWHERE)
    return (
        f"{pieces.mark(one)}<strong>{escape(group_name(view, one['harm_group']))}</strong>: "
        f"{escape(pieces.said(one, 'reason'))} "
        f"<em>{escape(pieces.said(one, 'role'))}, fortnight of {escape(words.day(one['fortnight_starting']))}</em>"
    )


def _done(view: View, place: Place) -> str:
    now = [_intervention(view, one) for one in place["interventions"] if one["state"] != "ended"]
    over = [_intervention(view, one) for one in reversed(place["interventions"]) if one["state"] == "ended"]
    over += [_move(view, one) for one in reversed(place["moves"]) if (one["status"] or "").startswith("closed")]
    both = ((words.DONE, now), (words.TRIED, over))
    left, right = (pieces.part(title, pieces.bullets(items, words.NONE[title])) for title, items in both)
    return _sides(left, right)


def _intervention(view: View, one: Entry) -> str:
    if one["led_elsewhere"]:
        return escape(words.ELSEWHERE)
    kind = view["words"]["intervention_type"].get(one["intervention_type"], one["intervention_type"] or words.NOT_SAID)
    ends = f" to {words.day(one['ended_on'])}" if one["ended_on"] else ""
    state = " (planned)" if one["state"] == "planned" else ""
    return (
        f"<strong>{escape(kind)}</strong>{state}, {escape(pieces.said(one, 'lead_agency'))}: from "
        f"{escape(words.day(one['started_on']))}{escape(ends)}. {escape(pieces.said(one, 'chosen_because'))}"
    )


def _move(view: View, one: Entry) -> str:
    status = view["words"]["assessment_status"].get(one["status"], one["status"])
    moved, reason = words.day(one["moved_on"]), pieces.said(one, "reason")
    return f"<strong>Assessment {escape(status.lower())}</strong>, {escape(moved)}. {escape(reason)}"


def _actions(view: View, place: Place) -> str:
    items = [
        f"{pieces.mark(one)}<strong>{escape(pieces.said(one, 'lead_agency'))}</strong>: "
        f"{escape(pieces.said(one, 'action'))} "
        f"Aim: {escape(pieces.said(one, 'aim'))} Success: {escape(pieces.said(one, 'success'))} "
        f"<em>By {escape(words.day(one['due_on']))}: "
        f"{escape(view['words']['action_status'].get(one['status'], words.NOT_SAID).lower())}</em>"
        if not one["led_elsewhere"] else escape(words.ELSEWHERE)
        for one in place["actions"]
    ]  # fmt: skip
    return pieces.part(words.ACTIONS, pieces.bullets(items, words.NONE[words.ACTIONS]))


def _agenda(place: Place) -> str:
    """What is to be talked about at a meeting to come; nothing where nothing is. A meeting frozen long ago has none."""
    items = [
        f"{pieces.mark(one)}<strong>{escape(_on_agenda(one))}</strong>: {escape(pieces.said(one, 'item'))}{_presents(one)}"
        for one in place.get("agenda_items", ())
    ]
    return pieces.part(told.AGENDA, pieces.bullets(items, "")) if items else ""


def _on_agenda(one: Entry) -> str:
    return told.for_agenda(words.day(one["meeting_on"]) if one["meeting_on"] else None)


def _presents(one: Entry) -> str:
    return f" <em>{escape(told.presents(one['presenter_role']))}</em>" if one["presenter_role"] else ""
