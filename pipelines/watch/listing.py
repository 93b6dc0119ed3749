"""The list itself: what stands out, the finest place and kind first where several are about the same records."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.intake.contract import load_vocabulary
from pipelines.intake.due import built_as_at, open_warehouse
from pipelines.settings import Settings
from pipelines.watch.unusual import judge
from pipelines.watch.weeks import ALL_TYPES, FOUND_AT, Weeks, read_weeks

MOST_LISTED = 20
SAME_RECORDS_SHARE = 0.75  # of what a coarser row has above its usual
LEVELS = {"beat": "beat", "place_of_concern": "place of concern"}
Facts = dict[Any, Any]  # of one row, by column
OTHER_KINDS = {ALL_TYPES: "All harm types together", FOUND_AT: "Missing children, by where found"}


@dataclass(frozen=True)
class Listed:
    """One place and kind of harm that stands out. Exact: for the private side only.

    weeks_of_history       weeks delivered before the last four
    last_four_weeks        records, a child adding at most the policy's cap
    usual_four_weeks       mean of four weeks of up to three years before
    one_day                whether all of them fell on one day: a single event?
    also                   coarser places and kinds that stand out for the same records
    """

    place_id: str
    place: str
    level: str
    kind: str
    harm: str
    harm_group: str | None
    weeks_of_history: int
    last_four_weeks: int
    last_week: int
    usual_four_weeks: float
    how_unusual: str
    one_day: bool
    proactive: str
    also: tuple[str, ...]


@dataclass(frozen=True)
class WatchList:
    """What stands out, worst first.

    ends_on, history  by what is watched (incidents, found_at): the last day of the newest week, weeks before the last four
    looked_at         how many places and kinds had enough to tell by
    left_out          how many stand out beside the twenty listed
    harm_groups       the codes a concern may be raised under
    """

    as_at: date
    ends_on: dict[str, date]
    history: dict[str, int]
    looked_at: int
    rows: list[Listed]
    left_out: int
    harm_groups: tuple[str, ...]

    def fortnight_starting(self, one: Listed) -> date:
        """The first day of the newest fortnight of what a row counts."""
        return self.ends_on[FOUND_AT if one.kind == FOUND_AT else "incidents"] - timedelta(days=13)


def watch(settings: Settings, *, as_at: date | None = None, least: int = 2) -> WatchList:
    """List the places and kinds of harm with unusual recent activity, from the private warehouse. Writes nothing.

    as_at  the day the weeks end on, or the last day delivered before it; as the warehouse knows them now, late reports
           and corrections among them. Default: the day the warehouse is made for
    least  records in the last four weeks that a listed row has at least

    Raises WarehouseError when there is no warehouse, or it is not what its boundaries and settings make.
    """
    with open_warehouse(settings, settings.warehouse.parent) as warehouse:
        weeks = read_weeks(warehouse, settings, as_at)
        made_for = built_as_at(warehouse)
    rows = weeks.rows
    kinds = rows["kind"].to_numpy(dtype=object)
    families = np.where(rows["kind"].isin(list(OTHER_KINDS)), kinds, "harm type")
    judged = judge(weeks.counts, kinds, families.astype(object), (rows["area_level"] == "beat").to_numpy())
    found = pd.concat([rows, judged], axis=1)
    standing = found[found["is_listed"]].sort_values(["p", "area_id", "kind"])
    also = _same_records(standing, weeks.shared)
    left_out = {coarse for mine in also.values() for coarse in mine}
    facts: dict[Any, Facts] = standing.to_dict("index")
    finest = [number for number, one in facts.items() if number not in left_out and one["recent_count"] >= least]
    labels = {code: term.label for code, term in load_vocabulary("harm_type", settings).items()} | OTHER_KINDS
    listed = [
        _listed(facts[number], [facts[coarse] for coarse in also.get(number, [])], weeks.groups, labels)
        for number in finest[:MOST_LISTED]
    ]
    return WatchList(
        as_at=as_at or made_for, ends_on=weeks.ends_on, history=_history(found, weeks),
        looked_at=int(found["q"].notna().sum()), rows=listed, left_out=len(finest) - len(listed),
        harm_groups=tuple(one.code for one in settings.policy.harm_groups),
    )  # fmt: skip


def _history(found: pd.DataFrame, weeks: Weeks) -> dict[str, int]:
    measures = found["kind"].where(found["kind"] == FOUND_AT, "incidents")
    most = found.groupby(measures)["past_weeks"].max()
    return {measure: int(most.get(measure, 0)) for measure in weeks.ends_on}


def _same_records(standing: pd.DataFrame, shared: pd.DataFrame) -> dict[int, list[int]]:
    """Rows left out because what they have above their usual is mostly a finer row's records, by that finer row: a place
    of concern is finer than its beat, and one harm type than all together."""
    levels, kinds = standing["area_level"] == "beat", standing["kind"] == ALL_TYPES
    width = dict(zip(standing.index, zip(levels, kinds, strict=True), strict=True))
    above = dict(zip(standing.index, standing["recent_count"] - standing["usual_count"], strict=True))
    within: dict[int, tuple[int, int]] = {}
    for fine, coarse, both in shared[["row", "other", "shared"]].itertuples(index=False):
        if fine not in width or coarse not in width or width[fine] == width[coarse]:
            continue
        is_finer = all(one <= other for one, other in zip(width[fine], width[coarse], strict=True))
        if is_finer and both >= SAME_RECORDS_SHARE * above[coarse]:
            within[coarse] = max(within.get(coarse, (0, 0)), (both, fine))
    told: dict[int, list[int]] = {}
    for number in (one for one in standing.index if one in within):
        finest = number
        while finest in within:
            finest = within[finest][1]
        told.setdefault(finest, []).append(number)
    return told


def _listed(one: Facts, also: list[Facts], groups: dict[str, str], labels: dict[str, str]) -> Listed:
    return Listed(
        place_id=one["area_id"], place=one["name"], level=LEVELS[one["area_level"]], kind=one["kind"],
        harm=_word(labels, one["kind"]), harm_group=groups.get(one["kind"]),
        weeks_of_history=int(one["past_weeks"]), last_four_weeks=int(one["recent_count"]),
        last_week=int(one["last_week_count"]), usual_four_weeks=round(float(one["usual_count"]), 1),
        how_unusual=_how_unusual(one["q"], one["is_new"]),
        one_day=one["records"] > 1 and one["dated"] == one["records"] and one["days"] == 1,
        proactive=_proactive(one["proactive"], one["known"], one["records"]) if one["kind"] != FOUND_AT else "not recorded",
        also=tuple(_called(coarse, one, labels) for coarse in also),
    )  # fmt: skip


def _called(coarse: Facts, fine: Facts, labels: dict[str, str]) -> str:
    """A coarser row beside the finer one, by what differs."""
    place = f"{coarse['name']} ({LEVELS[coarse['area_level']]})" if coarse["area_id"] != fine["area_id"] else ""
    kind = _word(labels, coarse["kind"]).lower() if coarse["kind"] != fine["kind"] else ""
    return ", ".join(filter(None, [place, kind]))


def _word(labels: dict[str, str], kind: str) -> str:
    return labels.get(kind, kind)


def _how_unusual(q: float, is_new: bool) -> str:
    if is_new:
        return "new here"
    return "very unusual" if q <= 0.01 else "unusual" if q <= 0.05 else "somewhat unusual"


def _proactive(proactive: int, known: int, records: int) -> str:
    """How much of it came from looking rather than being told, in words."""
    if known < 0.5 * records:
        return "mostly not recorded"
    words = ("hardly any proactive", "some proactive", "about half proactive", "mostly proactive", "nearly all proactive")
    return words[min(4, int(5 * proactive / known))]
