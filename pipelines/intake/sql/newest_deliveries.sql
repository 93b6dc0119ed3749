-- grain: one row per feed
-- reads: deliveries
SELECT feed, max(delivered_on) FROM deliveries GROUP BY feed ORDER BY feed
