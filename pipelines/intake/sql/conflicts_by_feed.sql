-- grain: one row per feed with entries in dispute
-- reads: conflicts
SELECT feed, count(DISTINCT entry_id) FROM conflicts GROUP BY feed ORDER BY feed
