-- grain: one row per measure and period of a feed
-- reads: deliveries
SELECT measure, grain, period, period_start, state FROM deliveries WHERE feed = $feed ORDER BY measure, period_start
