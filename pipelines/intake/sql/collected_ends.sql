-- grain: one row per feed and collected period of its first measure
-- reads: feed_periods, measures
SELECT feed_periods.feed, feed_periods.period, feed_periods.period_end
FROM feed_periods
INNER JOIN measures ON measures.position = feed_periods.measure_no
WHERE measures.is_first AND NOT measures.public AND feed_periods.state = 'collected'
ORDER BY ALL
