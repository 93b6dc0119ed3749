"""Attack towns of many seeds, each over eight publishes a month apart, and count what was worked out.

    python -m benchmarks.attackers --seeds 10

Between the publishes records come late and are corrected, beats are cut anew and places agreed (all of that is in the
town's own deliveries), the key is rotated once and what is old enough is destroyed. The same attacker also attacks a
careless release of the same counts: those under 5 hidden, exact totals. Last, every number is read back out of the
documents made of the newest snapshot, held against what the read API answers the same audience, and subtracted from
what the screens answer (`gatherer`).
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.figures import write_figures
from benchmarks.gatherer import attack_documents
from benchmarks.scratch import own_key
from pipelines.audit.attack import audit
from pipelines.audit.insider_record import every_sequence, watch
from pipelines.audit.verdict import Verdict
from pipelines.demo import write_demo
from pipelines.gate.snapshot import rotate_key
from pipelines.intake.retention import purge
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings

KEPT_FROM = 10  # seeds: with fewer it is a short run, whose figures are printed and not kept
# What a number in a document could be that no released table says.
ADDED = ("not_as_answered", "unprinted", "unaccounted", "strays", "beyond")
PUBLISHED_ON = [date(2026, month, 7) for month in range(3, 11)]


def publish_history(settings: Settings, *, seed: int, months: int) -> None:
    """A demo town's last eight months, published one after the other."""
    write_demo(settings.data_dir, seed=seed, months=months)
    for number, day in enumerate(PUBLISHED_ON, start=1):
        build(settings, as_at=day)
        publish(settings)
        if number == 5:
            rotate_key(settings)
        if number == 6:
            purge(settings)


def attack_seed(folder: Path, *, seed: int, months: int, thorough: bool, everywhere: bool = True) -> dict[str, Any]:
    """The figures of one town: what each attacker attacked and worked out, and what its documents add."""
    settings = Settings(folder / "town")
    publish_history(settings, seed=seed, months=months)
    began = time.process_time()
    verdict = audit(settings, thorough=thorough)
    spent = round(time.process_time() - began, 1)
    documents = attack_documents(settings, everywhere=everywhere)
    return {"seed": seed, "attack_cpu_s": spent, **figures_of(verdict), "documents": documents}


def figures_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict in one line: the outsider's figures, everybody's spoils, and the careless release."""
    outsider = verdict.findings[0]
    return {
        "breached": verdict.breached,
        "snapshots": len(verdict.snapshots),
        "cells": outsider.attacked,
        "fewest_feasible": outsider.fewest,
        "recovered": outsider.recovered,
        "recovered_by_anyone": sum(one.recovered for one in verdict.findings),
        "careless_small_cells": verdict.careless.small if verdict.careless else None,
        "careless_recovered_share": round(verdict.careless.share, 3) if verdict.careless else None,
    }


def measure(seeds: int = 10, *, months: int = 36, thorough: bool = False) -> dict[str, Any]:
    """Attack as many towns as asked, and the insider's every sequence of eight weeks; figures for docs/figures."""
    towns = []
    for seed in range(1, seeds + 1):
        with own_key(), tempfile.TemporaryDirectory() as folder:
            everywhere = thorough or seeds >= KEPT_FROM
            towns.append(attack_seed(Path(folder), seed=seed, months=months, thorough=thorough, everywhere=everywhere))
    watched = {f"base_{base}": vars(watch(every_sequence(base))) for base in (3, 5)}
    return {
        "seeds": seeds,
        "months": months,
        "cells": sum(one["cells"] for one in towns),
        "fewest_feasible": min(one["fewest_feasible"] for one in towns),
        "recovered": sum(one["recovered_by_anyone"] for one in towns),
        "breached": sum(one["breached"] or one["documents"]["breached"] for one in towns),
        "numbers_in_documents": sum(sum(one["documents"]["numbers"].values()) for one in towns),
        "numbers_that_add_something": sum(one["documents"][what] for one in towns for what in ADDED),
        "careless_recovered_share_least": min(one["careless_recovered_share"] for one in towns),
        "one_record_a_week": watched,
        "towns": towns,
    }


def main() -> None:
    """Run as many seeds as asked and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--thorough", action="store_true", help="ask the read API every filter there is")
    chosen = parser.parse_args()
    figures = measure(chosen.seeds, months=chosen.months, thorough=chosen.thorough)
    write_figures("attackers", figures, keep=chosen.seeds >= KEPT_FROM)
    if figures["breached"]:
        raise SystemExit(f"{figures['breached']} of {figures['seeds']} towns gave something away")


if __name__ == "__main__":
    main()
