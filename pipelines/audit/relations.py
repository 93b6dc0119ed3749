"""What an attacker knows holds between true counts: each relation a small function, so that a new table is one more.

A builder is given the attacked counts and what is publicly known, and yields (counts, coefficients, least, most):
least <= sum of coefficient * count <= most. A relation must hold for the true counts, not for the released ones.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Relation = tuple[NDArray[np.int64], NDArray[np.float64], float, float]


@dataclass(frozen=True)
class Believed:
    """What relations are made from.

    counts      grain: one row per true count (cell and version), numbered by its place: kind, feed, measure,
                area_level, area_id, harm_group, period, period_start
    sights      which of them each snapshot showed: snapshot, frozen, count_no
    harm_types  the harm types of each harm group, as policy lists them
    """

    counts: pd.DataFrame
    sights: pd.DataFrame
    harm_types: dict[str, tuple[str, ...]]

    def summaries(self, name: str) -> pd.DataFrame:
        """Every category of one summary, with `since`: the snapshot that first told it."""
        since = self.sights.groupby("count_no")["snapshot"].min()
        mine = self.counts[(self.counts["kind"] == "summary") & (self.counts["measure"] == name)]
        return mine.assign(since=since.reindex(mine.index))

    def told(self, name: str, of: list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
        """The categories of one summary that were told together, by what they are of."""
        yield from self.summaries(name).groupby([*of, "period_start", "since"])

    def counted(self, feed: str, measure: str, snapshot: int) -> pd.DataFrame:
        """The counts of one measure as a snapshot showed them."""
        shown = self.sights.loc[self.sights["snapshot"] == snapshot, "count_no"]
        mine = self.counts.loc[shown]
        return mine[(mine["kind"] == "count") & (mine["feed"] == feed) & (mine["measure"] == measure)]


def _sum_of(more: pd.DataFrame, less: pd.DataFrame, most: float = np.inf) -> Relation:
    """The first counts together are no fewer than the second, by at most `most`."""
    signs = np.concatenate([np.ones(len(more)), -np.ones(len(less))])
    return np.concatenate([more.index.to_numpy(), less.index.to_numpy()]).astype(np.int64), signs, 0.0, most


def _in_year(counts: pd.DataFrame, start: object) -> pd.DataFrame:
    """The counts of the year that begins on a day: a calendar year, or a school year."""
    return _in_months(counts, start, 12)


def _in_months(counts: pd.DataFrame, start: object, months: int) -> pd.DataFrame:
    begins = pd.to_datetime(counts["period_start"])
    first = pd.Timestamp(str(start))
    return counts[(begins >= first) & (begins < first + pd.DateOffset(months=months))]


def harm_types_make_groups(believed: Believed) -> Iterator[Relation]:
    """A year's events of the harm types of a group are no fewer than its cells, where a child counts once each."""
    for (start, since), year in believed.told("harm_types", []):
        cells = _in_year(believed.counted("incidents", "incidents", int(since)), start)
        for group, types in believed.harm_types.items():
            mine, counted = year[year["harm_group"].isin(types)], cells[cells["harm_group"] == group]
            if len(mine) and len(counted):
                yield _sum_of(mine, counted)


def age_bands_count_the_same_events(believed: Believed) -> Iterator[Relation]:
    """A year's events by age band are as many as those by the harm types that are mapped."""
    mapped = [one for types in believed.harm_types.values() for one in types]
    types = believed.summaries("harm_types")
    for (start, since), ages in believed.told("age_bands", []):
        same = types[(types["period_start"] == start) & (types["since"] == since) & types["harm_group"].isin(mapped)]
        if len(same):
            yield _sum_of(ages, same, 0.0)


def delays_count_the_same_events(believed: Believed) -> Iterator[Relation]:
    """A quarter's events by how late they were recorded are no fewer than its cells, where a child counts once each.

    Four quarters told together with their year are as many as its events by age band, or by the mapped harm types.
    """
    quarters = believed.summaries("reporting_delay")
    for (start, since), delays in believed.told("reporting_delay", []):
        cells = _in_months(believed.counted("incidents", "incidents", int(since)), start, 3)
        if len(cells):
            yield _sum_of(delays, cells)
    # That these two are as many is a relation of its own, so either will do.
    years = dict([*believed.told("harm_types", []), *believed.told("age_bands", [])])
    mapped = [one for types in believed.harm_types.values() for one in types]
    for (start, since), year in years.items():
        mine = _in_year(quarters[quarters["since"] == since], start)
        same = year[(year["measure"] == "age_bands") | year["harm_group"].isin(mapped)]
        if mine["period"].nunique() == 4 and len(same):
            yield _sum_of(mine, same, 0.0)


