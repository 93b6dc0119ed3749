-- Every period this snapshot released for good.
-- grain: one row per measure, area, harm group and frozen period
-- reads: counts, deliveries
SELECT
    counts.feed, counts.measure, counts.area_level, counts.area_id, counts.harm_group, counts.period,
    counts.period_start, counts.value, counts.withheld_because, counts.public
FROM counts
INNER JOIN deliveries USING (feed, measure, period)
WHERE deliveries.frozen
ORDER BY ALL
