-- grain: one row
-- reads: counts
SELECT count(*)
FROM (
    SELECT 1 FROM counts GROUP BY feed, measure, area_level, area_id, harm_group, period HAVING count(*) > 1
)
