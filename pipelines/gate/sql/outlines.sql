-- grain: one row per area_level and area_id that has a shape
-- reads: outlines
SELECT area_level, area_id, geojson FROM outlines ORDER BY area_level, area_id
