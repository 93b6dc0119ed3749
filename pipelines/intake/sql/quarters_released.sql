-- grain: one row per feed and period
-- reads: summaries
SELECT DISTINCT feed, period FROM summaries ORDER BY ALL
