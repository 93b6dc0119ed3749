"""Impact held to what it must reach, beside what others do, on interventions whose truth is known.

    python -m benchmarks.impact            600 cities of each kind
    python -m benchmarks.impact --short    40 of them; limits wider by two standard errors
    python -m benchmarks.impact --keep     writes docs/figures/

Every figure of one run is of the same made-up sites (`impact_panels`), for our rule and for every peer (`impact_peers`)
alike. Nothing was tuned on the seed of this file.
"""

import argparse
import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import panels
from benchmarks.figures import write_figures
from benchmarks.impact_panels import BEATS, MONTHS, NOTHING, SOMETHING, WITH_RING, Site, means, site
from benchmarks.impact_peers import NAIVE, PEERS
from pipelines.insight.impact import Effect, Estimate, Span, estimate, pooled, weaker
from pipelines.insight.impact.estimate import INCREASE, REDUCTION

SEED = 20261122
FULL, SHORT = 600, 40
SHORT_STANDARD_ERRORS = 2.5  # of the worst of many figures: a short run must fail when something breaks, not by bad luck
HALF_YEAR = ("random", "spike", "drift", "worked")  # judged after 6 months too

RELEASED = {"exact": 0.0, "rounded": panels.ROUNDING_VARIANCE}
CLAIMS = ("guard_0", "guard_3", "weaker")
# Without a guard alone nothing is ever claimed; it is measured because it stands beside the other.
CLAIMED = ("guard_3", "weaker")
FALSE, FALSE_BY_SPIKE, COVERED = 0.04, 0.025, 0.90
POWER = {("exact", "guard_3"): 0.54, ("rounded", "weaker"): 0.45}
SECONDS = {"seconds_40_by_60": 0.05, "seconds_2000_by_156": 1.0}

POOLED_SITES, POOLED_RATIOS, POOLED_SHARE = (2, 5), (1.0, 0.7), 1 / 4

Figure = tuple[float, float]  # a share and its standard error
Row = dict[str, float]


def share(found: list[bool] | list[float]) -> Figure:
    """A share of sites and its standard error, which is never taken for 0."""
    number, mean = len(found), float(np.mean(found))
    spread = max(mean * (1 - mean), (1 - 1 / number) / number)
    return mean, float(np.sqrt(spread / number))


def estimates(given: Site, released: str) -> dict[str, Estimate]:
    """The two estimates and the weaker claim of one site."""
    counts = given.counts if released == "exact" else given.released
    one, other = (
        estimate(
            counts, treated=given.treated, ring=given.ring, start=given.start, guard=guard,
            rounding_variance=RELEASED[released],
        ) for guard in (0, 3)
    )  # fmt: skip
    return {"guard_0": one, "guard_3": other, "weaker": weaker(one, other)}


def holds(effect: Effect, truth: float) -> bool:
    """Whether the interval holds the true ratio."""
    return effect.rate_ratio_low <= truth <= effect.rate_ratio_high


def measured(seed: int, scenario: str, number: int, after: int) -> Iterator[tuple[str, str, Row]]:
    """Released, claim, and the figures of one site, for as many sites as asked."""
    for city in range(number):
        given = site(seed, scenario, city, after=after)
        for released in RELEASED:
            for claim, one in estimates(given, released).items():
                row = {
                    "worked": one.verdict == REDUCTION, "harmed": one.verdict == INCREASE,
                    "covered": holds(one, given.truth), "visible": one.smallest_visible_reduction,
                }  # fmt: skip
                if one.ring and one.net:
                    row |= {
                        "ring_up": one.ring.verdict == INCREASE, "ring_down": one.ring.verdict == REDUCTION,
                        "ring_covered": holds(one.ring, given.ring_truth),
                        "net_covered": holds(one.net, given.net_truth), "net_down": one.net.verdict == REDUCTION,
                    }  # fmt: skip
                yield released, claim, row


