"""The page a purge leaves: what was destroyed, by which rule, and what of it remains. Never a value."""

from pipelines.intake.purged import Cut, Pending, certificates, write_whole
from pipelines.settings import Settings


def write_certificate(settings: Settings, pending: Pending, stays: dict[str, list[str]]) -> None:
    """Write `warehouse/certificates/<name>`; the same purge writes the same page."""
    certificates(settings).mkdir(parents=True, exist_ok=True)
    write_whole(certificates(settings) / pending.certificate, certificate_text(settings, pending, stays))


def certificate_text(settings: Settings, pending: Pending, stays: dict[str, list[str]]) -> str:
    """One page of plain text: policy, periods, rows by what had become of them, and files by their SHA-256 before."""
    policy = settings.policy
    kept = len(list(settings.snapshots.glob("*_*_*.json")))
    lines = [
        "CERTIFICATE OF DESTRUCTION", f"{settings.partnership.name}, as at {pending.as_at}", "",
        f"By policy a month is frozen {policy.rounding.frozen_after_months} months after it ends, and its rows are",
        f"destroyed {policy.retention.purge_after_days} days later. Private: exact figures, not for the meeting.", "",
    ]  # fmt: skip
    for feed, one in sorted(pending.feeds.items()):
        rows = ", ".join(f"{fate} {number:,}" for fate, number in sorted(one.rows.items())) or "none"
        mine = [cut for cut in pending.cuts if cut.feed == feed]
        lines += [
            feed, f"  periods: {_said(list(pending.labels.get(feed, ())))}",
            f"  rows destroyed: {sum(one.rows.values()):,} ({rows})",
            *_files("files destroyed", [cut for cut in mine if cut.done == "destroyed"]),
            *_files("files rewritten with only the rows still needed", [cut for cut in mine if cut.done == "rewritten"]), "",
        ]  # fmt: skip
    for feed, names in sorted(stays.items()):
        lines.append(f"Not destroyed, because never collected whole and so not frozen: {feed} {_said(names)}")
    lines += [
        "", f"What was released of these periods stands in snapshot {pending.snapshot}; {kept} snapshots are kept.",
        "The warehouse was rebuilt from the files that remain, into a new file that took the old one's place.",
        "Files were removed, not overwritten: what a disk itself still holds is for its encryption. Copies and backups",
        "of the data directory are not known to this program and have their own schedule.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _said(names: list[str]) -> str:
    if not names:
        return "none new (rows of periods destroyed before, delivered again)"
    return ", ".join(names) if len(names) <= 6 else f"{len(names)} from {names[0]} to {names[-1]}"


def _files(what: str, cuts: list[Cut]) -> list[str]:
    return [f"  {what}: {len(cuts)}", *(f"    sha256 {cut.sha256}" for cut in cuts)]
