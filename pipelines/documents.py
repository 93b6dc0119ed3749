"""The commands that make, permit and export documents: each launches the report program and imports none of it."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, Day

report = typer.Typer(no_args_is_help=True, help="Make a document: logged, by leave of a permission.")
permission = typer.Typer(no_args_is_help=True, help="Who may have which document: give, list and withdraw permissions.")

On = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"])]
Permission = Annotated[str, typer.Option(help="Its id; default: the standing permission of the locality.")]
By = Annotated[str, typer.Option(help="The role that issues it, never a person.")]
Folder = Annotated[Path | None, typer.Option(help="The folder to write to; default: `issued` in the data directory.")]
Formats = Annotated[list[str] | None, typer.Option("--format", help="One of its formats; may be repeated. Default: all.")]
ISSUER = "Intelligence Investigator"
SUPPORT = "Business Support Officer"


@report.command()
def pack(
    locality: Annotated[str, typer.Option(help="The locality's name or id.")],
    meeting: Annotated[str, typer.Option(help="The day of the meeting; or `next`, for the locality's next.")],
    into: Folder = None, formats: Formats = None, permission: Permission = "", by: By = ISSUER, today: Day = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the pack of a locality for its meeting (PDF, DOCX). Made after it was due, it says so on its face."""
    said = ["pack", "--locality", locality, "--meeting", meeting, *_issue(into, formats, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


@report.command()
def minutes(
    locality: Annotated[str, typer.Option(help="The locality's name or id.")],
    meeting: Annotated[str, typer.Option(help="The day of the meeting; or `next`: today's, or the next there is.")],
    into: Folder = None, formats: Formats = None, permission: Permission = "", by: By = SUPPORT, today: Day = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the minutes and action log of a locality's meeting (PDF, DOCX), from what was recorded at it. No counts."""
    said = ["minutes", "--locality", locality, "--meeting", meeting, *_issue(into, formats, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


@report.command()
def brief(
    place: Annotated[str, typer.Option(help="The id of the place.")],
    agency: Annotated[str, typer.Option(help="The agency whose member takes it back.")],
    into: Folder = None, formats: Formats = None, permission: Permission = "", by: By = SUPPORT, today: Day = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the brief of a place for one agency (PDF, DOCX): one page, its goal, their actions, the report-back."""
    said = ["brief", "--place", place, "--agency", agency, *_issue(into, formats, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


@report.command()
def fortnight(
    to_on: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day of the fortnight.")],
    into: Folder = None, formats: Formats = None, permission: Permission = "", by: By = ISSUER, today: Day = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the fortnightly summary of activity for managers (PDF, DOCX)."""
    said = ["fortnight", "--to", _day(to_on), *_issue(into, formats, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


@report.command()
def board(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="A day in the first quarter of it.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="A day in the last quarter of it.")],
    ask: Annotated[list[str] | None, typer.Option(help="What is asked of the board; may be repeated.")] = None,
    into: Folder = None, formats: Formats = None, permission: Permission = "", by: By = ISSUER, today: Day = None,
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make the report to the board (PDF, PPTX, XLSX): localities and the city, by quarter, nothing finer."""
    asks = [one for text in ask or [] for one in ("--ask", text)]
    said = ["board", "--from", _day(first), "--to", _day(last), *asks, *_issue(into, formats, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


def export(
    table: Annotated[str, typer.Argument(help="Which table; `list` names those this audience may have.")],
    audience: Annotated[str, typer.Option(help="manager, board, or meeting:<locality>.")],
    permission: Permission = "",
    form: Annotated[str, typer.Option("--format", help="csv, xlsx or geojson.")] = "csv",
    to: Annotated[Path | None, typer.Option(help="The zip file to write; default: one in the data directory.")] = None,
    by: By = ISSUER, today: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Export a released table as one audience may have it, with its data dictionary and where it comes from."""
    file = ["--to", str(to)] if to else []
    said = ["export", table, "--audience", audience, "--format", form, *file, *_issue(None, None, permission, by)]
    _launch([*said, *_common(data_dir, today, as_json)])


@permission.command()
def grant(
    document: Annotated[str, typer.Option("--for", help="pack, minutes, brief, fortnight, board or export.")],
    approved_by: Annotated[str, typer.Option(help="One of the roles that approve, or their cover.")],
    asked_by: Annotated[str, typer.Option(help="The role that asks: never the one that approves.")],
    recipients: Annotated[str, typer.Option(help="The group it goes to, in words.")],
    purpose: Annotated[str, typer.Option(help="What for, in words.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day it may be used.")],
    last: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day it may be used.")],
    locality: Annotated[str, typer.Option(help="The locality's name or id; not of what is of the whole city.")] = "",
    audience: Annotated[str, typer.Option(help="Of an export: manager, board (the default), meeting:<locality>.")] = "",
    standing: Annotated[bool, typer.Option("--standing", help="A locality's own, for one term.")] = False,
    today: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write down that an issue is permitted: for one issue, or as a locality's standing permission of a term."""
    said = ["permission", "grant", "--for", document, "--approved-by", approved_by, "--asked-by", asked_by,
            "--recipients", recipients, "--purpose", purpose, "--from", _day(first), "--until", _day(last),
            "--locality", locality, "--audience", audience, *(["--standing"] if standing else [])]  # fmt: skip
    _launch([*said, *_common(data_dir, today, as_json)])


@permission.command("list")
def list_permissions(today: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Show every permission ever given, and whether it may be used today."""
    _launch(["permission", "list", *_common(data_dir, today, as_json)])


@permission.command()
def withdraw(
    permission_id: str, by: Annotated[str, typer.Option(help="A role that may approve.")],
    today: Day = None, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Withdraw a permission: every later issue by it is refused."""
    _launch(["permission", "withdraw", permission_id, "--by", by, *_common(data_dir, today, as_json)])


def _issue(into: Path | None, formats: list[str] | None, permission_id: str, by: str) -> list[str]:
    chosen = [one for name in formats or [] for one in ("--format", name)]
    return [*(["--into", str(into)] if into else []), *chosen, "--permission", permission_id, "--by", by]


def _common(data_dir: Path, today: datetime | None, as_json: bool) -> list[str]:
    day = ["--today", _day(today)] if today else []
    return ["--data-dir", str(data_dir), *day, *(["--json"] if as_json else [])]


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _launch(said: list[str]) -> None:
    """Become the report program, as `serve` becomes the dashboard: it cannot open the warehouse."""
    command = [sys.executable, "-m", "dashboard.report", *said]
    if hasattr(os, "execv") and os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)
    raise typer.Exit(subprocess.call(command))
