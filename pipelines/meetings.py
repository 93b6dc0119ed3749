"""The command that keeps what a meeting saw."""

from datetime import datetime
from typing import Annotated

import typer

from pipelines.command import DEFAULT_DATA_DIR, AsJson, DataDir, answer, on_trail
from pipelines.settings import Settings

# The version of the sentences codes are said with. `dashboard.wording.meeting` holds them; a test holds the two together.
WORDING = "3"


def freeze_meeting(
    locality: Annotated[str, typer.Option(help="The locality's id, as in partnership.toml.")],
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The day of the meeting.")],
    data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Keep what a locality's meeting sees now, for good: the Meeting page can open it again as it was."""
    from pipelines.insight.frozen import freeze, view_now
    from pipelines.record import open_existing

    view = view_now(data_dir, locality)
    of = {"locality": locality, "meeting": day.date().isoformat()}
    on_trail(data_dir, "freeze", of, snapshot=view["snapshot"])
    store = open_existing(Settings(data_dir))
    file = freeze(data_dir, view, day.date(), wording=WORDING, store=store)
    said = f"{view['locality']['name']}, {day.date()}, figures as at {view['as_at']}: frozen in {file}"
    answer(as_json, {"file": str(file), "snapshot": view["snapshot"], "as_at": view["as_at"]}, said)
