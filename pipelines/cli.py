"""The `safer-places` command. The only place that reads the clock, the screen or the command line."""

import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from geo.errors import GeoError
from pipelines import documents, keeping, meetings, operations, recording, steward
from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, Day, answer, errors, on_trail, progress, screen
from pipelines.errors import HarmError, SettingsError
from pipelines.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Places with rising or falling harm, and never a named individual.")  # fmt: skip
app.add_typer(steward.quarantine, name="quarantine")
app.command("rotate-key")(steward.rotate_key)
app.command()(steward.purge)
app.command()(steward.audit)
app.command()(steward.emerging)
app.command("freeze-meeting")(meetings.freeze_meeting)
app.add_typer(documents.report, name="report")
app.add_typer(documents.permission, name="permission")
app.command()(documents.export)
operations.hook(app)
recording.hook(app)
app.add_typer(keeping.access, name="access")


def main() -> None:
    """Run the command; an error made on purpose is one message and its own exit code."""
    try:
        app()
    except (HarmError, GeoError) as wrong:
        errors.print(str(wrong), style="red", markup=False, soft_wrap=True)
        sys.exit(wrong.exit_code)
    except Exception as wrong:
        operations.end_with_mishap(wrong)
        raise


@app.command()
def demo(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another town.")] = 7,
    months: Annotated[int, typer.Option(min=6, max=120, help="How many months of history.")] = 48,
    as_json: AsJson = False,
) -> None:
    """Make the fictional town of Larkhaven: boundaries and every feed, with planted truths apart."""
    from pipelines.demo import holds_another_town, remake_town

    if holds_another_town(data_dir):
        raise SettingsError(f"{data_dir} holds a town that is not Larkhaven: give an empty --data-dir")
    with progress(as_json) as report:
        remake_town(data_dir, seed=seed, months=months, report=report)
    answer(as_json, {"data_dir": str(data_dir), "seed": seed, "months": months},
            f"Larkhaven is in {data_dir}: next, safer-places build and safer-places publish")  # fmt: skip


