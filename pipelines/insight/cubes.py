"""Released counts of one measure as arrays: base areas by harm groups by periods, with what rounding added to each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import poisson

from pipelines.insight.completeness import LEAST_COMPLETE, of_the_city, share_in_by

Ask = Callable[..., pd.DataFrame]
Array = NDArray[np.float64]

ALL = "all"
MOST_GUESSED = 0.1
WHOLE = 0.999


@dataclass(frozen=True)
class Cube:
    """One measure by base area, up to its newest period collected whole.

    values    [base areas, groups, periods]; NaN where a base area has no count in a period
    rounding  [base areas, groups]: what rounding adds to the variance of one cell
    unplaced  [groups, periods]: records that have no place, and so are in no base area: those thought to be this city's
    share_in  [periods]: what of the final count is in by now, estimated; days open for school terms
    """

    feed: str
    measure: str
    base_areas: list[str]
    groups: tuple[str, ...]
    periods: list[str]
    starts: list[date]
    values: Array
    rounding: Array
    unplaced: Array
    share_in: Array
    periods_per_year: int

    @property
    def choices(self) -> list[tuple[str, ...]]:
        """The groups directions are told for: each alone and all together, or all together only.

        The states of a weapon-in-school report are no kinds of harm: a report moves from one to the next.
        """
        if len(self.groups) == 1 or self.periods_per_year == 3:
            return [self.groups]
        return [*((one,) for one in self.groups), self.groups]

    def of_areas(self, members: Members, groups: tuple[str, ...]) -> tuple[Array, Array]:
        """Counts and rounding variance of areas: [areas, periods], NaN where an area has no count of its own.

        Where more than a tenth of what an area counts comes by crosswalk from other boundaries, its shape is new and
        what it would have counted before is a guess: no past to hold it against.
        """
        chosen = [self.groups.index(one) for one in groups]
        cells = self.values[:, chosen].sum(axis=1)
        known = np.isfinite(cells)
        counts = members.weights @ np.where(known, cells, 0.0)
        noise = members.weights**2 @ (self.rounding[:, chosen].sum(axis=1)[:, None] * known)
        usual = self.levels[:, None] * known
        guess, every = (members.weights * members.guessed) @ usual, members.weights @ usual
        own = (guess <= MOST_GUESSED * every) & ((members.weights > 0).astype(float) @ known > 0)
        return np.where(own, counts, np.nan), np.where(own, noise, 0.0)

    def exposure_of(self, groups: tuple[str, ...]) -> Array:
        """[periods]: how much of what was recorded of these groups the counts hold; NaN where too little is in.

        By group, because what is recorded without a place differs by kind: a month in which fewer vehicle crimes have a
        place is no month of fewer vehicle crimes.
        """
        if self.periods_per_year == 3:
            return self.share_in
        chosen = [self.groups.index(one) for one in groups]
        placed = np.nansum(self.values[:, chosen], axis=(0, 1))
        every = placed + self.unplaced[chosen].sum(axis=0)
        located = np.divide(placed, every, out=np.ones(len(every)), where=every > 0)
        share = np.where(np.isfinite(self.values).any(axis=(0, 1)), located * self.share_in, np.nan)
        usual = np.nanmedian(share) if np.isfinite(share).any() else 1.0
        return np.where(share >= LEAST_COMPLETE * usual, share, np.nan)

    @property
    def levels(self) -> Array:
        """[base areas]: what each usually counts a period, all groups together; a little more than nothing."""
        known = np.isfinite(self.values).any(axis=1).sum(axis=1)
        return np.asarray((np.nansum(self.values, axis=(1, 2)) + 0.5) / np.maximum(known, 1))


@dataclass(frozen=True)
class Members:
    """The areas of one level and what each base area counts towards them.

    weights    [areas, base areas]: a share from 0 to 1
    guessed    [areas, base areas]: whether that share, less than all, comes by crosswalk from other boundaries
    """

    areas: list[str]
    weights: Array
    guessed: NDArray[np.bool_]

    def chosen(self, area_ids: Sequence[str]) -> Members:
        """Some of the areas, in the order asked for."""
        at = [self.areas.index(one) for one in area_ids]
        return Members([self.areas[one] for one in at], self.weights[at], self.guessed[at])

    def together(self, area_ids: list[str]) -> Members:
        """Some of the areas as one, first, and then the areas that are none of them: a base area in two counts once.

        What lies whole in the areas together is no guess, though it is shared out among them.
        """
        mine = np.array([area in area_ids for area in self.areas])
        weights = np.minimum(self.weights[mine].sum(axis=0, keepdims=True), 1.0)
        guessed = self.guessed[mine].any(axis=0, keepdims=True) & (weights < WHOLE)
        others = [area for area, one in zip(self.areas, mine, strict=True) if not one]
        return Members(
            ["together", *others], np.vstack([weights, self.weights[~mine]]), np.vstack([guessed, self.guessed[~mine]])
        )


def read_members(ask: Ask, cube: Cube, level: str) -> Members:
    """The areas of one level in force now that a cube has base areas of."""
    found = ask("members_of_level", area_level=level)
    areas = sorted(found["area_id"].unique())
    weights = np.zeros((len(areas), len(cube.base_areas)))
    guessed = np.zeros(weights.shape, dtype=bool)
    row = pd.Index(areas, dtype=object).get_indexer(pd.Index(found["area_id"]))
    column = pd.Index(cube.base_areas, dtype=object).get_indexer(pd.Index(found["base_area_id"]))
    known = column >= 0
    weights[row[known], column[known]] = found["weight"].to_numpy(float)[known]
    # What lies in one area whole by the new boundaries as well is no guess.
    in_part = found["estimated"].to_numpy(bool) & (found["weight"].to_numpy(float) < WHOLE)
    guessed[row[known], column[known]] = in_part[known]
    some = np.flatnonzero(weights.any(axis=1))
    return Members([areas[number] for number in some], weights[some], guessed[some])


def name_of(groups: tuple[str, ...]) -> str:
    """How directions name a choice of groups: by the group's code, or `all`."""
    return groups[0] if len(groups) == 1 else ALL


