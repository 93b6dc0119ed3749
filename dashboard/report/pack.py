"""The locality pack: what one meeting reads before it meets, from the plain data its page is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard import palette, wording
from dashboard.report import fill_in, maps_drawn, places_told
from dashboard.report.model import (
    Bullets,
    Document,
    Face,
    Heading,
    Paragraph,
    Part,
    Picture,
    Sign,
    Signs,
    Table,
    Together,
)
from dashboard.report.places_told import direction_text, figures_text, group_name, status_text, text_of
from dashboard.wording import directions
from dashboard.wording import meeting as said_of
from dashboard.wording import reports as words
from pipelines.insight.meeting import SAYS, SECTIONS, meeting_view
from pipelines.insight.queries import Snapshot

View = Mapping[str, Any]
INCIDENTS = ("incidents", "incidents")


def make(snapshot: Snapshot, locality: str, meeting_on: date, face: Face, *, then: Snapshot | None = None) -> Document:
    """The pack of one locality for one meeting.

    snapshot  opened for that meeting (`Audience("meeting", locality)`): what it may not have is not in the pack
    then      the snapshot of the last meeting's day, for the same audience (`frozen.earlier`); null where there is none
    Raises NotForThisAudience for an audience that may have no place finer than a locality.
    """
    view = meeting_view(snapshot, locality, then)
    numbers = {place["area_id"]: number + 1 for number, place in enumerate(ordered(view))}
    parts: list[Part] = [
        *_freshness(view, snapshot), *_map(view, numbers), *_concerns(view, numbers), *_needs_plan(view, numbers),
        *_moving(view, numbers, "rising"), *_moving(view, numbers, "falling"), *_places(view, numbers, snapshot),
        *_since(view, numbers), *_actions(view, numbers), *fill_in.parts(view, _listed(view), numbers), Heading(words.PEERS),
        Paragraph(words.PEERS_SAID), *_changed(view, numbers), *_sure(view),
    ]  # fmt: skip
    title, under = words.title(view["locality"]["name"]), words.subtitle(view["partnership"], meeting_on)
    return Document(title, under, face, parts)


def ordered(view: View) -> list[Mapping[str, Any]]:
    """Every place once, those the sections name first, as the keys of the Meeting page number them."""
    by_id = {place["area_id"]: place for place in view["places"]}
    return [by_id[one] for one in dict.fromkeys([*_ids(view), *by_id]) if one in by_id]


def _ids(view: View) -> list[str]:
    return [row["area_id"] if isinstance(row, dict) else row for section in SECTIONS for row in view["sections"][section]]


def _listed(view: View) -> list[Mapping[str, Any]]:
    """The places that stand in a list: they have a half page each."""
    named = set(_ids(view))
    return [place for place in ordered(view) if place["area_id"] in named]


def _by_id(view: View) -> dict[str, Mapping[str, Any]]:
    return {place["area_id"]: place for place in view["places"]}


def _name(view: View, numbers: Mapping[str, int], area_id: str) -> str:
    return words.numbered(numbers[area_id], _by_id(view)[area_id]["name"])


def _freshness(view: View, snapshot: Snapshot) -> list[Part]:
    found = view["sections"]
    due = [one for one in found["report_backs"] if one["due"]]
    counts = map(len, (*(found[one] for one in ("needs_plan", "concerns", "rising", "falling")), due))
    rows = [
        (str(row["label"]), wording.day(row["delivered_on"]), wording.day(row["covers_to"]),
         row["last_collected_label"] or wording.NONE_YET, ", ".join(row["still_arriving_periods"]) or wording.NOTHING)
        for row in snapshot.freshness().to_dict("records")
    ]  # fmt: skip
    warnings = [said_of.stale(source, covers_to) for source, covers_to in view["clock"]["stale"]]
    warnings += [directions.city_banner(view["city_flag"])] if view["city_flag"] else []
    warnings += [said_of.REGISTER_EMPTY] if view["registers_empty"] else []
    clock = view["clock"]
    when = said_of.clock(clock["meets_on"], clock["pack_due_on"], clock["last_met_on"])
    return [
        Paragraph(words.at_a_glance(*counts), "lead"), Heading(words.FRESH),
        Paragraph(said_of.figures(view["as_at"], view["through"], view["still_arriving"]) + "."),
        Table(words.FRESH_CAPTION, words.FRESH_HEADS, rows, widths=(2.4, 1.7, 1.7, 1.8, 1.5)),
        *(Paragraph(one, "lead") for one in warnings), Paragraph(". ".join(when) + ".", "note"),
        Paragraph(wording.BLURRED, "note"),
    ]  # fmt: skip


def _map(view: View, numbers: Mapping[str, int]) -> list[Part]:
    places = ordered(view)
    if not places:
        return [Heading(words.MAP), Paragraph(" ".join(said_of.NO_PLACES))]
    ground = maps_drawn.ground_of(view["map"]["places"], view["map"]["context"])
    drawn, said, signs = [], [], []
    for code, look in palette.DIRECTIONS.items():
        mine = [place for place in places if place["direction"] == code]
        drawn += [maps_drawn.Drawn(one["area_id"], look, f"{numbers[one['area_id']]} {look.mark}") for one in mine]
        if mine:
            said.append(words.on_the_map(directions.WORDS[code], [one["name"] for one in mine]))
            signs.append(Sign(look.mark, directions.WORDS[code], look.colour, look.ink, look.hatched))
    svg = maps_drawn.locality_map(ground, drawn)
    flags = words.flags(view["flags"]["flagged"], view["flags"]["expected_false"])
    return [Together([
        Heading(words.MAP), Picture(svg, words.map_alt(view["locality"]["name"], said), words.MAP_CAPTION), Signs(signs),
        Paragraph(f"{words.MAP_NOTE} {flags}", "note"),
    ])]  # fmt: skip


def _concerns(view: View, numbers: Mapping[str, int]) -> list[Part]:
    rows = []
    for one in view["sections"]["concerns"]:
        fortnight = said_of.day(one["fortnight_starting"])
        who = "" if one["led_elsewhere"] else words.raised_by(text_of(one, "role"), fortnight)
        group = said_of.ELSEWHERE if one["led_elsewhere"] else group_name(view, one["harm_group"])
        rows.append((_name(view, numbers, one["area_id"]), group, text_of(one, "reason"), who))
    table = Table(words.CONCERNS_CAPTION, words.CONCERNS_HEADS, rows, said_of.NOTHING["concerns"], widths=(2, 1.8, 3.6, 2))
    return [Heading(words.CONCERNS), table]


def _needs_plan(view: View, numbers: Mapping[str, int]) -> list[Part]:
    rules, rows = view["rules"], []
    for area_id in view["sections"]["needs_plan"]:
        place = _by_id(view)[area_id]
        why = said_of.why(place["why_listed"], place["lacking"], rules["review_within_weeks"], place["direction"])
        discuss = f" {said_of.WORTH_DISCUSSING}" if place["worth_discussing"] else ""
        rows.append((_name(view, numbers, area_id), direction_text(view, place), figures_text(place), why + discuss))
    nothing = said_of.NOTHING["needs_plan"]
    rule = said_of.rule(rules["review_within_weeks"], rules["concern_is_new_days"])
    table = Table(words.NEEDS_PLAN_CAPTION, words.NEEDS_PLAN_HEADS, rows, nothing, widths=(2, 2, 2, 3.4))
    return [Heading(words.NEEDS_PLAN), Paragraph(rule, "note"), table, Paragraph(words.through(view["through"]), "note")]


def _moving(view: View, numbers: Mapping[str, int], section: str) -> list[Part]:
    title = words.RISING if section == "rising" else words.FALLING
    places = [_by_id(view)[area_id] for area_id in view["sections"][section]]
    note: list[Part] = [Paragraph(words.RISING_ALSO, "note")] if section == "rising" else []
    return [Heading(title), *note, moving_table(view, numbers, places, words.MOVING_CAPTION, said_of.NOTHING[section])]


def moving_table(view: View, numbers: Mapping[str, int], places: list[Mapping[str, Any]], title: str, empty: str) -> Table:
    """Places with their direction, their figures and where their plan is."""
    rows = [(_name(view, numbers, one["area_id"]), direction_text(view, one), figures_text(one), status_text(view, one))
            for one in places]  # fmt: skip
    return Table(title, words.MOVING_HEADS, rows, empty, widths=(2, 2, 2, 3.4))


def _places(view: View, numbers: Mapping[str, int], snapshot: Snapshot) -> list[Part]:
    listed = _listed(view)
    if not view["places"]:
        return []
    kind = snapshot.measure(*INCIDENTS)
    codes = [code for code, _ in kind.harm_groups]
    ground = maps_drawn.ground_of(view["map"]["places"], view["map"]["context"])
    halves: list[Part] = []
    for place in listed:
        groups = [place["led_by"]] if place["led_by"] in codes else codes
        series = snapshot.series(*INCIDENTS, area_level=place["area_level"], area_id=place["area_id"], harm_groups=groups)
        chart = places_told.chart_of(view, place, series, kind.label)
        halves.append(places_told.half_page(view, place, numbers[place["area_id"]], ground, chart))
    others = [place for place in ordered(view) if place not in listed]
    table = moving_table(view, numbers, others, words.OTHERS_CAPTION, words.NO_OTHERS)
    # Nothing stands between the heading and the first place, so that the one never ends a page without the other.
    return [Heading(words.PLACES), *halves, Heading(words.OTHERS, 2), Paragraph(words.PLACES_NOTE, "note"), table]


def _since(view: View, numbers: Mapping[str, int]) -> list[Part]:
    since = view["since"]
    if since is None:
        return [Heading(words.SINCE), Paragraph(words.NO_LAST_MEETING)]
    labels = view["words"]["assessment_status"]
    rows = [(_name(view, numbers, one["area_id"]), said_of.changed_status(one["before"], one["now"], one["on"], labels))
            for one in since["statuses"]]  # fmt: skip
    rows += [(_name(view, numbers, one["area_id"]), said_of.raised(group_name(view, one["harm_group"])))
             for one in since["concerns"]]  # fmt: skip
    rows += [(_name(view, numbers, one["area_id"]), said_of.fell_due(one["due_on"], text_of(one, "action")))
             for one in since["actions_due"]]  # fmt: skip
    table = Table(words.SINCE_CAPTION, words.SINCE_HEADS, rows, words.NOTHING_SINCE, widths=(1, 2.4))
    return [Heading(words.SINCE), Paragraph(said_of.since(since["met_on"], since["compared_with"]), "note"), table]


def _actions(view: View, numbers: Mapping[str, int]) -> list[Part]:
    rows = []
    for one in view["sections"]["report_backs"]:
        who = ", ".join(part for part in (one["lead_agency"], one.get("lead_role")) if part) or said_of.NOT_SAID
        action = text_of(one, SAYS[one["kind"]]) if one["kind"] in SAYS else ""
        rows.append((_name(view, numbers, one["area_id"]), said_of.due(one["kind"], one["on"], one["due"]), who, action))
    table = Table(words.ACTIONS_CAPTION, words.ACTIONS_HEADS, rows, said_of.NOTHING["report_backs"], widths=(2, 2, 2, 3))
    return [Heading(words.ACTIONS), Paragraph(said_of.due_rule(view["rules"]["due_within_days"]), "note"), table]


def _changed(view: View, numbers: Mapping[str, int]) -> list[Part]:
    """Which figures are otherwise than in the last pack; where there is nothing to hold them against, that is said."""
    since = view["since"]
    if since is None or since["compared_with"] is None:
        said = words.NO_LAST_MEETING if since is None else said_of.since(since["met_on"], None)
        return [Heading(words.CHANGED), Paragraph(said)]
    rows = [(_name(view, numbers, one["area_id"]),
             said_of.changed_word(group_name(view, one["harm_group"]), one["before"], one["now"]))
            for one in since["words"]]  # fmt: skip
    closed: list[Part] = []
    if since["closed"]:
        months = [said_of.closed(one["source"], one["before"], one["now"]) for one in since["closed"]]
        closed = [Heading(words.CLOSED, 2), Bullets(months)]
    table = Table(words.CHANGED_CAPTION, words.CHANGED_HEADS, rows, words.NO_CHANGE, widths=(1, 2.4))
    note = Paragraph(said_of.since(since["met_on"], since["compared_with"]), "note")
    return [Heading(words.CHANGED), note, table, *closed]


def _sure(view: View) -> list[Part]:
    flags = words.flags(view["flags"]["flagged"], view["flags"]["expected_false"])
    meanings = directions.MEANINGS
    rows = [(f"{look.mark} {directions.WORDS[code]}", meanings[code]) for code, look in palette.DIRECTIONS.items()]
    said = [wording.BLURRED, *words.SURE_SAID, directions.RISING_MEANS, directions.NOT_SAFE, flags, words.RAG_IS]
    return [Heading(words.SURE), Bullets(said), Table(words.SURE_CAPTION, words.SURE_HEADS, rows, widths=(1, 3))]
