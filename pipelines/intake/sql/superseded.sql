-- A record_ref delivered again is a correction: the newest sound row stands. Hashes first, because only
-- the few references that stand twice need comparing letter by letter.
-- grain: one row per row that a later row of its feed corrects
-- reads: records, measures, deliveries
CREATE TABLE superseded AS
WITH sound AS (
    SELECT records.feed, records.row_no, records.record_ref, hash(records.record_ref) AS ref_hash
    FROM records
    INNER JOIN measures USING (feed, measure)
    INNER JOIN deliveries USING (delivery_no)
    WHERE measures.is_first AND records.fault IS NULL AND deliveries.superseded_by IS NULL
        AND records.record_ref IS NOT NULL
),
doubled AS (
    SELECT feed, ref_hash FROM sound GROUP BY feed, ref_hash HAVING count(*) > 1
),
compared AS (
    SELECT sound.feed, sound.row_no, max(sound.row_no) OVER (PARTITION BY sound.feed, sound.record_ref) AS newest
    FROM sound
    SEMI JOIN doubled USING (feed, ref_hash)
)
SELECT feed, row_no FROM compared WHERE row_no < newest ORDER BY feed, row_no
