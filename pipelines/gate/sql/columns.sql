-- grain: one row per column of the snapshot
-- reads: duckdb_columns
SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL
