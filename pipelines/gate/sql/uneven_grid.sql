-- grain: one row
-- reads: counts
SELECT count(*)
FROM (
    SELECT 1 FROM counts GROUP BY feed, measure, period HAVING count(DISTINCT coalesce(withheld_because, 'counted')) > 1
)
