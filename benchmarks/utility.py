"""What rounding costs a reader: how far released counts are from the true ones, beside careless alternatives.

    python -m benchmarks.utility

Incidents of the demo town, all places and months with counts. `hidden` shows counts under 5 of one beat, harm group and
month as nothing, as tables with small counts left out are read; `fives` rounds each of these to the nearest 5. Both are
summed to the larger levels as a reader would.
"""

import tempfile
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from benchmarks.figures import write_figures
from benchmarks.scratch import own_key
from pipelines.demo import write_demo
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

# Level -> the columns that make one figure of it.
LEVELS = {
    "beat, harm group, month": ["beat", "harm_group", "period"],
    "beat, month": ["beat", "period"],
    "locality, harm group, month": ["locality", "harm_group", "period"],
    "locality, month": ["locality", "period"],
    "locality, year": ["locality", "year"],
    "city, year": ["year"],
}


def true_and_released(data_dir: Path) -> pd.DataFrame:
    """Every counted cell of incidents: beat, locality, harm_group, period, year, true count `x`, released `y`."""
    settings = Settings(data_dir)
    build(settings)
    name = publish(settings).id
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        warehouse.execute(f"ATTACH '{settings.snapshots / name}.duckdb' AS released (READ_ONLY)")
        return warehouse.execute(
            "SELECT beat_id AS beat, locality_id AS locality, cells.harm_group, cells.period, "
            "left(cells.period, 4) AS year, cells.x, counts.value AS y FROM cells "
            "JOIN released.counts AS counts USING (feed, measure, area_id, harm_group, period) "
            "JOIN base_areas USING (area_id) WHERE feed = 'incidents' AND cells.x IS NOT NULL ORDER BY ALL"
        ).df()


def errors(cells: pd.DataFrame) -> list[dict[str, Any]]:
    """Mean absolute error of each way of release at each level; `_share` is of the mean true count."""
    fine = cells.groupby(["beat", "locality", "harm_group", "period", "year"], as_index=False)[["x", "y"]].sum()
    fine["hidden"] = fine["x"].where(fine["x"] >= 5, 0)
    fine["fives"] = (5 * np.floor(fine["x"] / 5 + 0.5)).astype(int)
    found = []
    for level, columns in LEVELS.items():
        whole = fine.groupby(columns)[["x", "y", "hidden", "fives"]].sum()
        mean = float(whole["x"].mean())
        wrong = {way: float((whole[way] - whole["x"]).abs().mean()) for way in ("y", "hidden", "fives")}
        found.append({
            "level": level, "figures": len(whole), "mean_count": round(mean, 1),
            **{f"{way}_error": round(error, 2) for way, error in wrong.items()},
            **{f"{way}_error_share": round(error / mean, 4) for way, error in wrong.items()},
        })  # fmt: skip
    return found


def run(seeds: int = 3) -> dict[str, Any]:
    """The errors on the town of several seeds taken together; `met` when rounding never costs more than hiding does."""
    every = []
    for seed in range(1, seeds + 1):
        with own_key(), tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder) / "town", seed=seed, months=48)
            cells = true_and_released(Path(folder) / "town")
            every.append(cells.assign(beat=f"{seed}/" + cells["beat"], locality=f"{seed}/" + cells["locality"],
                                      year=f"{seed}/" + cells["year"]))  # fmt: skip
    levels = errors(pd.concat(every, ignore_index=True))
    return {"seeds": seeds, "levels": levels, "met": all(one["y_error"] <= one["hidden_error"] for one in levels)}


if __name__ == "__main__":
    figures = run()
    write_figures("utility", figures)
    if not figures["met"]:
        raise SystemExit("rounding costs more than hiding small counts does")
