-- The localities each area lies in, whole or in part, as they stand now.
-- grain: one row per area_level, area_id and locality
-- reads: area_members
SELECT DISTINCT area_members.area_level, area_members.area_id, own.area_id AS locality
FROM area_members
INNER JOIN area_members AS own ON own.base_area_id = area_members.base_area_id
WHERE own.area_level = 'locality' AND NOT own.estimated AND NOT area_members.estimated
    AND area_members.area_level IN ('beat', 'place_of_concern', 'cluster')
ORDER BY ALL
