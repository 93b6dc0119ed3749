"""The pipeline against a town whose truth is known, on seeds nobody chose."""

import json
from pathlib import Path
from secrets import randbelow

import duckdb
import pandas as pd
import pytest

from benchmarks.planted import compare
from pipelines.demo import write_demo
from pipelines.intake.warehouse import build
from pipelines.settings import Settings


def test_larkhaven_is_counted_exactly_as_it_was_planted(larkhaven: Path) -> None:
    found = compare(larkhaven)
    assert found.cells_compared > 5_000
    assert found.differences == []


@pytest.mark.parametrize("draw", range(2))
def test_a_town_of_any_seed_is_counted_exactly_as_it_was_planted(tmp_path: Path, draw: int) -> None:
    seed = 1000 + randbelow(1_000_000)
    write_demo(tmp_path, seed=seed, months=14)
    build(Settings(tmp_path), keep_fates=True)
    found = compare(tmp_path)
    assert found.cells_compared > 500, f"seed {seed}"
    assert found.differences == [], f"seed {seed}"


def test_a_wrong_count_would_be_noticed(larkhaven: Path, tmp_path: Path) -> None:
    """The comparison can fail: move one record and it does."""
    (tmp_path / "truth").mkdir()
    (tmp_path / "warehouse").mkdir()
    for name in ("truth/planted.json", "warehouse/warehouse.duckdb"):
        (tmp_path / name).write_bytes((larkhaven / name).read_bytes())
    truth = pd.read_parquet(larkhaven / "truth" / "counts.parquet")
    truth.loc[truth.index[0], ["records", "children"]] += 1
    truth.to_parquet(tmp_path / "truth" / "counts.parquet")
    assert compare(tmp_path).differences != []


def test_the_planted_rises_and_falls_stand_out_of_the_private_counts(larkhaven: Path) -> None:
    """Together, because one place is noisy: rises at least 1.5 times their own usual months, falls at most 0.8 times."""
    planted = json.loads((larkhaven / "truth" / "planted.json").read_text())
    with duckdb.connect(str(larkhaven / "warehouse" / "warehouse.duckdb"), read_only=True) as warehouse:
        rising = [_before_and_then(warehouse, change) for change in planted["rising"]]
        falling = [_before_and_then(warehouse, change) for change in planted["falling"]]
    assert sum(then for _, then in rising) > 1.5 * sum(before for before, _ in rising)
    assert sum(then for _, then in falling) < 0.8 * sum(before for before, _ in falling)


def _before_and_then(warehouse: duckdb.DuckDBPyConnection, change: dict[str, object]) -> tuple[float, float]:
    """Mean monthly count of the planted place and harm group before the change, and since."""
    rows = warehouse.execute(
        "SELECT period, sum(x * weight) AS x FROM cells JOIN area_members ON base_area_id = cells.area_id "
        "WHERE area_members.area_level = ? AND area_members.area_id = ? AND harm_group = ? AND feed = 'incidents' "
        "AND period <= ? GROUP BY period ORDER BY period",
        [change["place_level"], change["place_id"], change["harm_group"], change["to_month"]],
    ).df()
    since = rows["period"] >= change["from_month"]
    return float(rows[~since]["x"].mean()), float(rows[since]["x"].mean())
