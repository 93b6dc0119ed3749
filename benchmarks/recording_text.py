"""How long a text is screened as it is recorded: from the press of a key to which words hold it back.

    python -m benchmarks.recording_text

Whole forms of an action (three texts each) and single texts as their field is left, of the invented sentences of
tests/golden/screening, clean and identifying ones, against the register of names of a city of 500 places. The peer is the
same screen asked of a register it meets for the first time, as it would be were the names gathered anew for every text.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.screening import _rows
from pipelines.gate.screening import Verdict, screen
from pipelines.record import read_register
from pipelines.record.events import find_held
from pipelines.settings import SHIPPED, Settings

PROMISED_P95_MS = 50.0
PLACES, REPEATS, PEERS = 500, 3, 30


def measure() -> dict[str, Any]:
    """Milliseconds of one text and of one form of three, median and p95; and of the peer."""
    places = [row["name"] for row in _rows("places")]
    places += [f"Fictional Place {number}" for number in range(PLACES - len(places))]
    known, agencies = frozenset(places), frozenset(row["name"] for row in _rows("agencies"))
    texts = [row["text"] for name in ("clean", "clean_heldout", "identifying", "identifying_heldout") for row in _rows(name)]
    settings = Settings(SHIPPED / "demo")

    def held(text: str) -> Verdict:
        return screen(text, places=known, agencies=agencies)

    def looked_at(form: tuple[str, ...]) -> object:  # as a page asks: the register of today, then each of its texts
        register = read_register(settings, "actions")
        return find_held(register, dict(zip(("action", "aim", "success"), form, strict=False)), held)

    looked_at((texts[0],))  # word lists are read once for a server
    forms = list(zip(texts[::3], texts[1::3], texts[2::3], strict=False))
    figures: dict[str, Any] = {
        "texts": len(texts), "places_known": PLACES,
        "one_text": _milliseconds(looked_at, [(text,) for text in texts] * REPEATS),
        "a_form_of_three_texts": _milliseconds(looked_at, forms * REPEATS),
        "peer_names_gathered_anew": _milliseconds(
            lambda pair: screen(pair[1], places=frozenset((*known, f"New Place {pair[0]}")), agencies=agencies),
            list(enumerate(texts[:PEERS])),
        ),
    }  # fmt: skip
    figures["promised_p95_ms"] = PROMISED_P95_MS
    figures["met"] = all(figures[name]["p95_ms"] < PROMISED_P95_MS for name in ("one_text", "a_form_of_three_texts"))
    return figures


def _milliseconds(work: Callable[[Any], object], given: Iterable[Any]) -> dict[str, float]:
    taken = []
    for one in given:
        started = time.perf_counter()
        work(one)
        taken.append((time.perf_counter() - started) * 1000)
    return {"median_ms": round(statistics.median(taken), 4), "p95_ms": round(statistics.quantiles(taken, n=20)[-1], 4),
            "longest_ms": round(max(taken), 4)}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
