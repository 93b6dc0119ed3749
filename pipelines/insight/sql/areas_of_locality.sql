-- The beats and places of concern that lie in one locality, whole or in part, as they stand now.
-- grain: one row per area_level and area_id
-- reads: area_members
SELECT DISTINCT area_members.area_level, area_members.area_id
FROM area_members
INNER JOIN area_members AS own ON own.base_area_id = area_members.base_area_id
WHERE own.area_level = 'locality' AND own.area_id = $locality AND NOT own.estimated AND NOT area_members.estimated
ORDER BY ALL
