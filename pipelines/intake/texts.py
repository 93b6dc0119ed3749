"""What the registers say in one table, for the gate to screen where it is words. Nothing is judged here."""

import duckdb

from pipelines.intake.contract import Contract, load_vocabulary
from pipelines.intake.registers import known_table
from pipelines.intake.values import literal, quoted
from pipelines.settings import Settings
from pipelines.sqlfiles import run_sql

_STEPPED_UP = {"stepped_up"}
# Words are screened; a value is a code or a date the contract has checked; an area must be one we know.
_KINDS = {"text": "words", "name": "words", "code": "value", "date": "value", "integer": "value"}
_AREAS = ("locality", "lead_locality", "shared_with")


def write_texts(connection: duckdb.DuckDBPyConnection, contracts: dict[str, Contract], settings: Settings) -> None:
    """Write `register_texts`: grain, one row per register entry and column that is not blank.

    entry_id    made from the entry's key, the same in every build: a supplier's own references stay behind
    kind        words, value (a code or a date) or area (the id of one)
    led_elsewhere  a stepped-up place or a disruption that may not be shown yet (visible_from): knowing could tip off
    """
    run_sql(connection, "intake/create_register_texts")
    types = load_vocabulary("intervention_type", settings).values()
    hidden = _STEPPED_UP | {one.code for one in types if one.family == "disruption"}
    for contract in contracts.values():
        if contract.kind == "register" and connection.execute(f"SELECT 1 FROM {known_table(contract)} LIMIT 1").fetchone():
            _write(connection, contract, hidden)


def _write(connection: duckdb.DuckDBPyConnection, contract: Contract, hidden: set[str]) -> None:
    names = {column.name for column in contract.columns}
    key = " || '|' || ".join(f"coalesce(CAST({quoted(name)} AS VARCHAR), '')" for name in contract.key)
    place = quoted("place_id") if "place_id" in names else "CAST(NULL AS VARCHAR)"
    words = ", ".join(literal(one) for one in sorted(hidden))
    codes = [quoted(column.name) for column in contract.columns if column.vocabulary]
    sensitive = " OR ".join(f"CAST({code} AS VARCHAR) IN ({words})" for code in codes) or "false"
    may_show = "coalesce(visible_from <= (SELECT as_at FROM build_facts), " if "visible_from" in names else "("
    for column in contract.columns:
        kind = "area" if column.name in _AREAS else _KINDS.get(column.type)
        own_word = kind == "words" and column.name in contract.key
        if kind and column.read and not own_word and column.name != "visible_from":
            connection.execute(
                f"INSERT INTO register_texts SELECT {literal(contract.feed)}, substr(sha256({literal(contract.feed + '|')} "
                f"|| {key}), 1, 16), {place}, {literal(column.name)}, {literal(kind)}, "
                f"CAST({quoted(column.name)} AS VARCHAR), NOT {may_show}NOT ({sensitive}) IS TRUE) "
                f"FROM {known_table(contract)} WHERE {quoted(column.name)} IS NOT NULL"
            )
