-- grain: one row per area_level and area_id
-- reads: given_rows
CREATE TABLE outlines AS
SELECT area_level, area_id, geojson
FROM given_rows
ORDER BY area_level, area_id
