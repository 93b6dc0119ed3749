"""Changes in recording: which places one touches, and what it does to what is expected of them."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.insight.cubes import Cube, Members
from pipelines.insight.signals import steps_at
from pipelines.insight.signals.windows import WINDOWS

MOSTLY = 0.5  # an area is touched when this much of what it counts lies in the place of the event


def since_of(cube: Cube, starts_on: date) -> int:
    """The number of the first period of a cube that begins with or after an event; its length when none does yet.

    An event within a month counts from that month on.
    """
    month = starts_on.replace(day=1)
    return next((number for number, start in enumerate(cube.starts) if start >= month), len(cube.starts))


def without_city_steps(cube: Cube, groups: tuple[str, ...], events: pd.DataFrame) -> NDArray[np.float64]:
    """Exposure of every period, with the step the whole city made at each city-wide change in recording taken out."""
    exposure = cube.exposure_of(groups).copy()
    cells = cube.values[:, [cube.groups.index(one) for one in groups]]
    totals = np.where(np.isfinite(cells).any(axis=(0, 1)), np.nansum(cells, axis=(0, 1)), np.nan)
    begun = events.loc[events["area_level"] == "city", "starts_on"]
    moments = sorted({since_of(cube, pd.Timestamp(one).date()) for one in begun})
    for since, factor in zip(moments, steps_at(totals, exposure, moments, cube.periods_per_year), strict=True):
        exposure[since:] *= factor
    return exposure


def touched(cube: Cube, members: Members, of_event: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which areas lie mostly in the place of an event, by what they count.

    of_event  [base areas]: the share of each that lies in the event's place
    """
    own = members.weights @ cube.levels
    within = members.weights @ (cube.levels * of_event)
    return np.asarray(np.divide(within, own, out=np.zeros(len(own)), where=own > 0) >= MOSTLY)


def break_at(cube: Cube, starts_on: date) -> int | None:
    """The period a place's baseline starts with after a change in its recording; null while that is too recent.

    Until a year and the longest window have passed there is no past to speak of since: the place is then held
    against all of its past, and the screen says that recording changed.
    """
    since = since_of(cube, starts_on)
    enough = cube.periods_per_year + max(WINDOWS[cube.periods_per_year])
    return since if len(cube.starts) - since >= enough else None
