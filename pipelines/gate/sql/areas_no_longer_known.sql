-- grain: one row per base area asked for and area it counted towards
-- reads: area_members
SELECT base_area_id, area_level, area_id, weight, estimated
FROM area_members
WHERE list_contains($base_area_ids, base_area_id)
ORDER BY ALL
