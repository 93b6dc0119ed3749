"""What a snapshot counts: areas over a span of time, and one area over time."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.insight.limits import usual_range
from pipelines.insight.opened import Opened
from pipelines.insight.sums import sum_cells, with_rates


class Counted(Opened):
    """An opened snapshot with its counts."""

    def map_counts(
        self, feed: str, measure: str, *, area_level: str, harm_groups: Sequence[str], periods: Sequence[str]
    ) -> pd.DataFrame:
        """Counts over a span of periods of any grains, for every area of a level in force now; none is counted twice.

        grain: one row per area: area_id, name, residents_10_17, about, low, high (the likely range; one cell's
        certain bounds), single_cell, cells, periods_collected (of the counted periods asked for), estimated (some
        came by crosswalk), withheld_because (null unless no period has counts), per_1000, per_1000_low,
        per_1000_high (over the whole span, of residents aged 10-17; beats and above only, else null).
        Where numbers are said to the nearest: area_id, name, about (rounded; null where too small to say), under
        (it is less than this; else null), withheld_because, estimated, per_1000 (from the rounded number).

        Raises KeyError for a measure this snapshot does not have, ValueError for a level the measure is not shown at.
        """
        kind = self._allowed(feed, measure, area_level)
        areas = self.areas(area_level)
        sums = self._counted(kind, area_level, list(areas["area_id"]), harm_groups, self._parts(kind, periods))
        rated = with_rates(areas[["area_id", "name", "residents_10_17"]].merge(sums, on="area_id"), area_level)
        return self._rights.only_columns(rated, "map_counts")

    def series(
        self, feed: str, measure: str, *, area_level: str, area_id: str, harm_groups: Sequence[str], grain: str | None = None
    ) -> pd.DataFrame:
        """One area's counts over time, oldest first, by the finest grain for this audience unless another is named.

        grain: one row per period: period, period_start, label, about, low, high, single_cell, state,
        withheld_because, estimated; or about and under as map_counts says. Raises as map_counts does.
        """
        kind = self._allowed(feed, measure, area_level)
        if area_id not in set(self.areas(area_level)["area_id"]):
            raise self._rights.refusal("this area")
        periods = self._periods(kind, grain)
        made_of = zip(periods["period"], periods["parts"], strict=True)
        period_of = {part: period for period, parts in made_of for part in parts}
        cells = self._cells(kind, area_level, [area_id], harm_groups, list(period_of))
        sums = sum_cells(cells, cells["period"].map(period_of), list(periods["period"]), kind.base)
        return self._rights.only_columns(periods.merge(sums.rename(columns={"key": "period"}), on="period"), "series")

    def series_by_area(
        self, feed: str, measure: str, *, area_level: str, harm_groups: Sequence[str], grain: str | None = None
    ) -> pd.DataFrame:
        """The series of every area of a level in one question, areas in their order: the same figures as `series`.

        grain: one row per area and period: area_id, then as `series`. Raises as `series` does.
        """
        kind = self._allowed(feed, measure, area_level)
        areas, periods = list(self.areas(area_level)["area_id"]), self._periods(kind, grain)
        made_of = zip(periods["period"], periods["parts"], strict=True)
        period_of = {part: period for period, parts in made_of for part in parts}
        cells = self._cells(kind, area_level, areas, harm_groups, list(period_of))
        # An id holds no blank, so no two areas and periods make the same key.
        keys = [f"{area} {period}" for area in areas for period in periods["period"]]
        sums = sum_cells(cells, cells["area_id"] + " " + cells["period"].map(period_of), keys, kind.base)
        every = pd.concat([periods] * len(areas), ignore_index=True) if areas else periods.iloc[:0]
        told = self._rights.only_columns(pd.concat([every, sums.drop(columns="key")], axis=1), "series")
        return told.assign(area_id=np.repeat(np.array(areas, dtype=object), len(periods)))[["area_id", *told]]

    def usual_range(
        self, feed: str, measure: str, *, area_level: str, area_id: str, harm_groups: Sequence[str], grain: str | None = None
    ) -> pd.DataFrame:
        """What each figure of a series would be if it went on as before: from the series itself, as this audience has it.

        grain: one row per period, oldest first: period, low, high (null before there are eight figures)
        """
        told = self.series(feed, measure, area_level=area_level, area_id=area_id, harm_groups=harm_groups, grain=grain)
        low, high = usual_range(told["about"].to_numpy(float, na_value=float("nan")))
        return pd.DataFrame({"period": told["period"], "low": low, "high": high})
