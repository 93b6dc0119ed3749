-- grain: one row per area of a level that has a shape
-- reads: outlines, areas
SELECT outlines.area_id, areas.name, outlines.geojson
FROM outlines
LEFT JOIN areas USING (area_level, area_id)
WHERE outlines.area_level = $area_level
ORDER BY outlines.area_id
