"""The places given, and what they say together: season, trend, usual scatter, how the rest of the city went."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.insight.signals.dispersion import PRIOR_DISPERSION, blocks_of, fit_line
from pipelines.insight.signals.season import Season, fit_season
from pipelines.insight.signals.windows import Frame

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Panel:
    """Counts, exposure and rounding variance of some places, all 0 where a count was not collected: it is no zero."""

    counts: Table
    exposure: Table
    rounding: Table
    collected: NDArray[np.bool_]

    def only(self, periods: NDArray[np.bool_]) -> "Panel":
        """As if nothing else had been collected."""
        counts, exposure, rounding = (np.where(periods, one, 0.0) for one in (self.counts, self.exposure, self.rounding))
        return Panel(counts, exposure, rounding, self.collected & periods)

    def rows(self, which: NDArray[np.bool_]) -> "Panel":
        """Some of the places."""
        return Panel(self.counts[which], self.exposure[which], self.rounding[which], self.collected[which])


def step_of(*panels: Panel) -> int:
    """What the rounded counts of some panels are multiples of; 1 where the first is exact, or for weighted sums."""
    counts = np.concatenate([one.counts.ravel() for one in panels])
    if not panels[0].rounding.any() or (counts % 1).any():
        return 1
    return max(1, int(np.gcd.reduce(counts.astype(np.int64))))


def _rates(counts: Table, exposure: Table) -> Table:
    """Each place's count for each unit of exposure; 0 where there was none."""
    total = exposure.sum(axis=1)
    return np.divide(counts.sum(axis=1), total, out=np.zeros(len(counts)), where=total > 0)


class City:
    """What all reference places together say of one frame: season, trend, usual scatter, and how the rest went.

    The places that are judged are part of it, whether or not they are rows of it.
    """

    def __init__(self, places: Panel, frame: Frame, periods_per_year: int, *, detrend: bool) -> None:
        self.places, self.frame = places, frame
        counts, exposure = frame.past(places.counts), frame.past(places.exposure)
        # Where some places are blank in a period, the exposure falls by as much as they usually count.
        self.season: Season = fit_season(
            counts.sum(axis=0), _rates(counts, exposure) @ exposure, periods_per_year, detrend=detrend
        )
        self.parameters = round(self.season.shrunk * (periods_per_year - 1))
        self.shares = places.exposure * self._wave(places)
        past = frame.past(self.shares)
        self.expected = _rates(counts, past) @ past
        self.is_short = frame.past(places.collected).any(axis=0).sum() < 2 * periods_per_year
        self.usual = {
            one: fit_line(blocks_of(counts, past, frame.past(places.rounding), one, self.expected, self.parameters))
            for one in frame.windows
        }

    def _wave(self, places: Panel) -> Table:
        return self.season.of(places.counts.shape[1], guard=self.frame.guard)

    def expects(self, places: Panel, *, relative: bool) -> tuple[Table, dict[int, Table]]:
        """Exposure of each place times what the city leads to expect, and by window the variance of its logarithm.

        By season and trend, or period by period by how the rest of the city went: where that is asked, or where
        the city's own past is too short to tell a season; NaN in a period in which the rest was not collected.
        """
        if (relative or self.is_short) and len(self.places.counts) > 1:
            return self._rest(places)
        frame = self.frame
        baseline = frame.past(self.places.counts).shape[1]
        unsure = {one: self.season.uncertainty(one, guard=frame.guard, baseline=baseline) for one in frame.windows}
        every = np.ones(len(places.counts))
        return places.exposure * self._wave(places), {window: one * every for window, one in unsure.items()}

    def _rest(self, places: Panel) -> tuple[Table, dict[int, Table]]:
        frame, city = self.frame, self.places
        due = _rates(frame.past(city.counts), frame.past(city.exposure)) @ city.exposure
        own = _rates(frame.past(places.counts), frame.past(places.exposure))[:, None] * places.exposure
        counted = np.maximum(city.counts.sum(axis=0) - places.counts, 0.0)
        due_of_rest = due - own
        told = due_of_rest > 1e-9
        index = np.divide(counted, due_of_rest, out=np.full_like(counted, np.nan), where=told)
        past = np.maximum(frame.past(counted).sum(axis=1), 1)
        noise = {
            window: PRIOR_DISPERSION * (1 / np.maximum(frame.recent(counted, window).sum(axis=1), 1) + 1 / past)
            for window in frame.windows
        }
        # A rest that never counted anything tells nothing: the place is held against its own past alone.
        silent = ~told.any(axis=1)
        index[silent] = 1.0
        return places.exposure * index, {window: one * ~silent for window, one in noise.items()}
