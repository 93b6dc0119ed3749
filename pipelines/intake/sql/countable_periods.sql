-- Every period that may one day be frozen, as the warehouse knows it.
-- grain: one row per measure and period of a feed that is not public
-- reads: feed_periods, measures
SELECT
    feed_periods.feed, feed_periods.measure, feed_periods.period, feed_periods.period_start, feed_periods.period_end,
    feed_periods.state
FROM feed_periods
INNER JOIN measures ON measures.position = feed_periods.measure_no
WHERE NOT measures.public
ORDER BY ALL
