"""Free text on its way out: screened, held back where it may identify somebody, and released by a steward's decision.

A decision is kept by what the text is known by, never by the text itself: a text changed by one letter waits again.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.errors import GateError
from pipelines.gate.keys import Keyring
from pipelines.gate.screening import Span, Verdict, screen
from pipelines.gate.vocabularies import read_labels
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

# What a steward may decide, and what then becomes of the text.
DECISIONS = {"release": "released", "refuse": "turned_down"}

ACCEPTED = Verdict("accepted")


@dataclass(frozen=True, repr=False)
class Held:
    """One text that waits for a steward or was turned down. For the steward's eyes; its text is never logged."""

    id: str
    feed: str
    column: str
    place_id: str | None
    outcome: str
    text: str
    spans: tuple[Span, ...]

    def marked(self) -> str:
        """The text with every word that holds it back in [brackets]."""
        marks = sorted({(span.start, "[") for span in self.spans} | {(span.end, "]") for span in self.spans}, reverse=True)
        text = self.text
        for at, mark in marks:
            text = text[:at] + mark + text[at:]
        return text


def screen_texts(private: duckdb.DuckDBPyConnection, settings: Settings, keyring: Keyring) -> pd.DataFrame:
    """Everything a register says with what became of it. Codes, dates and areas were checked as they came in.

    grain: one row per register entry and column: feed, entry_id, place_id, column_name, kind, text, id, outcome (accepted,
    quarantined, released or turned_down by a steward, refused by its form, led_elsewhere), spans
    """
    rows = run_sql(private, "gate/private_texts").df()
    places, agencies = _registers(private, settings)
    decided = _read_decisions(settings)
    secret = keyring.keys[0].secret
    ids, outcomes, spans = [], [], []
    columns = (rows[name] for name in ("feed", "entry_id", "column_name", "kind", "text", "led_elsewhere"))
    for feed, entry_id, column, kind, text, led_elsewhere in zip(*columns, strict=True):
        verdict = screen(text, places=places, agencies=agencies) if kind == "words" else ACCEPTED
        known_by = "|".join((feed, entry_id, column, text)).encode()
        ids.append(hmac.digest(secret, b"text|" + known_by, hashlib.sha256).hex()[:12])
        # A steward may decide on what is quarantined; what is refused by its form nobody may release.
        outcome = decided.get(ids[-1], "quarantined") if verdict.outcome == "quarantined" else verdict.outcome
        outcomes.append("led_elsewhere" if led_elsewhere else outcome)
        spans.append(verdict.spans)
    return rows.assign(id=ids, outcome=outcomes, spans=pd.Series(spans, index=rows.index, dtype=object))


def released_texts(screened: pd.DataFrame) -> pd.DataFrame:
    """What may leave: the text where it was accepted or a steward released it, and else that it is withheld."""
    shown = screened["outcome"].isin(("accepted", "released"))
    reasons = screened["outcome"].map(lambda one: "led_elsewhere" if one == "led_elsewhere" else "to_protect_people")
    return screened.assign(text=screened["text"].where(shown, None), withheld_because=reasons.where(~shown, None))


def accepted_categories(private: duckdb.DuckDBPyConnection, settings: Settings, summaries: pd.DataFrame) -> pd.Series:
    """Which summaries may be named: ours all, and of those in a supplier's own words the ones that pass the screen."""
    theirs = summaries["summary"] == "demographics"
    accepted = pd.Series(True, index=summaries.index)
    if theirs.any():
        places, agencies = _registers(private, settings)
        said = summaries.loc[theirs, "category"].str.partition("/")[2]
        passed = {one: screen(one, places=places, agencies=agencies).outcome == "accepted" for one in said.unique()}
        accepted[theirs] = said.map(passed)
    return accepted


def held_texts(settings: Settings, keyring: Keyring, *, decided: bool = False) -> list[Held]:
    """What waits for the steward, and what was refused by its form, in a fixed order; on asking, what was decided too.

    Raises GateError when nothing is built.
    """
    if not settings.warehouse.exists():
        raise GateError("there is no warehouse yet: run `safer-places build` first")
    with duckdb.connect(str(settings.warehouse), read_only=True) as private:
        screened = screen_texts(private, settings, keyring)
    outcomes = ("quarantined", "refused", *(("released", "turned_down") if decided else ()))
    waiting = screened[screened["outcome"].isin(outcomes)]
    columns = (waiting[name] for name in ("id", "feed", "column_name", "place_id", "outcome", "text", "spans"))
    return [Held(one, feed, column, place if isinstance(place, str) else None, outcome, text, spans)
            for one, feed, column, place, outcome, text, spans in zip(*columns, strict=True)]  # fmt: skip


def decide(settings: Settings, keyring: Keyring, text_id: str, decision: str, *, role: str, decided_at: datetime) -> Held:
    """Log a steward's decision on one quarantined text, or another on one decided before: by role, never the text.

    What was released stands in the snapshots published since; a later refusal keeps it out of the next ones.

    Raises GateError when there is no text of that id, or it is refused by its form, which nobody can release.
    """
    found = next((one for one in held_texts(settings, keyring, decided=True) if one.id == text_id), None)
    if found is None:
        raise GateError("there is no text of that id; `safer-places quarantine list --decided` shows all there are")
    if found.outcome == "refused" and decision == "release":
        raise GateError("that text is refused: it must be written again by its author, and cannot be released")
    if screen(role, places=(), agencies=_labels(settings, "role") + _labels(settings, "agency")).outcome != "accepted":
        raise GateError("--role names a role of reference/role.csv, never a person")
    entry = {"id": text_id, "feed": found.feed, "column": found.column, "decision": decision, "role": role,
             "decided_at": decided_at.isoformat(timespec="seconds")}  # fmt: skip
    file = _decisions_file(settings)
    with file.open("a", encoding="utf-8") as log:
        log.write(json.dumps(entry, sort_keys=True) + "\n")
        log.flush()
        os.fsync(log.fileno())
    return found


def _registers(private: duckdb.DuckDBPyConnection, settings: Settings) -> tuple[list[str], list[str]]:
    """The names of places, and of agencies and roles, that a text may hold."""
    places = [str(name) for (name,) in run_sql(private, "gate/place_names").fetchall()]
    agencies = _labels(settings, "agency") + _labels(settings, "role")
    return places + _labels(settings, "place_name"), agencies


def _labels(settings: Settings, name: str) -> list[str]:
    return [row["label"] for row in read_labels(settings, name)]


def _decisions_file(settings: Settings) -> Path:
    return settings.warehouse.parent / "quarantine_decisions.jsonl"


def _read_decisions(settings: Settings) -> dict[str, str]:
    """What became of each text by the last decision on it. Raises GateError naming a damaged line."""
    file = _decisions_file(settings)
    decided: dict[str, str] = {}
    for number, line in enumerate(file.read_bytes().splitlines() if file.exists() else [], start=1):
        try:
            entry = json.loads(line.decode("utf-8"))
            decided[str(entry["id"])] = DECISIONS[entry["decision"]]
        except (ValueError, KeyError, TypeError):
            raise GateError(f"{file.name}: line {number} is damaged: mend or take out that line") from None
    return decided
