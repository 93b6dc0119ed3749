-- What became of the rows of records. Rows too broken to read are counted from the file itself.
-- grain: one row per feed, measure, delivery, source, period, located_by, fate and reason
-- reads: counted_by, deliveries, measures, periods, sources
INSERT INTO tallies
WITH counted AS (
    SELECT measure_no, delivery_no, source_no, period_no, located_by, fate, CAST(sum(row_count) AS BIGINT) AS row_count
    FROM counted_by
    GROUP BY measure_no, delivery_no, source_no, period_no, located_by, fate
)
SELECT
    measures.feed, measures.measure, counted.delivery_no,
    coalesce(sources.source, 'not_recorded') AS source, periods.period, counted.located_by,
    split_part(counted.fate, '/', 1) AS fate, split_part(counted.fate, '/', 2) AS reason, counted.row_count
FROM counted
INNER JOIN measures ON measures.position = counted.measure_no
LEFT JOIN periods USING (period_no)
LEFT JOIN sources ON sources.feed = measures.feed AND sources.source_no = counted.source_no
UNION ALL
SELECT
    deliveries.feed, measures.measure, deliveries.delivery_no, 'not_recorded' AS source, NULL AS period,
    'code' AS located_by, CASE WHEN deliveries.superseded_by IS NULL THEN 'rejected' ELSE 'superseded' END AS fate,
    CASE WHEN deliveries.superseded_by IS NULL THEN 'broken_row:' ELSE 'resent' END AS reason,
    deliveries.broken_rows AS row_count
FROM deliveries
INNER JOIN measures USING (feed)
WHERE deliveries.broken_rows > 0
ORDER BY ALL
