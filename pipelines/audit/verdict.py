"""What the attackers found, and one page of it in words for whoever answers for the data."""

from dataclasses import dataclass, field

from pipelines.audit.naive import Broken


@dataclass(frozen=True)
class Finding:
    """What one attacker found.

    attacker, knows  who it is and what it had, in words
    attacked         how many counts (or sequences, or values) were attacked
    fewest           the fewest true counts any of them could be; null where that is not the question
    recovered        how many were worked out
    breached         whether that breaks what was promised
    words            what else there is to say; each a sentence
    """

    attacker: str
    knows: str
    attacked: int
    fewest: int | None
    recovered: int
    breached: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The whole attack on the snapshots of one folder.

    snapshots   the ids attacked together, oldest first
    findings    one for each attacker, in the order they came
    structure   promise -> how often it is broken; every one must be 0
    careless    what the same attacker made of a careless release of the same counts; null without the warehouse
    """

    snapshots: tuple[str, ...]
    findings: tuple[Finding, ...]
    structure: dict[str, int] = field(default_factory=dict)
    careless: Broken | None = None

    @property
    def breached(self) -> bool:
        """Whether any attacker won, or any promise does not hold."""
        return any(one.breached for one in self.findings) or any(self.structure.values())

    @property
    def figures(self) -> dict[str, object]:
        """Every figure, for another program."""
        return {
            "snapshots": list(self.snapshots),
            "breached": self.breached,
            "findings": [dict(vars(one)) for one in self.findings],
            "structure": dict(self.structure),
            "careless_recovered_share": round(self.careless.share, 4) if self.careless else None,
        }


def render(verdict: Verdict) -> str:
    """One page of plain text: what was attacked, by whom, with what, and what they found."""
    many = len(verdict.snapshots)
    lines = [
        "ATTACK ON WHAT WAS RELEASED",
        "",
        f"{many} snapshot{'s' if many > 1 else ''} attacked together, the newest {verdict.snapshots[-1]}.",
        f"Breach: {'YES' if verdict.breached else 'no'}",
        "",
    ]
    for one in verdict.findings:
        fewest = "" if one.fewest is None else f"; at fewest {one.fewest} possible numbers each"
        lines += [
            f"{one.attacker}{'  ** BREACH **' if one.breached else ''}",
            f"  had: {one.knows}",
            f"  attacked {one.attacked:,}{fewest}; worked out {one.recovered:,}",
            *(f"  {said}" for said in one.words),
            "",
        ]
    broken = {name: count for name, count in verdict.structure.items() if count}
    lines.append("Promises looked at one by one: " + ("all hold" if not broken else "BROKEN"))
    lines += [f"  {name.replace('_', ' ')}: {count:,}" for name, count in broken.items()]
    if verdict.careless:
        lines += [
            "",
            "For comparison: had the same counts been published with those under 5 hidden and exact totals,",
            f"the same attacker would have worked out {verdict.careless.recovered:,} of the {verdict.careless.small:,} "
            f"hidden ones exactly ({verdict.careless.share:.0%}).",
        ]
    return "\n".join(lines) + "\n"
