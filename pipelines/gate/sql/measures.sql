-- What is counted and how it is shown, with its harm groups in order.
-- grain: one row per feed and measure that was delivered
-- reads: measures, measure_groups, feed_periods
SELECT
    measures.feed, measures.measure, measures.label, measures.unit, measures.grain, measures.area_level,
    measures.finer_level,
    measures.base, measures.public,
    list({'code': measure_groups.harm_group, 'label': measure_groups.label} ORDER BY measure_groups.group_no) AS harm_groups
FROM measures
INNER JOIN measure_groups USING (feed, measure)
WHERE EXISTS (SELECT 1 FROM feed_periods WHERE feed_periods.feed = measures.feed)
GROUP BY ALL
ORDER BY min(measures.position)
