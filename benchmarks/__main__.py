"""Every benchmark, each against its peer in the same run: `make bench`.

python -m benchmarks            the full size; writes docs/figures/
python -m benchmarks --short    a tenth of it, for every change; still fails when the promise does not hold
"""

import argparse

from benchmarks import (
    delivery_to_snapshot,
    directions,
    documents,
    impact,
    locate_points,
    map_speed,
    recording_text,
    screening,
    utility,
)
from benchmarks.figures import write_figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    short = parser.parse_args().short
    rows = 1_000_000 if short else 5_000_000
    found = {
        "locate_points": locate_points.run(rows=rows),
        "delivery_to_snapshot": delivery_to_snapshot.run(rows=rows, rounds=3 if short else 7),
        "directions": directions.run(short=short),
        "impact": impact.run(short=short),
        "screening": screening.measure(),
        "recording_text": recording_text.measure(),
        "utility": utility.run(seeds=1 if short else 3),
    }
    for name, figures in found.items():
        write_figures(name, figures, keep=not short)
    if not short:
        found |= {"map_speed": map_speed.run(), "documents": documents.run()}
        for name in ("map_speed", "documents"):
            write_figures(name, found[name], keep=True)
        write_figures("delivery_growth", {"runs": delivery_to_snapshot.growth()})
    missed = [name for name, figures in found.items() if not figures["met"]]
    if missed:
        raise SystemExit(f"short of what was promised: {', '.join(missed)}")


if __name__ == "__main__":
    main()
