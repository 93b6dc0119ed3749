-- grain: one row per area_level and area_id
-- reads: given_rows
CREATE TABLE areas AS
SELECT area_id, area_level, name, place_category, valid_from, valid_to, shapeless
FROM given_rows
ORDER BY area_level, area_id
