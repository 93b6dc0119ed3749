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
MEASURED = "measured_intervention_type"


def read_vocabularies(settings: Settings) -> pd.DataFrame:
    """Every released vocabulary, and the kinds of intervention that act on a place and so can be measured.

    grain: one row per vocabulary and code: label, family (of a harm type, its harm group; null = none), position
    """
    groups = {one: group.code for group in settings.policy.harm_groups for one in group.harm_types}
    rows = [
        (name, row["code"], row["label"], groups.get(row["code"]) if name == "harm_type" else row.get("family") or None, at)
        for name in RELEASED_VOCABULARIES
        for at, row in enumerate(read_labels(settings, name))
    ]
    rows += [
        (MEASURED, row["code"], row["label"], None, at)
        for at, row in enumerate(read_labels(settings, "intervention_type")) if row.get("place_level") == "true"
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["vocabulary", "code", "label", "family", "position"])


def read_labels(settings: Settings, name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary that have a label. Raises SettingsError for a file that is none."""
    path = settings.own_or_shipped("reference", f"{name}.csv")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return [row for row in csv.DictReader(lines) if row["label"]]
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        raise SettingsError(f"reference/{path.name}: must be a UTF-8 CSV with a column `label`") from None
