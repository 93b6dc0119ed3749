"""Places held against their own past: what was counted lately, what that past leads to expect, and how it scatters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pipelines.insight.signals.city import City, Panel, step_of
from pipelines.insight.signals.dispersion import ALLOWANCE, blocks_of
from pipelines.insight.signals.windows import LEAST_COLLECTED, Frame, choose_frames, frames, year_frame

Table = NDArray[np.float64]
Cities = dict[tuple[Frame, bool], City]


@dataclass(frozen=True)
class Window:
    """One recent window of every place: what was counted, what its past leads to expect, and how it scatters.

    length      periods of it that were collected
    part        the window's share of the exposure of window and baseline together
    scatter     variance over mean if nothing changed; at_seen, at the level that was counted
    """

    testable: NDArray[np.bool_]
    length: Table
    recent: Table
    share: Table
    mean: Table
    part: Table
    scatter: Table
    at_seen: Table

    def filled_with(self, other: "Window") -> "Window":
        """This window, or the other where this one cannot be tested."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return Window(*(np.where(self.testable, mine, theirs) for mine, theirs in pairs))


@dataclass(frozen=True)
class Held:
    """Some places held against their past, before anything is reckoned from it: everything here is by place.

    rows      where they stand among the places of their question
    windows   by length, shortest first
    baseline  what their past counted; share, its exposure
    """

    rows: NDArray[np.intp]
    frame: Frame
    step: int
    windows: dict[int, Window]
    baseline: Table
    share: Table


@dataclass(frozen=True)
class Question:
    """What `assess` or `assess_last_year` was asked of some places, held against their past.

    places  how many were asked about: those that no frame has past enough for are in none of `held`
    """

    places: int
    held: list[Held]


def hold(
    counts: ArrayLike, *, periods_per_year: int = 12, exposure: ArrayLike | None = None,
    rounding_variance: ArrayLike = 0.0, relative: bool = False, reference: ArrayLike | None = None,
    reference_rounding: ArrayLike = 0.0, last_year: bool = False, cities: Cities | None = None,
) -> Question:  # fmt: skip
    """Hold places against their past, for `answer` to tell of many questions together. As `assess`, or as
    `assess_last_year` where `last_year`.

    cities  what the city says, by frame and by whether it is of the last year, where more is asked of the same counts:
            each is made once, and kept here
    """
    cities = {} if cities is None else cities
    known = year_frame(periods_per_year) if last_year else frames(periods_per_year)
    panel = panel_of(counts, exposure, rounding_variance)
    others = panel
    if reference is not None:
        others = panel_of(reference, None if exposure is None else _shared(exposure), reference_rounding)
    chosen = choose_frames(panel.collected, known)
    held = []
    for number, frame in enumerate(known):
        mine = chosen == number
        if mine.any():
            if (frame, last_year) not in cities:
                cities[frame, last_year] = City(others, frame, periods_per_year, detrend=not last_year)
            city = cities[frame, last_year]
            held.append(_held(panel.rows(mine), city, np.flatnonzero(mine), relative, step_of(panel, others)))
    return Question(len(panel.counts), held)


def panel_of(counts: ArrayLike, exposure: ArrayLike | None, rounding_variance: ArrayLike) -> Panel:
    """Counts with what rounding added to each, 0 wherever a count was not collected. Arguments as `assess`."""
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    share = np.nan_to_num(np.broadcast_to(np.asarray(1.0 if exposure is None else exposure, dtype=float), table.shape))
    rounding = np.broadcast_to(np.asarray(rounding_variance, dtype=float), table.shape)
    collected = np.isfinite(table) & (share > 0)
    known, share, rounding = (np.where(collected, one, 0.0) for one in (table, share, rounding))
    return Panel(known, share, rounding, collected)


def _shared(exposure: ArrayLike) -> Table:
    """The exposure of the city by period, where each place has its own: their mean."""
    given = np.asarray(exposure, dtype=float)
    if given.ndim < 2:
        return given
    known = np.isfinite(given)
    return np.where(known, given, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _held(places: Panel, city: City, rows: NDArray[np.intp], relative: bool, step: int) -> Held:
    """The places that share a frame, held against their past."""
    frame = city.frame
    shares, noise = city.expects(places, relative=relative)
    told = np.isfinite(shares)
    places, shares = places.only(told), np.where(told, shares, 0.0)
    past, past_shares, rounding = (frame.past(one) for one in (places.counts, shares, places.rounding))
    baseline, baseline_share = past.sum(axis=1), past_shares.sum(axis=1)
    found = {}
    for window in frame.windows:
        ratio = city.usual[window].own_ratio(blocks_of(past, past_shares, rounding, window, city.expected, city.parameters))
        recent, share, rounded = (frame.recent(one, window).sum(axis=1) for one in (places.counts, shares, places.rounding))
        mean = np.divide(baseline * share, baseline_share, out=np.zeros_like(baseline), where=baseline_share > 0)
        part = np.divide(share, share + baseline_share, out=np.zeros_like(share), where=share > 0)
        likely = np.maximum(mean, (recent + baseline) * part)
        added = np.divide(rounded, likely, out=np.zeros_like(likely), where=likely > 0)
        scatter, at_seen = (
            np.maximum(1.0, ALLOWANCE * ratio * city.usual[window].at(level)) + level * noise[window] + added
            for level in (mean, np.maximum(mean, recent))
        )
        lengths = frame.recent(places.collected, window).sum(axis=1).astype(float)
        testable = (lengths >= LEAST_COLLECTED * window) & (share > 0) & (baseline_share > 0)
        found[window] = Window(testable, lengths, recent, share, mean, part, scatter, at_seen)
    return Held(rows, frame, step, found, baseline, baseline_share)
