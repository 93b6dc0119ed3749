-- What had become of the rows a purge destroys, told by each feed's first measure.
-- grain: one row per delivery and fate
-- reads: tallies, measures, feed_periods, due_days, doomed
WITH of_periods AS (
    SELECT tallies.delivery_no, tallies.fate, tallies.row_count
    FROM tallies
    INNER JOIN measures USING (feed, measure)
    LEFT JOIN feed_periods ON feed_periods.measure_no = measures.position AND feed_periods.period = tallies.period
    WHERE measures.is_first AND NOT measures.public AND (
        tallies.period IS NULL
        OR (tallies.feed, feed_periods.period_start) IN (SELECT (feed, day) FROM due_days)
    )
),
of_others AS (
    SELECT delivery_no, 'superseded' AS fate, count(*) AS row_count
    FROM doomed
    WHERE why <> 'due' AND has_period
    GROUP BY delivery_no
)
SELECT delivery_no, fate, CAST(sum(row_count) AS BIGINT) AS row_count
FROM (SELECT * FROM of_periods UNION ALL SELECT * FROM of_others)
GROUP BY delivery_no, fate
ORDER BY ALL
