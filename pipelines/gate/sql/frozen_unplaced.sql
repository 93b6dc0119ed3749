-- Rows without a place, of every period this snapshot released for good.
-- grain: one row per measure, harm group and frozen period
-- reads: unplaced, deliveries
SELECT
    unplaced.feed, unplaced.measure, unplaced.harm_group, unplaced.period, unplaced.period_start, unplaced.value,
    unplaced.elsewhere
FROM unplaced
INNER JOIN deliveries USING (feed, measure, period)
WHERE deliveries.frozen
ORDER BY ALL
