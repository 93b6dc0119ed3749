-- A number made from the reference of every row that could be a correction, or be corrected.
-- grain: one row per sound row of a feed that has references
-- reads: records, measures, deliveries
SELECT hash(records.feed, records.record_ref) AS ref_hash
FROM records
INNER JOIN measures ON measures.position = records.measure_no
INNER JOIN deliveries USING (delivery_no)
WHERE measures.is_first AND records.fault IS NULL AND deliveries.superseded_by IS NULL
    AND records.record_ref IS NOT NULL
