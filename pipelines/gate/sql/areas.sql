-- grain: one row per area_level and area_id
-- reads: areas
SELECT area_id, area_level, name, place_category, valid_from, valid_to, shapeless FROM areas ORDER BY area_level, area_id
