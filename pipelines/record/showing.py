"""Reading what was recorded before the gate has had it, and the one rule of who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pipelines.record.columns import read_choices
from pipelines.record.store import Store, open_store, store_exists
from pipelines.settings import Settings


def open_existing(settings: Settings) -> Store | None:
    """The store of a data directory, for whoever only reads it: null where nobody ever recorded. Raises as `open_store`."""
    return open_store(settings) if store_exists(settings) else None


def led_elsewhere(settings: Settings, feed: str, fields: Mapping[str, str], on: date) -> bool:
    """Whether a move or an intervention may not be shown on this day: knowing of it could tip somebody off.

    A stepped-up place and an intervention of the disruption family wait for their `visible_from`, or for ever where none
    is named. The intake holds the same of what it reads (`register_texts.led_elsewhere`).
    """
    if feed == "neighbourhood_assessments":
        sensitive = fields.get("status") == "stepped_up"
    elif feed == "interventions":
        families = {one.code: one.family for one in read_choices(settings, "intervention_type")}
        sensitive = families.get(fields.get("intervention_type", "")) == "disruption"
    else:
        return False
    shown_from = fields.get("visible_from") or ""
    return sensitive and not (shown_from and date.fromisoformat(shown_from) <= on)
