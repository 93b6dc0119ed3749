"""Every attacker in turn, on everything that was released: what a data protection officer would want tried."""

from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from pipelines.audit.canaries import look_for_private_values
from pipelines.audit.differencing import Differenced, Lattice, ask, difference, may_ask_alone
from pipelines.audit.feasible import Puzzle, feasible, puzzle_of
from pipelines.audit.insider_feed import private_counts, turn_to_others
from pipelines.audit.insider_record import released_sequences, watch
from pipelines.audit.naive import attack_careless
from pipelines.audit.released import Released, read_released
from pipelines.audit.structure import look
from pipelines.audit.verdict import Finding, Verdict
from pipelines.gate.keys import read_or_make_keys
from pipelines.gate.quarantine import screen_texts
from pipelines.insight.queries import Audience, open_snapshot
from pipelines.settings import Settings

Report = Callable[[str, float], None]
HarmTypes = dict[str, tuple[str, ...]]


def audit(
    settings: Settings, snapshot_id: str | None = None, *, thorough: bool = False,
    report: Report = lambda stage, share: None,
) -> Verdict:  # fmt: skip
    """Attack a snapshot (default: the newest) together with every earlier one still in the folder.

    thorough  ask the read API every filter there is, for the meeting of each locality, instead of some of each kind
              for the first one

    The insiders, the canaries and the comparison need the private warehouse and are left out where there is none.
    Raises NoSnapshot, SnapshotFault.
    """
    report("Reading what was released", 0)
    released = read_released(settings, snapshot_id)
    puzzle = puzzle_of(released.sights)
    harm_types: HarmTypes = {group.code: group.harm_types for group in settings.policy.harm_groups}
    report("Working cells out", 0)
    findings = [_outsider(released, puzzle, harm_types), _watcher(released)]
    report("Asking and subtracting", 0)
    findings += _askers(settings, released, puzzle, harm_types, thorough)
    careless = None
    if settings.warehouse.exists():
        report("Insiders", 0)
        truth = private_counts(settings.warehouse)
        careless = attack_careless(truth)
        findings += _holders(puzzle, truth, harm_types)
        report("Looking for private values", 0)
        findings.append(_canaries(settings, released))
    report("Looking for private values", 1)
    names = tuple(str(one["id"]) for one in released.manifests)
    return Verdict(names, tuple(findings), look(released, puzzle), careless)


def _outsider(released: Released, puzzle: Puzzle, harm_types: HarmTypes) -> Finding:
    told = feasible(puzzle, harm_types)
    words = (
        f"{told.rows:,} sums known to hold between counts were used; {told.counts['tied'].sum():,} counts are in one.",
        *([f"{told.untrue:,} of those sums cannot be true of what was released and were dropped."] if told.untrue else []),
        *([f"{told.under_base:,} counts have fewer possible numbers than their base."] if told.under_base else []),
    )
    knows = f"every table of {len(released.manifests)} snapshots, week beside week, and an optimiser"
    return Finding("An outsider with a computer", knows, len(told.counts), told.fewest, told.recovered,
                   told.under_base > 0, words)  # fmt: skip


def _watcher(released: Released) -> Finding:
    told = watch(released_sequences(released.sights))
    fewest = [one for one in (told.fewest_shown, told.fewest_at_0) if one is not None]
    under = told.fewest_shown is not None and told.fewest_shown < int(released.sights["base"].min())
    words = () if told.fewest_at_0 is None else (
        f"Cells first shown as 0 leave him {told.fewest_at_0} or more: his own records fill them, and he learns at most "
        "that there are no others.",
    )  # fmt: skip
    who, knows = "An insider who sees one known record arrive each week", "the releases of each cell still moving"
    return Finding(who, knows, told.sequences, min(fewest, default=None), told.recovered, told.recovered > 0 or under, words)


