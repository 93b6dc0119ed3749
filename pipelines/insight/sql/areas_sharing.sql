-- The areas that share ground with one area as they stand now: they count some of the same base areas.
-- grain: one row per area_level and area_id
-- reads: area_members, areas
SELECT DISTINCT other.area_level, other.area_id, areas.name
FROM area_members AS own
INNER JOIN area_members AS other USING (base_area_id)
INNER JOIN areas ON areas.area_level = other.area_level AND areas.area_id = other.area_id
WHERE own.area_level = $area_level AND own.area_id = $area_id AND NOT own.estimated AND NOT other.estimated
    AND (other.area_level, other.area_id) <> ($area_level, $area_id) AND areas.valid_to IS NULL
ORDER BY ALL
