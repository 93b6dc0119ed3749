"""Corrections: a record_ref delivered again stands in place of what was delivered before."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.sqlfiles import run_sql, sql_text

HALF_OF_ALL_HASHES = np.uint64(2**63)


def repeated_references(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """The hashes that two references or more share. Sorting all of them is the quickest way to know, each half on a core
    of its own."""
    hashes = connection.sql(sql_text("intake/reference_hashes")).fetchnumpy()["ref_hash"]
    is_low = hashes < HALF_OF_ALL_HASHES
    with ThreadPoolExecutor(max_workers=2) as cores:
        return np.concatenate(list(cores.map(_repeated, (hashes[is_low], hashes[~is_low]))))


def _repeated(hashes: np.ndarray) -> np.ndarray:
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])


def write_superseded(connection: duckdb.DuckDBPyConnection, repeated: np.ndarray) -> None:
    """Write `superseded`: grain, one row per row that a later row of its feed corrects (feed, row_no).

    repeated  from `repeated_references`: only these need comparing letter by letter
    """
    connection.register("repeated", pa.table({"ref_hash": repeated}))
    run_sql(connection, "intake/superseded")
    connection.unregister("repeated")
