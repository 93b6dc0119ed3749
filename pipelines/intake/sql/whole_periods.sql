-- Periods every day of which was delivered.
-- grain: one row per feed and period of its first measure
-- reads: feed_periods, measures
CREATE TABLE whole_periods AS
SELECT feed_periods.feed, feed_periods.period_start, feed_periods.period_end
FROM feed_periods
INNER JOIN measures ON measures.position = feed_periods.measure_no
WHERE measures.is_first AND feed_periods.state = 'collected'
ORDER BY ALL
