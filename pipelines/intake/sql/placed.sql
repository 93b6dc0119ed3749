-- grain: one row per record placed by an exact test
-- reads: batch
CREATE TEMP TABLE placed AS
SELECT
    settled_no, area_no,
    CAST(
        CASE how WHEN 0 THEN 'nowhere' WHEN 1 THEN 'inside' WHEN 2 THEN 'edge' WHEN 3 THEN 'snapped' ELSE 'disagree' END AS row_located_by
    ) AS located_by
FROM batch
