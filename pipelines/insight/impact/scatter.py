"""How far a count strays from what the places compared with lead to expect, when nothing was done."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.insight.signals.dispersion import ALLOWANCE, Blocks, Line, blocks_of, fit_line

Table = NDArray[np.float64]

# The placebos' own spread counts against this many that spread as the interval claims.
PRIOR_PLACEBOS = 24.0
# One wild month, or one wild placebo, is no more evidence than this.
MOST_OWN = 5.0


@dataclass(frozen=True)
class Side:
    """Counts of some areas before and after, and what is known of how each should scatter. One entry per area.

    past          [areas, periods before]; rounding_past, what rounding added to the variance of each
    rounded       what rounding added to the variance of the count before, and after: two arrays
    concentrated  sum of squared shares of its places in its count: 1 for a single place. Places drift each for itself,
                  so the drift of an area is that much smaller than of one place of its size
    """

    past: Table
    rounding_past: Table
    before: Table
    after: Table
    rounded: tuple[Table, Table]
    concentrated: Table


def side_of(
    before: Table, after: Table, rounding_before: Table, rounding_after: Table, areas: list[NDArray[np.int64]]
) -> Side:
    """Sums over the places of each area. before, after  [places, periods], and what rounding added to the variance."""
    rows = [(before[one], after[one], rounding_before[one], rounding_after[one]) for one in areas]
    past = np.array([part[0].sum(axis=0) for part in rows])
    rounding_past = np.array([part[2].sum(axis=0) for part in rows])
    shares = [part[0].sum(axis=1) for part in rows]
    concentrated = [float((one**2).sum() / one.sum() ** 2) if one.sum() > 0 else 1 / len(one) for one in shares]
    rounded = rounding_past.sum(axis=1), np.array([part[3].sum() for part in rows])
    counted = np.array([part[1].sum() for part in rows])
    return Side(past, rounding_past, past.sum(axis=1), counted, rounded, np.array(concentrated))


@dataclass(frozen=True)
class Scatter:
    """The usual dispersion of a place's count after, given before and the comparison, and of its single periods.

    line       of counts as long as the time after, over places and over the placebos
    single     of single periods: it tells which places scatter more than others, since there are many of them
    inflation  by how much the placebos spread more than the line says; 1 or more
    """

    line: Line
    single: Line
    inflation: float

    def own_ratio(self, areas: Side, reference: Table) -> Table:
        """Each area's own scatter over the usual one of its size, shrunk towards 1.

        reference  [areas, periods] or [periods]: counts of what each is compared with
        """
        shares = np.broadcast_to(reference, areas.past.shape)
        blocks = blocks_of(areas.past, shares, areas.rounding_past, 1, np.ones(areas.past.shape[1]), 0)
        # An area of several places is put on the line of single places by what its drift is smaller.
        usual = Line(self.single.a, self.single.b)
        due = usual.at(blocks.mean * areas.concentrated[:, None])
        x = np.clip(blocks.x / due, -MOST_OWN, MOST_OWN) * usual.at(blocks.mean)
        return usual.own_ratio(Blocks(x, blocks.mean, blocks.usable))

    def of(self, areas: Side, ratio: Table, total: Table, share: Table) -> Table:
        """Variance over mean of the count after, when `share` of `total` is expected of it; rounding is added back."""
        mean = total * share
        usual = np.maximum(1.0, ALLOWANCE * self.inflation * ratio * self.line.at(mean * areas.concentrated))
        before, after = areas.rounded
        spread = np.maximum(mean * (1.0 - share), 1e-9)
        return np.asarray(usual + ((1.0 - share) ** 2 * after + share**2 * before) / spread)


def share_after(before: Table, after: Table) -> Table:
    """Which share of both together the comparison puts after."""
    total = before + after
    return np.divide(after, total, out=np.zeros_like(total), where=total > 0)


def scatter_before(controls: Side, rest: Table, length: int) -> Scatter:
    """The usual scatter of the places compared with in blocks of the past, each against all the others.

    Generalised Pearson (see `signals.dispersion`). The residuals hold the ups and downs of the comparison too.

    rest    [places, periods before]: counts of all the others
    length  periods after; blocks are as long, up to a third of the past
    """
    return Scatter(fit_line(_blocks(controls, rest, length)), fit_line(_blocks(controls, rest, 1)), 1.0)


def _blocks(controls: Side, rest: Table, length: int) -> Blocks:
    periods = controls.past.shape[1]
    return blocks_of(controls.past, rest, controls.rounding_past, max(1, min(length, periods // 3)), np.ones(periods), 0)


def scatter_of(controls: Side, rest: Table, rest_after: Table, length: int) -> Scatter:
    """The usual scatter of the places compared with: of blocks of the past, and from before to after.

    As `scatter_before`; each place is then a placebo (Abadie, Diamond and Hainmueller, 2010):
    x = (T1 - N s)^2 / (N s (1 - s)), with N = T0 + T1 and s its share after by the others. They join the residuals,
    and where they still spread more than the line says the dispersion is inflated by
    max(1, (24 + sum x / line) / (24 + places)): drift between places that shows only over years counts.

    rest, rest_after  [places, periods before], [places]: counts of all the others
    length            periods after; blocks are as long, up to a third of the past
    """
    blocks = _blocks(controls, rest, length)
    share, total = share_after(rest.sum(axis=1), rest_after), controls.before + controls.after
    mean = total * share
    usable = (mean > 0) & (share < 1)
    variance = np.where(usable, mean * (1 - share), 1.0)
    rounded = (1 - share) ** 2 * controls.rounded[1] + share**2 * controls.rounded[0]
    x = np.where(usable, ((controls.after - mean) ** 2 - rounded) / variance, 0.0)
    pairs = (blocks.x, x), (blocks.mean, mean), (blocks.usable, usable)
    line = fit_line(Blocks(*(np.column_stack(pair) for pair in pairs)))
    spread = np.clip(x / line.at(mean), -MOST_OWN, MOST_OWN)[usable]
    inflation = max(1.0, (PRIOR_PLACEBOS + float(spread.sum())) / (PRIOR_PLACEBOS + len(spread)))
    return Scatter(line, fit_line(_blocks(controls, rest, 1)), inflation)
