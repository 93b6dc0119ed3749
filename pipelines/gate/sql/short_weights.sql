-- Every base area must reach the areas in force whole, so that no count is lost or doubled on the way.
-- grain: one row
-- reads: area_members
SELECT count(*)
FROM (
    SELECT base_area_id FROM area_members WHERE area_level = 'city' GROUP BY base_area_id HAVING abs(sum(weight) - 1) > 1e-6
)
