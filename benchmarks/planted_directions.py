"""Towns of many seeds through the whole pipeline: are planted rises found, steady places left alone, interventions judged?

    python -m benchmarks.planted_directions --seeds 24

Judged as a reader would: the list of a level's areas by harm group, as the read API tells it. `steady` are areas whose
expected records, known from the truth, are within a tenth of those of the same months of the three years before; flags
there are false.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.figures import write_figures
from benchmarks.scratch import own_key
from pipelines.demo import write_demo
from pipelines.insight.impact import CANNOT_TELL, INCREASE, REDUCTION
from pipelines.insight.queries import Audience, Snapshot, open_snapshot
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

LIGHT = {"rising": ("rising", "possible_rise", "new_activity"), "falling": ("falling", "possible_fall")}
LEAST_FOUND = 0.85  # of rises to three times the usual, three months old
MOST_LIGHT, MOST_STRONG = 0.055, 0.02
LEAST_WORKED, MOST_CLAIMED = 0.80, 0.04


def town(data_dir: Path, seed: int) -> dict[str, list[dict[str, Any]]]:
    """What the directions of one town say of each planted change, and of its steady areas."""
    write_demo(data_dir, seed=seed, months=48)
    build(Settings(data_dir))
    publish(Settings(data_dir))
    planted = json.loads((data_dir / "truth" / "planted.json").read_text())
    snapshot = open_snapshot(data_dir, Audience("manager"))
    told = {level: snapshot.directions("incidents", "incidents", area_level=level)
            for level in ("beat", "place_of_concern", "locality")}  # fmt: skip
    found: dict[str, list[dict[str, Any]]] = {"changes": [], "steady": [], "reporting": [], "interventions": []}
    for kind in ("rising", "falling", "new_activity", "slow_trend"):
        for change in planted[kind]:
            row = _row(told, change)
            found["changes"].append({
                "kind": kind, "multiplier": change["multiplier"], "months": _months(change), "word": row["direction"],
                "year_word": row["year_direction"],
            })  # fmt: skip
    for change in planted["reporting_only"]:
        level, area_id, group = change["place_level"], change["place_id"], change["harm_group"]
        reading = snapshot.reporting("incidents", "incidents", area_level=level, area_id=area_id, harm_group=group)
        found["reporting"].append({"word": _row(told, change)["direction"], "verdict": reading.verdict})
    found["steady"] = _steady(data_dir, told)
    found["interventions"] = _interventions(snapshot, planted["effects"])
    return found


def _interventions(snapshot: Snapshot, effects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is said of the interventions that worked, that only moved harm, and that did nothing in a place that spiked."""
    judged = {one.area[1]: one.headline for one in snapshot.impacts() if one.area and one.headline}
    rows = []
    for effect in effects:
        told = judged[effect["place_id"]]
        ring = told.ring.verdict if told.ring else CANNOT_TELL
        rows.append({"effect": effect["effect"], "verdict": told.verdict, "ring": ring, "spike": told.chosen_by_spike})
    return rows


def _row(told: dict[str, pd.DataFrame], change: dict[str, Any]) -> pd.Series:
    level = told[change["place_level"]]
    return level[(level["area_id"] == change["place_id"]) & (level["harm_group"] == change["harm_group"])].iloc[0]


def _months(change: dict[str, Any]) -> int:
    return len(pd.period_range(change["from_month"], change["to_month"], freq="M"))


def _steady(data_dir: Path, told: dict[str, pd.DataFrame]) -> list[dict[str, Any]]:
    """Words of beats and localities whose expected records moved no more than a tenth."""
    expected = pd.read_parquet(data_dir / "truth" / "expected.parquet")
    locality = told_localities(data_dir)
    expected["locality"] = expected["beat_id"].map(locality)
    rows = []
    for level, column in (("beat", "beat_id"), ("locality", "locality")):
        moved = _moved(expected, column)
        for row in told[level].to_dict("records"):
            change = moved.get((row["area_id"], row["harm_group"]))
            if change is not None and abs(np.log(change)) <= np.log(1.1):
                rows.append({"level": level, "word": row["direction"]})
    return rows


def told_localities(data_dir: Path) -> dict[str, str]:
    """The locality of each beat, from the boundaries as delivered."""
    found: dict[str, str] = {}
    for file in sorted((data_dir / "boundaries").glob("*.geojson")):
        for feature in json.loads(file.read_text())["features"]:
            said = feature["properties"]
            if said.get("place_level") == "beat":
                found[said["place_id"]] = said["parent"]
    return found


