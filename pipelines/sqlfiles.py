"""Run the `.sql` files: one file makes one table or answers one question."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_]*)")
_COMMENT = re.compile(r"--[^\n]*")


@lru_cache
def sql_text(name: str) -> str:
    """The text of `<room>/<question>`, for example `intake/cells`."""
    room, question = name.split("/")
    return (HERE / room / "sql" / f"{question}.sql").read_text(encoding="utf-8")


def run_sql(connection: duckdb.DuckDBPyConnection, file: str, /, **parameters: Any) -> duckdb.DuckDBPyConnection:
    """Run one file with exactly the `$named` parameters it mentions; a missing or surplus one is refused."""
    text = sql_text(file)
    wanted = set(_PARAMETER.findall(_COMMENT.sub("", text)))
    if wanted != set(parameters):
        odd = ", ".join(sorted(wanted ^ set(parameters)))
        raise TypeError(f"{file}.sql wants exactly {sorted(wanted)}; missing or surplus: {odd}")
    return connection.execute(text, parameters or None)
