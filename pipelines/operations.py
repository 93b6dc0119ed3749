"""The commands of whoever runs the machine: the trail, backup and restore, health, and what is held on one record."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines import trail
from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, Day, answer, errors, on_trail, progress
from pipelines.settings import Settings

audit_log = typer.Typer(no_args_is_help=True, help="The trail: who did what, when; and whether anybody altered it.")


@audit_log.command()
def verify(
    head: Annotated[str | None, typer.Option(help="A hash noted earlier: that nothing before it was cut off.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """See that no line of the trail was altered, taken out or put in, and say its head. Ends with 18 where one was."""
    found = trail.verify(data_dir, head=head)
    back = f"; the clock went back {found.clock_went_back} times" if found.clock_went_back else ""
    since = f" from {found.first_at} to {found.last_at}" if found.entries else ""
    words = f"{found.entries:,} entries in {found.files} files{since}: the chain holds{back}"
    answer(as_json, found.__dict__, f"{words}\nNote its head elsewhere: {found.head}")


@audit_log.command()
def show(
    since: Day = None,
    subject: Annotated[str | None, typer.Option(help="Who, as the identity provider names them.")] = None,
    action: Annotated[str | None, typer.Option(help=f"One of: {', '.join(sorted(trail.ACTIONS))}.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the trail, oldest first: time, what was done, by whom, of which snapshot and what of it."""
    if action is not None and action not in trail.ACTIONS:
        raise typer.BadParameter(f"is one of {', '.join(sorted(trail.ACTIONS))}", param_hint="--action")
    found = trail.read(data_dir, since=since.date() if isinstance(since, datetime) else None, subject=subject, action=action)
    answer(as_json, found, "\n".join(_line(one) for one in found) or "Nothing of that is on the trail")


def _line(entry: dict[str, object]) -> str:
    chosen = entry.get("selection")
    chosen = " ".join(f"{key}={value}" for key, value in chosen.items()) if isinstance(chosen, dict) else ""
    said = [entry.get(name) or "-" for name in ("role", "audience", "locality", "snapshot", "permission")]
    back = "  (clock went back)" if entry.get("clock") else ""
    return "  ".join(map(str, [entry.get("at"), entry.get("action"), entry.get("subject"), *said, chosen])).rstrip() + back


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, on another, encrypted disk: it holds personal data.")],
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write everything that cannot be made again into one file. The rounding key is never in it: keep a copy apart."""
    from pipelines.backup import backup as make_backup

    settings = Settings(data_dir)
    with progress(as_json) as report:
        made = make_backup(settings, file, at=datetime.now(UTC), report=report)
    left = f"\nNot in it: {', '.join(made.left_out)}" if made.left_out else ""
    words = (
        f"{made.files:,} files, {made.size_bytes / 1e6:,.1f} MB, in {made.file}{left}\n"
        f"The rounding key is not in it and needs a copy of its own, kept apart: {settings.key_file}\n"
        f"Head of the trail: {made.trail_head}"
    )
    answer(as_json, asdict(made), words)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup made by `safer-places backup`.")],
    data_dir: Annotated[Path, typer.Option("--data-dir", help="Where to put it: a folder that is not there, or empty.")],
    purged: Annotated[Path | None, typer.Option(help="A newer warehouse/purged.json, where one was kept.")] = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup back into an empty data directory, whole or not at all; what was due to be destroyed goes again."""
    from pipelines.restoring import restore as put_back

    with progress(as_json) as report:
        done = put_back(file, data_dir, today=date.today(), at=datetime.now(UTC), purged=purged, report=report)
    rows = done.rows_destroyed_again
    again = f"; {rows:,} rows due to be destroyed were destroyed again" if rows else ""
    words = [f"{done.files:,} files are in {data_dir} as they were at {done.made_at}{again}",
             f"Head of the trail then: {done.trail_head}", *(f"To do: {one}" for one in done.to_do)]  # fmt: skip
    answer(as_json, asdict(done), "\n".join(words))


def trace(
    record_ref: Annotated[str, typer.Argument(help="The supplier's own reference of the record.")],
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say all that is held on one record, for a request for access or erasure. Private: for the data steward alone."""
    from pipelines.trace import trace as find_record

    with progress(as_json) as report:
        found = find_record(Settings(data_dir), record_ref, report=report)
    on_trail(data_dir, "trace")
    words = [f"Rows held under this reference: {len(found.rows)}"]
    for row in found.rows:
        words += ["", f"{row.delivery}, delivered {row.delivered_on}, sha256 {row.sha256}", f"  {row.fate}",
                  *(f"  counted in {one}" for one in row.counted),
                  *(f"  {column}: {value}" for column, value in row.values.items())]  # fmt: skip
    words += [f"\nText {one}" for one in found.texts]
    words += [f"\nAlso in {one}, in a line that was not read as a row of it" for one in found.mentions]
    words += [f"\nDestroyed on schedule, and it may have been among them: {one}" for one in found.destroyed]
    words.append("\nSnapshots and documents hold rounded counts and no record. Backups made earlier may hold it.")
    answer(as_json, asdict(found), "\n".join(words))


def health(
    served: Annotated[str | None, typer.Option(help="Where the dashboard runs, as in http://127.0.0.1:8501.")] = None,
    whole_trail: Annotated[bool, typer.Option("--whole-trail", help="Verify every line of the trail.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say whether what people see is there, whole and fresh, and the dashboard answers. Ends with 1 when it is not well."""
    from pipelines.health import examine_health

    found = examine_health(Settings(data_dir), today=date.today(), served=served, whole_trail=whole_trail)
    age = f"snapshot {found.snapshot}, {found.age_days} days old" if found.snapshot else "no snapshot"
    words = "\n".join(found.wrong) or f"well: {age}, stale after {found.stale_after_days}"
    answer(as_json, {"well": found.well, **asdict(found)}, words)
    if not found.well:
        raise typer.Exit(1)


def end_with_mishap(wrong: Exception) -> None:
    """End with a sentence where the disk is full or a file damaged; return where it is a fault of the program."""
    from pipelines.mishaps import in_words

    mishap = in_words(wrong)
    if mishap is not None:
        errors.print(str(mishap), style="red", markup=False, soft_wrap=True)
        raise SystemExit(mishap.exit_code) from None


def hook(app: typer.Typer) -> None:
    """Add these commands to `safer-places`."""
    app.add_typer(audit_log, name="audit-log")
    app.command()(backup)
    app.command()(restore)
    app.command()(trace)
    app.command()(health)