def _moved(expected: pd.DataFrame, column: str) -> dict[tuple[str, str], float]:
    """Expected records of the last three months over the mean of the same months of the three years before."""
    months = sorted(expected["month"].unique())
    recent = months[-3:]
    before = [months[-3 - 12 * year + at] for year in (1, 2, 3) for at in range(3)]
    by = expected.pivot_table(index=[column, "harm_group"], columns="month", values="mean", aggfunc="sum")
    by = pd.concat([by, pd.concat({"all": by.groupby(level=0).sum()}, names=["harm_group"]).swaplevel()])
    ratio = by[recent].sum(axis=1) / by[before].sum(axis=1) * 3
    return {(str(area), str(group)): float(value) for (area, group), value in ratio.items()}


def run(*, seeds: int, first: int = 3000) -> dict[str, Any]:
    """Figures over so many towns; `met`: sharp rises found, steady areas left alone, the reporting-only rise told."""
    towns = []
    with own_key():
        for seed in range(first, first + seeds):
            with tempfile.TemporaryDirectory() as folder:
                towns.append(town(Path(folder), seed))
    changes = pd.DataFrame([one for town in towns for one in town["changes"]])
    steady = pd.DataFrame([one for town in towns for one in town["steady"]])
    reporting = pd.DataFrame([one for town in towns for one in town["reporting"]])
    tried = pd.DataFrame([one for town in towns for one in town["interventions"]])
    worked, moved, nothing = (tried["effect"] == kind for kind in ("worked", "displaced", "nothing"))
    fell = tried["verdict"] == REDUCTION
    sharp = (changes["kind"] == "rising") & (changes["multiplier"] == 3.0)
    milder = (changes["kind"] == "rising") & ~sharp
    falls, fresh, slow = (changes["kind"] == kind for kind in ("falling", "new_activity", "slow_trend"))
    flagged = steady["word"].isin([*LIGHT["rising"], *LIGHT["falling"]])
    strong = steady["word"].isin(["rising", "falling"])
    in_locality = steady["level"] == "locality"
    figures = {
        "towns": seeds,
        "x3_three_months_found": _share(changes[sharp], "rising"), "x3_cases": int(sharp.sum()),
        "x1.8_to_2.5_found": _share(changes[milder], "rising"), "x1.8_to_2.5_cases": int(milder.sum()),
        "halved_found": _share(changes[falls], "falling"), "halved_cases": int(falls.sum()),
        "new_activity_found": _share(changes[fresh], "rising"),
        "slow_doubling_found_by_the_year": float((changes[slow]["year_word"].isin(LIGHT["rising"])).mean()),
        "reporting_said_to_be_so": float((reporting["verdict"] == "could_be_reporting").mean()),
        "steady_rows": len(steady), "steady_flagged": float(flagged.mean()), "steady_strong": float(strong.mean()),
        "steady_localities": int(in_locality.sum()),
        "steady_localities_flagged": float(flagged[in_locality].mean()),
        "interventions_that_worked_said_so": float(fell[worked].mean()), "that_worked": int(worked.sum()),
        "that_moved_harm_ring_said_to_fall": float((tried["ring"] == REDUCTION)[moved].mean()),
        "that_moved_harm_ring_said_to_rise": float((tried["ring"] == INCREASE)[moved].mean()),
        "that_did_nothing_claim_success": float(fell[nothing].mean()), "that_did_nothing": int(nothing.sum()),
        "that_did_nothing_flagged_as_spike": float(tried["spike"][nothing].astype(bool).mean()),
    }  # fmt: skip
    met = (
        figures["x3_three_months_found"] >= LEAST_FOUND - _chance(LEAST_FOUND, figures["x3_cases"])
        and figures["reporting_said_to_be_so"] == 1.0
        and figures["steady_flagged"] <= MOST_LIGHT + _chance(MOST_LIGHT, len(steady))
        and figures["interventions_that_worked_said_so"] >= LEAST_WORKED - _chance(LEAST_WORKED, figures["that_worked"])
        and figures["that_did_nothing_claim_success"] <= MOST_CLAIMED + _chance(MOST_CLAIMED, figures["that_did_nothing"])
        and figures["that_moved_harm_ring_said_to_fall"] <= MOST_CLAIMED + _chance(MOST_CLAIMED, figures["that_did_nothing"])
        and figures["steady_strong"] <= MOST_STRONG + _chance(MOST_STRONG, len(steady))
    )
    return {"met": bool(met), **{name: round(value, 3) for name, value in figures.items()}}


def _chance(share: float, cases: float) -> float:
    """Three standard errors of a share over few cases: a short run fails for what is wrong, not for bad luck."""
    return 3 * float(np.sqrt(share * (1 - share) / cases)) if cases < 2000 else 0.0


def _share(rows: pd.DataFrame, side: str) -> float:
    return float(rows["word"].isin(LIGHT[side]).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--keep", action="store_true", help="write docs/figures/")
    given = parser.parse_args()
    figures = run(seeds=given.seeds)
    write_figures("planted_directions", figures, keep=given.keep)
    if not figures["met"]:
        raise SystemExit("planted changes are found less often, or steady places flagged more often, than promised")


if __name__ == "__main__":
    main()
