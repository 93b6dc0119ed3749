"""Where measured figures go: one dated JSON file for each run, with the machine it ran on."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "figures"


def write_figures(name: str, figures: dict[str, Any], *, keep: bool = True) -> None:
    """Print figures, and keep them as docs/figures/<day>-<name>.json unless it was only a short run."""
    print(json.dumps({name: figures}, indent=1, default=str))
    if keep:
        FOLDER.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
        content = {"measured_on": f"{now:%Y-%m-%d}", "machine": machine, **figures}
        (FOLDER / f"{now:%Y-%m-%d}-{name}.json").write_text(
            json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8"
        )
