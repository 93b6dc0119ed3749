-- A record_ref delivered again is a correction: the newest sound row stands. Only rows whose hash stands twice are
-- compared letter by letter.
-- grain: one row per row that a later row of its feed corrects
-- reads: records, measures, deliveries, repeated
CREATE TABLE superseded AS
WITH compared AS (
    SELECT
        records.feed, records.row_no,
        max(records.row_no) OVER (PARTITION BY records.feed, records.record_ref) AS newest
    FROM records
    INNER JOIN measures ON measures.position = records.measure_no
    INNER JOIN deliveries USING (delivery_no)
    WHERE measures.is_first AND records.fault IS NULL AND deliveries.superseded_by IS NULL
        AND hash(records.feed, records.record_ref) IN (SELECT ref_hash FROM repeated)
        AND records.record_ref IS NOT NULL
)
SELECT feed, row_no FROM compared WHERE row_no < newest ORDER BY feed, row_no
