"""The few tables that leave beside the lattice, counted on the private side: summaries of closed periods, and words."""

import duckdb

from pipelines.policy import Policy
from pipelines.sqlfiles import run_sql


def write_summaries(connection: duckdb.DuckDBPyConnection, policy: Policy, *, city_id: str) -> None:
    """Write `city_periods`, `summary_cells` and `pattern_words`: those of the policy's list, and no other.

    summary_cells   grain: one row per summary, area, category and closed period; exact, for the gate to round
    pattern_words   grain: one row per pattern, area, harm group and quarter; words only
    """
    wanted = list(policy.released.summaries)
    for table in ("whole_periods", "city_periods", "create_summary_cells"):
        run_sql(connection, f"intake/{table}")
    for table in ("summaries_of_years", "summaries_of_delays"):
        run_sql(connection, f"intake/{table}", city_id=city_id, summaries=wanted)
    if connection.execute("SELECT 1 FROM missing_episodes LIMIT 1").fetchone():
        run_sql(connection, "intake/summaries_of_quarters", summaries=wanted)
    run_sql(connection, "intake/summaries_as_delivered", city_id=city_id, summaries=wanted)
    run_sql(connection, "intake/patterns", city_id=city_id, patterns=list(policy.released.patterns))
