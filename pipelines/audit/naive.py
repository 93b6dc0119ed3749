"""The careless release: the same attacker's tools on counts published with the small ones hidden and exact totals.

It shows that the attacker can bite, and what the town would have given away by the usual rule "hide what is under 5".
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.audit.bounds import Rows, Whole, reach

HIDDEN_UNDER = 5


@dataclass(frozen=True)
class Broken:
    """What the attacker made of a careless release.

    small      counts of 1 to 4, all hidden
    recovered  those worked out exactly, and rightly
    """

    small: int
    recovered: int

    @property
    def share(self) -> float:
        """The share of small counts worked out exactly (0-1)."""
        return self.recovered / self.small if self.small else 0.0


def attack_careless(truth: pd.DataFrame, feed: str = "incidents") -> Broken:
    """Publish one feed's cells by the usual rule, with exact totals, and work the hidden ones out.

    Cells of 1 to 4 are hidden; every other cell, and the totals of each beat, each locality and the city, for each
    harm group and for all together, are told exactly, month by month.

    truth  as private_counts gives it
    """
    cells = truth[(truth["feed"] == feed) & truth["x"].notna()].reset_index(drop=True)
    x = cells["x"].to_numpy(np.int64)
    hidden = (x > 0) & (x < HIDDEN_UNDER)
    size = int(hidden.sum())
    reached = reach(np.ones(size, np.int64), np.full(size, HIDDEN_UNDER - 1), _totals(cells, x, hidden))
    found = (reached.low == reached.high) & (reached.low == x[hidden])
    return Broken(size, int(found.sum()))


def _totals(cells: pd.DataFrame, x: Whole, hidden: np.ndarray) -> Rows:
    """One row for each published total: what is hidden of it is the rest of it."""
    number = np.cumsum(hidden) - 1
    together = pd.Series("all", index=cells.index)
    relations = []
    for area in (cells["area_id"], cells["beat_id"], cells["locality_id"], cells["measure"]):
        for group in (cells["harm_group"], together):
            for at in cells.groupby([cells["measure"], area, group, cells["period"]]).indices.values():
                at = np.asarray(at)
                own = at[hidden[at]]
                # A total of one cell is that cell, and is hidden with it.
                if len(own) and len(at) > 1:
                    left = float(x[own].sum())
                    relations.append((number[own], np.ones(len(own)), left, left))
    return Rows.of(relations)
