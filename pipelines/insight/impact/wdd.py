"""The weighted displacement difference: a second, optimistic look that analysts know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

Z = float(ndtri(0.975))
Pair = Sequence[float]  # incidents before and after


@dataclass(frozen=True)
class Difference:
    """Incidents more (fewer: below 0) than the controls had, with its standard error, z and 95% interval.

    In harm where it was weighted by harm, in incidents per unit of area where weighted by area.
    """

    difference: float
    standard_error: float
    z: float
    low: float
    high: float


def wdd(
    treated: Pair, control: Pair, displacement: Pair | None = None, displacement_control: Pair | None = None, *,
    areas: Sequence[float] | None = None, lengths: tuple[float, float] = (1.0, 1.0),
) -> Difference:  # fmt: skip
    """WDD = (T1 - T0) - (C1 - C0) + (D1 - D0) - (Dc1 - Dc0); its variance is the sum of the eight counts.

    Wheeler and Ratcliffe (2018), Crime Science 7:11. The counts are taken for Poisson and the change for additive, so
    counts that scatter more make it optimistic: it is shown beside the estimate, never in its place. Weighted by area
    (Wheeler's `ptools`, `area_weights` and `time_weights`), every count is divided by the size of its area and the length
    of its time, and counts in the variance by the square of it.

    treated, control, displacement, displacement_control  incidents before and after; the last two together or not at all
    areas    sizes of the same areas in the same order, in any one unit
    lengths  of the time before and the time after

    Raises ValueError for a displacement area without its control, or sizes that do not fit or are not above 0.
    """
    if (displacement is None) != (displacement_control is None):
        raise ValueError("give the displacement area and its control together, or neither")
    pairs = [one for one in (treated, control, displacement, displacement_control) if one is not None]
    sizes = np.ones(len(pairs)) if areas is None else np.asarray(areas, dtype=float)
    if len(sizes) != len(pairs) or min(*sizes, *lengths) <= 0:
        raise ValueError("sizes and lengths are above 0, and there is a size for each area")
    weight = 1 / np.outer(sizes, lengths)
    counts, sign = np.asarray(pairs, dtype=float), np.array([1.0, -1.0, 1.0, -1.0])[: len(pairs)]
    changes = sign @ (counts * weight) @ [-1.0, 1.0]
    return _difference(float(changes), float((counts * weight**2).sum()))


def wdd_harm(differences: Iterable[Difference], weights: Iterable[float]) -> Difference:
    """The differences of several harm groups as one, in harm: sum of w WDD, variance sum of w^2 SE^2.

    Wheeler (2020), "Amending the WDD test to incorporate harm weights": counts are never multiplied before the test, since
    ten incidents of weight ten vary more than twenty-five of weight four.

    Raises ValueError unless there is a weight for each.
    """
    pairs = list(zip(differences, weights, strict=True))
    total = sum(weight * one.difference for one, weight in pairs)
    return _difference(total, sum((weight * one.standard_error) ** 2 for one, weight in pairs))


def _difference(difference: float, variance: float) -> Difference:
    error = float(np.sqrt(variance))
    z = difference / error if error > 0 else float("nan")
    return Difference(difference, error, z, difference - Z * error, difference + Z * error)
