-- grain: one row per table
-- reads: duckdb_columns
SELECT DISTINCT table_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL
