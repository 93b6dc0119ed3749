"""What a snapshot's registers say, and the story of each place of a locality for its meeting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from pipelines.insight.calendar import meeting_days, working_day_before
from pipelines.insight.plans import count_actions, count_assessments, count_interventions, current_assessments
from pipelines.insight.registers import COLUMNS, read_register
from pipelines.insight.stories import Registers, Story, tell
from pipelines.insight.told import Told, with_words

MEETING_LEVELS = ("beat", "place_of_concern")
MEETING_PERIODS = 3
STORY_REGISTERS = {
    "moves": "neighbourhood_assessments", "interventions": "interventions", "rag": "rag_judgements",
    "strengths": "place_strengths", "concerns": "emerging_concerns", "actions": "actions", "goals": "safety_goals",
    "edges": "edge_leads", "agenda_items": "agenda_items",
}  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """When a locality met and meets, and when its pack is due; null where the register of meetings has no such day.

    stale  (label, last day covered) of each feed that covers nothing new enough
    """

    last_met_on: date | None
    meets_on: date | None
    pack_due_on: date | None
    stale: tuple[tuple[str, date], ...]


class Recorded(Told):
    """An opened snapshot with its registers."""

    def register(self, feed: str) -> pd.DataFrame:
        """One register with its history, oldest first: of a meeting's own places only. See `registers.read_register`.

        Words are null for an audience that may not read them. Raises NotForThisAudience for
        one that may have no place finer than a locality, KeyError for what is no register of places.
        """
        if feed not in COLUMNS:
            raise KeyError(feed)
        self._rights.require_level(MEETING_LEVELS[0])
        return self._kept("register", feed, make=lambda: self._read_register(feed)).copy()

    def _read_register(self, feed: str) -> pd.DataFrame:
        entries = self._once("register_entries", feed=feed)
        if not self._rights.rules.register_text:
            hidden = entries["kind"] == "words"
            entries = entries.assign(
                text=entries["text"].mask(hidden),
                withheld_because=entries["withheld_because"].mask(hidden, "not_for_this_audience"),
            )
        found = read_register(entries, feed)
        if self._own is None:
            return found
        if feed == "meetings":
            return found[found["locality"] == self.audience.locality].reset_index(drop=True)
        mine = {area_id for _, area_id in self._own}
        return found[found["place_id"].isin(mine)].reset_index(drop=True)

    def interventions_by_locality(self) -> pd.DataFrame:
        """How many interventions of each family are planned, live and ended: counts of decisions, so for every audience.

        What may not be shown yet is not counted. A place of two localities counts in the one that leads it, or in both
        where none is agreed; the whole city counts each once, those aimed at no place of the list too.
        grain: one row per locality (null = the whole city), family and state, where there is any: interventions
        """
        entries = read_register(self._once("register_entries", feed="interventions"), "interventions")
        return count_interventions(entries, self._leads(), self.families("intervention_type"), self.as_at)

    def assessments_by_locality(self) -> pd.DataFrame:
        """How many places are in each status of an assessment: counts of decisions, so for every audience.

        What may not be shown yet is not counted. Places of two localities as in `interventions_by_locality`.
        grain: one row per locality (null = the whole city) and status, where there is any: places
        """
        moves = read_register(self._once("register_entries", feed="neighbourhood_assessments"), "neighbourhood_assessments")
        return count_assessments(current_assessments(moves, self.as_at), self._leads())

    def actions_by_locality(self, first: date, last: date) -> pd.DataFrame:
        """How many actions that fell due between two days were kept, are late or were dropped: for every audience.

        grain: one row per locality (null = the whole city) and outcome (kept, late, dropped), where there is any: actions
        """
        entries = read_register(self._once("register_entries", feed="actions"), "actions")
        return count_actions(entries, self._leads(), first, last, self.as_at)

    def _leads(self) -> dict[str, tuple[str, ...]]:
        """The localities each place counts in: the one that leads it, or all it lies in where none is agreed."""
        leads = read_register(self._once("register_entries", feed="edge_leads"), "edge_leads")
        inside = self._once("areas_of_localities")
        places = {str(area): tuple(mine["locality"]) for area, mine in inside.groupby("area_id")}
        return places | {
            lead["place_id"]: (lead["lead_locality"],) for lead in leads.to_dict("records") if lead["lead_locality"]
        }

    def vocabulary(self, name: str) -> dict[str, str]:
        """What each code of a vocabulary means, in the order it is shown."""
        rows = self._once("vocabulary", vocabulary=name)
        return dict(zip(rows["code"], rows["label"], strict=True))

    def families(self, name: str) -> dict[str, str]:
        """The family of each code of a vocabulary that has families."""
        rows = self._once("vocabulary", vocabulary=name).dropna(subset=["family"])
        return dict(zip(rows["code"], rows["family"], strict=True))

    def localities(self) -> dict[str, str]:
        """Every locality's name by its id."""
        areas = self._once("areas", area_level="locality")
        return dict(zip(areas["area_id"], areas["name"], strict=True))

    def areas_of(self, locality: str | None) -> pd.DataFrame:
        """Beats and places of concern of one locality, or of all: a place astride two is in both.

        grain: one row per area: area_level, area_id, name, place_category
        """
        self._rights.require_level(MEETING_LEVELS[0])
        parts = [self.areas(level).assign(area_level=level) for level in MEETING_LEVELS if level in self.area_levels]
        areas = pd.concat(parts, ignore_index=True)[["area_level", "area_id", "name", "place_category"]]
        if locality is None:
            return areas
        inside = self._once("areas_of_localities")
        mine = inside[inside["locality"] == locality][["area_level", "area_id"]]
        return areas.merge(mine, on=["area_level", "area_id"])

    def told_of(self, areas: pd.DataFrame, feed: str = "incidents", measure: str = "incidents") -> pd.DataFrame:
        """Directions of areas of several levels as one list: q is over all its rows. As `directions` otherwise.

        grain: one row per area_level, area_id and harm group
        """
        levels = areas["area_level"].unique()
        rows = [self._numbers(feed, measure, level).assign(area_level=level) for level in levels]
        every = pd.concat(rows, ignore_index=True)
        shown = with_words(every.merge(areas[["area_level", "area_id"]], on=["area_level", "area_id"]))
        return self._rights.only_columns(shown, "directions").assign(area_level=shown["area_level"])

    def stories(self, locality: str | None = None) -> list[Story]:
        """The story of every beat and place of concern of a locality, those that ask for action first."""
        areas = self.areas_of(locality)
        registers = Registers(**{name: self.register(feed) for name, feed in STORY_REGISTERS.items()})
        if not len(areas):
            return []
        weeks = int(self._manifest["meetings"]["review_within_weeks"])
        told, recent = self.told_of(areas), self._recent(areas)
        return tell(areas, told, recent, registers, as_at=self.as_at, review_within_weeks=weeks)

    def _recent(self, areas: pd.DataFrame) -> pd.DataFrame:
        """What was counted over the last complete months, each harm group and all: with ranges."""
        kind = self.measure("incidents", "incidents")
        periods = self.periods("incidents", "incidents")
        last = list(periods.loc[periods["state"] == "collected", "period"])[-MEETING_PERIODS:]
        rows = []
        codes = [code for code, _ in kind.harm_groups]
        for level in areas["area_level"].unique():
            for name, groups in [*((code, [code]) for code in codes), ("all", codes)]:
                counts = self.map_counts("incidents", "incidents", area_level=level, harm_groups=groups, periods=last)
                # An audience whose figures are said to the nearest has no range: its cards show the words alone.
                figures = counts.reindex(columns=["area_id", "about", "low", "high"])
                rows.append(figures.assign(area_level=level, harm_group=name))
        return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()

    def pack_due_on(self, meets_on: date) -> date:
        """The day a pack is due: so many working days before its meeting."""
        before = int(self._manifest["meetings"]["pack_working_days_before"])
        return working_day_before(meets_on, str(self._manifest["nation"]), before)

    def clock(self, locality: str) -> Clock:
        """When the locality meets next, and when its pack is due: so many working days before."""
        last, following = meeting_days(self.register("meetings"), locality, self.as_at)
        rules: Mapping[str, int] = self._manifest["meetings"]
        pack = self.pack_due_on(following) if following else None
        oldest = self.as_at - timedelta(days=int(rules["stale_after_days"]))
        fresh = self.freshness()
        stale = [(str(row["label"]), row["covers_to"]) for row in fresh.to_dict("records") if row["covers_to"] < oldest]
        return Clock(last, following, pack, tuple(stale))
