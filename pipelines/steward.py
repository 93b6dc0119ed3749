"""The commands of the private side: what waits in quarantine, the rounding key, purges, the audit, the watch list."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, Day, answer, on_trail, progress
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.gate.keys import Keyring

quarantine = typer.Typer(no_args_is_help=True, help="Free text that may identify somebody, waiting for a decision.")
Role = Annotated[str, typer.Option(help="The role that decides, never a person.")]


@quarantine.command("list")
def list_held(
    decided: Annotated[bool, typer.Option("--decided", help="Those decided on as well.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show the texts that wait, with the words that made them wait in [brackets]. For the steward's eyes only."""
    from pipelines.gate.quarantine import held_texts

    found = held_texts(Settings(data_dir), _keys(Settings(data_dir)), decided=decided)
    rows = [
        {"id": one.id, "outcome": one.outcome, "feed": one.feed, "column": one.column, "place_id": one.place_id,
         "kinds": sorted({span.kind for span in one.spans}), "text": one.marked()}
        for one in found
    ]  # fmt: skip
    lines = [f"{one['id']}  {one['outcome']:11}  {one['feed']}.{one['column']}  {one['text']}" for one in rows]
    answer(as_json, rows, "\n".join(lines) or "Nothing waits.")


@quarantine.command()
def release(
    text_id: str, role: Role = "Data Steward", data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False
) -> None:
    """Let a quarantined text leave with the next publish. The decision is logged, the text is not."""
    _decide(text_id, "release", role, Settings(data_dir), as_json)


@quarantine.command()
def refuse(text_id: str, role: Role = "Data Steward", data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Turn a text down, or take back a release from the next publish on. The decision is logged, the text is not."""
    _decide(text_id, "refuse", role, Settings(data_dir), as_json)


def _decide(text_id: str, decision: str, role: str, settings: Settings, as_json: bool) -> None:
    from pipelines.gate.quarantine import decide
    from pipelines.intake.warehouse import sole_writer

    with sole_writer(settings):
        decide(settings, _keys(settings), text_id, decision, role=role, decided_at=datetime.now(UTC))
    on_trail(settings.data_dir, f"{decision}_text", role=role)
    said = {"release": "leaves with the next publish", "refuse": "will not leave with any publish from now on"}[decision]
    answer(as_json, {"id": text_id, "decision": decision}, f"{text_id} {said}")


def _keys(settings: Settings) -> "Keyring":
    from pipelines.gate.snapshot import keys_of

    return keys_of(settings)


def rotate_key(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Make a new rounding key for the months to come; every month already released keeps the key it was rounded with."""
    from pipelines.gate.snapshot import rotate_key as rotate
    from pipelines.intake.warehouse import sole_writer

    settings = Settings(data_dir)
    with sole_writer(settings):
        first_day = rotate(settings)
    on_trail(data_dir, "rotate_key")
    words = f"Months from {first_day:%B %Y} on have a new key. Keep a copy of {settings.key_file} apart from the data"
    answer(as_json, {"first_day": first_day}, words)


def purge(data_dir: DataDir = DEFAULT_DATA_DIR, as_at: Day = None, as_json: AsJson = False) -> None:
    """Destroy the rows of months released for good, and the files they came in, as the policy says."""
    from pipelines.gate.snapshot import check_unchanged, read_manifest
    from pipelines.intake.due import newest_snapshot
    from pipelines.intake.retention import purge as purge_rows

    settings = Settings(data_dir)
    day = as_at.date() if as_at else None
    if day and day > date.today():
        raise typer.BadParameter("a purge cannot be made for a day to come", param_hint="--as-at")
    if day is None and settings.warehouse.exists() and _made_for(settings) > date.today():
        raise typer.BadParameter("the warehouse is made for a day to come: correct the delivery that says so, and build")
    released = newest_snapshot(settings)
    if released:
        check_unchanged(settings, read_manifest(settings, released))
    on_trail(data_dir, "purge")
    with progress(as_json) as report:
        did = purge_rows(settings, as_at=day, report=report)
    rows = sum(one["rows"]["read"] for one in did.feeds.values())
    done = f"{rows:,} rows were destroyed as at {did.as_at}: {did.certificate} says which"
    answer(as_json, asdict(did), done if did.certificate else f"Nothing is due to be destroyed as at {did.as_at}")


def _made_for(settings: Settings) -> date:
    from pipelines.intake.due import built_as_at, open_warehouse

    with open_warehouse(settings, settings.warehouse.parent) as warehouse:
        return built_as_at(warehouse)


def purge_in_words(settings: Settings) -> str:
    """When rows are next destroyed and which; where the private side is not at hand, only that."""
    from pipelines.intake.retention import next_purge

    if not settings.warehouse.exists():
        return "Next purge: not known here, without the warehouse"
    coming = next_purge(settings)
    if coming is None:
        return "Next purge: none in sight\nIt will destroy nothing"
    what = "; ".join(f"{feed} {', '.join(periods)}" for feed, periods in sorted(coming[1].items()))
    return f"Next purge: due on {coming[0]}\nIt will destroy the rows of {what}"


def audit(
    snapshot_id: Annotated[str | None, typer.Argument(help="Which snapshot; default: the current one.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Attack a snapshot together with all before it, and say in a page what came of it. Ends with 12 on a breach."""
    from pipelines.audit.attack import audit as attack
    from pipelines.audit.verdict import render

    with progress(as_json) as report:
        verdict = attack(Settings(data_dir), snapshot_id, report=report)
    answer(as_json, verdict.figures, render(verdict))
    if verdict.breached:
        raise typer.Exit(12)


def emerging(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_at: Day = None,
    least: Annotated[int, typer.Option(min=1, help="List only what has at least so many records in four weeks.")] = 2,
    as_json: AsJson = False,
) -> None:
    """List what is unusual of late, place by place, exactly: for the Intelligence Investigator alone. Writes no file, but
    that it was asked for on the trail."""
    from pipelines import watch

    on_trail(data_dir, "emerging")
    found = watch.watch(Settings(data_dir), as_at=as_at.date() if as_at else None, least=least)
    answer(as_json, watch.as_json(found), watch.as_words(found))
