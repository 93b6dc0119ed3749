-- What a purge would do to each delivery: rows it holds, rows due, rows destroyed if it is cut, covered days that stay.
-- grain: one row per delivery of a feed with days that are due
-- reads: deliveries, doomed, due_days
WITH marked AS (
    SELECT
        delivery_no, CAST(count(*) AS BIGINT) AS rows_doomed,
        CAST(count(*) FILTER (why <> 'not_needed') AS BIGINT) AS rows_due
    FROM doomed
    GROUP BY delivery_no
),
covered AS (
    SELECT feed, delivery_no, CAST(unnest(generate_series(covers_from, covers_to, INTERVAL 1 DAY)) AS DATE) AS day
    FROM deliveries
),
staying AS (
    SELECT covered.delivery_no, min(covered.day) AS covers_from
    FROM covered
    ANTI JOIN due_days ON due_days.feed = covered.feed AND due_days.day = covered.day
    GROUP BY covered.delivery_no
)
SELECT
    deliveries.delivery_no, deliveries.feed, deliveries.name, deliveries.sha256,
    deliveries.rows_read - deliveries.broken_rows AS rows_whole, coalesce(marked.rows_doomed, 0) AS rows_doomed,
    coalesce(marked.rows_due, 0) AS rows_due, staying.covers_from AS stays_from
FROM deliveries
LEFT JOIN marked USING (delivery_no)
LEFT JOIN staying USING (delivery_no)
WHERE deliveries.feed IN (SELECT feed FROM due_days) AND NOT ends_with(deliveries.name, '/(destroyed)')
ORDER BY deliveries.delivery_no
