"""What the place page asks of the read API about one place, put in order for its panels."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from dashboard import chronology, palette, place_panels, reads
from dashboard.wording import place as words

FEED = ("incidents", "incidents")
ALL = "all"


@dataclass(frozen=True)
class Place:
    """One place that can be chosen, with the localities it lies in."""

    level: str
    area_id: str
    name: str
    localities: tuple[str, ...]
    locality_names: tuple[str, ...]


def option(place: Place) -> str:
    """A place in the list to search."""
    return words.option(place.name, place.level, place.locality_names)


def places(snapshot: reads.Snapshot) -> dict[str, Place]:
    """Every beat and place of concern of this audience by its id, in the order of names.

    Raises NotForThisAudience for an audience that may have no place finer than a locality.
    """
    if "beat" not in snapshot.area_levels:
        raise reads.NotForThisAudience(words.NOT_FOR_YOU)
    names = reads.ask(snapshot, "localities")
    lies_in: dict[str, list[str]] = {}
    for locality in names:
        for area_id in reads.ask(snapshot, "areas_of", locality)["area_id"]:
            lies_in.setdefault(area_id, []).append(locality)
    rows = reads.ask(snapshot, "areas_of", None).sort_values("name", kind="stable").to_dict("records")
    return {row["area_id"]: _place(row, tuple(lies_in.get(row["area_id"], ())), names) for row in rows}


def _place(row: dict[Any, Any], localities: tuple[str, ...], names: dict[str, str]) -> Place:
    return Place(row["area_level"], row["area_id"], row["name"], localities, tuple(names[one] for one in localities))


def _locality(snapshot: reads.Snapshot, place: Place) -> str | None:
    """Whose meeting's list a place is told in: the reader's own, else the first it lies in."""
    return snapshot.audience.locality or next(iter(place.localities), None)


def story_of(snapshot: reads.Snapshot, place: Place) -> Any:
    """The place's Story, with the words its locality's meeting sees."""
    stories = reads.ask(snapshot, "stories", _locality(snapshot, place))
    return next(one for one in stories if one.area_id == place.area_id)


def heads(snapshot: reads.Snapshot, place: Place) -> dict[str, str]:
    """The heading direction of every place in the lists of its localities, its own list first."""
    own = _locality(snapshot, place)
    others = place.localities if snapshot.audience.locality is None else ()
    lists = [reads.ask(snapshot, "stories", one) for one in dict.fromkeys((*others, own))]
    return {one.area_id: one.direction for stories in lists for one in stories}


def beside(snapshot: reads.Snapshot, place: Place) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Of each harm group: the word against the rest of the city, and the last 12 months' ratio with its range."""
    found = []
    for relative in (True, False):
        rows = reads.ask(snapshot, "directions", *FEED, area_level=place.level, relative=relative)
        found.append(rows[rows["area_id"] == place.area_id].set_index("harm_group"))
    against, own = found
    return dict(against["direction"]), own.to_dict("index")


def group_labels(snapshot: reads.Snapshot) -> dict[str, str]:
    """Harm groups by code, all together first."""
    return {ALL: words.ALL_GROUPS, **dict(snapshot.measure(*FEED).harm_groups)}


def series(snapshot: reads.Snapshot, place: Place, group: str) -> pd.DataFrame:
    """The place's months, oldest first, of one harm group or all."""
    codes = tuple(code for code in group_labels(snapshot) if code != ALL) if group == ALL else (group,)
    return reads.ask(snapshot, "series", *FEED, area_level=place.level, area_id=place.area_id, harm_groups=codes)


def recent_periods(months: pd.DataFrame, usual: Any) -> tuple[str, ...]:
    """The newest complete months that directions look at."""
    whole = months.loc[months["state"] == "collected", "period"]
    return tuple(whole.iloc[-(usual.periods if usual is not None and usual.periods else 3) :])


def sharing(snapshot: reads.Snapshot, place: Place) -> pd.DataFrame:
    """Beats and places of concern that share ground with this one."""
    found = reads.ask(snapshot, "sharing_ground", area_level=place.level, area_id=place.area_id)
    return found[found["area_level"].isin(["beat", "place_of_concern"])]


