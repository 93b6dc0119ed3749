-- The areas that periods were released on which may still move. Public feeds are everybody's already.
-- grain: one row per measure, period and area
-- reads: counts, deliveries
SELECT DISTINCT counts.feed, counts.measure, counts.period, counts.area_id
FROM counts
INNER JOIN deliveries USING (feed, measure, period)
WHERE NOT deliveries.frozen AND NOT counts.public AND counts.value IS NOT NULL
ORDER BY ALL
