-- Every word ever released of a quarter.
-- grain: one row per pattern, area, harm group and period
-- reads: patterns
SELECT pattern, feed, area_level, area_id, harm_group, period, period_start, word FROM patterns ORDER BY ALL
