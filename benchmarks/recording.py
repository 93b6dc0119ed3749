"""The register store under a meeting's hands: how long one record takes, and what a kill leaves.

    python -m benchmarks.recording                 # 1,000 records timed, 200 kills, written to docs/figures
    python -m benchmarks.recording --kills 20 --data-dir DIR --json

A kill is real: a process that records form after form gets SIGKILL at a random moment. Every record it was told of must be
there once; the form it had pressed last is sent again with its token, as a browser's draft would be, and must be there once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import write_figures
from pipelines.gate.screening import screen as gate_screen
from pipelines.record import Store, Wanted, new_token, open_store
from pipelines.settings import Settings

LONGEST_SECONDS = 0.15
DAY = date(2024, 2, 6)
NOW = datetime(2024, 2, 6, 14, 30, tzinfo=UTC)


def screen(text: str) -> Any:
    """The gate's screen, as a dashboard gives it to the store."""
    return gate_screen(text, places=["West"], agencies=["Youth Service", "Chair"])


def form(token: str) -> Wanted:
    """One action agreed in a meeting."""
    fields = {"place_id": "B01", "lead_agency": "Youth Service", "action": "walk the park after school", "aim": "be there",
              "status": "agreed", "updated_on": DAY}  # fmt: skip
    return Wanted("actions", fields, "business_support", token, "west", DAY)


def kill_while_recording(data_dir: Path, kills: int, seed: int) -> dict[str, int]:
    """Kill so many recorders and say what became of their records: told, lost, doubled, sent again."""
    settings, moments = Settings(data_dir), random.Random(seed)
    _warm_up()
    told, pressed = set[str](), set[str]()
    for _ in range(kills):
        lines = _killed_after(settings, moments.uniform(0.0, LONGEST_SECONDS))
        pressed |= {line[1:] for line in lines}
        told |= {line[1:] for line in lines if line[0] == "="}
    with_store = open_store(settings)
    kept = [event.token for event in with_store.events()]
    lost, unsure = told - set(kept), pressed - told
    for token in sorted(unsure):
        with_store.record(form(token), screen=screen, at=NOW)
    after = [event.token for event in with_store.events()]
    doubled = len(after) - len(set(after))
    missing = len(pressed - set(after))
    return {"kills": kills, "pressed": len(pressed), "told": len(told), "lost": len(lost), "doubled": doubled,
            "kept_without_being_told": len(unsure & set(kept)), "missing_once_sent_again": missing}  # fmt: skip


def _warm_up() -> None:
    """Read word lists and compile statements once, on a store that is thrown away: a recorder then begins at once."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(Path(folder)))
        store.record(form(new_token()), screen=screen, at=NOW)
        store.close()


def _killed_after(settings: Settings, seconds: float) -> list[str]:
    """What a recorder said by the time it was killed: `+token` as a form is sent, `=token` once it is told it stands."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            store = open_store(settings)
            while True:
                token = new_token()
                os.write(writing, f"+{token}\n".encode())
                store.record(form(token), screen=screen, at=NOW)
                os.write(writing, f"={token}\n".encode())
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as said:
        first = said.read(1)
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = (first + said.read()).decode().splitlines()
    return [line for line in lines if len(line) == 33]


def time_records(store: Store, count: int) -> list[float]:
    """Milliseconds of each of so many records, from the press to the disk, the screening of its words within."""
    taken = []
    for _ in range(count):
        wanted, start = form(new_token()), time.perf_counter()
        store.record(wanted, screen=screen, at=NOW)
        taken.append((time.perf_counter() - start) * 1000)
    return sorted(taken)


def main(arguments: list[str]) -> None:
    """Run, print, and write the figures unless only kills are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--json", action="store_true", help="Only the kills, as JSON.")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = asked.data_dir or Path(folder)
        found: dict[str, Any] = {"killed": kill_while_recording(data_dir, asked.kills, asked.seed)}
        if asked.json:
            print(json.dumps(found["killed"]))
            return
        taken = time_records(open_store(Settings(data_dir)), asked.records)
    found["record_ms"] = {"p50": round(taken[len(taken) // 2], 1), "p95": round(taken[int(len(taken) * 0.95)], 1)}
    write_figures("recording", {"seed": asked.seed, **found}, keep=asked.kills >= 200)
    if found["killed"]["lost"] or found["killed"]["doubled"]:
        raise SystemExit("a kill did harm")


if __name__ == "__main__":
    main(sys.argv[1:])
