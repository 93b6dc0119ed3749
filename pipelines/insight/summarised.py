"""What a snapshot says beside counts, directions and registers: summaries of closed periods, and what surrounds a place."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from pipelines.insight.concentration import Concentration, concentrate
from pipelines.insight.cubes import read_members
from pipelines.insight.directions import place_of
from pipelines.insight.missing import FEED, quarters_of, with_shares
from pipelines.insight.periods import period_label
from pipelines.insight.places import clearly_concentrated, newest_words
from pipelines.insight.recorded import Recorded
from pipelines.insight.recording import touched
from pipelines.insight.schools import whole_years
from pipelines.insight.sums import sum_cells

SCHOOLS = ("weapon_in_school_reports", "reports")


class Summarised(Recorded):
    """An opened snapshot with its summaries."""

    def return_home_interviews(self) -> pd.DataFrame:
        """What became of the return home interview of each missing episode, by locality, in the city, and quarter.

        grain: one row per area_level, area_id, category (completed_in_72_hours, completed_later, declined,
        not_completed) and period, oldest first: period_start, label, about with its range (or under), withheld_because,
        share (of the four together; null under 30). A quarter with a month not collected is blank.
        """
        return self._quarters("return_home_interviews")

    def repeat_episodes(self) -> pd.DataFrame:
        """How many children were reported missing once, twice, or more often in a quarter: as return_home_interviews."""
        return self._quarters("repeat_episodes")

    def _quarters(self, summary: str) -> pd.DataFrame:
        kind = self.measure(FEED, "missing_from")
        if "quarter" not in kind.grains:
            raise self._rights.refusal("this length of period")
        rows = self._once("summaries_of", feed=FEED, summary=summary)
        city = str(self.areas("city")["area_id"].iloc[0])
        found = quarters_of(rows, list(self.localities()), city, summary, kind.base)
        return with_shares(self._rights.only_columns(found, "summaries"), ["area_level", "area_id", "period"])

    def pathway_by_year(self) -> pd.DataFrame:
        """How far weapon-in-school reports have come, in the city, by school year collected whole: the only shares of them.

        grain: one row per category (harm group) and school year, oldest first: columns as return_home_interviews
        """
        kind = self.measure(*SCHOOLS)
        year_of = whole_years(self._periods(kind))
        years = sorted(set(year_of.values()))
        area = self.areas("city")["area_id"].iloc[0]
        parts = []
        for code, _ in kind.harm_groups:
            cells = self._cells(kind, "city", [area], [code], list(year_of))
            sums = sum_cells(cells, cells["period"].map(year_of), years, kind.base)
            parts.append(sums.rename(columns={"key": "period"}).assign(category=code))
        found = pd.concat(parts, ignore_index=True).sort_values("period", kind="stable", ignore_index=True)
        starts = [date(int(year[:4]), 9, 1) for year in found["period"]]
        found = found.assign(area_level="city", area_id=area, label=found["period"], period_start=starts)
        return with_shares(self._rights.only_columns(found, "summaries"), ["area_id", "period"])

    def school_phases(self) -> pd.DataFrame:
        """What kinds of school weapon-in-school reports came from, in the city, by closed school year.

        grain: one row per category (phase) and school year, oldest first: columns as return_home_interviews
        """
        kind = self.measure(*SCHOOLS)
        rows = self._once("summaries_of", feed=kind.feed, summary="school_phases")
        found = rows[rows["area_level"] == "city"].reset_index(drop=True)
        reach = kind.base - 1
        about = found["value"].astype(float)
        found = found.assign(about=about, low=(about - reach).clip(lower=0), high=about + reach, single_cell=True,
                             label=found["period"])  # fmt: skip
        return with_shares(self._rights.only_columns(found, "summaries"), ["area_id", "period"])

    def demographics(self) -> pd.DataFrame:
        """The supplier's own sums of the whole city by year: records, by age, sex or ethnic group as the supplier says it.

        grain: one row per dimension, category and year (period), oldest first: columns as return_home_interviews; share, of
        its dimension and year
        """
        rows = self._once("summaries_of", feed="demographics_city_year", summary="demographics")
        about = rows["value"].astype(float)
        found = rows.assign(about=about, low=about, high=about, single_cell=False, label=rows["period"])
        said = self._rights.only_columns(found, "summaries")
        parts = said["category"].astype("string").str.extract(r"^(?P<dimension>[^/]*)/?(?P<category>.*)$").astype(object)
        said = said.assign(dimension=parts["dimension"], category=parts["category"])
        return with_shares(said, ["dimension", "period"])

    def concentrated(
        self, feed: str, measure: str, *, harm_groups: Sequence[str], periods: Sequence[str]
    ) -> tuple[Concentration, bool]:
        """In how few of the finest areas half of a sum lies, and whether that is clearly fewer than chance would have it."""
        kind = self.measure(feed, measure)
        areas = list(self.areas(kind.levels[0])["area_id"])
        sums = self._counted(kind, kind.levels[0], areas, harm_groups, self._parts(kind, periods))
        found = concentrate(sums)
        return found, clearly_concentrated(found, float(sums["about"].sum()), int(sums["cells"].sum()), kind.base)

    def patterns(self, *, area_level: str, area_id: str, feed: str = "incidents") -> pd.DataFrame:
        """The newest words about a place's records: on which days, who told, how they came to light, whether in a burst.

        grain: one row per pattern and harm group (`all` = together): pattern, harm_group, period, label, word. A place
        with under 30 records in a quarter has no word of it. Raises NotForThisAudience as series does.
        """
        self._require(area_level, area_id)
        found = newest_words(self._once("patterns_of_feed", feed=feed), area_level, area_id)
        starts = pd.to_datetime(found["period_start"])
        labels = [period_label(one, start.date(), "quarter") for one, start in zip(found["period"], starts, strict=True)]
        return found.assign(label=pd.Series(labels, dtype=object))[["pattern", "harm_group", "period", "label", "word"]]

    def sharing_ground(self, *, area_level: str, area_id: str) -> pd.DataFrame:
        """The areas that share ground with one: the beats a place of concern lies in, the places in a beat, its locality.

        grain: one row per area_level and area_id: name. Only areas this audience may have.
        """
        self._require(area_level, area_id)
        found = self._once("areas_sharing", area_level=area_level, area_id=area_id)
        wanted = [level in self.area_levels and self._has(level, one)
                  for level, one in zip(found["area_level"], found["area_id"], strict=True)]  # fmt: skip
        return found[wanted].reset_index(drop=True)

    def recording_changes(self, feed: str, measure: str, *, area_level: str, area_id: str) -> pd.DataFrame:
        """Every change in recording that touches a place, however long ago.

        grain: one row per change, oldest first: starts_on, kind, everywhere (of the whole city)
        """
        kind = self._allowed(feed, measure, area_level)
        self._require(area_level, area_id)
        cube, rows = self._cube(kind), []
        for event in self._events(feed).to_dict("records"):
            everywhere = event["area_level"] == "city"
            here = everywhere
            if cube is not None and not everywhere:
                members = read_members(self._ask, cube, area_level)
                if area_id in members.areas:
                    within = touched(cube, members, place_of(self._ask, cube, event["area_level"], event["area_id"]))
                    here = bool(within[members.areas.index(area_id)])
            if here:
                rows.append({"starts_on": event["starts_on"].date(), "kind": event["kind"], "everywhere": everywhere})
        return pd.DataFrame(rows, columns=["starts_on", "kind", "everywhere"])

    def _require(self, area_level: str, area_id: str) -> None:
        if area_id not in set(self.areas(area_level)["area_id"]):
            raise self._rights.refusal("this area")