def phases_make_a_year(believed: Believed) -> Iterator[Relation]:
    """A school year's weapon-in-school reports by phase are exactly those of its terms."""
    for (start, since), phases in believed.told("school_phases", []):
        counted = _in_year(believed.counted("weapon_in_school_reports", "reports", int(since)), start)
        if len(counted):
            yield _sum_of(phases, counted, 0.0)


def children_and_their_episodes(believed: Believed) -> Iterator[Relation]:
    """In a quarter: different children <= children month by month <= episodes; a repeat is two or more.

    Each episode has one outcome of its return home interview, so those add up to the episodes of their locality. A child
    stands once in the whole city, so repeats are told of all localities together.
    """
    every: dict[tuple[object, object], list[pd.DataFrame]] = {}
    for key, episodes in believed.told("return_home_interviews", ["area_id"]):
        area, start, since = key
        months = _months_of_quarter(believed, start, since)
        mine = months[months["area_id"] == area]
        if len(mine) == 3:
            yield _sum_of(episodes, mine)
        every.setdefault((start, since), []).append(episodes)
    for key, bands in believed.told("repeat_episodes", []):
        start, since = key
        months = _months_of_quarter(believed, start, since)
        if len(months) == 3 * months["area_id"].nunique() > 0:
            yield _sum_of(months, bands)
        # A child's episodes may be in any locality, so those of every locality must be told.
        if len(every.get((start, since), ())) == months["area_id"].nunique():
            episodes = pd.concat(every[start, since])
            times = -bands["harm_group"].map({"one": 1.0, "two": 2.0, "three_or_more": 3.0}).to_numpy(float)
            both = np.concatenate([episodes.index.to_numpy(), bands.index.to_numpy()]).astype(np.int64)
            yield both, np.concatenate([np.ones(len(episodes)), times]), 0.0, np.inf


def _months_of_quarter(believed: Believed, start: object, since: object) -> pd.DataFrame:
    return _in_months(believed.counted("missing_episodes", "missing_from", int(str(since))), start, 3)


def areas_cut_anew_keep_their_sum(believed: Believed) -> Iterator[Relation]:
    """A frozen period shown on other base areas than before still counts the same records, beat by beat."""
    counts = believed.counts
    on_base = (counts["area_level"] == "base").to_numpy()[believed.sights["count_no"]]
    sights = believed.sights[believed.sights["frozen"] & on_base]
    of = ["feed", "measure", "harm_group", "period"]
    sights = sights.join(counts[[*of, "area_id"]], on="count_no")
    sights["beat"] = sights["area_id"].str.split("/", n=1).str[0].str.split("@", n=1).str[0]
    # Only a period whose cells are not the same in each snapshot can have been cut anew.
    shown = sights.groupby([*of, "snapshot"])["count_no"].agg(["size", "sum"]).groupby(level=of).nunique().max(axis=1)
    for name in shown[shown > 1].index:
        mine = sights[(sights[of] == list(name)).all(axis=1)]
        for _, beat in mine.groupby("beat"):
            cuts = [frozenset(one) for _, one in beat.groupby("snapshot")["count_no"]]
            for before, after in pairwise(cuts):
                if before != after:
                    yield _sum_of(counts.loc[sorted(before - after)], counts.loc[sorted(after - before)], 0.0)


Builder = Callable[[Believed], Iterable[Relation]]
RELATIONS: dict[str, Builder] = {
    "harm types make groups": harm_types_make_groups,
    "age bands count the same events": age_bands_count_the_same_events,
    "delays count the same events": delays_count_the_same_events,
    "phases make a year": phases_make_a_year,
    "children and their episodes": children_and_their_episodes,
    "areas cut anew keep their sum": areas_cut_anew_keep_their_sum,
}
