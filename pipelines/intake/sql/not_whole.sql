-- Where read = counted + outside + rejected + superseded + too_late + unplaced does not hold. Empty when all is well.
-- grain: one row per feed and measure that does not add up
-- reads: deliveries, tallies
WITH rows_read AS (
    SELECT feed, sum(rows_read) AS rows_read FROM deliveries GROUP BY feed
),
accounted AS (
    SELECT feed, measure, sum(row_count) AS row_count FROM tallies GROUP BY feed, measure
)
SELECT rows_read.feed, coalesce(accounted.measure, 'rows'), rows_read.rows_read, coalesce(accounted.row_count, 0)
FROM rows_read
LEFT JOIN accounted USING (feed)
WHERE rows_read.rows_read <> coalesce(accounted.row_count, 0)
ORDER BY ALL
