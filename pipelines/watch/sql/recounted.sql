-- grain: one row
-- reads: fates, measures
SELECT count(*) AS counted
FROM fates
INNER JOIN measures ON measures.position = fates.measure_no
WHERE measures.measure IN ('incidents', 'found_at') AND fates.fate = 'counted/'
