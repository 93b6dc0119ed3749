"""Kill build and publish at random moments; the current snapshot must stay, and the next build must work.

    python -m benchmarks.kills --kills 200

Each attempt runs in a process of its own, stopped with SIGKILL, which no program can tidy up after.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.figures import write_figures
from pipelines.demo import write_demo
from pipelines.gate.snapshot import check_unchanged, current_id, list_snapshots, read_manifest
from pipelines.intake.warehouse import build
from pipelines.publishing import publish
from pipelines.settings import Settings


@dataclass
class Outcome:
    """What the kills did. `harmed` must stay 0."""

    kills: int = 0
    killed_in_build: int = 0
    killed_in_publish: int = 0
    finished_before_the_kill: int = 0
    harmed: int = 0


STEPS = {"build": build, "publish": publish}


def attempt(settings: Settings, step: str, delay_s: float) -> str:
    """Run one step in a child and kill it after a delay; returns the step, or "finished" when it was too late."""
    stage = settings.data_dir / "stage"
    stage.write_text(step)
    child = os.fork()
    if child == 0:
        try:
            STEPS[step](settings)
            stage.write_text("finished")
        finally:
            os._exit(0)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return stage.read_text()


def harm(settings: Settings, before: str) -> str | None:
    """What is wrong after a kill, or null. Looks as a reader would, before anything is rebuilt."""
    current = current_id(settings)
    if current is None or current not in list_snapshots(settings):
        return "the current snapshot is gone"
    check_unchanged(settings, read_manifest(settings, current))
    check_unchanged(settings, read_manifest(settings, before))
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        if warehouse.execute("SELECT count(*) FROM cells").fetchone() == (0,):
            return "the warehouse is empty"
    return None


def run(kills: int, *, seed: int, months: int = 8) -> Outcome:
    """Kill as often as asked, builds and publishes in turn, at moments drawn evenly over the whole of each."""
    draw = random.Random(seed)
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFER_PLACES_KEY_FILE"] = f"{folder}/rounding.key"
        settings = Settings(Path(folder) / "town")
        write_demo(settings.data_dir, seed=seed, months=months)
        build(settings)
        lasts_s = {step: _seconds(step, settings) for step in STEPS}
        for number in range(kills):
            before = current_id(settings) or ""
            step = ("build", "publish")[number % 2]
            if step == "build":
                _deliver_one_more(settings, number)
            else:
                build(settings)
            stage = attempt(settings, step, draw.uniform(0, lasts_s[step] * 1.1))
            _count(outcome, stage, harm(settings, before))
        build(settings)
        publish(settings)
        left = [path.name for path in settings.data_dir.glob("*/.*") if path.name != ".lock"]
        outcome.harmed += len(left)
    return outcome


def _seconds(step: str, settings: Settings) -> float:
    began = time.perf_counter()
    STEPS[step](settings)
    return time.perf_counter() - began


def _deliver_one_more(settings: Settings, number: int) -> None:
    """Something new to publish, so that a kill can fall between writing and promoting."""
    file = settings.deliveries / "incidents" / f"late-{number}_2026-09_2026-09_delivered-2026-10-07.csv"
    rows = [f"LATE-{number}-{row},2026-09-1{row},robbery,N01" for row in range(9)]
    file.write_text("record_ref,occurred_from,harm_type,beat_code\n" + "\n".join(rows) + "\n", encoding="utf-8")


def _count(outcome: Outcome, stage: str, wrong: str | None) -> None:
    outcome.kills += 1
    outcome.killed_in_build += stage == "build"
    outcome.killed_in_publish += stage == "publish"
    outcome.finished_before_the_kill += stage == "finished"
    if wrong:
        outcome.harmed += 1
        print(f"kill {outcome.kills} in {stage}: {wrong}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)))
    chosen = parser.parse_args()
    outcome = run(chosen.kills, seed=chosen.seed)
    write_figures("kills", {"seed": chosen.seed, **outcome.__dict__}, keep=chosen.kills >= 200)
    if outcome.harmed:
        raise SystemExit(f"{outcome.harmed} kills did harm")


if __name__ == "__main__":
    main()
