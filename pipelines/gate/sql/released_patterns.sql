-- Every word ever released of a quarter.
-- grain: one row per pattern, area and period
-- reads: patterns
SELECT pattern, feed, area_level, area_id, period, period_start, word FROM patterns ORDER BY ALL
