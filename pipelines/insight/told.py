"""What a snapshot tells of directions: words for places, how often they are wrong, and whether it is harm or reporting."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from pipelines.insight.completeness import delay_curve, located_share, of_the_city, share_in_by
from pipelines.insight.concentration import Concentration, concentrate
from pipelines.insight.counted import Counted
from pipelines.insight.cubes import ALL, Cube, read_cube, read_members
from pipelines.insight.directions import MODES, NUMBERS, SLOW, given_for, place_of
from pipelines.insight.measures import Measure
from pipelines.insight.recording import break_at, since_of, touched
from pipelines.insight.reporting import Reading, read_reporting
from pipelines.insight.signals import assess, benjamini_hochberg, directions

FLAGS = ("rising", "possible_rise", "falling", "possible_fall", "new_activity")
STRONG = ("rising", "falling")


class Told(Counted):
    """An opened snapshot with its directions."""

    def directions(
        self, feed: str, measure: str, *, area_level: str, harm_groups: Sequence[str] | None = None, relative: bool = False
    ) -> pd.DataFrame:
        """Whether each area of a level is rising or falling, by harm group; null groups: each there is, and all together.

        The words are those of this very list: q is over its rows. grain: one row per area and harm group: area_id, name,
        harm_group (`all` = together), direction, up, p, q, rate_ratio with its 90% interval, recent_count and
        expected_count with the range of nine in ten (of the middle window), smallest_visible_ratio, through (the last
        period used), year_direction (the last 12 months against up to 36 before) with year_ratio and its interval,
        recording_event, recording_since (null where recording did not change within the year).
        relative: faster or slower than the rest of the city, in place of the season. Raises as map_counts does.
        """
        shown = with_words(self._numbers(feed, measure, area_level, harm_groups, relative=relative))
        return self._rights.only_columns(shown, "directions")

    def _numbers(
        self, feed: str, measure: str, area_level: str, harm_groups: Sequence[str] | None = None, *, relative: bool = False
    ) -> pd.DataFrame:
        """The stored numbers of a level, without the words that depend on what is listed together."""
        kind = self._allowed(feed, measure, area_level)
        mode = MODES[1 if relative and area_level != "city" else 0]
        rows = self._once("directions_of_level", feed=feed, measure=measure, area_level=area_level, mode=mode)
        wanted = [ALL, *(code for code, _ in kind.harm_groups)] if harm_groups is None else list(harm_groups)
        shown = self.areas(area_level)[["area_id", "name"]].merge(rows[rows["harm_group"].isin(wanted)], on="area_id")
        return self._with_events(kind, area_level, shown)

    def together(
        self, feed: str, measure: str, *, area_level: str, area_ids: Sequence[str], harm_groups: Sequence[str],
        relative: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """The direction of any union of areas of one level and any set of harm groups, judged live as one place.

        grain: one row, with the columns of `directions` but area and harm group.
        """
        kind = self._allowed(feed, measure, area_level)
        cube = self._cube(kind)
        if not set(area_ids) <= set(self.areas(area_level)["area_id"]):
            raise self._rights.refusal("this area")
        groups = tuple(code for code, _ in kind.harm_groups if code in harm_groups)
        if cube is None or not groups or not area_ids:
            return self._rights.only_columns(with_words(_nothing()), "together")
        members = read_members(self._ask, cube, area_level).together(list(area_ids))
        given = given_for(self._ask, cube, area_level, members, groups, self._events(feed))
        counts = given.pop("counts")
        found = assess(counts, relative=relative and area_level != "city", **given).iloc[:1]
        alone = found.assign(through=cube.periods[-1], q=found["p"]).reindex(columns=list(_nothing()))
        return self._rights.only_columns(with_words(alone), "together")

    def city_flag(self, feed: str, measure: str, *, harm_group: str | None = None) -> str | None:
        """The word for the city as a whole, where it is flagged: places are then read against the rest of it too.

        harm_group  the group on screen; null = all together
        """
        asked = harm_group if harm_group and harm_group != ALL else self._whole_of(feed, measure)
        whole = self.directions(feed, measure, area_level="city", harm_groups=[asked])
        words = [word for word in whole["direction"] if word in FLAGS]
        return words[0] if words else None

    def _whole_of(self, feed: str, measure: str) -> str:
        groups = self.measure(feed, measure).harm_groups
        return groups[0][0] if len(groups) == 1 else ALL

    def reporting(self, feed: str, measure: str, *, area_level: str, area_id: str, harm_group: str = ALL) -> Reading:
        """More harm or more reporting? What is known of how this place's records came about, and a verdict in words.

        Raises NotForThisAudience as series does.
        """
        kind = self._allowed(feed, measure, area_level)
        if area_id not in set(self.areas(area_level)["area_id"]):
            raise self._rights.refusal("this area")
        words = self._once("patterns_of_feed", feed=feed)
        here = words[["area_level", "area_id", "harm_group"]] == [area_level, area_id, harm_group]
        mine = words[here.all(axis=1)]
        lately = self._lately(kind, area_level)
        events = lately[lately["area_id"].isin([area_id]) | lately["everywhere"]] if len(lately) else lately
        newest = words["period_start"].max() if len(words) else None
        completeness = self.completeness(feed, measure, harm_group=harm_group)
        return read_reporting(mine, events, completeness, newest=newest)

    def completeness(self, feed: str, measure: str, *, harm_group: str = ALL) -> pd.DataFrame:
        """How complete each period of a measure is, oldest first: dates and shares, never a tally.

        grain: one row per period, the finest this audience has: period, state, located_share (of the records of the harm
        group that could be counted, those with a place; null = none came), share_in (of the final count, estimated, what
        is in by now)
        """
        kind = self.measure(feed, measure)
        # Asked anew for every place of a meeting, and the same for each.
        return self._kept("completeness", kind.key, harm_group, make=lambda: self._completeness(kind, harm_group)).copy()

    def _completeness(self, kind: Measure, harm_group: str) -> pd.DataFrame:
        feed, measure = kind.feed, kind.measure
        periods = self._periods(kind)
        share_in = share_in_by(self._once("reporting_delay", feed=feed), list(periods["period_start"]), self.as_at)
        if kind.grain != "month":
            share_in = np.ones(len(periods))
        groups = self._once("counted_by_group", feed=feed, measure=measure)
        ours = of_the_city(*(groups[name].to_numpy(float) for name in ("unplaced", "counted", "elsewhere")))
        groups = groups.assign(unplaced=ours)
        mine = groups if harm_group == ALL else groups[groups["harm_group"] == harm_group]
        made_of = zip(periods["period"], periods["parts"], strict=True)
        period_of = {part: period for period, parts in made_of for part in parts}
        sums = mine.groupby(mine["period"].map(period_of))[["counted", "unplaced"]].sum()
        sums = sums.reindex(list(periods["period"]), fill_value=0)
        located = located_share(sums["counted"], sums["unplaced"])
        return pd.DataFrame({
            "period": periods["period"], "state": periods["state"], "located_share": located.round(2),
            "share_in": share_in.round(2),
        })  # fmt: skip

    def reporting_delay(self, feed: str) -> pd.DataFrame:
        """What share of a month's final count is known so many days after it ends, over the last four closed quarters.

        grain: one row per number of days: days, share_known; empty where delays are not released
        """
        return delay_curve(self._once("reporting_delay", feed=feed))

    def concentration(self, feed: str, measure: str, *, harm_groups: Sequence[str], periods: Sequence[str]) -> Concentration:
        """In how few of the finest areas half of all that was counted lies, over a span of periods."""
        kind = self.measure(feed, measure)
        # From the figures as this audience sees them: a share of exact sums would tell what was rounded for it.
        return concentrate(
            self.map_counts(feed, measure, area_level=kind.levels[0], harm_groups=harm_groups, periods=periods)
        )

    def changes_of_word(self, earlier: "Told", feed: str, measure: str, *, area_level: str) -> pd.DataFrame:
        """Areas whose word is another than in an earlier snapshot. grain: one row per area and harm group that changed:
        area_id, name, harm_group, before (null = was not told then), now."""
        now, before = (one.directions(feed, measure, area_level=area_level) for one in (self, earlier))
        key = ["area_id", "harm_group"]
        both = now.rename(columns={"direction": "now"}).merge(
            before[[*key, "direction"]].rename(columns={"direction": "before"}), on=key, how="left"
        )
        changed = both[both["now"] != both["before"]].reset_index(drop=True)
        return changed[["area_id", "name", "harm_group", "before", "now"]]

    def _cube(self, kind: Measure) -> Cube | None:
        named = ((one["feed"], one["measure"], one) for one in self._manifest["measures"])
        one = next(one for feed, measure, one in named if (feed, measure) == (kind.feed, kind.measure))
        return self._kept("cube", kind.key, make=lambda: read_cube(self._ask, one, self.as_at))

    def _events(self, feed: str) -> pd.DataFrame:
        return self._once("recording_events_of_feed", feed=feed)

    def _lately(self, kind: Measure, area_level: str) -> pd.DataFrame:
        """Changes in recording within the year, by the areas each touches: area_id, kind, starts_on, everywhere."""
        return self._kept("recording_changes", kind.key, area_level, make=lambda: self._find_changes(kind, area_level))

    def _find_changes(self, kind: Measure, area_level: str) -> pd.DataFrame:
        rows: list[dict[str, Any]] = []
        for event in self._events(kind.feed).to_dict("records"):
            cube = self._cube(kind)
            starts_on = event["starts_on"].date()
            everywhere = event["area_level"] == "city"
            if cube is None or not _is_news(cube, starts_on, everywhere=everywhere):
                continue
            told = {"kind": event["kind"], "starts_on": starts_on, "everywhere": everywhere}
            if told["everywhere"]:
                rows.append({"area_id": None, **told})
                continue
            members = read_members(self._ask, cube, area_level)
            here = touched(cube, members, place_of(self._ask, cube, event["area_level"], event["area_id"]))
            rows += [{"area_id": area, **told} for area, one in zip(members.areas, here, strict=True) if one]
        return pd.DataFrame(rows, columns=["area_id", "kind", "starts_on", "everywhere"])

    def _with_events(self, kind: Measure, area_level: str, shown: pd.DataFrame) -> pd.DataFrame:
        lately = self._lately(kind, area_level)
        everywhere = lately[lately["everywhere"].astype(bool)]
        own = lately[~lately["everywhere"].astype(bool)].drop_duplicates("area_id", keep="last").set_index("area_id")
        names, since = shown["area_id"].map(own["kind"]), shown["area_id"].map(own["starts_on"])
        if len(everywhere):
            names = names.where(names.notna(), everywhere["kind"].iloc[-1])
            since = since.where(since.notna(), everywhere["starts_on"].iloc[-1])
        return shown.assign(recording_event=names, recording_since=since)


def _is_news(cube: Cube, starts_on: date, *, everywhere: bool) -> bool:
    """Whether a change in recording is still said: of the city for a year, of a place until its past begins with it."""
    if everywhere:
        return len(cube.starts) - since_of(cube, starts_on) <= cube.periods_per_year
    return break_at(cube, starts_on) is None


def with_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Directions with q over these rows, and the words for the last months and for the last year."""
    told = rows.assign(q=benjamini_hochberg(rows["p"].to_numpy(float)))
    year = told[list(SLOW.values())].rename(columns={new: old for old, new in SLOW.items()})
    year = year.assign(q=benjamini_hochberg(year["p"].to_numpy(float)), up=year["up"].eq(True))
    return told.assign(direction=directions(told), year_direction=directions(year))


def _nothing() -> pd.DataFrame:
    numbers = pd.DataFrame(columns=["up", *NUMBERS, *SLOW.values()], dtype=float)
    return numbers.assign(up=pd.Series(dtype=bool), through=pd.Series(dtype=object))


def false_alarms(shown: pd.DataFrame) -> tuple[int, float]:
    """How many rows of a list of directions are flagged, and about how many of these may be false.

    One in ten of the strong words (the false discovery rate the list is held to), and 5% of the other rows that were
    tested, half of each side: the light words are held to no more.
    """
    flagged = int(shown["direction"].isin(FLAGS).sum())
    strong = int(shown["direction"].isin(STRONG).sum())
    tested = int((shown["direction"] != "not_enough_history").sum())
    return flagged, min(float(flagged), 0.10 * strong + 0.05 * (tested - strong))
