-- grain: one row per base area and area it counts towards
-- reads: area_members
SELECT base_area_id, area_level, area_id, weight, estimated FROM area_members ORDER BY base_area_id, area_level, area_id
