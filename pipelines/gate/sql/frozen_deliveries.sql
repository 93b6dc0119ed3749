-- How fresh and complete each frozen period was when it was released for good.
-- grain: one row per feed, measure and frozen period
-- reads: deliveries
SELECT
    feed, measure, grain, period, period_start, open_days, state, frozen, delivered_on, covers_to, read_about,
    counted_about, outside_about, rejected_about, superseded_about, unplaced_about
FROM deliveries
WHERE frozen
ORDER BY ALL
