"""The words of a partnership's vocabularies, so that a screen says what was chosen and not its code."""

import csv

import pandas as pd

from pipelines.errors import SettingsError
from pipelines.settings import Settings

# What the registers are written in.
RELEASED_VOCABULARIES = (
    "action_status", "assessment_status", "harm_type", "intervention_type", "place_category", "prevention_level", "rag",
    "recording_event_kind", "strength_kind", "threshold",
)  # fmt: skip


def read_vocabularies(settings: Settings) -> pd.DataFrame:
    """Every released vocabulary. grain: one row per vocabulary and code: label, family (null = none), position."""
    rows = [
        (name, row["code"], row["label"], row.get("family") or None, position)
        for name in RELEASED_VOCABULARIES
        for position, row in enumerate(read_labels(settings, name))
    ]
    return pd.DataFrame(rows, columns=["vocabulary", "code", "label", "family", "position"])


def read_labels(settings: Settings, name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary that have a label. Raises SettingsError for a file that is none."""
    path = settings.own_or_shipped("reference", f"{name}.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [row for row in csv.DictReader(lines) if row["label"]]
    except (OSError, KeyError, UnicodeDecodeError):
        raise SettingsError(f"reference/{path.name}: must be a UTF-8 CSV with a column `label`") from None