def of_scenario(seed: int, scenario: str, number: int, after: int) -> dict[tuple[str, str], dict[str, Figure]]:
    """Every figure of one scenario, by how counts were released and by claim."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for released, claim, row in measured(seed, scenario, number, after):
        rows.setdefault((released, claim), []).append(row)
    return {
        key: {name: share([one[name] for one in found if np.isfinite(one[name])] or [0.0]) for name in found[0]}
        for key, found in rows.items()
    }


def peers(seed: int, number: int) -> dict[str, dict[str, Figure]]:
    """How often each peer says that it worked, on the same exact counts, 12 months after."""
    said: dict[str, dict[str, list[bool]]] = {name: {} for name in PEERS}
    for scenario in (*NOTHING, "worked"):
        for city in range(number):
            given = site(seed, scenario, city)
            for name, peer in PEERS.items():
                said[name].setdefault(scenario, []).append(peer(given.counts, given.treated, given.start))
    return {name: {scenario: share(found) for scenario, found in one.items()} for name, one in said.items()}


def pooling(seed: int, number: int) -> dict[str, dict[str, Figure]]:
    """Several random sites of one city together: how often each way of pooling says *worked*, and holds the truth."""
    found: dict[str, dict[str, Figure]] = {}
    for sites in POOLED_SITES:
        for ratio in POOLED_RATIOS:
            rows = [_pooled(np.random.default_rng([seed, 400, sites, city]), sites, ratio) for city in range(number)]
            found[f"{sites}_sites_by_{ratio}"] = {name: share([one[name] for one in rows]) for name in rows[0]}
    return found


def _pooled(rng: np.random.Generator, sites: int, ratio: float) -> dict[str, bool]:
    start = MONTHS - 12
    mean, phi = means(rng, start, wandering=False)
    rows = [int(one) for one in rng.permutation(BEATS)[:sites]]
    mean[rows, start:] *= ratio
    counts, spans = panels.draw(rng, mean, phi), [Span((row,), start) for row in rows]
    one = pooled([
        estimate(counts, treated=[row], ring=[], start=start, others=spans[:at] + spans[at + 1 :])
        for at, row in enumerate(rows)
    ])  # fmt: skip
    return {
        "worked": one.verdict == REDUCTION, "covered": holds(one, ratio),
        "worked_by_site": one.site_ratio_high < 1, "covered_by_site": one.site_ratio_low <= ratio <= one.site_ratio_high,
    }  # fmt: skip


def speed(seed: int) -> dict[str, Figure]:
    """Processor seconds of one estimate with a ring, the best of five."""
    rng, found = np.random.default_rng([seed, 300]), {}
    for name, places, months in (("seconds_40_by_60", 40, 60), ("seconds_2000_by_156", 2000, 156)):
        counts, _ = panels.beats(rng, places=places, months=months)
        taken = []
        for _ in range(5):
            began = time.process_time()
            estimate(counts, treated=[0], ring=[1, 2, 3, 4, 5], start=months - 12)
            taken.append(time.process_time() - began)
        found[name] = min(taken), 0.0
    return found


def held(figures: dict[str, Figure], *, short: bool) -> list[dict[str, Any]]:
    """Each target with its limit in this run, what was found, and whether it was met."""
    rows = []
    for name, (found, error) in figures.items():
        kind = name.split("/")[0]
        slack = SHORT_STANDARD_ERRORS * error * short
        if kind == "false_worked":
            target = FALSE_BY_SPIKE if "/spike/" in name else FALSE
        elif kind == "covered":
            target, slack = COVERED, -slack
        elif kind == "power":
            target, slack = POWER[tuple(name.split("/")[1:])], -slack  # type: ignore[index]
        else:
            target = SECONDS[name]
        limit = target + slack
        at_most = kind not in ("covered", "power")
        rows.append({
            "name": name, "operator": "<=" if at_most else ">=", "target": target, "limit": round(limit, 4),
            "found": round(found, 4), "standard_error": round(error, 4),
            "met": bool(found <= limit if at_most else found >= limit),
        })  # fmt: skip
    return rows


def promised(found: dict[str, dict[tuple[str, str], dict[str, Figure]]]) -> dict[str, Figure]:
    """Of everything measured, what is held to a target."""
    figures = {}
    for scenario, by_claim in found.items():
        for (released, claim), one in by_claim.items():
            where = f"{scenario}/{released}/{claim}"
            nothing = scenario.removesuffix("_6_months") in NOTHING
            if nothing and claim in CLAIMED:
                figures[f"false_worked/{where}"] = one["worked"]
            if claim in CLAIMED:
                figures |= {f"{key}/{where}": one[key] for key in ("covered", "ring_covered", "net_covered") if key in one}
    for released, claim in POWER:
        figures[f"power/{released}/{claim}"] = found["worked"][released, claim]["worked"]
    return {name.replace("ring_covered/", "covered/ring/").replace("net_covered/", "covered/net/"): one
            for name, one in figures.items()}  # fmt: skip


def promised_together(found: dict[str, dict[str, Figure]]) -> dict[str, Figure]:
    """Of several sites together, what is held to the same limits."""
    figures = {f"covered/{name}": one["covered"] for name, one in found.items()}
    return figures | {f"false_worked/{name}": one["worked"] for name, one in found.items() if name.endswith("by_1.0")}


def run(*, short: bool, number: int | None = None, seed: int = SEED) -> dict[str, Any]:
    """Measure our rule and every peer on the same sites.

    returns  `met`: every target met, and missed by every naive rule; `targets` (see `held`); `scenarios`: figures by
             scenario, counts released and claim; `pooled`, of several sites; `peers`, how often each says *worked*. All
             are shares of 1
    """
    number, began = number or (SHORT if short else FULL), time.process_time()
    found = {scenario: of_scenario(seed, scenario, number, 12) for scenario in (*NOTHING, *SOMETHING)}
    for scenario in HALF_YEAR:
        found[f"{scenario}_6_months"] = of_scenario(seed, scenario, number, 6)
    others, together = peers(seed, number), pooling(seed, round(number * POOLED_SHARE))
    targets = held(promised(found) | promised_together(together) | speed(seed), short=short)
    naive_fail = all(
        any(others[name][scenario][0] > (FALSE_BY_SPIKE if scenario == "spike" else FALSE) for scenario in NOTHING)
        for name in NAIVE
    )
    return {
        "panels": number, "seed": seed, "short": short, "naive_fail": naive_fail,
        "met": naive_fail and all(row["met"] for row in targets), "targets": targets,
        "scenarios": {
            scenario: {f"{released}/{claim}": {key: round(one[0], 4) for key, one in figures.items()}
                       for (released, claim), figures in by_claim.items()}
            for scenario, by_claim in found.items()
        },
        "pooled": {name: {key: round(one[0], 4) for key, one in figures.items()} for name, figures in together.items()},
        "peers": {name: {key: round(one[0], 4) for key, one in figures.items()} for name, figures in others.items()},
        "cpu_s": round(time.process_time() - began, 1),
    }  # fmt: skip


def table(figures: dict[str, Any]) -> str:
    """How often each rule says *worked*, in per cent, and what its intervals hold: a Markdown table."""
    columns = [f"{released}/{claim}" for released in RELEASED for claim in CLAIMS]
    lines = [["scenario", *(one.replace("_", " ") for one in columns), "covered, least", *PEERS]]
    lines.append(["---", *["---:"] * (len(lines[0]) - 1)])
    for scenario, by_claim in figures["scenarios"].items():
        said = [f"{100 * by_claim[one]['worked']:.1f}" for one in columns]
        least = min(found["covered"] for found in by_claim.values())
        beside = [f"{100 * one[scenario]:.1f}" if scenario in one else "-" for one in figures["peers"].values()]
        lines.append([scenario.replace("_", " "), *said, f"{100 * least:.1f}", *beside])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    """Run, print the table, and keep the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args()
    figures = run(short=chosen.short, seed=chosen.seed)
    write_figures("impact", figures, keep=chosen.keep)
    print(table(figures))
    for name, found in figures["pooled"].items():
        print(name, found)
    for scenario in WITH_RING:
        print(scenario, figures["scenarios"][scenario]["exact/weaker"])
    if not figures["met"]:
        missed = [row["name"] for row in figures["targets"] if not row["met"]]
        raise SystemExit(f"short of what was promised: {', '.join(missed) or 'a naive rule passed'}")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
