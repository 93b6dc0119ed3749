-- What each base area counts towards the areas of one level in force now.
-- grain: one row per base area and area
-- reads: area_members, areas
SELECT area_members.base_area_id, area_members.area_id, area_members.weight, area_members.estimated
FROM area_members
INNER JOIN areas USING (area_level, area_id)
WHERE area_members.area_level = $area_level AND areas.valid_to IS NULL
ORDER BY area_members.area_id, area_members.base_area_id
