"""What must always hold of released files, whoever attacks them: checked by looking, in counts only."""

from pathlib import Path

import pandas as pd

from pipelines.audit.feasible import Puzzle
from pipelines.audit.released import IDENTITY, Released
from pipelines.gate.release import RELEASED


def look(released: Released, puzzle: Puzzle) -> dict[str, int]:
    """How often each promise is broken: every figure must be 0.

    columns_not_listed     columns of any snapshot that are on no list of what may leave
    not_multiples          partnership values that are no multiple of their base, or have none
    frozen_and_changed     frozen cells not released the same ever after
    drawn_twice            cells whose unchanged count was released as two values
    public_and_rounded     measures called public that are rounded, or exact ones that are not public
    """
    sights = released.sights
    measures = [one for manifest in released.manifests for one in manifest["measures"]]
    return {
        "columns_not_listed": sum(_not_listed(tables) for tables in released.tables),
        "not_multiples": int(((sights["base"] < 3) | (sights["value"] % sights["base"].clip(lower=1) != 0)).sum()),
        "frozen_and_changed": _frozen_and_changed(sights),
        "drawn_twice": sum(len({draw for _, draw, _, _ in looks}) > 1 for looks in puzzle.looks),
        "public_and_rounded": sum(bool(one["public"]) != (int(one["base"]) == 1) for one in measures),
    }


def _not_listed(tables: dict[str, pd.DataFrame]) -> int:
    return sum(len(set(rows.columns) - set(RELEASED.get(name, []))) for name, rows in tables.items())


def _frozen_and_changed(sights: pd.DataFrame) -> int:
    """Frozen cells that some later snapshot released otherwise, or not at all."""
    frozen = sights[sights["frozen"]]
    first = frozen.groupby(IDENTITY)["snapshot"].min().rename("since").reset_index()
    after = sights.merge(first, on=IDENTITY)
    after = after[after["snapshot"] >= after["since"]]
    each = after.groupby(IDENTITY).agg(values=("value", "nunique"), shown=("snapshot", "nunique"), since=("since", "min"))
    snapshots = sights["snapshot"].max() + 1
    return int(((each["values"] > 1) | (each["shown"] < snapshots - each["since"])).sum()) if len(each) else 0


def bytes_of(file: Path) -> bytes:
    """A released file as it lies on the disk, with its manifest behind it."""
    return file.read_bytes() + file.with_suffix(".json").read_bytes()
