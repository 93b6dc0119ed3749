-- grain: one row per pattern, area, harm group and quarter of one feed
-- reads: patterns
SELECT pattern, area_level, area_id, harm_group, period, period_start, word
FROM patterns
WHERE feed = $feed
ORDER BY pattern, area_level, area_id, harm_group, period_start
