"""What every command shares: its options, its bars, and its answers in words or in JSON."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines import trail
from pipelines.settings import SHIPPED

errors = Console(stderr=True, highlight=False)
screen = Console(highlight=False)

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="SAFER_PLACES_DATA_DIR", help="Where boundaries, deliveries and snapshots are."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for another program.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
DEFAULT_DATA_DIR = SHIPPED / "demo"


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """A bar for each stage, on the error stream so that --json output stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=quiet, transient=True) as bars:
        stages: dict[str, Any] = {}

        def report(stage: str, share: float) -> None:
            if stage not in stages:
                for before in stages.values():
                    bars.update(before, completed=1)
                stages[stage] = bars.add_task(stage, total=1)
            bars.update(stages[stage], completed=share)

        yield report


def on_trail(
    data_dir: Path,
    action: str,
    of: Mapping[str, str] | None = None,
    *,
    role: str = "",
    snapshot: str = "",
    permission: str = "",
) -> None:
    """Write on the trail that a command did something, by whoever runs the machine. Raises TrailFault where it cannot.

    of  what of it was chosen: what was not is left out
    """
    said = {name: value for name, value in (of or {}).items() if value}
    entry = trail.Entry(action, role=role, snapshot=snapshot, selection=said, permission=permission)
    trail.write(data_dir, entry, at=datetime.now(UTC))


def answer(as_json: bool, content: Any, words: str) -> None:
    """Say what was done: in words for people, in JSON for another program."""
    if as_json:
        print(json.dumps(content, default=str, ensure_ascii=False))
    else:
        screen.print(words, markup=False, soft_wrap=True)
