"""Registers and reference feeds: the newest sound row of each key is what is known."""

import duckdb

from pipelines.intake.contract import Contract
from pipelines.intake.values import quoted


def known_table(contract: Contract) -> str:
    """The table of what is known from a register or reference feed, quoted for SQL."""
    return quoted(f"known_{contract.feed}")


def keep_newest(connection: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Write `known_<feed>` and add the feed's rows to `tallies`.

    known_<feed>  grain: one row per key of the contract; the row delivered last, faulty rows and those set aside left out
    """
    feed, known = quoted(contract.feed), known_table(contract)
    columns = ", ".join(quoted(one.name) for one in contract.columns if one.read)
    if not connection.execute("SELECT 1 FROM deliveries WHERE feed = ? LIMIT 1", [contract.feed]).fetchone():
        connection.execute(f"CREATE TABLE {known} AS SELECT {columns} FROM {feed}")  # nobody sent any: there is no row
        return
    key = ", ".join(quoted(name) for name in contract.key) or f"{feed}.rowid"
    # What a meeting recorded is loaded behind every file; where a file says something later, it is set aside (`recorded`).
    aside = f"list_contains((SELECT list(row_no) FROM set_aside WHERE feed = '{contract.feed}'), {feed}.rowid) IS TRUE"
    contested = f"{feed}.rowid IN (SELECT row_no FROM set_aside WHERE feed = '{contract.feed}' AND contested)"
    order = f"{aside}, {feed}.rowid DESC"
    newest = f"row_number() OVER (PARTITION BY {key} ORDER BY {order})"
    connection.execute(
        f"CREATE TABLE {known} AS SELECT {columns} FROM {feed} WHERE fault IS NULL QUALIFY {newest} = 1 ORDER BY {key}"
    )
    connection.execute(
        f"INSERT INTO tallies SELECT '{contract.feed}', 'rows', delivery_no, 'not_recorded', NULL, 'code', "
        "CASE WHEN fault IS NOT NULL THEN 'rejected' WHEN place = 1 THEN 'counted' ELSE 'superseded' END AS fate, "
        "CASE WHEN fault IS NOT NULL THEN fault WHEN place = 1 THEN '' "
        "WHEN contested THEN 'conflict' ELSE 'corrected' END AS reason, count(*) FROM ("
        f"SELECT delivery_no, fault, {contested} AS contested, CASE WHEN fault IS NULL THEN row_number() OVER ("
        f"PARTITION BY fault IS NULL, {key} ORDER BY {order}) END AS place FROM {feed}) GROUP BY ALL"
    )
    connection.execute(
        f"INSERT INTO tallies SELECT feed, 'rows', delivery_no, 'not_recorded', NULL, 'code', 'rejected', 'broken_row:', "
        f"broken_rows FROM deliveries WHERE feed = '{contract.feed}' AND broken_rows > 0"
    )
