-- One kind of summary of one feed, as far as it was released.
-- grain: one row per area_level, area_id, category and period
-- reads: summaries
SELECT area_level, area_id, category, period, period_start, value, withheld_because
FROM summaries
WHERE feed = $feed AND summary = $summary
ORDER BY period_start, area_level, area_id, category
