-- grain: one row per measure and week
-- reads: weeks
SELECT measure, ends_on, CAST(week_no AS INTEGER) AS week_no FROM weeks ORDER BY ALL
