-- grain: one row per record of the batch
-- reads: batch
INSERT INTO placed
SELECT
    measure_no, row_no, area_no,
    CASE how WHEN 0 THEN 'nowhere' WHEN 1 THEN 'inside' WHEN 2 THEN 'edge' WHEN 3 THEN 'snapped' ELSE 'disagree' END
FROM batch
