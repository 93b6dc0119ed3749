-- The private build log: exact, never released. Rows too broken to read are counted from the file itself.
-- grain: one row per feed, measure, delivery, source, period, located_by, fate and reason
-- reads: fates, deliveries, measures
CREATE TABLE tallies AS
SELECT feed, measure, delivery_no, source, period, located_by, fate, reason, count(*) AS row_count
FROM fates
GROUP BY ALL
UNION ALL
SELECT
    deliveries.feed, measures.measure, deliveries.delivery_no, 'not_recorded' AS source, NULL AS period,
    'code' AS located_by, 'rejected' AS fate, 'broken_row:' AS reason, deliveries.broken_rows AS row_count
FROM deliveries
INNER JOIN measures USING (feed)
WHERE deliveries.broken_rows > 0
ORDER BY ALL