def events(snapshot: reads.Snapshot, place: Place, story: Any) -> list[chronology.Event]:
    """Everything dated that was written down about the place."""
    rag = reads.ask(snapshot, "register", "rag_judgements")
    changes = reads.ask(snapshot, "recording_changes", *FEED, area_level=place.level, area_id=place.area_id)
    codes = chronology.Words(
        statuses=reads.ask(snapshot, "vocabulary", "assessment_status"),
        interventions=reads.ask(snapshot, "vocabulary", "intervention_type"),
        rag=reads.ask(snapshot, "vocabulary", "rag"),
        recording=reads.ask(snapshot, "vocabulary", "recording_event_kind"),
        harm_groups=group_labels(snapshot),
    )
    return chronology.events_of(story, rag[rag["place_id"] == place.area_id], changes, codes, snapshot.as_at)


def where_things_stand(snapshot: reads.Snapshot, place: Place, story: Any) -> str:
    """The panel of what is so today: judgement, assessment, what is live, who lives here, strengths, goals."""
    labels = reads.ask(snapshot, "vocabulary", "rag")
    rag = f"<p>{words.NO_RAG}</p>"
    if story.rag is not None and story.rag["value"]:
        look = palette.RAG.get(story.rag["value"], palette.RAG["not_rated"])
        label = labels.get(story.rag["value"], story.rag["value"])
        rag = f"<p>{place_panels.tag(look, words.rag(label, story.rag['role'] or words.WAITS, story.rag['judged_on']))}</p>"
    group = group_labels(snapshot).get(story.led_by, "") if story.led_by else ""
    going = f"<p>{place_panels.direction_tag(story.direction)} {escape(words.of_harm(group))}</p>" if story.harm else ""
    lines = [*_assessment(snapshot, story), _live(snapshot, story), *_where(snapshot, place, story)]
    kinds = reads.ask(snapshot, "vocabulary", "strength_kind")
    strengths = [f"{kinds.get(one['kind'], one['kind'])}: {one['note'] or words.WAITS}" for one in story.strengths]
    goals = [f"{one['goal'] or words.WAITS}" for one in story.goals]
    return (
        place_panels.now_panel(lines, going + rag, story.worth_discussing)
        + place_panels.listed(words.STRENGTHS, strengths, words.NO_STRENGTHS)
        + place_panels.listed(words.GOALS, goals, "")
    )


def _assessment(snapshot: reads.Snapshot, story: Any) -> list[str]:
    told = story.assessment
    if told is None:
        return [words.NO_ASSESSMENT]
    if told.led_elsewhere:
        return [words.LED_ELSEWHERE]
    statuses = reads.ask(snapshot, "vocabulary", "assessment_status")
    status = statuses.get(told.status, told.status)
    lines = [words.assessment(status, told.since, told.days, told.lead_agency, told.lead_role)]
    return [*lines, words.report_back(told.report_back_on, told.report_back)] if told.report_back else lines


def _live(snapshot: reads.Snapshot, story: Any) -> str:
    types = reads.ask(snapshot, "vocabulary", "intervention_type")
    live = [
        words.LED_ELSEWHERE_SHORT if one["led_elsewhere"] else types.get(one["intervention_type"], one["intervention_type"])
        for one in story.interventions
        if one["state"] == "live"
    ]
    return words.live_now([name[:1].lower() + name[1:] for name in live]) if live else words.NO_INTERVENTION


def _where(snapshot: reads.Snapshot, place: Place, story: Any) -> list[str]:
    names = reads.ask(snapshot, "localities")
    lines = []
    if len(story.shared_with) > 1:
        lead, other = (names.get(one, one) for one in story.shared_with[:2])
        lines.append(words.edge(lead, other))
    elif len(place.localities) > 1:
        lines.append(words.edge_without_lead(place.locality_names))
    residents = reads.ask(snapshot, "areas", place.level).set_index("area_id").loc[place.area_id, "residents_10_17"]
    return [*lines, words.RESIDENTS_UNKNOWN if pd.isna(residents) else words.residents(float(residents))]
