-- What a snapshot really holds as frozen: its counts, and the word that they are final.
-- grain: one row per measure and frozen period
-- reads: deliveries, counts
SELECT deliveries.feed, deliveries.measure, deliveries.period, CAST(deliveries.period_start AS DATE) AS period_start
FROM deliveries
SEMI JOIN counts ON counts.feed = deliveries.feed AND counts.measure = deliveries.measure
    AND counts.period = deliveries.period AND counts.value IS NOT NULL
WHERE deliveries.frozen
ORDER BY ALL