def _askers(settings: Settings, released: Released, puzzle: Puzzle, harm_types: HarmTypes, thorough: bool) -> list[Finding]:
    """Each audience of the read API, asking for all it may and subtracting."""
    manifest = released.manifests[-1]
    lattice = Lattice.of(released.tables[-1], manifest)
    areas = released.tables[-1]["areas"]
    localities = areas.loc[areas["area_level"] == "locality", "area_id"]
    meetings = [Audience("meeting", str(one)) for one in localities]
    audiences = [Audience("manager"), Audience("board"), *(meetings if thorough else meetings[:1])]
    findings = []
    for audience in audiences:
        snapshot = open_snapshot(settings.data_dir, audience, snapshot_id=str(manifest["id"]))
        allowed = may_ask_alone(lattice, audience, manifest["measures"])
        told = difference(audience.name, ask(snapshot, lattice, thorough=thorough), lattice, allowed)
        findings.append(_asker(audience, told, puzzle, harm_types, lattice))
    return findings


def _asker(audience: Audience, told: Differenced, puzzle: Puzzle, harm_types: HarmTypes, lattice: Lattice) -> Finding:
    """Answers that are no sum of what was released are bounds on true counts: hand them to the one who computes."""
    recovered = 0
    if told.strays:
        recovered = feasible(puzzle, harm_types, more=told.bounds(counts_of(puzzle, lattice))).recovered
    least = int(lattice.cells["base"][lattice.cells["base"] > 1].min())
    under = told.fewest is not None and told.fewest < least
    who = f"The {audience.name} audience" + (f" ({audience.locality})" if audience.locality else "")
    words = [f"{told.differences:,} differences; the released value of {len(told.alone):,} single cells could be told."]
    if told.strays:
        words.append(f"{len(told.strays):,} answers are no sum of what was released.")
    if told.beyond:
        words.append(f"{told.beyond:,} of those cells it may not ask for.")
    return Finding(f"{who}, asking and subtracting", "the answers of the read API", told.answers, told.fewest, recovered,
                   bool(told.strays) or told.beyond > 0 or under, tuple(words))  # fmt: skip


def counts_of(puzzle: Puzzle, lattice: Lattice) -> np.ndarray:
    """The count each cell of the newest snapshot is a release of, by its number in `puzzle.counts`."""
    cell = ["feed", "measure", "area_level", "area_id", "harm_group", "period"]
    counts = puzzle.counts[puzzle.counts["newest"] & (puzzle.counts["kind"] == "count")]
    numbers = pd.Series(counts.index, index=pd.MultiIndex.from_frame(counts[cell]))
    return numbers.reindex(pd.MultiIndex.from_frame(lattice.cells[cell])).fillna(-1).to_numpy(np.int64)


def _holders(puzzle: Puzzle, truth: pd.DataFrame, harm_types: HarmTypes) -> list[Finding]:
    findings = []
    for feed in sorted(set(truth.loc[~truth["public"], "feed"])):
        told = turn_to_others(puzzle, truth, harm_types, str(feed))
        words = (
            f"Of one cell of his own, knowing all its others: {told.all_but:,} tried, {told.recovered_all_but:,} worked "
            f"out, at fewest {told.fewest_all_but} possible.",
        )
        name = str(feed).replace("_", " ")
        findings.append(Finding(f"An insider who holds all of {name}", f"{told.known:,} true counts, and every snapshot",
                                told.others, told.fewest if told.others else None, told.recovered,
                                told.recovered > 0 or told.recovered_all_but > 0, words))  # fmt: skip
    return findings


def _canaries(settings: Settings, released: Released) -> Finding:
    may_leave = _texts_that_may_leave(settings) if "register_texts" in released.tables[-1] else frozenset()
    told = look_for_private_values(settings, str(released.manifests[-1]["id"]), allowed=may_leave)
    words = tuple(f"{column}: {count:,} found" for column, count in sorted(told.found.items()))
    return Finding("A search for private values", "the snapshot's file, byte by byte and text by text", told.searched,
                   None, sum(told.found.values()), bool(told.found), words)  # fmt: skip


def _texts_that_may_leave(settings: Settings) -> frozenset[str]:
    """Free text that was screened and accepted, or released by a steward. Makes no key: without one there is none."""
    if not settings.key_file.exists():
        return frozenset()
    keyring = read_or_make_keys(settings.key_file, data_dir=settings.data_dir, expected=None)
    with duckdb.connect(str(settings.warehouse), read_only=True) as private:
        screened = screen_texts(private, settings, keyring)
    return frozenset(screened.loc[screened["outcome"].isin(("accepted", "released")), "text"])