@app.command()
def check(
    files: list[Path],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    feed: Annotated[str | None, typer.Option(help="Which feed; default: the folder the file is in.")] = None,
    as_at: Day = None,
    letter: Annotated[Path | None, typer.Option(help="Write a page for the supplier here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check files before they are delivered: every fault at once. Ends with 4 when a file would be refused."""
    from pipelines.intake.check import check_file
    from pipelines.intake.check import letter as write_letter

    settings = Settings(data_dir)
    day = as_at.date() if as_at else date.today()
    _require_files(files)
    with tempfile.TemporaryDirectory() as working:
        found = [check_file(path, settings, feed=feed, as_at=day, working=Path(working)) for path in files]
    page = write_letter(found, partnership=settings.partnership.name)
    if letter:
        _write_letter(letter, page)
    answer(as_json, [asdict(one) for one in found], page)
    if any(one.refused for one in found):
        raise typer.Exit(4)


def _write_letter(letter: Path, page: str) -> None:
    try:
        letter.write_text(page, encoding="utf-8")
    except OSError:
        raise SettingsError(f"{letter}: the letter cannot be written there; name a file in a folder that exists") from None


def _require_files(files: list[Path]) -> None:
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise typer.BadParameter(f"no such file: {', '.join(missing)}")


@app.command()
def build(data_dir: DataDir = DEFAULT_DATA_DIR, as_at: Day = None, as_json: AsJson = False) -> None:
    """Read every delivery made by a day (default: the newest's) and rebuild the private warehouse."""
    from pipelines.intake.warehouse import build as build_warehouse

    with progress(as_json) as report:
        built = build_warehouse(Settings(data_dir), as_at=as_at.date() if as_at else None, report=report)
    if as_json:
        disputes = {"conflicts": built.conflicts} if built.conflicts else {}
        answer(True, {"as_at": built.as_at, "deliveries": built.deliveries, "tallies": built.tallies, **disputes}, "")
        return
    fates = ("read", "counted", "outside", "rejected", "superseded", "too_late", "unplaced")
    headers = (fate.replace("_", " ") for fate in fates)
    table = Table("feed", *headers, title=f"As at {built.as_at}: exact, private, not for the meeting")
    for feed, tally in built.tallies.items():
        table.add_row(feed, *(f"{tally.get(fate, 0):,}" for fate in fates))
    screen.print(table)
    if built.conflicts:
        screen.print(recording.conflicts_in_words(built.conflicts), markup=False, soft_wrap=True)


@app.command()
def publish(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Round, write, verify and promote a snapshot of the warehouse: what everybody sees from then on."""
    from pipelines.intake.warehouse import sole_writer
    from pipelines.publishing import publish as publish_snapshot

    settings = Settings(data_dir)
    with progress(as_json) as report, sole_writer(settings):
        published = publish_snapshot(settings, report=report)
    if published.was_new:
        on_trail(data_dir, "publish", snapshot=published.id)
    words = "Published" if published.was_new else "Nothing has changed; the current snapshot is"
    answer(as_json, {"id": published.id, "was_new": published.was_new}, f"{words} {published.id}")


@app.command()
def snapshots(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """List the released snapshots, oldest first."""
    from pipelines.gate.snapshot import current_id, list_snapshots, read_manifest

    settings = Settings(data_dir)
    current = current_id(settings)
    rows = [
        {"id": one, "as_at": read_manifest(settings, one)["as_at"], "current": one == current}
        for one in list_snapshots(settings)
    ]
    lines = [f"{'*' if one['current'] else ' '} {one['id']}  as at {one['as_at']}" for one in rows]
    answer(as_json, rows, "\n".join(lines) or "There are no snapshots yet: run safer-places publish")


@app.command()
def use(snapshot_id: str, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Make another released snapshot the one everybody sees."""
    from pipelines.gate.snapshot import make_current
    from pipelines.intake.warehouse import sole_writer

    settings = Settings(data_dir)
    with sole_writer(settings):
        make_current(settings, snapshot_id)
    on_trail(data_dir, "use", snapshot=snapshot_id)
    answer(as_json, {"id": snapshot_id}, f"Everybody now sees {snapshot_id}")


@app.command()
def status(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Say what is current, how fresh each feed is, and what is still arriving."""
    from pipelines.insight.queries import Audience, open_snapshot

    snapshot = open_snapshot(data_dir, Audience("manager"))
    fresh = snapshot.freshness()
    if as_json:
        feeds = fresh.astype(object).where(fresh.notna(), None).to_dict("records")
        answer(True, {"snapshot": snapshot.id, "as_at": snapshot.as_at, "feeds": feeds}, "")
        return
    table = Table("feed", "delivered", "covers to", "still arriving", title=f"{snapshot.partnership}: {snapshot.id}")
    for row in fresh.to_dict("records"):
        still = ", ".join(row["still_arriving_periods"]) or "-"
        table.add_row(row["label"], str(row["delivered_on"]), str(row["covers_to"]), still)
    screen.print(table)
    screen.print(steward.purge_in_words(Settings(data_dir)), markup=False, soft_wrap=True)


@app.command()
def doctor(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Check the installation and the data directory, and say what to mend. Ends with 1 when something must be."""
    from pipelines.doctor import examine

    found = examine(Settings(data_dir))
    lines = [f"{'ok  ' if one.well else 'MEND'}  {one.what}{'' if one.well else ': ' + one.mend}" for one in found]
    answer(as_json, [asdict(one) for one in found], "\n".join(lines))
    if not all(one.well for one in found):
        raise typer.Exit(1)


@app.command()
def basemap(
    file: Annotated[Path, typer.Argument(help="A map extract: .osm.pbf, .osm, .gpkg or another file of layers.")],
    attribution: Annotated[str | None, typer.Option(help="Whose data it is, in the words of its licence.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Keep the roads, railways, water and parks of your town as the backdrop of its maps, from the next build on."""
    from pipelines.basemap import make_basemap

    _require_files([file])
    with progress(as_json) as report:
        report("cut the town out", 0.0)
        made = make_basemap(file, Settings(data_dir), attribution=attribution)
    kinds = ", ".join(f"{count:,} of {kind}" for kind, count in made.shapes.items())
    size = f"{made.size_bytes / 1e6:.2f} MB, lines {made.tolerance_m:g} m coarse"
    said = f"{kinds}; {size}; {made.attribution}. Build and publish to see it."
    answer(as_json, asdict(made), said)


@app.command()
def serve(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option(help="127.0.0.1 serves this machine only; another needs sign-in.")] = "127.0.0.1",
    shown_to: Annotated[
        str | None, typer.Option(help="Where nobody signs in: manager, board, or meeting:<locality>.")
    ] = None,
) -> None:
    """Serve the dashboard, as a program of its own that cannot open the warehouse."""
    command = [
        sys.executable, "-m", "dashboard.server", "--data-dir", str(data_dir), "--port", str(port), "--address", address,
        *(["--shown-to", shown_to] if shown_to else []),
    ]  # fmt: skip
    if hasattr(os, "execv") and os.name == "posix":
        os.execv(sys.executable, command)
    raise typer.Exit(subprocess.call(command))


if __name__ == "__main__":
    main()
