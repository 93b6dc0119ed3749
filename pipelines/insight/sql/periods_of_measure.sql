-- The periods of one measure with what each was made of, oldest first.
-- grain: one row per period
-- reads: deliveries
SELECT period, period_start, state, open_days, counted_about, unplaced_about
FROM deliveries
WHERE feed = $feed AND measure = $measure
ORDER BY period_start