def read_cube(ask: Ask, one: dict[str, Any], as_at: date) -> Cube | None:
    """The cube of one measure of the manifest; null when no period of it is collected whole yet."""
    feed, measure = one["feed"], one["measure"]
    periods = ask("periods_of_measure", feed=feed, measure=measure)
    whole = periods.index[periods["state"] == "collected"]
    if not len(whole):
        return None
    periods = periods.loc[: whole[-1]].reset_index(drop=True)
    cells = ask("cells_of_measure", feed=feed, measure=measure)
    groups = tuple(group["code"] for group in one["harm_groups"])
    base_areas = sorted(cells["area_id"].unique())
    values = _array(cells, base_areas, groups, list(periods["period"]))
    values[:, :, (periods["state"] != "collected").to_numpy()] = np.nan
    starts = [pd.Timestamp(start).date() for start in periods["period_start"]]
    tallies = ask("unplaced_of_measure", feed=feed, measure=measure)
    unplaced, elsewhere = (_by_group(tallies, name, groups, list(periods["period"])) for name in ("value", "elsewhere"))
    share_in = share_in_by(ask("reporting_delay", feed=feed), starts, as_at)
    if periods["open_days"].notna().any():
        share_in = periods["open_days"].to_numpy(float, na_value=np.nan)
    return Cube(
        feed, measure, base_areas, groups, list(periods["period"]), starts, values,
        rounding_variance(values, int(one["base"])), of_the_city(unplaced, np.nansum(values, axis=0), elsewhere), share_in,
        {"month": 12, "term": 3}[one["grain"]],
    )  # fmt: skip


def _by_group(tallies: pd.DataFrame, name: str, groups: tuple[str, ...], periods: list[str]) -> Array:
    """[groups, periods]: 0 where nothing is said."""
    wide = tallies.pivot(index="harm_group", columns="period", values=name)
    return np.asarray(wide.reindex(index=list(groups), columns=periods).fillna(0), dtype=float)


def _array(cells: pd.DataFrame, base_areas: list[str], groups: tuple[str, ...], periods: list[str]) -> Array:
    found = np.full((len(base_areas), len(groups), len(periods)), np.nan)
    places = [pd.Index(names, dtype=object).get_indexer(pd.Index(cells[column])) for names, column in
              ((base_areas, "area_id"), (list(groups), "harm_group"), (periods, "period"))]  # fmt: skip
    inside = np.all([one >= 0 for one in places], axis=0)
    found[tuple(one[inside] for one in places)] = cells["value"].to_numpy(float, na_value=np.nan)[inside]
    return found


def rounding_variance(values: Array, base: int) -> Array:
    """What keyed random rounding adds to the variance of each base area's cells: r (base - r) for x with remainder r,
    averaged over Poisson counts around the cells' own mean. 0 where counts are public and exact.

    values   [base areas, groups, periods]; returns [base areas, groups]
    """
    known = np.isfinite(values)
    mean = np.where(known, values, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    if base == 1:
        return np.zeros_like(mean)
    grid = np.concatenate([np.linspace(0, 40, 401), [1e6]])
    counts = np.arange(120)
    added = poisson.pmf(counts[None, :], grid[:-1, None]) @ ((counts % base) * (base - counts % base))
    return np.asarray(np.interp(mean, grid, np.append(added, (base**2 - 1) / 6)))
