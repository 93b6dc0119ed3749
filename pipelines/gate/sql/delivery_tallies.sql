-- How fresh and complete each measure is, period by period.
-- grain: one row per measure and period
-- reads: feed_periods, periods, deliveries, tallies, measures
WITH newest AS (
    SELECT feed, max(delivered_on) AS delivered_on, max(covers_to) AS covers_to
    FROM deliveries
    GROUP BY feed
),
counted AS (
    SELECT
        feed, measure, period,
        sum(row_count) AS read,
        coalesce(sum(row_count) FILTER (fate = 'counted'), 0) AS counted,
        coalesce(sum(row_count) FILTER (fate = 'outside'), 0) AS outside,
        coalesce(sum(row_count) FILTER (fate = 'rejected'), 0) AS rejected,
        coalesce(sum(row_count) FILTER (fate = 'superseded'), 0) AS superseded
    FROM tallies
    WHERE period IS NOT NULL
    GROUP BY feed, measure, period
)
SELECT
    feed_periods.feed, feed_periods.measure, feed_periods.grain, feed_periods.period, feed_periods.period_start,
    terms.open_days, feed_periods.state,
    feed_periods.period_end <= $frozen_on AND feed_periods.state = 'collected' AND NOT measures.public AS frozen, newest.delivered_on, newest.covers_to, measures.base,
    CAST(coalesce(counted.read, 0) AS BIGINT) AS read,
    CAST(coalesce(counted.counted, 0) AS BIGINT) AS counted,
    CAST(coalesce(counted.outside, 0) AS BIGINT) AS outside,
    CAST(coalesce(counted.rejected, 0) AS BIGINT) AS rejected,
    CAST(coalesce(counted.superseded, 0) AS BIGINT) AS superseded
FROM feed_periods
INNER JOIN (SELECT period_no, open_days FROM periods) AS terms USING (period_no)
INNER JOIN measures USING (feed, measure)
INNER JOIN newest USING (feed)
LEFT JOIN counted USING (feed, measure, period)
ORDER BY ALL
